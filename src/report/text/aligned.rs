//! The two texts of a match as one: what both say stands once, and what only one of them says is marked.
//!
//! Words are compared as the scan compared them, regardless of case, spaces and punctuation; those of the first text
//! are shown. What differs stands as `[-in the first-]{+in the second+}`. The marks stay where there is colour: not
//! everyone tells red from green.
//!
//! Findings have the start and the end of a long text. These are compared for themselves, and where they are cut off
//! nothing is said of the words that one text has beyond the other.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::page::Paint;
use crate::finding::{EXCERPT_CUT, PlacedSpan};
use doublon_core::text::{Token, Tokenizer};

/// A stretch of text with its colour.
pub type Piece = (String, Paint);

/// Returns the texts of two places as one.
pub fn aligned(a: &PlacedSpan, b: &PlacedSpan, tokenizer: &Tokenizer) -> Vec<Piece> {
    if a.excerpt_cut().is_none() && b.excerpt_cut().is_none() {
        return merged(&a.excerpt, &b.excerpt, tokenizer, Ends::BOTH);
    }
    let ((start_a, end_a), (start_b, end_b)) = (halves(a), halves(b));
    let mut pieces = merged(start_a, start_b, tokenizer, Ends { start: true, end: false });
    pieces.push((EXCERPT_CUT.to_owned(), Paint::Faint));
    pieces.extend(merged(end_a, end_b, tokenizer, Ends { start: false, end: true }));
    pieces
}

/// Divides a text in its middle: where it is cut, if it is.
fn halves(place: &PlacedSpan) -> (&str, &str) {
    let text = &*place.excerpt;
    match place.excerpt_cut() {
        Some(cut) => (&text[..cut.start], &text[cut.end..]),
        None => text.split_at(text.floor_char_boundary(text.len() / 2)),
    }
}

/// Which ends of two texts are those of the match.
#[derive(Clone, Copy)]
struct Ends {
    start: bool,
    end: bool,
}

impl Ends {
    const BOTH: Self = Self { start: true, end: true };
}

fn merged(a: &str, b: &str, tokenizer: &Tokenizer, ends: Ends) -> Vec<Piece> {
    let (a, b) = (Side::new(a, tokenizer), Side::new(b, tokenizer));
    let ops = capture_diff_slices(Algorithm::Myers, &a.hashes(), &b.hashes());
    let is_equal = |op: &DiffOp| matches!(op, DiffOp::Equal { .. });
    let from = if ends.start { 0 } else { ops.iter().position(is_equal).unwrap_or(0) };
    let to = if ends.end { ops.len() } else { ops.iter().rposition(is_equal).map_or(ops.len(), |at| at + 1) };
    let mut pieces: Vec<Piece> = ops[from..to].iter().flat_map(|op| pieces(op, &a, &b)).collect();
    if ends.end {
        pieces.push((a.rest().to_owned(), Paint::Plain));
    }
    pieces.retain(|(text, _)| !text.is_empty());
    pieces
}

fn pieces(op: &DiffOp, a: &Side<'_>, b: &Side<'_>) -> Vec<Piece> {
    let first = |words: &Range<usize>, paint| (format!("[-{}-]", a.words(words)), paint);
    let second = |words: &Range<usize>, paint| (format!("{{+{}+}}", b.words(words)), paint);
    let gap = |side: &Side<'_>, at| (side.gap(at).to_owned(), Paint::Plain);
    let space = |gap: &str| (if gap.is_empty() { "" } else { " " }.to_owned(), Paint::Plain);
    let (of_a, of_b) = (op.old_range(), op.new_range());
    match op {
        DiffOp::Equal { .. } => vec![gap(a, of_a.start), (a.words(&of_a).to_owned(), Paint::Plain)],
        DiffOp::Delete { .. } => vec![gap(a, of_a.start), first(&of_a, Paint::First)],
        // What stands before it in the second text stands in the first one too, before its next word.
        DiffOp::Insert { .. } => vec![space(b.gap(of_b.start)), second(&of_b, Paint::Second)],
        DiffOp::Replace { .. } => {
            vec![gap(a, of_a.start), first(&of_a, Paint::Change), second(&of_b, Paint::Change)]
        }
    }
}

/// A text and its words.
struct Side<'t> {
    text: &'t str,
    tokens: Vec<Token>,
}

impl<'t> Side<'t> {
    fn new(text: &'t str, tokenizer: &Tokenizer) -> Self {
        Self { text, tokens: tokenizer.tokens(text) }
    }

    fn hashes(&self) -> Vec<u64> {
        self.tokens.iter().map(|token| token.hash).collect()
    }

    fn words(&self, words: &Range<usize>) -> &'t str {
        let (first, last) = (&self.tokens[words.start], &self.tokens[words.end - 1]);
        &self.text[first.span.start..last.span.end]
    }

    /// What stands before a word; nothing between two words of one character.
    fn gap(&self, word: usize) -> &'t str {
        let end = self.tokens[word].span.start;
        let start = word.checked_sub(1).map_or(0, |before| self.tokens[before].span.end);
        &self.text[start.min(end)..end]
    }

    /// What stands after the last word.
    fn rest(&self) -> &'t str {
        &self.text[self.tokens.last().map_or(0, |last| last.span.end)..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::samples;

    fn place(text: &str, characters: usize) -> PlacedSpan {
        let place = samples::span(samples::doc("a", 0), 0..characters, (1, 1));
        PlacedSpan { excerpt: text.into(), ..place }
    }

    fn shown(a: &str, b: &str) -> String {
        let [a, b] = [a, b].map(|text| place(text, text.chars().count()));
        aligned(&a, &b, &Tokenizer::default()).into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn what_differs_is_marked_and_the_rest_stands_once() {
        assert_eq!(shown("Il vient jeudi soir.", "il vient  mardi soir !"), "Il vient [-jeudi-]{+mardi+} soir.");
        assert_eq!(shown("un deux trois", "un trois"), "un [-deux-] trois");
        assert_eq!(shown("un trois", "un deux trois"), "un {+deux+} trois");
        assert_eq!(shown("一二三四", "一二五四"), "一二[-三-]{+五+}四");
        assert_eq!(shown("pour ½ livre", "pour ¼ livre"), "pour ½[-½-]{+¼+} livre");
        assert_eq!(shown("", "un"), "{+un+}");
        assert_eq!(shown("`un`", "`un deux`"), "`un {+deux+}`");
    }

    #[test]
    fn colours_tell_what_was_changed_from_what_only_one_has() {
        let found = aligned(&place("a b c d e", 9), &place("a x c e f", 9), &Tokenizer::default());
        let marked: Vec<_> = found
            .iter()
            .filter(|(_, paint)| *paint != Paint::Plain)
            .map(|(text, paint)| (text.as_str(), *paint))
            .collect();
        let expected =
            [("[-b-]", Paint::Change), ("{+x+}", Paint::Change), ("[-d-]", Paint::First), ("{+f+}", Paint::Second)];
        assert_eq!(marked, expected);
    }

    #[test]
    fn where_texts_are_cut_off_nothing_is_marked() {
        let (a, b) = (place("un deux trois … sept huit neuf", 200), place("un deux tro … huit neuf dix", 200));
        let shown: String = aligned(&a, &b, &Tokenizer::default()).into_iter().map(|(text, _)| text).collect();
        assert_eq!(shown, "un deux …  huit neuf {+dix+}");
        let whole = place("un deux … huit neuf", 19);
        let shown: String = aligned(&whole, &whole, &Tokenizer::default()).into_iter().map(|(text, _)| text).collect();
        assert_eq!(shown, "un deux … huit neuf");
    }
}
