//! Documents as sequences of word numbers, four bytes a word.

use std::ops::Range;

use rayon::prelude::*;

use super::Archive;
use super::repeats::Repeat;
use crate::cluster::families::Occurrence;
use crate::finding::{Parameters, Scope};
use crate::hash::mix;
use crate::text::{Lexicon, TokenId, Vocabulary};

/// The documents as sequences of word numbers.
pub(super) struct Corpus {
    pub vocabulary: Vocabulary,
    parts: Vec<Part>,
    /// For each document its part and its place there.
    pub documents: Vec<(u32, u32)>,
}

/// Some documents after each other.
#[derive(Default)]
struct Part {
    tokens: Vec<TokenId>,
    ends: Vec<usize>,
    short_lines: Vec<ShortLine>,
}

/// A line of few words that stands more than once in its document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ShortLine {
    doc: u32,
    key: u64,
    start: usize,
    words: usize,
}

/// The bytes of text that one thread takes at a time.
const PART_BYTES: usize = 4 << 20;

impl Corpus {
    pub fn read(archive: &Archive<'_>, parameters: &Parameters) -> Self {
        let ranges = parts(archive);
        let read: Vec<(Part, Lexicon)> =
            ranges.par_iter().map(|range| Part::read(archive, range.clone(), parameters)).collect();
        let (mut parts, lexicons): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        let (vocabulary, numbers) = Vocabulary::merge(&lexicons);
        drop(lexicons);
        parts.par_iter_mut().zip(&numbers).for_each(|(part, numbers)| {
            part.tokens.iter_mut().for_each(|token| *token = numbers[*token as usize]);
        });
        let documents =
            ranges.into_iter().zip(0..).flat_map(|(docs, part)| (0..docs.end - docs.start).map(move |n| (part, n)));
        Self { vocabulary, documents: documents.collect(), parts }
    }

    pub fn words(&self) -> usize {
        self.parts.iter().map(|part| part.tokens.len()).sum()
    }

    pub fn tokens(&self, doc: u32) -> &[TokenId] {
        let (part, n) = self.documents[doc as usize];
        let part = &self.parts[part as usize];
        let start = if n == 0 { 0 } else { part.ends[n as usize - 1] };
        &part.tokens[start..part.ends[n as usize]]
    }

    /// The words of a document as they are looked up: without accents, which are the first thing that a copy loses.
    pub fn folded_hashes(&self, doc: u32, out: &mut Vec<u64>) {
        out.clear();
        out.extend(self.tokens(doc).iter().map(|&token| self.vocabulary.folded_hash(token)));
    }

    /// Counts the short lines that stand more than once in a document, besides those inside a passage listed.
    pub fn short_lines_outside(&self, listed: &[Repeat]) -> u64 {
        let mut spans: Vec<&Occurrence> = listed.iter().flat_map(|repeat| [&repeat.a, &repeat.b]).collect();
        spans.sort_unstable();
        let reach: Vec<(u32, usize)> = spans
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
        let outside: Vec<&ShortLine> =
            self.parts.iter().flat_map(|part| &part.short_lines).filter(|line| !inside(line)).collect();
        let repeated = outside.chunk_by(|x, y| (x.doc, x.key) == (y.doc, y.key)).filter(|lines| lines.len() > 1);
        let mut keys: Vec<u64> = repeated.map(|lines| lines[0].key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.len() as u64
    }
}

impl Part {
    fn read(archive: &Archive<'_>, docs: Range<u32>, parameters: &Parameters) -> (Self, Lexicon) {
        let (mut part, mut lexicon) = (Self::default(), Lexicon::default());
        for doc in docs {
            let text = archive.text(doc);
            let start = part.tokens.len();
            let mut lines = Lines { doc, most: parameters.windows.words - 1, ..Lines::default() };
            archive.tokenizer.for_each(text, |word, span| {
                if part.tokens.len() - start == u32::MAX as usize {
                    return;
                }
                let hash = archive.tokenizer.hash(word);
                lines.add(hash, &text[lines.end.min(span.start)..span.start], part.tokens.len() - start);
                lines.end = span.end;
                part.tokens.push(lexicon.number(word, hash));
            });
            part.ends.push(part.tokens.len());
            if parameters.scope != Scope::Across {
                lines.repeated(part.tokens.len() - start, &mut part.short_lines);
            }
        }
        part.tokens.shrink_to_fit(); // growth leaves up to half of it unused
        lexicon.finish();
        (part, lexicon)
    }
}

/// Divides the documents into parts of about [`PART_BYTES`] of text.
fn parts(archive: &Archive<'_>) -> Vec<Range<u32>> {
    let (mut parts, mut start, mut bytes) = (Vec::new(), 0, 0);
    for doc in 0..archive.len() as u32 {
        bytes += archive.text(doc).len();
        if bytes >= PART_BYTES {
            parts.push(start..doc + 1);
            (start, bytes) = (doc + 1, 0);
        }
    }
    parts.push(start..archive.len() as u32);
    parts
}

/// Collects the short lines of a document while it is read.
#[derive(Default)]
struct Lines {
    doc: u32,
    /// The most words of a line that is collected.
    most: usize,
    /// Where the last word ended.
    end: usize,
    start: usize,
    key: u64,
    found: Vec<ShortLine>,
}

impl Lines {
    /// Takes the word number `at`, and what stands between it and the one before.
    fn add(&mut self, hash: u64, gap: &str, at: usize) {
        if gap.bytes().any(|byte| byte == b'\n') {
            self.close(at);
        }
        self.key = mix(self.key ^ hash);
    }

    fn close(&mut self, at: usize) {
        let words = at - self.start;
        if (1..=self.most).contains(&words) {
            self.found.push(ShortLine { doc: self.doc, key: self.key, start: self.start, words });
        }
        (self.start, self.key) = (at, 0);
    }

    /// Appends the lines that stand more than once, equal ones next to each other.
    fn repeated(mut self, words: usize, out: &mut Vec<ShortLine>) {
        self.close(words);
        self.found.sort_unstable();
        self.found.chunk_by(|x, y| x.key == y.key).filter(|lines| lines.len() > 1).for_each(|lines| out.extend(lines));
    }
}
