//! Which places of repeated passages go: each is measured against the kept place itself.
//!
//! A family joins places through others, so its places need not all resemble the kept one; findings hold the measures of
//! some pairs only. So the texts are read again, first those of the kept places, then the documents that hold the
//! others. Of a place goes the part that begins and ends with words which the kept place has too, in equal runs of
//! [`RUN`] words or more; and only if such words make up the threshold's share of it.
//!
//! The memory is 8 bytes a word of the kept places, 80 bytes a place, and that of one document.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use doublon_core::Span;
use doublon_core::text::{Shingler, Tokenizer};

use super::cut::CuttableText;
use super::edit::{DocumentEdit, KeptPassage, PassageCut, StayingPassage};
use super::index::SourceIndex;
use super::options::{CleanOptions, CutEdge, PassageTreatment};
use super::plan::{Plan, PlannedSource};
use super::records::{Editable, visit};
use super::removal::{DocumentRemoval, RemovalCause};
use crate::error::{Error, Result};
use crate::finding::{DocumentRef, PlacedSpan};
use crate::source::{Record, SourceOptions};

/// Words count as repeated in runs of so many, or of all words if there are fewer.
const RUN: usize = 4;

/// A family as it was found: the kept place first.
#[derive(Debug)]
pub(super) struct FoundFamily {
    pub id: Arc<str>,
    pub places: Vec<FoundPlace>,
}

/// A place as it was found, without its text.
#[derive(Clone, Debug)]
pub(super) struct FoundPlace {
    source: usize,
    record: u64,
    id: Option<Arc<str>>,
    span: Span,
}

impl FoundPlace {
    pub fn new(place: &PlacedSpan, index: &SourceIndex) -> Result<Self> {
        let PlacedSpan { doc, start, end, .. } = place;
        // Findings from elsewhere may say that a place ends before it starts.
        let span = Span::new(*start, *end.max(start));
        Ok(Self { source: index.number(doc)?, record: doc.record, id: doc.id.clone(), span })
    }

    fn document(&self, index: &SourceIndex) -> DocumentRef {
        index.document(self.source, self.record, self.id.as_ref())
    }
}

/// Adds the cuts of families to a plan that has its removed documents.
pub(super) struct PassagePlanner {
    options: CleanOptions,
    /// Least number of words of a cut.
    least: usize,
    threshold: f64,
    reading: SourceOptions,
    tokenizer: Tokenizer,
    shingler: Shingler,
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
            least: config.min_words,
            threshold: config.threshold,
            reading: plan.parameters.input.clone().into(),
            tokenizer: Tokenizer::new(config.text, config.seed),
            shingler: Shingler::new(RUN),
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
        let runs = self.runs_of_kept(&kept, plan)?;
        let mut left = Vec::new();
        for jobs in others.chunk_by(|x, y| x.source == y.source) {
            let planned = &mut plan.sources[jobs[0].source];
            SourceCutter { planner: &self, kept: &kept, runs: &runs, left: &mut left }.cut(jobs, planned)?;
        }
        left.sort_by_key(|(job, _): &(PlaceJob, _)| (job.family, *job));
        plan.left = left.into_iter().map(|(_, left)| left).collect();
        Ok(())
    }

    /// Returns the runs of words of each family's kept place, sorted.
    fn runs_of_kept(&self, jobs: &[PlaceJob], plan: &Plan) -> Result<Vec<Vec<u64>>> {
        let mut runs = vec![Vec::new(); self.families.len()];
        for jobs in jobs.chunk_by(|x, y| x.source == y.source) {
            let planned = &plan.sources[jobs[0].source];
            visit(planned, &records(jobs), &self.reading, &mut |record, _| {
                for job in of_record(jobs, record.record) {
                    let text = job.span.of(&record.text).ok_or_else(|| not_there(planned, record.record))?;
                    let mut hashes = Vec::new();
                    self.tokenizer.hashes(text, &mut hashes);
                    runs[job.family] = self.shingler.set(&hashes);
                }
                Ok(())
            })?;
        }
        Ok(runs)
    }
}

/// A family whose kept place stays.
struct PlannedFamily {
    id: Arc<str>,
    first: FoundPlace,
    keep: Arc<KeptPassage>,
    others: Vec<FoundPlace>,
}

impl PlannedFamily {
    /// Returns the family of the places in documents that stay, if there are two or more. The first of them is kept.
    fn new(found: FoundFamily, plan: &Plan, index: &SourceIndex) -> Option<Self> {
        let stays = |place: &FoundPlace| !plan.sources[place.source].drops_record(place.record);
        let mut standing = found.places.into_iter().filter(stays);
        let first = standing.next()?;
        let others: Vec<FoundPlace> = standing.collect();
        if others.is_empty() {
            return None;
        }
        let keep = Arc::new(KeptPassage { doc: first.document(index), span: first.span });
        Some(Self { id: found.id, first, keep, others })
    }
}

/// A place to look at. Jobs are sorted in the order of reading.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct PlaceJob<'a> {
    source: usize,
    record: u64,
    span: Span,
    family: usize,
    id: Option<&'a Arc<str>>,
}

impl<'a> PlaceJob<'a> {
    fn new(family: usize, place: &'a FoundPlace) -> Self {
        Self { source: place.source, record: place.record, span: place.span, family, id: place.id.as_ref() }
    }
}

/// Decides on the places of one source.
struct SourceCutter<'w, 'a> {
    planner: &'w PassagePlanner,
    /// The kept places of all families.
    kept: &'w [PlaceJob<'a>],
    /// The runs of words of each family's kept place, sorted.
    runs: &'w [Vec<u64>],
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
        let mut cuts = Vec::new();
        for job in jobs {
            job.span.of(&record.text).ok_or_else(|| not_there(planned, record.record))?;
            match self.decide(document, job) {
                Ok(cut) => cuts.push(cut),
                Err(reason) => {
                    let family = Arc::clone(&self.planner.families[job.family].id);
                    self.left.push((*job, StayingPassage { doc: doc.clone(), span: job.span, family, reason }));
                }
            }
        }
        if cuts.is_empty() {
            return Ok(None);
        }
        cuts.sort_by_key(|cut: &PassageCut| cut.span);
        let spans: Vec<Span> = cuts.iter().map(|cut| cut.span).collect();
        let pieces = document.text.pieces(&spans, &self.planner.tokenizer);
        let words = document.text.words_outside(&pieces);
        Ok(Some((DocumentEdit { doc, cuts, pieces }, words)))
    }

    /// Returns the part of a place that goes, or why all of it stays.
    fn decide(&self, document: &OpenDocument, job: &PlaceJob) -> std::result::Result<PassageCut, &'static str> {
        let PassagePlanner { options, families, .. } = self.planner;
        let is_marked = options.passages == PassageTreatment::Mark;
        match document.editable {
            Editable::Text if is_marked => return Err("no_field_for_marks"),
            Editable::No(reason) => return Err(reason),
            Editable::Text | Editable::Field => {}
        }
        let (part, share) = self.repeated_part(document, job)?;
        let span = document.text.place(&part);
        if document.kept.iter().any(|kept| kept.span.overlaps(span)) {
            return Err("holds_a_kept_place");
        }
        let (family, keep) = (Arc::clone(&families[job.family].id), Arc::clone(&families[job.family].keep));
        let characters = is_marked.then(|| document.text.characters(span));
        Ok(PassageCut { span, characters, family, keep, words: part.len(), covered: share })
    }

    /// Returns the words of a place that repeat the kept place, from edge to edge, and the share of them that it has.
    fn repeated_part(
        &self,
        document: &OpenDocument,
        job: &PlaceJob,
    ) -> std::result::Result<(Range<usize>, f64), &'static str> {
        let PassagePlanner { options, least, threshold, .. } = self.planner;
        let words = document.text.words(job.span);
        let covered = self.covered(&document.text, &words, &self.runs[job.family]);
        let count = |part: &Range<usize>| {
            covered[part.start - words.start..part.end - words.start].iter().filter(|&&covered| covered).count()
        };
        let first = covered.iter().position(|&covered| covered).ok_or("unverified")?;
        let last = covered.iter().rposition(|&covered| covered).unwrap_or(first);
        let part = words.start + first..words.start + last + 1;
        if part.len() < *least || (count(&part) as f64) < threshold * part.len() as f64 {
            return Err("unverified");
        }
        let part = document.text.within_edges(part);
        // A sentence or two of many are no passage any more: `3.` or `Appendix` is all that may be left.
        if part.len() < *least {
            return Err(if options.cut_at == CutEdge::Sentence { "no_whole_sentence" } else { "no_whole_paragraph" });
        }
        let share = count(&part) as f64 / part.len() as f64;
        if share < *threshold { Err("unverified") } else { Ok((part, share)) }
    }

    /// Tells of each word whether the kept place has it, in a run of words that it has too.
    fn covered(&self, text: &CuttableText, words: &Range<usize>, kept: &[u64]) -> Vec<bool> {
        let hashes: Vec<u64> = text.tokens[words.clone()].iter().map(|token| token.hash).collect();
        let mut runs = Vec::new();
        self.planner.shingler.shingles(&hashes, &mut runs);
        let mut covered = vec![false; hashes.len()];
        for (at, run) in runs.iter().enumerate() {
            if kept.binary_search(run).is_ok() {
                let end = (at + RUN).min(covered.len());
                covered[at..end].fill(true);
            }
        }
        covered
    }
}

fn records(jobs: &[PlaceJob]) -> Vec<u64> {
    let mut records: Vec<u64> = jobs.iter().map(|job| job.record).collect();
    records.dedup();
    records
}

fn of_record<'j, 'a>(jobs: &'j [PlaceJob<'a>], record: u64) -> &'j [PlaceJob<'a>] {
    let start = jobs.partition_point(|job| job.record < record);
    &jobs[start..jobs.partition_point(|job| job.record <= record)]
}

fn not_there(planned: &PlannedSource, record: u64) -> Error {
    Error::Changed {
        path: planned.source.path.clone(),
        detail: format!("record {record} does not have the passage that was found in it"),
    }
}
