//! Several texts of a record as one.

use std::ops::Range;

use crate::source::compared::TextBorders;

/// What keeps two texts apart.
const BREAK: &str = "\n\n";

/// The texts of a record, joined by paragraph breaks.
///
/// Texts without a character leave nothing, and where white space with two line feeds keeps two apart already, nothing
/// comes between: so what is left of a text from which parts are cut is what is read of the copy.
#[derive(Clone, Debug, Default)]
pub struct JoinedText {
    /// The whole.
    pub text: String,
    /// The texts that it is made of, in order.
    pub pieces: Vec<TextPiece>,
    /// Where fields end in the whole.
    ends: Vec<usize>,
}

/// One of the texts that were joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPiece {
    /// Where it stands in the whole.
    pub text: Range<usize>,
    /// Where its literal stands in the bytes of the record, with its quotes.
    pub literal: Range<usize>,
    /// Where it stands in the record, such as `messages[1].content`.
    pub place: String,
}

impl JoinedText {
    /// Adds a text that was read from a literal.
    pub fn push(&mut self, text: &str, literal: Range<usize>, place: String) {
        if text.is_empty() {
            return;
        }
        let (before, after) = (self.text.trim_end(), text.trim_start());
        let gap = [&self.text[before.len()..], &text[..text.len() - after.len()]];
        let line_feeds = gap.iter().flat_map(|gap| gap.bytes()).filter(|&byte| byte == b'\n').count();
        if !self.text.is_empty() && line_feeds < 2 {
            self.text.push_str(BREAK);
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push(TextPiece { text: start..self.text.len(), literal, place });
    }

    /// Ends a field: what is added from here on is that of the next.
    pub fn end_field(&mut self) {
        self.ends.push(self.text.len());
    }

    /// Returns where the texts of fields meet.
    pub fn borders(&self) -> TextBorders {
        TextBorders::new(&self.text, self.ends.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_apart_by_one_break() {
        for (texts, whole) in [
            (&["a", "b"][..], "a\n\nb"),
            (&["a", "", "b", ""], "a\n\nb"),
            (&["a\n\n", "b"], "a\n\nb"),
            (&["a", "\r\n\r\nb"], "a\r\n\r\nb"),
            (&["a\n", "\nb"], "a\n\nb"),
            (&["a\n", "b"], "a\n\n\nb"),
            (&["\n", "a"], "\n\n\na"),
            (&[""], ""),
        ] {
            let mut joined = JoinedText::default();
            for text in texts {
                joined.push(text, 0..0, String::new());
            }
            assert_eq!(joined.text, whole, "{texts:?}");
            let pieces: Vec<&str> = joined.pieces.iter().map(|piece| &joined.text[piece.text.clone()]).collect();
            assert_eq!(pieces, texts.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>());
        }
    }
}
