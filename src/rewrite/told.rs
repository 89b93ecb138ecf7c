//! The matches that stay: neither side has a part of a cut.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use doublon_core::Span;

use super::cutter::NewCuts;
use super::edit::StayingPassage;
use super::index::SourceIndex;
use super::left::Origins;
use super::places::{FoundMatch, FoundPlace};
use super::plan::Plan;
use crate::finding::DocumentRef;

/// Turns the places of matches from spans of what a plan leaves so far to spans of the original texts.
pub(super) fn original(mut matches: Vec<FoundMatch>, plan: &Plan) -> Vec<FoundMatch> {
    for place in matches.iter_mut().flat_map(|found| found.a.iter_mut().chain([&mut found.b])) {
        let pieces = plan.sources[place.source].pieces(place.record);
        if !pieces.is_empty() {
            place.span = Origins::new(pieces).original(place.span);
        }
    }
    matches
}

/// Adds to the places that stay the later places of matches of which nothing is cut, unless they are among them already.
pub(super) fn tell(matches: &[FoundMatch], index: &SourceIndex, cuts: &NewCuts, plan: &mut Plan) {
    let reasons = Reasons::new(&plan.left);
    let mut told: BTreeSet<ToldPlace> = plan.left.iter().map(place).collect();
    for FoundMatch { family, a, b } in matches {
        if a.iter().chain([b]).any(|place| is_cut(place, cuts)) {
            continue;
        }
        let doc = b.document(index);
        let reason = reasons.of(&doc, b.span);
        let left = StayingPassage { doc, span: b.span, family: Arc::clone(family), reason };
        if told.insert(place(&left)) {
            plan.left.push(left);
        }
    }
}

/// A place, and its family.
type ToldPlace = (Arc<str>, u64, Span, Arc<str>);

fn place(left: &StayingPassage) -> ToldPlace {
    (Arc::clone(&left.doc.source), left.doc.record, left.span, Arc::clone(&left.family))
}

/// Why the places of families stay, by document.
struct Reasons(BTreeMap<(Arc<str>, u64), Vec<StayingSpan>>);

/// A place, and why it stays.
type StayingSpan = (Span, &'static str);

impl Reasons {
    fn new(left: &[StayingPassage]) -> Self {
        let mut reasons: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for StayingPassage { doc, span, reason, .. } in left {
            reasons.entry((Arc::clone(&doc.source), doc.record)).or_default().push((*span, *reason));
        }
        Self(reasons)
    }

    /// Why the later place of a match stays: as the place of a family that overlaps it does.
    fn of(&self, doc: &DocumentRef, span: Span) -> &'static str {
        let here = self.0.get(&(Arc::clone(&doc.source), doc.record));
        let overlapping = here.and_then(|places| places.iter().find(|(place, _)| place.overlaps(span)));
        overlapping.map_or("no_place_of_its_family", |(_, reason)| reason)
    }
}

fn is_cut(place: &FoundPlace, cuts: &NewCuts) -> bool {
    let here = cuts.get(&(place.source, place.record));
    here.is_some_and(|cuts| cuts.iter().any(|cut| cut.overlaps(place.span)))
}
