//! De-duplicating texts that are in memory, without a file.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

use doublon_core::Config;

use super::block::skipped_row;
use super::corpus::CorpusBuilder;
use super::given::TextColumn;
use super::progress::Progress;
use super::run::{compare, threads};
use crate::error::Result;
use crate::finding::{InputOptions, Parameters, Reason, RecordId, Sink, Summary};
use crate::source::{self, Block, Format, Item, Record, Source, SourceOptions};
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
    progress: Arc<dyn Progress + Send + Sync>,
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
    waiting: Vec<Item>,
    waiting_bytes: usize,
}

/// Bytes of texts that one thread takes up at a time.
const BLOCK: usize = 1 << 20;

impl Deduper {
    /// Makes one that has no text yet, with a thread for each core and no limit on memory.
    pub fn new(config: Config) -> Self {
        let (input, resources) = (InputOptions::default(), Resources::default());
        Self { config, input, resources, progress: Arc::new(()), started: None }
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

    /// Sets all that may be used, and what ends the work early.
    #[must_use]
    pub fn resources(mut self, resources: Resources) -> Self {
        self.resources = resources;
        self
    }

    /// Sets who is told how far the work is.
    #[must_use]
    pub fn progress(mut self, progress: Arc<dyn Progress + Send + Sync>) -> Self {
        self.progress = progress;
        self
    }

    /// Sets what the header of the findings says of how texts were read, where somebody else has read them.
    #[must_use]
    pub fn input(mut self, input: InputOptions) -> Self {
        self.input = input;
        self
    }

    /// Takes one text. An id that comes twice names no text in the findings.
    ///
    /// # Errors
    ///
    /// If the threads cannot be started, there are more than 2^32 texts, or a temporary file cannot be written.
    pub fn push(&mut self, id: impl Display, text: &str) -> Result<()> {
        let id = Some(id.to_string()).filter(|id| !id.is_empty()).map(RecordId::from);
        self.push_row(id, Some(text))
    }

    /// Takes one row of a list of texts, which may have no text: it is then listed as skipped. The id may be no string.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push).
    pub fn push_row(&mut self, id: Option<RecordId>, text: Option<&str>) -> Result<()> {
        let started = self.start()?;
        let record = started.count;
        started.count += 1;
        started.waiting_bytes += text.map_or(size_of::<Item>(), str::len);
        started.waiting.push(match text.map(str::to_owned) {
            Some(text) => {
                let length = text.len() as u64;
                Item::Document(Record { record, id, text, length, ..Record::default() })
            }
            None => Item::Skipped(skipped_row("", record, Reason::MissingText)),
        });
        self.take_up_if_many()
    }

    /// Takes records as the lines of a JSONL file, by the fields that [`input`](Self::input) names. No line is blank.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push). A line that cannot be read is listed as skipped.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon::{Config, Deduper, InputOptions};
    ///
    /// let input = InputOptions { text_field: "messages[].content".into(), ..InputOptions::default() };
    /// let chat = r#"{"messages": [{"role": "user", "content": "Who wrote this?"}, {"content": "Somebody did."}]}"#;
    /// let mut dedup = Deduper::new(Config::default()).input(input).threads(1);
    /// dedup.push_json_lines(format!("{chat}\n{chat}\n").into_bytes())?;
    /// assert_eq!(dedup.finish(&mut Vec::new())?.removed, 1);
    /// # Ok::<(), doublon::Error>(())
    /// ```
    pub fn push_json_lines(&mut self, lines: Vec<u8>) -> Result<()> {
        let options = SourceOptions::new(&self.input, &self.config.keep);
        let started = self.start()?;
        started.waiting_bytes += lines.len();
        let (mut block, before) = (Block::of(lines, started.count, 0), started.waiting.len());
        source::parse(&mut block, Format::Jsonl, "", &options, &mut started.waiting);
        started.count += (started.waiting.len() - before) as u64;
        self.take_up_if_many()
    }

    /// Takes all texts of a column, and does not copy them: it is held until the findings are handed out.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push), or if the work is ended early.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use doublon::finding::Reason;
    /// use doublon::scan::TextColumn;
    /// use doublon::{Config, Deduper};
    ///
    /// struct Lines(&'static [&'static str]);
    ///
    /// impl TextColumn for Lines {
    ///     fn len(&self) -> usize {
    ///         self.0.len()
    ///     }
    ///
    ///     fn text(&self, row: usize) -> Result<&str, Reason> {
    ///         self.0.get(row).copied().ok_or(Reason::MissingText)
    ///     }
    /// }
    ///
    /// let mut dedup = Deduper::new(Config::default()).threads(1);
    /// dedup.push_column(Arc::new(Lines(&["The same line.", "Another one.", "The same line."])))?;
    /// let summary = dedup.finish(&mut Vec::new())?;
    /// assert_eq!((summary.kept, summary.removed), (2, 1));
    /// # Ok::<(), doublon::Error>(())
    /// ```
    pub fn push_column(&mut self, column: Arc<dyn TextColumn>) -> Result<()> {
        self.take_up()?;
        let progress = self.progress.clone();
        let started = self.start()?;
        let (source, first) = (started.source()?, started.count);
        started.count += column.len() as u64;
        let Started { pool, builder, .. } = started;
        pool.install(|| builder.push_column(source, column, first, &*progress))
    }

    /// Returns the number of rows that were pushed.
    pub fn pushed(&self) -> u64 {
        self.started.as_ref().map_or(0, |started| started.count)
    }

    /// Reads all files at `paths` and below.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push), or if a path does not exist.
    pub fn read(&mut self, paths: &[PathBuf], input: &InputOptions) -> Result<()> {
        self.input = input.clone();
        self.take_up()?;
        let progress = self.progress.clone();
        let Started { pool, builder, .. } = self.start()?;
        pool.install(|| builder.read(paths, input, &*progress))
    }

    /// Compares all texts, hands each finding to `sink`, and returns the counts, which are the last finding too.
    ///
    /// # Errors
    ///
    /// If a temporary file cannot be written, or the sink fails.
    pub fn finish(mut self, sink: &mut (dyn Sink + Send)) -> Result<Summary> {
        self.take_up()?;
        let progress = self.progress.clone();
        self.start()?;
        let parameters = Parameters { config: self.config.clone(), input: self.input.clone() };
        let Some(Started { pool, budget, builder, .. }) = self.started else { return Ok(Summary::default()) };
        pool.install(|| Ok(compare(builder.finish()?, &parameters, &budget, &*progress, sink)?.summary))
    }

    fn start(&mut self) -> Result<&mut Started> {
        let Self { config, resources, progress, started, .. } = self;
        Ok(match started {
            Some(started) => started,
            none => {
                let budget = Budget::new(resources);
                progress.watch(&budget.steps);
                progress.phase("reading", None);
                let builder = CorpusBuilder::new(config, &budget);
                let (pool, waiting) = (threads(resources)?, Vec::new());
                none.insert(Started { pool, budget, builder, pushed: None, count: 0, waiting, waiting_bytes: 0 })
            }
        })
    }

    fn take_up_if_many(&mut self) -> Result<()> {
        let started = self.start()?;
        let is_enough = started.waiting_bytes >= BLOCK * started.pool.current_num_threads();
        if is_enough { self.take_up() } else { Ok(()) }
    }

    /// Takes up the texts that wait.
    fn take_up(&mut self) -> Result<()> {
        let progress = self.progress.clone();
        let started = self.start()?;
        if started.waiting.is_empty() {
            return Ok(());
        }
        let source = started.source()?;
        let bytes = std::mem::take(&mut started.waiting_bytes);
        let waiting = std::mem::take(&mut started.waiting);
        progress.documents(waiting.len() as u64);
        let Started { pool, builder, .. } = started;
        pool.install(|| builder.push(source, 0, blocks(waiting)))?;
        progress.advance(bytes as u64);
        Ok(())
    }
}

impl Started {
    /// Returns the number of the source of pushed texts.
    fn source(&mut self) -> Result<u32> {
        let source = match self.pushed {
            Some(source) => source,
            None => self.builder.add_source(&Source::given(PathBuf::new()), &Arc::default())?,
        };
        self.pushed = Some(source);
        Ok(source)
    }
}

/// Divides texts into blocks that one thread takes up at a time.
fn blocks(items: Vec<Item>) -> Vec<Vec<Item>> {
    let (mut blocks, mut bytes) = (vec![Vec::new()], 0);
    for item in items {
        if bytes >= BLOCK {
            blocks.push(Vec::new());
            bytes = 0;
        }
        bytes += if let Item::Document(record) = &item { record.text.len() } else { 0 };
        let last = blocks.len() - 1;
        blocks[last].push(item);
    }
    blocks
}
