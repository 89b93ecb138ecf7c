//! A copy of one file that is one file.

use crate::bench::{Bench, all_files, lines, words};

fn record(id: u32, first: u64) -> String {
    format!("{{\"id\": {id}, \"text\": \"{}\"}}\n", words(first, 40))
}

fn corpus() -> Bench {
    Bench::with(&[("a.jsonl", &[record(1, 0), record(2, 100), record(3, 0)].concat())])
}

#[test]
fn a_file_is_written_with_its_evidence_beside_it() {
    let bench = corpus();
    let (_, told) = bench.expect(0, "clean a.jsonl --out b.jsonl");
    assert_eq!(bench.read("b.jsonl"), [record(1, 0), record(2, 100)].concat());
    assert!(told.contains("to b.jsonl; _doublon-b.jsonl/removed.jsonl tells what is missing"), "{told}");
    let removed = lines(&bench.read("_doublon-b.jsonl/removed.jsonl"));
    assert_eq!((removed.len(), &removed[0]["doc"]["id"]), (1, &3.into()));
    let names: Vec<String> = all_files(bench.folder()).into_keys().filter(|name| !name.contains('/')).collect();
    assert_eq!(names, ["a.jsonl", "b.jsonl"], "nothing else is left");
    // A scan passes over the evidence.
    let (out, _) = bench.expect(0, "scan . --level documents");
    assert!(out.contains("5 = 2 kept + 3 removed"), "{out}");
}

#[test]
fn findings_of_one_file_give_a_file() {
    let bench = corpus();
    bench.expect(0, "scan a.jsonl --format json -o found.json");
    bench.expect(0, "clean --from found.json --out sub.jsonl --passages cut");
    assert_eq!(bench.read("sub.jsonl").lines().count(), 2);
}

#[test]
fn a_name_without_the_ending_is_a_folder_and_so_is_a_folder() {
    let bench = corpus();
    std::fs::create_dir(bench.path("dir.jsonl")).unwrap();
    for out in ["plain", "dir.jsonl", "new.jsonl/"] {
        bench.expect(0, &format!("clean a.jsonl --out {out}"));
        assert!(bench.path(out).join("a.jsonl").is_file(), "{out}");
    }
}

#[test]
fn another_format_or_compression_is_refused() {
    let bench = corpus();
    for (out, expected) in [("b.csv", "the format of a.jsonl"), ("b.jsonl.gz", "compressed as a.jsonl is")] {
        let (_, told) = bench.expect(2, &format!("clean a.jsonl --out {out}"));
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn nothing_but_an_earlier_output_is_replaced() {
    let bench = corpus();
    bench.write("b.jsonl", "mine\n");
    for (flags, expected) in [("", "is there already"), (" --overwrite", "is no output of an earlier run")] {
        let (_, told) = bench.expect(2, &format!("clean a.jsonl --out b.jsonl{flags}"));
        assert!(told.contains(expected), "{told}");
    }
    assert_eq!(bench.read("b.jsonl"), "mine\n");
    let (_, told) = bench.expect(2, "clean a.jsonl --out ./a.jsonl --overwrite");
    assert!(told.contains("inputs are never written to"), "{told}");
    bench.expect(0, "clean a.jsonl --out c.jsonl");
    bench.write("a.jsonl", record(9, 500));
    bench.expect(2, "clean a.jsonl --out c.jsonl");
    bench.expect(0, "clean a.jsonl --out c.jsonl --overwrite");
    assert_eq!(bench.read("c.jsonl"), record(9, 500));
    assert_eq!(bench.read("_doublon-c.jsonl/removed.jsonl"), "");
    assert_eq!(std::fs::read_dir(bench.folder()).unwrap().count(), 4, "{:?}", all_files(bench.folder()).keys());
}

#[test]
fn a_clean_that_read_no_record_writes_nothing_and_says_why() {
    let bench = Bench::with(&[("a.jsonl", "{\"body\": \"words of a text\"}\n"), ("none.jsonl", "")]);
    bench.write("pictures/a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    for (input, expected) in [
        ("a.jsonl", "--text-field body"),
        ("none.jsonl", "is this the right path"),
        ("pictures", "nothing that was met could be read"),
    ] {
        let (_, told) = bench.expect(2, &format!("clean {input} --out out"));
        assert!(told.contains("nothing was written: no document was compared") && told.contains(expected), "{told}");
        assert!(expected.contains("right path") || !told.contains("right path"), "{told}");
        assert!(!bench.path("out").exists() && !bench.path(".out.doublon-partial").exists());
    }
    // Records without a word were read all the same.
    bench.write("blank.jsonl", "{\"text\": \" \"}\n");
    bench.expect(0, "clean blank.jsonl --out out.jsonl");
    assert_eq!(bench.read("out.jsonl"), bench.read("blank.jsonl"));
}

#[test]
fn a_copy_tells_what_was_skipped_and_why() {
    let bad = "{\"id\": 1, \"text\": \"it is cut\n".repeat(7);
    let bench = Bench::with(&[("in/a.jsonl", &format!("{{\"text\": \"one two three\"}}\n{bad}"))]);
    bench.write("in/b.json", "{\"id\":1,\"text\":\"a record with words th");
    let (_, told) = bench.expect(3, "clean in --out out");
    assert_eq!(told.matches("\ndoublon: skipped: in/a.jsonl:").count(), 5, "{told}");
    assert!(told.contains("skipped: in/a.jsonl:2: invalid JSON: ") && told.contains("skipped: 3 more; "), "{told}");
    let (_, told) = bench.expect(2, "clean in/b.json --out other");
    assert!(told.contains("skipped: in/b.json: ") && told.contains("nothing was written: no document"), "{told}");
}
