//! Which documents stay: each candidate is measured exactly, in keep order.
//!
//! A document that a kept one before it matches is removed, by the first such; any other is kept. So nothing is
//! removed for a chain of likenesses. Members are taken in rounds: what a round needs is read and measured in parallel,
//! then the members are decided one after another, so the result does not depend on the rounds.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::crowds::Crowds;
use super::pool::Pool;
use super::table::Sketcher;
use super::texts::Texts;
use crate::finding::Skipped;
use doublon_core::candidate::prefix::{ContainmentIndex, Prefix, PrefixIndex, Rarity};
use doublon_core::verify::Overlap;

/// Members decided at a time, at most; and at least where nearly all are removed.
const LARGEST_ROUND: u32 = 1024;
const SMALLEST_ROUND: u32 = 32;

/// What deciding needs.
pub(super) struct Decider<'a> {
    pub texts: &'a Texts,
    pub sketcher: &'a Sketcher,
    pub threshold: f64,
    /// If given, the share of a document in a kept one with which it is removed too.
    pub containment: Option<f64>,
    /// Whether every proposed pair is measured, or only as many as decide.
    pub pairs: bool,
    /// Shingles that may be held between rounds.
    pub held: usize,
}

/// What was decided, by document.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// Removed document -> the kept one, and their overlap.
    pub keepers: HashMap<u32, (u32, Overlap)>,
    /// Every pair that was measured and reached the threshold.
    pub pairs: Vec<Measured>,
    /// Documents that could not be read again.
    pub lost: Vec<(u32, Skipped)>,
}

/// A pair that was measured and reached the threshold: the one before in keep order, then the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    pub earlier: u32,
    pub later: u32,
    pub overlap: Overlap,
    /// Whether the pair would have been found whatever its bands: both share a template with a crowd.
    pub certain: bool,
}

/// A member of a round with those before it that it may match, in keep order.
struct Question {
    member: u32,
    earlier: Vec<u32>,
    /// Its rarest shingles, if it shares a template with a crowd.
    prefix: Option<Prefix>,
    /// Why it could not be read again, if so.
    lost: Option<Skipped>,
}

/// Members that share a template with a crowd, by their rarest shingles.
struct Templated {
    rarity: Rarity,
    index: Index,
}

/// Sets that share much with another one, or contain much of it.
struct Index {
    similar: PrefixIndex,
    containing: Option<ContainmentIndex>,
}

impl Index {
    fn new(threshold: f64, containment: Option<f64>) -> Self {
        Self { similar: PrefixIndex::new(threshold), containing: containment.map(ContainmentIndex::new) }
    }

    fn insert(&mut self, member: u32, prefix: &Prefix) {
        self.similar.insert(member, prefix);
        if let Some(containing) = &mut self.containing {
            containing.insert(member, prefix);
        }
    }

    fn candidates(&self, prefix: &Prefix, found: &mut Vec<u32>) {
        self.similar.candidates(prefix, found);
        if let Some(containing) = &self.containing {
            containing.candidates(prefix, found);
        }
    }
}

/// Members whose shingles are counted to tell the rare from the common.
const RARITY_SAMPLE: usize = 4096;

/// The shingle sets that were made, by member. One that could not be read has none, and matches nothing.
#[derive(Default)]
struct Sets {
    made: HashMap<u32, Vec<u64>>,
    shingles: usize,
    /// Members that could not be read again.
    lost: Vec<(u32, Skipped)>,
}

/// Makes the shingles of a member.
type ShinglesOf<'a> = dyn Fn(u32) -> Result<Vec<u64>, Skipped> + Sync + 'a;

impl Decider<'_> {
    pub fn decide(&self, mut crowds: Crowds) -> Decided {
        let mut decided = Decided::default();
        let mut sets = Sets::default();
        let workers = Pool::new(|| (self.texts.reader(), self.sketcher.scratch()));
        let docs = crowds.members().to_vec();
        let shingles_of = |member: u32| {
            workers.with(|(reader, scratch)| {
                reader.read(docs[member as usize]).map(|document| self.sketcher.shingles(&document.text, scratch))
            })
        };
        let count = docs.len() as u32;
        let mut templated = self.templated(crowds.templated(), &shingles_of);
        let (mut start, mut round) = (0, 1);
        while start < count {
            let end = count.min(start + round);
            let mut questions = self.questions(start..end, &crowds, &templated, &shingles_of);
            let lost = questions.iter_mut().filter_map(|question| Some((question.member, question.lost.take()?)));
            sets.lost.extend(lost);
            self.ask_each_other(&mut questions);
            self.load(&questions, &mut sets, &shingles_of);
            for question in &questions {
                self.answer(question, &docs, &sets, crowds.templated(), &mut decided);
            }
            let of_use = |member: u32| self.pairs || !decided.keepers.contains_key(&docs[member as usize]);
            for question in &questions {
                if let Some(prefix) = question.prefix.as_ref().filter(|_| of_use(question.member)) {
                    templated.index.insert(question.member, prefix);
                }
            }
            let removed = (start..end).filter(|&member| !of_use(member)).count();
            crowds.settle(start..end, of_use);
            // In a crowd of near copies each decision saves all later comparisons, so the next round decides fewer.
            let is_crowd = removed * 2 > (end - start) as usize;
            round = if is_crowd { (round / 2).max(SMALLEST_ROUND) } else { (round * 2).min(LARGEST_ROUND) };
            start = end;
        }
        decided.lost = sets.lost.into_iter().map(|(member, skipped)| (docs[member as usize], skipped)).collect();
        decided
    }

    /// Counts which shingles are common among the members that share a template.
    fn templated(&self, is_templated: &[bool], shingles_of: &ShinglesOf) -> Templated {
        let members: Vec<u32> = (0u32..).zip(is_templated).filter(|&(_, &is)| is).map(|(member, _)| member).collect();
        let mut rarity = Rarity::new();
        let sample: Vec<u32> = members.iter().copied().step_by(members.len() / RARITY_SAMPLE + 1).collect();
        for part in sample.chunks(64) {
            // One that cannot be read again is reported when it is decided.
            let read: Vec<Vec<u64>> = part.par_iter().filter_map(|&member| shingles_of(member).ok()).collect();
            for shingles in &read {
                rarity.count(shingles);
            }
        }
        Templated { rarity, index: Index::new(self.threshold, self.containment) }
    }

    /// What is to be asked about the next members: those before the round that they may match, and those in it that
    /// they meet in a bucket.
    fn questions(
        &self,
        members: Range<u32>,
        crowds: &Crowds,
        templated: &Templated,
        shingles_of: &ShinglesOf,
    ) -> Vec<Question> {
        // What contains others is found by all of its shingles.
        let prefix_share = if self.containment.is_some() { 0.0 } else { self.threshold };
        members
            .into_par_iter()
            .map(|member| {
                let mut earlier: Vec<u32> =
                    crowds.before(member).filter(|&other| crowds.are_alike(member, other)).collect();
                let is_templated = crowds.templated()[member as usize];
                let (shingles, lost) = match is_templated.then(|| shingles_of(member)) {
                    Some(Err(lost)) => (None, Some(lost)),
                    Some(Ok(shingles)) => (Some(shingles), None),
                    None => (None, None),
                };
                let prefix = shingles.map(|shingles| templated.rarity.prefix(shingles, prefix_share));
                if let Some(prefix) = &prefix {
                    templated.index.candidates(prefix, &mut earlier);
                }
                Question { member, earlier, prefix, lost }
            })
            .collect()
    }

    /// Adds those of the same round that share a template, and orders all that is asked.
    fn ask_each_other(&self, questions: &mut Vec<Question>) {
        let mut round = Index::new(self.threshold, self.containment);
        for Question { member, earlier, prefix, .. } in &mut *questions {
            if let Some(prefix) = prefix {
                round.candidates(prefix, earlier);
                round.insert(*member, prefix);
            }
        }
        questions.par_iter_mut().for_each(|question| {
            question.earlier.sort_unstable();
            question.earlier.dedup();
        });
        questions.retain(|question| !question.earlier.is_empty() || question.prefix.is_some());
    }

    /// Makes the shingle sets that the questions need.
    fn load(&self, questions: &[Question], sets: &mut Sets, shingles_of: &ShinglesOf) {
        if sets.shingles > self.held {
            sets.made.clear();
            sets.shingles = 0;
        }
        let asked = questions.iter().filter(|question| !question.earlier.is_empty());
        let wanted = asked.flat_map(|question| question.earlier.iter().copied().chain([question.member]));
        let mut missing: Vec<u32> = wanted.filter(|member| !sets.made.contains_key(member)).collect();
        missing.sort_unstable();
        missing.dedup();
        for (member, set) in
            missing.into_par_iter().map(|member| (member, set(shingles_of(member)))).collect::<Vec<_>>()
        {
            let set = set.unwrap_or_else(|skipped| {
                sets.lost.push((member, skipped));
                Vec::new()
            });
            sets.shingles += set.len();
            sets.made.insert(member, set);
        }
    }

    /// Decides one member; those before it are decided.
    fn answer(&self, question: &Question, members: &[u32], sets: &Sets, templated: &[bool], decided: &mut Decided) {
        let doc = members[question.member as usize];
        for &earlier in &question.earlier {
            let other = members[earlier as usize];
            let kept = !decided.keepers.contains_key(&other);
            if !kept && !self.pairs {
                continue;
            }
            let (ours, theirs) = (&sets.made[&question.member], &sets.made[&earlier]);
            if self.containment.is_none() && Overlap::is_surely_below(self.threshold, theirs, ours) {
                continue;
            }
            let overlap = Overlap::of(theirs, ours);
            let is_contained = self.containment.is_some_and(|share| overlap.containment_b() >= share);
            if !overlap.reaches(self.threshold) && !is_contained {
                continue;
            }
            let certain = templated[earlier as usize] && templated[question.member as usize];
            decided.pairs.push(Measured { earlier: other, later: doc, overlap, certain });
            if kept {
                decided.keepers.entry(doc).or_insert((other, overlap));
                if !self.pairs {
                    return;
                }
            }
        }
    }
}

/// Sorts shingles and drops repeats.
fn set(shingles: Result<Vec<u64>, Skipped>) -> Result<Vec<u64>, Skipped> {
    let mut set = shingles?;
    set.sort_unstable();
    set.dedup();
    Ok(set)
}
