//! What is known of words, where that does not fit in memory.
//!
//! Minima of windows need one hash of each word, which lies beside its number. What alignments need besides is written down
//! for the documents that have a candidate, each distinct word of a document once, so that two documents have a small
//! vocabulary of their own.

use std::path::Path;

use doublon_core::text::{TokenId, Vocabulary, WordRecord};

use super::budget::Budget;
use super::column::SpillColumn;
use super::numbering::ReaderWord;
use super::part::{PartReader, PartWriter};
use super::partition::{Partition, Partitions};
use crate::error::Result;

/// Bytes of a column that are held before they go to disk.
const HELD: usize = 4 << 20;

/// What is known of the words of all documents.
#[derive(Default)]
pub(super) struct SpilledWords {
    pub masked: Option<TokenId>,
    /// Of each word of each document the hash without accents.
    pub folded: SpillColumn<u64>,
    /// The distinct words of some documents, in order of their numbers.
    records: SpillColumn<WordRecord>,
    /// For each document how many of them it and those before it have.
    ends: SpillColumn<u64>,
}

/// The words of the readers, of which those that were asked for last are held.
pub(super) struct ReaderTables {
    tables: Vec<Partition<ReaderWord>>,
    held: Vec<(u32, ReaderTable)>,
    most: usize,
}

/// The words of one reader.
pub(super) struct ReaderTable {
    /// What is known of them, in order of their numbers.
    pub words: Vec<WordRecord>,
    /// For each word of the reader its place among those.
    pub places: Vec<u32>,
}

impl ReaderTables {
    pub fn new(tables: Vec<Partition<ReaderWord>>) -> Self {
        // Each thread reads with one, and in another block may have begun the next.
        Self { tables, held: Vec::new(), most: rayon::current_num_threads() + 1 }
    }

    /// Writes down the words of all readers.
    pub fn save(&self, part: &mut PartWriter) -> Result<()> {
        part.number(self.tables.len() as u64)?;
        self.tables.iter().try_for_each(|table| part.values(&table.read()?))
    }

    /// Reads what [`save`](Self::save) wrote.
    pub fn load(part: &mut PartReader, budget: &Budget) -> Result<Self> {
        let count = part.number()? as usize;
        let mut tables = Partitions::new(count, budget.closed_lexicons(), &budget.folder);
        for reader in 0..count {
            let mut divided: Vec<Vec<ReaderWord>> = (0..count).map(|_| Vec::new()).collect();
            divided[reader] = part.values()?;
            tables.extend(divided)?;
        }
        Ok(Self::new(tables.finish()))
    }

    /// Returns the words of a reader.
    pub fn of(&mut self, reader: u32) -> Result<&ReaderTable> {
        if let Some(at) = self.held.iter().position(|&(held, _)| held == reader) {
            let held = self.held.remove(at);
            self.held.push(held);
        } else {
            if self.held.len() >= self.most {
                self.held.remove(0);
            }
            self.held.push((reader, ReaderTable::new(&self.tables[reader as usize].read()?)));
        }
        Ok(&self.held[self.held.len() - 1].1)
    }
}

impl ReaderTable {
    fn new(table: &[ReaderWord]) -> Self {
        let mut places = vec![0; table.len()];
        table.iter().zip(0..).for_each(|(word, place)| places[word.of_reader as usize] = place);
        Self { words: table.iter().map(|word| word.word).collect(), places }
    }

    /// Returns what is known of a word by its number in the vocabulary of the reader.
    pub fn of_reader(&self, word: TokenId) -> &WordRecord {
        &self.words[self.places[word as usize] as usize]
    }

    /// Appends what is known of some words, by their numbers among those of all readers, which are in order; those that the
    /// reader does not have are left out.
    fn collect(&self, numbers: &[TokenId], records: &mut Vec<WordRecord>) {
        let found =
            numbers.iter().filter_map(|number| self.words.binary_search_by_key(number, |word| word.number).ok());
        records.extend(found.map(|at| self.words[at]));
    }
}

impl SpilledWords {
    pub fn new(masked: Option<TokenId>) -> Self {
        Self { masked, ..Self::default() }
    }

    /// Writes down what was added of words that are not [described](Self::add_document) yet.
    pub fn save(&self, part: &mut PartWriter) -> Result<()> {
        part.json(&self.masked)?;
        part.column(&self.folded)
    }

    /// Reads what [`save`](Self::save) wrote.
    pub fn load(part: &mut PartReader) -> Result<Self> {
        Ok(Self { masked: part.json()?, folded: part.column()?, ..Self::default() })
    }

    pub fn add_folded(&mut self, hashes: &[u64], folder: &Path) -> Result<()> {
        self.folded.extend(hashes);
        if self.folded.held_bytes() > HELD { self.folded.spill(folder) } else { Ok(()) }
    }

    /// Adds what is known of the words of the next document, whose numbers are in order, by those who read it.
    pub fn add_document(
        &mut self,
        numbers: &[TokenId],
        readers: impl Iterator<Item = u32>,
        tables: &mut ReaderTables,
        folder: &Path,
    ) -> Result<()> {
        let mut records = Vec::with_capacity(numbers.len());
        for reader in readers {
            tables.of(reader)?.collect(numbers, &mut records);
        }
        records.sort_unstable_by_key(|record| record.number);
        records.dedup_by_key(|record| record.number);
        self.records.extend(&records);
        self.ends.extend(&[self.records.len() as u64]);
        if self.records.held_bytes() + self.ends.held_bytes() < HELD {
            return Ok(());
        }
        self.records.spill(folder)?;
        self.ends.spill(folder)
    }

    /// Replaces `records` by what is known of the words of a document, in order of their numbers.
    fn records(&self, doc: u32, records: &mut Vec<WordRecord>) -> Result<()> {
        let start = doc.checked_sub(1).map_or(Ok(0), |before| self.ends.get(before))? as usize;
        let stretch = start..self.ends.get(doc)? as usize;
        self.records.copy(stretch, records)
    }
}

/// The words of two documents, numbered in a vocabulary of their own. Their order is that of the numbers in all documents.
#[derive(Default)]
pub(super) struct LocalWords {
    docs: Option<[u32; 2]>,
    records: [(Option<u32>, Vec<WordRecord>); 2],
    numbers: Vec<TokenId>,
    pub vocabulary: Vocabulary,
    pub tokens: [Vec<TokenId>; 2],
}

impl LocalWords {
    /// Returns whether it is of these documents.
    pub fn is_of(&self, docs: [u32; 2]) -> bool {
        self.docs == Some(docs)
    }

    /// Becomes the vocabulary of two documents, or of one, which then is both.
    pub fn join(&mut self, docs: [u32; 2], known: &SpilledWords, tokens: [&[TokenId]; 2]) -> Result<()> {
        self.docs = None;
        let sides = if docs[0] == docs[1] { 1 } else { 2 };
        for (doc, (of, records)) in docs.iter().zip(&mut self.records).take(sides) {
            if *of != Some(*doc) {
                *of = None;
                known.records(*doc, records)?;
                *of = Some(*doc);
            }
        }
        self.merge(sides);
        for (tokens, local) in tokens.into_iter().zip(&mut self.tokens).take(sides) {
            local.clear();
            // Each word of a document is among what is known of it.
            local.extend(tokens.iter().map(|token| self.numbers.partition_point(|number| number < token) as TokenId));
        }
        self.docs = Some(docs);
        Ok(())
    }

    /// Joins the words of the documents in order of their numbers.
    fn merge(&mut self, sides: usize) {
        let Self { records: [(_, a), (_, b)], numbers, vocabulary, .. } = self;
        let b = if sides == 2 { b.as_slice() } else { &[] };
        numbers.clear();
        vocabulary.clear();
        let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
        loop {
            let is_a = match (a.peek(), b.peek()) {
                (Some(a), Some(b)) => a.number <= b.number,
                (None, None) => return,
                (of_a, _) => of_a.is_some(),
            };
            let Some(next) = (if is_a { a.next() } else { b.next() }) else { return };
            b.next_if(|b| b.number == next.number);
            numbers.push(next.number);
            vocabulary.push_record(next);
        }
    }
}
