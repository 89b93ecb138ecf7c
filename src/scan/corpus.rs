//! All documents of a run, read once: where each stands, and what the document path keeps of it.

use crate::finding::InputOptions;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::UNIX_EPOCH;

use encoding_rs::Encoding;

use super::column::Column;
use super::forecast::Forecast;
use super::guard::{guarded, internal_error};
use super::intake::{self, Whence};
use super::passages::{WordReader, WordRows, Words};
use super::pool::Pool;
use super::repeated::Repeated;
use super::spool::{self, Spool};
use super::table::Table;
use super::texts::{Place, Store, Texts, document};
use super::{Budget, Progress};
use crate::error::{Error, Result};
use crate::finding::{DocumentRef, Skipped, SourceInfo};
use crate::source::Document;
use crate::source::{self, Compression, Item, Record, Source, SourceOptions};
use doublon_core::candidate::Bands;
use doublon_core::cluster::keep::{self, Merits, Rank};
use doublon_core::cluster::order::KeepOrder as Order;
use doublon_core::hash::{mix, seeded_hash};
use doublon_core::kernel::{NO_TOKEN as EMPTY, SketchRows as Rows, SketchScratch as Scratch, Sketcher};
use doublon_core::{Config, Keep};

/// What was read.
pub(super) struct Corpus {
    pub sources: Vec<SourceInfo>,
    /// The names of all sources, those that could not be read included.
    pub names: Vec<Arc<str>>,
    pub texts: Texts,
    pub table: Table,
    /// What the passage path keeps of the documents.
    pub words: Words,
    pub skipped: Vec<Skipped>,
    /// Records that parsing gave, good and bad, counted where they come from.
    pub records: u64,
    /// What was skipped without being a record: files, links.
    pub skipped_sources: u64,
    pub text_bytes: u64,
    pub lossy: u64,
    /// Documents whose record has the field that decides which one stays.
    pub with_value: u64,
    /// Documents by the encoding that they were in, where that is not UTF-8.
    pub encodings: BTreeMap<String, u64>,
    /// Documents whose id stands more than once in their source.
    pub repeated_ids: Vec<u32>,
    /// The order in which duplicates are kept.
    pub order: Order,
    pub sketcher: Sketcher,
}

/// What one block gave.
#[derive(Default)]
struct Part {
    places: Vec<Place>,
    /// Documents that cannot be read again, to be written down.
    spooled: Vec<u8>,
    documents: Vec<Document>,
    rows: Rows,
    words: WordRows,
    records: u64,
    ids: Vec<u64>,
    ranks: Vec<Rank>,
    skipped: Vec<Skipped>,
    text_bytes: u64,
    lossy: u64,
    with_value: u64,
    /// Those that are not UTF-8, one a document.
    encodings: Vec<&'static Encoding>,
}

/// Turns the items of a block into a part.
struct Parter<'a, F> {
    sketcher: &'a Sketcher,
    names: &'a [Arc<str>],
    keep: &'a Keep,
    /// When each source was modified.
    modified: Vec<u64>,
    compare: bool,
    hold: bool,
    workers: Pool<F, Worker>,
}

/// What one thread reads documents with.
struct Worker {
    scratch: Scratch,
    /// Absent where passages are not compared.
    words: Option<WordReader>,
}

/// Texts stay in memory if all files are no larger than this together: to read them again would take more time than
/// memory is worth.
const HELD: u64 = 16 << 20;

impl Corpus {
    /// Reads all files at `paths` and below.
    ///
    /// Texts stay in memory if passages are compared too and they are few. Otherwise they are read again where they are
    /// needed, those that cannot be from where they were written down.
    pub fn read(
        paths: &[PathBuf],
        config: &Config,
        input: &InputOptions,
        budget: &Budget,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let options = &SourceOptions::new(input, &config.keep);
        let found = source::walk(paths, input)?;
        let sizes = sizes(&found.sources);
        let are_few = |sizes: &Vec<u64>| sizes.iter().sum::<u64>() <= HELD.min(budget.memory as u64 / 4);
        let is_plain = |source: &Source| Compression::by_ending(&source.path).is_none();
        let hold = config.level.passages() && sizes.as_ref().is_some_and(are_few) && found.sources.iter().all(is_plain);
        if let Some(sizes) = &sizes {
            progress.forecast(&Forecast::new(&found.sources, sizes, config, options, hold, budget));
        }
        progress.phase("reading", sizes.map(|sizes| sizes.iter().sum()));
        let shape = Bands::new(config.bands, config.rows)?;
        let sketcher = Sketcher::new(config);
        let mut ids = Column::new();
        let store = if hold { Store::Held(Vec::new()) } else { Store::Placed(Column::new(), Spool::default()) };
        let (sources, options_) = (found.sources.clone(), options.clone());
        let texts = Texts { sources, options: options_, stamps: Vec::new(), changed: Vec::new(), store };
        let found_skipped = found.skipped.len();
        let names: Vec<Arc<str>> = found.sources.iter().map(|source| source.name().into()).collect();
        let mut corpus = Self {
            sources: Vec::new(),
            names: names.clone(),
            texts,
            table: Table::new(shape),
            words: Words::default(),
            skipped: found.skipped,
            records: 0,
            skipped_sources: 0,
            text_bytes: 0,
            lossy: 0,
            with_value: 0,
            encodings: BTreeMap::new(),
            repeated_ids: Vec::new(),
            order: Order::default(),
            sketcher: sketcher.clone(),
        };
        let mut ranks = Vec::new();
        let readers = AtomicU32::new(0);
        let parter = Parter {
            sketcher: &sketcher,
            names: &names,
            keep: &config.keep,
            modified: found.sources.iter().map(|source| modified(source, &config.keep)).collect(),
            compare: config.level.documents(),
            hold,
            workers: Pool::new(|| Worker {
                scratch: sketcher.scratch(),
                words: config
                    .level
                    .passages()
                    .then(|| WordReader::new(readers.fetch_add(1, Ordering::Relaxed), config)),
            }),
        };
        let work = |from, items| parter.part(from, items);
        let read = intake::read(&found.sources, options, budget.read_ahead(), progress, work, |part| {
            ids.extend(&part.ids);
            ranks.extend_from_slice(&part.ranks);
            corpus.append(part);
            corpus.check_count()?;
            corpus.spill_over(budget, &mut ids)
        })?;
        corpus.words.finish(parter.workers.into_all().into_iter().filter_map(|worker| worker.words).collect());
        corpus.sources = read.sources;
        corpus.texts.stamps = read.stamps;
        corpus.texts.changed = read.changed;
        corpus.skipped_sources = (found_skipped + read.skipped.len()) as u64;
        corpus.skipped.extend(read.skipped);
        if !ranks.is_empty() {
            corpus.order = Order::by_key(&ranks);
        }
        corpus.repeated_ids = Repeated::of(&ids.load()?).collect(|id| id != 0);
        Ok(corpus)
    }

    /// Returns the documents without a token, ascending.
    pub fn empty(&self) -> Result<Vec<u32>> {
        let mut empty = Vec::new();
        self.table.streams.for_each_chunk(|first, streams| {
            let here = streams.iter().zip(first as u32..).filter(|&(&stream, _)| stream == EMPTY);
            empty.extend(here.map(|(_, doc)| doc));
        })?;
        Ok(empty)
    }

    /// Gives back the memory of the table, when documents have been compared.
    pub fn drop_table(&mut self) {
        self.table = Table::new(Bands { bands: 0, rows: 0 });
    }

    /// Names a document, without an id that another of its source has too.
    pub fn reference(&self, doc: u32, document: &Document) -> DocumentRef {
        let is_repeated = self.repeated_ids.binary_search(&doc).is_ok();
        let id = document.id.as_deref().filter(|_| !is_repeated).map(Into::into);
        DocumentRef { source: self.names[document.source as usize].clone(), record: document.record, id }
    }

    fn append(&mut self, part: Part) {
        match &mut self.texts.store {
            Store::Held(documents) => documents.extend(part.documents),
            Store::Placed(places, spool) => {
                let start = spool.append(&part.spooled);
                places.extend(&part.places.iter().map(|place| place.moved(start)).collect::<Vec<_>>());
            }
        }
        self.table.append(&part.rows);
        self.words.append(&part.words);
        self.skipped.extend(part.skipped);
        self.records += part.records;
        self.text_bytes += part.text_bytes;
        self.lossy += part.lossy;
        self.with_value += part.with_value;
        for encoding in part.encodings {
            *self.encodings.entry(encoding.name().to_owned()).or_insert(0) += 1;
        }
    }

    fn check_count(&self) -> Result<()> {
        match u32::try_from(self.table.len()) {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::TooMany { what: "documents", limit: u64::from(u32::MAX) }),
        }
    }

    /// Moves the tables to disk when they outgrow their part of the budget.
    fn spill_over(&mut self, budget: &Budget, ids: &mut Column<u64>) -> Result<()> {
        self.texts.spill_spool(budget)?;
        let places = self.texts.places().map_or(0, |places| places.held_bytes());
        if self.table.held_bytes() + self.words.held_bytes() + places + ids.held_bytes() < budget.table {
            return Ok(());
        }
        let folder = &budget.folder;
        self.table.spill(folder)?;
        self.words.spill(folder)?;
        ids.spill(folder)?;
        self.texts.places().map_or(Ok(()), |places| places.spill(folder))
    }
}

/// The sizes of all sources, if the file system knows them.
pub(super) fn sizes(sources: &[Source]) -> Option<Vec<u64>> {
    let size = |source: &Source| std::fs::metadata(&source.path).ok().map(|metadata| metadata.len());
    sources.iter().map(size).collect()
}

/// When a source was modified, in nanoseconds since 1970, if the policy asks for it. What is not known comes last.
pub(super) fn modified(source: &Source, keep: &Keep) -> u64 {
    if !matches!(keep, Keep::Newest | Keep::Oldest) {
        return 0;
    }
    let modified = std::fs::metadata(&source.path).and_then(|metadata| metadata.modified()).ok();
    let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let last = if *keep == Keep::Oldest { u64::MAX } else { 0 };
    since.map_or(last, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

impl<F: Fn() -> Worker> Parter<'_, F> {
    fn part(&self, from: Whence, items: Vec<Item>) -> Part {
        self.workers.with(|worker| self.part_with(worker, from, items))
    }

    fn part_with(&self, worker: &mut Worker, from: Whence, items: Vec<Item>) -> Part {
        let mut part = Part { records: items.len() as u64, ..Part::default() };
        for item in items {
            match item {
                Item::Skipped(skipped) => part.skipped.push(skipped),
                Item::Document(record) => match self.describe(&record.text, &mut part, worker) {
                    Ok(()) => self.add(from, record, &mut part),
                    Err(panic) => {
                        let (name, place) = (&self.names[from.source as usize], (record.record, record.offset));
                        part.skipped.push(internal_error(name, Some(place), record.id.as_deref(), &panic));
                    }
                },
            }
        }
        part
    }

    fn add(&self, from: Whence, record: Record, part: &mut Part) {
        let Whence { source, format, can_reread } = from;
        part.text_bytes += record.text.len() as u64;
        part.lossy += u64::from(record.lossy);
        part.with_value += u64::from(record.value.is_some());
        part.encodings.extend(record.encoding);
        part.ids.push(record.id.as_ref().map_or(0, |id| id_hash(source, id)));
        if !matches!(self.keep, Keep::First | Keep::None) {
            part.ranks.push(self.rank(source, &record));
        }
        if self.hold {
            part.documents.push(document(source, record));
        } else if can_reread {
            part.places.push(Place::new(source, format, &record));
        } else {
            let start = part.spooled.len() as u64;
            let document = document(source, record);
            spool::write(&document, &mut part.spooled);
            part.places.push(Place::spooled(&document, start, part.spooled.len() as u64 - start));
        }
    }

    fn rank(&self, source: u32, record: &Record) -> Rank {
        let (text_bytes, modified) = (record.text.len() as u64, self.modified[source as usize]);
        keep::rank(self.keep, Merits { text_bytes, modified, value: record.value.as_deref() })
    }

    /// Appends the row and the words of a text, or says on what that failed.
    fn describe(&self, text: &str, part: &mut Part, worker: &mut Worker) -> std::result::Result<(), String> {
        let before = part.rows.len();
        let result = guarded(|| {
            if self.compare {
                self.sketcher.add(text, &mut part.rows, &mut worker.scratch);
            } else {
                self.sketcher.add_presence(text, &mut part.rows);
            }
            if let Some(reader) = &mut worker.words {
                reader.add(text, &mut part.words);
            }
        });
        if result.is_err() {
            part.rows.truncate(before);
            part.words.truncate(before);
            worker.scratch = self.sketcher.scratch();
        }
        result
    }
}

/// Equal for equal ids of one source; 0 means that there is none.
pub(super) fn id_hash(source: u32, id: &str) -> u64 {
    // XXH3 adds its seed to a short input almost as it is: numbers of sources would make different ids collide.
    seeded_hash(id.as_bytes(), mix(u64::from(source) + 1)).max(1)
}
