use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::cluster::stretch::EqualRun;

/// Matches as a list.
#[derive(Debug, Default)]
struct List(Vec<(Occurrence, Occurrence, Vec<EqualRun>)>);

impl Matches for List {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn sides(&self, n: usize) -> (&Occurrence, &Occurrence) {
        (&self.0[n].0, &self.0[n].1)
    }

    fn is_loop(&self, _: usize) -> bool {
        false
    }

    fn equal_runs(&self, n: usize, runs: &mut Vec<EqualRun>) {
        runs.clone_from(&self.0[n].2);
    }
}

fn place(doc: u32, start: u32, end: u32) -> Occurrence {
    Occurrence { doc, start, end }
}

impl List {
    /// Adds a match of `len` equal words.
    fn equal(mut self, (a, at_a): (u32, u32), (b, at_b): (u32, u32), len: u32) -> Self {
        let run = EqualRun { start: at_b, len, kept: at_a };
        self.0.push((place(a, at_a, at_a + len), place(b, at_b, at_b + len), vec![run]));
        self
    }

    /// All runs of `least` equal words and more between two places that do not overlap, longest first at each place.
    fn of(texts: &[Vec<u32>], least: usize) -> Self {
        let mut list = Self::default();
        for (b, text_b) in texts.iter().enumerate() {
            for (a, text_a) in texts[..=b].iter().enumerate() {
                for (at_a, at_b) in diagonals(text_a.len(), text_b.len(), a == b) {
                    list = list.along((a, &text_a[at_a..]), (b, &text_b[at_b..]), (at_a, at_b), least);
                }
            }
        }
        list
    }

    fn along(
        mut self,
        (a, text_a): (usize, &[u32]),
        (b, text_b): (usize, &[u32]),
        (at_a, at_b): (usize, usize),
        least: usize,
    ) -> Self {
        let equal: Vec<bool> = text_a.iter().zip(text_b).map(|(x, y)| x == y).collect();
        let mut at = 0;
        for run in equal.chunk_by(|x, y| x == y) {
            // Within one text a place does not overlap the next one.
            let most = if a == b { at_b - at_a } else { usize::MAX };
            for from in (0..run.len()).step_by(most.min(run.len())) {
                let len = most.min(run.len() - from);
                if run[0] && len >= least {
                    let start = |of: usize| (of + at + from) as u32;
                    self = self.equal((a as u32, start(at_a)), (b as u32, start(at_b)), len as u32);
                }
            }
            at += run.len();
        }
        self
    }
}

/// Where the diagonals of two texts begin; those of one text with itself that lie above its own.
fn diagonals(a: usize, b: usize, within: bool) -> Vec<(usize, usize)> {
    let of_b = (usize::from(within)..b).map(|at| (0, at));
    let of_a = (1..a).map(|at| (at, 0)).filter(|_| !within);
    of_b.chain(of_a).collect()
}

fn decided(matches: &List, least: u32) -> Vec<Stretch> {
    let share = Share::new(0.8);
    let (breaks, groups) = (Breaks::default(), DocumentGroups::default());
    let mut selector = Selector::new(matches, &breaks, &groups, (share, least));
    by_later_text(matches, |doc, of_text| selector.decide(doc, of_text));
    split(selector.into_stretches(), share, least)
}

#[test]
fn a_bio_above_a_footer_is_told_apart_from_it() {
    // Texts 0, 1, 4 have one bio and the footer, texts 2, 3 another one.
    let (bio, footer) = (30, 40);
    let mut matches = List::default();
    for (x, y) in [(0, 1), (0, 4), (1, 4), (2, 3)] {
        matches = matches.equal((x, 5), (y, 5), bio + footer);
    }
    for (x, y) in [(0, 2), (0, 3), (1, 2), (1, 3), (2, 4), (3, 4)] {
        matches = matches.equal((x, 35), (y, 35), footer);
    }
    let told = families_in_order(&matches, matches.0.len(), &Breaks::default(), 0.8, 20);
    let expected = [
        vec![place(0, 5, 35), place(1, 5, 35), place(4, 5, 35)],
        vec![place(0, 35, 75), place(1, 35, 75), place(2, 35, 75), place(3, 35, 75), place(4, 35, 75)],
        vec![place(2, 5, 35), place(3, 5, 35)],
    ];
    assert_eq!(told.families, expected);
}

#[test]
fn a_match_with_what_goes_is_carried_over_to_what_stays() {
    // Text 2 is known to match text 1 only, of which the middle goes for text 0.
    let matches = List::default().equal((0, 0), (1, 20), 25).equal((1, 0), (2, 0), 60);
    let found = decided(&matches, 20);
    let places: Vec<_> = found.iter().map(|stretch| (stretch.place.clone(), stretch.kept.clone())).collect();
    let expected = [
        (place(1, 20, 45), place(0, 0, 25)),
        (place(2, 0, 20), place(1, 0, 20)),
        (place(2, 20, 45), place(0, 0, 25)),
        (place(2, 45, 60), place(1, 45, 60)),
    ];
    assert_eq!(places, expected);
}

#[test]
fn what_repeats_over_and_over_goes_for_its_first_unit() {
    let units = (0..9).fold(List::default(), |list, n| list.equal((0, 6 * n), (0, 6 * (n + 1)), 6));
    let found = decided(&units, 20);
    assert_eq!(found.len(), 9);
    assert!(found.iter().all(|stretch| stretch.kept == place(0, 0, 6)), "{found:?}");
}

#[test]
fn a_match_below_the_share_is_told_and_nothing_goes_for_it() {
    let runs = (0..6).map(|n| EqualRun { start: 10 * n, len: 5, kept: 10 * n }).collect();
    let matches = List(vec![(place(0, 0, 55), place(1, 0, 55), runs)]);
    assert!(decided(&matches, 20).is_empty());
    let told = families_in_order(&matches, 1, &Breaks::default(), 0.8, 20);
    assert_eq!(told.families, [[place(0, 0, 55), place(1, 0, 55)]]);
}

/// Texts of which parts are copies of parts of earlier ones, with some words changed.
fn texts() -> impl Strategy<Value = Vec<Vec<u32>>> {
    let part = (0usize..6, 0usize..60, 0usize..40, prop::option::of(0usize..40), any::<bool>());
    prop::collection::vec(prop::collection::vec(part, 1..6), 1..7).prop_map(|recipes| {
        let (mut texts, mut fresh) = (Vec::<Vec<u32>>::new(), 0..);
        for recipe in recipes {
            let mut text: Vec<u32> = Vec::new();
            for (from, at, len, changed, is_new) in recipe {
                let start = text.len();
                match texts.get(from).filter(|_| !is_new) {
                    Some(other) => text.extend(other.iter().skip(at).take(len)),
                    None if is_new => text.extend(fresh.by_ref().take(len / 2)),
                    None => text.extend_from_within(..len.min(start)),
                }
                if let Some(word) = changed.and_then(|n| text[start..].get_mut(n)) {
                    *word = u32::MAX;
                }
            }
            texts.push(text);
        }
        texts
    })
}

proptest! {
    #[test]
    fn what_goes_repeats_what_stays_and_what_else_repeats_is_told(texts in texts(), least in 4u32..12) {
        let matches = List::of(&texts, least as usize);
        let found = decided(&matches, least);
        let mut gone = BTreeSet::new();
        for Stretch { place, .. } in &found {
            for word in place.words() {
                prop_assert!(gone.insert((place.doc, word)), "{place:?} overlaps another");
            }
        }
        for stretch @ Stretch { place, kept, runs } in &found {
            prop_assert!(kept.words().all(|word| !gone.contains(&(kept.doc, word))), "{kept:?} does not stay");
            prop_assert!(5 * stretch.equal() >= 4 * place.len(), "{stretch:?}");
            for run in runs {
                for n in 0..run.len {
                    let word = |doc: u32, at: u32| texts[doc as usize][(at + n) as usize];
                    prop_assert_eq!(word(place.doc, run.start), word(kept.doc, run.kept));
                }
            }
        }
        for run in found.chunk_by(|x, y| x.place.doc == y.place.doc && x.place.end == y.place.start) {
            let words: u64 = run.iter().map(|stretch| stretch.place.len()).sum();
            prop_assert!(words >= u64::from(least), "{run:?}");
        }
        // What is repeated in pieces that are too short to go stays, and is told by its match.
        let told = families_in_order(&matches, matches.0.len(), &Breaks::default(), 0.8, least);
        for ((a, b, _), &family) in matches.0.iter().zip(&told.of_match) {
            let stays = |place: &Occurrence| place.words().all(|word| !gone.contains(&(place.doc, word)));
            let places = &told.families[family as usize];
            let is_told = |side: &Occurrence| places.iter().any(|place| place.doc == side.doc && place.shared(side) > 0);
            prop_assert!(!(stays(a) && stays(b)) || (is_told(a) && is_told(b)), "{a:?} and {b:?} stay untold");
        }
    }

    #[test]
    fn every_match_has_a_family_and_places_of_a_family_are_apart(texts in texts(), least in 4u32..12) {
        let matches = List::of(&texts, least as usize);
        let told = families_in_order(&matches, matches.0.len(), &Breaks::default(), 0.8, least);
        prop_assert_eq!(told.of_match.len(), matches.0.len());
        for places in &told.families {
            prop_assert!(places.len() >= 2);
            prop_assert!(places[1..].is_sorted());
            prop_assert!(places.iter().enumerate().all(|(n, x)| places[..n].iter().all(|y| x.doc != y.doc || x.shared(y) == 0)));
        }
    }
}
