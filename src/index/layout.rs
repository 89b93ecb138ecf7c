//! The layout of a segment, byte by byte; `docs/index-format.md` describes it.
//!
//! A segment is a header and seven parts, one behind the other. A part is a sequence of pieces, each with its checksum
//! behind it, so that what is read at any place is checked by itself. Whatever can be worked out from the number of
//! documents is held against it before anything is read.

use std::ops::Range;

use doublon_core::candidate::lsh::Sketch;
use doublon_core::hash::{mix, seeded_hash};

use super::bytes::ByteReader;

/// The version of the format that is written, and the only one that is read.
pub(super) const VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"doublonS";

/// Bytes of a header.
pub(super) const HEADER: usize = 8 + 4 + 4 + 4 + 4 + 8 + 16 + 16 + PARTS * 8 + CHECKSUM;

/// Bytes of a checksum.
pub(super) const CHECKSUM: usize = 8;

const PARTS: usize = 7;

/// The most bands that settings let have; so no product of counts exceeds 64 bits.
const MOST_BANDS: u32 = 1 << 16;

/// Entries of a piece of keys: as many as two kilobytes have room for.
pub(super) const KEYS: usize = 170;

/// Bytes of an entry: the key and the row.
pub(super) const KEY_ENTRY: usize = 12;

/// Names that are packed together.
pub(super) const NAMES: usize = 64;

/// The parts of a segment, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The words of each document, a piece each.
    Words,
    /// A row for each document, a piece each.
    Rows,
    /// For each band the keys of all documents with their rows, ascending.
    Keys,
    /// The names of documents, packed by [`NAMES`].
    Names,
    /// The hash of each word, one piece.
    Vocabulary,
    /// The names of the sources, packed in one piece.
    Sources,
    /// What leads to keys and names, one piece.
    Directory,
}

/// What a segment says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub bands: u32,
    pub documents: u32,
    pub words: u32,
    /// What checksums depend on, so that no piece of another segment passes for one of this.
    pub salt: u64,
    /// The index to which it belongs.
    pub index: u128,
    /// The hash of the settings of that.
    pub settings: u128,
    /// Where each part ends.
    pub ends: [u64; PARTS],
}

impl Header {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER);
        out.extend(MAGIC);
        out.extend([VERSION, self.bands, self.documents, self.words].iter().flat_map(|value| value.to_le_bytes()));
        out.extend(self.salt.to_le_bytes());
        out.extend(self.index.to_le_bytes());
        out.extend(self.settings.to_le_bytes());
        out.extend(self.ends.iter().flat_map(|end| end.to_le_bytes()));
        out.extend(seeded_hash(&out, 0).to_le_bytes());
        out
    }

    /// Reads a header of a file of `length` bytes, or says what is wrong with it.
    pub fn read(bytes: &[u8], length: u64) -> Result<Self, String> {
        let short = || "it is no segment of an index, or cut short".to_owned();
        let mut reader = checked_header(bytes, HEADER, (MAGIC, VERSION), short)?;
        let header = Self::read_fields(&mut reader).ok_or_else(short)?;
        header.check(length)?;
        Ok(header)
    }

    fn read_fields(reader: &mut ByteReader) -> Option<Self> {
        let [bands, documents, words] = [reader.u32()?, reader.u32()?, reader.u32()?];
        let (salt, index, settings) = (reader.u64()?, reader.u128()?, reader.u128()?);
        let mut ends = [0; PARTS];
        for end in &mut ends {
            *end = reader.u64()?;
        }
        Some(Self { bands, documents, words, salt, index, settings, ends })
    }

    fn check(&self, length: u64) -> Result<(), String> {
        if self.bands > MOST_BANDS {
            return Err(format!("it has {} bands, and there are at most {MOST_BANDS}", self.bands));
        }
        let lens = |part| self.part(part).end - self.part(part).start;
        if self.ends[0] < HEADER as u64 || !self.ends.is_sorted() || self.ends[PARTS - 1] != length {
            return Err(format!("it has {length} bytes, and its header says otherwise"));
        }
        let (documents, bands) = (u64::from(self.documents), u64::from(self.bands));
        let keys = bands * (documents * KEY_ENTRY as u64 + self.key_pieces() as u64 * CHECKSUM as u64);
        let sized = [
            (Part::Rows, documents * ROW_PIECE),
            (Part::Keys, keys),
            (Part::Vocabulary, u64::from(self.words) * 8 + CHECKSUM as u64),
            (Part::Directory, self.directory_bytes() as u64 + CHECKSUM as u64),
        ];
        match sized.iter().find(|&&(part, bytes)| lens(part) != bytes) {
            Some((part, _)) => Err(format!("its part {part:?} has not the size that its header says")),
            None => Ok(()),
        }
    }

    /// Returns where a part stands in the file.
    pub fn part(&self, part: Part) -> Range<u64> {
        let start = (part as usize).checked_sub(1).map_or(HEADER as u64, |before| self.ends[before]);
        start..self.ends[part as usize]
    }

    /// Pieces of the keys of a band.
    pub fn key_pieces(&self) -> usize {
        (self.documents as usize).div_ceil(KEYS)
    }

    /// Pieces of names.
    pub fn name_pieces(&self) -> usize {
        (self.documents as usize).div_ceil(NAMES)
    }

    /// Blocks of the filter, of 64 bytes each.
    pub fn filter_blocks(&self) -> usize {
        filter_blocks(self.documents as usize * self.bands as usize)
    }

    /// Bytes of the directory: the filter, the first key of each piece of keys, and the end of each piece of names.
    pub fn directory_bytes(&self) -> usize {
        self.filter_blocks() * 64 + (self.bands as usize * self.key_pieces() + self.name_pieces()) * 8
    }
}

/// Bits of the filter for each key.
const FILTER_BITS: usize = 10;

/// Returns how many blocks of 512 bits the filter of so many keys has.
pub(super) fn filter_blocks(keys: usize) -> usize {
    (keys * FILTER_BITS).div_ceil(512)
}

/// Returns the block of the filter in which a key of a band is, and its bits there.
///
/// Source: Putze, Sanders and Singler, "Cache-, hash-, and space-efficient Bloom filters", Journal of Experimental
/// Algorithmics 14, 2009.
pub(super) fn filter_place(band: usize, key: u64, blocks: usize) -> (usize, [u64; 8]) {
    let hash = mix(key ^ mix(band as u64 + 1));
    let block = ((u128::from(hash) * blocks as u128) >> 64) as usize;
    let (mut bits, mut rest) = ([0; 8], mix(hash));
    for _ in 0..6 {
        bits[(rest >> 6) as usize & 7] |= 1 << (rest & 63);
        rest >>= 9;
    }
    (block, bits)
}

/// Returns what stands in a header of `len` bytes behind its magic bytes and its version, which must be these, and before its
/// checksum, which must be right; or says what is wrong with it: `short` if it is no such header.
pub(super) fn checked_header(
    bytes: &[u8],
    len: usize,
    (magic, version): ([u8; 8], u32),
    short: impl Fn() -> String,
) -> Result<ByteReader<'_>, String> {
    let (content, checksum) = bytes.split_at_checked(len - CHECKSUM).ok_or_else(&short)?;
    let mut reader = ByteReader(content);
    if reader.array() != Some(magic) {
        return Err(short());
    }
    let found = reader.u32().ok_or_else(&short)?;
    if found != version {
        return Err(format!("it has format {found}, and this version reads {version}; build the index again"));
    }
    if checksum != seeded_hash(content, 0).to_le_bytes() && !cfg!(fuzzing) {
        return Err("the checksum of its header is wrong".to_owned());
    }
    Ok(reader)
}

/// Returns the checksum of a piece that stands at `at`.
pub(super) fn checksum(piece: &[u8], salt: u64, at: u64) -> [u8; CHECKSUM] {
    seeded_hash(piece, mix(salt ^ mix(at))).to_le_bytes()
}

/// Bytes of a row.
pub(super) const ROW: usize = 9 * 8 + 3 * 4 + size_of::<Sketch>();
const ROW_PIECE: u64 = (ROW + CHECKSUM) as u64;

/// How texts are told to be equal: hashes by the seed of the index. Equal ones belong to equal texts but for chance, and
/// only name how far two documents are equal that were measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TextHashes {
    /// Of the sequence of words, 0 without a word.
    pub words: u64,
    /// Of the characters but for white space and forms of normalisation.
    pub characters: u64,
    /// Of the text.
    pub text: u64,
    /// Of its bytes as they were stored, 0 where they are those of the text.
    pub raw: u64,
}

/// What a segment keeps of each document at a fixed place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The number of the document in the index, which is its place in keep order.
    pub number: u64,
    /// Its position in its source.
    pub record: u64,
    pub text_bytes: u64,
    /// The hash that findings have of its text.
    pub fingerprint: u64,
    pub hashes: TextHashes,
    /// Where its words stand in their part.
    pub words_at: u64,
    pub words_len: u32,
    pub source: u32,
    pub flags: u32,
    pub sketch: Sketch,
}

/// The flag of a document whose id stands more than once in its source.
pub(super) const REPEATED_ID: u32 = 1;

impl Row {
    pub fn to_bytes(self) -> Vec<u8> {
        let TextHashes { words, characters, text, raw } = self.hashes;
        let wide = [self.number, self.record, self.text_bytes, self.fingerprint, words, characters, text, raw];
        let mut out = Vec::with_capacity(ROW);
        out.extend(wide.iter().chain([&self.words_at]).flat_map(|value| value.to_le_bytes()));
        let narrow = [self.words_len, self.source, self.flags];
        out.extend(narrow.iter().flat_map(|value| value.to_le_bytes()));
        out.extend(self.sketch);
        out
    }

    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = ByteReader(bytes);
        let [number, record, text_bytes, fingerprint] = [reader.u64()?, reader.u64()?, reader.u64()?, reader.u64()?];
        let [words, characters, text, raw] = [reader.u64()?, reader.u64()?, reader.u64()?, reader.u64()?];
        let words_at = reader.u64()?;
        let [words_len, source, flags] = [reader.u32()?, reader.u32()?, reader.u32()?];
        let hashes = TextHashes { words, characters, text, raw };
        let sketch = reader.array()?;
        let is_end = reader.0.is_empty();
        let row = Self { number, record, text_bytes, fingerprint, hashes, words_at, words_len, source, flags, sketch };
        is_end.then_some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        let mut header =
            Header { bands: 3, documents: 200, words: 9, salt: 5, index: 6, settings: 7, ends: [HEADER as u64; PARTS] };
        let keys = 3 * (200 * KEY_ENTRY + 2 * CHECKSUM) as u64;
        let lens = [1000, 200 * ROW_PIECE, keys, 70, 9 * 8 + 8, 30, header.directory_bytes() as u64 + 8];
        let mut end = HEADER as u64;
        for (place, len) in header.ends.iter_mut().zip(lens) {
            end += len;
            *place = end;
        }
        header
    }

    #[test]
    fn a_header_comes_back_and_no_flipped_bit_passes() {
        let (header, bytes) = (header(), header().to_bytes());
        let length = header.ends[PARTS - 1];
        assert_eq!(bytes.len(), HEADER);
        assert_eq!(Header::read(&bytes, length), Ok(header));
        for at in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[at / 8] ^= 1 << (at % 8);
            assert!(Header::read(&changed, length).is_err(), "bit {at}");
        }
        assert!(Header::read(&bytes, length + 1).is_err(), "cut short, or longer");
        assert!(Header::read(&bytes[..HEADER - 1], length).is_err());
    }

    #[test]
    fn sizes_that_do_not_follow_from_the_counts_are_refused_before_anything_is_read() {
        let length = header().ends[PARTS - 1];
        let refused = |change: &dyn Fn(&mut Header)| {
            let mut changed = header();
            change(&mut changed);
            Header::read(&changed.to_bytes(), length).is_err()
        };
        assert!(!refused(&|_| {}));
        assert!(refused(&|header| header.documents = u32::MAX));
        assert!(refused(&|header| header.bands = u32::MAX));
        assert!(refused(&|header| header.words = u32::MAX));
        assert!(refused(&|header| header.ends[3] = u64::MAX));
        assert!(refused(&|header| header.ends[0] = 0));
        let other = header().to_bytes();
        let mut newer = other.clone();
        newer[8] = 2;
        let why = Header::read(&newer, length).expect_err("a newer format");
        assert_eq!(why, "it has format 2, and this version reads 1; build the index again");
    }

    #[test]
    fn a_row_comes_back() {
        let hashes = TextHashes { words: 5, characters: 6, text: 7, raw: 8 };
        let row = Row {
            number: 1,
            record: 2,
            text_bytes: 3,
            fingerprint: 4,
            hashes,
            words_at: 9,
            words_len: 10,
            source: 12,
            flags: REPEATED_ID,
            sketch: [13; 64],
        };
        assert_eq!(row.to_bytes().len(), ROW);
        assert_eq!(Row::read(&row.to_bytes()), Some(row));
        assert_eq!(Row::read(&row.to_bytes()[1..]), None);
    }

    #[test]
    fn the_filter_has_all_keys_and_few_others() {
        let blocks = filter_blocks(12_000);
        let mut filter = vec![[0u64; 8]; blocks];
        for n in 0..12_000u64 {
            let (block, bits) = filter_place(n as usize % 12, mix(n), blocks);
            filter[block].iter_mut().zip(bits).for_each(|(word, bits)| *word |= bits);
        }
        let has = |band, key| {
            let (block, bits) = filter_place(band, key, blocks);
            filter[block].iter().zip(bits).all(|(word, bits)| word & bits == bits)
        };
        assert!((0..12_000u64).all(|n| has(n as usize % 12, mix(n))));
        let others = (12_000..24_000u64).filter(|&n| has(n as usize % 12, mix(n))).count();
        assert!(others < 360, "{others} of 12,000 pass");
    }
}
