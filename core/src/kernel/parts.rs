//! The parts of a text that are compared: all but known text.

use std::ops::Range;

use crate::text::{TokenId, Vocabulary};

/// Returns the parts of a text without its words of known text, in order; all of it if it has none.
pub(super) fn compared_parts<'w>(
    words: &'w [TokenId],
    vocabulary: &Vocabulary,
) -> impl Iterator<Item = Range<usize>> + 'w {
    let masked = vocabulary.masked();
    let whole = masked.is_none().then_some(0..words.len());
    let between = masked.into_iter().flat_map(|masked| {
        let mut start = 0;
        words.split(move |&word| word == masked).map(move |part| {
            let part = start..start + part.len();
            start = part.end + 1;
            part
        })
    });
    whole.into_iter().chain(between.filter(|part| !part.is_empty()))
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
        let parts = |words: &[TokenId]| compared_parts(words, &vocabulary).collect::<Vec<_>>();
        assert_eq!(parts(&[masked, word, word, masked, masked, word]), [1..3, 5..6]);
        assert_eq!(parts(&[masked, masked]), []);
        let none = Vocabulary::default();
        assert!(compared_parts(&[word, word], &none).eq(std::iter::once(0..2)));
    }
}
