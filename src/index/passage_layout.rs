//! The layout of the file that leads to the passages of a segment, byte by byte; `docs/index-format.md` describes it.

use std::ops::Range;

use doublon_core::hash::seeded_hash;

use super::bytes::{ByteReader, VARINT_BYTES, put_varint, varint_at};
use super::layout::{CHECKSUM, checked_header};

/// The version of the format that is written, and the only one that is read.
pub(super) const PASSAGE_VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"doublonP";

/// Bytes of a header.
pub(super) const PASSAGE_HEADER: usize = 8 + 4 + 4 + 4 + 4 + 8 + 8 + 16 + PARTS * 8 + CHECKSUM;

const PARTS: usize = 4;

/// Postings of a piece.
pub(super) const POSTINGS: usize = 512;

/// Words of which the texts are packed together.
pub(super) const WORDS: usize = 4096;

/// Bytes of an entry of the directory for a piece of postings: its first key and where it ends.
pub(super) const POSTING_PIECE: usize = 4 + 8;

/// The parts of the file, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PassagePart {
    /// What the words of the vocabulary are, packed by [`WORDS`].
    Texts,
    /// Where something stood in documents that does not count, one piece.
    Gaps,
    /// Which documents have a key, ascending, in pieces of [`POSTINGS`].
    Postings,
    /// What leads to texts and postings, one piece.
    Directory,
}

/// What the file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PassageHeader {
    pub documents: u32,
    pub words: u32,
    /// How many of the highest bits of a key are kept.
    pub bits: u32,
    pub postings: u64,
    /// What checksums depend on.
    pub salt: u64,
    /// The hash of the header of the segment to which it belongs.
    pub segment: u128,
    /// Where each part ends.
    pub ends: [u64; PARTS],
}

/// Keys have so many bits more than are needed to number postings: by chance one key in 64 that is looked up meets another.
const MORE_BITS: u32 = 6;

/// Returns how many bits of a key are kept where there are so many postings.
pub(super) fn key_bits(postings: u64) -> u32 {
    (u64::BITS - postings.leading_zeros() + MORE_BITS).min(u32::BITS)
}

/// Returns the bits of a key that are kept.
pub(super) fn kept_bits(key: u64, bits: u32) -> u32 {
    (key >> (u64::BITS - bits)) as u32
}

impl PassageHeader {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(PASSAGE_HEADER);
        out.extend(MAGIC);
        let counts = [PASSAGE_VERSION, self.documents, self.words, self.bits];
        out.extend(counts.iter().flat_map(|value| value.to_le_bytes()));
        out.extend([self.postings, self.salt].iter().flat_map(|value| value.to_le_bytes()));
        out.extend(self.segment.to_le_bytes());
        out.extend(self.ends.iter().flat_map(|end| end.to_le_bytes()));
        out.extend(seeded_hash(&out, 0).to_le_bytes());
        out
    }

    /// Reads a header of a file of `length` bytes, or says what is wrong with it.
    pub fn read(bytes: &[u8], length: u64) -> Result<Self, String> {
        let short = || "it does not lead to passages of an index, or is cut short".to_owned();
        let mut reader = checked_header(bytes, PASSAGE_HEADER, (MAGIC, PASSAGE_VERSION), short)?;
        let header = Self::read_fields(&mut reader).ok_or_else(short)?;
        header.check(length)?;
        Ok(header)
    }

    fn read_fields(reader: &mut ByteReader) -> Option<Self> {
        let [documents, words, bits] = [reader.u32()?, reader.u32()?, reader.u32()?];
        let (postings, salt, segment) = (reader.u64()?, reader.u64()?, reader.u128()?);
        let mut ends = [0; PARTS];
        for end in &mut ends {
            *end = reader.u64()?;
        }
        Some(Self { documents, words, bits, postings, salt, segment, ends })
    }

    fn check(&self, length: u64) -> Result<(), String> {
        let sizes = || format!("it has {length} bytes, and its header says otherwise");
        if self.ends[0] < PASSAGE_HEADER as u64 || !self.ends.is_sorted() || self.ends[PARTS - 1] != length {
            return Err(sizes());
        }
        let len = |part| self.part(part).end - self.part(part).start;
        // A posting takes two bytes and more, so that nothing larger than the file is made of the counts.
        let is_possible = self.bits == key_bits(self.postings) && self.postings <= len(PassagePart::Postings) / 2;
        let directory = (self.directory_bytes() + CHECKSUM) as u64;
        if is_possible && len(PassagePart::Directory) == directory { Ok(()) } else { Err(sizes()) }
    }

    /// Returns where a part stands in the file.
    pub fn part(&self, part: PassagePart) -> Range<u64> {
        let start = (part as usize).checked_sub(1).map_or(PASSAGE_HEADER as u64, |before| self.ends[before]);
        start..self.ends[part as usize]
    }

    /// Pieces of the texts of words.
    pub fn text_pieces(&self) -> usize {
        (self.words as usize).div_ceil(WORDS)
    }

    /// Pieces of postings.
    pub fn posting_pieces(&self) -> usize {
        (self.postings as usize).div_ceil(POSTINGS)
    }

    /// Bytes of the directory: the end of each piece of texts, then of each piece of postings its first key and its end.
    pub fn directory_bytes(&self) -> usize {
        self.text_pieces() * 8 + self.posting_pieces() * POSTING_PIECE
    }
}

/// Appends a piece of postings, which ascend: of each how much its key is above the one before, then its row, or how much
/// that is above the one before where the key is the same.
pub(super) fn put_postings(postings: &[(u32, u32)], out: &mut Vec<u8>) {
    let Some(&(first, _)) = postings.first() else { return };
    let (mut last, mut at) = ((first, 0), out.len());
    out.resize(at + postings.len() * 2 * VARINT_BYTES, 0);
    for &(key, row) in postings {
        let base = if key == last.0 { last.1 } else { 0 };
        at = put_varint(key - last.0, out, at);
        at = put_varint(row - base, out, at);
        last = (key, row);
    }
    out.truncate(at);
}

/// Replaces `postings` by those of a piece of so many, of which the first key is `first`; none if they are not that.
pub(super) fn read_postings(
    bytes: &[u8],
    (first, count): (u32, usize),
    documents: u32,
    postings: &mut Vec<(u32, u32)>,
) -> Option<()> {
    postings.clear();
    let (mut last, mut at) = ((first, 0), 0);
    for _ in 0..count {
        let (key, row);
        (key, at) = varint_at(bytes, at)?;
        (row, at) = varint_at(bytes, at)?;
        let base = if key == 0 { last.1 } else { 0 };
        let next = (last.0.checked_add(key)?, row.checked_add(base).filter(|&row| row < documents)?);
        if postings.last().is_some_and(|&before| before > next) {
            return None;
        }
        postings.push(next);
        last = next;
    }
    let is_first = postings.first().is_none_or(|&(key, _)| key == first);
    (at == bytes.len() && is_first).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_come_back_and_what_is_none_is_refused() {
        let postings = [(7, 0), (7, 1), (7, 900), (8, 3), (u32::MAX, 2), (u32::MAX, 3)];
        let (mut bytes, mut found) = (Vec::new(), vec![(1, 1)]);
        put_postings(&postings, &mut bytes);
        assert_eq!(read_postings(&bytes, (7, 6), 901, &mut found), Some(()));
        assert_eq!(found, postings);
        assert_eq!(read_postings(&bytes, (7, 6), 900, &mut found), None, "a row that is none");
        assert_eq!(read_postings(&bytes, (7, 5), 901, &mut found), None, "more than there are");
        assert_eq!(read_postings(&bytes, (7, 7), 901, &mut found), None, "fewer");
        assert_eq!(read_postings(&bytes, (8, 6), 901, &mut found), None, "keys beyond the last");
        assert_eq!(
            read_postings(&[0, 1, 0, 0], (7, 2), 9, &mut found),
            Some(()),
            "two keys, the same as far as they are kept"
        );
        assert_eq!(read_postings(&[], (0, 0), 0, &mut found), Some(()));
    }

    #[test]
    fn a_header_comes_back_and_no_flipped_bit_passes() {
        let header = |postings: u64| {
            let (words, bits) = (5000, key_bits(postings));
            let mut header =
                PassageHeader { documents: 9, words, bits, postings, salt: 5, segment: 6, ends: [0; PARTS] };
            let lens = [300, 10, 2 * 600, header.directory_bytes() as u64 + 8];
            let mut end = PASSAGE_HEADER as u64;
            for (place, len) in header.ends.iter_mut().zip(lens) {
                end += len;
                *place = end;
            }
            header
        };
        let (whole, bytes) = (header(600), header(600).to_bytes());
        let length = whole.ends[PARTS - 1];
        assert_eq!(bytes.len(), PASSAGE_HEADER);
        assert_eq!(PassageHeader::read(&bytes, length), Ok(whole));
        for at in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[at / 8] ^= 1 << (at % 8);
            assert!(PassageHeader::read(&changed, length).is_err(), "bit {at}");
        }
        assert!(PassageHeader::read(&bytes, length + 1).is_err());
        let more = header(1000);
        assert!(PassageHeader::read(&more.to_bytes(), more.ends[PARTS - 1]).is_err(), "more than there is room for");
    }

    #[test]
    fn keys_have_some_bits_more_than_postings_need() {
        assert_eq!((key_bits(0), key_bits(1), key_bits(1000), key_bits(1 << 40)), (6, 7, 16, 32));
        assert_eq!(kept_bits(u64::MAX, 6), 63);
        assert_eq!(kept_bits(u64::MAX, 32), u32::MAX);
    }
}
