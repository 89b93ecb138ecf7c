//! Carries decisions out on findings as they come: what is to stay is taken out of them and noted, and groups of which
//! another document is to stay wait until they are measured anew.
//!
//! A decision acts on the group in which its document or place was found, and on nothing if there is none.

use std::collections::HashMap;
use std::sync::Arc;

use super::choices::{Choices, DECIDED, UNDECIDED};
use super::decisions::{Decision, Decisions, GivenDecision, Undecided};
use super::index::SourceIndex;
use super::places::FoundFamily;
use super::regroup::RegroupedCluster;
use crate::error::{Error, Result};
use crate::finding::{DocumentCluster, DocumentRef, PassageFamily, PlacedSpan};
use doublon_core::Span;

/// How many decisions without effect are told one by one.
const TOLD: usize = 10;

/// A document, or a place in one, as findings name it.
type NamedPlace = (Arc<str>, u64, Option<Span>);

/// Decisions, and what they came to so far.
#[derive(Debug)]
pub(super) struct Review {
    decisions: Decisions,
    /// The positions of the decisions on each place, in order.
    by_place: HashMap<NamedPlace, Vec<usize>>,
    /// Which decisions named something that was found.
    is_met: Vec<bool>,
    pub choices: Choices,
    pub regrouped: Vec<RegroupedCluster>,
}

/// What was decided on a group.
#[derive(Debug, Default)]
struct GroupDecisions {
    is_ignored: bool,
    is_accepted: bool,
    /// The member that stays instead of the kept one, and the line that says so.
    original: Option<(usize, u64)>,
    /// For each member what was decided on it alone.
    own: Vec<Option<Decision>>,
}

impl Review {
    pub fn new(decisions: Decisions) -> Self {
        let mut by_place: HashMap<NamedPlace, Vec<usize>> = HashMap::with_capacity(decisions.given.len());
        for (n, GivenDecision { source, record, span, .. }) in decisions.given.iter().enumerate() {
            by_place.entry((Arc::clone(source), *record, *span)).or_default().push(n);
        }
        let choices = Choices::new(decisions.undecided);
        Self { is_met: vec![false; decisions.given.len()], decisions, by_place, choices, regrouped: Vec::new() }
    }

    /// Takes out of a cluster what stays. Returns it if something goes for its kept document.
    pub fn cluster(&mut self, mut cluster: DocumentCluster, index: &SourceIndex) -> Result<Option<DocumentCluster>> {
        let docs: Vec<DocumentRef> =
            [&cluster.keep].into_iter().chain(cluster.members.iter().map(|member| &member.doc)).cloned().collect();
        let named = docs.iter().map(|doc| (Arc::clone(&doc.source), doc.record, None));
        let decided = self.decisions_on(named)?;
        let mut goes = Vec::with_capacity(docs.len());
        for (n, doc) in docs.iter().enumerate() {
            let source = index.number(doc)?;
            if decided.removes(n) {
                self.choices.removable_documents.insert((source, doc.record));
            }
            let reason = decided.stays(n, self.choices.undecided);
            if let Some(reason) = reason {
                self.choices.keep(source, doc.clone(), reason);
            }
            goes.push(reason.is_none());
        }
        if let Some(original) = decided.other_original() {
            self.choices.has_other_originals = true;
            let members = (0..docs.len()).filter(|&n| goes[n]).map(|n| docs[n].clone()).collect();
            self.regrouped.push(RegroupedCluster { original: docs[original].clone(), members });
            return Ok(None);
        }
        let mut goes = goes.into_iter().skip(1);
        cluster.members.retain(|_| goes.next().unwrap_or(true));
        Ok((!cluster.members.is_empty()).then_some(cluster))
    }

    /// Notes what stays of a family that was gathered, and puts first the place that stays for the others.
    pub fn family(&mut self, family: &PassageFamily, found: &mut FoundFamily) -> Result<()> {
        let places = [&family.keep].into_iter().chain(&family.occurrences);
        let named = |place: &PlacedSpan| {
            (Arc::clone(&place.doc.source), place.doc.record, Some(Span::new(place.start, place.end.max(place.start))))
        };
        let decided = self.decisions_on(places.map(named))?;
        for (n, place) in found.places.iter().enumerate() {
            if decided.removes(n) {
                self.choices.remove_place(place.source, place.record, place.span);
            } else if decided.stays(n, self.choices.undecided) == Some(DECIDED) {
                self.choices.keep_place(place.source, place.record, place.span);
            }
        }
        if let Some(original) = decided.other_original() {
            let original = found.places.remove(original);
            found.places.insert(0, original);
        }
        Ok(())
    }

    /// Returns what was decided on a group, the kept member first.
    fn decisions_on(&mut self, members: impl Iterator<Item = NamedPlace>) -> Result<GroupDecisions> {
        let (mut decided, mut on_kept) = (GroupDecisions::default(), Vec::new());
        for (member, place) in members.enumerate() {
            decided.own.push(None);
            for &n in self.by_place.get(&place).into_iter().flatten() {
                let GivenDecision { decision, line, .. } = self.decisions.given[n];
                match decision {
                    Decision::Ignore => decided.is_ignored = true,
                    Decision::Accept => decided.is_accepted = true,
                    Decision::Original => match decided.original {
                        Some((other, before)) if other != member => {
                            return Err(self.two_originals(before.min(line), before.max(line)));
                        }
                        _ => decided.original = Some((member, line)),
                    },
                    Decision::Keep | Decision::Remove => decided.own[member] = Some(decision),
                }
                match (decision, member) {
                    (Decision::Remove, 0) => on_kept.push(n),
                    _ => self.is_met[n] = true,
                }
            }
        }
        // Nothing stays for the one that is kept, unless another one is to.
        let is_met = decided.other_original().is_some();
        for n in on_kept {
            self.is_met[n] |= is_met;
        }
        Ok(decided)
    }

    fn two_originals(&self, before: u64, line: u64) -> Error {
        let detail = format!("it names a second original for the group of line {before}");
        Error::Findings { path: self.decisions.path.clone(), line, detail }
    }

    /// Tells the decisions that had no effect; without `passages`, how many are on places of them.
    pub fn unmet(&self, passages: bool) -> Vec<String> {
        let path = self.decisions.path.display();
        let unmet =
            self.decisions.given.iter().zip(&self.is_met).filter(|(_, is_met)| !**is_met).map(|(given, _)| given);
        let (unmet, of_passages): (Vec<_>, Vec<_>) = unmet.partition(|given| passages || given.span.is_none());
        let line = |given: &&GivenDecision| {
            let GivenDecision { line, decision, source, record, span } = given;
            let what = span.map_or("document", |_| "place");
            let bytes = span.map_or(String::new(), |span| format!(", bytes {} to {}", span.start, span.end));
            match decision {
                Decision::Remove => format!(
                    "{path}:{line}: no copy was found at {source}, record {record}{bytes}, or it is the {what} that stays"
                ),
                _ => format!("{path}:{line}: nothing was found that repeats at {source}, record {record}{bytes}"),
            }
        };
        let mut told: Vec<String> = unmet.iter().take(TOLD).map(line).collect();
        if unmet.len() > TOLD {
            told.push(format!("{path}: {} more decisions name what was not found", unmet.len() - TOLD));
        }
        let flags = "--passages cut or --passages mark";
        match of_passages.len() {
            0 => {}
            1 => told.push(format!("{path}: a decision on a passage has no effect without {flags}")),
            n => told.push(format!("{path}: {n} decisions on passages have no effect without {flags}")),
        }
        told
    }
}

impl GroupDecisions {
    /// Returns the member that stays instead of the kept one.
    fn other_original(&self) -> Option<usize> {
        self.original.map(|(original, _)| original).filter(|&original| original > 0 && !self.is_ignored)
    }

    /// Whether somebody decided that a member goes.
    fn removes(&self, member: usize) -> bool {
        let is_other = self.other_original().is_some_and(|original| original != member);
        match self.own.get(member).copied().flatten() {
            _ if self.is_ignored => false,
            Some(decision) => decision == Decision::Remove && (member > 0 || is_other),
            None => (member > 0 && self.is_accepted) || is_other,
        }
    }

    /// Returns why a member stays that is not the kept one, if it does; of the kept one, if that was decided.
    fn stays(&self, member: usize, undecided: Undecided) -> Option<&'static str> {
        let is_original = self.original.is_some_and(|(original, _)| original == member);
        let is_kept = self.own.get(member).copied().flatten() == Some(Decision::Keep);
        if self.is_ignored || is_original || is_kept {
            Some(DECIDED)
        } else if member > 0 && undecided == Undecided::Keep && !self.removes(member) {
            Some(UNDECIDED)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::finding::samples;

    fn group(own: &[Option<Decision>]) -> GroupDecisions {
        GroupDecisions { own: own.to_vec(), ..GroupDecisions::default() }
    }

    fn told(group: &GroupDecisions, undecided: Undecided) -> Vec<(bool, Option<&'static str>)> {
        (0..group.own.len()).map(|n| (group.removes(n), group.stays(n, undecided))).collect()
    }

    #[test]
    fn a_member_goes_unless_it_was_decided_that_it_stays() {
        use Decision::{Keep, Remove};
        let some = group(&[None, Some(Keep), Some(Remove), None]);
        let expected = [(false, None), (false, Some(DECIDED)), (true, None), (false, None)];
        assert_eq!(told(&some, Undecided::Remove), expected);
        let expected = [(false, None), (false, Some(DECIDED)), (true, None), (false, Some(UNDECIDED))];
        assert_eq!(told(&some, Undecided::Keep), expected);
        let accepted = GroupDecisions { is_accepted: true, ..group(&[None, Some(Keep), None]) };
        assert_eq!(told(&accepted, Undecided::Keep), [(false, None), (false, Some(DECIDED)), (true, None)]);
        let ignored = GroupDecisions { is_ignored: true, ..group(&[None, Some(Remove)]) };
        assert_eq!(told(&ignored, Undecided::Remove), [(false, Some(DECIDED)); 2]);
        let other = GroupDecisions { original: Some((1, 2)), ..group(&[None, None, Some(Keep), None]) };
        let expected = [(true, None), (false, Some(DECIDED)), (false, Some(DECIDED)), (true, None)];
        assert_eq!(told(&other, Undecided::Keep), expected);
    }

    fn given(line: u64, decision: Decision, record: u64) -> GivenDecision {
        GivenDecision { line, decision, source: "a.jsonl".into(), record, span: None }
    }

    fn review(given: Vec<GivenDecision>) -> Review {
        Review::new(Decisions { path: PathBuf::from("d.jsonl"), undecided: Undecided::Remove, given })
    }

    fn index() -> SourceIndex {
        let info = samples::source("a.jsonl");
        SourceIndex::new(&[info])
    }

    fn cluster() -> DocumentCluster {
        let mut cluster = samples::documents().clusters.remove(0);
        let place = |doc: &mut DocumentRef, record| (doc.source, doc.record) = ("a.jsonl".into(), record);
        place(&mut cluster.keep, 0);
        cluster.members.truncate(2);
        cluster.members.iter_mut().zip(1..).for_each(|(member, n)| place(&mut member.doc, n));
        cluster
    }

    #[test]
    fn a_decision_that_meets_nothing_is_told() {
        let mut review =
            review(vec![given(2, Decision::Keep, 1), given(3, Decision::Ignore, 7), given(4, Decision::Remove, 0)]);
        let left = review.cluster(cluster(), &index()).expect("is decided").expect("one goes");
        assert_eq!(left.members.iter().map(|member| member.doc.record).collect::<Vec<_>>(), [2]);
        assert_eq!(review.choices.may_remove(0, 1), Err(DECIDED));
        let unmet = review.unmet(true);
        assert_eq!(unmet.len(), 2, "{unmet:?}");
        assert!(unmet[0].starts_with("d.jsonl:3: nothing was found that repeats at a.jsonl, record 7"), "{unmet:?}");
        assert!(unmet[1].contains("or it is the document that stays"), "{unmet:?}");
    }

    #[test]
    fn a_group_has_one_original() {
        let mut review = review(vec![given(2, Decision::Original, 1), given(5, Decision::Original, 2)]);
        let error = review.cluster(cluster(), &index()).expect_err("two").to_string();
        assert_eq!(error, "d.jsonl:5: it names a second original for the group of line 2");
    }
}
