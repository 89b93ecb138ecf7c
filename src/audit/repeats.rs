//! P10: what still repeats in the copy.

use std::path::PathBuf;

use doublon_core::Span;

use super::beside::Copies;
use super::evidence::{Evidence, Place};
use super::fault::{Faults, Promise};
use crate::error::Result;
use crate::finding::{DocumentRef, Finding, PlacedSpan, Sink};

/// Receives the findings of a scan of the copy.
pub(super) struct Repeats<'a> {
    pub evidence: &'a Evidence,
    pub copies: &'a Copies,
    /// The paths of the copies, as a scan names them, each with the number of its source; sorted.
    pub names: Vec<(String, usize)>,
    pub faults: &'a mut Faults,
    /// Matches in the copy.
    pub matches: u64,
}

impl<'a> Repeats<'a> {
    pub fn new(evidence: &'a Evidence, copies: &'a Copies, paths: &[(PathBuf, usize)], faults: &'a mut Faults) -> Self {
        let mut names: Vec<(String, usize)> =
            paths.iter().map(|(path, number)| (path.to_string_lossy().into_owned(), *number)).collect();
        names.sort();
        Self { evidence, copies, names, faults, matches: 0 }
    }

    /// Returns the number of a copy's source.
    fn source(&self, copy: &str) -> Option<usize> {
        let found = self.names.binary_search_by(|name| name.0.as_str().cmp(copy)).ok()?;
        Some(self.names[found].1)
    }

    /// Whether a copy is of a source that stays whole because it is damaged.
    fn is_of_whole(&self, copy: &str) -> bool {
        self.source(copy).is_some_and(|source| self.evidence.whole.contains(&source))
    }

    /// Whether a document of the copy is told to stay though it repeats another.
    fn is_told_document(&self, doc: &DocumentRef) -> bool {
        let source = self.source(&doc.source);
        let place = source.map(|source| (source, self.copies.original(source, doc.record)));
        place.is_some_and(|place| self.evidence.staying_documents.contains(&place))
    }

    /// Returns a place of the copy in the input.
    fn original(&self, place: &PlacedSpan) -> Option<(Place, Span)> {
        let source = self.source(&place.doc.source)?;
        let doc = (source, self.copies.original(source, place.doc.record));
        let Some(origins) = self.copies.cut.get(&doc) else { return Some((doc, Span::new(place.start, place.end))) };
        let last = place.end.saturating_sub(1).max(place.start);
        Some((doc, Span::new(origins.original(place.start), origins.original(last) + 1)))
    }

    /// Checks a place that repeats another.
    pub fn repeat(&mut self, place: &PlacedSpan, is_told: bool) {
        self.matches += 1;
        if !is_told && !self.is_told(place) {
            let PlacedSpan { doc, start, end, .. } = place;
            let place = format!("{}, record {} of the copy, bytes {start} to {end}", doc.source, doc.record);
            self.faults.add(Promise::P10, place, "repeats another place, and staying.jsonl does not tell it");
        }
    }

    fn is_told(&self, place: &PlacedSpan) -> bool {
        let Some((doc, span)) = self.original(place) else { return false };
        self.evidence.staying.get(&doc).is_some_and(|told| told.iter().any(|other| other.overlaps(span)))
    }
}

impl Sink for Repeats<'_> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::DocumentCluster(cluster) => {
                // Of two that are alike, the other one may stay for another reason than the first.
                let is_told = self.is_told_document(&cluster.keep);
                for member in cluster.members {
                    let stays = is_told || self.is_told_document(&member.doc);
                    if !stays && !self.is_of_whole(&member.doc.source) {
                        let place = format!("{}, record {} of the copy", member.doc.source, member.doc.record);
                        self.faults.add(Promise::P10, place, "would be removed by a second clean");
                    }
                }
            }
            Finding::PassageMatch(found) => {
                let is_told = self.is_told(&found.a);
                self.repeat(&found.b, is_told);
            }
            // Of units, only families are listed.
            Finding::PassageFamily(family) if self.evidence.settings.parameters.config.unit.is_some() => {
                family.occurrences.iter().for_each(|place| self.repeat(place, false));
            }
            _ => {}
        }
        Ok(())
    }
}
