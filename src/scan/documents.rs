//! Duplicate documents: exact copies first, then candidates by bands, each verified against documents that are kept.
//!
//! Documents are taken in keep order. One that a kept document before it matches is removed, by the first such in
//! that order; any other is kept. So nothing is removed for a chain of likenesses, and the result is that of comparing
//! every document with every kept one before it, as far as the bands propose the pair.
//!
//! With `--pairs` every proposed pair is verified. Without, a document needs only the first kept one that holds, so a
//! crowd of copies of one page costs one comparison each.

use std::collections::HashMap;

use rayon::prelude::*;

use super::buckets::Crowds;
use super::table::{Sketcher, Table};
use super::texts::Texts;
use crate::candidate::estimate::{Recall, RecallEstimator};
use crate::candidate::lsh;
use crate::candidate::{Bands, Chance};
use crate::error::Result;
use crate::finding::Parameters;
use crate::text::Tokenizer;
use crate::verify::Overlap;

/// What was found, by document number.
#[derive(Debug)]
pub(super) struct Documents {
    /// Documents without a token.
    pub empty: Vec<u32>,
    /// Removed documents, ascending.
    pub removed: Vec<Removal>,
    /// Verified pairs, if asked for, ascending.
    pub pairs: Vec<Pair>,
    pub recall: Option<Recall>,
}

/// A removed document with the kept one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Removal {
    pub doc: u32,
    pub keeper: u32,
    /// Measured with the keeper as `a`, the removed document as `b`.
    pub overlap: Overlap,
    /// Whether the two texts are the same bytes.
    pub exact: bool,
}

/// Two documents, `a` before `b`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    pub a: u32,
    pub b: u32,
    pub overlap: Overlap,
}

/// Documents decided at a time: verified in parallel, decided in order. The first rounds are smaller, since in a crowd
/// of near copies each early decision saves all later comparisons.
const LARGEST_ROUND: usize = 1024;

/// Shingle sets held between rounds, in shingles (8 bytes each).
const SETS_HELD: usize = 8 << 20;

/// Finds duplicate documents.
pub(super) fn find(texts: &Texts, parameters: &Parameters, done: &(dyn Fn(u64) + Sync)) -> Result<Documents> {
    let shape = Bands::new(parameters.bands, parameters.rows)?;
    let sketcher = Sketcher::new(Tokenizer::new(parameters.text, parameters.seed), shape, parameters.seed);
    let table = sketcher.table(texts, done);
    let chance = Chance::new(shape, parameters.threshold);

    let copies = Copies::find(&table, texts, &sketcher);
    let crowds = Crowds::join(&table.keys, |doc| copies.is_distinct(doc) && !table.empty[doc as usize]);
    let decider = Decider { texts, sketcher: &sketcher, table: &table, parameters, cut: chance.cut() };
    let decided = decider.decide(crowds);

    let mut estimator = RecallEstimator::new(&chance, parameters.threshold);
    let measured = decided.pairs.iter().map(|pair| pair.overlap);
    measured.for_each(|overlap| estimator.add(overlap.jaccard()));
    let mut found = Documents {
        empty: (0..texts.len() as u32).filter(|&doc| table.empty[doc as usize]).collect(),
        removed: copies.removals(&decided.keepers, &table, texts),
        pairs: Vec::new(),
        recall: estimator.recall(),
    };
    if parameters.pairs {
        found.pairs = copies.pairs(&decided.pairs, texts, &sketcher);
    }
    Ok(found)
}

/// Documents that are equal after normalisation, and the first of each group, which stands for it.
struct Copies {
    /// For each document the first of its group, itself if there is none before it.
    first: Vec<u32>,
}

impl Copies {
    /// Groups by hash, then verifies each copy against the first of its group.
    fn find(table: &Table, texts: &Texts, sketcher: &Sketcher) -> Self {
        let mut firsts: HashMap<u128, u32> = HashMap::with_capacity(table.streams.len());
        let proposed: Vec<u32> =
            table.streams.iter().zip(0..).map(|(&stream, doc)| *firsts.entry(stream).or_insert(doc)).collect();
        let first = proposed
            .into_par_iter()
            .zip(0u32..proposed_len(table))
            .map(|(first, doc)| {
                let (one, other) = (texts.text(first), texts.text(doc));
                let equal = first == doc
                    || !table.empty[doc as usize] && (one == other || sketcher.tokens(one) == sketcher.tokens(other));
                if equal { first } else { doc }
            })
            .collect();
        Self { first }
    }

    fn is_distinct(&self, doc: u32) -> bool {
        self.first[doc as usize] == doc
    }

    /// Removes the copies with or for the first of their group.
    fn removals(&self, keepers: &HashMap<u32, (u32, Overlap)>, table: &Table, texts: &Texts) -> Vec<Removal> {
        let same_bytes = |x: u32, y: u32| {
            table.contents[x as usize] == table.contents[y as usize] && texts.text(x) == texts.text(y)
        };
        let removal = |doc: u32| {
            let first = self.first[doc as usize];
            if let Some(&(keeper, overlap)) = keepers.get(&first) {
                return Some(Removal { doc, keeper, overlap, exact: false });
            }
            let shingles = 1;
            let overlap = Overlap { a: shingles, b: shingles, shared: shingles };
            (first != doc).then(|| Removal { doc, keeper: first, overlap, exact: same_bytes(first, doc) })
        };
        (0..self.first.len() as u32).filter_map(removal).collect()
    }

    /// The pairs of distinct documents, and one pair for each copy with the first of its group.
    fn pairs(&self, distinct: &[Pair], texts: &Texts, sketcher: &Sketcher) -> Vec<Pair> {
        let copies = (0..self.first.len() as u32).filter(|&doc| !self.is_distinct(doc)).map(|doc| {
            let set = sketcher.set(texts.text(doc));
            let all = set.len();
            Pair { a: self.first[doc as usize], b: doc, overlap: Overlap { a: all, b: all, shared: all } }
        });
        let mut pairs: Vec<Pair> = distinct.iter().copied().chain(copies).collect();
        pairs.sort_unstable_by_key(|pair| (pair.a, pair.b));
        pairs
    }
}

fn proposed_len(table: &Table) -> u32 {
    table.streams.len() as u32
}

struct Decider<'a> {
    texts: &'a Texts<'a>,
    sketcher: &'a Sketcher,
    table: &'a Table,
    parameters: &'a Parameters,
    cut: usize,
}

#[derive(Default)]
struct Decided {
    /// Removed document -> the kept one, and their overlap.
    keepers: HashMap<u32, (u32, Overlap)>,
    /// Every verified pair that reached the threshold.
    pairs: Vec<Pair>,
}

/// A document of a round with those before it that it may match, in keep order.
struct Question {
    doc: u32,
    earlier: Vec<u32>,
}

impl Decider<'_> {
    fn decide(&self, mut crowds: Crowds) -> Decided {
        let mut decided = Decided::default();
        let mut sets = HashMap::new();
        let members = crowds.members().to_vec();
        let (mut start, mut round) = (0, 1);
        while start < members.len() {
            let end = members.len().min(start + round);
            let questions = self.questions(&members[start..end], &crowds);
            self.load(&questions, &mut sets);
            for question in &questions {
                self.answer(question, &sets, &mut decided);
            }
            let pairs = self.parameters.pairs;
            crowds.settle(&members[start..end], |doc| pairs || !decided.keepers.contains_key(&doc));
            start = end;
            round = (round * 2).min(LARGEST_ROUND);
        }
        decided.pairs.sort_unstable_by_key(|pair| (pair.a, pair.b));
        decided
    }

    fn questions(&self, docs: &[u32], crowds: &Crowds) -> Vec<Question> {
        let alike = |x: u32, y: u32| {
            lsh::equal_bytes(&self.table.sketches[x as usize], &self.table.sketches[y as usize]) >= self.cut
        };
        docs.par_iter()
            .map(|&doc| {
                let mut earlier: Vec<u32> = crowds.before(doc).filter(|&other| alike(doc, other)).collect();
                earlier.sort_unstable();
                earlier.dedup();
                Question { doc, earlier }
            })
            .filter(|question| !question.earlier.is_empty())
            .collect()
    }

    /// Makes the shingle sets that the questions need.
    fn load(&self, questions: &[Question], sets: &mut HashMap<u32, Vec<u64>>) {
        if sets.values().map(Vec::len).sum::<usize>() > SETS_HELD {
            sets.clear();
        }
        let mut missing: Vec<u32> = questions
            .iter()
            .flat_map(|question| question.earlier.iter().copied().chain([question.doc]))
            .filter(|doc| !sets.contains_key(doc))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        let made: Vec<(u32, Vec<u64>)> =
            missing.into_par_iter().map(|doc| (doc, self.sketcher.set(self.texts.text(doc)))).collect();
        sets.extend(made);
    }

    /// Decides one document; those before it are decided.
    fn answer(&self, question: &Question, sets: &HashMap<u32, Vec<u64>>, decided: &mut Decided) {
        for &other in &question.earlier {
            let kept = !decided.keepers.contains_key(&other);
            if !kept && !self.parameters.pairs {
                continue;
            }
            let overlap = Overlap::of(&sets[&other], &sets[&question.doc]);
            if !overlap.reaches(self.parameters.threshold) {
                continue;
            }
            decided.pairs.push(Pair { a: other, b: question.doc, overlap });
            if kept {
                decided.keepers.entry(question.doc).or_insert((other, overlap));
                if !self.parameters.pairs {
                    return;
                }
            }
        }
    }
}

/// The documents without a token, when nothing else is asked for.
pub(super) fn without_comparing(texts: &Texts, parameters: &Parameters) -> Documents {
    let tokenizer = Tokenizer::new(parameters.text, parameters.seed);
    let is_empty = |&doc: &u32| !tokenizer.has_token(texts.text(doc));
    let empty = (0..texts.len() as u32).into_par_iter().filter(is_empty).collect();
    Documents { empty, removed: Vec::new(), pairs: Vec::new(), recall: None }
}
