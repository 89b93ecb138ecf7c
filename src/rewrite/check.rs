//! The promises P2 and P3, held against a plan by itself: whatever made the plan, what breaks them is not written.
//!
//! It looks at the plan only, and knows nothing of how it came about. A plan that passes is a [`CheckedPlan`], and nothing
//! else can be applied.

use std::collections::{BTreeMap, BTreeSet};

use super::choices::Choices;
use super::edit::{DocumentEdit, PassageCut};
use super::options::PassageTreatment;
use super::plan::{Plan, PlannedSource};
use super::removal::{DocumentRemoval, RemovalCause};
use crate::error::{Error, Result};
use crate::finding::{ContaminationRule, DocumentRef};
use doublon_core::Span;

/// A plan that was checked: each document and place that goes was measured against one that stays.
#[derive(Clone, Copy, Debug)]
pub struct CheckedPlan<'a>(&'a Plan);

impl<'a> CheckedPlan<'a> {
    /// Returns the plan.
    pub fn plan(self) -> &'a Plan {
        self.0
    }
}

/// Checks a plan. It takes time in proportion to what the plan removes, times the logarithm of it.
///
/// # Errors
///
/// The first removal that breaks a promise: a document goes twice, for itself, for a document that goes too, or for one
/// that it does not resemble enough; a place goes for one that is cut, overlaps a cut or is in a document that goes, or
/// for one that does not cover enough of its words; or something goes from a source that others are only compared with.
pub fn check(plan: &Plan) -> Result<CheckedPlan<'_>> {
    if let Some(held) = plan.sources.iter().find(|planned| planned.info.against && planned.is_changed()) {
        let detail = format!("{}: it is changed, though others are only compared with it", held.info.path);
        return Err(Error::BrokenPlan { detail });
    }
    let mut gone = BTreeSet::new();
    for drop in plan.drops() {
        if !gone.insert(place(&drop.doc)) {
            return Err(broken(&drop.doc, "is removed twice"));
        }
    }
    let cuts: BTreeMap<DocumentKey, &DocumentEdit> = plan.edits().map(|edit| (place(&edit.doc), edit)).collect();
    if cuts.len() != plan.edits().count() {
        return Err(Error::BrokenPlan { detail: "a document is changed twice".to_owned() });
    }
    let held = plan.sources.iter().filter(|planned| planned.info.against);
    let held: BTreeSet<&str> = held.map(|planned| planned.info.path.as_str()).collect();
    plan.drops().try_for_each(|drop| check_drop(drop, plan, &held, &gone, &cuts))?;
    plan.edits().try_for_each(|edit| check_edit(edit, plan, &gone, &cuts))?;
    plan.sources.iter().enumerate().try_for_each(|(number, source)| check_decisions(number, source, &plan.choices))?;
    Ok(CheckedPlan(plan))
}

/// Checks that nothing goes of which it was decided that it stays.
fn check_decisions(number: usize, source: &PlannedSource, choices: &Choices) -> Result<()> {
    for drop in &source.drops {
        let record = drop.doc.record;
        let may_go = match drop.cause {
            RemovalCause::Duplicate { .. } | RemovalCause::Contaminated { .. } => {
                choices.may_remove(number, record).is_ok()
            }
            RemovalCause::TooShort { .. } => choices.may_empty(number, record),
        };
        if !may_go {
            return Err(broken(&drop.doc, "is removed though it was decided that it stays"));
        }
    }
    for edit in &source.edits {
        if choices.places(number, edit.doc.record).iter().any(|&span| takes(edit, span)) {
            return Err(broken(&edit.doc, "loses a place of which it was decided that it stays"));
        }
    }
    Ok(())
}

/// A document, whatever its id.
type DocumentKey<'a> = (&'a str, u64);

fn place(doc: &DocumentRef) -> DocumentKey<'_> {
    (&doc.source, doc.record)
}

fn check_drop(
    drop: &DocumentRemoval,
    plan: &Plan,
    held: &BTreeSet<&str>,
    gone: &BTreeSet<DocumentKey>,
    cuts: &BTreeMap<DocumentKey, &DocumentEdit>,
) -> Result<()> {
    let rules = &plan.rules;
    let fault = match &drop.cause {
        RemovalCause::Duplicate { keep, indexed: None, .. } if gone.contains(&place(keep)) => {
            "is removed for a document that is removed too"
        }
        RemovalCause::Duplicate { indexed: Some(number), .. }
            if plan.index.as_ref().is_none_or(|index| *number >= index.next) =>
        {
            "is removed for a document of an index that does not hold it"
        }
        RemovalCause::Duplicate { jaccard, containment, equality, .. } => {
            let is_contained = rules.containment.is_some_and(|least| *containment >= least);
            let is_like = if rules.exact { equality.is_exact() } else { *jaccard >= rules.threshold };
            if is_like || is_contained {
                return Ok(());
            }
            "is removed for a document that it does not resemble enough"
        }
        RemovalCause::Contaminated { item, share } => {
            // Where all documents together may hold the item, each has a part of it.
            let is_met = |rule: &ContaminationRule| rule.is_met(*share) || rule.in_corpus && *share > 0.0;
            if held.contains(&*item.source) && plan.contamination.as_ref().is_some_and(is_met) {
                return Ok(());
            }
            "is removed for an evaluation item that it does not hold, or that is none"
        }
        RemovalCause::TooShort { left } => match cuts.get(&place(&drop.doc)) {
            Some(edit) if !edit.cuts.is_empty() && *left < rules.min_left => return Ok(()),
            _ => "is removed as too short, but nothing was cut from it or enough is left",
        },
    };
    Err(broken(&drop.doc, fault))
}

fn check_edit(
    edit: &DocumentEdit,
    plan: &Plan,
    gone: &BTreeSet<DocumentKey>,
    cuts: &BTreeMap<DocumentKey, &DocumentEdit>,
) -> Result<()> {
    for cut in &edit.cuts {
        if let Some(fault) = fault(edit, cut, plan, gone, cuts) {
            return Err(broken(&edit.doc, fault));
        }
    }
    let apart = edit.pieces.windows(2).all(|two| two[0].0.end <= two[1].0.start);
    if apart && edit.pieces.iter().all(|piece| holds_cut(piece.0, &edit.cuts)) {
        Ok(())
    } else {
        Err(broken(&edit.doc, "loses text that no cut names"))
    }
}

/// Returns whether a stretch that is taken out has a cut in it. All else in the stretch should be white space, which
/// cannot be seen from the plan: tests of the cutting hold that.
fn holds_cut(piece: Span, cuts: &[PassageCut]) -> bool {
    let first = cuts.partition_point(|cut| cut.span.start < piece.start);
    cuts.get(first).is_some_and(|cut| piece.contains(cut.span))
}

fn fault(
    edit: &DocumentEdit,
    cut: &PassageCut,
    plan: &Plan,
    gone: &BTreeSet<DocumentKey>,
    cuts: &BTreeMap<DocumentKey, &DocumentEdit>,
) -> Option<&'static str> {
    let keep = &cut.keep;
    if let Some(number) = keep.indexed {
        return fault_in_index(cut, number, plan);
    }
    let of_keeper = cuts.get(&place(&keep.doc)).filter(|_| plan.passages == PassageTreatment::Cut);
    if cut.span.is_empty() || keep.span.is_empty() {
        Some("loses a place without text")
    } else if gone.contains(&place(&keep.doc)) {
        Some("loses a place for one in a document that is removed")
    } else if place(&keep.doc) == place(&edit.doc) && keep.span.overlaps(cut.span) {
        Some("loses a place for itself")
    } else if of_keeper.is_some_and(|other| takes(other, keep.span)) {
        Some("loses a place for one that is cut too")
    } else if cut.decided_by() >= plan.rules.threshold {
        None
    } else {
        Some("loses a place that the kept one does not cover enough")
    }
}

/// Returns what is wrong with a place that goes for one in a document of an index, which stays.
fn fault_in_index(cut: &PassageCut, number: u64, plan: &Plan) -> Option<&'static str> {
    if cut.span.is_empty() || cut.keep.span.is_empty() {
        Some("loses a place without text")
    } else if plan.index.as_ref().is_none_or(|index| number >= index.next) {
        Some("loses a place for one in a document of an index that does not hold it")
    } else if cut.decided_by() >= plan.rules.threshold {
        None
    } else {
        Some("loses a place that the kept one does not cover enough")
    }
}

/// Returns whether an edit takes something out of a span.
fn takes(edit: &DocumentEdit, span: Span) -> bool {
    let after = edit.pieces.partition_point(|piece| piece.0.end <= span.start);
    edit.pieces.get(after).is_some_and(|piece| piece.0.overlaps(span))
}

fn broken(doc: &DocumentRef, fault: &str) -> Error {
    Error::BrokenPlan { detail: format!("{}, record {}: {fault}", doc.source, doc.record) }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::finding::{Equality, HeldIndex, Parameters, Summary, samples};
    use crate::rewrite::edit::KeptPassage;
    use crate::rewrite::options::{AddedFields, DocumentTreatment};
    use crate::rewrite::removal::RemovalRules;
    use crate::source::Source;

    fn doc(record: u64) -> DocumentRef {
        DocumentRef { source: "a.jsonl".into(), record, id: None, metadata: None }
    }

    pub fn duplicate(record: u64, keep: u64) -> DocumentRemoval {
        let keep = Arc::new(doc(keep));
        DocumentRemoval {
            doc: doc(record),
            cause: RemovalCause::Duplicate {
                keep,
                indexed: None,
                jaccard: 0.8,
                containment: 0.9,
                exact: false,
                equality: Equality::None,
            },
        }
    }

    /// The bytes 10 to 20 of one document go for the first nine of another.
    pub fn edit(record: u64, keep: u64) -> DocumentEdit {
        let keep = Arc::new(KeptPassage { doc: doc(keep), span: Span::new(0, 9), indexed: None });
        let span = Span::new(10, 20);
        let cut = PassageCut {
            span,
            characters: None,
            family: "f1".into(),
            keep,
            words: 5,
            covered: 0.8,
            differs: Box::new([]),
            joined: None,
        };
        DocumentEdit { doc: doc(record), cuts: vec![cut], pieces: vec![(Span::new(9, 20), false)] }
    }

    pub fn plan(drops: Vec<DocumentRemoval>, edits: Vec<DocumentEdit>) -> Plan {
        let info = samples::source("a.jsonl");
        let source = Source::given("a.jsonl");
        Plan {
            parameters: Parameters::default(),
            contamination: None,
            index: None,
            rules: RemovalRules { threshold: 0.8, containment: None, exact: false, min_left: 3 },
            documents: DocumentTreatment::Drop,
            added: AddedFields::default(),
            passages: PassageTreatment::Cut,
            choices: Choices::default(),
            unmet: Vec::new(),
            sources: vec![PlannedSource { source, info, is_whole: true, drops, edits }],
            left: Vec::new(),
            unread: Vec::new(),
            spared: Vec::new(),
            large: Vec::new(),
            scanned: Summary::default(),
            rounds: 0,
            is_final: true,
        }
    }

    fn fault(plan: &Plan) -> String {
        check(plan).expect_err("breaks a promise").to_string()
    }

    fn edited(change: impl FnOnce(&mut DocumentEdit)) -> Plan {
        let mut edit = edit(2, 1);
        change(&mut edit);
        plan(vec![duplicate(3, 1)], vec![edit])
    }

    #[test]
    fn what_others_are_only_compared_with_stays_as_it_is() {
        let mut against = plan(vec![duplicate(2, 1)], vec![]);
        assert!(check(&against).is_ok());
        against.sources[0].info.against = true;
        let error = check(&against).expect_err("it is changed").to_string();
        assert!(error.contains("only compared with it"), "{error}");
    }

    #[test]
    fn what_keeps_the_promises_passes() {
        let drops = vec![
            duplicate(3, 1),
            duplicate(4, 1),
            DocumentRemoval { doc: doc(5), cause: RemovalCause::TooShort { left: 2 } },
        ];
        assert!(check(&plan(drops, vec![edit(2, 1), edit(5, 2), edit(6, 6)])).is_ok());
    }

    #[test]
    fn p2_a_document_goes_for_one_that_stays() {
        assert!(
            fault(&plan(vec![duplicate(2, 1), duplicate(3, 2)], vec![])).contains("a document that is removed too")
        );
        assert!(fault(&plan(vec![duplicate(2, 2)], vec![])).contains("a document that is removed too"));
        assert!(fault(&plan(vec![duplicate(2, 1), duplicate(2, 3)], vec![])).contains("removed twice"));
    }

    #[test]
    fn p3_a_document_goes_for_one_that_it_resembles() {
        for (jaccard, containment) in [(0.79, 1.0), (f64::NAN, 1.0)] {
            let cause = RemovalCause::Duplicate {
                keep: Arc::new(doc(1)),
                indexed: None,
                jaccard,
                containment,
                exact: true,
                equality: Equality::Bytes,
            };
            let mut plan = plan(vec![DocumentRemoval { doc: doc(2), cause }], vec![]);
            assert!(fault(&plan).contains("does not resemble enough"));
            plan.rules.containment = Some(0.9);
            assert!(check(&plan).is_ok(), "contained");
        }
    }

    #[test]
    fn p2_a_document_goes_for_one_that_an_index_held() {
        let mut removal = duplicate(2, 1);
        let RemovalCause::Duplicate { indexed, .. } = &mut removal.cause else { panic!("it is a duplicate") };
        *indexed = Some(6);
        // The document of the index has the name of one that goes, and is another one.
        let mut plan = plan(vec![removal, duplicate(1, 3)], vec![]);
        assert!(fault(&plan).contains("an index that does not hold it"), "there is no index");
        plan.index = Some(HeldIndex::new(std::path::Path::new("seen"), 6));
        assert!(fault(&plan).contains("an index that does not hold it"), "it was added later");
        plan.index = Some(HeldIndex::new(std::path::Path::new("seen"), 7));
        assert!(check(&plan).is_ok());
    }

    #[test]
    fn p3_a_document_goes_for_an_evaluation_item_that_it_holds() {
        let contaminated = |share| {
            let cause = RemovalCause::Contaminated { item: Arc::new(doc(1)), share };
            let mut plan = plan(vec![DocumentRemoval { doc: doc(2), cause }], vec![]);
            plan.sources.push(PlannedSource { drops: Vec::new(), ..plan.sources[0].clone() });
            plan.sources[0].info.path = "b.jsonl".to_owned();
            plan.sources[1].info.against = true;
            plan.contamination = ContaminationRule::named("tulu3");
            plan
        };
        assert!(check(&contaminated(0.5)).is_ok());
        for share in [0.49, 0.0, f64::NAN] {
            assert!(fault(&contaminated(share)).contains("an evaluation item that it does not hold"), "{share}");
        }
        let mut none = contaminated(1.0);
        none.sources[1].info.against = false;
        assert!(fault(&none).contains("or that is none"), "the item is a document of the corpus");
        let mut untold = contaminated(1.0);
        untold.contamination = None;
        assert!(fault(&untold).contains("or that is none"), "no items were looked for");
    }

    #[test]
    fn p2_a_place_goes_for_one_that_stays() {
        assert!(fault(&plan(vec![duplicate(1, 9)], vec![edit(2, 1)])).contains("in a document that is removed"));
        let itself = edited(|edit| {
            edit.cuts[0].keep = Arc::new(KeptPassage { doc: doc(2), span: Span::new(19, 30), indexed: None });
        });
        assert!(fault(&itself).contains("a place for itself"));
        let mut keeper = edit(1, 9);
        keeper.cuts[0].span = Span::new(5, 7);
        keeper.pieces[0].0 = Span::new(4, 7);
        assert!(fault(&plan(vec![], vec![keeper, edit(2, 1)])).contains("one that is cut too"));
        assert!(fault(&edited(|edit| edit.cuts[0].span = Span::new(10, 10))).contains("a place without text"));
    }

    #[test]
    fn a_place_goes_for_one_that_an_index_held() {
        let held = |next: Option<u64>, change: fn(&mut PassageCut)| {
            let mut edit = edit(2, 3);
            // The document that goes has the name of the one in the index, which is another.
            edit.cuts[0].keep = Arc::new(KeptPassage { doc: doc(3), span: Span::new(0, 9), indexed: Some(4) });
            change(&mut edit.cuts[0]);
            let mut plan = plan(vec![duplicate(3, 1)], vec![edit]);
            plan.index = next.map(|next| HeldIndex { path: "seen".to_owned(), path_base64: None, next });
            plan
        };
        assert!(check(&held(Some(5), |_| ())).is_ok());
        for next in [None, Some(4)] {
            assert!(fault(&held(next, |_| ())).contains("of an index that does not hold it"), "{next:?}");
        }
        assert!(fault(&held(Some(5), |cut| cut.covered = f64::NAN)).contains("does not cover enough"));
        assert!(fault(&held(Some(5), |cut| cut.span = Span::new(10, 10))).contains("a place without text"));
    }

    #[test]
    fn p3_a_place_goes_for_one_that_covers_it() {
        assert!(fault(&edited(|edit| edit.cuts[0].covered = 0.79)).contains("does not cover enough"));
        assert!(fault(&edited(|edit| edit.cuts[0].covered = f64::NAN)).contains("does not cover enough"));
    }

    #[test]
    fn nothing_goes_that_was_decided_to_stay() {
        let mut of_document = plan(vec![duplicate(3, 1)], vec![edit(2, 1)]);
        of_document.choices.keep(0, doc(3), "decided");
        assert!(fault(&of_document).contains("is removed though it was decided that it stays"));
        let mut of_place = plan(vec![], vec![edit(2, 1)]);
        of_place.choices.keep_place(0, 2, Span::new(20, 30));
        assert!(check(&of_place).is_ok(), "beside it");
        of_place.choices.keep_place(0, 2, Span::new(19, 30));
        assert!(fault(&of_place).contains("of which it was decided that it stays"));
    }

    #[test]
    fn nothing_goes_without_a_cut() {
        let unnamed = (Span::new(30, 40), false);
        assert!(fault(&edited(|edit| edit.pieces.push(unnamed))).contains("text that no cut names"));
        assert!(fault(&edited(|edit| edit.pieces.insert(0, unnamed))).contains("text that no cut names"));
        let short = |left| vec![DocumentRemoval { doc: doc(2), cause: RemovalCause::TooShort { left } }];
        assert!(fault(&plan(short(2), vec![])).contains("nothing was cut from it"));
        assert!(fault(&plan(short(3), vec![edit(2, 1)])).contains("enough is left"));
        assert!(fault(&plan(vec![], vec![edit(2, 1), edit(2, 1)])).contains("changed twice"));
    }
}
