//! From words to pairs of places that share a key.
//!
//! Keys are handled in shares of their range: the postings of a share are sorted and linked by themselves, and what is
//! found goes to shares of the documents, to be aligned document by document. Where postings need much memory, they
//! are made in rounds, each for a part of the keys; where that is still too much, they wait in a file.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::linker::{Candidates, Linker};
use crate::error::{Error, Result};
use crate::store::{Budget, HeldWords, Partition, Partitions, Step, Words, divide};
use doublon_core::Config;
use doublon_core::candidate::postings::Posting;
use doublon_core::groups::DocumentGroups;
use doublon_core::kernel::PostingMaker;
use doublon_core::sketch::WindowParameters;

/// Keys are handled in so many shares, by their first eight bits, each by one thread.
const KEY_SHARES: usize = 256;
/// Postings are made in so many rounds at most: to hold all takes 6.4 bytes a word by default, and to look for the minima
/// again a twentieth of the time.
const ROUNDS: usize = 2;
/// Postings that take less than this many bytes are made in one round.
const ONE_ROUND: usize = 24 << 20;
/// So many postings are divided at a time.
const TOGETHER: usize = 1 << 18;
/// About the words that one thread looks for minima in at a time.
const BATCH_WORDS: u64 = 1 << 18;

/// Returns all candidates.
pub(super) fn candidates(
    words: &Words,
    included: &[u32],
    groups: &DocumentGroups,
    config: &Config,
    budget: &Budget,
) -> Result<Candidates> {
    let linker = Linker::new(words, groups, config, budget)?;
    let rounds = rounds(words.len(), config.windows, budget.postings());
    // Each word counts once when the minima around it are looked for, in each round, and once when they are linked.
    budget.steps.begin(Step::Seeding, words.len() as u64 * (rounds as u64 + 1));
    for round in 0..rounds {
        let keys = KEY_SHARES * round / rounds..KEY_SHARES * (round + 1) / rounds;
        let mut postings = postings(words, included, config, &keys, budget)?.into_iter();
        loop {
            let some: Vec<Partition<Posting>> = postings.by_ref().take(2 * rayon::current_num_threads()).collect();
            if some.is_empty() {
                break;
            }
            some.into_par_iter().try_for_each(|share| -> Result<()> {
                budget.cancel.check()?;
                linker.link(share)?;
                budget.steps.advance((words.len() / KEY_SHARES) as u64);
                Ok(())
            })?;
        }
    }
    Ok(linker.finish())
}

/// In how many rounds the postings of so many words are made, if so many bytes may be held.
fn rounds(words: usize, windows: WindowParameters, most: usize) -> usize {
    // Of each window of n shingles the smallest changes twice in n + 1 steps; that of several rows at most as often as
    // all of them together.
    let keys_of_bands = 2 * windows.bands * windows.rows * words / (windows.words - windows.k + 2);
    let bytes = keys_of_bands * size_of::<Posting>();
    match bytes.div_ceil(most.max(1)) {
        0..=ROUNDS if bytes < ONE_ROUND => 1,
        0..=ROUNDS => ROUNDS,
        _ => 1, // they go to a file, at once
    }
}

/// Returns the postings with a key in the given shares.
fn postings(
    words: &Words,
    included: &[u32],
    config: &Config,
    keys: &Range<usize>,
    budget: &Budget,
) -> Result<Vec<Partition<Posting>>> {
    let postings = Mutex::new(Partitions::new(keys.len(), budget.postings(), &budget.folder));
    let ends = words.batches(included, BATCH_WORDS)?;
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let batches: Vec<&[u32]> = starts.zip(&ends).map(|(start, &end)| &included[start..end]).collect();
    batches.into_par_iter().try_for_each(|docs| {
        budget.cancel.check()?;
        let mut found = FoundPostings { all: &postings, keys, held: Vec::new(), failed: None };
        budget.steps.advance(add_postings(words, docs, config, &mut found)?);
        found.finish()
    })?;
    Ok(postings.into_inner().unwrap_or_else(PoisonError::into_inner).finish())
}

fn share_of_key(key: u64) -> usize {
    (key >> 56) as usize
}

/// Adds the postings of some documents, and returns how many words these have.
fn add_postings(words: &Words, docs: &[u32], config: &Config, found: &mut FoundPostings<'_>) -> Result<u64> {
    let mut maker = PostingMaker::new(config);
    let (mut held, mut hashes, mut count) = (HeldWords::default(), Vec::new(), 0);
    for &doc in docs {
        let tokens = words.tokens(doc, &mut held)?;
        let text = (doc, tokens, words.masked());
        if let Some(vocabulary) = words.vocabulary() {
            maker.for_each(text, |n| vocabulary.folded_hash(tokens[n]), |posting| found.add(posting));
        } else {
            let folded = words.folded(doc, &mut hashes)?;
            maker.for_each(text, |n| folded[n], |posting| found.add(posting));
        }
        count += tokens.len() as u64;
    }
    Ok(count)
}

/// Divides postings by their keys, some thousand at a time.
struct FoundPostings<'p> {
    all: &'p Mutex<Partitions<Posting>>,
    /// The shares of the keys that are wanted.
    keys: &'p Range<usize>,
    held: Vec<Posting>,
    failed: Option<Error>,
}

impl FoundPostings<'_> {
    fn add(&mut self, posting: Posting) {
        if self.keys.contains(&share_of_key(posting.key)) {
            self.held.push(posting);
            if self.held.len() >= TOGETHER {
                self.hand_on();
            }
        }
    }

    fn hand_on(&mut self) {
        let divided = divide(&self.held, self.keys.len(), |posting| share_of_key(posting.key) - self.keys.start);
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(failed) = all.extend(divided) {
            self.failed.get_or_insert(failed);
        }
        self.held.clear();
    }

    fn finish(mut self) -> Result<()> {
        self.hand_on();
        self.failed.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_postings_are_made_at_once_and_so_are_those_that_go_to_a_file() {
        let windows = WindowParameters::default();
        assert_eq!(rounds(1_000_000, windows, usize::MAX), 1);
        assert_eq!(rounds(10_000_000, windows, usize::MAX), ROUNDS);
        assert_eq!(rounds(10_000_000, windows, 32 << 20), ROUNDS);
        assert_eq!(rounds(10_000_000, windows, 30 << 20), 1);
    }
}
