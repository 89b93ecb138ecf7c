//! Texts that were made so that other words in them have the same hashes.

use serde_json::Value;

use crate::bench::{Bench, lines};

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

fn gone(bench: &Bench, arguments: &str) -> Vec<String> {
    let name = |value: &Value| value["source"].as_str().unwrap().to_owned();
    let lines = lines(&bench.expect(0, &format!("clean {arguments} --dry-run --format json")).0);
    let told = |line: &Value| match line["what"].as_str() {
        Some("document") => format!("{} for {}", name(&line["doc"]), name(&line["kept"])),
        _ => format!("part of {}", name(&line["span"])),
    };
    lines.iter().map(told).collect()
}

#[test]
fn f29_texts_of_other_words_with_the_same_hashes_are_no_duplicates() {
    let [a, b] = TWINS.map(text);
    let bench = Bench::with(&[("in/a.txt", &a), ("in/b.txt", &b), ("in/c.txt", &format!("{a} and more"))]);
    bench.write("in/d.txt", format!("{b} and more")).write("in/e.txt", &b).write("in/f.txt", a.to_uppercase());
    let went = ["in/c.txt for in/a.txt", "in/d.txt for in/b.txt", "in/e.txt for in/b.txt", "in/f.txt for in/a.txt"];
    assert_eq!(gone(&bench, "in"), went);
    assert_eq!(gone(&bench, "in --containment 0.9"), went);
    assert_eq!(gone(&bench, "in --pairs"), went);
    assert_eq!(gone(&bench, "in --exact"), went[2..3]);
    assert!(gone(&bench, "in/a.txt in/b.txt --isolate").is_empty());
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
    assert!(gone(&bench, "in --passages cut").is_empty());
    assert!(gone(&bench, "in --passages cut --unit paragraph").is_empty());
    bench.write("in/c.txt", with("acht", &b, "neun"));
    assert_eq!(gone(&bench, "in/b.txt in/c.txt --passages cut"), ["part of in/c.txt"]);
}
