//! From words to pairs of places that share a key.
//!
//! Keys are handled in shares of their range: the postings of a share are sorted and linked by themselves, and what is
//! found goes to shares of the documents, to be aligned document by document. Where postings need much memory, they
//! are made in rounds, each for a part of the keys; where that is still too much, they wait in a file.

use std::ops::Range;

use rayon::prelude::*;

use crate::error::Result;
use crate::store::{Budget, HeldWords, Partition, Partitions, Step, Words, divide};
use doublon_core::Config;
use doublon_core::candidate::postings::{Candidate, Following, Posting, WordPlace};
use doublon_core::groups::DocumentGroups;
use doublon_core::kernel::{FOLLOWING, PostingMaker, following, links};
use doublon_core::sketch::WindowParameters;

/// Keys are handled in so many shares, by their first eight bits, each by one thread.
const KEY_SHARES: usize = 256;
/// Candidates are divided in so many shares, by their first document.
const DOCUMENT_SHARES: usize = 64;
/// Postings are made in so many rounds at most: to hold all takes 6.4 bytes a word by default, and to look for the minima
/// again a twentieth of the time.
const ROUNDS: usize = 2;
/// Postings that take less than this many bytes are made in one round.
const ONE_ROUND: usize = 24 << 20;
/// About the words that one thread looks for minima in at a time.
const BATCH_WORDS: u64 = 1 << 18;

/// Candidates, and the documents that they are of.
pub(super) struct Candidates {
    /// In shares, by first document; one that shares several keys stands there several times.
    pub shares: Vec<Partition<Candidate>>,
    /// The documents, in order, where what is known of words is on disk.
    pub docs: Vec<u32>,
}

/// Returns all candidates.
pub(super) fn candidates(
    words: &Words,
    included: &[u32],
    groups: &DocumentGroups,
    config: &Config,
    budget: &Budget,
) -> Result<Candidates> {
    let firsts = words.shares(DOCUMENT_SHARES)?;
    let share_of = |candidate: &Candidate| firsts.partition_point(|&first| first <= candidate.a.doc).max(1) - 1;
    let linker = Linker { words, groups, config };
    let mut found = Partitions::new(DOCUMENT_SHARES, budget.candidates(), &budget.folder);
    let mut docs = DocumentSet::new(words);
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
            let linked = some.into_par_iter().map(|share| {
                budget.cancel.check()?;
                let candidates = linker.candidates(share)?;
                budget.steps.advance((words.len() / KEY_SHARES) as u64);
                Ok(divide(&candidates, DOCUMENT_SHARES, share_of))
            });
            let linked: Vec<Vec<Vec<Candidate>>> = linked.collect::<Result<_>>()?;
            if docs.is_wanted() {
                linked.iter().flatten().flatten().for_each(|candidate| docs.add(candidate));
            }
            linked.into_iter().try_for_each(|linked| found.extend(linked))?;
        }
    }
    Ok(Candidates { shares: found.finish(), docs: docs.into_docs() })
}

/// The documents that candidates are of, as one bit each, where they are wanted.
struct DocumentSet(Vec<u64>);

impl DocumentSet {
    fn new(words: &Words) -> Self {
        let documents = if words.vocabulary().is_some() { 0 } else { words.documents() };
        Self(vec![0; documents.div_ceil(64)])
    }

    fn is_wanted(&self) -> bool {
        !self.0.is_empty()
    }

    fn add(&mut self, candidate: &Candidate) {
        for doc in [candidate.a.doc, candidate.b.doc] {
            self.0[doc as usize / 64] |= 1 << (doc % 64);
        }
    }

    fn into_docs(self) -> Vec<u32> {
        let of_bits =
            |(n, bits): (u32, u64)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| n * 64 + bit);
        (0..).zip(self.0).flat_map(of_bits).collect()
    }
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
    let mut postings = Partitions::new(keys.len(), budget.postings(), &budget.folder);
    let ends = words.batches(included, BATCH_WORDS)?;
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let batches: Vec<&[u32]> = starts.zip(&ends).map(|(start, &end)| &included[start..end]).collect();
    for batches in batches.chunks(2 * rayon::current_num_threads()) {
        let made = batches.par_iter().map(|docs| {
            budget.cancel.check()?;
            let (postings, count) = postings_of(words, docs, config, keys)?;
            budget.steps.advance(count);
            Ok(divide(&postings, keys.len(), |posting| share_of_key(posting.key) - keys.start))
        });
        let made: Vec<Vec<Vec<Posting>>> = made.collect::<Result<_>>()?;
        made.into_iter().try_for_each(|made| postings.extend(made))?;
    }
    Ok(postings.finish())
}

fn share_of_key(key: u64) -> usize {
    (key >> 56) as usize
}

/// Returns the postings of some documents, and how many words these have.
fn postings_of(words: &Words, docs: &[u32], config: &Config, keys: &Range<usize>) -> Result<(Vec<Posting>, u64)> {
    let mut maker = PostingMaker::new(config);
    let (mut held, mut hashes, mut postings, mut count) = (HeldWords::default(), Vec::new(), Vec::new(), 0);
    for &doc in docs {
        let is_wanted = |key| keys.contains(&share_of_key(key));
        let tokens = words.tokens(doc, &mut held)?;
        if let Some(vocabulary) = words.vocabulary() {
            maker.add(doc, tokens, vocabulary, is_wanted, &mut postings);
        } else {
            let folded = words.folded(doc, &mut hashes)?;
            maker.add_folded((doc, tokens, words.masked()), |n| folded[n], is_wanted, &mut postings);
        }
        count += tokens.len() as u64;
    }
    Ok((postings, count))
}

/// Links the postings of a share.
struct Linker<'a> {
    words: &'a Words,
    groups: &'a DocumentGroups,
    config: &'a Config,
}

impl Linker<'_> {
    fn candidates(&self, share: Partition<Posting>) -> Result<Vec<Candidate>> {
        let mut held = HeldWords::default();
        let following = |place: WordPlace| -> Result<Following> {
            let start = place.at as usize + self.config.windows.k;
            Ok(following(self.words.part(place.doc, start..start + FOLLOWING, &mut held)?))
        };
        let mut candidates = Vec::new();
        let emit = |candidate| candidates.push(candidate);
        links(self.config).candidates(&mut share.load()?, self.groups, &mut Vec::new(), following, emit)?;
        Ok(candidates)
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
