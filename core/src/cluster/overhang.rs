//! What hangs over: words that agree by chance beyond the end of a sentence or a paragraph.
//!
//! Two texts have a paragraph in common, and go on with `The mayor said`. Those words agree, and are no part of what is
//! repeated: whoever takes it out would leave half a sentence, of every copy.

use std::ops::Range;

use super::stretch::{Share, Stretch};

/// Fewer words than this agree by chance wherever they stand.
const LEAST_WORDS: u32 = 5;

/// Where the parts of texts begin that are sentences or stand apart.
#[derive(Debug, Default)]
pub struct Breaks {
    /// The texts that have any, in order, each with where its words end in the list.
    texts: Vec<(u32, usize)>,
    words: Vec<u32>,
}

impl Breaks {
    /// Adds those of a text of so many words, whose number is above those before: the first words of its parts but the
    /// first, in order.
    pub fn push(&mut self, doc: u32, starts: &[u32], words: u32) {
        self.words.extend_from_slice(starts);
        self.words.push(words);
        self.texts.push((doc, self.words.len()));
    }

    /// Returns those of a text.
    pub(super) fn of(&self, doc: u32) -> &[u32] {
        let Ok(n) = self.texts.binary_search_by_key(&doc, |&(doc, _)| doc) else { return &[] };
        let from = n.checked_sub(1).map_or(0, |before| self.texts[before].1);
        &self.words[from..self.texts[n].1]
    }
}

/// The breaks of a text, and whether the agreement goes on over a place before a word.
pub(super) struct BreaksAround<'b, F> {
    pub breaks: &'b [u32],
    pub goes_on: F,
}

/// Returns a run of stretches that touch without what it has of a sentence beyond a break at each end, if that is less than
/// the `least` words of a passage; if less than a passage is left then, without what agrees by chance anywhere.
pub(super) fn without_overhang(
    run: &[Stretch],
    around: &BreaksAround<impl Fn(u32) -> bool>,
    share: Share,
    least: u32,
) -> Vec<Stretch> {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return Vec::new() };
    let words = first.place.start..last.place.end;
    let ends = [least, LEAST_WORDS].into_iter().map(|most| around.within(&words, most));
    let fitting = ends.filter(|part| *part != words && part.end >= part.start.saturating_add(least));
    let clipped = fitting.map(|part| run.iter().filter_map(|stretch| clipped(stretch, &part)).collect::<Vec<_>>());
    let is_like = |stretch: &Stretch| share.is_reached(stretch.equal(), stretch.place.len());
    clipped.into_iter().find(|run| run.iter().all(is_like)).unwrap_or_else(|| run.to_vec())
}

impl<F: Fn(u32) -> bool> BreaksAround<'_, F> {
    /// Returns words without fewer than `most` of them before the first break and behind the last one, where the agreement
    /// does not go on.
    fn within(&self, words: &Range<u32>, most: u32) -> Range<u32> {
        let first = self.breaks.partition_point(|&at| at < words.start);
        let last = self.breaks.partition_point(|&at| at <= words.end);
        let inside = &self.breaks[first..last.max(first)];
        let is_start = words.start == 0 || (self.goes_on)(words.start);
        let start = inside.first().filter(|&&at| !is_start && at - words.start < most);
        let end = inside.last().filter(|&&at| words.end - at < most && !(self.goes_on)(words.end));
        let (start, end) = (start.copied().unwrap_or(words.start), end.copied().unwrap_or(words.end));
        start..end.max(start)
    }
}

/// Returns what a stretch has of some words; it begins and ends with them or with words that are equal.
fn clipped(stretch: &Stretch, words: &Range<u32>) -> Option<Stretch> {
    let place = &stretch.place;
    let runs = stretch.runs.iter().filter_map(|run| run.within(words)).collect();
    let mut part = Stretch::new(place.doc, stretch.kept.doc, runs)?;
    part.place.start = part.place.start.min(place.start.max(words.start));
    part.place.end = part.place.end.max(place.end.min(words.end));
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::super::stretch::EqualRun;
    use super::*;

    /// Stretches of text 1 that touch, each equal to as many words of text 0 at the same place, but for one word.
    fn run(places: &[(u32, u32, Option<u32>)]) -> Vec<Stretch> {
        let equal = |start: u32, end: u32| EqualRun { start, len: end - start, kept: start };
        let stretch = |&(start, end, other): &(u32, u32, Option<u32>)| {
            let runs = other.map_or(vec![equal(start, end)], |at| vec![equal(start, at), equal(at + 1, end)]);
            Stretch::new(1, 0, runs).unwrap()
        };
        places.iter().map(stretch).collect()
    }

    /// Before these words a match goes on.
    const GOES_ON: [u32; 2] = [70, 130];

    fn places(run: &[Stretch], breaks: &[u32]) -> Vec<(u32, u32)> {
        let around = BreaksAround { breaks, goes_on: |at| GOES_ON.contains(&at) };
        let left = without_overhang(run, &around, Share::new(0.8), 20);
        assert!(left.iter().all(|stretch| stretch.kept.words() == stretch.place.words()), "{left:?}");
        left.iter().map(|stretch| (stretch.place.start, stretch.place.end)).collect()
    }

    #[test]
    fn parts_of_sentences_beyond_a_break_are_left_out() {
        let one = run(&[(3, 60, None)]);
        assert_eq!(places(&one, &[10, 50, 90]), [(10, 50)]);
        assert_eq!(places(&one, &[3, 60, 90]), [(3, 60)], "it ends where sentences do");
        assert_eq!(places(&one, &[30, 40, 90]), [(3, 60)], "each part beyond is a passage");
        assert_eq!(places(&one, &[90]), [(3, 60)], "it is in one sentence");
        assert_eq!(places(&run(&[(0, 30, None)]), &[8, 90]), [(0, 30)], "the text begins there");
    }

    #[test]
    fn where_a_match_goes_on_nothing_hangs_over() {
        let [first, last] = [run(&[(3, 70, None)]), run(&[(130, 170, None)])];
        assert_eq!(places(&first, &[10, 60, 90]), [(10, 70)]);
        assert_eq!(places(&last, &[120, 135, 160]), [(130, 160)]);
    }

    #[test]
    fn what_is_left_is_a_passage() {
        assert_eq!(places(&run(&[(5, 35, None)]), &[20, 90]), [(5, 35)], "two halves that are no passage each");
        assert_eq!(places(&run(&[(5, 30, None)]), &[8, 22, 90]), [(8, 30)], "three words are chance, eight are not");
        assert_eq!(places(&run(&[(5, 26, None)]), &[8, 90]), [(5, 26)], "too few would be left");
    }

    #[test]
    fn a_run_ends_at_breaks_as_a_whole() {
        let touching = run(&[(5, 12, None), (12, 40, Some(20)), (40, 47, None)]);
        assert_eq!(places(&touching, &[12, 25, 44, 90]), [(12, 40), (40, 44)]);
        assert_eq!(places(&touching, &[14, 25, 37, 90]), [(14, 37)]);
    }

    #[test]
    fn breaks_are_those_of_the_text() {
        let mut breaks = Breaks::default();
        breaks.push(2, &[4, 9], 12);
        breaks.push(5, &[], 3);
        assert_eq!([1, 2, 3, 5].map(|doc| breaks.of(doc).to_vec()), [vec![], vec![4, 9, 12], vec![], vec![3]]);
    }
}
