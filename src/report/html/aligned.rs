//! Two excerpts side by side: which stretches are equal, and in what the others differ.
//!
//! A finding tells what its sides differ in, not where, so the words of both excerpts are aligned again (Myers, "An O(ND)
//! Difference Algorithm and Its Variations", Algorithmica 1986; excerpts have some hundred characters). An excerpt may
//! have lost its middle; what lies next to the cut without a partner is no difference.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::shown::Lines;
use crate::finding::EXCERPT_CUT;
use doublon_core::Span;
use doublon_core::text::Tokenizer;

/// How a stretch relates to the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The same, or nothing is known of it.
    Same,
    /// Other words.
    Words,
    /// The same words in other letters.
    Form,
    /// Something else between the same words.
    Gap,
}

/// A stretch of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub kind: Kind,
    text: String,
}

impl Piece {
    pub fn shown(&self) -> Lines<'_> {
        Lines(&self.text)
    }

    /// Returns the class of a marked stretch; none if it is not to be marked.
    pub fn class(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Same => None,
            Kind::Words => Some("words"),
            Kind::Form => Some("form"),
            Kind::Gap => Some("gap"),
        }
    }
}

/// An excerpt, and where its middle was left out.
#[derive(Clone, Copy, Debug)]
pub struct Excerpt<'a> {
    pub text: &'a str,
    pub cut: Option<Span>,
}

/// Aligns two excerpts, and returns the stretches of each.
pub fn align(a: Excerpt, b: Excerpt, tokenizer: &Tokenizer) -> [Vec<Piece>; 2] {
    let sides = [words(a, tokenizer), words(b, tokenizer)];
    let keys = sides.each_ref().map(|words| words.iter().map(|word| word.key.as_str()).collect::<Vec<_>>());
    let mut marks = [vec![Mark::default(); keys[0].len()], vec![Mark::default(); keys[1].len()]];
    let mut partners = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &keys[0], &keys[1]) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            partners.extend((0..len).map(|n| (old_index + n, new_index + n)));
        } else {
            mark_words(&mut marks, &keys, &op);
        }
    }
    mark_partners(&mut marks, [a.text, b.text], &sides, &partners);
    let [of_a, of_b] = marks;
    [pieces(a.text, &sides[0], &of_a), pieces(b.text, &sides[1], &of_b)]
}

/// A word with its place, or the cut.
struct Word {
    key: String,
    span: Span,
}

/// How a word, and what stands before it, relate to the other side.
#[derive(Clone, Copy)]
struct Mark {
    before: Kind,
    /// Bytes at the start and the end of what stands before it that are equal on both sides.
    equal_ends: (usize, usize),
    word: Kind,
}

impl Default for Mark {
    fn default() -> Self {
        Self { before: Kind::Same, equal_ends: (0, 0), word: Kind::Same }
    }
}

fn words(excerpt: Excerpt, tokenizer: &Tokenizer) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut read = |text: &str, from: usize| {
        tokenizer.for_each(text, |key, span| {
            let (start, end) = (span.start + from, span.end + from);
            match words.last_mut() {
                // The words of one character share its place.
                Some(last) if last.span.end > start => last.key += key,
                _ => words.push(Word { key: key.to_owned(), span: Span::new(start, end) }),
            }
        });
        words.len()
    };
    let Some(cut) = excerpt.cut else {
        read(excerpt.text, 0);
        return words;
    };
    let head = read(&excerpt.text[..cut.start], 0);
    read(&excerpt.text[cut.end..], cut.end);
    words.insert(head, Word { key: EXCERPT_CUT.to_owned(), span: cut });
    words
}

/// Marks words without a partner, unless they are next to a cut: their partners may have been left out.
fn mark_words(marks: &mut [Vec<Mark>; 2], keys: &[Vec<&str>; 2], op: &DiffOp) {
    let ranges = [op.old_range(), op.new_range()];
    let near_cut = ranges.iter().zip(keys).any(|(range, keys)| {
        let around = range.start.saturating_sub(1)..(range.end + 1).min(keys.len());
        keys[around].contains(&EXCERPT_CUT)
    });
    if near_cut {
        return;
    }
    for (marks, range) in marks.iter_mut().zip(ranges) {
        for (n, mark) in marks[range].iter_mut().enumerate() {
            mark.word = Kind::Words;
            if n > 0 {
                mark.before = Kind::Words;
            }
        }
    }
}

/// Compares the letters of equal words, and what stands between two that are neighbours on both sides.
fn mark_partners(marks: &mut [Vec<Mark>; 2], texts: [&str; 2], sides: &[Vec<Word>; 2], partners: &[(usize, usize)]) {
    let mut before: Option<(usize, usize)> = None;
    for &(a, b) in partners {
        let at = [a, b];
        let is_cut = |n: usize| sides[0][n].key == EXCERPT_CUT;
        let word = |side: usize| &texts[side][sides[side][at[side]].span.start..sides[side][at[side]].span.end];
        if !is_cut(a) && word(0) != word(1) {
            (marks[0][a].word, marks[1][b].word) = (Kind::Form, Kind::Form);
        }
        if before.is_some_and(|(x, y)| x + 1 == a && y + 1 == b && !is_cut(x) && !is_cut(a)) {
            let gap = |side: usize| &texts[side][sides[side][at[side] - 1].span.end..sides[side][at[side]].span.start];
            if gap(0) != gap(1) {
                let equal_ends = equal_ends(gap(0), gap(1));
                for (marks, n) in marks.iter_mut().zip(at) {
                    (marks[n].before, marks[n].equal_ends) = (Kind::Gap, equal_ends);
                }
            }
        }
        before = Some((a, b));
    }
}

/// Returns how many bytes two texts share at the start, and of the rest at the end.
fn equal_ends(a: &str, b: &str) -> (usize, usize) {
    let shared = |(x, y): (char, char)| (x == y).then_some(x.len_utf8());
    let head: usize = a.chars().zip(b.chars()).map_while(shared).sum();
    let tail: usize = a[head..].chars().rev().zip(b[head..].chars().rev()).map_while(shared).sum();
    (head, tail)
}

fn pieces(text: &str, words: &[Word], marks: &[Mark]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for (word, mark) in words.iter().zip(marks) {
        let (gap, (head, tail)) = (&text[at..word.span.start], mark.equal_ends);
        push(&mut pieces, Kind::Same, &gap[..head]);
        push(&mut pieces, mark.before, &gap[head..gap.len() - tail]);
        push(&mut pieces, Kind::Same, &gap[gap.len() - tail..]);
        push(&mut pieces, mark.word, &text[word.span.start..word.span.end]);
        at = word.span.end;
    }
    push(&mut pieces, Kind::Same, &text[at..]);
    pieces
}

fn push(pieces: &mut Vec<Piece>, kind: Kind, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.kind == kind => last.text += text,
        _ => pieces.push(Piece { kind, text: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::excerpt_cut;

    fn aligned(a: &str, b: &str) -> [String; 2] {
        let [a, b] = [a, b].map(|text| Excerpt { text, cut: excerpt_cut(text) });
        align(a, b, &Tokenizer::default()).map(|pieces| {
            let told = pieces.iter().map(|piece| match piece.class() {
                None => piece.text.clone(),
                Some(class) => format!("[{class}:{}]", piece.text),
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
            let excerpt = Excerpt { text, cut: excerpt_cut(text) };
            let [a, _] = align(
                excerpt,
                Excerpt { text: "other … words", cut: excerpt_cut("other … words") },
                &Tokenizer::default(),
            );
            assert_eq!(a.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        }
    }
}
