//! What a block of records becomes: rows of all tables, made on any thread and appended in order.

#[cfg(feature = "index")]
use std::ops::Range;
use std::sync::Arc;

use doublon_core::cluster::keep::{self, Merits, Rank};
use doublon_core::hash::{mix, seeded_hash};
use doublon_core::kernel::{Masks, SketchRows, SketchScratch, Sketcher};
use doublon_core::{Config, Keep};

use super::counts::IntakeCounts;
use super::given::TextColumn;
use super::guard::{guarded, internal_error};
#[cfg(feature = "index")]
use super::held::HeldDocuments;
use super::pool::Pool;
use super::revision::{Revised, Revision};
use super::texts::{TextPlace, document};
use super::written;
#[cfg(feature = "index")]
use crate::error::Result;
use crate::finding::{Reason, RecordId, Skipped};
use crate::source::{Document, Format, Item, Record};
use crate::store::{Lexicons, UnitReader, UnitRows, WordReader, WordRows, private_seed};

/// What a block was read from.
#[derive(Clone, Copy)]
pub(crate) struct BlockOrigin<'a> {
    /// The number of the source.
    pub source: u32,
    /// Its name.
    pub name: &'a str,
    /// What it holds; none if its texts were handed over in memory.
    pub format: Option<Format>,
    /// Whether single records can be read again.
    pub can_reread: bool,
    /// When the source was modified, in nanoseconds since 1970, if the policy of what is kept asks for it.
    pub modified: u64,
    /// What becomes of the records of the source, which the revision knows by this number.
    pub revision: (usize, &'a dyn Revision),
}

impl BlockOrigin<'_> {
    /// Returns what a record comes from after its revision, or none if it is left out.
    fn revise(self, record: &mut Record) -> Option<Self> {
        let (source, revision) = self.revision;
        match revision.revise(source, record) {
            Revised::Same => Some(self),
            Revised::Changed => Some(Self { can_reread: false, ..self }),
            Revised::Gone => None,
        }
    }
}

/// What one block gave.
#[derive(Default)]
pub(super) struct BlockRows {
    /// The number of the source.
    pub source: u32,
    pub places: Vec<TextPlace>,
    /// Documents that cannot be read again, to be written down.
    pub written: Vec<u8>,
    pub documents: Vec<Document>,
    pub rows: SketchRows,
    pub words: WordRows,
    pub units: UnitRows,
    /// Of each document a hash of its id, 0 without one.
    pub ids: Vec<u64>,
    pub ranks: Vec<Rank>,
    /// The documents that stay only if all that are equal are such too, by their numbers in the block, ascending.
    pub failures: Vec<u32>,
    pub skipped: Vec<Skipped>,
    pub counts: IntakeCounts,
}

/// Turns the items of a block into rows, on any thread.
pub(super) struct BlockWorker {
    pub sketcher: Sketcher,
    keep: Keep,
    compare: bool,
    /// Whether texts stay in memory.
    pub hold: bool,
    workers: Pool<Box<dyn Fn() -> BlockScratch + Send + Sync>, BlockScratch>,
}

/// What one thread reads documents with.
struct BlockScratch {
    scratch: SketchScratch,
    /// Absent where passages are not compared, or units are.
    words: Option<WordReader>,
    /// Absent where units are not compared.
    units: Option<UnitReader>,
}

impl BlockWorker {
    /// Makes one that keeps no text; the words of all are numbered by `lexicons`.
    pub fn new(config: &Config, lexicons: &Arc<Lexicons>) -> Self {
        Self::seeded(config, lexicons, private_seed(), false)
    }

    /// Makes one that asks for the keys of the windows of documents, which are to be compared with others that are held, and
    /// whose words are told apart by the hashes of `seed`.
    #[cfg(feature = "index")]
    pub fn seeking(config: &Config, lexicons: &Arc<Lexicons>, seed: u64) -> Self {
        Self::seeded(config, lexicons, seed, true)
    }

    fn seeded(config: &Config, lexicons: &Arc<Lexicons>, seed: u64, seeks: bool) -> Self {
        let sketcher = Sketcher::new(config);
        let (of_worker, config_, lexicons) = (sketcher.clone(), config.clone(), Arc::clone(lexicons));
        let make = move || BlockScratch {
            scratch: of_worker.scratch(),
            words: (config_.level.passages() && config_.unit.is_none()).then(|| {
                let reader = WordReader::new(&lexicons, &config_, seed);
                if seeks { reader.with_keys(&config_) } else { reader }
            }),
            units: UnitReader::new(&config_, seed).filter(|_| config_.level.passages()),
        };
        let (keep, compare) = (config.keep.clone(), config.level.documents());
        Self { sketcher, keep, compare, hold: false, workers: Pool::new(Box::new(make)) }
    }

    /// Returns the rows of a block.
    pub fn rows(&self, origin: BlockOrigin<'_>, items: Vec<Item>) -> BlockRows {
        self.workers.with(|scratch| self.rows_with(scratch, origin, items))
    }

    /// Returns the rows of some texts that are in memory, whose numbers in the source begin at `first`.
    pub fn given_rows(&self, origin: BlockOrigin<'_>, given: &GivenRows<'_>, first: u64) -> BlockRows {
        self.workers.with(|scratch| {
            let mut block = BlockRows { source: origin.source, ..BlockRows::default() };
            block.counts.records = given.rows.len() as u64;
            for (row, record) in given.rows.clone().zip(first..) {
                self.take_up_given(origin, given, (row, record), &mut block, scratch);
            }
            block
        })
    }

    /// Returns the words of some documents that are held.
    #[cfg(feature = "index")]
    pub fn held_words(&self, held: &dyn HeldDocuments, docs: Range<u32>) -> Result<WordRows> {
        self.workers.with(|scratch| {
            let mut rows = WordRows::default();
            let Some(reader) = &mut scratch.words else { return Ok(rows) };
            docs.into_iter().try_for_each(|doc| reader.add_words(|each| held.words(doc, each), &mut rows))?;
            Ok(rows)
        })
    }

    /// Returns what the words of documents were numbered with.
    pub fn into_word_readers(self) -> Vec<WordReader> {
        self.workers.into_all().into_iter().filter_map(|worker| worker.words).collect()
    }

    fn rows_with(&self, scratch: &mut BlockScratch, origin: BlockOrigin<'_>, items: Vec<Item>) -> BlockRows {
        let mut block = BlockRows { source: origin.source, ..BlockRows::default() };
        block.counts.records = items.len() as u64;
        for item in items {
            match item {
                Item::Skipped(skipped) => block.skipped.push(skipped),
                Item::Document(record) => self.take_up(origin, record, &mut block, scratch),
            }
        }
        block
    }

    fn take_up(&self, origin: BlockOrigin<'_>, mut record: Record, block: &mut BlockRows, scratch: &mut BlockScratch) {
        let Some(origin) = origin.revise(&mut record) else {
            block.counts.records -= 1;
            return;
        };
        match self.describe(&record.text, block, scratch) {
            Ok(masks) => {
                block.counts.add_known_text(&masks);
                block.counts.add_ignored(record.ignored, masks.is_open(), origin.name);
                self.add(origin, record, block, scratch);
            }
            Err(panic) => {
                let place = Some((record.record, record.offset));
                block.skipped.push(internal_error(origin.name, place, record.id.as_deref(), &panic));
            }
        }
    }

    fn take_up_given(
        &self,
        origin: BlockOrigin<'_>,
        given: &GivenRows<'_>,
        (row, record): (usize, u64),
        block: &mut BlockRows,
        scratch: &mut BlockScratch,
    ) {
        let text = match given.column.text(row) {
            Ok(text) => text,
            Err(reason) => return block.skipped.push(skipped_row(origin.name, record, reason)),
        };
        let (id, value) = (given.column.id(row), given.column.value(row));
        match self.describe(text, block, scratch) {
            Ok(masks) => {
                block.counts.add_known_text(&masks);
                let facts = Record { record, id, value, ..Record::default() };
                self.count(origin, &facts, text, block, scratch);
                block.places.push(TextPlace::given(origin.source, record, (given.number, row)));
            }
            Err(panic) => block.skipped.push(internal_error(origin.name, Some((record, 0)), id.as_deref(), &panic)),
        }
    }

    fn add(&self, origin: BlockOrigin<'_>, record: Record, block: &mut BlockRows, worker: &mut BlockScratch) {
        let BlockOrigin { source, format, can_reread, .. } = origin;
        self.count(origin, &record, &record.text, block, worker);
        match format.filter(|_| can_reread) {
            _ if self.hold => block.documents.push(document(source, record)),
            Some(format) => block.places.push(TextPlace::new(source, format, &record)),
            None => {
                let start = block.written.len() as u64;
                let document = document(source, record);
                written::write(&document, &mut block.written);
                block.places.push(TextPlace::spooled(&document, start, block.written.len() as u64 - start));
            }
        }
    }

    /// Counts a record, whose text may be elsewhere, and ranks it.
    fn count(
        &self,
        origin: BlockOrigin<'_>,
        record: &Record,
        text: &str,
        block: &mut BlockRows,
        worker: &mut BlockScratch,
    ) {
        block.counts.text_bytes += text.len() as u64;
        block.counts.lossy += u64::from(record.lossy);
        block.counts.with_value += u64::from(record.value.is_some());
        block.counts.with_id += u64::from(record.id.is_some());
        if let Some(encoding) = record.encoding {
            block.counts.count_encoding(encoding.name());
        }
        if record.is_failure && self.keep != Keep::None {
            block.failures.push(block.ids.len() as u32);
        }
        block.ids.push(record.id.as_ref().map_or(0, |id| id_hash(origin.source, id)));
        if !self.keep.goes_by_number() {
            block.ranks.push(self.rank(origin.modified, text, record.value.as_deref(), worker));
        }
    }

    fn rank(&self, modified: u64, text: &str, value: Option<&str>, worker: &mut BlockScratch) -> Rank {
        let counts = matches!(self.keep, Keep::Longest | Keep::Shortest);
        let words = if counts { worker.scratch.count(text) as u64 } else { 0 };
        keep::rank(&self.keep, Merits { words, text_bytes: text.len() as u64, modified, value })
    }

    /// Appends the row and the words of a text, and returns where known text stands in it; or says on what that failed.
    fn describe(
        &self,
        text: &str,
        block: &mut BlockRows,
        worker: &mut BlockScratch,
    ) -> std::result::Result<Masks, String> {
        let before = block.rows.len();
        let result = guarded(|| {
            let masks = worker.scratch.masks(text);
            if self.compare {
                self.sketcher.add_masked(text, &masks, &mut block.rows, &mut worker.scratch);
            } else {
                self.sketcher.add_presence(text, &mut block.rows);
            }
            if let Some(reader) = &mut worker.words {
                reader.add(text, &masks, &mut block.words);
            }
            if let Some(reader) = &mut worker.units {
                reader.add(text, &masks, &mut block.units);
            }
            masks
        });
        if result.is_err() {
            block.rows.truncate(before);
            block.words.truncate(before);
            block.units.truncate(before);
            worker.scratch = self.sketcher.scratch();
        }
        result
    }
}

/// Some rows of a column that is in memory.
pub(super) struct GivenRows<'a> {
    pub column: &'a dyn TextColumn,
    /// The number of the column.
    pub number: u32,
    pub rows: std::ops::Range<usize>,
}

/// Reports a row that has no text.
pub(super) fn skipped_row(source: &str, record: u64, reason: Reason) -> Skipped {
    let detail = (reason == Reason::MissingText).then(|| "the text is missing".to_owned());
    Skipped { source: source.to_owned(), record: Some(record), offset: None, reason, detail, against: false }
}

/// Equal for equal ids of one source; 0 means that there is none.
pub(crate) fn id_hash(source: u32, id: &RecordId) -> u64 {
    // XXH3 adds its seed to a short input almost as it is: numbers of sources would make different ids collide.
    let kind = u64::from(id.is_string());
    seeded_hash(id.as_bytes(), mix((u64::from(source) + 1) << 1 | kind)).max(1)
}
