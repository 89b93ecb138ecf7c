//! What leads to the passages of a segment, as it is read.

use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use super::bytes::{ByteReader, unpack};
use super::layout::{CHECKSUM, Header};
use super::passage_layout::{
    PASSAGE_HEADER, POSTING_PIECE, POSTINGS, PassageHeader, PassagePart, WORDS, kept_bits, read_postings,
};
use super::pieces::{PieceFile, once};
use super::word_texts::WordTexts;
use crate::error::{Error, Result};

/// The file beside a segment that leads to its passages.
#[derive(Debug)]
pub(super) struct PassageFile {
    file: PieceFile,
    header: PassageHeader,
    directory: OnceLock<Directory>,
    texts: OnceLock<WordTexts>,
    gaps: OnceLock<Vec<(u32, Vec<u32>)>>,
}

/// What leads to texts and postings.
#[derive(Debug)]
struct Directory {
    /// Where each piece of texts ends in its part.
    text_ends: Vec<u64>,
    /// The first key of each piece of postings, and where it ends in its part.
    postings: Vec<(u32, u64)>,
}

impl PassageFile {
    /// Opens the file, whose header has the hash `expected`, of a segment with this header, which has the hash `hash`.
    pub fn open(path: &Path, expected: Option<u128>, (segment, hash): (&Header, u128)) -> Result<Self> {
        let read = |bytes: &[u8], length| {
            let header = PassageHeader::read(bytes, length)?;
            let salt = header.salt;
            let counts = [(header.documents, segment.documents), (header.words, segment.words)];
            let is_of_segment = header.segment == hash && counts.iter().all(|(own, other)| own == other);
            if is_of_segment { Ok((header, salt)) } else { Err("it is of another segment".to_owned()) }
        };
        let (file, header) = PieceFile::open(path, PASSAGE_HEADER, expected, read)?;
        let (directory, texts, gaps) = Default::default();
        Ok(Self { file, header, directory, texts, gaps })
    }

    pub fn header(&self) -> &PassageHeader {
        &self.header
    }

    /// Returns what the words of the vocabulary are.
    pub fn texts(&self) -> Result<&WordTexts> {
        let part = PassagePart::Texts;
        once(&self.texts, || {
            let (mut texts, mut start) = (WordTexts::default(), 0);
            for &end in &self.directory()?.text_ends {
                let len = end.checked_sub(start).and_then(|len| len.checked_sub(CHECKSUM as u64));
                let packed =
                    self.file.piece(self.part(part), start, len.ok_or_else(|| self.damaged(part))? as usize)?;
                let bytes = unpack(&packed).ok_or_else(|| self.damaged(part))?;
                let (mut reader, count) = (ByteReader(&bytes), WORDS.min(self.header.words as usize - texts.len()));
                for _ in 0..count {
                    texts.push(reader.text().ok_or_else(|| self.damaged(part))?);
                }
                start = end;
            }
            Ok(texts)
        })
    }

    /// Returns the words of a document, by their numbers in it, before which something stood that does not count.
    pub fn gaps(&self, row: u32) -> Result<&[u32]> {
        let all = self.all_gaps()?;
        Ok(all.binary_search_by_key(&row, |&(row, _)| row).map_or(&[], |at| all[at].1.as_slice()))
    }

    /// Returns those of all documents that have any.
    pub fn all_gaps(&self) -> Result<&[(u32, Vec<u32>)]> {
        let part = PassagePart::Gaps;
        let load = || {
            unpack(&self.file.whole(self.part(part))?)
                .and_then(|bytes| read_gaps(&bytes))
                .ok_or_else(|| self.damaged(part))
        };
        once(&self.gaps, load).map(Vec::as_slice)
    }

    /// Calls `each` with the rows of the documents that have one of some keys, which ascend: of each key with the first
    /// `most` rows that are wanted. By chance a row may be among them whose document has none.
    pub fn for_each_row(
        &self,
        keys: &[u64],
        most: usize,
        is_wanted: impl Fn(u32) -> bool,
        mut each: impl FnMut(u32),
    ) -> Result<()> {
        let (mut read, mut postings, directory) = (None, Vec::new(), self.directory()?);
        for &key in keys {
            let key = kept_bits(key, self.header.bits);
            let first = directory.postings.partition_point(|&(first, _)| first < key).saturating_sub(1);
            let end = directory.postings.partition_point(|&(first, _)| first <= key);
            let mut left = most;
            for piece in first..end {
                if read.replace(piece) != Some(piece) {
                    self.read_piece(piece, &mut postings)?;
                }
                let from = postings.partition_point(|&(other, _)| other < key);
                let of_key = postings[from..].iter().take_while(|&&(other, _)| other == key).map(|&(_, row)| row);
                for row in of_key.filter(|&row| is_wanted(row)).take(left) {
                    each(row);
                    left -= 1;
                }
            }
        }
        Ok(())
    }

    /// Returns the postings of a piece: keys and rows.
    pub fn postings(&self, piece: usize) -> Result<Vec<(u32, u32)>> {
        let mut postings = Vec::new();
        self.read_piece(piece, &mut postings).map(|()| postings)
    }

    fn read_piece(&self, piece: usize, postings: &mut Vec<(u32, u32)>) -> Result<()> {
        let (part, directory) = (PassagePart::Postings, self.directory()?);
        let start = piece.checked_sub(1).map_or(0, |before| directory.postings[before].1);
        let (first, end) = directory.postings[piece];
        let len = end.checked_sub(start).and_then(|len| len.checked_sub(CHECKSUM as u64));
        let bytes = self.file.piece(self.part(part), start, len.ok_or_else(|| self.damaged(part))? as usize)?;
        let count = POSTINGS.min(self.header.postings as usize - piece * POSTINGS);
        read_postings(&bytes, (first, count), self.header.documents, postings).ok_or_else(|| self.damaged(part))
    }

    /// Says that a part is damaged.
    pub fn damaged(&self, part: PassagePart) -> Error {
        self.file.damaged(part)
    }

    fn part(&self, part: PassagePart) -> (PassagePart, Range<u64>) {
        (part, self.header.part(part))
    }

    fn directory(&self) -> Result<&Directory> {
        once(&self.directory, || {
            let bytes = self.file.piece(self.part(PassagePart::Directory), 0, self.header.directory_bytes())?;
            let (texts, postings) = bytes.split_at(self.header.text_pieces() * 8);
            let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte));
            let text_ends = texts.chunks_exact(8).map(number).collect();
            let entry = |bytes: &[u8]| (number(&bytes[..4]) as u32, number(&bytes[4..]));
            Ok(Directory { text_ends, postings: postings.chunks_exact(POSTING_PIECE).map(entry).collect() })
        })
    }
}

/// Reads which documents have gaps, ascending, each with its gaps, which ascend too.
fn read_gaps(bytes: &[u8]) -> Option<Vec<(u32, Vec<u32>)>> {
    let (mut reader, mut all) = (ByteReader(bytes), Vec::<(u32, Vec<u32>)>::new());
    while !reader.0.is_empty() {
        let (row, count) = (reader.varint()?, reader.varint()?);
        let gaps: Option<Vec<u32>> = (0..count).map(|_| reader.varint()).collect();
        let gaps = gaps.filter(|gaps| gaps.is_sorted())?;
        if all.last().is_some_and(|&(last, _)| last >= row) {
            return None;
        }
        all.push((row, gaps));
    }
    Some(all)
}
