//! The documents of a batch that are kept, as a segment takes them.

use std::collections::HashMap;
use std::sync::Arc;

use super::batch::{Batch, NewDocument};
use super::content::SegmentContent;
use super::layout::{REPEATED_ID, Row};
use super::word_texts::WordTexts;
use crate::error::Result;
use crate::scan::RepeatedValues;

/// The kept documents.
pub(super) struct KeptDocuments<'a> {
    batch: &'a Batch,
    /// In keep order.
    kept: &'a [u32],
    /// The number of the first of them in the index.
    first: u64,
    sources: Vec<Arc<str>>,
    /// The number of each source of the run among those.
    source_numbers: HashMap<u32, u32>,
    /// Documents of the batch whose id stands more than once in their source, ascending.
    repeated: Vec<u32>,
}

impl<'a> KeptDocuments<'a> {
    pub fn new(batch: &'a Batch, kept: &'a [u32], first: u64, names: &[Arc<str>]) -> Self {
        let (mut sources, mut source_numbers) = (Vec::new(), HashMap::new());
        for &doc in kept {
            let source = batch.documents[doc as usize].source;
            source_numbers.entry(source).or_insert_with(|| {
                sources.push(names[source as usize].clone());
                sources.len() as u32 - 1
            });
        }
        let ids: Vec<u64> = batch.documents.iter().map(|document| document.id).collect();
        let repeated = RepeatedValues::of(&ids).collect(|id| id != 0);
        Self { batch, kept, first, sources, source_numbers, repeated }
    }
}

impl SegmentContent for KeptDocuments<'_> {
    fn len(&self) -> u32 {
        self.kept.len() as u32
    }

    fn word_hashes(&self) -> &[u64] {
        self.batch.word_hashes()
    }

    fn word_counts(&self) -> Result<Vec<u32>> {
        let mut is_kept = vec![false; self.batch.documents.len()];
        self.kept.iter().for_each(|&doc| is_kept[doc as usize] = true);
        self.batch.word_counts((0..self.batch.len()).filter(|&doc| !is_kept[doc as usize]))
    }

    fn row(&self, n: u32) -> Result<Row> {
        let doc = self.kept[n as usize];
        let NewDocument { source, record, text_bytes, fingerprint, hashes, .. } = self.batch.documents[doc as usize];
        let is_repeated = self.repeated.binary_search(&doc).is_ok();
        Ok(Row {
            number: self.first + u64::from(n),
            record,
            text_bytes,
            fingerprint,
            hashes,
            words_at: 0,
            words_len: 0,
            source: self.source_numbers[&source],
            flags: if is_repeated { REPEATED_ID } else { 0 },
            sketch: self.batch.table.sketches.get(doc)?,
        })
    }

    fn words(&self, n: u32) -> Result<Vec<u8>> {
        self.batch.numbered_words(self.kept[n as usize])
    }

    fn name(&self, n: u32, out: &mut Vec<u8>) -> Result<()> {
        out.extend(self.batch.name(self.kept[n as usize])?);
        Ok(())
    }

    fn keys(&self, band: usize) -> Result<Vec<u64>> {
        self.batch.keys(band, self.kept)
    }

    fn sources(&self) -> &[Arc<str>] {
        &self.sources
    }

    fn texts(&self) -> Option<&WordTexts> {
        Some(self.batch.texts())
    }

    fn gaps(&self, n: u32) -> &[u32] {
        self.batch.gaps(self.kept[n as usize])
    }
}
