//! The steps from documents to passages, one after another.

use std::collections::BTreeMap;

use doublon_core::Config;
use doublon_core::cluster::families::{Families, Occurrence, families};
use doublon_core::cluster::{Breaks, families_apart};
use doublon_core::groups::DocumentGroups;
use doublon_core::kernel::PassageRepeats;
use doublon_core::text::{PassageUnit, Shingler, Tokenizer};
use rayon::prelude::*;

use super::candidates::candidates;
use super::classes::{Classes, DocumentWords};
use super::linker::Candidates;
use super::places::{Choice, Lost, PlaceTable, Reporter};
use super::repeats;
use super::report::FoundPassages;
use super::units::unit_families;
use crate::error::Result;
use crate::finding::{ClassCounts, Sink};
use crate::scan::texts::Texts;
use crate::store::{Budget, PairWords, Units, Words};

/// The repeated passages of some documents, ready to be handed out.
#[derive(Default)]
pub(crate) struct Passages {
    repeats: PassageRepeats,
    grouped: Families,
    choice: Choice,
    places: PlaceTable,
    classes: Classes,
    short_repeats: u64,
    tokenizer: Tokenizer,
    /// Places of units that repeat the first one, which is a match that is not listed.
    unit_repeats: u64,
    /// Documents that could not be read again; they have no place in any match.
    pub lost: Vec<Lost>,
}

/// How many passages there are.
#[derive(Clone, Debug)]
pub(crate) struct PassageCounts {
    /// Matches, those included that are not listed.
    pub matches: u64,
    /// Families.
    pub families: u64,
    /// Both by the name of their class.
    pub classes: BTreeMap<String, ClassCounts>,
    /// Repeats that are too short to be listed: passages of fewer than the least number of words, and lines too short
    /// to be a passage that stand twice in a document outside of the passages listed.
    pub short_repeats: u64,
}

impl Passages {
    /// Counts them.
    pub fn counts(&self) -> PassageCounts {
        PassageCounts {
            matches: self.repeats.listed.len() as u64 + self.unit_repeats,
            families: self.grouped.families.len() as u64,
            classes: self.classes.counts(&self.choice),
            short_repeats: self.short_repeats,
        }
    }

    /// Hands out the matches by their first place, then the second, of large families not all; and then the families by
    /// their first place. Returns the documents that could no longer be read, whose matches are left out.
    pub fn send(self, texts: &Texts, budget: &Budget, sink: &mut dyn Sink) -> Result<Vec<Lost>> {
        let Self { repeats, grouped, choice, places, classes, tokenizer, .. } = self;
        let reporter = Reporter { texts, tokenizer, unit: None, steps: &budget.steps };
        let found =
            FoundPassages { repeats: &repeats, grouped: &grouped, choice: &choice, places: &places, classes: &classes };
        let lost = found.send_matches(&reporter, budget, sink)?;
        found.send_families(texts, sink)?;
        Ok(lost)
    }
}

/// Returns the passages that repeat within or across the documents `included`, which are in order, with groups across
/// these only. `words` is that of all documents.
///
/// The first 2^32 words of a document are compared.
pub(crate) fn find(
    texts: &Texts,
    mut words: Words,
    (included, groups): (&[u32], &DocumentGroups),
    config: &Config,
    budget: &Budget,
) -> Result<Passages> {
    let Candidates { shares, docs } = candidates(&words, included, groups, config, budget)?;
    words.describe(&docs, budget)?;
    drop(docs);
    let mut repeats = repeats::align(&words, shares, config, budget)?;
    let short = std::mem::take(&mut repeats.short);
    let short_passages = families(short.iter().map(|(a, b)| (a, b))).families.len() as u64;
    drop(short);
    let listed = repeats.listed.iter().flat_map(|repeat| [&repeat.a, &repeat.b]);
    let short_repeats = short_passages + words.short_lines_outside(included, listed);
    let breaks = words.breaks(&later_documents(&repeats))?;
    let mut grouped = group(&repeats, &breaks, groups, config);
    measure(&mut repeats, &Choice::new(&grouped, |_| true), &words, config)?;
    let words_of = DocumentWords::of(&repeats, &words)?;
    drop(words); // what is found may take as much memory as they did
    let tokenizer = Tokenizer::new(config.text, config.seed);
    let reporter = Reporter { texts, tokenizer, unit: None, steps: &budget.steps };
    let mut all_lost = Vec::new();
    loop {
        let choice = Choice::new(&grouped, |n| repeats.listed[n].shingles().is_some());
        match reporter.describe(&repeats.listed, &grouped, &choice, budget)? {
            Ok(places) => {
                let tokenizer = reporter.tokenizer;
                let classes = Classes::new(&repeats, &grouped, &choice, |doc| words_of.count(doc));
                return Ok(Passages {
                    repeats,
                    grouped,
                    choice,
                    places,
                    classes,
                    short_repeats,
                    tokenizer,
                    unit_repeats: 0,
                    lost: all_lost,
                });
            }
            // Their text has changed since it was read, so nothing can be said of them.
            Err(lost) => {
                let is_lost = |place: &Occurrence| lost.binary_search_by_key(&place.doc, |&(doc, _)| doc).is_ok();
                let PassageRepeats { listed, loops, .. } = &mut repeats;
                for repeats in [listed, loops] {
                    repeats.retain(|repeat| !is_lost(&repeat.a) && !is_lost(&repeat.b));
                }
                grouped = group(&repeats, &breaks, groups, config);
                all_lost.extend(lost);
            }
        }
    }
}

/// Returns the units that stand more than once in the documents `included`, which are in order. `units` is those of all
/// documents.
pub(crate) fn find_units(
    texts: &Texts,
    units: &Units,
    unit: PassageUnit,
    (mut included, groups): (Vec<u32>, &DocumentGroups),
    config: &Config,
    budget: &Budget,
) -> Result<Passages> {
    let tokenizer = Tokenizer::new(config.text, config.seed);
    let reporter = Reporter { texts, tokenizer, unit: Some(unit), steps: &budget.steps };
    let mut all_lost = Vec::new();
    loop {
        let grouped = unit_families(units, (&included, groups), config.scope, budget)?;
        // Each place repeats the first one; there is nothing more to tell of any two of them.
        let more: Vec<usize> = grouped.families.iter().map(|places| places.len() - 1).collect();
        let choice = Choice { listed: Vec::new(), more };
        match reporter.describe(&[], &grouped, &choice, budget)? {
            Ok(places) => {
                let unit_repeats = choice.more.iter().sum::<usize>() as u64;
                let Reporter { tokenizer, .. } = reporter;
                let classes = Classes::of_units(&grouped, |doc| units.count(doc));
                let found =
                    Passages { grouped, choice, places, classes, tokenizer, unit_repeats, ..Passages::default() };
                return Ok(Passages { lost: all_lost, ..found });
            }
            Err(lost) => {
                included.retain(|doc| lost.binary_search_by_key(doc, |&(lost, _)| lost).is_err());
                all_lost.extend(lost);
            }
        }
    }
}

/// Returns the documents that repeat something, in order.
fn later_documents(repeats: &PassageRepeats) -> Vec<u32> {
    let mut docs: Vec<u32> = repeats.listed.iter().chain(&repeats.loops).map(|repeat| repeat.b.doc).collect();
    docs.sort_unstable();
    docs.dedup();
    docs
}

fn group(repeats: &PassageRepeats, breaks: &Breaks, groups: &DocumentGroups, config: &Config) -> Families {
    let least = u32::try_from(config.min_words).unwrap_or(u32::MAX);
    families_apart(repeats, repeats.listed.len(), breaks, groups, (config.threshold, least))
}

/// Measures the repeats that are listed.
fn measure(repeats: &mut PassageRepeats, choice: &Choice, words: &Words, config: &Config) -> Result<()> {
    let shingler = Shingler::new(config.text.shingle.k);
    let is_listed = |n: usize| choice.listed.binary_search(&n).is_ok();
    let (all, runs) = repeats.listed_with_runs();
    let listed = all.par_iter_mut().enumerate().filter(|&(n, _)| is_listed(n));
    let measured = |held: &mut _, (_, repeat)| repeats::measure(repeat, runs, words, shingler, held);
    listed.map_init(PairWords::default, measured).collect()
}
