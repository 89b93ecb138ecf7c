//! Which places of repeated passages go: each is measured against the kept place itself.
//!
//! A family joins places through others, so its places need not all resemble the kept one; findings hold the measures of
//! some pairs only. So the texts are taken up again, first those of the kept places, then the documents that hold the
//! others. Of a place goes the part that begins and ends with words which the kept place has too, in a run of
//! [`RUN`] words or more that are the same; and only if such words make up the threshold's share of it.
//!
//! The memory is 8 bytes a word of the kept places, and that of one document.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::cut::Text;
use super::plan::{Cut, Drop, Edge, Edit, Index, Kept, Left, Options, Passages, Plan, Planned, Why};
use super::records::{Editable, visit};
use crate::error::{Error, Result};
use crate::finding::{DocumentRef, Findings, PlacedSpan};
use crate::source::{Record, SourceOptions};
use doublon_core::Span;
use doublon_core::text::{Shingler, Tokenizer};

/// Words count as repeated in runs of so many, or of all words if there are fewer.
const RUN: usize = 4;

/// Adds the cuts of all families to a plan that has its removed documents.
pub(super) fn add(findings: &Findings, options: &Options, index: &Index, plan: &mut Plan) -> Result<()> {
    let parameters = &findings.header.parameters;
    let families = families(findings, index, plan)?;
    let mut kept_places: Vec<Job> = Vec::new();
    let mut places: Vec<Job> = Vec::new();
    for (number, family) in families.iter().enumerate() {
        kept_places.push(Job::new(index, number, family.first)?);
        for place in &family.others {
            places.push(Job::new(index, number, place)?);
        }
    }
    kept_places.sort();
    places.sort();
    let mut work = Work {
        options,
        least: parameters.config.min_words,
        threshold: parameters.config.threshold,
        reading: parameters.input.clone().into(),
        tokenizer: Tokenizer::new(parameters.config.text, parameters.config.seed),
        shingler: Shingler::new(RUN),
        kept: Vec::new(),
        keepers: keepers(findings, index)?,
        families,
    };
    work.kept = work.read_kept(&kept_places, plan)?;
    let mut left = Vec::new();
    for jobs in places.chunk_by(|x, y| x.source == y.source) {
        work.cut_source(jobs, &kept_places, &mut plan.sources[jobs[0].source], &mut left)?;
    }
    left.sort_by_key(|(job, _): &(Job, _)| (job.family, *job));
    plan.left = left.into_iter().map(|(_, left)| left).collect();
    Ok(())
}

/// A family whose kept place stays.
struct Family<'a> {
    id: Arc<str>,
    first: &'a PlacedSpan,
    keep: Arc<Kept>,
    others: Vec<&'a PlacedSpan>,
}

/// The families of which two places or more are in documents that stay. The first of these is the one that is kept.
fn families<'a>(findings: &'a Findings, index: &Index, plan: &Plan) -> Result<Vec<Family<'a>>> {
    let mut families = Vec::new();
    for family in &findings.families {
        let mut standing = Vec::new();
        for place in std::iter::once(&family.keep).chain(&family.occurrences) {
            let drops = &plan.sources[index.source(&place.doc)?].drops;
            if drops.binary_search_by_key(&place.doc.record, |drop| drop.doc.record).is_err() {
                standing.push(place);
            }
        }
        if let [first, others @ ..] = standing.as_slice()
            && !others.is_empty()
        {
            let keep = Arc::new(Kept { doc: first.doc.clone(), span: span(first) });
            families.push(Family { id: family.id.as_str().into(), first, keep, others: others.to_vec() });
        }
    }
    Ok(families)
}

/// The documents for which others are removed.
fn keepers(findings: &Findings, index: &Index) -> Result<BTreeSet<(usize, u64)>> {
    findings.clusters.iter().map(|cluster| Ok((index.source(&cluster.keep)?, cluster.keep.record))).collect()
}

/// The span of a place; findings from elsewhere may say that it ends before it starts.
fn span(place: &PlacedSpan) -> Span {
    Span::new(place.start, place.end.max(place.start))
}

/// A place to look at, in the order of reading.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Job<'a> {
    source: usize,
    record: u64,
    span: Span,
    family: usize,
    doc: &'a DocumentRef,
}

impl<'a> Job<'a> {
    fn new(index: &Index, family: usize, place: &'a PlacedSpan) -> Result<Self> {
        let PlacedSpan { doc, .. } = place;
        Ok(Self { source: index.source(doc)?, record: doc.record, span: span(place), family, doc })
    }
}

struct Work<'a> {
    options: &'a Options,
    /// Least number of words of a cut.
    least: usize,
    threshold: f64,
    reading: SourceOptions,
    tokenizer: Tokenizer,
    shingler: Shingler,
    families: Vec<Family<'a>>,
    /// The runs of words of each family's kept place, sorted.
    kept: Vec<Vec<u64>>,
    keepers: BTreeSet<(usize, u64)>,
}

impl Work<'_> {
    /// Returns the runs of words of each family's kept place.
    fn read_kept(&self, jobs: &[Job], plan: &Plan) -> Result<Vec<Vec<u64>>> {
        let mut kept = vec![Vec::new(); self.families.len()];
        for jobs in jobs.chunk_by(|x, y| x.source == y.source) {
            let planned = &plan.sources[jobs[0].source];
            visit(planned, &records(jobs), &self.reading, &mut |record, _| {
                for job in of_record(jobs, record.record) {
                    let text = job.span.of(&record.text).ok_or_else(|| not_there(planned, record.record))?;
                    let mut hashes = Vec::new();
                    self.tokenizer.hashes(text, &mut hashes);
                    kept[job.family] = self.shingler.set(&hashes);
                }
                Ok(())
            })?;
        }
        Ok(kept)
    }

    /// Decides on the places of one source.
    fn cut_source<'a>(
        &self,
        jobs: &[Job<'a>],
        kept: &[Job<'a>],
        planned: &mut Planned,
        left: &mut Vec<(Job<'a>, Left)>,
    ) -> Result<()> {
        let (mut edits, mut drops) = (Vec::new(), Vec::new());
        visit(planned, &records(jobs), &self.reading, &mut |record, editable| {
            let here = of_record(jobs, record.record);
            let source = here[0].source;
            let from = kept.partition_point(|job| (job.source, job.record) < (source, record.record));
            let to = kept.partition_point(|job| (job.source, job.record) <= (source, record.record));
            let document = Document { record, editable, kept: &kept[from..to] };
            let Some((edit, words)) = self.edit(&document, here, planned, left)? else { return Ok(()) };
            let is_keeper = from < to || self.keepers.contains(&(source, record.record));
            if !is_keeper && words < self.options.min_left && self.options.passages == Passages::Cut {
                drops.push(Drop { doc: edit.doc.clone(), why: Why::TooShort { left: words } });
            }
            edits.push(edit);
            Ok(())
        })?;
        planned.drops.extend(drops);
        planned.drops.sort_by_key(|drop| drop.doc.record);
        planned.edits = edits;
        Ok(())
    }

    /// Decides on the places of one document. Returns what changes, if anything does, and how many words are left.
    fn edit<'a>(
        &self,
        document: &Document,
        jobs: &[Job<'a>],
        planned: &Planned,
        left: &mut Vec<(Job<'a>, Left)>,
    ) -> Result<Option<(Edit, usize)>> {
        let record = document.record;
        let text = Text::new(&record.text, self.options.cut_at, &self.tokenizer);
        let doc = jobs[0].doc.clone();
        let mut cuts = Vec::new();
        for job in jobs {
            job.span.of(&record.text).ok_or_else(|| not_there(planned, record.record))?;
            match self.decide(document, &text, job) {
                Ok(cut) => cuts.push(cut),
                Err(reason) => {
                    let family = Arc::clone(&self.families[job.family].id);
                    left.push((*job, Left { doc: doc.clone(), span: job.span, family, reason }));
                }
            }
        }
        if cuts.is_empty() {
            return Ok(None);
        }
        cuts.sort_by_key(|cut: &Cut| cut.span);
        let spans: Vec<Span> = cuts.iter().map(|cut| cut.span).collect();
        let pieces = text.pieces(&spans, &self.tokenizer);
        let words = text.words_outside(&pieces);
        Ok(Some((Edit { doc, cuts, pieces }, words)))
    }

    /// Returns what goes of a place, or why all of it stays.
    fn decide(&self, document: &Document, text: &Text, job: &Job) -> std::result::Result<Cut, &'static str> {
        match document.editable {
            Editable::Text if self.options.passages == Passages::Mark => return Err("no_field_for_marks"),
            Editable::No(reason) => return Err(reason),
            Editable::Text | Editable::Field => {}
        }
        let words = text.words(job.span);
        let covered = self.covered(text, &words, &self.kept[job.family]);
        let count = |part: &Range<usize>| {
            covered[part.start - words.start..part.end - words.start].iter().filter(|&&c| c).count()
        };
        let first = covered.iter().position(|&covered| covered).ok_or("unverified")?;
        let last = covered.iter().rposition(|&covered| covered).unwrap_or(first);
        let part = words.start + first..words.start + last + 1;
        if part.len() < self.least || (count(&part) as f64) < self.threshold * part.len() as f64 {
            return Err("unverified");
        }
        let part = text.within_edges(part);
        // A sentence or two of many are no passage any more: `3.` or `Appendix` is all that may be left.
        if part.len() < self.least {
            return Err(if self.options.cut_at == Edge::Sentence { "no_whole_sentence" } else { "no_whole_paragraph" });
        }
        let share = count(&part) as f64 / part.len() as f64;
        let span = text.place(&part);
        if share < self.threshold {
            Err("unverified")
        } else if document.kept.iter().any(|kept| kept.span.overlaps(span)) {
            Err("holds_a_kept_place")
        } else {
            let (family, keep) =
                (Arc::clone(&self.families[job.family].id), Arc::clone(&self.families[job.family].keep));
            let characters = (self.options.passages == Passages::Mark).then(|| text.characters(span));
            Ok(Cut { span, characters, family, keep, words: part.len(), covered: share })
        }
    }

    /// Tells of each word whether the kept place has it, in a run of words that it has too.
    fn covered(&self, text: &Text, words: &Range<usize>, kept: &[u64]) -> Vec<bool> {
        let hashes: Vec<u64> = text.tokens[words.clone()].iter().map(|token| token.hash).collect();
        let mut runs = Vec::new();
        self.shingler.shingles(&hashes, &mut runs);
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

/// A document that is looked at, and the kept places in it.
struct Document<'a> {
    record: &'a Record,
    editable: Editable,
    kept: &'a [Job<'a>],
}

fn records(jobs: &[Job]) -> Vec<u64> {
    let mut records: Vec<u64> = jobs.iter().map(|job| job.record).collect();
    records.dedup();
    records
}

fn of_record<'j, 'a>(jobs: &'j [Job<'a>], record: u64) -> &'j [Job<'a>] {
    let start = jobs.partition_point(|job| job.record < record);
    &jobs[start..jobs.partition_point(|job| job.record <= record)]
}

fn not_there(planned: &Planned, record: u64) -> Error {
    Error::Changed {
        path: planned.source.path.clone(),
        detail: format!("record {record} does not have the passage that was found in it"),
    }
}
