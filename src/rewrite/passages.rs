//! Which places of repeated passages go: each is measured against the kept place itself.
//!
//! Findings hold the measures of some pairs only, and know nothing of where cuts may be. So the texts are read again, first
//! those of the kept places, then the documents that hold the others, and all places of a document are decided together.
//!
//! The memory is 8 bytes a word of the kept places, 80 bytes a place, and that of one document.

use std::collections::BTreeSet;
use std::sync::Arc;

use doublon_core::Span;
use doublon_core::text::Tokenizer;

use super::cut::CuttableText;
use super::edit::{DocumentEdit, PassageCut, StayingPassage};
use super::index::SourceIndex;
use super::options::{CleanOptions, PassageTreatment};
use super::places::{FoundFamily, PlaceJob, PlannedFamily, of_record, records};
use super::plan::{Plan, PlannedSource};
use super::records::{Editable, visit};
use super::removal::{DocumentRemoval, RemovalCause};
use super::runs::{CutRules, DecidedCut, RepeatedPart, decide};
use crate::error::{Error, Result};
use crate::source::{Record, SourceOptions};

/// Adds the cuts of families to a plan that has its removed documents.
pub(super) struct PassagePlanner {
    options: CleanOptions,
    rules: CutRules,
    reading: SourceOptions,
    tokenizer: Tokenizer,
    index: SourceIndex,
    families: Vec<PlannedFamily>,
    /// The documents for which others are removed.
    keepers: BTreeSet<(usize, u64)>,
}

impl PassagePlanner {
    /// Makes a planner for the families of which two places or more are in documents that stay.
    pub fn new(
        options: CleanOptions,
        index: SourceIndex,
        keepers: BTreeSet<(usize, u64)>,
        found: Vec<FoundFamily>,
        plan: &Plan,
    ) -> Self {
        let config = &plan.parameters.config;
        Self {
            options,
            rules: CutRules { edge: options.cut_at, least: config.min_words, threshold: config.threshold },
            reading: plan.parameters.input.clone().into(),
            tokenizer: Tokenizer::new(config.text, config.seed),
            families: found.into_iter().filter_map(|family| PlannedFamily::new(family, plan, &index)).collect(),
            index,
            keepers,
        }
    }

    /// Adds the cuts to the plan.
    ///
    /// # Errors
    ///
    /// If a source is not what was scanned.
    pub fn add_to(self, plan: &mut Plan) -> Result<()> {
        let families = || self.families.iter().enumerate();
        let mut kept: Vec<PlaceJob> = families().map(|(number, family)| PlaceJob::new(number, &family.first)).collect();
        let others = families().flat_map(|(number, family)| family.others.iter().map(move |place| (number, place)));
        let mut others: Vec<PlaceJob> = others.map(|(number, place)| PlaceJob::new(number, place)).collect();
        kept.sort();
        others.sort();
        let words = self.words_of_kept(&kept, plan)?;
        let mut left = Vec::new();
        for jobs in others.chunk_by(|x, y| x.source == y.source) {
            let planned = &mut plan.sources[jobs[0].source];
            SourceCutter { planner: &self, kept: &kept, words: &words, left: &mut left }.cut(jobs, planned)?;
        }
        left.sort_by_key(|(job, _): &(PlaceJob, _)| (job.family, *job));
        plan.left = left.into_iter().map(|(_, left)| left).collect();
        Ok(())
    }

    /// Returns the hashes of the words of each family's kept place.
    fn words_of_kept(&self, jobs: &[PlaceJob], plan: &Plan) -> Result<Vec<Vec<u64>>> {
        let mut words = vec![Vec::new(); self.families.len()];
        for jobs in jobs.chunk_by(|x, y| x.source == y.source) {
            let planned = &plan.sources[jobs[0].source];
            visit(planned, &records(jobs), &self.reading, &mut |record, _| {
                for job in of_record(jobs, record.record) {
                    let text = job.span.of(&record.text).ok_or_else(|| not_there(planned, record.record))?;
                    self.tokenizer.hashes(text, &mut words[job.family]);
                }
                Ok(())
            })?;
        }
        Ok(words)
    }
}

/// Decides on the places of one source.
struct SourceCutter<'w, 'a> {
    planner: &'w PassagePlanner,
    /// The kept places of all families.
    kept: &'w [PlaceJob<'a>],
    /// The hashes of the words of each family's kept place.
    words: &'w [Vec<u64>],
    /// The places that stay.
    left: &'w mut Vec<(PlaceJob<'a>, StayingPassage)>,
}

/// A document that is looked at, and the kept places in it.
struct OpenDocument<'a> {
    record: &'a Record,
    text: CuttableText<'a>,
    editable: Editable,
    kept: &'a [PlaceJob<'a>],
}

impl<'w, 'a> SourceCutter<'w, 'a> {
    fn cut(&mut self, jobs: &[PlaceJob<'a>], planned: &mut PlannedSource) -> Result<()> {
        let (mut edits, mut drops) = (Vec::new(), Vec::new());
        let options = self.planner.options;
        visit(planned, &records(jobs), &self.planner.reading, &mut |record, editable| {
            let here = of_record(jobs, record.record);
            let kept = self.kept_in(here[0].source, record.record);
            let text = CuttableText::new(&record.text, options.cut_at, &self.planner.tokenizer);
            let document = OpenDocument { record, text, editable, kept };
            let Some((edit, words)) = self.edit(&document, here, planned)? else { return Ok(()) };
            let is_keeper = !kept.is_empty() || self.planner.keepers.contains(&(here[0].source, record.record));
            if !is_keeper && words < options.min_left && options.passages == PassageTreatment::Cut {
                drops.push(DocumentRemoval { doc: edit.doc.clone(), cause: RemovalCause::TooShort { left: words } });
            }
            edits.push(edit);
            Ok(())
        })?;
        planned.drops.extend(drops);
        planned.drops.sort_by_key(|drop| drop.doc.record);
        planned.edits = edits;
        Ok(())
    }

    /// Returns the kept places in one record.
    fn kept_in(&self, source: usize, record: u64) -> &'w [PlaceJob<'a>] {
        let from = self.kept.partition_point(|job| (job.source, job.record) < (source, record));
        let to = self.kept.partition_point(|job| (job.source, job.record) <= (source, record));
        &self.kept[from..to]
    }

    /// Decides on the places of one document. Returns what changes, if anything does, and how many words are left.
    fn edit(
        &mut self,
        document: &OpenDocument,
        jobs: &[PlaceJob<'a>],
        planned: &PlannedSource,
    ) -> Result<Option<(DocumentEdit, usize)>> {
        let record = document.record;
        let doc = self.planner.index.document(jobs[0].source, record.record, jobs[0].id);
        for job in jobs {
            job.span.of(&record.text).ok_or_else(|| not_there(planned, record.record))?;
        }
        let (cuts, staying) = self.decide(document, jobs);
        for (job, reason) in staying {
            let family = Arc::clone(&self.planner.families[job.family].id);
            self.left.push((job, StayingPassage { doc: doc.clone(), span: job.span, family, reason }));
        }
        if cuts.is_empty() {
            return Ok(None);
        }
        let spans: Vec<Span> = cuts.iter().map(|cut| cut.span).collect();
        let pieces = document.text.pieces(&spans, &self.planner.tokenizer);
        let words = document.text.words_outside(&pieces);
        Ok(Some((DocumentEdit { doc, cuts, pieces }, words)))
    }

    /// Returns what goes of the places of a document, and those of which all stays, with the reason.
    fn decide(
        &self,
        document: &OpenDocument,
        jobs: &[PlaceJob<'a>],
    ) -> (Vec<PassageCut>, Vec<(PlaceJob<'a>, &'static str)>) {
        let PassagePlanner { options, rules, .. } = self.planner;
        let staying_for = |reason| (Vec::new(), jobs.iter().map(|&job| (job, reason)).collect());
        match document.editable {
            Editable::Text if options.passages == PassageTreatment::Mark => return staying_for("no_field_for_marks"),
            Editable::No(reason) => return staying_for(reason),
            Editable::Text | Editable::Field => {}
        }
        let parts = jobs.iter().enumerate().map(|(number, job)| RepeatedPart {
            number,
            words: document.text.words(job.span),
            kept: &self.words[job.family],
        });
        let kept: Vec<Span> = document.kept.iter().map(|kept| kept.span).collect();
        let mut decided = decide(&document.text, rules, &kept, parts.collect());
        decided.staying.retain(|&(number, _)| !decided.cuts.iter().any(|cut| cut.number == number));
        decided.staying.sort_by_key(|&(number, _)| number);
        decided.staying.dedup_by_key(|&mut (number, _)| number);
        let staying = decided.staying.into_iter().map(|(number, reason)| (jobs[number], reason)).collect();
        let cuts = decided.cuts.into_iter().map(|cut| self.passage_cut(document, &jobs[cut.number], &cut));
        (cuts.collect(), staying)
    }

    fn passage_cut(&self, document: &OpenDocument, job: &PlaceJob, cut: &DecidedCut) -> PassageCut {
        let PassagePlanner { options, families, .. } = self.planner;
        let (family, keep) = (Arc::clone(&families[job.family].id), Arc::clone(&families[job.family].keep));
        let is_marked = options.passages == PassageTreatment::Mark;
        let characters = is_marked.then(|| document.text.characters(cut.span));
        PassageCut { span: cut.span, characters, family, keep, words: cut.words.len(), covered: cut.covered }
    }
}

fn not_there(planned: &PlannedSource, record: u64) -> Error {
    Error::Changed {
        path: planned.source.path.clone(),
        detail: format!("record {record} does not have the passage that was found in it"),
    }
}
