//! The operators before the words of a text, which make another meaning of the same words: `width * height` and
//! `width / height`.

use std::ops::Range;

use doublon_core::text::{Token, Tokenizer, for_each_operator};

/// Bytes before a text in which an operator before its first word is looked for.
const AHEAD: usize = 16;

/// The operators of a text, in order: each with the number of the word that it stands before, and its hash.
#[derive(Debug, Default)]
pub(super) struct Operators(pub Vec<(usize, u64)>);

impl Operators {
    /// Finds the operators of `text` from byte `start` on, given the words there, whose places are counted from `start`, and
    /// those between the first of them and the word before it.
    pub fn of(text: &str, start: usize, tokens: &[Token], tokenizer: &Tokenizer) -> Self {
        let Some(first) = tokens.first() else { return Self::default() };
        let end = start + tokens[tokens.len() - 1].span.end;
        let first = start + first.span.start;
        let ahead = (start.saturating_sub(AHEAD)..=start).find(|&at| text.is_char_boundary(at)).unwrap_or(start);
        let mut operators = Vec::new();
        for_each_operator(text.get(ahead..end).unwrap_or_default(), |operator, place| {
            let (from, to) = (ahead + place.start, ahead + place.end);
            let is_of_other_words = from < start && text[to.min(first)..first].contains(char::is_alphanumeric);
            if !is_of_other_words {
                let word = tokens.partition_point(|token| start + token.span.start < from);
                operators.push((word, tokenizer.hash(operator)));
            }
        });
        Self(operators)
    }

    /// Returns those of some of the words.
    pub fn within(&self, words: &Range<usize>) -> Self {
        let from = self.0.partition_point(|operator| operator.0 < words.start);
        let here = self.0[from..].iter().take_while(|operator| operator.0 < words.end);
        Self(here.map(|&(word, operator)| (word - words.start, operator)).collect())
    }

    /// Adds the operators of a text that follows, whose first word has the number `first`.
    pub fn append(&mut self, first: usize, others: &Self) {
        self.0.extend(others.0.iter().map(|&(word, operator)| (first + word, operator)));
    }

    /// Returns the hashes of the operators between a word and the one before it.
    pub fn before(&self, word: usize) -> impl Iterator<Item = u64> {
        let start = self.0.partition_point(|operator| operator.0 < word);
        self.0[start..].iter().take_while(move |operator| operator.0 == word).map(|operator| operator.1)
    }

    /// Whether two texts of the same words have the same operators between them.
    pub fn are_between_words_of(&self, other: &Self) -> bool {
        let between = |operators: &Self| operators.0.partition_point(|operator| operator.0 == 0);
        self.0[between(self)..] == other.0[between(other)..]
    }
}

#[cfg(test)]
mod tests {
    use doublon_core::text::Tokenizer;

    use super::*;

    fn operators(text: &str, part: &str) -> Operators {
        let start = text.find(part).expect("a part of the text");
        let tokenizer = Tokenizer::default();
        Operators::of(text, start, &tokenizer.tokens(part), &tokenizer)
    }

    /// Whether `operator` alone stands before a word, or none if it is empty.
    fn is_before(found: &Operators, word: usize, operator: &str) -> bool {
        let expected = Some(operator).filter(|operator| !operator.is_empty());
        found.before(word).eq(expected.map(|operator| Tokenizer::default().hash(operator)))
    }

    #[test]
    fn operators_stand_before_words() {
        let found = operators("area = width*height if !ready", "area = width*height if !ready");
        let parts = [found.within(&(0..3)), found.within(&(2..6))];
        for (word, operator) in ["", "=", "*", "", "!", ""].into_iter().enumerate() {
            assert!(is_before(&found, word, operator), "{word}");
            let (part, word) = if word < 2 { (&parts[0], word) } else { (&parts[1], word - 2) };
            assert!(is_before(part, word, operator), "{word} of a part");
        }
        assert!(is_before(&parts[0], 3, ""), "it ends there");
    }

    #[test]
    fn the_operator_before_a_part_belongs_to_it() {
        for (text, part, operator) in [
            ("if !ready then", "ready then", "!"),
            ("area = width", "width", "="),
            ("a = b c d", "c d", ""), // another word stands between
            ("été = été", "té", ""),
        ] {
            assert!(is_before(&operators(text, part), 0, operator), "{part} in {text}");
        }
    }

    #[test]
    fn texts_of_the_same_words_are_told_apart() {
        let same = |a: &str, b: &str| operators(a, a).are_between_words_of(&operators(b, b));
        assert!(same("a * b", "a*b"));
        assert!(!same("a * b", "a + b"));
        assert!(!same("a * b", "a b"));
    }
}
