//! Words of a text compared with those of a kept place.

use std::ops::Range;

use doublon_core::verify::subsequence::common_subsequence;

use super::cut::CuttableText;
use super::kept::KeptWords;
use crate::finding::LEAST_DIGITS;

/// Words of a text, and which of them the kept place has.
pub(super) struct ComparedWords<'t, 'x> {
    text: &'t CuttableText<'x>,
    words: Range<usize>,
    /// Of each word whether the kept place has it, in the same order.
    pub common: Vec<bool>,
    /// The words that the kept place has behind other operators, in order.
    behind_others: Vec<usize>,
}

impl<'t, 'x> ComparedWords<'t, 'x> {
    pub fn new(text: &'t CuttableText<'x>, words: &Range<usize>, kept: KeptWords) -> Self {
        let hashes: Vec<u64> = text.tokens[words.clone()].iter().map(|token| token.hash).collect();
        let (mut common, mut behind_others) = (vec![false; hashes.len()], Vec::new());
        let operators = &text.operators;
        for (word, of_kept) in common_subsequence(&hashes, kept.hashes) {
            common[word] = true;
            let word = words.start + word;
            if !operators.before(word).eq(kept.operators_before(of_kept)) {
                behind_others.push(word);
            }
        }
        Self { text, words: words.clone(), common, behind_others }
    }

    /// The share of the words that the kept place has, 0 if there are none.
    pub fn share(&self) -> f64 {
        share(&self.common)
    }

    /// Returns the words that the kept place does not have.
    pub fn differing(&self) -> Box<[Box<str>]> {
        let tokens = self.text.tokens[self.words.clone()].iter().zip(&self.common);
        let differing = tokens.filter(|(_, is_common)| !**is_common);
        differing.map(|(token, _)| self.text.content(token.span).unwrap_or_default().into()).collect()
    }

    /// Returns the lines and sentences that say the same with other data or operators: of their words that the kept place does
    /// not have, 30% and more have a digit, or it has one of their words behind another operator.
    pub fn other_data(&self) -> Vec<Range<usize>> {
        self.text.edges.units_touching(&self.words).filter(|unit| self.has_other_data(unit)).collect()
    }

    fn has_other_data(&self, unit: &Range<usize>) -> bool {
        let differing = unit.clone().filter(|&word| !self.common[word - self.words.start]);
        let data = differing.clone().filter(|&word| self.text.is_data(word)).count();
        let first = self.behind_others.partition_point(|&word| word < unit.start);
        let has_other_operator = self.behind_others.get(first).is_some_and(|&word| word < unit.end);
        has_other_operator || data > 0 && data as f64 >= LEAST_DIGITS * differing.count() as f64
    }
}

/// The share of words that are common.
pub(super) fn share(common: &[bool]) -> f64 {
    common.iter().filter(|&&is_common| is_common).count() as f64 / common.len().max(1) as f64
}
