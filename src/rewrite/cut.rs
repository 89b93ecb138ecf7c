//! Where in a text a cut begins and ends, and what it takes along: edges, and the white space that is left over.
//!
//! A cut holds whole words. Punctuation that hangs on its first or last word goes with it, and so does what is left of a
//! paragraph when all its words go. Of the white space before and after a cut, the side with more line ends stays, so
//! that paragraphs stay apart by what kept them apart; at the start or the end of a text it is that of the text's edge.

use std::ops::Range;

use super::options::CutEdge;
use doublon_core::Span;
use doublon_core::text::{Token, Tokenizer, paragraphs};

/// A word before a full stop that is shorter than this is an abbreviation: `M.`, `Dr.`
const LEAST_LAST_WORD: usize = 3;

/// A text taken apart.
pub(super) struct CuttableText<'t> {
    whole: &'t str,
    pub tokens: Vec<Token>,
    paragraphs: Vec<Span>,
    /// The sentences or paragraphs that cuts are made of; none if any word may be an edge.
    units: Option<Vec<Span>>,
}

impl<'t> CuttableText<'t> {
    /// Takes a text apart, for cuts that begin and end at edges of a kind.
    pub fn new(text: &'t str, edge: CutEdge, tokenizer: &Tokenizer) -> Self {
        let paragraphs = paragraphs(text);
        let units = match edge {
            CutEdge::Word => None,
            CutEdge::Sentence => Some(paragraphs.iter().flat_map(|&paragraph| sentences(text, paragraph)).collect()),
            CutEdge::Paragraph => Some(paragraphs.clone()),
        };
        Self { whole: text, tokens: tokenizer.tokens(text), paragraphs, units }
    }

    /// Returns the words that lie in a span.
    pub fn words(&self, span: Span) -> Range<usize> {
        let start = self.tokens.partition_point(|token| token.span.start < span.start);
        let end = self.tokens.partition_point(|token| token.span.end <= span.end);
        start..end.max(start)
    }

    /// Returns the largest part of a range of words that begins and ends at an edge; it may be empty.
    pub fn within_edges(&self, words: Range<usize>) -> Range<usize> {
        let Some(units) = &self.units else { return words };
        let first = units.partition_point(|unit| self.words(*unit).start < words.start);
        let last = units.partition_point(|unit| self.words(*unit).end <= words.end);
        let (Some(first), Some(last)) = (units.get(first), last.checked_sub(1).and_then(|last| units.get(last))) else {
            return words.start..words.start;
        };
        let (start, end) = (self.words(*first).start, self.words(*last).end);
        start..end.max(start)
    }

    /// Returns the place of a range of words, at least one.
    pub fn place(&self, words: &Range<usize>) -> Span {
        let (first, last) = (self.tokens[words.start].span, self.tokens[words.end - 1].span);
        let before = words.start.checked_sub(1).map(|n| self.tokens[n].span.end);
        let after = self.tokens.get(words.end).map(|token| token.span.start);
        let gap_before = &self.whole[before.unwrap_or(0).min(first.start)..first.start];
        let gap_after = &self.whole[last.end..after.unwrap_or(self.whole.len()).max(last.end)];
        let start = first.start - hanging_before(gap_before, before.is_some());
        let end = last.end + hanging_after(gap_after, after.is_some());
        let (head, tail) = (self.paragraph_of(first), self.paragraph_of(last));
        let head = head.filter(|paragraph| self.is_taken(*paragraph, words));
        let tail = tail.filter(|paragraph| self.is_taken(*paragraph, words));
        let (start, end) =
            (head.map_or(start, |head| start.min(head.start)), tail.map_or(end, |tail| end.max(tail.end)));
        Span::new(start, end)
    }

    /// Returns the characters of a span.
    pub fn characters(&self, span: Span) -> Span {
        let start = self.whole[..span.start].chars().count();
        Span::new(start, start + self.whole[span.start..span.end].chars().count())
    }

    /// Returns what is taken out of the text when the spans `cuts` are, in order of their starts; `true` puts a space
    /// there, without which two words would become one.
    pub fn pieces(&self, cuts: &[Span], tokenizer: &Tokenizer) -> Vec<(Span, bool)> {
        let mut joined: Vec<Span> = Vec::new();
        for &cut in cuts {
            match joined.last_mut() {
                Some(last) if cut.start <= last.end || self.is_blank(last.end..cut.start) => {
                    last.end = last.end.max(cut.end);
                }
                _ => joined.push(cut),
            }
        }
        joined.into_iter().map(|cut| self.piece(cut, tokenizer)).collect()
    }

    /// Returns how many words lie outside of the pieces.
    pub fn words_outside(&self, pieces: &[(Span, bool)]) -> usize {
        let inside: usize = pieces.iter().map(|piece| self.words(piece.0).len()).sum();
        self.tokens.len() - inside
    }

    fn paragraph_of(&self, word: Span) -> Option<Span> {
        let n = self.paragraphs.partition_point(|paragraph| paragraph.end <= word.start);
        self.paragraphs.get(n).copied()
    }

    /// Whether all words of a paragraph are in the range.
    fn is_taken(&self, paragraph: Span, words: &Range<usize>) -> bool {
        let all = self.words(paragraph);
        words.start <= all.start && all.end <= words.end
    }

    fn is_blank(&self, range: Range<usize>) -> bool {
        self.whole[range].trim().is_empty()
    }

    fn piece(&self, cut: Span, tokenizer: &Tokenizer) -> (Span, bool) {
        let (before, after) = (&self.whole[..cut.start], &self.whole[cut.end..]);
        let (left, right) = (before.trim_end(), after.trim_start());
        let (gap_before, gap_after) = (&before[left.len()..], &after[..after.len() - right.len()]);
        let line_ends = |gap: &str| gap.bytes().filter(|&byte| byte == b'\n').count();
        let without_before = Span::new(left.len(), cut.end);
        let without_after = Span::new(cut.start, cut.end + gap_after.len());
        match (left.is_empty(), right.is_empty()) {
            (true, _) => (without_after, false),
            (false, true) => (without_before, false),
            _ if (line_ends(gap_before), gap_before.len().min(1)) >= (line_ends(gap_after), gap_after.len().min(1)) => {
                (without_after, gap_before.is_empty() && fuse(left, right, tokenizer))
            }
            _ => (without_before, false),
        }
    }
}

/// The sentences of a paragraph. They end at a full stop, a question or exclamation mark, with the quotes and
/// brackets that close there, before white space; the full stops of scripts without spaces need none. The number of a
/// section and an abbreviation do not end one: a cut that ends at a sentence may end too late for a reader,
/// but not inside one.
fn sentences(text: &str, paragraph: Span) -> Vec<Span> {
    let text = &text[paragraph.start..paragraph.end];
    let (mut sentences, mut start) = (Vec::new(), 0);
    for (at, stop) in text.char_indices().filter(|&(_, c)| is_stop(c)) {
        let rest = &text[at + stop.len_utf8()..];
        let closed = rest.trim_start_matches(|c: char| is_stop(c) || is_closing(c));
        let end = text.len() - closed.len();
        let next = closed.trim_start();
        let parted = is_wide_stop(stop) || next.len() < closed.len();
        if at >= start && parted && !next.is_empty() && !ends_in_abbreviation(&text[start..at], stop) {
            sentences.push(Span::new(paragraph.start + start, paragraph.start + end));
            start = text.len() - next.len();
        }
    }
    sentences.push(Span::new(paragraph.start + start, paragraph.end));
    sentences
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '।') || is_wide_stop(c)
}

fn is_wide_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？')
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '›' | ')' | ']' | '」' | '』' | '）')
}

fn ends_in_abbreviation(sentence: &str, stop: char) -> bool {
    let is_number = !sentence.contains(char::is_alphabetic);
    let word = sentence.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_short = !word.is_empty() && word.chars().count() < LEAST_LAST_WORD && !word.ends_with(char::is_numeric);
    stop == '.' && (is_number || is_short)
}

/// The bytes at the end of `gap`, which stands before a word, that hang on it: those after the last white space, or all
/// if no other word stands before.
fn hanging_before(gap: &str, after_word: bool) -> usize {
    match gap.char_indices().rfind(|(_, c)| c.is_whitespace()) {
        Some((at, space)) => gap.len() - at - space.len_utf8(),
        None if after_word => 0,
        None => gap.len(),
    }
}

fn hanging_after(gap: &str, before_word: bool) -> usize {
    match gap.find(char::is_whitespace) {
        Some(at) => at,
        None if before_word => 0,
        None => gap.len(),
    }
}

/// Whether the words on both sides become one when nothing stands between them.
fn fuse(left: &str, right: &str, tokenizer: &Tokenizer) -> bool {
    let (Some(last), Some(first)) = (left.chars().next_back(), right.chars().next()) else { return false };
    let count = |text: &str| tokenizer.tokens(text).len();
    count(&format!("{last}{first}")) < count(&format!("{last} {first}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns a text without the words of `cut`, a part of it, with edges as asked for.
    fn without(text: &str, cuts: &[&str], edge: CutEdge) -> String {
        let tokenizer = Tokenizer::default();
        let parts = CuttableText::new(text, edge, &tokenizer);
        let place = |cut: &&str| {
            let start = text.rfind(cut).expect("a part of the text");
            let words = parts.within_edges(parts.words(Span::new(start, start + cut.len())));
            (!words.is_empty()).then(|| parts.place(&words))
        };
        let places: Vec<Span> = cuts.iter().filter_map(place).collect();
        take_out(text, &parts.pieces(&places, &tokenizer))
    }

    fn take_out(text: &str, pieces: &[(Span, bool)]) -> String {
        let (mut left, mut at) = (String::new(), 0);
        for (piece, space) in pieces {
            left.push_str(&text[at..piece.start]);
            left.push_str(if *space { " " } else { "" });
            at = piece.end;
        }
        left + &text[at..]
    }

    #[test]
    fn paragraphs_stay_apart_by_what_kept_them_apart() {
        let text = "One two.\n\nThree four.\n\nFive six.\n";
        assert_eq!(without(text, &["Three four"], CutEdge::Word), "One two.\n\nFive six.\n");
        assert_eq!(without(text, &["One two"], CutEdge::Word), "Three four.\n\nFive six.\n");
        assert_eq!(without(text, &["Five six"], CutEdge::Word), "One two.\n\nThree four.\n");
        assert_eq!(without(text, &["Three", "four"], CutEdge::Word), "One two.\n\nFive six.\n");
        assert_eq!(
            without(text, &["two.\n\nThree"], CutEdge::Word),
            "One\n\nfour.\n\nFive six.\n".replace("\n\nf", " f")
        );
        assert_eq!(
            without(&text.replace('\n', "\r\n"), &["Three four"], CutEdge::Word),
            "One two.\r\n\r\nFive six.\r\n"
        );
        assert_eq!(without("a\nb\n\n\nc", &["b"], CutEdge::Word), "a\n\n\nc");
    }

    #[test]
    fn words_stay_apart() {
        assert_eq!(without("one two three", &["two"], CutEdge::Word), "one three");
        assert_eq!(without("one two, three", &["two"], CutEdge::Word), "one three");
        assert_eq!(without("l'eau est là", &["eau"], CutEdge::Word), "l' est là");
        assert_eq!(without("a-b-c", &["b"], CutEdge::Word), "a--c");
        assert_eq!(without("中文字符", &["文字"], CutEdge::Word), "中符");
        assert_eq!(without("ab中cd", &["中"], CutEdge::Word), "ab cd");
    }

    #[test]
    fn what_is_left_of_a_paragraph_without_words_goes_too() {
        assert_eq!(without("Kept.\n\n- one two \" ...\n", &["one two"], CutEdge::Word), "Kept.\n");
        assert_eq!(without("Kept.\n\n- one two three ...\n", &["one two"], CutEdge::Word), "Kept.\n\n- three ...\n");
        assert_eq!(without("one two ...", &["one two"], CutEdge::Word), "");
    }

    #[test]
    fn cuts_shrink_to_their_edges() {
        let text = "A first one. The second, by M. Smith, is \"here.\" A third? Yes it is.\n\nNext one.";
        let cut = "one. The second, by M. Smith, is \"here.\" A third? Yes";
        assert_eq!(without(text, &[cut], CutEdge::Sentence), "A first one. Yes it is.\n\nNext one.");
        assert_eq!(without(text, &[cut], CutEdge::Paragraph), text);
        assert_eq!(without(text, &[&text[2..]], CutEdge::Paragraph), &text[..text.len() - 11]);
        assert_eq!(without("他来了。我们走。好。", &["了。我们走。好"], CutEdge::Sentence), "他来了。");
        assert_eq!(without("one two three", &["two"], CutEdge::Sentence), "one two three");
    }

    proptest! {
        #[test]
        fn what_goes_beyond_the_words_of_a_cut_is_no_word(
            text in "[a-c .,\n中é\"]{0,40}",
            places in prop::collection::vec((0usize..20, 1usize..5), 0..4),
        ) {
            let tokenizer = Tokenizer::default();
            let parts = CuttableText::new(&text, CutEdge::Word, &tokenizer);
            let mut cuts: Vec<Range<usize>> =
                places.iter().map(|&(at, len)| at..(at + len).min(parts.tokens.len())).filter(|cut| !cut.is_empty()).collect();
            cuts.sort_by_key(|cut| cut.start);
            let mut spans: Vec<Span> = cuts.iter().map(|cut| parts.place(cut)).collect();
            spans.sort_unstable();
            let pieces = parts.pieces(&spans, &tokenizer);
            let expected: Vec<u64> = (0..parts.tokens.len())
                .filter(|n| !cuts.iter().any(|cut| cut.contains(n)))
                .map(|n| parts.tokens[n].hash)
                .collect();
            let left = take_out(&text, &pieces);
            let found: Vec<u64> = tokenizer.tokens(&left).iter().map(|token| token.hash).collect();
            prop_assert_eq!(&found, &expected, "{:?} becomes {:?}", text, left);
            prop_assert_eq!(parts.words_outside(&pieces), expected.len());
        }
    }
}
