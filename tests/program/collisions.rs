//! Texts that were made so that other words in them have the same hashes.

use serde_json::Value;

use crate::bench::Bench;

/// Two words with one hash by the seed 0; so have both with anything behind.
const TWINS: [&str; 2] = ["ocohfllhdilpchmh", "mecacahfjkbloojd"];

#[test]
fn twins_have_one_hash() {
    let tokenizer = doublon::core::text::Tokenizer::default();
    assert_eq!(tokenizer.hash(TWINS[0]), tokenizer.hash(TWINS[1]));
    let [a, b] = TWINS.map(|word| tokenizer.hash(&format!("{word}0123")));
    assert_eq!(a, b);
}

/// A text of which each word has a twin in that of the other word.
fn text(word: &str) -> String {
    (0..60).map(|n| format!("{word}{n:04}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn f29_texts_of_other_words_with_the_same_hashes_are_no_duplicates() {
    let [a, b] = TWINS.map(text);
    let bench = Bench::with(&[("in/a.txt", &a), ("in/b.txt", &b), ("in/c.txt", &format!("{a} and more"))]);
    bench.write("in/d.txt", format!("{b} and more")).write("in/e.txt", &b).write("in/f.txt", a.to_uppercase());
    let went = ["in/c.txt for in/a.txt", "in/d.txt for in/b.txt", "in/e.txt for in/b.txt", "in/f.txt for in/a.txt"];
    assert_eq!(bench.gone("in"), went);
    assert_eq!(bench.gone("in --containment 0.9"), went);
    assert_eq!(bench.gone("in --pairs"), went);
    assert_eq!(bench.gone("in --exact"), went[2..3]);
    assert!(bench.gone("in/a.txt in/b.txt --isolate").is_empty());
    let json = bench.expect(0, "compare in/a.txt in/b.txt --format json").0;
    let found: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&found["jaccard"], found["equality"].as_str()), (&Value::from(0.0), Some("none")), "{json}");
    assert_eq!(found["passages"], Value::Array(Vec::new()), "{json}");
    let (told, _) = bench.expect(0, "scan in/a.txt in/b.txt");
    assert!(told.contains("no repeated passage"), "{told}");
    bench.expect(0, "clean in --out out");
    bench.expect(0, "verify out");
}

#[test]
fn a_passage_of_other_words_with_the_same_hashes_is_not_cut() {
    let [a, b] = TWINS.map(text);
    let with = |before: &str, passage: &str, after: &str| {
        let around = |word: &str| (0..200).map(|n| format!("{word}{n}")).collect::<Vec<_>>().join(" ");
        format!("{}.\n\n{passage}.\n\n{}.\n", around(before), around(after))
    };
    let bench = Bench::with(&[("in/a.txt", &with("eins", &a, "zwei")), ("in/b.txt", &with("drei", &b, "vier"))]);
    assert!(bench.gone("in --passages cut").is_empty());
    assert!(bench.gone("in --passages cut --unit paragraph").is_empty());
    bench.write("in/c.txt", with("acht", &b, "neun"));
    assert_eq!(bench.gone("in/b.txt in/c.txt --passages cut"), ["part of in/c.txt for in/b.txt"]);
}

#[test]
fn saved_findings_do_not_make_twins_of_words() {
    let [a, b] = TWINS.map(|word| format!("{}\n\n{}", text(word), text("other")));
    let bench = Bench::with(&[("in/a.txt", &a), ("in/b.txt", &a.replace("other", "third"))]);
    let hash = |found: &str, name: &str| {
        let header: Value = serde_json::from_str(found.lines().next().unwrap()).unwrap();
        let source =
            header["sources"].as_array().unwrap().iter().find(|source| source["path"] == name).unwrap().clone();
        source["xxh3_128"].as_str().unwrap().to_owned()
    };
    let scan = || bench.expect(0, "scan in --level passages --format json").0;
    let true_findings = scan();
    bench.write("found.jsonl", &true_findings);
    assert_eq!(bench.gone("--from found.jsonl --passages cut").len(), 1, "the same passage stands in both");
    bench.write("in/b.txt", b.replace("other", "third"));
    let other = hash(&scan(), "in/b.txt");
    bench.write("found.jsonl", true_findings.replace(&hash(&true_findings, "in/b.txt"), &other));
    assert!(bench.gone("--from found.jsonl --passages cut").is_empty());
}
