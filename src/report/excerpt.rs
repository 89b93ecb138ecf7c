//! The excerpts of two places, aligned: which stretches are equal, and in what the others differ.
//!
//! A finding lists what its sides differ in, not where, so the words of both excerpts are aligned again (Myers, "An O(ND)
//! Difference Algorithm and Its Variations", Algorithmica 1986; excerpts have some hundred characters). All reports show
//! these pieces, each with marks of its own.
//!
//! An excerpt may have lost its middle. The cut is then aligned like a word, and nothing is claimed of words without a
//! partner next to it: their partners may have been cut out.

use std::ops::Range;

use doublon_core::Span;
use doublon_core::text::Tokenizer;
use doublon_core::verify::align::{Column, Run};
use doublon_core::verify::difference::{AlignedPiece, PieceKind, PieceSide, SideText, pieces};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::finding::PlacedSpan;

/// A stretch of two aligned excerpts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExcerptPiece<'t> {
    /// How the two sides compare.
    pub kind: ExcerptKind,
    /// The stretch in the first excerpt.
    pub a: ExcerptSide<'t>,
    /// The stretch in the second excerpt.
    pub b: ExcerptSide<'t>,
}

/// How the two sides of a stretch compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExcerptKind {
    /// They are the same, or differ as the piece says.
    Known(PieceKind),
    /// At least one of them is the cut.
    Cut,
    /// They stand next to a cut, and their partners may have been cut out.
    NextToCut,
}

/// One side of a stretch in three parts. A stretch without words has only text after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExcerptSide<'t> {
    /// What stands before the first word.
    pub before: &'t str,
    /// From the first word to the last one.
    pub words: &'t str,
    /// What stands after the last word.
    pub after: &'t str,
}

/// Aligns the excerpts of two places.
pub fn align_excerpts<'t>(a: &'t PlacedSpan, b: &'t PlacedSpan, tokenizer: &Tokenizer) -> Vec<ExcerptPiece<'t>> {
    let (a, b) = (Excerpt::new(a, tokenizer), Excerpt::new(b, tokenizer));
    let runs = runs(&a.keys, &b.keys);
    pieces(&a.side, &b.side, &runs).iter().flat_map(|piece| shown(piece, &a, &b)).collect()
}

/// An excerpt, whose cut is one of its words.
struct Excerpt<'t> {
    side: SideText<'t>,
    /// Of each word its hash, and nothing of the cut.
    keys: Vec<Option<u64>>,
    /// The cut: its number among the words, and its place.
    cut: Option<(usize, Span)>,
}

impl<'t> Excerpt<'t> {
    fn new(place: &'t PlacedSpan, tokenizer: &Tokenizer) -> Self {
        let (text, cut) = (&*place.excerpt, place.excerpt_cut());
        let mut words = Vec::new();
        let mut read = |range: Range<usize>| {
            let tokens = tokenizer.tokens(&text[range.clone()]);
            let shift = |at: usize| at + range.start;
            let shifted = |span: Span| Span::new(shift(span.start), shift(span.end));
            words.extend(tokens.iter().map(|token| (Some(token.hash), shifted(token.span))));
            words.len()
        };
        let Some(cut) = cut else {
            read(0..text.len());
            return Self::of(text, words, None);
        };
        let number = read(0..cut.start);
        read(cut.end..text.len());
        words.insert(number, (None, cut));
        Self::of(text, words, Some((number, cut)))
    }

    fn of(text: &'t str, words: Vec<(Option<u64>, Span)>, cut: Option<(usize, Span)>) -> Self {
        let (keys, spans) = words.into_iter().unzip();
        Self { side: SideText::new(text, spans), keys, cut }
    }

    fn holds_cut(&self, side: &PieceSide) -> bool {
        self.cut.is_some_and(|(number, _)| side.words.contains(&number))
    }

    fn is_next_to_cut(&self, side: &PieceSide) -> bool {
        let around = side.words.start.saturating_sub(1)..side.words.end + 1;
        self.cut.is_some_and(|(number, _)| around.contains(&number))
    }

    fn shown(&self, side: &PieceSide) -> ExcerptSide<'t> {
        let [before, words, after] = self.side.parts_of(side);
        ExcerptSide { before, words, after }
    }

    /// Divides the text of a piece that holds the cut: before it, the cut, after it.
    fn around_cut(&self, side: &PieceSide) -> [ExcerptSide<'t>; 3] {
        let text = self.side.text_of(side);
        let cut = self.cut.map_or(Span::new(0, 0), |(_, cut)| cut);
        let inside = |at: usize| at.clamp(side.span.start, side.span.end) - side.span.start;
        let (start, end) = (inside(cut.start), inside(cut.end));
        [&text[..start], &text[start..end], &text[end..]].map(|after| ExcerptSide { before: "", words: "", after })
    }
}

/// Aligns two sequences of words.
fn runs(a: &[Option<u64>], b: &[Option<u64>]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut push = |column, len| runs.extend(Some(Run { column, len }).filter(|run| run.len > 0));
    for op in capture_diff_slices(Algorithm::Myers, a, b) {
        if let DiffOp::Equal { len, .. } = op {
            push(Column::Equal, len);
        } else {
            push(Column::OnlyA, op.old_range().len());
            push(Column::OnlyB, op.new_range().len());
        }
    }
    runs
}

fn shown<'t>(piece: &AlignedPiece, a: &Excerpt<'t>, b: &Excerpt<'t>) -> Vec<ExcerptPiece<'t>> {
    let known = ExcerptKind::Known(piece.kind);
    let holds_cut = a.holds_cut(&piece.a) || b.holds_cut(&piece.b);
    if holds_cut && piece.kind == PieceKind::Equal {
        let kinds = [known, ExcerptKind::Cut, known];
        let sides = a.around_cut(&piece.a).into_iter().zip(b.around_cut(&piece.b));
        return kinds.into_iter().zip(sides).map(|(kind, (a, b))| ExcerptPiece { kind, a, b }).collect();
    }
    let is_next_to_cut = a.is_next_to_cut(&piece.a) || b.is_next_to_cut(&piece.b);
    let kind = match piece.kind {
        _ if holds_cut => ExcerptKind::Cut,
        PieceKind::Words | PieceKind::Separator if is_next_to_cut => ExcerptKind::NextToCut,
        _ => known,
    };
    vec![ExcerptPiece { kind, a: a.shown(&piece.a), b: b.shown(&piece.b) }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::samples;

    fn place(text: &str, is_cut: bool) -> PlacedSpan {
        let characters = text.chars().count() + if is_cut { 100 } else { 0 };
        PlacedSpan { excerpt: text.into(), ..samples::span(samples::doc("a", 0), 0..characters, (1, 1)) }
    }

    fn told(a: &PlacedSpan, b: &PlacedSpan) -> Vec<(ExcerptKind, String, String)> {
        let whole = |side: ExcerptSide| [side.before, side.words, side.after].concat();
        let found = align_excerpts(a, b, &Tokenizer::default());
        found.into_iter().map(|piece| (piece.kind, whole(piece.a), whole(piece.b))).collect()
    }

    fn piece(kind: ExcerptKind, a: &str, b: &str) -> (ExcerptKind, String, String) {
        (kind, a.to_owned(), b.to_owned())
    }

    const EQUAL: ExcerptKind = ExcerptKind::Known(PieceKind::Equal);

    #[test]
    fn what_has_no_partner_next_to_a_cut_is_no_difference() {
        let found = told(&place("one two three … six seven", true), &place("one two … five six SEVEN", true));
        let expected = [
            piece(EQUAL, "one two", "one two"),
            piece(ExcerptKind::NextToCut, " three", ""),
            piece(ExcerptKind::Cut, " … ", " … "),
            piece(ExcerptKind::NextToCut, "", "five "),
            piece(EQUAL, "six ", "six "),
            piece(ExcerptKind::Known(PieceKind::Form), "seven", "SEVEN"),
        ];
        assert_eq!(found.into_iter().filter(|(_, a, b)| a.len() + b.len() > 0).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_cut_may_stand_for_words_of_the_other_side() {
        let found = told(&place("a b … y z", true), &place("a b c d y z", false));
        let expected =
            [piece(EQUAL, "a b", "a b"), piece(ExcerptKind::Cut, " … ", " c d "), piece(EQUAL, "y z", "y z")];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_text_that_holds_the_sign_of_a_cut_is_not_cut() {
        let whole = place("a … b", false);
        assert_eq!(told(&whole, &whole), [piece(EQUAL, "a … b", "a … b")]);
    }

    #[test]
    fn all_of_both_texts_is_in_the_pieces() {
        let texts = ["", " …  … ", "½ and ½", "a\u{301} b", "—", "x … y … z", "other … words"];
        for (a, b) in texts.iter().flat_map(|a| texts.iter().map(move |b| (*a, *b))) {
            for is_cut in [false, true] {
                let found = told(&place(a, is_cut), &place(b, is_cut));
                let all: (String, String) = found.iter().map(|(_, a, b)| (a.as_str(), b.as_str())).unzip();
                assert_eq!((all.0.as_str(), all.1.as_str()), (a, b), "{found:?}");
            }
        }
    }
}
