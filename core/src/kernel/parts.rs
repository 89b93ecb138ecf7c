//! The parts of a text that are compared: all but known text.

use std::ops::Range;

use crate::text::{TokenId, Vocabulary};

/// Returns the parts of a text without its words of known text, in order; all of it if it has none.
pub(super) fn compared_parts(words: &[TokenId], vocabulary: &Vocabulary) -> Vec<Range<usize>> {
    let whole = 0..words.len();
    let Some(masked) = vocabulary.masked() else { return std::iter::once(whole).collect() };
    let (mut parts, mut start) = (Vec::new(), 0);
    for part in words.split(|&word| word == masked) {
        if !part.is_empty() {
            parts.push(start..start + part.len());
        }
        start += part.len() + 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lexicon;

    #[test]
    fn known_text_divides_a_text() {
        let mut lexicon = Lexicon::default();
        let (word, masked) = (lexicon.number(5, || "word"), lexicon.masked());
        let (vocabulary, new) = Vocabulary::merge(&[lexicon]);
        let [word, masked] = [word, masked].map(|token| new[0][token as usize]);
        let parts = |words: &[TokenId]| compared_parts(words, &vocabulary);
        assert_eq!(parts(&[masked, word, word, masked, masked, word]), [1..3, 5..6]);
        assert_eq!(parts(&[masked, masked]), []);
        let none = Vocabulary::default();
        assert!(compared_parts(&[word, word], &none).into_iter().eq(std::iter::once(0..2)));
    }
}
