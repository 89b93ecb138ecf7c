//! Tables: comma-separated values (RFC 4180) and their relatives, a document a row.
//!
//! The first row names the columns; `table` has the grammar. A record is a row that is not blank; its number is that of
//! its first line, since rows may hold line ends inside quotes.

use std::ops::Range;

use encoding_rs::Encoding;

use super::block::{Block, BlockCut};
use super::compared::TextBorders;
use super::fields::JoinedText;
use super::line::RecordLine;
use super::options::SourceOptions;
use super::part::{DecodedPart, decode_part};
use super::record::{Item, Record};
use super::skip::{SkipCause, line_too_large, skipped_line};
use super::table::{RowScan, TableLayout, after_line, count_lines, fields, scan, unquoted};
use crate::finding::{Reason, RecordId};
use doublon_core::hash::content_hash;

/// Finds where the last whole row of `pending` ends; `ended` says that nothing follows `pending`.
pub(super) fn cut(pending: &[u8], table: &TableLayout, ended: bool) -> BlockCut {
    let (mut end, mut records) = (0, 0);
    while end < pending.len() {
        let rest = &pending[end..];
        let length = match scan(rest, table.delimiter) {
            // A line feed may follow.
            RowScan::Row { next, .. } if next == rest.len() && rest.ends_with(b"\r") && !ended => break,
            RowScan::Row { next, .. } => next,
            RowScan::Broken => match after_line(rest) {
                Some(next) => next,
                None => break,
            },
            RowScan::Unended if ended => rest.len(),
            RowScan::Unended | RowScan::Open => break,
        };
        records += count_lines(&rest[..length]);
        end += length;
    }
    if end == 0 { BlockCut::More } else { BlockCut::Whole { end, records } }
}

/// Appends an item for each row that is not blank.
pub(super) fn rows(block: &Block, name: &str, options: &SourceOptions, items: &mut Vec<Item>) {
    let Some(table) = &block.table else { return };
    let (mut at, mut record) = (0, block.first_record);
    while at < block.bytes.len() {
        let rest = &block.bytes[at..];
        let (row, next) = match scan(rest, table.delimiter) {
            RowScan::Row { end, next } => (Ok(&rest[..end]), next),
            RowScan::Unended => (Ok(rest), rest.len()),
            // The bytes that showed the fault may stand behind the block.
            RowScan::Open | RowScan::Broken => {
                (Err("a quote is not closed, or text follows a closing quote"), after_line(rest).unwrap_or(rest.len()))
            }
        };
        if row != Ok(b"".as_slice()) {
            let place = RecordLine { record, offset: block.offset + at as u64, range: at..at + next };
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
    table: &TableLayout,
    options: &SourceOptions,
    record: u64,
    offset: u64,
) -> Result<Record, SkipCause> {
    if row.len() as u64 > options.max_record {
        return Err((Reason::TooLarge, String::new()));
    }
    let (mut count, mut texts, mut id, mut value) = (0, vec![&[][..]; table.text.len()], None, None);
    for field in fields(row, table.delimiter) {
        let field = &row[field];
        for (text, _) in texts.iter_mut().zip(&table.text).filter(|(_, column)| **column == count) {
            *text = field;
        }
        id = if Some(count) == table.id { Some(field) } else { id };
        value = if Some(count) == table.value { Some(field) } else { value };
        count += 1;
    }
    if count != table.columns {
        let fields = if count == 1 { "field" } else { "fields" };
        return Err((
            Reason::RaggedRow,
            format!("the row has {count} {fields}, but the {} has {}", table.first(), table.columns),
        ));
    }
    let (decoded, raw_hash, borders) = decoded(&texts, table.encoding);
    Ok(Record {
        record,
        id: id
            .map(|id| decode_part(&unquoted(id), table.encoding).text)
            .filter(|id| !id.is_empty())
            .map(RecordId::from),
        value: value
            .map(|value| decode_part(&unquoted(value), table.encoding).text)
            .filter(|value| !value.is_empty())
            .map(|value| json(&value)),
        raw_hash,
        borders,
        lossy: decoded.lossy,
        encoding: decoded.encoding,
        text: decoded.text,
        offset,
        length: row.len() as u64,
        ..Record::default()
    })
}

/// Joins the texts of a row. If bytes could not be decoded, there is a hash of them.
fn decoded(texts: &[&[u8]], encoding: Option<&'static Encoding>) -> (DecodedPart, Option<u128>, TextBorders) {
    if let [text] = texts {
        let bytes = unquoted(text);
        let decoded = decode_part(&bytes, encoding);
        let raw_hash = decoded.lossy.then(|| content_hash(&bytes));
        return (decoded, raw_hash, TextBorders::default());
    }
    let (mut joined, mut lossy, mut bytes) = (JoinedText::default(), false, Vec::new());
    for text in texts {
        let text = unquoted(text);
        let decoded = decode_part(&text, encoding);
        joined.push(&decoded.text, 0..0, String::new());
        joined.end_field();
        lossy |= decoded.lossy;
        bytes.extend_from_slice(&text);
        bytes.push(0);
    }
    let borders = joined.borders();
    (DecodedPart { text: joined.text, lossy, encoding }, lossy.then(|| content_hash(&bytes)), borders)
}

/// Returns the text of a row that is a block of its own, with the places of its parts there, quotes included.
pub(super) fn joined_text(row: &Block) -> Option<JoinedText> {
    let table = row.table.as_ref()?;
    let fields: Vec<Range<usize>> = fields(&row.bytes, table.delimiter).collect();
    let mut joined = JoinedText::default();
    for (&column, name) in table.text.iter().zip(&table.text_names) {
        let field = fields.get(column)?.clone();
        let text = decode_part(&unquoted(&row.bytes[field.clone()]), table.encoding).text;
        joined.push(&text, field, name.clone());
    }
    Some(joined)
}

/// A number as it is written, and all else as a string.
fn json(value: &str) -> String {
    let is_number = serde_json::from_str::<serde_json::Number>(value).is_ok();
    if is_number { value.to_owned() } else { serde_json::Value::from(value).to_string() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::finding::InputOptions;
    use crate::source::Format;

    fn table(start: &str) -> Result<TableLayout, SkipCause> {
        TableLayout::read(start.as_bytes(), true, Format::Csv, &SourceOptions::default())
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
            assert_eq!((table.delimiter, table.text[0], table.id), (delimiter, text, id), "{header}");
            assert_eq!(table.length, header.len());
        }
    }

    #[test]
    fn columns_that_are_missing_or_double_are_named() {
        let refusal = |header: &str| table(header).expect_err(header);
        let missing = "the table has no column `text`; name it with --text-field (it has `id`, ` texts `)";
        assert_eq!(refusal("id, texts \n"), (Reason::MissingColumn, missing.into()));
        assert_eq!(refusal("text,text\n"), (Reason::DuplicateColumn, "2 columns are called `text`".into()));
        assert_eq!(refusal("\"text\n").0, Reason::WrongShape);
    }

    #[test]
    fn names_are_found_but_for_case_and_space_if_that_tells_one() {
        for (header, text) in [("id, Text \n", Ok(1)), ("TEXT,text,Text\n", Ok(1)), ("Text,TEXT\n", Err(()))] {
            assert_eq!(table(header).map(|table| table.text[0]).map_err(drop), text, "{header}");
        }
    }

    #[test]
    fn a_first_line_may_name_the_delimiter() {
        for start in ["sep=;\r\nid;text\r\n", "\u{feff}\"sep=;\"\n\nid;text\n", "SEP=;\rid;text\r"] {
            let table = table(start).expect(start);
            assert_eq!((table.delimiter, &*table.text, table.length), (b';', &[1][..], start.len()), "{start}");
        }
        assert_eq!(table("sep=^\nid^text\n").map(|table| table.delimiter), Ok(b'^'));
        assert_eq!(table("sep=,text\n").map(|table| table.columns), Ok(2), "a column may be called so");
    }

    #[test]
    fn columns_without_names_go_by_number() {
        let read = |start: &str, field: &str| {
            let input = InputOptions { no_header: true, text_field: field.into(), ..InputOptions::default() };
            let read = TableLayout::read(start.as_bytes(), true, Format::Csv, &input.into());
            read.map(|table| (table.text[0], table.length, table.lines)).map_err(|(_, why)| why)
        };
        assert_eq!(read("7;one, two\n8;three\n", "2"), Ok((1, 0, 0)));
        let input = InputOptions { no_header: true, text_field: "2".into(), ..InputOptions::default() };
        let quoted = TableLayout::read(b"1;\"a, b\"\n2;\"c\"\n", true, Format::Csv, &input.into());
        assert_eq!(quoted.map(|table| table.delimiter), Ok(b';'), "a comma would leave rows of one field");
        assert_eq!(read("sep=;\n7;one\n", "2"), Ok((1, 6, 1)));
        assert_eq!(read("only one\n", "text"), Ok((0, 0, 0)));
        let missing = "the table has no column text; give its number with --text-field (1 to 2)";
        assert_eq!(read("7;one\n", "text"), Err(missing.into()));
        assert_eq!(table("a,b\n").map(drop).map_err(|cause| cause.0), Err(Reason::MissingColumn));
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
                RowScan::Row { end, next } => (end, next),
                RowScan::Unended => (rest.len(), rest.len()),
                RowScan::Open | RowScan::Broken => return None,
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
                if let BlockCut::Whole { end, records, .. } = cut(&pending, &table, left.is_empty()) {
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
