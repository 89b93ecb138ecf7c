//! Phrases, sequences of words, found in texts: all of very many in one pass over each text.
//!
//! Each phrase is looked up by the hash of its first words, and where that is met by the hash of all of them, which a
//! polynomial over the hashes of words gives for any stretch of a text at once (Karp and Rabin, "Efficient randomized
//! pattern-matching algorithms", IBM Journal of Research and Development 31, 1987). What is found has been compared word by
//! word.

use std::collections::HashMap;
use std::ops::Range;

use crate::hash::mix;

/// By how many of its first words a phrase is looked up, at most.
const HEAD: usize = 8;

/// The base of the polynomial: odd, so that nothing is lost by multiplying. The words themselves are hashes.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Bits of the filter for each head.
const FILTER_BITS: usize = 16;

/// Phrases that texts are searched for.
///
/// # Examples
///
/// ```
/// use doublon_core::kernel::{PhraseHit, PhraseIndex};
///
/// let mut index = PhraseIndex::default();
/// let text = index.add_text(&[1, 2, 3, 4]).unwrap();
/// let [start, middle] = [index.add(text.start..text.start + 2), index.add(text.start + 1..text.end)];
/// let mut hits = Vec::new();
/// index.finish().searcher().search(&[9, 1, 2, 3, 4], &mut hits);
/// assert_eq!(hits, [PhraseHit { phrase: start, start: 1 }, PhraseHit { phrase: middle, start: 2 }]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct PhraseIndex {
    /// The words of all texts that phrases were taken from, by their hashes.
    words: Vec<u64>,
    /// Of each phrase the words that it has.
    phrases: Vec<Range<u32>>,
    /// The phrase with a hash; where two share one, the later is filed under the next that is free.
    numbers: HashMap<u64, u32>,
    /// The lengths of the phrases that begin with the words of a hash, by their number in `lengths`.
    heads: HashMap<u64, u32>,
    lengths: Vec<Vec<u32>>,
    /// The numbers of `lengths`.
    length_numbers: HashMap<Vec<u32>, u32>,
    /// How many words heads have, ascending.
    head_sizes: Vec<usize>,
    filter: Vec<u64>,
    most: usize,
}

/// A phrase that stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PhraseHit {
    /// The number of its first word.
    pub start: u32,
    /// The number of the phrase.
    pub phrase: u32,
}

impl PhraseIndex {
    /// Takes up the hashes of the words of a text, and returns where they are among all that were taken up; none if these are
    /// 2^32 words or more with them.
    pub fn add_text(&mut self, words: &[u64]) -> Option<Range<u32>> {
        let start = self.words.len();
        let end = u32::try_from(start + words.len()).ok()?;
        self.words.extend_from_slice(words);
        Some(start as u32..end)
    }

    /// Adds the phrase that stands at a place of the texts that were taken up, and returns its number. Equal phrases have one
    /// number; the first is 0, and each new one the next.
    ///
    /// # Panics
    ///
    /// If there are no words there.
    pub fn add(&mut self, place: Range<u32>) -> u32 {
        let words = &self.words[place.start as usize..place.end as usize];
        let (size, key) = (words.len().min(HEAD), key(polynomial(words), words.len()));
        assert!(size > 0, "a phrase has a word");
        let next = self.phrases.len() as u32;
        let number = match self.find(key, words) {
            Ok(number) => return number,
            Err(free) => *self.numbers.entry(free).or_insert(next),
        };
        let head = self::key(polynomial(&words[..size]), size);
        let length = place.len() as u32;
        self.most = self.most.max(words.len());
        self.phrases.push(place);
        self.add_length(head, length);
        if let Err(at) = self.head_sizes.binary_search(&size) {
            self.head_sizes.insert(at, size);
        }
        number
    }

    /// Says that no more phrases will come.
    #[must_use]
    pub fn finish(mut self) -> Self {
        let bits = (self.heads.len() * FILTER_BITS).next_power_of_two().max(64);
        self.filter = vec![0; bits / 64];
        for phrase in 0..self.phrases.len() as u32 {
            let head = &self.words(phrase)[..self.words(phrase).len().min(HEAD)];
            let (word, bit) = self.filter_place(key(polynomial(head), head.len()));
            self.filter[word] |= bit;
        }
        self
    }

    /// Returns how many phrases there are, equal ones counted once.
    pub fn len(&self) -> usize {
        self.phrases.len()
    }

    /// Returns whether there is no phrase.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// Returns the hashes of the words of a phrase.
    pub fn words(&self, phrase: u32) -> &[u64] {
        let Range { start, end } = self.phrases[phrase as usize];
        &self.words[start as usize..end as usize]
    }

    /// Returns the hashes of the words at a place of the texts that were taken up.
    pub fn text(&self, place: Range<u32>) -> &[u64] {
        &self.words[place.start as usize..place.end as usize]
    }

    /// Returns what searches texts, with memory that is used again. Each thread has its own.
    pub fn searcher(&self) -> PhraseSearcher<'_> {
        PhraseSearcher { index: self, powers: powers(self.most), sums: Vec::new() }
    }

    /// Returns the number of a phrase, or the key that it could be filed under.
    fn find(&self, mut key: u64, words: &[u64]) -> Result<u32, u64> {
        while let Some(&number) = self.numbers.get(&key) {
            if self.words(number) == words {
                return Ok(number);
            }
            key = key.wrapping_add(1);
        }
        Err(key)
    }

    /// Most heads have phrases of one length, and those of all others few sets of lengths among them.
    fn add_length(&mut self, head: u64, length: u32) {
        let mut lengths = self.heads.get(&head).map_or_else(Vec::new, |&number| self.lengths[number as usize].clone());
        if let Err(at) = lengths.binary_search(&length) {
            lengths.insert(at, length);
            let next = self.lengths.len() as u32;
            let number = *self.length_numbers.entry(lengths.clone()).or_insert(next);
            if number == next {
                self.lengths.push(lengths);
            }
            self.heads.insert(head, number);
        }
    }

    fn filter_place(&self, head: u64) -> (usize, u64) {
        let bit = head as usize & (self.filter.len() * 64 - 1);
        (bit / 64, 1 << (bit % 64))
    }

    fn may_have(&self, head: u64) -> bool {
        let (word, bit) = self.filter_place(head);
        self.filter[word] & bit != 0
    }
}

/// Searches texts for the phrases of an index.
#[derive(Clone, Debug)]
pub struct PhraseSearcher<'i> {
    index: &'i PhraseIndex,
    powers: Vec<u64>,
    /// The polynomial of the words before each.
    sums: Vec<u64>,
}

impl PhraseSearcher<'_> {
    /// Appends all places where phrases stand among words, given by their hashes, in order; those of one place by length.
    pub fn search(&mut self, words: &[u64], hits: &mut Vec<PhraseHit>) {
        let index = self.index;
        self.sums.clear();
        self.sums.push(0);
        let mut sum = 0u64;
        self.sums.extend(words.iter().map(|&word| {
            sum = sum.wrapping_mul(BASE).wrapping_add(word);
            sum
        }));
        for start in 0..words.len() {
            for &size in index.head_sizes.iter().take_while(|&&size| size <= words.len() - start) {
                let head = key(self.hash(start, size), size);
                if !index.may_have(head) {
                    continue;
                }
                let Some(&lengths) = index.heads.get(&head) else { continue };
                // Heads of other sizes may share the hash.
                let lengths = index.lengths[lengths as usize].iter().map(|&length| length as usize);
                let lengths = lengths.filter(|&length| length.min(HEAD) == size && length <= words.len() - start);
                for length in lengths {
                    let found = index.find(key(self.hash(start, length), length), &words[start..start + length]);
                    hits.extend(found.ok().map(|phrase| PhraseHit { start: start as u32, phrase }));
                }
            }
        }
    }

    /// Returns the polynomial of `length` words from `start` on.
    fn hash(&self, start: usize, length: usize) -> u64 {
        self.sums[start + length].wrapping_sub(self.sums[start].wrapping_mul(self.powers[length]))
    }
}

fn polynomial(words: &[u64]) -> u64 {
    words.iter().fold(0, |sum: u64, &word| sum.wrapping_mul(BASE).wrapping_add(word))
}

/// Returns the powers of the base up to that of `most`.
fn powers(most: usize) -> Vec<u64> {
    std::iter::successors(Some(1u64), |power| Some(power.wrapping_mul(BASE))).take(most + 1).collect()
}

/// Returns what words are filed under.
fn key(polynomial: u64, words: usize) -> u64 {
    mix(polynomial ^ mix(words as u64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All places, by comparing every phrase with every place.
    fn brute(index: &PhraseIndex, words: &[u64]) -> Vec<PhraseHit> {
        let mut hits = Vec::new();
        for start in 0..words.len() {
            let mut here: Vec<u32> =
                (0..index.len() as u32).filter(|&phrase| words[start..].starts_with(index.words(phrase))).collect();
            here.sort_by_key(|&phrase| index.words(phrase).len());
            hits.extend(here.into_iter().map(|phrase| PhraseHit { start: start as u32, phrase }));
        }
        hits
    }

    fn search(index: &PhraseIndex, words: &[u64]) -> Vec<PhraseHit> {
        let mut hits = Vec::new();
        index.searcher().search(words, &mut hits);
        hits
    }

    #[test]
    fn equal_phrases_have_one_number() {
        let mut index = PhraseIndex::default();
        let text = index.add_text(&[1, 2, 1, 2, 3]);
        assert_eq!(text, Some(0..5));
        assert_eq!([index.add(0..2), index.add(1..3), index.add(2..4), index.add(0..5)], [0, 1, 0, 2]);
        assert_eq!((index.len(), index.words(2)), (3, &[1, 2, 1, 2, 3][..]));
    }

    #[test]
    fn nothing_is_found_where_there_is_nothing() {
        assert_eq!(search(&PhraseIndex::default().finish(), &[1, 2, 3]), []);
        let mut index = PhraseIndex::default();
        index.add_text(&[1, 2, 3]);
        index.add(0..3);
        let index = index.finish();
        assert_eq!(search(&index, &[]), []);
        assert_eq!(search(&index, &[1, 2]), [], "the text ends before the phrase does");
    }

    #[test]
    fn phrases_with_one_hash_are_told_apart_by_their_words() {
        let mut index = PhraseIndex::default();
        // The polynomial of two words is BASE * a + b: these two agree in it.
        index.add_text(&[1, BASE, 2, 0]);
        assert_eq!([index.add(0..2), index.add(2..4)], [0, 1]);
        let index = index.finish();
        assert_eq!(
            search(&index, &[2, 0, 1, BASE]),
            [PhraseHit { start: 0, phrase: 1 }, PhraseHit { start: 2, phrase: 0 }]
        );
    }

    proptest! {
        #[test]
        fn every_place_of_every_phrase_is_found(
            texts in prop::collection::vec(prop::collection::vec(0u64..4, 1..40), 1..4),
            cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1usize..24), 0..40),
            words in prop::collection::vec(0u64..4, 0..120),
        ) {
            let mut index = PhraseIndex::default();
            let places: Vec<Range<u32>> = texts.iter().filter_map(|text| index.add_text(text)).collect();
            for (text, start, length) in cuts {
                let place = &places[text.index(places.len())];
                let start = place.start + start.index(place.len()) as u32;
                index.add(start..place.end.min(start + length as u32));
            }
            let index = index.finish();
            prop_assert_eq!(search(&index, &words), brute(&index, &words));
            for text in &texts {
                prop_assert_eq!(search(&index, text), brute(&index, text));
            }
        }
    }
}
