//! The records of a source as ranges of its bytes: finding them again, and changing the text of one.

use std::io::Read;
use std::ops::Range;

use memchr::memchr_iter;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Value, json};

use super::edit::DocumentEdit;
use super::left::Pieces;
use super::options::PassageTreatment;
use super::page::page_left;
use super::plan::PlannedSource;
use crate::error::{Error, Result};
use crate::source::{
    Block, Compression, Format, Item, JoinedText, Record, SourceOptions, SourceReader, StoredMember, TextPiece,
    joined_text, message_ends, parse, warc,
};
use doublon_core::Span;

/// The field that marked records get.
pub(super) const MARKS: &str = "doublon_repeats";

/// Reads a source block by block, knowing where the records of each end.
pub(super) struct SourceBlocks<'a> {
    planned: &'a PlannedSource,
    reader: SourceReader,
    ahead: Option<Block>,
    passed: Option<Box<dyn Read>>,
    members: Vec<StoredMember>,
}

/// A block of a source, and the bytes before it that the reader passed over.
pub(super) struct SourcePart {
    pub passed: Option<Box<dyn Read>>,
    /// None at the end.
    pub block: Option<Block>,
    /// The number of the record after the last one of the block.
    pub end: u64,
    /// The members of a compressed source that were met since the part before, in order; some may follow the block.
    pub members: Vec<StoredMember>,
}

impl<'a> SourceBlocks<'a> {
    /// Opens a source again.
    pub fn open(planned: &'a PlannedSource, reading: &SourceOptions) -> Result<Self> {
        let reader = SourceReader::open_to_copy(&planned.source, reading)
            .map_err(|skipped| changed(planned, skipped.detail.unwrap_or_else(|| skipped.reason.name().to_owned())))?;
        let mut blocks = Self { planned, reader, ahead: None, passed: None, members: Vec::new() };
        blocks.read()?;
        Ok(blocks)
    }

    pub fn format(&self) -> Format {
        self.reader.format()
    }

    pub fn compression(&self) -> Option<Compression> {
        self.reader.compression()
    }

    /// Returns whether the source is one record, without which nothing of it is left.
    pub fn is_one_record(&self) -> bool {
        self.reader.is_one_record()
    }

    /// Returns the next part. The last one has no block.
    pub fn next(&mut self) -> Result<SourcePart> {
        let (block, passed) = (self.ahead.take(), self.passed.take());
        if block.is_some() {
            self.read()?;
        }
        let end = self.ahead.as_ref().map_or(u64::MAX, |next| next.first_record);
        Ok(SourcePart { passed, block, end, members: std::mem::take(&mut self.members) })
    }

    /// Checks that the bytes read are those that were scanned.
    pub fn finish(mut self) -> Result<()> {
        // A Parquet file is hashed when it is opened.
        while self.format() != Format::Parquet && self.next()?.block.is_some() {}
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

    fn read(&mut self) -> Result<()> {
        self.ahead = std::iter::from_fn(|| self.reader.next_block()).find_map(std::result::Result::ok);
        let failed = |cause| Error::Io { path: self.planned.source.path.clone(), cause };
        self.passed = self.reader.take_passed().map_err(failed)?.map(|passed| Box::new(passed) as Box<dyn Read>);
        self.members.extend(self.reader.take_members());
        Ok(())
    }
}

pub(super) fn changed(planned: &PlannedSource, detail: String) -> Error {
    Error::Changed { path: planned.source.path.clone(), detail }
}

/// Calls `found` with each of the records `wanted`, which are in order, of a source.
///
/// # Errors
///
/// If the source is not what was scanned, or one of the records is no document; and the first error of `found`.
pub(super) fn visit(
    planned: &PlannedSource,
    wanted: &[u64],
    reading: &SourceOptions,
    found: &mut dyn FnMut(&Record, &StoredRecord) -> Result<()>,
) -> Result<()> {
    let mut blocks = SourceBlocks::open(planned, reading)?;
    let (format, name) = (blocks.format(), planned.source.name());
    if format == Format::Parquet {
        return visit_rows(blocks, wanted, reading, found);
    }
    let mut wanted = wanted;
    while let SourcePart { block: Some(block), end, .. } = blocks.next()? {
        let (here, rest) = wanted.split_at(wanted.partition_point(|&record| record < end));
        wanted = rest;
        let places = ranges(&block, format, here, &name, reading);
        for (record, range) in &places {
            let (mut one, mut items) = (block.one(*record, range.clone()), Vec::with_capacity(1));
            parse(&mut one, format, &name, reading, &mut items);
            match items.pop() {
                Some(Item::Document(record)) => found(&record, &StoredRecord { bytes: &one.bytes, format })?,
                _ => return Err(missing(planned, *record)),
            }
        }
        check_found(planned, here, &places)?;
    }
    blocks.finish()?;
    wanted.first().map_or(Ok(()), |&record| Err(missing(planned, record)))
}

/// The same for a source whose blocks are rows and not bytes.
fn visit_rows(
    mut blocks: SourceBlocks,
    wanted: &[u64],
    reading: &SourceOptions,
    found: &mut dyn FnMut(&Record, &StoredRecord) -> Result<()>,
) -> Result<()> {
    let (planned, name) = (blocks.planned, blocks.planned.source.name());
    let mut wanted = wanted.iter().peekable();
    while wanted.peek().is_some()
        && let Some(mut block) = blocks.next()?.block
    {
        let mut items = Vec::new();
        parse(&mut block, Format::Parquet, &name, reading, &mut items);
        for item in items {
            if let Item::Document(record) = item
                && wanted.next_if(|&&wanted| wanted == record.record).is_some()
            {
                found(&record, &StoredRecord { bytes: &[], format: Format::Parquet })?;
            }
        }
    }
    blocks.finish()?;
    wanted.next().map_or(Ok(()), |&record| Err(missing(planned, record)))
}

/// Checks that all of the records `wanted` have a place; both are in order.
pub(super) fn check_found(planned: &PlannedSource, wanted: &[u64], places: &[(u64, Range<usize>)]) -> Result<()> {
    let found = |record| places.binary_search_by_key(record, |place| place.0).is_ok();
    wanted.iter().find(|record| !found(record)).map_or(Ok(()), |&record| Err(missing(planned, record)))
}

pub(super) fn missing(planned: &PlannedSource, record: u64) -> Error {
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
        (_, format) if format.is_document() => vec![(0, 0..block.bytes.len())],
        (_, Format::Lines | Format::Jsonl) => lines(block, wanted),
        (_, Format::Warc) => at_ends(block, wanted, &warc::ends(&block.bytes)),
        (_, Format::Mbox) => at_ends(block, wanted, &message_ends(&block.bytes)),
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

/// Records of an archive and messages of a folder are found by where they begin; what is in them is not looked at.
fn at_ends(block: &Block, wanted: &[u64], ends: &[usize]) -> Vec<(u64, Range<usize>)> {
    let of_record = |&record: &u64| {
        let n = usize::try_from(record.checked_sub(block.first_record)?).ok()?;
        let start = if n == 0 { 0 } else { *ends.get(n - 1)? };
        Some((record, start..*ends.get(n)?))
    };
    wanted.iter().filter_map(of_record).collect()
}

fn parsed(
    block: &Block,
    format: Format,
    wanted: &[u64],
    name: &str,
    reading: &SourceOptions,
) -> Vec<(u64, Range<usize>)> {
    let mut items = Vec::new();
    parse(&mut block.clone(), format, name, reading, &mut items);
    let place = |item| match item {
        Item::Document(Record { record, offset, length, .. }) if wanted.binary_search(&record).is_ok() => {
            let start = (offset - block.offset) as usize;
            Some((record, start..start + length as usize))
        }
        _ => None,
    };
    items.into_iter().filter_map(place).collect()
}

/// The part of a record that can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Editable {
    /// Its text; the record is nothing else.
    Text,
    /// Its text, and fields may be added.
    Field,
    /// Its text, and all records of the file may get a column.
    Column,
    /// Nothing, and why.
    No(&'static str),
}

/// A record as it is stored.
#[derive(Clone, Copy)]
pub(super) struct StoredRecord<'a> {
    /// None of a row of Parquet, which stands in many places.
    bytes: &'a [u8],
    format: Format,
}

impl StoredRecord<'_> {
    /// Returns what of a record can be changed.
    pub fn editable(&self, record: &Record) -> Editable {
        editable(self.format, self.bytes, record)
    }

    /// Returns whether it is a file of subtitles.
    pub fn is_subtitles(&self) -> bool {
        self.format == Format::Subtitles
    }

    /// Returns whether the record can be written without pieces of its text. Of a file with markup the rest may say
    /// something else, so that it is read again.
    pub fn can_lose(&self, pieces: &Pieces) -> bool {
        !self.format.is_markup()
            || std::str::from_utf8(self.bytes).is_ok_and(|file| page_left(file, self.format, pieces).is_ok())
    }
}

fn editable(format: Format, bytes: &[u8], record: &Record) -> Editable {
    let is_utf8 = !record.lossy && record.encoding.is_none();
    match format {
        Format::Parquet if record.lossy => Editable::No("not_utf8"),
        Format::Parquet => Editable::Column,
        // Offsets into a text that was decoded are not offsets into the bytes.
        Format::Plain | Format::Lines if is_utf8 && bytes.starts_with(record.text.as_bytes()) => Editable::Text,
        Format::Csv | Format::Tsv if is_utf8 => Editable::Column,
        Format::Plain | Format::Lines | Format::Csv | Format::Tsv => Editable::No("not_utf8"),
        Format::Jsonl | Format::Json => Editable::Field,
        // The text of an article, and of a page that was decoded, has no place in the bytes of the page.
        Format::Html | Format::Subtitles | Format::Mail | Format::Mbox
            if record.origin.as_ref().is_some_and(|page| page.is_exact && !page.elements.is_empty()) =>
        {
            Editable::Text
        }
        Format::Html | Format::Subtitles | Format::Mail | Format::Mbox | Format::Office | Format::Warc => {
            Editable::No("format")
        }
    }
}

/// Appends a record, which is a block of its own, to `out` as an edit changes it.
///
/// # Errors
///
/// Says what is wrong with the record.
pub(super) fn edited(
    one: &Block,
    format: Format,
    edit: &DocumentEdit,
    passages: PassageTreatment,
    reading: &SourceOptions,
    out: &mut Vec<u8>,
) -> std::result::Result<(), String> {
    let bytes = one.bytes.as_slice();
    if format.is_markup() {
        let page = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
        out.extend_from_slice(page_left(page, format, &edit.pieces)?.as_bytes());
        return Ok(());
    }
    let joined = || joined_text(one, format, reading).ok_or("its text field is not there");
    let escapes = match (format, passages) {
        (Format::Jsonl | Format::Json, PassageTreatment::Mark) => return mark(bytes, edit, &joined()?, reading, out),
        (Format::Jsonl | Format::Json, _) => Escapes::Json,
        (Format::Csv | Format::Tsv, _) => Escapes::Quotes,
        _ => {
            let cuts = in_literal(bytes, &edit.pieces, Escapes::None).ok_or("its text is shorter than the cuts")?;
            take_out(bytes, &cuts, out);
            return Ok(());
        }
    };
    cut(bytes, &joined()?, edit, escapes, out).ok_or_else(|| "its text is shorter than the cuts".to_owned())
}

/// Returns an object without the cuts of an edit, or `None` if its text is shorter than these.
#[cfg(feature = "parquet")]
pub(super) fn object_left(object: &str, joined: &JoinedText, edit: &DocumentEdit) -> Option<String> {
    let mut out = Vec::with_capacity(object.len());
    cut(object.as_bytes(), joined, edit, Escapes::Json, &mut out)?;
    String::from_utf8(out).ok()
}

/// Takes the cuts of an edit out of the literals that a text was read from. Their order in the record may be another than
/// in the text.
fn cut(bytes: &[u8], joined: &JoinedText, edit: &DocumentEdit, escapes: Escapes, out: &mut Vec<u8>) -> Option<()> {
    if edit.pieces.last()?.0.end > joined.text.len() {
        return None;
    }
    let mut pieces: Vec<&TextPiece> = joined.pieces.iter().collect();
    pieces.sort_by_key(|piece| piece.literal.start);
    let mut at = 0;
    for piece in pieces {
        let literal = &bytes[piece.literal.clone()];
        let escapes = escapes.of_literal(literal);
        let text = joined.text.get(piece.text.clone())?;
        let cuts = in_literal(literal, &trimmed(within(&edit.pieces, &piece.text), text), escapes)?;
        out.extend_from_slice(bytes.get(at..piece.literal.start)?);
        let start = out.len();
        take_out(literal, &cuts, out);
        if escapes == Escapes::Bare && out.get(start) == Some(&b'"') {
            quote(out, start);
        }
        at = piece.literal.end;
    }
    out.extend_from_slice(&bytes[at..]);
    Some(())
}

/// Returns the parts of cuts that lie in a part of a text, from its start. Where only a part of a cut does, no space takes
/// its place: what is beside it is kept apart anyway.
fn within(cuts: &[(Span, bool)], part: &Range<usize>) -> Vec<(Span, bool)> {
    let inside = cuts.iter().filter(|(cut, _)| cut.start < part.end && cut.end > part.start);
    let clip = |&(cut, space): &(Span, bool)| {
        let (start, end) = (cut.start.max(part.start), cut.end.min(part.end));
        (Span::new(start - part.start, end - part.start), space && (start, end) == (cut.start, cut.end))
    };
    inside.map(clip).collect()
}

/// Makes cuts at the start and the end of a text take along the white space that would be left there.
fn trimmed(mut cuts: Vec<(Span, bool)>, text: &str) -> Vec<(Span, bool)> {
    if let Some((last, _)) = cuts.last_mut().filter(|(cut, _)| cut.end == text.len()) {
        last.start = text.get(..last.start).map_or(last.start, |before| before.trim_end().len());
    }
    if let Some((first, _)) = cuts.first_mut().filter(|(cut, _)| cut.start == 0) {
        let after = text.get(first.end..).unwrap_or_default();
        first.end += after.len() - after.trim_start().len();
    }
    for n in 1..cuts.len() {
        cuts[n].0.start = cuts[n].0.start.max(cuts[n - 1].0.end);
    }
    cuts
}

/// Puts quotes around the field that `out` has from `start` on: after the cut it begins with a quote of its own.
fn quote(out: &mut Vec<u8>, start: usize) {
    let field = out.split_off(start);
    out.push(b'"');
    for byte in field {
        out.extend_from_slice(if byte == b'"' { b"\"\"" } else { std::slice::from_ref(&byte) });
    }
    out.push(b'"');
}

/// Appends to `out` what is left of `bytes`.
fn take_out(bytes: &[u8], cuts: &[(Range<usize>, bool)], out: &mut Vec<u8>) {
    let mut at = 0;
    for (cut, space) in cuts {
        out.extend_from_slice(&bytes[at..cut.start]);
        out.extend_from_slice(if *space { b" " } else { b"" });
        at = cut.end;
    }
    out.extend_from_slice(&bytes[at..]);
}

/// Adds the field of marks to an object.
fn mark(
    bytes: &[u8],
    edit: &DocumentEdit,
    joined: &JoinedText,
    reading: &SourceOptions,
    out: &mut Vec<u8>,
) -> std::result::Result<(), String> {
    let line = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    if has_member(line, MARKS) {
        return Err(format!("it has a field `{MARKS}` already"));
    }
    let is_plain =
        matches!((&joined.pieces[..], reading.text_field.names()), ([piece], [name]) if piece.place == *name);
    let marks =
        marks_in(edit, (!is_plain).then_some(joined)).ok_or_else(|| "its text is shorter than the marks".to_owned())?;
    let end = line.rfind('}').ok_or("it is no object")?;
    out.extend_from_slice(&bytes[..end]);
    out.extend_from_slice(format!(",\"{MARKS}\":{marks}").as_bytes());
    out.extend_from_slice(&bytes[end..]);
    Ok(())
}

/// Returns the marks of a record as JSON: where its repeated passages are, in characters. If its text is `joined` from
/// several, or lies inside of something, each mark names the place of the text too.
pub(super) fn marks_in(edit: &DocumentEdit, joined: Option<&JoinedText>) -> Option<Value> {
    if let Some(joined) = joined {
        return Some(json!(placed_marks(edit, joined)?));
    }
    let places = edit.cuts.iter().filter_map(|cut| cut.characters);
    Some(json!(places.map(|place| [place.start, place.end]).collect::<Vec<_>>()))
}

/// Returns the marks of the row of a table, which is a block of its own.
pub(super) fn marks_of_row(one: &Block, format: Format, edit: &DocumentEdit, reading: &SourceOptions) -> Option<Value> {
    let joined = joined_text(one, format, reading)?;
    marks_in(edit, (joined.pieces.len() > 1).then_some(&joined))
}

/// Returns the marks as the place of a text in the record, and a range of its characters. A passage that goes on in the next
/// text is marked in both.
fn placed_marks<'p>(edit: &DocumentEdit, joined: &'p JoinedText) -> Option<Vec<(&'p str, usize, usize)>> {
    let mut marks = Vec::new();
    for cut in edit.cuts.iter().filter(|cut| cut.characters.is_some()) {
        for piece in &joined.pieces {
            let text = joined.text.get(piece.text.clone())?;
            for (part, _) in within(&[(cut.span, false)], &piece.text) {
                let count = |end: usize| text.get(..end).map(|text| text.chars().count());
                marks.push((piece.place.as_str(), count(part.start)?, count(part.end)?));
            }
        }
    }
    Some(marks)
}

/// Whether an object has a member of this name.
pub(super) fn has_member(object: &str, name: &str) -> bool {
    let mut deserializer = serde_json::Deserializer::from_str(object);
    deserializer.deserialize_map(HasMember(name)).unwrap_or(false)
}

struct HasMember<'n>(&'n str);

impl<'de> Visitor<'de> for HasMember<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<bool, A::Error> {
        let mut found = false;
        while let Some((name, _)) = map.next_entry::<std::borrow::Cow<str>, IgnoredAny>()? {
            found |= name == self.0;
        }
        Ok(found)
    }
}

/// How a text is written in the bytes that it was decoded from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// As it is.
    None,
    /// As it is, in a field of a table, which could have quotes.
    Bare,
    /// As a JSON string.
    Json,
    /// In quotes, of which there are two for one.
    Quotes,
}

impl Escapes {
    /// How one literal is written: fields of a table need no quotes.
    fn of_literal(self, literal: &[u8]) -> Self {
        if self == Self::Quotes && literal.first() != Some(&b'"') { Self::Bare } else { self }
    }
}

/// Turns cuts from ranges of a text to ranges of the literal that the text was decoded from, so that the rest of the
/// literal stays as it was written.
fn in_literal(literal: &[u8], pieces: &[(Span, bool)], escapes: Escapes) -> Option<Vec<(Range<usize>, bool)>> {
    if matches!(escapes, Escapes::None | Escapes::Bare) {
        let end = pieces.last().map_or(0, |piece| piece.0.end);
        let cuts = pieces.iter().map(|&(span, space)| (span.start..span.end, space));
        return (end <= literal.len()).then(|| cuts.collect());
    }
    let mut at = LiteralCursor { literal, escapes, byte: 1, text: 0 };
    let mut cuts = Vec::with_capacity(pieces.len());
    for &(span, space) in pieces {
        let start = at.advance_to(span.start)?;
        cuts.push((start..at.advance_to(span.end)?, space));
    }
    Some(cuts)
}

/// A place in a literal, in its bytes and in those of the text that it stands for.
struct LiteralCursor<'l> {
    literal: &'l [u8],
    escapes: Escapes,
    byte: usize,
    text: usize,
}

impl LiteralCursor<'_> {
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
        match (self.escapes, self.literal.get(self.byte..)?) {
            (Escapes::Quotes, [b'"', b'"', ..]) => Some((2, 1)),
            (_, [b'"', ..] | []) => None,
            (Escapes::Json, [b'\\', b'u', ..]) => {
                let code = self.code(self.byte + 2)?;
                // Two escapes together are one character outside of the basic plane.
                if (0xd800..0xdc00).contains(&code) {
                    Some((12, 4))
                } else {
                    Some((6, char::from_u32(code)?.len_utf8()))
                }
            }
            (Escapes::Json, [b'\\', ..]) => Some((2, 1)),
            _ => Some((1, 1)),
        }
    }

    fn code(&self, at: usize) -> Option<u32> {
        let digits = std::str::from_utf8(self.literal.get(at..at + 4)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
#[cfg(feature = "html")]
mod tests {
    use super::*;
    use doublon_core::Span;

    #[test]
    fn a_page_that_would_say_something_else_cannot_lose_a_piece() {
        let can_lose = |page: &str, start: usize, end: usize| {
            StoredRecord { bytes: page.as_bytes(), format: Format::Html }.can_lose(&[(Span::new(start, end), false)])
        };
        assert!(can_lose("<p>One</p><p>two</p>", 0, 3));
        assert!(!can_lose("<p>One</p>", 0, 30), "it has no such piece");
        // Without `<p>`, the end of the section is text.
        assert!(!can_lose("<svg><![CDATA[<p>]]>&eacute;<p>", 0, 5));
        let plain = StoredRecord { bytes: b"One", format: Format::Plain };
        assert!(plain.can_lose(&[(Span::new(0, 3), false)]));
    }
}
