//! From bytes to documents: finding files, reading them in blocks, and parsing blocks into records.
//!
//! [`walk`] turns paths into a sorted list of sources. A [`SourceReader`] reads one source from start to end: it hashes
//! the bytes as they are stored, takes off a compression (`codec`), tells the format by name or content (`shape`), and
//! cuts at record boundaries into blocks of about 1 MiB. This is sequential and, but for the compression, cheap.
//! [`parse`] turns a block into documents; it is pure, so blocks can be parsed on any thread and put back in order by
//! `first_record`. A [`Rereader`] fetches single records again, of sources where a place leads to one.
//!
//! Nothing here fails on input: what cannot be read becomes a [`Skipped`] with its place and reason, and the records
//! around it are still read. Memory is bounded by `max_record` a source, whatever the input.
//!
//! To add a format: a variant of [`Format`], its endings in [`Source::format_by_ending`], its first bytes and what is
//! refused in `shape`, its parser beside `jsonl`, called by [`parse`], and, if its records do not end at line ends, its
//! way of cutting in `read`.

pub mod charset;
mod codec;
mod csv;
mod document;
pub mod html;
mod jsonl;
mod page;
#[cfg(feature = "parquet")]
pub mod parquet;
mod plain;
mod read;
mod reread;
mod shape;
mod stored;
mod walk;
pub mod warc;

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use doublon_core::Keep;
use encoding_rs::Encoding;

use crate::finding::{InputOptions, Reason, RecordMode, Skipped};

pub use codec::Compression;
pub use document::{Document, Origin};
pub use read::{Block, SourceReader};
pub use reread::Rereader;
pub use stored::Stamp;
pub use walk::{EVIDENCE, Found, SUMMARY, walk};

/// How sources are read: the input options, and which value is read besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceOptions {
    input: InputOptions,
    /// The field of a record whose value decides which of several duplicates stays, if one does.
    value_field: Option<String>,
}

impl SourceOptions {
    /// Takes up the options of a run that chooses by `keep`.
    pub fn new(input: &InputOptions, keep: &Keep) -> Self {
        Self { input: input.clone(), value_field: keep.field().map(str::to_owned) }
    }
}

impl SourceOptions {
    /// Returns the input options.
    pub fn input(&self) -> &InputOptions {
        &self.input
    }
}

impl From<InputOptions> for SourceOptions {
    fn from(input: InputOptions) -> Self {
        Self { input, value_field: None }
    }
}

impl Deref for SourceOptions {
    type Target = InputOptions;

    fn deref(&self) -> &InputOptions {
        &self.input
    }
}

/// What the bytes of a source are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    /// Parquet: one document a row.
    Parquet,
    /// A web archive, WARC or ARC: one document a record with a text.
    Warc,
}

impl Format {
    /// Returns the format of which `format as u32` is the number; plain text for a number that none has.
    pub fn from_number(number: u32) -> Self {
        let all = [Self::Plain, Self::Lines, Self::Jsonl, Self::Csv, Self::Tsv, Self::Html, Self::Parquet, Self::Warc];
        all.into_iter().find(|&format| format as u32 == number).unwrap_or(Self::Plain)
    }
}

/// A file to read, or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as given, or as found below what was given; `-` is standard input.
    pub path: PathBuf,
    /// Whether the path itself was given. Only then is something read that is no regular file.
    pub named: bool,
}

impl Source {
    /// Returns the path for people and findings: what is no UTF-8 in it is replaced by U+FFFD.
    pub fn name(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// Returns whether this is standard input.
    pub fn is_stdin(&self) -> bool {
        self.path == Path::new("-")
    }

    /// Returns whether this gives its bytes only once: standard input, or a pipe or the like that was named.
    pub fn is_stream(&self) -> bool {
        self.is_stdin() || self.named && fs::metadata(&self.path).is_ok_and(|metadata| !metadata.is_file())
    }

    /// Returns the format by the ending of the name, or `None` where only the content can tell: a stream, or a file
    /// whose name says nothing. An ending that tells a compression is passed over: `a.jsonl.gz` is JSON Lines.
    pub fn format_by_ending(&self, options: &SourceOptions) -> Option<Format> {
        let plain = match options.record {
            RecordMode::File => Format::Plain,
            RecordMode::Lines => Format::Lines,
        };
        match self.ending().to_str()? {
            "jsonl" | "ndjson" | "json" => Some(Format::Jsonl),
            "csv" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "html" | "htm" | "xhtml" | "xht" => Some(Format::Html),
            "warc" | "wet" | "wat" | "arc" => Some(Format::Warc),
            "parquet" | "pq" => Some(Format::Parquet),
            "txt" | "text" | "md" | "markdown" => Some(plain),
            _ => None,
        }
    }

    /// Returns the last ending of the name that tells no compression, in lower case.
    fn ending(&self) -> OsString {
        let name = match Compression::by_ending(&self.path) {
            Some(_) => self.path.file_stem().map(Path::new),
            None => Some(self.path.as_path()),
        };
        name.and_then(Path::extension).unwrap_or_default().to_ascii_lowercase()
    }
}

/// What parsing found at one place of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A document. Its text may be empty.
    Document(Record),
    /// A record that is none, and why.
    Skipped(Skipped),
}

/// A document as it was read, before it is numbered in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The zero-based line, that with which it begins for a row of a table; the row of a Parquet file; 0 for a file that
    /// is one document. Blank lines count, though they are no documents.
    pub record: u64,
    /// The record's own id: a string that is not empty, or a number as it is written. It may repeat in a source; see
    /// [`drop_repeated_ids`].
    pub id: Option<String>,
    /// The JSON of the value field, if the record has it.
    pub value: Option<String>,
    /// The decoded text. A byte order mark at the start of UTF-8 text stays in it as U+FEFF, so that offsets into the
    /// text of a plain file are offsets into the file; decoding UTF-16 drops it.
    pub text: String,
    /// Whether bytes that could not be decoded were replaced by U+FFFD.
    pub lossy: bool,
    /// If `lossy`, the hash of the bytes that the text was decoded from, so that unequal bytes stay unequal.
    pub raw_hash: Option<u128>,
    /// The encoding that the text was decoded from, where it is not UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// What the text was made from, where it is not what was decoded.
    pub origin: Option<Box<Origin>>,
    /// The byte in the decompressed source at which the record starts.
    pub offset: u64,
    /// The bytes of the record, without the line end behind it.
    pub length: u64,
}

/// Parses a block that a [`SourceReader`] of `format` gave, and appends what it holds to `items` in order.
///
/// `name` is [`Source::name`]. Blank lines give no item; every other record gives exactly one.
pub fn parse(block: &mut Block, format: Format, name: &str, options: &SourceOptions, items: &mut Vec<Item>) {
    match format {
        Format::Plain | Format::Html => items.push(Item::Document(file(&block.bytes, format, options))),
        Format::Lines => plain::lines(block, name, options, items),
        Format::Jsonl => jsonl::lines(block, name, options, items),
        Format::Csv | Format::Tsv => csv::rows(block, name, options, items),
        Format::Warc => warc::records(block, name, options, items),
        Format::Parquet => {}
    }
    items.append(&mut block.items);
}

/// Decodes a file that is one document.
fn file(bytes: &[u8], format: Format, options: &SourceOptions) -> Record {
    let hints = charset::Hints { forced: options.encoding, declared: None, markup: format == Format::Html };
    Record { length: bytes.len() as u64, ..page::read(bytes, &hints, options) }
}

/// Takes away every id that stands more than once in `ids`, which are those of one source: such an id names no record.
pub fn drop_repeated_ids(ids: &mut [Option<String>]) {
    let mut order: Vec<usize> = (0..ids.len()).filter(|&i| ids[i].is_some()).collect();
    order.sort_unstable_by(|&a, &b| ids[a].cmp(&ids[b]));
    let groups: Vec<&[usize]> = order.chunk_by(|&a, &b| ids[a] == ids[b]).filter(|group| group.len() > 1).collect();
    for &i in groups.into_iter().flatten() {
        ids[i] = None;
    }
}

/// Why the system did not let a file be read, told from the error of opening it.
fn reason_of(error: &io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::NotFound => Reason::Vanished,
        io::ErrorKind::PermissionDenied => Reason::Permission,
        _ => Reason::ReadError,
    }
}

/// A finding about a whole source.
fn skipped_source(name: &str, reason: Reason, detail: impl Into<Cow<'static, str>>) -> Skipped {
    let detail = Some(detail.into().into_owned());
    Skipped { source: name.to_owned(), record: None, offset: None, reason, detail }
}

/// A finding about one line of a source; the detail begins with its one-based number.
fn skipped_line(name: &str, line: &read::Line, reason: Reason, detail: &str) -> Skipped {
    Skipped {
        source: name.to_owned(),
        record: Some(line.record),
        offset: Some(line.offset),
        reason,
        detail: Some(format!("line {}: {detail}", line.record + 1)),
    }
}

/// The finding about a line that is longer than `max_record`.
fn line_too_large(name: &str, line: &read::Line, options: &SourceOptions) -> Skipped {
    let detail = format!("longer than {} bytes; raise --max-record", options.max_record);
    skipped_line(name, line, Reason::TooLarge, &detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str) -> Source {
        Source { path: path.into(), named: true }
    }

    #[test]
    fn the_ending_tells_the_format_whatever_the_compression() {
        let (files, lines) =
            (SourceOptions::default(), InputOptions { record: RecordMode::Lines, ..InputOptions::default() }.into());
        for (path, format) in [
            ("a/b.JSONL", Some(Format::Jsonl)),
            ("b.ndjson.gz", Some(Format::Jsonl)),
            ("b.csv.ZST", Some(Format::Csv)),
            ("b.tsv", Some(Format::Tsv)),
            ("b.html.xz", Some(Format::Html)),
            ("b.jsonl.txt", Some(Format::Plain)),
            ("jsonl", None),
            ("b.json", Some(Format::Jsonl)),
            ("b.json.gz", Some(Format::Jsonl)),
            ("b.log", None),
            ("b.gz", None),
            ("-", None),
        ] {
            assert_eq!(source(path).format_by_ending(&files), format, "{path}");
        }
        assert_eq!(source("a.md").format_by_ending(&lines), Some(Format::Lines));
    }

    #[test]
    fn repeated_ids_name_no_record() {
        let mut ids = ["a", "b", "a", "", "c", "a"].map(|id| (!id.is_empty()).then(|| id.to_owned()));
        drop_repeated_ids(&mut ids);
        assert_eq!(ids.map(Option::unwrap_or_default), ["", "b", "", "", "c", ""]);
    }
}
