//! `--resume` from the command line: what is refused, and what is left when a run ends.

use serde_json::json;

use crate::bench::{Bench, all_files, words};

fn bench() -> Bench {
    let record = |n: u64| json!({ "text": words(100 * (n % 3), 80) }).to_string() + "\n";
    Bench::with(&[("in.jsonl", &(0..5).map(record).collect::<String>())])
}

/// The names in the folder that begin with a dot.
fn hidden(bench: &Bench) -> Vec<String> {
    let entries = std::fs::read_dir(bench.folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with('.')).collect()
}

#[test]
fn what_cannot_go_on_is_refused_and_leaves_nothing() {
    let bench = bench();
    bench.expect(0, "index build seen in.jsonl");
    bench.expect(0, "clean in.jsonl --out there");
    for (arguments, refusal) in [
        ("scan in.jsonl --resume", "name one with -o FILE"),
        ("scan - -o found.jsonl --resume", "standard input, which gives its bytes only once"),
        ("clean in.jsonl --dry-run --resume", "no effect with --dry-run"),
        ("clean in.jsonl --dry-run --out out --resume", "no effect with --dry-run"),
        ("clean in.jsonl --against seen --out out --resume", "does not go with an index"),
        ("clean in.jsonl --out there --resume", "is not empty"),
    ] {
        let (_, told) = bench.expect(2, arguments);
        assert!(told.contains(refusal), "{arguments}: {told}");
        assert_eq!(hidden(&bench), [""; 0], "{arguments}");
    }
}

#[test]
fn a_run_that_nothing_stops_is_as_any_other() {
    let bench = bench();
    bench.expect(0, "clean in.jsonl --out clean");
    let (_, told) = bench.expect(0, "clean in.jsonl --out again --resume");
    assert!(!told.contains("earlier run"), "{told}");
    assert_eq!(all_files(&bench.path("again")), all_files(&bench.path("clean")));
    bench.expect(0, "scan in.jsonl --format json -o found.jsonl");
    bench.expect(0, "scan in.jsonl --format json -o again.jsonl --resume");
    assert_eq!(bench.read("again.jsonl"), bench.read("found.jsonl"));
    assert_eq!(hidden(&bench), [""; 0]);
}
