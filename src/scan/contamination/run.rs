//! The run: evaluation sets are read, then the corpus, and what was found is handed out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::items::EvaluationItems;
use super::judge::{MeasuredDocuments, Verdict};
use super::measure::{DocumentMeasurer, MeasuredDocument};
use super::words::{MASKED, MASKED_IN_DOCUMENT, TextWords, WordSplitter};
use crate::error::{Error, Result};
use crate::finding::{
    AgainstDocuments, ContaminationRule, ContaminationSummary, DocumentRef, Finding, Header, InputOptions, Parameters,
    Sink, Skipped, SourceInfo, Summary,
};
use crate::scan::block::id_hash;
use crate::scan::corpus::sizes;
use crate::scan::counts::IntakeCounts;
use crate::scan::guard::{guarded, internal_error};
use crate::scan::intake::{self, BlockSource};
use crate::scan::parallel::read_ahead;
use crate::scan::pool::Pool;
use crate::scan::progress::Progress;
use crate::scan::repeated::RepeatedValues;
use crate::scan::run::threads;
use crate::scan::skipped::SkippedList;
use crate::scan::texts::document;
use crate::source::{self, Item, Record, Source, SourceOptions};
use crate::store::{Budget, Resources, private_seed};

/// Looks for evaluation items, the documents in what `parameters` name as compared with only
/// ([`against`](crate::finding::InputOptions::against)), in the documents of all other files at `paths` and below. Hands each
/// item in each document to `sink`, and returns the counts: documents that hold an item count as removed.
///
/// # Errors
///
/// If there is no evaluation item with a word, a path does not exist, or `sink` fails.
///
/// # Examples
///
/// ```
/// use doublon::finding::{ContaminationRule, Finding, Parameters};
/// use doublon::scan::{Resources, decontaminate};
///
/// let folder = tempfile::tempdir()?;
/// let question = "Which of the two trains that leave the town at noon is the first to reach the sea?";
/// let [eval, corpus] = ["eval.txt", "corpus.txt"].map(|name| folder.path().join(name));
/// std::fs::write(&eval, question)?;
/// std::fs::write(&corpus, format!("A riddle of old. {question} Nobody knew."))?;
/// let mut parameters = Parameters::default();
/// parameters.input.against = [eval.clone()].into_iter().collect();
/// let (rule, mut found) = (ContaminationRule::default(), Vec::<Finding>::new());
/// let summary = decontaminate(&[eval, corpus], &parameters, &rule, &Resources::default(), &(), &mut found)?;
/// assert_eq!((summary.removed, summary.contamination.unwrap().items()), (1, (1, 1)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decontaminate(
    paths: &[PathBuf],
    parameters: &Parameters,
    rule: &ContaminationRule,
    resources: &Resources,
    progress: &dyn Progress,
    sink: &mut (dyn Sink + Send),
) -> Result<Summary> {
    let run = ContaminationRun { parameters, rule, budget: Budget::new(resources), progress, seed: private_seed() };
    threads(resources)?.install(|| run.run(paths, sink))
}

/// One run, as it was asked for.
struct ContaminationRun<'a> {
    parameters: &'a Parameters,
    rule: &'a ContaminationRule,
    budget: Budget,
    progress: &'a dyn Progress,
    seed: u64,
}

/// What was met of the evaluation sets, or of the corpus.
#[derive(Default)]
struct Met {
    sources: Vec<SourceInfo>,
    counts: IntakeCounts,
    /// Of each document with a word a hash of its id, 0 without one.
    ids: Vec<u64>,
}

/// What a block gave.
struct Part<T> {
    counts: IntakeCounts,
    ids: Vec<u64>,
    skipped: Vec<Skipped>,
    /// What is kept of documents, each with the number of those with a word before it in the block.
    found: Vec<(u32, T)>,
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self { counts: IntakeCounts::default(), ids: Vec::new(), skipped: Vec::new(), found: Vec::new() }
    }
}

/// What was skipped, and how much of it is no record.
#[derive(Default)]
struct SkippedHere {
    list: SkippedList,
    sources: u64,
    /// The first of all that tells more than its reason.
    first: Option<Skipped>,
}

impl SkippedHere {
    fn add(&mut self, skipped: &Skipped) {
        self.list.push(skipped);
        if self.first.is_none() && skipped.detail.is_some() {
            self.first = Some(skipped.clone());
        }
    }

    /// Says that there is no evaluation item, and why the first one is none.
    fn no_item(&self, sets: &[Source]) -> Error {
        let none = "there is no evaluation item with a word in it";
        if let Some(Skipped { source, detail: Some(detail), .. }) = &self.first {
            let detail = detail.replace("--text-field", "--eval-field");
            return Error::Refused { path: source.into(), detail: format!("{none}: {detail}") };
        }
        let path = sets.first().map_or_else(PathBuf::new, |source| source.path.clone());
        Error::Refused { path, detail: none.to_owned() }
    }

    fn add_sources(&mut self, all: &[Skipped]) {
        self.sources += all.iter().filter(|skipped| skipped.other_kind().is_none()).count() as u64;
        for skipped in all {
            self.add(skipped);
        }
    }
}

impl ContaminationRun<'_> {
    fn run(&self, paths: &[PathBuf], sink: &mut dyn Sink) -> Result<Summary> {
        let walked = source::walk(paths, &self.parameters.input)?;
        let (sets, corpus): (Vec<Source>, Vec<Source>) = walked.sources.into_iter().partition(|source| source.against);
        let mut skipped = SkippedHere::default();
        for source in &sets {
            skipped.list.add_against(&source.name());
        }
        skipped.add_sources(&walked.skipped);
        let (items, mut of_sets) = self.read_items(&sets, &mut skipped)?;
        let (measured, of_corpus) = self.search(&corpus, &items, &mut skipped)?;
        let sources = std::mem::take(&mut of_sets.sources).into_iter().chain(of_corpus.sources).collect();
        let (parameters, contamination) = (self.parameters.clone(), Some(self.rule.clone()));
        sink.receive(Finding::Header(Header { parameters, contamination, sources, ..Header::default() }))?;
        let repeated: Vec<u32> = RepeatedValues::of(&of_corpus.ids).collect(|id| id != 0);
        let emit = &mut |found| sink.receive(Finding::Contamination(found));
        let verdict = measured.judge(&items, self.rule, &repeated, emit)?;
        let documents = [of_sets.ids.len() as u64, of_corpus.ids.len() as u64];
        let against = AgainstDocuments { documents: documents[0], text_bytes: of_sets.counts.text_bytes };
        let mut counts = of_sets.counts;
        counts.add(of_corpus.counts);
        counts.left_out = source::left_out_counts(&walked.left_out_by_default);
        let (met, compared) = (counts.records + skipped.sources, documents.iter().sum::<u64>());
        let accounted = compared + skipped.list.documents();
        if met != accounted {
            return Err(Error::Miscounted { met, accounted });
        }
        let found = summary_of(items, &verdict);
        let summary = Summary {
            documents: accounted,
            kept: compared - verdict.documents,
            removed: verdict.documents,
            skipped: skipped.list.counts(),
            other_files: skipped.list.other_files(),
            left_out: counts.left_out,
            against: Some(against),
            text_bytes: counts.text_bytes,
            removed_bytes: verdict.text_bytes,
            lossy: counts.lossy,
            with_id: self.parameters.input.names_id().then_some(counts.with_id),
            encodings: counts.encodings,
            contamination: Some(found),
            ..Summary::default()
        };
        skipped.list.for_each(|skipped| sink.receive(Finding::Skipped(skipped)))?;
        sink.receive(Finding::Summary(summary.clone()))?;
        Ok(summary)
    }

    /// Reads the evaluation sets.
    fn read_items(&self, sets: &[Source], skipped: &mut SkippedHere) -> Result<(EvaluationItems, Met)> {
        self.progress.phase("reading evaluation sets", total(sets));
        let mut items = EvaluationItems::default();
        let mut numbers: BTreeMap<u32, usize> = BTreeMap::new();
        let splitter = || WordSplitter::new(&self.parameters.config, self.seed, MASKED);
        let take = |splitter: &mut WordSplitter, source: u32, doc: DocumentRef, record: Record| {
            let mut words = TextWords::default();
            splitter.split(&record.text, &mut words);
            (!words.spans.is_empty(), Some((source, doc, record.text, words)))
        };
        let input = self.rule.item_input(&self.parameters.input);
        let met = self.read((sets, &input), skipped, splitter, take, |_, (source, doc, text, words)| {
            let set = *numbers.entry(source).or_insert_with(|| items.add_set(&sets[source as usize].name()));
            items.add(set, doc, &text, &words, self.rule)
        })?;
        for number in RepeatedValues::of(&met.ids).collect(|id| id != 0) {
            let doc = &mut items.items[number as usize].doc;
            doc.id = doc.id.take().map(|id| id.repeated(true));
        }
        if items.items.is_empty() {
            return Err(skipped.no_item(sets));
        }
        Ok((items.finish(), met))
    }

    /// Reads the corpus, and notes in which documents something of an item stands.
    fn search(
        &self,
        corpus: &[Source],
        items: &EvaluationItems,
        skipped: &mut SkippedHere,
    ) -> Result<(MeasuredDocuments, Met)> {
        self.progress.phase("searching", total(corpus));
        let mut measured = MeasuredDocuments::new(items.index.len());
        let splitter = || WordSplitter::new(&self.parameters.config, self.seed, MASKED_IN_DOCUMENT);
        let measurer = || DocumentMeasurer::new(items, self.rule, splitter());
        let take = |measurer: &mut DocumentMeasurer<'_>, source: u32, doc: DocumentRef, record: Record| {
            measurer.measure(&document(source, record), &doc, corpus[source as usize].is_markdown())
        };
        let met = self.read((corpus, &self.parameters.input), skipped, measurer, take, |number, found| {
            measured.push(&MeasuredDocument { number, ..found }, &self.budget)
        })?;
        Ok((measured, met))
    }

    /// Reads all documents of sources. `take` says of each whether it has a word, and what is kept of it; `sink` gets that
    /// in order, with the number of documents with a word before it.
    fn read<S: Send, T: Send>(
        &self,
        (sources, input): (&[Source], &InputOptions),
        skipped: &mut SkippedHere,
        start: impl Fn() -> S + Sync,
        take: impl Fn(&mut S, u32, DocumentRef, Record) -> (bool, Option<T>) + Sync,
        mut sink: impl FnMut(u32, T) -> Result<()>,
    ) -> Result<Met> {
        let options = SourceOptions::from(input.clone()).with_memory(self.budget.memory as u64);
        let names: Vec<Arc<str>> = sources.iter().map(|source| source.name().into()).collect();
        let (workers, mut met) = (Pool::new(&start), Met::default());
        let work = |from: BlockSource, items: Vec<Item>| {
            let mut part = Part::default();
            part.counts.records = items.len() as u64;
            for item in items {
                match item {
                    Item::Skipped(skipped) => part.skipped.push(skipped),
                    Item::Document(record) => workers.with(|worker| {
                        let name = &names[from.source as usize];
                        let taken =
                            part.take(from.source, name, record, |doc, record| take(worker, from.source, doc, record));
                        if taken.is_none() {
                            *worker = start();
                        }
                    }),
                }
            }
            part
        };
        let read = intake::read(sources, &options, true, read_ahead(&self.budget), self.progress, work, |part| {
            self.budget.cancel.check()?;
            let first = u32::try_from(met.ids.len() + part.ids.len());
            first.map_err(|_| Error::TooMany { what: "documents", limit: u64::from(u32::MAX) })?;
            let first = met.ids.len() as u32;
            met.ids.extend(part.ids);
            met.counts.add(part.counts);
            part.skipped.iter().for_each(|why| skipped.add(why));
            skipped.list.spill_over(&self.budget)?;
            part.found.into_iter().try_for_each(|(number, found)| sink(first + number, found))
        })?;
        met.sources = read.sources;
        skipped.add_sources(&read.skipped);
        Ok(met)
    }
}

impl<T> Part<T> {
    /// Takes up a record. Returns nothing if that failed by a fault of doublon.
    fn take(
        &mut self,
        source: u32,
        name: &Arc<str>,
        record: Record,
        take: impl FnOnce(DocumentRef, Record) -> (bool, Option<T>),
    ) -> Option<()> {
        let Record { record: number, offset, lossy, encoding, .. } = record;
        let (id, metadata, text_bytes) = (record.id.clone(), record.metadata.clone(), record.text.len() as u64);
        let doc = DocumentRef { source: Arc::clone(name), record: number, id: id.clone(), metadata };
        match guarded(|| take(doc, record)) {
            Ok((true, kept)) => {
                self.found.extend(kept.map(|kept| (self.ids.len() as u32, kept)));
                self.ids.push(id.as_ref().map_or(0, |id| id_hash(source, id)));
                self.counts.with_id += u64::from(id.is_some());
                self.counts.text_bytes += text_bytes;
                self.counts.lossy += u64::from(lossy);
                if let Some(encoding) = encoding {
                    self.counts.count_encoding(encoding.name());
                }
            }
            Ok((false, _)) => self.skipped.push(source::skipped_empty(name, number)),
            Err(panic) => {
                self.skipped.push(internal_error(name, Some((number, offset)), id.as_deref(), &panic));
                return None;
            }
        }
        Some(())
    }
}

fn summary_of(items: EvaluationItems, verdict: &Verdict) -> ContaminationSummary {
    let EvaluationItems { mut sets, items, shared: shared_ngrams, .. } = items;
    for (item, _) in items.iter().zip(&verdict.found).filter(|(_, found)| **found) {
        sets[item.set].found += 1;
    }
    let &Verdict { documents, contaminations, common: common_ngrams, .. } = verdict;
    ContaminationSummary { sets, documents, contaminations, shared_ngrams, common_ngrams }
}

/// The bytes of all sources, if the file system knows them.
fn total(sources: &[Source]) -> Option<u64> {
    sizes(sources).map(|sizes| sizes.iter().sum())
}
