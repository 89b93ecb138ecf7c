//! Differences of two texts as findings list them.

#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most differences that a match, or a near copy, lists.
pub const MAX_DIFFERENCES: usize = 50;

/// One stretch in which two texts differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct Difference {
    /// What differs.
    pub kind: DifferenceKind,
    /// The text of `a` there, shortened if long; empty if only `b` has something.
    pub a: String,
    /// The text of `b` there, shortened if long.
    pub b: String,
}

/// What differs between two aligned stretches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DifferenceKind {
    /// Other words.
    Words,
    /// The same words in other letters: case, accents as marks, compatibility characters, invisible characters.
    Form,
    /// Only what stands between the words: spaces, line breaks, punctuation.
    Separator,
}
