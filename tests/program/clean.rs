//! `doublon clean`, run as a user would: what it writes, what it refuses, and the promises P1 to P4.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::bench::{Bench, all_files, files, lines, words};
use crate::generator::{Corpus, Generated, Mix, Options};
use crate::oracle::{Oracle, write_corpus};

const LEAD: &str = "The council voted late on Thursday to close the old bridge over the river for repairs that are \
                    expected to last until the end of next summer, the mayor said.";

fn jsonl(texts: &[&str]) -> String {
    let line =
        |text: &&str| format!("{{\"n\": 1.0,  \"text\":{}, \"z\":null}}\n", serde_json::to_string(text).unwrap());
    texts.iter().map(line).collect()
}

fn corpus(seed: u64) -> Vec<Generated> {
    Corpus::new(Options { seed, documents: 300, words: 80, mix: Mix::default() }).collect()
}

#[test]
fn the_cleaned_seed_article_is_the_article_without_its_teaser() {
    let bench = Bench::new();
    let article = fs::read_to_string("data/seed/article.txt").unwrap();
    bench.write("in/article.txt", &article);
    for edge in ["word", "sentence", "paragraph"] {
        let out = format!("out-{edge}");
        bench.expect(0, &format!("clean in --out {out} --passages cut --cut-at {edge}"));
        let start = article.rfind("Le chef de la diplomatie").unwrap();
        assert!(article[start..].ends_with(" ..."), "the teaser is the last line");
        let expected = article[..start].trim_end();
        assert_eq!(bench.read(&format!("{out}/article.txt")), expected, "cut at {edge}");
    }
    let removed = bench.removed("out-word");
    assert_eq!(removed.len(), 1);
    assert_eq!((&removed[0]["what"], &removed[0]["words"]), (&"passage".into(), &63.into()));
    assert_eq!(removed[0]["kept"]["start"], 183);
}

/// Texts with the same words, the first two with other operators; the number is how many of the pair's rows `--exact` leaves.
const SIGNS: [(&str, &str, usize); 8] = [
    ("def area(a, b):\n    return a * b", "def area(a, b):\n    return a / b", 2),
    ("3 + 4 = 7, 7 - 4 = 3, 3 * 4 = 12", "3 * 4 = 7, 7 / 4 = 3, 3 + 4 = 12", 2),
    ("int Max = MAX + max; // polish the Polish lamp", "int max = Max + MAX; // Polish the polish lamp", 2),
    ("see you at the pier at nine :-)", "see you at the pier at nine :-(", 2),
    ("the same words in the same order.", "the same words in the same order!", 2),
    ("two words\nand a  line", "two words and a line\n", 1),
    ("l'e\u{301}te\u{301} dernier", "l'été dernier", 1),
    ("the very same text, twice", "the very same text, twice", 1),
];

#[test]
fn exact_takes_only_texts_with_the_same_characters_for_copies() {
    let bench = Bench::new();
    let texts: Vec<&str> = SIGNS.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
    bench.write("in/rows.jsonl", jsonl(&texts));
    bench.expect(0, "clean in --out all");
    let equality = |out: &str| -> Vec<(u64, String)> {
        let removed = bench.removed(out);
        let line = |line: &Value| (line["doc"]["record"].as_u64().unwrap(), line["equality"].as_str().unwrap().into());
        removed.iter().map(line).collect()
    };
    let of = |words: &[u64]| words.iter().map(|n| (*n, "words".to_owned())).collect::<Vec<_>>();
    let exact = [(11, "characters".to_owned()), (13, "characters".to_owned()), (15, "bytes".to_owned())];
    assert_eq!(equality("all"), [of(&[5, 7, 9]), exact.to_vec()].concat());
    for flags in ["", "--threads 2 --memory 64MiB", "--passages cut"] {
        let out = format!("exact{}", flags.len());
        bench.expect(0, &format!("clean in --out {out} --exact {flags}"));
        assert_eq!(equality(&out), exact, "{flags}");
        assert_eq!(bench.removed(&out)[0]["rule"], "same characters");
        let left: usize = SIGNS.iter().map(|sign| sign.2).sum();
        assert_eq!(bench.read(&format!("{out}/rows.jsonl")).lines().count(), left);
    }
    let (_, refused) = bench.expect(2, "clean in --out no --exact --containment 0.9");
    assert!(refused.contains("--containment"), "{refused}");
}

#[test]
fn findings_of_exact_copies_are_acted_on_and_explained() {
    let bench = Bench::new();
    bench.write("in/rows.jsonl", jsonl(&["a * b = c", "a / b = c", "a  *  b = c"]));
    bench.expect(0, "scan in --exact --format json -o found");
    bench.expect(0, "clean --from found --out out");
    let gone: Vec<Value> = bench.removed("out").iter().map(|line| line["doc"]["record"].clone()).collect();
    assert_eq!(gone, [2]);
    let changed = bench.read("found").replace(r#""equality":"characters""#, r#""equality":"words""#);
    bench.write("changed", changed);
    let (_, told) = bench.expect(2, "clean --from changed --out no");
    assert!(told.contains("does not resemble enough"), "{told}");
    let mut explain = Command::new(env!("CARGO_BIN_EXE_doublon"));
    explain.args(["explain", "found", "in/rows.jsonl:3"]).current_dir(bench.folder());
    let told = String::from_utf8(explain.output().unwrap().stdout).unwrap();
    assert!(told.contains("it has the same characters"), "{told}");
}

#[test]
fn p1_to_p4_hold_for_a_corpus_with_bad_lines() {
    for seed in 1..4 {
        let bench = Bench::new();
        let documents = corpus(seed);
        write_corpus(&bench.path("in"), &documents, 3);
        let part = bench.read("in/part-001.jsonl");
        bench.write("in/part-001.jsonl", part.replacen('\n', "\n{\"text\":\"cut off\n\n{\"body\":1}\n", 1));
        let before = files(&bench.path("in"));
        bench.expect(3, "clean in --out out");
        assert_eq!(files(&bench.path("in")), before, "P1");

        let oracle = Oracle::of(documents.iter().map(|document| document.text.as_str()));
        let number = |doc: &Value| doc["id"].as_str().unwrap().parse::<usize>().unwrap();
        let removed = bench.removed("out");
        let gone: BTreeSet<usize> = removed.iter().map(|removal| number(&removal["doc"])).collect();
        assert!(gone.len() > 10);
        for removal in &removed {
            let (doc, kept) = (number(&removal["doc"]), number(&removal["kept"]));
            assert!(!gone.contains(&kept), "P2: {removal}");
            let measured = removal["jaccard"].as_f64().unwrap();
            assert!((oracle.jaccard(doc, kept) - measured).abs() < 1e-9 && measured >= 0.8, "P3: {removal}");
        }
        for (name, content) in &before {
            let is_gone = |line: &&str| {
                let id =
                    serde_json::from_str::<Value>(line).ok().and_then(|line| Some(line["id"].as_str()?.to_owned()));
                id.is_some_and(|id| gone.contains(&id.parse().unwrap()))
            };
            let content = std::str::from_utf8(content).unwrap();
            let kept: String = content.split_inclusive('\n').filter(|line| !is_gone(line)).collect();
            assert!(kept == bench.read(&format!("out/{name}")), "P4: seed {seed}, {name}");
        }
        let summary = bench.summary("out");
        let count = |name: &str| summary[name].as_u64().unwrap();
        let empty = (0..oracle.len()).filter(|&doc| oracle.is_empty_text(doc)).count() as u64;
        assert_eq!(count("documents"), 302);
        assert_eq!((count("removed"), count("skipped")), (gone.len() as u64, 2 + empty));
        assert_eq!(count("documents"), count("kept") + count("removed") + count("skipped"));
    }
}

#[test]
fn p5_the_copy_is_the_same_however_it_is_made() {
    let bench = Bench::new();
    write_corpus(&bench.path("in"), &corpus(5), 4);
    bench.write("in/sub/text.txt", LEAD).write("in/sub/again.txt", format!("{LEAD}\n"));
    bench.write("in/z.md", format!("A note.\n\n{LEAD}\n\nIts end.\n"));
    for passages in ["keep", "cut"] {
        let make = |name: &str, flags: &str| {
            let out = format!("{name}-{passages}");
            bench.expect(0, &format!("clean --out {out} --passages {passages} {flags}"));
            all_files(&bench.path(&out))
        };
        let first = make("a", "in");
        assert!(first == make("b", "in --threads 1"), "one thread");
        make("c", "./in/");
        let [a, c] = ["a", "c"].map(|name| files(&bench.path(&format!("{name}-{passages}"))));
        assert!(a == c, "another way to name the folder");
        bench.expect(
            0,
            &format!("scan in --format json -o found --level {}", if passages == "keep" { "documents" } else { "all" }),
        );
        assert!(first == make("d", "--from found"), "saved findings");
        let again = format!("clean a-{passages} --out e-{passages} --passages {passages}");
        bench.expect(0, &again);
        assert!(
            files(&bench.path(&format!("e-{passages}"))) == files(&bench.path(&format!("a-{passages}"))),
            "a clean copy is clean"
        );
        let output = bench.run(&format!("clean in --dry-run --format json --passages {passages}"));
        assert!(output.stdout == first["_doublon/removed.jsonl"], "a dry run tells what is removed");
    }
}

#[test]
fn untouched_bytes_stay_as_they_were_written() {
    let bench = Bench::new();
    let odd = "\u{feff}{\"text\" : \"caf\\u00e9 noir\", \"big\":9007199254740993}\r\n\r\n  {\"text\":\"caf\\u00e9 noir\"}\r\n[1]\r\n{\"text\":\"last\"}";
    bench.write("in/a.jsonl", odd).write("in/raw.bin", b"\0\x01\x02\0\0\0\0\x03").write("in/empty.txt", "");
    bench.expect(3, "clean in --out out");
    assert_eq!(bench.read("out/a.jsonl"), odd.replace("  {\"text\":\"caf\\u00e9 noir\"}\r\n", ""));
    assert_eq!(files(&bench.path("out"))["raw.bin"], b"\0\x01\x02\0\0\0\0\x03");
    assert_eq!(files(&bench.path("out"))["empty.txt"], b"");
}

#[test]
fn cuts_change_the_text_field_and_nothing_else() {
    let bench = Bench::new();
    let other = "Elsewhere a market opened, and nobody who came to it that day had heard of any bridge at all.";
    let text = format!("{other}\n\n{LEAD} \"é\\ and a few more words\n\nof its own.");
    bench.write("in/a.jsonl", jsonl(&[LEAD, &text]));
    bench.expect(0, "clean in --out out --passages cut --text-field text");
    let lines: Vec<String> = bench.read("out/a.jsonl").lines().map(str::to_owned).collect();
    assert_eq!(lines[0], jsonl(&[LEAD]).trim_end());
    assert!(
        lines[1].starts_with("{\"n\": 1.0,  \"text\":\"Elsewhere") && lines[1].ends_with(", \"z\":null}"),
        "{}",
        lines[1]
    );
    let text = serde_json::from_str::<Value>(&lines[1]).unwrap()["text"].as_str().unwrap().to_owned();
    assert_eq!(text, format!("{other}\n\n\"é\\ and a few more words\n\nof its own."));
}

#[test]
fn cuts_in_escaped_text_leave_the_other_escapes() {
    let bench = Bench::new();
    let line = format!(
        "{{\"text\":\"Pr\\u00e9face \\ud83d\\ude00 neuve.\\n\\n{LEAD}\\n\\nLa fin \\u2014 d\\u00e9j\\u00e0, et \\\"bien plus\\\" de mots encore que cela.\"}}\n"
    );
    bench.write("in/a.jsonl", jsonl(&[LEAD]) + &line);
    bench.expect(0, "clean in --out out --passages cut");
    let expected = jsonl(&[LEAD]) + &line.replace(&format!("{LEAD}\\n\\n"), "");
    assert_eq!(bench.read("out/a.jsonl"), expected);
}

#[test]
fn rows_of_tables_go_and_change_with_their_quotes() {
    let bench = Bench::new();
    let own = "Own words: \"\"quoted\"\", and a line end\n\nthat is more than a few of them.";
    let table = format!(
        "\u{feff}id;text;n\r\n1;{LEAD};x\r\n2;\"{LEAD}\n\";\"a\nb\"\r\n3;\"{own}\n\n{LEAD}\";\r\n\r\n4;short;\"\""
    );
    bench.write("in/a.csv", &table);
    bench.expect(0, "clean in --out out --passages cut");
    let expected = format!("\u{feff}id;text;n\r\n1;{LEAD};x\r\n3;\"{own}\";\r\n\r\n4;short;\"\"");
    assert_eq!(bench.read("out/a.csv"), expected);
    bench.write(
        "two/a.tsv",
        format!("text\n{LEAD}\nsay it once more to all {LEAD} \"quoted\" at the end of it all, with more words\n"),
    );
    bench.expect(0, "clean two --out two-out --passages cut --cut-at word");
    assert_eq!(
        bench.read("two-out/a.tsv"),
        format!("text\n{LEAD}\nsay it once more to all \"quoted\" at the end of it all, with more words\n")
    );
}

#[test]
fn a_field_that_would_begin_with_a_quote_gets_quotes() {
    let bench = Bench::new();
    bench.write(
        "in/a.csv",
        format!("text\n{LEAD}\n{LEAD} \"so\" it ended, and it was not the end of the story\n").replace(", ", " "),
    );
    bench.expect(0, "clean in --out out --passages cut");
    let rows = bench.read("out/a.csv");
    assert_eq!(rows.lines().last(), Some("\"\"\"so\"\" it ended and it was not the end of the story\""));
}

#[test]
fn compressed_files_are_compressed_again() {
    let (kept, line) = (jsonl(&[LEAD, "another text"]), jsonl(&[LEAD]));
    for (ending, magic) in
        [("gz", b"\x1f\x8b".as_slice()), ("zst", b"\x28\xb5\x2f\xfd"), ("bz2", b"BZh"), ("lz4", b"\x04\x22\x4d\x18")]
    {
        let bench = Bench::new();
        let packed = [pack(ending, kept.as_bytes()), pack(ending, line.as_bytes())].concat();
        bench
            .write(&format!("in/a.jsonl.{ending}"), &packed)
            .write(&format!("in/b.txt.{ending}"), pack(ending, LEAD.as_bytes()));
        bench.write(&format!("in/c.txt.{ending}"), pack(ending, b"its own"));
        bench.expect(0, "clean in --out out");
        let out = files(&bench.path("out"));
        assert_eq!(out.keys().collect::<Vec<_>>(), [&format!("a.jsonl.{ending}"), &format!("c.txt.{ending}")]);
        let packed = &out[&format!("a.jsonl.{ending}")];
        assert!(packed.starts_with(magic), "{ending}");
        assert_eq!(unpack(ending, packed), kept, "{ending}");
        assert_eq!(out[&format!("c.txt.{ending}")], files(&bench.path("in"))[&format!("c.txt.{ending}")]);
    }
}

#[test]
fn records_of_web_archives_go_and_the_others_stay_as_they_are() {
    let record = |kind: &str, id: &str, content: &str| {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{id}>\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{content}\r\n\r\n",
            content.len()
        )
    };
    let records = [
        record("warcinfo", "1", "software: none"),
        record("conversion", "2", LEAD),
        record("request", "3", "GET / HTTP/1.1\r\n\r\n"),
        record("conversion", "4", LEAD),
        record("conversion", "5", "another text"),
    ];
    let kept = records[..3].concat() + &records[4];
    let bench = Bench::new();
    bench.write("in/a.warc", records.concat());
    let members: Vec<u8> = records.iter().flat_map(|record| pack("gz", record.as_bytes())).collect();
    bench.write("in/b.warc.gz", &members);
    for name in ["a.warc", "b.warc.gz"] {
        bench.run(&format!("clean in/{name} --out out-{name}/"));
        let removed = bench.removed(&format!("out-{name}"));
        assert_eq!(removed.len(), 1);
        assert_eq!((&removed[0]["doc"]["record"], &removed[0]["kept"]["record"]), (&3.into(), &1.into()));
    }
    assert_eq!(bench.read("out-a.warc/a.warc"), kept);
    let packed = fs::read(bench.path("out-b.warc.gz/b.warc.gz")).unwrap();
    assert_eq!(unpack("gz", &packed), kept);
    let mut rest = packed.as_slice();
    for record in [&records[0], &records[1], &records[2], &records[4]] {
        let mut text = String::new();
        flate2::bufread::GzDecoder::new(&mut rest).read_to_string(&mut text).unwrap();
        assert_eq!(&text, record, "each record is a member");
    }
    assert!(rest.is_empty());
}

fn pack(ending: &str, bytes: &[u8]) -> Vec<u8> {
    match ending {
        "gz" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        "zst" => zstd::encode_all(bytes, 1).unwrap(),
        "bz2" => {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        _ => {
            let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
    }
}

fn unpack(ending: &str, bytes: &[u8]) -> String {
    let mut text = String::new();
    match ending {
        "gz" => flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut text).unwrap(),
        "zst" => zstd::Decoder::new(bytes).unwrap().read_to_string(&mut text).unwrap(),
        "bz2" => bzip2::read::MultiBzDecoder::new(bytes).read_to_string(&mut text).unwrap(),
        _ => lz4_flex::frame::FrameDecoder::new(bytes).read_to_string(&mut text).unwrap(),
    };
    text
}

#[test]
#[cfg(feature = "parquet")]
fn rows_of_parquet_files_go_and_change() {
    let bench = Bench::new();
    let own = "Own words, and more of them than a few: enough to count as another text.";
    let texts = [LEAD, "another text", LEAD, &format!("{own}\n\n{LEAD}")];
    write_parquet(&bench.path("in/a.parquet"), &texts);
    bench.expect(0, "clean in --out out --passages cut");
    let expected = [(0, LEAD.to_owned()), (1, "another text".to_owned()), (3, own.to_owned())];
    assert_eq!(read_parquet(&bench.path("out/a.parquet")), expected);
    assert_eq!(bench.removed("out").len(), 2);
    bench.expect(0, "clean in --out two");
    assert_eq!(read_parquet(&bench.path("two/a.parquet")).len(), 3);
    bench.expect(0, "scan in --format json -o found");
    bench.expect(0, "clean --from found --out three --passages cut");
    assert!(files(&bench.path("three")) == files(&bench.path("out")));
    write_parquet(&bench.path("in/a.parquet"), &[LEAD, LEAD]);
    bench.expect(4, "clean --from found --out four");
}

#[test]
fn saved_findings_take_no_other_settings() {
    let bench = Bench::new();
    bench.write("in/a.jsonl", jsonl(&[LEAD, LEAD]));
    bench.expect(0, "scan in --format json -o found");
    let (_, told) = bench.expect(2, "clean --from found --out out --threshold 0.9");
    assert!(told.contains("--threshold=0.9 has no effect with --from"), "{told}");
    bench.expect(0, "clean --from found --out out --threads 1");
}

#[test]
fn rows_of_a_price_list_stay_where_their_numbers_differ() {
    let bench = Bench::new();
    let list = |zone: &str, [single, child, day, month]: [&str; 4]| {
        format!(
            "{}\n\nFares in zone {zone}\n\nA single journey for adults costs {single} euros on working days.\nA single journey \
             for children costs only {child} euros on working days.\nThe day pass for adults costs {day} euros on working days \
             in all zones.\nThe month pass for adults costs {month} euros in all zones from January on.",
            words(zone.len() as u64 * 40, 20)
        )
    };
    let (a, b) = (list("A", ["2.40", "1.20", "6.80", "58"]), list("BB", ["3.10", "1.60", "8.90", "74"]));
    bench.write("in/a.jsonl", jsonl(&[&a, &b]));
    bench.expect(0, "clean in --out out --passages cut");
    assert_eq!(files(&bench.path("out"))["a.jsonl"], files(&bench.path("in"))["a.jsonl"]);
    assert!(bench.summary("out")["passages_left"]["other_data"].as_u64() > Some(0));
    let (plan, _) = bench.expect(0, "clean in --dry-run --passages cut");
    assert!(
        plan.contains("it has other numbers or operators than the kept place (--cut-other-data cuts it)"),
        "{plan}"
    );
    bench.expect(0, "clean in --out all --passages cut --cut-other-data");
    assert!(!bench.removed("all").is_empty());
}

/// The last text has its first lines from the second, which in the end stands for one line less: what went for that line goes
/// for the one of the first text then, which has no number.
#[test]
fn a_number_stays_where_what_stays_in_the_end_has_none() {
    let clause = |thing: &str, more: &str| {
        format!(
            "If you bring a claim against any member of the club, also in answer to a claim of theirs, and say in it that the \
             {thing} was built in breach of your rights, then every leave{more} that was given to you to use the {thing} ends on \
             the day on which that claim is brought before the court."
        )
    };
    let of_both = format!("8.1 {}.\n\n8.2 {}", words(300, 40), clause("boat", " and every key"));
    let texts = [clause("hull", ""), of_both.clone(), format!("{of_both}\n\n8.3 {}.", words(400, 80))];
    let bench = Bench::new();
    bench.write("in/a.jsonl", jsonl(&texts.each_ref().map(String::as_str)));
    bench.expect(0, "clean in --out out --passages cut");
    assert!(bench.read("out/a.jsonl").contains(r#""text":"8.2\n\n8.3 "#), "{}", bench.read("out/a.jsonl"));
    assert_eq!(bench.removed("out").len(), 3);
}

#[test]
fn lines_of_code_stay_where_their_operators_differ() {
    let bench = Bench::new();
    let code = |operator: &str| {
        format!(
            "The total of an order is made up of all the boxes that lie in the store at the end of the day:\n\n\
             total = sum(box.width {operator} box.height for box in boxes if box.size)\n\nIt is written to the book of orders, \
             which is read by the office once a week and compared with the one of the store."
        )
    };
    let own = |n: u64| words(n * 100, 20);
    let (a, b) = (format!("{}\n\n{}", own(1), code("*")), format!("{}\n\n{}", own(2), code("/")));
    bench.write("in/a.jsonl", jsonl(&[&a, &b]));
    bench.expect(0, "clean in --out out --passages cut");
    let left = bench.read("out/a.jsonl");
    assert!(left.contains("box.width * box.height") && left.contains("box.width / box.height"), "{left}");
    assert_eq!(left.matches("The total of an order").count(), 1, "{left}");
    bench.expect(0, "clean in --out all --passages cut --cut-other-data");
    assert!(!bench.read("all/a.jsonl").contains("box.width / box.height"));
    for (unit, line) in [("line", "size = width {} height"), ("sentence", "It is width {} height.")] {
        let text = |(n, sign): (u64, &str)| format!("{}\n\n{}", own(n), line.replace("{}", sign));
        let texts = [(1, "*"), (2, "/"), (3, "*")].map(text);
        bench.write("in/a.jsonl", jsonl(&texts.each_ref().map(String::as_str)));
        bench.expect(0, &format!("clean in --out {unit} --passages cut --unit {unit}"));
        let left = bench.read(&format!("{unit}/a.jsonl"));
        assert_eq!([left.matches('*').count(), left.matches('/').count()], [1, 1], "{left}");
    }
}

#[test]
fn a_loop_in_a_sentence_is_cut_to_its_unit() {
    let bench = Bench::new();
    let unit = "I like it and I go to the sea and ";
    let text = format!("It was late. He said that {}then he went home.", unit.repeat(9));
    bench.write("in/a.txt", &text);
    bench.expect(0, "clean in --out out --passages cut");
    assert_eq!(bench.read("out/a.txt"), format!("It was late. He said that {unit}then he went home."));
    bench.expect(0, "clean out --out again --passages cut");
    assert!(bench.removed("again").is_empty());
    let chant = "row row row your boat, ".repeat(12);
    bench.write("in/a.txt", format!("{chant}said the man"));
    bench.expect(0, "clean in --out chant --passages cut");
    assert_eq!(bench.read("chant/a.txt"), "row row row your boat, said the man");
}

#[test]
fn a_cut_at_sentences_leaves_no_scraps() {
    let bench = Bench::new();
    let words = |from: usize| (from..from + 12).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
    let shared = format!("{}. Yes. {}", words(1), words(50));
    let text = |own: usize| format!("{} {shared} {}.", words(own), words(own + 50));
    bench.write("in/a.jsonl", jsonl(&[&text(100), &text(200)]));
    for (edge, cuts) in [("sentence", 0), ("word", 1)] {
        bench.expect(0, &format!("clean in --out {edge} --passages cut --cut-at {edge}"));
        assert_eq!(bench.removed(edge).len(), cuts, "{edge}");
    }
    // Told are what repeats word for word, and the match that goes on with words spelled alike.
    assert_eq!(bench.summary("sentence")["passages_left"]["no_whole_sentence"], 2);
}

#[test]
#[cfg(feature = "parquet")]
fn a_parquet_file_that_is_damaged_where_no_text_is_stays_whole() {
    let bench = Bench::new();
    write_parquet(&bench.path("in/a.parquet"), &[LEAD, "another text", LEAD]);
    let mut bytes = fs::read(bench.path("in/a.parquet")).unwrap();
    let whole = bytes.clone();
    // The first column comes first: its page begins after the four bytes that every file begins with.
    bytes[4..12].fill(0xff);
    fs::write(bench.path("in/a.parquet"), &bytes).unwrap();
    bench.write("in/b.jsonl", jsonl(&["another text", "a third"]));
    for (out, damaged) in [("out", true), ("whole", false)] {
        if !damaged {
            fs::write(bench.path("in/a.parquet"), &whole).unwrap();
        }
        let (_, said) = bench.expect(0, &format!("clean in --out {out}"));
        assert_eq!(said.contains("a.parquet is damaged"), damaged, "{said}");
        assert_eq!(fs::read(bench.path(&format!("{out}/a.parquet"))).unwrap() == bytes, damaged);
        assert_eq!(bench.removed(out).len(), if damaged { 1 } else { 2 });
        let summary = bench.summary(out);
        assert_eq!(
            (summary["documents"].as_u64(), summary["kept"].as_u64()),
            (Some(5), Some(if damaged { 4 } else { 3 }))
        );
    }
    let staying = bench.read("out/_doublon/staying.jsonl");
    assert!(staying.contains(r#""reason":"damaged""#), "{staying}");
}

#[cfg(feature = "parquet")]
pub fn write_parquet(path: &Path, texts: &[&str]) {
    use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
    use parquet::file::writer::SerializedFileWriter;
    let schema = "message m { required int64 n; optional binary text (UTF8); }";
    let schema = std::sync::Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let mut writer =
        SerializedFileWriter::new(fs::File::create(path).unwrap(), schema, std::sync::Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let numbers: Vec<i64> = (0..).take(texts.len()).collect();
    column.typed::<Int64Type>().write_batch(&numbers, None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let values: Vec<ByteArray> = texts.iter().map(|&text| text.into()).collect();
    column.typed::<ByteArrayType>().write_batch(&values, Some(&vec![1; texts.len()]), None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
}

#[cfg(feature = "parquet")]
fn read_parquet(path: &Path) -> Vec<(i64, String)> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;
    let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    let row = |row: Result<parquet::record::Row, _>| {
        let row = row.unwrap();
        (row.get_long(0).unwrap(), row.get_string(1).unwrap().clone())
    };
    reader.get_row_iter(None).unwrap().map(row).collect()
}

#[test]
fn marks_say_where_repeats_are() {
    let bench = Bench::new();
    bench.write(
        "in/a.jsonl",
        jsonl(&[LEAD, &format!("Déjà vu.\n\n{LEAD}\n\nThe rest is its own, and long enough to count.")]),
    );
    bench.write("in/b.txt", format!("Some text of its own, and enough of it to count.\n\n{LEAD}"));
    bench.expect(0, "clean in --out out --passages mark");
    let lines = lines(&bench.read("out/a.jsonl"));
    assert_eq!(lines[0].get("doublon_repeats"), None);
    let (start, end) = (10, 10 + LEAD.chars().count());
    assert_eq!(lines[1]["doublon_repeats"], serde_json::json!([[start, end]]));
    let text: Vec<char> = lines[1]["text"].as_str().unwrap().chars().collect();
    assert_eq!(text[start..end].iter().collect::<String>(), LEAD);
    assert_eq!(files(&bench.path("out"))["b.txt"], files(&bench.path("in"))["b.txt"]);
    assert!(bench.read("out/_doublon/staying.jsonl").contains("\"reason\":\"no_field_for_marks\""));
    bench.expect(4, "clean out --out twice --passages mark");
}

#[test]
fn marks_are_columns_of_tables() {
    let row = |n: usize, marks: &str| format!("{n};\"Title {n}\";\"Déjà vu number {n}.\r\n\r\n{LEAD}\"{marks}\r\n");
    let bench = Bench::with(&[("in/a.csv", &format!("id;title;text\r\n{}{}", row(1, ""), row(2, "")))]);
    let (start, end) = (21, 21 + LEAD.chars().count());
    for (fields, marks) in
        [("", format!("[[{start},{end}]]")), (" --text-field title --text-field text", String::new())]
    {
        let marks = if marks.is_empty() { format!("\"[[\"\"text\"\",{start},{end}]]\"") } else { marks };
        bench.expect(0, &format!("clean in{fields} --out out --overwrite --passages mark"));
        let expected = format!("id;title;text;doublon_repeats\r\n{}{}", row(1, ";"), row(2, &format!(";{marks}")));
        assert_eq!(bench.read("out/a.csv"), expected);
        assert_eq!(bench.read("out/_doublon/staying.jsonl"), "");
    }
    bench.expect(2, "clean out/a.csv --out twice --passages mark");
}

#[cfg(feature = "parquet")]
#[test]
fn marks_are_a_column_of_parquet_files() {
    use parquet::file::reader::SerializedFileReader;
    use parquet::record::Field;
    let bench = Bench::new();
    write_parquet(
        &bench.path("in/a.parquet"),
        &[LEAD, "of its own", &format!("Déjà vu.\n\n{LEAD}\n\nThe rest is its own, and long enough to count.")],
    );
    bench.expect(0, "clean in --out out --passages mark");
    let rows = SerializedFileReader::new(fs::File::open(bench.path("out/a.parquet")).unwrap()).unwrap();
    let column = |row: parquet::record::Row, at: usize| row.into_columns().swap_remove(at);
    let rows: Vec<_> = rows.into_iter().map(Result::unwrap).map(|row| column(row, 2)).collect();
    let marks = format!("[[10,{}]]", 10 + LEAD.chars().count());
    assert_eq!(
        rows,
        [
            ("doublon_repeats".to_owned(), Field::Null),
            ("doublon_repeats".to_owned(), Field::Null),
            ("doublon_repeats".to_owned(), Field::Str(marks))
        ]
    );
    assert_eq!(read_parquet(&bench.path("out/a.parquet")), read_parquet(&bench.path("in/a.parquet")));
}

#[test]
fn a_document_of_which_little_is_left_goes_for_that_reason() {
    let bench = Bench::new();
    bench.write(
        "in/a.txt",
        format!("{LEAD}\n\nAnd much more stands here, so that no two of these are alike, over and over."),
    );
    bench.write("in/b.txt", format!("Read on.\n\n{LEAD}\n")).write("in/c.txt", format!("{LEAD}\n\n{LEAD}"));
    bench.expect(0, "clean in --out one --passages cut --threshold 0.95");
    assert_eq!(files(&bench.path("one")).keys().collect::<Vec<_>>(), ["a.txt", "b.txt"]);
    assert_eq!(bench.read("one/b.txt"), "Read on.\n");
    bench.expect(0, "clean in --out two --passages cut --threshold 0.95 --min-left 3");
    assert_eq!(files(&bench.path("two")).keys().collect::<Vec<_>>(), ["a.txt"]);
    let removed = bench.removed("two");
    let short = removed.iter().find(|removal| removal["reason"] == "too_short").unwrap();
    assert_eq!((&short["words_left"], &short["rule"]), (&2.into(), &"words < 3".into()));
    let summary = bench.summary("two");
    assert_eq!((&summary["kept"], &summary["too_short"]), (&1.into(), &2.into()));
}

#[test]
fn f31_a_source_of_several_documents_is_not_emptied_unasked() {
    let bench = Bench::new();
    bench.write("in/a.jsonl", jsonl(&[LEAD, "other words"])).write("in/b.jsonl", jsonl(&[LEAD, LEAD]));
    let (_, told) = bench.expect(2, "clean in --out out");
    assert!(told.contains("in/b.jsonl: nothing would be left of its 2 documents"), "{told}");
    assert!(!bench.path("out").exists());
    let (_, told) = bench.expect(0, "clean in --dry-run");
    assert!(told.contains("warning: nothing is left of in/b.jsonl, which has 2 documents"), "{told}");
    bench.expect(0, "clean in --out out --allow-wipeout");
    assert_eq!(files(&bench.path("out"))["b.jsonl"], b"");
}

#[test]
fn f31_a_large_cluster_and_a_large_loss_are_told() {
    let bench = Bench::new();
    bench.write("in/a.jsonl", jsonl(&[LEAD; 120]));
    let (_, told) = bench.expect(0, "clean in --out out");
    assert!(told.contains("warning: 119 of 120 documents go for one, in/a.jsonl record 0"), "{told}");
    assert!(told.contains("warning: in/a.jsonl loses 119 of its 120 records"), "{told}");
}

#[test]
fn f38_a_source_that_changed_since_the_scan_ends_the_run() {
    let bench = Bench::new();
    bench.write("in/a.jsonl", jsonl(&[LEAD, "some other words"])).write("in/b.txt", LEAD);
    bench.expect(0, "scan in --format json -o found");
    let same_time = fs::metadata(bench.path("in/a.jsonl")).unwrap().modified().unwrap();
    for (changed, original) in [("in/a.jsonl", jsonl(&[LEAD, "some other words"])), ("in/b.txt", LEAD.to_owned())] {
        bench.write(changed, original.replace("Thursday", "Saturday"));
        fs::File::options().write(true).open(bench.path(changed)).unwrap().set_modified(same_time).unwrap();
        for passages in ["keep", "cut"] {
            let (_, told) = bench.expect(4, &format!("clean --from found --out out --passages {passages}"));
            assert!(
                told.contains(&format!("{changed}: its content is not what was scanned; nothing was written")),
                "{told}"
            );
        }
        bench.write(changed, original + "more");
        bench.expect(4, "clean --from found --out out");
        bench.write(changed, if changed == "in/b.txt" { LEAD.to_owned() } else { jsonl(&[LEAD, "some other words"]) });
    }
    fs::remove_file(bench.path("in/b.txt")).unwrap();
    bench.expect(4, "clean --from found --out out");
    assert_eq!(fs::read_dir(bench.folder()).unwrap().count(), 2, "only the input and the findings are there");
}

#[test]
fn f32_findings_that_break_a_promise_are_not_acted_on() {
    let bench = Bench::new();
    let far = format!("Much text of its own stands here, and so on. {LEAD}");
    bench.write("in/a.jsonl", jsonl(&[LEAD, LEAD, LEAD, "something else", &far]));
    bench.expect(0, "scan in --format json -o found");
    let found = bench.read("found");
    let keeper = r#""keep":{"source":"in/a.jsonl","record":0}"#;
    let passage = r#"{"type":"passage_family","id":"f1","keep":{"source":"in/a.jsonl","record":0"#;
    assert!(found.contains(keeper) && found.contains(passage), "{found}");
    let broken = [
        (keeper, keeper.replace(":0}", ":1}"), 2),
        (keeper, keeper.replace(":0}", ":99}"), 4),
        (r#""jaccard":1.0,"containment":1.0,"exact""#, r#""jaccard":0.5,"containment":1.0,"exact""#.to_owned(), 2),
        (
            r#""members":[{"doc":{"source":"in/a.jsonl","record":1}"#,
            r#""members":[{"doc":{"source":"in/a.jsonl","record":77}"#.to_owned(),
            4,
        ),
        (r#""members":[{"doc":{"source":"in/a.jsonl","#, r#""members":[{"doc":{"source":"in/b.jsonl","#.to_owned(), 2),
        (passage, passage.replace(":0", ":3"), 4),
    ];
    for (from, to, code) in broken {
        assert!(found.contains(from), "{from}");
        bench.write("broken", found.replacen(from, &to, 1));
        bench.expect(code, "clean --from broken --out out --passages cut");
        assert!(!bench.path("out").exists());
    }
    bench.expect(0, "clean --from found --out out --passages cut");
}

#[test]
fn p3_a_place_that_the_kept_one_does_not_cover_stays() {
    let bench = Bench::new();
    // Saved findings may join places of which the first and the last have little in common.
    let half = LEAD.split_once("river").unwrap();
    let unlike = format!("{}water, and then the sentence went on in words that nobody had ever read before", half.0);
    bench.write("in/a.jsonl", jsonl(&[LEAD, &format!("{unlike}. {unlike}.")]));
    bench.expect(0, "scan in --format json -o found --min-words 8");
    bench.expect(0, "clean --from found --out out --passages cut");
    let text = bench.read("out/a.jsonl");
    assert!(text.contains("in words that nobody had ever read before"), "what stands nowhere else stays: {text}");
}

#[test]
fn kept_places_are_never_cut() {
    // Of three passages, each document has two, so that a document keeps one place and loses another.
    let passages = [
        LEAD,
        "Nothing in the second passage is found in the first one, though both were written by one hand on one and the same afternoon.",
        "A third passage tells of snow that fell early in the mountains, closing the roads to the villages above the tree line for days.",
    ];
    let texts: Vec<String> = (0..3)
        .map(|n| format!("Number {n} begins.\n\n{}\n\nIt goes on.\n\n{}", passages[n], passages[(n + 1) % 3]))
        .collect();
    let bench = Bench::new();
    bench.write("in/a.jsonl", jsonl(&texts.iter().map(String::as_str).collect::<Vec<_>>()));
    bench.expect(0, "clean in --out out --passages cut");
    let out = bench.read("out/a.jsonl");
    for passage in passages {
        assert_eq!(out.matches(passage).count(), 1, "{passage} in {out}");
    }
}

#[test]
fn f28_the_output_is_apart_from_the_input_and_new() {
    let bench = Bench::new();
    bench.write("in/a.txt", LEAD).write("full/file", "mine").write("file", "mine");
    fs::create_dir(bench.path("empty")).unwrap();
    for (arguments, why) in [
        ("clean in --out in/clean", "lies in in, which is read"),
        ("clean in --out .", "is no name for a new folder"),
        ("clean in --out full", "is not empty"),
        ("clean in --out full --overwrite", "is no output of an earlier run"),
        ("clean in --out file", "is no folder"),
        ("clean in --out no/out", "the folder that it would be in is not there"),
        ("clean full/file --out full --overwrite", "lies in it"),
        ("clean -", "--out"),
        ("clean - --out out", "standard input gives its bytes only once"),
    ] {
        let (_, told) = bench.expect(2, arguments);
        assert!(told.contains(why), "{arguments}: {told}");
    }
    assert_eq!((bench.read("full/file"), bench.read("file")), ("mine".to_owned(), "mine".to_owned()));
    bench.expect(0, "clean in --out empty");
    bench.expect(2, "clean in --out empty");
    bench.write("in/b.txt", "more words");
    bench.expect(0, "clean in --out empty --overwrite");
    assert_eq!(files(&bench.path("empty")).keys().collect::<Vec<_>>(), ["a.txt", "b.txt"]);
    assert_eq!(names(bench.folder()), ["empty", "file", "full", "in"]);
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
#[cfg(unix)]
fn f28_no_link_leads_the_output_elsewhere() {
    let bench = Bench::new();
    bench.write("in/a.txt", LEAD).write("other/x", "");
    std::os::unix::fs::symlink(bench.path("other"), bench.path("out")).unwrap();
    assert!(bench.expect(2, "clean in --out out").1.contains("is a link"));
    std::os::unix::fs::symlink(bench.path("in/a.txt"), bench.path("in/link.txt")).unwrap();
    bench.expect(0, "clean in --out real");
    assert_eq!(files(&bench.path("real")).keys().collect::<Vec<_>>(), ["a.txt"]);
    assert_eq!(bench.summary("real")["not_copied"]["not_regular"], 1);
}

#[test]
#[cfg(unix)]
fn f39_names_that_are_no_utf8_stay_as_they_are() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new();
    let name = |bytes: &[u8]| PathBuf::from(std::ffi::OsStr::from_bytes(bytes));
    fs::write(bench.path("in").join(name(b"a\xff.txt")), LEAD).unwrap();
    fs::write(bench.path("in").join(name(b"b\n.txt")), LEAD).unwrap();
    bench.expect(0, "clean in --out out");
    assert_eq!(fs::read(bench.path("out").join(name(b"a\xff.txt"))).unwrap(), LEAD.as_bytes());
    fs::write(bench.path("in").join(name(b"a\xfe.txt")), LEAD).unwrap();
    assert!(bench.expect(2, "clean in --out two").1.contains("two sources have this name"));
}

#[test]
#[cfg(unix)]
fn f25_a_write_that_fails_leaves_no_output() {
    let bench = Bench::new();
    bench.write("in/a.txt", LEAD.repeat(1000));
    let program = env!("CARGO_BIN_EXE_doublon");
    let script = format!("trap '' XFSZ; ulimit -f 8; exec {program} clean in --out out --no-progress");
    let output = Command::new("bash").args(["-c", &script]).current_dir(bench.folder()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("File too large"), "{told}");
    assert_eq!(names(bench.folder()), ["in"]);
}

#[test]
fn f26_what_a_killed_run_left_is_cleared_by_the_next() {
    let bench = Bench::new();
    bench.write("in/a.txt", LEAD).write(".out.doublon-partial/in/half", "ha").write(".out.doublon-partial/x", "");
    bench.expect(0, "clean in --out out");
    assert_eq!(names(bench.folder()), ["in", "out"]);
    assert_eq!(names(&bench.path("out")), ["_doublon", "a.txt"]);
}

#[test]
fn a_line_that_is_too_large_is_copied() {
    let bench = Bench::new();
    let large = jsonl(&[&"large ".repeat(1000)]);
    for tail in ["", &jsonl(&["the end"])] {
        let content = jsonl(&[LEAD]) + &large + &jsonl(&[LEAD]) + &large + tail;
        bench.write("in/a.jsonl", &content);
        bench.expect(3, "clean in --out out --max-record 2kB --overwrite");
        let expected = jsonl(&[LEAD]) + &large + &large + tail;
        assert!(bench.read("out/a.jsonl") == expected, "the large lines or the last one are not as they were");
    }
}

#[test]
fn lines_of_plain_text_are_removed_one_by_one() {
    let bench = Bench::new();
    bench.write("in/a.txt", format!("{LEAD}\r\n\r\nfirst words here\r\n{LEAD}\r\nlast words here"));
    bench.expect(0, "clean in --out out --record lines");
    assert_eq!(bench.read("out/a.txt"), format!("{LEAD}\r\n\r\nfirst words here\r\nlast words here"));
    bench.expect(0, "scan in --record lines --format json -o found");
    bench.expect(0, "clean --from found --out two");
    assert_eq!(bench.read("two/a.txt"), bench.read("out/a.txt"));
}

#[test]
fn several_folders_stand_below_their_names() {
    let bench = Bench::new();
    bench.write("in/a.txt", LEAD).write("more/a.txt", "other words").write("c.txt", LEAD);
    bench.expect(0, "clean in more c.txt --out out");
    assert_eq!(files(&bench.path("out")).keys().collect::<Vec<_>>(), ["c.txt", "more/a.txt"]);
}

#[test]
fn a_dry_run_tells_people_what_would_go_and_what_stays() {
    let bench = Bench::new();
    let (passage, other) = (crate::bench::words(0, 40), crate::bench::words(100, 40));
    let own = |n| crate::bench::words(n, 40);
    let texts = [
        format!("{passage}.\n\n{}.", own(200)),
        format!("{}.\n\n{passage}.", own(300)),
        other.clone(),
        other,
        format!("{} {passage} {}", own(400), own(500)),
    ];
    bench.write("in/a.jsonl", jsonl(&texts.each_ref().map(String::as_str)));
    let (plan, _) = bench.expect(0, "clean in --passages cut --dry-run --out clean");
    let told = |line: &str| assert!(plan.lines().any(|told| told.starts_with(line)), "{line}\n{plan}");
    told("Documents that would go");
    told("    stays   in/a.jsonl:3  (1 document for it, 319 bytes)");
    told("    goes    in/a.jsonl:4  (exact copy)");
    told("Passages that would be cut");
    told("    cut     in/a.jsonl:2, bytes ");
    told("    1: it fills no whole sentence (--cut-at word cuts it)");
    told("        in/a.jsonl:5, bytes 320 to 639");
    told("    documents  5 = 4 kept + 1 removed + 0 skipped");
    told("    copy       would be written to clean, 1 file from clean/a.jsonl on");
    assert!(!bench.path("clean").exists());
    // A file of settings that is for reports does not say how a plan looks.
    bench.write("doublon.toml", "format = \"html\"\n");
    bench.expect(0, "clean in --dry-run");
    bench.expect(2, "clean in --format json --out clean");
}
