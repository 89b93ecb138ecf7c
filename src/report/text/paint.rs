//! The colours of the report.

/// A stretch of text with its colour.
pub type PaintedText = (String, Paint);

/// What a stretch of text is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Strong,
    /// The name of a place.
    Place,
    /// In both of two texts, and not the same.
    Change,
    /// The role of what stays, and of what could go.
    Kept,
    Gone,
    /// Only in the first of two texts.
    First,
    /// Only in the second of two texts.
    Second,
    Faint,
}

impl Paint {
    /// Returns the parameters of the escape sequence "select graphic rendition" (ECMA-48, 8.3.117).
    pub(super) fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1"),
            Self::Place => Some("35"),
            Self::Change => Some("33"),
            Self::First | Self::Gone => Some("31"),
            Self::Second | Self::Kept => Some("32"),
            Self::Faint => Some("2"),
        }
    }
}
