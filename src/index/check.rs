//! A check of all that a segment holds: every piece against its checksum, and what pieces say of each other.

use std::path::Path;

use super::layout::{KEYS, NAMES, Part};
use super::passage_file::PassageFile;
use super::passage_layout::PassagePart;
use super::segment::Segment;
use crate::error::{Error, Result};

/// Reads a file of an index from start to end, as far as it is a segment, and returns the number of its documents.
///
/// # Errors
///
/// If it cannot be read, is no segment, or anything in it is damaged.
pub fn check_segment(path: &Path) -> Result<u64> {
    check(&Segment::open(path, None)?)
}

/// Reads a segment from start to end.
pub(super) fn check(segment: &Segment) -> Result<u64> {
    let bands = segment.header().bands as usize;
    let (sources, mut words) = (segment.sources()?.len() as u32, Vec::new());
    let (mut last, mut words_end) = (None, 0);
    for at in 0..segment.len() {
        let row = segment.row(at)?;
        // Words stand one document behind the other, so that each byte of them is one that is checked.
        let is_next = last < Some(row.number) && row.words_at == words_end && row.source < sources;
        if !is_next {
            return Err(segment.damaged(Part::Rows));
        }
        segment.words(&row, &mut words)?;
        (last, words_end) = (Some(row.number), row.words_at + u64::from(row.words_len) + 8);
    }
    let words_part = segment.header().part(Part::Words);
    if words_end != words_part.end - words_part.start {
        return Err(segment.damaged(Part::Words));
    }
    for piece in 0..(segment.len() as usize).div_ceil(NAMES) {
        segment.names(piece)?;
    }
    (0..bands).try_for_each(|band| check_keys(segment, band))?;
    segment.passages().map_or(Ok(()), check_passages)?;
    Ok(u64::from(segment.len()))
}

/// Holds that each document has one key in a band, that keys ascend, and that the directory leads to each.
fn check_keys(segment: &Segment, band: usize) -> Result<()> {
    let damaged = || -> Error { segment.damaged(Part::Keys) };
    let (mut has_key, mut last) = (vec![false; segment.len() as usize], None);
    for piece in 0..(segment.len() as usize).div_ceil(KEYS) {
        for entry in segment.keys(band, piece)? {
            let (key, row) = entry;
            if last >= Some(entry) || std::mem::replace(&mut has_key[row as usize], true) {
                return Err(damaged());
            }
            if !segment.may_have(band, key)? || !segment.leads_to(band, piece, key)? {
                return Err(segment.damaged(Part::Directory));
            }
            last = Some(entry);
        }
    }
    if has_key.iter().all(|&has| has) { Ok(()) } else { Err(damaged()) }
}

/// Holds that all of what leads to passages can be read, and that postings ascend from piece to piece.
fn check_passages(passages: &PassageFile) -> Result<()> {
    passages.texts()?;
    if passages.all_gaps()?.last().is_some_and(|&(row, _)| row >= passages.header().documents) {
        return Err(passages.damaged(PassagePart::Gaps));
    }
    let mut last = None;
    for piece in 0..passages.header().posting_pieces() {
        let postings = passages.postings(piece)?;
        if last > postings.first().copied() {
            return Err(passages.damaged(PassagePart::Postings));
        }
        last = postings.last().copied();
    }
    Ok(())
}
