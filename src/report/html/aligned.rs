//! The texts of two places as one: what both say stands once, and where they differ stands what each of them says.

use super::shown::ShownLines;
use crate::finding::{EXCERPT_CUT, PlacedSpan};
use crate::report::excerpt::{ExcerptKind, ExcerptPiece, ExcerptSide, align_excerpts};
use doublon_core::text::Tokenizer;
use doublon_core::verify::difference::{PieceKind, common_ends};

/// A stretch of the joint text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InlinePiece {
    /// In both texts.
    Same(String),
    /// What the first text has, and the second one.
    Changed(InlineChange),
}

/// Where two texts differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineChange {
    /// `words`, `form` or `gap`.
    class: &'static str,
    from: String,
    to: String,
}

impl InlinePiece {
    /// Returns the text of a stretch that both have.
    pub fn same(&self) -> Option<ShownLines<'_>> {
        match self {
            Self::Same(text) => Some(ShownLines(text)),
            Self::Changed(_) => None,
        }
    }

    /// Returns what differs in a stretch.
    pub fn change(&self) -> Option<&InlineChange> {
        match self {
            Self::Same(_) => None,
            Self::Changed(change) => Some(change),
        }
    }
}

impl InlineChange {
    /// Returns a change of a class, with white space written as signs where there is nothing else.
    pub fn new(class: &'static str, from: &str, to: &str) -> Self {
        let signs = |text: &str| if text.trim().is_empty() { white_space(text) } else { text.to_owned() };
        Self { class, from: signs(from), to: signs(to) }
    }

    /// Returns the class of the element, if it is not for words, which most are for.
    pub fn class(&self) -> Option<&'static str> {
        (self.class != "words").then_some(self.class)
    }

    /// Returns what only the first text has, if anything.
    pub fn from(&self) -> Option<ShownLines<'_>> {
        (!self.from.is_empty()).then_some(ShownLines(&self.from))
    }

    /// Returns what only the second text has, if anything.
    pub fn to(&self) -> Option<ShownLines<'_>> {
        (!self.to.is_empty()).then_some(ShownLines(&self.to))
    }
}

/// Writes white space as a sign: the end of a paragraph, of a line, a tab, a space.
fn white_space(text: &str) -> String {
    let sign = match text.matches('\n').count() {
        0 if text.is_empty() => "",
        0 if text.contains('\t') => "⇥",
        0 => "␣",
        1 => "↵",
        _ => "¶",
    };
    sign.to_owned()
}

/// Aligns the excerpts of two places, and returns the stretches of the joint text.
pub fn inline(a: &PlacedSpan, b: &PlacedSpan, tokenizer: &Tokenizer) -> Vec<InlinePiece> {
    let mut pieces = Vec::new();
    for piece in align_excerpts(a, b, tokenizer) {
        push_piece(&mut pieces, &piece);
    }
    pieces
}

fn push_piece(pieces: &mut Vec<InlinePiece>, piece: &ExcerptPiece<'_>) {
    let ExcerptSide { before, words, after } = piece.a;
    match piece.kind {
        ExcerptKind::Known(PieceKind::Separator) => {
            let (head, tail) = common_ends(after, piece.b.after);
            let middle = |text: &str| text[head..text.len() - tail].to_owned();
            push_same(pieces, &after[..head]);
            push_changed(pieces, "gap", &middle(after), &middle(piece.b.after));
            push_same(pieces, &after[after.len() - tail..]);
        }
        ExcerptKind::Known(kind @ (PieceKind::Words | PieceKind::Form)) => {
            let is_only_second = words.is_empty() && !piece.b.before.is_empty();
            push_same(pieces, if is_only_second { " " } else { before });
            let class = if kind == PieceKind::Form { "form" } else { "words" };
            push_changed(pieces, class, words, piece.b.words);
            push_same(pieces, after);
        }
        ExcerptKind::Known(PieceKind::Equal) => [before, words, after].iter().for_each(|text| push_same(pieces, text)),
        ExcerptKind::Cut => push_same(pieces, EXCERPT_CUT),
        ExcerptKind::NextToCut => push_same(pieces, after),
    }
}

fn push_same(pieces: &mut Vec<InlinePiece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(InlinePiece::Same(last)) => *last += text,
        _ => pieces.push(InlinePiece::Same(text.to_owned())),
    }
}

fn push_changed(pieces: &mut Vec<InlinePiece>, class: &'static str, from: &str, to: &str) {
    if from != to {
        pieces.push(InlinePiece::Changed(InlineChange::new(class, from, to)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::samples;

    fn aligned(a: &str, b: &str) -> String {
        let [a, b] = [a, b].map(|text| {
            // A text that holds the sign of a cut is cut.
            let characters = text.chars().count() + if text.contains(" … ") { 100 } else { 0 };
            PlacedSpan { excerpt: text.into(), ..samples::span(samples::doc("a", 0), 0..characters, (1, 1)) }
        });
        let told = inline(&a, &b, &Tokenizer::default()).into_iter().map(|piece| match piece {
            InlinePiece::Same(text) => text,
            InlinePiece::Changed(InlineChange { class, from, to }) => format!("[{class}:{from}|{to}]"),
        });
        told.collect()
    }

    #[test]
    fn other_words_letters_and_gaps_are_told_apart() {
        assert_eq!(aligned("one two three", "one 2 three"), "one [words:two|2] three");
        assert_eq!(aligned("the End of", "the end of"), "the [form:End|end] of");
        assert_eq!(aligned("one.\n\ntwo", "one. two"), "one.[gap:¶|␣]two");
        assert_eq!(aligned("a b c d", "a d"), "a [words:b c|] d");
        assert_eq!(aligned("東京都", "東北都"), "東[words:京|北]都");
        assert_eq!(aligned("½ kg", "¼ kg"), "[words:½|¼] kg");
    }

    #[test]
    fn what_has_no_partner_next_to_a_cut_is_no_difference() {
        let told = aligned("one two three … six seven", "one two … five six SEVEN");
        assert!(told.ends_with("six [form:seven|SEVEN]") && told.matches('[').count() == 1, "{told}");
        assert!(!aligned("a b … y z", "a b c d y z").contains('['));
    }
}
