//! A file to read, or standard input.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::compression::Compression;
use super::format::Format;
use super::options::SourceOptions;

/// A file to read, or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as given, or as found below what was given; `-` is standard input.
    pub path: PathBuf,
    /// Whether the path itself was given. Only then is something read that is no regular file.
    pub named: bool,
    /// Whether others are only compared with it: it stays as it is, whatever repeats it.
    pub against: bool,
}

impl Source {
    /// Returns the source at a path that was given.
    pub fn given(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), named: true, against: false }
    }

    /// Returns the path for people and findings, with U+FFFD in place of bytes that are not UTF-8.
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
        let plain = Format::of_text(options.record);
        match self.ending().to_str()? {
            "jsonl" | "ndjson" | "json" => Some(Format::Jsonl),
            "csv" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "html" | "htm" | "xhtml" | "xht" => Some(Format::Html),
            "eml" => Some(Format::Mail),
            "mbox" => Some(Format::Mbox),
            "srt" | "vtt" | "sbv" | "ass" | "ssa" | "lrc" => Some(Format::Subtitles),
            "warc" | "wet" | "wat" | "arc" => Some(Format::Warc),
            "docx" | "docm" | "odt" | "epub" | "pdf" if cfg!(feature = "office") => Some(Format::Office),
            "parquet" | "pq" => Some(Format::Parquet),
            "txt" | "text" | "md" | "markdown" => Some(plain),
            _ => None,
        }
    }

    /// Returns whether the ending of the name says that this is Markdown.
    pub fn is_markdown(&self) -> bool {
        matches!(self.ending().to_str(), Some("md" | "markdown" | "mdx" | "rmd" | "qmd"))
    }

    /// Returns whether the ending of the name says that this is text, so that something is wrong if it is not.
    pub(super) fn promises_text(&self, options: &SourceOptions) -> bool {
        let ending = self.ending();
        self.format_by_ending(options).is_some() || TEXT_ENDINGS.iter().any(|&text| ending == text)
    }

    /// Returns the last ending of the name that tells no compression, in lower case.
    pub(super) fn ending(&self) -> OsString {
        let name = match Compression::by_ending(&self.path) {
            Some(_) => self.path.file_stem().map(Path::new),
            None => Some(self.path.as_path()),
        };
        name.and_then(Path::extension).unwrap_or_default().to_ascii_lowercase()
    }
}

/// What the name of a copy says beside that of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedCopy {
    /// The same format and compression.
    Same,
    /// The same format in another compression.
    OtherCompression,
    /// Another format.
    OtherFormat,
    /// No format, as the name of a folder.
    None,
}

/// Compares the names of a file and of what its copy is to be.
pub fn named_copy(input: &Path, copy: &Path) -> NamedCopy {
    let source = |path: &Path| Source::given(path);
    let [of_input, of_copy] = [input, copy].map(|path| kind(&source(path).ending()));
    let same_compression = Compression::by_ending(input) == Compression::by_ending(copy);
    match () {
        () if of_copy.is_empty() => NamedCopy::None,
        () if of_input == of_copy && same_compression => NamedCopy::Same,
        () if of_input == of_copy => NamedCopy::OtherCompression,
        () if source(copy).format_by_ending(&SourceOptions::default()).is_some() => NamedCopy::OtherFormat,
        () => NamedCopy::None,
    }
}

/// Returns one of the endings that mean the same.
fn kind(ending: &std::ffi::OsStr) -> String {
    let ending = ending.to_string_lossy();
    let usual = match &*ending {
        "ndjson" => "jsonl",
        "htm" | "xhtml" | "xht" => "html",
        "tab" => "tsv",
        "pq" => "parquet",
        "markdown" => "md",
        "text" => "txt",
        other => other,
    };
    usual.to_owned()
}

/// Endings of texts beside those that tell a format.
const TEXT_ENDINGS: [&str; 16] =
    ["adoc", "asc", "cfg", "conf", "css", "ini", "js", "log", "org", "py", "rs", "rst", "tex", "toml", "xml", "yaml"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{InputOptions, RecordMode};

    fn source(path: &str) -> Source {
        Source::given(path)
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
    fn a_copy_is_named_as_its_input_or_not() {
        for (copy, expected) in [
            ("b.jsonl", NamedCopy::OtherCompression),
            ("x/b.NDJSON.gz", NamedCopy::Same),
            ("b.jsonl.zst", NamedCopy::OtherCompression),
            ("b.csv", NamedCopy::OtherFormat),
            ("b", NamedCopy::None),
            ("b.d", NamedCopy::None),
            ("jsonl", NamedCopy::None),
        ] {
            assert_eq!(named_copy(Path::new("a.jsonl.gz"), Path::new(copy)), expected, "{copy}");
        }
        assert_eq!(named_copy(Path::new("a.log"), Path::new("b.log")), NamedCopy::Same);
        assert_eq!(named_copy(Path::new("a"), Path::new("b")), NamedCopy::None);
    }

    #[test]
    fn an_ending_promises_text_or_does_not() {
        let options = SourceOptions::default();
        for (path, promises) in
            [("a.txt", true), ("a.LOG.gz", true), ("a.warc.gz", true), ("a.png", false), ("a", false)]
        {
            assert_eq!(source(path).promises_text(&options), promises, "{path}");
        }
    }
}
