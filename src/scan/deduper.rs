//! De-duplicating texts that are in memory, without a file.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

use doublon_core::Config;

use super::corpus::CorpusBuilder;
use super::run::{compare, threads};
use crate::error::Result;
use crate::finding::{InputOptions, Parameters, RecordId, Sink, Summary};
use crate::source::{Record, Source};
use crate::store::{Budget, Resources};

/// Finds duplicate documents and repeated passages among texts that come one by one, from memory, from files, or both.
///
/// Documents are numbered in the order in which they come, and of duplicates the first stays unless
/// [`keep`](doublon_core::Builder::keep) says otherwise. Texts that were pushed have no source: findings name them by
/// their id and by their number among those pushed, with an empty string as the source.
///
/// # Examples
///
/// ```
/// use doublon::finding::Finding;
/// use doublon::{Config, Deduper};
///
/// let rows = [
///     ("a", "Three hedgehogs crossed the garden before the rain began to fall."),
///     ("b", "The minister resigned on Tuesday after a short debate."),
///     ("c", "Three hedgehogs crossed the garden, before the rain began to fall!"),
/// ];
/// let mut dedup = Deduper::new(Config::default()).threads(1);
/// for (id, text) in rows {
///     dedup.push(id, text)?;
/// }
/// let mut findings: Vec<Finding> = Vec::new();
/// let summary = dedup.finish(&mut findings)?;
/// assert_eq!((summary.kept, summary.removed), (2, 1));
/// let Some(Finding::DocumentCluster(cluster)) = findings.get(1) else { panic!("{findings:?}") };
/// assert_eq!((cluster.keep.id.as_deref(), cluster.members[0].doc.id.as_deref()), (Some("a"), Some("c")));
/// # Ok::<(), doublon::Error>(())
/// ```
pub struct Deduper {
    config: Config,
    input: InputOptions,
    resources: Resources,
    started: Option<Started>,
}

/// What a deduper has once the first text has come.
struct Started {
    pool: rayon::ThreadPool,
    budget: Budget,
    builder: CorpusBuilder,
    /// The number of the source of pushed texts, if there is one.
    pushed: Option<u32>,
    count: u64,
    /// Texts that wait to be taken up together.
    waiting: Vec<Record>,
    waiting_bytes: usize,
}

/// Bytes of texts that one thread takes up at a time.
const BLOCK: usize = 1 << 20;

impl Deduper {
    /// Makes one that has no text yet, with a thread for each core and no limit on memory.
    pub fn new(config: Config) -> Self {
        Self { config, input: InputOptions::default(), resources: Resources::default(), started: None }
    }

    /// Sets the number of threads, 0 for one a core. It does not change what is found.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.resources.threads = threads;
        self
    }

    /// Sets the most bytes of memory for what grows with the number of texts; the rest goes to temporary files.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.resources.memory = Some(bytes);
        self
    }

    /// Sets the folder of temporary files, instead of the system's.
    #[must_use]
    pub fn tmp(mut self, folder: impl Into<PathBuf>) -> Self {
        self.resources.tmp = Some(folder.into());
        self
    }

    /// Takes one text. An id that comes twice names no text in the findings.
    ///
    /// # Errors
    ///
    /// If the threads cannot be started, there are more than 2^32 texts, or a temporary file cannot be written.
    pub fn push(&mut self, id: impl Display, text: &str) -> Result<()> {
        let started = self.start()?;
        let id = Some(id.to_string()).filter(|id| !id.is_empty()).map(RecordId::from);
        let length = text.len() as u64;
        started.waiting.push(Record { record: started.count, id, text: text.to_owned(), length, ..Record::default() });
        started.count += 1;
        started.waiting_bytes += text.len();
        if started.waiting_bytes < BLOCK * started.pool.current_num_threads() { Ok(()) } else { started.take_up() }
    }

    /// Reads all files at `paths` and below.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push), or if a path does not exist.
    pub fn read(&mut self, paths: &[PathBuf], input: &InputOptions) -> Result<()> {
        self.input = input.clone();
        let started = self.start()?;
        started.take_up()?;
        let Started { pool, builder, .. } = started;
        pool.install(|| builder.read(paths, input, &()))
    }

    /// Compares all texts, hands each finding to `sink`, and returns the counts, which are the last finding too.
    ///
    /// # Errors
    ///
    /// If a temporary file cannot be written, or the sink fails.
    pub fn finish(mut self, sink: &mut (dyn Sink + Send)) -> Result<Summary> {
        self.start()?.take_up()?;
        let parameters = Parameters { config: self.config.clone(), input: self.input.clone() };
        let Some(Started { pool, budget, builder, .. }) = self.started else { return Ok(Summary::default()) };
        pool.install(|| Ok(compare(builder.finish()?, &parameters, &budget, &(), sink)?.summary))
    }

    fn start(&mut self) -> Result<&mut Started> {
        let Self { config, resources, started, .. } = self;
        Ok(match started {
            Some(started) => started,
            none => {
                let budget = Budget::new(resources);
                let builder = CorpusBuilder::new(config, &budget);
                let (pool, waiting) = (threads(resources)?, Vec::new());
                none.insert(Started { pool, budget, builder, pushed: None, count: 0, waiting, waiting_bytes: 0 })
            }
        })
    }
}

impl Started {
    /// Takes up the texts that wait.
    fn take_up(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let source = match self.pushed {
            Some(source) => source,
            None => self.builder.add_source(&Source::given(PathBuf::new()), &Arc::default())?,
        };
        self.pushed = Some(source);
        self.waiting_bytes = 0;
        let blocks = blocks(std::mem::take(&mut self.waiting));
        self.pool.install(|| self.builder.push(source, 0, blocks))
    }
}

/// Divides texts into blocks that one thread takes up at a time.
fn blocks(records: Vec<Record>) -> Vec<Vec<Record>> {
    let (mut blocks, mut bytes) = (vec![Vec::new()], 0);
    for record in records {
        if bytes >= BLOCK {
            blocks.push(Vec::new());
            bytes = 0;
        }
        bytes += record.text.len();
        let last = blocks.len() - 1;
        blocks[last].push(record);
    }
    blocks
}
