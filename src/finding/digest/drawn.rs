//! The documents with the most text in passages, with all places in them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::measure::{DocumentPlace, RepeatedStretches, SourceNumbers, bytes_of};
use crate::finding::{DocumentRef, PassageFamily, PassageMatch, PlacedSpan};

/// What a drawing tells of the family of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyTag {
    /// The id of the family.
    pub id: String,
    /// Its number among all families.
    pub position: usize,
    /// The id by which a reader knows it: that of its only match, if it has two places.
    pub label: String,
}

impl FamilyTag {
    /// Returns the tag of a family with these matches.
    pub fn new(family: &PassageFamily, position: usize, matches: &[PassageMatch]) -> Self {
        let label = match matches {
            [only] if family.count <= 2 => only.id.clone(),
            _ => family.id.clone(),
        };
        Self { id: family.id.clone(), position, label }
    }
}

/// A document with its places.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnDocument {
    /// The document.
    pub doc: DocumentRef,
    /// Bytes of it that stand in places of families, each byte once.
    pub repeated: u64,
    /// All places in it without their texts, by where they start.
    pub places: Vec<(Arc<FamilyTag>, PlacedSpan)>,
}

/// Where places of families stand, the kept ones included.
#[derive(Debug, Default)]
pub(super) struct PlaceMap {
    sources: SourceNumbers,
    stretches: RepeatedStretches,
}

impl PlaceMap {
    pub fn family(&mut self, family: &PassageFamily) {
        for place in drawable(family) {
            self.stretches.add(self.sources.place(&place.doc), bytes_of(place));
        }
    }

    /// Returns the documents with the most bytes in places, at most `limit`, and how many documents there are.
    pub fn finish(mut self, limit: usize) -> (DrawnDocuments, usize) {
        let names = self.sources.names();
        let mut documents: Vec<(DocumentPlace, u64)> = Vec::new();
        let mut count = 0;
        let rank = |&((source, record), repeated): &(DocumentPlace, u64)| {
            (Reverse(repeated), names.get(source as usize).cloned(), record)
        };
        for document in self.stretches.by_document() {
            count += 1;
            documents.push(document);
            if documents.len() > limit.saturating_mul(2) {
                documents.sort_by_cached_key(rank);
                documents.truncate(limit);
            }
        }
        documents.sort_by_cached_key(rank);
        documents.truncate(limit);
        let empty = |(place, repeated)| Drawing { place, repeated, doc: None, places: Vec::new() };
        (DrawnDocuments { drawings: documents.into_iter().map(empty).collect(), sources: self.sources }, count)
    }
}

/// Returns the places of a family whose texts are there.
fn drawable(family: &PassageFamily) -> impl Iterator<Item = &PlacedSpan> {
    family.occurrences.iter().chain([&family.keep]).filter(|place| place.in_index.is_none())
}

/// The documents that are drawn, while their places are collected.
#[derive(Debug)]
pub(super) struct DrawnDocuments {
    drawings: Vec<Drawing>,
    sources: SourceNumbers,
}

#[derive(Debug)]
struct Drawing {
    place: DocumentPlace,
    repeated: u64,
    doc: Option<DocumentRef>,
    places: Vec<(String, PlacedSpan)>,
}

impl DrawnDocuments {
    /// Takes the places of a family that stand in these documents; returns whether there are any.
    pub fn family(&mut self, family: &PassageFamily) -> bool {
        let mut is_drawn = false;
        for place in drawable(family) {
            let document = self.sources.place(&place.doc);
            if let Some(drawing) = self.drawings.iter_mut().find(|drawing| drawing.place == document) {
                drawing.doc.get_or_insert_with(|| place.doc.clone());
                drawing.places.push((family.id.clone(), place.without_quotes()));
                is_drawn = true;
            }
        }
        is_drawn
    }

    /// Returns the documents. `tags` has the families of all places taken.
    pub fn finish(self, tags: &BTreeMap<String, Arc<FamilyTag>>) -> Vec<DrawnDocument> {
        let document = |drawing: Drawing| {
            let Drawing { doc, repeated, places, .. } = drawing;
            let tagged = places.into_iter().filter_map(|(id, place)| Some((tags.get(&id)?.clone(), place)));
            let mut places: Vec<(Arc<FamilyTag>, PlacedSpan)> = tagged.collect();
            // In an order of their own, wherever a family keeps its place.
            places.sort_by(|(x, a), (y, b)| (a.start, a.end, &x.id).cmp(&(b.start, b.end, &y.id)));
            Some(DrawnDocument { doc: doc?, repeated, places })
        };
        self.drawings.into_iter().filter_map(document).collect()
    }
}
