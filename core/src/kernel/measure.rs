//! Exact overlaps of pairs of texts.
//!
//! The shingles of each text are made once for as long as its set is held; a pair costs one pass over both sets.

use std::collections::HashMap;
use std::ops::Range;

use crate::config::Config;
use crate::kernel::batch::TextBatch;
use crate::kernel::sketch::{SketchScratch, Sketcher};
use crate::verify::Overlap;

/// Measures pairs of texts, with memory that is used again.
///
/// # Examples
///
/// ```
/// use doublon_core::Config;
/// use doublon_core::kernel::{Measurer, TextBatch};
///
/// let texts = ["a b c d e f", "a b c d e f g", "u v w x y z"];
/// let mut overlaps = Vec::new();
/// Measurer::new(&Config::default()).measure(&TextBatch::from(texts.as_slice()), &[(0, 1), (1, 2)], &mut overlaps);
/// assert_eq!((overlaps[0].a, overlaps[0].b, overlaps[0].shared), (2, 3, 2)); // shingles of five words
/// assert_eq!((overlaps[0].containment_a(), overlaps[1].jaccard()), (1.0, 0.0));
/// ```
#[derive(Clone, Debug)]
pub struct Measurer {
    sketcher: Sketcher,
    scratch: SketchScratch,
    sets: SetArena,
}

/// Sorted sets one after another, by the number of their text.
#[derive(Clone, Debug, Default)]
struct SetArena {
    shingles: Vec<u64>,
    places: HashMap<u32, Range<usize>>,
}

/// Shingles that are held for the pairs to come: 64 MiB.
const SHINGLES_HELD: usize = 8 << 20;

impl Measurer {
    /// Makes a measurer for the tokens and shingles of `config`.
    pub fn new(config: &Config) -> Self {
        Self::by(Sketcher::new(config))
    }

    /// Makes a measurer for the tokens and shingles of a sketcher, which may be [reseeded](Sketcher::reseeded).
    pub fn by(sketcher: Sketcher) -> Self {
        Self { scratch: sketcher.scratch(), sketcher, sets: SetArena::default() }
    }

    /// Appends the overlap of each pair, given by the numbers of its texts in the batch, to `overlaps`.
    ///
    /// # Panics
    ///
    /// If a number is not that of a text of the batch.
    pub fn measure(&mut self, texts: &TextBatch<'_>, pairs: &[(u32, u32)], overlaps: &mut Vec<Overlap>) {
        self.forget();
        overlaps.extend(pairs.iter().map(|&(a, b)| self.overlap(texts, a, b)));
    }

    /// Returns the overlap of two texts. Sets are held until [`forget`](Self::forget) is called, so all calls before
    /// that are about the texts of one batch.
    pub(super) fn overlap(&mut self, texts: &TextBatch<'_>, a: u32, b: u32) -> Overlap {
        let (a, b) = self.both(texts, a, b);
        Overlap::of(a, b)
    }

    /// Returns the sets of two texts.
    pub(super) fn both(&mut self, texts: &TextBatch<'_>, a: u32, b: u32) -> (&[u64], &[u64]) {
        if self.sets.shingles.len() > SHINGLES_HELD {
            self.forget();
        }
        let places = [a, b].map(|text| self.place(texts, text));
        let [a, b] = places.map(|place| &self.sets.shingles[place]);
        (a, b)
    }

    /// Drops all sets and keeps their memory.
    pub(super) fn forget(&mut self) {
        self.sets.shingles.clear();
        self.sets.places.clear();
    }

    fn place(&mut self, texts: &TextBatch<'_>, text: u32) -> Range<usize> {
        let Self { sketcher, scratch, sets } = self;
        if let Some(place) = sets.places.get(&text) {
            return place.clone();
        }
        let start = sets.shingles.len();
        sketcher.append_shingles(texts.get(text as usize), scratch, &mut sets.shingles);
        sets.shingles[start..].sort_unstable();
        let len = start + distinct(&mut sets.shingles[start..]);
        sets.shingles.truncate(len);
        sets.places.insert(text, start..len);
        start..len
    }
}

/// Moves the first of equal neighbours to the front, and returns how many these are.
fn distinct(sorted: &mut [u64]) -> usize {
    let mut len = 0;
    for at in 0..sorted.len() {
        if len == 0 || sorted[at] != sorted[len - 1] {
            sorted[len] = sorted[at];
            len += 1;
        }
    }
    len
}
