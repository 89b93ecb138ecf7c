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

use super::edit::DocumentEdit;
use super::gathered::Gathered;
use super::index::SourceIndex;
use super::left::text_left;
use super::options::{CleanOptions, PassageTreatment};
use super::passages::add_passages;
use super::plan::Plan;
use super::rebind::mend;
use super::records::changed;
use super::removal::DocumentRemoval;
use crate::error::Result;
use crate::finding::{DocumentRef, Finding, Header, Sink, SourceInfo};
use crate::scan::{Progress, Resources, Revised, Revision, scan_revised};
use crate::source::{Record, Source};

/// The most rounds. Those of a corpus without tricks are two or three.
const ROUNDS: usize = 20;

/// Adds to a plan what goes only once the rest is gone. Nothing is done if no passage is cut.
///
/// # Errors
///
/// If a source is not what was scanned, or a temporary file cannot be written.
pub fn settle(plan: &mut Plan, options: &CleanOptions, resources: &Resources, progress: &dyn Progress) -> Result<()> {
    if options.passages != PassageTreatment::Cut || plan.edits().next().is_none() {
        return Ok(());
    }
    plan.is_final = false;
    while !plan.is_final && plan.rounds < ROUNDS {
        let gathered = Round::scan(plan, resources, progress)?;
        progress.phase("planning", None);
        plan.is_final = !add(gathered, options, plan)?;
        plan.rounds += 1;
    }
    Ok(())
}

/// Adds what a round found. Returns whether anything more goes.
fn add(mut gathered: Gathered, options: &CleanOptions, plan: &mut Plan) -> Result<bool> {
    let more = !gathered.drops.is_empty();
    for (source, drop) in gathered.drops.drain(..) {
        plan.sources[source].drops.push(drop);
    }
    plan.sources.iter_mut().for_each(|source| source.drops.sort_by_key(|drop| drop.doc.record));
    let index = gathered.index.clone();
    for doc in plan.drops().filter_map(DocumentRemoval::keeper).chain(plan.edits().flat_map(of_kept)) {
        gathered.keepers.insert((index.number(doc)?, doc.record));
    }
    let new = add_passages(gathered, *options, plan)?;
    let is_changed = more || !new.is_empty();
    if is_changed {
        mend(plan, options, &index)?;
    }
    Ok(is_changed)
}

/// The documents of the places for which an edit cuts.
fn of_kept(edit: &DocumentEdit) -> impl Iterator<Item = &DocumentRef> {
    edit.cuts.iter().map(|cut| &cut.keep.doc)
}

/// Receives the findings of a round.
struct Round<'p> {
    plan: &'p Plan,
    gathered: Gathered,
}

impl Round<'_> {
    /// Scans what a plan leaves.
    fn scan(plan: &Plan, resources: &Resources, progress: &dyn Progress) -> Result<Gathered> {
        let sources: Vec<Source> = plan.sources.iter().map(|planned| planned.source.clone()).collect();
        let infos: Vec<SourceInfo> = plan.sources.iter().map(|planned| planned.info.clone()).collect();
        let mut round = Round { plan, gathered: Gathered::new(SourceIndex::new(&infos), true) };
        scan_revised(&sources, &plan.parameters, plan, resources, progress, &mut round)?;
        Ok(round.gathered)
    }

    /// Checks that the sources are those of the plan.
    fn check(&self, header: &Header) -> Result<()> {
        let of_plan = self.plan.sources.iter();
        let mut read: BTreeMap<&str, &SourceInfo> =
            header.sources.iter().map(|info| (info.path.as_str(), info)).collect();
        for planned in of_plan {
            match read.remove(planned.info.path.as_str()) {
                Some(info) if info.xxh3_128 == planned.info.xxh3_128 => {}
                _ => return Err(changed(planned, "its content is not what was scanned".to_owned())),
            }
        }
        Ok(())
    }
}

impl Sink for Round<'_> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => self.check(&header),
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
                record.text = left.into_owned();
                record.origin = None; // it is of the whole text
                Revised::Changed
            }
            // A text without the pieces is another one; the sources are compared with those of the plan.
            _ => Revised::Same,
        }
    }
}
