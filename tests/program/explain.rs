//! Explanations of real findings: from the sources, and from the findings alone where a source has changed.

#![allow(clippy::expect_used)] // helpers of tests fail like tests

use std::fs;
use std::path::Path;

use doublon::Config;
use doublon::Result;
use doublon::finding::Findings;
use doublon::finding::InputOptions;
use doublon::finding::comparison::Rule;
use doublon::finding::explanation::{Explanation, Fate, Subject};
use doublon::inspect::explain::{ExplainRequest, explain};
use doublon::report::explanation::{write_json, write_text};
use doublon::report::text::Style;
use doublon::scan::{Resources, scan};
use doublon_core::verify::difference::PieceKind;

fn words(range: std::ops::Range<usize>) -> String {
    let word = |n: usize| format!("{:x} ", (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 30);
    range.map(word).collect::<Vec<_>>().concat()
}

/// A kept text, a near copy with one word changed, an excerpt, a record that is none, and a text like no other.
fn corpus() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: String| fs::write(folder.path().join(name), text).expect("is written");
    let text = words(0..200);
    let near = text.replacen(&words(50..51), "changed ", 1);
    write("a.txt", text);
    write("b.txt", near);
    write(
        "c.jsonl",
        format!("{{\"id\":\"x\",\"text\":\"{}\"}}\nno JSON\n{{\"text\":\"{}\"}}\n", words(20..80), words(300..400)),
    );
    folder
}

fn found(folder: &Path) -> Findings {
    let options = InputOptions::default();
    scan(&[folder.to_path_buf()], &Config::default(), &options, &Resources::default(), &()).expect("is read")
}

fn told(findings: &Findings, id: &str, with: Option<&str>) -> Result<Explanation> {
    let told = explain(findings, &ExplainRequest { id, with, limit: 20, path: Path::new("found.jsonl") })?;
    // Whatever is told can be written in both forms.
    assert!(text(&told).len() > 40);
    let mut out = Vec::new();
    write_json(&told, &mut out).expect("memory takes all");
    let json: serde_json::Value = serde_json::from_slice(&out).expect("one JSON value");
    assert_eq!(json["schema"], "doublon.explanation/1");
    Ok(told)
}

fn text(told: &Explanation) -> String {
    let mut out = Vec::new();
    write_text(told, "found.jsonl", &Style::default(), &mut out).expect("memory takes all");
    String::from_utf8(out).expect("UTF-8")
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().expect("UTF-8").to_owned()
}

#[test]
fn f33_the_words_that_differ_are_shown() {
    let folder = corpus();
    let findings = found(folder.path());
    let told = told(&findings, "d1", None).expect("is there");
    let Subject::Cluster(cluster) = &told.subject else { panic!("{told:?}") };
    let removed = &cluster.members[0];
    let comparison = removed.comparison.as_ref().expect("the sources are there");
    assert!((comparison.jaccard() - removed.member.jaccard).abs() < 1e-12, "measured again, the same");
    assert_eq!(removed.rule, Rule::Similarity);
    let changed = words(50..51);
    let expected = format!("[-{}-]{{+changed+}}", changed.trim());
    assert!(text(&told).replace("\n    | ", " ").contains(&expected), "{}", text(&told));
}

#[test]
fn each_finding_is_explained_by_its_id() {
    let folder = corpus();
    let findings = found(folder.path());
    let passage = told(&findings, "p1", None).expect("is there");
    let Subject::Match(found) = &passage.subject else { panic!("{passage:?}") };
    let alignment = found.alignment.as_ref().expect("the sources are there");
    assert!(alignment.pieces.iter().all(|piece| piece.kind == PieceKind::Equal || piece.kind == PieceKind::Words));
    assert!(text(&passage).contains("always: it has "), "{}", text(&passage));
    let family = told(&findings, "f1", None).expect("is there");
    let Subject::Family(found) = &family.subject else { panic!("{family:?}") };
    assert_eq!((found.places.len(), found.matches.as_slice()), (1, ["p1".to_owned()].as_slice()));
    assert!(matches!(told(&findings, "d1:1", None).expect("is there").subject, Subject::Cluster(_)));
}

#[test]
fn a_document_is_told_its_fate() {
    let folder = corpus();
    let findings = found(folder.path());
    let fate = |name: &str| match told(&findings, &path(folder.path(), name), None).expect(name).subject {
        Subject::Document(document) => document.fate,
        other => panic!("{other:?}"),
    };
    assert!(matches!(fate("a.txt"), Fate::Keeper { count: 1, .. }));
    assert!(matches!(fate("b.txt"), Fate::Removed { .. }));
    assert!(matches!(fate("c.jsonl#1"), Fate::Skipped(_)));
    assert!(matches!(fate("c.jsonl:2"), Fate::Skipped(_)));
    assert!(matches!(fate("c.jsonl#2"), Fate::Kept));
    assert!(matches!(fate("c.jsonl#id:x"), Fate::Kept));
}

#[test]
fn a_kept_document_is_measured_against_one_that_is_named() {
    let folder = corpus();
    let findings = found(folder.path());
    let (name, other) = (path(folder.path(), "c.jsonl#id:x"), path(folder.path(), "a.txt"));
    let told = told(&findings, &name, Some(&other)).expect("both are there");
    let Subject::Document(document) = &told.subject else { panic!("{told:?}") };
    let with = document.with.as_ref().expect("the other one was named");
    assert!(with.jaccard() < 0.5 && with.containment_a() > 0.8, "{with:?}");
}

#[test]
fn a_source_that_changed_is_told_and_the_findings_are_not_held_against_it() {
    let folder = corpus();
    let findings = found(folder.path());
    fs::write(folder.path().join("b.txt"), "another text").expect("is written");
    let told = told(&findings, "d1", None).expect("is told from the findings");
    let Subject::Cluster(cluster) = &told.subject else { panic!("{told:?}") };
    assert!(cluster.members[0].comparison.is_none());
    assert_eq!(told.lost.len(), 1);
    assert_eq!(told.lost[0].detail, "it has changed since the scan");
    let document = self::told(&findings, &path(folder.path(), "b.txt"), None).expect("is told from the findings");
    assert_eq!(document.lost, told.lost);
    let Subject::Document(document) = &document.subject else { panic!("{document:?}") };
    assert!(matches!(&document.fate, Fate::Removed { removed, .. } if removed.comparison.is_none()));
    fs::remove_file(folder.path().join("a.txt")).expect("was there");
    let told =
        explain(&findings, &ExplainRequest { id: "p1", with: None, limit: 1, path: Path::new("f") }).expect("is told");
    assert_eq!(told.lost[0].detail, "there is no such file");
    assert!(matches!(told.subject, Subject::Match(_)));
}

#[test]
fn what_is_not_there_is_refused_with_what_there_is() {
    let folder = corpus();
    let findings = found(folder.path());
    let refusal = |id: &str| told(&findings, id, None).expect_err(id).to_string();
    let all = "cluster d1, match p1, family f1";
    assert_eq!(refusal("d2"), format!("found.jsonl: there is no d2; the findings have {all}"));
    let with = self::told(&findings, "p1", Some("a.txt")).expect_err("is no document").to_string();
    assert_eq!(with, "found.jsonl: p1 is a finding; --with goes with a document");
    assert_eq!(refusal("d1:2"), "found.jsonl: there is no d1:2; the findings have d1:1 to d1:1");
    assert!(refusal("nothing.txt").contains(&format!("no source `nothing.txt`; the findings have {all}")));
    assert!(
        refusal(&path(folder.path(), "c.jsonl"))
            .ends_with("it holds 2 documents; name one of them by its record, as in #0")
    );
    assert!(refusal(&path(folder.path(), "c.jsonl#9")).ends_with("there is no document #9; it has #0 to #2"));
    assert!(refusal(&path(folder.path(), "c.jsonl#id:y")).contains("no record has the id y"));
}
