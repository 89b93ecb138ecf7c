//! All documents of a run, read once: where each stands, and what is kept of it to compare it.

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use doublon_core::cluster::keep::Rank;
use doublon_core::cluster::order::KeepOrder;
use doublon_core::groups::DocumentGroups;
use doublon_core::kernel::{NO_TOKEN, Sketcher};
use doublon_core::{Config, Keep};
use rayon::prelude::*;

use super::block::{BlockOrigin, BlockRows, BlockWorker, GivenRows};
use super::counts::IntakeCounts;
use super::forecast::Forecast;
use super::given::TextColumn;
#[cfg(feature = "index")]
use super::held::HeldDocuments;
use super::intake;
use super::parallel::read_ahead;
use super::progress::Progress;
use super::repeated::RepeatedValues;
use super::revision::Revision;
use super::skipped::SkippedList;
use super::table::Table;
use super::texts::{TextStore, Texts};
use crate::error::{Error, Result};
use crate::finding::{InputOptions, Skipped, SourceInfo};
use crate::source::{self, Compression, FoundSources, Item, Source, SourceOptions, SourceOrder};
#[cfg(feature = "index")]
use crate::store::Partition;
use crate::store::{Budget, Lexicons, PartReader, PartWriter, Partitions, SpillColumn, Units, Words, divide};

/// What was read.
pub(crate) struct Corpus {
    /// The texts and names of the documents.
    pub texts: Texts,
    /// What the document path compares.
    pub documents: DocumentTable,
    /// What the passage path compares.
    pub words: Words,
    /// What it compares if that is whole units.
    pub units: Units,
    /// Groups of documents that are not compared with each other, if there are such.
    pub groups: DocumentGroups,
    /// The sources read, in order.
    pub sources: Vec<SourceInfo>,
    /// What was met.
    pub counts: IntakeCounts,
    /// What was not compared.
    pub skipped: SkippedList,
}

/// What the document path keeps of all documents.
pub(crate) struct DocumentTable {
    pub(super) table: Table,
    pub(super) sketcher: Sketcher,
    /// The order in which duplicates are kept.
    pub(super) order: KeepOrder,
}

impl DocumentTable {
    /// Returns the documents without a token, ascending.
    pub fn empty(&self) -> Result<Vec<u32>> {
        let mut empty = Vec::new();
        self.table.streams.for_each_chunk(|first, streams| {
            let here = streams.iter().zip(first as u32..).filter(|&(&stream, _)| stream == NO_TOKEN);
            empty.extend(here.map(|(_, doc)| doc));
        })?;
        Ok(empty)
    }
}

/// Reads documents, from files or from memory, into a [`Corpus`]. Documents are numbered in the order in which they come.
pub(crate) struct CorpusBuilder {
    config: Config,
    budget: Budget,
    worker: BlockWorker,
    grown: Grown,
}

/// What grows while documents come.
struct Grown {
    texts: Texts,
    table: Table,
    words: Words,
    lexicons: Arc<Lexicons>,
    units: Units,
    ids: SpillColumn<u64>,
    ranks: Vec<Rank>,
    groups: DocumentGroups,
    /// Of each source the number of its group; empty if there are no groups.
    group_of: Vec<u32>,
    /// The documents that come after all others in the order in which they are kept, ascending.
    failures: Vec<u32>,
    sources: Vec<SourceInfo>,
    counts: IntakeCounts,
    skipped: SkippedList,
    /// The keys of windows by shares of them, if they are asked for.
    keys: Option<Partitions<u64>>,
}

/// The keys of windows are looked up in so many shares.
const KEY_SHARES: usize = 256;

/// Documents that are held of which one thread takes up the words at a time.
#[cfg(feature = "index")]
const HELD_TOGETHER: u32 = 256;

/// The group of documents that others are only compared with.
const AGAINST: u32 = 0;

/// Bytes of a column of texts that one thread takes up at a time.
const STRETCH: usize = 1 << 18;

/// Texts stay in memory if all files are no larger than this together: to read them again would take more time than
/// memory is worth.
const HELD: u64 = 16 << 20;

impl CorpusBuilder {
    /// Makes one without documents.
    pub fn new(config: &Config, budget: &Budget) -> Self {
        let grown = Grown {
            texts: Texts::default(),
            table: Table::new(config.shape()),
            words: Words::default(),
            lexicons: Arc::new(Lexicons::new(budget)),
            units: Units::default(),
            ids: SpillColumn::new(),
            ranks: Vec::new(),
            groups: DocumentGroups::default(),
            group_of: Vec::new(),
            failures: Vec::new(),
            sources: Vec::new(),
            counts: IntakeCounts::default(),
            skipped: SkippedList::default(),
            keys: None,
        };
        let worker = BlockWorker::new(config, &grown.lexicons);
        Self { config: config.clone(), budget: budget.clone(), worker, grown }
    }

    /// Makes one of which the documents are compared with others that are held, whose words are told apart by the hashes of
    /// `seed`; [`finish_against`](Self::finish_against) ends its reading.
    #[cfg(feature = "index")]
    pub fn seeking(config: &Config, budget: &Budget, seed: u64) -> Self {
        let mut builder = Self::new(config, budget);
        builder.worker = BlockWorker::seeking(config, &builder.grown.lexicons, seed);
        builder.grown.keys = Some(Partitions::new(KEY_SHARES, budget.postings(), &budget.folder));
        builder
    }

    /// Keeps texts in memory, if there is no document yet, passages are compared, and the files at `paths` are few and
    /// small. Otherwise texts are read again where they are needed, those that cannot be from where they were written
    /// down.
    fn hold_if_small(&mut self, sources: &[Source], sizes: Option<&[u64]>) {
        let is_small = |sizes: &[u64]| sizes.iter().sum::<u64>() <= HELD.min(self.budget.memory as u64 / 4);
        let is_plain = |source: &Source| Compression::by_ending(&source.path).is_none();
        let hold = self.config.level.passages() && sizes.is_some_and(is_small) && sources.iter().all(is_plain);
        if hold && self.grown.texts.len() == 0 {
            self.worker.hold = true;
            self.grown.texts.store = TextStore::Held(Vec::new());
        }
    }

    /// Reads all files at `paths` and below, and nothing else before or after it: small inputs stay in memory.
    pub fn read_only(mut self, paths: &[PathBuf], input: &InputOptions, progress: &dyn Progress) -> Result<Corpus> {
        self.read_files(paths, input, true, progress)?;
        self.finish()
    }

    /// Reads sources that were found, and nothing else before or after them; no text stays in memory.
    pub fn read_placed(
        mut self,
        found: &FoundSources,
        input: &InputOptions,
        progress: &dyn Progress,
    ) -> Result<Corpus> {
        self.take_found(found, input, false, &(), progress)?;
        self.finish()
    }

    /// Reads all files at `paths` and below.
    pub fn read(&mut self, paths: &[PathBuf], input: &InputOptions, progress: &dyn Progress) -> Result<()> {
        self.read_files(paths, input, false, progress)
    }

    /// Reads sources that were found, and nothing else before or after them, as a revision changes them.
    #[cfg(feature = "index")]
    pub fn read_found(
        &mut self,
        found: &FoundSources,
        input: &InputOptions,
        revision: &dyn Revision,
        progress: &dyn Progress,
    ) -> Result<()> {
        self.take_found(found, input, true, revision, progress)
    }

    /// Reads sources, and nothing else before or after them, as a revision changes them. For each there may be the number
    /// of the path that led to it.
    pub fn read_revised(
        mut self,
        sources: (&[Source], &[usize]),
        input: &InputOptions,
        revision: &dyn Revision,
        progress: &dyn Progress,
    ) -> Result<Corpus> {
        let skipped = self.read_sources(sources, input, true, revision, progress)?;
        self.skip(&skipped);
        self.finish()
    }

    fn read_files(
        &mut self,
        paths: &[PathBuf],
        input: &InputOptions,
        may_hold: bool,
        progress: &dyn Progress,
    ) -> Result<()> {
        let found = find_sources(paths, &self.config, input)?;
        self.take_found(&found, input, may_hold, &(), progress)
    }

    fn take_found(
        &mut self,
        found: &FoundSources,
        input: &InputOptions,
        may_hold: bool,
        revision: &dyn Revision,
        progress: &dyn Progress,
    ) -> Result<()> {
        let skipped = self.read_sources((&found.sources, &found.roots), input, may_hold, revision, progress)?;
        self.skip(&found.skipped);
        self.skip(&skipped);
        let left_out = source::left_out_counts(&found.left_out_by_default);
        self.grown.counts.add(IntakeCounts { left_out, ..IntakeCounts::default() });
        Ok(())
    }

    fn skip(&mut self, all: &[Skipped]) {
        self.grown.counts.skipped_sources += all.iter().filter(|skipped| skipped.other_kind().is_none()).count() as u64;
        for skipped in all {
            self.grown.skipped.push(skipped);
        }
    }

    /// Reads sources. Returns those that were skipped, and what was skipped of their ends.
    fn read_sources(
        &mut self,
        (sources, roots): (&[Source], &[usize]),
        input: &InputOptions,
        may_hold: bool,
        revision: &dyn Revision,
        progress: &dyn Progress,
    ) -> Result<Vec<Skipped>> {
        let options: Arc<SourceOptions> =
            SourceOptions::new(input, &self.config.keep).with_memory(self.budget.memory as u64).into();
        let sizes = sizes(sources);
        if may_hold {
            self.hold_if_small(sources, sizes.as_deref());
        }
        if let Some(sizes) = &sizes {
            let held = self.worker.hold;
            progress.forecast(&Forecast::new(sources, sizes, &self.config, &options, held, &self.budget));
        }
        progress.phase("reading", sizes.map(|sizes| sizes.iter().sum()));
        let Self { worker, grown, budget, config } = self;
        let first = grown.texts.add_sources(sources, &options)?;
        if config.is_grouped() {
            grown.add_groups(sources, roots, config);
        }
        let names: Vec<Arc<str>> = grown.texts.names[first as usize..].to_vec();
        let against = sources.iter().zip(&names).filter(|(source, _)| source.against);
        against.for_each(|(_, name)| grown.skipped.add_against(name));
        let modified: Vec<u64> = sources.iter().map(|source| modified(source, &config.keep)).collect();
        let work = |from: intake::BlockSource, items| {
            let number = from.source as usize;
            let origin = BlockOrigin {
                source: first + from.source,
                name: &names[number],
                format: Some(from.format),
                can_reread: from.can_reread,
                modified: modified[number],
                revision: (number, revision),
            };
            worker.rows(origin, items)
        };
        let ahead = read_ahead(budget);
        let read =
            intake::read(sources, &options, worker.hold, ahead, progress, work, |block| grown.append(block, budget))?;
        grown.texts.close_sources(first, read.stamps, &read.changed);
        let mut read_sources = read.sources;
        if config.is_grouped() {
            let roots: HashMap<String, u32> = names
                .iter()
                .zip(&grown.group_of[first as usize..])
                .map(|(name, &root)| (name.to_string(), root))
                .collect();
            for info in &mut read_sources {
                info.root = roots.get(&info.path).copied();
            }
        }
        grown.sources.extend(read_sources);
        Ok(read.skipped)
    }

    /// Adds a source of texts that are pushed, and returns its number.
    pub fn add_source(&mut self, source: &Source, options: &Arc<SourceOptions>) -> Result<u32> {
        if self.config.is_grouped() {
            self.grown.add_groups(std::slice::from_ref(source), &[], &self.config);
        }
        self.grown.texts.add_sources(std::slice::from_ref(source), options)
    }

    /// Takes blocks of texts that are in memory as documents of one source, which was modified at `modified`.
    pub fn push(&mut self, source: u32, modified: u64, blocks: Vec<Vec<Item>>) -> Result<()> {
        let Self { worker, grown, budget, .. } = self;
        let name = grown.texts.names[source as usize].clone();
        let blocks: Vec<BlockRows> =
            blocks.into_par_iter().map(|items| worker.rows(pushed(source, &name, modified), items)).collect();
        blocks.into_iter().try_for_each(|block| grown.append(block, budget))
    }

    /// Takes the texts of a column, which stay where they are, as documents of one source, from number `first` on.
    /// `progress` is told of them.
    pub fn push_column(
        &mut self,
        source: u32,
        column: Arc<dyn TextColumn>,
        first: u64,
        progress: &dyn Progress,
    ) -> Result<()> {
        let Self { worker, grown, budget, .. } = self;
        let name = grown.texts.names[source as usize].clone();
        let shared = Arc::clone(&column);
        let (number, column) = (grown.texts.add_column(column), &*shared);
        let stretches = stretches(column);
        for together in stretches.chunks(2 * rayon::current_num_threads()) {
            let rows = |rows: &Range<usize>| {
                let given = GivenRows { column, number, rows: rows.clone() };
                worker.given_rows(pushed(source, &name, 0), &given, first + rows.start as u64)
            };
            let blocks: Vec<BlockRows> = together.par_iter().map(rows).collect();
            for block in blocks {
                progress.documents(block.ids.len() as u64);
                progress.advance(block.counts.text_bytes);
                grown.append(block, budget)?;
            }
        }
        Ok(())
    }

    /// Ends the reading, and puts before what was read those documents that `find` returns, given the keys of all windows in
    /// shares.
    #[cfg(feature = "index")]
    pub fn finish_against(
        mut self,
        find: impl FnOnce(Vec<Partition<u64>>) -> Result<Arc<dyn HeldDocuments>>,
    ) -> Result<Corpus> {
        let keys = self.grown.keys.take().map(Partitions::finish).unwrap_or_default();
        let held = find(keys)?;
        let words = self.held_words(&*held)?;
        self.grown.words = std::mem::take(&mut self.grown.words).behind(words, &self.budget)?;
        let mut groups = DocumentGroups::default();
        if held.len() > 0 {
            groups.push(0, AGAINST);
        }
        groups.push(held.len(), AGAINST + 1);
        self.grown.groups = groups;
        self.grown.texts.hold(held);
        self.finish()
    }

    /// Returns the words of documents that are held.
    #[cfg(feature = "index")]
    fn held_words(&self, held: &dyn HeldDocuments) -> Result<Words> {
        let (mut words, budget) = (Words::default(), &self.budget);
        let firsts: Vec<u32> = (0..held.len()).step_by(HELD_TOGETHER as usize).collect();
        for firsts in firsts.chunks(4 * rayon::current_num_threads()) {
            budget.cancel.check()?;
            let rows = |&first: &u32| {
                let end = held.len().min(first.saturating_add(HELD_TOGETHER));
                self.worker.held_words(held, first..end)
            };
            for rows in firsts.par_iter().map(rows).collect::<Result<Vec<_>>>()? {
                words.append(&rows);
            }
            self.grown.lexicons.check()?;
            if words.held_bytes() > budget.table {
                words.spill(&budget.folder)?;
            }
        }
        Ok(words)
    }

    /// Ends the reading.
    pub fn finish(self) -> Result<Corpus> {
        let Self { worker, grown, config, budget } = self;
        let Grown { mut texts, table, mut words, units, ids, ranks, failures, .. } = grown;
        let Grown { lexicons, groups, sources, counts, skipped, .. } = grown;
        let sketcher = worker.sketcher.clone();
        words.finish(worker.into_word_readers(), &lexicons, &budget)?;
        let stays = |doc| config.against && groups.of(doc) == AGAINST;
        let order = if config.level.documents() {
            keep_order(ranks, &failures, table.len(), config.against.then_some(&stays))
        } else {
            KeepOrder::default()
        };
        if counts.with_id > 0 {
            texts.repeated_ids = RepeatedValues::of(&ids.load()?).collect(|id| id != 0);
        }
        let documents = DocumentTable { table, sketcher, order };
        Ok(Corpus { texts, documents, words, units, groups, sources, counts, skipped })
    }
}

/// Finds what is read at `paths` and below, in the order in which it is read.
pub(super) fn find_sources(paths: &[PathBuf], config: &Config, input: &InputOptions) -> Result<FoundSources> {
    let mut found = source::walk(paths, input)?;
    SourceOrder::of(&config.keep)?.arrange(&mut found);
    Ok(found)
}

/// What texts come from that are in memory: nothing of their source can be read again.
fn pushed(source: u32, name: &str, modified: u64) -> BlockOrigin<'_> {
    BlockOrigin { source, name, format: None, can_reread: false, modified, revision: (0, &()) }
}

/// Divides a column into stretches that one thread takes up at a time.
fn stretches(column: &dyn TextColumn) -> Vec<Range<usize>> {
    let (mut stretches, mut start, mut bytes) = (Vec::new(), 0, 0);
    for row in 0..column.len() {
        bytes += column.text(row).map_or(0, str::len);
        if bytes >= STRETCH || row + 1 == column.len() {
            stretches.push(start..row + 1);
            (start, bytes) = (row + 1, 0);
        }
    }
    stretches
}

/// Returns the order in which documents are kept: first those that others are only compared with, if `stays` tells of such,
/// then by rank, if they have one, and behind all others the `failures`.
fn keep_order(ranks: Vec<Rank>, failures: &[u32], documents: usize, stays: Option<&dyn Fn(u32) -> bool>) -> KeepOrder {
    // Those that stay are read first, unless somebody read others before, and then their numbers are in order.
    let has_keys = !ranks.is_empty() || !failures.is_empty();
    let stays = stays.filter(|stays| has_keys || !(0..documents as u32).is_sorted_by_key(|doc| !stays(doc)));
    if failures.is_empty() && stays.is_none() {
        return if ranks.is_empty() { KeepOrder::default() } else { KeepOrder::by_key(&ranks) };
    }
    let mut keys = vec![(Turn::Usual, Rank::default()); documents];
    keys.iter_mut().zip(ranks).for_each(|(key, rank)| key.1 = rank);
    for &doc in failures {
        keys[doc as usize].0 = Turn::Last;
    }
    if let Some(stays) = stays {
        keys.iter_mut().zip(0..).filter(|(_, doc)| stays(*doc)).for_each(|(key, _)| key.0 = Turn::First);
    }
    KeepOrder::by_key(&keys)
}

/// When a document comes in the order in which documents are kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    First,
    Usual,
    Last,
}

impl Grown {
    /// Numbers the groups of sources: [`AGAINST`], and one of all others, or if they are compared across paths alone one for
    /// each path that led to them, by its number in `roots`. These are numbered in order of the sources, so that the order of
    /// the paths changes nothing. What no path led to is then a group of its own.
    fn add_groups(&mut self, sources: &[Source], roots: &[usize], config: &Config) {
        let least = if config.against { AGAINST + 1 } else { 0 };
        let mut next = self.group_of.iter().max().map_or(least, |last| least.max(last + 1));
        let mut numbers: HashMap<usize, u32> = HashMap::new();
        for (number, source) in sources.iter().enumerate() {
            let new = |next: &mut u32| std::mem::replace(next, *next + 1);
            let group = match roots.get(number) {
                _ if config.against && source.against => AGAINST,
                _ if !config.isolate => AGAINST + 1,
                Some(&root) => *numbers.entry(root).or_insert_with(|| new(&mut next)),
                None => new(&mut next),
            };
            self.group_of.push(group);
        }
    }

    fn append(&mut self, block: BlockRows, budget: &Budget) -> Result<()> {
        budget.cancel.check()?;
        match &mut self.texts.store {
            TextStore::Held(documents) => documents.extend(block.documents),
            TextStore::Placed(places, spool) => {
                let start = spool.append(&block.written);
                places.extend(&block.places.iter().map(|place| place.moved(start)).collect::<Vec<_>>());
            }
        }
        let first = self.table.len() as u32;
        if let (Some(&group), false) = (self.group_of.get(block.source as usize), block.rows.is_empty()) {
            self.groups.push(first, group);
        }
        self.failures.extend(block.failures.iter().map(|number| first + number));
        self.table.append(&block.rows);
        self.words.append(&block.words);
        if let Some(keys) = &mut self.keys {
            keys.extend(divide(&block.words.keys, KEY_SHARES, |key| (key >> 56) as usize))?;
        }
        self.lexicons.check()?;
        self.units.append(&block.units);
        self.ids.extend(&block.ids);
        self.ranks.extend_from_slice(&block.ranks);
        block.skipped.iter().for_each(|skipped| self.skipped.push(skipped));
        let mut counts = block.counts;
        if self.texts.sources[block.source as usize].against {
            counts.against_documents = block.rows.streams().iter().filter(|&&stream| stream != NO_TOKEN).count() as u64;
            counts.against_bytes = counts.text_bytes - counts.known_bytes;
        }
        self.counts.add(counts);
        if u32::try_from(self.table.len()).is_err() {
            return Err(Error::TooMany { what: "documents", limit: u64::from(u32::MAX) });
        }
        self.spill_over(budget)
    }

    /// Moves the tables to disk when they outgrow their part of the budget.
    fn spill_over(&mut self, budget: &Budget) -> Result<()> {
        self.texts.spill_spool(budget)?;
        self.skipped.spill_over(budget)?;
        let places = self.texts.places().map_or(0, |places| places.held_bytes());
        let rows = self.words.held_bytes() + self.units.held_bytes();
        if self.table.held_bytes() + rows + places + self.ids.held_bytes() < budget.table {
            return Ok(());
        }
        let folder = &budget.folder;
        self.table.spill(folder)?;
        self.words.spill(folder)?;
        self.units.spill(folder)?;
        self.ids.spill(folder)?;
        self.texts.places().map_or(Ok(()), |places| places.spill(folder))
    }
}

impl Corpus {
    /// Writes down all of it but the texts, which are read again. None of them is in memory.
    pub fn save(&self, part: &mut PartWriter) -> Result<()> {
        part.json(&self.sources)?;
        part.json(&self.counts)?;
        self.texts.save(part)?;
        part.json(&self.documents.order.ranks())?;
        self.documents.table.save(part)?;
        self.words.save(part)?;
        self.units.save(part)?;
        part.json(&self.groups.runs())?;
        self.skipped.save(part)
    }

    /// Reads what [`save`](Self::save) wrote when `found` was read as `input` and `config` say.
    pub fn load(
        part: &mut PartReader,
        found: &FoundSources,
        (config, input): (&Config, &InputOptions),
        budget: &Budget,
    ) -> Result<Self> {
        let options = SourceOptions::new(input, &config.keep).with_memory(budget.memory as u64).into();
        let (sources, counts) = (part.json()?, part.json()?);
        let texts = Texts::load(part, &found.sources, &options)?;
        let order = KeepOrder::of_ranks(part.json()?);
        let table = Table::load(part, config.shape())?;
        let documents = DocumentTable { table, sketcher: Sketcher::new(config), order };
        let (words, units) = (Words::load(part, budget)?, Units::load(part)?);
        let mut groups = DocumentGroups::default();
        part.json::<Vec<(u32, u32)>>()?.into_iter().for_each(|(first, group)| groups.push(first, group));
        let skipped = SkippedList::load(part, budget)?;
        Ok(Self { texts, documents, words, units, groups, sources, counts, skipped })
    }

    /// Returns what is told of a document without a token.
    pub fn empty(&self, doc: u32) -> Result<Skipped> {
        let (source, record) = self.texts.position(doc)?;
        Ok(source::skipped_empty(&self.texts.sources[source as usize].name(), record))
    }
}

/// The sizes of all sources, if the file system knows them.
pub(crate) fn sizes(sources: &[Source]) -> Option<Vec<u64>> {
    let size = |source: &Source| std::fs::metadata(&source.path).ok().map(|metadata| metadata.len());
    sources.iter().map(size).collect()
}

/// When a source was modified, in nanoseconds since 1970, if the policy asks for it. What is not known comes last.
pub(crate) fn modified(source: &Source, keep: &Keep) -> u64 {
    if !matches!(keep, Keep::Newest | Keep::Oldest) {
        return 0;
    }
    let modified = std::fs::metadata(&source.path).and_then(|metadata| metadata.modified()).ok();
    let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let last = if *keep == Keep::Oldest { u64::MAX } else { 0 };
    since.map_or(last, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}
