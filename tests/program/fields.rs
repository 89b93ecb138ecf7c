//! Texts that lie inside of records: found by paths, joined from several, copied byte for byte, cut and marked where they
//! stand.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use serde_json::{Value, json};

use crate::bench::{Bench, lines};

const QUESTION: &str = "How do I keep the bread from going stale in a tent when it rains for three days in a row and \
                        everything is damp?";
const ANSWER: &str = "Put it in a cotton bag inside a tin with a few grains of rice, open the tin for ten minutes at \
                      noon, and toast the slices on a dry pan before you eat them.";
const OTHER: &str = "Which knot should I use to tie a hammock to a birch without hurting the bark of the tree?";
const OWN: &str = "Use a broad strap instead of a rope, and close it with a simple sling. A knot on it is not needed.";

/// Conversations of which the third repeats the first, and the fourth its answer.
fn conversations() -> [[&'static str; 2]; 4] {
    [[QUESTION, ANSWER], [OTHER, OWN], [QUESTION, ANSWER], ["And what about rusks, dear neighbour?", ANSWER]]
}

/// Makes a record of two texts.
type Shape = fn(&str, &str) -> Value;

/// The shapes that chat data has, with the flags that read them.
fn shapes() -> Vec<(&'static str, Shape)> {
    vec![
        (
            "--text-field messages[].content",
            |q, a| json!({"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": a}]}),
        ),
        (
            "--text-field messages.content",
            |q, a| json!({"messages": [{"content": q}, {"role": "tool", "content": null}, {"tools": []}, {"content": [a]}]}),
        ),
        ("--text-field messages[].content", |q, a| {
            let parts = json!([{"type": "image", "url": "x"}, {"type": "text", "text": a}]);
            json!({"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": parts}]})
        }),
        ("--text-field messages[].content[].text", |q, a| {
            let parts = |text| json!([{"type": "text", "text": text}, {"type": "image"}]);
            json!({"messages": [{"content": parts(q)}, {"content": parts(a)}]})
        }),
        ("--text-field messages[role!=system].content", |q, a| {
            let system = json!({"role": "system", "content": "You are a helpful neighbour who answers at once."});
            json!({"messages": [system, {"role": "user", "content": q}, {"role": "assistant", "content": a}]})
        }),
        ("--text-field conversations.value", |q, a| json!({"conversations": [{"value": q}, {"value": a}]})),
        ("--text-field a.b.turns[].text", |q, a| json!({"a": {"b.turns": [{"text": q}, {"text": a}]}})),
        ("--text-field text", |q, a| json!({"text": [q, "", a]})),
        (
            "--text-field instruction --text-field input? --text-field output",
            |q, a| json!({"output": a, "instruction": q}),
        ),
        ("--text-field q.body --text-field a.body", |q, a| json!({"a.body": a, "q.body": q})),
        ("--text-field data[].qas[].text", |q, a| json!({"data": [{"qas": [{"text": q}]}, {"qas": [{"text": a}]}]})),
    ]
}

/// Writes the conversations in a shape, with escapes and spaces that a parser would not write again.
fn write(bench: &Bench, shape: Shape) -> Vec<String> {
    let record = |(n, [q, a]): (usize, [&str; 2])| {
        let record = shape(q, a).to_string().replace("three", "thr\\u0065e").replacen('{', "{ ", 1);
        format!("{},\"n\": {n}.0}}\n", record.strip_suffix('}').unwrap())
    };
    let records: Vec<String> = conversations().into_iter().enumerate().map(record).collect();
    bench.write("in/a.jsonl", records.concat());
    records
}

#[test]
fn texts_of_any_shape_are_found_and_their_records_copied_byte_for_byte() {
    for (flags, shape) in shapes() {
        let bench = Bench::new();
        let records = write(&bench, shape);
        bench.expect(0, &format!("clean in --out out {flags}"));
        assert_eq!(bench.read("out/a.jsonl"), [&*records[0], &records[1], &records[3]].concat(), "{flags}");
        let summary = bench.summary("out");
        assert_eq!((&summary["documents"], &summary["removed"]), (&4.into(), &1.into()), "{flags}");
    }
}

#[test]
fn cuts_change_the_string_that_holds_the_passage_and_nothing_else() {
    for (flags, shape) in shapes() {
        let bench = Bench::new();
        let records = write(&bench, shape);
        bench.expect(0, &format!("clean in --out out --passages cut {flags}"));
        let cut = records[3].replacen(ANSWER, "", 1);
        assert_eq!(bench.read("out/a.jsonl"), [&*records[0], &records[1], &cut].concat(), "{flags}");
    }
}

#[test]
fn a_passage_that_goes_over_several_strings_is_cut_from_each() {
    let bench = Bench::new();
    let record = |q: &str, a: &str| json!({"m": [{"c": q}, {"c": a}]}).to_string() + "\n";
    let (question, answer) = (format!("{OWN} {QUESTION}"), format!("{ANSWER} {OTHER}"));
    bench.write("in/a.jsonl", record(QUESTION, ANSWER) + &record(&question, &answer));
    bench.expect(0, "clean in --out out --passages cut --text-field m[].c");
    assert_eq!(bench.read("out/a.jsonl"), record(QUESTION, ANSWER) + &record(OWN, OTHER));
}

#[test]
#[cfg(feature = "parquet")]
fn strings_in_lists_of_parquet_files_are_compared_and_cut() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let (input, flags) = ("data/parquet/made/chat.parquet", "--text-field messages[role=assistant].content");
    let bench = Bench::new();
    bench.write("in/chat.parquet", std::fs::read(input).unwrap());
    bench.expect(3, &format!("clean in --out out --passages cut {flags}"));
    bench.expect(0, "verify out");
    let rows = |path: std::path::PathBuf| -> Vec<String> {
        let file = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
        file.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
    };
    let mut expected = rows(input.into());
    expected.remove(2); // says the same as the first
    let repeated = "If the display stays dark, take out the battery, wait for a minute, and put it back with the plus sign facing you. ";
    expected[1] = expected[1].replace(repeated, "");
    assert_eq!(rows(bench.path("out/chat.parquet")), expected);
    let (_, told) = bench.expect(3, "scan in");
    assert!(told.contains("`text`"), "{told}");
    bench.expect(3, &format!("clean in --out marked --passages mark {flags}"));
    let marked = rows(bench.path("marked/chat.parquet"));
    let (start, end) = (25, 25 + repeated.trim_end().len());
    let marks = format!("doublon_repeats: \"[[\"messages[1].content\",{start},{end}]]\"");
    assert!(marked[1].contains(&marks), "{marked:?}");
    assert!(marked[1].contains(repeated) && marked[0].contains("doublon_repeats: null"), "{marked:?}");
}

#[test]
fn marks_name_the_string_and_its_characters() {
    let bench = Bench::new();
    let record = |q: &str, a: &str| json!({"m": [{"c": q}, {"c": [{"text": a}]}]}).to_string() + "\n";
    let before = "Déjà vu \u{1f600}, they say, and I believe them all.";
    bench.write("in/a.jsonl", record(QUESTION, ANSWER) + &record(OTHER, &format!("{before} {ANSWER}")));
    bench.expect(0, "clean in --out out --passages mark --text-field m[].c");
    let marked = &lines(&bench.read("out/a.jsonl"))[1];
    let start = before.chars().count() + 1;
    let expected = json!([["m[1].c[0].text", start, start + ANSWER.chars().count()]]);
    assert_eq!(marked["doublon_repeats"], expected, "{marked}");
}

#[test]
fn a_record_without_the_field_is_told_with_all_that_it_has_and_the_path_that_would_work() {
    let bench = Bench::new();
    let records =
        write(&bench, |q, a| json!({"id": "x", "messages": [{"role": "user", "content": q}, {"content": a}]}));
    let (_, told) = bench.expect(3, "scan in");
    assert!(told.contains("as in --text-field 'messages[].content'"), "{told}");
    let output = String::from_utf8(bench.run("scan in --format json").stdout).unwrap();
    let detail = "line 1: record has no field `text`; name the field with --text-field, as in --text-field \
                  'messages[].content' (it has `id` string, `messages` list of objects {content, role}, `n` number)";
    assert!(lines(&output).iter().any(|line| line["detail"] == detail), "{output}");
    for (flags, why) in [
        (
            "messages",
            "field `messages` is a list of objects {content, role}, but it must be text; try --text-field 'messages[].content'",
        ),
        ("messages[role=usr].content", "no element of a list is what `messages[role=usr].content` asks for"),
        ("messages[].role[].x", "field `messages[].role[].x`: `messages[0].role` is a string, where `x` is looked for"),
        ("n", "field `n` is a number, but it must be a string; try --text-field 'messages[].content'"),
    ] {
        let output =
            String::from_utf8(bench.run(&format!("scan in --format json --text-field {flags}")).stdout).unwrap();
        let detail = format!("line 1: {why}");
        assert!(lines(&output).iter().any(|line| line["detail"] == detail), "{flags}\n{output}");
    }
    assert_eq!(records.len(), 4);
}

#[test]
fn wrong_kinds_are_told_with_their_place_and_the_others_are_read() {
    let bench = Bench::new();
    let good = json!({"m": [{"c": QUESTION}]});
    let odd = [
        json!({"m": [{"c": "fine"}, {"c": 7}]}),
        json!({"m": [{"c": {"x": "y"}}]}),
        json!({"m": []}),
        json!({"m": [{"c": null}]}),
        json!({"m": 1e9}),
        json!({"m": [[[{"c": [["deep enough"]]}]]]}),
    ];
    let twice = "{\"m\":[{\"c\":\"a\",\"c\":\"b\"}]}";
    let all: Vec<String> = [&good].into_iter().chain(&odd).map(Value::to_string).chain([twice.into()]).collect();
    bench.write("in/a.jsonl", all.join("\n"));
    bench.expect(3, "scan in --text-field m[].c --format json -o found");
    let found = lines(&bench.read("found"));
    let skipped = |record: u64| {
        let of_record = found.iter().find(|line| line["record"] == record && line["reason"].is_string())?;
        Some((of_record["reason"].as_str()?.to_owned(), of_record["detail"].as_str().unwrap_or_default().to_owned()))
    };
    let reason = |record| skipped(record).map(|(reason, _)| reason);
    assert_eq!(skipped(1).unwrap().1, "line 2: field `m[1].c` is a number, but it must be a string");
    assert_eq!(reason(2).as_deref(), Some("text_not_string"));
    assert_eq!(reason(3).as_deref(), Some("empty"), "a list without elements is an empty text");
    assert_eq!(reason(4).as_deref(), Some("text_not_string"));
    assert_eq!(reason(5).as_deref(), Some("missing_text"));
    assert_eq!(reason(6), None);
    assert_eq!(skipped(7).unwrap().1, "line 8: field `c` stands 2 times in the object");
}

#[test]
fn every_field_that_is_named_has_to_be_there_unless_it_is_optional() {
    let bench = Bench::new();
    bench.write("in/a.jsonl", json!({"a": QUESTION, "b": null}).to_string());
    bench.expect(0, "scan in --text-field a --text-field b");
    bench.expect(0, "scan in --text-field a --text-field c?");
    let (_, told) = bench.expect(3, "scan in --text-field a --text-field c");
    assert!(told.contains("no field `a`, `c`"), "{told}");
    bench.write("in/a.csv", format!("a;b\n{QUESTION};{OWN}\n"));
    bench.expect(3, "scan in/a.csv --text-field a --text-field c");
}

#[test]
fn columns_of_a_table_are_joined_and_cut_apart() {
    let bench = Bench::new();
    let table = format!("a;n;b\r\n\"{ANSWER}\";1;{OWN}\r\n\"\";2;\"{OTHER} {ANSWER}\"\r\n\"{ANSWER}\";3;{OWN}\r\n");
    bench.write("in/a.csv", &table);
    bench.expect(0, "clean in --out out --passages cut --text-field b --text-field a");
    let expected = format!("a;n;b\r\n\"{ANSWER}\";1;{OWN}\r\n\"\";2;\"{OTHER}\"\r\n");
    assert_eq!(bench.read("out/a.csv"), expected);
}

#[test]
fn a_word_that_moved_to_another_field_makes_another_record() {
    let bench = Bench::new();
    bench
        .write("in/a.tsv", "en\tfr\nnew york\tcity\nnew\tyork city\nNew York!\tcity\nGood morning\t\n\tGood morning\n");
    let record = |en: &str, fr: &str| json!({"en": en, "fr": fr}).to_string() + "\n";
    let records = [("new york", "city"), ("new", "york city"), ("new  york", "city"), ("", "hello"), ("hello", "")];
    bench.write("in/b.jsonl", records.map(|(en, fr)| record(en, fr)).concat());
    bench.expect(0, "clean in/a.tsv --text-field en --text-field fr --exact --out a.tsv");
    assert_eq!(bench.read("a.tsv").lines().count(), 6, "each is another");
    bench.expect(0, "clean in/b.jsonl --text-field en --text-field fr --exact --out b.jsonl");
    assert_eq!(lines(&bench.read("b.jsonl")).len(), 4, "one has the same characters");
    // Near copies are told as such, and not as the same words.
    let (found, _) = bench.expect(0, "scan in/a.tsv --text-field en --text-field fr --level documents --format json");
    let cluster =
        lines(&found).into_iter().find(|line| line["type"] == "document_cluster" && line["keep"]["record"] == 1);
    let members = cluster.unwrap()["members"].clone();
    let equality = |record: u64| {
        let member = members
            .as_array()
            .unwrap()
            .iter()
            .find(|member| member["record"] == record || member["doc"]["record"] == record);
        member.unwrap_or_else(|| panic!("{members}"))["equality"].clone()
    };
    assert_eq!((equality(2), equality(3)), (Value::Null, json!("words")));
    let (compared, _) = bench.expect(0, "compare in/b.jsonl:1 in/b.jsonl:2 --text-field en --text-field fr");
    assert!(compared.contains("neither the same bytes nor the same words"), "{compared}");
}

#[test]
fn texts_whose_operators_differ_are_no_copies() {
    let bench = Bench::new();
    let texts = [
        "if a == b",
        "if a != b",
        "x << 2",
        "x >> 2",
        "width * height",
        "width / height",
        "Width / height!",
        "(-5)",
        "(5)",
    ];
    let record = |text: &&str| json!({"text": text}).to_string() + "\n";
    bench.write("in/a.jsonl", texts.iter().map(record).collect::<String>());
    bench.expect(0, "clean in --out out");
    let left: Vec<Value> = lines(&bench.read("out/a.jsonl")).iter().map(|line| line["text"].clone()).collect();
    let expected: Vec<&str> = texts.into_iter().filter(|&text| text != "Width / height!").collect();
    assert_eq!(left, expected);
}
