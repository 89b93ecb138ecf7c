//! Descriptions: from words of a document to a place in its text that a reader can check.
//!
//! Matches are found as ranges of words. Here the documents that hold one are taken up again, and each range becomes
//! bytes, characters, lines and paragraphs of the original text, with what stands around it; and what two sides of a
//! match differ in is listed as far as a finding has room for it.

use std::ops::Range;
use std::sync::Arc;

use super::headings::Heading;
use super::place_words::{PlaceGatherer, PlaceWords};
use crate::finding::{
    Coverage, Difference, DifferenceKind, DocumentRef, EXCERPT_CUT, Fingerprint, MAX_DIFFERENCES, PlacedSpan,
};
use crate::source::PageOrigin;
use doublon_core::Span;
use doublon_core::text::{PassageUnit, TokenReader, Tokenizer, line_starts, paragraphs, unit_key};
use doublon_core::verify::align::Run;
use doublon_core::verify::difference::{self, PieceKind, SideText, TextDifference};

/// The most characters of what stands before and after a span.
const CONTEXT: usize = 40;
/// The most characters of an excerpt.
const EXCERPT: usize = 400;
/// The most characters of each side of a difference.
const DIFFERENCE: usize = 120;
/// The most characters of the first words of a document.
const OPENING: usize = 160;
/// Characters are counted once for so many bytes, so that no count starts at the start of a long text.
const STEP: usize = 1024;

/// A text taken apart, to place ranges of its words.
#[derive(Debug)]
pub struct Described<'t> {
    text: &'t str,
    places: Vec<PlaceWords>,
    lines: Vec<usize>,
    paragraphs: Vec<Span>,
    characters: Vec<usize>,
    page: Option<&'t PageOrigin>,
    headings: Vec<Heading>,
}

impl<'t> Described<'t> {
    /// Takes a text apart to place some ranges of its words, of at least one word each.
    pub fn new(text: &'t str, places: impl Iterator<Item = Range<usize>>, reader: &mut TokenReader) -> Self {
        let mut gatherer = PlaceGatherer::new(places);
        reader.for_each(text, |token| gatherer.add(token.span, token.hash));
        Self::of(text, gatherer.finish())
    }

    /// Takes a text apart so that each of its units counts as a word.
    pub fn of_units(
        text: &'t str,
        places: impl Iterator<Item = Range<usize>>,
        unit: PassageUnit,
        reader: &mut TokenReader,
    ) -> Self {
        let (mut gatherer, mut hashes) = (PlaceGatherer::new(places), Vec::new());
        for unit in unit.spans(text) {
            hashes.clear();
            reader.unit_words(&text[unit.start..unit.end], &mut hashes);
            gatherer.add(unit, unit_key(&hashes));
        }
        Self::of(text, gatherer.finish())
    }

    /// Takes a text apart that is words with one space between two.
    pub fn of_words(text: &'t str, places: impl Iterator<Item = Range<usize>>, tokenizer: &Tokenizer) -> Self {
        let (mut gatherer, mut start) = (PlaceGatherer::new(places), 0);
        for word in text.split(' ') {
            gatherer.add(Span::new(start, start + word.len()), tokenizer.hash(word));
            start += word.len() + 1;
        }
        Self::of(text, gatherer.finish())
    }

    fn of(text: &'t str, places: Vec<PlaceWords>) -> Self {
        let mut characters = vec![0];
        for step in text.as_bytes().chunks(STEP) {
            characters.push(characters[characters.len() - 1] + count_characters(step));
        }
        Self {
            text,
            places,
            lines: line_starts(text),
            paragraphs: paragraphs(text),
            characters,
            page: None,
            headings: Vec::new(),
        }
    }

    /// Tells the page that the text was made from.
    #[must_use]
    pub fn in_page(self, page: Option<&'t PageOrigin>) -> Self {
        Self { page, ..self }
    }

    /// Tells the headings of the text, in order.
    #[must_use]
    pub fn below(self, headings: Vec<Heading>) -> Self {
        Self { headings, ..self }
    }

    /// Returns where the range of words of number `n` stands. Punctuation that hangs on the first or the last word
    /// belongs to it: what stands between that word and the nearest white space, if no other word does. A character
    /// that is several words, such as `½`, belongs to the range that its first word is in.
    pub fn place(&self, n: usize, doc: DocumentRef) -> PlacedSpan {
        let words = &self.places[n];
        let span = words.extent(self.text);
        let touched = self.paragraphs_of(words);
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
            heading: self.heading(span.start),
            document_bytes: self.text.len(),
            covers: coverage(words, first, last),
            fingerprint: Some(Fingerprint(words.fingerprint)),
            new: false,
            in_index: None,
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
    fn paragraphs_of(&self, words: &PlaceWords) -> Range<usize> {
        let holding = |word: Span| self.paragraphs.partition_point(|paragraph| paragraph.end <= word.start);
        holding(words.first)..holding(words.last) + 1
    }

    /// The last heading that begins at a byte or before it.
    fn heading(&self, byte: usize) -> Option<Arc<str>> {
        let above = self.headings.partition_point(|heading| heading.0 <= byte).checked_sub(1)?;
        Some(Arc::clone(&self.headings[above].1))
    }

    /// A byte order mark is in no column.
    fn column(&self, byte: usize) -> usize {
        let start = self.lines[line(&self.lines, byte) - 1];
        let mark = usize::from(start == 0 && byte > 0 && self.text.starts_with('\u{feff}'));
        self.character(byte) - self.character(start) - mark + 1
    }

    fn character(&self, byte: usize) -> usize {
        let step = byte / STEP;
        self.characters[step] + count_characters(&self.text.as_bytes()[step * STEP..byte])
    }
}

fn coverage(words: &PlaceWords, first: Span, last: Span) -> Coverage {
    let from_start = words.before.is_none_or(|before| before.end <= first.start);
    let to_end = words.after.is_none_or(|after| after.start >= last.end);
    match (from_start, to_end) {
        (true, true) => Coverage::Whole,
        (true, false) => Coverage::Start,
        (false, true) => Coverage::End,
        (false, false) => Coverage::Inside,
    }
}

fn line(lines: &[usize], byte: usize) -> usize {
    lines.partition_point(|&start| start <= byte)
}

/// Takes the text of a side of a match apart, unless it seems to hold another number of words by itself: it may start or
/// end in the middle of a character that is several words, such as `½`.
pub fn side_of<'t>(text: &'t str, words_of_side: usize, reader: &mut TokenReader) -> Option<SideText<'t>> {
    Some(SideText::read(text, reader)).filter(|side| side.count() == words_of_side)
}

/// Takes a side of a match apart that stands at `place` in the text `whole` and holds the words `range` of it.
pub fn side_inside<'t>(
    whole: &str,
    text: &'t str,
    place: &PlacedSpan,
    range: Range<usize>,
    reader: &mut TokenReader,
) -> SideText<'t> {
    let inside = |at: usize| at.clamp(place.start, place.end) - place.start;
    let words = &reader.tokens(whole)[range];
    SideText::new(text, words.iter().map(|word| Span::new(inside(word.span.start), inside(word.span.end))).collect())
}

/// Returns whether the excerpt of a place of so many characters that is quoted is all of its text.
pub fn is_quoted_whole(characters: usize) -> bool {
    characters <= EXCERPT
}

/// Returns what two sides of a match differ in, from start to end, and how many more differences there are than are
/// listed. `runs` aligns their words.
pub fn differences(a: &SideText<'_>, b: &SideText<'_>, runs: &[Run]) -> (Vec<Difference>, usize) {
    let all = difference::differences(a, b, runs);
    let listed = all.iter().take(MAX_DIFFERENCES).filter_map(listed).collect();
    (listed, all.len().saturating_sub(MAX_DIFFERENCES))
}

fn listed(found: &TextDifference<'_>) -> Option<Difference> {
    let kind = match found.kind {
        PieceKind::Equal => return None,
        PieceKind::Words => DifferenceKind::Words,
        PieceKind::Form => DifferenceKind::Form,
        PieceKind::Separator => DifferenceKind::Separator,
    };
    Some(Difference { kind, a: shorten(found.a, DIFFERENCE), b: shorten(found.b, DIFFERENCE) })
}

fn count_characters(bytes: &[u8]) -> usize {
    // So many that the count fits in a byte, which makes it a sum of vectors.
    let count = |some: &[u8]| some.iter().map(|byte| u8::from(byte & 0xc0 != 0x80)).sum::<u8>();
    bytes.chunks(u8::MAX as usize).map(|some| usize::from(count(some))).sum()
}

/// Returns the first words of a text.
pub fn opening(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let start = beginning(text, OPENING);
    match start.rfind(char::is_whitespace) {
        Some(end) if start.len() < text.len() && end > start.len() / 2 => start[..end].trim_end(),
        _ => start.trim_end(),
    }
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
    use doublon_core::verify::align::Column;

    fn place(text: &str, words: Range<usize>) -> PlacedSpan {
        let doc = DocumentRef { source: "a.txt".into(), record: 0, id: None, metadata: None };
        let described = Described::new(text, std::iter::once(words), &mut Tokenizer::default().reader());
        let mut place = described.place(0, doc);
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

    #[test]
    fn differences_beyond_the_most_are_counted() {
        let [a, b] = ["x", "y"].map(|word| format!("{word} same ").repeat(MAX_DIFFERENCES + 2));
        let mut reader = Tokenizer::default().reader();
        let runs = [Column::Different, Column::Equal].map(|column| Run { column, len: 1 }).repeat(MAX_DIFFERENCES + 2);
        let (found, more) = differences(&SideText::read(&a, &mut reader), &SideText::read(&b, &mut reader), &runs);
        assert_eq!((found.len(), more), (MAX_DIFFERENCES, 2));
        assert_eq!(found[0], Difference { kind: DifferenceKind::Words, a: "x".into(), b: "y".into() });
    }

    #[test]
    fn a_place_in_a_page_has_its_bytes_and_lines() {
        // "<p>one two\n<b>three</b>" became "one two three".
        let mut map = OffsetMap::default();
        map.push(7, Span::new(3, 10));
        map.push(1, Span::new(10, 11));
        map.push(5, Span::new(14, 19));
        let page = |is_exact| PageOrigin { map: map.clone(), lines: vec![0, 11], is_exact, ..PageOrigin::default() };
        let place = |page: &PageOrigin| {
            let words = std::iter::once(1..3);
            let described =
                Described::new("one two three", words, &mut Tokenizer::default().reader()).in_page(Some(page));
            let doc = DocumentRef { source: "a".into(), record: 0, id: None, metadata: None };
            let place = described.place(0, doc);
            let lines = (place.line, place.column, place.end_line);
            ((place.start, place.end), (place.source_start, place.source_end), lines)
        };
        assert_eq!(place(&page(true)), ((4, 13), (Some(7), Some(19)), (1, 0, 2)));
        assert_eq!(place(&page(false)), ((4, 13), (None, None), (1, 0, 2)));
    }

    #[test]
    fn a_text_opens_with_its_first_whole_words() {
        assert_eq!(opening("\u{feff}\n\n  Title\n\ntext \n"), "Title\n\ntext");
        let long = "word ".repeat(100);
        assert_eq!(opening(&long), "word ".repeat(32).trim_end());
        assert_eq!(opening(&"京".repeat(500)), "京".repeat(160));
        assert_eq!(opening(" \n"), "");
    }

    #[test]
    fn a_side_may_end_inside_a_character() {
        let mut reader = Tokenizer::default().reader();
        let text = "pour ½ livre";
        let place = place(text, 0..2);
        assert!(side_of(&place.excerpt, 2, &mut reader).is_none());
        let side = side_inside(text, &place.excerpt, &place, 0..2, &mut reader);
        assert_eq!(side.count(), 2);
        assert_eq!(side.words(&(0..2)), "pour ½");
        assert_eq!(excerpt(text, 2..4), "livre");
    }
}
