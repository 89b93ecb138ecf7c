//! The pipelines: documents, passages. The only place that knows threads and the memory budget.

mod assemble;
mod buckets;
mod column;
pub mod compare;
mod copies;
mod corpus;
pub mod describe;
mod documents;
pub mod explain;
pub mod forecast;
mod guard;
mod intake;
pub mod passages;
mod pool;
mod repeated;
mod select;
mod shares;
pub mod single;
mod spool;
pub mod stats;
mod table;
mod texts;
pub mod trials;

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::finding::{Findings, InputOptions, Parameters};
use assemble::Assembly;
use corpus::Corpus;
use documents::Documents;
use doublon_core::Config;
use forecast::Forecast;
use passages::Passages;

/// What a run may use. Nothing of it changes the findings.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// Number of threads; 0 for one a core.
    pub threads: usize,
    /// Most bytes of memory, as far as it depends on the number of documents; `None` for no limit.
    pub memory: Option<u64>,
    /// Where temporary files go; `None` for the system's folder for them.
    pub tmp: Option<PathBuf>,
}

/// Hears how far a run is.
pub trait Progress: Sync {
    /// A phase begins; `total` is the number of bytes that it will advance by, if that is known.
    fn phase(&self, name: &str, total: Option<u64>);
    /// The phase has come so many bytes further.
    fn advance(&self, bytes: u64);
    /// So many more documents were read.
    fn documents(&self, _count: u64) {}
    /// The run will need about this. It is told once before anything is read, unless the size of an input is not known.
    fn forecast(&self, _forecast: &Forecast) {}
}

/// Hears nothing.
impl Progress for () {
    fn phase(&self, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
}

/// Finds duplicate documents and repeated passages in the files at `paths` and below.
///
/// The result depends on the contents and `config` only: not on the order of the paths or the number of threads.
///
/// # Errors
///
/// If a path does not exist, a parameter has no sense, there are more than 2^32 documents, or a temporary file cannot
/// be written. Input that cannot be read is no error: it is listed in the findings.
///
/// # Examples
///
/// ```
/// use doublon::finding::Config;
/// use doublon::scan::{Resources, scan};
/// use doublon::finding::InputOptions;
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
    threads(resources)?.install(|| {
        let budget = Budget::new(resources);
        let mut corpus = Corpus::read(paths, config, input, &budget, progress)?;
        compare(&mut corpus, config, &budget, progress)
    })
}

fn threads(resources: &Resources) -> Result<rayon::ThreadPool> {
    let threads = resources.threads;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|cause| Error::Threads { threads, cause: cause.to_string() })
}

/// Compares what was read. What was skipped goes from the corpus to the findings.
fn compare(corpus: &mut Corpus, config: &Config, budget: &Budget, progress: &dyn Progress) -> Result<Findings> {
    let empty = corpus.empty()?;
    let mut documents = find_documents(corpus, config, budget, progress)?;
    corpus.drop_table();
    let passages = find_passages(corpus, &mut documents, &empty, config, budget, progress)?;
    let skipped = std::mem::take(&mut corpus.skipped);
    let parameters = Parameters { config: config.clone(), input: corpus.texts.options.input().clone() };
    Ok(Assembly::new(corpus, &parameters, documents, empty, skipped)?.findings(passages))
}

fn find_documents(corpus: &Corpus, config: &Config, budget: &Budget, progress: &dyn Progress) -> Result<Documents> {
    if !config.level.documents() {
        return Ok(Documents::default());
    }
    progress.phase("comparing documents", None);
    documents::find(corpus, config, budget.sets)
}

/// Passages are looked for in the documents that stay, unless those inside duplicates are asked for.
fn find_passages(
    corpus: &mut Corpus,
    documents: &mut Documents,
    empty: &[u32],
    config: &Config,
    budget: &Budget,
    progress: &dyn Progress,
) -> Result<Passages> {
    if !config.level.passages() {
        return Ok(Passages::default());
    }
    progress.phase("comparing passages", None);
    let is_compared = |doc: u32| {
        let is_left = config.inside_duplicates || !documents.is_removed(doc);
        is_left && empty.binary_search(&doc).is_err() && !documents.is_lost(doc)
    };
    let included: Vec<u32> = (0..corpus.texts.len() as u32).filter(|&doc| is_compared(doc)).collect();
    let words = std::mem::take(&mut corpus.words);
    let mut found = passages::find(corpus, words, &included, config, budget)?;
    documents.lose(std::mem::take(&mut found.lost));
    Ok(found)
}

/// The parts of the memory that may be used.
#[derive(Clone, Debug)]
struct Budget {
    /// Bytes of the tables, words included, which go to disk beyond that.
    table: usize,
    /// Shingles that are held for verification.
    sets: usize,
    memory: usize,
    /// Where temporary files go.
    folder: PathBuf,
}

/// Shingles held where there is no limit: 64 MiB.
const SETS_HELD: usize = 8 << 20;

/// Bytes of documents written down that stay in memory: a run that needs no more writes no file for them.
const SPOOL_HELD: usize = 64 << 20;

/// Bytes of text of passages that are compared at a time.
const PASSAGE_TEXTS: usize = 8 << 20;

/// Bytes read ahead for each thread while the others work.
const READ_AHEAD: usize = 2 << 20;

impl Budget {
    fn new(resources: &Resources) -> Self {
        let memory = resources.memory.map_or(usize::MAX, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let folder = resources.tmp.clone().unwrap_or_else(std::env::temp_dir);
        Self { table: memory / 3, sets: SETS_HELD.min(memory / 4 / size_of::<u64>()), memory, folder }
    }

    /// Bytes of postings that are held. Tables and sets are done with when they are made.
    fn postings(&self) -> usize {
        self.memory / 4
    }

    /// Bytes of candidate passages that are held beside postings.
    fn candidates(&self) -> usize {
        self.memory / 8
    }

    /// Bytes of text of passages that are held to be compared.
    fn passage_texts(&self) -> usize {
        PASSAGE_TEXTS.min(self.memory / 8)
    }

    /// Bytes of documents that are written down before they go to disk.
    fn spool(&self) -> usize {
        SPOOL_HELD.min(self.memory / 16)
    }

    /// Bytes that are read while the others work: of each there are two in flight, once more as text.
    fn read_ahead(&self) -> usize {
        (READ_AHEAD * rayon::current_num_threads()).min(self.memory / 16).max(1 << 20)
    }
}
