//! One document of the corpus: what of evaluation items stands in it, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use doublon_core::kernel::{PhraseHit, PhraseSearcher};
use doublon_core::verify::subsequence::common_subsequence;
use serde::{Deserialize, Serialize};

use super::items::EvaluationItems;
use super::words::{TextWords, WordSplitter};
use crate::finding::{ContaminationRule, ContaminationUnit, DocumentRef, MAX_QUOTED_PLACES, PlacedSpan};
use crate::scan::describe::Described;
use crate::scan::headings::headings;
use crate::source::Document;

/// A document of the corpus in which something of an item stands.
#[derive(Serialize, Deserialize)]
pub(super) struct MeasuredDocument {
    /// The number of the document.
    pub number: u32,
    pub doc: DocumentRef,
    pub text_bytes: u64,
    /// The items, ascending.
    pub items: Vec<MeasuredItem>,
    /// Where they stand.
    pub places: Vec<PlacedSpan>,
}

/// An item of which something stands in a document.
#[derive(Serialize, Deserialize)]
pub(super) struct MeasuredItem {
    /// The number of the item.
    pub item: u32,
    /// The phrases of it that stand there, each with the number of the place that holds it.
    pub hits: Vec<(u32, u32)>,
    /// The share of the item, where it is not told by its phrases.
    pub share: Option<f64>,
}

/// Measures documents. Each thread has its own.
pub(super) struct DocumentMeasurer<'i> {
    items: &'i EvaluationItems,
    rule: &'i ContaminationRule,
    splitter: WordSplitter,
    searcher: PhraseSearcher<'i>,
    words: TextWords,
    hits: Vec<PhraseHit>,
}

impl<'i> DocumentMeasurer<'i> {
    pub fn new(items: &'i EvaluationItems, rule: &'i ContaminationRule, splitter: WordSplitter) -> Self {
        let searcher = items.index.searcher();
        Self { items, rule, splitter, searcher, words: TextWords::default(), hits: Vec::new() }
    }

    /// Returns whether the text has a word, and what of items stands in it, if anything does.
    pub fn measure(
        &mut self,
        document: &Document,
        doc: &DocumentRef,
        is_markdown: bool,
    ) -> (bool, Option<MeasuredDocument>) {
        self.splitter.split(&document.text, &mut self.words);
        self.hits.clear();
        self.searcher.search(&self.words.hashes, &mut self.hits);
        let items = self.by_item();
        let found = if items.is_empty() { None } else { self.describe(items, document, doc, is_markdown) };
        (!self.words.spans.is_empty(), found)
    }

    /// Returns the hits of each item, in order of their places.
    fn by_item(&self) -> BTreeMap<u32, Vec<PhraseHit>> {
        let mut items: BTreeMap<u32, Vec<PhraseHit>> = BTreeMap::new();
        for &hit in &self.hits {
            for &item in self.items.holders(hit.phrase) {
                items.entry(item).or_default().push(hit);
            }
        }
        items
    }

    fn describe(
        &mut self,
        items: BTreeMap<u32, Vec<PhraseHit>>,
        document: &Document,
        doc: &DocumentRef,
        is_markdown: bool,
    ) -> Option<MeasuredDocument> {
        let mut places = WordPlaces::default();
        let items: Vec<MeasuredItem> =
            items.into_iter().filter_map(|(item, hits)| self.measured(item, &hits, &mut places)).collect();
        let described = Described::new(&document.text, places.ranges.iter().cloned(), self.splitter.describer())
            .in_page(document.origin.as_deref())
            .below(headings(document, is_markdown));
        let placed = |n| {
            let mut place = described.place(n, doc.clone());
            if n < MAX_QUOTED_PLACES {
                described.quote(&mut place);
            }
            place
        };
        let places = (0..places.ranges.len()).map(placed).collect();
        let text_bytes = document.text.len() as u64;
        (!items.is_empty()).then(|| MeasuredDocument { number: 0, doc: doc.clone(), text_bytes, items, places })
    }

    fn measured(&self, item: u32, hits: &[PhraseHit], places: &mut WordPlaces) -> Option<MeasuredItem> {
        if self.rule.unit == ContaminationUnit::Passage {
            let (range, share) = self.passage(item, hits)?;
            let place = places.number(range);
            return Some(MeasuredItem { item, hits: vec![(hits[0].phrase, place)], share: Some(share) });
        }
        let end = |hit: &PhraseHit| hit.start as usize + self.items.index.words(hit.phrase).len();
        let (mut told, mut rest) = (Vec::new(), hits);
        while let Some(first) = rest.first() {
            let (mut stretch, mut count) = (first.start as usize..end(first), 1);
            while let Some(next) = rest.get(count).filter(|next| next.start as usize <= stretch.end) {
                stretch.end = stretch.end.max(end(next));
                count += 1;
            }
            let place = places.number(stretch);
            told.extend(rest[..count].iter().map(|hit| (hit.phrase, place)));
            rest = &rest[count..];
        }
        told.sort_unstable();
        told.dedup();
        Some(MeasuredItem { item, hits: told, share: None })
    }

    /// Returns the stretch that has the largest share of an item's words in their order, if that is enough.
    ///
    /// It is looked for where a phrase says that the item begins, give or take a quarter of its length, so that it is at
    /// most half as long again: over a long stretch any text has the words of an item somewhere.
    fn passage(&self, item: u32, hits: &[PhraseHit]) -> Option<(Range<usize>, f64)> {
        let item = &self.items.items[item as usize];
        let own_words = item.own_words as f64;
        let (words, hashes) = (self.items.index.text(item.words.clone()), &self.words.hashes);
        let slack = words.len() / 4 + 1;
        let position = |phrase: u32| item.phrases.iter().find(|known| known.1 == phrase).map_or(0, |known| known.0);
        let begins = |hit: &PhraseHit| (hit.start as usize + slack).saturating_sub(position(hit.phrase) as usize);
        let places: BTreeSet<usize> = hits.iter().map(|hit| begins(hit) / slack).collect();
        let measured = places.into_iter().filter_map(|place| {
            let start = (place * slack).saturating_sub(2 * slack);
            let stretch = start..hashes.len().min((place + 2) * slack + words.len());
            let pairs = common_subsequence(words, hashes.get(stretch)?);
            let dense = densest(&pairs);
            let (first, last) = dense.first().zip(dense.last())?;
            Some((start + first.1..start + last.1 + 1, dense.len() as f64 / own_words))
        });
        let is_enough = |(_, share): &(Range<usize>, f64)| self.rule.is_met(*share);
        measured.filter(is_enough).max_by(|x, y| x.1.total_cmp(&y.1).then(y.0.start.cmp(&x.0.start)))
    }
}

/// Returns the part of a common subsequence that counts most: a pair of words counts 2, and a word of the second text
/// between two pairs takes 1 away. A word that stands far from the others by chance is so left out.
fn densest(pairs: &[(usize, usize)]) -> &[(usize, usize)] {
    let (mut best, mut most, mut start, mut score) = (0..0, 0, 0, 0);
    for (n, pair) in pairs.iter().enumerate() {
        let gap = n.checked_sub(1).map_or(0, |last| pair.1 - pairs[last].1 - 1);
        (start, score) = if score < gap { (n, 2) } else { (start, score - gap + 2) };
        if score > most {
            (best, most) = (start..n + 1, score);
        }
    }
    &pairs[best]
}

/// Stretches of words, each once.
#[derive(Default)]
struct WordPlaces {
    ranges: Vec<Range<usize>>,
    numbers: BTreeMap<(usize, usize), u32>,
}

impl WordPlaces {
    fn number(&mut self, range: Range<usize>) -> u32 {
        *self.numbers.entry((range.start, range.end)).or_insert_with(|| {
            self.ranges.push(range);
            self.ranges.len() as u32 - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_far_from_the_others_are_left_out() {
        let pairs = [(0, 0), (1, 20), (2, 21), (3, 24), (4, 25), (5, 60)];
        assert_eq!(densest(&pairs), &pairs[1..5]);
        assert_eq!(densest(&pairs[..1]), &pairs[..1]);
        assert_eq!(densest(&[]), &[]);
    }
}
