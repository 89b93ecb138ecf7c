//! Ids come back as they stand in the records, of whatever kind, and however often.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::process::Command;

use serde_json::{Value, json};

use crate::bench::{Bench, lines};

const TEXT: &str = "The weather mast on the hill was painted red and white again last week, after years of only white.";

/// Writes equal records with these ids, and returns the ids of a scan, by record.
fn scanned(bench: &Bench, ids: &[Value]) -> Vec<Value> {
    let records = ids.iter().map(|id| json!({"id": id, "text": TEXT}).to_string() + "\n");
    bench.write("in/a.jsonl", records.collect::<String>());
    bench.expect(0, "scan in --level documents --format json -o found");
    let found = lines(&bench.read("found"));
    let cluster = found.iter().find(|line| line["type"] == "document_cluster").unwrap();
    let members = cluster["members"].as_array().unwrap().iter().map(|member| member["doc"].clone());
    std::iter::once(cluster["keep"].clone()).chain(members).collect()
}

fn report(bench: &Bench, arguments: &str) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doublon"));
    command.arg("report").args(arguments.split_whitespace()).current_dir(bench.path(""));
    command.output().unwrap().stdout
}

#[test]
fn ids_of_any_kind_come_back_as_they_stand() {
    let ids = json!([7, "7", 9_007_199_254_740_993_u64, 1.5, null, true, ["a", 1], {"k": 1}, "  spaced ", "ключ/№1"]);
    let bench = Bench::new();
    let docs = scanned(&bench, ids.as_array().unwrap());
    let found: Vec<&Value> = docs.iter().map(|doc| doc.get("id").unwrap()).collect();
    assert_eq!(found, ids.as_array().unwrap().iter().collect::<Vec<_>>());
    assert!(docs.iter().all(|doc| doc.get("id_repeats").is_none()), "7 and \"7\" are two: {docs:?}");
    let told = String::from_utf8(report(&bench, "found")).unwrap();
    for shown in ["(id 7)", "(id \"7\")", "(id null)", "(id [\"a\",1])"] {
        assert!(told.contains(shown), "{shown}\n{told}");
    }
    let table = String::from_utf8(report(&bench, "found --format csv")).unwrap();
    assert!(table.contains(",9007199254740993,") && table.contains(",null,"), "{table}");
    assert_eq!(report(&bench, "found --format json"), bench.read("found").into_bytes(), "read and written again");
    bench.expect(0, "clean in --out out");
    assert_eq!(bench.removed("out")[0]["doc"]["id"], "7");
    assert_eq!(bench.removed("out")[0]["kept"]["id"], 7);
}

#[test]
fn ids_that_repeat_are_shown_and_marked() {
    let bench = Bench::new();
    let docs = scanned(&bench, &[json!("http://x/"), json!("own"), json!("http://x/")]);
    let marked: Vec<_> =
        docs.iter().map(|doc| (doc["id"].as_str().unwrap(), doc.get("id_repeats").is_some())).collect();
    assert_eq!(marked, [("http://x/", true), ("own", false), ("http://x/", true)]);
    let told = String::from_utf8(report(&bench, "found")).unwrap();
    assert_eq!(told.matches("(id http://x/)").count(), 2, "{told}");
    let log: Value = serde_json::from_slice(&report(&bench, "found --format sarif")).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_ne!(results[0]["partialFingerprints"], results[1]["partialFingerprints"]);
}

#[test]
fn a_field_of_ids_that_no_record_has_is_told() {
    let bench = Bench::new();
    scanned(&bench, &[json!("x"), json!("y")]);
    let (_, told) = bench.expect(0, "scan in --id-field url");
    assert!(told.contains("no record has the field `url` of --id-field"), "{told}");
    for flags in ["", "--id-field id", "--id-field text"] {
        let (_, told) = bench.expect(0, &format!("scan in {flags}"));
        assert!(!told.contains("--id-field"), "{told}");
    }
}

#[test]
fn tables_as_spreadsheets_write_them_keep_their_dialect() {
    let row = |n: usize, text: &str| format!("{n};\"{text}\"\r\n");
    let bodies = [row(1, TEXT), row(2, "Something else."), row(3, TEXT)];
    for (flags, head) in [
        ("", "sep=;\r\nid;text\r\n"),
        ("", "\u{feff}Id; Text \r\n"),
        ("--no-header --text-field 2 --id-field 1", ""),
        ("--no-header --text-field 2 --id-field 1", "sep=;\r\n"),
    ] {
        let bench = Bench::new();
        bench.write("in/a.csv", format!("{head}{}", bodies.concat()));
        bench.expect(0, &format!("clean in --out out {flags}"));
        assert_eq!(bench.read("out/a.csv"), format!("{head}{}{}", bodies[0], bodies[1]), "{head}");
        assert_eq!(bench.removed("out")[0]["doc"]["id"], "3", "{head}");
    }
}
