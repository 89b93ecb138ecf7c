//! Windowed minima: a sparse sample of the shingles of a document that two documents with a common passage share.
//!
//! Of every window of consecutive shingles the one with the smallest hash is kept, the rightmost if several are
//! smallest, and a key is given out whenever that shingle changes. Two documents that share a run of as many words as
//! a window has share a key at the same place of the run, always: the window over the run is the same in both. That is
//! `MinHash` of every window of a document at the price of `2 / (shingles of a window + 1)` keys a word instead of one
//! key a window. Two windows that are only similar share their key with the probability of their Jaccard similarity;
//! each further band hashes anew and is a further chance.
//!
//! The cost is linear: a minimum is looked for again only when the smallest shingle has left the window.
//!
//! Sources: Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003;
//! Broder, "On the Resemblance and Containment of Documents", SEQUENCES 1997. Winnowing prefers the shingle that was
//! smallest before when several are; here it is always the rightmost, so what is kept depends on the window alone.

use crate::hash::mix;
use crate::text::Shingler;

/// Keeps the smallest shingle of each window.
#[derive(Clone, Debug)]
pub struct Windows {
    shingler: Shingler,
    shingles_in_window: usize,
    bands: Vec<u64>,
    shingles: Vec<u64>,
    values: Vec<u64>,
}

impl Windows {
    /// Makes windows of `words` words with shingles of `k` words, `1 <= k <= words`, and `bands` hash functions.
    pub fn new(k: usize, words: usize, bands: usize, seed: u64) -> Self {
        debug_assert!(1 <= k && k <= words, "a window of {words} words holds no shingle of {k}");
        let bands = (1..=bands as u64).map(|band| mix(mix(seed) ^ band)).collect();
        Self {
            shingler: Shingler::new(k),
            shingles_in_window: words + 1 - k,
            bands,
            shingles: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Calls `emit` with each key and the position of the first word of its shingle, band by band, in order.
    ///
    /// A document shorter than a window is one window; one shorter than a shingle is one shingle. An empty one has no
    /// key.
    pub fn keys(&mut self, token_hashes: &[u64], mut emit: impl FnMut(u64, usize)) {
        self.shingles.clear();
        self.shingler.shingles(token_hashes, &mut self.shingles);
        for &band in &self.bands {
            self.values.clear();
            self.values.extend(self.shingles.iter().map(|shingle| mix(shingle ^ band)));
            minima(&self.values, self.shingles_in_window, |at| emit(self.values[at], at));
        }
    }
}

/// Calls `emit` with the place of the smallest value of each window, the rightmost if several are smallest, once for
/// consecutive windows that share it. Fewer values than a window holds are one window.
fn minima(values: &[u64], window: usize, mut emit: impl FnMut(usize)) {
    let Some(mut smallest) = rightmost_minimum(values, 0, window.min(values.len())) else { return };
    emit(smallest);
    for last in window..values.len() {
        let first = last + 1 - window;
        if values[last] <= values[smallest] {
            smallest = last;
        } else if smallest < first {
            smallest = rightmost_minimum(values, first, last + 1).unwrap_or(last);
        } else {
            continue;
        }
        emit(smallest);
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
            minima(&values, window, |at| found.push(at));
            prop_assert_eq!(found, minima_by_definition(&values, window));
        }

        #[test]
        fn every_run_of_a_window_is_seeded(
            run in prop::collection::vec(0u64..4, 8..30),
            before in prop::collection::vec(0u64..4, 0..20),
            after in prop::collection::vec(0u64..4, 0..20),
            bands in 1usize..4,
        ) {
            let mut windows = Windows::new(5, 8, bands, 0);
            let alone = keys(&mut windows, &run);
            let inside = keys(&mut windows, &[&before[..], &run, &after].concat());
            for (key, at) in alone {
                prop_assert!(inside.contains(&(key, at + before.len())), "no key {key} at {at}");
            }
        }
    }

    #[test]
    fn a_text_shorter_than_a_window_has_one_key_a_band() {
        let mut windows = Windows::new(5, 8, 2, 0);
        assert_eq!(keys(&mut windows, &[1, 2, 3, 4, 5, 6, 7]).len(), 2);
        assert_eq!(keys(&mut windows, &[1, 2]).len(), 2);
        assert!(keys(&mut windows, &[]).is_empty());
    }

    #[test]
    fn windows_of_four_shingles_keep_two_fifths_of_them() {
        let tokens: Vec<u64> = (0..100_000).map(mix).collect();
        let kept = keys(&mut Windows::new(5, 8, 1, 0), &tokens).len();
        assert!((39_000..41_000).contains(&kept), "{kept} keys");
    }
}
