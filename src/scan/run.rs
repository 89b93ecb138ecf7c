//! One run: read, compare documents, compare passages, hand out what was found.

use std::path::PathBuf;

use doublon_core::Config;

use super::corpus::{Corpus, CorpusBuilder};
use super::documents::{self, Documents};
use super::emit::Emission;
use super::held::HeldDocuments;
use super::passages::{self, Passages};
use super::progress::Progress;
use super::resume;
use super::revision::Revision;
use super::texts::Texts;
use crate::error::{Error, Result};
use crate::finding::{Findings, InputOptions, Parameters, Sink, Summary};
use crate::source::Source;
use crate::store::{Budget, Resources};

/// Finds duplicate documents and repeated passages in the files at `paths` and below, and collects all findings.
///
/// The result depends on the contents, `config` and `input` only: not on the order of the paths or the number of
/// threads. Where there may be very many findings, [`scan_into`] hands them out one by one.
///
/// # Errors
///
/// If a path does not exist, there are more than 2^32 documents, or a temporary file cannot be written. Input that
/// cannot be read is no error: it is listed in the findings.
///
/// # Examples
///
/// ```
/// use doublon::scan::{Resources, scan};
/// use doublon::{Config, InputOptions};
///
/// let paths = ["data/seed".into()];
/// let found = scan(&paths, &Config::default(), &InputOptions::default(), &Resources::default(), &())?;
/// assert_eq!(found.summary.documents, 1);
/// # Ok::<(), doublon::Error>(())
/// ```
pub fn scan(
    paths: &[PathBuf],
    config: &Config,
    input: &InputOptions,
    resources: &Resources,
    progress: &dyn Progress,
) -> Result<Findings> {
    let mut findings = Findings::default();
    scan_into(paths, config, input, resources, progress, &mut findings)?;
    Ok(findings)
}

/// Finds duplicate documents and repeated passages in the files at `paths` and below, and hands each finding to `sink`.
///
/// Returns the counts, which are the last finding too.
///
/// # Errors
///
/// As [`scan`], or if the sink fails.
pub fn scan_into(
    paths: &[PathBuf],
    config: &Config,
    input: &InputOptions,
    resources: &Resources,
    progress: &dyn Progress,
    sink: &mut (dyn Sink + Send),
) -> Result<Summary> {
    let parameters = Parameters { config: config.clone(), input: input.clone() };
    let Some(state) = resources.state.as_deref() else {
        return scan_read(&parameters, resources, progress, sink, |builder| builder.read_only(paths, input, progress));
    };
    let (budget, settings) = (Budget::new(resources), (config, input));
    threads(resources)?.install(|| resume::check_inputs(state, paths, settings, &budget, progress))?;
    let read = |builder| resume::read(state, builder, paths, settings, &budget, progress);
    scan_read(&parameters, resources, progress, sink, read)
}

/// Finds what [`scan_into`] would find in the sources if a revision had been carried out on them. `roots` has for each
/// the number of the path that led to it, if that counts.
pub(crate) fn scan_revised(
    (sources, roots): (&[Source], &[usize]),
    parameters: &Parameters,
    revision: &dyn Revision,
    resources: &Resources,
    progress: &dyn Progress,
    sink: &mut (dyn Sink + Send),
) -> Result<Summary> {
    let read = |builder: CorpusBuilder| builder.read_revised((sources, roots), &parameters.input, revision, progress);
    scan_read(parameters, resources, progress, sink, read)
}

/// Compares what `read` reads, with threads of its own, or takes up what another run found.
fn scan_read(
    parameters: &Parameters,
    resources: &Resources,
    progress: &dyn Progress,
    sink: &mut (dyn Sink + Send),
    read: impl FnOnce(CorpusBuilder) -> Result<Corpus> + Send,
) -> Result<Summary> {
    parameters.config.check_known_text()?;
    let budget = Budget::new(resources);
    progress.watch(&budget.steps);
    let scan = |sink: &mut (dyn Sink + Send)| {
        threads(resources)?.install(|| {
            let corpus = read(CorpusBuilder::new(&parameters.config, &budget))?;
            Ok(compare(corpus, parameters, &budget, progress, sink)?.summary)
        })
    };
    match resources.state.as_deref() {
        Some(state) => resume::find(state, parameters, &budget, sink, scan),
        None => scan(sink),
    }
}

/// Starts the threads of a run.
pub(crate) fn threads(resources: &Resources) -> Result<rayon::ThreadPool> {
    let threads = resources.threads;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|cause| Error::Threads { threads, cause: cause.to_string() })
}

/// Compares what was read, hands each finding to `sink`, and gives the texts back with the counts.
pub(crate) fn compare(
    corpus: Corpus,
    parameters: &Parameters,
    budget: &Budget,
    progress: &dyn Progress,
    sink: &mut dyn Sink,
) -> Result<Compared> {
    budget.cancel.check()?;
    let first = corpus.texts.first();
    let empty: Vec<u32> = corpus.documents.empty()?.into_iter().map(|doc| first + doc).collect();
    let skipped = empty.iter().map(|&doc| corpus.empty(doc)).collect::<Result<Vec<_>>>()?;
    let Corpus { texts, documents: table, words, units, groups, sources, mut counts, skipped: mut list } = corpus;
    for skipped in &skipped {
        list.push(skipped);
    }
    let config = &parameters.config;
    let mut documents = if config.level.documents() {
        progress.phase("comparing documents", None);
        documents::find(&texts, &table, &groups, config, budget)?
    } else {
        Documents::default()
    };
    drop(table); // what is found next may take as much memory as it did
    let passages = if config.level.passages() {
        progress.phase("comparing passages", None);
        let included = included(first + texts.len() as u32, config, &documents, &empty);
        let mut found = match config.unit {
            None => passages::find(&texts, words, (&included, &groups), config, budget)?,
            Some(unit) => passages::find_units(&texts, &units, unit, (included, &groups), config, budget)?,
        };
        documents.lose(std::mem::take(&mut found.lost));
        found
    } else {
        Passages::default()
    };
    let mut compared = (texts.len() - empty.len()) as u64;
    if let Some((_, held)) = texts.held().map(HeldDocuments::source) {
        compared += held.documents;
        counts.add_held(&held);
    }
    let emission = Emission { texts: &texts, parameters, sources, counts, skipped: list, compared, budget };
    let summary = emission.send(documents, passages, sink)?;
    Ok(Compared { texts, summary })
}

/// What is left when all findings have been handed out.
pub(crate) struct Compared {
    pub texts: Texts,
    pub summary: Summary,
}

/// Passages are looked for in the documents that stay, unless those inside duplicates are asked for.
fn included(documents: u32, config: &Config, found: &Documents, empty: &[u32]) -> Vec<u32> {
    let is_compared = |doc: &u32| {
        let is_left = config.inside_duplicates || !found.is_removed(*doc);
        is_left && empty.binary_search(doc).is_err() && !found.is_lost(*doc)
    };
    (0..documents).filter(is_compared).collect()
}
