//! `--ignore-text`: known text is found, and counts nowhere but in the summary.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::bench::{Bench, lines};

const HEADER: &str = "/*\n * This file is part of the Example Tide Table.\n *\n * The Example Tide Table is free software: \
    you may copy it, change it and\n * pass it on under the terms of the example licence, version two or later.\n * It \
    comes without any warranty, not even that the tides will be on time.\n */\n";

/// A folder with `header.txt` and some more files.
fn new_bench(files: &[(&str, &str)]) -> Bench {
    let bench = Bench::with(files);
    bench.write("header.txt", HEADER);
    bench
}

fn findings(bench: &Bench, arguments: &str) -> Findings {
    Findings(lines(&bench.expect(0, &format!("scan {arguments} --format json")).0))
}

struct Findings(Vec<Value>);

impl Findings {
    fn of(&self, kind: &str) -> Vec<&Value> {
        self.0.iter().filter(|found| found["type"] == kind).collect()
    }

    fn summary(&self) -> &Value {
        self.of("summary")[0]
    }

    /// The removed documents with their kept ones, by record.
    fn removals(&self) -> BTreeSet<(u64, u64)> {
        let of_cluster = |cluster: &&Value| {
            let keep = cluster["keep"]["record"].as_u64().unwrap();
            let members = cluster["members"].as_array().unwrap().clone();
            members.into_iter().map(move |member| (keep, member["doc"]["record"].as_u64().unwrap())).collect::<Vec<_>>()
        };
        self.of("document_cluster").iter().flat_map(of_cluster).collect()
    }

    /// The files of the removed documents.
    fn removed_sources(&self) -> Vec<&str> {
        let of_cluster = |cluster: &Value| cluster["members"].as_array().unwrap().len();
        let clusters = self.of("document_cluster");
        let members =
            clusters.into_iter().flat_map(|cluster| (0..of_cluster(cluster)).map(move |n| &cluster["members"][n]));
        members.map(|member| member["doc"]["source"].as_str().unwrap()).collect()
    }

    /// The records and texts of all places of families.
    fn places(&self) -> BTreeSet<(u64, String)> {
        let mut places = BTreeSet::new();
        for family in self.of("passage_family") {
            let others = family["occurrences"].as_array().unwrap();
            for place in others.iter().chain([&family["keep"]]) {
                places.insert((place["record"].as_u64().unwrap(), place["excerpt"].as_str().unwrap().to_owned()));
            }
        }
        places
    }
}

const COPIED: &str = "export function highest(levels) {\n  let best = -Infinity; let at = -1;\n  for (let i = 0; i < \
    levels.length; i++) {\n    if (levels[i] > best) { best = levels[i]; at = i; }\n  }\n  return { best, at, hours: \
    at * 0.25, label: `HW ${best.toFixed(2)} m` };\n}\n";

fn sources() -> Bench {
    let bench = new_bench(&[]);
    for (name, body) in [
        ("copy1", COPIED.to_owned()),
        ("copy2", format!("const unrelated = 1;\n{COPIED}")),
        ("gravity", "export const gravity = 9.81;\n".into()),
        ("depth", "export const harbourDepth = 3.5;\n".into()),
        ("range", "export const tidalRange = 4.2;\n".into()),
    ] {
        bench.write(&format!("src/{name}.js"), format!("{HEADER}{body}"));
    }
    bench
}

#[test]
fn known_text_counts_nowhere_but_in_the_summary() {
    let bench = sources();
    assert!(findings(&bench, "src").removed_sources().len() > 1, "the header makes files alike");
    let found = findings(&bench, "src --ignore-text header.txt");
    assert_eq!(found.removed_sources(), ["src/copy2.js"]);
    let places = findings(&bench, "src --ignore-text header.txt --level passages").places();
    assert!(places.len() == 1 && places.iter().all(|(_, text)| text.starts_with("export function")), "{places:?}");
    let (header, summary) = (HEADER.trim().trim_matches(['/', '*', ' ', '\n']), found.summary());
    let ignored = json!({ "places": 5, "bytes": 5 * header.len(), "documents": 0 });
    assert_eq!(summary["ignored"], ignored);
    let all: usize =
        fs::read_dir(bench.path("src")).unwrap().map(|file| file.unwrap().metadata().unwrap().len() as usize).sum();
    assert_eq!(summary["text_bytes"], all - 5 * header.len());
    let parameters = &found.of("header")[0]["parameters"];
    assert_eq!(parameters["ignore_text"].as_str().map(str::len), Some(32), "{parameters}");
    let (report, _) = bench.expect(0, "scan src --ignore-text header.txt --fail-over 45%");
    assert!(report.contains("of known text"), "{report}");
    bench.expect(1, "scan src --ignore-text header.txt --fail-over 20%");
}

#[test]
fn near_copies_of_known_text_are_known() {
    let reflowed = HEADER.replace("\n * ", " ").replace("version two", "version three");
    let marked: Vec<String> = HEADER.lines().map(|line| format!("# {}", line.trim_matches(['/', '*', ' ']))).collect();
    let marked = marked.join("\n");
    let bench =
        new_bench(&[("in/a.py", &format!("{marked}\ndepth = 3.5")), ("in/b.js", &format!("{reflowed}let a = 1;"))]);
    let found = findings(&bench, "in --ignore-text header.txt");
    assert_eq!(found.summary()["ignored"]["places"], 2, "{}", found.summary());
    assert!(found.places().is_empty() && found.removals().is_empty());
}

#[test]
fn documents_of_known_text_alone_are_kept() {
    let copy = HEADER.to_uppercase();
    let bench = new_bench(&[("in/a.js", HEADER), ("in/b.js", HEADER), ("in/c.js", &copy), ("in/d.txt", "\n")]);
    let found = findings(&bench, "in --ignore-text header.txt");
    let summary = found.summary();
    assert_eq!(
        (&summary["kept"], &summary["removed"], &summary["skipped"]["empty"]),
        (&3.into(), &0.into(), &1.into())
    );
    assert_eq!((&summary["ignored"]["documents"], &summary["text_bytes"]), (&3.into(), &(3 * 11 + 1).into()));
    let (out, _) = bench.expect(0, "clean in --out out --ignore-text header.txt --passages cut");
    assert_eq!((out.as_str(), bench.read("out/b.js")), ("", HEADER.to_owned()));
}

/// Texts of which some repeat others as a whole, in part, or nearly.
fn bodies() -> Vec<String> {
    let sentence = |n: usize| {
        let words: Vec<String> = (0..9).map(|word| format!("w{}", (n * 131 + word * 17) % 4099)).collect();
        format!("It {}.", words.join(" "))
    };
    let text = |range: std::ops::Range<usize>| range.map(sentence).collect::<Vec<_>>().join(" ");
    let passage = text(900..904);
    (0..24)
        .map(|n| match n % 4 {
            0 => text(n * 10..n * 10 + 8),
            1 => text(n / 8 * 100 + 40..n / 8 * 100 + 48).replace("w7", &format!("x{n}")),
            2 => format!("{}\n\n{passage}", text(n * 10..n * 10 + 5)),
            _ => format!("{passage}\n\n{}", text(n * 10..n * 10 + 5)),
        })
        .collect()
}

fn jsonl(texts: &[String]) -> String {
    texts.iter().map(|text| json!({ "text": text }).to_string() + "\n").collect()
}

/// Puts the header before or after each text, or after its first sentence.
fn with_header(texts: &[String]) -> Vec<String> {
    let place = |(n, text): (usize, &String)| match n % 3 {
        0 => format!("{HEADER}\n{text}"),
        1 => format!("{text}\n\n{HEADER}"),
        _ => format!("{HEADER}\n\n{text}\n\n{HEADER}"),
    };
    texts.iter().enumerate().map(place).collect()
}

#[test]
fn what_is_found_is_what_is_found_without_it() {
    let bodies = bodies();
    let bench = new_bench(&[("plain/a.jsonl", &jsonl(&bodies)), ("in/a.jsonl", &jsonl(&with_header(&bodies)))]);
    for flags in ["", "--shingle char:9", "--level passages", "--scope across --min-words 12"] {
        let (plain, found) = (
            findings(&bench, &format!("plain {flags}")),
            findings(&bench, &format!("in --ignore-text header.txt {flags}")),
        );
        assert_eq!(found.removals(), plain.removals(), "{flags}");
        assert_eq!(found.places(), plain.places(), "{flags}");
        assert_eq!(found.summary()["short_repeats"], plain.summary()["short_repeats"], "{flags}");
        assert_eq!(found.summary()["ignored"]["places"], 32, "{flags}");
    }
}

#[test]
fn threads_memory_and_order_do_not_matter() {
    let texts = with_header(&bodies());
    let (first, second) = (jsonl(&texts[..10]), jsonl(&texts[10..]));
    let bench = new_bench(&[
        ("a.jsonl", &first),
        ("b.jsonl", &second),
        ("known.jsonl", &jsonl(&[HEADER.into(), "w1 w2".into()])),
    ]);
    let scan = |arguments: &str| bench.expect(0, &format!("scan {arguments} --format json")).0;
    let whole = scan("a.jsonl b.jsonl --ignore-text known.jsonl --threads 1");
    bench.write("more.txt", "w1 w2");
    for other in [
        "b.jsonl a.jsonl --ignore-text known.jsonl --threads 3",
        "a.jsonl b.jsonl --ignore-text more.txt --ignore-text header.txt --threads 2 --memory 64MiB",
    ] {
        assert_eq!(scan(other), whole, "{other}");
    }
}

#[test]
fn saved_findings_hold_with_the_same_known_text_only() {
    let bench = new_bench(&[("in/a.jsonl", &jsonl(&with_header(&bodies()))), ("other.txt", "another header")]);
    bench.expect(0, "scan in --ignore-text header.txt --format json -o found.jsonl");
    bench.expect(0, "clean in --out direct --ignore-text header.txt --passages cut");
    let cleaned = bench.read("direct/a.jsonl");
    let header = cleaned.matches("Example Tide Table is free").count();
    let all: usize = bench.read("in/a.jsonl").matches("Example Tide Table is free").count();
    assert!(cleaned.len() < bench.read("in/a.jsonl").len() && header > all / 2, "{header} of {all} headers stay");

    let (_, told) = bench.expect(2, "clean --from found.jsonl in --out out --passages cut");
    assert!(
        told.contains("ignore-text is missing, but it must be the known text of that run: give the same files again"),
        "{told}"
    );
    let (_, told) = bench.expect(2, "clean --from found.jsonl in --out out --passages cut --ignore-text other.txt");
    assert!(told.contains("ignore-text is other text, but it must be"), "{told}");
    bench.expect(0, "clean --from found.jsonl in --out out --passages cut --ignore-text header.txt");
    assert_eq!(bench.read("out/a.jsonl"), cleaned);

    bench.expect(0, "clean direct --out again --ignore-text header.txt --passages cut");
    assert_eq!((bench.read("again/a.jsonl"), bench.read("again/_doublon/removed.jsonl")), (cleaned, String::new()));

    let (_, told) = bench.expect(2, "explain found.jsonl d1");
    assert!(told.contains("ignore-text is missing"), "{told}");
    let (told, _) = bench.expect(0, "explain found.jsonl d1 --ignore-text header.txt");
    assert!(!told.contains("Tide Table"), "{told}");
    bench.expect(0, "report found.jsonl");
    bench.expect(0, "explain found.jsonl p1");
}

#[test]
fn it_is_found_in_pages_and_named_in_a_file_of_settings() {
    let page = |body: &str| format!("<html><body><p>{HEADER}</p><article><h1>{body}</h1></article></body></html>");
    let bench = new_bench(&[("site/a.html", &page("One tide.")), ("site/b.html", &page("Another boat."))]);
    bench.write("site/doublon.toml", "ignore-text = '../header.txt'\n");
    let (out, _) = bench.expect(0, "scan site/a.html site/b.html --config site/doublon.toml --format json");
    assert!(out.contains("\"places\":2") && !out.contains("\"type\":\"passage_match\""), "{out}");
    let (out, _) = bench.expect(0, "stats site/a.html site/b.html --config site/doublon.toml --format json");
    assert!(out.contains("\"ignore_text\"") && out.contains("\"repeated_bytes\":0"), "{out}");
    let (out, _) = bench.expect(0, "stats site/a.html site/b.html --config site/doublon.toml");
    assert!(out.contains("ignored    ") && out.contains("in 2 places of known text"), "{out}");
}

#[test]
fn known_text_that_cannot_be_read_ends_the_run() {
    let bench = new_bench(&[("in/a.txt", "text"), ("blank.txt", " \n")]);
    for (name, why) in [("absent.txt", "no such file"), ("blank.txt", "no text that could be ignored")] {
        let (_, told) = bench.expect(2, &format!("scan in --ignore-text {name}"));
        assert!(told.contains(why) && told.contains(name), "{told}");
    }
}
