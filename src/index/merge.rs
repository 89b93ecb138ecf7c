//! Several segments as one, without the documents that were removed.

use std::collections::HashMap;
use std::sync::Arc;

use super::content::SegmentContent;
use super::layout::{KEYS, NAMES, Row};
use super::passage_file::PassageFile;
use super::segment::Segment;
use super::word_texts::WordTexts;
use super::words::{WordNumbers, decode, renumber};
use crate::error::{Error, Result};

/// Segments that are to become one.
pub(super) struct MergedSegments {
    segments: Vec<Arc<Segment>>,
    /// The documents that stay, in keep order: the segment and the row.
    kept: Vec<(u32, u32)>,
    numbers: WordNumbers,
    /// For each segment the number of each of its words here.
    word_numbers: Vec<Vec<u32>>,
    /// What the words are, if passages are found.
    texts: Option<WordTexts>,
    /// For each segment where something stood in its documents that does not count.
    gaps: Vec<Vec<(u32, Vec<u32>)>>,
    sources: Vec<Arc<str>>,
    /// For each segment the number of each of its sources here.
    source_numbers: Vec<Vec<u32>>,
    /// The names of the piece that was read last, by segment and piece.
    names: std::sync::Mutex<NamesRead>,
}

type NamesRead = Option<((u32, usize), Vec<super::names::DocumentName>)>;

impl MergedSegments {
    /// Takes the documents of some segments for which `is_removed` is false.
    pub fn new(segments: &[Arc<Segment>], is_removed: impl Fn(u64) -> bool) -> Result<Self> {
        let mut merged = Self {
            segments: segments.to_vec(),
            kept: Vec::new(),
            numbers: WordNumbers::default(),
            word_numbers: Vec::new(),
            texts: None,
            gaps: Vec::new(),
            sources: Vec::new(),
            source_numbers: Vec::new(),
            names: std::sync::Mutex::default(),
        };
        let mut known: HashMap<Arc<str>, u32> = HashMap::new();
        for (segment, number) in segments.iter().zip(0..) {
            for row in 0..segment.len() {
                if !is_removed(segment.row(row)?.number) {
                    merged.kept.push((number, row));
                }
            }
            let mut word_numbers = Vec::new();
            merged.numbers.number_all(segment.vocabulary()?, &mut word_numbers);
            merged.word_numbers.push(word_numbers);
            if let Some(passages) = segment.passages() {
                merged.take_up(passages)?;
            }
            let of_segment = segment.sources()?.iter().map(|source| {
                *known.entry(source.clone()).or_insert_with(|| {
                    merged.sources.push(source.clone());
                    merged.sources.len() as u32 - 1
                })
            });
            merged.source_numbers.push(of_segment.collect());
        }
        Ok(merged)
    }

    /// Takes up what the words of a segment are, of which those before have been taken up and its words are numbered.
    fn take_up(&mut self, passages: &PassageFile) -> Result<()> {
        let texts = self.texts.get_or_insert_default();
        let numbers = self.word_numbers.last().map(Vec::as_slice).unwrap_or_default();
        // A word that no segment before has is the next one.
        for (&number, text) in numbers.iter().zip(passages.texts()?.iter()) {
            if number as usize == texts.len() {
                texts.push(text);
            }
        }
        self.gaps.push(passages.all_gaps()?.to_vec());
        Ok(())
    }

    fn at(&self, n: u32) -> (&Segment, u32, u32) {
        let (segment, row) = self.kept[n as usize];
        (&self.segments[segment as usize], segment, row)
    }
}

impl SegmentContent for MergedSegments {
    fn len(&self) -> u32 {
        self.kept.len() as u32
    }

    fn word_hashes(&self) -> &[u64] {
        self.numbers.hashes()
    }

    fn word_counts(&self) -> Result<Vec<u32>> {
        let mut counts = vec![0u32; self.numbers.hashes().len()];
        let mut words = Vec::new();
        for &(number, row) in &self.kept {
            let segment = &self.segments[number as usize];
            words.clear();
            let numbers = &self.word_numbers[number as usize];
            let damaged = || segment.damaged(super::layout::Part::Words);
            decode(&segment.numbered_words(&segment.row(row)?)?, numbers, &mut words).ok_or_else(damaged)?;
            for &word in &words {
                let count = &mut counts[word as usize];
                *count = count.saturating_add(1); // it only says which words have small numbers
            }
        }
        Ok(counts)
    }

    fn row(&self, n: u32) -> Result<Row> {
        let (segment, number, row) = self.at(n);
        let row = segment.row(row)?;
        let source = self.source_numbers[number as usize].get(row.source as usize);
        let source = *source.ok_or_else(|| segment.damaged(super::layout::Part::Rows))?;
        Ok(Row { source, ..row })
    }

    fn words(&self, n: u32) -> Result<Vec<u8>> {
        let (segment, number, row) = self.at(n);
        let words = segment.numbered_words(&segment.row(row)?)?;
        let (mut numbers, mut out) = (Vec::new(), Vec::with_capacity(words.len()));
        let damaged = || segment.damaged(super::layout::Part::Words);
        renumber(&words, &self.word_numbers[number as usize], &mut numbers, &mut out).ok_or_else(damaged)?;
        Ok(out)
    }

    fn name(&self, n: u32, out: &mut Vec<u8>) -> Result<()> {
        let (segment, number, row) = self.at(n);
        let (piece, place) = (row as usize / NAMES, row as usize % NAMES);
        let mut names = self.names.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if names.as_ref().is_none_or(|(read, _)| *read != (number, piece)) {
            *names = Some(((number, piece), segment.names(piece)?));
        }
        if let Some((_, names)) = names.as_ref() {
            names[place].write(out);
        }
        Ok(())
    }

    fn keys(&self, band: usize) -> Result<Vec<u64>> {
        let mut all = Vec::with_capacity(self.kept.len());
        for (number, segment) in (0..).zip(&self.segments) {
            let mut by_row = vec![0; segment.len() as usize];
            for piece in 0..(segment.len() as usize).div_ceil(KEYS) {
                segment.keys(band, piece)?.into_iter().for_each(|(key, row)| by_row[row as usize] = key);
            }
            let start = self.kept.partition_point(|kept| kept.0 < number);
            let of_segment = self.kept[start..].iter().take_while(|kept| kept.0 == number);
            all.extend(of_segment.map(|&(_, row)| by_row[row as usize]));
        }
        if all.len() == self.kept.len() { Ok(all) } else { Err(miscounted(&self.kept, &all)) }
    }

    fn sources(&self) -> &[Arc<str>] {
        &self.sources
    }

    fn texts(&self) -> Option<&WordTexts> {
        self.texts.as_ref()
    }

    fn gaps(&self, n: u32) -> &[u32] {
        let of_segment = |&(segment, row): &(u32, u32)| {
            let gaps = &self.gaps[segment as usize];
            gaps.binary_search_by_key(&row, |&(row, _)| row).ok().map(|at| gaps[at].1.as_slice())
        };
        of_segment(&self.kept[n as usize]).unwrap_or_default()
    }
}

fn miscounted(kept: &[(u32, u32)], keys: &[u64]) -> Error {
    Error::Miscounted { met: kept.len() as u64, accounted: keys.len() as u64 }
}
