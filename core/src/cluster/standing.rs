//! Which words of the texts so far stay, and for which words the others go.

use std::collections::{BTreeMap, btree_map};
use std::ops::Range;

use super::stretch::{EqualRun, Stretch};

/// The stretches that go, of all texts that are decided and of the one that is being decided.
#[derive(Debug, Default)]
pub struct Standing {
    /// The texts that have a stretch, in order, with the end of their stretches.
    texts: Vec<(u32, usize)>,
    decided: Vec<Stretch>,
    open: OpenText,
}

/// The stretches of the text that is being decided, by their first words.
#[derive(Debug, Default)]
struct OpenText {
    doc: u32,
    stretches: BTreeMap<u32, Stretch>,
}

impl Standing {
    /// Begins with the next text, whose number is above those before.
    pub fn open(&mut self, doc: u32) {
        self.open.doc = doc;
    }

    /// Ends the text: its stretches are decided. Returns them.
    pub fn close(&mut self, stretches: Vec<Stretch>) {
        self.open.stretches.clear();
        if !stretches.is_empty() {
            self.decided.extend(stretches);
            self.texts.push((self.open.doc, self.decided.len()));
        }
    }

    /// Returns the stretches of the text that is being decided, in order.
    pub fn opened(&mut self) -> Vec<Stretch> {
        std::mem::take(&mut self.open.stretches).into_values().collect()
    }

    /// Adds a stretch of the text that is being decided, which overlaps none.
    pub fn insert(&mut self, stretch: Stretch) {
        self.open.stretches.insert(stretch.place.start, stretch);
    }

    /// Returns all stretches, by text and place.
    pub fn into_stretches(self) -> Vec<Stretch> {
        self.decided
    }

    /// Returns the places of the stretches of the text that is being decided which overlap a range.
    pub fn taken(&self, range: &Range<u32>) -> impl Iterator<Item = Range<u32>> {
        self.open.overlapping(range).map(|(_, stretch)| stretch.place.start..stretch.place.end)
    }

    /// Returns whether any of some words goes.
    pub fn is_gone(&self, doc: u32, range: &Range<u32>) -> bool {
        !range.is_empty() && self.overlapping(doc, range).next().is_some()
    }

    /// Calls `emit` with the words that stay for each part of some words: themselves where they stay, and those for which
    /// they go. `start` is the number of the first of them to whoever asks.
    pub fn carry(&self, doc: u32, words: EqualRun, mut emit: impl FnMut(u32, EqualRun)) {
        let range = words.kept..words.kept_end();
        let own = |part: Range<u32>| EqualRun {
            start: words.start + part.start - words.kept,
            len: part.end - part.start,
            kept: part.start,
        };
        let mut at = range.start;
        for stretch in self.overlapping(doc, &range) {
            if at < stretch.place.start {
                emit(doc, own(at..stretch.place.start));
            }
            let first = stretch.runs.partition_point(|run| run.end() <= range.start);
            for run in stretch.runs[first..].iter().map_while(|run| run.within(&range)) {
                emit(stretch.kept.doc, EqualRun { start: words.start + run.start - words.kept, ..run });
            }
            at = stretch.place.end;
        }
        if at < range.end {
            emit(doc, own(at..range.end));
        }
    }

    /// Returns the stretches of a text that overlap some words, in order.
    fn overlapping(&self, doc: u32, range: &Range<u32>) -> Overlapping<'_> {
        if doc == self.open.doc {
            return Overlapping::Open(self.open.overlapping(range));
        }
        let Ok(n) = self.texts.binary_search_by_key(&doc, |&(doc, _)| doc) else {
            return Overlapping::Decided([].iter());
        };
        let from = n.checked_sub(1).map_or(0, |before| self.texts[before].1);
        let all = &self.decided[from..self.texts[n].1];
        let first = all.partition_point(|stretch| stretch.place.end <= range.start);
        let last = all.partition_point(|stretch| stretch.place.start < range.end);
        Overlapping::Decided(all[first..last.max(first)].iter())
    }
}

impl OpenText {
    fn overlapping(&self, range: &Range<u32>) -> btree_map::Range<'_, u32, Stretch> {
        let before = self.stretches.range(..range.start).next_back();
        let start = before.filter(|(_, stretch)| stretch.place.end > range.start).map_or(range.start, |(&at, _)| at);
        self.stretches.range(start..range.end.max(start))
    }
}

/// Stretches that overlap some words.
enum Overlapping<'s> {
    Decided(std::slice::Iter<'s, Stretch>),
    Open(btree_map::Range<'s, u32, Stretch>),
}

impl<'s> Iterator for Overlapping<'s> {
    type Item = &'s Stretch;

    fn next(&mut self) -> Option<&'s Stretch> {
        match self {
            Self::Decided(stretches) => stretches.next(),
            Self::Open(stretches) => stretches.next().map(|(_, stretch)| stretch),
        }
    }
}
