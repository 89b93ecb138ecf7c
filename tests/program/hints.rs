//! What a run tells about flags and files that came to nothing.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use crate::bench::Bench;

#[test]
fn flags_that_do_nothing_for_a_table_are_told() {
    let bench = Bench::with(&[
        (
            "data.csv",
            "12,Der Hund lief über die Straße,2026-01-02\n13,Die Katze saß am Fenster und schlief,2026-01-03\n",
        ),
        ("named.csv", "id,text\n1,one two three\n2,four five six\n"),
        ("lines.txt", "one two three\nfour five six\n"),
    ]);
    let (_, told) = bench.expect(3, "scan data.csv");
    assert!(told.contains("if the first row holds no names, say --no-header"), "{told}");
    let (_, told) = bench.expect(3, "scan named.csv --text-field body");
    assert!(!told.contains("--no-header"), "{told}");
    let (_, told) = bench.expect(0, "scan named.csv lines.txt --record lines");
    assert!(told.contains("--record lines is for plain text; named.csv has records of its own"), "{told}");
    let (_, told) = bench.expect(0, "scan lines.txt --record lines");
    assert!(!told.contains("--record lines is"), "{told}");
}

#[test]
fn findings_are_cleaned_where_their_files_are() {
    let bench = Bench::with(&[("a/x.txt", "one two three"), ("a/y.png", "\u{0}\u{1}"), ("b/note.txt", "mine")]);
    bench.expect(0, "scan a --format json -o found.jsonl");
    std::fs::remove_file(bench.path("a/y.png")).unwrap();
    let (_, told) = bench.expect(2, "clean --from found.jsonl --out out");
    assert!(told.contains("the findings name it by this path, and it is not there; clean in the folder"), "{told}");
}

#[test]
fn a_loop_is_told_by_the_words_of_its_unit() {
    let bench = Bench::with(&[("a.txt", "so we went down to the river and looked at the boats ".repeat(12).as_str())]);
    let (report, _) = bench.expect(0, "scan a.txt");
    assert!(report.contains("12 words in 12 places"), "{report}");
}
