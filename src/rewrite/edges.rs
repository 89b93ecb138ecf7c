//! Where in a text a cut may begin and end.
//!
//! The words of a text are divided into units: sentences, or paragraphs. A run of words that repeats begins and ends
//! somewhere in a unit, and one of three things is done at each end. If the run lacks fewer than [`SCRAP`] words of the unit
//! and has more of it, it takes them in, so that no scrap of a sentence is left over, or else ends with the unit before. If
//! cuts may be between any two words, the run stays as it is inside one sentence, and where it goes on for the least number
//! of words of a passage beyond the break; fewer words than that agree by chance (`the mayor said.`). All others end with
//! the unit before.
//!
//! A whole unit belongs to a run however short it is: menus and headings are made of such units.
//!
//! In Markdown, a fence, a table and a front matter are one unit each, whatever the edges: no cut begins or ends in one. So
//! is each block in the text of a page.

use std::ops::Range;

use doublon_core::Span;
use doublon_core::text::{Token, sentences, starts_outside};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::options::CutEdge;

/// Fewer words of a sentence than this are not left over.
pub(super) const SCRAP: usize = 5;

/// The units of a text.
pub(super) struct Edges {
    kind: CutEdge,
    /// The first word of each unit, and the number of words of the text.
    starts: Vec<usize>,
    /// The words of units that are never parted, in order.
    whole: Vec<Range<usize>>,
}

/// Where an end of a run can go: outwards if that is allowed there, or else inwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EdgeChoice {
    pub wider: Option<usize>,
    pub narrower: usize,
}

impl Edges {
    /// Divides a text for cuts that begin and end at edges of a kind.
    pub fn new(text: &str, tokens: &[Token], (paragraphs, blocks): (&[Span], &[Span]), kind: CutEdge) -> Self {
        let units: Vec<usize> = match kind {
            CutEdge::Word | CutEdge::Sentence => paragraphs.iter().flat_map(|&one| sentences(text, one)).collect(),
            CutEdge::Paragraph => paragraphs.iter().map(|paragraph| paragraph.start).collect(),
        };
        let first = |start: usize| tokens.partition_point(|token| token.span.start < start);
        let whole: Vec<Range<usize>> = blocks.iter().map(|block| first(block.start)..first(block.end)).collect();
        Self { whole, ..Self::of_units(tokens, starts_outside(units.into_iter(), blocks).into_iter(), kind) }
    }

    /// Divides a text where units start, given in order.
    pub fn of_units(tokens: &[Token], units: impl Iterator<Item = usize>, kind: CutEdge) -> Self {
        let first = |start: usize| tokens.partition_point(|token| token.span.start < start);
        let mut starts: Vec<usize> = std::iter::once(0).chain(units.map(first)).chain([tokens.len()]).collect();
        starts.dedup();
        Self { kind, starts, whole: Vec::new() }
    }

    /// Where a run of words can begin. Fewer than `least` words beyond a break may agree by chance.
    pub fn start(&self, run: &Range<usize>, least: usize) -> EdgeChoice {
        let unit = self.unit(run.start);
        let (lacking, beyond) = (run.start - unit.start, unit.end.min(run.end) - run.start);
        if lacking == 0 || self.may_stay(lacking, beyond, run, least) {
            return EdgeChoice { wider: None, narrower: run.start };
        }
        EdgeChoice { wider: is_scrap(lacking, beyond, run).then_some(unit.start), narrower: unit.end }
    }

    /// Where a run of words, at least one, can end.
    pub fn end(&self, run: &Range<usize>, least: usize) -> EdgeChoice {
        let unit = self.unit(run.end - 1);
        let (lacking, beyond) = (unit.end - run.end, run.end - unit.start.max(run.start));
        if lacking == 0 || self.may_stay(lacking, beyond, run, least) {
            return EdgeChoice { wider: None, narrower: run.end };
        }
        EdgeChoice { wider: is_scrap(lacking, beyond, run).then_some(unit.end), narrower: unit.start }
    }

    /// Returns the units that lie wholly in a range of words, in order.
    pub fn units_in(&self, words: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let first = self.starts.partition_point(|&start| start < words.start);
        let units = self.starts[first..].windows(2).map(|unit| unit[0]..unit[1]);
        units.take_while(move |unit| unit.end <= words.end)
    }

    /// Returns what a range of words has of each unit, in order.
    pub fn units_touching(&self, words: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let (start, end) = (words.start, words.end);
        let first = self.starts.partition_point(|&unit| unit <= start).max(1) - 1;
        let units = self.starts[first..].windows(2).take_while(move |unit| unit[0] < end);
        units.map(move |unit| unit[0].max(start)..unit[1].min(end))
    }

    /// Whether an end of a run may be inside a unit.
    fn may_stay(&self, lacking: usize, beyond: usize, run: &Range<usize>, least: usize) -> bool {
        let is_parted = is_inside(run.start, &self.whole) || is_inside(run.end, &self.whole);
        self.kind == CutEdge::Word && !is_parted && lacking >= SCRAP && (beyond == run.len() || beyond >= least)
    }

    fn unit(&self, word: usize) -> Range<usize> {
        let after = self.starts.partition_point(|&start| start <= word);
        self.starts[after - 1]..self.starts[after]
    }
}

/// Whether an edge before a word would part one of some stretches, which are in order.
fn is_inside(word: usize, stretches: &[Range<usize>]) -> bool {
    let before = stretches.partition_point(|stretch| stretch.start < word);
    before > 0 && word < stretches[before - 1].end
}

/// Whether the words that a run lacks of a unit would be left over as a scrap, and those that it has there are no chance.
fn is_scrap(lacking: usize, beyond: usize, run: &Range<usize>) -> bool {
    lacking < SCRAP && (beyond >= SCRAP || beyond == run.len())
}

/// Whether nothing may come between two words: they are parts of a number or of a name such as `no_std`, stand on both sides of
/// an apostrophe, or are one character or one unbroken run of letters.
pub(super) fn are_joined(text: &str, before: Token, after: Token) -> bool {
    if after.span.start <= before.span.end {
        let left = text[..before.span.end].chars().next_back();
        return after.span.start < before.span.end || left.is_some_and(|c| (c as u32) < 0x2e80 && is_spaced(c));
    }
    let gap = &text[before.span.end..after.span.start];
    let left = text[..before.span.end].chars().next_back().unwrap_or(' ');
    let right = text[after.span.start..].chars().next().unwrap_or(' ');
    let is_number = left.is_numeric() && right.is_numeric() && gap.chars().all(|c| matches!(c, '.' | ','));
    let is_elision = left.is_alphabetic() && right.is_alphabetic() && matches!(gap, "'" | "\u{2019}" | "\u{2bc}");
    let is_name = gap.bytes().all(|byte| byte == b'_');
    is_number || is_elision || is_name || gap.ends_with('\u{200d}') || is_mark(right)
}

fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Whether a character is of a script that puts spaces between words: not Thai, Lao, Burmese or Khmer.
fn is_spaced(c: char) -> bool {
    !matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

#[cfg(test)]
mod tests {
    use doublon_core::text::{Tokenizer, paragraphs};

    use super::*;

    #[test]
    fn numbers_elisions_and_clusters_hold_together() {
        let joined = |text: &str| {
            let tokens = Tokenizer::default().tokens(text);
            tokens.windows(2).map(|two| are_joined(text, two[0], two[1])).collect::<Vec<_>>()
        };
        assert_eq!(joined("1,000.5 and 3. 5"), [true, true, false, false, false]);
        assert_eq!(joined("s'agirait l’eau"), [true, false, true]);
        assert_eq!(joined("no_std__iterator.hpp _x_"), [true, true, false, false]);
        assert_eq!(joined("½ ab中文字cd"), [true, false, true, false, false, false]);
    }

    #[test]
    fn units_of_a_range_are_whole() {
        let text = "One two three. Four five.\n\nSix seven. Eight nine.";
        let tokens = Tokenizer::default().tokens(text);
        let edges = Edges::new(text, &tokens, (&paragraphs(text), &[]), CutEdge::Sentence);
        let units = |words: Range<usize>| edges.units_in(&words).collect::<Vec<_>>();
        assert_eq!(units(0..9), [0..3, 3..5, 5..7, 7..9]);
        assert_eq!(units(1..8), [3..5, 5..7]);
        assert!(units(3..4).is_empty());
    }

    #[test]
    fn ends_of_a_run_take_in_a_scrap_or_leave_the_unit() {
        let text = "One two three four five six seven. Eight nine ten eleven twelve. The mayor said so again today.";
        let tokens = Tokenizer::default().tokens(text);
        let edges = |kind| Edges::new(text, &tokens, (&paragraphs(text), &[]), kind);
        let choice = |wider, narrower| EdgeChoice { wider, narrower };
        let of = edges(CutEdge::Sentence);
        assert_eq!(of.start(&(2..12), 4), choice(Some(0), 7));
        assert_eq!(of.start(&(6..12), 4), choice(None, 7));
        assert_eq!(of.start(&(7..12), 4), choice(None, 7));
        assert_eq!(of.end(&(7..15), 4), choice(None, 12), "three words agree by chance");
        assert_eq!(of.end(&(7..17), 4), choice(Some(18), 12));
        let of = edges(CutEdge::Word);
        assert_eq!(of.start(&(5..12), 2), choice(None, 5), "two words are no chance then");
        assert_eq!(of.start(&(5..12), 4), choice(None, 7));
        assert_eq!(of.start(&(5..7), 4), choice(None, 5), "it is inside one sentence");
        assert_eq!(of.end(&(0..4), 4), choice(Some(7), 0));
    }
}
