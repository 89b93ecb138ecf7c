//! Documents that are read: what an index keeps of each, made on any thread and taken up in order.

use doublon_core::Config;
use doublon_core::candidate::lsh::Sketch;
use doublon_core::hash::{mix, seeded_hash};
use doublon_core::kernel::{Masks, SketchRows, SketchScratch, Sketcher};
use doublon_core::text::{TokenReader, Tokenizer, characters, for_each_operator};

use super::layout::TextHashes;
use super::manifest::Manifest;
use super::names::DocumentName;
use super::word_texts::{NO_WORD, WordTexts};
use super::words::{WordNumbers, decode, encode};
use crate::error::{Error, Result};
use crate::finding::Skipped;
use crate::scan::describe::opening;
use crate::scan::{BlockSource, IntakeCounts, Pool, Table, guarded, id_hash, internal_error};
use crate::source::{Item, Record};
use crate::store::{Budget, SpillColumn, Spool};

/// How much is compared together: so many documents, or so many bytes of text. They are fixed, and not a part of the
/// memory that may be used, since which documents stay could depend on them.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchSize {
    pub documents: u32,
    pub text_bytes: u64,
}

/// What is added is compared with itself.
pub(super) const OF_ADD: BatchSize = BatchSize { documents: 1 << 20, text_bytes: 1 << 30 };
/// What is asked for is not, so little need be held.
pub(super) const OF_QUERY: BatchSize = BatchSize { documents: 1 << 15, text_bytes: 64 << 20 };

/// A document that was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NewDocument {
    pub source: u32,
    pub record: u64,
    pub text_bytes: u64,
    pub fingerprint: u64,
    pub hashes: TextHashes,
    /// A hash of its id, 0 without one.
    pub id: u64,
    /// In a block a place in the list of its words.
    words: Piece,
    pub name: Piece,
}

/// A stretch of bytes that were written down.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Piece {
    start: u64,
    len: u32,
}

impl Piece {
    pub fn read(self, spool: &Spool) -> Result<Vec<u8>> {
        spool.read(self.start, u64::from(self.len))
    }

    /// Appends bytes to a spool.
    pub fn append(spool: &mut Spool, bytes: &[u8]) -> Result<Self> {
        Ok(Self { start: spool.append(bytes), len: length(bytes.len())? })
    }
}

/// What a block of records becomes.
#[derive(Default)]
pub(super) struct BlockDocuments {
    documents: Vec<NewDocument>,
    /// Documents that stay only if all that are equal are such too, by their numbers in the block.
    failures: Vec<u32>,
    rows: SketchRows,
    /// The keys of each document, one document after another.
    keys: Vec<u64>,
    /// The words of each document, one document after another, by their numbers in the block.
    words: Vec<u32>,
    names: Vec<u8>,
    /// The hashes of the words of the block.
    word_hashes: Vec<u64>,
    /// What the words of the block are, if passages are found.
    texts: WordTexts,
    /// Documents in which something stood that does not count, each with the words before which that was.
    gaps: Vec<(u32, Vec<u32>)>,
    skipped: Vec<Skipped>,
    counts: IntakeCounts,
}

/// Turns blocks of records into documents, on any thread.
pub(super) struct BlockReader {
    sketcher: Sketcher,
    seed: u64,
    workers: Pool<Box<dyn Fn() -> BlockScratch + Send + Sync>, BlockScratch>,
}

struct BlockScratch {
    public: SketchScratch,
    private: SketchScratch,
    numbers: WordNumbers,
    /// What the words of the block are, where that is wanted.
    words: Option<WordTextReader>,
}

impl BlockScratch {
    /// Makes a block with what `read` reads.
    fn block(&mut self, read: impl FnOnce(&mut BlockDocuments, &mut Self)) -> BlockDocuments {
        let mut block = BlockDocuments::default();
        self.numbers.clear();
        read(&mut block, self);
        block.word_hashes = self.numbers.hashes().to_vec();
        if self.words.is_some() {
            block.texts.fill(block.word_hashes.len());
        }
        block
    }
}

impl BlockReader {
    /// Makes the reader of an index.
    pub fn of(manifest: &Manifest) -> Self {
        let (config, seed, passages) = (&manifest.config, manifest.private_seed(), manifest.passages);
        let sketcher = Sketcher::new(config);
        let (public, private) = (sketcher.clone(), sketcher.reseeded(seed));
        let tokenizer = Tokenizer::new(config.text, seed);
        let make = move || BlockScratch {
            public: public.scratch(),
            private: private.scratch(),
            numbers: WordNumbers::default(),
            words: passages.then(|| WordTextReader::new(&tokenizer)),
        };
        Self { sketcher, seed, workers: Pool::new(Box::new(make)) }
    }

    /// Reads the documents of a block of a source of this name.
    pub fn read(&self, from: BlockSource, source: &str, items: Vec<Item>) -> BlockDocuments {
        let read = |block: &mut BlockDocuments, scratch: &mut BlockScratch| {
            block.counts.records = items.len() as u64;
            for item in items {
                match item {
                    Item::Skipped(skipped) => block.skipped.push(skipped),
                    Item::Document(record) => self.take_up(from.source, source, &record, block, scratch),
                }
            }
        };
        self.workers.with(|scratch| scratch.block(read))
    }

    /// Reads one text by itself.
    pub fn read_text(&self, text: &str) -> BlockDocuments {
        let record = Record { text: text.to_owned(), ..Record::default() };
        self.workers.with(|scratch| scratch.block(|block, scratch| self.take_up(0, "", &record, block, scratch)))
    }

    /// Returns the hashes of the words of a text by which it is measured, and those of the text.
    pub fn words_of(&self, text: &str) -> (Vec<u64>, TextHashes) {
        self.workers.with(|scratch| {
            let masks = scratch.public.masks(text);
            let words = scratch.private.tokens_masked(text, &masks).to_vec();
            let hashes = self.hashes(text, &words);
            (words, hashes)
        })
    }

    fn take_up(
        &self,
        source: u32,
        name: &str,
        record: &Record,
        block: &mut BlockDocuments,
        scratch: &mut BlockScratch,
    ) {
        let before = (block.rows.len(), block.keys.len(), block.words.len());
        match guarded(|| self.describe(&record.text, block, scratch)) {
            Ok((masks, hashes)) => {
                block.counts.add_known_text(&masks);
                block.counts.add_ignored(record.ignored, masks.is_open(), name);
                count(record, &mut block.counts);
                let text_bytes = (record.text.len() - masks.bytes()) as u64;
                add(source, record, (text_bytes, hashes, before.2), block);
            }
            Err(panic) => {
                let place = Some((record.record, record.offset));
                block.skipped.push(internal_error(name, place, record.id.as_deref(), &panic));
                block.rows.truncate(before.0);
                block.keys.truncate(before.1);
                block.words.truncate(before.2);
                block.gaps.retain(|&(doc, _)| (doc as usize) < before.0);
                block.texts.fill(if scratch.words.is_some() { scratch.numbers.hashes().len() } else { 0 });
                (scratch.public, scratch.private) =
                    (self.sketcher.scratch(), self.sketcher.reseeded(self.seed).scratch());
            }
        }
    }

    /// Appends the row, the keys and the words of a text; returns what of it does not count, and its hashes.
    fn describe(&self, text: &str, block: &mut BlockDocuments, scratch: &mut BlockScratch) -> (Masks, TextHashes) {
        let BlockScratch { public, private, numbers, words: reader } = scratch;
        let masks = public.masks(text);
        let words = self.sketcher.add_wide(text, &masks, (&mut block.rows, &mut block.keys), public, private);
        let first = block.words.len();
        numbers.number_all(words, &mut block.words);
        if let Some(reader) = reader {
            let gaps = reader.read((text, &masks), &block.words[first..], numbers.hashes().len(), &mut block.texts);
            if !gaps.is_empty() {
                block.gaps.push((block.documents.len() as u32, gaps));
            }
        }
        (masks, self.hashes(text, words))
    }

    /// Returns the hashes of a text of which the words have these hashes.
    fn hashes(&self, text: &str, words: &[u64]) -> TextHashes {
        let hash = |bytes: &[u8]| seeded_hash(bytes, self.seed);
        TextHashes {
            words: if words.is_empty() { 0 } else { hash(bytemuck::cast_slice(words)).max(1) },
            characters: hash(characters(text).as_bytes()),
            text: hash(text.as_bytes()),
            raw: 0,
        }
    }
}

/// Reads what words are.
struct WordTextReader {
    tokenizer: Tokenizer,
    tokens: TokenReader,
}

impl WordTextReader {
    fn new(tokenizer: &Tokenizer) -> Self {
        Self { tokens: tokenizer.reader(), tokenizer: tokenizer.clone() }
    }

    /// Appends to `texts` those words of a text that are not among them; `numbers` are those of its words, of which `count`
    /// are in use. Returns the words before which something stood that does not count.
    fn read(
        &mut self,
        (text, masks): (&str, &Masks),
        numbers: &[u32],
        count: usize,
        texts: &mut WordTexts,
    ) -> Vec<u32> {
        let mut gaps = Vec::new();
        if texts.len() == count && masks.spans().is_empty() || masks.is_all() {
            return gaps;
        }
        let Self { tokenizer, tokens } = self;
        let (text, mut spans) = (masks.blanked(text), masks.spans().iter().peekable());
        let (mut operators, mut at, mut words, mut from) = (Vec::new(), 0, 0, 0);
        for_each_operator(&text, |_, place| operators.push(place));
        for operator in operators.iter().map(Some).chain([None]) {
            let part = &text[from..operator.map_or(text.len(), |operator| operator.start)];
            tokens.for_each(part, |token| {
                if numbers.get(at).is_some_and(|&number| number as usize == texts.len()) {
                    texts.push(&tokenizer.word(part, token));
                }
                while spans.next_if(|span| span.start <= from + token.span.start).is_some() {
                    if gaps.last() != Some(&words) {
                        gaps.push(words);
                    }
                }
                (at, words) = (at + 1, words + 1);
            });
            let Some(operator) = operator else { break };
            if numbers.get(at).is_some_and(|&number| number as usize == texts.len()) {
                texts.push(NO_WORD);
            }
            (at, from) = (at + 1, operator.end);
        }
        texts.fill(count); // characters of a text without a word are no words
        gaps
    }
}

/// Adds a document whose words stand from `words` on.
fn add(source: u32, record: &Record, (bytes, hashes, words): (u64, TextHashes, usize), block: &mut BlockDocuments) {
    let raw = record.raw_hash.map_or(0, |hash| mix(hash as u64 ^ mix((hash >> 64) as u64)).max(1));
    let opening = opening(&record.text).into();
    let name = DocumentName { id: record.id.clone(), metadata: record.metadata.clone(), opening };
    let names = block.names.len();
    name.write(&mut block.names);
    if record.is_failure {
        block.failures.push(block.documents.len() as u32);
    }
    // A block is no longer than a record may be, so the lengths are those of numbers of 32 bits.
    let piece = |start: usize, end: usize| Piece { start: start as u64, len: (end - start) as u32 };
    block.documents.push(NewDocument {
        source,
        record: record.record,
        text_bytes: bytes,
        fingerprint: seeded_hash(record.text.as_bytes(), 0),
        hashes: TextHashes { raw, ..hashes },
        id: record.id.as_ref().map_or(0, |id| id_hash(source, id)),
        words: piece(words, block.words.len()),
        name: piece(names, block.names.len()),
    });
}

fn count(record: &Record, counts: &mut IntakeCounts) {
    counts.text_bytes += record.text.len() as u64;
    counts.lossy += u64::from(record.lossy);
    counts.with_id += u64::from(record.id.is_some());
    if let Some(encoding) = record.encoding {
        counts.count_encoding(encoding.name());
    }
}

/// Documents that are compared together.
pub(super) struct Batch {
    /// What the bands of this batch are joined by.
    pub table: Table,
    pub documents: Vec<NewDocument>,
    /// Those that come after all others in keep order, ascending.
    pub failures: Vec<u32>,
    /// For each band the keys of all documents.
    keys: Vec<SpillColumn<u64>>,
    numbers: WordNumbers,
    /// How often each word stands in all documents.
    counts: Vec<u32>,
    /// What the words are, if passages are found.
    texts: WordTexts,
    /// Documents in which something stood that does not count, ascending, each with the words before which that was.
    gaps: Vec<(u32, Vec<u32>)>,
    words: Spool,
    names: Spool,
    /// Bytes of all texts.
    pub text_bytes: u64,
}

impl Batch {
    pub fn new(config: &Config) -> Self {
        Self {
            table: Table::new(config.shape()),
            documents: Vec::new(),
            failures: Vec::new(),
            keys: (0..config.bands).map(|_| SpillColumn::new()).collect(),
            numbers: WordNumbers::default(),
            counts: Vec::new(),
            texts: WordTexts::default(),
            gaps: Vec::new(),
            words: Spool::default(),
            names: Spool::default(),
            text_bytes: 0,
        }
    }

    pub fn len(&self) -> u32 {
        self.documents.len() as u32
    }

    /// Takes up the documents of a block, and hands out what else it gave.
    pub fn append(&mut self, block: BlockDocuments) -> Result<(Vec<Skipped>, IntakeCounts)> {
        let BlockDocuments { documents, failures, rows, keys, words, names, word_hashes, skipped, counts, .. } = block;
        let first = self.len();
        self.gaps.extend(block.gaps.into_iter().map(|(doc, gaps)| (first + doc, gaps)));
        self.failures.extend(failures.iter().map(|number| first + number));
        self.table.append(&rows);
        let bands = self.keys.len();
        for (band, column) in self.keys.iter_mut().enumerate() {
            column.extend(&keys.iter().skip(band).step_by(bands).copied().collect::<Vec<_>>());
        }
        let mut numbers = Vec::with_capacity(word_hashes.len());
        self.numbers.number_all(&word_hashes, &mut numbers);
        for (&number, text) in numbers.iter().zip(block.texts.iter()) {
            if number as usize == self.texts.len() {
                self.texts.push(text);
            }
        }
        self.count(&words, &numbers);
        let names_start = self.names.append(&names);
        let mut encoded = Vec::new();
        for document in documents {
            encoded.clear();
            let Piece { start, len } = document.words;
            let of_document = &words[start as usize..start as usize + len as usize];
            encode(of_document.iter().map(|&word| numbers[word as usize]), &mut encoded);
            let words = Piece::append(&mut self.words, &encoded)?;
            let name = Piece { start: names_start + document.name.start, ..document.name };
            self.text_bytes += document.text_bytes;
            self.documents.push(NewDocument { words, name, ..document });
        }
        Ok((skipped, counts))
    }

    /// Counts the words of a block, which have these numbers. A batch has less than 2^32 words.
    fn count(&mut self, words: &[u32], numbers: &[u32]) {
        let mut counts = vec![0; numbers.len()];
        for &word in words {
            counts[word as usize] += 1;
        }
        self.counts.resize(self.numbers.hashes().len(), 0);
        numbers.iter().zip(counts).for_each(|(&number, count)| self.counts[number as usize] += count);
    }

    /// Moves what can be on disk there if it has outgrown its part of the memory.
    pub fn spill_over(&mut self, budget: &Budget) -> Result<()> {
        let keys: usize = self.keys.iter().map(SpillColumn::held_bytes).sum();
        let held = self.table.held_bytes() + keys + self.words.held_bytes() + self.names.held_bytes();
        if held < budget.table {
            return Ok(());
        }
        let folder = &budget.folder;
        self.table.spill(folder)?;
        self.keys.iter_mut().try_for_each(|column| column.spill(folder))?;
        self.words.spill(folder)?;
        self.names.spill(folder)
    }

    /// Replaces `words` by the hashes of the words of a document.
    pub fn words(&self, doc: u32, words: &mut Vec<u64>) -> Result<()> {
        words.clear();
        decode(&self.numbered_words(doc)?, self.numbers.hashes(), words).ok_or_else(lost)
    }

    /// Returns the words of a document as numbers.
    pub fn numbered_words(&self, doc: u32) -> Result<Vec<u8>> {
        self.documents[doc as usize].words.read(&self.words)
    }

    /// Returns how often each word stands in the documents but some, by number.
    pub fn word_counts(&self, but: impl Iterator<Item = u32>) -> Result<Vec<u32>> {
        let (mut counts, all) = (self.counts.clone(), (0..self.counts.len() as u32).collect::<Vec<_>>());
        let mut words = Vec::new();
        for doc in but {
            words.clear();
            decode(&self.numbered_words(doc)?, &all, &mut words).ok_or_else(lost)?;
            for &word in &words {
                counts[word as usize] -= 1;
            }
        }
        Ok(counts)
    }

    /// Returns what the words are, by number, if passages are found.
    pub fn texts(&self) -> &WordTexts {
        &self.texts
    }

    /// Returns the words of a document before which something stood that does not count.
    pub fn gaps(&self, doc: u32) -> &[u32] {
        let found = self.gaps.binary_search_by_key(&doc, |&(doc, _)| doc);
        found.map_or(&[], |at| self.gaps[at].1.as_slice())
    }

    /// Returns the hashes of all words, by number.
    pub fn word_hashes(&self) -> &[u64] {
        self.numbers.hashes()
    }

    /// Returns the name of a document as it was written.
    pub fn name(&self, doc: u32) -> Result<Vec<u8>> {
        self.documents[doc as usize].name.read(&self.names)
    }

    /// Returns the keys of a document, and its sketch.
    pub fn signs(&self, doc: u32) -> Result<(Vec<u64>, Sketch)> {
        let keys = self.keys.iter().map(|column| column.get(doc)).collect::<Result<_>>()?;
        Ok((keys, self.table.sketches.get(doc)?))
    }

    /// Returns the keys of some documents in a band.
    pub fn keys(&self, band: usize, docs: &[u32]) -> Result<Vec<u64>> {
        let all = self.keys[band].load()?;
        Ok(docs.iter().map(|&doc| all[doc as usize]).collect())
    }
}

fn length(bytes: usize) -> Result<u32> {
    u32::try_from(bytes)
        .map_err(|_| Error::TooMany { what: "bytes of words in a document", limit: u64::from(u32::MAX) })
}

fn lost() -> Error {
    Error::Io { path: "temporary data".into(), cause: std::io::ErrorKind::InvalidData.into() }
}
