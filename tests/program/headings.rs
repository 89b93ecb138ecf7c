//! The heading above a passage names its place.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use crate::bench::{Bench, lines, words};

/// The headings of the places of the only family.
fn headings(findings: &str) -> Vec<String> {
    let families: Vec<_> = lines(findings).into_iter().filter(|finding| finding["type"] == "passage_family").collect();
    assert_eq!(families.len(), 1, "{findings}");
    let others = families[0]["occurrences"].as_array().unwrap().iter();
    [&families[0]["keep"]].into_iter().chain(others).map(|place| place["heading"].to_string()).collect()
}

#[test]
fn headings_name_places_in_markdown() {
    let passage = words(0, 40);
    let guide =
        format!("Guide\n=====\n\nIntro.\n\n## Exit `codes` ##\n\n```sh\n# no heading\n```\n\n{passage}.\n\n# Later\n");
    let bench = Bench::with(&[("in/a.md", &guide)]);
    bench.write("in/b.md", format!("{passage}.\n\n# Below\n\n{passage}.\n"));
    bench.write("in/c.txt", format!("# Not Markdown\n\n{passage}.\n"));
    let scan = "scan in --level passages --format";
    let (found, _) = bench.expect(0, &format!("{scan} json"));
    assert_eq!(headings(&found), ["\"Exit codes\"", "null", "\"Below\"", "null"]);
    let (told, _) = bench.expect(0, &format!("{scan} text"));
    assert!(told.contains("in/a.md:12:1 › Exit codes ") && told.contains("in/b.md:5:1 › Below "), "{told}");
    let (told, _) = bench.expect(0, &format!("{scan} lines"));
    assert!(told.contains("in/b.md:5:1: repeats in/a.md:12 › Exit codes (in 3 documents)"), "{told}");
    let (table, _) = bench.expect(0, &format!("{scan} csv"));
    assert!(table.contains(",kept_heading,heading,excerpt\r\n") && table.contains(",Exit codes,Below,"), "{table}");
    for format in ["markdown", "html"] {
        let (told, _) = bench.expect(0, &format!("{scan} {format}"));
        assert!(told.contains("› Exit codes") && told.contains("› Below"), "{told}");
    }
}

#[test]
fn headings_name_places_in_pages() {
    let passage = words(0, 40);
    let page = format!(
        "<title>Title</title><h1>Guide</h1><p>Intro<h2>Exit\n <code>codes</code></h2><h3 hidden>no</h3><p>{passage}.<h2>Later</h2>"
    );
    let bench = Bench::with(&[("in/a.html", &page), ("in/b.txt", &format!("{passage}."))]);
    let (found, _) = bench.expect(0, "scan in --level passages --format json");
    assert_eq!(headings(&found), ["\"Exit codes\"", "null"]);
    // With little memory, pages are written down and read again.
    let (again, _) = bench.expect(0, "scan in --level passages --format json --memory 64M");
    assert_eq!(headings(&again), headings(&found));
}
