//! Which documents stay: each candidate is measured exactly, in keep order.
//!
//! A document that a kept one before it matches is removed, by the first such; any other is kept. So nothing is
//! removed for a chain of likenesses. Members are taken in rounds: what a round needs is read and measured in parallel,
//! then the members are decided one after another, so the result does not depend on the rounds.

use std::collections::HashMap;

use rayon::prelude::*;

use super::crowds::Crowds;
use super::pool::Pool;
use super::table::Sketcher;
use super::texts::Texts;
use crate::candidate::lsh::{self, Sketch};
use crate::finding::Skipped;
use crate::verify::Overlap;

/// Members decided at a time. The first rounds are smaller: in a crowd of near copies each early decision saves all
/// later comparisons.
const LARGEST_ROUND: u32 = 1024;

/// What deciding needs.
pub(super) struct Decider<'a> {
    pub texts: &'a Texts,
    pub sketcher: &'a Sketcher,
    /// The sketch of each member.
    pub sketches: &'a [Sketch],
    /// Least number of equal bytes of two sketches.
    pub cut: usize,
    pub threshold: f64,
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
    /// Every measured pair that reached the threshold: the one before in keep order, then the other.
    pub pairs: Vec<(u32, u32, Overlap)>,
    /// Documents that could not be read again.
    pub lost: Vec<(u32, Skipped)>,
}

/// A member of a round with those before it that it may match, in keep order.
struct Question {
    member: u32,
    earlier: Vec<u32>,
}

/// The shingle sets that were made, by member. One that could not be read has none, and matches nothing.
#[derive(Default)]
struct Sets {
    made: HashMap<u32, Vec<u64>>,
    shingles: usize,
    /// Members that could not be read again.
    lost: Vec<(u32, Skipped)>,
}

/// Makes the shingle set of a member.
type SetOf<'a> = dyn Fn(u32) -> Result<Vec<u64>, Skipped> + Sync + 'a;

impl Decider<'_> {
    pub fn decide(&self, mut crowds: Crowds) -> Decided {
        let mut decided = Decided::default();
        let mut sets = Sets::default();
        let workers = Pool::new(|| (self.texts.reader(), self.sketcher.scratch()));
        let docs = crowds.members().to_vec();
        let set_of = |member: u32| {
            workers.with(|(reader, scratch)| {
                reader.read(docs[member as usize]).map(|document| self.sketcher.set(&document.text, scratch))
            })
        };
        let count = docs.len() as u32;
        let (mut start, mut round) = (0, 1);
        while start < count {
            let end = count.min(start + round);
            let questions = self.questions(start..end, &crowds);
            self.load(&questions, &mut sets, &set_of);
            for question in &questions {
                self.answer(question, &docs, &sets, &mut decided);
            }
            let removed: Vec<bool> =
                (start..end).map(|member| decided.keepers.contains_key(&docs[member as usize])).collect();
            crowds.settle(start..end, |member| self.pairs || !removed[(member - start) as usize]);
            start = end;
            round = (round * 2).min(LARGEST_ROUND);
        }
        decided.lost = sets.lost.into_iter().map(|(member, skipped)| (docs[member as usize], skipped)).collect();
        decided
    }

    fn questions(&self, members: std::ops::Range<u32>, crowds: &Crowds) -> Vec<Question> {
        members
            .into_par_iter()
            .map(|member| {
                let sketch = &self.sketches[member as usize];
                let alike = |&other: &u32| lsh::equal_bytes(sketch, &self.sketches[other as usize]) >= self.cut;
                let mut earlier: Vec<u32> = crowds.before(member).filter(alike).collect();
                earlier.sort_unstable();
                earlier.dedup();
                Question { member, earlier }
            })
            .filter(|question| !question.earlier.is_empty())
            .collect()
    }

    /// Makes the shingle sets that the questions need.
    fn load(&self, questions: &[Question], sets: &mut Sets, set_of: &SetOf) {
        if sets.shingles > self.held {
            sets.made.clear();
            sets.shingles = 0;
        }
        let wanted = questions.iter().flat_map(|question| question.earlier.iter().copied().chain([question.member]));
        let mut missing: Vec<u32> = wanted.filter(|member| !sets.made.contains_key(member)).collect();
        missing.sort_unstable();
        missing.dedup();
        for (member, set) in missing.into_par_iter().map(|member| (member, set_of(member))).collect::<Vec<_>>() {
            let set = set.unwrap_or_else(|skipped| {
                sets.lost.push((member, skipped));
                Vec::new()
            });
            sets.shingles += set.len();
            sets.made.insert(member, set);
        }
    }

    /// Decides one member; those before it are decided.
    fn answer(&self, question: &Question, members: &[u32], sets: &Sets, decided: &mut Decided) {
        let doc = members[question.member as usize];
        for &earlier in &question.earlier {
            let other = members[earlier as usize];
            let kept = !decided.keepers.contains_key(&other);
            if !kept && !self.pairs {
                continue;
            }
            let overlap = Overlap::of(&sets.made[&earlier], &sets.made[&question.member]);
            if !overlap.reaches(self.threshold) {
                continue;
            }
            decided.pairs.push((other, doc, overlap));
            if kept {
                decided.keepers.entry(doc).or_insert((other, overlap));
                if !self.pairs {
                    return;
                }
            }
        }
    }
}
