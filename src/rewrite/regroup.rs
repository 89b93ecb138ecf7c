//! Groups of documents of which another one stays than the scan had chosen: the others are measured against it anew.
//!
//! The texts are read again, first those that stay, then the others, each of which goes only if it is a copy by the rules
//! of the scan. The memory is that of the documents that stay, with their shingles.

use std::collections::BTreeMap;
use std::sync::Arc;

use doublon_core::kernel::{SelectionRules, SketchScratch, Sketcher};
use doublon_core::text::Shingler;
use doublon_core::verify::Overlap;

use super::choices::UNLIKE_ORIGINAL;
use super::gathered::Gathered;
use super::plan::Plan;
use super::records::visit;
use super::removal::{DocumentRemoval, RemovalCause};
use crate::error::Result;
use crate::finding::{DocumentRef, Equality};
use crate::source::{ComparedText, Record, SourceOptions, TextBorders};
use crate::store::private_seed;

/// A group of which another document is to stay.
#[derive(Debug)]
pub(super) struct RegroupedCluster {
    /// The one that stays.
    pub original: DocumentRef,
    /// The others, of which those go that are copies of it.
    pub members: Vec<DocumentRef>,
}

/// A document with what it is compared by.
struct MeasuredText {
    text: String,
    raw_hash: Option<u128>,
    borders: TextBorders,
    tokens: Vec<u64>,
    shingles: Vec<u64>,
}

/// Adds to a plan the documents that go for the ones that were chosen, and lets the others stay in it.
///
/// # Errors
///
/// If a source is not what was scanned.
pub(super) fn regroup(clusters: &[RegroupedCluster], gathered: &mut Gathered, plan: &mut Plan) -> Result<()> {
    let reading = SourceOptions::from(plan.parameters.input.clone()).without_metadata();
    let mut originals: BTreeMap<(usize, u64), usize> = BTreeMap::new();
    let mut members: BTreeMap<(usize, u64), usize> = BTreeMap::new();
    for (n, RegroupedCluster { original, members: others }) in clusters.iter().enumerate() {
        originals.insert((gathered.index.number(original)?, original.record), n);
        for other in others {
            members.insert((gathered.index.number(other)?, other.record), n);
        }
    }
    let rules = SelectionRules::of(&plan.parameters.config);
    let is_exact = plan.parameters.config.exact;
    let mut measurer = TextMeasurer::new(plan);
    let mut texts: BTreeMap<usize, MeasuredText> = BTreeMap::new();
    each(&originals, plan, &reading, &mut |_, n, record| _ = texts.insert(n, measurer.measured(record)))?;
    let mut kept: BTreeMap<usize, Arc<DocumentRef>> = BTreeMap::new();
    let mut decided: Vec<((usize, u64), usize, Option<RemovalCause>)> = Vec::new();
    each(&members, plan, &reading, &mut |place, n, record| {
        let keep = kept.entry(n).or_insert_with(|| Arc::new(clusters[n].original.clone()));
        let (original, member) = (&texts[&n], measurer.measured(record));
        let cause = member.cause(original, keep, &rules, is_exact);
        decided.push((place, n, cause));
    })?;
    for ((source, record), n, cause) in decided {
        let found = clusters[n]
            .members
            .iter()
            .find(|doc| doc.record == record && gathered.index.number(doc).ok() == Some(source));
        let Some(doc) = found.cloned() else { continue };
        let original = gathered.index.number(&clusters[n].original)?;
        match cause.filter(|_| may_go(plan, source, original)) {
            Some(cause) => {
                gathered.keepers.insert((original, clusters[n].original.record));
                plan.sources[source].drops.push(DocumentRemoval { doc, cause });
            }
            None => plan.choices.keep(source, doc, UNLIKE_ORIGINAL),
        }
    }
    plan.sources.iter_mut().for_each(|source| source.drops.sort_by_key(|drop| drop.doc.record));
    Ok(())
}

/// Whether a document of one source may go for one of another: where documents are in groups, only those of different ones
/// are compared, and what others are only compared with stays.
fn may_go(plan: &Plan, source: usize, original: usize) -> bool {
    let root = |source: usize| plan.sources[source].info.root;
    let are_apart = !plan.parameters.config.is_grouped() || root(source) != root(original);
    are_apart && !plan.sources[source].info.against
}

/// Is told of a document that was read: its source and record, and its number.
type FoundText<'f> = dyn FnMut((usize, u64), usize, &Record) + 'f;

/// Reads documents, which have numbers, in order.
fn each(
    wanted: &BTreeMap<(usize, u64), usize>,
    plan: &Plan,
    reading: &SourceOptions,
    found: &mut FoundText,
) -> Result<()> {
    let places: Vec<(usize, u64)> = wanted.keys().copied().collect();
    for of_source in places.chunk_by(|x, y| x.0 == y.0) {
        let source = of_source[0].0;
        let records: Vec<u64> = of_source.iter().map(|place| place.1).collect();
        visit(&plan.sources[source], &records, reading, &mut |record, _| {
            let place = (source, record.record);
            if let Some(&number) = wanted.get(&place) {
                found(place, number, record);
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Reads what documents are compared by.
struct TextMeasurer {
    scratch: SketchScratch,
    shingler: Shingler,
}

impl TextMeasurer {
    fn new(plan: &Plan) -> Self {
        let config = &plan.parameters.config;
        Self {
            scratch: Sketcher::new(config).reseeded(private_seed()).scratch(),
            shingler: Shingler::new(config.text.shingle.k),
        }
    }

    fn measured(&mut self, record: &Record) -> MeasuredText {
        let tokens = self.scratch.tokens(&record.text).to_vec();
        let shingles = self.shingler.set(&tokens);
        let (raw_hash, borders) = (record.raw_hash, record.borders.clone());
        MeasuredText { text: record.text.clone(), raw_hash, borders, tokens, shingles }
    }
}

impl MeasuredText {
    fn compared(&self) -> ComparedText<'_> {
        ComparedText { text: &self.text, raw_hash: self.raw_hash, borders: &self.borders }
    }

    /// Returns why it may go for the one that stays, if it is a copy of it.
    fn cause(
        &self,
        original: &Self,
        keep: &Arc<DocumentRef>,
        rules: &SelectionRules,
        is_exact: bool,
    ) -> Option<RemovalCause> {
        let same_words = || self.tokens == original.tokens && !self.tokens.is_empty();
        let equality = original.compared().equality(&self.compared(), same_words);
        let overlap = Overlap::of(&original.shingles, &self.shingles);
        let is_copy = if is_exact { equality.is_exact() } else { rules.match_by(overlap) };
        is_copy.then(|| RemovalCause::Duplicate {
            indexed: None,
            keep: Arc::clone(keep),
            jaccard: overlap.jaccard(),
            containment: overlap.containment_b(),
            exact: equality == Equality::Bytes,
            equality,
        })
    }
}
