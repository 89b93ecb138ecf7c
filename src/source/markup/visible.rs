//! The text of a file with its places.

use crate::source::document::PageElement;
use doublon_core::{OffsetMap, Span};
use serde::{Deserialize, Serialize};

/// Of longer titles no more is taken.
pub const TITLE_BYTES: usize = 4096;

/// The text of a file, and what it was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visible {
    /// The text.
    pub text: String,
    /// Where each byte of the text stands in the page. It is as long as the text, or empty if that is not known.
    pub map: OffsetMap,
    /// The content of the first `title` of the page, at most [`TITLE_BYTES`] and perhaps cut there.
    pub title: Option<String>,
    /// When a message was sent, by RFC 3339.
    pub date: Option<String>,
    /// The blocks that hold text, by the first byte of that, outer ones first.
    pub elements: Vec<PageElement>,
    /// The headings in the text, in order.
    pub headings: Vec<Span>,
    /// What comments leave out of the text.
    pub ignored: IgnoredMarkup,
}

/// What comments of a page say that it shall not count. It is not in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IgnoredMarkup {
    /// Places where it stands.
    pub places: u64,
    /// Bytes of text there.
    pub bytes: u64,
    /// Whether the last one goes to the end of the page because nothing ends it.
    pub is_open: bool,
}
