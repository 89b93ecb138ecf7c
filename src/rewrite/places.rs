//! Places of repeated passages as they were found, without their texts, and in the order of reading.

use std::sync::Arc;

use doublon_core::Span;

use super::index::SourceIndex;
use super::plan::Plan;
use crate::error::Result;
use crate::finding::{DocumentRef, PlacedSpan, RecordId};

/// A family as it was found: the kept place first.
#[derive(Debug)]
pub(super) struct FoundFamily {
    pub id: Arc<str>,
    pub places: Vec<FoundPlace>,
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
    pub a: FoundPlace,
    /// The later place.
    pub b: FoundPlace,
}

/// A family whose kept place stays.
pub(super) struct PlannedFamily {
    pub id: Arc<str>,
    pub first: FoundPlace,
    pub others: Vec<FoundPlace>,
}

impl PlannedFamily {
    /// Returns the family of the places in documents that stay, if there are two or more. The first of them is kept.
    pub fn new(found: FoundFamily, plan: &Plan) -> Option<Self> {
        let stays = |place: &FoundPlace| !plan.sources[place.source].drops_record(place.record);
        let mut standing = found.places.into_iter().filter(stays);
        let first = standing.next()?;
        let others: Vec<FoundPlace> = standing.collect();
        if others.is_empty() {
            return None;
        }
        Some(Self { id: found.id, first, others })
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
