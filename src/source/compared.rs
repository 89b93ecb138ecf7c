//! What of a document is held against another to tell how far both are equal: the text, the bytes that were no text, and
//! where the texts of several fields meet.

use doublon_core::text::{Tokenizer, characters};

use crate::finding::Equality;

/// Where the texts of several fields end in the text that they were joined to, in bytes and in order. There is none at the end
/// of the text, and none where one field was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextBorders(Vec<usize>);

/// A text, and what else is compared.
#[derive(Clone, Copy, Debug)]
pub struct ComparedText<'t> {
    /// The text.
    pub text: &'t str,
    /// A hash of its bytes, if some of them were no text.
    pub raw_hash: Option<u128>,
    /// Where the texts of fields meet in it.
    pub borders: &'t TextBorders,
}

impl TextBorders {
    /// Makes them of the bytes at which fields of a text end.
    pub fn new(text: &str, ends: impl IntoIterator<Item = usize>) -> Self {
        let length = text.trim_end().len();
        Self(ends.into_iter().take_while(|&end| end < length).collect())
    }

    /// Returns the bytes at which fields end.
    pub fn ends(&self) -> &[usize] {
        &self.0
    }

    /// Returns how many words each field has, or how many characters if the text has no word.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon::source::TextBorders;
    ///
    /// assert_eq!(TextBorders::new("New York\n\ncity", [8]).shape("New York\n\ncity"), [2, 1]);
    /// assert_eq!(TextBorders::new("new\n\nYork city", [3]).shape("new\n\nYork city"), [1, 2]);
    /// assert!(TextBorders::default().shape("new York city").is_empty());
    /// ```
    pub fn shape(&self, text: &str) -> Vec<usize> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let tokenizer = Tokenizer::default();
        let starts = std::iter::once(0).chain(self.0.iter().copied());
        let ends = self.0.iter().copied().chain([text.len()]);
        let fields = starts.zip(ends).map(|(start, end)| text.get(start..end).unwrap_or_default());
        let words: Vec<usize> = fields.clone().map(|field| tokenizer.tokens(field).len()).collect();
        if words.iter().any(|&words| words > 0) {
            return words;
        }
        fields.map(|field| characters(field).chars().count()).collect()
    }
}

impl ComparedText<'_> {
    /// Returns how far two are equal, given how to find out whether their words are. Texts of several fields are equal if each
    /// field is.
    pub fn equality(&self, other: &Self, same_words: impl FnOnce() -> bool) -> Equality {
        let equality = Equality::of(self.text, other.text, self.raw_hash == other.raw_hash, same_words);
        let same_fields = || self.borders.shape(self.text) == other.borders.shape(other.text);
        if equality.is_none() || same_fields() { equality } else { Equality::None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text of some fields, and where they end.
    fn joined(fields: &[&str]) -> (String, TextBorders) {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for field in fields {
            if !text.is_empty() && !field.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(field);
            ends.push(text.len());
        }
        let borders = TextBorders::new(&text, ends);
        (text, borders)
    }

    #[test]
    fn fields_are_equal_if_each_is() {
        let words = |text: &str| Tokenizer::default().tokens(text).iter().map(|token| token.hash).collect::<Vec<_>>();
        let equality = |a: &[&str], b: &[&str]| {
            let ([a, b], raw_hash) = ([joined(a), joined(b)], None);
            let compared = |(text, borders): &'_ (String, TextBorders)| (text.clone(), borders.clone());
            let ((a, of_a), (b, of_b)) = (compared(&a), compared(&b));
            let (a, b) = (
                ComparedText { text: &a, raw_hash, borders: &of_a },
                ComparedText { text: &b, raw_hash, borders: &of_b },
            );
            a.equality(&b, || words(a.text) == words(b.text))
        };
        assert_eq!(equality(&["new york", "city"], &["new york", "city"]), Equality::Bytes);
        assert_eq!(equality(&["new york", "city"], &["new  york", "city"]), Equality::Characters);
        assert_eq!(equality(&["new york", "city"], &["New York!", "city"]), Equality::Words);
        assert_eq!(equality(&["new york", "city"], &["new", "york city"]), Equality::None);
        assert_eq!(equality(&["city", ""], &["", "city"]), Equality::None);
        assert_eq!(equality(&["city", ""], &["city"]), Equality::Bytes);
        assert_eq!(equality(&["?", "!!"], &["?!", "!"]), Equality::None);
    }
}
