//! Two excerpts side by side: in each, the stretches that differ from the other are marked.

use super::shown::ShownLines;
use crate::finding::PlacedSpan;
use crate::report::excerpt::{ExcerptKind, ExcerptPiece, ExcerptSide, align_excerpts};
use doublon_core::text::Tokenizer;
use doublon_core::verify::difference::{PieceKind, common_ends};

/// A stretch of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedText {
    /// How it differs from the other side; none if it does not, or if nothing is known of it.
    pub mark: Option<PieceKind>,
    text: String,
}

impl MarkedText {
    pub fn shown(&self) -> ShownLines<'_> {
        ShownLines(&self.text)
    }

    /// Returns the class of a marked stretch; none if it is not to be marked.
    pub fn class(&self) -> Option<&'static str> {
        match self.mark? {
            PieceKind::Equal => None,
            PieceKind::Words => Some("words"),
            PieceKind::Form => Some("form"),
            PieceKind::Separator => Some("gap"),
        }
    }
}

/// Aligns the excerpts of two places, and returns the stretches of each.
pub fn side_by_side(a: &PlacedSpan, b: &PlacedSpan, tokenizer: &Tokenizer) -> [Vec<MarkedText>; 2] {
    let mut sides = [Vec::new(), Vec::new()];
    for piece in align_excerpts(a, b, tokenizer) {
        push_side(&mut sides[0], &piece, piece.a);
        push_side(&mut sides[1], &piece, piece.b);
    }
    sides
}

/// Appends one side of a piece. Of text between words only the part that differs is marked.
fn push_side(texts: &mut Vec<MarkedText>, piece: &ExcerptPiece<'_>, side: ExcerptSide<'_>) {
    let ExcerptSide { before, words, after } = side;
    match piece.kind {
        ExcerptKind::Known(kind @ PieceKind::Separator) => {
            let (head, tail) = common_ends(piece.a.after, piece.b.after);
            let end = after.len() - tail;
            push(texts, None, &after[..head]);
            push(texts, Some(kind), &after[head..end]);
            push(texts, None, &after[end..]);
        }
        ExcerptKind::Known(kind @ (PieceKind::Words | PieceKind::Form)) => {
            push(texts, None, before);
            push(texts, Some(kind), words);
            push(texts, None, after);
        }
        ExcerptKind::Known(PieceKind::Equal) | ExcerptKind::Cut | ExcerptKind::NextToCut => {
            for text in [before, words, after] {
                push(texts, None, text);
            }
        }
    }
}

fn push(texts: &mut Vec<MarkedText>, mark: Option<PieceKind>, text: &str) {
    match texts.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.mark == mark => last.text += text,
        _ => texts.push(MarkedText { mark, text: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::samples;

    fn aligned(a: &str, b: &str) -> [String; 2] {
        let [a, b] = [a, b].map(|text| {
            // A text that holds the sign of a cut is cut.
            let characters = text.chars().count() + if text.contains(" … ") { 100 } else { 0 };
            PlacedSpan { excerpt: text.into(), ..samples::span(samples::doc("a", 0), 0..characters, (1, 1)) }
        });
        side_by_side(&a, &b, &Tokenizer::default()).map(|texts| {
            let told = texts.iter().map(|marked| match marked.class() {
                None => marked.text.clone(),
                Some(class) => format!("[{class}:{}]", marked.text),
            });
            told.collect()
        })
    }

    #[test]
    fn other_words_letters_and_gaps_are_told_apart() {
        assert_eq!(aligned("one two three", "one 2 three"), ["one [words:two] three", "one [words:2] three"]);
        assert_eq!(aligned("the End of", "the end of"), ["the [form:End] of", "the [form:end] of"]);
        assert_eq!(aligned("one.\n\ntwo", "one. two"), ["one.[gap:\n\n]two", "one.[gap: ]two"]);
        assert_eq!(aligned("a b c d", "a d"), ["a [words:b c] d", "a d"]);
        assert_eq!(aligned("東京都", "東北都"), ["東[words:京]都", "東[words:北]都"]);
        assert_eq!(aligned("½ kg", "¼ kg"), ["[words:½] kg", "[words:¼] kg"]);
    }

    #[test]
    fn what_has_no_partner_next_to_a_cut_is_no_difference() {
        let told = aligned("one two three … six seven", "one two … five six SEVEN");
        assert_eq!(told, ["one two three … six [form:seven]", "one two … five six [form:SEVEN]"]);
        assert_eq!(aligned("a b … y z", "a b c d y z"), ["a b … y z", "a b c d y z"]);
    }

    #[test]
    fn all_of_the_text_is_in_the_pieces() {
        for text in ["", " …  … ", "½ and ½", "a\u{301} b", "—", "x … y … z"] {
            let [a, b] = aligned(text, "other … words")
                .map(|told| ["[words:", "[form:", "[gap:", "]"].iter().fold(told, |told, mark| told.replace(mark, "")));
            assert_eq!((a.as_str(), b.as_str()), (text, "other … words"));
        }
    }
}
