//! Duplicate documents against their definition: all pairs, compared by brute force.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use doublon::Config;
use doublon::finding::Findings;
use doublon_core::candidate::choose;

use crate::generator::{self, Corpus, Generated, Mix, Options, Truth};
use crate::oracle::{self, Oracle, documents, number, removals, scan_documents, write_corpus};

const SEEDS: [u64; 3] = [1, 2, 3];
const THRESHOLDS: [f64; 3] = [0.7, 0.8, 0.9];

/// A corpus of several scripts, with texts of 0 to 400 words of which more than half resemble another.
fn corpus(seed: u64) -> Vec<Generated> {
    let mix =
        Mix { exact: 60, equal: 60, near: 320, chain: 120, template: 60, quote: 40, repeat: 20, short: 60, empty: 20 };
    Corpus::new(Options { seed, documents: 300, words: 200, mix }).collect()
}

/// What is true of a corpus.
struct Case {
    documents: Vec<Generated>,
    oracle: Oracle,
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let case = |documents: Vec<Generated>| {
        let oracle = Oracle::of(documents.iter().map(|document| document.text.as_str()));
        Case { documents, oracle }
    };
    SEEDS.into_iter().map(|seed| case(corpus(seed))).collect()
});

/// What a scan of a corpus found, once listing pairs and once not.
struct Run {
    name: String,
    documents: &'static [Generated],
    oracle: &'static Oracle,
    threshold: f64,
    found: Findings,
    found_without_pairs: Findings,
}

/// One run for each corpus and threshold, made once for all tests.
static RUNS: LazyLock<Vec<Run>> = LazyLock::new(|| {
    let cases = SEEDS.into_iter().zip(CASES.iter());
    cases.flat_map(|(seed, case)| THRESHOLDS.map(|threshold| Run::of(seed, case, threshold))).collect()
});

impl Run {
    fn of(seed: u64, case: &'static Case, threshold: f64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let paths = write_corpus(folder.path(), &case.documents, 3);
        let shape = choose(threshold, 0.99).unwrap();
        let (bands, rows) = (shape.bands, shape.rows);
        let without = Config::builder().bands(bands, rows).threshold(threshold).recall(0.99).build().unwrap();
        let with = without.to_builder().pairs(true).build().unwrap();
        Self {
            name: format!("seed {seed}, threshold {threshold}"),
            documents: &case.documents,
            oracle: &case.oracle,
            threshold,
            found: scan_documents(&paths, &with, 2),
            found_without_pairs: scan_documents(&paths, &without, 2),
        }
    }

    fn listed(&self) -> BTreeSet<(usize, usize)> {
        self.found.pairs.iter().map(|pair| (number(&pair.a), number(&pair.b))).collect()
    }

    /// The pairs that should be listed: documents that are the first with their tokens, and similar enough.
    fn wanted(&self) -> BTreeSet<(usize, usize)> {
        let firsts: Vec<usize> = (0..self.oracle.len()).filter(|&doc| self.is_first(doc)).collect();
        let pairs = firsts.iter().flat_map(|&b| firsts.iter().take_while(move |&&a| a < b).map(move |&a| (a, b)));
        pairs.filter(|&(a, b)| self.oracle.jaccard(a, b) >= self.threshold).collect()
    }

    fn is_first(&self, doc: usize) -> bool {
        self.oracle.first[doc] == doc && !self.oracle.is_empty_text(doc)
    }

    fn copies(&self) -> impl Iterator<Item = usize> {
        (0..self.oracle.len()).filter(|&doc| !self.is_first(doc) && !self.oracle.is_empty_text(doc))
    }
}

#[test]
fn listed_pairs_are_measured_as_defined_and_reach_the_threshold() {
    for run in RUNS.iter() {
        assert!(!run.found.pairs.is_empty(), "{}: no pair", run.name);
        assert_eq!(run.listed().len(), run.found.pairs.len(), "{}: a pair is listed twice", run.name);
        for pair in &run.found.pairs {
            let (a, b) = (number(&pair.a), number(&pair.b));
            let said = [pair.jaccard, pair.containment_a, pair.containment_b];
            let oracle = run.oracle;
            let measured = [oracle.jaccard(a, b), oracle.containment(a, b), oracle.containment(b, a)];
            assert!(a < b, "{}: {a} is listed before {b}", run.name);
            assert_eq!(
                said.map(f64::to_bits),
                measured.map(f64::to_bits),
                "{}: {a} {b} {said:?} {measured:?}",
                run.name
            );
            assert!(measured[0] >= run.threshold, "{}: {a} {b} {measured:?}", run.name);
        }
    }
}

#[test]
fn recall_is_what_was_asked_for() {
    let (mut wanted, mut found) = (0, 0);
    for run in RUNS.iter() {
        let (here, listed) = (run.wanted(), run.listed());
        wanted += here.len();
        found += here.intersection(&listed).count();
    }
    assert!(wanted > 800, "{wanted} pairs measure nothing");
    assert!(found * 100 >= wanted * 99, "{found} of {wanted} pairs were found");
}

#[test]
fn recall_holds_for_pairs_at_the_threshold_itself() {
    let (mut wanted, mut found) = (0, 0);
    for run in RUNS.iter() {
        let listed = run.listed();
        let near = |&(a, b): &(usize, usize)| run.oracle.jaccard(a, b) < run.threshold + 0.05;
        let here: Vec<_> = run.wanted().into_iter().filter(near).collect();
        wanted += here.len();
        found += here.iter().filter(|pair| listed.contains(pair)).count();
    }
    assert!(wanted > 100, "{wanted} pairs measure nothing");
    // A pair here is found with a chance of 0.99 to 0.999; three standard deviations below 0.99 are allowed.
    let least = 0.99 - 3.0 * (0.99 * 0.01 / wanted as f64).sqrt();
    assert!(found as f64 >= least * wanted as f64, "{found} of {wanted} pairs were found, least {least}");
}

#[test]
fn the_threshold_itself_is_enough() {
    // Thirteen words have nine shingles; another last word changes one, so 8 of 10 are shared.
    let words = |n: usize| (0..12).map(|word| format!("w{n}x{word}")).collect::<Vec<_>>().join(" ");
    let pair = |n: usize| ["one", "two"].map(|last| words(n) + " " + last);
    let pairs = documents((0..20).flat_map(pair));
    let folder = tempfile::tempdir().unwrap();
    let paths = write_corpus(folder.path(), &pairs, 1);
    let removed = |threshold| {
        let parameters = Config::builder().bands(40, 5).threshold(threshold).build().unwrap();
        removals(&scan_documents(&paths, &parameters, 2)).len()
    };
    assert_eq!(removed(0.8), 20);
    assert_eq!(removed(0.800_000_1), 0);
}

#[test]
fn each_copy_is_listed_once_with_an_equal_one() {
    for run in RUNS.iter() {
        let mut listed: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        run.listed().into_iter().for_each(|(a, b)| listed.entry(b).or_default().push(a));
        for copy in run.copies() {
            let equals = &listed[&copy];
            assert_eq!(equals.len(), 1, "{}: {copy} is listed with {equals:?}", run.name);
            assert_eq!(run.oracle.first[equals[0]], run.oracle.first[copy], "{}: {copy} {equals:?}", run.name);
        }
    }
}

#[test]
fn removed_documents_are_measured_against_a_kept_one() {
    for run in RUNS.iter() {
        let removed: BTreeSet<usize> = removals(&run.found_without_pairs).into_iter().map(|(doc, _)| doc).collect();
        assert_eq!(
            removed.len(),
            removals(&run.found_without_pairs).len(),
            "{}: a document is removed twice",
            run.name
        );
        for cluster in &run.found_without_pairs.clusters {
            let keeper = number(&cluster.keep);
            assert!(!removed.contains(&keeper), "{}: {keeper} is kept and removed", run.name);
            for member in &cluster.members {
                let doc = number(&member.doc);
                let said = [member.jaccard, member.containment];
                let measured = [run.oracle.jaccard(doc, keeper), run.oracle.containment(doc, keeper)];
                assert_eq!(said.map(f64::to_bits), measured.map(f64::to_bits), "{}: {doc} for {keeper}", run.name);
                assert!(measured[0] >= run.threshold, "{}: {doc} for {keeper} {measured:?}", run.name);
                let same = run.documents[doc].text == run.documents[keeper].text;
                assert_eq!(member.exact, same, "{}: {doc} for {keeper}", run.name);
            }
        }
    }
}

#[test]
fn clusters_are_greedy_over_the_listed_pairs() {
    for run in RUNS.iter() {
        assert_eq!(removals_by_document(&run.found), greedy(run.oracle, &run.listed()), "{}", run.name);
    }
}

/// Takes documents in order: one that a kept document matches goes for the first such, any other stays. Equal
/// documents match what any of them matches.
fn greedy(oracle: &Oracle, listed: &BTreeSet<(usize, usize)>) -> BTreeMap<usize, usize> {
    let group = |doc: usize| oracle.first[doc];
    let matches: BTreeSet<(usize, usize)> = listed.iter().map(|&(a, b)| (group(a), group(b))).collect();
    let mut keepers = BTreeMap::new();
    for doc in (0..oracle.len()).filter(|&doc| !oracle.is_empty_text(doc)) {
        let matched = |&other: &usize| {
            let (x, y) = (group(other), group(doc));
            x == y || matches.contains(&(x.min(y), x.max(y)))
        };
        let keeper = (0..doc).filter(|other| !keepers.contains_key(other)).find(matched);
        if let Some(keeper) = keeper {
            keepers.insert(doc, keeper);
        }
    }
    keepers
}

fn removals_by_document(findings: &Findings) -> BTreeMap<usize, usize> {
    removals(findings).into_iter().collect()
}

#[test]
fn listing_pairs_changes_no_cluster() {
    for run in RUNS.iter() {
        assert_eq!(run.found_without_pairs.pairs, [], "{}", run.name);
        assert_eq!(run.found_without_pairs.clusters, run.found.clusters, "{}", run.name);
    }
}

#[test]
fn planted_copies_are_removed() {
    for run in RUNS.iter() {
        let removed = removals_by_document(&run.found_without_pairs);
        for document in run.documents {
            let (Some(Truth::Exact { a, b } | Truth::Equal { a, b }), false) =
                (&document.truth, run.oracle.is_empty_text(document.number as usize))
            else {
                continue;
            };
            let keeper = |doc: &u64| removed.get(&(*doc as usize)).copied().unwrap_or(*doc as usize);
            assert!(removed.contains_key(&(*b as usize)), "{}: {b} stays beside {a}", run.name);
            assert_eq!(keeper(a), keeper(b), "{}: {b} goes for another than {a}", run.name);
        }
    }
}

/// The generator counts on numbers and the oracle on letters; if they agree, both are right about what is planted.
#[test]
fn generated_truth_is_true() {
    let mut kinds = BTreeSet::new();
    for Case { documents, oracle } in CASES.iter() {
        for truth in documents.iter().filter_map(|document| document.truth.as_ref()) {
            kinds.insert(check(truth, documents, oracle));
        }
    }
    assert_eq!(kinds.len(), 9, "{kinds:?}");
}

/// Checks one truth and returns the name of its kind.
fn check(truth: &Truth, documents: &[Generated], oracle: &Oracle) -> &'static str {
    let text = |number: u64| documents[number as usize].text.as_str();
    let words = |place: &generator::Place| {
        let bytes = &text(place.document)[place.start..place.end];
        let all = text(place.document).chars();
        let chars: String = all.skip(place.char_start).take(place.char_end - place.char_start).collect();
        assert_eq!(bytes, chars, "{truth:?}");
        oracle::tokens(bytes)
    };
    match truth {
        Truth::Exact { a, b } => {
            assert_eq!(text(*a), text(*b));
            "exact"
        }
        Truth::Equal { a, b } => {
            assert_ne!(text(*a), text(*b));
            assert_eq!(oracle::tokens(text(*a)), oracle::tokens(text(*b)));
            "equal"
        }
        Truth::Near { a, b, jaccard } | Truth::Chain { a, b, jaccard, .. } => {
            assert_eq!(oracle.jaccard(*a as usize, *b as usize).to_bits(), jaccard.to_bits(), "{truth:?}");
            if matches!(truth, Truth::Near { .. }) { "near" } else { "chain" }
        }
        Truth::Template { b, share, .. } => {
            let all = oracle::tokens(text(b.document)).len();
            assert!((words(b).len() as f64 / all as f64 - share).abs() < 1e-12, "{truth:?}");
            "template"
        }
        Truth::Quote { a, b, words: count, edits } | Truth::Repeat { a, b, words: count, edits } => {
            assert_eq!(words(a).len(), *count, "{truth:?}");
            assert_eq!(words(a) == words(b), *edits == 0, "{truth:?}");
            assert!(a.document != b.document || a.end <= b.start, "{truth:?}");
            if matches!(truth, Truth::Quote { .. }) { "quote" } else { "repeat" }
        }
        Truth::Short { b, words } => {
            assert_eq!(oracle::tokens(text(*b)).len(), *words, "{truth:?}");
            "short"
        }
        Truth::Empty { b } => {
            assert!(!text(*b).contains(char::is_alphanumeric), "{truth:?}");
            "empty"
        }
    }
}

#[test]
fn similarities_are_spread_from_the_lowest_threshold_to_one() {
    let near = |document: Generated| match document.truth {
        Some(Truth::Near { jaccard, .. }) => Some((jaccard * 10.0) as usize),
        _ => None,
    };
    let tenths: Vec<usize> = SEEDS.into_iter().flat_map(corpus).filter_map(near).collect();
    for tenth in 6..10 {
        let share = tenths.iter().filter(|&&t| t == tenth).count() * 100 / tenths.len();
        assert!(share >= 12, "{share}% of the pairs lie at 0.{tenth}");
    }
}

#[test]
fn the_generator_writes_the_same_corpus_for_ever() {
    let texts: String = corpus(1).iter().map(|document| document.text.clone() + "\0").collect();
    assert_eq!(format!("{:032x}", doublon_core::hash::content_hash(texts.as_bytes())), GOLDEN);
}

const GOLDEN: &str = "c0fbfdc1214b334039fb81cc72d01d61";
