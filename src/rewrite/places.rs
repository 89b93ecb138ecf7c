//! Places of repeated passages as they were found, without their texts, and in the order of reading.

use std::sync::Arc;

use doublon_core::Span;

use super::edit::KeptPassage;
use super::index::SourceIndex;
use super::plan::Plan;
use crate::error::Result;
use crate::finding::{DocumentRef, IndexedWords, PlacedSpan, RecordId};

/// A family as it was found.
#[derive(Debug)]
pub(super) struct FoundFamily {
    pub id: Arc<str>,
    /// The kept place, if that is in a saved index.
    pub held: Option<HeldPlace>,
    /// The places in the sources, the kept one first if it is among them.
    pub places: Vec<FoundPlace>,
}

/// A place in a document of a saved index.
#[derive(Clone, Debug)]
pub(super) struct HeldPlace {
    pub doc: DocumentRef,
    /// The number of the document in the index.
    pub number: u64,
    /// Its words, counted from the first of the document.
    pub words: Span,
}

impl HeldPlace {
    /// Returns a place, if it is one in an index.
    pub fn new(place: &PlacedSpan) -> Option<Self> {
        let IndexedWords { number, words: (first, end) } = place.in_index?;
        Some(Self {
            doc: DocumentRef { metadata: None, ..place.doc.clone() },
            number,
            words: Span::new(first, end.max(first)),
        })
    }

    /// Returns it as a place that stays.
    pub fn kept(&self) -> KeptPassage {
        KeptPassage { doc: self.doc.clone(), span: self.words, indexed: Some(self.number) }
    }
}

/// A place as it was found, without its text.
#[derive(Clone, Debug)]
pub(super) struct FoundPlace {
    pub source: usize,
    pub record: u64,
    pub id: Option<RecordId>,
    pub span: Span,
}

impl FoundPlace {
    pub fn new(place: &PlacedSpan, index: &SourceIndex) -> Result<Self> {
        let PlacedSpan { doc, start, end, .. } = place;
        // Findings from elsewhere may say that a place ends before it starts.
        let span = Span::new(*start, *end.max(start));
        Ok(Self { source: index.number(doc)?, record: doc.record, id: doc.id.clone(), span })
    }

    pub fn document(&self, index: &SourceIndex) -> DocumentRef {
        index.document(self.source, self.record, self.id.as_ref())
    }
}

/// A match as it was found, without its texts.
#[derive(Debug)]
pub(super) struct FoundMatch {
    pub family: Arc<str>,
    /// None if it is in a saved index.
    pub a: Option<FoundPlace>,
    /// The later place.
    pub b: FoundPlace,
}

/// A family whose kept place stays.
pub(super) struct PlannedFamily {
    pub id: Arc<str>,
    pub first: FirstPlace,
    pub others: Vec<FoundPlace>,
}

/// The place that stays.
pub(super) enum FirstPlace {
    InSources(FoundPlace),
    Held(HeldPlace),
}

impl PlannedFamily {
    /// Returns the family of the places in documents that stay, if there are two or more. The first of them is kept. Documents
    /// that others are only compared with stay, with all their places.
    pub fn new(found: FoundFamily, plan: &Plan) -> Option<Self> {
        let stays = |place: &FoundPlace| !plan.sources[place.source].drops_record(place.record);
        let mut standing = found.places.into_iter().filter(stays);
        let first = match found.held {
            Some(held) => FirstPlace::Held(held),
            None => FirstPlace::InSources(standing.next()?),
        };
        // Places that are alike in part are one family, also where both are old.
        let may_go = |place: &FoundPlace| !plan.sources[place.source].info.against;
        let others: Vec<FoundPlace> = standing.filter(may_go).collect();
        if others.is_empty() {
            return None;
        }
        Some(Self { id: found.id, first, others })
    }

    /// Returns the kept place, if it is in one of the sources.
    pub fn first_in_sources(&self) -> Option<&FoundPlace> {
        match &self.first {
            FirstPlace::InSources(place) => Some(place),
            FirstPlace::Held(_) => None,
        }
    }
}

/// A place to look at. Jobs are sorted in the order of reading.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PlaceJob<'a> {
    pub source: usize,
    pub record: u64,
    pub span: Span,
    pub family: usize,
    pub id: Option<&'a RecordId>,
}

impl<'a> PlaceJob<'a> {
    pub fn new(family: usize, place: &'a FoundPlace) -> Self {
        Self { source: place.source, record: place.record, span: place.span, family, id: place.id.as_ref() }
    }
}

/// Returns the records of jobs on one source, in order.
pub(super) fn records(jobs: &[PlaceJob]) -> Vec<u64> {
    let mut records: Vec<u64> = jobs.iter().map(|job| job.record).collect();
    records.dedup();
    records
}

/// Returns the jobs on a record, of those on one source.
pub(super) fn of_record<'j, 'a>(jobs: &'j [PlaceJob<'a>], record: u64) -> &'j [PlaceJob<'a>] {
    let start = jobs.partition_point(|job| job.record < record);
    &jobs[start..jobs.partition_point(|job| job.record <= record)]
}
