//! What is repeated word for word is found, all of it: every run of as many words as a passage needs, between any two
//! documents, found by brute force.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::fs;

use doublon::finding::Findings;
use doublon::finding::InputOptions;
use doublon::scan::{Resources, scan};
use doublon::{Config, Level, Scope};
use doublon_core::sketch::WindowParameters;
use tempfile::TempDir;

use crate::generator::{Corpus, Generated, Mix, Options};
use crate::runs::{Coverage, Run, Words};

/// The passages of documents, which are the records of one file in their order.
fn passages(documents: &[Generated], config: &Config) -> Findings {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("docs.jsonl");
    let lines = documents.iter().map(|document| serde_json::to_string(document).unwrap() + "\n");
    fs::write(&path, lines.collect::<String>()).unwrap();
    let config = config.to_builder().level(Level::Passages).build().unwrap();
    scan(&[path], &config, &InputOptions::default(), &Resources::default(), &()).unwrap()
}

/// All runs of at least so many words, of which a character of a script without spaces is a part.
fn runs(words: &Words, least: usize) -> Vec<Run> {
    let mut runs = Vec::new();
    words.runs(least, |run| runs.extend((words.counted(&run) >= least).then_some(run)));
    runs
}

/// Copies, quotes, near copies, and pages with a template: many of each.
fn corpus(seed: u64) -> Vec<Generated> {
    let mix = Mix { exact: 30, near: 150, template: 150, quote: 250, repeat: 50, ..Mix::default() };
    Corpus::new(Options { seed, documents: 250, words: 150, mix }).collect()
}

fn words(documents: &[Generated]) -> Words {
    Words::of(documents.iter().map(|document| document.text.as_str()))
}

fn exhaustive(min_words: usize) -> Config {
    let windows = WindowParameters { exhaustive: true, ..WindowParameters::default() };
    Config::builder().min_words(min_words).windows(windows).build().unwrap()
}

#[test]
fn all_pairs_of_places_cover_every_verbatim_run_by_a_match() {
    for (seed, min_words) in [(1, 20), (2, 20), (3, 12), (4, 8)] {
        let documents = corpus(seed);
        let words = words(&documents);
        let coverage = Coverage::of(&words, &passages(&documents, &exhaustive(min_words)));
        let runs = runs(&words, min_words);
        assert!(runs.len() > 300, "{} runs", runs.len());
        for run in runs {
            assert!(coverage.in_one_match(&run), "seed {seed}, {min_words} words: {run:?}");
        }
    }
}

#[test]
fn nearest_places_put_every_word_of_a_verbatim_run_into_a_family() {
    for seed in 1..4 {
        let documents = corpus(seed);
        let words = words(&documents);
        let coverage = Coverage::of(&words, &passages(&documents, &Config::default()));
        let runs = runs(&words, 20);
        for run in &runs {
            assert!(coverage.in_families(run), "seed {seed}: {run:?}");
        }
        // A place between two others that it overlaps belongs to one of their families.
        let together = runs.iter().filter(|run| coverage.in_one_family(run)).count();
        assert!(together * 100 > runs.len() * 94, "seed {seed}: {together} of {} in one family", runs.len());
    }
}

#[test]
fn any_window_of_any_rows_covers_every_verbatim_run() {
    let documents = corpus(5);
    let words = words(&documents);
    let runs = runs(&words, 20);
    for (k, length, bands, rows) in [(5, 12, 1, 1), (4, 12, 3, 1), (2, 20, 1, 1), (20, 20, 1, 1), (3, 16, 2, 3)] {
        let windows = WindowParameters { k, words: length, bands, rows, exhaustive: true };
        let found = passages(&documents, &Config::builder().windows(windows).scope(Scope::Across).build().unwrap());
        let coverage = Coverage::of(&words, &found);
        for run in &runs {
            assert!(coverage.in_one_match(run), "{windows:?}: {run:?}");
        }
    }
}

#[test]
fn runs_are_all_there_are_and_as_long_as_they_go() {
    let words = Words::of(["a b c d e x", "y b C d, e", "b c b c d e"]);
    let found = runs(&words, 3);
    let run = |a, b, at_a, at_b, words| Run { a, b, at_a, at_b, words };
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_unstable();
    assert_eq!(found, [run(0, 1, 1, 1, 4), run(0, 2, 1, 2, 4), run(1, 2, 1, 2, 4)]);
}
