//! `--unit`: whole lines, paragraphs or sentences that are equal, of any length.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::bench::{Bench, lines};

/// The texts of the records of a file.
fn texts_of(bench: &Bench, name: &str) -> Vec<String> {
    lines(&bench.read(name)).iter().map(|record| record["text"].as_str().unwrap().to_owned()).collect()
}

fn jsonl(texts: &[impl AsRef<str>]) -> String {
    texts.iter().map(|text| json!({ "text": text.as_ref() }).to_string() + "\n").collect()
}

const PAGES: [&str; 4] = [
    "Home\nAbout us\nSign up!\nSwallows have built nests under the station roof.\nShare this | All rights reserved.",
    "HOME\nAbout us\n* Sign up\nA carpenter from the upper valley makes skis.\n\nShare this | All rights reserved.",
    "Home\nAbout us\nSign up!\nThe lake froze late.\nShare this; all rights reserved\n",
    "Loading\nLoading\nLoading\nThe last boat goes at ten past ten.\nLoading\n\nLoading\nLoading",
];

#[test]
fn one_copy_of_each_line_stays() {
    let bench = Bench::with(&[("in/a.jsonl", &jsonl(&PAGES))]);
    let (_, told) = bench.expect(0, "clean in --out out --unit line --passages cut");
    assert!(told.contains("13 cut, 0 left"), "{told}");
    let expected = [
        PAGES[0],
        "A carpenter from the upper valley makes skis.",
        "The lake froze late.\n",
        "Loading\nThe last boat goes at ten past ten.",
    ];
    assert_eq!(texts_of(&bench, "out/a.jsonl"), expected);
    let removed = lines(&bench.read("out/_doublon/removed.jsonl"));
    let about = removed.iter().find(|cut| cut["words"] == 2 && cut["span"]["record"] == 1);
    assert!(about.is_some_and(|cut| cut["covered"] == 1.0), "{removed:#?}");
    bench.expect(0, "clean out --out again --unit line --passages cut");
    assert_eq!(
        (bench.read("again/a.jsonl"), bench.read("again/_doublon/removed.jsonl").as_str()),
        (bench.read("out/a.jsonl"), "")
    );
}

#[test]
fn units_are_told_by_how_often_they_stand() {
    let bench = Bench::with(&[("in/a.jsonl", &jsonl(&PAGES))]);
    let (out, _) = bench.expect(0, "scan in --unit line --format json");
    let found = lines(&out);
    let families = found.iter().filter(|line| line["type"] == "passage_family");
    let counts: BTreeMap<&str, &Value> =
        families.map(|family| (family["keep"]["excerpt"].as_str().unwrap(), &family["count"])).collect();
    let expected =
        [("About us", 3), ("Home", 3), ("Loading", 6), ("Share this | All rights reserved.", 3), ("Sign up!", 3)];
    assert!(counts.iter().map(|(unit, count)| (*unit, count.as_u64().unwrap())).eq(expected), "{counts:?}");
    let (header, summary) = (&found[0]["parameters"], &found[found.len() - 1]);
    assert_eq!(
        (&header["unit"], &header["min_words"], &summary["passage_matches"]),
        (&json!("line"), &json!(1), &json!(13))
    );
    let (report, _) = bench.expect(0, "scan in --unit line");
    assert!(report.contains("5 repeated passages (13 matches)"), "{report}");
    assert!(report.contains("one line in 6 places of 1 document, 35 bytes stand again"), "{report}");
    let (out, _) = bench.expect(0, "scan in --unit line --min-words 4 --format json");
    assert_eq!(out.matches("passage_family\"").count(), 1, "{out}");
    let (_, told) = bench.expect(2, "scan in --unit line --min-words 0");
    assert!(told.contains("min-words is 0, but it must be at least 1"), "{told}");
    let (_, told) = bench.expect(2, "clean in --out out --unit line");
    assert!(told.contains("--unit has no effect without --passages cut"), "{told}");
}

#[test]
fn what_has_no_word_stays() {
    let code = "fn main() {\n    one(two);\n}\n\n---\n\u{200b}\n```\nls\n```\n}";
    let bench = Bench::with(&[("in/a.jsonl", &jsonl(&[code, "---\nls\n\u{200b}\n```\nfn main() {\n}\ncd"]))]);
    bench.expect(0, "clean in --out out --unit line --passages cut");
    assert_eq!(texts_of(&bench, "out/a.jsonl"), [code, "---\n\u{200b}\n```\n}\ncd"]);
}

#[test]
fn a_line_at_the_head_of_many_pages_is_furniture() {
    let pages: Vec<String> =
        (0..6).map(|n| format!("Home and news\nown {n} one\nown {n} two\nown {n} three")).collect();
    let bench = Bench::with(&[("in/a.jsonl", &jsonl(&pages))]);
    let found = lines(&bench.expect(0, "scan in --unit line --format json").0);
    let family = found.iter().find(|line| line["type"] == "passage_family").unwrap();
    assert_eq!((&family["class"], &family["documents"]), (&json!("furniture"), &json!(6)));
}

#[test]
fn paragraphs_and_sentences_are_units_too() {
    let texts = [
        "A first paragraph\nof two lines.\n\nIt rains. It pours. ---\n\n---\n\n👍",
        "It pours. The old man is snoring.\n\nA first paragraph of two lines.\n\n👍👍\n\n---\n\n👍",
    ];
    let bench = Bench::with(&[("in/a.jsonl", &jsonl(&texts))]);
    let cleaned = |unit: &str| {
        bench.expect(0, &format!("clean in --out {unit} --unit {unit} --passages cut"));
        texts_of(&bench, &format!("{unit}/a.jsonl"))
    };
    assert_eq!(cleaned("paragraph"), [texts[0], "It pours. The old man is snoring.\n\n👍👍\n\n---"]);
    let left = "It pours. The old man is snoring.\n\nA first paragraph of two lines.\n\n👍👍\n\n---";
    assert_eq!(cleaned("line"), [texts[0], left]);
    // Short lines are sentences.
    assert_eq!(cleaned("sentence"), [texts[0], left.trim_start_matches("It pours. ")]);
}

#[test]
fn a_scope_limits_what_a_unit_repeats() {
    let bench =
        Bench::with(&[("in/a.jsonl", &jsonl(&["one\ntwo\none\nx y z", "one\none\nthree four", "two\nfive six"]))]);
    let cleaned = |scope: &str| {
        bench.expect(0, &format!("clean in --out {scope} --unit line --passages cut --scope {scope}"));
        texts_of(&bench, &format!("{scope}/a.jsonl"))
    };
    assert_eq!(cleaned("both"), ["one\ntwo\nx y z", "three four", "five six"]);
    assert_eq!(cleaned("within"), ["one\ntwo\nx y z", "one\nthree four", "two\nfive six"]);
    assert_eq!(cleaned("across"), ["one\ntwo\none\nx y z", "three four", "five six"]);
}

/// Texts of lines that are drawn from few, some of them without a word.
fn drawn(seed: u64) -> Vec<String> {
    let mut state = seed;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut line = |own: u64| match next(8) {
        0 => String::new(),
        1 => ["---", "***", "…", "- - -"][next(4) as usize].to_owned(),
        2 => format!("own {own} {}", next(10_000)),
        3 => format!("Two sentences {}. Here they are {}!", next(6), next(6)),
        _ => format!("Line {}", next(30)),
    };
    (0..40).map(|own| (0..4 + own % 9).map(|_| line(own)).collect::<Vec<_>>().join("\n")).collect()
}

/// What a line is compared by; nothing if it has no word.
fn normal(line: &str) -> String {
    let words: Vec<String> =
        line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join(" ")
}

#[test]
fn what_is_left_is_the_first_copy_of_each_unit() {
    for seed in 0..8 {
        let texts = drawn(seed);
        let bench = Bench::with(&[("in/a.jsonl", &jsonl(&texts))]);
        for unit in ["line", "paragraph", "sentence"] {
            let flags = format!("--unit {unit} --passages cut");
            bench.expect(0, &format!("clean in --out {unit} {flags}"));
            bench.expect(0, &format!("clean {unit} --out {unit}-again {flags}"));
            assert_eq!(bench.read(&format!("{unit}-again/_doublon/removed.jsonl")), "", "{unit} {seed} {texts:#?}");
        }
        let all = || texts.iter().flat_map(|text| text.lines()).map(normal).filter(|line| !line.is_empty());
        let left: Vec<String> = texts_of(&bench, "line/a.jsonl")
            .iter()
            .flat_map(|text| text.lines())
            .map(normal)
            .filter(|line| !line.is_empty())
            .collect();
        let mut met = BTreeSet::new();
        let expected: Vec<String> = all().filter(|line| met.insert(line.clone())).collect();
        assert_eq!(left, expected, "{seed} {texts:#?}");
    }
}

#[test]
fn threads_memory_and_order_do_not_matter() {
    let texts = drawn(9);
    let bench = Bench::with(&[("a.jsonl", &jsonl(&texts[..11])), ("b.jsonl", &jsonl(&texts[11..]))]);
    for unit in ["line", "sentence"] {
        let scan = |flags: &str| bench.expect(0, &format!("scan --unit {unit} --format json {flags}")).0;
        let whole = scan("a.jsonl b.jsonl --threads 1");
        assert!(whole.contains("passage_family"));
        assert_eq!(scan("b.jsonl a.jsonl --threads 3"), whole);
        assert_eq!(scan("a.jsonl b.jsonl --threads 2 --memory 64MiB"), whole);
    }
}

#[test]
fn known_text_is_no_unit() {
    let bench =
        Bench::with(&[("in/a.jsonl", &jsonl(&["Home\nx y\nThe end", "Home\nz z\nThe end"])), ("menu.txt", "home")]);
    bench.expect(0, "clean in --out out --unit line --passages cut --ignore-text menu.txt");
    assert_eq!(texts_of(&bench, "out/a.jsonl"), ["Home\nx y\nThe end", "Home\nz z"]);
}

#[test]
fn plain_files_keep_their_line_ends() {
    let bench = Bench::with(&[
        ("in/a.txt", "Home\r\n\r\nFirst text.\r\n"),
        ("in/b.txt", "Home\r\n\r\nSecond text.\r\nHome\r\n"),
    ]);
    bench.write("doublon.toml", "unit = \"line\"\n[clean]\npassages = \"cut\"\n");
    bench.expect(0, "clean in --out out --config doublon.toml");
    assert_eq!(
        (bench.read("out/a.txt"), bench.read("out/b.txt")),
        ("Home\r\n\r\nFirst text.\r\n".into(), "Second text.\r\n".into())
    );
}

#[test]
fn lines_of_blocks_and_lines_that_part_a_word_stay() {
    let guide = |more: &str| {
        format!(
            "# Guide\n\n| Option | Meaning |\n|---|---|\n| -a | all |\n\n```sh\nmake install\n```\n\n{more} is here.\n"
        )
    };
    let broken = "The supply of the whole town hangs on the drink-\nwater main, which leaks.\n";
    let bench = Bench::with(&[
        ("in/a.md", &guide("The first text")),
        ("in/b.md", &guide("Another text")),
        ("in/c.txt", &format!("{broken}Some words of its own.\n")),
        ("in/d.txt", &format!("It begins in another way.\n{broken}")),
    ]);
    for unit in ["line", "paragraph", "sentence"] {
        bench.expect(0, &format!("clean in --out out --overwrite --unit {unit} --passages cut"));
        bench.expect(0, "verify out");
        let block = "| Option | Meaning |\n|---|---|\n| -a | all |\n\n```sh\nmake install\n```\n";
        if unit != "paragraph" {
            assert!(bench.read("out/b.md").contains(block), "{unit}: {}", bench.read("out/b.md"));
            assert!(bench.read("out/_doublon/staying.jsonl").contains("no_whole_block"));
        }
        // Paragraphs and sentences have both lines of the word.
        let has_word = bench.read("out/d.txt").contains("drink-\nwater main");
        assert_eq!(has_word, unit == "line", "{unit}: {}", bench.read("out/d.txt"));
    }
}
