//! Every run of equal words that two documents share, by brute force, and how much of it the passages found cover.
//!
//! All places of each run of the least number of words are gathered, all pairs of them in two documents are compared,
//! and each is made as long as it goes. What a scan reports is then held against each run: its two places.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use doublon::finding::{Findings, PlacedSpan};
use doublon_core::text::{Tokenizer, sentence_starts};

/// Documents as numbers of words, with the place of each word.
pub struct Words {
    tokens: Vec<Vec<u32>>,
    places: Vec<Vec<Range<usize>>>,
    /// The first word of each sentence, and the number of words.
    sentences: Vec<Vec<usize>>,
}

/// As many equal words at a place of one document and at one of a later document, and no more on either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    pub a: usize,
    pub b: usize,
    pub at_a: usize,
    pub at_b: usize,
    pub words: usize,
}

impl Words {
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let tokenizer = Tokenizer::default();
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let (mut tokens, mut places, mut sentences) = (Vec::new(), Vec::new(), Vec::new());
        for text in texts {
            let (mut of_text, mut at) = (Vec::new(), Vec::new());
            tokenizer.for_each(text, |word, span| {
                let next = numbers.len() as u32;
                of_text.push(*numbers.entry(word.to_owned()).or_insert(next));
                at.push(span.start..span.end);
            });
            let first = |start: usize| at.partition_point(|word: &Range<usize>| word.start < start);
            sentences.push(sentence_starts(text).into_iter().map(first).chain([at.len()]).collect());
            tokens.push(of_text);
            places.push(at);
        }
        Self { tokens, places, sentences }
    }

    pub fn documents(&self) -> usize {
        self.tokens.len()
    }

    /// Calls `see` with every run of at least `least` words.
    pub fn runs(&self, least: usize, mut see: impl FnMut(Run)) {
        let places = self.places_of_runs(least);
        for group in places.chunk_by(|x, y| self.words(*x, least) == self.words(*y, least)) {
            for (n, &(a, at_a)) in group.iter().enumerate() {
                for &(b, at_b) in group[n + 1..].iter().filter(|(b, _)| *b != a) {
                    if let Some(run) = self.longest(a as usize, b as usize, at_a as usize, at_b as usize) {
                        see(run);
                    }
                }
            }
        }
    }

    /// All places of so many words, equal ones next to each other.
    fn places_of_runs(&self, words: usize) -> Vec<(u32, u32)> {
        let starts = |tokens: &Vec<u32>| 0..(tokens.len() + 1).saturating_sub(words) as u32;
        let documents = self.tokens.iter().zip(0..);
        let mut places: Vec<(u32, u32)> =
            documents.flat_map(|(tokens, doc)| starts(tokens).map(move |at| (doc, at))).collect();
        places.sort_unstable_by(|&x, &y| self.words(x, words).cmp(self.words(y, words)).then(x.cmp(&y)));
        places
    }

    fn words(&self, (doc, at): (u32, u32), words: usize) -> &[u32] {
        &self.tokens[doc as usize][at as usize..at as usize + words]
    }

    /// Returns the run that starts at two places, unless it starts before them.
    fn longest(&self, a: usize, b: usize, at_a: usize, at_b: usize) -> Option<Run> {
        let (of_a, of_b) = (&self.tokens[a], &self.tokens[b]);
        if at_a > 0 && at_b > 0 && of_a[at_a - 1] == of_b[at_b - 1] {
            return None;
        }
        let words = of_a[at_a..].iter().zip(&of_b[at_b..]).take_while(|(x, y)| x == y).count();
        Some(Run { a, b, at_a, at_b, words })
    }

    /// The words that a reported place covers.
    fn range(&self, place: &PlacedSpan) -> Range<usize> {
        let words = &self.places[place.doc.record as usize];
        words.partition_point(|word| word.start < place.start)..words.partition_point(|word| word.end <= place.end)
    }
}

/// Fewer words than this agree by chance where passages end.
pub const CHANCE: usize = 5;

/// The words of a passage.
const PASSAGE: usize = 20;

/// Where passages were found, for documents that are the records of one file.
pub struct Coverage {
    /// The two sides of each match, by its documents.
    matches: BTreeMap<(usize, usize), Vec<[Range<usize>; 2]>>,
    /// For each document the places of families in it.
    places: Vec<Vec<(usize, Range<usize>)>>,
    sentences: Vec<Vec<usize>>,
}

impl Coverage {
    pub fn of(words: &Words, findings: &Findings) -> Self {
        let mut matches: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for found in &findings.matches {
            let documents = (found.a.doc.record as usize, found.b.doc.record as usize);
            matches.entry(documents).or_default().push([words.range(&found.a), words.range(&found.b)]);
        }
        let mut places = vec![Vec::new(); words.documents()];
        for (number, family) in findings.families.iter().enumerate() {
            for place in std::iter::once(&family.keep).chain(&family.occurrences) {
                places[place.doc.record as usize].push((number, words.range(place)));
            }
        }
        Self { matches, places, sentences: words.sentences.clone() }
    }

    /// Whether one match covers both places of a run.
    pub fn in_one_match(&self, run: &Run) -> bool {
        let between = self.matches.get(&(run.a, run.b));
        between.is_some_and(|matches| matches.iter().any(|[a, b]| holds(a, &run.in_a()) && holds(b, &run.in_b())))
    }

    /// How many words of a run are in one family at both of their places.
    pub fn words_in_one_family(&self, run: &Run) -> usize {
        let of = |doc: usize, word: usize| {
            self.places[doc].iter().filter(move |(_, place)| place.contains(&word)).map(|(family, _)| family)
        };
        let together = |word: &usize| {
            of(run.a, run.at_a + word).any(|family| of(run.b, run.at_b + word).any(|other| family == other))
        };
        (0..run.words).filter(together).count()
    }

    /// Whether the words of both places lie in families, but for those of less than a passage of a sentence beyond a break in
    /// either text, and for fewer than [`CHANCE`], which two of several places may share by chance beyond what all of them hold.
    pub fn in_families(&self, run: &Run) -> bool {
        let (in_a, in_b) = (self.within_sentences(run.a, run.in_a()), self.within_sentences(run.b, run.in_b()));
        let start = (in_a.start - run.at_a).max(in_b.start - run.at_b);
        let end = (in_a.end - run.at_a).min(in_b.end - run.at_b);
        let outside = |doc: usize, at: usize| {
            let is_outside = |word: &usize| !self.places[doc].iter().any(|(_, place)| place.contains(word));
            (at + start..at + end).filter(is_outside).count()
        };
        outside(run.a, run.at_a) < CHANCE && outside(run.b, run.at_b) < CHANCE
    }

    /// Returns words without fewer than [`PASSAGE`] of them before the first sentence that begins there and after the last
    /// one that ends there.
    fn within_sentences(&self, doc: usize, words: Range<usize>) -> Range<usize> {
        let starts = self.sentences[doc].iter().filter(|&&at| words.start <= at && at <= words.end);
        let [first, last] = [starts.clone().min(), starts.max()].map(Option::<&usize>::copied);
        let start = first.filter(|at| at - words.start < PASSAGE).unwrap_or(words.start);
        let end = last.filter(|at| words.end - at < PASSAGE).unwrap_or(words.end);
        start..end.max(start)
    }
}

impl Run {
    fn in_a(&self) -> Range<usize> {
        self.at_a..self.at_a + self.words
    }

    fn in_b(&self) -> Range<usize> {
        self.at_b..self.at_b + self.words
    }
}

fn holds(place: &Range<usize>, range: &Range<usize>) -> bool {
    place.start <= range.start && range.end <= place.end
}
