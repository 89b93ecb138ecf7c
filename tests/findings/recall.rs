//! The guarantee, measured: planted pairs of known similarity, each alone with itself, scanned with strong and with
//! weak settings.
//!
//! Everything is drawn from fixed seeds, so a run either fails always or never. The allowances say how surprising a
//! failure would be had the draws been others.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::generator::{Prose, Random};
use crate::oracle::{documents, removals, scan_documents, write_corpus};
use doublon::Config;
use doublon::finding::{Findings, RecallEstimate};
use doublon_core::candidate::choose;
use tempfile::TempDir;

const PAIRS: usize = 150;

/// What the sketch may lose of the pairs that meet in a band.
const SKETCH_LOSS: f64 = 3e-4;

/// Documents `2 i` and `2 i + 1` are pair `i`, and no other two resemble each other.
struct Planted {
    paths: Vec<PathBuf>,
    similarities: Vec<f64>,
    _folder: TempDir,
}

static PLANTED: LazyLock<Planted> = LazyLock::new(|| {
    let pairs: Vec<_> = (0..).filter_map(pair).take(PAIRS).collect();
    let folder = tempfile::tempdir().unwrap();
    let texts = documents(pairs.iter().flat_map(|(texts, _)| texts.clone()));
    let paths = write_corpus(folder.path(), &texts, 1);
    Planted { paths, similarities: pairs.into_iter().map(|(_, jaccard)| jaccard).collect(), _folder: folder }
});

/// Writes a text and an edited one, if their similarity comes out between 0.80 and 0.95.
fn pair(stream: u64) -> Option<([String; 2], f64)> {
    let mut random = Random::new(7, stream);
    // An edit is a step of 0.03 to 0.1 in similarity, so different lengths give different steps.
    let text = Prose::write(100 + random.below(200), &mut random);
    let edited = text.edited_to(770 + random.below(190), &mut random);
    let jaccard = text.jaccard(&edited);
    (0.80..=0.95).contains(&jaccard).then(|| ([text, edited].map(|text| text.render().text), jaccard))
}

/// Settings from strong to weak: threshold, bands, rows.
const SETTINGS: [(f64, usize, usize); 6] =
    [(0.8, 12, 5), (0.8, 14, 8), (0.8, 9, 13), (0.8, 8, 16), (0.8, 20, 13), (0.9, 4, 10)];

fn setting((threshold, bands, rows): (f64, usize, usize), seed: u64) -> Config {
    Config::builder().bands(bands, rows).threshold(threshold).seed(seed).build().unwrap()
}

/// What was found of the pairs that reach the threshold.
struct Run {
    /// For each of them, its similarity and whether it was found.
    pairs: Vec<(f64, bool)>,
    estimate: Option<RecallEstimate>,
}

impl Run {
    fn of(parameters: &Config) -> Self {
        let findings = scan_documents(&PLANTED.paths, parameters, 2);
        let found = found(&findings);
        let pairs = PLANTED.similarities.iter().zip(found).filter(|&(&jaccard, _)| jaccard >= parameters.threshold);
        let pairs = pairs.map(|(&jaccard, found)| (jaccard, found)).collect();
        Self { pairs, estimate: findings.summary.recall_estimate }
    }

    fn found(&self) -> usize {
        self.pairs.iter().filter(|(_, found)| *found).count()
    }

    fn recall(&self) -> f64 {
        self.found() as f64 / self.pairs.len() as f64
    }
}

/// Returns for each pair whether it was found.
fn found(findings: &Findings) -> Vec<bool> {
    let mut found = vec![false; PAIRS];
    for (removed, keeper) in removals(findings) {
        assert_eq!((removed, keeper), (keeper | 1, removed & !1), "documents that are no pair");
        found[removed / 2] = true;
    }
    found
}

/// The chance that a pair agrees in all rows of a band: the published curve.
fn meets(jaccard: f64, bands: usize, rows: usize) -> f64 {
    1.0 - (1.0 - jaccard.powf(rows as f64)).powf(bands as f64)
}

/// The mean and the standard deviation of how many pairs are found, if each is found with its own probability.
fn promised(pairs: &[(f64, bool)], chance: impl Fn(f64) -> f64) -> (f64, f64) {
    let chances = || pairs.iter().map(|&(jaccard, _)| chance(jaccard));
    (chances().sum(), chances().map(|p| p * (1.0 - p)).sum::<f64>().sqrt())
}

#[test]
fn the_planted_pairs_are_spread_over_their_similarities() {
    for step in [0.80, 0.84, 0.88, 0.92] {
        let count = PLANTED.similarities.iter().filter(|&&jaccard| jaccard >= step && jaccard < step + 0.04).count();
        assert!(count >= PAIRS / 12, "{count} pairs from {step}");
    }
}

/// No fewer, which is the promise, and no more, on which the estimates rest. Four standard deviations are allowed: a
/// setting that keeps its promise fails one time in 15,000.
#[test]
fn each_setting_finds_what_its_bands_and_rows_promise() {
    for (threshold, bands, rows) in SETTINGS {
        let (mut found, mut mean, mut variance) = (0, 0.0, 0.0);
        for seed in 0..16 {
            let run = Run::of(&setting((threshold, bands, rows), seed));
            let (wanted, deviation) = promised(&run.pairs, |jaccard| meets(jaccard, bands, rows) * (1.0 - SKETCH_LOSS));
            found += run.found();
            mean += wanted;
            variance += deviation * deviation;
        }
        let off = 4.0 * variance.sqrt();
        let name = format!("{bands} x {rows} at {threshold}: {found} found, {mean:.1} promised, {off:.1} allowed");
        println!("{name}");
        assert!((found as f64 - mean).abs() <= off, "{name}");
    }
}

#[test]
fn the_recall_that_is_asked_for_is_reached() {
    for (threshold, recall) in [(0.8, 0.99), (0.8, 0.9), (0.8, 0.5), (0.85, 0.95), (0.9, 0.8)] {
        let shape = choose(threshold, recall).unwrap();
        let runs = (0..4).map(|seed| Run::of(&setting((threshold, shape.bands, shape.rows), seed)));
        let pairs: Vec<(f64, bool)> = runs.flat_map(|run| run.pairs).collect();
        let found = pairs.iter().filter(|(_, found)| *found).count();
        let (mean, deviation) = promised(&pairs, |_| recall);
        assert!(pairs.len() >= 200, "{} pairs measure nothing", pairs.len());
        let name = format!("{recall} at {threshold}: {found} of {} found, {mean:.0} promised", pairs.len());
        println!("{name}");
        assert!(found as f64 >= mean - 4.0 * deviation, "{name}");
    }
}

/// What the estimates of 100 runs, each with other hash functions, are worth.
struct Trial {
    /// Runs whose interval holds the true recall.
    covered: usize,
    /// Mean of estimate less truth.
    lean: f64,
    /// Mean width of the interval, and what it should be for the pairs that are there.
    width: f64,
    honest_width: f64,
    /// Mean of the true recall.
    recall: f64,
}

const RUNS: u64 = 100;

impl Trial {
    fn of(shape: (f64, usize, usize)) -> Self {
        let mut trial = Self { covered: 0, lean: 0.0, width: 0.0, honest_width: 0.0, recall: 0.0 };
        for seed in 0..RUNS {
            let run = Run::of(&setting(shape, seed));
            let (truth, RecallEstimate { value, low, high }) = (run.recall(), run.estimate.unwrap());
            assert!(low <= value && value <= high, "{shape:?}, seed {seed}: {value} is not in {low}..{high}");
            trial.covered += usize::from(low - 1e-9 <= truth && truth <= high + 1e-9);
            trial.lean += (value - truth) / RUNS as f64;
            trial.width += (high - low) / RUNS as f64;
            trial.honest_width += honest_width(&run, shape) / RUNS as f64;
            trial.recall += truth / RUNS as f64;
        }
        trial
    }
}

/// How wide an interval of 95% has to be: a pair that is found with chance `p` stands for `(1 - p) / p` missed ones, so
/// their count has the variance `(1 - p) / p` for each pair that there is, and recall falls by `recall / pairs` with each.
fn honest_width(run: &Run, (_, bands, rows): (f64, usize, usize)) -> f64 {
    let odds = |&(jaccard, _): &(f64, bool)| 1.0 / meets(jaccard, bands, rows) - 1.0;
    2.0 * 1.96 * run.recall() / run.pairs.len() as f64 * run.pairs.iter().map(odds).sum::<f64>().sqrt()
}

/// An interval of 95% that is true covers fewer than 88 times of 100 once in 700; wide ones always cover, so their
/// width counts too.
#[test]
fn the_reported_interval_covers_the_true_recall() {
    for shape in [(0.8, 12, 5), (0.8, 14, 8), (0.8, 9, 13)] {
        let Trial { covered, lean, width, honest_width, recall } = Trial::of(shape);
        let name = format!(
            "{shape:?}: recall {recall:.3}, estimate off by {lean:+.4}, interval covers {covered} times and is {width:.3} \
             wide, should be {honest_width:.3}"
        );
        println!("{name}");
        assert!(covered >= 88, "{name}");
        assert!(lean.abs() < 0.01, "{name}");
        assert!(width < 1.25 * honest_width + 0.01, "{name}");
    }
}
