//! Texts as sequences of word numbers, four bytes a word, which is what passages are compared in.

use std::ops::Range;

use crate::candidate::postings::Candidate;
use crate::config::Config;
use crate::kernel::align::{PassageRepeats, RepeatAligner};
use crate::kernel::batch::TextBatch;
use crate::kernel::masker::TextMasker;
use crate::text::{Lexicon, Token, TokenId, Tokenizer, Vocabulary};

/// The words of some texts, numbered in one vocabulary.
///
/// # Examples
///
/// ```
/// use doublon_core::Config;
/// use doublon_core::kernel::{TextBatch, WordBatch};
///
/// let words = WordBatch::new([TextBatch::from(["Un été", "un deux"].as_slice())], &Config::default());
/// assert_eq!((words.len(), words.vocabulary().len()), (2, 3));
/// assert_eq!(words.tokens(0)[0], words.tokens(1)[0]);
/// ```
#[derive(Clone, Debug)]
pub struct WordBatch {
    vocabulary: Vocabulary,
    tokens: Vec<TokenId>,
    /// For each text the end of its words.
    ends: Vec<usize>,
}

impl WordBatch {
    /// Numbers the words of all texts of some batches, one batch after the other. Of more than 2^32 words of a text,
    /// the first 2^32 are taken.
    pub fn new<'t>(batches: impl IntoIterator<Item = TextBatch<'t>>, config: &Config) -> Self {
        let tokenizer = Tokenizer::new(config.text, config.seed);
        let (mut reader, mut lexicon) = (tokenizer.reader(), Lexicon::default());
        let mut masker = TextMasker::new(config);
        let (mut tokens, mut ends): (Vec<TokenId>, Vec<usize>) = (Vec::new(), Vec::new());
        for batch in batches {
            for text in batch.iter() {
                let most = tokens.len().saturating_add(u32::MAX as usize);
                let masks = masker.masks(text);
                let mut masks = masks.cursor();
                reader.for_each(text, |token @ Token { hash, span }| {
                    if tokens.len() >= most {
                        return;
                    }
                    let word = || tokenizer.word(text, token);
                    tokens.push(if masks.has(span) { lexicon.masked() } else { lexicon.number(hash, word) });
                });
                ends.push(tokens.len());
            }
        }
        lexicon.finish();
        let (vocabulary, numbers) = Vocabulary::merge(&[lexicon]);
        for token in &mut tokens {
            *token = numbers[0][*token as usize];
        }
        Self { vocabulary, tokens, ends }
    }

    /// Returns the number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the vocabulary of all texts.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Returns the words of the text number `doc`.
    ///
    /// # Panics
    ///
    /// If there are no more than `doc` texts.
    pub fn tokens(&self, doc: u32) -> &[TokenId] {
        &self.tokens[self.range(doc)]
    }

    fn range(&self, doc: u32) -> Range<usize> {
        let start = doc.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        start..self.ends[doc as usize]
    }
}

impl RepeatAligner<'_> {
    /// Appends the passages that hold one of `candidates`, which [`PostingLinker`](super::PostingLinker) has ordered, to `repeats`, and
    /// orders those to list.
    pub fn align(&mut self, words: &WordBatch, candidates: &[Candidate], repeats: &mut PassageRepeats) {
        for pair in candidates.chunk_by(Candidate::is_same_pair) {
            self.align_pair([words.tokens(pair[0].a.doc), words.tokens(pair[0].b.doc)], pair, repeats);
        }
        repeats.sort();
    }
}
