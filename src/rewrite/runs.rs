//! What goes of the places of one document, decided together.
//!
//! Places that touch, so that no word is between them, form a run. A run as a whole is fitted to the edges of sentences or
//! paragraphs, and must have the least number of words of a passage. Each place in it is measured by itself: the threshold's
//! share of its words must stand in its kept place in the same order, in what is left of it after the fitting. A place that
//! falls below goes out of the run, and what is left is fitted again.
//!
//! What stands once stays: a line or a sentence in a place, such as a heading between two paragraphs that repeat, of which the
//! kept place has less than half divides the place. So does one with other data: a row of a price list is as much alike as a
//! repeat and says something else, and so is a line of code with another operator.
//!
//! A loop, which repeats over and over what stands directly before it, may begin and end inside of a sentence: the sentence reads
//! on without it.

use std::collections::BTreeSet;
use std::ops::Range;

use doublon_core::Span;

use super::compared::{ComparedWords, share};
use super::cut::{CuttableKind, CuttableText};
use super::edges::{EdgeChoice, SCRAP};
use super::kept::KeptWords;
use super::options::CutEdge;

/// What a cut must meet.
#[derive(Clone, Copy, Debug)]
pub(super) struct CutRules {
    pub edge: CutEdge,
    /// Least number of words of a run.
    pub least: usize,
    /// Least share of the words of a place that the kept place has.
    pub threshold: f64,
    /// Whether lines and sentences with other data than the kept place go too.
    pub cut_other_data: bool,
}

/// A place that repeats another, or a part of one.
#[derive(Clone, Debug)]
pub(super) struct RepeatedPart<'k> {
    /// A number by which the caller knows it.
    pub number: usize,
    pub words: Range<usize>,
    pub kept: KeptWords<'k>,
    /// Its position among all parts.
    id: usize,
}

impl<'k> RepeatedPart<'k> {
    pub fn new(number: usize, words: Range<usize>, kept: KeptWords<'k>) -> Self {
        Self { number, words, kept, id: 0 }
    }
}

/// A part that goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DecidedCut {
    pub number: usize,
    pub words: Range<usize>,
    pub span: Span,
    /// The share of its words that the kept place has.
    pub covered: f64,
}

/// What was decided on the places of a document.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Decided {
    /// The parts that go, in order and apart.
    pub cuts: Vec<DecidedCut>,
    /// The numbers of the parts that stay, and why.
    pub staying: Vec<(usize, &'static str)>,
}

/// Decides which parts go. No cut has a part of the `kept` spans, which are in order.
pub(super) fn decide(text: &CuttableText, rules: &CutRules, kept: &[Span], parts: Vec<RepeatedPart>) -> Decided {
    let kept_words = kept.iter().map(|&span| text.words_touched(span)).collect();
    let mut decider =
        Decider { text, rules, kept, kept_words, other_data: BTreeSet::new(), decided: Decided::default() };
    let parts = decider.measured(parts);
    decider.settle(parts);
    decider.told()
}

/// The share of the words of a line or sentence that the kept place has, below which it stands once.
const LEAST_SHARED: f64 = 0.5;

/// Fewer words in a line are no sentence: they may be the number of an item.
const LEAST_OWN: usize = 3;

const HOLDS_A_KEPT_PLACE: &str = "holds_a_kept_place";

struct Decider<'t, 'x> {
    text: &'t CuttableText<'x>,
    rules: &'t CutRules,
    kept: &'t [Span],
    kept_words: Vec<Range<usize>>,
    /// The numbers of the parts that have a line or a sentence with other data.
    other_data: BTreeSet<usize>,
    decided: Decided,
}

impl<'k> Decider<'_, '_> {
    /// Returns what was decided. Parts that stay for what is left of them beside other data stay for the data.
    fn told(self) -> Decided {
        let Self { other_data, mut decided, .. } = self;
        decided.cuts.sort_by_key(|cut| cut.span);
        for (number, reason) in &mut decided.staying {
            if *reason != HOLDS_A_KEPT_PLACE && other_data.contains(number) {
                *reason = "other_data";
            }
        }
        decided
    }

    /// Returns what repeats the kept place in each part, without the words of kept places, in order and apart.
    fn measured(&mut self, parts: Vec<RepeatedPart<'k>>) -> Vec<RepeatedPart<'k>> {
        let mut measured: Vec<RepeatedPart> = Vec::with_capacity(parts.len());
        for part in parts {
            let free = self.free(&part.words);
            let shared: Vec<Range<usize>> = free.iter().flat_map(|words| self.without_own(words, &part)).collect();
            let cores: Vec<_> = shared.into_iter().filter_map(|words| self.core(&words, part.kept)).collect();
            if cores.is_empty() {
                let reason = if free == [part.words.clone()] { "unverified" } else { HOLDS_A_KEPT_PLACE };
                self.decided.staying.push((part.number, reason));
            }
            measured.extend(cores.into_iter().map(|words| RepeatedPart { words, ..part.clone() }));
        }
        measured.sort_by_key(|part| (part.words.start, part.words.end, part.number));
        (0..).zip(&mut measured).for_each(|(id, part)| part.id = id);
        measured
    }

    /// Returns parts, which are in order, without what an earlier one has of them.
    fn apart(&self, parts: &[RepeatedPart<'k>]) -> Vec<RepeatedPart<'k>> {
        let (mut apart, mut end) = (parts.to_vec(), 0);
        for part in &mut apart {
            part.words = part.words.start.max(end).min(part.words.end)..part.words.end;
            end = end.max(part.words.end);
        }
        apart.retain(|part| !part.words.is_empty());
        self.join_numbers(&mut apart);
        apart.retain(|part| !part.words.is_empty());
        apart
    }

    /// Moves the ends of parts that touch inside of a number, an elision or a name before it.
    fn join_numbers(&self, parts: &mut [RepeatedPart]) {
        for n in 1..parts.len() {
            let (before, after) = (parts[n - 1].words.clone(), parts[n].words.clone());
            if before.end == after.start {
                let end =
                    (before.start..=before.end).rev().find(|&word| word == before.start || !self.text.is_joined(word));
                parts[n - 1].words.end = end.unwrap_or(before.end);
                parts[n].words.start = end.unwrap_or(before.end);
            }
        }
    }

    /// Returns what a range has outside of the kept places.
    fn free(&self, words: &Range<usize>) -> Vec<Range<usize>> {
        let (mut free, mut start) = (Vec::new(), words.start);
        for kept in self.kept_words.iter().filter(|kept| kept.start < words.end && words.start < kept.end) {
            free.push(start..kept.start.max(start));
            start = start.max(kept.end);
        }
        free.push(start..words.end.max(start));
        free.retain(|range| !range.is_empty());
        free
    }

    /// Returns all words of a range if it repeats the kept place, or else the part of it that does, if there is one.
    fn core(&self, words: &Range<usize>, kept: KeptWords) -> Option<Range<usize>> {
        let ComparedWords { common, .. } = &self.compared(words, kept);
        if share(common) >= self.rules.threshold {
            return Some(words.clone());
        }
        let core = best_part(common, self.rules.threshold);
        let is_enough = !core.is_empty() && share(&common[core.clone()]) >= self.rules.threshold;
        is_enough.then(|| words.start + core.start..words.start + core.end)
    }

    /// Returns what a range of words of a part has beside the lines and sentences that the kept place does not have.
    fn without_own(&mut self, words: &Range<usize>, part: &RepeatedPart) -> Vec<Range<usize>> {
        let compared = self.compared(words, part.kept);
        let mut own = self.own_units(words, &compared.common);
        let other = self.other_data(&compared);
        if !other.is_empty() {
            self.other_data.insert(part.number);
            own.extend(other);
            own.sort_by_key(|unit| (unit.start, unit.end));
        }
        let (mut parts, mut start) = (Vec::new(), words.start);
        for unit in own {
            parts.push(start..unit.start.max(start));
            start = unit.end.max(start);
        }
        parts.push(start..words.end);
        parts.retain(|part| !part.is_empty());
        parts
    }

    /// Returns the lines and sentences in a range of which the kept place has less than half.
    fn own_units(&self, words: &Range<usize>, common: &[bool]) -> Vec<Range<usize>> {
        let is_own =
            |part: &Range<usize>| share(&common[part.start - words.start..part.end - words.start]) < LEAST_SHARED;
        let mut own = Vec::new();
        for line in self.lines_in(words) {
            let is_own_line = is_own(&(line[0].start..line[line.len() - 1].end));
            own.extend(line.into_iter().filter(|unit| is_own_line || unit.len() >= LEAST_OWN && is_own(unit)));
        }
        own
    }

    /// Returns the lines and sentences with other data or operators, which stay.
    fn other_data(&self, compared: &ComparedWords) -> Vec<Range<usize>> {
        if self.rules.cut_other_data { Vec::new() } else { compared.other_data() }
    }

    /// Returns the units that lie wholly in a range, those of one line together.
    fn lines_in(&self, words: &Range<usize>) -> Vec<Vec<Range<usize>>> {
        let mut lines: Vec<Vec<Range<usize>>> = Vec::new();
        for unit in self.text.edges.units_in(words) {
            match lines.last_mut().filter(|_| !self.text.begins_line(unit.start)) {
                Some(line) => line.push(unit),
                None => lines.push(vec![unit]),
            }
        }
        lines
    }

    fn compared(&self, words: &Range<usize>, kept: KeptWords) -> ComparedWords<'_, '_> {
        ComparedWords::new(self.text, words, kept)
    }

    fn share_of(&self, part: &RepeatedPart) -> f64 {
        self.compared(&part.words, part.kept).share()
    }

    /// Cuts the parts that go. Of parts that overlap the first has the words of both; if it stays, the others are looked
    /// at again.
    fn settle(&mut self, mut parts: Vec<RepeatedPart<'k>>) {
        loop {
            let apart = self.apart(&parts);
            let runs = self.fitted_runs(apart.clone());
            let goes = |part: &RepeatedPart| runs.iter().flatten().any(|other| other.id == part.id);
            let given_up: Vec<RepeatedPart> = apart.into_iter().filter(|part| !goes(part)).collect();
            let is_whole = |part: &RepeatedPart| given_up.iter().any(|x| x.id == part.id && x.words == part.words);
            let (stay, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(is_whole);
            let hid =
                |part: &RepeatedPart| rest.iter().any(|x| x.id > part.id && x.words.start < part.words.end && !goes(x));
            if !stay.iter().any(hid) {
                for run in &runs {
                    self.cut(run);
                }
                return;
            }
            parts = rest;
        }
    }

    /// Fits runs to their edges until no place goes out of one any more.
    fn fitted_runs(&mut self, mut parts: Vec<RepeatedPart<'k>>) -> Vec<Vec<RepeatedPart<'k>>> {
        loop {
            let before = parts.len();
            let runs: Vec<&[RepeatedPart]> = parts.chunk_by(|x, y| x.words.end >= y.words.start).collect();
            let (mut fitted, mut end) = (Vec::new(), 0);
            for run in runs {
                let (run, is_long) = self.fitted(run, end);
                if is_long {
                    end = run.last().map_or(end, |part| part.words.end);
                    fitted.push(run);
                }
            }
            parts = fitted.iter().flatten().cloned().collect();
            if parts.len() == before {
                return fitted;
            }
        }
    }

    /// Fits a run to its edges, without the places that then are not like their kept places any more. No word before
    /// `end` may be taken in. Returns what is left of it, and whether that is enough.
    fn fitted(&mut self, run: &[RepeatedPart<'k>], end: usize) -> (Vec<RepeatedPart<'k>>, bool) {
        let (first, last) = (&run[0], &run[run.len() - 1]);
        let start = first.words.start + self.unlike_start(first);
        let words = start..(last.words.end - self.unlike_end(last)).max(start);
        let words = if words.is_empty() { words } else { self.within_edges(run, words, end) };
        let inside = run.iter().map(|part| inside(part, run, &words));
        let (inside, staying): (Vec<_>, Vec<_>) = inside.partition(|part| self.is_repeat(&part.words, part.kept));
        let is_cut_off = inside.is_empty();
        let reason = if is_cut_off { self.no_whole_unit() } else { "unverified" };
        self.decided.staying.extend(staying.iter().map(|part| (part.number, reason)));
        let length: usize = inside.iter().map(|part| part.words.len()).sum();
        let is_long = length >= self.rules.least;
        if !is_long && staying.is_empty() {
            let reason = if length < run.iter().map(|part| part.words.len()).sum() {
                self.no_whole_unit()
            } else {
                "unverified"
            };
            self.decided.staying.extend(inside.iter().map(|part| (part.number, reason)));
        }
        // A run that lost a place is looked at again before it is given up.
        (inside, is_long || !staying.is_empty() && !is_cut_off)
    }

    fn no_whole_unit(&self) -> &'static str {
        match self.rules.edge {
            _ if self.text.kind == CuttableKind::Page => "no_whole_element",
            CutEdge::Word => "unverified",
            CutEdge::Sentence => "no_whole_sentence",
            CutEdge::Paragraph => "no_whole_paragraph",
        }
    }

    /// Returns the words from edge to edge. Words before `end` are not taken in.
    fn within_edges(&self, run: &[RepeatedPart], words: Range<usize>, end: usize) -> Range<usize> {
        let CutRules { edge, least, .. } = *self.rules;
        let fitted = self.fit(run, words.clone(), end, least);
        if fitted.len() < least && edge == CutEdge::Sentence && self.is_loop(run, &words) {
            return self.text.unbroken(words);
        }
        if fitted.len() >= least || edge != CutEdge::Word {
            return fitted;
        }
        // What lies beyond the breaks is most of the run: only what agrees by chance does not belong to it.
        self.fit(run, words, end, SCRAP)
    }

    /// Whether words of a run repeat over and over what stands directly before them, so that the text reads on without them.
    fn is_loop(&self, run: &[RepeatedPart], words: &Range<usize>) -> bool {
        let repeats_all = |kept: &Range<usize>| {
            let hashes = self.text.tokens[kept.clone()].iter().map(|token| token.hash);
            run.iter().all(|part| hashes.clone().eq(part.kept.hashes.iter().copied()))
        };
        self.kept_words.iter().any(|kept| kept.end == words.start && repeats_all(kept))
    }

    fn fit(&self, run: &[RepeatedPart], words: Range<usize>, end: usize, least: usize) -> Range<usize> {
        let edges = &self.text.edges;
        let EdgeChoice { wider, narrower } = edges.start(&words, least);
        let wider = wider.filter(|&start| start >= end && self.may_take_in(&run[0], start..words.start, &words));
        let start = wider.unwrap_or(narrower);
        let EdgeChoice { wider, narrower } = edges.end(&words, least);
        let wider = wider.filter(|&end| self.may_take_in(&run[run.len() - 1], words.end..end, &words));
        self.text.unbroken(start..wider.unwrap_or(narrower).max(start))
    }

    /// Whether words beside a run can go with the part beside them: none is kept, and the part is still like its kept place.
    fn may_take_in(&self, part: &RepeatedPart, beside: Range<usize>, run: &Range<usize>) -> bool {
        let words = part.words.start.max(run.start).min(beside.start)..part.words.end.min(run.end).max(beside.end);
        let is_free = !self.kept_words.iter().any(|kept| kept.start < beside.end && beside.start < kept.end);
        is_free && self.is_repeat(&words, part.kept)
    }

    /// Whether the kept place has enough of some words, and no other data in place of theirs.
    fn is_repeat(&self, words: &Range<usize>, kept: KeptWords) -> bool {
        let compared = self.compared(words, kept);
        !words.is_empty() && compared.share() >= self.rules.threshold && self.other_data(&compared).is_empty()
    }

    /// The words at the start of a part that are not like its kept place.
    fn unlike_start(&self, part: &RepeatedPart) -> usize {
        unlike_ahead(self.compared(&part.words, part.kept).common.into_iter(), self.rules.threshold)
    }

    fn unlike_end(&self, part: &RepeatedPart) -> usize {
        unlike_ahead(self.compared(&part.words, part.kept).common.into_iter().rev(), self.rules.threshold)
    }

    fn cut(&mut self, run: &[RepeatedPart]) {
        let words: Vec<Range<usize>> = run.iter().map(|part| part.words.clone()).collect();
        for (part, span) in run.iter().zip(self.text.places(&words)) {
            let span = self.apart_from_kept(span, &part.words);
            let covered = self.share_of(part);
            self.decided.cuts.push(DecidedCut { number: part.number, words: part.words.clone(), span, covered });
        }
    }

    /// Returns a place without what it has of the punctuation of kept places.
    fn apart_from_kept(&self, place: Span, words: &Range<usize>) -> Span {
        let first = self.text.tokens[words.start].span.start;
        let mut span = place;
        for kept in self.kept.iter().filter(|kept| kept.overlaps(place)) {
            if kept.start < first {
                span.start = kept.end.max(span.start);
            } else {
                span.end = kept.start.min(span.end);
            }
        }
        span
    }
}

/// Returns the words of a part inside of a run; the first and the last part have what the run took in.
fn inside<'k>(part: &RepeatedPart<'k>, run: &[RepeatedPart<'k>], words: &Range<usize>) -> RepeatedPart<'k> {
    let is = |other: &RepeatedPart| other.id == part.id;
    let start = if is(&run[0]) { words.start } else { part.words.start.max(words.start) };
    let end = if is(&run[run.len() - 1]) { words.end } else { part.words.end.min(words.end) };
    RepeatedPart { words: start..end.max(start), ..part.clone() }
}

/// How much a common word counts for a part, and another against it: parts with the threshold's share of common words
/// come to nothing.
fn weights(threshold: f64) -> (f64, f64) {
    let threshold = threshold.clamp(0.5, 0.95);
    (1.0 - threshold, -threshold)
}

/// Returns the part in which common words count most.
fn best_part(common: &[bool], threshold: f64) -> Range<usize> {
    let (gain, loss) = weights(threshold);
    let (mut best, mut best_sum, mut start, mut sum) = (0..0, 0.0, 0, 0.0);
    for (n, &is_common) in common.iter().enumerate() {
        if sum <= 0.0 {
            (start, sum) = (n, 0.0);
        }
        sum += if is_common { gain } else { loss };
        if sum > best_sum {
            (best, best_sum) = (start..n + 1, sum);
        }
    }
    best
}

/// Returns how many words to leave out so that no words ahead of any other count against the part.
fn unlike_ahead(common: impl Iterator<Item = bool>, threshold: f64) -> usize {
    let (gain, loss) = weights(threshold);
    let (mut least, mut sum, mut unlike) = (0.0, 0.0, 0);
    for (n, is_common) in common.enumerate() {
        sum += if is_common { gain } else { loss };
        if sum < least {
            (least, unlike) = (sum, n + 1);
        }
    }
    unlike
}

#[cfg(test)]
mod tests {
    use doublon_core::text::Tokenizer;

    use super::*;
    use crate::rewrite::kept::KeptText;

    /// Decides on places of `text`, each with the text of its kept place; returns what goes.
    fn gone<'t>(text: &'t str, edge: CutEdge, kept: &[&str], places: &[(&str, &str)]) -> Vec<&'t str> {
        let tokenizer = Tokenizer::default();
        let parts = CuttableText::new(text, edge, &tokenizer);
        let span = |part: &str| {
            let start = text.find(part).expect("a part of the text");
            Span::new(start, start + part.len())
        };
        let kept_texts: Vec<KeptText> = places.iter().map(|(_, kept)| KeptText::of(kept, &tokenizer)).collect();
        let places = (0..).zip(places.iter().zip(&kept_texts));
        let places = places.map(|(n, ((place, _), kept))| RepeatedPart::new(n, parts.words(span(place)), kept.words()));
        let kept: Vec<Span> = kept.iter().map(|kept| span(kept)).collect();
        let rules = CutRules { edge, least: 4, threshold: 0.8, cut_other_data: false };
        let decided = decide(&parts, &rules, &kept, places.collect());
        decided.cuts.iter().filter_map(|cut| cut.span.of(text)).collect()
    }

    const TEXT: &str = "Alpha beta gamma delta epsilon zeta. One two three four five six seven eight. The mayor said.";

    #[test]
    fn a_place_goes_from_edge_to_edge() {
        let kept = "five six seven eight nine. One two three four five six seven eight. The end.";
        let place = "zeta. One two three four five six seven eight. The";
        assert_eq!(gone(TEXT, CutEdge::Word, &[], &[(place, kept)]), ["One two three four five six seven eight."]);
        assert_eq!(gone(TEXT, CutEdge::Sentence, &[], &[(place, kept)]), ["One two three four five six seven eight."]);
    }

    #[test]
    fn a_fence_or_a_table_goes_as_a_whole_or_not_at_all() {
        let code = "```sh\nfirst one two three\n\nfour five six\nseven eight nine\n```";
        let table = "| a | b |\n|---|---|\n| one two | three four |\n| five six | seven eight |";
        for (block, part) in [(code, "four five six\nseven eight nine"), (table, "one two | three four |\n| five six")]
        {
            let text = format!("Before it is this sentence.\n{block}\nAnd this one is after it.");
            for edge in [CutEdge::Word, CutEdge::Sentence, CutEdge::Paragraph] {
                assert_eq!(gone(&text, edge, &[], &[(part, part)]), [""; 0], "{edge:?}");
            }
            let words = block.trim_matches(['`', '|', ' ']);
            for edge in [CutEdge::Word, CutEdge::Sentence] {
                assert_eq!(gone(&text, edge, &[], &[(words, words)]), [block], "{edge:?}");
            }
        }
    }

    #[test]
    fn a_scrap_of_a_sentence_goes_too_where_the_place_is_still_like_the_kept_one() {
        let kept = "one two three four five six seven";
        let place = "One two three four five six seven";
        assert_eq!(gone(TEXT, CutEdge::Word, &[], &[(place, kept)]), ["One two three four five six seven eight."]);
        let kept = "one two three four";
        let place = "One two three four";
        assert_eq!(gone(TEXT, CutEdge::Sentence, &[], &[(place, kept)]), [""; 0]);
        assert_eq!(gone(TEXT, CutEdge::Word, &[], &[(place, kept)]), [""; 0], "four more words would be left");
    }

    #[test]
    fn a_sentence_that_two_touching_places_share_goes() {
        let places =
            [("One two three", "x one two three"), ("four five six seven eight", "four five six seven eight y")];
        let text = "One two three four five six seven eight.";
        assert_eq!(gone(TEXT, CutEdge::Sentence, &[], &places).concat(), text);
        let unlike = [("One two three", "a b"), places[1]];
        assert_eq!(gone(TEXT, CutEdge::Sentence, &[], &unlike), [""; 0], "five of eight words are not enough");
    }

    #[test]
    fn what_stands_once_in_a_place_stays() {
        let (first, last) = ("One two three four five six.", "Seven eight nine ten eleven twelve.");
        let kept = format!("{first} {last}");
        for own in ["## Budget", "![photo](secret.jpg)", "- Pay the rent by Friday", "1. first"] {
            let text = format!("Alpha beta.\n\n{first}\n\n{own}\n\n{last}\n\nGamma delta.");
            let place = format!("{first}\n\n{own}\n\n{last}");
            for edge in [CutEdge::Word, CutEdge::Sentence, CutEdge::Paragraph] {
                assert_eq!(gone(&text, edge, &[], &[(&place, &kept)]), [first, last], "{own} {edge:?}");
            }
        }
        let text = format!("{first} The mayor never said anything. {last}");
        assert_eq!(gone(&text, CutEdge::Sentence, &[], &[(&text, &kept)]), [first, last]);
        let text = format!("2. {first} {last}");
        assert_eq!(gone(&text, CutEdge::Sentence, &[], &[(&text, &kept)]), [&*text], "a number goes with its item");
        let text = format!("{first} Seven more eight nine ten eleven twelve.");
        assert_eq!(gone(&text, CutEdge::Sentence, &[], &[(&text, &kept)]), [&*text], "most of it is in the kept place");
    }

    #[test]
    fn rows_with_other_data_stay() {
        let row = |price: &str| format!("A day pass for adults costs {price} euros on all days.");
        let equal = "Passes are sold at the harbour and in all trains.";
        let (ours, kept) = (format!("{} {equal}", row("8.90")), format!("{} {equal}", row("6.80")));
        for edge in [CutEdge::Word, CutEdge::Sentence] {
            assert_eq!(gone(&ours, edge, &[], &[(&ours, &kept)]), [equal], "{edge:?}");
        }
        let (ours, kept) = (row("8.90"), row("6.80"));
        assert_eq!(gone(&ours, CutEdge::Sentence, &[], &[(&ours, &kept)]), [""; 0]);
        // The end of a row is no scrap to take in if its number is another.
        let text = format!("{equal} Zone 7 ends here.");
        let kept = format!("{equal} Zone 9 ends here.");
        assert_eq!(gone(&text, CutEdge::Sentence, &[], &[(&text, &kept)]), [equal]);
        let (ours, kept) = (format!("3. {}", row("6.80")), row("6.80"));
        assert_eq!(
            gone(&ours, CutEdge::Sentence, &[], &[(&ours, &kept)]),
            [&*ours],
            "the number of an item is no data"
        );
    }

    #[test]
    fn lines_with_other_operators_stay() {
        let equal = "The size of all the boxes that are in the store:";
        let line = |sum: &str| format!("size = {sum} for box in boxes if box.size");
        let kept = format!("{equal}\n{}", line("width * height"));
        for other in ["width / height", "width + height", "width height"] {
            let ours = format!("{equal}\n{}", line(other));
            for edge in [CutEdge::Word, CutEdge::Sentence] {
                assert_eq!(gone(&ours, edge, &[], &[(&ours, &kept)]), [equal], "{other} {edge:?}");
            }
        }
        let spaced = format!("{equal}\n{}", line("width*height"));
        assert_eq!(gone(&spaced, CutEdge::Sentence, &[], &[(&spaced, &kept)]), [&*spaced]);
        let ready = ["if !ready then wait a while", "if ready then wait a while"];
        assert_eq!(gone(ready[0], CutEdge::Sentence, &[], &[(ready[0], ready[1])]), [""; 0]);
        assert_eq!(gone(ready[1], CutEdge::Sentence, &[], &[(ready[1], ready[0])]), [""; 0]);
    }

    #[test]
    fn what_is_beside_a_kept_place_goes() {
        let kept = "alpha beta gamma delta epsilon zeta one two three four five six seven eight the mayor said";
        let gone = |edge| gone(TEXT, edge, &["One two three four five six seven eight."], &[(TEXT, kept)]);
        assert_eq!(gone(CutEdge::Sentence), ["Alpha beta gamma delta epsilon zeta."]);
    }

    #[test]
    fn a_place_goes_where_a_longer_one_that_hides_it_stays() {
        let text = "A b c d e f golf. One two three four five six seven eight. H i j k l m n oscar.";
        let place = "One two three four five six seven eight.";
        // The longer one is like its kept place as a whole, but not in the sentence that would go.
        let longer = "c d e f golf. One two three four five six seven eight. H i j";
        let places = [(longer, "c d e f golf one two three four five h i j"), (place, place)];
        assert_eq!(gone(text, CutEdge::Sentence, &[], &places), [place]);
    }
}
