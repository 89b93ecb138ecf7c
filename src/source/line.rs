//! The place of a line in a source.

use std::ops::Range;

/// The place of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RecordLine {
    /// The zero-based number in the source.
    pub record: u64,
    /// The byte in the source at which it starts.
    pub offset: u64,
    /// Where it stands in the block, without its line feed.
    pub range: Range<usize>,
}

impl RecordLine {
    /// Returns the line without its first `bytes` bytes.
    pub fn cut_front(self, bytes: usize) -> Self {
        Self { offset: self.offset + bytes as u64, range: self.range.start + bytes..self.range.end, ..self }
    }
}
