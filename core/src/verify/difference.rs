//! Which words differ: two texts and an alignment of their words, cut into pieces.
//!
//! An [`Alignment`](super::align::Alignment) says which word stands for which, but a reader sees text: letters, marks
//! and spaces. [`pieces`] cuts both texts where they begin or cease to differ, so that every byte of them is in one
//! piece, and each piece is of one kind: the same bytes, other words, the same words in other letters, or the same words
//! with something else between them. Whoever shows or lists what differs starts from these pieces.
//!
//! Words that share a character, such as the two of `½`, are taken as one word here: half of a character can neither be
//! quoted nor marked.
//!
//! The cost is linear in the words of both texts.

use std::ops::Range;

use serde::Serialize;

use super::align::{Column, Run};
use crate::span::Span;
use crate::text::TokenReader;

/// A text, and where its words stand in it.
#[derive(Clone, Debug)]
pub struct SideText<'t> {
    text: &'t str,
    words: Vec<Span>,
}

/// How the two sides of a piece compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PieceKind {
    /// The same bytes.
    Equal,
    /// Other words.
    Words,
    /// The same words in other letters.
    Form,
    /// Only what stands between the words.
    Separator,
}

/// A stretch of two aligned texts. The pieces of a side together are its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignedPiece {
    /// How the two sides compare.
    pub kind: PieceKind,
    /// The part of the first text.
    pub a: PieceSide,
    /// The part of the second text.
    pub b: PieceSide,
}

/// The part of one text that a piece covers. Punctuation and spaces may stand before its first and after its last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceSide {
    /// Its bytes.
    pub span: Span,
    /// The numbers of its words; an empty range if it holds none.
    pub words: Range<usize>,
}

/// One difference between two aligned texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextDifference<'t> {
    /// What differs, never [`PieceKind::Equal`].
    pub kind: PieceKind,
    /// The text of the first side; empty if only the second has something.
    pub a: &'t str,
    /// The text of the second side.
    pub b: &'t str,
}

/// Returns two texts cut into pieces, from start to end. `runs` aligns all of their words.
///
/// Neighbours are of different kinds. Text between two words that differs beside a change belongs to the change.
///
/// # Examples
///
/// ```
/// use doublon_core::text::Tokenizer;
/// use doublon_core::verify::align::{Column, Run};
/// use doublon_core::verify::difference::{PieceKind, SideText, pieces};
///
/// let mut reader = Tokenizer::default().reader();
/// let (a, b) = (SideText::read("on Monday, at noon", &mut reader), SideText::read("on Friday, at noon", &mut reader));
/// let run = |column, len| Run { column, len };
/// let found = pieces(&a, &b, &[run(Column::Equal, 1), run(Column::Different, 1), run(Column::Equal, 2)]);
/// let shown: Vec<_> = found.iter().map(|piece| (piece.kind, a.text_of(&piece.a), b.text_of(&piece.b))).collect();
/// assert_eq!(shown[1], (PieceKind::Words, "Monday", "Friday"));
/// assert_eq!(shown[2], (PieceKind::Equal, ", at noon", ", at noon"));
/// ```
pub fn pieces(a: &SideText<'_>, b: &SideText<'_>, runs: &[Run]) -> Vec<AlignedPiece> {
    let mut cutter = Cutter { pieces: Vec::new(), after_equal: true, a: TextCursor::new(a), b: TextCursor::new(b) };
    let mut pending: Option<ColumnGroup> = None;
    for run in runs {
        let mut left = run.len;
        while left > 0 {
            // The last column stays behind: it may share a character with the first one of the next run.
            let some = left.min(1 + COLUMNS_AT_ONCE);
            let same = if run.column == Column::Equal { cutter.take_same(some - 1, &mut pending) } else { 0 };
            (same..some).for_each(|_| cutter.take_column(run.column, &mut pending));
            left -= some;
        }
    }
    if let Some(last) = pending {
        cutter.push_group(&last);
    }
    cutter.push_rest();
    cutter.pieces
}

/// So many columns of equal words are compared as one stretch of text at most.
const COLUMNS_AT_ONCE: usize = 16;

/// Returns all that differs between two texts, from start to end. `runs` aligns all of their words.
///
/// Other words next to each other are one difference, and so are words next to each other in other letters. Of text
/// between words only the part that differs is told, and only where the words on both sides of it are equal.
pub fn differences<'t>(a: &SideText<'t>, b: &SideText<'t>, runs: &[Run]) -> Vec<TextDifference<'t>> {
    let mut found: Vec<AlignedPiece> = Vec::new();
    // Words in other letters are one difference across the equal space between them.
    let mut is_joined = false;
    for piece in pieces(a, b, runs) {
        match (piece.kind, found.last_mut()) {
            (PieceKind::Equal, _) => is_joined &= !piece.has_words(),
            (PieceKind::Form, Some(last)) if is_joined && last.kind == PieceKind::Form => last.extend(&piece),
            (PieceKind::Words, _) if !piece.has_words() => {}
            _ => {
                is_joined = true;
                found.push(piece);
            }
        }
    }
    found.iter().map(|piece| difference(piece, a, b)).collect()
}

/// Returns how many bytes two texts share at their starts, and how many of the rest they share at their ends.
///
/// # Examples
///
/// ```
/// use doublon_core::verify::difference::common_ends;
///
/// assert_eq!(common_ends(".\n\n\"", ". \""), (1, 1));
/// assert_eq!(common_ends("a", "a"), (1, 0));
/// ```
pub fn common_ends(a: &str, b: &str) -> (usize, usize) {
    let shared = |(x, y): (char, char)| (x == y).then_some(x.len_utf8());
    let head: usize = a.chars().zip(b.chars()).map_while(shared).sum();
    let tail: usize = a[head..].chars().rev().zip(b[head..].chars().rev()).map_while(shared).sum();
    (head, tail)
}

impl<'t> SideText<'t> {
    /// Makes a side of a text whose words stand at these places, in order.
    pub fn new(text: &'t str, words: Vec<Span>) -> Self {
        Self { text, words }
    }

    /// Reads the words of a text.
    pub fn read(text: &'t str, reader: &mut TokenReader) -> Self {
        let mut words = Vec::with_capacity(text.len() / 6);
        reader.for_each(text, |token| words.push(token.span));
        Self { text, words }
    }

    /// Returns how many words there are.
    pub fn count(&self) -> usize {
        self.words.len()
    }

    /// Returns the text from the first to the last of some words; empty if there are none.
    pub fn words(&self, range: &Range<usize>) -> &'t str {
        if range.is_empty() { "" } else { &self.text[self.words[range.start].start..self.words[range.end - 1].end] }
    }

    /// Returns the text of a piece.
    pub fn text_of(&self, side: &PieceSide) -> &'t str {
        &self.text[side.span.start..side.span.end]
    }

    /// Returns the text of a piece in three: what stands before its first word, from there to its last word, and what
    /// stands after that. In a piece without words all of it stands after.
    pub fn parts_of(&self, side: &PieceSide) -> [&'t str; 3] {
        let text = self.text_of(side);
        if side.words.is_empty() {
            return ["", "", text];
        }
        let inside = |at: usize| at.clamp(side.span.start, side.span.end) - side.span.start;
        let (start, end) = (inside(self.words[side.words.start].start), inside(self.words[side.words.end - 1].end));
        [&text[..start], &text[start..end], &text[end..]]
    }
}

impl AlignedPiece {
    /// Returns whether a side holds a word.
    pub fn has_words(&self) -> bool {
        !self.a.words.is_empty() || !self.b.words.is_empty()
    }

    fn extend(&mut self, after: &Self) {
        self.a.extend(&after.a);
        self.b.extend(&after.b);
    }
}

impl PieceSide {
    fn extend(&mut self, after: &Self) {
        self.span.end = after.span.end;
        if self.words.is_empty() {
            self.words = after.words.clone();
        } else if !after.words.is_empty() {
            self.words.end = after.words.end;
        }
    }
}

fn difference<'t>(piece: &AlignedPiece, a: &SideText<'t>, b: &SideText<'t>) -> TextDifference<'t> {
    let (a, b) = if piece.kind == PieceKind::Separator {
        let (a, b) = (a.text_of(&piece.a), b.text_of(&piece.b));
        let (head, tail) = common_ends(a, b);
        (&a[head..a.len() - tail], &b[head..b.len() - tail])
    } else {
        (a.words(&piece.a.words), b.words(&piece.b.words))
    };
    TextDifference { kind: piece.kind, a, b }
}

/// Columns that no character stands across: mostly one column.
struct ColumnGroup {
    a: Range<usize>,
    b: Range<usize>,
    is_equal: bool,
}

impl ColumnGroup {
    fn shares_character_with(&self, next: &Self, a: &SideText<'_>, b: &SideText<'_>) -> bool {
        let shares = |side: &SideText<'_>, before: &Range<usize>, next: &Range<usize>| {
            !before.is_empty() && !next.is_empty() && side.words[next.start].start < side.words[before.end - 1].end
        };
        shares(a, &self.a, &next.a) || shares(b, &self.b, &next.b)
    }

    fn join(&mut self, next: &Self) {
        (self.a.end, self.b.end) = (next.a.end, next.b.end);
        self.is_equal &= next.is_equal;
    }
}

/// Goes through the words of a text, and through its bytes after them.
struct TextCursor<'s, 't> {
    side: &'s SideText<'t>,
    /// The number of the next word.
    word: usize,
    /// The first byte that is in no piece yet.
    at: usize,
}

impl<'s, 't> TextCursor<'s, 't> {
    fn new(side: &'s SideText<'t>) -> Self {
        Self { side, word: 0, at: 0 }
    }

    /// Returns the number of the next word, if it is one of this side.
    fn next(&mut self, is_of_side: bool) -> Range<usize> {
        let start = self.word;
        self.word = (start + usize::from(is_of_side)).min(self.side.words.len());
        start..self.word
    }

    /// Returns the text before some words, unless there are none, and then the text of the words.
    fn take(&mut self, words: &Range<usize>) -> (PieceSide, PieceSide) {
        let (start, end) = match self.side.words.get(words.clone()) {
            Some([first, .., last]) => (first.start.max(self.at), last.end.max(self.at)),
            Some([word]) => (word.start.max(self.at), word.end.max(self.at)),
            _ => (self.at, self.at),
        };
        let gap = PieceSide { span: Span::new(self.at, start), words: words.start..words.start };
        self.at = end;
        (gap, PieceSide { span: Span::new(start, end), words: words.clone() })
    }

    /// Returns the text of the next `count` words, at least one, from the end of the words `pending` on, unless it shares
    /// a character with words around it.
    fn stretch(&self, pending: &Range<usize>, count: usize) -> Option<Span> {
        let last = self.side.words[pending.clone()].last();
        let start = last.map_or(self.at, |last| last.end.max(self.at));
        let words = self.side.words.get(self.word..self.word + count + 1)?;
        let (first, last, next) = (words.first()?, words.get(count.checked_sub(1)?)?, words.last()?);
        (first.start >= start && next.start >= last.end).then_some(Span::new(start, last.end))
    }

    fn take_stretch(&mut self, text: Span, count: usize) -> PieceSide {
        let words = self.word..self.word + count;
        (self.word, self.at) = (words.end, text.end);
        PieceSide { span: text, words }
    }

    fn rest(&self) -> PieceSide {
        PieceSide { span: Span::new(self.at, self.side.text.len()), words: self.word..self.word }
    }
}

/// Cuts two aligned texts into pieces.
struct Cutter<'s, 't> {
    pieces: Vec<AlignedPiece>,
    /// Whether the words before are equal; so are the starts of both texts.
    after_equal: bool,
    a: TextCursor<'s, 't>,
    b: TextCursor<'s, 't>,
}

impl Cutter<'_, '_> {
    /// Takes the next column, and puts off to `pending` what may share a character with the one after.
    fn take_column(&mut self, column: Column, pending: &mut Option<ColumnGroup>) {
        let group = self.group(column);
        match pending {
            Some(before) if before.shares_character_with(&group, self.a.side, self.b.side) => before.join(&group),
            _ => {
                if let Some(whole) = pending.replace(group) {
                    self.push_group(&whole);
                }
            }
        }
    }

    /// Takes the next `count` columns of equal words and what is pending at once, if the texts of these columns are the
    /// same and share no character with other columns. Returns how many columns were taken: all or none.
    fn take_same(&mut self, count: usize, pending: &mut Option<ColumnGroup>) -> usize {
        let [of_a, of_b] = pending.as_ref().map_or([0..0, 0..0], |pending| [pending.a.clone(), pending.b.clone()]);
        let (Some(a), Some(b)) = (self.a.stretch(&of_a, count), self.b.stretch(&of_b, count)) else { return 0 };
        let offsets = |text: Span| move |word: &Span| (word.start - text.start, word.end - text.start);
        let [words_a, words_b] = [&self.a, &self.b].map(|side| side.side.words[side.word..side.word + count].iter());
        let is_same = self.a.side.text[a.start..a.end] == self.b.side.text[b.start..b.end]
            && words_a.map(offsets(a)).eq(words_b.map(offsets(b)));
        if !is_same {
            return 0;
        }
        if let Some(before) = pending.take() {
            self.push_group(&before);
        }
        let (a, b) = (self.a.take_stretch(a, count), self.b.take_stretch(b, count));
        self.push(PieceKind::Equal, a, b);
        self.after_equal = true;
        count
    }

    fn group(&mut self, column: Column) -> ColumnGroup {
        let (a, b) = (self.a.next(column.has_a()), self.b.next(column.has_b()));
        ColumnGroup { a, b, is_equal: column == Column::Equal }
    }

    fn push_group(&mut self, group: &ColumnGroup) {
        let ((gap_a, words_a), (gap_b, words_b)) = (self.a.take(&group.a), self.b.take(&group.b));
        if group.a.is_empty() || group.b.is_empty() {
            self.push(PieceKind::Words, gap_a, gap_b);
        } else {
            self.push_gap(gap_a, gap_b, group.is_equal);
        }
        let kind = match group.is_equal {
            _ if self.is_same(&words_a, &words_b) => PieceKind::Equal,
            true => PieceKind::Form,
            false => PieceKind::Words,
        };
        self.push(kind, words_a, words_b);
        self.after_equal = group.is_equal;
    }

    /// What stands between two words belongs to a change if it is inside it, or differs at its edge.
    fn push_gap(&mut self, a: PieceSide, b: PieceSide, before_equal: bool) {
        let kind = match (self.after_equal, before_equal) {
            (false, false) => PieceKind::Words,
            _ if self.is_same(&a, &b) => PieceKind::Equal,
            (true, true) => PieceKind::Separator,
            _ => PieceKind::Words,
        };
        self.push(kind, a, b);
    }

    /// The ends of both texts count as equal words.
    fn push_rest(&mut self) {
        let (a, b) = (self.a.rest(), self.b.rest());
        self.push_gap(a, b, true);
    }

    fn push(&mut self, kind: PieceKind, a: PieceSide, b: PieceSide) {
        let piece = AlignedPiece { kind, a, b };
        match self.pieces.last_mut() {
            _ if piece.a.span.is_empty() && piece.b.span.is_empty() => {}
            Some(last) if last.kind == kind => last.extend(&piece),
            _ => self.pieces.push(piece),
        }
    }

    fn is_same(&self, a: &PieceSide, b: &PieceSide) -> bool {
        self.a.side.text_of(a) == self.b.side.text_of(b)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::Tokenizer;

    /// Words, some of which are several in one character, and what stands between them.
    const PARTS: [&str; 12] = ["a ", "b ", "A ", "a", "½", "½ ", ", ", "\n\n", "一", "c. ", "e\u{301} ", "a-b "];

    fn sides<'t>(a: &'t str, b: &'t str) -> (SideText<'t>, SideText<'t>) {
        let mut reader = Tokenizer::default().reader();
        (SideText::read(a, &mut reader), SideText::read(b, &mut reader))
    }

    fn runs(runs: &[(Column, usize)]) -> Vec<Run> {
        runs.iter().map(|&(column, len)| Run { column, len }).collect()
    }

    fn different<'t>(a: &'t str, b: &'t str, columns: &[(Column, usize)]) -> Vec<(PieceKind, &'t str, &'t str)> {
        let (a, b) = sides(a, b);
        differences(&a, &b, &runs(columns)).into_iter().map(|found| (found.kind, found.a, found.b)).collect()
    }

    fn cut<'t>(a: &'t str, b: &'t str, columns: &[(Column, usize)]) -> Vec<(PieceKind, &'t str, &'t str)> {
        let (a, b) = sides(a, b);
        let found = pieces(&a, &b, &runs(columns));
        found.iter().map(|piece| (piece.kind, a.text_of(&piece.a), b.text_of(&piece.b))).collect()
    }

    #[test]
    fn a_paragraph_break_against_a_space_is_a_separator() {
        let found = different("le \"oui\".\n\n\"Nous", "le \"oui\". \"Nous", &[(Column::Equal, 3)]);
        assert_eq!(found, [(PieceKind::Separator, "\n\n", " ")]);
    }

    #[test]
    fn other_words_are_joined_and_what_stands_around_them_is_theirs() {
        let columns = [(Column::Equal, 1), (Column::Different, 1), (Column::OnlyB, 1), (Column::Equal, 1)];
        assert_eq!(different("un deux, quatre", "un 2 bis quatre", &columns), [(PieceKind::Words, "deux", "2 bis")]);
        let columns = [(Column::Equal, 1), (Column::OnlyA, 1), (Column::Equal, 1)];
        assert_eq!(different("a b c", "a c", &columns), [(PieceKind::Words, "b", "")]);
    }

    #[test]
    fn equal_words_in_other_letters_differ_in_form() {
        let found = different("Le CHAT dort", "le chat dort", &[(Column::Equal, 3)]);
        assert_eq!(found, [(PieceKind::Form, "Le CHAT", "le chat")]);
        let found = different("Le chat DORT", "le chat dort", &[(Column::Equal, 3)]);
        assert_eq!(found, [(PieceKind::Form, "Le", "le"), (PieceKind::Form, "DORT", "dort")]);
        let found = different("Le\nCHAT", "le chat", &[(Column::Equal, 2)]);
        let parts =
            [(PieceKind::Form, "Le", "le"), (PieceKind::Separator, "\n", " "), (PieceKind::Form, "CHAT", "chat")];
        assert_eq!(found, parts);
    }

    #[test]
    fn marks_around_the_whole_are_compared_beside_equal_words_only() {
        assert_eq!(different("«a b.", "a b", &[(Column::Equal, 2)]).len(), 2);
        let columns = [(Column::Different, 1), (Column::Equal, 1), (Column::OnlyA, 1)];
        assert_eq!(different("«x b y.", "a b", &columns), [(PieceKind::Words, "x", "a"), (PieceKind::Words, "y", "")]);
    }

    #[test]
    fn words_of_one_character_are_one_word() {
        let half = [(Column::Equal, 1), (Column::Different, 1)];
        assert_eq!(different("½", "¼", &half), [(PieceKind::Words, "½", "¼")]);
        assert_eq!(cut("½", "¼", &half), [(PieceKind::Words, "½", "¼")]);
        assert_eq!(different("½", "1 2", &[(Column::Equal, 2)]), [(PieceKind::Form, "½", "1 2")]);
        assert_eq!(different("½", "½", &[(Column::Equal, 2)]), []);
    }

    #[test]
    fn a_piece_tells_its_words_from_what_stands_around_them() {
        let columns = [(Column::Equal, 1), (Column::OnlyA, 2), (Column::Equal, 1)];
        let (a, b) = sides("a, b c; d", "a d");
        let found = pieces(&a, &b, &runs(&columns));
        let changed: Vec<_> = found.iter().filter(|piece| piece.kind == PieceKind::Words).collect();
        assert_eq!(changed.len(), 1);
        assert_eq!(a.parts_of(&changed[0].a), [", ", "b c", "; "]);
        assert_eq!(b.parts_of(&changed[0].b), ["", "", " "]);
    }

    proptest! {
        #[test]
        fn runs_of_equal_words_are_cut_as_columns_one_by_one(
            a in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..60),
            changes in prop::collection::vec((0..80_usize, prop::sample::select(PARTS.to_vec())), 0..4),
            differing in 0..60_usize,
        ) {
            let mut b = a.clone();
            for &(at, part) in &changes {
                b.iter_mut().skip(at).take(1).for_each(|of_b| *of_b = part);
            }
            let (a, b) = (a.concat(), b.concat());
            let (side_a, side_b) = sides(&a, &b);
            let (all_a, all_b) = (side_a.count(), side_b.count());
            let before = differing.min(all_a).min(all_b);
            let after = all_a.min(all_b) - before;
            let of_one = [(Column::Equal, before), (Column::Different, 1), (Column::Equal, after.saturating_sub(1))];
            let rest = [(Column::OnlyA, all_a - before - after), (Column::OnlyB, all_b - before - after)];
            let all = runs(&[&of_one[..if after > 0 { 3 } else { 1 }], &rest].concat());
            let one_by_one: Vec<Run> = all.iter().flat_map(|run| vec![Run { len: 1, ..*run }; run.len]).collect();
            prop_assert_eq!(pieces(&side_a, &side_b, &all), pieces(&side_a, &side_b, &one_by_one));
        }
    }

    #[test]
    fn pieces_hold_all_of_both_texts_whatever_the_alignment() {
        let texts = ["", "—", "½ of it", "One, two; 1½ (three)", "é e\u{301} 一二 ½½"];
        for (a, b) in texts.iter().flat_map(|a| texts.iter().map(move |b| (*a, *b))) {
            let (side_a, side_b) = sides(a, b);
            let (all_a, all_b) = (side_a.count(), side_b.count());
            let both = all_a.min(all_b);
            for column in [Column::Equal, Column::Different] {
                let columns = [(Column::OnlyA, all_a - both), (column, both), (Column::OnlyB, all_b - both)];
                let found = pieces(&side_a, &side_b, &runs(&columns));
                let all: (String, String) =
                    found.iter().map(|piece| (side_a.text_of(&piece.a), side_b.text_of(&piece.b))).unzip();
                assert_eq!((all.0.as_str(), all.1.as_str()), (a, b), "{found:?}");
            }
        }
    }
}
