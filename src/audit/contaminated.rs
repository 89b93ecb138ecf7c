//! Documents that went for evaluation items: how much of its item each of them has, counted anew.

use std::collections::HashSet;

use doublon_core::kernel::TextMasker;
use doublon_core::text::{Token, Tokenizer, tokens_a_word_in};
use doublon_core::verify::subsequence::common_subsequence;

use crate::finding::{ContaminationRule, ContaminationUnit};

/// Stands for a word that is known text, and equals no word of a document.
const MASKED: u64 = 0;

/// The words of an evaluation item.
pub(super) struct ItemWords {
    hashes: Vec<u64>,
    /// How many of them are no known text.
    own: usize,
    /// Words of an n-gram of it.
    ngram: usize,
}

impl ItemWords {
    /// Takes an item apart.
    pub fn new(text: &str, tokenizer: &Tokenizer, masker: &mut TextMasker, rule: &ContaminationRule) -> Self {
        let tokens = tokenizer.tokens(text);
        let masks = masker.masks(text);
        let mut known = masks.cursor();
        let hash = |token: &Token| if known.has(token.span) { MASKED } else { token.hash };
        let hashes: Vec<u64> = tokens.iter().map(hash).collect();
        let own = || hashes.split(|&hash| hash == MASKED).map(<[u64]>::len);
        let tokens_a_word = tokens_a_word_in(tokens.iter().filter_map(|token| token.span.of(text)));
        let ngram = rule.phrase_length(own().max().unwrap_or(0), tokens_a_word).unwrap_or(0);
        Self { own: own().sum(), ngram, hashes }
    }

    /// Returns the share of it that a document has, in the unit of the rule; 0 if it is too short to be looked for. What the
    /// scan left out, as n-grams that many items have, is not left out: the share that it told may be less and not more.
    pub fn share(&self, document: &str, tokenizer: &Tokenizer, rule: &ContaminationRule) -> f64 {
        if self.ngram == 0 {
            return 0.0;
        }
        let words: Vec<u64> = tokenizer.tokens(document).iter().map(|token| token.hash).collect();
        let of = |n: usize, all: usize| n as f64 / all.max(1) as f64;
        if rule.unit == ContaminationUnit::Passage {
            return of(common_subsequence(&self.hashes, &words).len(), self.own);
        }
        let there: HashSet<&[u64]> = words.windows(self.ngram).collect();
        let ngrams: Vec<bool> = self.hashes.windows(self.ngram).map(|window| there.contains(window)).collect();
        if rule.unit != ContaminationUnit::Words {
            let own = self.hashes.windows(self.ngram).filter(|window| !window.contains(&MASKED));
            return of(ngrams.iter().filter(|found| **found).count(), own.count());
        }
        let is_covered = |word: usize| {
            let first = (word + 1).saturating_sub(self.ngram);
            ngrams.iter().skip(first).take(word + 1 - first).any(|found| *found)
        };
        of((0..self.hashes.len()).filter(|&word| is_covered(word)).count(), self.own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use doublon_core::Config;
    use doublon_core::text::KnownText;

    /// The shares of an item in a document by the rules, in thousandths, where `known` is no part of any text.
    fn shares(item: &str, document: &str, known: &[&str]) -> [u32; 5] {
        let config = Config::builder()
            .known_text(KnownText::new(known.iter().map(|text| (*text).to_owned())))
            .build()
            .expect("is valid");
        let (tokenizer, mut masker) = (Tokenizer::default(), TextMasker::new(&config));
        ["palm", "tulu3", "passage", "ngram", "item"].map(|name| {
            let rule = ContaminationRule::named(name).expect("there is one");
            let words = ItemWords::new(item, &tokenizer, &mut masker, &rule);
            (words.share(document, &tokenizer, &rule) * 1000.0) as u32
        })
    }

    #[test]
    fn a_share_is_counted_in_the_unit_of_the_rule() {
        let words: Vec<String> = (0..16).map(|n| format!("w{n}")).collect();
        let document = format!("a b {} c", words[..12].join(" "));
        assert_eq!(shares(&words.join(" "), &document, &[]), [555, 750, 750, 0, 0]);
    }

    #[test]
    fn known_text_is_no_part_of_an_item() {
        let words: Vec<String> = (0..36).map(|n| format!("w{n}")).collect();
        let (known, own) = (words[..20].join(" "), words[20..].join(" "));
        let document = words[..32].join(" ");
        assert_eq!(shares(&format!("{known} {own}"), &document, &[&known]), [555, 750, 750, 0, 0]);
        assert_eq!(shares(&format!("{known} {own}"), &own, &[&known]), [1000; 5]);
        assert_eq!(shares(&known, &known, &[&known]), [0; 5]);
    }
}
