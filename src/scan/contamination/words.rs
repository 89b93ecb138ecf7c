//! The words of texts, by hashes that nobody can foresee.

use doublon_core::kernel::TextMasker;
use doublon_core::text::{TokenReader, Tokenizer};
use doublon_core::{Config, Span};

/// Stands for a word of an evaluation item that is known text.
pub(super) const MASKED: u64 = 0;
/// Stands for a word of a document that is known text. So it equals no word of an item.
pub(super) const MASKED_IN_DOCUMENT: u64 = 1;

/// The words of a text: the hash of each, and where it stands. Hashes are by a seed that nobody knows, so that no text can
/// be made to look like another.
#[derive(Default)]
pub(super) struct TextWords {
    pub hashes: Vec<u64>,
    pub spans: Vec<Span>,
}

/// Takes texts apart, with memory that is used again. Each thread has its own.
pub(super) struct WordSplitter {
    reader: TokenReader,
    masker: TextMasker,
    /// What stands for a word that is known text.
    masked: u64,
    /// Reads by the seed of the run, for what findings tell of places.
    describer: TokenReader,
}

impl WordSplitter {
    /// Makes one that puts `masked` for a word of known text.
    pub fn new(config: &Config, seed: u64, masked: u64) -> Self {
        let [reader, describer] = [seed, config.seed].map(|seed| Tokenizer::new(config.text, seed).reader());
        Self { reader, masker: TextMasker::new(config), masked, describer }
    }

    /// Returns what reads by the seed of the run.
    pub fn describer(&mut self) -> &mut TokenReader {
        &mut self.describer
    }

    /// Puts the words of a text in place of others.
    pub fn split(&mut self, text: &str, words: &mut TextWords) {
        let masks = self.masker.masks(text);
        let mut known = masks.cursor();
        words.hashes.clear();
        words.spans.clear();
        self.reader.for_each(text, |token| {
            words.hashes.push(if known.has(token.span) { self.masked } else { token.hash });
            words.spans.push(token.span);
        });
    }
}

#[cfg(test)]
impl TextWords {
    /// The words of a text by seed 0.
    pub fn of_test(text: &str) -> Self {
        let mut words = Self::default();
        WordSplitter::new(&Config::default(), 0, MASKED).split(text, &mut words);
        words
    }
}
