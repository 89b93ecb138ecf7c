//! How the report for people looks.

use crate::finding::Sort;

/// How the report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether it holds terminal escapes for colour.
    pub color: bool,
    /// Columns of a line. A path is never broken.
    pub width: usize,
    /// The most groups shown of each kind.
    pub limit: usize,
    /// What they are ordered by.
    pub sort: Sort,
    /// Whether excerpts written from right to left are set apart from what stands beside them, by characters that only
    /// a terminal should see.
    pub isolate: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 80, limit: 20, sort: Sort::default(), isolate: false }
    }
}
