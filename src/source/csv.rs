//! Tables: comma-separated values (RFC 4180) and their relatives, a document a row.
//!
//! The first row names the columns. What separates fields is told by it: of comma, semicolon, tab and bar the one that
//! makes a column of the name wanted, else the one that makes most columns. A record is a row that is not blank; its
//! number is that of its first line, since rows may hold line ends inside quotes.
//!
//! Quotes are read as the crate `csv` and spreadsheets do: they count only at the start of a field, and two of them
//! inside stand for one. One thing is stricter: text that follows a closing quote means that a quote was forgotten, and
//! is reported; reading goes on in the next line. Else a row that lacks one would swallow the next row, or all.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr3};

use super::read::{Block, Cut, Line};
use super::{Format, Item, Record, SourceOptions, line_too_large, plain, skipped_line};
use crate::finding::Reason;
use doublon_core::hash::content_hash;

/// How to read the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// Bytes and lines of the header, with its line end and what stands before it.
    pub length: usize,
    pub lines: u64,
    delimiter: u8,
    columns: usize,
    text: usize,
    id: Option<usize>,
    value: Option<usize>,
}

impl Table {
    /// Reads the header of a table that begins with `start`; `whole` says that there is nothing more.
    ///
    /// # Errors
    ///
    /// Why its rows cannot be read: there is no column of text, or there are two.
    pub fn read(start: &[u8], whole: bool, format: Format, options: &SourceOptions) -> Result<Self, (Reason, String)> {
        let delimiters: &[u8] = if format == Format::Tsv { b"\t" } else { b",;\t|" };
        let headers = delimiters.iter().filter_map(|&delimiter| Header::read(start, whole, delimiter));
        let key = |header: &Header| (header.position(&options.text_field).is_some(), header.names.len());
        // Of equals the first in the list.
        let best = headers.reduce(|best, header| if key(&header) > key(&best) { header } else { best });
        let Some(header) = best else {
            let detail = format!("the first {} bytes are no row with the names of columns", start.len());
            return Err((Reason::WrongShape, detail));
        };
        Ok(Self {
            length: header.length,
            lines: header.lines,
            delimiter: header.delimiter,
            columns: header.names.len(),
            text: header.wanted(&options.text_field)?.ok_or_else(|| header.missing(&options.text_field))?,
            id: header.wanted(&options.id_field)?,
            value: options.value_field.as_ref().and_then(|field| header.position(field)),
        })
    }
}

/// The first row.
struct Header {
    delimiter: u8,
    length: usize,
    lines: u64,
    names: Vec<String>,
}

/// The most columns that a message names.
const MAX_NAMED: usize = 20;

impl Header {
    fn read(start: &[u8], whole: bool, delimiter: u8) -> Option<Self> {
        let mark = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let first = mark + start[mark..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let (row, length) = match scan(&start[first..], delimiter) {
            Scan::Row { end, next } => (&start[first..first + end], first + next),
            Scan::Unended if whole => (&start[first..], start.len()),
            _ => return None,
        };
        let name = |field: &[u8]| String::from_utf8_lossy(&unquoted(field)).into_owned();
        let names = fields(row, delimiter).map(|field| name(&row[field])).collect();
        Some(Self { delimiter, length, lines: count_lines(&start[..length]), names })
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|found| found == name)
    }

    /// Returns the column of a name, of which there may be only one.
    fn wanted(&self, name: &str) -> Result<Option<usize>, (Reason, String)> {
        match self.names.iter().filter(|found| *found == name).count() {
            0 | 1 => Ok(self.position(name)),
            several => Err((Reason::DuplicateColumn, format!("{several} columns are called `{name}`"))),
        }
    }

    fn missing(&self, name: &str) -> (Reason, String) {
        let mut names: Vec<String> = self.names.iter().take(MAX_NAMED).map(|name| format!("`{name}`")).collect();
        if self.names.len() > MAX_NAMED {
            names.push(format!("and {} more", self.names.len() - MAX_NAMED));
        }
        let detail =
            format!("the table has no column `{name}`; name it with --text-field (it has {})", names.join(", "));
        (Reason::MissingColumn, detail)
    }
}

/// Finds where the whole rows end with which `pending` starts; `ended` says that nothing follows it.
pub(super) fn cut(pending: &[u8], table: &Table, ended: bool) -> Cut {
    let (mut end, mut records) = (0, 0);
    while end < pending.len() {
        let rest = &pending[end..];
        let length = match scan(rest, table.delimiter) {
            // A line feed may follow.
            Scan::Row { next, .. } if next == rest.len() && rest.ends_with(b"\r") && !ended => break,
            Scan::Row { next, .. } => next,
            Scan::Broken => match after_line(rest) {
                Some(next) => next,
                None => break,
            },
            Scan::Unended if ended => rest.len(),
            Scan::Unended | Scan::Open => break,
        };
        records += count_lines(&rest[..length]);
        end += length;
    }
    if end == 0 { Cut::More } else { Cut::Whole { end, records } }
}

/// Appends an item for each row that is not blank.
pub(super) fn rows(block: &Block, name: &str, options: &SourceOptions, items: &mut Vec<Item>) {
    let Some(table) = &block.table else { return };
    let (mut at, mut record) = (0, block.first_record);
    while at < block.bytes.len() {
        let rest = &block.bytes[at..];
        let (row, next) = match scan(rest, table.delimiter) {
            Scan::Row { end, next } => (Ok(&rest[..end]), next),
            Scan::Unended => (Ok(rest), rest.len()),
            // What showed that it is broken may stand behind the block.
            Scan::Open | Scan::Broken => {
                (Err("a quote is not closed, or text follows a closing quote"), after_line(rest).unwrap_or(rest.len()))
            }
        };
        if row != Ok(b"".as_slice()) {
            let place = Line { record, offset: block.offset + at as u64, range: at..at + next };
            let item = row.map_err(|why| (Reason::OpenQuote, why.to_owned()));
            items.push(match item.and_then(|row| document(row, table, options, record, place.offset)) {
                Ok(found) => Item::Document(found),
                Err((Reason::TooLarge, _)) => Item::Skipped(line_too_large(name, &place, options)),
                Err((reason, why)) => Item::Skipped(skipped_line(name, &place, reason, &why)),
            });
        }
        record += count_lines(&rest[..next]);
        at += next;
    }
}

fn document(
    row: &[u8],
    table: &Table,
    options: &SourceOptions,
    record: u64,
    offset: u64,
) -> Result<Record, (Reason, String)> {
    if row.len() as u64 > options.max_record {
        return Err((Reason::TooLarge, String::new()));
    }
    let (mut count, mut text, mut id, mut value) = (0, None, None, None);
    for field in fields(row, table.delimiter) {
        let field = &row[field];
        text = if count == table.text { Some(field) } else { text };
        id = if Some(count) == table.id { Some(field) } else { id };
        value = if Some(count) == table.value { Some(field) } else { value };
        count += 1;
    }
    if count != table.columns {
        let fields = if count == 1 { "field" } else { "fields" };
        return Err((Reason::RaggedRow, format!("the row has {count} {fields}, but the header has {}", table.columns)));
    }
    let bytes = unquoted(text.unwrap_or_default());
    let decoded = plain::decode_part(&bytes, options);
    Ok(Record {
        record,
        id: id.map(|id| plain::decode_part(&unquoted(id), options).text).filter(|id| !id.is_empty()),
        value: value.map(|value| json(&plain::decode_part(&unquoted(value), options).text)),
        raw_hash: decoded.lossy.then(|| content_hash(&bytes)),
        lossy: decoded.lossy,
        encoding: decoded.encoding,
        text: decoded.text,
        offset,
        length: row.len() as u64,
        ..Record::default()
    })
}

/// A number as it is written, and all else as a string.
fn json(value: &str) -> String {
    let is_number = serde_json::from_str::<serde_json::Number>(value).is_ok();
    if is_number { value.to_owned() } else { serde_json::Value::from(value).to_string() }
}

/// Counts the lines of whole rows. A carriage return that ends one alone counts too, so that rows of old tables keep
/// apart.
fn count_lines(rows: &[u8]) -> u64 {
    memchr_iter(b'\n', rows).count() as u64 + u64::from(rows.ends_with(b"\r"))
}

fn after_line(bytes: &[u8]) -> Option<usize> {
    memchr(b'\n', bytes).map(|end| end + 1)
}

/// What stands at the start of some bytes.
#[derive(Debug, PartialEq)]
enum Scan {
    /// A row up to `end`, and its line end up to `next`.
    Row { end: usize, next: usize },
    /// A row that nothing ends.
    Unended,
    /// A row in which a quote opens that nothing closes.
    Open,
    /// A row in which text follows a closing quote.
    Broken,
}

fn scan(bytes: &[u8], delimiter: u8) -> Scan {
    let mut at = 0;
    loop {
        at = match field_end(bytes, at, delimiter) {
            Ok(end) => end,
            Err(fault) => return fault,
        };
        match bytes.get(at) {
            Some(b'\n') => return Scan::Row { end: at, next: at + 1 },
            Some(b'\r') => return Scan::Row { end: at, next: at + 1 + usize::from(bytes.get(at + 1) == Some(&b'\n')) },
            Some(_) => at += 1,
            None => return Scan::Unended,
        }
    }
}

/// Returns where the field ends that starts at `at`: before a delimiter or line end, or with the bytes.
fn field_end(bytes: &[u8], mut at: usize, delimiter: u8) -> Result<usize, Scan> {
    if bytes.get(at) != Some(&b'"') {
        return Ok(memchr3(delimiter, b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end));
    }
    loop {
        at += 1;
        at += memchr(b'"', &bytes[at..]).ok_or(Scan::Open)? + 1;
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
        Some(&byte) if byte != delimiter && byte != b'\n' && byte != b'\r' => Err(Scan::Broken),
        _ => Ok(at),
    }
}

/// Returns the fields of a row that [`scan`] found whole.
fn fields(row: &[u8], delimiter: u8) -> impl Iterator<Item = Range<usize>> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let end = field_end(row, start, delimiter).unwrap_or(row.len());
        next = (end < row.len()).then_some(end + 1);
        Some(start..end)
    })
}

/// Returns where the field of text stands in a row, with its quotes.
pub(super) fn text_field(row: &[u8], table: &Table) -> Option<Range<usize>> {
    fields(row, table.delimiter).nth(table.text)
}

/// Returns what a field says.
fn unquoted(field: &[u8]) -> Cow<'_, [u8]> {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(start: &str) -> Result<Table, (Reason, String)> {
        Table::read(start.as_bytes(), true, Format::Csv, &SourceOptions::default())
    }

    fn read(content: &str) -> Vec<Item> {
        let table = table(content).expect("a header");
        let bytes = content.as_bytes()[table.length..].to_vec();
        let offset = table.length as u64;
        let block = Block { bytes, offset, first_record: 1, table: Some(table.into()), ..Block::default() };
        let mut items = Vec::new();
        rows(&block, "a.csv", &SourceOptions::default(), &mut items);
        items
    }

    fn texts(content: &str) -> Vec<String> {
        let text = |item| match item {
            Item::Document(record) => record.text,
            Item::Skipped(skipped) => format!("{:?}: {}", skipped.reason, skipped.detail.unwrap_or_default()),
        };
        read(content).into_iter().map(text).collect()
    }

    #[test]
    fn the_header_tells_the_delimiter() {
        for (header, delimiter, text, id) in [
            ("id,text\n", b',', 1, Some(0)),
            ("\u{feff}\"text\";\"id, old\"\r\n", b';', 0, None),
            ("a|b\ttext\n", b'\t', 1, None),
            ("text", b',', 0, None),
        ] {
            let table = table(header).expect(header);
            assert_eq!((table.delimiter, table.text, table.id), (delimiter, text, id), "{header}");
            assert_eq!(table.length, header.len());
        }
    }

    #[test]
    fn columns_that_are_missing_or_double_are_named() {
        let refusal = |header: &str| table(header).expect_err(header);
        let missing = "the table has no column `text`; name it with --text-field (it has `id`, ` text `)";
        assert_eq!(refusal("id, text \n"), (Reason::MissingColumn, missing.into()));
        assert_eq!(refusal("text,text\n"), (Reason::DuplicateColumn, "2 columns are called `text`".into()));
        assert_eq!(refusal("\"text\n").0, Reason::WrongShape);
    }

    #[test]
    fn a_row_gives_its_text_id_and_place() {
        let content = "id,text\n\n7,\"one \"\"x\"\",\ntwo\" \r\n,three\"s\n";
        let items = read(content);
        let [Item::Document(first), Item::Document(second)] = items.as_slice() else { panic!("{items:?}") };
        assert_eq!((first.text.as_str(), first.id.as_deref(), first.record), ("one \"x\",\ntwo", Some("7"), 2));
        let row = first.offset as usize..(first.offset + first.length) as usize;
        assert_eq!(&content[row], "7,\"one \"\"x\"\",\ntwo\" ");
        assert_eq!((second.text.as_str(), second.id.as_deref(), second.record), ("three\"s", None, 4));
    }

    #[test]
    fn bad_rows_are_told_with_their_lines_and_swallow_no_others() {
        let ragged = texts("id,text\n1\n2,b\n\n3,c,d\n\"4\ne\",f\n5,\"g");
        assert_eq!(ragged[0], "RaggedRow: line 2: the row has 1 field, but the header has 2");
        assert_eq!(ragged[1], "b");
        assert_eq!(ragged[2], "RaggedRow: line 5: the row has 3 fields, but the header has 2");
        assert_eq!(ragged[3..], ["f", "OpenQuote: line 8: a quote is not closed, or text follows a closing quote"]);
        let open = texts("id,text\n1,\"a\n2,\"b\"\n3,\"c\"\n");
        assert_eq!(open[0], "OpenQuote: line 2: a quote is not closed, or text follows a closing quote");
        assert_eq!(open[1..], ["b", "c"]);
    }

    /// What the crate `csv` reads of rows.
    fn by_crate(rows: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(rows.as_bytes());
        reader.records().map(|row| row.expect("text").iter().map(str::to_owned).collect()).collect()
    }

    fn by_scan(rows: &str) -> Option<Vec<Vec<String>>> {
        let (mut at, mut found) = (0, Vec::new());
        while at < rows.len() {
            let rest = &rows.as_bytes()[at..];
            let (end, next) = match scan(rest, b',') {
                Scan::Row { end, next } => (end, next),
                Scan::Unended => (rest.len(), rest.len()),
                Scan::Open | Scan::Broken => return None,
            };
            let text = |field| String::from_utf8_lossy(&unquoted(&rest[field])).into_owned();
            if end > 0 {
                found.push(fields(&rest[..end], b',').map(text).collect());
            }
            at += next;
        }
        Some(found)
    }

    proptest! {
        #[test]
        fn sound_rows_are_read_as_the_crate_does(rows in "[a\",\n\r]{0,40}") {
            if let Some(found) = by_scan(&rows) {
                prop_assert_eq!(found, by_crate(&rows));
            }
        }

        #[test]
        fn rows_are_the_same_wherever_they_are_cut(rows in "[a\",\n\r]{0,60}", step in 1_usize..9) {
            let table = table("a,text\n").expect("a header");
            let (mut pending, mut left) = (Vec::new(), rows.as_bytes());
            let mut cuts = Vec::new();
            let mut first_record = 0;
            while !left.is_empty() {
                let (now, later) = left.split_at(step.min(left.len()));
                pending.extend_from_slice(now);
                left = later;
                if let Cut::Whole { end, records, .. } = cut(&pending, &table, left.is_empty()) {
                    let bytes: Vec<u8> = pending.drain(..end).collect();
                    let block = Block { bytes, first_record, table: Some(table.clone().into()), ..Block::default() };
                    super::rows(&block, "a", &SourceOptions::default(), &mut cuts);
                    first_record += records;
                }
            }
            let bytes = rows.as_bytes()[..rows.len() - pending.len()].to_vec();
            let whole = Block { bytes, table: Some(table.into()), ..Block::default() };
            let mut at_once = Vec::new();
            super::rows(&whole, "a", &SourceOptions::default(), &mut at_once);
            let shape = |item: &Item| match item {
                Item::Document(record) => (record.record, record.text.clone()),
                Item::Skipped(skipped) => (skipped.record.unwrap_or_default(), format!("{:?}", skipped.reason)),
            };
            prop_assert_eq!(cuts.iter().map(shape).collect::<Vec<_>>(), at_once.iter().map(shape).collect::<Vec<_>>());
        }
    }
}
