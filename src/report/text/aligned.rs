//! The two texts of a match as one: what both say stands once, and what only one of them says is marked.
//!
//! Words are compared as the scan compared them, regardless of case, spaces and punctuation; those of the first text
//! are shown. What differs stands as `[-in the first-]{+in the second+}`. The marks stay where there is colour: not
//! everyone tells red from green.
//!
//! Findings have the start and the end of a long text. Words next to the cut that have no partner are left out: whatever
//! stands unmarked here is in both texts.

use super::paint::{Paint, PaintedText};
use crate::finding::{EXCERPT_CUT, PlacedSpan};
use crate::report::excerpt::{ExcerptKind, ExcerptPiece, ExcerptSide, align_excerpts};
use doublon_core::text::Tokenizer;
use doublon_core::verify::difference::PieceKind;

/// Returns the texts of two places as one.
pub fn aligned(a: &PlacedSpan, b: &PlacedSpan, tokenizer: &Tokenizer) -> Vec<PaintedText> {
    let mut texts: Vec<PaintedText> = align_excerpts(a, b, tokenizer).iter().flat_map(marked).collect();
    texts.retain(|(text, _)| !text.is_empty());
    texts
}

fn marked(piece: &ExcerptPiece<'_>) -> Vec<PaintedText> {
    let plain = |text: &str| (text.to_owned(), Paint::Plain);
    let ExcerptSide { before, words, after } = piece.a;
    match piece.kind {
        ExcerptKind::Cut => vec![(EXCERPT_CUT.to_owned(), Paint::Faint)],
        ExcerptKind::NextToCut => vec![plain(after)],
        ExcerptKind::Known(PieceKind::Words) => {
            let mut texts = vec![plain(space_before(piece))];
            texts.extend(changed(words, piece.b.words));
            texts.push(plain(after));
            texts
        }
        ExcerptKind::Known(_) => vec![plain(&[before, words, after].concat())],
    }
}

/// Returns what stands before changed words. What the second text has there stands in the first one too, if that has
/// nothing else here: before its next word.
fn space_before<'t>(piece: &ExcerptPiece<'t>) -> &'t str {
    match piece.a.words {
        "" if !piece.b.before.is_empty() => " ",
        _ => piece.a.before,
    }
}

fn changed(a: &str, b: &str) -> impl Iterator<Item = PaintedText> {
    let paint = match (a, b) {
        (_, "") => Paint::First,
        ("", _) => Paint::Second,
        _ => Paint::Change,
    };
    let first = (!a.is_empty()).then(|| (format!("[-{a}-]"), paint));
    first.into_iter().chain((!b.is_empty()).then(|| (format!("{{+{b}+}}"), paint)))
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
        assert_eq!(shown("pour ½ livre", "pour ¼ livre"), "pour [-½-]{+¼+} livre");
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
