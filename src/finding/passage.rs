//! Findings about passages: matches of two places, and families of all places.

use std::sync::Arc;

use doublon_core::Span;
#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::class::PassageClass;
use super::difference::Difference;
use super::document::DocumentRef;
use super::fields::{is_false, is_zero, is_zero_share};
use super::fingerprint::Fingerprint;

/// Two places with the same or nearly the same passage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct PassageMatch {
    /// `p1`, `p2`, ... in the order of the findings.
    pub id: String,
    /// The family that the match belongs to, as [`PassageFamily::id`].
    pub family: String,
    /// Whether both places are in one document.
    pub scope: MatchScope,
    /// The earlier place.
    pub a: PlacedSpan,
    /// The later place.
    pub b: PlacedSpan,
    /// Words of the shorter side; a character of Thai, Lao, Khmer or Burmese is a quarter of one.
    pub words: usize,
    /// Aligned words that are equal / all columns of the alignment, `0.0..=1.0`.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub identity: f64,
    /// Jaccard similarity of the shingle sets of the two sides.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub jaccard: f64,
    /// Share of the shingles of `a` that `b` has.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub containment_a: f64,
    /// Share of the shingles of `b` that `a` has.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub containment_b: f64,
    /// Words that differ, of both sides: those that have no equal one in the alignment.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub changed_words: usize,
    /// How many of those have a digit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub changed_with_digit: usize,
    /// What kind of repeat it is; absent in findings of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<PassageClass>,
    /// Where the two sides differ, from start to end; at most [`MAX_DIFFERENCES`](super::MAX_DIFFERENCES).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// How many more differences there are than are listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_differences: usize,
}

/// Whether the two places of a match are in one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MatchScope {
    /// In one document.
    Within,
    /// In two documents.
    Across,
}

/// All places of one passage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct PassageFamily {
    /// `f1`, `f2`, ... in the order of the kept places.
    pub id: String,
    /// The place that stays.
    pub keep: PlacedSpan,
    /// The other places, in order; at most as many as were asked for.
    pub occurrences: Vec<PlacedSpan>,
    /// How many places there are, the kept one included.
    pub count: usize,
    /// How many documents have a place; 0 if that is not known, as in findings of earlier versions.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub documents: usize,
    /// The share of those documents in which it stands at a like distance from the start, or from the end: as far as in
    /// the document in the middle, give or take a tenth of the document.
    #[serde(default, skip_serializing_if = "is_zero_share")]
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub alike_places: f64,
    /// The share of the words of such a document that stand in places of families; of all such documents the one in the
    /// middle.
    #[serde(default, skip_serializing_if = "is_zero_share")]
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub documents_repeated: f64,
    /// What kind of repeat it is; absent in findings of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<PassageClass>,
    /// How many more matches tie its places than are listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_matches: usize,
    /// How many of its places a baseline lacks.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub new: usize,
}

/// The most matches of a family that are listed. A menu that stands on a million pages has millions, and its places
/// tell it all.
pub const MAX_LISTED_MATCHES: usize = 1000;

/// The most places of a family that have their text with them, the kept one included.
pub const MAX_QUOTED_PLACES: usize = 20;

/// A stretch of a document. Offsets are into the record's original decoded text and half-open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct PlacedSpan {
    /// The document.
    #[serde(flatten)]
    pub doc: DocumentRef,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// The first character (code point).
    pub char_start: usize,
    /// The character after the last.
    pub char_end: usize,
    /// The first byte in the page that the text was made from, if it was made from one in UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_start: Option<usize>,
    /// The byte after the last in that page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_end: Option<usize>,
    /// The one-based line of the first character; that of the page, where the text was made from one.
    pub line: usize,
    /// The one-based column of the first character in its line, in characters; 0 if that is not known, as in pages.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub column: usize,
    /// The one-based line of the last character.
    pub end_line: usize,
    /// The first and the last paragraph that the span touches, one-based.
    pub paragraphs: (usize, usize),
    /// How many paragraphs the document has.
    pub paragraph_count: usize,
    /// What the last heading before its first character says, of Markdown and pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<Arc<str>>,
    /// Bytes of the document's text; 0 if that is not known, as in findings of earlier versions.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub document_bytes: usize,
    /// How much of those paragraphs the span covers, counted in words.
    pub covers: Coverage,
    /// What stands before the span in its first paragraph; only its end if long. Shared, as the next two, by all matches
    /// and the family of the place.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub before: Arc<str>,
    /// What stands after the span in its last paragraph; only its start if long.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub after: Arc<str>,
    /// The text itself, shortened in its middle if long. Absent, as are `before` and `after`, in places of a family
    /// after the first [`MAX_QUOTED_PLACES`].
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub excerpt: Arc<str>,
    /// Tells its words from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Whether a baseline that the findings were held against lacks it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub new: bool,
    /// Which words of which document of an index it is, where the document is held by one. Its text is not there then: bytes,
    /// characters, lines and paragraphs are 0, and the excerpt is words as they are compared, in small letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_index: Option<IndexedWords>,
}

/// Words of a document that an index holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct IndexedWords {
    /// The number of the document in the index.
    pub number: u64,
    /// The zero-based number of the first word, and that of the word after the last.
    pub words: (usize, usize),
}

impl PlacedSpan {
    /// Returns the same place as one in an index, of which offsets into its text are not known.
    #[must_use]
    pub fn in_index(self, place: IndexedWords) -> Self {
        Self {
            start: 0,
            end: 0,
            char_start: 0,
            char_end: 0,
            line: 0,
            column: 0,
            end_line: 0,
            paragraphs: (0, 0),
            paragraph_count: 0,
            document_bytes: 0,
            in_index: Some(place),
            ..self
        }
    }

    /// Returns where the middle was left out of the excerpt, in bytes of that; none if the text is whole.
    pub fn excerpt_cut(&self) -> Option<Span> {
        let is_whole = self.excerpt.chars().count() >= self.char_end.saturating_sub(self.char_start);
        if is_whole { None } else { excerpt_cut(&self.excerpt) }
    }

    /// Returns the place without its text and what stands around it.
    #[must_use]
    pub fn without_quotes(&self) -> Self {
        let [before, after, excerpt] = std::array::from_fn(|_| Arc::default());
        Self { doc: self.doc.clone(), heading: self.heading.clone(), before, after, excerpt, ..*self }
    }
}

/// How much of the paragraphs that it touches a span covers. Only words count: quotes or dots outside do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// All words of them.
    Whole,
    /// From the first word of the first one, but not to the last word of the last one.
    Start,
    /// To the last word of the last one, but not from the first word of the first one.
    End,
    /// Neither from the first word nor to the last.
    Inside,
}

/// What stands in an excerpt for the middle of a long text.
pub const EXCERPT_CUT: &str = " … ";

/// Returns where the middle of a text was left out of its excerpt, in bytes of that: of several places that look so, the
/// one nearest to the middle.
pub fn excerpt_cut(excerpt: &str) -> Option<Span> {
    let characters = |text: &str| text.chars().count();
    let off_centre = |at: usize| characters(&excerpt[..at]).abs_diff(characters(&excerpt[at + EXCERPT_CUT.len()..]));
    let at = excerpt.match_indices(EXCERPT_CUT).map(|(at, _)| at).min_by_key(|&at| off_centre(at))?;
    Some(Span::new(at, at + EXCERPT_CUT.len()))
}
