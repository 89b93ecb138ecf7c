//! Evaluation items against their definition: every item by every document, window by window.

use std::collections::{BTreeMap, BTreeSet};

use doublon::finding::{Contamination, ContaminationRule, ContaminationUnit, Finding, Parameters, Summary};
use doublon::scan::{Resources, decontaminate};
use proptest::prelude::*;

/// What each item has of each document, by their numbers.
type Shares = BTreeMap<(usize, usize), f64>;

fn windows(words: &[String], length: usize) -> Vec<&[String]> {
    if length == 0 { Vec::new() } else { words.windows(length).collect() }
}

/// The definition of all rules but `passage`.
fn expected(items: &[Vec<String>], documents: &[Vec<String>], rule: &ContaminationRule) -> Shares {
    let length = |item: &[String]| match rule.unit {
        _ if item.len() < rule.least_words => 0,
        ContaminationUnit::Item => item.len(),
        _ => item.len().min(rule.ngram),
    };
    let holds = |document: &[String], ngram: &[String]| windows(document, ngram.len()).contains(&ngram);
    let is_common = |ngram: &[String]| {
        let holders = documents.iter().filter(|document| holds(document, ngram)).count();
        rule.most_documents.is_some_and(|most| holders > most as usize)
    };
    let share = |item: &[String], has: &dyn Fn(&[String]) -> bool| {
        let ngrams = windows(item, length(item));
        let found: Vec<usize> = (0..ngrams.len()).filter(|&n| has(ngrams[n])).collect();
        if rule.unit == ContaminationUnit::Words {
            let covered: BTreeSet<usize> = found.iter().flat_map(|&n| n..n + length(item)).collect();
            return covered.len() as f64 / item.len().max(1) as f64;
        }
        found.len() as f64 / ngrams.len().max(1) as f64
    };
    let mut shares = Shares::new();
    for (i, item) in items.iter().enumerate() {
        let anywhere = |ngram: &[String]| documents.iter().any(|document| holds(document, ngram)) && !is_common(ngram);
        let is_met = share(item, &anywhere);
        for (d, document) in documents.iter().enumerate() {
            let here = share(item, &|ngram| holds(document, ngram) && !is_common(ngram));
            if here > 0.0 && rule.is_met(if rule.in_corpus { is_met } else { here }) {
                shares.insert((i, d), here);
            }
        }
    }
    shares
}

struct Searched {
    found: Vec<Contamination>,
    summary: Summary,
    json: String,
}

fn search(
    items: &[Vec<String>],
    documents: &[Vec<String>],
    rule: &ContaminationRule,
    resources: &Resources,
) -> Searched {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, texts: &[Vec<String>]| {
        let line = |text: &Vec<String>| serde_json::json!({ "text": text.join(" ") }).to_string() + "\n";
        let path = folder.path().join(name);
        std::fs::write(&path, texts.iter().map(line).collect::<String>()).unwrap();
        path
    };
    let (eval, corpus) = (write("eval.jsonl", items), write("corpus.jsonl", documents));
    let mut parameters = Parameters::default();
    parameters.input.against = [eval.clone()].into_iter().collect();
    let mut all: Vec<Finding> = Vec::new();
    let summary = decontaminate(&[eval, corpus], &parameters, rule, resources, &(), &mut all).unwrap();
    let lines: Vec<String> = all.iter().map(|finding| serde_json::to_string(finding).unwrap()).collect();
    let folder = folder.path().to_string_lossy().into_owned();
    let json = lines.join("\n").replace(&folder, "");
    let of = |finding| if let Finding::Contamination(found) = finding { Some(found) } else { None };
    Searched { found: all.into_iter().filter_map(of).collect(), summary, json }
}

fn shares(found: &[Contamination]) -> Shares {
    found.iter().map(|found| ((found.item.record as usize, found.document.record as usize), found.share)).collect()
}

fn rules() -> impl Strategy<Value = ContaminationRule> {
    let named = prop::sample::select(vec!["ngram", "gpt3", "palm", "tulu3", "item"]);
    (named, 1usize..6, prop::option::of(0.05f64..1.0), prop::option::of(0u32..4)).prop_map(
        |(name, ngram, least, most_documents)| {
            let rule = ContaminationRule::named(name).unwrap();
            let least = least.unwrap_or(rule.least);
            ContaminationRule { ngram, least, least_words: ngram.min(3), most_documents, ..rule }
        },
    )
}

fn texts(most: usize) -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec((0u8..5).prop_map(|n| format!("w{n}")), 1..30), 1..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn each_item_is_found_where_it_stands(items in texts(5), documents in texts(8), rule in rules()) {
        let searched = search(&items, &documents, &rule, &Resources::default());
        let expected = expected(&items, &documents, &rule);
        let found = shares(&searched.found);
        prop_assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (place, share) in &expected {
            prop_assert!((found[place] - share).abs() < 1e-9, "{place:?}: {} for {share}", found[place]);
        }
        let documents: BTreeSet<usize> = expected.keys().map(|place| place.1).collect();
        prop_assert_eq!(searched.summary.removed, documents.len() as u64);
        for found in &searched.found {
            prop_assert!(!found.places.is_empty() && found.places.iter().all(|place| place.start < place.end));
        }
    }
}

#[test]
fn threads_and_memory_change_nothing() {
    let word = |seed: usize| format!("w{}", seed * 7919 % 4001);
    let text = |n: usize| (0..60 + n % 7).map(|at| word(n * 31 + at)).collect::<Vec<String>>();
    let (items, documents): (Vec<_>, Vec<_>) = ((0..40).map(|n| text(n * 3)).collect(), (0..900).map(text).collect());
    let rule = ContaminationRule::named("tulu3").unwrap();
    let of = |threads, memory| {
        search(&items, &documents, &rule, &Resources { threads, memory, ..Resources::default() }).json
    };
    let expected = of(1, None);
    assert!(expected.lines().count() > 100, "there is something to find");
    for other in [of(4, None), of(3, Some(1 << 20))] {
        let differs = expected.lines().zip(other.lines()).find(|(x, y)| x != y);
        assert_eq!((differs, other.len()), (None, expected.len()));
    }
}

#[test]
fn an_edited_item_is_found_as_a_passage_and_chance_is_not() {
    let rule = ContaminationRule::named("passage").unwrap();
    let words = |range: std::ops::Range<usize>| range.map(|n| format!("w{n}")).collect::<Vec<String>>();
    let item = words(0..40);
    let mut edited = [words(900..1000), item.clone(), words(700..800)].concat();
    for at in [109, 118, 127, 134] {
        edited[at] = "other".to_owned();
    }
    let half = [words(900..1000), words(0..20), words(300..340)].concat();
    // All words of the item in their order, with many others between them.
    let list: Vec<String> = item.iter().flat_map(|word| [word.clone(), "x".into(), "y".into(), "z".into()]).collect();
    let list = [words(0..6), list].concat();
    let searched = search(&[item], &[edited, half, list], &rule, &Resources::default());
    assert_eq!(shares(&searched.found).into_iter().collect::<Vec<_>>(), [((0, 0), 0.9)]);
    let place = &searched.found[0].places[0];
    let (first, last) = (words(900..1000).join(" ").len() + 1, place.excerpt.ends_with("w39"));
    assert_eq!((place.start, last), (first, true), "{place:?}");
}
