//! Drives the choice of the documents that stay with all threads, and reads the texts that it needs.

use std::collections::HashMap;

use rayon::prelude::*;

use super::pool::Pool;
use super::texts::Texts;
use crate::finding::Skipped;
use crate::store::Cancel;
use doublon_core::groups::DocumentGroups;
use doublon_core::kernel::{MemberBuckets, Question, Selected, Selection, SelectionRules, Sketcher};
use doublon_core::verify::ShingleSet;

/// Members of the sample that are read at a time.
const SAMPLE_PART: usize = 64;

/// What the choice needs.
pub(crate) struct Selector<'a> {
    /// Makes the shingles by which members that share boilerplate are looked up.
    pub shingles_of: &'a ShinglesOf<'a>,
    /// Makes the shingles that are measured.
    pub measured_shingles_of: &'a ShinglesOf<'a>,
    pub rules: SelectionRules,
    /// Only documents of different groups are compared.
    pub groups: &'a DocumentGroups,
    /// Shingles that may be held between rounds.
    pub held: usize,
    /// What ends the run early.
    pub cancel: &'a Cancel,
}

/// The shingle sets that were made, by document. One that could not be read has none, and matches nothing.
#[derive(Default)]
struct HeldSets {
    made: HashMap<u32, ShingleSet>,
    shingles: usize,
    /// Documents that could not be read again.
    lost: Vec<(u32, Skipped)>,
}

/// Makes the shingles of a document.
pub(crate) type ShinglesOf<'a> = dyn Fn(u32) -> Result<Vec<u64>, Skipped> + Sync + 'a;

impl Selector<'_> {
    /// Returns what was decided, and the documents that could not be read again.
    pub fn select(&self, buckets: MemberBuckets) -> crate::error::Result<(Selected, Vec<(u32, Skipped)>)> {
        let mut sets = HeldSets::default();
        let Self { shingles_of, measured_shingles_of, .. } = *self;
        let mut selection = Selection::new(self.rules, buckets).across(self.groups);
        count_sample(&mut selection, shingles_of);
        while !selection.next_round().is_empty() {
            self.cancel.check()?;
            let mut questions = questions(&selection, &mut sets, shingles_of);
            selection.ask_each_other(&mut questions);
            questions.par_iter_mut().for_each(Question::sort);
            sets.load(selection.documents_asked(&questions), self.held, measured_shingles_of);
            for question in &questions {
                let measure = |earlier, later| self.rules.measure_sets(&sets.made[&earlier], &sets.made[&later]);
                selection.answer(question, measure);
            }
            selection.settle(&questions);
        }
        Ok((selection.into_selected(), sets.lost))
    }
}

/// Returns what makes the shingles of a document by a sketcher.
pub(super) fn shingles_by<'s>(
    texts: &'s Texts,
    sketcher: &'s Sketcher,
) -> impl Fn(u32) -> Result<Vec<u64>, Skipped> + Sync + 's {
    let workers = Pool::new(|| (texts.reader(), sketcher.scratch()));
    move |doc| {
        workers.with(|(reader, scratch)| reader.read(doc).map(|document| sketcher.shingles(&document.text, scratch)))
    }
}

/// Counts which shingles are common among the members that share boilerplate.
fn count_sample(selection: &mut Selection, shingles_of: &ShinglesOf) {
    let sample: Vec<u32> = selection.sample().collect();
    for part in sample.chunks(SAMPLE_PART) {
        // One that cannot be read again is reported when it is decided.
        let read: Vec<Vec<u64>> = part.par_iter().filter_map(|&doc| shingles_of(doc).ok()).collect();
        for shingles in &read {
            selection.count(shingles);
        }
    }
}

/// Asks about the members of the next round.
fn questions(selection: &Selection, sets: &mut HeldSets, shingles_of: &ShinglesOf) -> Vec<Question> {
    let ask = |member| {
        let doc = selection.document(member);
        let (shingles, lost) = match selection.is_boilerplate(member).then(|| shingles_of(doc)) {
            Some(Err(lost)) => (None, Some((doc, lost))),
            Some(Ok(shingles)) => (Some(shingles), None),
            None => (None, None),
        };
        let mut question = Question::default();
        selection.ask(member, shingles, &mut question);
        (question, lost)
    };
    let (questions, lost): (Vec<Question>, Vec<_>) = selection.next_round().into_par_iter().map(ask).unzip();
    sets.lost.extend(lost.into_iter().flatten());
    questions
}

impl HeldSets {
    /// Makes the shingle sets of the documents asked for; those held are dropped first if they are more than `most`.
    fn load(&mut self, wanted: impl Iterator<Item = u32>, most: usize, shingles_of: &ShinglesOf) {
        if self.shingles > most {
            self.made.clear();
            self.shingles = 0;
        }
        let mut missing: Vec<u32> = wanted.filter(|doc| !self.made.contains_key(doc)).collect();
        missing.sort_unstable();
        missing.dedup();
        let made = missing.into_par_iter().map(|doc| (doc, shingles_of(doc).map(ShingleSet::new)));
        for (doc, set) in made.collect::<Vec<_>>() {
            let set = set.unwrap_or_else(|skipped| {
                self.lost.push((doc, skipped));
                ShingleSet::default()
            });
            self.shingles += set.shingles().len();
            self.made.insert(doc, set);
        }
    }
}
