//! Units of a text that are compared whole: lines, paragraphs or sentences.

use serde::{Deserialize, Serialize};

use super::TokenReader;
use super::segment::{lines, paragraphs};
use super::sentence::sentences;
use crate::hash::content_hash;
use crate::span::Span;

/// What a text is divided into, where whole units are compared instead of passages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassageUnit {
    /// Lines.
    Line,
    /// Paragraphs, as [`paragraphs`] divides a text.
    Paragraph,
    /// Sentences, none of which goes over the end of a paragraph.
    Sentence,
}

impl PassageUnit {
    /// Returns its name, as people and programs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Paragraph => "paragraph",
            Self::Sentence => "sentence",
        }
    }

    /// Returns the units of a text in order, without the white space around them. Blank lines are none.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::text::PassageUnit;
    ///
    /// let text = "Home\n  Menu \n\nIt rains. It pours.\n";
    /// let units = |unit: PassageUnit| unit.spans(text).iter().filter_map(|span| span.of(text)).collect::<Vec<_>>();
    /// assert_eq!(units(PassageUnit::Line), ["Home", "Menu", "It rains. It pours."]);
    /// assert_eq!(units(PassageUnit::Paragraph), ["Home\n  Menu", "It rains. It pours."]);
    /// assert_eq!(units(PassageUnit::Sentence), ["Home", "Menu", "It rains.", "It pours."]);
    /// ```
    pub fn spans(self, text: &str) -> Vec<Span> {
        match self {
            Self::Line => lines(text).into_iter().filter(|line| !line.is_empty()).collect(),
            Self::Paragraph => paragraphs(text),
            Self::Sentence => {
                paragraphs(text).into_iter().flat_map(|paragraph| of_paragraph(text, paragraph)).collect()
            }
        }
    }
}

/// The sentences of a paragraph, without the white space between them.
fn of_paragraph(text: &str, paragraph: Span) -> Vec<Span> {
    let starts = sentences(text, paragraph);
    let ends = starts.iter().skip(1).copied().chain([paragraph.end]);
    let trimmed = |(&start, end): (&usize, usize)| Span::new(start, start + text[start..end].trim_end().len());
    starts.iter().zip(ends).map(trimmed).filter(|sentence| !sentence.is_empty()).collect()
}

impl TokenReader {
    /// Appends the hashes of the words of a unit to `hashes`, with those of the operators between them, and returns how many
    /// words there are.
    pub fn unit_words(&mut self, unit: &str, hashes: &mut Vec<u64>) -> usize {
        let before = hashes.len();
        let operators = self.hashes_with_operators(unit, hashes);
        if operators == 0 {
            self.hashes(unit, hashes);
        }
        hashes.len() - before - operators
    }
}

/// Returns a hash of the words of a unit, which is not [`NO_UNIT`].
pub fn unit_key(words: &[u64]) -> u64 {
    (content_hash(bytemuck::cast_slice(words)) as u64).max(1)
}

/// In place of the hash of a unit that is compared with none.
pub const NO_UNIT: u64 = 0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Tokenizer;
    use proptest::prelude::*;

    fn key(unit: &str) -> u64 {
        let mut words = Vec::new();
        Tokenizer::default().reader().unit_words(unit, &mut words);
        unit_key(&words)
    }

    #[test]
    fn units_are_equal_by_their_words() {
        assert_eq!(key("* Sign up!"), key("SIGN  up"));
        assert_ne!(key("Sign up"), key("Sign up now"));
        assert_ne!(key("👍"), key("👎"));
        assert_ne!(key("area = width * height"), key("area = width / height"));
        assert_eq!(key("area = width*height"), key("area = width * height"));
    }

    proptest! {
        #[test]
        fn all_words_are_in_one_unit_each(text in "[a-c .!\n\r>\u{3002}中-]{0,60}") {
            let tokenizer = Tokenizer::default();
            let tokens = tokenizer.tokens(&text);
            for kind in [PassageUnit::Line, PassageUnit::Paragraph, PassageUnit::Sentence] {
                let (units, mut end, mut hashes) = (kind.spans(&text), 0, Vec::new());
                let is_inside = |at: usize| tokens.iter().any(|token| token.span.start < at && at < token.span.end);
                let breaks = |end: usize| text[end..].starts_with(['\n', '\r']) && is_inside(end);
                if units.iter().any(|unit| breaks(unit.end)) {
                    continue; // a word that a line end breaks lies in two lines, which may be paragraphs
                }
                for unit in units {
                    let content = unit.of(&text).expect("between characters");
                    prop_assert!(unit.start >= end && !content.is_empty() && content.trim() == content, "{content:?}");
                    tokenizer.hashes(content, &mut hashes);
                    end = unit.end;
                }
                let all: Vec<u64> = tokens.iter().map(|token| token.hash).collect();
                prop_assert_eq!(&hashes, &all, "{:?} of {:?}", kind, text);
            }
        }
    }
}
