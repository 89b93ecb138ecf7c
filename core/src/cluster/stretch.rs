//! Stretches of texts that repeat stretches which stay, and which word stands for which.

use std::ops::Range;

use super::families::Occurrence;

/// Equal words in equal order at two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EqualRun {
    /// The first word at the place that repeats.
    pub start: u32,
    /// How many words there are, at least 1.
    pub len: u32,
    /// The first word at the other place.
    pub kept: u32,
}

impl EqualRun {
    /// Returns the word after the last at the place that repeats.
    pub fn end(self) -> u32 {
        self.start + self.len
    }

    /// Returns the word after the last at the other place.
    pub fn kept_end(self) -> u32 {
        self.kept + self.len
    }

    /// Returns the part of it that lies in a range of words of the place that repeats, if there is any.
    pub fn within(self, range: &Range<u32>) -> Option<Self> {
        let (start, end) = (self.start.max(range.start), self.end().min(range.end));
        (start < end).then(|| Self { start, len: end - start, kept: self.kept + start - self.start })
    }
}

/// Matches as they were measured: two places and their equal words.
pub trait Matches {
    /// Returns how many there are.
    fn count(&self) -> usize;

    /// Returns the earlier and the later place of one.
    fn sides(&self, n: usize) -> (&Occurrence, &Occurrence);

    /// Returns whether it is of one repetition with the next, in a text that repeats over and over.
    fn is_loop(&self, n: usize) -> bool;

    /// Replaces `runs` by the equal words of a match, from start to end; those that repeat are in the later place.
    fn equal_runs(&self, n: usize, runs: &mut Vec<EqualRun>);
}

/// A stretch that goes, and the one that stays for it. Both begin and end with equal words, but for words at the edges of
/// the one that goes which stand between two stretches and have no like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where it is.
    pub place: Occurrence,
    /// The stretch that stays. Every word of it stays.
    pub kept: Occurrence,
    /// Their equal words.
    pub runs: Vec<EqualRun>,
}

impl Stretch {
    /// Makes the stretch of some equal words, at least one run.
    pub fn new(doc: u32, kept_doc: u32, runs: Vec<EqualRun>) -> Option<Self> {
        let (first, last) = (*runs.first()?, *runs.last()?);
        let place = Occurrence { doc, start: first.start, end: last.end() };
        let kept = Occurrence { doc: kept_doc, start: first.kept, end: last.kept_end() };
        Some(Self { place, kept, runs })
    }

    /// Returns how many of its words the stretch that stays has.
    pub fn equal(&self) -> u64 {
        self.runs.iter().map(|run| u64::from(run.len)).sum()
    }
}

/// The share of words that must be equal, in thousandths: whole numbers give the same result on every machine.
#[derive(Clone, Copy, Debug)]
pub struct Share(i64);

impl Share {
    /// Makes it of a share `0.0..=1.0`.
    pub fn new(share: f64) -> Self {
        Self((share.clamp(0.0, 1.0) * 1000.0).round() as i64)
    }

    /// Returns by how much so many equal words of so many are more than the share; negative if they are fewer.
    pub fn excess(self, equal: u64, words: u64) -> i64 {
        equal.cast_signed() * 1000 - self.0 * words.cast_signed()
    }

    /// Returns whether so many equal words of so many reach the share.
    pub fn is_reached(self, equal: u64, words: u64) -> bool {
        self.excess(equal, words) >= 0
    }
}
