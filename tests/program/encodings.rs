//! Records in UTF-16 and older encodings, as spreadsheets and Windows programs write them.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::fs;

use serde_json::json;

use crate::bench::{Bench, lines, words};

const TEXT: &str =
    "The weather mast on the hill was painted red & white 👍 again last week, after years of only white.";

fn encoded(text: &str, is_little_endian: bool) -> Vec<u8> {
    let bytes = |unit: u16| if is_little_endian { unit.to_le_bytes() } else { unit.to_be_bytes() };
    text.encode_utf16().flat_map(bytes).collect()
}

/// Three records, the first two equal, as a name tells.
fn records(name: &str) -> (String, String) {
    let other = words(0, 30);
    let object = |id: u32, text: &str| json!({"id": id, "text": text}).to_string();
    let [a, b, c] = [object(1, TEXT), object(2, TEXT), object(3, &other)];
    match name.rsplit('.').next().unwrap() {
        "jsonl" => (format!("{a}\n{b}\r\n{c}"), format!("{a}\n{c}")),
        "json" => (format!("[{a},\n {b},\n {c}]\n"), format!("[{a},\n {c}]\n")),
        "csv" => {
            let head = "sep=;\r\nid;text\r\n";
            let of = |id: u32, text: &str| format!("{id};\"{text}\"\r\n");
            let rows = [of(1, TEXT), of(2, TEXT), of(3, &other)];
            (head.to_owned() + &rows.concat(), head.to_owned() + &rows[0] + &rows[2])
        }
        _ => (
            format!("id\ttext\r\n1\t{TEXT}\r\n2\t{TEXT}\r\n3\t{other}\r\n"),
            format!("id\ttext\r\n1\t{TEXT}\r\n3\t{other}\r\n"),
        ),
    }
}

#[test]
fn records_in_utf_16_are_read_and_written_as_they_stood() {
    for name in ["a.jsonl", "a.json", "a.csv", "a.tsv"] {
        for is_little_endian in [true, false] {
            let (before, after) = records(name);
            let bench = Bench::new();
            bench.write(&format!("in/{name}"), encoded(&format!("\u{feff}{before}"), is_little_endian));
            bench.expect(0, "clean in --out out");
            let copy = fs::read(bench.path(&format!("out/{name}"))).unwrap();
            assert_eq!(copy, encoded(&format!("\u{feff}{after}"), is_little_endian), "{name} {is_little_endian}");
        }
    }
}

#[test]
fn passages_are_cut_in_utf_16() {
    let passage = format!("{}.", words(0, 40));
    let text = |n: u64| json!({"text": format!("{}.\n\n{passage}\n\n{}é.", words(n, 30), words(n + 30, 30))});
    let all = [text(100), text(200)].map(|record| record.to_string() + "\n").concat();
    let bench = Bench::new();
    bench.write("in/a.jsonl", encoded(&format!("\u{feff}{all}"), true));
    bench.expect(0, "clean in --passages cut --out out");
    let copy = fs::read(bench.path("out/a.jsonl")).unwrap();
    let expected = json!({"text": format!("{}.\n\n{}é.", words(200, 30), words(230, 30))}).to_string() + "\n";
    assert!(copy.ends_with(&encoded(&expected, true)));
}

#[test]
fn an_encoding_that_is_not_told_by_a_mark_can_be_named() {
    let bench = Bench::new();
    bench.write("in/a.jsonl", encoded(&records("a.jsonl").0, true));
    let (out, _) = bench.expect(3, "scan in");
    assert!(out.contains("UTF-16 without a byte order mark; name it, as in --encoding utf-16le"), "{out}");
    bench.expect(0, "scan in --encoding utf-16le --format json -o found");
    assert_eq!(lines(&bench.read("found")).iter().filter(|line| line["type"] == "document_cluster").count(), 1);
    bench.expect(0, "clean in --encoding utf-16le --out out");
    assert_eq!(fs::read(bench.path("out/a.jsonl")).unwrap(), encoded(&records("a.jsonl").1, true));
}

#[test]
fn json_in_utf_8_is_read_beside_texts_in_another_encoding() {
    let bench = Bench::new();
    bench.write("in/a.jsonl", records("a.jsonl").0).write("in/b.csv", encoded(&records("a.csv").0, true));
    let (out, _) = bench.expect(0, "scan in --encoding utf-16le --level documents");
    assert!(out.contains("6 = 2 kept + 4 removed + 0 skipped"), "{out}");
}

#[test]
fn half_of_a_character_ends_the_file_and_what_came_before_it_counts() {
    let bench = Bench::new();
    let (records, _) = records("a.tsv");
    let mut broken = encoded(&format!("\u{feff}{records}"), true);
    broken.extend(0xd83d_u16.to_le_bytes());
    bench.write("in/a.tsv", &broken);
    let (out, _) = bench.expect(3, "scan in --level documents");
    assert!(out.contains("truncated: UTF-16 data") && out.contains("2 kept + 1 removed + 1 skipped"), "{out}");
    broken.extend("ab".encode_utf16().flat_map(u16::to_le_bytes));
    bench.write("in/a.tsv", &broken);
    let (out, _) = bench.expect(3, "scan in --level documents");
    assert!(out.contains("half of a surrogate pair"), "{out}");
}

#[test]
fn a_table_in_an_old_encoding_is_read_and_written_so() {
    let latin = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let rows = ["1;été;à côté de la forêt", "2;été;à coté de la forêt", "3;hiver;à côté de la forêt"];
    let bench = Bench::new();
    bench.write("in/a.csv", latin(&format!("id;saison;text\r\n{}\r\n", rows.join("\r\n"))));
    let (told, _) = bench.expect(0, "scan in --level documents");
    assert!(told.contains("3 = 2 kept + 1 removed") && told.contains("3 documents in windows-1252"), "{told}");
    bench.expect(0, "clean in --out out --count-field répétés --merge-field saison=saisons");
    let copy = fs::read(bench.path("out/a.csv")).unwrap();
    let expected = format!("id;saison;text;répétés;saisons\r\n{};2;\"[\"\"hiver\"\"]\"\r\n{};1;\r\n", rows[0], rows[1]);
    assert_eq!(encoding_rs::WINDOWS_1252.decode(&copy).0, expected);
    let (_, told) = bench.expect(2, "clean in --out other --count-field saison");
    assert!(told.contains("it has a column `saison` already"), "{told}");
}
