//! Documents as sequences of word numbers, four bytes a word, in memory or in a temporary file.
//!
//! Words are numbered while the documents are read, by each thread in a vocabulary of its own, and anew for all when
//! the last one is read. Which thread read what has no influence on the last numbers.

use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;

use super::column::SpillColumn;
use crate::error::Result;
use doublon_core::cluster::Breaks;
use doublon_core::cluster::families::Occurrence;
use doublon_core::hash::mix;
use doublon_core::kernel::Masks;
use doublon_core::text::{Lexicon, Token, TokenId, TokenReader, Tokenizer, Vocabulary, sentence_starts};
use doublon_core::{Config, Scope};

/// The words of all documents.
#[derive(Default)]
pub(crate) struct Words {
    pub vocabulary: Vocabulary,
    tokens: SpillColumn<TokenId>,
    /// For each document how many words it and those before it have.
    ends: Vec<u64>,
    short_lines: Vec<ShortLine>,
    /// The first words of the sentences of all documents but the first of each, and for each document how many it and those
    /// before it have.
    breaks: SpillColumn<u32>,
    break_ends: Vec<u64>,
    /// Where the words of one reader end, and the number of the reader.
    readers: Vec<(u64, u32)>,
    /// For each reader the last number of each of its words, where tokens have the reader's numbers.
    numbers: Vec<Vec<TokenId>>,
}

/// The words of a document as they are read from a file, which are kept: they may be asked for again.
#[derive(Default)]
pub(crate) struct HeldWords {
    doc: Option<u32>,
    tokens: Vec<TokenId>,
}

/// A line of few words that stands more than once in its document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ShortLine {
    doc: u32,
    key: u64,
    start: u32,
    words: u32,
}

/// The words of some documents next to each other.
#[derive(Default)]
pub(crate) struct WordRows {
    reader: u32,
    tokens: Vec<TokenId>,
    ends: Vec<usize>,
    short_lines: Vec<ShortLine>,
    breaks: Vec<u32>,
    break_ends: Vec<usize>,
}

/// Turns texts into sequences of words. Each thread has its own.
pub(crate) struct WordReader {
    number: u32,
    tokenizer: Tokenizer,
    /// Tells words apart by a seed that nobody knows.
    private: Tokenizer,
    tokens: TokenReader,
    lexicon: Lexicon,
    /// The most words of a line that is short; 0 if such lines are not looked for.
    short_line: usize,
}

impl WordReader {
    /// Makes the reader number `number`, counted from 0, which tells words apart by a seed of its own.
    pub fn new(number: u32, config: &Config, seed: u64) -> Self {
        let short_line = if config.scope == Scope::Across { 0 } else { config.windows.words - 1 };
        let tokenizer = Tokenizer::new(config.text, config.seed);
        let private = Tokenizer::new(config.text, seed);
        Self { number, tokens: private.reader(), private, tokenizer, lexicon: Lexicon::default(), short_line }
    }

    /// Appends a document, in which known text stands where `masks` are, to `rows`, which hold documents of this reader
    /// only.
    pub fn add(&mut self, text: &str, masks: &Masks, rows: &mut WordRows) {
        let Self { number, tokenizer, private, tokens, lexicon, short_line } = self;
        rows.reader = *number;
        let start = rows.tokens.len();
        let mut known = masks.cursor();
        let mut sentences = sentence_starts(text).into_iter().peekable();
        let mut lines = ShortLines { doc: rows.ends.len() as u32, most: *short_line, ..ShortLines::default() };
        tokens.for_each(text, |token| {
            let at = rows.tokens.len() - start;
            if at == u32::MAX as usize {
                return;
            }
            let Token { hash, span } = token;
            lines.add(hash, &text.as_bytes()[lines.end.min(span.start)..span.start], at);
            lines.end = span.end;
            let mut begins = false;
            while sentences.next_if(|&start| start <= span.start).is_some() {
                begins = at > 0;
            }
            if begins {
                rows.breaks.push(at as u32);
            }
            if known.has(span) {
                lines.is_known = true;
                rows.tokens.push(lexicon.masked());
                return;
            }
            rows.tokens.push(lexicon.number_by(hash, || private.word(text, token), |word| tokenizer.hash(word)));
        });
        lines.repeated(rows.tokens.len() - start, &mut rows.short_lines);
        rows.ends.push(rows.tokens.len());
        rows.break_ends.push(rows.breaks.len());
    }
}

impl WordRows {
    /// Drops the documents after the first `documents`, and what there is of another.
    pub fn truncate(&mut self, documents: usize) {
        self.ends.truncate(documents);
        self.tokens.truncate(self.ends.last().copied().unwrap_or(0));
        self.short_lines.retain(|line| (line.doc as usize) < documents);
        self.break_ends.truncate(documents);
        self.breaks.truncate(self.break_ends.last().copied().unwrap_or(0));
    }
}

impl Words {
    pub fn append(&mut self, rows: &WordRows) {
        // Where passages are not compared there is no reader either.
        if rows.ends.is_empty() {
            return;
        }
        let (words, first) = (self.tokens.len() as u64, self.ends.len() as u32);
        let breaks = self.breaks.len() as u64;
        self.breaks.extend(&rows.breaks);
        self.break_ends.extend(rows.break_ends.iter().map(|&end| breaks + end as u64));
        self.tokens.extend(&rows.tokens);
        self.ends.extend(rows.ends.iter().map(|&end| words + end as u64));
        self.short_lines.extend(rows.short_lines.iter().map(|&line| ShortLine { doc: first + line.doc, ..line }));
        let end = self.tokens.len() as u64;
        match self.readers.last_mut() {
            Some(last) if last.1 == rows.reader => last.0 = end,
            _ => self.readers.push((end, rows.reader)),
        }
    }

    pub fn held_bytes(&self) -> usize {
        self.tokens.held_bytes() + self.breaks.held_bytes()
    }

    pub fn spill(&mut self, folder: &Path) -> Result<()> {
        self.tokens.spill(folder)?;
        self.breaks.spill(folder)
    }

    /// Gives all words their last numbers, when all documents are read.
    pub fn finish(&mut self, mut readers: Vec<WordReader>) {
        readers.sort_unstable_by_key(|reader| reader.number);
        let lexicons: Vec<Lexicon> = readers
            .into_iter()
            .map(|mut reader| {
                reader.lexicon.finish();
                reader.lexicon
            })
            .collect();
        (self.vocabulary, self.numbers) = Vocabulary::merge(&lexicons);
        if let Some(tokens) = self.tokens.held_mut() {
            renumber(tokens, &self.readers, &self.numbers);
            (self.readers, self.numbers) = (Vec::new(), Vec::new());
        }
    }

    /// Returns the number of words.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Returns how many words a document and those before it have.
    pub fn end(&self, doc: u32) -> u64 {
        self.ends[doc as usize]
    }

    /// Returns how many words a document has.
    pub fn count(&self, doc: u32) -> u64 {
        self.end(doc) - doc.checked_sub(1).map_or(0, |before| self.end(before))
    }

    /// Returns the words of a document.
    pub(crate) fn tokens<'a>(&'a self, doc: u32, held: &'a mut HeldWords) -> Result<&'a [TokenId]> {
        if held.doc == Some(doc) {
            return Ok(&held.tokens);
        }
        held.doc = None;
        let stretch = self.range(doc);
        if self.numbers.is_empty() {
            return self.tokens.stretch(stretch, &mut held.tokens);
        }
        self.read(stretch, &mut held.tokens)?;
        held.doc = Some(doc);
        Ok(&held.tokens)
    }

    /// Returns some of the words of a document, as far as it has them.
    pub(crate) fn part<'a>(&'a self, doc: u32, words: Range<usize>, held: &'a mut HeldWords) -> Result<&'a [TokenId]> {
        let of_doc = self.range(doc);
        let in_doc = |at: usize| (of_doc.start + at).min(of_doc.end);
        let stretch = in_doc(words.start)..in_doc(words.end);
        held.doc = None;
        if self.numbers.is_empty() {
            return self.tokens.stretch(stretch, &mut held.tokens);
        }
        self.read(stretch, &mut held.tokens)?;
        Ok(&held.tokens)
    }

    /// Counts the short lines that stand more than once in one of the documents `included`, which are in order, leaving
    /// out those that lie inside a place of `listed`.
    pub(crate) fn short_lines_outside<'o>(
        &self,
        included: &[u32],
        listed: impl Iterator<Item = &'o Occurrence>,
    ) -> u64 {
        let mut spans: Vec<&Occurrence> = listed.collect();
        spans.sort_unstable();
        let reach: Vec<(u32, u32)> = spans
            .iter()
            .scan((0, 0), |farthest, span| {
                *farthest = (span.doc, span.end).max(*farthest);
                Some(*farthest)
            })
            .collect();
        let inside = |line: &ShortLine| {
            let before = spans.partition_point(|span| (span.doc, span.start) <= (line.doc, line.start));
            before > 0 && reach[before - 1] >= (line.doc, line.start + line.words)
        };
        let documents = self.short_lines.chunk_by(|x, y| x.doc == y.doc);
        let documents = documents.filter(|lines| included.binary_search(&lines[0].doc).is_ok());
        let outside: Vec<&ShortLine> = documents.flatten().filter(|line| !inside(line)).collect();
        let repeated = outside.chunk_by(|x, y| (x.doc, x.key) == (y.doc, y.key)).filter(|lines| lines.len() > 1);
        let mut keys: Vec<u64> = repeated.map(|lines| lines[0].key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.len() as u64
    }

    /// Returns where the sentences of some documents begin, which are in order.
    pub(crate) fn breaks(&self, docs: &[u32]) -> Result<Breaks> {
        let (mut all, mut held) = (Breaks::default(), Vec::new());
        for &doc in docs {
            let start = doc.checked_sub(1).map_or(0, |before| self.break_ends[before as usize]);
            let stretch = start as usize..self.break_ends[doc as usize] as usize;
            all.push(doc, self.breaks.stretch(stretch, &mut held)?, self.count(doc) as u32);
        }
        Ok(all)
    }

    fn range(&self, doc: u32) -> Range<usize> {
        let start = doc.checked_sub(1).map_or(0, |before| self.end(before));
        start as usize..self.end(doc) as usize
    }

    /// Reads a stretch of one document, which has one reader, from the file.
    fn read(&self, stretch: Range<usize>, out: &mut Vec<TokenId>) -> Result<()> {
        let reader = self.readers.partition_point(|&(end, _)| end <= stretch.start as u64);
        self.tokens.stretch(stretch, out)?;
        if let Some(&(_, reader)) = self.readers.get(reader) {
            replace(out, &self.numbers[reader as usize]);
        }
        Ok(())
    }
}

/// Gives each token the number that replaces that of its reader.
fn renumber(mut tokens: &mut [TokenId], readers: &[(u64, u32)], numbers: &[Vec<TokenId>]) {
    let (mut parts, mut start) = (Vec::with_capacity(readers.len()), 0);
    for &(end, reader) in readers {
        let (part, rest) = tokens.split_at_mut((end - start) as usize);
        parts.push((part, &numbers[reader as usize]));
        (tokens, start) = (rest, end);
    }
    parts.into_par_iter().for_each(|(part, numbers)| replace(part, numbers));
}

fn replace(tokens: &mut [TokenId], numbers: &[TokenId]) {
    for token in tokens {
        *token = numbers[*token as usize];
    }
}

/// Collects the short lines of a document while it is read.
#[derive(Default)]
struct ShortLines {
    doc: u32,
    /// The most words of a line that is collected.
    most: usize,
    /// Where the last word ended.
    end: usize,
    start: usize,
    key: u64,
    /// Whether the line has a word of known text.
    is_known: bool,
    found: Vec<ShortLine>,
}

impl ShortLines {
    /// Takes the word number `at`, and what stands between it and the one before.
    fn add(&mut self, hash: u64, gap: &[u8], at: usize) {
        if gap.contains(&b'\n') {
            self.close(at);
        }
        // Longer lines are not collected.
        if at - self.start < self.most {
            self.key = mix(self.key ^ hash);
        }
    }

    fn close(&mut self, at: usize) {
        let words = at - self.start;
        if (1..=self.most).contains(&words) && !self.is_known {
            self.found.push(ShortLine { doc: self.doc, key: self.key, start: self.start as u32, words: words as u32 });
        }
        (self.start, self.key, self.is_known) = (at, 0, false);
    }

    /// Appends the lines that stand more than once, equal ones next to each other.
    fn repeated(mut self, words: usize, out: &mut Vec<ShortLine>) {
        self.close(words);
        self.found.sort_unstable();
        self.found.chunk_by(|x, y| x.key == y.key).filter(|lines| lines.len() > 1).for_each(|lines| out.extend(lines));
    }
}
