//! Tokens: maximal runs of letters and digits, and single characters of scripts written without spaces.

use serde::{Deserialize, Serialize};

use super::chars::CharTable;
use super::{Shingle, TokenReader, plain};
use crate::hash::TokenHasher;
use crate::span::Span;

/// How text becomes tokens and tokens become shingles. Part of what determines every result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextOptions {
    /// What a document's shingles are.
    pub shingle: Shingle,
    /// Whether letters of different case differ.
    pub keep_case: bool,
    /// Whether accented letters of Latin, Greek and Cyrillic equal the plain ones.
    pub fold_accents: bool,
    /// Whether all digits are equal.
    pub fold_digits: bool,
}

/// A token: the hash of its normalised form, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The hash of the normalised token.
    pub hash: u64,
    /// Its place in the original text. Tokens that come from one character, such as the two of `½`, share its span.
    pub span: Span,
}

/// Turns texts into tokens.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    options: TextOptions,
    hasher: TokenHasher,
    table: CharTable,
}

impl Tokenizer {
    /// Makes a tokenizer; `seed` is that of all hash functions of the run.
    pub fn new(options: TextOptions, seed: u64) -> Self {
        Self { options, hasher: TokenHasher::new(seed), table: CharTable::new(options) }
    }

    /// Returns the options it was made with.
    pub fn options(&self) -> &TextOptions {
        &self.options
    }

    /// Returns a reader, which gives the tokens of many texts faster than this does.
    pub fn reader(&self) -> TokenReader {
        TokenReader::new(self.clone())
    }

    /// Calls `emit` with each normalised token and its span, in order. This is slow: one character at a time.
    pub fn for_each(&self, text: &str, emit: impl FnMut(&str, Span)) {
        plain::for_each(text, &self.options, emit);
    }

    /// Returns the tokens of a text in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::text::Tokenizer;
    ///
    /// let text = "L'ÉTÉ, 東京";
    /// let tokens = Tokenizer::default().tokens(text);
    /// let places: Vec<_> = tokens.iter().filter_map(|token| token.span.of(text)).collect();
    /// assert_eq!(places, ["L", "ÉTÉ", "東", "京"]);
    /// ```
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        self.reader().tokens(text)
    }

    /// Appends the hashes of the tokens of a text to `hashes`, in order.
    pub fn hashes(&self, text: &str, hashes: &mut Vec<u64>) {
        self.reader().hashes(text, hashes);
    }

    /// Appends the hashes of what the shingles of a text are made of, tokens or characters, in order.
    pub fn units(&self, text: &str, hashes: &mut Vec<u64>) {
        self.reader().units(text, hashes);
    }

    /// Returns the normalised form of a token of a text. It is worked out from the text where the token stands.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::text::Tokenizer;
    ///
    /// let (tokenizer, text) = (Tokenizer::default(), "½ ÉTÉ");
    /// let words: Vec<_> = tokenizer.tokens(text).into_iter().map(|token| tokenizer.word(text, token)).collect();
    /// assert_eq!(words, ["1", "2", "été"]);
    /// ```
    pub fn word(&self, text: &str, token: Token) -> String {
        let mut found = String::new();
        // A character that is several tokens is the place of each.
        self.for_each(&text[token.span.start..token.span.end], |word, _| {
            if self.hash(word) == token.hash {
                word.clone_into(&mut found);
            }
        });
        found
    }

    /// Returns whether the text holds a token.
    pub fn has_token(&self, text: &str) -> bool {
        let mut found = false;
        // Normal text has a token in its first characters, so a short look comes first.
        let head = (0..=text.len().min(64)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        for part in [&text[..head], text] {
            self.for_each(part, |_, _| found = true);
            if found {
                break;
            }
        }
        found
    }

    /// Returns the hash of a normalised token.
    pub fn hash(&self, token: &str) -> u64 {
        self.hasher.hash(token.as_bytes())
    }

    /// Returns the hash function of tokens.
    pub(super) fn hasher(&self) -> TokenHasher {
        self.hasher
    }

    /// Returns what characters become under its options.
    pub(super) fn table(&self) -> &CharTable {
        &self.table
    }
}

impl Default for Tokenizer {
    fn default() -> Self {
        Self::new(TextOptions::default(), 0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        Tokenizer::default().for_each(text, |word, _| words.push(word.to_owned()));
        words
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(words("Aujourd'hui, 3,5 km_2 !"), ["aujourd", "hui", "3", "5", "km", "2"]);
        assert_eq!(words(""), Vec::<String>::new());
        assert_eq!(words(" \u{feff}\n…"), Vec::<String>::new());
        assert_eq!(words("ABC東京deｆ"), ["abc", "東", "京", "def"]);
        assert_eq!(words("½"), ["1", "2"]);
    }

    #[test]
    fn token_hashes_never_change() {
        let hash = |word| Tokenizer::default().hash(word);
        assert_eq!(hash("a"), GOLDEN[0]);
        assert_eq!(hash("diplomatie"), GOLDEN[1]);
        assert_eq!(hash("anticonstitutionnellement"), GOLDEN[2]);
        assert_ne!(Tokenizer::new(TextOptions::default(), 1).hash("a"), GOLDEN[0]);
    }

    const GOLDEN: [u64; 3] = [0x4ae8_d61f_9c99_c83b, 0x7d0e_b278_37a0_d8e5, 0x47d2_fd71_32b2_fdfc];

    proptest! {
        #[test]
        fn every_token_maps_back_to_its_bytes(text in "\\PC*|[a-zA-Zéß\u{300}-\u{304}\u{200b}\u{ad}½㍿ﬁ東한 .,\n-]*") {
            let tokenizer = Tokenizer::default();
            let mut last = 0;
            tokenizer.for_each(&text, |word, span| {
                let place = span.of(&text).expect("a span falls on character boundaries");
                let mut again = Vec::new();
                tokenizer.for_each(place, |word, _| again.push(word.to_owned()));
                assert!(again.iter().any(|w| w == word), "{word:?} is not in {place:?} of {text:?}: {again:?}");
                assert!(span.start >= last, "spans fall back in {text:?}");
                last = span.start;
            });
        }
    }
}
