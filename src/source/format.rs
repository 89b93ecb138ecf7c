//! What the bytes of a source are.

use crate::finding::RecordMode;

/// What the bytes of a source are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Plain text, one document.
    Plain,
    /// Plain text, one document a line.
    Lines,
    /// JSON Lines: one object a line.
    Jsonl,
    /// A table with commas, semicolons, tabs or bars: one document a row.
    Csv,
    /// A table with tabs.
    Tsv,
    /// A page: its visible text is one document.
    Html,
    /// Subtitles: what is said is one document.
    Subtitles,
    /// A mail: its text is one document.
    Mail,
    /// A list of JSON objects in one value: one document an element.
    Json,
    /// Parquet: one document a row.
    Parquet,
    /// A web archive, WARC or ARC: one document a record with a text.
    Warc,
    /// A folder of mail: the text of each message is one document.
    Mbox,
    /// An office file, an e-book or a PDF: its text is one document.
    Office,
}

impl Format {
    /// Returns the format whose number (`format as u32`) this is, and plain text for a number that no format has.
    pub fn from_number(number: u32) -> Self {
        let all = [
            Self::Plain,
            Self::Lines,
            Self::Jsonl,
            Self::Csv,
            Self::Tsv,
            Self::Html,
            Self::Subtitles,
            Self::Mail,
            Self::Json,
            Self::Parquet,
            Self::Warc,
            Self::Mbox,
            Self::Office,
        ];
        all.into_iter().find(|&format| format as u32 == number).unwrap_or(Self::Plain)
    }

    /// Returns whether its records are rows of text.
    pub fn is_table(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv)
    }

    /// Returns the format of plain text whose documents are what `record` says: files or lines.
    pub fn of_text(record: RecordMode) -> Self {
        match record {
            RecordMode::File => Self::Plain,
            RecordMode::Lines => Self::Lines,
        }
    }

    /// Returns whether a file of this format is one document.
    pub fn is_document(self) -> bool {
        matches!(self, Self::Plain | Self::Html | Self::Subtitles | Self::Mail | Self::Office)
    }

    /// Returns whether the text of a file or record is a part of it only, and the rest is there for programs.
    pub fn is_markup(self) -> bool {
        matches!(self, Self::Html | Self::Subtitles | Self::Mail | Self::Mbox)
    }

    /// Returns the name of the format and the feature that would read it, if the build was made without it.
    pub(super) fn missing_feature(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Html if !cfg!(feature = "html") => Some(("HTML", "html")),
            Self::Mail | Self::Mbox if !cfg!(feature = "mail") => Some(("mail", "mail")),
            Self::Parquet if !cfg!(feature = "parquet") => Some(("Parquet", "parquet")),
            Self::Warc if !cfg!(feature = "warc") => Some(("web archives", "warc")),
            _ => None,
        }
    }
}
