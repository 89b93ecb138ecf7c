//! `doublon verify`: a clean copy is proved by its inputs and its evidence, and each promise that is broken is noticed.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::generator::{Corpus, Mix, Options};
use crate::oracle::write_corpus;

/// A passage that two texts repeat, one of them with another word.
const PASSAGE: &str = "The harbour was closed on Monday after a storm had torn three boats from their moorings in the \
                       night. Nobody was hurt, the harbour master said, but it will take weeks until all is repaired.";

/// Passages of fewer than a sentence, which repeat and stay.
const STAYS: &str = "who came over the hills at dawn with nothing but a lamp and a small bag of bread for the long way \
                     down to the sea";

/// A folder with a corpus, and a clean copy of it.
fn cleaned() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    let corpus: Vec<_> = Corpus::new(Options { seed: 5, documents: 120, words: 80, mix: Mix::default() }).collect();
    write_corpus(&folder.path().join("in"), &corpus, 2);
    let with = |before: &str, passage: &str, after: &str| format!("{before}\n\n{passage}\n\n{after}");
    let texts = [
        with("Of the coast.", PASSAGE, "That was that."),
        with("Of the weather here.", &PASSAGE.replace("three", "four"), "And so on."),
        format!("In the first year of the war we saw the men {STAYS} in the far and empty north of it."),
        format!("Late one summer, they say, there were seven old women {STAYS} on the sunny side of our south."),
    ];
    let lines: String = texts.iter().map(|text| serde_json::json!({ "text": text }).to_string() + "\n").collect();
    fs::write(folder.path().join("in/more.jsonl"), lines).unwrap();
    let output = doublon(folder.path(), "clean in --out out --passages cut");
    assert!(output.status.success());
    folder
}

fn doublon(folder: &Path, arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doublon"));
    command.args(arguments.split_whitespace()).arg("--no-progress").current_dir(folder).output().unwrap()
}

/// Returns the exit code of a proof, and the promises that do not hold by it.
fn proved(folder: &Path) -> (i32, Vec<String>) {
    let output = doublon(folder, "verify out --format json");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let faults = told["faults"].as_array().cloned().unwrap_or_default();
    let mut promises: Vec<String> = faults.iter().map(|fault| fault["promise"].as_str().unwrap().to_owned()).collect();
    promises.dedup();
    assert_eq!(told["holds"], Value::from(output.status.success()));
    (output.status.code().unwrap(), promises)
}

/// Changes a line of a file that has a word, in place of `from` to `to`.
fn change(path: &Path, with: &str, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    let line = text.lines().find(|line| line.contains(with)).unwrap_or_else(|| panic!("no {with} in {text}"));
    assert!(line.contains(from), "no {from} in {line}");
    fs::write(path, text.replacen(line, &line.replacen(from, to, 1), 1)).unwrap();
}

#[test]
fn what_a_copy_promises_is_proved() {
    let folder = cleaned();
    assert_eq!(proved(folder.path()), (0, vec![]));
    let told = String::from_utf8(doublon(folder.path(), "verify out").stdout).unwrap();
    assert_eq!(told.lines().count(), 5, "{told}");
    assert!(told.lines().all(|line| line[5..].starts_with("holds")), "{told}");
}

#[test]
fn each_broken_promise_is_noticed() {
    let evidence = |name: &str| PathBuf::from("out/_doublon").join(name);
    let removed = evidence("removed.jsonl");
    let [input, copy] = ["in", "out"].map(|folder| PathBuf::from(folder).join("more.jsonl"));
    let changes: [(&str, &Path, [&str; 3], &[&str]); 11] = [
        ("an input", &input, ["hills", "north", "west"], &["P1", "P4"]),
        ("a text in the copy", &copy, ["hills", "north", "west"], &["P4"]),
        ("a cut that is not made", &copy, ["weather", "And so", "The harbour. And so"], &["P4"]),
        ("a number that stays", &evidence("summary.json"), ["\"removed\"", "\"removed\": ", "\"removed\": 1"], &["P4"]),
        ("how much is covered", &removed, ["more.jsonl", "\"covered\":0.", "\"covered\":0.0"], &["P3"]),
        ("what differs", &removed, ["more.jsonl", "[\"four\"]", "[]"], &["P3"]),
        ("how similar", &removed, ["\"exact\":true", "\"jaccard\":1.0", "\"jaccard\":0.9"], &["P3"]),
        ("the end of a cut", &removed, ["more.jsonl", "\"start\":22", "\"start\":26"], &["P3", "P4"]),
        ("a kept place that is cut", &removed, ["more.jsonl", "\"record\":0", "\"record\":1"], &["P2"]),
        ("a place that is not there", &removed, ["more.jsonl", "\"record\":0", "\"record\":99"], &["P3"]),
        (
            "a copy that is gone",
            &evidence("sources.jsonl"),
            ["more.jsonl", "\"copy\":\"more.jsonl\"", "\"copy\":null"],
            &["P4"],
        ),
    ];
    for (what, path, [with, from, to], promises) in changes {
        let folder = cleaned();
        change(&folder.path().join(path), with, from, to);
        let (code, found) = proved(folder.path());
        assert_eq!(code, 1, "{what}");
        assert!(promises.iter().all(|promise| found.contains(&(*promise).to_owned())), "{what}: {found:?}");
    }
}

#[test]
fn a_file_of_which_nothing_went_has_its_bytes() {
    let folder = cleaned();
    let own = "{\"id\": 1, \"text\": \"Words of which no other text has so many.\"}\n";
    fs::write(folder.path().join("in/own.jsonl"), own).unwrap();
    for flags in ["", "--count-field copies"] {
        assert!(doublon(folder.path(), &format!("clean in --out out --overwrite {flags}")).status.success());
        assert_eq!(proved(folder.path()), (0, Vec::new()), "{flags}");
    }
    assert!(doublon(folder.path(), "clean in --out out --overwrite").status.success());
    change(&folder.path().join("out/own.jsonl"), "Words", "\"id\": 1", "\"id\": 2");
    assert_eq!(proved(folder.path()), (1, vec!["P4".to_owned()]));
}

#[test]
fn a_duplicate_that_was_put_into_a_copy_is_noticed() {
    let folder = cleaned();
    let path = folder.path().join("out/more.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let first = text.lines().next().unwrap();
    fs::write(&path, format!("{text}{first}\n")).unwrap();
    assert_eq!(proved(folder.path()), (1, vec!["P4".to_owned(), "P10".to_owned()]));
}

#[test]
fn a_repeat_that_is_told_nowhere_is_noticed() {
    let folder = cleaned();
    let path = folder.path().join("out/_doublon/staying.jsonl");
    let told = fs::read_to_string(&path).unwrap();
    let others: String = told.split_inclusive('\n').filter(|line| !line.contains("more.jsonl")).collect();
    assert_ne!(told, others);
    fs::write(&path, others).unwrap();
    assert_eq!(proved(folder.path()), (1, vec!["P10".to_owned()]));
}

#[test]
fn a_cause_is_told_once_and_counts_are_words() {
    let folder = TempDir::new().unwrap();
    let told = String::from_utf8(doublon(folder.path(), "verify out").stderr).unwrap();
    assert_eq!(told.matches("os error 2").count(), 1, "{told}");
    fs::write(folder.path().join("a.jsonl"), "{\"text\": \"One.\"}\n{\"text\": \"One.\"}\n").unwrap();
    assert!(doublon(folder.path(), "clean a.jsonl --out out").status.success());
    let told = String::from_utf8(doublon(folder.path(), "verify out").stdout).unwrap();
    assert!(told.contains("(1 file)") && told.contains("(1 document, 0 passages)"), "{told}");
}

#[test]
fn without_evidence_nothing_is_proved() {
    let folder = cleaned();
    for name in ["sources.jsonl", "removed.jsonl", "staying.jsonl", "summary.json"] {
        let path = folder.path().join("out/_doublon").join(name);
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(doublon(folder.path(), "verify out").status.code(), Some(2), "{name}");
        fs::write(&path, "{\"what\":\"else\"}\n").unwrap();
        assert_eq!(doublon(folder.path(), "verify out").status.code(), Some(2), "{name}");
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(doublon(folder.path(), "verify in").status.code(), Some(2));
    change(&folder.path().join("out/_doublon/sources.jsonl"), "more.jsonl", "\"copy\":\"more", "\"copy\":\"../in/more");
    let told = doublon(folder.path(), "verify out");
    assert_eq!(told.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&told.stderr).contains("is not below the output"));
}
