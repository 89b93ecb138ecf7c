//! A segment that is read.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::bytes::{ByteReader, unpack};
use super::layout::{CHECKSUM, HEADER, Header, KEY_ENTRY, KEYS, NAMES, Part, REPEATED_ID, ROW, Row, filter_place};
use super::names::DocumentName;
use super::passage_file::PassageFile;
use super::pieces::{PieceFile, once};
use super::words::decode;
use crate::error::{Error, Result};
use crate::finding::DocumentRef;

/// A segment. It stays readable when the file is removed.
#[derive(Debug)]
pub(super) struct Segment {
    file: PieceFile,
    header: Header,
    /// What leads to its passages, if the index has that.
    passages: Option<PassageFile>,
    directory: OnceLock<Directory>,
    vocabulary: OnceLock<Vec<u64>>,
    sources: OnceLock<Vec<Arc<str>>>,
}

/// What leads to keys and names.
#[derive(Debug)]
struct Directory {
    filter: Vec<[u64; 8]>,
    /// The first key of each piece, band by band.
    first_keys: Vec<u64>,
    /// Where each piece of names ends in its part.
    name_ends: Vec<u64>,
}

/// A document of a segment as it is named.
pub(super) struct NamedRow {
    pub row: Row,
    pub reference: DocumentRef,
    pub opening: Arc<str>,
}

impl Segment {
    /// Opens a segment, whose header has the hash `expected` if that is known.
    pub fn open(path: &Path, expected: Option<u128>) -> Result<Self> {
        let read = |bytes: &[u8], length| Header::read(bytes, length).map(|header| (header.clone(), header.salt));
        let (file, header) = PieceFile::open(path, HEADER, expected, read)?;
        let (passages, directory, vocabulary, sources) = Default::default();
        Ok(Self { file, header, passages, directory, vocabulary, sources })
    }

    /// Adds what leads to its passages.
    #[must_use]
    pub fn with_passages(self, passages: Option<PassageFile>) -> Self {
        Self { passages, ..self }
    }

    /// Returns what leads to its passages, if the index has that.
    pub fn passages(&self) -> Option<&PassageFile> {
        self.passages.as_ref()
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    pub fn len(&self) -> u32 {
        self.header.documents
    }

    /// Returns whether the filter lets a key of a band be there.
    pub fn may_have(&self, band: usize, key: u64) -> Result<bool> {
        let filter = &self.directory()?.filter;
        if filter.is_empty() {
            return Ok(false);
        }
        let (block, bits) = filter_place(band, key, filter.len());
        Ok(filter[block].iter().zip(bits).all(|(word, bits)| word & bits == bits))
    }

    /// Appends the rows of the documents that have a key in a band; `buffer` is memory that is used again.
    pub fn rows_of(&self, band: usize, key: u64, buffer: &mut Vec<u8>, rows: &mut Vec<u32>) -> Result<()> {
        if !self.may_have(band, key)? {
            return Ok(());
        }
        let pieces = self.header.key_pieces();
        let first_keys = &self.directory()?.first_keys[band * pieces..(band + 1) * pieces];
        let first = first_keys.partition_point(|&first| first < key).saturating_sub(1);
        let end = first_keys.partition_point(|&first| first <= key);
        for piece in first..end {
            self.read_keys(band, piece, buffer)?;
            let entries = buffer.as_chunks::<KEY_ENTRY>().0;
            let from = entries.partition_point(|entry| key_entry(entry).0 < key);
            let found = entries[from..].iter().map(key_entry).take_while(|entry| entry.0 == key);
            let before = rows.len();
            rows.extend(found.map(|entry| entry.1));
            if rows[before..].iter().any(|&row| row >= self.len()) {
                return Err(self.damaged(Part::Keys));
            }
        }
        Ok(())
    }

    /// Returns whether the directory leads to a key in this piece.
    pub fn leads_to(&self, band: usize, piece: usize, key: u64) -> Result<bool> {
        let pieces = self.header.key_pieces();
        let first_keys = &self.directory()?.first_keys[band * pieces..(band + 1) * pieces];
        let is_before_next = first_keys.get(piece + 1).is_none_or(|&next| key <= next);
        Ok(first_keys[piece] <= key && is_before_next && first_keys.is_sorted())
    }

    /// Returns the keys of a piece of a band, with their rows.
    pub fn keys(&self, band: usize, piece: usize) -> Result<Vec<(u64, u32)>> {
        let mut bytes = Vec::new();
        self.read_keys(band, piece, &mut bytes)?;
        let entries: Vec<(u64, u32)> = bytes.as_chunks::<KEY_ENTRY>().0.iter().map(key_entry).collect();
        let is_sound = entries.iter().all(|entry| entry.1 < self.len()) && entries.is_sorted();
        if is_sound { Ok(entries) } else { Err(self.damaged(Part::Keys)) }
    }

    fn read_keys(&self, band: usize, piece: usize, bytes: &mut Vec<u8>) -> Result<()> {
        let (documents, pieces) = (self.len() as usize, self.header.key_pieces());
        let count = KEYS.min(documents - piece * KEYS);
        let of_band = documents * KEY_ENTRY + pieces * CHECKSUM;
        let at = band * of_band + piece * (KEYS * KEY_ENTRY + CHECKSUM);
        self.read_piece(Part::Keys, at as u64, count * KEY_ENTRY, bytes)
    }

    /// Returns the row of a document.
    pub fn row(&self, row: u32) -> Result<Row> {
        let mut bytes = [0; ROW + CHECKSUM];
        let (place, at) = (self.header.part(Part::Rows), u64::from(row) * (ROW + CHECKSUM) as u64);
        if at + (ROW + CHECKSUM) as u64 > place.end - place.start {
            return Err(self.damaged(Part::Rows));
        }
        self.file.read_checked(Part::Rows, place.start + at, &mut bytes)?;
        Row::read(&bytes[..ROW]).ok_or_else(|| self.damaged(Part::Rows))
    }

    /// Returns the words of a document as numbers.
    pub fn numbered_words(&self, row: &Row) -> Result<Vec<u8>> {
        self.piece(Part::Words, row.words_at, row.words_len as usize)
    }

    /// Replaces `words` by the hashes of the words of a document.
    pub fn words(&self, row: &Row, words: &mut Vec<u64>) -> Result<()> {
        let vocabulary = self.vocabulary()?;
        words.clear();
        decode(&self.numbered_words(row)?, vocabulary, words).ok_or_else(|| self.damaged(Part::Words))
    }

    /// Returns the hashes of all words, by number.
    pub fn vocabulary(&self) -> Result<&[u64]> {
        once(&self.vocabulary, || {
            let bytes = self.piece(Part::Vocabulary, 0, self.header.words as usize * 8)?;
            Ok(numbers(&bytes))
        })
        .map(Vec::as_slice)
    }

    /// Returns the names of the sources.
    pub fn sources(&self) -> Result<&[Arc<str>]> {
        let load = || {
            let packed = self.file.whole((Part::Sources, self.header.part(Part::Sources)))?;
            let bytes = unpack(&packed).ok_or_else(|| self.damaged(Part::Sources))?;
            let (mut reader, mut names) = (ByteReader(&bytes), Vec::new());
            while !reader.0.is_empty() {
                names.push(reader.text().ok_or_else(|| self.damaged(Part::Sources))?.into());
            }
            Ok(names)
        };
        once(&self.sources, load).map(Vec::as_slice)
    }

    /// Returns the names of the documents of a piece, in order of their rows.
    pub fn names(&self, piece: usize) -> Result<Vec<DocumentName>> {
        let ends = &self.directory()?.name_ends;
        let start = piece.checked_sub(1).map_or(0, |before| ends[before]);
        let len = ends[piece].checked_sub(start).and_then(|len| len.checked_sub(CHECKSUM as u64));
        let packed = self.piece(Part::Names, start, len.ok_or_else(|| self.damaged(Part::Names))? as usize)?;
        let bytes = unpack(&packed).ok_or_else(|| self.damaged(Part::Names))?;
        let count = NAMES.min(self.len() as usize - piece * NAMES);
        let mut reader = ByteReader(&bytes);
        let names: Option<Vec<_>> = (0..count).map(|_| DocumentName::read(&mut reader)).collect();
        names.ok_or_else(|| self.damaged(Part::Names))
    }

    /// Returns a document with its name.
    pub fn named(&self, at: u32) -> Result<NamedRow> {
        let row = self.row(at)?;
        let names = self.names(at as usize / NAMES)?;
        self.name(row, &names[at as usize % NAMES])
    }

    /// Names a document.
    pub fn name(&self, row: Row, name: &DocumentName) -> Result<NamedRow> {
        let source = self.sources()?.get(row.source as usize).ok_or_else(|| self.damaged(Part::Sources))?;
        let is_repeated = row.flags & REPEATED_ID != 0;
        let reference = name.reference(source.clone(), row.record, is_repeated);
        Ok(NamedRow { row, reference, opening: name.opening.clone() })
    }

    /// Says that a part is damaged.
    pub fn damaged(&self, part: Part) -> Error {
        self.file.damaged(part)
    }

    fn directory(&self) -> Result<&Directory> {
        once(&self.directory, || {
            let bytes = self.piece(Part::Directory, 0, self.header.directory_bytes())?;
            let all = numbers(&bytes);
            let (filter, rest) = all.split_at(self.header.filter_blocks() * 8);
            let (first_keys, name_ends) = rest.split_at(self.header.bands as usize * self.header.key_pieces());
            let filter = filter.as_chunks::<8>().0.to_vec();
            Ok(Directory { filter, first_keys: first_keys.to_vec(), name_ends: name_ends.to_vec() })
        })
    }

    /// Returns a piece of a part, which is checked.
    fn piece(&self, part: Part, at: u64, len: usize) -> Result<Vec<u8>> {
        self.file.piece((part, self.header.part(part)), at, len)
    }

    /// Reads a piece of a part to `bytes`, and checks it.
    fn read_piece(&self, part: Part, at: u64, len: usize, bytes: &mut Vec<u8>) -> Result<()> {
        self.file.read_piece((part, self.header.part(part)), at, len, bytes)
    }
}

/// Returns a key and the row of its document.
fn key_entry(bytes: &[u8; KEY_ENTRY]) -> (u64, u32) {
    let (key, row) = bytes.split_at(8);
    let key = key.iter().rev().fold(0, |key, &byte| key << 8 | u64::from(byte));
    (key, row.iter().rev().fold(0, |row, &byte| row << 8 | u32::from(byte)))
}

fn numbers(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks::<8>().0.iter().map(|&bytes| u64::from_le_bytes(bytes)).collect()
}
