//! Descriptions: from words of a document to a place in its text that a reader can check.
//!
//! Matches are found as ranges of words. Here the documents that hold one are taken up again, and each range becomes
//! bytes, characters, lines and paragraphs of the original text, with what stands around it; and what two sides of a
//! match differ in is read off their alignment.

use std::ops::Range;
use std::sync::Arc;

use crate::finding::{
    Coverage, Difference, DifferenceKind, DocumentRef, EXCERPT_CUT, Fingerprint, MAX_DIFFERENCES, PlacedSpan,
};
use crate::report::comparison::{Piece, PieceKind};
use crate::source::Origin;
use doublon_core::Span;
use doublon_core::hash::seeded_hash;
use doublon_core::kernel::extent;
use doublon_core::text::{TokenReader, line_starts, paragraphs};
use doublon_core::verify::align::{Column, Run};

/// The most characters of what stands before and after a span.
const CONTEXT: usize = 40;
/// The most characters of an excerpt.
const EXCERPT: usize = 400;
/// The most characters of each side of a difference.
const DIFFERENCE: usize = 120;
/// Characters are counted once for so many bytes, so that no count starts at the start of a long text.
const STEP: usize = 1024;

/// A text taken apart, to place ranges of its words.
#[derive(Debug)]
pub struct Described<'t> {
    text: &'t str,
    words: Vec<Span>,
    hashes: Vec<u64>,
    lines: Vec<usize>,
    paragraphs: Vec<Span>,
    characters: Vec<usize>,
    page: Option<&'t Origin>,
}

/// One side of a match: its text and where its words stand in it.
#[derive(Debug)]
pub struct Side<'t> {
    text: &'t str,
    words: Vec<Span>,
}

impl<'t> Described<'t> {
    /// Takes a text apart.
    pub fn new(text: &'t str, reader: &mut TokenReader) -> Self {
        let mut characters = vec![0];
        for step in text.as_bytes().chunks(STEP) {
            characters.push(characters[characters.len() - 1] + count_characters(step));
        }
        let (mut words, mut hashes) = (Vec::with_capacity(text.len() / 6), Vec::with_capacity(text.len() / 6));
        reader.for_each(text, |token| {
            words.push(token.span);
            hashes.push(token.hash);
        });
        Self { text, words, hashes, lines: line_starts(text), paragraphs: paragraphs(text), characters, page: None }
    }

    /// Tells the page that the text was made from.
    #[must_use]
    pub fn in_page(self, page: Option<&'t Origin>) -> Self {
        Self { page, ..self }
    }

    /// Returns where a range of words, at least one, stands. Punctuation that hangs on the first or the last word
    /// belongs to it: what stands between that word and the nearest white space, if no other word does. A character
    /// that is several words, such as `½`, belongs to the range that its first word is in.
    pub fn place(&self, words: Range<usize>, doc: DocumentRef) -> PlacedSpan {
        let span = extent(self.text, &self.words, &words);
        let touched = self.paragraphs_of(&words);
        let (first, last) = (self.paragraphs[touched.start], self.paragraphs[touched.end - 1]);
        let page = self.page.filter(|page| !page.map.is_empty());
        let in_page = page.map(|page| page.map.origin(span));
        let exact = in_page.filter(|_| page.is_some_and(|page| page.is_exact));
        let lines = page.map_or(self.lines.as_slice(), |page| &page.lines);
        let column = if in_page.is_some() { 0 } else { self.column(span.start) };
        PlacedSpan {
            doc,
            start: span.start,
            end: span.end,
            char_start: self.character(span.start),
            char_end: self.character(span.end),
            source_start: exact.map(|span| span.start),
            source_end: exact.map(|span| span.end),
            line: line(lines, in_page.unwrap_or(span).start),
            column,
            end_line: line(lines, in_page.unwrap_or(span).end - 1),
            paragraphs: (touched.start + 1, touched.end),
            paragraph_count: self.paragraphs.len(),
            document_bytes: self.text.len(),
            covers: self.coverage(&words, first, last),
            fingerprint: Some(self.fingerprint(&words)),
            new: false,
            before: Arc::default(),
            after: Arc::default(),
            excerpt: Arc::default(),
        }
    }

    /// Adds its text to a place, and what stands around it.
    pub fn quote(&self, place: &mut PlacedSpan) {
        let (start, end) = (place.start, place.end);
        let (first, last) = (self.paragraphs[place.paragraphs.0 - 1], self.paragraphs[place.paragraphs.1 - 1]);
        place.before = ending(&self.text[first.start.min(start)..start], CONTEXT).into();
        place.after = beginning(&self.text[end..last.end.max(end)], CONTEXT).into();
        place.excerpt = shorten(&self.text[start..end], EXCERPT).into();
    }

    /// Returns the text of a place.
    pub fn text(&self, place: &PlacedSpan) -> &'t str {
        &self.text[place.start..place.end]
    }

    /// The paragraphs that hold the first and the last word, and those between.
    fn paragraphs_of(&self, words: &Range<usize>) -> Range<usize> {
        let holding = |word: Span| self.paragraphs.partition_point(|paragraph| paragraph.end <= word.start);
        holding(self.words[words.start])..holding(self.words[words.end - 1]) + 1
    }

    fn coverage(&self, words: &Range<usize>, first: Span, last: Span) -> Coverage {
        let from_start = words.start == 0 || self.words[words.start - 1].end <= first.start;
        let to_end = self.words.get(words.end).is_none_or(|after| after.start >= last.end);
        match (from_start, to_end) {
            (true, true) => Coverage::Whole,
            (true, false) => Coverage::Start,
            (false, true) => Coverage::End,
            (false, false) => Coverage::Inside,
        }
    }

    /// A byte order mark is in no column.
    fn column(&self, byte: usize) -> usize {
        let start = self.lines[line(&self.lines, byte) - 1];
        let mark = usize::from(start == 0 && byte > 0 && self.text.starts_with('\u{feff}'));
        self.character(byte) - self.character(start) - mark + 1
    }

    fn fingerprint(&self, words: &Range<usize>) -> Fingerprint {
        let hashes: Vec<u8> = self.hashes[words.clone()].iter().flat_map(|hash| hash.to_le_bytes()).collect();
        Fingerprint(seeded_hash(&hashes, 0))
    }

    fn character(&self, byte: usize) -> usize {
        let step = byte / STEP;
        self.characters[step] + count_characters(&self.text.as_bytes()[step * STEP..byte])
    }
}

fn line(lines: &[usize], byte: usize) -> usize {
    lines.partition_point(|&start| start <= byte)
}

impl<'t> Side<'t> {
    /// Takes the text of a side apart, unless it seems to hold another number of words by itself: it may start or end
    /// in the middle of a character that is several words, such as `½`.
    pub fn new(text: &'t str, words_of_side: usize, reader: &mut TokenReader) -> Option<Self> {
        let words = words(text, reader);
        (words.len() == words_of_side).then_some(Self { text, words })
    }

    /// Takes the text of a side apart.
    pub fn of(text: &'t str, reader: &mut TokenReader) -> Self {
        Self { text, words: words(text, reader) }
    }

    /// Takes a side apart that stands at `place` in the text `whole` and holds the words `range` of it.
    pub fn inside(
        whole: &str,
        text: &'t str,
        place: &PlacedSpan,
        range: Range<usize>,
        reader: &mut TokenReader,
    ) -> Self {
        let inside = |at: usize| at.clamp(place.start, place.end) - place.start;
        let shift = |word: &Span| Span::new(inside(word.start), inside(word.end));
        let words = words(whole, reader)[range].iter().map(shift).collect();
        Self { text, words }
    }

    fn words(&self, range: &Range<usize>) -> &'t str {
        if range.is_empty() { "" } else { &self.text[self.words[range.start].start..self.words[range.end - 1].end] }
    }

    /// What stands before word `n` and after the one before it.
    fn gap(&self, n: usize) -> &'t str {
        let start = n.checked_sub(1).map_or(0, |before| self.words[before].end);
        let end = self.words.get(n).map_or(self.text.len(), |word| word.start);
        &self.text[start.min(end)..end]
    }
}

/// Returns the whole text of two sides, cut where they begin or cease to differ. `runs` aligns all of their words.
pub fn pieces(a: &Side<'_>, b: &Side<'_>, runs: &[Run]) -> Vec<Piece> {
    let mut cutter = Cutter { pieces: Vec::new(), after_equal: true, a: Cursor::new(a), b: Cursor::new(b) };
    for run in runs {
        (0..run.len).for_each(|_| cutter.column(run.column));
    }
    let (rest_a, rest_b) = (cutter.a.rest(), cutter.b.rest());
    cutter.gap(rest_a, rest_b, true);
    cutter.pieces
}

/// Returns whether the excerpt of a place that is quoted is all of its text.
pub fn is_quoted_whole(place: &PlacedSpan) -> bool {
    place.char_end - place.char_start <= EXCERPT
}

/// Returns what two sides of a match differ in, from start to end, and how many more differences there are than are
/// listed. `runs` aligns their words.
///
/// Other words next to each other are one difference, and so are words next to each other in other letters. What
/// stands between two words is compared where both are equal to those on the other side.
pub fn differences(a: &Side<'_>, b: &Side<'_>, runs: &[Run]) -> (Vec<Difference>, usize) {
    let stretches = stretches(a, b, runs);
    let listed = stretches.iter().take(MAX_DIFFERENCES).map(|stretch| stretch.describe(a, b)).collect();
    (listed, stretches.len().saturating_sub(MAX_DIFFERENCES))
}

fn stretches(a: &Side<'_>, b: &Side<'_>, runs: &[Run]) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    let (mut at, mut after_equal) = (Columns::default(), true);
    for run in runs {
        for _ in 0..run.len {
            let next = at.after(run.column);
            if run.column == Column::Equal {
                if after_equal && a.gap(at.a) != b.gap(at.b) {
                    found.push(Stretch { kind: DifferenceKind::Separator, from: at, to: at });
                }
                if a.words(&(at.a..next.a)) != b.words(&(at.b..next.b)) {
                    extend(&mut found, DifferenceKind::Form, at, next);
                }
            } else {
                extend(&mut found, DifferenceKind::Words, at, next);
            }
            (at, after_equal) = (next, run.column == Column::Equal);
        }
    }
    if after_equal && a.gap(at.a) != b.gap(at.b) {
        found.push(Stretch { kind: DifferenceKind::Separator, from: at, to: at });
    }
    found
}

/// Adds one column to the last difference if that ends where the column starts and is of one kind with it.
fn extend(found: &mut Vec<Stretch>, kind: DifferenceKind, from: Columns, to: Columns) {
    match found.last_mut() {
        Some(last) if last.kind == kind && last.to.column == from.column => last.to = to,
        _ => found.push(Stretch { kind, from, to }),
    }
}

/// A place in an alignment: how many columns and words of each side lie before it.
#[derive(Clone, Copy, Default)]
struct Columns {
    column: usize,
    a: usize,
    b: usize,
}

impl Columns {
    fn after(self, column: Column) -> Self {
        Self {
            column: self.column + 1,
            a: self.a + usize::from(column.has_a()),
            b: self.b + usize::from(column.has_b()),
        }
    }
}

struct Stretch {
    kind: DifferenceKind,
    from: Columns,
    to: Columns,
}

impl Stretch {
    fn describe(&self, a: &Side<'_>, b: &Side<'_>) -> Difference {
        let (a, b) = if self.kind == DifferenceKind::Separator {
            without_common_ends(a.gap(self.from.a), b.gap(self.from.b))
        } else {
            (a.words(&(self.from.a..self.to.a)), b.words(&(self.from.b..self.to.b)))
        };
        Difference { kind: self.kind, a: shorten(a, DIFFERENCE), b: shorten(b, DIFFERENCE) }
    }
}

/// Goes through the text of a side word by word.
struct Cursor<'s, 't> {
    side: &'s Side<'t>,
    word: usize,
    at: usize,
}

impl<'s, 't> Cursor<'s, 't> {
    fn new(side: &'s Side<'t>) -> Self {
        Self { side, word: 0, at: 0 }
    }

    /// What stands before the next word, and that word, without what was taken before: words may share a character.
    fn next(&mut self) -> (&'t str, &'t str) {
        let Some(word) = self.side.words.get(self.word) else { return ("", "") };
        let (start, end) = (word.start.max(self.at), word.end.max(self.at));
        let found = (&self.side.text[self.at..start], &self.side.text[start..end]);
        (self.word, self.at) = (self.word + 1, end);
        found
    }

    fn rest(&mut self) -> &'t str {
        &self.side.text[self.at..]
    }
}

/// Cuts two aligned texts into pieces.
struct Cutter<'s, 't> {
    pieces: Vec<Piece>,
    after_equal: bool,
    a: Cursor<'s, 't>,
    b: Cursor<'s, 't>,
}

impl<'t> Cutter<'_, 't> {
    fn column(&mut self, column: Column) {
        let (gap_a, word_a) = if column.has_a() { self.a.next() } else { ("", "") };
        let (gap_b, word_b) = if column.has_b() { self.b.next() } else { ("", "") };
        let is_equal = column == Column::Equal;
        if column.has_a() && column.has_b() {
            self.gap(gap_a, gap_b, is_equal);
        } else {
            self.push(PieceKind::Words, gap_a, gap_b);
        }
        let kind = match is_equal {
            true if word_a == word_b => PieceKind::Equal,
            true => PieceKind::Form,
            false => PieceKind::Words,
        };
        self.push(kind, word_a, word_b);
        self.after_equal = is_equal;
    }

    /// What stands between two words belongs to a change if it is inside it, or differs at its edge.
    fn gap(&mut self, a: &'t str, b: &'t str, before_equal: bool) {
        let kind = match (self.after_equal, before_equal) {
            (false, false) => PieceKind::Words,
            _ if a == b => PieceKind::Equal,
            (true, true) => PieceKind::Separator,
            _ => PieceKind::Words,
        };
        self.push(kind, a, b);
    }

    fn push(&mut self, kind: PieceKind, a: &str, b: &str) {
        match self.pieces.last_mut() {
            _ if a.is_empty() && b.is_empty() => {}
            Some(last) if last.kind == kind => {
                last.a.push_str(a);
                last.b.push_str(b);
            }
            _ => self.pieces.push(Piece { kind, a: a.to_owned(), b: b.to_owned() }),
        }
    }
}

fn words(text: &str, reader: &mut TokenReader) -> Vec<Span> {
    let mut words = Vec::with_capacity(text.len() / 6);
    reader.for_each(text, |token| words.push(token.span));
    words
}

fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

fn without_common_ends<'t>(a: &'t str, b: &'t str) -> (&'t str, &'t str) {
    let equal = |(x, y): &(char, char)| x == y;
    let common: usize = a.chars().zip(b.chars()).take_while(equal).map(|(c, _)| c.len_utf8()).sum();
    let (a, b) = (&a[common..], &b[common..]);
    let common: usize = a.chars().rev().zip(b.chars().rev()).take_while(equal).map(|(c, _)| c.len_utf8()).sum();
    (&a[..a.len() - common], &b[..b.len() - common])
}

/// The first `most` characters.
fn beginning(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(at, _)| &text[..at])
}

/// The last `most` characters.
fn ending(text: &str, most: usize) -> &str {
    let Some(before_last) = most.checked_sub(1) else { return "" };
    text.char_indices().rev().nth(before_last).map_or(text, |(at, _)| &text[at..])
}

/// The text, or its start and end if it has more than `most` characters.
fn shorten(text: &str, most: usize) -> String {
    if text.len() <= most || text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let kept = most - EXCERPT_CUT.chars().count();
    format!("{}{EXCERPT_CUT}{}", beginning(text, kept - kept / 2), ending(text, kept / 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use doublon_core::OffsetMap;
    use doublon_core::text::Tokenizer;

    fn place(text: &str, words: Range<usize>) -> PlacedSpan {
        let doc = DocumentRef { source: "a.txt".into(), record: 0, id: None };
        let described = Described::new(text, &mut Tokenizer::default().reader());
        let mut place = described.place(words, doc);
        assert_eq!(place.without_quotes(), place);
        described.quote(&mut place);
        place
    }

    fn excerpt(text: &str, words: Range<usize>) -> String {
        place(text, words).excerpt.to_string()
    }

    #[test]
    fn a_place_is_given_in_bytes_characters_lines_and_paragraphs() {
        let text = "Été.\n\nIl fait «très chaud» à\nParis. Demain aussi.\n\nFin.";
        let found = place(text, 3..6);
        assert_eq!(&*found.excerpt, "«très chaud» à");
        assert_eq!((found.start, found.end), (16, 34));
        assert_eq!((found.char_start, found.char_end), (14, 28));
        assert_eq!((found.line, found.column, found.end_line), (3, 9, 3));
        assert_eq!((found.paragraphs, found.paragraph_count), ((2, 2), 3));
        assert_eq!((&*found.before, &*found.after), ("Il fait ", "\nParis. Demain aussi."));
        assert_eq!(found.covers, Coverage::Inside);
    }

    #[test]
    fn coverage_counts_words_only() {
        let text = "« un deux »\n\ntrois quatre ...";
        let covers = |words| place(text, words).covers;
        assert_eq!(covers(0..2), Coverage::Whole);
        assert_eq!(covers(0..4), Coverage::Whole);
        assert_eq!(covers(0..3), Coverage::Start);
        assert_eq!(covers(1..2), Coverage::End);
        assert_eq!(covers(1..3), Coverage::Inside);
        assert_eq!(place(text, 0..4).paragraphs, (1, 2));
    }

    #[test]
    fn punctuation_hangs_on_a_word_unless_another_word_does() {
        assert_eq!(excerpt("dit (l'homme) !", 1..3), "(l'homme)");
        assert_eq!(excerpt("dit (l'homme) !", 1..2), "(l");
        assert_eq!(excerpt("dit \"oui\". ...", 1..2), "\"oui\".");
        assert_eq!(excerpt("你好。（再见）！", 0..2), "你好。");
        assert_eq!(excerpt("oui", 0..1), "oui");
    }

    #[test]
    fn long_texts_are_shortened_in_the_middle() {
        let text = "mot ".repeat(200);
        let shortened = excerpt(&text, 0..200);
        assert_eq!(shortened.chars().count(), EXCERPT);
        assert!(shortened.starts_with("mot mot") && shortened.ends_with("mot mot") && shortened.contains(" … "));
        assert_eq!(place(&text, 100..101).before.chars().count(), CONTEXT);
    }

    #[test]
    fn a_byte_order_mark_is_in_no_column() {
        assert_eq!([0..1, 1..2].map(|words| place("\u{feff}un deux", words).column), [1, 4]);
        assert_eq!(place("\u{feff}un\ndeux", 1..2).column, 1);
    }

    #[test]
    fn a_fingerprint_is_of_the_words_alone() {
        let of = |text: &str, words| place(text, words).fingerprint;
        assert_eq!(of("Il dit : « Oui ! »", 1..3), of("dit\n\noui", 0..2));
        assert_ne!(of("dit oui", 0..2), of("oui dit", 0..2));
    }

    #[test]
    fn long_texts_count_characters_right() {
        let text = "é ".repeat(2000);
        let found = place(&text, 1500..1501);
        assert_eq!((found.start, found.char_start), (4500, 3000));
    }

    fn difference(a: &str, b: &str, runs: &[(Column, usize)]) -> Vec<(DifferenceKind, String, String)> {
        let mut reader = Tokenizer::default().reader();
        let mut side = |text| {
            let words = words(text, &mut reader).len();
            Side::new(text, words, &mut reader).expect("is whole")
        };
        let runs: Vec<_> = runs.iter().map(|&(column, len)| Run { column, len }).collect();
        let (listed, more) = differences(&side(a), &side(b), &runs);
        assert_eq!(more, 0);
        listed.into_iter().map(|d| (d.kind, d.a, d.b)).collect()
    }

    fn listed(kind: DifferenceKind, a: &str, b: &str) -> (DifferenceKind, String, String) {
        (kind, a.to_owned(), b.to_owned())
    }

    #[test]
    fn a_paragraph_break_against_a_space_is_a_separator() {
        let found = difference("le \"oui\".\n\n\"Nous", "le \"oui\". \"Nous", &[(Column::Equal, 3)]);
        assert_eq!(found, [listed(DifferenceKind::Separator, "\n\n", " ")]);
    }

    #[test]
    fn other_words_are_joined_and_what_stands_around_them_is_theirs() {
        let runs = [(Column::Equal, 1), (Column::Different, 1), (Column::OnlyB, 1), (Column::Equal, 1)];
        let found = difference("un deux, quatre", "un 2 bis quatre", &runs);
        assert_eq!(found, [listed(DifferenceKind::Words, "deux", "2 bis")]);
        let runs = [(Column::Equal, 1), (Column::OnlyA, 1), (Column::Equal, 1)];
        assert_eq!(difference("a b c", "a c", &runs), [listed(DifferenceKind::Words, "b", "")]);
    }

    #[test]
    fn equal_words_in_other_letters_differ_in_form() {
        let found = difference("Le CHAT dort", "le chat dort", &[(Column::Equal, 3)]);
        assert_eq!(found, [listed(DifferenceKind::Form, "Le CHAT", "le chat")]);
    }

    #[test]
    fn a_place_in_a_page_has_its_bytes_and_lines() {
        // "<p>one two\n<b>three</b>" became "one two three".
        let mut map = OffsetMap::default();
        map.push(7, Span::new(3, 10));
        map.push(1, Span::new(10, 11));
        map.push(5, Span::new(14, 19));
        let page = |is_exact| Origin { map: map.clone(), lines: vec![0, 11], is_exact };
        let place = |page: &Origin| {
            let described = Described::new("one two three", &mut Tokenizer::default().reader()).in_page(Some(page));
            let doc = DocumentRef { source: "a".into(), record: 0, id: None };
            let place = described.place(1..3, doc);
            let lines = (place.line, place.column, place.end_line);
            ((place.start, place.end), (place.source_start, place.source_end), lines)
        };
        assert_eq!(place(&page(true)), ((4, 13), (Some(7), Some(19)), (1, 0, 2)));
        assert_eq!(place(&page(false)), ((4, 13), (None, None), (1, 0, 2)));
    }

    #[test]
    fn a_side_may_end_inside_a_character() {
        let mut reader = Tokenizer::default().reader();
        let text = "pour ½ livre";
        let place = place(text, 0..2);
        assert!(Side::new(&place.excerpt, 2, &mut reader).is_none());
        let side = Side::inside(text, &place.excerpt, &place, 0..2, &mut reader);
        assert_eq!(side.words.len(), 2);
        assert_eq!(side.words(&(0..2)), "pour ½");
        assert_eq!(excerpt(text, 2..4), "livre");
    }
}
