//! The grammar of tables: the header, and where rows and fields end.
//!
//! What separates fields is told by the header: of comma, semicolon, tab and bar the one that makes a column of the name
//! wanted, else the one that makes most columns; without a header the one that makes most rows even. A first line `sep=;`, which spreadsheets write and do not show, settles it.
//!
//! Quotes are read as the crate `csv` and spreadsheets do: they count only at the start of a field, and two of them
//! inside stand for one. One thing is stricter: text that follows a closing quote means that a quote was forgotten, and
//! is reported; reading goes on in the next line. Else a row that lacks a quote would swallow the next row, or all.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::Encoding;
use memchr::{memchr, memchr_iter, memchr3};

use super::format::Format;
use super::options::SourceOptions;
use super::part::{decode_part, record_encoding};
use super::skip::SkipCause;
use crate::finding::Reason;

/// How to read the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableLayout {
    /// Bytes and lines of the header, with its line end and what stands before it.
    pub length: usize,
    pub lines: u64,
    pub delimiter: u8,
    pub columns: usize,
    /// Whether the first row names the columns.
    pub has_header: bool,
    /// The encoding of fields that are not in UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// The columns that are read, by their numbers; texts in the order in which they are joined.
    pub text: Vec<usize>,
    /// The names of these columns, or their numbers from 1 on.
    pub text_names: Vec<String>,
    pub id: Option<usize>,
    pub value: Option<usize>,
}

impl TableLayout {
    /// Reads the header of a table that begins with `start`; `whole` says that there is nothing more.
    ///
    /// # Errors
    ///
    /// Why its rows cannot be read: there is no column of text, or there are two.
    pub fn read(start: &[u8], whole: bool, format: Format, options: &SourceOptions) -> Result<Self, SkipCause> {
        let named = TablePrologue::read(start);
        let delimiters: &[u8] = match (&named.delimiter, format) {
            (Some(delimiter), _) => std::slice::from_ref(delimiter),
            (None, Format::Tsv) => b"\t",
            _ => b",;\t|",
        };
        let (names, encoding) = (options.text_field.names(), record_encoding(start, options));
        let headers = delimiters.iter().filter_map(|&delimiter| {
            TableHeader::read(start, whole, delimiter, named.length, !options.no_header, encoding)
        });
        let key = |header: &TableHeader| {
            let found = names.iter().filter(|name| header.position(name).is_some()).count();
            (found, header.even_rows, header.columns)
        };
        // Of equals the first in the list.
        let best = headers.reduce(|best, header| if key(&header) > key(&best) { header } else { best });
        let Some(header) = best else {
            let detail = format!("the first {} bytes are no row with the names of columns", start.len());
            return Err((Reason::WrongShape, detail));
        };
        let text = header.texts(names)?;
        Ok(Self {
            text_names: text.iter().map(|&column| header.name(column)).collect(),
            length: header.length,
            lines: header.lines,
            delimiter: header.delimiter,
            columns: header.columns,
            has_header: !options.no_header,
            encoding,
            text,
            id: header.wanted(&options.id_field)?,
            value: options.value_field.as_ref().and_then(|field| header.position(field)),
        })
    }
}

/// How fields of a table are written.
#[derive(Clone, Copy)]
pub(crate) struct TableDialect {
    pub delimiter: u8,
    /// None if it is UTF-8.
    pub encoding: Option<&'static Encoding>,
}

impl TableDialect {
    /// Returns the bytes of a text. A character that the encoding lacks becomes `&#20013;`, as browsers write it in forms.
    pub fn encoded<'t>(&self, text: &'t str) -> Cow<'t, [u8]> {
        self.encoding.map_or(text.as_bytes().into(), |encoding| encoding.encode(text).0)
    }
}

impl TableLayout {
    /// Returns how its fields are written.
    pub fn dialect(&self) -> TableDialect {
        TableDialect { delimiter: self.delimiter, encoding: self.encoding }
    }

    /// Returns what says how many columns there are.
    pub fn first(&self) -> &'static str {
        if self.has_header { "header" } else { "first row" }
    }
}

/// What stands before the first row.
struct TablePrologue {
    /// Its bytes: a byte order mark, blank lines, and a line that names the delimiter.
    length: usize,
    delimiter: Option<u8>,
}

impl TablePrologue {
    /// Reads the line `sep=;` that spreadsheets write and look for, in quotes or not.
    fn read(start: &[u8]) -> Self {
        let mark = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let line = &start[mark..mark + start[mark..].iter().take(16).take_while(|byte| !is_line_end(**byte)).count()];
        let bare = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
        let delimiter = match bare {
            [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(*delimiter),
            _ => None,
        };
        let before = mark + if delimiter.is_some() { line.len() } else { 0 };
        let blank = start[before..].iter().take_while(|byte| is_line_end(**byte)).count();
        Self { length: before + blank, delimiter }
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// The names of the columns, or how many there are.
struct TableHeader {
    delimiter: u8,
    length: usize,
    lines: u64,
    columns: usize,
    /// If there are no names to tell the delimiter: of the rows that come next, how many have as many fields.
    even_rows: usize,
    /// None if the table has no row of names.
    names: Option<Vec<String>>,
}

/// The most columns that a message names.
const MAX_NAMED: usize = 20;

impl TableHeader {
    /// Reads the first row, which starts at `first`.
    fn read(
        start: &[u8],
        whole: bool,
        delimiter: u8,
        first: usize,
        has_header: bool,
        encoding: Option<&'static Encoding>,
    ) -> Option<Self> {
        let (row, after) = match scan(&start[first..], delimiter) {
            RowScan::Row { end, next } => (&start[first..first + end], first + next),
            RowScan::Unended if whole => (&start[first..], start.len()),
            _ => return None,
        };
        let name = |field: &[u8]| decode_part(&unquoted(field), encoding).text;
        let names: Vec<String> = fields(row, delimiter).map(|field| name(&row[field])).collect();
        let (columns, length) = (names.len(), if has_header { after } else { first });
        let lines = count_lines(&start[..length]);
        let even_rows = if has_header || columns == 1 { 0 } else { even_rows(&start[after..], delimiter, columns) };
        Some(Self { delimiter, length, lines, columns, even_rows, names: has_header.then_some(names) })
    }

    fn name(&self, column: usize) -> String {
        let name = self.names.as_ref().and_then(|names| names.get(column));
        name.map_or_else(|| (column + 1).to_string(), |name| name.trim().to_owned())
    }

    /// Returns the column of a name, as it is written, but for white space and case, or by its number, from 1 on.
    fn position(&self, name: &str) -> Option<usize> {
        self.wanted(name).ok().flatten()
    }

    /// Returns the column of a name, of which there may be only one.
    fn wanted(&self, name: &str) -> Result<Option<usize>, SkipCause> {
        let names = self.names.as_deref().unwrap_or_default();
        let places = |is_it: &dyn Fn(&str) -> bool| -> Vec<usize> {
            names.iter().enumerate().filter(|(_, found)| is_it(found)).map(|(n, _)| n).collect()
        };
        let exact = places(&|found| found == name);
        let loose = || places(&|found| found.trim().to_lowercase() == name.trim().to_lowercase());
        let found = if exact.is_empty() { loose() } else { exact };
        match found[..] {
            [column] => Ok(Some(column)),
            [] => Ok(name.parse::<usize>().ok().filter(|number| (1..=self.columns).contains(number)).map(|n| n - 1)),
            _ => Err((Reason::DuplicateColumn, format!("{} columns are called `{name}`", found.len()))),
        }
    }

    fn texts(&self, names: &[String]) -> Result<Vec<usize>, SkipCause> {
        if self.names.is_none() && self.columns == 1 && names == ["text"] {
            return Ok(vec![0]);
        }
        let column = |name: &String| self.wanted(name)?.ok_or_else(|| self.missing(name));
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            let column = column(name)?;
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        Ok(columns)
    }

    fn missing(&self, name: &str) -> SkipCause {
        let Some(found) = &self.names else {
            let detail =
                format!("the table has no column {name}; give its number with --text-field (1 to {})", self.columns);
            return (Reason::MissingColumn, detail);
        };
        let mut names: Vec<String> = found.iter().take(MAX_NAMED).map(|name| format!("`{name}`")).collect();
        if found.len() > MAX_NAMED {
            names.push(format!("and {} more", found.len() - MAX_NAMED));
        }
        let header = if found.iter().any(|name| is_like_data(name)) { MAY_LACK_HEADER } else { "" };
        let detail = format!(
            "the table has no column `{name}`; name it with --text-field{header} (it has {})",
            names.join(", ")
        );
        (Reason::MissingColumn, detail)
    }
}

/// What is said of a table whose first row may be data.
pub const MAY_LACK_HEADER: &str = ", or say --no-header if the first row is none";

/// A name of a column has fewer words than this.
const LEAST_WORDS_OF_DATA: usize = 5;

/// Whether what stands in the first row is no name of a column: a number, a date or a sentence.
fn is_like_data(name: &str) -> bool {
    let name = name.trim();
    let is_number = name.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+'))
        && name.chars().all(|c| c.is_ascii_digit() || ".,:-+/ TZ".contains(c));
    is_number || name.split_whitespace().count() >= LEAST_WORDS_OF_DATA
}

/// The most rows that are looked at to tell the delimiter.
const MAX_ROWS_TRIED: usize = 20;

/// Counts how many of the rows at the start of `bytes` have so many fields.
fn even_rows(bytes: &[u8], delimiter: u8, columns: usize) -> usize {
    let (mut at, mut even) = (0, 0);
    for _ in 0..MAX_ROWS_TRIED {
        let RowScan::Row { end, next } = scan(&bytes[at..], delimiter) else { break };
        even += usize::from(fields(&bytes[at..at + end], delimiter).count() == columns);
        at += next;
    }
    even
}

/// Counts the lines of whole rows. A carriage return that ends one alone counts too, so that rows of old tables keep
/// apart.
pub(super) fn count_lines(rows: &[u8]) -> u64 {
    memchr_iter(b'\n', rows).count() as u64 + u64::from(rows.ends_with(b"\r"))
}

pub(super) fn after_line(bytes: &[u8]) -> Option<usize> {
    memchr(b'\n', bytes).map(|end| end + 1)
}

/// What stands at the start of some bytes.
#[derive(Debug, PartialEq)]
pub(super) enum RowScan {
    /// A row up to `end`, and its line end up to `next`.
    Row { end: usize, next: usize },
    /// A row that nothing ends.
    Unended,
    /// A row in which a quote opens that nothing closes.
    Open,
    /// A row in which text follows a closing quote.
    Broken,
}

pub(super) fn scan(bytes: &[u8], delimiter: u8) -> RowScan {
    let mut at = 0;
    loop {
        at = match field_end(bytes, at, delimiter) {
            Ok(end) => end,
            Err(fault) => return fault,
        };
        match bytes.get(at) {
            Some(b'\n') => return RowScan::Row { end: at, next: at + 1 },
            Some(b'\r') => {
                return RowScan::Row { end: at, next: at + 1 + usize::from(bytes.get(at + 1) == Some(&b'\n')) };
            }
            Some(_) => at += 1,
            None => return RowScan::Unended,
        }
    }
}

/// Returns where the field ends that starts at `at`: before a delimiter or line end, or with the bytes.
fn field_end(bytes: &[u8], mut at: usize, delimiter: u8) -> Result<usize, RowScan> {
    if bytes.get(at) != Some(&b'"') {
        return Ok(memchr3(delimiter, b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end));
    }
    loop {
        at += 1;
        at += memchr(b'"', &bytes[at..]).ok_or(RowScan::Open)? + 1;
        match bytes.get(at) {
            Some(b'"') => {}
            // Spaces before the delimiter are no text.
            Some(b' ') => {
                at += bytes[at..].iter().take_while(|&&byte| byte == b' ').count();
                break;
            }
            _ => break,
        }
    }
    match bytes.get(at) {
        Some(&byte) if byte != delimiter && byte != b'\n' && byte != b'\r' => Err(RowScan::Broken),
        _ => Ok(at),
    }
}

/// Returns the fields of a row that [`scan`] found whole.
pub(super) fn fields(row: &[u8], delimiter: u8) -> impl Iterator<Item = Range<usize>> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let end = field_end(row, start, delimiter).unwrap_or(row.len());
        next = (end < row.len()).then_some(end + 1);
        Some(start..end)
    })
}

/// Returns the names in the header of a table.
pub(crate) fn column_names(header: &[u8], dialect: TableDialect) -> impl Iterator<Item = String> {
    let text = move |field: Range<usize>| decode_part(&unquoted(&header[field]), dialect.encoding).text;
    fields(header.trim_ascii_end(), dialect.delimiter).map(move |field| text(field).trim().to_owned())
}

/// Returns what a field says.
pub(super) fn unquoted(field: &[u8]) -> Cow<'_, [u8]> {
    let Some(quoted) = field.strip_prefix(b"\"") else { return field.into() };
    let inner = quoted.trim_ascii_end();
    let inner = inner.strip_suffix(b"\"").unwrap_or(inner);
    if memchr(b'"', inner).is_none() {
        return inner.into();
    }
    let mut text = Vec::with_capacity(inner.len());
    let mut is_first = false;
    for &byte in inner {
        // Inside quotes, they come in pairs.
        is_first = byte == b'"' && !is_first;
        text.extend((byte != b'"' || is_first).then_some(byte));
    }
    text.into()
}
