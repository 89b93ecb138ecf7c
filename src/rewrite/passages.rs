//! Which places of repeated passages go: each is measured against the kept place itself.
//!
//! Findings hold the measures of some pairs only, and know nothing of where cuts may be. So the texts are read again, first
//! those of the kept places, then the documents that hold the others, and all places of a document are decided together.
//! Texts are those that the plan leaves so far; places of what goes are told in the original ones.
//!
//! The memory is 8 bytes a word of the kept places, 80 bytes a place, and that of one document.

use super::context::{PassageContext, not_there};
use super::cutter::{NewCuts, SourceCutter};
use super::edit::StayingPassage;
use super::gathered::Gathered;
use super::held::PlanArchive;
use super::kept::KeptText;
use super::left::{Origins, text_left};
use super::options::CleanOptions;
use super::places::{FirstPlace, PlaceJob, PlannedFamily, of_record, records};
use super::plan::Plan;
use super::records::visit;
use super::told;
use crate::error::Result;
use crate::source::SourceOptions;

/// Adds the cuts of what was gathered to a plan that has its removed documents, and tells which matches stay. Returns what
/// is cut that was not before.
pub(super) fn add_passages(
    gathered: Gathered,
    options: CleanOptions,
    plan: &mut Plan,
    archive: &PlanArchive,
) -> Result<NewCuts> {
    let Gathered { index, keepers, families, matches, .. } = gathered;
    let matches = told::original(matches, plan);
    let context = PassageContext::new(options, index.clone(), keepers, families, plan, archive.seed());
    let new = add_to(&context, plan, archive)?;
    told::tell(&matches, &index, &new, plan);
    Ok(new)
}

/// Adds the cuts to the plan, and puts the places that stay in place of those that it had. Returns what is cut that
/// was not before.
///
/// # Errors
///
/// If a source is not what was scanned.
fn add_to(context: &PassageContext, plan: &mut Plan, archive: &PlanArchive) -> Result<NewCuts> {
    let families = || context.families.iter().enumerate();
    let firsts = families().filter_map(|(number, family)| Some((number, family.first_in_sources()?)));
    let mut kept: Vec<PlaceJob> = firsts.map(|(number, place)| PlaceJob::new(number, place)).collect();
    let others = families().flat_map(|(number, family)| family.others.iter().map(move |place| (number, place)));
    let mut others: Vec<PlaceJob> = others.map(|(number, place)| PlaceJob::new(number, place)).collect();
    kept.sort();
    others.sort();
    let texts = kept_texts(context, &kept, plan, archive)?;
    let (mut left, mut new) = (Vec::new(), NewCuts::default());
    for jobs in others.chunk_by(|x, y| x.source == y.source) {
        let planned = &mut plan.sources[jobs[0].source];
        let mut cutter = SourceCutter {
            context,
            choices: &plan.choices,
            kept: &kept,
            texts: &texts,
            left: &mut left,
            new: &mut new,
        };
        cutter.cut(jobs, planned)?;
    }
    left.sort_by_key(|(job, _): &(PlaceJob, StayingPassage)| (job.family, *job));
    plan.left = left.into_iter().map(|(_, left)| left).collect();
    Ok(new)
}

/// Reads each family's kept place.
fn kept_texts(
    context: &PassageContext,
    jobs: &[PlaceJob],
    plan: &Plan,
    archive: &PlanArchive,
) -> Result<Vec<KeptText>> {
    let held_text = |family: &PlannedFamily| match &family.first {
        FirstPlace::Held(place) => archive.text(&place.kept()),
        FirstPlace::InSources(_) => Ok(KeptText::default()),
    };
    let mut texts: Vec<KeptText> = context.families.iter().map(held_text).collect::<Result<_>>()?;
    for jobs in jobs.chunk_by(|x, y| x.source == y.source) {
        let planned = &plan.sources[jobs[0].source];
        let reading = SourceOptions::from(plan.input_of(planned));
        visit(planned, &records(jobs), &reading, &mut |record, _| {
            let lost = || not_there(planned, record.record);
            let pieces = planned.pieces(record.record);
            let (left, origins) = (text_left(&record.text, pieces).ok_or_else(lost)?, Origins::new(pieces));
            for job in of_record(jobs, record.record) {
                let doc = context.index.document(job.source, job.record, job.id);
                let text = KeptText::read(&left, job.span, &origins, &doc, &context.tokenizer);
                texts[job.family] = text.ok_or_else(lost)?;
            }
            Ok(())
        })?;
    }
    Ok(texts)
}
