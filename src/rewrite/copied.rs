//! What became of a source.

use serde::{Deserialize, Serialize};

/// What became of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedSource {
    /// Records in it, blank lines included; 0 if it was copied without being parsed.
    pub records: u64,
    /// Bytes read.
    pub read: u64,
    /// Bytes written.
    pub written: u64,
    /// Whether it has a file in the output.
    pub has_file: bool,
    /// Whether all of several records went.
    pub is_emptied: bool,
    /// Documents of which something is told in the evidence alone, as their format takes no fields.
    pub untold: u64,
    /// Fields of which values were to be merged, and that none of its records that go has.
    pub without_values: Vec<String>,
}
