//! The repeated passages of one pair of documents, or of one document with itself, from their candidate places.
//!
//! Candidates are taken in order. One that lies inside a passage already found says nothing new and is skipped, so the
//! cost is that of the passages, not of the candidates. What is accepted has been aligned word by word.
//!
//! What one pair of documents needs is kept for the next pair, so that only a pair larger than all before allocates.

use crate::text::vocabulary::{TokenId, Vocabulary};

use super::align::{Aligner, Alignment, Anchor, Column};
use super::dense::DenseParts;

/// What an alignment must reach to be kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Acceptance {
    /// Least score.
    pub score: i64,
    /// Least identity.
    pub identity: f64,
    /// A text that repeats over and over in units shorter than this is one passage of half its length twice.
    pub unit: usize,
}

impl Acceptance {
    fn accepts(&self, found: &Alignment) -> bool {
        found.score >= self.score && found.identity() >= self.identity
    }

    /// Calls `each` with the parts of an alignment that are accepted, where the whole has too few equal words: words that are
    /// only spelled alike have led away from what is equal, as from a paragraph into tables. Each is written over `part`.
    fn for_each_part(
        self,
        of: &Alignment,
        dense: &mut DenseParts,
        part: &mut Alignment,
        mut each: impl FnMut(&Alignment),
    ) {
        dense.for_each(of, self.identity, part, |part| {
            if self.accepts(part) {
                each(part);
            }
        });
    }
}

/// Finds the passages of pairs of documents.
#[derive(Debug)]
pub struct PairAligner<'v> {
    aligner: Aligner<'v>,
    acceptance: Acceptance,
    k: usize,
    known: Known,
    /// The alignment of the candidate in hand.
    found: Alignment,
    /// One repetition of a text that repeats over and over, and the part of it that is best.
    unit: Alignment,
    best: Alignment,
    /// Where the second side of each repetition starts, if they are short.
    unit_starts: Vec<usize>,
    dense: DenseParts,
}

/// Passages and failures so far in one pair of documents.
#[derive(Debug, Default)]
struct Known {
    found: AlignmentList,
    /// Passages that may still hold a candidate, as indices into `found`.
    open: Vec<usize>,
    /// Stretches of equal distance between the two sides that were tried in vain: the distance, the end in `a`.
    failed: Vec<(usize, usize)>,
    /// Stretches of one document that repeat over and over.
    repetitive: Vec<(usize, usize)>,
    /// Repetitions in units too short to be passages, each with the next one.
    loops: AlignmentList,
}

/// A text that repeats over and over in more units than this is told as two halves only.
const MOST_UNITS: usize = 1000;

/// A list of alignments that keeps the runs of those that were in it before as memory for the next.
#[derive(Debug, Default)]
struct AlignmentList {
    all: Vec<Alignment>,
    /// How many of them, the first, are in the list.
    len: usize,
}

impl<'v> PairAligner<'v> {
    /// Makes a finder for documents of one vocabulary, whose candidates share `k` words.
    pub fn new(vocabulary: &'v Vocabulary, k: usize, acceptance: Acceptance) -> Self {
        Self {
            aligner: Aligner::new(vocabulary),
            acceptance,
            k,
            known: Known::default(),
            found: Alignment::default(),
            unit: Alignment::default(),
            best: Alignment::default(),
            unit_starts: Vec::new(),
            dense: DenseParts::default(),
        }
    }

    /// Returns the passages of two documents that hold one of `candidates`: positions in `a` and `b`, in order.
    pub fn across(
        &mut self,
        a: &[TokenId],
        b: &[TokenId],
        candidates: impl Iterator<Item = (usize, usize)>,
    ) -> &[Alignment] {
        self.known.clear();
        for (at_a, at_b) in candidates {
            if self.known.covers(at_a, at_b) {
                continue;
            }
            let Some(anchor) = self.anchor(a, b, at_a, at_b) else { continue };
            self.aligner.align(a, b, anchor, &mut self.found);
            steps::count(self.found.a.len() + self.found.b.len());
            self.add_or_fail(anchor);
        }
        self.known.found.as_slice()
    }

    /// Returns the passages that one document holds twice: the positions of each candidate are in order.
    pub fn within(&mut self, text: &[TokenId], candidates: impl Iterator<Item = (usize, usize)>) -> &[Alignment] {
        self.known.clear();
        for (at_a, at_b) in candidates {
            if self.known.covers(at_a, at_b) {
                continue;
            }
            let Some(anchor) = self.anchor(text, text, at_a, at_b) else { continue };
            self.aligner.align_within(text, anchor, &mut self.found);
            steps::count(self.found.a.len() + self.found.b.len());
            if self.found.a.end > self.found.b.start {
                self.add_repetitions(text);
            } else {
                self.add_or_fail(anchor);
            }
        }
        self.known.found.as_slice()
    }

    /// Returns, of what repeats over and over in units too short to be passages in the document that was looked at last,
    /// each unit with the next one.
    pub fn loops(&self) -> &[Alignment] {
        self.known.loops.as_slice()
    }

    /// Adds the best part of what was found around an anchor, if it is accepted. An anchor in a title may lead over a gap to
    /// a passage; if the gap costs as much as the title brings, the title does not belong to it.
    fn add_or_fail(&mut self, anchor: Anchor) {
        let Self { acceptance, known, found, best, unit, dense, .. } = self;
        found.best_part_into(best);
        let is_accepted = acceptance.accepts(best);
        if is_accepted {
            known.add(best);
        } else if best.score >= acceptance.score {
            acceptance.for_each_part(found, dense, unit, |part| known.add(part));
        }
        // Another candidate of what is no passage would lead to the same again.
        if !is_accepted || !best.a.contains(&anchor.a) {
            let is_before = is_accepted && anchor.a < best.a.start;
            known.fail(anchor, if is_before { best.a.start } else { found.a.end });
        }
    }

    /// Adds what a text that repeats over and over comes to: each unit with the next one if a unit is long enough to
    /// be reported, or else one half with the other, and the units beside.
    fn add_repetitions(&mut self, text: &[TokenId]) {
        let Self { aligner, acceptance, known, found, unit, best, unit_starts, dense, .. } = self;
        known.repetitive.push((found.a.start, found.b.end));
        // The first unit ends where the second one starts.
        if found.b.start - found.a.start >= acceptance.unit {
            // None is open: the stretch answers for all of them, and a line that repeats has as many units as copies.
            found.for_each_repetition(unit, |unit| {
                unit.best_part_into(best);
                if acceptance.accepts(best) {
                    known.insert(best);
                } else if best.score >= acceptance.score {
                    acceptance.for_each_part(unit, dense, best, |part| _ = known.insert(part));
                }
            });
            return;
        }
        unit_starts.clear();
        found.for_each_repetition(unit, |unit| unit_starts.push(unit.b.start));
        let half = unit_starts[unit_starts.len() / 2];
        aligner.align_halves(text, found.a.start..half, half..found.b.end, best);
        steps::count(best.a.len() + best.b.len());
        if acceptance.accepts(best) {
            known.add(best);
            found.for_each_repetition(unit, |unit| {
                if !unit.b.is_empty() && known.loops.len < MOST_UNITS {
                    known.loops.push(unit);
                }
            });
        } else if best.score >= acceptance.score {
            acceptance.for_each_part(best, dense, unit, |part| known.add(part));
        }
    }

    /// Returns the words at a candidate, which are equal but for accents, unless its key met another by chance.
    fn anchor(&self, a: &[TokenId], b: &[TokenId], at_a: usize, at_b: usize) -> Option<Anchor> {
        let len = self.k.min(a.len() - at_a).min(b.len() - at_b);
        let mut words = a[at_a..].iter().zip(&b[at_b..]).take(len);
        let equal = words.all(|(&a, &b)| self.aligner.compare(a, b) != Column::Different);
        equal.then_some(Anchor { a: at_a, b: at_b, len })
    }
}

impl Known {
    /// Forgets all, for another pair of documents.
    fn clear(&mut self) {
        self.found.len = 0;
        self.open.clear();
        self.failed.clear();
        self.repetitive.clear();
        self.loops.len = 0;
    }

    /// Returns whether a candidate lies in what is known. Candidates come in the order of their places in `a`.
    fn covers(&mut self, at_a: usize, at_b: usize) -> bool {
        steps::count(1 + self.repetitive.len() + self.open.len() + self.failed.len());
        self.repetitive.retain(|&(_, end)| end > at_a);
        if self.repetitive.iter().any(|&(start, end)| start <= at_a && at_b < end) {
            return true;
        }
        let found = self.found.as_slice();
        self.open.retain(|&n| found[n].a.end > at_a);
        self.failed.retain(|&(_, end)| end > at_a);
        let inside = |n: &usize| found[*n].a.contains(&at_a) && found[*n].b.contains(&at_b);
        self.open.iter().any(inside) || self.failed.iter().any(|&(distance, _)| distance == at_b.wrapping_sub(at_a))
    }

    /// Adds a passage in which candidates may lie.
    fn add(&mut self, new: &Alignment) {
        let place = self.insert(new);
        if !self.open.contains(&place) {
            self.open.push(place);
        }
    }

    /// Keeps a passage, unless a better one lies on nearly the same places; a worse one there gives way. Returns the
    /// index of the one that stays.
    fn insert(&mut self, new: &Alignment) -> usize {
        // A passage that shares its places with the new one was found shortly before, from a candidate near by.
        const RECENT: usize = 32;
        let found = self.found.as_slice();
        let recent = found.len().saturating_sub(RECENT);
        steps::count(found.len() - recent);
        let Some(same) = (recent..found.len()).find(|&n| same_places(&found[n], new)) else {
            self.found.push(new);
            return self.found.len - 1;
        };
        if new.score > found[same].score {
            self.found.all[same].copy_from(new);
        }
        same
    }

    /// Notes that an anchor leads to no passage up to word `end` of the first document.
    fn fail(&mut self, anchor: Anchor, end: usize) {
        self.failed.push((anchor.b.wrapping_sub(anchor.a), end));
    }
}

impl AlignmentList {
    fn as_slice(&self) -> &[Alignment] {
        &self.all[..self.len]
    }

    fn push(&mut self, new: &Alignment) {
        match self.all.get_mut(self.len) {
            Some(old) => old.copy_from(new),
            None => self.all.push(new.clone()),
        }
        self.len += 1;
    }
}

/// Returns whether two alignments share more than half of the shorter one on both sides.
fn same_places(x: &Alignment, y: &Alignment) -> bool {
    let half = |x: &std::ops::Range<usize>, y: &std::ops::Range<usize>| {
        let shared = x.end.min(y.end).saturating_sub(x.start.max(y.start));
        2 * shared > x.len().min(y.len())
    };
    half(&x.a, &y.a) && half(&x.b, &y.b)
}

/// What the finding of passages costs: places looked at and words aligned. Counted in tests only.
mod steps {
    #[cfg(test)]
    thread_local! {
        static COUNT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    #[inline]
    #[cfg_attr(not(test), allow(unused_variables))]
    pub fn count(steps: usize) {
        #[cfg(test)]
        COUNT.with(|count| count.set(count.get() + steps));
    }

    /// Returns the steps of this thread since the last call.
    #[cfg(test)]
    pub fn take() -> usize {
        COUNT.with(std::cell::Cell::take)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lexicon;

    /// Texts of one vocabulary; a word is a number.
    fn vocabulary(texts: &[&[u64]]) -> (Vocabulary, Vec<Vec<TokenId>>) {
        let mut lexicon = Lexicon::default();
        let numbered: Vec<Vec<TokenId>> = texts
            .iter()
            .map(|text| text.iter().map(|&word| lexicon.number(word, || word.to_string())).collect())
            .collect();
        let (vocabulary, new) = Vocabulary::merge(&[lexicon]);
        let renumber = |text: Vec<TokenId>| text.iter().map(|&word| new[0][word as usize]).collect();
        (vocabulary, numbered.into_iter().map(renumber).collect())
    }

    const ACCEPTANCE: Acceptance = Acceptance { score: 16, identity: 0.45, unit: 20 };

    /// Words that are spelled unlike each other.
    fn unlike(n: u64) -> Vec<u64> {
        (0..n).map(|word| (word + 1) * 7_654_321_987).collect()
    }

    #[test]
    fn candidates_inside_a_passage_say_nothing_new() {
        let text = unlike(40);
        let (vocabulary, texts) = vocabulary(&[&text, &text]);
        let mut finder = PairAligner::new(&vocabulary, 5, ACCEPTANCE);
        let found = finder.across(&texts[0], &texts[1], (0..36).map(|at| (at, at)));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].a, 0..40);
    }

    #[test]
    fn a_key_met_by_chance_gives_nothing() {
        let text = unlike(40);
        let (vocabulary, texts) = vocabulary(&[&text, &text]);
        let mut finder = PairAligner::new(&vocabulary, 5, ACCEPTANCE);
        assert!(finder.across(&texts[0], &texts[1], [(3, 20)].into_iter()).is_empty());
    }

    #[test]
    fn too_weak_a_passage_is_not_accepted() {
        let text = unlike(60);
        let (a, b) = (&text[..20], [&text[..7], &text[40..60]].concat());
        let (vocabulary, texts) = vocabulary(&[a, &b]);
        let mut finder = PairAligner::new(&vocabulary, 5, ACCEPTANCE);
        assert!(finder.across(&texts[0], &texts[1], [(0, 0), (2, 2)].into_iter()).is_empty());
    }

    #[test]
    fn what_is_equal_is_found_though_all_around_it_is_spelled_alike() {
        let (alike, equal) = (|first: u64| (0..60).map(move |n| first * 1_000_000 + 10_101 * n), unlike(37));
        let text = |first| alike(first).chain(equal.iter().copied()).chain(alike(first + 1)).collect::<Vec<_>>();
        let (vocabulary, texts) = vocabulary(&[&text(1), &text(3)]);
        let mut finder = PairAligner::new(&vocabulary, 5, ACCEPTANCE);
        finder.across(&texts[0], &texts[1], (60..93).map(|at| (at, at)));
        assert!(finder.found.identity() < ACCEPTANCE.identity, "the words around are not alike");
        let found = finder.known.found.as_slice();
        assert_eq!((found.len(), found[0].a.clone()), (1, 60..97));
    }

    #[test]
    fn a_refrain_is_found_though_the_verses_are_spelled_alike() {
        let (verse, refrain) = (|first: u64| (0..40).map(move |n| first * 1_000_000 + 10_101 * n), unlike(30));
        let song: Vec<u64> = (1..5).flat_map(|n| verse(n).chain(refrain.iter().copied())).collect();
        let (vocabulary, texts) = vocabulary(&[&song]);
        let mut finder = PairAligner::new(&vocabulary, 5, ACCEPTANCE);
        let candidates = (0..3).flat_map(|n| (40..66).map(move |at| (70 * n + at, 70 * (n + 1) + at)));
        let found = finder.within(&texts[0], candidates);
        let places: Vec<_> = found.iter().map(|part| (part.a.clone(), part.b.clone())).collect();
        assert_eq!(places, [(40..70, 110..140), (110..140, 180..210), (180..210, 250..280)]);
    }

    #[test]
    fn a_title_whose_gap_costs_more_than_it_brings_is_no_part_of_the_passage() {
        let words = unlike(80);
        let (title, body, other) = (&words[..6], &words[10..50], &words[60..67]);
        let after_gap = |text: &[u64]| [text, other, body].concat();
        for (title, starts) in [(title, (6, 13)), (&words[..9], (0, 0))] {
            let (vocabulary, texts) = vocabulary(&[&[title, body].concat(), &after_gap(title)]);
            let mut finder = PairAligner::new(&vocabulary, 5, ACCEPTANCE);
            let in_title = (0..title.len() - 4).map(|at| (at, at));
            let in_body = (0..36).map(|at| (title.len() + at, title.len() + 7 + at));
            let found = finder.across(&texts[0], &texts[1], in_title.chain(in_body));
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!((found[0].a.start, found[0].b.start), starts);
        }
    }

    #[test]
    fn a_title_beside_a_passage_is_aligned_once() {
        let words = unlike(400);
        let work = |candidates: usize| {
            let [a, b] = [vec![], words[20..27].to_vec()].map(|gap| [&words[..6], &gap, &words[30..]].concat());
            let (vocabulary, texts) = vocabulary(&[&a, &b]);
            let mut finder = PairAligner::new(&vocabulary, 5, ACCEPTANCE);
            steps::take();
            finder.across(&texts[0], &texts[1], (0..candidates).map(|at| (at, at)));
            steps::take()
        };
        assert!(work(2) < work(1) + 100, "{} steps for one candidate, {} for two", work(1), work(2));
    }

    #[test]
    fn short_units_that_repeat_are_two_halves_and_long_ones_a_chain() {
        let repeated = |unit: u64, times: usize| unlike(unit).repeat(times);
        for (unit, times, passages) in [(3, 40, 1), (25, 6, 5)] {
            let (vocabulary, texts) = vocabulary(&[&repeated(unit, times)]);
            let mut finder = PairAligner::new(&vocabulary, 5, ACCEPTANCE);
            let last = texts[0].len() - 4 - unit as usize;
            let found = finder.within(&texts[0], (0..last).map(|at| (at, at + unit as usize)));
            assert_eq!(found.len(), passages, "unit {unit}: {found:?}");
            assert!(found.iter().all(|passage| passage.a.end <= passage.b.start));
            assert_eq!(found[0].a.start, 0);
            assert_eq!(found[passages - 1].b.end, texts[0].len());
        }
    }

    #[test]
    fn a_line_that_repeats_costs_work_in_proportion_to_its_number() {
        let work = |lines: usize| {
            let (vocabulary, texts) = vocabulary(&[&unlike(25).repeat(lines)]);
            let mut finder = PairAligner::new(&vocabulary, 5, ACCEPTANCE);
            steps::take();
            let found = finder.within(&texts[0], (0..25 * (lines - 1) - 4).map(|at| (at, at + 25)));
            assert_eq!(found.len(), lines - 1);
            steps::take()
        };
        let (less, more) = (work(500), work(16_000));
        // 32 times as much if the cost is linear, 1,024 times if it is quadratic.
        assert!(less >= 500 * 25, "{less} steps: not all are counted");
        assert!(more < less * 40, "500 lines take {less} steps, 16,000 {more}");
    }
}
