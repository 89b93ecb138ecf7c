//! Windowed minima: a sparse sample of the shingles of a document that two documents with a common passage share.
//!
//! Of every window of consecutive shingles the one with the smallest hash is kept, the rightmost if several are
//! smallest, and a key is given out whenever that shingle changes. Two documents that share a run of as many words as
//! a window has share a key at the same place of the run, always: the window over the run is the same in both. That is
//! `MinHash` of every window of a document at the price of `2 / (shingles of a window + 1)` keys a word instead of one
//! key a window. Two windows that are only similar share their key with the probability of their Jaccard similarity;
//! each further band hashes anew and is a further chance. A band of several rows joins as many minima of a window to
//! one key, which two windows of similarity `J` share with probability `J^rows`: fewer wrong candidates, and fewer
//! right ones.
//!
//! The cost is linear: a minimum is looked for again only when the smallest shingle has left the window.
//!
//! Sources: Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003;
//! Broder, "On the Resemblance and Containment of Documents", SEQUENCES 1997. Winnowing prefers the shingle that was
//! smallest before when several are; here it is always the rightmost, so what is kept depends on the window alone.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::hash::mix;
use crate::text::{Shingle, Shingler};

/// How candidates of repeated passages are found: each window of consecutive words keeps its smallest shingle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowParameters {
    /// Words of a shingle.
    pub k: usize,
    /// Words of a window, at least `k`. Every equal run of that many words is found.
    pub words: usize,
    /// Bands, each with its own hash functions and keys.
    pub bands: usize,
    /// Hash functions of a band; their minima together are a key. Findings written before there were rows have one.
    #[serde(default = "one_row")]
    pub rows: usize,
    /// Whether all pairs of places with one key are compared, instead of each place with its nearest.
    pub exhaustive: bool,
}

impl Default for WindowParameters {
    fn default() -> Self {
        Self { k: 5, words: 8, bands: 1, rows: 1, exhaustive: false }
    }
}

fn one_row() -> usize {
    1
}

/// The most hash functions of windows, in all bands.
const MOST_FUNCTIONS: usize = 256;

impl WindowParameters {
    /// Returns the same with windows no longer than the shortest passage, of `min_words`, or one could be missed.
    #[must_use]
    pub fn within(self, min_words: usize) -> Self {
        let words = self.words.min(min_words);
        Self { k: self.k.min(words), words, ..self }
    }

    /// Refuses values that have no sense for passages of at least `min_words`.
    pub(crate) fn check(self, min_words: usize) -> Result<()> {
        let Self { k, words, bands, rows, .. } = self;
        let functions = bands.saturating_mul(rows);
        for (name, value, is_valid, expected) in [
            ("min-words", min_words, min_words >= 3, "at least 3"),
            ("window", words, words >= 1, "at least 1"),
            ("window", words, words <= min_words, "at most --min-words"),
            ("window-shingle", k, (2..=Shingle::LONGEST).contains(&k), "from 2 to 64"),
            ("window-shingle", k, k <= words, "at most --window"),
            ("window-bands", bands, bands >= 1, "at least 1"),
            ("window-rows", rows, rows >= 1, "at least 1"),
            ("window-bands times window-rows", functions, functions <= MOST_FUNCTIONS, "at most 256"),
        ] {
            if !is_valid {
                return Err(Error::Parameter { name, value: value.to_string(), expected });
            }
        }
        Ok(())
    }
}

/// Keeps the smallest shingle of each window.
#[derive(Clone, Debug)]
pub struct Windows {
    shingler: Shingler,
    shingles_in_window: usize,
    /// The keys of the hash functions, band by band.
    functions: Vec<u64>,
    rows: usize,
    shingles: Vec<u64>,
    values: Vec<u64>,
    changes: Vec<MinimumChange>,
    /// For each row of a band its smallest value in a window, and where that stands.
    smallest: Vec<(u64, usize)>,
}

/// From a window on, another shingle is the smallest under one row's hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct MinimumChange {
    window: usize,
    row: usize,
    value: u64,
    at: usize,
}

impl Windows {
    /// Makes windows of `words` words with shingles of `k` words, `1 <= k <= words`, and `bands` bands of `rows` hash
    /// functions, `rows` at least 1.
    pub fn new(k: usize, words: usize, bands: usize, rows: usize, seed: u64) -> Self {
        debug_assert!(1 <= k && k <= words, "a window of {words} words holds no shingle of {k}");
        let functions = (1..=(bands * rows) as u64).map(|function| mix(mix(seed) ^ function)).collect();
        Self {
            shingler: Shingler::new(k),
            shingles_in_window: words - k + 1,
            functions,
            rows,
            shingles: Vec::new(),
            values: Vec::new(),
            changes: Vec::new(),
            smallest: Vec::new(),
        }
    }

    /// Calls `emit` with each key and the position of the first word of its shingle, band by band, in order.
    ///
    /// A key of several rows has the position of the shingle of its first row. A document shorter than a window is one
    /// window; one shorter than a shingle is one shingle. An empty one has no key.
    pub fn keys(&mut self, token_hashes: &[u64], mut emit: impl FnMut(u64, usize)) {
        self.shingles.clear();
        self.shingler.shingles(token_hashes, &mut self.shingles);
        for band in (0..self.functions.len()).step_by(self.rows) {
            if self.rows == 1 {
                self.hash_by(band);
                minima(&self.values, self.shingles_in_window, |_, at| emit(self.values[at], at));
            } else {
                self.joined_keys(band, &mut emit);
            }
        }
    }

    fn hash_by(&mut self, function: usize) {
        let key = self.functions[function];
        self.values.clear();
        self.values.extend(self.shingles.iter().map(|shingle| mix(shingle ^ key)));
    }

    /// Calls `emit` with the joined minima of each window, once for consecutive windows that share all of them.
    fn joined_keys(&mut self, band: usize, emit: &mut impl FnMut(u64, usize)) {
        self.changes.clear();
        for row in 0..self.rows {
            self.hash_by(band + row);
            let (values, changes) = (&self.values, &mut self.changes);
            minima(values, self.shingles_in_window, |window, at| {
                changes.push(MinimumChange { window, row, value: values[at], at });
            });
        }
        self.changes.sort_unstable();
        let smallest = &mut self.smallest;
        smallest.clear();
        smallest.resize(self.rows, (0, 0));
        for of_window in self.changes.chunk_by(|x, y| x.window == y.window) {
            for change in of_window {
                smallest[change.row] = (change.value, change.at);
            }
            emit(smallest.iter().fold(0, |key, (value, _)| mix(key ^ value)), smallest[0].1);
        }
    }
}

/// Calls `emit` with the place of the smallest value of each window, the rightmost if several are smallest, once for
/// consecutive windows that share it, after the number of the first of these windows. Fewer values than a window holds
/// are one window.
fn minima(values: &[u64], window: usize, mut emit: impl FnMut(usize, usize)) {
    let Some(mut smallest) = rightmost_minimum(values, 0, window.min(values.len())) else { return };
    emit(0, smallest);
    for last in window..values.len() {
        let first = last + 1 - window;
        if values[last] <= values[smallest] {
            smallest = last;
        } else if smallest < first {
            smallest = rightmost_minimum(values, first, last + 1).unwrap_or(last);
        } else {
            continue;
        }
        emit(first, smallest);
    }
}

fn rightmost_minimum(values: &[u64], start: usize, end: usize) -> Option<usize> {
    (start..end).rev().min_by_key(|&at| values[at])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(windows: &mut Windows, tokens: &[u64]) -> Vec<(u64, usize)> {
        let mut keys = Vec::new();
        windows.keys(tokens, |key, at| keys.push((key, at)));
        keys
    }

    fn minima_by_definition(values: &[u64], window: usize) -> Vec<usize> {
        let mut all: Vec<usize> = values
            .windows(window.min(values.len()).max(1))
            .enumerate()
            .filter_map(|(start, w)| rightmost_minimum(w, 0, w.len()).map(|at| start + at))
            .collect();
        all.dedup();
        all
    }

    proptest! {
        #[test]
        fn minima_equal_their_definition(values in prop::collection::vec(0u64..9, 0..40), window in 1usize..7) {
            let mut found = Vec::new();
            minima(&values, window, |_, at| found.push(at));
            prop_assert_eq!(found, minima_by_definition(&values, window));
        }

        #[test]
        fn every_run_of_a_window_is_seeded(
            run in prop::collection::vec(0u64..4, 8..30),
            before in prop::collection::vec(0u64..4, 0..20),
            after in prop::collection::vec(0u64..4, 0..20),
            bands in 1usize..4,
            rows in 1usize..4,
        ) {
            let mut windows = Windows::new(5, 8, bands, rows, 0);
            let alone = keys(&mut windows, &run);
            let inside = keys(&mut windows, &[&before[..], &run, &after].concat());
            for (key, at) in alone {
                prop_assert!(inside.contains(&(key, at + before.len())), "no key {key} at {at}");
            }
        }

        #[test]
        fn keys_of_rows_join_the_minima_of_each_window(
            tokens in prop::collection::vec(0u64..5, 1..40),
            rows in 2usize..5,
        ) {
            let mut windows = Windows::new(2, 4, 2, rows, 7);
            let found = keys(&mut windows, &tokens);
            let mut shingles = Vec::new();
            Shingler::new(2).shingles(&tokens, &mut shingles);
            let mut expected = Vec::new();
            for functions in windows.functions.chunks(rows) {
                let of_row = |key: &u64| shingles.iter().map(|shingle| mix(shingle ^ key)).collect::<Vec<_>>();
                let values: Vec<Vec<u64>> = functions.iter().map(of_row).collect();
                let mut last = Vec::new();
                for start in 0..=shingles.len().saturating_sub(3) {
                    let end = (start + 3).min(shingles.len());
                    let minimum = |values: &Vec<u64>| rightmost_minimum(values, start, end).expect("not empty");
                    let places: Vec<usize> = values.iter().map(minimum).collect();
                    if places != last {
                        let joined = values.iter().zip(&places).fold(0, |key, (values, &at)| mix(key ^ values[at]));
                        expected.push((joined, places[0]));
                    }
                    last = places;
                }
            }
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn similar_windows_share_a_key_of_rows_as_often_as_promised() {
        // Two windows of 10 shingles of one word that share 8 of 12: J = 2/3.
        let trials = 4000;
        for (bands, rows) in [(1, 1), (1, 2), (2, 2), (1, 3), (3, 2)] {
            let mut shared = 0;
            for trial in 0..trials {
                let mut windows = Windows::new(1, 10, bands, rows, trial);
                let (x, y): (Vec<u64>, Vec<u64>) = ((0..10).map(mix).collect(), (2..12).map(mix).collect());
                let (x, y) = (keys(&mut windows, &x), keys(&mut windows, &y));
                shared += usize::from(x.iter().any(|(key, _)| y.iter().any(|(other, _)| key == other)));
            }
            let share = shared as f64 / trials as f64;
            let promised = 1.0 - (1.0 - (2.0 / 3.0_f64).powf(rows as f64)).powf(bands as f64);
            let allowed = 4.0 * (promised * (1.0 - promised) / trials as f64).sqrt();
            assert!((share - promised).abs() < allowed, "{bands} x {rows}: {share}, promised {promised}");
        }
    }

    #[test]
    fn a_text_shorter_than_a_window_has_one_key_a_band() {
        let mut windows = Windows::new(5, 8, 2, 1, 0);
        assert_eq!(keys(&mut windows, &[1, 2, 3, 4, 5, 6, 7]).len(), 2);
        assert_eq!(keys(&mut windows, &[1, 2]).len(), 2);
        assert!(keys(&mut windows, &[]).is_empty());
    }

    #[test]
    fn windows_of_four_shingles_keep_two_fifths_of_them() {
        let tokens: Vec<u64> = (0..100_000).map(mix).collect();
        let kept = keys(&mut Windows::new(5, 8, 1, 1, 0), &tokens).len();
        assert!((39_000..41_000).contains(&kept), "{kept} keys");
    }
}
