//! Documents as sequences of word numbers, four bytes a word, in memory or in a temporary file.
//!
//! Words are numbered while the documents are read, by each thread in a vocabulary of its own, and anew for all when
//! the last one is read. Which thread read what has no influence on the last numbers. Where vocabularies outgrow their part
//! of the memory, `numbering` numbers the words on disk, and `known` tells what is known of those of two documents.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::budget::Budget;
use super::column::SpillColumn;
use super::known::{LocalWords, ReaderTables, SpilledWords};
use super::numbering::{Lexicons, NumberedWords};
use super::part::{PartReader, PartWriter};
use crate::error::Result;
use doublon_core::cluster::Breaks;
use doublon_core::cluster::families::Occurrence;
use doublon_core::hash::mix;
use doublon_core::kernel::{Masks, PostingMaker};
use doublon_core::text::{Lexicon, Token, TokenId, TokenReader, Tokenizer, Vocabulary, sentence_starts};
use doublon_core::{Config, Scope, Span};

/// The words of all documents.
#[derive(Default)]
pub(crate) struct Words {
    known: KnownWords,
    tokens: SpillColumn<TokenId>,
    /// For each document how many words it and those before it have.
    ends: SpillColumn<u64>,
    short_lines: Vec<ShortLine>,
    /// The first words of the sentences of all documents but the first of each, and for each document how many it and those
    /// before it have.
    breaks: SpillColumn<u32>,
    break_ends: SpillColumn<u64>,
    /// Where the words of one reader end, and the number of the reader.
    readers: Vec<(u64, u32)>,
    /// For each reader the last number of each of its words, where tokens have the reader's numbers.
    numbers: Vec<Vec<TokenId>>,
}

/// What is known of all words.
enum KnownWords {
    Held(Vocabulary),
    /// With the words of each reader, until they are written down by document.
    OnDisk(SpilledWords, Option<ReaderTables>),
}

impl Default for KnownWords {
    fn default() -> Self {
        Self::Held(Vocabulary::default())
    }
}

/// The words of a document as they are read from a file, which are kept: they may be asked for again.
#[derive(Default)]
pub(crate) struct HeldWords {
    doc: Option<u32>,
    tokens: Vec<TokenId>,
}

/// Words of a document from a place on, some of which were read ahead: the next place asked for may be near.
#[derive(Default)]
pub(crate) struct WordsAhead {
    doc: Option<u32>,
    start: usize,
    tokens: Vec<TokenId>,
}

/// So many words are read ahead.
const AHEAD: usize = 512;

/// The words of two documents and what is known of them, with memory that is used again.
#[derive(Default)]
pub(crate) struct PairWords {
    held: [HeldWords; 2],
    local: LocalWords,
}

/// A line of few words that stands more than once in its document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ShortLine {
    doc: u32,
    key: u64,
    start: u32,
    words: u32,
}

impl ShortLine {
    fn packed(&self) -> [u64; 3] {
        [self.key, self.doc.into(), u64::from(self.start) << 32 | u64::from(self.words)]
    }

    fn of_packed([key, doc, place]: [u64; 3]) -> Self {
        Self { doc: doc as u32, key, start: (place >> 32) as u32, words: place as u32 }
    }
}

/// The words of some documents next to each other.
#[derive(Default)]
pub(crate) struct WordRows {
    /// Where the words of one reader end, and the number of the reader.
    readers: Vec<(usize, u32)>,
    tokens: Vec<TokenId>,
    ends: Vec<usize>,
    short_lines: Vec<ShortLine>,
    breaks: Vec<u32>,
    break_ends: Vec<usize>,
    /// The keys of the windows of all documents, if they are asked for.
    pub keys: Vec<u64>,
}

/// Turns texts into sequences of words. Each thread has its own.
pub(crate) struct WordReader {
    tokens: TokenReader,
    words: WordNumberer,
    /// The most words of a line that is short; 0 if such lines are not looked for.
    short_line: usize,
}

/// Numbers the words of one reader after another.
struct WordNumberer {
    /// The number of the reader.
    number: u32,
    tokenizer: Tokenizer,
    /// Tells words apart by a seed that nobody knows.
    private: Arc<Tokenizer>,
    lexicon: Lexicon,
    lexicons: Arc<Lexicons>,
    /// Words of a document that have no number yet: their hashes, and where they stand.
    keys: Vec<u64>,
    spans: Vec<Span>,
    /// Makes the keys of windows, if they are asked for.
    windows: Option<KeyReader>,
}

/// Makes the keys of the windows of documents word by word.
struct KeyReader {
    maker: PostingMaker,
    /// The hashes without accents of the words of the document so far that are no known text.
    folded: Vec<u64>,
    /// The words of those before which known text stood.
    gaps: Vec<u32>,
}

impl KeyReader {
    /// Takes the next words of the document, by their numbers in a vocabulary.
    fn add(&mut self, words: &[TokenId], lexicon: &Lexicon) {
        for folded in words.iter().map(|&word| lexicon.folded_hash(word)) {
            let at = self.folded.len() as u32;
            match folded {
                Some(folded) => self.folded.push(folded),
                None if self.gaps.last() != Some(&at) => self.gaps.push(at),
                None => {}
            }
        }
    }

    /// Ends a document: appends its keys to `keys`.
    fn close(&mut self, keys: &mut Vec<u64>) {
        self.maker.keys(&self.folded, &self.gaps, |key| keys.push(key));
        self.clear();
    }

    fn clear(&mut self) {
        self.folded.clear();
        self.gaps.clear();
    }
}

/// Words that are numbered together.
const TOGETHER: usize = 128;

impl WordReader {
    /// Makes the next reader, which tells words apart by a seed of its own.
    pub fn new(lexicons: &Arc<Lexicons>, config: &Config, seed: u64) -> Self {
        let short_line = if config.scope == Scope::Across { 0 } else { config.windows.words - 1 };
        let tokenizer = Tokenizer::new(config.text, config.seed);
        let private = Tokenizer::new(config.text, seed);
        let tokens = private.reader();
        let words = WordNumberer {
            number: lexicons.next_reader(),
            tokenizer,
            private: private.into(),
            lexicon: Lexicon::default(),
            lexicons: Arc::clone(lexicons),
            keys: Vec::with_capacity(TOGETHER),
            spans: Vec::with_capacity(TOGETHER),
            windows: None,
        };
        Self { tokens, words, short_line }
    }

    /// Asks for the keys of the windows of documents.
    #[must_use]
    pub fn with_keys(self, config: &Config) -> Self {
        let keys = KeyReader { maker: PostingMaker::new(config), folded: Vec::new(), gaps: Vec::new() };
        let words = WordNumberer { windows: Some(keys), ..self.words };
        Self { words, ..self }
    }

    /// Appends a document whose words `each_word` gives in order: the hash of each by the seed of this reader and the word, or
    /// none for known text.
    #[cfg(feature = "index")]
    pub fn add_words(
        &mut self,
        each_word: impl FnOnce(&mut dyn FnMut(Option<(u64, &str)>)) -> Result<()>,
        rows: &mut WordRows,
    ) -> Result<()> {
        let (words, mut forms) = (&mut self.words, String::new());
        words.start();
        each_word(&mut |word| {
            let (key, word) = word.unwrap_or((Lexicon::masked_key(), ""));
            let start = forms.len();
            forms.push_str(word);
            words.keys.push(key);
            words.spans.push(Span::new(start, forms.len()));
            if words.keys.len() == TOGETHER {
                words.number(|_, span| &forms[span.start..span.end], rows);
                forms.clear();
            }
        })?;
        words.number(|_, span| &forms[span.start..span.end], rows);
        rows.close_reader(words.number);
        rows.ends.push(rows.tokens.len());
        rows.break_ends.push(rows.breaks.len());
        Ok(())
    }

    /// Appends a document, in which known text stands where `masks` are, to `rows`.
    pub fn add(&mut self, text: &str, masks: &Masks, rows: &mut WordRows) {
        let Self { tokens, words, short_line } = self;
        words.start();
        let (mut at, mut known) = (0, masks.cursor());
        let mut sentences = sentence_starts(text).into_iter().peekable();
        let mut lines = ShortLines { doc: rows.ends.len() as u32, most: *short_line, ..ShortLines::default() };
        tokens.for_each(text, |token| {
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
            let is_known = known.has(span);
            lines.is_known |= is_known;
            words.push(if is_known { Lexicon::masked_key() } else { hash }, span, text, rows);
            at += 1;
        });
        words.finish(text, rows);
        lines.repeated(at, &mut rows.short_lines);
        rows.ends.push(rows.tokens.len());
        rows.break_ends.push(rows.breaks.len());
    }
}

impl WordNumberer {
    /// Forgets what is left of a document that could not be read to its end.
    fn start(&mut self) {
        self.keys.clear();
        self.spans.clear();
        if let Some(windows) = &mut self.windows {
            windows.clear();
        }
    }

    #[inline]
    fn push(&mut self, key: u64, span: Span, text: &str, rows: &mut WordRows) {
        self.keys.push(key);
        self.spans.push(span);
        if self.keys.len() == TOGETHER {
            self.number_in(text, rows);
        }
    }

    /// Numbers the last words of a document.
    fn finish(&mut self, text: &str, rows: &mut WordRows) {
        self.number_in(text, rows);
        rows.close_reader(self.number);
        if let Some(windows) = &mut self.windows {
            windows.close(&mut rows.keys);
        }
    }

    /// Numbers the words of a text that have no number.
    fn number_in(&mut self, text: &str, rows: &mut WordRows) {
        let private = Arc::clone(&self.private);
        self.number(|hash, span| private.word(text, Token { hash, span }), rows);
    }

    /// Numbers the words that have none: `word` tells each by its key and its span.
    fn number<W: AsRef<str>>(&mut self, word: impl Fn(u64, Span) -> W, rows: &mut WordRows) {
        if self.lexicons.is_full(&self.lexicon) {
            rows.close_reader(self.number);
            let number = std::mem::replace(&mut self.number, self.lexicons.next_reader());
            self.lexicons.close(number, std::mem::take(&mut self.lexicon));
        }
        let (Self { keys, spans, tokenizer, windows, lexicon, .. }, first) = (self, rows.tokens.len());
        lexicon.number_all(keys, &mut rows.tokens, |at| word(keys[at], spans[at]), |word| tokenizer.hash(word));
        if let Some(windows) = windows {
            windows.add(&rows.tokens[first..], lexicon);
        }
        keys.clear();
        spans.clear();
    }
}

impl WordRows {
    /// The words so far that no reader has are those of reader `number`.
    fn close_reader(&mut self, number: u32) {
        add_reader(&mut self.readers, self.tokens.len(), number);
    }

    /// Drops the documents after the first `documents`, and what there is of another.
    pub fn truncate(&mut self, documents: usize) {
        self.ends.truncate(documents);
        self.tokens.truncate(self.ends.last().copied().unwrap_or(0));
        self.readers.iter_mut().for_each(|(end, _)| *end = self.tokens.len().min(*end));
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
        self.break_ends.extend_by(rows.break_ends.iter().map(|&end| breaks + end as u64));
        self.tokens.extend(&rows.tokens);
        self.ends.extend_by(rows.ends.iter().map(|&end| words + end as u64));
        self.short_lines.extend(rows.short_lines.iter().map(|&line| ShortLine { doc: first + line.doc, ..line }));
        rows.readers.iter().for_each(|&(end, reader)| add_reader(&mut self.readers, words + end as u64, reader));
    }

    /// Returns the words of the documents of `before` and then of these; none has its last number yet.
    #[cfg(feature = "index")]
    pub fn behind(self, mut before: Self, budget: &Budget) -> Result<Self> {
        let [words, breaks] = [before.tokens.len() as u64, before.breaks.len() as u64];
        let first = before.ends.len() as u32;
        before.tokens.append_by(&self.tokens, |word| word, &budget.folder)?;
        before.ends.append_by(&self.ends, |end| words + end, &budget.folder)?;
        before.breaks.append_by(&self.breaks, |word| word, &budget.folder)?;
        before.break_ends.append_by(&self.break_ends, |end| breaks + end, &budget.folder)?;
        before.short_lines.extend(self.short_lines.into_iter().map(|line| ShortLine { doc: first + line.doc, ..line }));
        self.readers.iter().for_each(|&(end, reader)| add_reader(&mut before.readers, words + end, reader));
        Ok(before)
    }

    pub fn held_bytes(&self) -> usize {
        let ends = self.ends.held_bytes() + self.break_ends.held_bytes();
        self.tokens.held_bytes() + self.breaks.held_bytes() + ends
    }

    pub fn spill(&mut self, folder: &Path) -> Result<()> {
        self.tokens.spill(folder)?;
        self.breaks.spill(folder)?;
        self.ends.spill(folder)?;
        self.break_ends.spill(folder)
    }

    /// Gives all words their last numbers, when all documents are read.
    pub fn finish(&mut self, mut readers: Vec<WordReader>, lexicons: &Lexicons, budget: &Budget) -> Result<()> {
        readers.sort_unstable_by_key(|reader| reader.words.number);
        if lexicons.are_held() {
            self.number_held(readers.into_iter().map(|reader| reader.words.lexicon));
            return Ok(());
        }
        for reader in readers {
            lexicons.close(reader.words.number, reader.words.lexicon);
        }
        let NumberedWords { vocabulary, masked, tables } = lexicons.number(budget)?;
        let mut tables = ReaderTables::new(tables);
        let mut spilled = SpilledWords::new(masked);
        let is_held = vocabulary.is_some();
        let (readers, mut hashes) = (&self.readers, Vec::new());
        self.tokens.change_chunks(|first, tokens| {
            hashes.clear();
            for (range, reader) in by_reader(readers, first as u64..(first + tokens.len()) as u64) {
                let table = tables.of(reader)?;
                for token in &mut tokens[range] {
                    let word = table.of_reader(*token);
                    *token = word.number;
                    hashes.push(word.folded_hash());
                }
            }
            if is_held { Ok(()) } else { spilled.add_folded(&hashes, &budget.folder) }
        })?;
        self.known = vocabulary.map_or_else(|| KnownWords::OnDisk(spilled, Some(tables)), KnownWords::Held);
        Ok(())
    }

    /// Writes down the words when all have their last numbers, and none was [described](Self::describe).
    pub fn save(&self, part: &mut PartWriter) -> Result<()> {
        match &self.known {
            KnownWords::Held(vocabulary) => {
                part.number(0)?;
                part.values(&vocabulary.records().collect::<Vec<_>>())?;
            }
            KnownWords::OnDisk(spilled, tables) => {
                part.number(1)?;
                spilled.save(part)?;
                tables.as_ref().map_or(Ok(()), |tables| tables.save(part))?;
            }
        }
        part.column(&self.tokens)?;
        part.column(&self.ends)?;
        part.column(&self.breaks)?;
        part.column(&self.break_ends)?;
        part.values(&self.short_lines.iter().map(ShortLine::packed).collect::<Vec<_>>())?;
        part.values(&self.readers.iter().map(|&(end, reader)| [end, reader.into()]).collect::<Vec<_>>())?;
        part.number(self.numbers.len() as u64)?;
        self.numbers.iter().try_for_each(|numbers| part.values(numbers))
    }

    /// Reads what [`save`](Self::save) wrote.
    pub fn load(part: &mut PartReader, budget: &Budget) -> Result<Self> {
        let known = if part.number()? == 0 {
            KnownWords::Held(Vocabulary::of_records(&part.values()?))
        } else {
            KnownWords::OnDisk(SpilledWords::load(part)?, Some(ReaderTables::load(part, budget)?))
        };
        let (tokens, ends, breaks, break_ends) = (part.column()?, part.column()?, part.column()?, part.column()?);
        let short_lines = part.values()?.into_iter().map(ShortLine::of_packed).collect();
        let readers = part.values()?.into_iter().map(|[end, reader]: [u64; 2]| (end, reader as u32)).collect();
        let numbers = (0..part.number()?).map(|_| part.values()).collect::<Result<_>>()?;
        Ok(Self { known, tokens, ends, short_lines, breaks, break_ends, readers, numbers })
    }

    fn number_held(&mut self, lexicons: impl Iterator<Item = Lexicon>) {
        let finished = |mut lexicon: Lexicon| {
            lexicon.finish();
            lexicon
        };
        let lexicons: Vec<Lexicon> = lexicons.map(finished).collect();
        let (vocabulary, numbers) = Vocabulary::merge(&lexicons);
        (self.known, self.numbers) = (KnownWords::Held(vocabulary), numbers);
        if let Some(tokens) = self.tokens.held_mut() {
            renumber(tokens, &self.readers, &self.numbers);
            (self.readers, self.numbers) = (Vec::new(), Vec::new());
        }
    }

    /// Returns what is known of all words, unless it is on disk.
    pub fn vocabulary(&self) -> Option<&Vocabulary> {
        match &self.known {
            KnownWords::Held(vocabulary) => Some(vocabulary),
            KnownWords::OnDisk(..) => None,
        }
    }

    /// Returns the number of the words of known text, if there are any.
    pub fn masked(&self) -> Option<TokenId> {
        match &self.known {
            KnownWords::Held(vocabulary) => vocabulary.masked(),
            KnownWords::OnDisk(spilled, _) => spilled.masked,
        }
    }

    /// Returns the hash without accents of each word of a document, where what is known of words is on disk.
    pub fn folded<'a>(&'a self, doc: u32, buffer: &'a mut Vec<u64>) -> Result<&'a [u64]> {
        match &self.known {
            KnownWords::Held(_) => Ok(&[]),
            KnownWords::OnDisk(spilled, _) => spilled.folded.stretch(self.range(doc)?, buffer),
        }
    }

    /// Writes down what is known of the words of some documents, in order, if it is on disk: those of two of them can be asked
    /// for then, and hashes no more.
    pub fn describe(&mut self, docs: &[u32], budget: &Budget) -> Result<()> {
        let KnownWords::OnDisk(_, tables) = &mut self.known else { return Ok(()) };
        let Some(mut tables) = tables.take() else { return Ok(()) };
        let (mut docs, mut numbers) = (docs.iter().copied().peekable(), Vec::new());
        for doc in 0..self.ends.len() as u32 {
            let stretch = if docs.next_if_eq(&doc).is_some() { self.range(doc)? } else { 0..0 };
            self.tokens.copy(stretch.clone(), &mut numbers)?;
            numbers.sort_unstable();
            numbers.dedup();
            let readers = by_reader(&self.readers, stretch.start as u64..stretch.end as u64).map(|(_, reader)| reader);
            if let KnownWords::OnDisk(spilled, _) = &mut self.known {
                spilled.add_document(&numbers, readers, &mut tables, &budget.folder)?;
            }
        }
        self.readers = Vec::new();
        Ok(())
    }

    /// Returns the number of documents.
    pub fn documents(&self) -> usize {
        self.ends.len()
    }

    /// Returns the number of words.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Returns how many words a document has.
    pub fn count(&self, doc: u32) -> Result<u64> {
        Ok(self.range(doc)?.len() as u64)
    }

    /// Returns the first document of each of `shares` shares of the documents, which have about as many words each.
    pub fn shares(&self, shares: usize) -> Result<Vec<u32>> {
        let (mut firsts, total) = (Vec::with_capacity(shares), self.len() as u64 + 1);
        let mut first = 0;
        self.ends.for_each_chunk(|_, ends| {
            for end in ends {
                let share = (end * shares as u64 / total) as usize;
                firsts.resize((share + 1).max(firsts.len()), first);
                first += 1;
            }
        })?;
        firsts.resize(shares, first);
        Ok(firsts)
    }

    /// Divides documents, which are in order, into batches of about `words` words; returns how many documents there are up to
    /// the end of each.
    pub fn batches(&self, docs: &[u32], words: u64) -> Result<Vec<usize>> {
        let (mut batches, mut last, mut rest) = (Vec::new(), None, docs);
        self.ends.for_each_chunk(|first, ends| {
            let here = rest.partition_point(|&doc| (doc as usize) < first + ends.len());
            for (&doc, at) in rest[..here].iter().zip(docs.len() - rest.len()..) {
                let batch = ends[doc as usize - first] / words;
                if last.replace(batch).is_some_and(|last| last != batch) {
                    batches.push(at);
                }
            }
            rest = &rest[here..];
        })?;
        batches.push(docs.len());
        Ok(batches)
    }

    /// Returns the words of a document.
    pub(crate) fn tokens<'a>(&'a self, doc: u32, held: &'a mut HeldWords) -> Result<&'a [TokenId]> {
        if held.doc == Some(doc) {
            return Ok(&held.tokens);
        }
        held.doc = None;
        let stretch = self.range(doc)?;
        if !self.tokens.is_spilled() {
            return self.tokens.stretch(stretch, &mut held.tokens);
        }
        self.read(stretch, &mut held.tokens)?;
        held.doc = Some(doc);
        Ok(&held.tokens)
    }

    /// Returns some of the words of a document, as far as it has them.
    pub(crate) fn part<'a>(&'a self, doc: u32, words: Range<usize>, held: &'a mut HeldWords) -> Result<&'a [TokenId]> {
        let of_doc = self.range(doc)?;
        let in_doc = |at: usize| (of_doc.start + at).min(of_doc.end);
        let stretch = in_doc(words.start)..in_doc(words.end);
        held.doc = None;
        if !self.tokens.is_spilled() {
            return self.tokens.stretch(stretch, &mut held.tokens);
        }
        self.read(stretch, &mut held.tokens)?;
        Ok(&held.tokens)
    }

    /// Returns the first `count` words of a document from word `start` on, as far as it has them.
    pub(crate) fn ahead<'a>(
        &'a self,
        doc: u32,
        (start, count): (usize, usize),
        ahead: &'a mut WordsAhead,
    ) -> Result<&'a [TokenId]> {
        let of_doc = self.range(doc)?;
        let in_doc = |at: usize| (of_doc.start + at).min(of_doc.end);
        if !self.tokens.is_spilled() {
            return self.tokens.stretch(in_doc(start)..in_doc(start + count), &mut ahead.tokens);
        }
        let until = (start + count).min(of_doc.len());
        if ahead.doc != Some(doc) || start < ahead.start || until > ahead.start + ahead.tokens.len() {
            ahead.doc = None;
            self.read(in_doc(start)..in_doc(start + count.max(AHEAD)), &mut ahead.tokens)?;
            (ahead.doc, ahead.start) = (Some(doc), start);
        }
        Ok(&ahead.tokens[(start - ahead.start).min(ahead.tokens.len())..until.saturating_sub(ahead.start)])
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
            let stretch = range_of(&self.break_ends, doc)?;
            all.push(doc, self.breaks.stretch(stretch, &mut held)?, self.count(doc)? as u32);
        }
        Ok(all)
    }

    fn range(&self, doc: u32) -> Result<Range<usize>> {
        range_of(&self.ends, doc)
    }

    /// Reads a stretch of one document from the file.
    fn read(&self, stretch: Range<usize>, out: &mut Vec<TokenId>) -> Result<()> {
        self.tokens.copy(stretch.clone(), out)?;
        if !self.numbers.is_empty() {
            for (range, reader) in by_reader(&self.readers, stretch.start as u64..stretch.end as u64) {
                replace(&mut out[range], &self.numbers[reader as usize]);
            }
        }
        Ok(())
    }
}

impl PairWords {
    /// Returns the words at two places, and the vocabulary of all documents, which is in memory.
    pub fn parts<'p>(
        &'p mut self,
        words: &'p Words,
        [a, b]: [&Occurrence; 2],
    ) -> Result<([&'p [TokenId]; 2], &'p Vocabulary)> {
        let [of_a, of_b] = &mut self.held;
        let parts = [words.part(a.doc, a.words(), of_a)?, words.part(b.doc, b.words(), of_b)?];
        Ok((parts, words.vocabulary().unwrap_or(&self.local.vocabulary)))
    }

    /// Returns the words of two documents, or of one that is both, and the vocabulary that numbers them, which is that of all
    /// documents if `Words::vocabulary` has it.
    pub fn of<'p>(&'p mut self, words: &'p Words, [a, b]: [u32; 2]) -> Result<([&'p [TokenId]; 2], &'p Vocabulary)> {
        let Self { held: [of_a, of_b], local } = self;
        match &words.known {
            KnownWords::Held(vocabulary) => {
                let of_a = words.tokens(a, of_a)?;
                Ok(([of_a, if a == b { of_a } else { words.tokens(b, of_b)? }], vocabulary))
            }
            KnownWords::OnDisk(spilled, _) => {
                if !local.is_of([a, b]) {
                    let tokens = [words.tokens(a, of_a)?, words.tokens(b, of_b)?];
                    local.join([a, b], spilled, tokens)?;
                }
                let [of_a, of_b] = &local.tokens;
                Ok(([of_a, if a == b { of_a } else { of_b }], &local.vocabulary))
            }
        }
    }
}

/// Returns the stretch of one document, where `ends` has for each document where its stretch ends.
fn range_of(ends: &SpillColumn<u64>, doc: u32) -> Result<Range<usize>> {
    let mut buffer = Vec::new();
    Ok(match doc.checked_sub(1) {
        None => 0..ends.get(doc)? as usize,
        Some(before) => match ends.stretch(before as usize..doc as usize + 1, &mut buffer)? {
            &[start, end] => start as usize..end as usize,
            _ => 0..0,
        },
    })
}

/// The words up to `end` that no reader has are those of `reader`.
fn add_reader<E: Copy + Ord>(readers: &mut Vec<(E, u32)>, end: E, reader: u32) {
    match readers.last_mut() {
        Some(last) if last.1 == reader => last.0 = end,
        _ => readers.push((end, reader)),
    }
}

/// Returns the parts of a stretch of words that readers have: each counted from the start of the stretch, and its reader.
fn by_reader(readers: &[(u64, u32)], stretch: Range<u64>) -> impl Iterator<Item = (Range<usize>, u32)> {
    let first = readers.partition_point(|&(end, _)| end <= stretch.start);
    let (len, mut at) = ((stretch.end - stretch.start) as usize, 0);
    let parts = readers[first..].iter().map(move |&(end, reader)| {
        let start = std::mem::replace(&mut at, len.min((end - stretch.start) as usize));
        (start..at, reader)
    });
    parts.take_while(move |(part, _)| part.start < len).filter(|(part, _)| !part.is_empty())
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
