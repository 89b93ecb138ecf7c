//! A document: one text with an identity in its archive.

use std::sync::Arc;

use encoding_rs::Encoding;

use super::compared::{ComparedText, TextBorders};
use crate::finding::{Metadata, RecordId};
use doublon_core::{OffsetMap, Span};

/// One text with its place in the archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The number of its source in the run's table of sources.
    pub source: u32,
    /// The zero-based position in its source: the line of a JSONL file or a table, 0 for a file that is one
    /// document.
    pub record: u64,
    /// The record's own id, if it has one. It may repeat in its source.
    pub id: Option<RecordId>,
    /// What it says of itself besides its text, if its format has that.
    pub metadata: Option<Arc<Metadata>>,
    /// The decoded text.
    pub text: String,
    /// Whether bytes that could not be decoded were replaced by U+FFFD.
    pub lossy: bool,
    /// A hash of the bytes that the text was decoded from, where they differ from the text (see `lossy`).
    pub raw_hash: Option<u128>,
    /// Where the texts of several fields meet in the text.
    pub borders: TextBorders,
    /// The encoding that the text was decoded from, where it is not UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// What the text was made from, where it is not what was decoded.
    pub origin: Option<Box<PageOrigin>>,
}

impl Document {
    /// Returns what of it tells how far it is equal to another.
    pub fn compared(&self) -> ComparedText<'_> {
        ComparedText { text: &self.text, raw_hash: self.raw_hash, borders: &self.borders }
    }
}

/// Where a text stands in the page that it was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageOrigin {
    /// Where the bytes of the text stand in the page, as it was decoded; empty if that is not known.
    pub map: OffsetMap,
    /// The first byte of each line of the page.
    pub lines: Vec<usize>,
    /// Whether places in the decoded page are places in its bytes: it is in UTF-8, and nothing was replaced.
    pub is_exact: bool,
    /// The blocks of the page that hold text, by the first byte of that, outer ones first; none if they are not known.
    pub elements: Vec<PageElement>,
    /// The headings in the text, in order.
    pub headings: Vec<Span>,
}

/// A block of a page: an element that stands apart from the text around it, such as a paragraph, an item or a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageElement {
    /// Its text, at least one byte.
    pub text: Span,
    /// The bytes of the page from its start tag to its end tag, or to where it ends if it has none.
    pub page: Span,
    /// Whether the page is one without it, but for its text: it is no cell and not the body, and holds no picture, no
    /// field, no script, and no tag that is paired with one outside.
    pub is_removable: bool,
}

impl PageOrigin {
    /// Divides the text where blocks begin and end: returns each part that has no such place inside, in order. White
    /// space between blocks is in none.
    pub fn segments(&self, text: &str) -> Vec<Span> {
        let edges = self.elements.iter().flat_map(|element| [element.text.start, element.text.end]);
        let mut edges: Vec<usize> = edges.chain([0, text.len()]).collect();
        edges.sort_unstable();
        edges.dedup();
        let parts = edges.windows(2).map(|two| Span::new(two[0], two[1]));
        parts.filter_map(|part| trimmed(text, part)).collect()
    }
}

/// Returns a span without the white space around what it holds, if it holds anything else.
fn trimmed(text: &str, span: Span) -> Option<Span> {
    let content = span.of(text)?;
    let start = span.start + (content.len() - content.trim_start().len());
    Some(Span::new(start, start + content.trim().len())).filter(|span| !span.is_empty())
}
