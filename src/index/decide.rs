//! Which documents of a batch are duplicates: first of what is in the index, then of each other.
//!
//! What is in the index comes before the batch in keep order, so whoever is a duplicate of it is removed for it, by the
//! first such document. The others are decided by the code of a scan. So a run over everything at once and one part by
//! part come to the same, but where a bucket of the whole is so large that a scan looks its members up by their rarest
//! shingles, and finds pairs that no band leads to.

use std::sync::Mutex;

use doublon_core::Config;
use doublon_core::candidate::{Bands, Chance};
use doublon_core::cluster::KeepOrder;
use doublon_core::groups::DocumentGroups;
use doublon_core::kernel::{Selected, SelectionRules};
use doublon_core::verify::Overlap;
use rayon::prelude::*;

use super::batch::Batch;
use super::layout::{Row, TextHashes};
use super::snapshot::{FindScratch, Found, RowPlace, Snapshot, WHOLE, Wanted, equality};
use crate::error::{Error, Result};
use crate::finding::{Equality, Skipped};
use crate::scan::{Pool, RepeatedValues, Selector, join_bands};
use crate::store::Budget;

/// A document of a batch that is a duplicate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Removed {
    pub doc: u32,
    pub keeper: Keeper,
    /// Measured with the keeper as `a`.
    pub overlap: Overlap,
    pub equality: Equality,
    /// Whether it has the words of a document before it in the batch, which was measured.
    pub is_copy: bool,
}

/// What a document is a duplicate of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Keeper {
    /// A document of the index.
    Old(RowPlace),
    /// A document of the batch.
    New(u32),
}

/// What was decided.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// Ascending by document.
    pub removed: Vec<Removed>,
    /// Documents without a word, ascending.
    pub empty: Vec<u32>,
    /// Those that are kept, in keep order; none unless documents were compared with each other.
    pub kept: Vec<u32>,
}

/// Decides on the documents of a batch. Unless `within`, they are not compared with each other.
pub(super) fn decide(
    snapshot: &Snapshot,
    batch: &Batch,
    config: &Config,
    within: bool,
    budget: &Budget,
) -> Result<Decided> {
    let order = keep_order(batch);
    let is_empty = |doc: u32| batch.documents[doc as usize].hashes.words == 0;
    let firsts = first_copies(batch, &order, config.exact)?;
    let is_first = |doc: u32| firsts[doc as usize] == doc && !is_empty(doc);
    let found = find_all(snapshot, batch, is_first)?;
    // Where exact copies alone are duplicates, the first of them stays.
    let selected = if within && !config.exact {
        let is_open = |doc: u32| is_first(doc) && found[doc as usize].is_none();
        select(snapshot, batch, config, &order, is_open, budget)?
    } else {
        Selected::default()
    };
    let mut decided = Decided::default();
    for doc in 0..batch.len() {
        let first = firsts[doc as usize];
        let is_copy = first != doc;
        let hashes = batch.documents[doc as usize].hashes;
        let removed = |keeper, overlap, equality| Removed { doc, keeper, overlap, equality, is_copy };
        if is_empty(doc) {
            decided.empty.push(doc);
        } else if let Some(Found { place, row, overlap }) = found[first as usize] {
            decided.removed.push(removed(Keeper::Old(place), overlap, equal(&row, hashes, overlap)));
        } else if let Some(&(keeper, overlap)) = selected.keepers.get(&first) {
            decided.removed.push(removed(Keeper::New(keeper), overlap, Equality::None));
        } else if within && is_copy {
            let equality = equality(batch.documents[first as usize].hashes, hashes);
            decided.removed.push(removed(Keeper::New(first), WHOLE, equality));
        } else if within {
            decided.kept.push(doc);
        }
    }
    decided.kept.sort_by_key(|&doc| order.rank(doc));
    Ok(decided)
}

/// Hashes tell how far texts are equal that were measured and found the same, and nothing else.
fn equal(row: &Row, hashes: TextHashes, overlap: Overlap) -> Equality {
    let is_whole = overlap.shared == overlap.a && overlap.shared == overlap.b;
    if is_whole { equality(row.hashes, hashes) } else { Equality::None }
}

fn keep_order(batch: &Batch) -> KeepOrder {
    if batch.failures.is_empty() {
        return KeepOrder::default();
    }
    let mut is_last = vec![false; batch.documents.len()];
    batch.failures.iter().for_each(|&doc| is_last[doc as usize] = true);
    KeepOrder::by_key(&is_last)
}

/// Returns for each document the first one, in keep order, that has its words, and its characters if only exact copies are
/// looked for.
fn first_copies(batch: &Batch, order: &KeepOrder, exact: bool) -> Result<Vec<u32>> {
    let mut firsts: Vec<u32> = (0..batch.len()).collect();
    let hash =
        |TextHashes { words, characters, .. }: TextHashes| if exact && words != 0 { characters.max(1) } else { words };
    let hashes: Vec<u64> = batch.documents.iter().map(|document| hash(document.hashes)).collect();
    let groups = RepeatedValues::of(&hashes).groups(|hash| hash != 0);
    let compared = groups.into_par_iter().map(|mut group| -> Result<Vec<(u32, u32)>> {
        group.sort_unstable_by_key(|&doc| order.rank(doc));
        let mut copies = Vec::new();
        while let Some((&first, others)) = group.split_first() {
            // Words have one number each in a batch, so the same words are the same bytes.
            let (words, of_first) = (batch.numbered_words(first)?, batch.documents[first as usize].hashes);
            let mut rest = Vec::new();
            for &doc in others {
                let is_exact = !exact || equality(of_first, batch.documents[doc as usize].hashes).is_exact();
                let is_copy = is_exact && batch.numbered_words(doc)? == words;
                if is_copy { copies.push((doc, first)) } else { rest.push(doc) }
            }
            group = rest;
        }
        Ok(copies)
    });
    for copies in compared.collect::<Result<Vec<_>>>()? {
        for (doc, first) in copies {
            firsts[doc as usize] = first;
        }
    }
    Ok(firsts)
}

/// Looks all documents up that are `wanted`.
fn find_all(snapshot: &Snapshot, batch: &Batch, is_wanted: impl Fn(u32) -> bool + Sync) -> Result<Vec<Option<Found>>> {
    if snapshot.segments.is_empty() {
        return Ok(vec![None; batch.documents.len()]);
    }
    let workers = Pool::new(|| (FindScratch::default(), Vec::new()));
    let find = |doc: u32| -> Result<Option<Found>> {
        if !is_wanted(doc) {
            return Ok(None);
        }
        workers.with(|(scratch, words)| {
            let (keys, sketch) = batch.signs(doc)?;
            if !snapshot.may_find(&keys)? {
                return Ok(None);
            }
            batch.words(doc, words)?;
            let hashes = batch.documents[doc as usize].hashes;
            snapshot.find(&Wanted::new(&keys, sketch, words, hashes), scratch)
        })
    };
    (0..batch.len()).into_par_iter().with_min_len(64).map(find).collect()
}

/// Decides among the documents of a batch that are `open`.
fn select(
    snapshot: &Snapshot,
    batch: &Batch,
    config: &Config,
    order: &KeepOrder,
    is_open: impl Fn(u32) -> bool + Sync,
    budget: &Budget,
) -> Result<Selected> {
    let chance = Chance::new(Bands::new(config.bands, config.rows)?, config.threshold);
    let rules = SelectionRules { pairs: false, ..SelectionRules::of(config) };
    let failure: Mutex<Option<Error>> = Mutex::default();
    let shingles_of = |doc| -> std::result::Result<Vec<u64>, Skipped> {
        let mut words = Vec::new();
        let read = batch.words(doc, &mut words).map(|()| snapshot.shingles(&words));
        Ok(read.unwrap_or_else(|error| {
            *failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(error);
            Vec::new()
        }))
    };
    let buckets = join_bands(&batch.table, order, (chance.cut(), false), is_open, &budget.cancel)?;
    let groups = &DocumentGroups::default();
    let (shingles_of, measured_shingles_of) = (&shingles_of, &shingles_of);
    let (held, cancel) = (budget.sets, &budget.cancel);
    let (selected, _) = Selector { shingles_of, measured_shingles_of, rules, groups, held, cancel }.select(buckets)?;
    match failure.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(selected),
    }
}
