//! What was met while reading, counted.

use std::collections::BTreeMap;

use doublon_core::kernel::Masks;
use serde::{Deserialize, Serialize};

use crate::finding::AgainstDocuments;
use crate::source::IgnoredMarkup;

/// The most sources that are named.
const UNCLOSED: usize = 10;

/// Counts of records and documents.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct IntakeCounts {
    /// Records that parsing gave, good and bad, counted where they come from.
    pub records: u64,
    /// What was skipped without being a record: files, links; not other files.
    pub skipped_sources: u64,
    /// What was left out of folders without being asked, by reason.
    pub left_out: BTreeMap<String, u64>,
    /// Bytes of text in all documents.
    pub text_bytes: u64,
    /// Documents with a word that others are only compared with, and bytes of text in them, without known text.
    pub against_documents: u64,
    pub against_bytes: u64,
    /// Documents in which bytes that could not be decoded were replaced.
    pub lossy: u64,
    /// Documents whose record has the field that decides which one stays.
    pub with_value: u64,
    /// Documents whose record has an id.
    pub with_id: u64,
    /// Places of known text.
    pub known_places: u64,
    /// Bytes of known text, which are not among those of text.
    pub known_bytes: u64,
    /// Documents that are known text and nothing else.
    pub known_documents: u64,
    /// Places and bytes that comments leave out of texts, which are not among those of text.
    pub ignored: IgnoredMarkup,
    /// The first sources with a comment that begins what is ignored, and none that ends it.
    pub unclosed: Vec<String>,
    /// Documents by the encoding that they were in, where that is not UTF-8.
    pub encodings: BTreeMap<String, u64>,
}

impl IntakeCounts {
    /// Adds the counts of a block.
    pub fn add(&mut self, other: Self) {
        self.records += other.records;
        self.skipped_sources += other.skipped_sources;
        self.text_bytes += other.text_bytes;
        self.against_documents += other.against_documents;
        self.against_bytes += other.against_bytes;
        self.lossy += other.lossy;
        self.with_value += other.with_value;
        self.with_id += other.with_id;
        self.known_places += other.known_places;
        self.known_bytes += other.known_bytes;
        self.known_documents += other.known_documents;
        self.ignored.places += other.ignored.places;
        self.ignored.bytes += other.ignored.bytes;
        other.unclosed.into_iter().for_each(|name| self.add_unclosed(&name));
        for (reason, count) in other.left_out {
            *self.left_out.entry(reason).or_insert(0) += count;
        }
        for (encoding, count) in other.encodings {
            *self.encodings.entry(encoding).or_insert(0) += count;
        }
    }

    /// Counts documents that are held elsewhere and that others are only compared with.
    pub fn add_held(&mut self, held: &AgainstDocuments) {
        self.records += held.documents;
        self.text_bytes += held.text_bytes;
        self.against_documents += held.documents;
        self.against_bytes += held.text_bytes;
    }

    /// Counts the known text of a document.
    pub fn add_known_text(&mut self, masks: &Masks) {
        self.known_places += masks.spans().len() as u64;
        self.known_bytes += masks.bytes() as u64;
        self.known_documents += u64::from(masks.is_all());
    }

    /// Counts what comments leave out of a document of a source; `is_open` says that nothing ends the last one of its text.
    pub fn add_ignored(&mut self, ignored: IgnoredMarkup, is_open: bool, source: &str) {
        self.ignored.places += ignored.places;
        self.ignored.bytes += ignored.bytes;
        if ignored.is_open || is_open {
            self.add_unclosed(source);
        }
    }

    fn add_unclosed(&mut self, source: &str) {
        if self.unclosed.len() < UNCLOSED && self.unclosed.last().is_none_or(|last| last != source) {
            self.unclosed.push(source.to_owned());
        }
    }

    /// Counts a document that was decoded from another encoding than UTF-8.
    pub fn count_encoding(&mut self, name: &str) {
        if let Some(count) = self.encodings.get_mut(name) {
            *count += 1;
        } else {
            self.encodings.insert(name.to_owned(), 1);
        }
    }
}
