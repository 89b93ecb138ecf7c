//! Duplicate documents: exact copies first, then candidates by bands, each measured against documents that are kept.

use super::buckets;
use super::copies::Copies;
use super::corpus::DocumentTable;
use super::pool::Pool;
use super::select::{Selector, shingles_by};
use super::texts::Texts;
use crate::error::Result;
use crate::finding::{Equality, Skipped};
use crate::store::{Budget, private_seed};
use doublon_core::candidate::estimate::{Recall, RecallEstimator};
use doublon_core::candidate::{Bands, Chance};
use doublon_core::groups::DocumentGroups;
use doublon_core::kernel::{Selected, SelectionRules, Sketcher, is_compared};
use doublon_core::sets::Sets;
use doublon_core::verify::Overlap;
use doublon_core::{Config, Keep};
use rayon::prelude::*;

/// What was found, by document number.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// Removed documents, ascending.
    pub removed: Vec<Removal>,
    /// Verified pairs, if asked for, ascending.
    pub pairs: Vec<MeasuredPair>,
    pub recall: Option<Recall>,
    /// Documents that could not be read again; they match nothing.
    pub lost: Vec<(u32, Skipped)>,
}

/// A removed document with the kept one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Removal {
    pub doc: u32,
    pub keeper: u32,
    /// Measured with the keeper as `a`, the removed document as `b`.
    pub overlap: Overlap,
    pub equality: Equality,
}

/// Two documents, `a` before `b`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct MeasuredPair {
    pub a: u32,
    pub b: u32,
    pub overlap: Overlap,
}

/// Finds duplicate documents.
/// With groups, only documents of different ones are compared.
pub(super) fn find(
    texts: &Texts,
    documents: &DocumentTable,
    groups: &DocumentGroups,
    config: &Config,
    budget: &Budget,
) -> Result<Documents> {
    let DocumentTable { table, sketcher, order } = documents;
    let chance = Chance::new(Bands::new(config.bands, config.rows)?, config.threshold);
    let streams = table.streams.load()?;
    let private = &sketcher.reseeded(private_seed());
    let copies = Copies::find(&streams, order, texts, groups, (private, config.exact));
    let distinct = |doc: u32| is_compared(streams[doc as usize]) && !copies.is_copy(doc);
    let rules = SelectionRules::of(config);
    let SelectionRules { threshold, containment, pairs } = rules;
    let (selected, lost) = if config.exact {
        Default::default()
    } else {
        let buckets = buckets::join(table, order, (chance.cut(), containment.is_some()), distinct, &budget.cancel)?;
        let (shingles_of, measured_shingles_of) = (&shingles_by(texts, sketcher), &shingles_by(texts, private));
        let (held, cancel) = (budget.sets, &budget.cancel);
        Selector { shingles_of, measured_shingles_of, rules, groups, held, cancel }.select(buckets)?
    };

    let recall = recall(&selected, RecallEstimator::new(&chance, threshold), threshold);
    let removes = config.keep != Keep::None;
    // Copies of one group share what becomes of the first, and do not go for it.
    let share_fate = !groups.is_none() && !config.exact;
    let mut removed = if removes { removals(&copies, &selected, share_fate) } else { Vec::new() };
    if share_fate {
        tell_equal(&mut removed, &streams, texts, private);
    }
    let mut found = Documents { removed, recall, ..Documents::default() };
    if pairs || !removes {
        let copies = if share_fate { &Copies::default() } else { &copies };
        found.pairs = all_pairs(copies, &selected, texts, sketcher);
    }
    found.lose(copies.lost.into_iter().chain(lost).collect());
    Ok(found)
}

/// Estimates how many of the pairs that there are were found.
fn recall(selected: &Selected, mut estimator: RecallEstimator, threshold: f64) -> Option<Recall> {
    let pairs = || selected.pairs.iter().filter(|pair| pair.overlap.reaches(threshold));
    let mut members: Vec<u32> = pairs().flat_map(|pair| [pair.earlier, pair.later]).collect();
    members.sort_unstable();
    members.dedup();
    let member = |doc: u32| members.partition_point(|&other| other < doc) as u32;
    let mut groups = Sets::new(members.len());
    pairs().for_each(|pair| groups.join(member(pair.earlier), member(pair.later)));
    for pair in pairs() {
        if pair.certain {
            estimator.add_certain();
        } else {
            estimator.add(groups.root(member(pair.earlier)), pair.overlap.jaccard());
        }
    }
    estimator.recall()
}

impl Documents {
    pub fn is_removed(&self, doc: u32) -> bool {
        self.removed.binary_search_by_key(&doc, |removal| removal.doc).is_ok()
    }

    pub fn is_lost(&self, doc: u32) -> bool {
        self.lost.binary_search_by_key(&doc, |&(lost, _)| lost).is_ok()
    }

    /// Takes documents that can no longer be read for lost. They are no proof for the removal of another.
    pub fn lose(&mut self, more: Vec<(u32, Skipped)>) {
        self.lost.extend(more);
        self.lost.sort_by_key(|&(doc, _)| doc);
        self.lost.dedup_by_key(|&mut (doc, _)| doc);
        let Self { removed, lost, .. } = self;
        let is_lost = |doc: u32| lost.binary_search_by_key(&doc, |&(lost, _)| lost).is_ok();
        removed.retain(|removal| !is_lost(removal.keeper) && !is_lost(removal.doc));
    }
}

/// Removes the documents selected for it, and each copy with the first of its group, or else for it unless they share
/// their fate.
fn removals(copies: &Copies, selected: &Selected, share_fate: bool) -> Vec<Removal> {
    let equal = Overlap { a: 1, b: 1, shared: 1 };
    let of_copies = copies.iter().filter_map(|copy| match selected.keepers.get(&copy.first) {
        Some(&(keeper, overlap)) => Some(Removal { doc: copy.doc, keeper, overlap, equality: Equality::None }),
        None if share_fate => None,
        None => Some(Removal { doc: copy.doc, keeper: copy.first, overlap: equal, equality: copy.equality }),
    });
    // The order of the map does not matter: the removals are sorted.
    #[allow(clippy::iter_over_hash_type)]
    let mut removed: Vec<Removal> = selected
        .keepers
        .iter()
        .map(|(&doc, &(keeper, overlap))| Removal { doc, keeper, overlap, equality: Equality::None })
        .chain(of_copies)
        .collect();
    removed.sort_unstable_by_key(|removal| removal.doc);
    removed
}

/// Says of removed documents with the tokens of the kept one how far they are equal.
fn tell_equal(removed: &mut [Removal], streams: &[u64], texts: &Texts, sketcher: &Sketcher) {
    let workers = Pool::new(|| (texts.reader(), texts.reader(), sketcher.scratch()));
    let equal = removed.par_iter_mut().filter(|removal| {
        let [a, b] = [removal.keeper, removal.doc].map(|doc| streams[doc as usize]);
        a == b
    });
    equal.for_each(|removal| {
        let equality = workers.with(|(of_a, of_b, scratch)| {
            let (Ok(a), Ok(b)) = (of_a.read(removal.keeper), of_b.read(removal.doc)) else { return Equality::None };
            let tokens = scratch.tokens(&a.text).to_vec();
            a.compared().equality(&b.compared(), || scratch.tokens(&b.text) == tokens)
        });
        removal.equality = equality;
    });
}

/// The pairs of distinct documents, and one pair for each copy with the first of its group.
fn all_pairs(copies: &Copies, selected: &Selected, texts: &Texts, sketcher: &Sketcher) -> Vec<MeasuredPair> {
    let (mut reader, mut scratch) = (texts.reader(), sketcher.scratch());
    let of_copies = copies.iter().map(|copy| {
        let shingles = reader.read(copy.first).map_or(1, |document| sketcher.set(&document.text, &mut scratch).len());
        (copy.first, copy.doc, Overlap { a: shingles, b: shingles, shared: shingles })
    });
    let measured = selected.pairs.iter().map(|pair| (pair.earlier, pair.later, pair.overlap));
    let ascending = |(x, y, overlap): (u32, u32, Overlap)| {
        if x < y {
            MeasuredPair { a: x, b: y, overlap }
        } else {
            MeasuredPair { a: y, b: x, overlap: overlap.swapped() }
        }
    };
    let mut pairs: Vec<MeasuredPair> = measured.chain(of_copies).map(ascending).collect();
    pairs.sort_unstable_by_key(|pair| (pair.a, pair.b));
    pairs
}
