//! What a user's machine and archive do to the reading of sources, and what is then reported.

#![cfg(all(feature = "compression", feature = "glob", feature = "warc"))]
#![allow(clippy::unwrap_used)] // a helper that fails is a test that fails

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use doublon::Error;
use doublon::finding::{BadInput, InputOptions, RecordMode};
use doublon::finding::{Reason, Skipped};
use doublon::scan::{Resources, scan};
use doublon::source::{Format, Record, Rereader, SourceReader, walk};
use doublon::{Config, Level};
use tempfile::TempDir;

use crate::reading::{Outcome, folder, gzip, read, read_bytes, read_default, read_jsonl};

fn bad_inputs() -> PathBuf {
    "data/bad".into()
}

fn bad_input(case: &str) -> Outcome {
    read_default(bad_inputs().join(case))
}

#[test]
fn f12_the_encoding_that_is_named_counts() {
    let encoding = encoding_rs::Encoding::for_label(b"windows-1252");
    let options = InputOptions { encoding, ..InputOptions::default() };
    let bytes = b"id,text\n1,d\xe9j\xe0 vu\n";
    for (name, expected) in [("a.txt", "id,text\n1,déjà vu\n"), ("a.csv", "déjà vu")] {
        let outcome = read_bytes(name, bytes, &options);
        let (_, record) = &outcome.documents[0];
        assert_eq!((record.text.as_str(), record.lossy, record.encoding), (expected, false, encoding), "{name}");
    }
}

#[test]
fn f12_rows_and_lines_are_in_the_encoding_that_their_file_shows() {
    let lines = InputOptions { record: RecordMode::Lines, ..InputOptions::default() };
    let russian = "id,text\n1,Пример строки текста\n2,Пример строкм текста\n";
    for (encoding, text) in
        [("windows-1252", "id,text\n1,déjà vu à côté\n2,déjà vu à coté\n"), ("windows-1251", russian)]
    {
        let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes()).expect("it has a name");
        let bytes = encoding.encode(text).0;
        for (name, options) in [("a.csv", &InputOptions::default()), ("a.txt", &lines)] {
            let outcome = read_bytes(name, &bytes, options);
            let texts: Vec<&str> = text.lines().skip(usize::from(name == "a.csv")).collect();
            let field = |line: &&str| if name == "a.csv" { line[2..].to_owned() } else { (*line).to_owned() };
            assert_eq!(outcome.texts(), texts.iter().map(field).collect::<Vec<_>>(), "{name}");
            let is_told = |(_, record): &(String, Record)| !record.lossy && record.encoding == Some(encoding);
            assert!(outcome.documents.iter().all(is_told), "{name}");
        }
    }
    let mostly_utf8 = b"id,text\n1,\xc3\xa9t\xc3\xa9 et c\xf4t\xc3\xa9\n";
    let outcome = read_bytes("a.csv", mostly_utf8, &InputOptions::default());
    assert_eq!((outcome.texts(), outcome.documents[0].1.lossy), (vec!["été et c\u{fffd}té"], true));
}

#[test]
fn f12_columns_are_named_in_the_encoding_of_the_table() {
    let options = InputOptions { text_field: "Résumé".into(), ..InputOptions::default() };
    let outcome = read_bytes("a.csv", b"id;R\xe9sum\xe9\n1;\xe0 la carte\n", &options);
    assert_eq!(outcome.texts(), ["à la carte"]);
}

/// A scan gives the same findings for the same documents in any form, wherever their texts are kept.
#[test]
fn documents_are_the_same_in_any_format_and_compression() {
    let texts: Vec<String> = (0..60)
        .map(|n| {
            let words: Vec<String> =
                (0..60).map(|word| format!("w{}", if word == 7 { n } else { n / 3 * 100 + word })).collect();
            words.join(" ")
        })
        .collect();
    let jsonl: String = texts.iter().map(|text| format!("{{\"text\":\"{text}\"}}\n")).collect::<Vec<_>>().concat();
    let csv =
        format!("text,n\r\n{}", texts.iter().map(|text| format!("\"{text}\",1\r\n")).collect::<Vec<_>>().concat());
    let warc: String = texts.iter().map(|text| format!(
        "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{text}\r\n\r\n", text.len()
    )).collect::<Vec<_>>().concat();
    let zstd = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
    let plain = |text: &str| text.as_bytes().to_vec();
    let clusters = |name: &str, bytes: &[u8], level| {
        let folder = folder([(name, bytes)]);
        let parameters = Config::builder().level(level).build().unwrap();
        let resources = Resources { memory: Some(64 << 20), ..Resources::default() };
        let found = scan(&[folder.path().join(name)], &parameters, &InputOptions::default(), &resources, &()).unwrap();
        // The header is a line.
        let record = |record: u64| record - u64::from(name.starts_with("a.csv"));
        let of_cluster = |cluster: &doublon::finding::DocumentCluster| {
            (
                record(cluster.keep.record),
                cluster
                    .members
                    .iter()
                    .map(|member| (record(member.doc.record), member.jaccard.to_bits()))
                    .collect::<Vec<_>>(),
            )
        };
        (found.summary.documents, found.clusters.iter().map(of_cluster).collect::<Vec<_>>())
    };
    for level in [Level::Documents, Level::All] {
        let expected = clusters("a.jsonl", jsonl.as_bytes(), level);
        assert_eq!((expected.0, expected.1.len()), (60, 20), "each text has two near copies");
        for (name, bytes) in [
            ("a.jsonl.gz", gzip(jsonl.as_bytes())),
            ("a.jsonl.zst", zstd(&jsonl)),
            ("a.csv", plain(&csv)),
            ("a.csv.zst", zstd(&csv)),
            ("a.warc", plain(&warc)),
            ("a.warc.gz", gzip(warc.as_bytes())),
        ] {
            assert_eq!(clusters(name, &bytes, level), expected, "{name} {level:?}");
        }
    }
}

/// The inputs of `data/bad`, held to what is written there.
mod cases {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_case_is_met_as_expected() {
        let cases = fs::read_to_string(bad_inputs().join("cases.jsonl")).unwrap();
        assert!(cases.lines().count() >= 42, "cases are missing");
        let mut report = String::new();
        for line in cases.lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let outcome = bad_input(case["case"].as_str().unwrap());
            let faults = faults(&case["expected"], &outcome);
            if !faults.is_empty() {
                writeln!(report, "{}: {faults:#?}\n{:#?}\n{:#?}", case["case"], outcome.skipped, outcome.texts())
                    .unwrap();
            }
        }
        assert!(report.is_empty(), "{report}");
    }

    /// Returns what is wrong with the outcome of a case.
    fn faults(expected: &Value, outcome: &Outcome) -> Vec<String> {
        let mut faults = exit_and_count(expected, outcome);
        for bad in list(expected, "bad") {
            let hits = outcome.skipped.iter().filter(|skipped| is_about(bad, skipped)).count();
            if hits != 1 {
                faults.push(format!("{hits} reports of {bad}"));
            }
        }
        for pair in list(expected, "not_byte_exact") {
            let [a, b] = [0, 1].map(|i| outcome.document(pair[i].as_str().unwrap()));
            if (&a.text, a.raw_hash) == (&b.text, b.raw_hash) {
                faults.push(format!("taken for the same bytes: {pair}"));
            }
        }
        for word in list(expected, "never_in_output") {
            if outcome.texts().iter().any(|text| text.contains(word.as_str().unwrap())) {
                faults.push(format!("{word} stands in a document"));
            }
        }
        faults
    }

    fn exit_and_count(expected: &Value, outcome: &Outcome) -> Vec<String> {
        let exit = if outcome.skipped.iter().any(|skipped| skipped.reason.is_fault()) { 3 } else { 0 };
        let aim = expected["documents_ok"].as_u64().unwrap();
        let least = expected["documents_ok_min"].as_u64().unwrap_or(aim);
        let most = expected["documents_ok_max"].as_u64().unwrap_or(aim);
        let (count, skipped) = (outcome.documents.len() as u64, outcome.skipped.len() as u64);
        let reported_instead = list(expected, "exit_also").any(|also| *also == exit) && count + skipped == aim;
        let mut faults = Vec::new();
        if expected["exit"] != exit && !list(expected, "exit_also").any(|also| *also == exit) {
            faults.push(format!("exit {exit}"));
        }
        if !(least..=most).contains(&count) && !reported_instead {
            faults.push(format!("{count} documents"));
        }
        faults
    }

    fn is_about(bad: &Value, skipped: &Skipped) -> bool {
        let reason = if bad["reason"] == "bad_json" { "invalid_json" } else { bad["reason"].as_str().unwrap() };
        let same = |field: &str, ours: Option<u64>| bad[field].is_null() || bad[field].as_u64() == ours;
        // A finding about a whole file has no offset, which the cases write as 0.
        let offset = skipped.offset.or(skipped.record.is_none().then_some(0));
        bad["file"].as_str().is_none_or(|file| Path::new(&skipped.source).ends_with(file))
            && skipped.reason.name() == reason
            && same("line", skipped.record.map(|record| record + 1))
            && same("offset", offset)
    }

    fn list<'a>(expected: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
        expected[field].as_array().into_iter().flatten()
    }
}

#[test]
fn f01_files_without_words_are_read_as_documents() {
    let outcome = bad_input("txt_empty");
    let without_words = outcome.texts().iter().filter(|text| !text.contains(char::is_alphanumeric)).count();
    assert_eq!((outcome.documents.len(), without_words, outcome.skipped.len()), (5, 4, 0));
    let outcome = read_jsonl(b"\xef\xbb\xbf\n \t\r\n\n");
    assert_eq!((outcome.documents.len(), outcome.skipped.len(), outcome.sources.len()), (0, 0, 1));
}

#[test]
fn f02_an_empty_folder_has_no_sources() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("inner")).unwrap();
    let found = walk(&[folder.path().into()], &InputOptions::default()).unwrap();
    assert_eq!(found, doublon::source::FoundSources::default());
}

#[test]
fn f02_files_that_patterns_leave_out_are_counted() {
    let folder =
        folder([("a.txt", b"a"), ("b.md", b"b"), ("sub/c.txt", b"c"), ("old/d.txt", b"d"), ("old/e.txt", b"e")]);
    let names = |glob: &[&str], exclude: &[&str]| {
        let [glob, exclude] = [glob, exclude].map(|list| list.iter().map(|&pattern| pattern.to_owned()).collect());
        let options = InputOptions { glob, exclude, ..InputOptions::default() };
        let found = walk(&[folder.path().into()], &options).unwrap();
        let below = |path: &Path| path.strip_prefix(folder.path()).unwrap().display().to_string();
        (found.sources.iter().map(|source| below(&source.path)).collect::<Vec<_>>().join(" "), found.left_out)
    };
    assert_eq!(names(&[], &[]), ("a.txt b.md old/d.txt old/e.txt sub/c.txt".into(), 0));
    assert_eq!(names(&["*.txt"], &[]), ("a.txt old/d.txt old/e.txt sub/c.txt".into(), 1));
    assert_eq!(names(&["sub/*"], &[]), ("sub/c.txt".into(), 4));
    assert_eq!(names(&["/*.txt"], &[]), ("a.txt".into(), 4));
    assert_eq!(names(&["*.txt"], &["old"]), ("a.txt sub/c.txt".into(), 2));
    assert_eq!(names(&["*.pdf"], &[]), (String::new(), 5));
}

#[test]
fn f02_a_pattern_that_is_none_is_an_error() {
    let options = InputOptions { glob: vec!["a[".into()], ..InputOptions::default() };
    let error = walk(&[], &options).unwrap_err();
    assert_eq!(error.to_string(), "glob is `a[`, but it must be a pattern such as `*.txt` or `news/**`");
}

#[test]
fn f03_a_missing_path_ends_the_run_or_is_reported() {
    let folder = folder([("a.txt", b"a")]);
    let [good, missing] = ["a.txt", "b.txt"].map(|name| folder.path().join(name));
    let paths = [missing.clone(), good];
    match walk(&paths, &InputOptions::default()) {
        Err(Error::Missing { path }) => assert_eq!(path, missing),
        other => panic!("{other:?}"),
    }
    let outcome = read(&paths, &InputOptions { bad_input: BadInput::Skip, ..InputOptions::default() });
    assert_eq!((outcome.files(), outcome.reasons()), (vec!["a.txt"], vec![Reason::Missing]));
    assert_eq!(outcome.skipped[0].source, missing.display().to_string());
}

#[test]
fn f09_a_file_that_goes_before_it_is_read_is_reported() {
    let folder = folder([("a.txt", b"a")]);
    let found = walk(&[folder.path().into()], &InputOptions::default()).unwrap();
    fs::remove_file(folder.path().join("a.txt")).unwrap();
    let error = SourceReader::open(&found.sources[0], &InputOptions::default().into()).err().unwrap();
    assert_eq!(error.reason, Reason::Vanished);
}

type Change<'a> = &'a dyn Fn(&Path);

#[test]
fn f08_a_record_of_a_file_that_changed_is_not_read_again() {
    let later = |path: &Path, seconds: u64| {
        let file = File::options().append(true).open(path).unwrap();
        let before = file.metadata().unwrap().modified().unwrap();
        file.set_modified(before + std::time::Duration::from_secs(seconds)).unwrap();
    };
    for (seconds, expected) in [(0, Ok("words")), (1, Err(Reason::Changed))] {
        let folder = folder([("a.txt", b"words")]);
        let path = folder.path().join("a.txt");
        let found = walk(std::slice::from_ref(&path), &InputOptions::default()).unwrap();
        let reader = SourceReader::open(&found.sources[0], &InputOptions::default().into()).unwrap();
        later(&path, seconds);
        let mut again =
            Rereader::open(&found.sources[0], reader.format(), reader.stamp(), &InputOptions::default().into())
                .unwrap();
        let mut read = || again.read(0, 0, 5, &InputOptions::default().into()).map_err(|skipped| skipped.reason);
        assert_eq!(read().as_ref().map(|record| record.text.as_str()), expected.as_ref().copied());
        later(&path, 2);
        assert_eq!(read().unwrap_err(), Reason::Changed);
    }
}

#[test]
fn f08_a_file_that_changes_while_it_is_read_is_flagged() {
    let rewrite = |path: &Path| {
        let before = fs::metadata(path).unwrap().modified().unwrap();
        fs::write(path, b"other").unwrap();
        // Whatever the clock's steps are, a later write has another time.
        let later = before + std::time::Duration::from_secs(1);
        File::options().append(true).open(path).unwrap().set_modified(later).unwrap();
    };
    let append = |path: &Path| File::options().append(true).open(path).unwrap().write_all(b"more").unwrap();
    let shrink = |path: &Path| File::options().write(true).open(path).unwrap().set_len(2).unwrap();
    let replace = |path: &Path| {
        fs::write(path.with_extension("new"), b"words").unwrap();
        fs::rename(path.with_extension("new"), path).unwrap();
    };
    let remove = |path: &Path| fs::remove_file(path).unwrap();
    let changes: [(&str, Change, &str); 6] = [
        ("nothing", &|_| {}, ""),
        ("rewrite", &rewrite, "the file was written to while it was read"),
        ("append", &append, "the file had 5 bytes when it was opened and 9 at the end"),
        ("shrink", &shrink, "the file had 5 bytes when it was opened and 2 at the end"),
        ("replace", &replace, "the file was replaced by another while it was read"),
        ("remove", &remove, "the file was removed while it was read"),
    ];
    for (what, change, detail) in changes {
        let folder = folder([("a.txt", b"words")]);
        let path = folder.path().join("a.txt");
        let found = walk(std::slice::from_ref(&path), &InputOptions::default()).unwrap();
        let reader = SourceReader::open(&found.sources[0], &InputOptions::default().into()).unwrap();
        change(&path);
        let mut outcome = Outcome::default();
        outcome.take(reader, "a.txt", &InputOptions::default());
        assert_eq!(outcome.texts(), ["words"], "{what}");
        let expected = if detail.is_empty() { vec![] } else { vec![Reason::Changed] };
        assert_eq!((outcome.reasons(), outcome.details().concat().as_str()), (expected, detail), "{what}");
    }
}

#[test]
fn f10_invalid_utf8_is_read_with_a_flag_and_a_hash_of_its_bytes() {
    let outcome = bad_input("txt_bad_utf8");
    let is_flagged = |lossy: bool, text: &str| lossy && text.contains('\u{fffd}');
    let is_decoded =
        |(_, record): &(String, Record)| record.encoding.is_some() || is_flagged(record.lossy, &record.text);
    assert!(outcome.documents.iter().all(is_decoded), "{:?}", outcome.documents);
    assert_eq!(outcome.documents.len(), 7);
    // Other bytes are never the same text: what is replaced in it has a hash of its bytes.
    let texts: std::collections::BTreeSet<_> =
        outcome.documents.iter().map(|(_, record)| (record.raw_hash, record.text.as_str())).collect();
    assert_eq!(texts.len(), 7);
}

#[test]
fn f11_odd_characters_stay_as_they_are() {
    for case in ["txt_controls", "txt_line_ends", "txt_invisible", "txt_terminal_escapes", "txt_short"] {
        let outcome = bad_input(case);
        assert!(outcome.documents.len() > 1, "{case}");
        for (name, record) in &outcome.documents {
            assert_eq!(record.text.as_bytes(), fs::read(name).unwrap(), "{name}");
            assert!(!record.lossy, "{name}");
        }
    }
}

#[test]
fn f12_legacy_encodings_are_never_read_without_a_flag() {
    let outcome = bad_input("txt_charsets");
    assert_eq!(outcome.document("as_utf_16.txt").text, outcome.document("as_utf_8.txt").text);
    for (name, record) in &outcome.documents {
        let is_flagged = record.lossy || record.encoding.is_some();
        assert_eq!(is_flagged, !name.ends_with("as_utf_8.txt"), "{name}");
    }
    for name in ["as_utf_16_be.txt", "as_utf_16_le.txt"] {
        assert_eq!(outcome.document(name).text, outcome.document("as_utf_8.txt").text, "{name}");
    }
    assert_eq!(outcome.reasons(), [Reason::Encoding]);
    assert!(outcome.details()[0].contains("UTF-32"), "{:?}", outcome.details());
}

#[test]
fn f13_a_line_above_the_limit_is_passed_over() {
    let long = format!("{{\"text\":\"{}\"}}", "x".repeat(3 << 20));
    let lines = format!("{{\"text\":\"one\"}}\n{long}\n{{\"text\":\"three\"}}\n{long}");
    let at =
        |max_record| read_bytes("a.jsonl", lines.as_bytes(), &InputOptions { max_record, ..InputOptions::default() });
    // Below and above the size of a block, and one byte below the line's own.
    for max_record in [20, 100_000, 2 << 20, long.len() as u64 - 1] {
        let outcome = at(max_record);
        assert_eq!(outcome.texts(), ["one", "three"], "{max_record}");
        assert_eq!(outcome.reasons(), [Reason::TooLarge; 2], "{max_record}");
        let places: Vec<_> = outcome.skipped.iter().map(|skipped| (skipped.record, skipped.offset)).collect();
        assert_eq!(places, [(Some(1), Some(15)), (Some(3), Some(15 + long.len() as u64 + 18))], "{max_record}");
        assert_eq!(outcome.details()[0], format!("line 2: longer than {max_record} bytes; raise --max-record"));
        assert_eq!(outcome.sources[0].bytes, lines.len() as u64);
    }
    assert_eq!(at(long.len() as u64).documents.len(), 4);
}

#[test]
fn f13_a_file_above_the_limit_is_passed_over() {
    let outcome = |max_record| read_bytes("a.txt", b"12345", &InputOptions { max_record, ..InputOptions::default() });
    assert_eq!((outcome(4).texts(), outcome(4).reasons()), (vec![], vec![Reason::TooLarge]));
    assert_eq!((outcome(5).texts(), outcome(5).reasons()), (vec!["12345"], vec![]));
}

#[test]
fn f15_each_bad_line_is_reported_with_its_place_and_what_is_wrong() {
    let lines = [
        (r#"{"text":"a","id":"1"}"#, None),
        (r#"{"text":"a""#, Some((Reason::InvalidJson, "column 11: EOF while parsing an object"))),
        (r#"{"text":"a"} x"#, Some((Reason::InvalidJson, "column 14: trailing characters"))),
        (
            r#"{"title":"t","n":1,"body":"b"}"#,
            Some((
                Reason::MissingText,
                "record has no field `text`; name the field with --text-field, as in --text-field body (it has `title` \
                 string, `n` number, `body` string)",
            )),
        ),
        ("{}", Some((Reason::MissingText, "record has no field `text`; name the field with --text-field"))),
        (r#"{"text":null}"#, Some((Reason::TextNotString, "field `text` is null, but it must be a string"))),
        (r#"{"text": 1e999}"#, Some((Reason::TextNotString, "field `text` is a number, but it must be a string"))),
        (r#"{"text":["a",7]}"#, Some((Reason::TextNotString, "field `text[1]` is a number, but it must be a string"))),
        (r#" ["a"]"#, Some((Reason::NotAnObject, "is an array, but a record must be an object"))),
        (r#""text""#, Some((Reason::NotAnObject, "is a string, but a record must be an object"))),
        (r#"{"text":"a","te\u0078t":"b"}"#, Some((Reason::DuplicateKey, "field `text` stands 2 times in the object"))),
        (r#"{"id":1,"text":"a","id":2}"#, Some((Reason::DuplicateKey, "field `id` stands 2 times in the object"))),
        (r#"{"text":"a","x":1,"x":2}"#, None),
        (r#"{"text":"last"}"#, None),
    ];
    let file = lines.map(|(line, _)| line).join("\r\n\n");
    let outcome = read_jsonl(file.as_bytes());
    assert_eq!(outcome.texts(), ["a", "a", "last"]);
    let mut offset = 0;
    let mut skipped = outcome.skipped.iter();
    for (number, (line, fault)) in lines.iter().enumerate() {
        if let Some((reason, detail)) = fault {
            let got = skipped.next().unwrap();
            assert_eq!(
                (got.reason, got.offset, got.record),
                (*reason, Some(offset), Some(2 * number as u64)),
                "{line}"
            );
            assert_eq!(got.detail, Some(format!("line {}: {detail}", 2 * number + 1)), "{line}");
        }
        offset += line.len() as u64 + 3;
    }
    assert_eq!(skipped.next(), None);
}

#[test]
fn f15_invalid_utf8_costs_its_own_line_only() {
    let outcome = read_jsonl(b"{\"text\":\"a\"}\n{\"text\":\"b\xff\"}\n{\"text\":\"c\"}");
    assert_eq!((outcome.texts(), outcome.reasons()), (vec!["a", "c"], vec![Reason::InvalidUtf8]));
    assert_eq!(outcome.details(), ["line 2: byte 0xff in column 11 is not UTF-8"]);
}

#[test]
fn f15_records_are_numbered_by_lines_and_placed_by_bytes() {
    let outcome = read_jsonl(b"\xef\xbb\xbf{\"text\":\"a\"}\r\n\n  {\"text\":\"b\"}\n");
    let places: Vec<_> = outcome.documents.iter().map(|(_, r)| (r.record, r.offset, r.length)).collect();
    assert_eq!(places, [(0, 3, 13), (2, 18, 14)]);
}

#[test]
fn f16_deep_nesting_costs_no_stack() {
    let deep = |open: &str, close: &str| (open.repeat(200_000), close.repeat(200_000));
    let ((a, b), (c, d)) = (deep("[", "]"), deep("{\"a\":", "}"));
    let lines = [
        format!(r#"{{"text":"one","x":{a}{b}}}"#),
        format!(r#"{{"x":{c}1{d},"text":"two"}}"#),
        format!(r#"{{"text":"no","x":{a}}}"#),
        format!(r#"{{"text":{a}{b}}}"#),
        format!("{a}{b}"),
        format!(r#"{{"id":{a}{b},"text":"three"}}"#),
    ]
    .join("\n");
    let outcome = read_jsonl(lines.as_bytes());
    assert_eq!(outcome.texts(), ["one", "two", "three"]);
    assert_eq!(outcome.reasons(), [Reason::InvalidJson, Reason::TextNotString, Reason::NotAnObject]);
    // The path that looks inside fields may not recurse either.
    let options = InputOptions { text_field: "x.a".into(), ..InputOptions::default() };
    assert_eq!(read_bytes("a.jsonl", lines.as_bytes(), &options).documents.len(), 0);
}

#[test]
fn f16_extremes_in_fields_that_are_not_read_do_no_harm() {
    let key = "k".repeat(10 << 20);
    let outcome = read_jsonl(format!("{{\"{key}\":1e999,\"text\":\"a\",\"y\":\"\\ud800\"}}\n").as_bytes());
    assert_eq!((outcome.texts(), outcome.reasons()), (vec!["a"], vec![]));
    let outcome = read_jsonl(format!("{{\"{key}\":\"b\",\"x\":\"a\"}}\n").as_bytes());
    assert_eq!(
        outcome.details(),
        [format!(
            "line 1: record has no field `text`; name the field with --text-field (it has `{}...` string, `x` string)",
            &key[..40]
        )]
    );
}

#[test]
fn f16_half_a_surrogate_pair_is_an_error_of_its_line() {
    let outcome = read_jsonl(b"{\"text\":\"\\ud83d\\ude00\"}\n{\"text\":\"\\ud83d\"}\n{\"text\":\"\\ude00\\ud83d\"}\n");
    assert_eq!((outcome.texts(), outcome.reasons()), (vec!["\u{1f600}"], vec![Reason::InvalidJson; 2]));
    assert!(outcome.details()[0].starts_with("line 2: field `text`: "), "{:?}", outcome.details());
}

#[test]
fn f17_a_file_of_another_shape_gets_one_message_that_names_it() {
    let outcome = bad_input("jsonl_wrong_shape");
    let mut messages: Vec<_> = outcome
        .skipped
        .iter()
        .map(|skipped| {
            let detail = skipped.detail.as_deref().unwrap();
            let shape = detail.strip_prefix("the file is ").and_then(|rest| rest.split(", not JSON Lines").next());
            (Path::new(&skipped.source).file_stem().unwrap().to_str().unwrap(), shape.unwrap_or(detail))
        })
        .collect();
    messages.sort_unstable();
    let expected = [
        ("array", "a JSON array"),
        ("array_pretty", "a JSON array"),
        ("concat", "JSON objects without line ends between them"),
        ("is_csv", "a table (CSV or TSV)"),
        ("is_html", "markup (HTML or XML)"),
        ("pretty", "pretty-printed JSON, with an object on several lines"),
        ("rs", "a JSON text sequence (RFC 7464)"),
    ];
    assert_eq!(messages, expected);
}

#[test]
fn f17_shapes_are_told_in_files_larger_than_a_block() {
    let object = format!("{{\n \"text\": \"{}\"\n}}", "word ".repeat(1000));
    let pretty = vec![object.as_str(); 1000].join("\n");
    let array = format!("[{}]", vec![object.as_str(); 1000].join(","));
    for (file, shape) in [(pretty, "pretty-printed"), (array, "array")] {
        let outcome = read_jsonl(file.as_bytes());
        assert_eq!(outcome.reasons(), [Reason::WrongShape]);
        assert!(outcome.details()[0].contains(shape), "{:?}", outcome.details());
    }
}

#[test]
fn f17_an_array_with_one_element_a_line_is_an_array() {
    for file in ["[\n{\"text\":\"a\"},\n{\"text\":\"b\"}\n]\n", "[\n{\"text\":\"a\"}\n]"] {
        let outcome = read_jsonl(file.as_bytes());
        assert_eq!(outcome.reasons(), [Reason::WrongShape], "{file}: {:?}", outcome.skipped);
    }
}

#[test]
fn f17_a_bad_first_line_does_not_condemn_the_file() {
    for first in
        ["[1, 2]", "[", "{", "{\"text\":\"cut", "<p>", "id,text", "\"text\"", "NaN", "{'text': 'x'}", "{\"a\":1}{}"]
    {
        let outcome = read_jsonl(format!("{first}\n{{\"text\":\"good\"}}\n").as_bytes());
        assert_eq!((outcome.texts(), outcome.skipped.len()), (vec!["good"], 1), "{first}: {:?}", outcome.skipped);
        assert_eq!(outcome.skipped[0].record, Some(0));
    }
}

#[test]
fn f17_one_cut_object_is_a_bad_line_and_not_another_shape() {
    let outcome = read_jsonl(b"{\"text\":\"cut of");
    assert_eq!((outcome.reasons(), outcome.skipped[0].record), (vec![Reason::InvalidJson], Some(0)));
}

#[test]
fn what_is_no_text_is_named() {
    let random: Vec<u8> = (0..5000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (name, bytes, what) in [
        ("a.txt", random.as_slice(), "not text"),
        ("a.txt", b"PAR1 and more", "a Parquet file"),
        ("a.jsonl", &[0; 5000], "not text"),
        ("a.txt", b"%PDF-1.4\nplain enough", "a PDF"),
    ] {
        let outcome = read_bytes(name, bytes, &InputOptions::default());
        assert_eq!(outcome.reasons(), [Reason::Binary], "{name} {what}");
        assert!(outcome.details()[0].contains(what), "{:?}", outcome.details());
    }
}

#[test]
fn fields_inside_others_are_found_by_their_path() {
    let lines = br#"{"meta":{"text":"WRONG","id":7},"doc":{"x":{"text":"a"}}}
{"doc":{"x":{"text":"b"}},"meta":{"id":"8"}}
{"doc":{"x":{"text":"c"}},"meta":[1e999]}
{"doc":{"x":"text"}}
{"doc":{"x":{"text":"d"},"x":{}}}
"#;
    let options =
        InputOptions { text_field: "doc.x.text".into(), id_field: "meta.id".into(), ..InputOptions::default() };
    let outcome = read_bytes("a.jsonl", lines, &options);
    assert_eq!((outcome.texts(), outcome.ids()), (vec!["a", "b", "c"], vec![Some("7"), Some("8"), None]));
    assert_eq!(outcome.reasons(), [Reason::MissingText, Reason::DuplicateKey]);
    let both = InputOptions { text_field: "a".into(), id_field: "a".into(), ..InputOptions::default() };
    let outcome = read_bytes("a.jsonl", b"{\"a\":\"same\"}", &both);
    assert_eq!((outcome.texts(), outcome.ids()), (vec!["same"], vec![Some("same")]));
}

#[test]
fn ids_are_kept_as_they_are_written() {
    let numbers = bad_input("jsonl_numbers");
    let written = ["1e999", "-0", "123456789012345678901234567890", "0.1e-400", "9007199254740993"];
    assert_eq!(numbers.ids(), written.map(Some));
    let some = |id| Some(id);
    let ids = [some("same"), some("same"), some("7"), some("7"), some("null"), some("[1]"), None];
    assert_eq!(bad_input("jsonl_ids").ids()[..7], ids);
    assert_eq!(bad_input("jsonl_ids").ids()[7..], [some("a\nb"), some("\u{1b}[31m"), some("../x"), None]);
}

/// Lines of very different lengths, some blank, over several blocks.
fn many_lines(line: impl Fn(usize) -> String) -> String {
    let lengths = (0..3000u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 53) as usize);
    lengths.map(|n| if n % 7 == 0 { "\n".into() } else { line(n) + "\n" }).collect()
}

#[test]
fn blocks_join_to_what_a_plain_loop_over_lines_gives() {
    let file = many_lines(|n| format!("{{\"id\":{n},\"text\":\"{}é\"}}", "a b\\n".repeat(n / 2)));
    assert!(file.len() > 3 << 20);
    let outcome = read_jsonl(file.as_bytes());
    let mut offset = 0;
    let mut documents = outcome.documents.iter().map(|(_, record)| record);
    for (number, line) in file.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        if !bare.is_empty() {
            let value: serde_json::Value = serde_json::from_str(bare).unwrap();
            let got = documents.next().unwrap();
            assert_eq!((got.record, got.offset, got.length), (number as u64, offset, bare.len() as u64));
            assert_eq!(
                (Some(got.text.as_str()), got.id.clone()),
                (value["text"].as_str(), Some(value["id"].clone().into()))
            );
        }
        offset += line.len() as u64;
    }
    assert_eq!((documents.next(), outcome.skipped.len()), (None, 0));
    let hash = doublon_core::hash::content_hash(file.as_bytes());
    assert_eq!((outcome.sources[0].bytes, &outcome.sources[0].xxh3_128), (offset, &format!("{hash:032x}")));
}

#[test]
fn every_record_can_be_read_again() {
    let lines = many_lines(|n| format!("{{\"id\":{n},\"text\":\"{}\"}}", "é ".repeat(n)));
    let files: [(&str, &[u8]); 6] = [
        ("a.jsonl", lines.as_bytes()),
        ("latin.csv", b"id,text\n1,d\xe9j\xe0 vu\n2,\xe0 c\xf4t\xe9\n"),
        ("latin.txt", b"d\xe9j\xe0 vu\n\xe0 c\xf4t\xe9\n"),
        ("bom.jsonl", b"\xef\xbb\xbf{\"text\":\"a\"}\n{\"text\":\"b\"}"),
        ("plain.txt", b"\xef\xbb\xbfone\r\n\r\ntw\xff\n"),
        ("utf16.txt", b"\xff\xfeo\0n\0e\0"),
    ];
    let folder = folder(files);
    for record in [RecordMode::File, RecordMode::Lines] {
        let options = InputOptions { record, ..InputOptions::default() };
        let found = walk(&[folder.path().into()], &options).unwrap();
        for source in found.sources {
            let reader = SourceReader::open(&source, &options.clone().into()).unwrap();
            if !reader.can_reread() {
                assert_eq!(
                    (record, &*source.name()),
                    (RecordMode::Lines, &*folder.path().join("utf16.txt").to_string_lossy())
                );
                continue;
            }
            let mut again = Rereader::open(&source, reader.format(), reader.stamp(), &options.clone().into()).unwrap();
            let mut outcome = Outcome::default();
            outcome.take(reader, "", &options);
            assert!(!outcome.documents.is_empty());
            for (_, first) in outcome.documents.iter().rev() {
                let second = again.read(first.record, first.offset, first.length, &options.clone().into()).unwrap();
                assert_eq!(*first, second);
            }
            assert_eq!(again.read(0, 1 << 40, 10, &options.clone().into()).unwrap_err().reason, Reason::Changed);
        }
    }
}

#[test]
fn plain_text_can_be_read_line_by_line() {
    let file = many_lines(|n| "word ".repeat(n));
    let options = InputOptions { record: RecordMode::Lines, ..InputOptions::default() };
    let outcome = read_bytes("a.txt", file.as_bytes(), &options);
    let expected: Vec<_> = file.split_terminator('\n').filter(|line| !line.trim().is_empty()).collect();
    assert_eq!(outcome.texts(), expected);
}

const BY_STANDARD_INPUT: &str = "DOUBLON_TEST_BY_STANDARD_INPUT";

#[test]
fn the_format_of_standard_input_is_told_by_its_content() {
    // In the run of this test that the other one starts, standard input is what the other one wrote.
    if let Some(expected) = std::env::var_os(BY_STANDARD_INPUT) {
        let outcome = read(&["-".into(), "-".into()], &InputOptions::default());
        assert_eq!(outcome.texts().join("|"), expected.into_string().unwrap());
        assert_eq!((outcome.files(), outcome.skipped.len()), (vec!["-"], 0));
        return;
    }
    let lines = format!("{{\"text\":\"a\"}}\n{}{{\"text\":\"b\"}}", "\n".repeat(2 << 20));
    for (input, expected) in [(lines.as_str(), "a|b"), ("# Title\n\n{}", "# Title\n\n{}"), ("", "")] {
        let mut test = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "faults::the_format_of_standard_input_is_told_by_its_content"])
            .env(BY_STANDARD_INPUT, expected)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        test.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = test.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::os::unix::process::CommandExt;

    use super::*;

    const AS_ANOTHER_USER: &str = "DOUBLON_TEST_AS_ANOTHER_USER";

    #[test]
    fn f04_what_may_not_be_read_is_reported_and_the_rest_read() {
        let folder = folder([("a/file.txt", b"a"), ("b/secret.txt", b"b"), ("c/file.txt", b"c")]);
        let locked = [folder.path().join("a"), folder.path().join("b/secret.txt")];
        let set_mode =
            |mode| locked.iter().for_each(|path| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap());
        set_mode(0o000);
        if File::open(&locked[1]).is_ok() {
            set_mode(0o755);
            return run_as_another_user("faults::unix::f04_what_may_not_be_read_is_reported_and_the_rest_read");
        }
        let outcome = read_default(folder.path());
        // A pattern for files does not hide a folder that cannot be looked into.
        let txt =
            read(&[folder.path().into()], &InputOptions { glob: vec!["*.txt".into()], ..InputOptions::default() });
        let named = read_default(&locked[1]);
        set_mode(0o755);
        for outcome in [outcome, txt] {
            assert_eq!((outcome.texts(), outcome.reasons()), (vec!["c"], vec![Reason::Permission; 2]));
        }
        assert_eq!(named.reasons(), [Reason::Permission]);
    }

    /// Root may read everything, so the test is run once more by a copy of this program without that right.
    fn run_as_another_user(test: &str) {
        assert!(std::env::var_os(AS_ANOTHER_USER).is_none(), "an ordinary user can read a file of mode 000");
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let program = folder.path().join("test");
        // Another process writes the copy. If this one did, a child that another test starts at that moment would have
        // the file open for writing too, and until that child runs its own program nobody may run ours (ETXTBSY).
        let copy = Command::new("cp").arg(std::env::current_exe().unwrap()).arg(&program).output().unwrap();
        assert!(copy.status.success(), "{}", String::from_utf8_lossy(&copy.stderr));
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let nobody = 65534;
        let output = Command::new(program)
            .args(["--exact", test])
            .env(AS_ANOTHER_USER, "1")
            .current_dir(folder.path())
            .gid(nobody)
            .uid(nobody)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("1 passed"), "{text}{:?}", output.stderr);
    }

    #[test]
    fn f05_links_in_folders_are_not_followed() {
        let folder = tree_of_links();
        let outcome = read_default(folder.path());
        assert_eq!((outcome.texts(), outcome.reasons()), (vec!["a"], vec![Reason::NotRegular; 4]));
        assert!(outcome.details().iter().all(|detail| detail.starts_with("a link ")), "{:?}", outcome.details());
    }

    #[test]
    fn f05_loops_and_dangling_links_are_reported_when_links_are_followed() {
        let folder = tree_of_links();
        let outcome = read(&[folder.path().into()], &InputOptions { follow: true, ..InputOptions::default() });
        assert_eq!(outcome.texts(), ["a"]);
        let by_name: Vec<_> =
            outcome.skipped.iter().map(|s| (s.source.rsplit('/').next().unwrap(), s.reason)).collect();
        let expected = [
            ("dangling", Reason::Missing),
            ("other_name", Reason::SameFile),
            ("self", Reason::LinkLoop),
            ("up", Reason::LinkLoop),
        ];
        assert_eq!(by_name, expected);
    }

    #[test]
    fn f05_a_link_that_was_named_is_followed() {
        let folder = tree_of_links();
        let path = |name: &str| folder.path().join("sub").join(name);
        assert_eq!(read_default(path("other_name")).texts(), ["a"]);
        assert!(matches!(walk(&[path("dangling")], &InputOptions::default()), Err(Error::Missing { .. })));
        assert_eq!(read_default(path("self")).reasons(), [Reason::LinkLoop]);
    }

    fn tree_of_links() -> TempDir {
        let folder = folder([("sub/a.txt", b"a")]);
        for (target, link) in [("..", "up"), ("nowhere", "dangling"), ("self", "self"), ("a.txt", "other_name")] {
            symlink(target, folder.path().join("sub").join(link)).unwrap();
        }
        folder
    }

    #[test]
    fn f06_a_file_is_read_once_whatever_leads_to_it() {
        let folder = folder([("sub/b.txt", b"text"), ("z.txt", b"other")]);
        fs::hard_link(folder.path().join("sub/b.txt"), folder.path().join("sub/c.txt")).unwrap();
        symlink("sub", folder.path().join("link")).unwrap();
        let at = |path: &str| folder.path().join(path);
        let mut paths =
            [at(""), at("sub"), at("sub/b.txt"), at("sub/../sub/b.txt"), at("link/b.txt"), at("./z.txt"), at("z.txt")];
        let first = read(&paths, &InputOptions::default());
        assert_eq!(first.texts(), ["other", "text"]);
        // The link to the folder is no file, and the hard link is another name; other ways to one place are silent.
        assert_eq!(first.reasons(), [Reason::NotRegular, Reason::SameFile]);
        assert!(first.skipped[1].source.ends_with("sub/c.txt"));
        for turn in 0..paths.len() {
            paths.rotate_left(1);
            let outcome = read(&paths, &InputOptions::default());
            assert_eq!((&outcome.sources, &outcome.skipped), (&first.sources, &first.skipped), "turn {turn}");
        }
        paths.reverse();
        assert_eq!(read(&paths, &InputOptions::default()).sources, first.sources);
    }

    #[test]
    fn sources_are_sorted_by_the_bytes_of_their_paths() {
        let folder = folder([("a/b.txt", b"2"), ("a.txt", b"1"), ("a-c", b"0"), ("B", b"-1"), ("é", b"3")]);
        assert_eq!(read_default(folder.path()).texts(), ["-1", "0", "1", "2", "3"]);
    }

    #[test]
    fn f07_what_is_no_file_is_passed_over_in_folders() {
        let folder = folder([("a.txt", b"a")]);
        let _socket = UnixListener::bind(folder.path().join("socket")).unwrap();
        make_pipe(&folder.path().join("pipe"));
        let outcome = read_default(folder.path());
        assert_eq!((outcome.texts(), outcome.reasons()), (vec!["a"], vec![Reason::NotRegular; 2]));
        assert!(outcome.details()[0].contains("a named pipe") && outcome.details()[1].contains("a socket"));
    }

    #[test]
    fn f07_a_pipe_that_was_named_is_read_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        make_pipe(&pipe);
        let through_pipe = |command: &str| {
            let mut writer = Command::new("sh")
                .args(["-c", &format!("{command} > \"$0\"")])
                .arg(&pipe)
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let outcome = read(
                &[pipe.clone(), folder.path().into()],
                &InputOptions { max_record: 1000, ..InputOptions::default() },
            );
            writer.wait().unwrap();
            outcome
        };
        assert_eq!(through_pipe("echo words").texts(), ["words\n"]);
        assert_eq!(through_pipe("yes").reasons(), [Reason::TooLarge]);
    }

    #[test]
    fn f07_a_pipe_of_records_is_compared_though_it_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        make_pipe(&pipe);
        let lines = r#"{"text":"one of two equal texts"}"#;
        let mut writer = Command::new("sh")
            .args(["-c", &format!("printf '%s\\n%s\\n' '{lines}' '{lines}' > \"$0\"")])
            .arg(&pipe)
            .spawn()
            .unwrap();
        let parameters = Config::builder().level(Level::Documents).build().unwrap();
        let paths = [pipe];
        let found = scan(&paths, &parameters, &InputOptions::default(), &Resources::default(), &()).unwrap();
        writer.wait().unwrap();
        assert_eq!((found.summary.kept, found.summary.removed), (1, 1));
    }

    #[test]
    fn f07_a_pipe_in_place_of_a_file_is_not_waited_for_when_it_is_read_again() {
        let folder = folder([("a.txt", b"a")]);
        let found = walk(&[folder.path().into()], &InputOptions::default()).unwrap();
        let path = folder.path().join("a.txt");
        fs::remove_file(&path).unwrap();
        make_pipe(&path);
        let error =
            Rereader::open(&found.sources[0], Format::Plain, None, &InputOptions::default().into()).err().unwrap();
        assert_eq!(error.reason, Reason::ReadError);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn f07_devices_and_made_up_files_are_read_if_named() {
        assert_eq!(read_default("/dev/zero").reasons(), [Reason::Binary]);
        assert_eq!(read_default("/dev/null").texts(), [""]);
        let status = read_default("/proc/self/status");
        assert!(status.texts()[0].starts_with("Name:") && status.skipped.is_empty(), "{status:?}");
    }

    #[test]
    fn f07_a_pipe_in_place_of_a_file_is_not_waited_for() {
        let folder = folder([("a.txt", b"a")]);
        let found = walk(&[folder.path().into()], &InputOptions::default()).unwrap();
        let path = folder.path().join("a.txt");
        fs::remove_file(&path).unwrap();
        make_pipe(&path);
        let error = SourceReader::open(&found.sources[0], &InputOptions::default().into()).err().unwrap();
        assert_eq!(error.reason, Reason::NotRegular);
    }

    fn make_pipe(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    #[test]
    fn f39_odd_names_are_read_and_kept() {
        let long = "n".repeat(255);
        let names = ["new\nline", "esc\x1b[31m", "rtl\u{202e}txt", "-rf", "CON", "dot.", " ", long.as_str()];
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let outcome = read_default(folder.path());
        assert_eq!(outcome.files(), outcome.texts());
        assert_eq!((outcome.documents.len(), outcome.skipped.len()), (names.len(), 0));
        assert!(outcome.sources.iter().all(|source| source.path_base64.is_none()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn f39_a_name_that_is_no_utf8_is_given_exactly() {
        let name = OsStr::from_bytes(b"caf\xe9.jsonl");
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), b"{\"text\":\"a\"}").unwrap();
        let outcome = read_default(folder.path().join(name));
        assert_eq!(outcome.texts(), ["a"], "read as JSON Lines");
        let exact = base64_decode(outcome.sources[0].path_base64.as_deref().unwrap());
        assert_eq!(exact, folder.path().join(name).as_os_str().as_bytes());
        assert!(outcome.sources[0].path.ends_with("/caf\u{fffd}.jsonl"));
    }

    fn base64_decode(text: &str) -> Vec<u8> {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let value = |c: u8| alphabet.iter().position(|&a| a == c).unwrap_or_default() as u32;
        let group = |four: &[u8]| four.iter().fold(0, |bits, &c| bits << 6 | value(c)).to_be_bytes();
        let bytes = text.as_bytes().chunks(4).flat_map(|four| group(four)[1..].to_vec());
        let padding = text.bytes().filter(|&c| c == b'=').count();
        bytes.take(text.len() / 4 * 3 - padding).collect()
    }
}
