//! The records of a source as ranges of its bytes: finding them again, and changing the text of one.

use std::ops::Range;

use memchr::memchr_iter;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::plan::{Edit, Passages, Planned};
use crate::error::{Error, Result};
use crate::source::{Block, Format, Item, Record, SourceOptions, SourceReader, parse};

/// The field that marked records get.
const MARKS: &str = "doublon_repeats";

/// Reads a source block by block, knowing where the records of each end.
pub(super) struct Blocks<'a> {
    planned: &'a Planned,
    reader: SourceReader,
    ahead: Option<Block>,
}

impl<'a> Blocks<'a> {
    /// Opens a source again.
    pub fn open(planned: &'a Planned, reading: &SourceOptions) -> Result<Self> {
        let reader = SourceReader::open(&planned.source, reading)
            .map_err(|skipped| changed(planned, skipped.detail.unwrap_or_else(|| skipped.reason.name().to_owned())))?;
        let mut blocks = Self { planned, reader, ahead: None };
        blocks.ahead = blocks.read();
        Ok(blocks)
    }

    pub fn format(&self) -> Format {
        self.reader.format()
    }

    /// Returns the next block, and the number of the record after its last.
    pub fn next(&mut self) -> Option<(Block, u64)> {
        let block = self.ahead.take()?;
        self.ahead = self.read();
        let end = self.ahead.as_ref().map_or(u64::MAX, |next| next.first_record);
        Some((block, end))
    }

    /// Checks that the bytes read are those that were scanned.
    pub fn finish(mut self) -> Result<()> {
        while self.next().is_some() {}
        let (info, skipped) = self.reader.finish();
        if let Some(skipped) = skipped.into_iter().next() {
            return Err(changed(self.planned, skipped.detail.unwrap_or_default()));
        }
        if (info.bytes, &info.xxh3_128) == (self.planned.info.bytes, &self.planned.info.xxh3_128) {
            Ok(())
        } else {
            Err(changed(self.planned, "its content is not what was scanned".to_owned()))
        }
    }

    /// What was passed over, such as a line that is too large, is not in the next block.
    fn read(&mut self) -> Option<Block> {
        std::iter::from_fn(|| self.reader.next_block()).find_map(std::result::Result::ok)
    }
}

pub(super) fn changed(planned: &Planned, detail: String) -> Error {
    Error::Changed { path: planned.source.path.clone(), detail }
}

/// Calls `found` with each of the records `wanted`, which are in order, of a source.
///
/// # Errors
///
/// If the source is not what was scanned, or one of the records is no document; and the first error of `found`.
pub(super) fn visit(
    planned: &Planned,
    wanted: &[u64],
    reading: &SourceOptions,
    found: &mut dyn FnMut(&Record, Editable) -> Result<()>,
) -> Result<()> {
    let mut blocks = Blocks::open(planned, reading)?;
    let (format, name) = (blocks.format(), planned.source.name());
    let mut wanted = wanted;
    while let Some((block, end)) = blocks.next() {
        let (here, rest) = wanted.split_at(wanted.partition_point(|&record| record < end));
        wanted = rest;
        for (record, range) in ranges(&block, format, here, &name, reading) {
            let offset = block.offset + range.start as u64;
            let one = Block { bytes: block.bytes[range].to_vec(), first_record: record, offset };
            let mut items = Vec::with_capacity(1);
            parse(&one, format, &name, reading, &mut items);
            match items.pop() {
                Some(Item::Document(record)) => found(&record, editable(format, &one.bytes, &record))?,
                _ => return Err(missing(planned, record)),
            }
        }
    }
    blocks.finish()?;
    wanted.first().map_or(Ok(()), |&record| Err(missing(planned, record)))
}

pub(super) fn missing(planned: &Planned, record: u64) -> Error {
    changed(planned, format!("it has no document at record {record}"))
}

/// Returns where in a block the records `wanted` stand, which are in order; a line is without its line feed. What the
/// block does not have is not in the result.
pub(super) fn ranges(
    block: &Block,
    format: Format,
    wanted: &[u64],
    name: &str,
    reading: &SourceOptions,
) -> Vec<(u64, Range<usize>)> {
    match (wanted, format) {
        ([], _) => Vec::new(),
        (_, Format::Plain) => vec![(0, 0..block.bytes.len())],
        (_, Format::Lines | Format::Jsonl) => lines(block, wanted),
        #[allow(unreachable_patterns)] // for formats whose records only their parser finds
        _ => parsed(block, format, wanted, name, reading),
    }
}

fn lines(block: &Block, wanted: &[u64]) -> Vec<(u64, Range<usize>)> {
    let mark = if block.offset == 0 && block.bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let (mut found, mut wanted, mut start) = (Vec::with_capacity(wanted.len()), wanted.iter().peekable(), 0);
    let ends = memchr_iter(b'\n', &block.bytes).chain([block.bytes.len()]);
    for (end, record) in ends.zip(block.first_record..) {
        match wanted.peek() {
            None => break,
            Some(&&wanted_record) if wanted_record == record => {
                found.push((record, start.max(mark)..end));
                wanted.next();
            }
            Some(_) => {}
        }
        start = end + 1;
    }
    found
}

fn parsed(
    block: &Block,
    format: Format,
    wanted: &[u64],
    name: &str,
    reading: &SourceOptions,
) -> Vec<(u64, Range<usize>)> {
    let mut items = Vec::new();
    parse(block, format, name, reading, &mut items);
    let place = |item| match item {
        Item::Document(Record { record, offset, length, .. }) if wanted.binary_search(&record).is_ok() => {
            let start = (offset - block.offset) as usize;
            Some((record, start..start + length as usize))
        }
        _ => None,
    };
    items.into_iter().filter_map(place).collect()
}

/// What of a record can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Editable {
    /// Its text, which is all that it is.
    Text,
    /// Its text, and fields may be added.
    Field,
    /// Nothing, and why.
    No(&'static str),
}

fn editable(format: Format, bytes: &[u8], record: &Record) -> Editable {
    match format {
        // Offsets into a text that was decoded are not offsets into the bytes.
        Format::Plain | Format::Lines if record.lossy || !bytes.starts_with(record.text.as_bytes()) => {
            Editable::No("not_utf8")
        }
        Format::Plain | Format::Lines => Editable::Text,
        Format::Jsonl => Editable::Field,
        #[allow(unreachable_patterns)] // formats whose text is not a range of their bytes
        _ => Editable::No("format"),
    }
}

/// Appends a record to `out` as an edit changes it.
///
/// # Errors
///
/// Says what is wrong with the record.
pub(super) fn edited(
    bytes: &[u8],
    format: Format,
    edit: &Edit,
    passages: Passages,
    reading: &SourceOptions,
    out: &mut Vec<u8>,
) -> std::result::Result<(), String> {
    match (format, passages) {
        (Format::Jsonl, Passages::Mark) => mark(bytes, edit, out),
        (Format::Jsonl, _) => {
            let text = text_field(bytes, &reading.text_field).ok_or("its text field is not there")?;
            let cuts = in_literal(&bytes[text.clone()], edit).ok_or("its text is shorter than the cuts")?;
            out.extend_from_slice(&bytes[..text.start]);
            take_out(&bytes[text.clone()], &cuts, out);
            out.extend_from_slice(&bytes[text.end..]);
            Ok(())
        }
        _ => {
            let cuts: Vec<_> = edit.pieces.iter().map(|&(span, space)| (span.start..span.end, space)).collect();
            if cuts.last().is_some_and(|(cut, _)| cut.end > bytes.len()) {
                return Err("its text is shorter than the cuts".to_owned());
            }
            take_out(bytes, &cuts, out);
            Ok(())
        }
    }
}

fn take_out(bytes: &[u8], cuts: &[(Range<usize>, bool)], out: &mut Vec<u8>) {
    let mut at = 0;
    for (cut, space) in cuts {
        out.extend_from_slice(&bytes[at..cut.start]);
        out.extend_from_slice(if *space { b" " } else { b"" });
        at = cut.end;
    }
    out.extend_from_slice(&bytes[at..]);
}

/// Adds the field of marks to an object: where its repeated passages are, in characters.
fn mark(bytes: &[u8], edit: &Edit, out: &mut Vec<u8>) -> std::result::Result<(), String> {
    let line = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    if member(line, MARKS).is_some() {
        return Err(format!("it has a field `{MARKS}` already"));
    }
    let marks: Vec<[usize; 2]> = edit.cuts.iter().map(|cut| [cut.characters.start, cut.characters.end]).collect();
    let marks = serde_json::to_string(&marks).map_err(|error| error.to_string())?;
    let end = line.rfind('}').ok_or("it is no object")?;
    out.extend_from_slice(&bytes[..end]);
    out.extend_from_slice(format!(",\"{MARKS}\":{marks}").as_bytes());
    out.extend_from_slice(&bytes[end..]);
    Ok(())
}

/// Returns where the string at a path of fields stands in a line, with its quotes.
fn text_field(line: &[u8], path: &str) -> Option<Range<usize>> {
    let line = std::str::from_utf8(line).ok()?;
    let value = path.split('.').try_fold(line, member)?;
    // Values are slices of the line.
    let start = value.as_ptr().addr() - line.as_ptr().addr();
    value.starts_with('"').then_some(start..start + value.len())
}

/// Returns the value of the last member of this name.
fn member<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let mut deserializer = serde_json::Deserializer::from_str(object);
    deserializer.deserialize_map(Member(name)).ok().flatten().map(RawValue::get)
}

struct Member<'n>(&'n str);

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            if name == self.0 {
                found = Some(value);
            }
        }
        Ok(found)
    }
}

/// Returns the cuts of an edit, which are ranges of a text, as ranges of the JSON literal that it was decoded from:
/// what stays of the literal stays as it was written.
fn in_literal(literal: &[u8], edit: &Edit) -> Option<Vec<(Range<usize>, bool)>> {
    let mut at = Cursor { literal, byte: 1, text: 0 };
    let mut cuts = Vec::with_capacity(edit.pieces.len());
    for &(span, space) in &edit.pieces {
        let start = at.advance_to(span.start)?;
        cuts.push((start..at.advance_to(span.end)?, space));
    }
    Some(cuts)
}

/// A place in a JSON string, in its bytes and in those of the text that it stands for.
struct Cursor<'l> {
    literal: &'l [u8],
    byte: usize,
    text: usize,
}

impl Cursor<'_> {
    /// Goes on to a byte of the text and returns the byte of the literal.
    fn advance_to(&mut self, text: usize) -> Option<usize> {
        while self.text < text {
            let (bytes, characters) = self.unit()?;
            self.byte += bytes;
            self.text += characters;
        }
        (self.text == text).then_some(self.byte)
    }

    /// The bytes of the next unit, a byte or an escape, and those of the text.
    fn unit(&self) -> Option<(usize, usize)> {
        match self.literal.get(self.byte..)? {
            [b'"', ..] | [] => None,
            [b'\\', b'u', ..] => {
                let code = self.code(self.byte + 2)?;
                // Two escapes that are one character outside of the basic plane.
                if (0xd800..0xdc00).contains(&code) {
                    Some((12, 4))
                } else {
                    Some((6, char::from_u32(code)?.len_utf8()))
                }
            }
            [b'\\', ..] => Some((2, 1)),
            _ => Some((1, 1)),
        }
    }

    fn code(&self, at: usize) -> Option<u32> {
        let digits = std::str::from_utf8(self.literal.get(at..at + 4)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    }
}
