//! The columns of an alignment, and what they score.

/// Score of two equal words in one column.
pub const EQUAL: i32 = 2;
/// Score of two words that are spelled nearly alike.
pub const SIMILAR: i32 = 1;
/// Score of two other words.
pub const DIFFERENT: i32 = -2;
/// Score of a word that the other side lacks.
pub const GAP: i32 = -2;
/// An extension ends when its score has fallen by more than this below the best.
pub const X_DROP: i32 = 16;
/// After so many equal words the way is clear and is no longer compared with others.
pub(super) const COMMIT_RUN: u32 = 8;

/// What one column of an alignment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Two equal words.
    Equal,
    /// Two words spelled nearly alike.
    Similar,
    /// Two other words.
    Different,
    /// A word of `a` that `b` lacks.
    OnlyA,
    /// A word of `b` that `a` lacks.
    OnlyB,
}

impl Column {
    pub(super) fn score(self) -> i32 {
        match self {
            Self::Equal => EQUAL,
            Self::Similar => SIMILAR,
            Self::Different => DIFFERENT,
            Self::OnlyA | Self::OnlyB => GAP,
        }
    }

    /// Returns whether the column holds a word of `a`.
    pub fn has_a(self) -> bool {
        self != Self::OnlyB
    }

    /// Returns whether the column holds a word of `b`.
    pub fn has_b(self) -> bool {
        self != Self::OnlyA
    }
}
