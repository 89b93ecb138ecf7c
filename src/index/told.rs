//! What an index tells of itself and of what was done to it.

use std::sync::Arc;

use doublon_core::verify::Overlap;

use crate::finding::{DocumentRef, Equality, RecordId};

/// A document of an index that a text is a duplicate of.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexMatch {
    /// The document.
    pub doc: DocumentRef,
    /// The first words of its text.
    pub opening: Arc<str>,
    /// The Jaccard similarity, measured, `0.0..=1.0`.
    pub jaccard: f64,
    /// How far the two are equal.
    pub equality: Equality,
}

/// A text measured against a document of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredDocument {
    /// The document.
    pub doc: DocumentRef,
    /// How many shingles both have, the document as `a`.
    pub overlap: Overlap,
    /// How far the two are equal, as far as the texts say: the bytes in which they were stored may be others.
    pub equality: Equality,
}

/// What an index holds.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexInfo {
    /// Documents that are held.
    pub documents: u64,
    /// Bytes of their texts.
    pub text_bytes: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// How many of those lead to passages; none if the index finds documents only.
    pub passage_bytes: Option<u64>,
    /// Segments, of which each is asked for each document that is looked up.
    pub segments: usize,
    /// Documents that were removed and still take room.
    pub removed: u64,
    /// How many times documents were added.
    pub adds: u64,
    /// Documents with a word that all adds have read.
    pub read: u64,
    /// Those of them that were duplicates, and were not taken up.
    pub duplicates: u64,
    /// The version of Unicode by which texts were cut into words.
    pub unicode: String,
}

/// Which documents to remove from an index: those that fit all that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Their ids, of which a number and a text of the same digits are two.
    pub ids: Vec<RecordId>,
    /// The names of their sources.
    pub sources: Vec<String>,
}

/// What was removed from an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemovedFromIndex {
    /// How many documents.
    pub documents: u64,
    /// The ids and sources that were asked for and that no document has, ids as [`RecordId::typed`] shows them.
    pub unknown: Vec<String>,
    /// Ids of documents that look like one of those, and are a number instead of a text, or a text instead of a number.
    pub alike: Vec<RecordId>,
}

/// What a check of an index found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexCheck {
    /// Files that were read from start to end.
    pub files: u64,
    /// Documents in them.
    pub documents: u64,
    /// What is wrong, one line each.
    pub faults: Vec<String>,
}

/// What compacting an index came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Bytes of all files before.
    pub bytes_before: u64,
    /// Bytes of all files after.
    pub bytes_after: u64,
    /// Segments before.
    pub segments_before: usize,
    /// Segments after.
    pub segments_after: usize,
}
