//! How text becomes tokens and tokens become shingles.

use serde::{Deserialize, Serialize};

use super::shingle::Shingle;

/// How text becomes tokens and tokens become shingles. Part of what determines every result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextOptions {
    /// What a document's shingles are.
    pub shingle: Shingle,
    /// Whether letters of different case differ.
    pub keep_case: bool,
    /// Whether accented letters of Latin, Greek and Cyrillic equal the plain ones, and so letters with a stroke or of two
    /// letters (`ł`, `œ`).
    pub fold_accents: bool,
    /// Whether all digits are equal.
    pub fold_digits: bool,
}
