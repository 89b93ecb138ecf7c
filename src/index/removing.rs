//! Documents that are taken out of an index, chosen by their ids and sources.

use std::collections::{BTreeSet, HashSet};

use super::layout::{NAMES, Row};
use super::names::DocumentName;
use super::open::OpenIndex;
use super::segment::Segment;
use super::told::{RemovedFromIndex, Selection};
use crate::error::Result;
use crate::finding::RecordId;

/// Removes documents from an index.
pub(super) fn remove(index: &mut OpenIndex, which: &Selection) -> Result<RemovedFromIndex> {
    if which.ids.is_empty() && which.sources.is_empty() {
        return Err(index.refused("name the documents to be removed, by their ids or sources"));
    }
    let _lock = index.begin()?;
    let mut chosen = Chosen::new(which);
    let (mut numbers, mut text_bytes) = ((*index.snapshot.removed).clone(), 0);
    let before = numbers.len();
    for segment in &index.snapshot.segments {
        let is_there = |row: &Row| !index.snapshot.is_removed(row.number);
        for row in chosen.rows(segment, is_there)? {
            numbers.push(row.number);
            text_bytes += row.text_bytes;
        }
    }
    let removed = chosen.told(which, numbers.len() - before);
    if removed.documents > 0 {
        numbers.sort_unstable();
        let mut next = index.manifest.clone();
        text_bytes += next.removed.as_ref().map_or(0, |removed| removed.text_bytes);
        next.removed = Some(index.write_removed(&numbers, text_bytes, &mut next)?);
        index.publish(next)?;
    }
    Ok(removed)
}

/// Finds documents by id and source, and notes which of these were found.
struct Chosen<'a> {
    ids: HashSet<&'a RecordId>,
    /// The ids as they are shown, whatever they are.
    shown: HashSet<&'a str>,
    sources: HashSet<&'a str>,
    found_ids: HashSet<RecordId>,
    found_sources: HashSet<String>,
    /// Ids that are shown as one that was asked for, and are of another kind.
    alike: BTreeSet<RecordId>,
}

impl<'a> Chosen<'a> {
    fn new(which: &'a Selection) -> Self {
        Self {
            ids: which.ids.iter().collect(),
            shown: which.ids.iter().map(RecordId::shown).collect(),
            sources: which.sources.iter().map(String::as_str).collect(),
            found_ids: HashSet::new(),
            found_sources: HashSet::new(),
            alike: BTreeSet::new(),
        }
    }

    /// Returns the rows of a segment that fit and are documents still.
    fn rows(&mut self, segment: &Segment, is_there: impl Fn(&Row) -> bool) -> Result<Vec<Row>> {
        let (sources, mut rows) = (segment.sources()?, Vec::new());
        let is_of_use = |source: &str| self.sources.is_empty() || self.sources.contains(source);
        if !sources.iter().any(|source| is_of_use(source)) {
            return Ok(rows);
        }
        for piece in 0..(segment.len() as usize).div_ceil(NAMES) {
            for (name, at) in segment.names(piece)?.iter().zip((piece * NAMES) as u32..) {
                let row = segment.row(at)?;
                let source = &*segment.name(row, name)?.reference.source.clone();
                let is_of_source = self.sources.is_empty() || self.sources.contains(source);
                if is_of_source && is_there(&row) && self.fits(name) {
                    self.found_sources.insert(source.to_owned());
                    self.found_ids.extend(name.id.clone());
                    rows.push(row);
                }
            }
        }
        Ok(rows)
    }

    fn fits(&mut self, name: &DocumentName) -> bool {
        let Some(id) = &name.id else { return self.ids.is_empty() };
        let is_asked_for = self.ids.is_empty() || self.ids.contains(id);
        if !is_asked_for && self.shown.contains(id.shown()) {
            self.alike.insert(id.clone());
        }
        is_asked_for
    }

    fn told(self, which: &Selection, documents: usize) -> RemovedFromIndex {
        let ids = which.ids.iter().filter(|id| !self.found_ids.contains(*id)).map(|id| id.typed().into_owned());
        let sources = which.sources.iter().filter(|source| !self.found_sources.contains(*source)).cloned();
        let unknown: Vec<String> = ids.chain(sources).collect();
        let is_of_unknown =
            |alike: &RecordId| which.ids.iter().any(|id| id.shown() == alike.shown() && !self.found_ids.contains(id));
        let alike = self.alike.iter().filter(|alike| is_of_unknown(alike)).cloned().collect();
        RemovedFromIndex { documents: documents as u64, unknown, alike }
    }
}
