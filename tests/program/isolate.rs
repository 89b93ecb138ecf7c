//! Pairs only across the paths that are given.

use serde_json::Value;

use crate::bench::{Bench, lines, words};

#[test]
fn documents_are_compared_across_the_paths_only() {
    let (text, near) = (words(0, 200), format!("{} more", words(0, 200)));
    let bench = Bench::with(&[("a/1.txt", &text), ("a/2.txt", &text), ("a/3.txt", &near)]);
    assert_eq!(bench.expect(0, "clean a --dry-run --format json").0.lines().count(), 2, "all of these are alike");
    bench.write("b/1.txt", &text).write("b/2.txt", &near).write("c/1.txt", &near);
    assert_eq!(bench.gone("a b --isolate"), ["b/1.txt for a/1.txt", "b/2.txt for a/1.txt"]);
    assert_eq!(bench.gone("b a --keep prefer:b --isolate").len(), 3, "all three of a");
    assert_eq!(bench.gone("c b a --keep given-order --isolate").len(), 5);
    let all = ["b/1.txt for a/1.txt", "b/2.txt for a/1.txt", "c/1.txt for a/1.txt"];
    assert_eq!(bench.gone("a b c --isolate"), all);
    assert_eq!(bench.gone("a b c --threads 1 --isolate"), all);
    assert_eq!(bench.gone("c b a --isolate"), all, "the order of the paths does not matter");
    assert_eq!(bench.gone("a b --exact --isolate"), ["b/1.txt for a/1.txt", "b/2.txt for a/3.txt"]);
    let (out, _) = bench.expect(0, "scan a b --isolate --level documents");
    assert!(out.contains("exact copy b/1.txt") && out.contains("near copy  b/2.txt"), "{out}");
    let pairs = lines(&bench.expect(0, "scan a b --isolate --pairs --format json --level documents").0);
    let pairs: Vec<&Value> = pairs.iter().filter(|line| line["type"] == "document_pair").collect();
    let folder = |doc: &Value| doc["source"].as_str().unwrap()[..1].to_owned();
    assert!(!pairs.is_empty() && pairs.iter().all(|pair| folder(&pair["a"]) != folder(&pair["b"])), "{pairs:?}");
}

#[test]
fn copies_inside_a_path_share_what_becomes_of_the_first() {
    let text = words(0, 100);
    let bench = Bench::with(&[("a/1.txt", &text), ("b/1.txt", &text), ("b/2.txt", &text), ("b/3.txt", &text)]);
    assert_eq!(bench.gone("a b --isolate").len(), 3);
    assert_eq!(bench.gone("a b --keep prefer:b --isolate"), ["a/1.txt for b/1.txt"]);
    bench.expect(0, "clean a b --isolate --out out");
    let removed = bench.removed("out");
    assert!(removed.iter().all(|line| line["equality"] == "bytes" && line["exact"] == true), "{removed:?}");
}

#[test]
fn passages_are_compared_across_the_paths_only() {
    let lead = words(0, 40);
    let with = |first: u64| format!("{lead}\n\n{}\n\n{lead}", words(first, 60));
    let bench = Bench::with(&[("a/1.txt", &with(100)), ("a/2.txt", &with(200))]);
    for n in 1..=6 {
        bench.write(&format!("b/{n}.txt"), with(300 + 100 * n));
    }
    let found = bench.gone("a b --passages cut --isolate");
    assert_eq!(found.len(), 12, "both places in each of b: {found:?}");
    assert!(found.iter().all(|line| line.starts_with("part of b/") && line.contains(" for a/")), "{found:?}");
    let found = bench.gone("a b --passages cut --keep prefer:b --isolate");
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().all(|line| line.starts_with("part of a/") && line.contains(" for b/")), "{found:?}");
    let units = bench.gone("a b --passages cut --unit paragraph --isolate");
    assert_eq!(units.len(), 12, "{units:?}");
    assert!(units.iter().all(|line| line.starts_with("part of b/") && line.contains(" for a/")), "{units:?}");
    let (out, _) = bench.expect(0, "scan a b --isolate --format json");
    let matches = lines(&out);
    let folder = |place: &Value| place["source"].as_str().unwrap()[..1].to_owned();
    let matches: Vec<&Value> = matches.iter().filter(|line| line["type"] == "passage_match").collect();
    assert!(!matches.is_empty() && matches.iter().all(|found| folder(&found["a"]) != folder(&found["b"])), "{out}");
}

#[test]
fn copies_are_final_and_so_are_those_from_findings() {
    let lead = words(0, 40);
    let with = |first: u64| format!("{lead}\n\n{}\n\n{lead}", words(first, 60));
    let bench = Bench::with(&[("x/a/1.txt", &with(100)), ("x/a/2.txt", &with(100)), ("x/b/1.txt", &with(200))]);
    bench.write("x/b/2.txt", with(100)).write("x/b/3.txt", words(900, 50));
    bench.expect(0, "clean x/a x/b --isolate --passages cut --out out");
    assert_eq!(bench.read("out/a/2.txt"), with(100), "nothing goes inside of a path");
    assert!(!bench.read("out/b/1.txt").contains(&lead) && !bench.path("out/b/2.txt").exists());
    bench.expect(0, "scan x/a x/b --isolate --format json -o found.jsonl");
    bench.expect(0, "clean --from found.jsonl --passages cut --out again");
    assert_eq!(bench.read("again/b/1.txt"), bench.read("out/b/1.txt"));
}

#[test]
fn a_training_set_loses_what_is_in_the_test_sets_and_nothing_else() {
    let record = |id: &str, first: u64| format!("{{\"id\": \"{id}\", \"text\": \"{}\"}}\n", words(first, 40));
    let bench = Bench::with(&[(
        "train.jsonl",
        &[record("t1", 0), record("t2", 100), record("t3", 300), record("t4", 300)].concat(),
    )]);
    bench.write("validation.jsonl", [record("v1", 100), record("v2", 400)].concat());
    bench.write("eval.jsonl", [record("e1", 0), record("e2", 500), record("e3", 500)].concat());
    let sets = "train.jsonl validation.jsonl eval.jsonl";
    bench.expect(0, &format!("clean {sets} --isolate --keep prefer:eval.*,validation.* --out out"));
    let ids: Vec<String> =
        bench.removed("out").iter().map(|line| line["doc"]["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["t1", "t2"]);
}

#[test]
fn one_path_has_nothing_to_be_compared_with() {
    let bench = Bench::with(&[("a/1.txt", "words of a text")]);
    for command in ["scan a --isolate", "clean a --isolate --out out", "stats a --isolate"] {
        let (_, told) = bench.expect(2, command);
        assert!(told.contains("only across the paths given"), "{told}");
    }
    bench.expect(2, "scan a a --isolate --scope within");
}
