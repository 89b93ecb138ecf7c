//! Which documents stay: each candidate is measured exactly, in keep order.
//!
//! A document that a kept one before it matches is removed, by the first such; any other is kept. So nothing is
//! removed for a chain of likenesses. Members are taken in rounds: what a round needs can be read and measured in any
//! order, then the members are decided one after another, so the result does not depend on the rounds.
//!
//! A round is: [`next_round`](Selection::next_round); [`ask`](Selection::ask) for each of its members, from as many
//! threads as one likes; [`ask_each_other`](Selection::ask_each_other); [`sort`](Question::sort) for each question;
//! [`answer`](Selection::answer) for each, in order; [`settle`](Selection::settle).

use std::collections::HashMap;
use std::ops::Range;

use crate::candidate::prefix::{ContainmentIndex, Prefix, PrefixIndex, Rarity};
use crate::config::{Config, Settings};
use crate::groups::DocumentGroups;
use crate::kernel::buckets::MemberBuckets;
use crate::verify::{Overlap, ShingleSet};

/// Members decided at a time, at most; and at least where nearly all are removed.
const LARGEST_ROUND: u32 = 1024;
const SMALLEST_ROUND: u32 = 32;

/// Members whose shingles are counted to tell the rare from the common.
const RARITY_SAMPLE: usize = 4096;

/// When a document is a duplicate of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelectionRules {
    /// Least Jaccard similarity.
    pub threshold: f64,
    /// If given, the share of a document in a kept one with which it is removed too.
    pub containment: Option<f64>,
    /// Whether every proposed pair is measured, or only as many as decide.
    pub pairs: bool,
}

impl SelectionRules {
    /// Takes the rules of `config`.
    pub fn of(config: &Config) -> Self {
        let Settings { threshold, containment, pairs, .. } = **config;
        Self { threshold, containment, pairs }
    }

    /// Returns whether two documents, of which the later one is `b`, are duplicates.
    pub fn match_by(&self, overlap: Overlap) -> bool {
        overlap.reaches(self.threshold) || self.containment.is_some_and(|share| overlap.containment_b() >= share)
    }

    /// Measures two sets of shingles, unless their bitmaps or a sample show that they cannot match.
    pub fn measure_sets(&self, earlier: &ShingleSet, later: &ShingleSet) -> Option<Overlap> {
        let [a, b] = [earlier, later].map(|set| set.shingles().len());
        let most = Overlap { a, b, shared: earlier.most_shared(later).min(a).min(b) };
        if self.match_by(most) { self.measure(earlier.shingles(), later.shingles()) } else { None }
    }

    /// Measures two sorted sets of shingles, unless a sample shows that they cannot match.
    pub fn measure(&self, earlier: &[u64], later: &[u64]) -> Option<Overlap> {
        let is_below = self.containment.is_none() && Overlap::is_surely_below(self.threshold, earlier, later);
        (!is_below).then(|| Overlap::of(earlier, later))
    }
}

/// What was decided, by document.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// Removed document -> the kept one, and their overlap.
    pub keepers: HashMap<u32, (u32, Overlap)>,
    /// Every pair that was measured and reached the threshold.
    pub pairs: Vec<SelectedPair>,
}

/// A pair that was measured and reached the threshold: the one before in keep order, then the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelectedPair {
    /// The document before in keep order.
    pub earlier: u32,
    /// The other document.
    pub later: u32,
    /// Measured with the earlier one as `a`.
    pub overlap: Overlap,
    /// Whether the pair would have been found whatever its bands: both share boilerplate with many others.
    pub certain: bool,
}

/// A member of a round with those before it that it may match.
#[derive(Clone, Debug, Default)]
pub struct Question {
    member: u32,
    earlier: Vec<u32>,
    /// Its rarest shingles, if it shares boilerplate with many others.
    prefix: Option<Prefix>,
    /// Memory of shingles that is not in use.
    spare: Vec<u64>,
}

impl Question {
    /// Returns the member.
    pub fn member(&self) -> u32 {
        self.member
    }

    /// Returns the members before it that it may match, in keep order once it is sorted.
    pub fn earlier(&self) -> &[u32] {
        &self.earlier
    }

    /// Orders the members before it, and drops repeats.
    pub fn sort(&mut self) {
        self.earlier.sort_unstable();
        self.earlier.dedup();
    }

    /// Returns the memory that its shingles had, to be used again for the next question.
    pub fn take_buffer(&mut self) -> Vec<u64> {
        let used = self.prefix.take().map(Prefix::into_buffer);
        let mut buffer = used.unwrap_or_else(|| std::mem::take(&mut self.spare));
        buffer.clear();
        buffer
    }
}

/// Sets that share much with another one, or contain much of it.
#[derive(Clone, Debug)]
struct BoilerplateIndex {
    similar: PrefixIndex,
    containing: Option<ContainmentIndex>,
}

impl BoilerplateIndex {
    fn new(rules: SelectionRules) -> Self {
        Self { similar: PrefixIndex::new(rules.threshold), containing: rules.containment.map(ContainmentIndex::new) }
    }

    fn clear(&mut self) {
        self.similar.clear();
        if let Some(containing) = &mut self.containing {
            containing.clear();
        }
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

/// The state of the choice between rounds.
#[derive(Clone, Debug)]
pub struct Selection {
    rules: SelectionRules,
    buckets: MemberBuckets,
    /// How common shingles are among the members that share boilerplate.
    rarity: Rarity,
    /// Members that share boilerplate and are settled, by their rarest shingles.
    settled: BoilerplateIndex,
    /// Those of one round.
    of_round: BoilerplateIndex,
    selected: Selected,
    groups: DocumentGroups,
    start: u32,
    round: u32,
}

impl Selection {
    /// Makes one whose members are those of `buckets`.
    pub fn new(rules: SelectionRules, buckets: MemberBuckets) -> Self {
        let index = BoilerplateIndex::new(rules);
        Self {
            rules,
            buckets,
            rarity: Rarity::new(),
            settled: index.clone(),
            of_round: index,
            selected: Selected::default(),
            groups: DocumentGroups::default(),
            start: 0,
            round: 1,
        }
    }

    /// Compares only documents of different groups.
    #[must_use]
    pub fn across(self, groups: &DocumentGroups) -> Self {
        Self { groups: groups.clone(), ..self }
    }

    /// Starts anew with the memory that it has; the buckets are to be filled.
    pub fn restart(&mut self) -> &mut MemberBuckets {
        self.rarity.clear();
        self.settled.clear();
        self.selected.keepers.clear();
        self.selected.pairs.clear();
        (self.start, self.round) = (0, 1);
        &mut self.buckets
    }

    /// Returns the members and their buckets.
    pub fn buckets(&self) -> &MemberBuckets {
        &self.buckets
    }

    /// Returns what has been decided so far.
    pub fn selected(&self) -> &Selected {
        &self.selected
    }

    /// Returns what has been decided.
    pub fn into_selected(self) -> Selected {
        self.selected
    }

    /// Returns the document that a member is.
    pub fn document(&self, member: u32) -> u32 {
        self.buckets.members()[member as usize]
    }

    /// Calls up the documents whose sets are needed to answer, some several times.
    pub fn documents_asked<'q>(&'q self, questions: &'q [Question]) -> impl Iterator<Item = u32> + 'q {
        let asked = questions.iter().filter(|question| !question.earlier.is_empty());
        let members = asked.flat_map(|question| question.earlier.iter().copied().chain([question.member]));
        members.map(|member| self.document(member))
    }

    /// Calls up the documents whose shingles are to be [counted](Self::count) before the first round.
    pub fn sample(&self) -> impl Iterator<Item = u32> + '_ {
        let boilerplate = self.buckets.boilerplate();
        let count = boilerplate.iter().filter(|&&is| is).count();
        let members = (0u32..).zip(boilerplate).filter(|&(_, &is)| is).map(|(member, _)| member);
        members.step_by(count / RARITY_SAMPLE + 1).map(|member| self.document(member))
    }

    /// Counts the shingles of a document of the sample.
    pub fn count(&mut self, shingles: &[u64]) {
        self.rarity.count(shingles);
    }

    /// Returns the members of the next round; none when all are settled.
    pub fn next_round(&self) -> Range<u32> {
        let count = self.buckets.members().len() as u32;
        self.start..count.min(self.start.saturating_add(self.round))
    }

    /// Returns whether the shingles of a member are needed to [`ask`](Self::ask) about it.
    pub fn is_boilerplate(&self, member: u32) -> bool {
        self.buckets.boilerplate()[member as usize]
    }

    /// Asks about a member of the round: those before it that it meets in a bucket, and those before the round that
    /// share its rarest shingles. `shingles` are needed for those that share boilerplate; one that has none is compared
    /// with nobody for it.
    pub fn ask(&self, member: u32, shingles: Option<Vec<u64>>, question: &mut Question) {
        // What contains others is found by all of its shingles.
        let share = if self.rules.containment.is_some() { 0.0 } else { self.rules.threshold };
        question.member = member;
        question.earlier.clear();
        let met = self.buckets.before(member).filter(|&other| self.buckets.are_alike(member, other));
        question.earlier.extend(met);
        if let Some(used) = question.prefix.take() {
            question.spare = used.into_buffer();
        }
        question.prefix = shingles.map(|shingles| self.rarity.prefix(shingles, share));
        if let Some(prefix) = &question.prefix {
            self.settled.candidates(prefix, &mut question.earlier);
        }
    }

    /// Adds to each question those of the same round that share boilerplate, and leaves those out that are of its group.
    pub fn ask_each_other(&mut self, questions: &mut [Question]) {
        self.of_round.clear();
        for Question { member, earlier, prefix, .. } in questions.iter_mut() {
            if let Some(prefix) = prefix {
                self.of_round.candidates(prefix, earlier);
                self.of_round.insert(*member, prefix);
            }
        }
        if !self.groups.is_none() {
            for Question { member, earlier, .. } in questions {
                let later = self.document(*member);
                earlier.retain(|&member| self.groups.are_apart(self.document(member), later));
            }
        }
    }

    /// Decides one member; those before it are decided. `measure` is called with the earlier document and this one, in
    /// the order of [`Question::earlier`], some left out; it may return nothing for a pair that cannot match.
    pub fn answer(&mut self, question: &Question, measure: impl FnMut(u32, u32) -> Option<Overlap>) {
        decide(self.rules, &self.buckets, &mut self.selected, question, measure);
    }

    /// Like [`answer`](Self::answer), by the overlaps of this member with each one before it.
    pub fn answer_by(&mut self, question: &Question, overlaps: &[Overlap]) {
        let docs = &self.buckets;
        let mut measured = question.earlier.iter().map(|&member| docs.members()[member as usize]).zip(overlaps);
        let found = |earlier, _| measured.find(|&(doc, _)| doc == earlier).map(|(_, &overlap)| overlap);
        decide(self.rules, docs, &mut self.selected, question, found);
    }

    /// Ends the round when all questions are answered.
    pub fn settle(&mut self, questions: &[Question]) {
        let round = self.next_round();
        let Self { buckets, selected, settled, rules, .. } = self;
        let removed = round.clone().filter(|&member| is_removed(selected, buckets, member)).count();
        for question in questions {
            let is_of_use = rules.pairs || !is_removed(selected, buckets, question.member);
            if let Some(prefix) = question.prefix.as_ref().filter(|_| is_of_use) {
                settled.insert(question.member, prefix);
            }
        }
        buckets.settle(round.clone(), |doc| rules.pairs || !selected.keepers.contains_key(&doc));
        // In a crowd of near copies each decision saves all later comparisons, so the next round decides fewer.
        let is_crowd = !rules.pairs && removed * 2 > round.len();
        self.round = if is_crowd { (self.round / 2).max(SMALLEST_ROUND) } else { (self.round * 2).min(LARGEST_ROUND) };
        self.start = round.end;
    }
}

/// Decides one member.
fn decide(
    rules: SelectionRules,
    buckets: &MemberBuckets,
    selected: &mut Selected,
    question: &Question,
    mut measure: impl FnMut(u32, u32) -> Option<Overlap>,
) {
    let (members, boilerplate) = (buckets.members(), buckets.boilerplate());
    let later = members[question.member as usize];
    for &member in &question.earlier {
        let earlier = members[member as usize];
        let kept = !selected.keepers.contains_key(&earlier);
        if !kept && !rules.pairs {
            continue;
        }
        let Some(overlap) = measure(earlier, later) else { continue };
        if !rules.match_by(overlap) {
            continue;
        }
        let certain = boilerplate[member as usize] && boilerplate[question.member as usize];
        selected.pairs.push(SelectedPair { earlier, later, overlap, certain });
        if kept {
            selected.keepers.entry(later).or_insert((earlier, overlap));
            if !rules.pairs {
                return;
            }
        }
    }
}

fn is_removed(selected: &Selected, buckets: &MemberBuckets, member: u32) -> bool {
    selected.keepers.contains_key(&buckets.members()[member as usize])
}
