//! A stretch of a source that holds whole records.

use std::ops::Range;
use std::sync::Arc;

use encoding_rs::Encoding;
use memchr::memchr_iter;

use super::array;
use super::format::Format;
use super::line::RecordLine;
use super::markup::message_ends;
use super::record::Item;
use super::table::{TableDialect, TableLayout};

/// Large enough that handing it to another thread costs nothing beside parsing it; small enough that a few hundred
/// of them fit in memory and that a file of some megabytes keeps all threads busy.
pub(super) const BLOCK: usize = 1 << 20;

/// A stretch of a source that holds whole records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// The bytes, as they stand in the source after its compression is taken off.
    pub bytes: Vec<u8>,
    /// The number of the first record in it.
    pub first_record: u64,
    /// The byte in the decompressed source at which the block starts.
    pub offset: u64,
    /// How to read the rows of a table.
    pub(super) table: Option<Arc<TableLayout>>,
    /// The encoding of lines, if they are in another than UTF-8.
    pub(super) encoding: Option<&'static Encoding>,
    /// The records, of formats whose reader gives parsed records instead of bytes.
    pub(super) items: Vec<Item>,
}

impl Block {
    /// Makes a block of whole records that stand at `offset` in a source.
    pub fn of(bytes: Vec<u8>, first_record: u64, offset: u64) -> Self {
        Self { bytes, first_record, offset, ..Self::default() }
    }

    /// Returns how the fields of its records are written, if they are rows of a table.
    pub(crate) fn dialect(&self) -> Option<TableDialect> {
        self.table.as_ref().map(|table| table.dialect())
    }

    /// Returns how many bytes the block and its parsed texts take.
    pub fn size(&self) -> usize {
        let text = |item: &Item| if let Item::Document(record) = item { record.text.len() } else { 0 };
        self.bytes.len() + self.items.iter().map(text).sum::<usize>()
    }

    /// Cuts the block into blocks of one record each, if the records of the format are lines, elements or messages.
    pub fn pieces(&self, format: Format) -> Vec<Self> {
        if format == Format::Json {
            return array::lines(&self.bytes, self.first_record, self.offset)
                .map(|line| self.one(line.record, line.range))
                .collect();
        }
        if format == Format::Mbox {
            let mut start = 0;
            let message = |(end, record)| self.one(record, std::mem::replace(&mut start, end)..end);
            return message_ends(&self.bytes).into_iter().zip(self.first_record..).map(message).collect();
        }
        if !matches!(format, Format::Lines | Format::Jsonl) {
            return vec![self.clone()];
        }
        let piece = |RecordLine { record, offset, range }: RecordLine| Self {
            bytes: self.bytes[range].to_vec(),
            first_record: record,
            offset,
            encoding: self.encoding,
            ..Self::default()
        };
        self.lines().map(piece).collect()
    }

    /// Returns the lines of the block in order. A line feed at the very end does not begin another line.
    pub(super) fn lines(&self) -> impl Iterator<Item = RecordLine> {
        let last = (self.bytes.last() != Some(&b'\n')).then_some(self.bytes.len());
        let mut start = 0;
        memchr_iter(b'\n', &self.bytes).chain(last).zip(self.first_record..).map(move |(end, record)| {
            let range = start..end;
            start = end + 1;
            RecordLine { record, offset: self.offset + range.start as u64, range }
        })
    }

    /// Returns the block of one record of this one, which stands at `range`.
    #[must_use]
    pub fn one(&self, record: u64, range: Range<usize>) -> Self {
        let offset = self.offset + range.start as u64;
        let (bytes, table) = (self.bytes[range].to_vec(), self.table.clone());
        Self { bytes, first_record: record, offset, table, encoding: self.encoding, items: Vec::new() }
    }
}

/// Where the last whole record ends of the bytes that are at hand.
pub(super) enum BlockCut {
    /// After so many bytes, which hold so many records.
    Whole { end: usize, records: u64 },
    /// Not in what is there.
    More,
}
