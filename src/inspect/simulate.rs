//! What the windows find of passages that were edited: tried out, by the code that a scan uses.
//!
//! Two texts of random words share a passage, of which each word is replaced by another with a given probability. The
//! trial asks whether they meet (some key stands at the same word of both), and whether the alignment that starts from
//! the keys they share is listed and covers at least half of the passage on both sides. Words are drawn evenly from
//! `WORDS` that are spelled unlike each other, so nothing but the passage is shared; that real texts also share
//! set phrases costs time, not recall, as long as a key does not stand at more places than are all compared.
//!
//! The trial of one number draws the same words for every length, edit rate and setting, and a word that is replaced at
//! one rate is at every higher one. So cells differ by what they measure more than by chance, and the same seed gives
//! the same table.

use crate::finding::trial::{TrialCell, TrialTally};
use crate::scan::map_all;
use doublon_core::Config;
use doublon_core::hash::mix;
use doublon_core::kernel::{acceptance, least_score};
use doublon_core::sketch::WindowParameters;
use doublon_core::sketch::window::Windows;
use doublon_core::text::{Lexicon, TokenId, Vocabulary};
use doublon_core::verify::align::Alignment;
use doublon_core::verify::pair::PairAligner;

/// Words that texts are made of.
const WORDS: usize = 8192;

/// Returns the outcome of so many trials for each number of words and each share of them replaced, in per cent, in the
/// order of the lengths, then the shares.
///
/// The cost is some 20 µs for a trial of 50 words, divided among the threads.
pub fn table(
    windows: &WindowParameters,
    config: &Config,
    lengths: &[usize],
    changed: &[usize],
    trials: usize,
) -> Vec<TrialCell> {
    let language = Language::new();
    let cells: Vec<_> =
        lengths.iter().flat_map(|&words| changed.iter().map(move |&changed| (words, changed))).collect();
    map_all(&cells, |&(words, changed)| Trials::new(&language, windows, config).cell(words, changed, trials))
}

/// Returns how many keys a word costs, measured on random words.
pub fn keys_per_word(windows: &WindowParameters, seed: u64) -> f64 {
    const SAMPLE: u64 = 100_000;
    let tokens: Vec<u64> = (0..SAMPLE).map(mix).collect();
    let mut keys = 0;
    made(windows, seed).keys(&tokens, |_, _| keys += 1);
    f64::from(keys) / SAMPLE as f64
}

fn made(windows: &WindowParameters, seed: u64) -> Windows {
    Windows::new(windows.k, windows.words, windows.bands, windows.rows, seed)
}

/// The words of all trials.
struct Language {
    vocabulary: Vocabulary,
    hashes: Vec<u64>,
}

impl Language {
    fn new() -> Self {
        let mut lexicon = Lexicon::default();
        for word in 0..WORDS as u64 {
            lexicon.number(mix(word), || spelled(word));
        }
        let (vocabulary, _) = Vocabulary::merge(&[lexicon]);
        let hashes = (0..vocabulary.len()).map(|word| vocabulary.folded_hash(word as TokenId)).collect();
        Self { vocabulary, hashes }
    }
}

/// Spells a word in four to nine letters.
fn spelled(word: u64) -> String {
    let mut random = Random(mix(!word));
    let letters = 4 + random.below(6);
    (0..letters).map(|_| char::from(b'a' + random.below(26) as u8)).collect()
}

/// Two texts that share a passage, and the machinery that looks for it.
struct Trials<'l> {
    language: &'l Language,
    config: &'l Config,
    windows: Windows,
    aligner: PairAligner<'l>,
    /// Words before and after the passage: no window reaches past them.
    context: usize,
}

impl<'l> Trials<'l> {
    fn new(language: &'l Language, windows: &'l WindowParameters, config: &'l Config) -> Self {
        Self {
            language,
            config,
            windows: made(windows, config.seed),
            aligner: PairAligner::new(&language.vocabulary, windows.k, acceptance(config)),
            context: windows.words + 20,
        }
    }

    fn cell(&mut self, words: usize, changed: usize, trials: usize) -> TrialCell {
        let mut cell = TrialCell { words, changed, met: TrialTally::default(), listed: TrialTally::default() };
        for number in 0..trials {
            let (met, listed) = self.trial(words, changed, number as u64);
            cell.met.count(met);
            cell.listed.count(listed);
        }
        cell
    }

    /// Returns whether the passage is met, and whether it is listed.
    fn trial(&mut self, words: usize, changed: usize, number: u64) -> (bool, bool) {
        let [a, b] = self.texts(words, changed, number);
        let candidates = self.candidates(&a, &b);
        let passage = self.context..self.context + words;
        let met = candidates.iter().any(|&(at_a, at_b)| at_a == at_b && passage.contains(&at_a));
        let least = self.config.min_words;
        let found = self.aligner.across(&a, &b, candidates.into_iter());
        let listed = found.iter().any(|found| {
            is_listed(found, least) && [&found.a, &found.b].into_iter().all(|side| 2 * common(side, &passage) >= words)
        });
        (met, listed)
    }

    /// Draws the passage first, so that what surrounds it does not depend on its length.
    fn texts(&self, words: usize, changed: usize, number: u64) -> [Vec<TokenId>; 2] {
        let mut random = Random(mix(mix(self.config.seed) ^ number));
        let mut around = Random(mix(random.next()));
        let mut context = || (0..self.context).map(|_| around.word()).collect::<Vec<_>>();
        let (mut a, mut b, after) = (context(), context(), [context(), context()]);
        for _ in 0..words {
            let (word, other, is_changed) = (random.word(), random.word(), random.below(100) < changed);
            a.push(word);
            b.push(if is_changed { other } else { word });
        }
        let [after_a, after_b] = after;
        a.extend(after_a);
        b.extend(after_b);
        [a, b]
    }

    /// Returns the pairs of places that share a key, in order.
    fn candidates(&mut self, a: &[TokenId], b: &[TokenId]) -> Vec<(usize, usize)> {
        let (in_a, in_b) = (self.keys(a), self.keys(b));
        let mut candidates = Vec::new();
        for (key, at_a) in in_a {
            let first = in_b.partition_point(|&(other, _)| other < key);
            candidates
                .extend(in_b[first..].iter().take_while(|(other, _)| *other == key).map(|&(_, at_b)| (at_a, at_b)));
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    fn keys(&mut self, text: &[TokenId]) -> Vec<(u64, usize)> {
        let hashes: Vec<u64> = text.iter().map(|&word| self.language.hashes[word as usize]).collect();
        let mut keys = Vec::new();
        self.windows.keys(&hashes, |key, at| keys.push((key, at)));
        keys.sort_unstable();
        keys
    }
}

fn is_listed(found: &Alignment, least: usize) -> bool {
    found.words() >= least && found.score >= least_score(found.a.len(), 0, least)
}

fn common(side: &std::ops::Range<usize>, passage: &std::ops::Range<usize>) -> usize {
    side.end.min(passage.end).saturating_sub(side.start.max(passage.start))
}

/// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    fn word(&mut self) -> TokenId {
        self.below(WORDS) as TokenId
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use doublon_core::candidate::presets::PASSAGE_PRESETS;

    const LENGTHS: [usize; 5] = [20, 30, 40, 60, 100];
    const CHANGED: [usize; 6] = [0, 5, 10, 15, 20, 30];

    fn config(windows: WindowParameters) -> Config {
        Config::builder().windows(windows).build().expect("valid")
    }

    /// The chance that of `words` words, each replaced with probability `changed`, `run` in a row are left.
    fn chance_of_a_run(words: usize, run: usize, changed: f64) -> f64 {
        // The chance that there is none yet, by the number of words left since the last one replaced.
        let mut none = vec![0.0; run];
        none[0] = 1.0;
        for _ in 0..words {
            let replaced = none.iter().sum::<f64>() * changed;
            let longer = none[..run - 1].iter().map(|chance| chance * (1.0 - changed));
            none = [replaced].into_iter().chain(longer.collect::<Vec<_>>()).collect();
        }
        1.0 - none.iter().sum::<f64>()
    }

    #[test]
    fn what_is_verbatim_is_found_always() {
        for (name, windows) in PASSAGE_PRESETS {
            for cell in table(&windows, &config(windows), &[20, 21, 35, 100], &[0], 100) {
                assert_eq!((cell.met.hits, cell.listed.hits), (100, 100), "{name}: {} words", cell.words);
            }
        }
    }

    #[test]
    fn what_is_shorter_than_the_least_number_of_words_is_met_and_not_listed() {
        let cell = &table(&WindowParameters::default(), &config(WindowParameters::default()), &[12], &[0], 100)[0];
        assert_eq!((cell.met.hits, cell.listed.hits), (100, 0));
    }

    /// A window of one shingle keeps every shingle: passages meet exactly where `k` words in a row are left.
    #[test]
    fn without_sampling_the_table_is_that_of_the_formula() {
        let trials = 2000;
        for k in [4, 5, 8] {
            let windows = WindowParameters { k, words: k, ..WindowParameters::default() };
            for cell in table(&windows, &config(windows), &[20, 40], &[5, 10, 20, 30], trials) {
                let expected = chance_of_a_run(cell.words, k, cell.changed as f64 / 100.0);
                let allowed = 4.0 * (expected * (1.0 - expected) / trials as f64).sqrt() + 1e-9;
                let share = cell.met.share();
                assert!((share - expected).abs() <= allowed, "{k}: {cell:?} is {share}, not {expected}");
            }
        }
    }

    /// A window left as it was is met always; what has no shingle left is met never.
    #[test]
    fn passages_meet_as_often_as_a_window_is_left_and_no_more_often_than_a_shingle_is() {
        let trials = 500;
        for (name, windows) in PASSAGE_PRESETS {
            for cell in table(&windows, &config(windows), &LENGTHS, &CHANGED, trials) {
                let changed = cell.changed as f64 / 100.0;
                let [least, most] = [windows.words, windows.k].map(|run| chance_of_a_run(cell.words, run, changed));
                let allowed = |p: f64| 4.0 * (p * (1.0 - p) / trials as f64).sqrt() + 1e-9;
                let share = cell.met.share();
                assert!(share >= least - allowed(least), "{name}: {cell:?} is {share}, at least {least}");
                assert!(share <= most + allowed(most), "{name}: {cell:?} is {share}, at most {most}");
                assert!(cell.listed.hits <= cell.met.hits, "{name}: {cell:?}");
            }
        }
    }

    #[test]
    fn more_changes_lose_more_and_more_words_lose_less() {
        let cells = table(&WindowParameters::default(), &config(WindowParameters::default()), &LENGTHS, &CHANGED, 400);
        for tally in [|cell: &TrialCell| cell.met.hits, |cell: &TrialCell| cell.listed.hits] {
            let at = |length: usize, changed: usize| tally(&cells[length * CHANGED.len() + changed]);
            for length in 0..LENGTHS.len() {
                for changed in 1..CHANGED.len() {
                    assert!(at(length, changed) <= at(length, changed - 1), "{length}, {changed}: {cells:?}");
                }
            }
            for changed in 0..CHANGED.len() {
                for length in 1..LENGTHS.len() {
                    assert!(at(length, changed) >= at(length - 1, changed), "{length}, {changed}: {cells:?}");
                }
            }
        }
    }

    #[test]
    fn a_table_depends_on_the_seed_only() {
        let of = |seed, threads| {
            let config = Config::builder().seed(seed).build().expect("valid");
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| table(&config.windows, &config, &[20, 40], &[10, 20], 200))
        };
        assert_eq!(of(0, 1), of(0, 3));
        assert_ne!(of(0, 1), of(1, 1));
    }

    #[test]
    fn keys_are_as_many_as_windows_promise() {
        for (name, windows) in PASSAGE_PRESETS {
            let promised = windows.bands as f64 * 2.0 / (windows.words - windows.k + 2) as f64;
            let measured = keys_per_word(&windows, 0);
            assert!((measured - promised).abs() < 0.01, "{name}: {measured}, promised {promised}");
        }
    }
}
