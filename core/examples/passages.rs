//! Finds what two articles share, and what one of them repeats.

use doublon_core::verify::align::Column;
use doublon_core::{Config, compare, repeats};

fn main() -> doublon_core::Result<()> {
    let config = Config::builder().min_words(12).build()?;
    let lead = "The council has met on Monday and agreed on the new plan for the old harbour";
    let article = format!("{lead}.\n\nWork will start in May, it says.\n\n{lead}.\n");
    let other = format!("What we know: {}, in short.", lead.replace("Monday", "Tuesday"));

    let twice = repeats(&article, &config)?;
    assert_eq!(twice.len(), 1);
    assert_eq!(twice[0].a.of(&article), twice[0].b.of(&article));

    let found = compare(&article, &other, &config)?;
    let passage = &found.passages[0];
    assert_eq!(passage.b.of(&other), Some(format!("{},", lead.replace("Monday", "Tuesday")).as_str()));
    // One word of sixteen differs.
    let unequal: usize = passage.runs.iter().filter(|run| run.column != Column::Equal).map(|run| run.len).sum();
    assert_eq!((passage.words, unequal), (16, 1));
    assert!(found.containment_b() > 0.2 && found.jaccard() < 0.8);
    Ok(())
}
