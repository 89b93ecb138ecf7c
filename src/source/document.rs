//! A document: one text with an identity in its archive.

use encoding_rs::Encoding;

use crate::finding::RecordId;
use doublon_core::OffsetMap;

/// One text with its place in the archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The number of its source in the run's table of sources.
    pub source: u32,
    /// The zero-based position in its source: the line of a JSONL file or a table, 0 for a file that is one
    /// document.
    pub record: u64,
    /// The record's own id, if it has one. It may repeat in its source.
    pub id: Option<RecordId>,
    /// The decoded text.
    pub text: String,
    /// Whether bytes that could not be decoded were replaced by U+FFFD.
    pub lossy: bool,
    /// A hash of the bytes that the text was decoded from, where they differ from the text (see `lossy`).
    pub raw_hash: Option<u128>,
    /// The encoding that the text was decoded from, where it is not UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// What the text was made from, where it is not what was decoded.
    pub origin: Option<Box<PageOrigin>>,
}

/// Where a text stands in the page that it was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageOrigin {
    /// Where the bytes of the text stand in the page, as it was decoded; empty if that is not known.
    pub map: OffsetMap,
    /// The first byte of each line of the page.
    pub lines: Vec<usize>,
    /// Whether places in the decoded page are places in its bytes: it is in UTF-8, and nothing was replaced.
    pub is_exact: bool,
}
