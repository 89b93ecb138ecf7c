//! JSON files that are a list of records, or an object that holds one: read in blocks, and copied byte for byte.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use serde_json::{Value, json};

use crate::bench::{Bench, lines};

const TEXT: &str = "The weather mast on the hill was painted red and white again last week, after years of only white.";
const OTHER: &str =
    "Nobody knows who paid for the paint, [or so they say], and the \"painter\" has left for the coast.";

fn record(n: usize, text: &str) -> String {
    format!("{{ \"id\":{n},\"text\" : {}}}", Value::from(text))
}

/// The ways in which a list stands in a file: what is around it and between its elements, and the flags that read it.
const FORMS: [(&str, &str, &str, &str); 6] = [
    ("[", ",", "]", ""),
    ("\u{feff}[\n  ", ",\n  ", "\n]\n", ""),
    ("{\"version\": \"],[\", \"data\": [\n", " ,\n", "\n], \"n\": [1, 2]}", ""),
    ("{\"data\":[", ", ", "]}\n", ""),
    ("{\"meta\":[{\"text\":\"a\"}],\"a\":{\"rows\":[", ",", "]}}", "--records a.rows"),
    ("{\n\"names\":[{\"x\":1}],\n\"rows\":[", ",\n", "]\n}", ""),
];

fn joined(form: (&str, &str, &str, &str), records: &[&String]) -> String {
    let records: Vec<&str> = records.iter().map(|record| record.as_str()).collect();
    format!("{}{}{}", form.0, records.join(form.1), form.2)
}

#[test]
fn lists_are_copied_without_what_goes_and_stay_valid() {
    let [a, b, c, d] = [record(0, TEXT), record(1, OTHER), record(2, TEXT), record(3, "Something else.")];
    for form in FORMS {
        for (all, left) in
            [(vec![&a, &b, &c, &d], vec![&a, &b, &d]), (vec![&b, &a, &c], vec![&b, &a]), (vec![&a, &c, &c], vec![&a])]
        {
            let bench = Bench::new();
            bench.write("in/a.json", joined(form, &all));
            bench.expect(0, &format!("clean in --out out {}", form.3));
            let copy = bench.read("out/a.json");
            assert_eq!(copy, joined(form, &left), "{form:?}");
            serde_json::from_str::<Value>(copy.trim_start_matches('\u{feff}')).unwrap();
        }
    }
}

#[test]
fn the_first_elements_of_a_list_may_go() {
    let [a, b] = [record(0, TEXT), record(1, OTHER)];
    for form in FORMS {
        let bench = Bench::new();
        bench.write("in/a.jsonl", format!("{a}\n")).write("in/b.json", joined(form, &[&a, &a, &b, &b]));
        bench.expect(0, &format!("clean in --out out {}", form.3));
        let copy = bench.read("out/b.json");
        let value: Value = serde_json::from_str(copy.trim_start_matches('\u{feff}')).unwrap();
        assert!(copy.contains(&b) && !copy.contains(&a) && copy.matches("paint, ").count() == 1, "{copy}");
        assert!(copy.starts_with(form.0.trim_end()) && copy.ends_with(form.2), "{copy}");
        assert!(value.is_array() || value.is_object());
        if form == FORMS[5] {
            // Of a list that is empty, the other one would be taken for the records.
            continue;
        }
        bench.write("two/a.jsonl", format!("{a}\n")).write("two/b.json", joined(form, &[&a, &a]));
        bench.expect(0, &format!("clean two --out none --allow-wipeout {}", form.3));
    }
}

#[test]
fn passages_are_cut_and_marked_in_elements() {
    let bench = Bench::new();
    let both = format!("{OTHER} {TEXT}");
    bench.write("in/a.json", json!([{"text": TEXT}, {"m": [7], "text": both}]).to_string());
    bench.expect(0, "clean in --out out --passages cut --min-words 10");
    assert_eq!(bench.read("out/a.json"), json!([{"text": TEXT}, {"m": [7], "text": OTHER}]).to_string());
    bench.expect(0, "clean in --out marked --passages mark --min-words 10");
    let marked: Value = serde_json::from_str(&bench.read("marked/a.json")).unwrap();
    assert_eq!(marked[1]["doublon_repeats"], json!([[OTHER.len() + 1, both.len()]]));
}

#[test]
fn json_lines_in_a_json_file_and_single_records_are_read_as_such() {
    let bench = Bench::new();
    bench.write("in/lines.json", format!("{}\n{}\n", record(0, TEXT), record(1, OTHER)));
    bench.write("in/one.json", json!({"text": "A record of its own.", "data": [{"text": "no"}]}).to_string());
    let (_, told) = bench.expect(0, "clean in --out out");
    assert!(told.contains("3 = 3 kept"), "{told}");
}

#[test]
fn damaged_lists_are_told_and_the_rest_is_read() {
    for (file, skipped) in [
        (format!("[{},{{bad}},{}]", record(0, TEXT), record(1, OTHER)), "element 2: column 2: key must be a string"),
        (
            format!("[{},7,{}]", record(0, TEXT), record(1, OTHER)),
            "element 2: is a number, but a record must be an object",
        ),
        (
            format!("[{},{},{{\"te", record(0, TEXT), record(1, OTHER)),
            "element 3: the file ends before its list of records does",
        ),
        (format!("[{},{}", record(0, TEXT), record(1, OTHER)), "element 2: the file ends"),
        (format!("[{},{}][1]", record(0, TEXT), record(1, OTHER)), "other bytes follow the end of the JSON value"),
        (format!("{{\"a\":[{},{}]", record(0, TEXT), record(1, OTHER)), "the file ends before its JSON value does"),
        (format!("{{\"a\":[{0}],\"b\":[{0}]}}", record(0, TEXT)), "name that of the records with --records (`a`, `b`)"),
    ] {
        let bench = Bench::new();
        bench.write("in/a.json", &file);
        bench.expect(3, "scan in --format json -o found");
        let found = lines(&bench.read("found"));
        let told: Vec<&str> = found.iter().filter_map(|line| line["detail"].as_str()).collect();
        assert!(told.len() == 1 && told[0].contains(skipped), "{file}\n{told:?}");
    }
}

#[test]
fn large_lists_are_read_in_blocks() {
    let bench = Bench::new();
    let long = "word ".repeat(400_000);
    let record = |n: usize| {
        let text = format!("{} {} of them", n / 2, "filler text that is long ".repeat(n % 50));
        record(n, if n == 1500 { &long } else { &text })
    };
    let records: Vec<String> = (0..3000).map(record).collect();
    let file = format!("{{\"data\": [{}], \"tail\": \"{long}\"}}", records.join(",\n"));
    bench.write("in/a.json", &file);
    bench.expect(3, "clean in --out out --max-record 1MiB --threshold 1.0");
    let [before, after]: [Value; 2] =
        [&file, &bench.read("out/a.json")].map(|text| serde_json::from_str(text).unwrap());
    let (before, after) = (before["data"].as_array().unwrap(), after["data"].as_array().unwrap());
    assert!(after.len() < before.len() && after.len() > 1000 && after.iter().any(|record| record["id"] == 1500));
}
