//! Files in folders that hold no text.

use crate::bench::{Bench, lines};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";

fn archive() -> Bench {
    let text = "Twelve words of a page stand here, and its capture has them again. ".repeat(4);
    let bench = Bench::with(&[("in/1/a.txt", &text), ("in/2/a.txt", &text)]);
    bench.write("in/1/shot.png", PNG).write("in/2/shot.png", PNG).write("in/index.sqlite3", b"SQLite format 3\0\x10\0");
    bench.write("in/favicon.ico", b"\0\0\x01\0\x01\0\x10\0\x10\0\0\0\x01\0\x20\0");
    bench
}

#[test]
fn files_that_are_no_text_are_counted_apart_and_no_fault() {
    let bench = archive();
    let (out, _) = bench.expect(0, "scan in");
    assert!(out.contains("2 = 1 kept + 1 removed + 0 skipped"), "{out}");
    assert!(out.contains("4 other files (1 database, 3 pictures)"), "{out}");
    assert!(!out.contains("Skipped input") && !out.contains("shot.png"), "{out}");
    let found = lines(&bench.expect(0, "scan in --format json").0);
    let others: Vec<_> = found.iter().filter(|line| line["reason"] == "other_file").collect();
    assert_eq!((others.len(), &others[0]["detail"]), (4, &"picture (PNG)".into()));
    assert_eq!(found.last().unwrap()["other_files"]["picture"], 3);
    for stats in ["stats in", "stats in --alone"] {
        let (told, _) = bench.expect(0, stats);
        assert!(told.contains("4 other files (1 database, 3 pictures)"), "{stats}: {told}");
    }
}

#[test]
fn a_copy_has_them_as_they_are() {
    let bench = archive();
    bench.expect(0, "clean in --out out");
    assert_eq!(std::fs::read(bench.path("out/2/shot.png")).unwrap(), PNG);
    let summary = bench.summary("out");
    assert_eq!((&summary["documents"], &summary["skipped"]), (&2.into(), &0.into()));
}

#[test]
fn what_was_named_or_should_be_text_is_a_fault() {
    let bench = archive();
    let (out, _) = bench.expect(3, "scan in in/1/shot.png");
    assert!(out.contains("a PNG picture, not text") && out.contains("(1 database, 2 pictures)"), "{out}");
    bench.write("in/notes.txt", PNG);
    let (out, _) = bench.expect(3, "scan in");
    assert!(out.contains("in/notes.txt: the file is a PNG picture, not text"), "{out}");
    bench.write("letter.rtf", "{\\rtf1\\ansi Dear {\\b all}, this is a letter of some words.\\par}");
    let (out, _) = bench.expect(3, "scan letter.rtf");
    assert!(out.contains("letter.rtf: the file is an RTF file, not text"), "{out}");
}

#[test]
fn json_that_is_about_something_else_is_an_other_file() {
    let bench = archive();
    bench.write("in/1/headers.json", r#"{"Content-Type": "text/html"}"#);
    bench.write("in/1/index.json", "{\n  \"title\": \"A page about six grey geese\",\n  \"history\": {}\n}\n");
    bench.write("in/urls.json", "[\"https://example.org/a\", \"https://example.org/b\"]");
    let (out, _) = bench.expect(0, "scan in");
    assert!(out.contains("7 other files (1 database, 3 metadata files, 3 pictures)"), "{out}");
    let (_, told) = bench.expect(3, "scan in/1/headers.json");
    assert!(told.contains("no field `text`"), "{told}");
    // A text under another name is one that should have been read.
    bench.write("in/article.json", "{\n \"title\": \"T\",\n \"content\": \"One two three four five six.\"\n}");
    let (out, _) = bench.expect(3, "scan in");
    assert!(
        out.contains("in/article.json: element 1: record has no field `text`") && out.contains("--text-field content"),
        "{out}"
    );
    bench.expect(0, "scan in --text-field content");
}

#[test]
fn an_object_on_several_lines_is_one_record() {
    let text = "Twelve words of a record stand here, and another file has them again, too.";
    let object = |own: &str| format!("{{\n  \"id\": \"{own}\",\n  \"text\": \"{text} {own}.\"\n}}\n");
    let bench = Bench::with(&[("in/a.json", &object("a")), ("in/b.json", &object("a")), ("in/c.txt", "Other words.")]);
    let (out, _) = bench.expect(0, "scan in --level documents");
    assert!(out.contains("kept       in/a.json:1 (id a)") && out.contains("exact copy in/b.json:1"), "{out}");
    bench.expect(0, "clean in --out out");
    assert_eq!(bench.read("out/a.json"), object("a"));
    assert!(!bench.path("out/b.json").exists());
    bench.expect(0, "verify out");
    bench.write("in/b.json", format!("{} {{}}", object("b")));
    let (out, _) = bench.expect(3, "scan in");
    assert!(out.contains("in/b.json"), "{out}");
}
