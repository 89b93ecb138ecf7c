//! Statistics: each document measured by itself, and what a scan reports of them together.
//!
//! By itself, a document is measured while it is read, and nothing is held but sums, so that memory depends on the
//! largest documents only. To compare documents with each other this uses a scan, which holds what a scan holds.

use crate::finding::{InputOptions, Parameters};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::repeats::{CorpusRepeats, frequent_passages};
use super::tally::{Listing, Numbered, Tally};
use crate::error::{Error, Result};
use crate::finding::statistics::{
    DocumentRepeats, DocumentStatistics, RepetitionShares, SCHEMA, Sizes, Statistics, StatisticsHeader,
};
use crate::finding::{DocumentRef, Findings, Skipped, SourceInfo};
use crate::scan::{
    self, BlockSource, CorpusBuilder, Pool, Progress, RepeatedValues, Resources, TextReader, Texts, guarded, id_hash,
    internal_error, read_sources,
};
use crate::source::{self, Item, Record, SourceOptions};
use crate::store::Budget;
use doublon_core::Config;
use doublon_core::text::{Cleaning, RepetitionMeter, Tokenizer};

/// What statistics are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatsRequest {
    /// Whether documents are compared with each other, as a scan does.
    pub compare: bool,
    /// Whether every document is listed.
    pub documents: bool,
    /// How many of the worst documents are listed.
    pub worst: usize,
}

impl Default for StatsRequest {
    fn default() -> Self {
        Self { compare: true, documents: false, worst: 20 }
    }
}

/// Measures the documents in the files at `paths` and below.
///
/// # Errors
///
/// As [`scan`](crate::scan::scan).
///
/// # Examples
///
/// ```
/// use doublon::Config;
/// use doublon::scan::Resources;
/// use doublon::stats::{StatsRequest, stats};
/// use doublon::finding::InputOptions;
///
/// let (paths, request) = (["data/seed".into()], StatsRequest::default());
/// let found = stats(&paths, request, &Config::default(), &InputOptions::default(), &Resources::default(), &())?;
/// // The teaser alone would have Gopher's filter drop the article.
/// assert_eq!((found.summary.documents, found.summary.over), (1, 1));
/// # Ok::<(), doublon::Error>(())
/// ```
pub fn stats(
    paths: &[PathBuf],
    request: StatsRequest,
    config: &Config,
    input: &InputOptions,
    resources: &Resources,
    progress: &dyn Progress,
) -> Result<Statistics> {
    let run = StatsRun { paths, request, config, input, budget: Budget::new(resources), progress };
    scan::threads(resources)?.install(|| if request.compare { run.compared() } else { run.alone() })
}

/// One run, as it was asked for.
struct StatsRun<'a> {
    paths: &'a [PathBuf],
    request: StatsRequest,
    config: &'a Config,
    input: &'a InputOptions,
    budget: Budget,
    progress: &'a dyn Progress,
}

impl StatsRun<'_> {
    /// Compares the documents, then measures each with what was found.
    fn compared(&self) -> Result<Statistics> {
        let corpus = CorpusBuilder::new(self.config, &self.budget).read_only(self.paths, self.input, self.progress)?;
        let parameters = Parameters { config: self.config.clone(), input: self.input.clone() };
        let mut findings = Findings::default();
        let texts = scan::compare(corpus, &parameters, &self.budget, self.progress, &mut findings)?.texts;
        let repeats = CorpusRepeats::of(&findings);
        self.progress.phase("measuring", None);
        let mut tally = self.measure_all(&texts, &findings, &repeats);
        let skipped = [findings.skipped, std::mem::take(&mut tally.skipped)].concat();
        let summary = repeats.summary(tally.kept_characters);
        let mut found = self.statistics(tally, findings.header.sources, skipped, findings.summary.documents)?;
        found.summary.repeats = Some(summary);
        found.summary.left_out = findings.summary.left_out;
        found.summary.ignored = findings.summary.ignored;
        found.passages = frequent_passages(&findings.families);
        Ok(found)
    }

    /// Measures all documents but those that the findings list as skipped.
    fn measure_all(&self, texts: &Texts, findings: &Findings, repeats: &CorpusRepeats) -> Tally {
        let skipped = findings.skipped.iter().filter_map(|why| Some((why.source.as_str(), why.record?)));
        let skipped: BTreeSet<(&str, u64)> = skipped.collect();
        let gauge = Gauge::new();
        let start = || (texts.reader(), gauge.clone(), Tally::new(self.listing()));
        let step = |(reader, gauge, tally): &mut (TextReader<'_>, Gauge, Tally), doc: u32| match reader.read(doc) {
            Ok(document) => {
                let name = texts.reference(doc, &document);
                if !skipped.contains(&(&*name.source, name.record)) {
                    let repeats = repeats.document(&name);
                    tally.add_or_skip(doc, document.lossy, gauge.describe(name, &document.text, Some(repeats)));
                }
            }
            Err(lost) if lost.record.is_some_and(|record| skipped.contains(&(&lost.source, record))) => {}
            Err(lost) => tally.skipped.push(lost),
        };
        let folded = scan::fold_numbers(texts.len() as u32, start, step, |(_, _, tally)| tally, Tally::merge);
        // Merging is what leaves only the worst documents.
        folded.into_iter().fold(Tally::new(self.listing()), Tally::merge)
    }

    /// Measures each document while it is read, and keeps no text.
    fn alone(&self) -> Result<Statistics> {
        let options = &SourceOptions::from(self.input.clone());
        let walked = source::walk(self.paths, options)?;
        self.progress.phase("measuring", scan::sizes(&walked.sources).map(|sizes| sizes.iter().sum()));
        let names: Vec<Arc<str>> = walked.sources.iter().map(|source| source.name().into()).collect();
        let gauge = Gauge::new();
        let gauges = Pool::new(|| gauge.clone());
        let work = |from: BlockSource, items| gauges.with(|gauge| self.part(from.source, &names, items, gauge));
        let (mut tally, mut ids, mut records) = (Tally::new(self.listing()), Vec::new(), 0);
        let ahead = scan::read_ahead(&self.budget);
        let read = read_sources(&walked.sources, options, false, ahead, self.progress, work, |mut part: Part| {
            self.budget.cancel.check()?;
            let first = check_count(ids.len() + part.ids.len()).map(|()| ids.len() as u32)?;
            part.tally.number_from(first);
            records += part.records;
            ids.append(&mut part.ids);
            tally = std::mem::replace(&mut tally, Tally::new(self.listing())).merge(part.tally);
            Ok(())
        })?;
        tally.mark_repeated_ids(&RepeatedValues::of(&ids).collect(|id| id != 0));
        let unread = [walked.skipped, read.skipped].concat();
        let met = records + skipped_documents(&unread);
        let skipped = [unread, std::mem::take(&mut tally.skipped)].concat();
        let mut found = self.statistics(tally, read.sources, skipped, met)?;
        found.summary.left_out = source::left_out_counts(&walked.left_out_by_default);
        Ok(found)
    }

    fn part(&self, source: u32, names: &[Arc<str>], items: Vec<Item>, gauge: &mut Gauge) -> Part {
        let mut part = Part { tally: Tally::new(self.listing()), records: items.len() as u64, ids: Vec::new() };
        for item in items {
            match item {
                Item::Skipped(skipped) => part.tally.skipped.push(skipped),
                Item::Document(record) if !gauge.tokenizer.is_blank(&record.text) => {
                    let name = reference(names[source as usize].clone(), &record);
                    let described = gauge.describe(name, &record.text, None);
                    part.tally.add_or_skip(part.ids.len() as u32, record.lossy, described);
                    part.ids.push(record.id.as_ref().map_or(0, |id| id_hash(source, id)));
                }
                Item::Document(record) => {
                    part.tally.skipped.push(source::skipped_empty(&names[source as usize], record.record));
                }
            }
        }
        part
    }

    fn listing(&self) -> Listing {
        Listing { all: self.request.documents, worst: self.request.worst }
    }

    /// Puts everything in order, and checks that all that was met is accounted for.
    fn statistics(
        &self,
        mut tally: Tally,
        sources: Vec<SourceInfo>,
        mut skipped: Vec<Skipped>,
        met: u64,
    ) -> Result<Statistics> {
        let accounted = tally.documents + skipped_documents(&skipped);
        if met != accounted {
            return Err(Error::Miscounted { met, accounted });
        }
        skipped.sort();
        let mut summary = tally.summary();
        summary.met = met;
        for why in &skipped {
            let (counts, name) = match why.other_kind() {
                Some(kind) => (&mut summary.other_files, kind),
                None => (&mut summary.skipped, why.reason.name()),
            };
            *counts.entry(name.to_owned()).or_default() += 1;
        }
        let documents = |numbered: Vec<Numbered>| numbered.into_iter().map(|one| one.document).collect();
        Ok(Statistics {
            header: StatisticsHeader {
                schema: SCHEMA,
                version: env!("CARGO_PKG_VERSION"),
                compared: self.request.compare,
                parameters: Parameters { config: self.config.clone(), input: self.input.clone() },
                sources,
            },
            documents: documents(tally.listed),
            worst: documents(tally.worst),
            passages: Vec::new(),
            skipped,
            summary,
        })
    }
}

/// What one block gave.
struct Part {
    tally: Tally,
    records: u64,
    /// Of each document that was measured, a hash of its id.
    ids: Vec<u64>,
}

/// Measures texts, one a thread.
#[derive(Clone)]
struct Gauge {
    meter: RepetitionMeter,
    tokenizer: Tokenizer,
}

impl Gauge {
    fn new() -> Self {
        Self { meter: RepetitionMeter::new(), tokenizer: Tokenizer::default() }
    }

    /// Measures a text, or says on which document that failed.
    fn describe(
        &mut self,
        doc: DocumentRef,
        text: &str,
        repeats: Option<DocumentRepeats>,
    ) -> std::result::Result<DocumentStatistics, Skipped> {
        let measured = guarded(|| (self.meter.measure(text), Cleaning::of(text)));
        let (found, cleaning) = measured.map_err(|panic| {
            *self = Self::new();
            Skipped { record: Some(doc.record), ..internal_error(&doc.source, None, doc.id.as_deref(), &panic) }
        })?;
        let gopher = RepetitionShares(found.shares());
        let [bytes, characters, words, lines, paragraphs] =
            [text.len(), found.characters, found.words, found.lines.count, found.paragraphs.count].map(|n| n as u64);
        let sizes = Sizes { bytes, characters, words, lines, paragraphs };
        let over = gopher.over().map(|(measure, _)| measure).collect();
        Ok(DocumentStatistics { doc, sizes, gopher, over, c4: cleaning.into(), repeats })
    }
}

fn reference(source: Arc<str>, record: &Record) -> DocumentRef {
    DocumentRef { source, record: record.record, id: record.id.clone(), metadata: record.metadata.clone() }
}

/// Counts what was skipped as a document; other files are none.
fn skipped_documents(skipped: &[Skipped]) -> u64 {
    skipped.iter().filter(|skipped| skipped.other_kind().is_none()).count() as u64
}

fn check_count(documents: usize) -> Result<()> {
    match u32::try_from(documents) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::TooMany { what: "documents", limit: u64::from(u32::MAX) }),
    }
}
