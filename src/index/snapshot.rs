//! The state of an index at one time, which any number of threads may ask.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;

use doublon_core::Config;
use doublon_core::candidate::lsh::{Sketch, equal_bytes};
use doublon_core::candidate::{Bands, Chance};
use doublon_core::hash::content_hash;
use doublon_core::kernel::SelectionRules;
use doublon_core::text::Shingler;
use doublon_core::verify::Overlap;

use super::bytes::ByteReader;
use super::folder::{IndexFolder, failed};
use super::layout::{Row, TextHashes};
use super::manifest::{Manifest, PassageEntry};
use super::passage_file::PassageFile;
use super::segment::Segment;
use crate::error::{Error, Result};
use crate::finding::Equality;

/// The segments, and what of them counts no more.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    /// In keep order.
    pub segments: Vec<Arc<Segment>>,
    /// The numbers of removed documents, ascending.
    pub removed: Arc<Vec<u64>>,
    rules: SelectionRules,
    shingler: Shingler,
    /// The least number of equal bytes of two sketches that may be of duplicates.
    cut: usize,
    /// Whether only documents with the same characters are duplicates.
    exact: bool,
}

/// Where a document of an index stands. Places are in keep order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RowPlace {
    pub segment: u32,
    pub row: u32,
}

/// A document that is looked up.
pub(super) struct Wanted<'a> {
    /// Its key in each band.
    pub keys: &'a [u64],
    pub sketch: Sketch,
    /// The hashes of its words by the seed of the index.
    pub words: &'a [u64],
    pub hashes: TextHashes,
    /// The sorted set of its shingles, made when it is needed.
    shingles: OnceCell<Vec<u64>>,
}

impl<'a> Wanted<'a> {
    pub fn new(keys: &'a [u64], sketch: Sketch, words: &'a [u64], hashes: TextHashes) -> Self {
        Self { keys, sketch, words, hashes, shingles: OnceCell::new() }
    }
}

/// The first document in keep order that another one is a duplicate of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub place: RowPlace,
    pub row: Row,
    /// Measured with the document of the index as `a`.
    pub overlap: Overlap,
}

/// What two documents with the same words measure: all of the shingles of either are in the other, however many there are.
pub(super) const WHOLE: Overlap = Overlap { a: 1, b: 1, shared: 1 };

/// Memory that is used again.
#[derive(Default)]
pub(super) struct FindScratch {
    rows: Vec<u32>,
    words: Vec<u64>,
    buffer: Vec<u8>,
}

impl Snapshot {
    /// Opens all files of an index.
    pub fn open(folder: &IndexFolder, manifest: &Manifest) -> Result<Self> {
        let open = |entry: &super::manifest::SegmentEntry| {
            let path = folder.file(&entry.file);
            let segment = Segment::open(&path, Some(entry.header))?;
            let header = segment.header();
            let is_of_index = header.index == manifest.index && header.settings == manifest.config.hash();
            if !is_of_index || header.documents != entry.documents || header.bands as usize != manifest.config.bands {
                return Err(Error::Refused { path, detail: "it is a segment of another index".to_owned() });
            }
            let open = |passages: &PassageEntry| {
                PassageFile::open(&folder.file(&passages.file), Some(passages.header), (header, entry.header))
            };
            let passages = entry.passages.as_ref().map(open).transpose()?;
            Ok(Arc::new(segment.with_passages(passages)))
        };
        let segments = manifest.segments.iter().map(open).collect::<Result<_>>()?;
        let removed = match &manifest.removed {
            Some(entry) => read_removed(&folder.file(&entry.file), entry.content)?,
            None => Vec::new(),
        };
        Self::of(segments, removed, &manifest.config)
    }

    fn of(segments: Vec<Arc<Segment>>, removed: Vec<u64>, config: &Config) -> Result<Self> {
        let chance = Chance::new(Bands::new(config.bands, config.rows)?, config.threshold);
        let shingler = Shingler::new(config.text.shingle.k);
        let rules = SelectionRules::of(config);
        let (removed, cut, exact) = (Arc::new(removed), chance.cut(), config.exact);
        Ok(Self { segments, removed, rules, shingler, cut, exact })
    }

    /// Returns the sorted set of the shingles of a text, given the hashes of its words.
    pub fn shingles(&self, words: &[u64]) -> Vec<u64> {
        self.shingler.set(words)
    }

    /// Returns whether [`find`](Self::find) could find anything for a document with these keys.
    pub fn may_find(&self, keys: &[u64]) -> Result<bool> {
        for segment in &self.segments {
            for (band, &key) in keys.iter().enumerate() {
                if segment.may_have(band, key)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Returns the first document, in keep order, that `wanted` is a duplicate of: one that has a key in common with it,
    /// a sketch that is alike, and the similarity, which is measured.
    pub fn find(&self, wanted: &Wanted, scratch: &mut FindScratch) -> Result<Option<Found>> {
        for (segment, number) in self.segments.iter().zip(0..) {
            scratch.rows.clear();
            for (band, &key) in wanted.keys.iter().enumerate() {
                segment.rows_of(band, key, &mut scratch.buffer, &mut scratch.rows)?;
            }
            scratch.rows.sort_unstable();
            scratch.rows.dedup();
            for at in 0..scratch.rows.len() {
                let row = scratch.rows[at];
                if let Some((found, overlap)) = self.measure(segment, row, wanted, &mut scratch.words)? {
                    return Ok(Some(Found { place: RowPlace { segment: number, row }, row: found, overlap }));
                }
            }
        }
        Ok(None)
    }

    /// Measures a document of a segment against `wanted`; none if they are no duplicates.
    fn measure(
        &self,
        segment: &Segment,
        at: u32,
        wanted: &Wanted,
        words: &mut Vec<u64>,
    ) -> Result<Option<(Row, Overlap)>> {
        let row = segment.row(at)?;
        if equal_bytes(&row.sketch, &wanted.sketch) < self.cut || self.is_removed(row.number) {
            return Ok(None);
        }
        if self.exact && !equality(row.hashes, wanted.hashes).is_exact() {
            return Ok(None);
        }
        segment.words(&row, words)?;
        if row.hashes.words == wanted.hashes.words && words == wanted.words {
            return Ok(Some((row, WHOLE)));
        }
        if self.exact {
            return Ok(None);
        }
        let shingles = wanted.shingles.get_or_init(|| self.shingles(wanted.words));
        let measured = self.rules.measure(&self.shingles(words), shingles);
        Ok(measured.filter(|&overlap| self.rules.match_by(overlap)).map(|overlap| (row, overlap)))
    }

    /// Returns where the document with a number stands, if it is held.
    pub fn place_of(&self, number: u64) -> Result<Option<RowPlace>> {
        for (segment, at) in self.segments.iter().zip(0..) {
            if let Some(row) = row_of(segment, number)?.filter(|_| !self.is_removed(number)) {
                return Ok(Some(RowPlace { segment: at, row }));
            }
        }
        Ok(None)
    }

    /// Returns the rows of a segment whose documents were removed from the index, ascending.
    pub fn removed_rows(&self, segment: &Segment) -> Result<Vec<u32>> {
        let Some(last) = segment.len().checked_sub(1) else { return Ok(Vec::new()) };
        let (first, last) = (segment.row(0)?.number, segment.row(last)?.number);
        let from = self.removed.partition_point(|&number| number < first);
        let here = self.removed[from..].iter().take_while(|&&number| number <= last);
        here.filter_map(|&number| row_of(segment, number).transpose()).collect()
    }

    /// Returns whether a document was removed from the index.
    pub fn is_removed(&self, number: u64) -> bool {
        self.removed.binary_search(&number).is_ok()
    }
}

/// Returns the row of the document with a number in a segment, if it is there: numbers ascend.
fn row_of(segment: &Segment, number: u64) -> Result<Option<u32>> {
    let (mut row, mut end) = (0, segment.len());
    while row < end {
        let middle = row + (end - row) / 2;
        if segment.row(middle)?.number < number { row = middle + 1 } else { end = middle }
    }
    let is_there = row < segment.len() && segment.row(row)?.number == number;
    Ok(is_there.then_some(row))
}

/// Returns how far two texts are equal, by their hashes.
pub(super) fn equality(a: TextHashes, b: TextHashes) -> Equality {
    match a.text == b.text {
        true if a.raw == b.raw => Equality::Bytes,
        true => Equality::Words,
        false if a.characters == b.characters => Equality::Characters,
        false if a.words == b.words => Equality::Words,
        false => Equality::None,
    }
}

const REMOVED_MAGIC: [u8; 8] = *b"doublonR";

/// Returns what the file of removed documents holds: how many there are, and their numbers, ascending.
pub(super) fn removed_bytes(numbers: &[u64]) -> Vec<u8> {
    let mut bytes = REMOVED_MAGIC.to_vec();
    bytes.extend((numbers.len() as u64).to_le_bytes());
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

fn read_removed(path: &Path, expected: u128) -> Result<Vec<u64>> {
    let bytes = std::fs::read(path).map_err(failed(path))?;
    let numbers = (content_hash(&bytes) == expected).then(|| parse_removed(&bytes)).flatten();
    let damaged =
        || Error::Refused { path: path.to_owned(), detail: "the list of removed documents is damaged".into() };
    numbers.ok_or_else(damaged)
}

fn parse_removed(bytes: &[u8]) -> Option<Vec<u64>> {
    let mut reader = ByteReader(bytes);
    let (magic, count) = (reader.array::<8>()?, reader.u64()?);
    if magic != REMOVED_MAGIC || count.checked_mul(8) != Some(reader.0.len() as u64) {
        return None;
    }
    let numbers: Option<Vec<u64>> = (0..count).map(|_| reader.u64()).collect();
    numbers.filter(|numbers| numbers.is_sorted_by(|x, y| x < y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_removed_documents_comes_back_and_no_other_count_passes() {
        let bytes = removed_bytes(&[3, 5, 900]);
        assert_eq!(parse_removed(&bytes), Some(vec![3, 5, 900]));
        assert_eq!(parse_removed(&removed_bytes(&[])), Some(Vec::new()));
        assert_eq!(parse_removed(&bytes[..bytes.len() - 8]), None);
        assert_eq!(parse_removed(&removed_bytes(&[5, 3])), None);
        let mut huge = bytes.clone();
        huge[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(parse_removed(&huge), None);
    }

    #[test]
    fn texts_are_equal_as_far_as_their_hashes_say() {
        let hashes = |words, characters, text, raw| TextHashes { words, characters, text, raw };
        let of = |other| equality(hashes(1, 2, 3, 4), other);
        assert_eq!(of(hashes(1, 2, 3, 4)), Equality::Bytes);
        assert_eq!(of(hashes(1, 2, 3, 5)), Equality::Words);
        assert_eq!(of(hashes(1, 2, 4, 4)), Equality::Characters);
        assert_eq!(of(hashes(1, 3, 4, 4)), Equality::Words);
        assert_eq!(of(hashes(2, 3, 4, 4)), Equality::None);
    }
}
