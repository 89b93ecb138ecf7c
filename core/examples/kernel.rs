//! Removes duplicates from texts that lie in one buffer, as a column of a data frame does.

use doublon_core::cluster::KeepOrder;
use doublon_core::kernel::{PairFinder, SketchRows, TextBatch};
use doublon_core::{Config, Sketcher};

fn main() -> doublon_core::Result<()> {
    let texts = [
        "the council has met on monday and agreed on the new plan for the old harbour of the town",
        "The council has met on Monday and agreed on the new plan for the old harbour of the town!",
        "the council has met on monday and agreed on the new plan for the old harbour of the city",
        "rain is expected in the north of the country until thursday",
    ];
    // What an Arrow array of `LargeUtf8` holds: all bytes, and where each text starts.
    let bytes = texts.concat();
    let ends = texts.iter().scan(0, |end, text| {
        *end += i64::try_from(text.len()).unwrap_or(i64::MAX);
        Some(*end)
    });
    let offsets: Vec<i64> = std::iter::once(0).chain(ends).collect();

    let batch = TextBatch::new(bytes.as_bytes(), offsets.as_slice())?;
    let config = Config::default();
    let sketcher = Sketcher::new(&config);
    let mut rows = SketchRows::default();
    sketcher.sketch(&batch, &mut rows, &mut sketcher.scratch());
    let mut finder = PairFinder::new(&config);
    finder.decide(&batch, &rows, &KeepOrder::default());

    let is_kept = |doc: &u32| {
        let is_copy = finder.copies().iter().any(|copy| copy.doc == *doc);
        !is_copy && !finder.selected().keepers.contains_key(doc)
    };
    assert_eq!((0..4).filter(is_kept).collect::<Vec<u32>>(), [0, 3]);
    assert!(!finder.copies()[0].exact, "case and punctuation differ");
    Ok(())
}
