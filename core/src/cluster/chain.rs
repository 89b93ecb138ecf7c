//! Chains: what a match says of stretches that stay.
//!
//! A match is with an earlier text, some words of which may go themselves. What it says of those is carried over to the
//! words for which they go: equal to equal is equal. This is composition of alignments, as the chains of liftover
//! between versions of a genome are (Kent et al., "Evolution's cauldron", PNAS 100, 2003).

use super::standing::Standing;
use super::stretch::{EqualRun, Matches, Share};
use crate::groups::DocumentGroups;

/// Equal words may be so many words apart on either side, and are one chain still.
const MOST_BETWEEN: u32 = 16;

/// Equal words of a match with words of one text that stay, in order on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The text that stays.
    pub kept_doc: u32,
    /// The equal words, at least one run.
    pub runs: Vec<EqualRun>,
}

impl Chain {
    /// Returns how many words are equal.
    pub fn equal(&self) -> u64 {
        self.runs.iter().map(|run| u64::from(run.len)).sum()
    }
}

/// Appends the chains of a match to `chains`, with texts of other groups alone. `runs` is scratch.
pub fn chains_of(
    n: usize,
    matches: &impl Matches,
    groups: &DocumentGroups,
    standing: &Standing,
    runs: &mut Vec<EqualRun>,
    chains: &mut Vec<Chain>,
) {
    let (doc, later) = (matches.sides(n).0.doc, matches.sides(n).1.doc);
    matches.equal_runs(n, runs);
    let first = chains.len();
    for &run in &*runs {
        standing.carry(doc, run, |kept_doc, run| {
            if !groups.are_apart(kept_doc, later) {
                return;
            }
            match chains[first..].last_mut().filter(|last| continues(last, kept_doc, run, standing)) {
                Some(last) => push(&mut last.runs, run),
                None => chains.push(Chain { kept_doc, runs: vec![run] }),
            }
        });
    }
}

/// Returns whether a run goes on where a chain ends, and nothing between goes on the side that stays.
fn continues(chain: &Chain, kept_doc: u32, run: EqualRun, standing: &Standing) -> bool {
    let Some(last) = chain.runs.last() else { return false };
    let is_near = |from: u32, to: u32| (from..=from.saturating_add(MOST_BETWEEN)).contains(&to);
    chain.kept_doc == kept_doc
        && is_near(last.end(), run.start)
        && is_near(last.kept_end(), run.kept)
        && !standing.is_gone(kept_doc, &(last.kept_end()..run.kept))
}

fn push(runs: &mut Vec<EqualRun>, run: EqualRun) {
    match runs.last_mut() {
        Some(last) if last.end() == run.start && last.kept_end() == run.kept => last.len += run.len,
        _ => runs.push(run),
    }
}

/// Returns the part of some runs in which the share of equal words is exceeded by most, as a range of runs; empty if none
/// reaches it. This is the maximum sum of consecutive numbers (Bentley, "Programming Pearls", CACM 27, 1984).
pub fn best_part(runs: &[EqualRun], share: Share) -> std::ops::Range<usize> {
    let (mut best, mut most) = (0..0, 0);
    let (mut from, mut sum) = (0, 0);
    for (n, run) in runs.iter().enumerate() {
        let own = share.excess(u64::from(run.len), u64::from(run.len)).max(1);
        let between = n.checked_sub(1).map_or(0, |before| u64::from(run.start - runs[before].end()));
        let joined: i64 = sum + share.excess(0, between);
        if joined > 0 {
            sum = joined + own;
        } else {
            (from, sum) = (n, own);
        }
        if sum > most {
            (best, most) = (from..n + 1, sum);
        }
    }
    best
}
