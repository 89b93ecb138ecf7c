//! Documents as they are read, before they are numbered in a run.

use std::sync::Arc;

use encoding_rs::Encoding;

use super::compared::{ComparedText, TextBorders};
use super::document::PageOrigin;
use super::markup::IgnoredMarkup;
use crate::finding::{Metadata, RecordId, Skipped};

/// A record of a source: a document, or the finding that it is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A document. Its text may be empty.
    Document(Record),
    /// A record that is no document, and why.
    Skipped(Skipped),
}

/// A document as it was read, before it is numbered in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The zero-based line, for a row of a table its first line; the row of a Parquet file; 0 for a file that is one
    /// document. Blank lines count, though they are no documents.
    pub record: u64,
    /// The record's own id. It may repeat in its source.
    pub id: Option<RecordId>,
    /// What it says of itself besides its text, if its format has that.
    pub metadata: Option<Arc<Metadata>>,
    /// The JSON of the value field, if the record has it.
    pub value: Option<String>,
    /// The decoded text. A byte order mark at the start of UTF-8 text stays in it as U+FEFF, so that offsets into the
    /// text of a plain file are offsets into the file; decoding UTF-16 drops it.
    pub text: String,
    /// Whether bytes that could not be decoded were replaced by U+FFFD.
    pub lossy: bool,
    /// If `lossy`, the hash of the bytes that the text was decoded from, so that unequal bytes stay unequal.
    pub raw_hash: Option<u128>,
    /// Where the texts of several fields meet in the text.
    pub borders: TextBorders,
    /// The encoding that the text was decoded from, where it is not UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// What the text was made from, where it is not what was decoded.
    pub origin: Option<Box<PageOrigin>>,
    /// What comments leave out of the text.
    pub ignored: IgnoredMarkup,
    /// Whether it is what a server sent with another HTTP status than 2xx, such as "404 Not Found".
    pub is_failure: bool,
    /// The byte in the decompressed source at which the record starts.
    pub offset: u64,
    /// The bytes of the record, without the line end behind it.
    pub length: u64,
}

impl Record {
    /// Returns what of it tells how far it is equal to another.
    pub fn compared(&self) -> ComparedText<'_> {
        ComparedText { text: &self.text, raw_hash: self.raw_hash, borders: &self.borders }
    }
}
