//! The pipeline of passages: from documents to every passage that repeats within or across them.
//!
//! Documents become sequences of word numbers, four bytes a word. Windowed minima of their shingles become postings,
//! postings that share a key become candidates, candidates are aligned pair of documents by pair of documents, and
//! the passages found become families. Only then are the documents that hold one taken up again, to say where in their
//! text it stands.
//!
//! Each step is divided among the threads so that its result does not depend on how: by document, by range of keys, by
//! pair of documents.

use std::ops::Range;

use rayon::prelude::*;

use crate::candidate::postings::{Candidate, Following, Links, Place, Posting};
use crate::cluster::families::{Families, Occurrence, families};
use crate::document::{DocId, Document};
use crate::finding::{Difference, DocumentRef, MatchScope, Parameters, PassageFamily, PassageMatch, PlacedSpan, Scope};
use crate::hash::mix;
use crate::sketch::window::Windows;
use crate::text::{Lexicon, Shingler, TokenId, Tokenizer, Vocabulary};
use crate::verify::align::{Alignment, EQUAL, Run};
use crate::verify::pair::{Acceptance, PairAligner};

use super::describe::{Described, Side, differences};

/// A passage that is listed reaches this score, or that of the least number of equal words: of 20 words, 17 are equal.
pub const LEAST_SCORE: i64 = 28;
/// The same for a passage in a script without spaces, where a word is a character and says less.
pub const LEAST_SCORE_OF_CHARACTERS: i64 = 32;
/// Keys are handled in so many ranges, by their first eight bits, each by one thread.
const KEY_RANGES: usize = 256;
/// A large run makes its postings in so many rounds, each for a part of the keys: looking for the minima again costs
/// little, and to hold all postings takes 6.4 bytes a word by default.
const ROUNDS: usize = 3;
/// A run of fewer words makes its postings in one round.
const ONE_ROUND_WORDS: usize = 1 << 22;

/// The repeated passages of some documents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Passages {
    /// Repeats of two places, by the first place, then the second.
    pub matches: Vec<PassageMatch>,
    /// All places of each passage, by the first place.
    pub families: Vec<PassageFamily>,
    /// Repeats that are too short to be listed: passages of fewer than the least number of words, and lines too short
    /// to be a passage that stand twice in a document outside of the passages listed.
    pub short_repeats: u64,
}

/// Returns the passages that repeat within or across the documents `included`, which are in order.
///
/// The first 2^32 words of a document are compared.
pub fn find(
    documents: &[Document],
    included: &[DocId],
    names: &(dyn Fn(DocId) -> DocumentRef + Sync),
    parameters: &Parameters,
) -> Passages {
    let archive = Archive { documents, included, names, tokenizer: Tokenizer::new(parameters.text, parameters.seed) };
    let corpus = Corpus::read(&archive, parameters);
    let candidates = candidates(&corpus, parameters);
    let (listed, short) = align(&corpus, &candidates, parameters);
    drop(candidates);
    let short_repeats = families(&short).families.len() as u64 + corpus.short_lines_outside(&listed);
    let pairs: Vec<_> = listed.iter().map(|repeat| (repeat.a.clone(), repeat.b.clone())).collect();
    let grouped = families(&pairs);
    Report { archive: &archive, corpus: &corpus, places: Places::new(&archive, &listed, &grouped) }.passages(
        &listed,
        &grouped,
        short_repeats,
        parameters,
    )
}

/// The documents compared, numbered from 0. The only way to their texts.
struct Archive<'a> {
    documents: &'a [Document],
    included: &'a [DocId],
    names: &'a (dyn Fn(DocId) -> DocumentRef + Sync),
    tokenizer: Tokenizer,
}

impl Archive<'_> {
    fn len(&self) -> usize {
        self.included.len()
    }

    fn text(&self, doc: u32) -> &str {
        &self.documents[self.included[doc as usize].index()].text
    }

    fn name(&self, doc: u32) -> DocumentRef {
        (self.names)(self.included[doc as usize])
    }
}

/// The documents as sequences of word numbers.
struct Corpus {
    vocabulary: Vocabulary,
    parts: Vec<Part>,
    /// For each document its part and its place there.
    documents: Vec<(u32, u32)>,
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
    fn read(archive: &Archive<'_>, parameters: &Parameters) -> Self {
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

    fn words(&self) -> usize {
        self.parts.iter().map(|part| part.tokens.len()).sum()
    }

    fn tokens(&self, doc: u32) -> &[TokenId] {
        let (part, n) = self.documents[doc as usize];
        let part = &self.parts[part as usize];
        let start = if n == 0 { 0 } else { part.ends[n as usize - 1] };
        &part.tokens[start..part.ends[n as usize]]
    }

    /// The words of a document as they are looked up: without accents, which are the first thing that a copy loses.
    fn folded_hashes(&self, doc: u32, out: &mut Vec<u64>) {
        out.clear();
        out.extend(self.tokens(doc).iter().map(|&token| self.vocabulary.folded_hash(token)));
    }

    /// Counts the short lines that stand more than once in a document, besides those inside a passage listed.
    fn short_lines_outside(&self, listed: &[Repeat]) -> u64 {
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

/// Returns the candidates, each once, by pair of documents.
fn candidates(corpus: &Corpus, parameters: &Parameters) -> Vec<Candidate> {
    let links = Links { scope: parameters.scope, exhaustive: parameters.windows.exhaustive };
    let k = parameters.windows.k;
    let following = |place: Place| -> Following {
        let tokens = corpus.tokens(place.doc);
        std::array::from_fn(|n| tokens.get(place.at as usize + k + n).copied().unwrap_or(TokenId::MAX))
    };
    let rounds = if corpus.words() < ONE_ROUND_WORDS { 1 } else { ROUNDS };
    let mut candidates: Vec<Candidate> = Vec::new();
    for round in 0..rounds {
        let ranges = KEY_RANGES * round / rounds..KEY_RANGES * (round + 1) / rounds;
        let postings = postings(corpus, parameters, &ranges);
        let of_range = |range: usize| {
            let mut of_range: Vec<Posting> = postings.iter().flat_map(|part| &part[range]).copied().collect();
            let mut found = Vec::new();
            links.candidates(&mut of_range, following, |candidate| found.push(candidate));
            found
        };
        let found: Vec<Vec<Candidate>> = (0..ranges.len()).into_par_iter().map(of_range).collect();
        candidates.extend(found.into_iter().flatten());
    }
    let by_pair = |candidate: &Candidate| (candidate.a.doc, candidate.b.doc, candidate.a.at, candidate.b.at);
    candidates.par_sort_unstable_by_key(by_pair);
    candidates.dedup();
    candidates
}

/// Returns the postings with a key in the given ranges, for each part of the documents, by range.
fn postings(corpus: &Corpus, parameters: &Parameters, ranges: &Range<usize>) -> Vec<Vec<Vec<Posting>>> {
    let windows = parameters.windows;
    let part_of = |doc: u32| corpus.documents[doc as usize].0;
    let docs: Vec<u32> = (0..corpus.documents.len() as u32).collect();
    let parts: Vec<&[u32]> = docs.chunk_by(|&x, &y| part_of(x) == part_of(y)).collect();
    parts
        .into_par_iter()
        .map(|docs| {
            let mut postings = vec![Vec::new(); ranges.len()];
            let mut windows = Windows::new(windows.k, windows.words, windows.bands, windows.rows, parameters.seed);
            let mut hashes = Vec::new();
            for &doc in docs {
                corpus.folded_hashes(doc, &mut hashes);
                windows.keys(&hashes, |key, at| {
                    if let Some(of_range) = ((key >> 56) as usize).checked_sub(ranges.start)
                        && let Some(postings) = postings.get_mut(of_range)
                    {
                        postings.push(Posting { key, place: Place { doc, at: at as u32 } });
                    }
                });
            }
            postings
        })
        .collect()
}

/// A passage at two places, the earlier one first.
struct Repeat {
    a: Occurrence,
    b: Occurrence,
    runs: Vec<Run>,
    identity: f64,
}

/// Returns the passages to list in order, and the places of those that are too short.
fn align(
    corpus: &Corpus,
    candidates: &[Candidate],
    parameters: &Parameters,
) -> (Vec<Repeat>, Vec<(Occurrence, Occurrence)>) {
    let least = parameters.min_words;
    let acceptance = Acceptance {
        score: score_of_equal(least.min(parameters.windows.words)),
        identity: parameters.min_identity,
        unit: least,
    };
    let pairs: Vec<&[Candidate]> = candidates.chunk_by(|x, y| (x.a.doc, x.b.doc) == (y.a.doc, y.b.doc)).collect();
    let found: Vec<(u32, u32, Alignment)> = pairs
        .par_iter()
        .map_init(
            || PairAligner::new(&corpus.vocabulary, parameters.windows.k, acceptance),
            |aligner, pair| align_pair(aligner, corpus, pair),
        )
        .flatten_iter()
        .collect();
    let (mut listed, mut short) = (Vec::new(), Vec::new());
    for (a, b, found) in found {
        let (long, identity) = (found.words() >= least, found.identity());
        let strong = found.score >= least_score(corpus, a, &found, least);
        let (a, b) = (Occurrence::new(a, found.a), Occurrence::new(b, found.b));
        if !long {
            short.push((a, b));
        } else if strong {
            listed.push(Repeat { a, b, runs: found.runs, identity });
        }
    }
    listed.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    (listed, short)
}

/// The score that a passage must reach to be listed.
fn least_score(corpus: &Corpus, a: u32, found: &Alignment, least: usize) -> i64 {
    let words = &corpus.tokens(a)[found.a.clone()];
    let characters = words.iter().filter(|&&word| corpus.vocabulary.is_character(word)).count();
    let more = (LEAST_SCORE_OF_CHARACTERS - LEAST_SCORE) * score_of_equal(characters) / score_of_equal(words.len());
    (LEAST_SCORE + more).min(score_of_equal(least))
}

fn score_of_equal(words: usize) -> i64 {
    i64::from(EQUAL) * i64::try_from(words).unwrap_or(i64::MAX / 4)
}

fn align_pair(aligner: &mut PairAligner<'_>, corpus: &Corpus, pair: &[Candidate]) -> Vec<(u32, u32, Alignment)> {
    let (a, b) = (pair[0].a.doc, pair[0].b.doc);
    let places = pair.iter().map(|candidate| (candidate.a.at as usize, candidate.b.at as usize));
    let found = if a == b {
        aligner.within(corpus.tokens(a), places)
    } else {
        aligner.across(corpus.tokens(a), corpus.tokens(b), places)
    };
    found.into_iter().map(|alignment| (a, b, alignment)).collect()
}

/// Every place that is reported, described once.
struct Places {
    places: Vec<(Occurrence, PlacedSpan)>,
}

impl Places {
    fn new(archive: &Archive<'_>, listed: &[Repeat], grouped: &Families) -> Self {
        let sides = listed.iter().flat_map(|repeat| [&repeat.a, &repeat.b]);
        let mut places: Vec<&Occurrence> = sides.chain(grouped.families.iter().flatten()).collect();
        places.sort_unstable();
        places.dedup();
        let documents: Vec<&[&Occurrence]> = places.chunk_by(|x, y| x.doc == y.doc).collect();
        let describe = |places: &&[&Occurrence]| {
            let doc = places[0].doc;
            let described = Described::new(archive.text(doc), &archive.tokenizer);
            let name = archive.name(doc);
            let place = |&place: &&Occurrence| (place.clone(), described.place(place.start..place.end, name.clone()));
            places.iter().map(place).collect::<Vec<_>>()
        };
        Self { places: documents.par_iter().map(describe).flatten_iter().collect() }
    }

    fn get(&self, place: &Occurrence) -> &PlacedSpan {
        &self.places[self.places.partition_point(|(other, _)| other < place)].1
    }
}

/// Turns what was found into findings.
struct Report<'a> {
    archive: &'a Archive<'a>,
    corpus: &'a Corpus,
    places: Places,
}

impl Report<'_> {
    fn passages(&self, listed: &[Repeat], grouped: &Families, short_repeats: u64, parameters: &Parameters) -> Passages {
        let shingler = Shingler::new(parameters.text.shingle.k);
        let matches = listed.par_iter().zip(&grouped.of_match).enumerate();
        let matches = matches.map(|(n, (repeat, &family))| self.passage_match(n, repeat, family, shingler)).collect();
        let families = grouped.families.iter().enumerate().map(|(n, places)| self.family(n, places)).collect();
        Passages { matches, families, short_repeats }
    }

    fn passage_match(&self, n: usize, repeat: &Repeat, family: usize, shingler: Shingler) -> PassageMatch {
        let (a, b) = (self.places.get(&repeat.a), self.places.get(&repeat.b));
        let (set_a, set_b) = (self.shingles(&repeat.a, shingler), self.shingles(&repeat.b, shingler));
        let shared = count_shared(&set_a, &set_b);
        let share = |of: usize| shared as f64 / of as f64;
        let (differences, more_differences) = self.differences(repeat, a, b);
        PassageMatch {
            id: format!("p{}", n + 1),
            family: family_id(family),
            scope: if repeat.a.doc == repeat.b.doc { MatchScope::Within } else { MatchScope::Across },
            a: a.clone(),
            b: b.clone(),
            words: (repeat.a.end - repeat.a.start).min(repeat.b.end - repeat.b.start),
            identity: repeat.identity,
            jaccard: share(set_a.len() + set_b.len() - shared),
            containment_a: share(set_a.len()),
            containment_b: share(set_b.len()),
            differences,
            more_differences,
        }
    }

    fn differences(&self, repeat: &Repeat, a: &PlacedSpan, b: &PlacedSpan) -> (Vec<Difference>, usize) {
        let (text_a, text_b) = (self.archive.text(repeat.a.doc), self.archive.text(repeat.b.doc));
        if text_a[a.start..a.end] == text_b[b.start..b.end] {
            return (Vec::new(), 0);
        }
        let tokenizer = &self.archive.tokenizer;
        let side_a = Side::new(text_a, a, repeat.a.start..repeat.a.end, tokenizer);
        let side_b = Side::new(text_b, b, repeat.b.start..repeat.b.end, tokenizer);
        differences(&side_a, &side_b, &repeat.runs)
    }

    fn shingles(&self, place: &Occurrence, shingler: Shingler) -> Vec<u64> {
        let tokens = &self.corpus.tokens(place.doc)[place.start..place.end];
        let hashes: Vec<u64> = tokens.iter().map(|&token| self.corpus.vocabulary.hash(token)).collect();
        shingler.set(&hashes)
    }

    fn family(&self, n: usize, places: &[Occurrence]) -> PassageFamily {
        PassageFamily {
            id: family_id(n),
            keep: self.places.get(&places[0]).clone(),
            occurrences: places[1..].iter().map(|place| self.places.get(place).clone()).collect(),
            count: places.len(),
        }
    }
}

fn family_id(n: usize) -> String {
    format!("f{}", n + 1)
}

/// Counts what two sorted sets share.
fn count_shared(a: &[u64], b: &[u64]) -> usize {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut shared = 0;
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                shared += 1;
                a.next();
                b.next();
            }
        }
    }
    shared
}
