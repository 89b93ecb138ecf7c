//! What was not compared, and why.

#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A document or source that was not compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
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
    /// Whether it is of what others were only compared with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub against: bool,
}

impl Skipped {
    /// Returns what kind of other file this is, `picture`, or `None` if it was to be a document.
    pub fn other_kind(&self) -> Option<&str> {
        let detail = self.detail.as_deref().unwrap_or("unknown");
        (self.reason == Reason::OtherFile).then(|| detail.split_once(" (").map_or(detail, |(kind, _)| kind))
    }
}

/// Why a document or source was not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The text holds nothing but white space.
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
    /// The file is in a format or a compression that this build does not read.
    Unsupported,
    /// The file holds no text.
    Binary,
    /// The file was met in a folder and holds no text, nor does its name promise any: a picture, a database. The detail
    /// is its kind, with the format in brackets if that is known: `picture (PNG)`. It is no document, and counted apart.
    OtherFile,
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
            Self::Unsupported => "unsupported",
            Self::Binary => "binary",
            Self::OtherFile => "other_file",
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
        !matches!(
            self,
            Self::Empty | Self::SameFile | Self::NotRegular | Self::NotText | Self::Revisit | Self::OtherFile
        )
    }
}
