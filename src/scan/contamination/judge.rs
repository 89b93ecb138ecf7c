//! All documents in which something of an item stands, until it is known which n-grams are common; then what counts.

use std::collections::BTreeSet;

use super::items::EvaluationItems;
use super::measure::{MeasuredDocument, MeasuredItem};
use crate::error::{Error, Result};
use crate::finding::{Contamination, ContaminationRule, PlacedSpan};
use crate::store::{Budget, Spool};

/// What was measured of documents, in order, on disk beyond the budget.
#[derive(Default)]
pub(super) struct MeasuredDocuments {
    spool: Spool,
    /// Where each one starts, and its length.
    places: Vec<(u64, u64)>,
    /// Of each phrase how many documents hold it.
    counts: Vec<u32>,
}

/// The counts of all that was judged.
#[derive(Default)]
pub(super) struct Verdict {
    /// Documents that hold an item.
    pub documents: u64,
    /// Bytes of text in them.
    pub text_bytes: u64,
    pub contaminations: u64,
    /// How many phrases are common.
    pub common: u64,
    /// Of each item whether it was found.
    pub found: Vec<bool>,
}

impl MeasuredDocuments {
    /// Makes one for items whose phrases are fewer than `phrases`.
    pub fn new(phrases: usize) -> Self {
        Self { counts: vec![0; phrases], ..Self::default() }
    }

    /// Appends a document.
    pub fn push(&mut self, measured: &MeasuredDocument, budget: &Budget) -> Result<()> {
        let phrases = measured.items.iter().flat_map(|item| &item.hits).map(|hit| hit.0);
        for phrase in phrases.collect::<BTreeSet<u32>>() {
            self.counts[phrase as usize] += 1;
        }
        let bytes = serde_json::to_vec(measured).map_err(|error| damaged(&error))?;
        self.places.push((self.spool.append(&bytes), bytes.len() as u64));
        if self.spool.held_bytes() > budget.spool() { self.spool.spill(&budget.folder) } else { Ok(()) }
    }

    /// Hands out what counts by the rule, by document and item. `repeated` are the documents whose ids stand more than
    /// once in their sources, ascending.
    pub fn judge(
        &self,
        items: &EvaluationItems,
        rule: &ContaminationRule,
        repeated: &[u32],
        emit: &mut dyn FnMut(Contamination) -> Result<()>,
    ) -> Result<Verdict> {
        let counts = |phrase: u32| match self.counts[phrase as usize] {
            0 => false,
            documents => rule.most_documents.is_none_or(|most| documents <= most),
        };
        let in_corpus = |item: u32| rule.is_met(items.share(item, rule, counts));
        let met: Vec<bool> = (0..items.items.len() as u32).map(|item| rule.in_corpus && in_corpus(item)).collect();
        let common = self.counts.iter().filter(|&&n| rule.most_documents.is_some_and(|most| n > most)).count() as u64;
        let mut verdict = Verdict { common, found: vec![false; items.items.len()], ..Verdict::default() };
        for &(start, length) in &self.places {
            let mut measured: MeasuredDocument =
                serde_json::from_slice(&self.spool.read(start, length)?).map_err(|error| damaged(&error))?;
            measured.mark_id(repeated);
            let before = verdict.contaminations;
            for found in &measured.items {
                let (share, places) = judged(found, items, rule, counts);
                let is_found = if rule.in_corpus { met[found.item as usize] } else { rule.is_met(share) };
                if is_found && !places.is_empty() {
                    verdict.contaminations += 1;
                    verdict.found[found.item as usize] = true;
                    let item = &items.items[found.item as usize];
                    emit(Contamination {
                        id: format!("e{}", verdict.contaminations),
                        item: item.doc.clone(),
                        words: item.word_count(),
                        item_bytes: item.text_bytes,
                        document: measured.doc.clone(),
                        share,
                        places: places.into_iter().map(|place| measured.places[place as usize].clone()).collect(),
                    })?;
                }
            }
            if verdict.contaminations > before {
                verdict.documents += 1;
                verdict.text_bytes += measured.text_bytes;
            }
        }
        Ok(verdict)
    }
}

impl MeasuredDocument {
    fn mark_id(&mut self, repeated: &[u32]) {
        if repeated.binary_search(&self.number).is_ok() {
            let docs = self.places.iter_mut().map(|place: &mut PlacedSpan| &mut place.doc);
            for doc in std::iter::once(&mut self.doc).chain(docs) {
                doc.id = doc.id.take().map(|id| id.repeated(true));
            }
        }
    }
}

/// Returns the share of an item that a document holds in phrases that count, and the places of those, in order.
fn judged(
    found: &MeasuredItem,
    items: &EvaluationItems,
    rule: &ContaminationRule,
    counts: impl Fn(u32) -> bool,
) -> (f64, Vec<u32>) {
    let hits: Vec<(u32, u32)> = found.hits.iter().copied().filter(|&(phrase, _)| counts(phrase)).collect();
    let has = |phrase: u32| hits.binary_search_by_key(&phrase, |hit| hit.0).is_ok();
    let share = found.share.unwrap_or_else(|| items.share(found.item, rule, has));
    let mut places: Vec<u32> = hits.iter().map(|hit| hit.1).collect();
    places.sort_unstable();
    places.dedup();
    (share, places)
}

fn damaged(error: &serde_json::Error) -> Error {
    Error::Io { path: "temporary data".into(), cause: std::io::Error::other(error.to_string()) }
}
