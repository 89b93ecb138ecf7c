//! What decisions come to in a plan: the documents and the places that stay, and whether all else does.

use std::collections::{BTreeMap, BTreeSet};

use doublon_core::Span;

use super::decisions::Undecided;
use crate::finding::DocumentRef;

/// Why something stays that somebody decided on.
pub const DECIDED: &str = "decided";
/// Why something stays that nobody decided on.
pub const UNDECIDED: &str = "undecided";
/// Why a document stays that is a copy of the kept one and not of the original that was chosen instead.
pub const UNLIKE_ORIGINAL: &str = "unlike_the_original";

/// What may not go. Without decisions, everything may.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choices {
    /// Documents that stay, by source and record, and why.
    pub(super) documents: BTreeMap<(usize, u64), StayingDocument>,
    /// Documents that may go though what is not decided stays.
    pub(super) removable_documents: BTreeSet<(usize, u64)>,
    /// Stretches of texts that stay, in order.
    places: BTreeMap<(usize, u64), Vec<Span>>,
    /// Stretches that may go though what is not decided stays.
    removable: BTreeMap<(usize, u64), Vec<Span>>,
    /// What becomes of all else.
    pub(super) undecided: Undecided,
    /// Whether a document stays in the stead of the one that was found to.
    pub(super) has_other_originals: bool,
}

/// A document that stays though it repeats another, or may come to.
#[derive(Clone, Debug, PartialEq)]
pub struct StayingDocument {
    /// The document.
    pub doc: DocumentRef,
    /// Why it stays.
    pub reason: &'static str,
}

impl Choices {
    /// Nothing is decided yet.
    pub(super) fn new(undecided: Undecided) -> Self {
        Self { undecided, ..Self::default() }
    }

    /// Returns the documents that stay by decision, in order.
    pub fn documents(&self) -> impl Iterator<Item = &StayingDocument> {
        self.documents.values()
    }

    /// Returns whether a document may go as a copy, and else why not.
    pub(super) fn may_remove(&self, source: usize, record: u64) -> Result<(), &'static str> {
        let place = (source, record);
        if let Some(staying) = self.documents.get(&place) {
            return Err(staying.reason);
        }
        if self.places.contains_key(&place) {
            return Err(DECIDED);
        }
        let may_go = self.undecided == Undecided::Remove || self.removable_documents.contains(&place);
        if may_go { Ok(()) } else { Err(UNDECIDED) }
    }

    /// Returns whether a document may go of which cuts leave nothing.
    pub(super) fn may_empty(&self, source: usize, record: u64) -> bool {
        !self.documents.contains_key(&(source, record)) && !self.places.contains_key(&(source, record))
    }

    /// Returns the stretches of a text that stay, in order.
    pub(super) fn places(&self, source: usize, record: u64) -> &[Span] {
        self.places.get(&(source, record)).map_or(&[], Vec::as_slice)
    }

    /// Returns whether a place, in the original text, may go if it repeats another.
    pub(super) fn may_cut(&self, source: usize, record: u64, span: Span) -> bool {
        let here = || self.removable.get(&(source, record)).map_or(&[][..], Vec::as_slice);
        self.undecided == Undecided::Remove || here().iter().any(|decided| decided.contains(span))
    }

    /// Lets a document stay.
    pub(super) fn keep(&mut self, source: usize, doc: DocumentRef, reason: &'static str) {
        self.documents.entry((source, doc.record)).or_insert(StayingDocument { doc, reason });
    }

    /// Lets a stretch of a text stay.
    pub(super) fn keep_place(&mut self, source: usize, record: u64, span: Span) {
        let here = self.places.entry((source, record)).or_default();
        let (overlapping, mut apart): (Vec<Span>, Vec<Span>) = here.iter().partition(|other| other.overlaps(span));
        let joined = |all: Span, part: &Span| Span::new(all.start.min(part.start), all.end.max(part.end));
        apart.push(overlapping.iter().fold(span, joined));
        apart.sort_unstable();
        *here = apart;
    }

    /// Lets a stretch of a text go.
    pub(super) fn remove_place(&mut self, source: usize, record: u64, span: Span) {
        self.removable.entry((source, record)).or_default().push(span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_that_stay_are_in_order_and_apart() {
        let mut choices = Choices::default();
        for (start, end) in [(20, 30), (0, 5), (40, 50), (25, 45), (5, 9)] {
            choices.keep_place(1, 2, Span::new(start, end));
        }
        assert_eq!(choices.places(1, 2), [Span::new(0, 5), Span::new(5, 9), Span::new(20, 50)]);
        assert_eq!((choices.places(1, 1), choices.may_remove(1, 2)), (&[][..], Err(DECIDED)));
        assert!(!choices.may_empty(1, 2) && choices.may_empty(1, 1));
    }

    #[test]
    fn what_is_not_decided_goes_unless_it_is_to_stay() {
        let mut choices = Choices::default();
        choices.remove_place(0, 0, Span::new(10, 20));
        let may_cut =
            |choices: &Choices| [(10, 20), (12, 18), (9, 20)].map(|(a, b)| choices.may_cut(0, 0, Span::new(a, b)));
        assert_eq!((may_cut(&choices), choices.may_remove(0, 0)), ([true; 3], Ok(())));
        choices.undecided = Undecided::Keep;
        assert_eq!((may_cut(&choices), choices.may_remove(0, 0)), ([true, true, false], Err(UNDECIDED)));
        choices.removable_documents.insert((0, 0));
        assert_eq!(choices.may_remove(0, 0), Ok(()));
    }
}
