//! The test cases of other tools, and where doublon differs from them on purpose. `data/README.md` says whose they are.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use doublon::finding::Findings;
use doublon::finding::InputOptions;
use doublon::scan::{Resources, scan};
use doublon::{Config, Level};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;

fn lines<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path = Path::new("data/peers").join(name);
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn scanned(path: &Path, parameters: &Config) -> Findings {
    scan(&[path.into()], parameters, &InputOptions::default(), &Resources::default(), &()).unwrap()
}

// --- dolma: duplicate paragraphs -------------------------------------------------------------------------------------

/// Pages and, in characters, the paragraphs that its deduper marks as seen before: equal to an earlier one, or half of
/// the n-grams seen.
#[derive(Deserialize)]
struct Marked {
    id: String,
    paragraphs: Vec<(usize, usize)>,
    paragraph_ngrams: Vec<(usize, usize)>,
}

#[derive(Deserialize)]
struct Page {
    id: String,
    text: String,
}

/// The places of all families, in characters, by page.
fn places(min_words: usize) -> BTreeMap<String, Vec<(usize, usize)>> {
    let parameters = Config::builder().level(Level::Passages).min_words(min_words).build().unwrap();
    let path = Path::new("data/peers/dolma_docs.jsonl");
    let mut places: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for family in scanned(path, &parameters).families {
        for place in std::iter::once(&family.keep).chain(&family.occurrences) {
            places
                .entry(place.doc.id.as_deref().unwrap().to_owned())
                .or_default()
                .push((place.char_start, place.char_end));
        }
    }
    places
}

/// What of the marked paragraphs lies outside of all places, from the first letter or digit to the last.
fn not_covered(min_words: usize) -> Vec<String> {
    let (places, pages) = (places(min_words), lines::<Page>("dolma_docs.jsonl"));
    let mut missing = Vec::new();
    for marked in lines::<Marked>("dolma_spans.jsonl") {
        let text: Vec<char> = pages.iter().find(|page| page.id == marked.id).unwrap().text.chars().collect();
        let inside = |at: usize| places.get(&marked.id).is_some_and(|of| of.iter().any(|&(a, b)| a <= at && at < b));
        for &(start, end) in marked.paragraphs.iter().chain(&marked.paragraph_ngrams) {
            // The line end that a span includes is not in the text of a last line.
            let end = end.min(text.len());
            let missed: Vec<usize> = (start..end).filter(|&at| text[at].is_alphanumeric() && !inside(at)).collect();
            if let [first, .., last] = missed[..] {
                missing.push(text[first..=last].iter().collect::<String>());
            }
        }
    }
    missing.sort();
    missing.dedup();
    missing
}

/// The 14 words of a menu are too short to be listed by default: they are counted with the other short repeats. Where
/// dolma marks only the later page, doublon names both places; and where it marks 38 paragraphs that follow each other,
/// doublon reports one passage of 530 words. Of a list of months that two pages have, dolma marks the whole paragraph; the
/// four words before its newest months, which the other page lacks, are no part of the passage.
#[test]
fn paragraphs_that_dolma_marks_are_covered_but_for_a_short_menu() {
    let start_of_months = "Archives Select Month August";
    let menu =
        ["About Our Blog", start_of_months, "Become a Volunteer", "Commenting Policy", "PPAA Home", "Receive Care"];
    assert_eq!(not_covered(20), menu);
    assert_eq!(not_covered(8), [start_of_months]);
}

// --- data-juicer: duplicate documents --------------------------------------------------------------------------------

#[derive(Deserialize)]
#[allow(clippy::struct_field_names)] // the names of the file
struct Case {
    operator: String,
    case: String,
    docs: Vec<String>,
    kept: Vec<String>,
}

fn kept(docs: &[String], threshold: f64) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("docs.jsonl");
    let line = |text: &String| serde_json::json!({ "text": text }).to_string() + "\n";
    fs::write(&path, docs.iter().map(line).collect::<String>()).unwrap();
    let parameters = Config::builder().level(Level::Documents).threshold(threshold).build().unwrap();
    let found = scanned(&path, &parameters);
    let removed: Vec<usize> =
        found.clusters.iter().flat_map(|cluster| &cluster.members).map(|member| member.doc.record as usize).collect();
    docs.iter().enumerate().filter(|(n, _)| !removed.contains(n)).map(|(_, text)| text.clone()).collect()
}

#[test]
fn documents_that_data_juicer_keeps_are_kept_and_no_others() {
    let mut compared = 0;
    for Case { operator, case, docs, kept: expected } in lines("data_juicer.jsonl") {
        match (operator.as_str(), case.as_str()) {
            // It compares bytes unless it is told to ignore case and other characters than letters; here case never
            // counts, so that `Sunday` and `sunday` are one text.
            ("exact", "test_english_deduplication") => {
                assert_eq!(kept(&docs, 0.8).len() + 1, expected.len());
                assert!(kept(&docs, 0.8).iter().all(|text| expected.contains(text)));
            }
            // It knows no near duplicates. Here two of the three are 0.85 alike, so the threshold decides.
            ("exact", "test_chinese_deduplication") => {
                assert_eq!(kept(&docs, 0.8).len() + 1, expected.len());
                assert_eq!(kept(&docs, 0.95), expected, "{case}");
            }
            _ => assert_eq!(kept(&docs, 0.8), expected, "{operator}, {case}"),
        }
        compared += 1;
    }
    assert_eq!(compared, 5);
}
