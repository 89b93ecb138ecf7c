//! Makes a plan final: what it would leave is scanned and planned again, until nothing more goes.
//!
//! Cuts change what repeats. Places that were swallowed by longer ones come to light, parts that were apart stand together,
//! and documents become copies of each other. So the copy is scanned before it is written: the sources are read with the
//! plan carried out on each record on the way. What goes then is added to the plan in places of the original texts. A kept
//! place may lose words in a later round; what went for it is bound to what the kept place repeats, or else comes back, and
//! the next round decides on it again.
//!
//! Each round costs a scan. The last one finds nothing to remove, which is what a second `clean` of the copy would find.

use std::collections::BTreeMap;

use doublon_core::{Level, Span};

use super::edit::DocumentEdit;
use super::gathered::Gathered;
use super::held::PlanArchive;
use super::index::SourceIndex;
use super::left::{positions_left, text_left};
use super::options::{CleanOptions, DocumentTreatment, PassageTreatment};
use super::passages::add_passages;
use super::plan::Plan;
use super::rebind::mend;
use super::records::changed;
use super::removal::DocumentRemoval;
use crate::error::Result;
use crate::finding::{DocumentRef, Finding, Header, Sink, SourceInfo};
use crate::scan::{Progress, Resources, Revised, Revision, scan_revised};
use crate::source::{Record, Source, TextBorders};

/// The most rounds. Those of a corpus without tricks are two or three.
const ROUNDS: usize = 20;

/// Adds to a plan what goes only once the rest is gone. Nothing is done if no passage is cut and no other document was
/// chosen to stay, nor for evaluation items.
///
/// # Errors
///
/// If a source is not what was scanned, or a temporary file cannot be written.
pub fn settle(plan: &mut Plan, options: &CleanOptions, resources: &Resources, progress: &dyn Progress) -> Result<()> {
    settle_with(plan, options, &PlanArchive::default(), (resources, progress))
}

/// Does what [`settle`] does for a plan of which documents and passages go for those of a saved index: what it would leave
/// is held against the index again.
///
/// # Errors
///
/// As [`settle`], or if the index cannot be read.
#[cfg(feature = "index")]
pub fn settle_against(
    plan: &mut Plan,
    options: &CleanOptions,
    index: &crate::index::Index,
    resources: &Resources,
    progress: &dyn Progress,
) -> Result<()> {
    settle_with(plan, options, &PlanArchive::of(index), (resources, progress))
}

fn settle_with(
    plan: &mut Plan,
    options: &CleanOptions,
    archive: &PlanArchive,
    (resources, progress): (&Resources, &dyn Progress),
) -> Result<()> {
    let is_cut = options.passages == PassageTreatment::Cut && plan.edits().next().is_some();
    // A document that stays by decision was not compared with those that stay in its stead no longer.
    let is_regrouped = plan.choices.has_other_originals && options.passages != PassageTreatment::Mark;
    let is_regrouped = is_regrouped && options.documents == DocumentTreatment::Drop;
    // In a corpus that was searched for evaluation items, nothing else is to go.
    if !is_cut && !is_regrouped || plan.contamination.is_some() {
        return Ok(());
    }
    plan.is_final = false;
    let mut compared = ComparedCopies::default();
    while !plan.is_final && plan.rounds < ROUNDS {
        let gathered = Round::scan(plan, archive, resources, progress)?;
        progress.phase("planning", None);
        plan.is_final = !add(gathered, options, plan, &mut compared, archive)?;
        plan.rounds += 1;
    }
    Ok(())
}

/// Adds what a round found. Returns whether anything more goes.
fn add(
    mut gathered: Gathered,
    options: &CleanOptions,
    plan: &mut Plan,
    compared: &mut ComparedCopies,
    archive: &PlanArchive,
) -> Result<bool> {
    let (mut more, index) = (false, gathered.index.clone());
    for (source, drop) in gathered.drops.drain(..) {
        if let Err(reason) = plan.choices.may_remove(source, drop.doc.record) {
            plan.choices.keep(source, drop.doc, reason);
            continue;
        }
        more = true;
        compared.add(source, &drop, plan, &index)?;
        plan.sources[source].drops.push(drop);
    }
    plan.sources.iter_mut().for_each(|source| source.drops.sort_by_key(|drop| drop.doc.record));
    for doc in plan.drops().filter_map(DocumentRemoval::keeper_in_sources).chain(plan.edits().flat_map(of_kept)) {
        gathered.keepers.insert((index.number(doc)?, doc.record));
    }
    let new = add_passages(gathered, *options, plan, archive)?;
    let is_changed = more || !new.is_empty();
    if is_changed {
        mend(plan, options, &index, archive)?;
        compared.take_back(plan);
    }
    Ok(is_changed)
}

/// The documents that go because of what cuts left of them and of those that stay for them, by source and record.
#[derive(Default)]
struct ComparedCopies(BTreeMap<(usize, u64), ComparedCopy>);

/// The document that stays for another, and what was taken out of both when they were compared.
struct ComparedCopy {
    stays: (usize, u64),
    taken_out: [Vec<(Span, bool)>; 2],
}

impl ComparedCopies {
    /// Adds one that goes as a duplicate, as the plan is now.
    fn add(&mut self, source: usize, drop: &DocumentRemoval, plan: &Plan, index: &SourceIndex) -> Result<()> {
        if let Some(keeper) = drop.keeper_in_sources() {
            let (goes, stays) = ((source, drop.doc.record), (index.number(keeper)?, keeper.record));
            let taken_out = [goes, stays].map(|doc| taken_out(plan, doc));
            self.0.insert(goes, ComparedCopy { stays, taken_out });
        }
        Ok(())
    }

    /// Takes back the removals of which either side was cut or mended since: the next round compares what is left then.
    fn take_back(&mut self, plan: &mut Plan) {
        self.0.retain(|&goes, ComparedCopy { stays, taken_out: before }| {
            let is_same = [goes, *stays].map(|doc| taken_out(plan, doc)) == *before;
            let is_it = |drop: &DocumentRemoval| drop.doc.record == goes.1 && drop.keeper().is_some();
            plan.sources[goes.0].drops.retain(|drop| is_same || !is_it(drop));
            is_same
        });
    }
}

/// Returns what a plan takes out of a document.
fn taken_out(plan: &Plan, (source, record): (usize, u64)) -> Vec<(Span, bool)> {
    plan.sources[source].pieces(record).to_vec()
}

/// The documents of the places for which an edit cuts, as far as they are in the sources.
fn of_kept(edit: &DocumentEdit) -> impl Iterator<Item = &DocumentRef> {
    edit.cuts.iter().filter_map(|cut| cut.keep.doc_in_sources())
}

/// Receives the findings of a round.
struct Round<'p> {
    plan: &'p Plan,
    gathered: Gathered,
}

impl Round<'_> {
    /// Scans what a plan leaves.
    fn scan(plan: &Plan, archive: &PlanArchive, resources: &Resources, progress: &dyn Progress) -> Result<Gathered> {
        let sources: Vec<Source> = plan.sources.iter().map(|planned| planned.source.clone()).collect();
        let infos: Vec<SourceInfo> = plan.sources.iter().map(|planned| planned.info.clone()).collect();
        let with_passages = plan.passages != PassageTreatment::Keep;
        let mut round = Round { plan, gathered: Gathered::new(SourceIndex::new(&infos), with_passages) };
        let mut parameters = plan.parameters.clone();
        if !with_passages {
            parameters.config = parameters.config.to_builder().level(Level::Documents).build()?;
        }
        let roots: Option<Vec<usize>> = infos.iter().map(|info| info.root.map(|root| root as usize)).collect();
        let sources = (&sources[..], &roots.unwrap_or_default()[..]);
        match archive.archive() {
            Some(archive) => archive.find_revised(sources, &parameters, plan, resources, progress, &mut round)?,
            None => scan_revised(sources, &parameters, plan, resources, progress, &mut round)?,
        };
        Ok(round.gathered)
    }
}

/// Checks that sources that were read are those of a plan.
pub(super) fn check_sources(plan: &Plan, header: &Header) -> Result<()> {
    let mut read: BTreeMap<&str, &SourceInfo> = header.sources.iter().map(|info| (info.path.as_str(), info)).collect();
    for planned in &plan.sources {
        match read.remove(planned.info.path.as_str()) {
            Some(info) if info.xxh3_128 == planned.info.xxh3_128 => {}
            _ => return Err(changed(planned, "its content is not what was scanned".to_owned())),
        }
    }
    Ok(())
}

impl Sink for Round<'_> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => check_sources(self.plan, &header),
            other => self.gathered.receive(other),
        }
    }
}

/// Carries out a plan on what is read.
impl Revision for Plan {
    fn revise(&self, source: usize, record: &mut Record) -> Revised {
        let Some(planned) = self.sources.get(source) else { return Revised::Same };
        if planned.drops_record(record.record) {
            return Revised::Gone;
        }
        let pieces = planned.pieces(record.record);
        match text_left(&record.text, pieces) {
            Some(left) if !pieces.is_empty() => {
                let ends = positions_left(record.borders.ends(), pieces);
                record.borders = TextBorders::new(&left, ends);
                record.text = left.into_owned();
                record.origin = None; // it is of the whole text
                Revised::Changed
            }
            // A text without the pieces is another one; the sources are compared with those of the plan.
            _ => Revised::Same,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::check::tests::{duplicate, edit, plan};

    #[test]
    fn a_copy_comes_back_where_it_or_what_stays_for_it_was_cut_since() {
        for (cut_since, is_back) in [(7, false), (1, true), (2, true)] {
            let mut plan = plan(vec![], vec![edit(2, 9)]);
            let infos: Vec<SourceInfo> = plan.sources.iter().map(|planned| planned.info.clone()).collect();
            let mut compared = ComparedCopies::default();
            compared.add(0, &duplicate(2, 1), &plan, &SourceIndex::new(&infos)).unwrap();
            plan.sources[0].drops.push(duplicate(2, 1));
            let mut since = edit(cut_since, 9);
            since.pieces.push((Span::new(30, 40), false));
            plan.sources[0].change(vec![since]);
            compared.take_back(&mut plan);
            assert_eq!(plan.drops().next().is_none(), is_back, "{cut_since}");
        }
    }
}
