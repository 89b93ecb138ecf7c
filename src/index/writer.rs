//! Writes a segment: part by part, from whatever holds the documents.

use std::io;

use doublon_core::hash::content_hash;
use rayon::prelude::*;

use super::bytes::{packed, put_text};
use super::content::{SegmentContent, broken};
use super::folder::IndexFolder;
use super::layout::{HEADER, Header, KEYS, NAMES, Part, Row, filter_blocks, filter_place};
use super::manifest::{Manifest, SegmentEntry};
use super::passage_writer::write_passages;
use super::pieces::PieceWriter;
use super::words::{Ranking, renumber};
use crate::error::{Error, Result};
use crate::store::{Budget, private_seed};

/// Writes a segment of the index that `manifest` is of, which does not name it yet, and what leads to its passages if the
/// index finds any.
pub(super) fn write_segment(
    folder: &IndexFolder,
    manifest: &mut Manifest,
    content: &dyn SegmentContent,
    budget: &Budget,
) -> Result<SegmentEntry> {
    let ranking = Ranking::of(content.word_hashes(), &content.word_counts()?);
    let entry = write_documents(folder, manifest, content, &ranking)?;
    let passages = match content.texts().filter(|_| manifest.passages) {
        Some(texts) => Some(write_passages(folder, manifest, (content, texts, &ranking), entry.header, budget)?),
        None => None,
    };
    Ok(SegmentEntry { passages, ..entry })
}

/// Writes the segment itself.
fn write_documents(
    folder: &IndexFolder,
    manifest: &mut Manifest,
    content: &dyn SegmentContent,
    ranking: &Ranking,
) -> Result<SegmentEntry> {
    let salt = private_seed();
    let name = manifest.new_file("segment");
    let file = folder.create(&name)?;
    let shown = folder.file(&name);
    let failed = |cause| Error::Io { path: shown.clone(), cause };
    let mut out = PieceWriter::new(file, HEADER, salt).map_err(failed)?;
    let mut ends = [0; 7];
    let (rows, text_bytes) = write_words(content, ranking, &mut out, &failed)?;
    ends[Part::Words as usize] = out.at();
    rows.iter().try_for_each(|row| out.piece(&row.to_bytes())).map_err(failed)?;
    ends[Part::Rows as usize] = out.at();
    let bands = manifest.config.bands;
    let mut directory = vec![0; filter_blocks(rows.len() * bands) * 8];
    let mut first_keys = Vec::new();
    for band in 0..bands {
        write_keys(band, content.keys(band)?, &mut directory, &mut first_keys, &mut out).map_err(failed)?;
    }
    directory.extend(first_keys);
    ends[Part::Keys as usize] = out.at();
    write_names(content, &mut directory, &mut out, &failed)?;
    ends[Part::Names as usize] = out.at();
    out.piece(&to_bytes(&ranking.hashes)).map_err(failed)?;
    ends[Part::Vocabulary as usize] = out.at();
    let mut sources = Vec::new();
    content.sources().iter().for_each(|source| put_text(source, &mut sources));
    out.piece(&packed(&sources).map_err(failed)?).map_err(failed)?;
    ends[Part::Sources as usize] = out.at();
    out.piece(&to_bytes(&directory)).map_err(failed)?;
    ends[Part::Directory as usize] = out.at();
    let header = Header {
        bands: bands as u32,
        documents: content.len(),
        words: ranking.hashes.len() as u32,
        salt,
        index: manifest.index,
        settings: manifest.config.hash(),
        ends,
    }
    .to_bytes();
    let bytes = out.at();
    out.finish(&header).map_err(failed)?.publish()?;
    let header = content_hash(&header);
    Ok(SegmentEntry { file: name, bytes, documents: content.len(), text_bytes, header, passages: None })
}

/// Writes the words of all documents; returns the rows, which say where they stand, and the bytes of all texts.
fn write_words(
    content: &dyn SegmentContent,
    ranking: &Ranking,
    out: &mut PieceWriter,
    failed: &(impl Fn(io::Error) -> Error + Sync),
) -> Result<(Vec<Row>, u64)> {
    let (mut rows, mut text_bytes) = (Vec::with_capacity(content.len() as usize), 0);
    let (mut words, mut bytes) = (Vec::new(), Vec::new());
    for n in 0..content.len() {
        bytes.clear();
        renumber(&content.words(n)?, &ranking.numbers, &mut words, &mut bytes).ok_or_else(broken)?;
        let words_len = u32::try_from(bytes.len())
            .map_err(|_| Error::TooMany { what: "bytes of words in a document", limit: u64::from(u32::MAX) })?;
        let row = Row { words_at: out.at() - HEADER as u64, words_len, ..content.row(n)? };
        out.piece(&bytes).map_err(failed)?;
        text_bytes += row.text_bytes;
        rows.push(row);
    }
    Ok((rows, text_bytes))
}

/// Writes the keys of a band, puts them into the filter, and tells the first of each piece.
fn write_keys(
    band: usize,
    keys: Vec<u64>,
    filter: &mut [u64],
    first_keys: &mut Vec<u64>,
    out: &mut PieceWriter,
) -> io::Result<()> {
    let mut entries: Vec<(u64, u32)> = keys.into_iter().zip(0..).collect();
    entries.par_sort_unstable();
    let blocks = filter.len() / 8;
    let mut bytes = Vec::new();
    for piece in entries.chunks(KEYS) {
        first_keys.push(piece[0].0);
        bytes.clear();
        for &(key, row) in piece {
            bytes.extend(key.to_le_bytes());
            bytes.extend(row.to_le_bytes());
            let (block, bits) = filter_place(band, key, blocks);
            filter[block * 8..block * 8 + 8].iter_mut().zip(bits).for_each(|(word, bits)| *word |= bits);
        }
        out.piece(&bytes)?;
    }
    Ok(())
}

/// Writes the names of documents, and appends where each piece ends.
fn write_names(
    content: &dyn SegmentContent,
    ends: &mut Vec<u64>,
    out: &mut PieceWriter,
    failed: &(impl Fn(io::Error) -> Error + Sync),
) -> Result<()> {
    let start = out.at();
    let firsts: Vec<u32> = (0..content.len()).step_by(NAMES).collect();
    // Some pieces at a time, so that all threads pack and not all names are held.
    for firsts in firsts.chunks(256) {
        let pieces = firsts.par_iter().map(|&first| -> Result<Vec<u8>> {
            let mut names = Vec::new();
            (first..content.len()).take(NAMES).try_for_each(|n| content.name(n, &mut names))?;
            packed(&names).map_err(failed)
        });
        for piece in pieces.collect::<Result<Vec<_>>>()? {
            out.piece(&piece).map_err(failed)?;
            ends.push(out.at() - start);
        }
    }
    Ok(())
}

fn to_bytes(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}
