//! Where known text stands in other texts, so that it can be left out of what is compared.
//!
//! It is found as passages are: known text and a text share windowed minima, are aligned from there, and a stretch is
//! known if the share of its words that `threshold` asks for stand in known text, in equal order. So a header that was
//! wrapped anew, has comment marks before its lines or another year is found. Known text of fewer words than a passage
//! has is found where all its words stand in a row.
//!
//! Of the known texts that share minima with a text the one that shares most is aligned first, and minima inside of what
//! was found are done with: hundreds of licences that quote each other cost little more than the one that stands there.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::candidate::postings::{Candidate, WordPlace};
use crate::cluster::repeated_stretches;
use crate::cluster::stretch::Stretch;
use crate::config::Config;
use crate::kernel::align::{PassageRepeats, RepeatAligner};
use crate::kernel::extent::extent;
use crate::sketch::{WindowParameters, Windows};
use crate::span::Span;
use crate::text::{GrowingVocabulary, Token, TokenId, TokenReader, Tokenizer, Vocabulary};

/// Finds known text, with memory that is used again. Each thread has its own.
///
/// # Examples
///
/// ```
/// use doublon_core::Config;
/// use doublon_core::kernel::KnownTextFinder;
/// use doublon_core::text::KnownText;
///
/// let known = KnownText::new(["Copyright 2023 Example Ltd.".to_owned()]);
/// let mut finder = KnownTextFinder::new(&Config::builder().known_text(known).build()?).expect("there is known text");
/// let text = "// copyright 2023, example ltd.\nlet depth = 3.5;";
/// let masks = finder.find(text);
/// assert_eq!(masks.blanked(text).trim(), "//                             \nlet depth = 3.5;");
/// # Ok::<(), doublon_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct KnownTextFinder {
    index: Arc<KnownIndex>,
    reader: TokenReader,
    windows: Windows,
    vocabulary: GrowingVocabulary,
    tokens: Vec<Token>,
    words: Vec<TokenId>,
    hashes: Vec<u64>,
    /// Minima that known text has too, and where they stand in the text.
    seeds: Vec<(u64, u32)>,
    repeats: PassageRepeats,
}

/// What of a text does not count: known text, and what comments say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masks {
    spans: Vec<Span>,
    is_all: bool,
    is_open: bool,
}

impl Masks {
    /// Takes places, in order and apart. `is_open` says that the last one is ended by nothing.
    pub(super) fn new(spans: Vec<Span>, is_open: bool) -> Self {
        Self { spans, is_all: false, is_open }
    }

    /// Says that the text has no word besides.
    pub(super) fn of_all(self) -> Self {
        Self { is_all: true, ..self }
    }

    /// Returns whether a comment begins what is ignored and none ends it.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Returns its places, in order and apart. Known texts without a word between them are one place.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Returns whether the text has no word besides.
    pub fn is_all(&self) -> bool {
        self.is_all
    }

    /// Returns how many bytes are known text.
    pub fn bytes(&self) -> usize {
        self.spans.iter().map(|span| span.len()).sum()
    }

    /// Returns what tells of each token in turn whether it is known text.
    pub fn cursor(&self) -> MaskCursor<'_> {
        MaskCursor { spans: &self.spans }
    }

    /// Returns the text with a space for each byte of known text, so that what is left stands where it stood. `text` is
    /// that in which these were found.
    pub fn blanked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.spans.is_empty() {
            return Cow::Borrowed(text);
        }
        let (mut blanked, mut at) = (String::with_capacity(text.len()), 0);
        for span in &self.spans {
            blanked.push_str(&text[at..span.start]);
            blanked.extend(std::iter::repeat_n(' ', span.len()));
            at = span.end;
        }
        blanked.push_str(&text[at..]);
        Cow::Owned(blanked)
    }
}

/// Tells of the tokens of a text, one after another, whether they are known text.
#[derive(Clone, Debug)]
pub struct MaskCursor<'m> {
    /// Those that do not end before the last token.
    spans: &'m [Span],
}

impl MaskCursor<'_> {
    /// Returns whether a token, which does not start before the last one, is known text.
    pub fn has(&mut self, token: Span) -> bool {
        while let [first, rest @ ..] = self.spans
            && first.end <= token.start
        {
            self.spans = rest;
        }
        self.spans.first().is_some_and(|first| first.start <= token.start)
    }
}

/// The known texts, taken apart once for all threads.
#[derive(Debug)]
struct KnownIndex {
    config: Config,
    /// The words of all of them.
    vocabulary: GrowingVocabulary,
    /// Of each word of the vocabulary, whether it is a number.
    is_number: Vec<bool>,
    /// The words of those that are as long as a passage.
    texts: Vec<Vec<TokenId>>,
    /// Where the minima of these stand, by text and place.
    postings: HashMap<u64, Vec<WordPlace>>,
    short: ShortTexts,
}

/// The most places of one minimum in one known text. A text with more of them repeats itself.
const MOST_PLACES: usize = 4;
/// The most pairs of places that are looked at together.
const MOST_PAIRS: usize = 1 << 20;
/// So many known texts are aligned even where those before cover all that they share: of versions of a licence, the one
/// that stands there may have a few words at an end that no other has.
const ALWAYS_ALIGNED: usize = 4;
/// Words that are remembered besides those of known text.
const MOST_WORDS: usize = 1 << 20;
/// At the edge of known text fewer words than this may differ: the year of a copyright.
const EDGE: u32 = 5;

impl KnownTextFinder {
    /// Makes a finder of the known text of `config`, or nothing if there is none.
    pub fn new(config: &Config) -> Option<Self> {
        let index = KnownIndex::new(config)?;
        let WindowParameters { k, words, bands, rows, .. } = index.config.windows;
        Some(Self {
            windows: Windows::new(k, words, bands, rows, config.seed),
            reader: Tokenizer::new(config.text, config.seed).reader(),
            vocabulary: index.vocabulary.clone(),
            index: Arc::new(index),
            tokens: Vec::new(),
            words: Vec::new(),
            hashes: Vec::new(),
            seeds: Vec::new(),
            repeats: PassageRepeats::default(),
        })
    }

    /// Returns where known text stands in a text.
    pub fn find(&mut self, text: &str) -> Masks {
        self.read(text);
        let index = Arc::clone(&self.index);
        let mut places = index.short.places(&self.tokens);
        self.seed(&index);
        if !self.seeds.is_empty() {
            places.extend(self.near(&index, text));
            places.sort_unstable_by_key(|place| (place.start, place.end));
        }
        let spans: Vec<Span> = self.tokens.iter().map(|token| token.span).collect();
        let places = joined(places);
        let covered: usize = places.iter().map(Range::len).sum();
        let is_all = covered > 0 && covered == self.tokens.len();
        let spans = places.iter().map(|place| extent(text, &spans, place)).collect();
        Masks { spans, is_all, is_open: false }
    }

    /// Takes a text apart.
    fn read(&mut self, text: &str) {
        let Self { index, reader, vocabulary, tokens, words, hashes, .. } = self;
        if vocabulary.vocabulary().len() > index.is_number.len() + MOST_WORDS {
            vocabulary.truncate(index.is_number.len());
        }
        tokens.clear();
        reader.for_each(text, |token| tokens.push(token));
        words.clear();
        let tokenizer = reader.tokenizer();
        words.extend(tokens.iter().map(|&token| vocabulary.number(token.hash, || tokenizer.word(text, token))));
        hashes.clear();
        hashes.extend(words.iter().map(|&word| vocabulary.vocabulary().folded_hash(word)));
    }

    /// Looks for the minima that known text has too.
    fn seed(&mut self, index: &KnownIndex) {
        let Self { windows, hashes, seeds, .. } = self;
        seeds.clear();
        if index.postings.is_empty() {
            return;
        }
        windows.keys(hashes, |key, at| {
            if index.postings.contains_key(&key) {
                seeds.push((key, at as u32));
            }
        });
    }

    /// Returns the stretches of the text that repeat known text of the length of a passage.
    fn near(&mut self, index: &KnownIndex, text: &str) -> Vec<Range<usize>> {
        let Self { vocabulary, words, seeds, repeats, .. } = self;
        repeats.clear();
        let search = Search { index, words, vocabulary: vocabulary.vocabulary() };
        search.repeats(seeds, repeats);
        let least = u32::try_from(index.config.min_words).unwrap_or(u32::MAX);
        let stretches = repeated_stretches(repeats, index.config.threshold, least);
        stretches.iter().map(|stretch| self.widened(index, stretch, text)).collect()
    }

    /// Returns the words of a stretch, with those at its edges that stand for the last few words of the known text.
    fn widened(&self, index: &KnownIndex, stretch: &Stretch, text: &str) -> Range<usize> {
        let known = &index.texts[stretch.kept.doc as usize];
        let (head, tail) = (stretch.kept.start as usize, known.len() - stretch.kept.end as usize);
        let Range { start, end } = stretch.place.words();
        let is_like = |known: &[TokenId], words: Range<usize>| {
            let is_number = |word: usize| self.tokens[word].span.of(text).is_some_and(is_number);
            known
                .iter()
                .zip(words)
                .any(|(&known, word)| self.words[word] == known || index.is_number[known as usize] && is_number(word))
        };
        let takes_head = head < EDGE as usize && head <= start && is_like(&known[..head], start - head..start);
        let takes_tail = tail < EDGE as usize
            && end + tail <= self.words.len()
            && is_like(&known[known.len() - tail..], end..end + tail);
        start - if takes_head { head } else { 0 }..end + if takes_tail { tail } else { 0 }
    }
}

fn is_number(word: &str) -> bool {
    word.chars().all(char::is_numeric)
}

/// Joins places, which are in order, that touch or overlap.
fn joined(places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match joined.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => joined.push(place),
        }
    }
    joined
}

impl KnownIndex {
    fn new(config: &Config) -> Option<Self> {
        // Passages are looked for, whatever the documents are compared by.
        let config = &config.to_builder().unit(None).min_words(config.least_words()).build().ok()?;
        let tokenizer = Tokenizer::new(config.text, config.seed);
        let mut index = Self {
            config: config.clone(),
            vocabulary: GrowingVocabulary::default(),
            is_number: Vec::new(),
            texts: Vec::new(),
            postings: HashMap::new(),
            short: ShortTexts::default(),
        };
        for text in config.known_text.texts() {
            index.add(text, &tokenizer);
        }
        let is_empty = index.texts.is_empty() && index.short.next.is_empty();
        (!is_empty).then_some(index)
    }

    fn add(&mut self, text: &str, tokenizer: &Tokenizer) {
        let tokens = tokenizer.tokens(text);
        let number = |&token: &Token| self.vocabulary.number(token.hash, || tokenizer.word(text, token));
        let words: Vec<TokenId> = tokens.iter().map(number).collect();
        let vocabulary = self.vocabulary.vocabulary();
        self.is_number.resize(vocabulary.len(), false);
        for (&word, token) in words.iter().zip(&tokens) {
            self.is_number[word as usize] = token.span.of(text).is_some_and(is_number);
        }
        if vocabulary.count_words(&words) < self.config.min_words {
            self.short.add(&tokens);
            return;
        }
        let hashes: Vec<u64> = words.iter().map(|&word| vocabulary.folded_hash(word)).collect();
        let WindowParameters { k, words: window, bands, rows, .. } = self.config.windows;
        let (doc, postings) = (self.texts.len() as u32, &mut self.postings);
        Windows::new(k, window, bands, rows, self.config.seed).keys(&hashes, |key, at| {
            let places = postings.entry(key).or_default();
            if places.iter().rev().take_while(|place| place.doc == doc).count() < MOST_PLACES {
                places.push(WordPlace { doc, at: at as u32 });
            }
        });
        self.texts.push(words);
    }
}

/// A text in which known text is looked for.
struct Search<'s> {
    index: &'s KnownIndex,
    words: &'s [TokenId],
    vocabulary: &'s Vocabulary,
}

impl Search<'_> {
    /// Appends what the text has in common with known texts. `seeds` are used up.
    fn repeats(&self, seeds: &mut Vec<(u64, u32)>, repeats: &mut PassageRepeats) {
        let mut aligner = RepeatAligner::new(self.vocabulary, &self.index.config);
        let mut is_known = vec![false; self.words.len()];
        while !seeds.is_empty() {
            let mut candidates = self.candidates(seeds);
            candidates.sort_unstable_by_key(Candidate::by_pair);
            candidates.dedup();
            let mut pairs: Vec<&[Candidate]> = candidates.chunk_by(Candidate::is_same_pair).collect();
            pairs.sort_by_key(|pair| Reverse(pair.len()));
            for (rank, pair) in pairs.into_iter().enumerate() {
                let is_left = |found: &Candidate| rank < ALWAYS_ALIGNED || !is_known[found.b.at as usize];
                let left: Vec<Candidate> = pair.iter().copied().filter(is_left).collect();
                self.align(&left, &mut aligner, &mut is_known, repeats);
            }
            seeds.retain(|&(_, at)| !is_known[at as usize]);
        }
    }

    /// Takes some seeds, and returns the places of known texts that each has.
    fn candidates(&self, seeds: &mut Vec<(u64, u32)>) -> Vec<Candidate> {
        let doc = self.index.texts.len() as u32; // comes after all known texts
        let mut candidates = Vec::new();
        while candidates.len() < MOST_PAIRS
            && let Some((key, at)) = seeds.pop()
        {
            let places = self.index.postings.get(&key).into_iter().flatten();
            candidates.extend(places.map(|&a| Candidate { a, b: WordPlace { doc, at } }));
        }
        candidates
    }

    /// Aligns the text with one known text.
    fn align(
        &self,
        pair: &[Candidate],
        aligner: &mut RepeatAligner<'_>,
        is_known: &mut [bool],
        repeats: &mut PassageRepeats,
    ) {
        let Some(first) = pair.first() else { return };
        let before = repeats.listed.len();
        aligner.align_pair([&self.index.texts[first.a.doc as usize], self.words], pair, repeats);
        for found in &repeats.listed[before..] {
            if repeats.identity(found) >= self.index.config.threshold {
                is_known[found.b.words()].fill(true);
            }
        }
    }
}

/// Texts that are found word by word: a tree of their words.
#[derive(Debug, Default)]
struct ShortTexts {
    /// For a node and the hash of the word after it the node of both together. Nodes count from 1, the root is 0.
    next: HashMap<(u32, u64), u32>,
    /// For each node but the root whether a text ends there.
    is_end: Vec<bool>,
}

impl ShortTexts {
    fn add(&mut self, tokens: &[Token]) {
        let mut node = 0;
        for token in tokens {
            let new = self.is_end.len() as u32 + 1;
            node = *self.next.entry((node, token.hash)).or_insert(new);
            if node == new {
                self.is_end.push(false);
            }
        }
        if node > 0 {
            self.is_end[node as usize - 1] = true;
        }
    }

    /// Returns the places of the texts, from start to end: the longest at each, and none inside another.
    fn places(&self, tokens: &[Token]) -> Vec<Range<usize>> {
        let (mut places, mut at) = (Vec::new(), 0);
        while at < tokens.len() && !self.next.is_empty() {
            let len = self.longest(&tokens[at..]);
            if len > 0 {
                places.push(at..at + len);
            }
            at += len.max(1);
        }
        places
    }

    /// Returns how many words the longest text has with which the tokens begin, 0 if there is none.
    fn longest(&self, tokens: &[Token]) -> usize {
        let (mut node, mut longest) = (0, 0);
        for (token, len) in tokens.iter().zip(1..) {
            let Some(&next) = self.next.get(&(node, token.hash)) else { break };
            node = next;
            if self.is_end[node as usize - 1] {
                longest = len;
            }
        }
        longest
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::KnownText;

    const HEADER: &str = "Copyright 2023 The Tide Table Authors. You may copy it, change it and pass it on under the \
        terms of the example licence. It comes without any warranty, not even that the tides will be on time.";

    fn finder(texts: &[&str]) -> KnownTextFinder {
        let known = KnownText::new(texts.iter().map(|&text| text.to_owned()));
        KnownTextFinder::new(&Config::builder().known_text(known).build().expect("valid")).expect("has words")
    }

    /// Returns the known text in a text.
    fn found<'t>(known: &[&str], text: &'t str) -> Vec<&'t str> {
        let masks = finder(known).find(text);
        masks.spans().iter().filter_map(|span| span.of(text)).collect()
    }

    #[test]
    fn a_near_copy_is_found_from_end_to_end() {
        let lines = HEADER.replace("You may", "\n * You MAY").replace("the \nterms", "the\n * terms");
        let text = format!("/*\n * {}\n */\nlet depth = 3.5;\n", lines.replace("2023", "2026"));
        let masks = finder(&[HEADER]).find(&text);
        assert_eq!(masks.blanked(&text).split_whitespace().collect::<Vec<_>>().join(" "), "/* * */ let depth = 3.5;");
        assert_eq!(masks.blanked(&text).len(), text.len());
        let last = HEADER.replace(" on time.", " on time, 2023");
        assert_eq!(found(&[&last], &last.replace("2023", "1999")), [last.replace("2023", "1999")]);
    }

    #[test]
    fn each_copy_is_a_place_and_what_is_between_is_left() {
        let text = format!("One {HEADER}\n\nbetween both {HEADER} and after.");
        assert_eq!(found(&[HEADER], &text), [HEADER, HEADER]);
        assert_eq!(found(&[HEADER, "between both"], &text), [&text[4..text.len() - 11]]);
    }

    #[test]
    fn short_known_text_is_found_word_for_word() {
        let known = ["all rights reserved", "All rights", "share this"];
        let text = "A. All Rights\nreserved! Rights reserved, all rights. Share it, share this.";
        assert_eq!(found(&known, text), ["All Rights\nreserved!", "all rights.", "share this."]);
    }

    #[test]
    fn what_only_resembles_known_text_is_left() {
        let other = "You may copy it, change it and pass it on, but never sell it to the people of the valley below, \
            who have no use for the tides and would not know what to do with them if they came.";
        assert_eq!(found(&[HEADER], other), [""; 0]);
        let (masks, alone) = (finder(&[HEADER]).find(" ... \n"), finder(&[HEADER]).find(&format!("> {HEADER} <")));
        assert_eq!((masks, alone.is_all(), alone.bytes()), (Masks::default(), true, HEADER.len()));
    }

    #[test]
    fn there_is_no_finder_without_a_word() {
        let none = |known| KnownTextFinder::new(&Config::builder().known_text(known).build().expect("valid")).is_none();
        assert!(none(KnownText::default()) && none(KnownText::new(["...".to_owned()])));
    }

    proptest! {
        #[test]
        fn a_verbatim_copy_is_always_found(
            known in "([a-f]{1,3}[ .\n]){4,60}z",
            before in "([g-m]{1,3} ){0,30}",
            after in "([n-t]{1,3} ){0,30}",
        ) {
            let text = format!("{before}{known} {after}");
            let masks = finder(&[&known]).find(&text);
            let (left, rest) = (masks.blanked(&text), format!("{before}{after}"));
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&left), words(&rest));
        }

        #[test]
        fn places_are_apart_and_between_characters(text in "(Copyright 2023|the tides|will be on time|été ½|[a-c. \n]){0,40}") {
            let masks = finder(&[HEADER, "the tides", "½"]).find(&text);
            let mut end = 0;
            for span in masks.spans() {
                prop_assert!(span.start >= end && span.of(&text).is_some(), "{:?} in {:?}", span, text);
                end = span.end;
            }
            prop_assert_eq!(masks.blanked(&text).len(), text.len());
        }
    }
}
