//! The parts of a text that are compared: all but known text.

use std::ops::Range;

use crate::text::TokenId;

/// Returns the parts of a text without its words of known text, whose number is `masked`, in order; all of it if there are none.
pub(super) fn compared_parts(words: &[TokenId], masked: Option<TokenId>) -> impl Iterator<Item = Range<usize>> + '_ {
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

    #[test]
    fn known_text_divides_a_text() {
        let (word, masked) = (5, 9);
        let parts = |words: &[TokenId]| compared_parts(words, Some(masked)).collect::<Vec<_>>();
        assert_eq!(parts(&[masked, word, word, masked, masked, word]), [1..3, 5..6]);
        assert_eq!(parts(&[masked, masked]), []);
        assert!(compared_parts(&[word, word], None).eq(std::iter::once(0..2)));
    }
}
