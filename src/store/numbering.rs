//! Numbers for the words of all readers where their vocabularies do not fit in memory.
//!
//! A reader whose vocabulary has so many words begins another one, as another reader would, and the words of the first are
//! divided by shares of the order in which words are numbered. When all is read each share is sorted and numbered by itself.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytemuck::{Pod, Zeroable};
use doublon_core::text::{Lexicon, TokenId, Vocabulary, WordRecord};
use rayon::prelude::*;

use super::budget::Budget;
use super::partition::{Partition, Partitions, divide};
use crate::error::{Error, Result};

/// Words are numbered in so many shares.
const SHARES: usize = 1024;

/// About the bytes of memory that a reader takes for a word: what is known of it, in a list that grows, and its place in a table.
const BYTES_A_WORD: usize = 96;

/// Smaller vocabularies would be written down more often than is worth it.
const LEAST: usize = 512;

/// The vocabularies of the readers of a run: who numbers them, and those that have left memory.
pub(crate) struct Lexicons {
    next: AtomicU32,
    /// The most words of one vocabulary.
    most: usize,
    /// Bytes of words that are held before they go to disk.
    held: usize,
    folder: PathBuf,
    closed: Mutex<ClosedLexicons>,
}

/// Vocabularies that have left memory.
#[derive(Default)]
struct ClosedLexicons {
    /// None if there are none.
    shares: Option<Partitions<ReaderWord>>,
    /// Why one could not be written.
    failed: Option<Error>,
}

/// A word of one reader.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(super) struct ReaderWord {
    /// What is known of it; its number among the words of all readers, once they are numbered.
    pub word: WordRecord,
    /// Its number in the vocabulary of the reader.
    pub of_reader: TokenId,
    reader: u32,
}

/// The words of all readers with their numbers.
pub(super) struct NumberedWords {
    /// What is known of all words, if that fits in memory.
    pub vocabulary: Option<Vocabulary>,
    /// The number of the words of known text, if there are any.
    pub masked: Option<TokenId>,
    /// The words of each reader, in order of their numbers.
    pub tables: Vec<Partition<ReaderWord>>,
}

impl Lexicons {
    /// Makes those of as many readers as there are threads.
    pub fn new(budget: &Budget) -> Self {
        let most = (budget.lexicons() / rayon::current_num_threads() / BYTES_A_WORD).max(LEAST);
        let (next, folder) = (AtomicU32::new(0), budget.folder.clone());
        Self { next, most, held: budget.closed_lexicons(), folder, closed: Mutex::default() }
    }

    /// Returns the number of the next reader, counted from 0.
    pub(super) fn next_reader(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Returns whether a vocabulary has as many words as it may have.
    #[inline]
    pub(super) fn is_full(&self, lexicon: &Lexicon) -> bool {
        lexicon.len() >= self.most
    }

    /// Writes down the vocabulary of a reader, which has read all that it reads.
    pub(super) fn close(&self, reader: u32, lexicon: Lexicon) {
        let of_reader = |word: WordRecord| ReaderWord { of_reader: word.number, word, reader };
        let words: Vec<ReaderWord> = lexicon.into_records().into_iter().map(of_reader).collect();
        let divided = divide(&words, SHARES, |word| word.word.share(SHARES));
        drop(words);
        let mut closed = self.closed();
        let shares = closed.shares.get_or_insert_with(|| Partitions::new(SHARES, self.held, &self.folder));
        if let Err(failed) = shares.extend(divided) {
            closed.failed.get_or_insert(failed);
        }
    }

    /// Returns whether all vocabularies are in memory.
    pub(super) fn are_held(&self) -> bool {
        self.closed().shares.is_none()
    }

    /// # Errors
    ///
    /// If words could not be written.
    pub fn check(&self) -> Result<()> {
        self.closed().failed.take().map_or(Ok(()), Err)
    }

    /// Numbers the words of all readers, whose vocabularies are closed.
    pub(super) fn number(&self, budget: &Budget) -> Result<NumberedWords> {
        self.check()?;
        let shares = self.closed().shares.take();
        let mut numbering = Numbering::new(self.next.load(Ordering::Relaxed) as usize, budget);
        let mut shares = shares.map(Partitions::finish).unwrap_or_default().into_iter();
        shares.try_for_each(|share| numbering.add(share.load()?))?;
        Ok(numbering.finish())
    }

    fn closed(&self) -> MutexGuard<'_, ClosedLexicons> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Numbers words share by share.
struct Numbering {
    next: TokenId,
    vocabulary: Option<Vocabulary>,
    /// The most bytes of the vocabulary.
    most: usize,
    masked: Option<TokenId>,
    readers: usize,
    tables: Partitions<ReaderWord>,
}

impl Numbering {
    fn new(readers: usize, budget: &Budget) -> Self {
        let tables = Partitions::new(readers, budget.closed_lexicons(), &budget.folder);
        let (vocabulary, most) = (Some(Vocabulary::default()), budget.vocabulary());
        Self { next: 0, vocabulary, most, masked: None, readers, tables }
    }

    /// Takes the words of the next share.
    fn add(&mut self, mut words: Vec<ReaderWord>) -> Result<()> {
        words.par_sort_unstable_by_key(|word| (word.word.order(), word.reader));
        for same in words.chunk_by_mut(|x, y| x.word.order() == y.word.order()) {
            let number = self.next;
            let too_many = || Error::TooMany { what: "distinct words", limit: u64::from(u32::MAX) };
            self.next = number.checked_add(1).ok_or_else(too_many)?;
            for word in &mut *same {
                word.word.number = number;
            }
            self.masked = self.masked.or(same[0].word.is_masked().then_some(number));
            self.keep(&same[0].word);
        }
        self.tables.extend(divide(&words, self.readers, |word| word.reader as usize))
    }

    fn keep(&mut self, word: &WordRecord) {
        if let Some(vocabulary) = &mut self.vocabulary {
            vocabulary.push_record(word);
            if vocabulary.held_bytes() > self.most {
                self.vocabulary = None;
            }
        }
    }

    fn finish(self) -> NumberedWords {
        let Self { vocabulary, masked, tables, .. } = self;
        NumberedWords { vocabulary, masked, tables: tables.finish() }
    }
}
