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
