//! From letters and where they stand to words, lines and paragraphs.

use pdf_extract::{ColorSpace, MediaBox, OutputDev, OutputError, Path, Transform};

/// What of the height of a letter is a gap between words.
const SPACE: f64 = 0.1;
/// What of the height of a letter is another line, and what may be another paragraph.
const LINE: f64 = 0.5;
const PARAGRAPH: f64 = 1.5;
/// A paragraph stands further from the last one than its lines do, which may be far apart too.
const APART: f64 = 1.2;

/// The text of pages as it is put together.
#[derive(Debug)]
pub(super) struct PageText {
    text: String,
    most: usize,
    is_over: bool,
    /// Whether the next letter begins a piece, which is what one operator draws.
    begins: bool,
    /// Where the last letter ended, its line, and how far that is from the line before.
    end: f64,
    line: f64,
    step: f64,
}

impl PageText {
    /// Makes one that takes at most so many bytes.
    pub fn new(most: usize) -> Self {
        Self { text: String::new(), most, is_over: false, begins: true, end: 0.0, line: f64::NAN, step: f64::INFINITY }
    }

    /// Returns the text, or `None` if there is more than was allowed.
    pub fn text(self) -> Option<String> {
        (!self.is_over).then_some(self.text)
    }

    fn push(&mut self, text: &str) -> Result<(), OutputError> {
        self.is_over |= self.text.len() + text.len() > self.most;
        if self.is_over {
            return Err(OutputError::FormatError(std::fmt::Error));
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Returns what stands between the last letter and one of this size at a place.
    fn gap(&mut self, x: f64, y: f64, size: f64) -> &'static str {
        let step = (y - self.line).abs();
        if self.line.is_nan() {
            return "";
        }
        if step <= size * LINE {
            let is_apart = x > self.end + size * SPACE || x + size < self.end;
            return if is_apart { " " } else { "" };
        }
        let is_paragraph = step > size * PARAGRAPH && step > self.step * APART;
        self.step = step;
        if is_paragraph { "\n\n" } else { "\n" }
    }
}

impl OutputDev for PageText {
    fn begin_page(&mut self, _: u32, _: &MediaBox, _: Option<(f64, f64, f64, f64)>) -> Result<(), OutputError> {
        let between = if self.text.is_empty() { "" } else { "\n\n" };
        (self.line, self.step) = (f64::NAN, f64::INFINITY);
        self.push(between)
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        at: &Transform,
        width: f64,
        _: f64,
        font: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        let size = font.abs() * (at.m11 * at.m22 - at.m12 * at.m21).abs().sqrt();
        let (x, y) = (at.m31, at.m32);
        if std::mem::take(&mut self.begins) {
            let gap = self.gap(x, y, size);
            self.push(gap)?;
        }
        self.line = y;
        self.end = x + width * size;
        self.push(text)
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.begins = true;
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn stroke(&mut self, _: &Transform, _: &ColorSpace, _: &[f64], _: &Path) -> Result<(), OutputError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws pieces of letters of size 10 and width 5, each at a place, and returns the text.
    fn drawn(pieces: &[(f64, f64, &str)], most: usize) -> Option<String> {
        let mut text = PageText::new(most);
        for &(x, y, piece) in pieces {
            text.begin_word().expect("does nothing");
            for (letter, n) in piece.chars().zip(0..) {
                let at = Transform::row_major(1.0, 0.0, 0.0, 1.0, x + 5.0 * f64::from(n), y);
                let _ = text.output_character(&at, 0.5, 0.0, 10.0, letter.encode_utf8(&mut [0; 4]));
            }
        }
        text.text()
    }

    #[test]
    fn gaps_are_told_by_their_width_and_height() {
        let of = |pieces: &[(f64, f64, &str)]| drawn(pieces, 100).expect("is short");
        assert_eq!(of(&[(0.0, 50.0, "one"), (15.0, 50.0, "two")]), "onetwo", "kerned");
        assert_eq!(of(&[(0.0, 50.0, "one"), (18.0, 50.0, "two"), (80.0, 52.0, "x")]), "one two x");
        assert_eq!(of(&[(80.0, 50.0, "one"), (0.0, 50.0, "two")]), "one two", "drawn from the right");
        assert_eq!(of(&[(0.0, 50.0, "a"), (0.0, 38.0, "b"), (0.0, 18.0, "c"), (0.0, 6.0, "d")]), "a\nb\n\nc\nd");
        let far_apart = [(0.0, 90.0, "a"), (0.0, 70.0, "b"), (0.0, 50.0, "c"), (0.0, 20.0, "d")];
        assert_eq!(of(&far_apart), "a\nb\nc\n\nd");
    }

    #[test]
    fn there_is_no_text_beyond_the_limit() {
        assert_eq!(drawn(&[(0.0, 50.0, "one")], 3).as_deref(), Some("one"));
        assert_eq!(drawn(&[(0.0, 50.0, "ones")], 3), None);
    }
}
