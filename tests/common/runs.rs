//! Every run of equal words that two documents share, by brute force, and how much of it the passages found cover.
//!
//! All places of each run of the least number of words are gathered, all pairs of them in two documents are compared,
//! and each is made as long as it goes. What a scan reports is then held against each run: its two places.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use doublon::finding::{Findings, PlacedSpan};
use doublon_core::text::Tokenizer;

/// Documents as numbers of words, with the place of each word.
pub struct Words {
    tokens: Vec<Vec<u32>>,
    places: Vec<Vec<Range<usize>>>,
    /// Of each distinct word, how many quarters of one it counts as.
    quarters: Vec<usize>,
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
        let (mut tokens, mut places, mut quarters) = (Vec::new(), Vec::new(), Vec::new());
        for text in texts {
            let (mut of_text, mut at) = (Vec::new(), Vec::new());
            tokenizer.for_each(text, |word, span| {
                let next = numbers.len() as u32;
                let number = *numbers.entry(word.to_owned()).or_insert(next);
                if number == next {
                    quarters.push(quarters_of(word));
                }
                of_text.push(number);
                at.push(span.start..span.end);
            });
            tokens.push(of_text);
            places.push(at);
        }
        Self { tokens, places, quarters }
    }

    pub fn documents(&self) -> usize {
        self.tokens.len()
    }

    /// Returns how many words a run counts as, rounded down.
    pub fn counted(&self, run: &Run) -> usize {
        let tokens = &self.tokens[run.a][run.at_a..run.at_a + run.words];
        tokens.iter().map(|&token| self.quarters[token as usize]).sum::<usize>() / 4
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

/// Four for a word, two for a Han or kana character, one for a character of Thai, Lao, Khmer or Burmese.
fn quarters_of(word: &str) -> usize {
    match word.chars().next() {
        Some('\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}') => 1,
        Some('\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}') => 2,
        _ => 4,
    }
}

/// Where passages were found, for documents that are the records of one file.
pub struct Coverage {
    /// The two sides of each match, by its documents.
    matches: BTreeMap<(usize, usize), Vec<[Range<usize>; 2]>>,
    /// For each document the places of families in it.
    places: Vec<Vec<(usize, Range<usize>)>>,
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
        Self { matches, places }
    }

    /// Whether one match covers both places of a run.
    pub fn in_one_match(&self, run: &Run) -> bool {
        let between = self.matches.get(&(run.a, run.b));
        between.is_some_and(|matches| matches.iter().any(|[a, b]| holds(a, &run.in_a()) && holds(b, &run.in_b())))
    }

    /// Whether one family has a place that covers the one, and a place that covers the other.
    pub fn in_one_family(&self, run: &Run) -> bool {
        let of = |doc: usize, range: Range<usize>| {
            self.places[doc].iter().filter(move |(_, place)| holds(place, &range)).map(|(family, _)| family)
        };
        of(run.a, run.in_a()).any(|family| of(run.b, run.in_b()).any(|other| family == other))
    }

    /// Whether every word of both places lies in a family.
    pub fn in_families(&self, run: &Run) -> bool {
        let each = |doc: usize, range: Range<usize>| {
            range.into_iter().all(|word| self.places[doc].iter().any(|(_, place)| place.contains(&word)))
        };
        each(run.a, run.in_a()) && each(run.b, run.in_b())
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
