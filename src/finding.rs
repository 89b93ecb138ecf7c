//! What was found: matches, clusters, families, what was skipped, and the parameters that determine it all.
//!
//! These types are the format of saved findings (`doublon.findings/1`, one JSON object a line): their field names are
//! a contract. Adding a field is compatible; changing or removing one needs `/2`. They do not know how anything was
//! computed.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::span::Span;
use crate::text::TextOptions;

/// The name and version of the format.
pub const SCHEMA: &str = "doublon.findings/1";

/// All findings of one run, in the order in which they are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// What was read and how.
    pub header: Header,
    /// Duplicate documents, by position of the kept one.
    pub clusters: Vec<DocumentCluster>,
    /// Verified pairs of documents, if they were asked for.
    pub pairs: Vec<DocumentPair>,
    /// Repeated passages, pair by pair.
    pub matches: Vec<PassageMatch>,
    /// Repeated passages, each with all its places.
    pub families: Vec<PassageFamily>,
    /// What was not compared, and why.
    pub skipped: Vec<Skipped>,
    /// The counts.
    pub summary: Summary,
}

/// One line of a file of findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant)] // one value at a time, while a line is written or read
pub enum Finding {
    /// The first line.
    Header(Header),
    /// A kept document and those removed for it.
    DocumentCluster(DocumentCluster),
    /// A verified pair of documents.
    DocumentPair(DocumentPair),
    /// Two places with the same or nearly the same passage.
    PassageMatch(PassageMatch),
    /// All places of one passage.
    PassageFamily(PassageFamily),
    /// A document or source that was not compared.
    Skipped(Skipped),
    /// The last line.
    Summary(Summary),
}

/// What was read and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// [`SCHEMA`].
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// The version of doublon that wrote the findings.
    pub version: String,
    /// What determines the result.
    pub parameters: Parameters,
    /// The files read, in order.
    pub sources: Vec<SourceInfo>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceInfo {
    /// Its path as given, or as found below what was given; what is no UTF-8 in it is replaced by U+FFFD.
    pub path: String,
    /// The exact bytes of the path in base64, where it is no UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_base64: Option<String>,
    /// How many bytes were read.
    pub bytes: u64,
    /// The XXH3 128-bit hash of those bytes, in 32 hexadecimal digits.
    #[schemars(extend("pattern" = "^[0-9a-f]{32}$"))]
    pub xxh3_128: String,
}

/// Names one document: the source, the place in it, and the document's own id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct DocumentRef {
    /// The path of its source, as in [`SourceInfo::path`]; shared, since millions of documents may name it.
    pub source: Arc<str>,
    /// The zero-based position in the source: the line of a JSONL file, 0 for a file that is one document.
    pub record: u64,
    /// The record's own id; unique in its source or absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Arc<str>>,
}

/// A kept document and the documents removed for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentCluster {
    /// `d1`, `d2`, ... in the order of the kept documents.
    pub id: String,
    /// The document that stays.
    pub keep: DocumentRef,
    /// Tells its text from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// How many of its documents a baseline lacks, the kept one included. If it lacks them all, this counts them all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub new: usize,
    /// The documents that go, in order.
    pub members: Vec<Member>,
}

/// A removed document, measured against the kept one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    /// The document that goes.
    pub doc: DocumentRef,
    /// Jaccard similarity of the two shingle sets, `0.0..=1.0`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub jaccard: f64,
    /// Share of the member's shingles that the kept document has, `0.0..=1.0`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub containment: f64,
    /// Whether the two texts are the same bytes.
    pub exact: bool,
    /// Bytes of its text; 0 if that is not known.
    #[serde(default, skip_serializing_if = "is_zero_u64")]
    pub bytes: u64,
    /// Tells its text from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Whether a baseline that the findings were held against lacks it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub new: bool,
}

/// Tells one text from others, wherever it stands: 64 bits of a hash, in 16 hexadecimal digits. That of a document is
/// of the bytes of its text, that of a passage of its normalised words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", try_from = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9a-f]{16}$"))]
pub struct Fingerprint(pub u64);

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        format!("{:016x}", fingerprint.0)
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = Error;

    fn try_from(s: String) -> Result<Self, Error> {
        let refused = |_| Error::Parameter { name: "fingerprint", value: s.clone(), expected: "16 hexadecimal digits" };
        u64::from_str_radix(&s, 16).map(Self).map_err(refused)
    }
}

/// A verified pair of documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentPair {
    /// The earlier document.
    pub a: DocumentRef,
    /// The later document.
    pub b: DocumentRef,
    /// Jaccard similarity of the two shingle sets, `0.0..=1.0`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub jaccard: f64,
    /// Share of the shingles of `a` that `b` has.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub containment_a: f64,
    /// Share of the shingles of `b` that `a` has.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub containment_b: f64,
}

/// Whether the two places of a match are in one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchScope {
    /// In one document.
    Within,
    /// In two documents.
    Across,
}

/// Two places with the same or nearly the same passage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// Words of the shorter side.
    pub words: usize,
    /// Aligned words that are equal / all columns of the alignment, `0.0..=1.0`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub identity: f64,
    /// Jaccard similarity of the shingle sets of the two sides.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub jaccard: f64,
    /// Share of the shingles of `a` that `b` has.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub containment_a: f64,
    /// Share of the shingles of `b` that `a` has.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub containment_b: f64,
    /// Where the two sides differ, from start to end; at most [`MAX_DIFFERENCES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// How many more differences there are than are listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_differences: usize,
}

/// The most differences that a match lists.
pub const MAX_DIFFERENCES: usize = 50;

/// One stretch in which the two sides of a match differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// What differs.
    pub kind: DifferenceKind,
    /// The text of `a` there, shortened if long; empty if only `b` has something.
    pub a: String,
    /// The text of `b` there, shortened if long.
    pub b: String,
}

/// What differs between two aligned stretches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// Other words.
    Words,
    /// The same words in other letters: case, accents as marks, compatibility characters, invisible characters.
    Form,
    /// Only what stands between the words: spaces, line breaks, punctuation.
    Separator,
}

/// A stretch of a document. Offsets are into the record's original decoded text and half-open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

impl PlacedSpan {
    /// Returns where the middle was left out of the excerpt, in bytes of that; none if the text is whole.
    pub fn excerpt_cut(&self) -> Option<Span> {
        let is_whole = self.excerpt.chars().count() >= self.char_end.saturating_sub(self.char_start);
        if is_whole { None } else { excerpt_cut(&self.excerpt) }
    }

    /// Returns the place without its text and what stands around it.
    #[must_use]
    pub fn without_quotes(&self) -> Self {
        let [before, after, excerpt] = std::array::from_fn(|_| Arc::default());
        Self { doc: self.doc.clone(), before, after, excerpt, ..*self }
    }
}

/// How much of the paragraphs that it touches a span covers. Only words count: quotes or dots outside do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

/// All places of one passage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PassageFamily {
    /// `f1`, `f2`, ... in the order of the kept places.
    pub id: String,
    /// The place that stays.
    pub keep: PlacedSpan,
    /// The other places, in order; at most as many as were asked for.
    pub occurrences: Vec<PlacedSpan>,
    /// How many places there are, the kept one included.
    pub count: usize,
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

/// A document or source that was not compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    /// The path of its source.
    pub source: String,
    /// The zero-based record, absent if it concerns the whole source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// The byte in the source at which the record starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Why.
    pub reason: Reason,
    /// More about it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Why a document or source was not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The text holds no word.
    Empty,
    /// The line is not valid JSON.
    InvalidJson,
    /// The line holds bytes that are not UTF-8.
    InvalidUtf8,
    /// The JSON value is not an object.
    NotAnObject,
    /// The object has no text field.
    MissingText,
    /// The text field is not a string.
    TextNotString,
    /// The text or id field stands twice in the object.
    DuplicateKey,
    /// The file is not of the shape that its name says.
    WrongShape,
    /// The file is in an encoding that is not read.
    Encoding,
    /// The file holds no text.
    Binary,
    /// The record is larger than `--max-record`.
    TooLarge,
    /// The row of a table has more or fewer fields than the header.
    RaggedRow,
    /// The row of a table has a quote that is not closed.
    OpenQuote,
    /// The table has no column of the name that is wanted.
    MissingColumn,
    /// Several columns of the table have the name that is wanted.
    DuplicateColumn,
    /// The file ends in the middle of something.
    Truncated,
    /// A checksum does not fit the data.
    BadChecksum,
    /// A header is not valid.
    BadHeader,
    /// The data is not valid.
    BadData,
    /// After the end of the data, other bytes follow.
    TrailingGarbage,
    /// The data was compressed with a dictionary that is not there.
    NeedsDictionary,
    /// To decompress it would take more memory than is allowed.
    WindowLimit,
    /// The file unpacks to very much more than its size.
    Bomb,
    /// The length that the record states is not its length.
    BadLength,
    /// What the record holds is broken, as a compressed body that ends too soon.
    BadPayload,
    /// The record of an archive holds something other than text, such as a picture.
    NotText,
    /// The record says only that a page is what it was when it was fetched before.
    Revisit,
    /// Permission was denied.
    Permission,
    /// The path is no regular file.
    NotRegular,
    /// The file was there when the folder was listed, and gone when it was to be read.
    Vanished,
    /// The path does not exist.
    Missing,
    /// The file changed while it was read.
    Changed,
    /// The file is another name of a file that is already read.
    SameFile,
    /// The links form a loop.
    LinkLoop,
    /// The system could not read it.
    ReadError,
    /// doublon failed on this document: a bug.
    InternalError,
}

impl Reason {
    /// Returns the name as it stands in findings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::InvalidJson => "invalid_json",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::NotAnObject => "not_an_object",
            Self::MissingText => "missing_text",
            Self::TextNotString => "text_not_string",
            Self::DuplicateKey => "duplicate_key",
            Self::WrongShape => "wrong_shape",
            Self::Encoding => "encoding",
            Self::Binary => "binary",
            Self::TooLarge => "too_large",
            Self::RaggedRow => "ragged_row",
            Self::OpenQuote => "open_quote",
            Self::MissingColumn => "missing_column",
            Self::DuplicateColumn => "duplicate_column",
            Self::Truncated => "truncated",
            Self::BadChecksum => "bad_checksum",
            Self::BadHeader => "bad_header",
            Self::BadData => "bad_data",
            Self::TrailingGarbage => "trailing_garbage",
            Self::NeedsDictionary => "needs_dictionary",
            Self::WindowLimit => "window_limit",
            Self::Bomb => "bomb",
            Self::BadLength => "bad_length",
            Self::BadPayload => "bad_payload",
            Self::NotText => "not_text",
            Self::Revisit => "revisit",
            Self::Permission => "permission",
            Self::NotRegular => "not_regular",
            Self::Vanished => "vanished",
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::SameFile => "same_file",
            Self::LinkLoop => "link_loop",
            Self::ReadError => "read_error",
            Self::InternalError => "internal_error",
        }
    }

    /// Returns whether the input is at fault, so that the run ends with exit code 3. An empty document, a second name
    /// of a file, something that is no file, or a picture among pages is normal in an archive.
    pub fn is_fault(self) -> bool {
        !matches!(self, Self::Empty | Self::SameFile | Self::NotRegular | Self::NotText | Self::Revisit)
    }
}

/// The counts of a run. `documents = kept + removed + the sum of skipped`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Everything that was met as a document, or as a source that gave none.
    pub documents: u64,
    /// Documents that stay.
    pub kept: u64,
    /// Documents that go.
    pub removed: u64,
    /// What was not compared, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Bytes of text in the documents compared.
    pub text_bytes: u64,
    /// Bytes of text in the removed documents.
    pub removed_bytes: u64,
    /// Documents in which bytes that could not be decoded were replaced.
    #[serde(default, skip_serializing_if = "is_zero_u64")]
    pub lossy: u64,
    /// Documents whose record has the field by which `keep` chooses; absent if it goes by none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_value: Option<u64>,
    /// Documents by the encoding that they were in, where that is not UTF-8.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub encodings: BTreeMap<String, u64>,
    /// Passage matches, those of large families included that are not listed.
    pub passage_matches: u64,
    /// Families of passages listed.
    pub passage_families: u64,
    /// Repeats shorter than the least number of words, which are counted only.
    pub short_repeats: u64,
    /// How many of the true pairs of documents were found, as estimated from those found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall_estimate: Option<RecallEstimate>,
    /// What a baseline lacks, if the findings were held against one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<NewRepeats>,
}

/// What of the findings a baseline lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NewRepeats {
    /// Duplicate documents.
    pub documents: u64,
    /// Places of repeated passages.
    pub passages: u64,
    /// Bytes of text in them, each byte once.
    pub bytes: u64,
}

/// An estimate with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecallEstimate {
    /// The estimate, `0.0..=1.0`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub value: f64,
    /// The lower end of the 95% interval.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub low: f64,
    /// The upper end of the 95% interval.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub high: f64,
}

/// What is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Documents only.
    Documents,
    /// Passages only.
    Passages,
    /// Documents, then passages in the documents kept.
    #[default]
    All,
}

impl Level {
    /// Returns whether documents are compared.
    pub fn documents(self) -> bool {
        self != Self::Passages
    }

    /// Returns whether passages are compared.
    pub fn passages(self) -> bool {
        self != Self::Documents
    }
}

/// Where repeated passages are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Inside each document.
    Within,
    /// Between documents.
    Across,
    /// Both.
    #[default]
    Both,
}

/// Which document of several duplicates stays. Ties go to the first by source path, then position.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", try_from = "String")]
#[schemars(extend("pattern" = "^(first|longest|shortest|newest|oldest|none|(max|min):.+)$"))]
pub enum Keep {
    /// The first by source path, then position.
    #[default]
    First,
    /// The one with the most bytes of text.
    Longest,
    /// The one with the fewest bytes of text.
    Shortest,
    /// The one whose source was modified last.
    Newest,
    /// The one whose source was modified first.
    Oldest,
    /// The one with the largest value of a field of its record; one without a value comes last.
    Max(String),
    /// The one with the smallest value of a field of its record; one without a value comes last.
    Min(String),
    /// Every one: nothing is removed, and duplicates are reported as pairs.
    None,
}

impl Keep {
    /// Returns the field of the records that it looks at.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Max(field) | Self::Min(field) => Some(field),
            _ => None,
        }
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::First => f.write_str("first"),
            Self::Longest => f.write_str("longest"),
            Self::Shortest => f.write_str("shortest"),
            Self::Newest => f.write_str("newest"),
            Self::Oldest => f.write_str("oldest"),
            Self::Max(field) => write!(f, "max:{field}"),
            Self::Min(field) => write!(f, "min:{field}"),
            Self::None => f.write_str("none"),
        }
    }
}

impl FromStr for Keep {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self, Error> {
        let plain = [Self::First, Self::Longest, Self::Shortest, Self::Newest, Self::Oldest, Self::None];
        let field = |prefix| s.strip_prefix(prefix).filter(|field| !field.is_empty()).map(str::to_owned);
        plain
            .into_iter()
            .find(|keep| keep.to_string() == s)
            .or_else(|| field("max:").map(Self::Max))
            .or_else(|| field("min:").map(Self::Min))
            .ok_or_else(|| Error::Parameter {
                name: "keep",
                value: s.to_owned(),
                expected: "first, longest, shortest, newest, oldest, max:FIELD, min:FIELD or none",
            })
    }
}

impl From<Keep> for String {
    fn from(keep: Keep) -> Self {
        keep.to_string()
    }
}

impl TryFrom<String> for Keep {
    type Error = Error;

    fn try_from(s: String) -> Result<Self, Error> {
        s.parse()
    }
}

/// Everything that determines the findings, and nothing that does not: no thread count, no path of output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(clippy::struct_excessive_bools)] // each is a flag of its own
pub struct Parameters {
    /// What is compared.
    pub level: Level,
    /// Least Jaccard similarity of duplicate documents, above 0, at most 1.
    pub threshold: f64,
    /// If given, a document is removed too when a kept one has at least this share of its shingles, above 0, at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub containment: Option<f64>,
    /// Least share of pairs at the threshold that must be found, above 0, below 1.
    pub recall: f64,
    /// Number of bands of the documents' signatures.
    pub bands: usize,
    /// Rows in a band.
    pub rows: usize,
    /// How text becomes tokens and shingles.
    pub text: TextOptions,
    /// Seed of all hash functions.
    pub seed: u64,
    /// Which of several duplicates stays.
    pub keep: Keep,
    /// Whether every verified pair of documents is listed.
    pub pairs: bool,
    /// Where repeated passages are looked for.
    pub scope: Scope,
    /// Whether they are looked for inside removed documents too.
    pub inside_duplicates: bool,
    /// Least number of words of a passage that is reported.
    pub min_words: usize,
    /// Least identity of a passage that is reported.
    pub min_identity: f64,
    /// How candidates of repeated passages are found.
    pub windows: WindowParameters,
    /// The field of a record that holds its text.
    pub text_field: String,
    /// The field of a record that holds its id.
    pub id_field: String,
    /// Largest record that is read, in bytes.
    pub max_record: u64,
    /// How many times its size a compressed source may unpack to; 0 for no limit.
    #[serde(default)]
    pub max_ratio: u64,
    /// Whether each line of plain text is a document of its own.
    #[serde(default, skip_serializing_if = "is_false")]
    pub lines: bool,
    /// Whether the text of a page is its article alone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub article: bool,
    /// The encoding that text was said to be in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Patterns of which files in folders had to match one, if there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub glob: Vec<String>,
    /// Patterns of files and folders that were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Whether links in folders were followed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub follow: bool,
}

impl Default for Parameters {
    /// The defaults of the program: threshold 0.8, recall 0.99 (12 bands of 5 rows), passages of 20 words.
    fn default() -> Self {
        Self {
            level: Level::All,
            threshold: 0.8,
            containment: None,
            recall: 0.99,
            bands: 12,
            rows: 5,
            text: TextOptions::default(),
            seed: 0,
            keep: Keep::First,
            pairs: false,
            scope: Scope::Both,
            inside_duplicates: false,
            min_words: 20,
            min_identity: 0.45,
            windows: WindowParameters::default(),
            text_field: "text".into(),
            id_field: "id".into(),
            max_record: 256 << 20,
            max_ratio: 250,
            lines: false,
            article: false,
            encoding: None,
            glob: Vec::new(),
            exclude: Vec::new(),
            follow: false,
        }
    }
}

/// How candidates of repeated passages are found: each window of consecutive words keeps its smallest shingle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WindowParameters {
    /// Words of a shingle.
    pub k: usize,
    /// Words of a window, at least `k`. Every equal run of that many words is found.
    pub words: usize,
    /// Bands, each with its own hash functions and keys.
    pub bands: usize,
    /// Hash functions of a band; their minima together are a key. Findings written before there were rows have one.
    #[serde(default = "one_row")]
    pub rows: usize,
    /// Whether all pairs of places with one key are compared, instead of each place with its nearest.
    pub exhaustive: bool,
}

impl Default for WindowParameters {
    fn default() -> Self {
        Self { k: 5, words: 8, bands: 1, rows: 1, exhaustive: false }
    }
}

fn one_row() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes a reference
fn is_false(value: &bool) -> bool {
    !value
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero_u64(n: &u64) -> bool {
    *n == 0
}
