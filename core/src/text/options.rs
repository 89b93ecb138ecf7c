//! How text becomes tokens and tokens become shingles.

use serde::{Deserialize, Serialize};

use super::shingle::Shingle;

/// How text becomes tokens and tokens become shingles. Part of what determines every result.
#[allow(clippy::struct_excessive_bools)] // each option holds or not
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextOptions {
    /// What a document's shingles are.
    pub shingle: Shingle,
    /// Whether letters of different case differ.
    pub keep_case: bool,
    /// Whether accented letters of Latin, Greek and Cyrillic equal the plain ones, and so letters with a stroke or of two
    /// letters (`ł`, `œ`).
    pub fold_accents: bool,
    /// Whether habits of a script do not count: forms of alef, yeh, kaf and heh in Arabic and Persian, decimal digits of any
    /// script, and traditional and simplified Chinese characters are equal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fold_script: bool,
    /// Whether all digits are equal.
    pub fold_digits: bool,
}
