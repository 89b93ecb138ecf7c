//! What a cut takes along, and the white space that is left over.
//!
//! A cut holds whole words. Punctuation that hangs on its first or last word goes with it, and so do the marks of a quote or
//! a list before it if it ends with a line, and what is left of a paragraph, or of a fence or a table in Markdown, when all
//! its words go. Of the white space before and after a cut, the side with more line ends stays, so that paragraphs stay
//! apart by what kept them apart; at the start or the end of a text it is that of the text's edge.

use std::ops::Range;

use super::cues::spoken_sentences;
use super::edges::{Edges, are_joined};
use super::operators::Operators;
use super::options::CutEdge;
use doublon_core::Span;
use doublon_core::text::{Token, Tokenizer, markdown_blocks, paragraphs};

/// A text taken apart.
pub(super) struct CuttableText<'t> {
    whole: &'t str,
    pub tokens: Vec<Token>,
    paragraphs: Vec<Span>,
    /// Fences, tables and front matter of Markdown.
    blocks: Vec<Span>,
    pub edges: Edges,
    pub kind: CuttableKind,
    /// The operators, each with the word that it stands before.
    pub operators: Operators,
}

/// What a text was made from, which decides what holds together in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CuttableKind {
    /// Plain text, with blocks of Markdown.
    Plain,
    /// A page or a mail, of which whole blocks go.
    Page,
    /// Subtitles, whose sentences run over their blocks.
    Subtitles,
}

impl<'t> CuttableText<'t> {
    /// Takes a text apart, for cuts that begin and end at edges of a kind.
    pub fn new(text: &'t str, edge: CutEdge, tokenizer: &Tokenizer) -> Self {
        let (tokens, paragraphs, blocks) = (tokenizer.tokens(text), paragraphs(text), markdown_blocks(text));
        let edges = Edges::new(text, &tokens, (&paragraphs, &blocks), edge);
        Self { paragraphs, ..Self::of_blocks(text, (tokens, blocks), edges, CuttableKind::Plain, tokenizer) }
    }

    /// Takes the text of a page apart, for cuts that begin and end where blocks of it do: `blocks` are its parts.
    pub fn of_page(text: &'t str, blocks: Vec<Span>, tokenizer: &Tokenizer) -> Self {
        let tokens = tokenizer.tokens(text);
        let edges = Edges::new(text, &tokens, (&[], &blocks), CutEdge::Paragraph);
        Self::of_blocks(text, (tokens, blocks), edges, CuttableKind::Page, tokenizer)
    }

    /// Takes the text of subtitles apart, for cuts that begin and end where sentences do: `blocks` are its lines.
    pub fn of_subtitles(text: &'t str, blocks: Vec<Span>, tokenizer: &Tokenizer) -> Self {
        let tokens = tokenizer.tokens(text);
        let edges = Edges::of_units(&tokens, spoken_sentences(text).into_iter(), CutEdge::Sentence);
        Self::of_blocks(text, (tokens, blocks), edges, CuttableKind::Subtitles, tokenizer)
    }

    fn of_blocks(
        whole: &'t str,
        (tokens, blocks): (Vec<Token>, Vec<Span>),
        edges: Edges,
        kind: CuttableKind,
        tokenizer: &Tokenizer,
    ) -> Self {
        let operators = Operators::of(whole, 0, &tokens, tokenizer);
        Self { whole, tokens, paragraphs: Vec::new(), blocks, edges, kind, operators }
    }

    /// Returns the words that lie in a span.
    pub fn words(&self, span: Span) -> Range<usize> {
        let start = self.tokens.partition_point(|token| token.span.start < span.start);
        let end = self.tokens.partition_point(|token| token.span.end <= span.end);
        start..end.max(start)
    }

    /// Returns whether the text has a span.
    pub fn has(&self, span: Span) -> bool {
        self.content(span).is_some()
    }

    /// Returns the text of a span, if the text has it.
    pub fn content(&self, span: Span) -> Option<&'t str> {
        span.of(self.whole)
    }

    /// Returns the words that a span has a part of.
    pub fn words_touched(&self, span: Span) -> Range<usize> {
        let start = self.tokens.partition_point(|token| token.span.end <= span.start);
        let end = self.tokens.partition_point(|token| token.span.start < span.end);
        start..end.max(start)
    }

    /// Returns why a unit cannot go by itself, if it cannot: a word goes on in the next unit, or the unit is a part of a fence, a
    /// table or a front matter in Markdown.
    pub fn holds_together(&self, unit: Span) -> Option<&'static str> {
        let touched = &self.tokens[self.words_touched(unit)];
        let is_inside = |at: usize, token: &Token| token.span.start < at && at < token.span.end;
        let parts_word = touched.first().is_some_and(|token| is_inside(unit.start, token))
            || touched.last().is_some_and(|token| is_inside(unit.end, token));
        let has = |block: &Span| unit.start <= block.start && block.end <= unit.end;
        let first = self.blocks.partition_point(|block| block.end <= unit.start);
        let parts_block =
            || self.blocks[first..].iter().take_while(|block| block.start < unit.end).any(|block| !has(block));
        match () {
            () if parts_word => Some("parts_a_word"),
            () if self.kind == CuttableKind::Plain && parts_block() => Some("no_whole_block"),
            () => None,
        }
    }

    /// Returns the largest part of a range of words that does not begin or end in a number, an elision or a character.
    pub fn unbroken(&self, words: Range<usize>) -> Range<usize> {
        let start = words.clone().find(|&n| !self.is_joined(n)).unwrap_or(words.end);
        let end = (start..=words.end).rev().find(|&n| n == start || !self.is_joined(n)).unwrap_or(start);
        start..end
    }

    /// Whether a word is the first one of a line; one behind the last word is.
    pub fn begins_line(&self, word: usize) -> bool {
        let (Some(before), Some(token)) = (word.checked_sub(1), self.tokens.get(word)) else { return true };
        let end = self.tokens[before].span.end.min(token.span.start);
        self.whole[end..token.span.start].contains('\n')
    }

    /// Whether a word is data: it has a digit, and is not the number of a section or an item, such as `2.` or `(3.1)` at the
    /// start of a line.
    pub fn is_data(&self, word: usize) -> bool {
        let has_digit =
            |n: usize| self.tokens[n].span.of(self.whole).is_some_and(|word| word.contains(char::is_numeric));
        if !has_digit(word) {
            return false;
        }
        let first = (0..=word).rev().find(|&n| !self.is_joined(n)).unwrap_or(word);
        let last = (word + 1..=self.tokens.len()).find(|&n| !self.is_joined(n)).unwrap_or(word + 1) - 1;
        let after = &self.whole[self.tokens[last].span.end..];
        let ends_item = after.strip_prefix(['.', ')']).is_some_and(|after| after.starts_with(char::is_whitespace));
        !(ends_item && self.begins_line(first))
    }

    /// Whether nothing may come between a word and the one before it.
    pub fn is_joined(&self, word: usize) -> bool {
        word > 0 && word < self.tokens.len() && are_joined(self.whole, self.tokens[word - 1], self.tokens[word])
    }

    /// Returns the places of ranges of words, at least one each, that follow each other with no word between.
    pub fn places(&self, touching: &[Range<usize>]) -> Vec<Span> {
        let (Some(first), Some(last)) = (touching.first(), touching.last()) else { return Vec::new() };
        let whole = self.place(&(first.start..last.end));
        let mut starts: Vec<usize> = touching.iter().map(|words| self.place(words).start).collect();
        starts[0] = whole.start;
        let ends: Vec<usize> = starts[1..].iter().copied().chain([whole.end]).collect();
        starts.into_iter().zip(ends).map(|(start, end)| Span::new(start, end)).collect()
    }

    /// Divides a range of words where parts of it start, given from its first word; none starts inside of a number or an
    /// elision.
    pub fn parted(&self, words: &Range<usize>, starts: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
        let mut parted: Vec<usize> = Vec::new();
        for start in starts {
            let least = parted.last().copied().unwrap_or(words.start);
            let start = (least..=words.start + start).rev().find(|&word| !self.is_joined(word));
            parted.push(start.unwrap_or(least));
        }
        let ends = parted.iter().skip(1).copied().chain([words.end]);
        parted.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
    }

    /// Divides the place of words among ranges of them that follow each other: each but the first begins with its first
    /// word.
    pub fn places_of(&self, place: Span, words: &[Range<usize>]) -> Vec<Span> {
        let start = |n: usize| if n == 0 { place.start } else { self.tokens[words[n].start].span.start };
        let end = |n: usize| if n == words.len() { place.end } else { start(n) };
        (0..words.len()).map(|n| Span::new(start(n), end(n + 1).max(start(n)))).collect()
    }

    /// Returns the place of a range of words, at least one.
    pub fn place(&self, words: &Range<usize>) -> Span {
        let (first, last) = (self.tokens[words.start].span, self.tokens[words.end - 1].span);
        let before = words.start.checked_sub(1).map(|n| self.tokens[n].span.end);
        let after = self.tokens.get(words.end).map(|token| token.span.start);
        let gap_before = &self.whole[before.unwrap_or(0).min(first.start)..first.start];
        let gap_after = &self.whole[last.end..after.unwrap_or(self.whole.len()).max(last.end)];
        let is_line_taken =
            after.is_none() || gap_after.contains('\n') || !self.shares_marks(Span::new(first.start, last.end));
        let marks = if is_line_taken { marks_before(gap_before, before.is_some()) } else { 0 };
        let hanging = hanging_before(gap_before, before.is_some());
        let hanging = if is_line_taken { hanging } else { behind_quote_marks(gap_before, hanging) };
        let start = first.start - hanging.max(marks);
        let end = last.end + hanging_after(gap_after, after.is_some()).max(quote_lines_after(gap_after));
        let taken = [first, last].into_iter().flat_map(|word| self.around(word));
        let taken = taken.filter(|stretch| self.is_taken(*stretch, words));
        let (from, end) = taken.fold((start, end), |(start, end), part| (start.min(part.start), end.max(part.end)));
        Span::new(if is_line_taken { from } else { start }, end)
    }

    /// Whether the marks before a span, which ends within a line, are those of what is left of that line: it is one line, or its
    /// last one goes on with a paragraph and has no marks of its own.
    fn shares_marks(&self, span: Span) -> bool {
        let text = &self.whole[span.start..span.end];
        let mut lines = text.split('\n').skip(1).map(str::trim_start).peekable();
        lines.peek().is_none() || lines.all(|line| !line.is_empty() && !line.starts_with(is_mark))
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
        let parts = joined.into_iter().flat_map(|cut| self.beside_quote_marks(cut));
        parts.filter(|part| !part.is_empty()).map(|cut| self.piece(cut, tokenizer)).collect()
    }

    /// Divides a cut that ends within a line of a quote so that the marks of that line stay before what is left of it. Where a
    /// line of the same depth is left before the cut, both are one line.
    fn beside_quote_marks(&self, cut: Span) -> [Span; 2] {
        let (text, none) = (&self.whole[cut.start..cut.end], Span::new(cut.end, cut.end));
        let rest = self.whole[cut.end..].split('\n').next().unwrap_or_default();
        let Some(line) = text.rfind('\n').map(|at| cut.start + at + 1).filter(|_| !rest.trim().is_empty()) else {
            return [cut, none];
        };
        let first_line = self.whole[..cut.start].rfind('\n').map_or(0, |at| at + 1);
        let before = &self.whole[first_line..cut.start];
        let is_line_start = quote_marks(before).len() == before.len();
        let marks = quote_marks(&self.whole[line..cut.end]);
        let depth = |marks: &str| marks.matches('>').count();
        let own = if is_line_start { 0 } else { depth(quote_marks(before)) };
        if depth(marks) == own {
            return [cut, none];
        }
        let end = if is_line_start { line } else { line - 1 };
        [Span::new(if is_line_start { first_line } else { cut.start }, end), Span::new(line + marks.len(), cut.end)]
    }

    /// Returns how many words lie outside of the pieces.
    pub fn words_outside(&self, pieces: &[(Span, bool)]) -> usize {
        let inside: usize = pieces.iter().map(|piece| self.words(piece.0).len()).sum();
        self.tokens.len() - inside
    }

    /// Returns the paragraph and the block that a word is in.
    fn around(&self, word: Span) -> impl Iterator<Item = Span> {
        let at = |stretches: &[Span]| {
            let n = stretches.partition_point(|stretch| stretch.end <= word.start);
            stretches.get(n).filter(|stretch| stretch.start <= word.start).copied()
        };
        [at(&self.paragraphs), at(&self.blocks)].into_iter().flatten()
    }

    /// Whether all words of a stretch are in the range.
    fn is_taken(&self, stretch: Span, words: &Range<usize>) -> bool {
        let all = self.words(stretch);
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

/// The bytes at the end of `gap`, which stands before a word, that hang on it: those after the last white space, or all
/// if no other word stands before.
fn hanging_before(gap: &str, after_word: bool) -> usize {
    match gap.char_indices().rfind(|(_, c)| c.is_whitespace()) {
        Some((at, space)) => gap.len() - at - space.len_utf8(),
        None if after_word => 0,
        None => gap.len(),
    }
}

/// Returns how much of the last `hanging` bytes of `gap` stands behind the marks of a quote that begin its line.
fn behind_quote_marks(gap: &str, hanging: usize) -> usize {
    let (before, part) = gap.split_at(gap.len() - hanging);
    let is_line_start = before.is_empty() || before.ends_with('\n');
    let marks = if is_line_start { part.len() - part.trim_start_matches('>').len() } else { 0 };
    hanging - marks
}

fn hanging_after(gap: &str, before_word: bool) -> usize {
    match gap.find(char::is_whitespace) {
        Some(at) => at,
        None if before_word => 0,
        None => gap.len(),
    }
}

/// The bytes of the marks of a quote or a list at the end of `gap`, if nothing else stands between the start of the line
/// and the word after.
fn marks_before(gap: &str, after_word: bool) -> usize {
    let line = gap.rfind('\n').map_or(0, |at| at + 1);
    let marks = gap[line..].trim_start();
    let is_line_start = line > 0 || !after_word;
    let all_marks = marks.split_whitespace().all(|mark| mark.chars().all(is_mark));
    if is_line_start && all_marks { marks.len() } else { 0 }
}

fn is_mark(c: char) -> bool {
    matches!(c, '>' | '-' | '*' | '+' | '•' | '|' | '#')
}

/// Returns the marks of a quote that a line begins with, and the white space around them.
fn quote_marks(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches(['>', ' ', '\t']).len()]
}

/// The bytes at the start of `gap` up to the end of the last line that has quote marks and nothing else.
fn quote_lines_after(gap: &str) -> usize {
    let (mut end, mut at) = (0, gap.find('\n').map_or(gap.len(), |at| at + 1));
    while let Some(line) = gap[at..].find('\n').map(|length| &gap[at..at + length]) {
        let marks = line.trim();
        if !marks.is_empty() && marks.chars().all(|c| c == '>' || c.is_whitespace()) {
            end = at + line.trim_end().len();
        }
        at += line.len() + 1;
    }
    end
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
            let words = parts.words(Span::new(start, start + cut.len()));
            let (first, last) = match edge {
                CutEdge::Word => (words.start, words.end),
                _ => (parts.edges.start(&words, 1).narrower, parts.edges.end(&words, 1).narrower),
            };
            let words = first..last.max(first);
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
    fn marks_of_a_line_stay_for_what_is_left_of_it() {
        for (text, cut, left) in [
            ("> One two. Three\n> four five. Six.\n", "Three\n> four five", "> One two. Six.\n"),
            ("> One two.\n> Three four\n> five. Six.\n", "Three four\n> five", "> One two.\n> Six.\n"),
            (">One two.\n>\"Three four\n>five.\" Six.\n", "Three four\n>five", ">One two.\n> Six.\n"),
            ("> One two.\n> Three four\n> five.\n> Six.\n", "Three four\n> five", "> One two.\n> Six.\n"),
            ("> One two.\n>\n> Three four\n>\n> five. Six.\n", "One two.\n>\n> Three four\n>\n> five", "> Six.\n"),
            ("One two.\n\n> Three four. Six.\n> Seven.\n", "One two.\n\n> Three four", "> Six.\n> Seven.\n"),
            ("Zero. One two.\n> Three four. Six.\n", "One two.\n> Three four", "Zero.\n> Six.\n"),
            ("- One two.\n\nThree four. Six.\n", "One two.\n\nThree four", "Six.\n"),
            ("> > Three four five. Six.", "Three four five", "> > Six."),
            ("Zero.\n- Three four\n  five. Six.\n- Seven.", "Three four\n  five", "Zero.\n- Six.\n- Seven."),
            ("Zero.\n- Three four\n  five.\n- Seven.", "Three four\n  five", "Zero.\n- Seven."),
        ] {
            assert_eq!(without(text, &[cut], CutEdge::Word), left, "{text}");
        }
    }

    #[test]
    fn numbers_are_data_unless_they_count_items() {
        let text = "1. Coffee costs 2.40 today\n2.5 km\n(3) tea\n3.1) milk 2\n4 eggs";
        let parts = CuttableText::new(text, CutEdge::Sentence, &Tokenizer::default());
        let data = (0..parts.tokens.len()).filter(|&n| parts.is_data(n));
        let data: Vec<&str> = data.filter_map(|n| parts.tokens[n].span.of(text)).collect();
        assert_eq!(data, ["2", "40", "2", "5", "2", "4"]);
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
