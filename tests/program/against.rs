//! What is new, held against what is there.

use serde_json::Value;

use crate::bench::{Bench, files, lines, words};

#[test]
fn new_documents_go_for_old_ones_and_nothing_else_goes() {
    let (text, other) = (words(0, 200), words(500, 200));
    let bench = Bench::with(&[("old/z.txt", &text), ("old/zz.txt", &text), ("new/a.txt", &text)]);
    bench.write("new/b.txt", format!("{text} and more")).write("new/c.txt", &other).write("new/d.txt", &other);
    let went = ["new/a.txt for old/z.txt", "new/b.txt for old/z.txt"];
    assert_eq!(bench.gone("new --against old"), went);
    for keep in ["longest", "newest", "prefer:new", "given-order", "min:id"] {
        assert_eq!(bench.gone(&format!("new --against old --keep {keep}")).len(), 2, "{keep}");
        assert!(bench.gone(&format!("new --against old --keep {keep}")).iter().all(|line| line.contains("for old/")));
    }
    assert_eq!(bench.gone("new --against old --exact"), went[..1]);
    assert_eq!(bench.gone("old --against new").len(), 2, "the other way round");
    let (out, told) = bench.expect(0, "scan new --against old --level documents");
    assert!(out.contains("4 = 2 kept + 2 removed + 0 skipped; compared with 2 documents"), "{out}{told}");
    for format in ["markdown", "html"] {
        let (out, _) = bench.expect(0, &format!("scan new --against old --level documents --format {format}"));
        assert!(out.contains("2 of 4 documents are duplicates"), "{out}");
    }
    bench.expect(1, "scan new --against old --level documents --fail-over 45%"); // a third of all repeats, half of what is new
}

#[test]
fn a_short_document_that_a_new_one_contains_stays_where_it_is_old() {
    let bench = Bench::with(&[("old/a.txt", &words(0, 50)), ("new/b.txt", &words(0, 500))]);
    assert!(bench.gone("new --against old --containment 0.9 --keep longest").is_empty());
}

#[test]
fn passages_of_new_documents_go_for_old_ones() {
    let lead = words(0, 40);
    let with = |first: u64| format!("{lead}\n\n{}\n\n{lead}", words(first, 60));
    let bench = Bench::with(&[("old/1.txt", &with(100)), ("old/2.txt", &with(200)), ("new/1.txt", &with(300))]);
    bench.write("new/2.txt", with(400)).write("new/3.txt", words(900, 90)).write("new/4.txt", words(900, 90));
    let found = bench.gone("new --against old --passages cut");
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().all(|line| line.starts_with("part of new/") && line.contains(" for old/")), "{found:?}");
    let units = bench.gone("new --against old --passages cut --unit paragraph");
    assert_eq!(units.len(), 4, "{units:?}");
    assert_eq!(bench.gone("new --against old --passages cut --keep longest").len(), 4);
    let json = bench.expect(0, "scan new --against old --format json").0;
    let folder = |place: &Value| place["source"].as_str().unwrap()[..3].to_owned();
    let matches: Vec<Value> = lines(&json).into_iter().filter(|line| line["type"] == "passage_match").collect();
    assert!(!matches.is_empty() && matches.iter().all(|found| folder(&found["a"]) != folder(&found["b"])), "{json}");
}

#[test]
fn a_copy_has_what_is_new_alone_and_can_be_proved() {
    let bench = Bench::with(&[("a.txt", &words(0, 200)), ("old/b/c.txt", &words(1000, 90))]);
    bench.write("old/picture.png", b"\x89PNG\r\n\x1a\n\0\0").write("old/broken.jsonl", "{\"text\": \n");
    bench.write("new/a.txt", words(0, 200)).write("new/b/c.txt", format!("{}\n\n{}", words(1000, 60), words(2000, 90)));
    bench.write("new/picture.png", b"\x89PNG\r\n\x1a\n\0\0").write("new/d.txt", words(5000, 40));
    let (_, told) = bench.expect(3, "clean new --against old --against a.txt --passages cut --out out");
    assert!(told.contains("4 = 2 kept + 1 removed + 1 skipped; compared with 2 documents"), "{told}");
    let names = |out: &str| -> Vec<String> { files(&bench.path(out)).into_keys().collect() };
    assert_eq!(names("out"), ["b/c.txt", "d.txt", "picture.png"]);
    assert!(!bench.read("out/b/c.txt").contains(&words(1000, 60)));
    bench.expect(0, "verify out");
    bench.expect(3, "scan new --against old --against a.txt --format json -o found.jsonl");
    bench.expect(3, "clean --from found.jsonl --passages cut --out again");
    assert_eq!(bench.read("again/b/c.txt"), bench.read("out/b/c.txt"));
    assert_eq!(names("again"), names("out"));
}

#[test]
fn a_training_set_loses_what_is_in_the_test_sets_and_nothing_else() {
    let record = |id: &str, first: u64| format!("{{\"id\": \"{id}\", \"text\": \"{}\"}}\n", words(first, 40));
    let bench = Bench::with(&[(
        "train.jsonl",
        &[record("t1", 0), record("t2", 100), record("t3", 300), record("t4", 300)].concat(),
    )]);
    bench.write("validation.jsonl", [record("v1", 100), record("v2", 500)].concat());
    bench.write("eval.jsonl", [record("e1", 0), record("e2", 500), record("e3", 500)].concat());
    bench.expect(0, "clean train.jsonl --against validation.jsonl --against eval.jsonl --out clean.jsonl");
    let ids: Vec<String> =
        lines(&bench.read("clean.jsonl")).iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["t3", "t4"]);
}

#[test]
fn what_is_new_inside_of_what_is_old_is_new() {
    let text = words(0, 200);
    let bench = Bench::with(&[("archive/1/a.txt", &text), ("archive/2/a.txt", &text), ("archive/2/b.txt", &text)]);
    let went = ["archive/2/a.txt for archive/1/a.txt", "archive/2/b.txt for archive/1/a.txt"];
    assert_eq!(bench.gone("archive/2 --against archive"), went);
    assert_eq!(bench.gone("archive/2 --against archive/*"), went, "a pattern");
    assert_eq!(bench.gone("archive --against archive/2"), ["archive/1/a.txt for archive/2/a.txt"]);
    let (_, told) = bench.expect(2, "scan archive --against archive");
    assert!(told.contains("it is given twice, by itself and as what others are compared with"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_file_that_is_linked_into_both_is_new_in_one() {
    let bench = Bench::with(&[("old/a.txt", &words(0, 200)), ("new/b.txt", &words(500, 200))]);
    std::fs::hard_link(bench.path("old/a.txt"), bench.path("new/a.txt")).unwrap();
    assert_eq!(bench.gone("new --against old"), ["new/a.txt for old/a.txt"]);
}

#[test]
fn paths_of_what_is_new_are_compared_with_each_other_on_request() {
    let text = words(0, 200);
    let bench =
        Bench::with(&[("a/1.txt", &text), ("b/1.txt", &text), ("b/2.txt", &text), ("c/1.txt", &words(300, 90))]);
    assert!(bench.gone("a b --against c").is_empty());
    assert_eq!(bench.gone("a b --against c --isolate").len(), 2);
}

#[test]
fn nothing_to_compare_with_removes_nothing() {
    let text = words(0, 200);
    let bench = Bench::with(&[("new/1.txt", &text), ("new/2.txt", &text), ("old/picture.png", "\u{89}PNG")]);
    assert!(bench.gone("new --against old").is_empty());
    bench.expect(2, "scan new --against absent");
    bench.expect(2, "stats new --against old");
}

#[test]
fn a_copy_is_not_written_where_nothing_could_be_read_to_compare_with() {
    let text = words(0, 200);
    let new = format!("{{\"text\": \"{text}\"}}\n");
    let bench = Bench::with(&[("new.jsonl", &new), ("old.jsonl", &new.replace("text", "body"))]);
    let (_, told) = bench.expect(2, "clean new.jsonl --against old.jsonl --out out.jsonl");
    assert!(told.contains("nothing was written: none of what --against names could be read"), "{told}");
    assert!(told.contains("`body`") && !bench.path("out.jsonl").exists(), "{told}");
}

#[test]
fn it_is_told_that_nothing_was_compared_with() {
    let text = words(0, 200);
    let bench = Bench::with(&[("data/a.txt", &text), ("data/old/b.txt", &text)]);
    let (_, told) = bench.expect(0, "scan data/a.txt data/old/b.txt --against data/old");
    assert!(told.contains("nothing was compared with"), "{told}");
    let (_, told) = bench.expect(0, "clean data --against data/old --out out");
    assert!(!told.contains("nothing was compared") && !bench.path("out/a.txt").exists(), "{told}");
}

#[test]
fn old_places_that_are_alike_through_a_new_one_stay() {
    // A rewritten passage is below the threshold, and joins the two old places that it was measured against.
    let rewritten = |first: u64, own: u64| {
        let part = |n: u64| format!("{} {}", words(first + 20 * n, 10), words(own + 20 * n, 6));
        (0..4).map(part).collect::<Vec<_>>().join(" ")
    };
    let passage = format!("So {}. And more.", rewritten(0, 1000));
    let old = |first: u64| format!("{}.\n\n{passage}\n\n{}.", words(first, 60), words(first + 100, 60));
    let bench = Bench::with(&[("old/1.txt", &old(3000)), ("old/2.txt", &old(4000))]);
    bench.write(
        "new/1.txt",
        format!("{}.\n\nSo {}. And more.\n\n{}", words(5000, 60), rewritten(0, 2000), words(6000, 60)),
    );
    let json = bench.expect(0, "scan new --against old --format json").0;
    let family = lines(&json).into_iter().find(|line| line["type"] == "passage_family").unwrap();
    let is_old = |place: &Value| place["source"].as_str().unwrap().starts_with("old/");
    assert!(is_old(&family["keep"]) && family["occurrences"].as_array().unwrap().iter().any(is_old), "{family}");
    let (_, told) = bench.expect(0, "clean new --against old --passages cut --cut-at word --out out");
    assert!(told.contains("passages: 0 cut"), "{told}");
}
