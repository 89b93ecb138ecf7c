//! What the first bytes of a source say that it is, where that is not what its name says.
//!
//! A folder of text holds pictures and archives too, and a file named `.jsonl` may be a JSON array. Reading those as
//! what they are not would give one error a line, or garbage; here they get one message that names the real thing.
//! Only the first block is looked at, and a file of lines whose first record is a JSON object passes at once. A
//! compression is taken off before.

use std::path::Path;

use memchr::memchr;
use serde::de::IgnoredAny;

use super::compression::Compression;
use super::file::Source;
use super::format::Format;
use super::markup::{is_folder, is_timed};
use super::options::SourceOptions;
use super::signature::{other_kind, signature};
use super::skip::{SkipCause, unsupported};
use super::warc;
use crate::finding::Reason;

/// Returns why a source that begins with `start` is not read as `format`. `whole` says that there is nothing more.
/// What is no text is an other file where nobody said that it would be one: neither was it named, nor has it the ending
/// of a text.
pub(super) fn refuse(
    (start, whole): (&[u8], bool),
    format: Format,
    source: &Source,
    options: &SourceOptions,
) -> Option<SkipCause> {
    let (reason, detail) = refuse_as(start, whole, format)?;
    if let Some(told) = other_kind_unread(start, source) {
        return Some(told);
    }
    // Beside documents that are open lie small files of their names.
    let is_expected = source.named || format != Format::Office && source.promises_text(options);
    // What is compressed twice may well be text.
    if reason != Reason::Binary || is_expected || Compression::of(start, Path::new("")).is_some() {
        return Some((reason, detail));
    }
    Some((Reason::OtherFile, other_kind(start, source)))
}

/// Why an office file is not read by a build that lacks the feature. In folders such files are other files.
fn other_kind_unread(start: &[u8], source: &Source) -> Option<SkipCause> {
    let ending = source.ending();
    let is_office = ending.to_str().filter(|ending| matches!(*ending, "docx" | "docm" | "odt" | "epub" | "pdf"))?;
    if cfg!(feature = "office") || !start.starts_with(ZIP) && !start.starts_with(PDF) {
        return None;
    }
    let (reason, detail) = unsupported(&format!(".{is_office}"), "office");
    Some(if source.named {
        (reason, detail)
    } else {
        (Reason::OtherFile, format!("office file ({is_office}; {detail})"))
    })
}

const ZIP: &[u8] = b"PK\x03\x04";
const PDF: &[u8] = b"%PDF-";

fn refuse_as(start: &[u8], whole: bool, format: Format) -> Option<SkipCause> {
    let as_named = match format {
        Format::Office if start.starts_with(ZIP) || start.starts_with(PDF) => return None,
        Format::Office => return Some(other_than_office(start)),
        // Its reader says what is wrong.
        Format::Parquet | Format::Json => true,
        format if format.is_document() => {
            signature(start).is_none() && (has_utf16_mark(start) || alternates_with_zeros(sample(start)))
        }
        Format::Mbox => return other_than_folder(start),
        // Its records may hold anything.
        Format::Warc => return other_than_archive(start),
        Format::Lines | Format::Csv | Format::Tsv => false,
        _ => first_line(start, whole).is_some_and(is_object),
    };
    if as_named {
        return None;
    }
    let wide = || signature(start).map_or_else(|| wide_encoding(start), |_| None);
    wide().or_else(|| binary(start)).or_else(|| match format {
        Format::Jsonl => other_than_lines_of_json(without_mark(start), whole),
        Format::Csv | Format::Tsv => other_than_table(start, whole),
        _ => None,
    })
}

/// Returns whether a source that may be JSON Lines is one JSON value: a list, or an object that is alone.
pub(super) fn is_one_json(start: &[u8], whole: bool) -> bool {
    let text = without_mark(start).trim_ascii_start();
    if !text.starts_with(b"[") && !text.starts_with(b"{") {
        return false;
    }
    let is_line_whole = first_line(start, whole).is_some_and(is_one_value);
    match first_value(text) {
        Ok(end) if text[end..].trim_ascii().is_empty() => whole || !is_line_whole,
        // What follows a list is told by its reader.
        Ok(end) => text.starts_with(b"[") && !lines(&text[end..]).any(is_object),
        // A list may have damaged elements.
        Err(error) => {
            (error.is_eof() || text.starts_with(b"[")) && !is_line_whole && !lines(text).skip(1).any(is_object)
        }
    }
}

/// Returns where an object begins that is all there is and does not end on its first line.
pub(super) fn long_object(start: &[u8], whole: bool) -> Option<usize> {
    let at = start.len() - without_mark(start).trim_ascii_start().len();
    let is_long = start[at..].starts_with(b"{") && !first_line(start, whole).is_some_and(is_one_value);
    is_long.then_some(at)
}

/// Tells the format of a source whose name says nothing. It is JSONL if its first line is a JSON object or begins one
/// that is longer than `start`. Binary formats are told by their first bytes. Where there is no ending at all, it may be a page or a folder of mail. Else it is plain text.
pub(super) fn format_of(start: &[u8], whole: bool, source: &Source, options: &SourceOptions) -> Format {
    if start.starts_with(b"PAR1") {
        return Format::Parquet;
    }
    if warc::is_archive(start) {
        return Format::Warc;
    }
    let is_nameless = source.is_stream() || source.ending().is_empty();
    if is_nameless && is_page(start) {
        return Format::Html;
    }
    if is_nameless && is_folder(start) {
        return Format::Mbox;
    }
    if is_nameless { lines_or_text(start, whole, options) } else { Format::of_text(options.record) }
}

fn lines_or_text(start: &[u8], whole: bool, options: &SourceOptions) -> Format {
    let text = without_mark(start).trim_ascii_start();
    let is_jsonl = match first_line(start, whole) {
        Some(line) => is_object(line),
        None => text.starts_with(b"{") && first_value(text).is_err_and(|error| error.is_eof()),
    };
    if is_jsonl { Format::Jsonl } else { Format::of_text(options.record) }
}

/// Whether text begins as a transcript does, with times before what is said.
pub(super) fn is_timed_text(start: &[u8]) -> bool {
    // Cut within a character, the start is text up to there.
    let start = &start[..start.len().min(TIMED_START)];
    let text = std::str::from_utf8(start)
        .unwrap_or_else(|error| std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default());
    is_timed(text)
}

/// Bytes that hold the first lines of a transcript.
const TIMED_START: usize = 4096;

fn is_page(start: &[u8]) -> bool {
    let text = without_mark(start).trim_ascii_start();
    let begins = |with: &str| text.get(..with.len()).is_some_and(|text| text.eq_ignore_ascii_case(with.as_bytes()));
    begins("<!doctype html") || begins("<html")
}

fn other_than_archive(start: &[u8]) -> Option<SkipCause> {
    let is_begun =
        [b"WARC/".as_slice(), b"filedesc:"].iter().any(|with| with.starts_with(&start[..start.len().min(5)]));
    let is_found = || matches!(warc::next_start(start, 0, true), warc::NextStart::At(_));
    let what = "the file is no web archive: no record starts in its first bytes";
    (!is_begun && !is_found()).then(|| (Reason::WrongShape, what.to_owned()))
}

fn other_than_folder(start: &[u8]) -> Option<SkipCause> {
    let is_begun = start.trim_ascii_start().starts_with(b"From ") || start.trim_ascii().is_empty();
    let what = "the file is no folder of mail: it does not begin with `From `";
    binary(start).or_else(|| (!is_begun).then(|| (Reason::WrongShape, what.to_owned())))
}

fn other_than_office(start: &[u8]) -> SkipCause {
    binary(start).unwrap_or_else(|| {
        (Reason::WrongShape, "the file is no office file: it is neither a ZIP archive nor a PDF".to_owned())
    })
}

fn other_than_table(start: &[u8], whole: bool) -> Option<SkipCause> {
    let what = match first_line(start, whole)? {
        line if is_object(line) => "JSON Lines",
        line if line.starts_with(b"<") => "markup (HTML or XML)",
        _ => return None,
    };
    Some((Reason::WrongShape, format!("the file is {what}, not a table")))
}

fn wide_encoding(start: &[u8]) -> Option<SkipCause> {
    let name = match start {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => "UTF-32",
        // A whole text of it can be decoded, but lines would have to be cut before that.
        _ if has_utf16_mark(start) => "UTF-16",
        _ if alternates_with_zeros(sample(start)) => {
            let which = if start[0] == 0 { "utf-16be" } else { "utf-16le" };
            let detail = format!("the file is in UTF-16 without a byte order mark; name it, as in --encoding {which}");
            return Some((Reason::Encoding, detail));
        }
        _ => return None,
    };
    Some((Reason::Encoding, format!("the file is in {name}; convert it to UTF-8")))
}

fn has_utf16_mark(start: &[u8]) -> bool {
    let is_utf32 = start.starts_with(&[0xff, 0xfe, 0, 0]);
    !is_utf32 && (start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]))
}

/// Whether every other byte is zero, as in UTF-16 of Latin letters. Three in five leave room for other scripts.
fn alternates_with_zeros(sample: &[u8]) -> bool {
    let (pairs, _) = sample.as_chunks::<2>();
    let zeros = |side: usize| pairs.iter().filter(|pair| pair[side] == 0).count();
    let (low, high) = (zeros(0).min(zeros(1)), zeros(0).max(zeros(1)));
    pairs.len() >= 2 && high * 5 >= pairs.len() * 3 && low * 20 <= pairs.len()
}

/// Text has few control characters beside white space, backspaces and escapes: bytes at random have 11%, and the files
/// that are kept have under 10% even where NUL separates the words. Bytes that are not UTF-8 make it less likely text,
/// but legacy encodings have no such characters at all.
fn binary(start: &[u8]) -> Option<SkipCause> {
    if let Some(inner) = Compression::of(start, Path::new("")) {
        let detail = format!("{} data inside a compression; only one is taken off", inner.name());
        return Some((Reason::Binary, detail));
    }
    if let Some(signature) = signature(start) {
        return Some((Reason::Binary, format!("the file is {}, not text", signature.with_article)));
    }
    has_many_controls(start).map(|detail| (Reason::Binary, detail))
}

fn has_many_controls(start: &[u8]) -> Option<String> {
    let sample = sample(start);
    let controls = sample.iter().filter(|byte| matches!(byte, 0..=7 | 14..=26 | 28..=31 | 127)).count();
    let (parts, of) = if is_utf8_so_far(sample) { (3, 10) } else { (1, 20) };
    (controls * of > sample.len() * parts)
        .then(|| format!("the file is not text: {controls} of its first {} bytes are control characters", sample.len()))
}

fn sample(start: &[u8]) -> &[u8] {
    &start[..start.len().min(64 << 10)]
}

fn is_utf8_so_far(sample: &[u8]) -> bool {
    std::str::from_utf8(sample).err().is_none_or(|error| error.error_len().is_none())
}

/// Tells what a file is that is named as JSON Lines, and whose first line is no object. As soon as one line of the
/// first block is an object, it is JSON Lines with bad lines, which are reported one by one; unless all lines together
/// are an array, of which the last element has no comma behind it.
fn other_than_lines_of_json(start: &[u8], whole: bool) -> Option<SkipCause> {
    let text = start.trim_ascii_start();
    let several = memchr(b'\n', text.trim_ascii_end()).is_some();
    let complete = if whole { start.len() } else { memchr::memrchr(b'\n', start)? };
    let is_array = text.starts_with(b"[") && is_one_value(text);
    if !is_array && lines(&start[..complete]).any(is_object) {
        return None;
    }
    let what = match *text.first()? {
        0x1e => "a JSON text sequence (RFC 7464)",
        b'<' => "markup (HTML or XML)",
        b'[' if is_array || several && spans_lines(text) => "a JSON array",
        b'{' if several && spans_lines(text) => "pretty-printed JSON, with an object on several lines",
        b'{' if follows_directly(text) => "JSON objects without line ends between them",
        b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' => return None,
        _ if memchr::memchr3(b',', b'\t', b';', lines(text).next()?).is_some() && several => "a table (CSV or TSV)",
        _ if !lines(text).any(|line| line.trim_ascii_start().starts_with(b"{")) && several => "plain text",
        _ => return None,
    };
    Some((Reason::WrongShape, format!("the file is {what}, not JSON Lines: it must hold one object a line")))
}

/// Whether the first value is valid as far as it goes and does not end on its first line.
fn spans_lines(text: &[u8]) -> bool {
    let line = lines(text).next().unwrap_or_default();
    let on_one_line = serde_json::from_slice::<IgnoredAny>(line).is_ok() || follows_directly(line);
    !on_one_line && first_value(text).map_or_else(|error| error.is_eof(), |_| true)
}

fn is_one_value(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

/// Whether another object follows the first one on the same line.
fn follows_directly(text: &[u8]) -> bool {
    let line = lines(text).next().unwrap_or_default();
    first_value(line).is_ok_and(|end| line[end..].trim_ascii_start().starts_with(b"{"))
}

/// Returns where the first value ends.
fn first_value(text: &[u8]) -> Result<usize, serde_json::Error> {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    values.next().transpose()?;
    Ok(values.byte_offset())
}

/// Returns the first line that is not blank, unless it may go on after `start`.
fn first_line(start: &[u8], whole: bool) -> Option<&[u8]> {
    let text = without_mark(start).trim_ascii_start();
    match memchr(b'\n', text) {
        Some(end) => Some(&text[..end]),
        None => whole.then_some(text),
    }
}

fn is_object(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"{") && is_one_value(line)
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n')
}

fn without_mark(start: &[u8]) -> &[u8] {
    start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::RecordMode;

    fn format(start: &str, whole: bool, record: RecordMode) -> Format {
        format_of_source("-", start, whole, record)
    }

    fn format_of_source(path: &str, start: &str, whole: bool, record: RecordMode) -> Format {
        let source = Source::given(path);
        format_of(
            start.as_bytes(),
            whole,
            &source,
            &crate::finding::InputOptions { record, ..Default::default() }.into(),
        )
    }

    #[test]
    fn a_name_that_says_nothing_leaves_it_to_the_content() {
        let page = "\u{feff} <!DOCTYPE HTML>\n<p>";
        for (path, start, expected) in [
            ("page", page, Format::Html),
            ("page.gz", "<html lang=fr>", Format::Html),
            ("page.log", page, Format::Plain),
            ("a.log", "{}\n{}\n", Format::Plain),
            ("a.data", "PAR1 and so on", Format::Parquet),
            ("Inbox", "From - Tue Apr 29 09:07 2014\nA: b\n", Format::Mbox),
            ("0001.patch", "From - Tue Apr 29 09:07 2014\nA: b\n", Format::Plain),
        ] {
            assert_eq!(format_of_source(path, start, true, RecordMode::File), expected, "{path}");
        }
    }

    #[test]
    fn a_stream_is_jsonl_if_its_first_line_is_an_object() {
        let long = format!("{{\"text\":\"{}", "x".repeat(1000));
        for (start, whole) in [("\n {\"a\":1}\nbad", true), ("\u{feff}{}", true), (&long, false)] {
            assert_eq!(format(start, whole, RecordMode::Lines), Format::Jsonl, "{start}");
        }
        for (start, whole) in [("", true), ("{ text }\n{}", true), ("[1]", true), (&long, true), ("[", false)] {
            assert_eq!(format(start, whole, RecordMode::File), Format::Plain, "{start}");
            assert_eq!(format(start, whole, RecordMode::Lines), Format::Lines, "{start}");
        }
    }
}
