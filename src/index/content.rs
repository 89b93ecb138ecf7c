//! What a segment is written from: whatever holds documents.

use std::io;
use std::sync::Arc;

use super::layout::Row;
use super::word_texts::WordTexts;
use crate::error::{Error, Result};

/// The documents of a segment that is to be written, in keep order.
pub(super) trait SegmentContent: Sync {
    fn len(&self) -> u32;
    /// The hash of each word that occurs, by its number here.
    fn word_hashes(&self) -> &[u64];
    /// How often each word stands in the documents, by its number here.
    fn word_counts(&self) -> Result<Vec<u32>>;
    /// The row of a document, but for the place of its words.
    fn row(&self, n: u32) -> Result<Row>;
    /// The words of a document by their numbers here.
    fn words(&self, n: u32) -> Result<Vec<u8>>;
    /// Appends the name of a document.
    fn name(&self, n: u32, out: &mut Vec<u8>) -> Result<()>;
    /// The keys of all documents in a band.
    fn keys(&self, band: usize) -> Result<Vec<u64>>;
    fn sources(&self) -> &[Arc<str>];
    /// What each word is, by its number here, if passages are found.
    fn texts(&self) -> Option<&WordTexts>;
    /// The words of a document, by their numbers in it, before which something stood that does not count.
    fn gaps(&self, n: u32) -> &[u32];
}

/// What was written down to be read again is not what it was.
pub(super) fn broken() -> Error {
    Error::Io { path: "temporary data".into(), cause: io::ErrorKind::InvalidData.into() }
}
