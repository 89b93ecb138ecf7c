//! Writes what leads to the passages of a segment: which documents have which key.
//!
//! A key is the smallest shingle of a window of words, as a scan has them, so that two texts with a run of words as long as a
//! window have a key in common. Where it stands in a document is not kept: whoever finds a document takes up its words.

use std::io;
use std::sync::{Mutex, PoisonError};

use doublon_core::Config;
use doublon_core::candidate::postings::{Posting, WordPlace};
use doublon_core::hash::content_hash;
use doublon_core::kernel::PostingMaker;
use doublon_core::text::folded_hash;
use rayon::prelude::*;

use super::bytes::{VARINT_BYTES, packed, put_text, put_varint};
use super::content::{SegmentContent, broken};
use super::folder::IndexFolder;
use super::manifest::{Manifest, PassageEntry};
use super::passage_layout::{
    PASSAGE_HEADER, POSTINGS, PassageHeader, PassagePart, WORDS, kept_bits, key_bits, put_postings,
};
use super::pieces::PieceWriter;
use super::word_texts::{NO_WORD, WordTexts};
use super::words::{Ranking, decode_numbers};
use crate::error::{Error, Result};
use crate::scan::Pool;
use crate::store::{Budget, Partition, Partitions, divide, private_seed};

/// Postings are sorted in so many shares of the keys.
const SHARES: usize = 256;

/// Documents that one thread takes up at a time.
const TOGETHER: u32 = 256;

/// Writes the file for a segment of which the header has the hash `segment`.
pub(super) fn write_passages(
    folder: &IndexFolder,
    manifest: &mut Manifest,
    (content, texts, ranking): (&dyn SegmentContent, &WordTexts, &Ranking),
    segment: u128,
    budget: &Budget,
) -> Result<PassageEntry> {
    let shares = postings(content, texts, manifest, budget)?;
    let postings = shares.iter().map(Partition::len).sum::<usize>() as u64;
    let (name, salt) = (manifest.new_file("passages"), private_seed());
    let file = folder.create(&name)?;
    let shown = folder.file(&name);
    let failed = |cause| Error::Io { path: shown.clone(), cause };
    let mut out = PieceWriter::new(file, PASSAGE_HEADER, salt).map_err(failed)?;
    let (mut ends, mut directory) = ([0; 4], Vec::new());
    write_texts(texts, ranking, &mut directory, &mut out).map_err(failed)?;
    ends[PassagePart::Texts as usize] = out.at();
    out.piece(&packed(&gaps(content)).map_err(failed)?).map_err(failed)?;
    ends[PassagePart::Gaps as usize] = out.at();
    write_postings(shares, key_bits(postings), &mut directory, &mut out, &failed)?;
    ends[PassagePart::Postings as usize] = out.at();
    out.piece(&directory).map_err(failed)?;
    ends[PassagePart::Directory as usize] = out.at();
    let (documents, words) = (content.len(), ranking.hashes.len() as u32);
    let header = PassageHeader { documents, words, bits: key_bits(postings), postings, salt, segment, ends }.to_bytes();
    let bytes = out.at();
    out.finish(&header).map_err(failed)?.publish()?;
    Ok(PassageEntry { file: name, bytes, header: content_hash(&header) })
}

/// Returns the postings of all documents in shares of their keys: of each document each key once.
fn postings(
    content: &dyn SegmentContent,
    texts: &WordTexts,
    manifest: &Manifest,
    budget: &Budget,
) -> Result<Vec<Partition<Posting>>> {
    let folded: Vec<u64> = (0..texts.len()).into_par_iter().map(|n| folded_hash(texts.get(n))).collect();
    let all = Mutex::new(Partitions::new(SHARES, budget.postings(), &budget.folder));
    let makers = Pool::new(|| KeyMaker::new(&manifest.config));
    let firsts: Vec<u32> = (0..content.len()).step_by(TOGETHER as usize).collect();
    firsts.into_par_iter().try_for_each(|first| {
        budget.cancel.check()?;
        let mut found = Vec::new();
        for doc in first..content.len().min(first.saturating_add(TOGETHER)) {
            makers.with(|maker| maker.add(doc, content, (texts, &folded), &mut found))?;
        }
        let divided = divide(&found, SHARES, |posting| (posting.key >> 56) as usize);
        all.lock().unwrap_or_else(PoisonError::into_inner).extend(divided)
    })?;
    Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner).finish())
}

/// Makes the postings of documents, with memory that is used again.
struct KeyMaker {
    maker: PostingMaker,
    numbers: Vec<u32>,
    hashes: Vec<u64>,
    keys: Vec<u64>,
}

impl KeyMaker {
    fn new(config: &Config) -> Self {
        Self { maker: PostingMaker::new(config), numbers: Vec::new(), hashes: Vec::new(), keys: Vec::new() }
    }

    /// Appends the postings of a document; `folded` are the hashes of all words without accents.
    fn add(
        &mut self,
        doc: u32,
        content: &dyn SegmentContent,
        (texts, folded): (&WordTexts, &[u64]),
        found: &mut Vec<Posting>,
    ) -> Result<()> {
        let Self { maker, numbers, hashes, keys } = self;
        numbers.clear();
        decode_numbers(&content.words(doc)?, texts.len() as u32, numbers).ok_or_else(broken)?;
        hashes.clear();
        let words = numbers.iter().filter(|&&word| texts.get(word as usize) != NO_WORD);
        hashes.extend(words.map(|&word| folded[word as usize]));
        keys.clear();
        maker.keys(hashes, content.gaps(doc), |key| keys.push(key));
        keys.sort_unstable();
        keys.dedup();
        found.extend(keys.iter().map(|&key| Posting { key, place: WordPlace { doc, at: 0 } }));
        Ok(())
    }
}

/// Writes the texts of words in pieces, in order of their numbers in the segment, and appends where each piece ends.
fn write_texts(texts: &WordTexts, ranking: &Ranking, directory: &mut Vec<u8>, out: &mut PieceWriter) -> io::Result<()> {
    let mut ranked = vec![0; ranking.hashes.len()];
    let numbered = ranking.numbers.iter().zip(0..).filter(|&(&number, _)| number != u32::MAX);
    numbered.for_each(|(&number, before)| ranked[number as usize] = before);
    let start = out.at();
    for words in ranked.chunks(WORDS) {
        let mut bytes = Vec::new();
        for &word in words {
            put_text(texts.get(word), &mut bytes);
        }
        out.piece(&packed(&bytes)?)?;
        directory.extend((out.at() - start).to_le_bytes());
    }
    Ok(())
}

/// Returns which documents have gaps, each with how many and which.
fn gaps(content: &dyn SegmentContent) -> Vec<u8> {
    let (mut out, mut number) = (Vec::new(), [0; VARINT_BYTES]);
    for (doc, gaps) in (0..content.len()).map(|doc| (doc, content.gaps(doc))).filter(|(_, gaps)| !gaps.is_empty()) {
        for value in [doc, gaps.len() as u32].iter().chain(gaps) {
            let end = put_varint(*value, &mut number, 0);
            out.extend(&number[..end]);
        }
    }
    out
}

/// Writes postings in pieces, and appends the first key of each and where it ends.
fn write_postings(
    shares: Vec<Partition<Posting>>,
    bits: u32,
    directory: &mut Vec<u8>,
    out: &mut PieceWriter,
    failed: &(impl Fn(io::Error) -> Error + Sync),
) -> Result<()> {
    let (start, mut held, mut shares) = (out.at(), Vec::new(), shares.into_iter());
    let mut write = |postings: &[(u32, u32)], out: &mut PieceWriter| {
        let mut bytes = Vec::new();
        put_postings(postings, &mut bytes);
        out.piece(&bytes).map_err(failed)?;
        directory.extend(postings[0].0.to_le_bytes());
        directory.extend((out.at() - start).to_le_bytes());
        Ok(())
    };
    loop {
        // Some shares at a time, so that all threads sort and not all postings are held.
        let some: Vec<Partition<Posting>> = shares.by_ref().take(rayon::current_num_threads()).collect();
        if some.is_empty() {
            break;
        }
        let sorted = some.into_par_iter().map(|share| -> Result<Vec<(u32, u32)>> {
            let kept = |posting: &Posting| (kept_bits(posting.key, bits), posting.place.doc);
            let mut postings: Vec<(u32, u32)> = share.load()?.iter().map(kept).collect();
            postings.sort_unstable();
            Ok(postings)
        });
        for share in sorted.collect::<Result<Vec<_>>>()? {
            held.extend(share);
            let whole = held.len() / POSTINGS * POSTINGS;
            held[..whole].chunks(POSTINGS).try_for_each(|piece| write(piece, out))?;
            held.drain(..whole);
        }
    }
    if held.is_empty() { Ok(()) } else { write(&held, out) }
}
