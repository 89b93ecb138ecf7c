//! Which stretches of a text go: of all that matches say of its words, the longest first.

use std::collections::BTreeMap;
use std::ops::Range;

use super::chain::{Chain, best_part, chains_of};
use super::overhang::{Breaks, BreaksAround, without_overhang};
use super::standing::Standing;
use super::stretch::{EqualRun, Matches, Share, Stretch};
use crate::groups::DocumentGroups;

/// Words between two stretches that have no like go with one of them if there are no more than this.
const MOST_ORPHANS: u32 = 8;
/// Fewer equal words than this agree by chance where two stretches meet, and are no stretch of their own.
const LEAST_EQUAL: u32 = 5;

/// Decides on texts one after another.
pub struct Selector<'m, M> {
    matches: &'m M,
    breaks: &'m Breaks,
    groups: &'m DocumentGroups,
    share: Share,
    least: u32,
    standing: Standing,
    runs: Vec<EqualRun>,
    chains: Vec<Chain>,
}

impl<'m, M: Matches> Selector<'m, M> {
    /// Makes a selector of stretches that reach a share of equal words, and of which those that touch have so many words and
    /// do not go on beyond one of the `breaks` by chance. What stays for one is of another of the `groups`.
    pub fn new(matches: &'m M, breaks: &'m Breaks, groups: &'m DocumentGroups, (share, least): (Share, u32)) -> Self {
        Self {
            matches,
            breaks,
            groups,
            share,
            least,
            standing: Standing::default(),
            runs: Vec::new(),
            chains: Vec::new(),
        }
    }

    /// Returns the stretches of all texts, by text and place.
    pub fn into_stretches(self) -> Vec<Stretch> {
        self.standing.into_stretches()
    }

    /// Decides on one text, after all before it: `matches` are those whose later place is in it, by that place.
    pub fn decide(&mut self, doc: u32, matches: &[u32]) {
        self.standing.open(doc);
        let is_within = |&&n: &&u32| self.matches.sides(n as usize).0.doc == doc;
        let (within, across): (Vec<u32>, Vec<u32>) = matches.iter().partition(is_within);
        self.take_all(doc, &across);
        // A stretch that repeats one of its own text comes after it, so that one is decided.
        for n in within {
            self.take_all(doc, &[n]);
        }
        let stretches = self.standing.opened();
        let covered = self.covered(matches);
        let stretches = with_orphans(stretches, &covered, self.share);
        let touching = stretches.chunk_by(|x, y| x.place.end == y.place.start).filter(|run| self.is_enough(run));
        // Where a match goes on, the agreement does.
        let breaks = BreaksAround { breaks: self.breaks.of(doc), goes_on: |at| is_covered(&(at..at), &covered) };
        let stretches = touching.flat_map(|run| without_overhang(run, &breaks, self.share, self.least)).collect();
        self.standing.close(stretches);
    }

    /// Takes what some matches say of a text, what is longest first.
    fn take_all(&mut self, doc: u32, matches: &[u32]) {
        let Self { standing, runs, chains, groups, .. } = self;
        for &n in matches {
            chains_of(n as usize, self.matches, groups, standing, runs, chains);
        }
        let mut chains = std::mem::take(&mut self.chains);
        chains.sort_by_cached_key(|chain| {
            (std::cmp::Reverse(chain.equal()), chain.kept_doc, chain.runs[0].kept, chain.runs[0].start)
        });
        let is_loop = matches.iter().all(|&n| self.matches.is_loop(n as usize));
        let least = if is_loop { 1 } else { LEAST_EQUAL.min(self.least) };
        for chain in chains.drain(..) {
            for runs in clipped(chain.runs, &self.standing) {
                // The next turn of a loop goes on where this one ends, so it is taken as a whole.
                let is_turn = is_loop && reaches(&runs, self.share);
                match is_turn.then(|| Stretch::new(doc, chain.kept_doc, runs.clone())).flatten() {
                    Some(turn) => self.standing.insert(turn),
                    None => self.take(doc, chain.kept_doc, &runs, least),
                }
            }
        }
        self.chains = chains;
    }

    /// Takes some equal words if they reach the share and are `least`, or else their parts that do and are as long as a
    /// passage.
    fn take(&mut self, doc: u32, kept_doc: u32, runs: &[EqualRun], least: u32) {
        let mut open = vec![(runs, least)];
        while let Some((runs, least)) = open.pop() {
            let best = best_part(runs, self.share);
            let equal: u32 = runs[best.clone()].iter().map(|run| run.len).sum();
            let least = if best.len() == runs.len() { least } else { self.least };
            if best.is_empty() || equal < least {
                continue;
            }
            open.extend([(&runs[..best.start], self.least), (&runs[best.end..], self.least)]);
            if let Some(stretch) = Stretch::new(doc, kept_doc, runs[best].to_vec()) {
                self.standing.insert(stretch);
            }
        }
    }

    /// Whether a run of stretches that touch has as many words as a passage.
    fn is_enough(&self, run: &[Stretch]) -> bool {
        run.iter().map(|stretch| stretch.place.len()).sum::<u64>() >= u64::from(self.least)
    }

    /// Returns the later places of some matches, in order of their first words, and for each the farthest end so far.
    fn covered(&self, matches: &[u32]) -> Vec<(u32, u32)> {
        let (loop_ends, mut farthest) = (self.loop_ends(matches), 0);
        let place = |&n: &u32| {
            let place = self.matches.sides(n as usize).1;
            let end = if self.matches.is_loop(n as usize) { loop_ends.get(&place.start) } else { None };
            farthest = farthest.max(*end.unwrap_or(&place.end));
            (place.start, farthest)
        };
        matches.iter().map(place).collect()
    }

    /// Returns where repetitions of a loop end that follow each other with no word between, by where each of them starts: they
    /// are one match that was cut.
    fn loop_ends(&self, matches: &[u32]) -> BTreeMap<u32, u32> {
        let mut ends = BTreeMap::new();
        for &n in matches.iter().rev().filter(|&&n| self.matches.is_loop(n as usize)) {
            let place = self.matches.sides(n as usize).1;
            let end = *ends.get(&place.end).unwrap_or(&place.end);
            ends.entry(place.start).and_modify(|known: &mut u32| *known = end.max(*known)).or_insert(end);
        }
        ends
    }
}

/// Whether equal words and what stands between them reach the share.
fn reaches(runs: &[EqualRun], share: Share) -> bool {
    let words = runs.first().zip(runs.last()).map_or(0, |(first, last)| last.end() - first.start);
    share.is_reached(runs.iter().map(|run| u64::from(run.len)).sum(), u64::from(words))
}

/// Returns the parts of some equal words that are in no stretch taken before.
fn clipped(runs: Vec<EqualRun>, standing: &Standing) -> Vec<Vec<EqualRun>> {
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else { return Vec::new() };
    let range = first.start..last.end();
    let mut taken = standing.taken(&range).peekable();
    if taken.peek().is_none() {
        drop(taken);
        return vec![runs];
    }
    let (mut parts, mut part, mut free) = (Vec::new(), Vec::new(), 0);
    for run in runs {
        while let Some(gone) = taken.next_if(|gone| gone.start < run.end()) {
            part.extend(run.within(&(free..gone.start)));
            parts.push(std::mem::take(&mut part));
            free = gone.end;
        }
        part.extend(run.within(&(free..run.end())));
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Gives the words between two stretches that no match has, though one goes over them, to one of both, if it reaches the
/// share with them and none of them stays for another.
fn with_orphans(mut stretches: Vec<Stretch>, covered: &[(u32, u32)], share: Share) -> Vec<Stretch> {
    let kept: Vec<Range<u32>> = kept_within(&stretches);
    for n in 1..stretches.len() {
        let gap = stretches[n - 1].place.end..stretches[n].place.start;
        let is_free = |gap: &Range<u32>| {
            let next = kept.partition_point(|kept| kept.end <= gap.start);
            kept.get(next).is_none_or(|kept| kept.start >= gap.end)
        };
        if gap.is_empty() || gap.end - gap.start > MOST_ORPHANS || !is_covered(&gap, covered) || !is_free(&gap) {
            continue;
        }
        let reaches = |stretch: &Stretch| {
            let words = stretch.place.end - stretch.place.start + gap.end - gap.start;
            share.is_reached(stretch.equal(), u64::from(words))
        };
        if reaches(&stretches[n - 1]) {
            stretches[n - 1].place.end = gap.end;
        } else if reaches(&stretches[n]) {
            stretches[n].place.start = gap.start;
        }
    }
    stretches
}

/// Returns whether a match goes over some words and on to both sides. `covered` has the starts of matches, in order, and
/// the farthest end of those so far.
fn is_covered(gap: &Range<u32>, covered: &[(u32, u32)]) -> bool {
    let starting_before = covered.partition_point(|&(start, _)| start < gap.start);
    starting_before.checked_sub(1).is_some_and(|last| covered[last].1 > gap.end)
}

/// Returns the stretches of a text that stay for others of the same text, joined and in order.
fn kept_within(stretches: &[Stretch]) -> Vec<Range<u32>> {
    let own = stretches.iter().filter(|stretch| stretch.kept.doc == stretch.place.doc);
    let mut kept: Vec<Range<u32>> = own.map(|stretch| stretch.kept.start..stretch.kept.end).collect();
    kept.sort_unstable_by_key(|kept| (kept.start, kept.end));
    let mut joined: Vec<Range<u32>> = Vec::new();
    for kept in kept {
        match joined.last_mut() {
            Some(last) if kept.start <= last.end => last.end = last.end.max(kept.end),
            _ => joined.push(kept),
        }
    }
    joined
}
