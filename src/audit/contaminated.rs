//! Documents that went for evaluation items: how much of its item each of them has, counted anew.

use std::collections::HashSet;

use doublon_core::Span;
use doublon_core::text::{Tokenizer, tokens_a_word};
use doublon_core::verify::subsequence::common_subsequence;

use crate::finding::{ContaminationRule, ContaminationUnit};

/// The words of an evaluation item.
pub(super) struct ItemWords {
    hashes: Vec<u64>,
    /// Words of an n-gram of it.
    ngram: usize,
}

impl ItemWords {
    /// Takes an item apart.
    pub fn new(text: &str, tokenizer: &Tokenizer, rule: &ContaminationRule) -> Self {
        let tokens = tokenizer.tokens(text);
        let size = |span: Span| span.of(text).map_or(1, tokens_a_word);
        let sizes: usize = tokens.iter().map(|token| size(token.span)).sum();
        let mean = sizes as f64 / tokens.len().max(1) as f64;
        let factor = if mean < 1.5 { 1 } else { 2 * (1 + usize::from(mean >= 3.0)) };
        let hashes: Vec<u64> = tokens.iter().map(|token| token.hash).collect();
        let ngram = match rule.unit {
            ContaminationUnit::Item => hashes.len(),
            _ => hashes.len().min(rule.ngram * factor),
        };
        Self { hashes, ngram }
    }

    /// Returns the share of it that a document has, in the unit of the rule. What the scan left out, as n-grams that many
    /// items have, is not left out: the share that it told may be less and not more.
    pub fn share(&self, document: &str, tokenizer: &Tokenizer, rule: &ContaminationRule) -> f64 {
        let words: Vec<u64> = tokenizer.tokens(document).iter().map(|token| token.hash).collect();
        let of = |n: usize, all: usize| n as f64 / all.max(1) as f64;
        if rule.unit == ContaminationUnit::Passage {
            return of(common_subsequence(&self.hashes, &words).len(), self.hashes.len());
        }
        let ngram = self.ngram.max(1);
        let there: HashSet<&[u64]> = words.windows(ngram).collect();
        let ngrams: Vec<bool> = self.hashes.windows(ngram).map(|window| there.contains(window)).collect();
        if rule.unit != ContaminationUnit::Words {
            return of(ngrams.iter().filter(|found| **found).count(), ngrams.len());
        }
        let is_covered = |word: usize| {
            let first = (word + 1).saturating_sub(ngram);
            ngrams.iter().skip(first).take(word + 1 - first).any(|found| *found)
        };
        of((0..self.hashes.len()).filter(|&word| is_covered(word)).count(), self.hashes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_counted_in_the_unit_of_the_rule() {
        let words: Vec<String> = (0..16).map(|n| format!("w{n}")).collect();
        let (item, tokenizer) = (words.join(" "), Tokenizer::default());
        let document = format!("a b {} c", words[..12].join(" "));
        let share = |name: &str| {
            let rule = ContaminationRule::named(name).expect("there is one");
            (ItemWords::new(&item, &tokenizer, &rule).share(&document, &tokenizer, &rule) * 1000.0) as u32
        };
        assert_eq!(["palm", "tulu3", "passage", "ngram", "item"].map(share), [555, 750, 750, 0, 0]);
    }
}
