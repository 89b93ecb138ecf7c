//! Evaluation sets kept out of a corpus.

use serde_json::Value;

use crate::bench::{Bench, lines, words};

fn record(id: &str, field: &str, text: &str) -> String {
    serde_json::json!({ "id": id, field: text }).to_string() + "\n"
}

/// Three items, of which one stands in a document of two, and one is too short.
fn bench() -> Bench {
    let [first, second] = [words(0, 30), words(100, 30)];
    let bench = Bench::with(&[("eval/a.jsonl", &record("a1", "question", &first))]);
    bench.write("eval/b.jsonl", [record("b1", "question", &second), record("b2", "question", "two words")].concat());
    let holding = format!("{}\n\n{first}\n\n{}", words(500, 60), words(600, 60));
    bench.write("train.jsonl", [record("t1", "text", &holding), record("t2", "text", &words(700, 90))].concat());
    bench
}

#[test]
fn the_report_tells_sets_items_and_places() {
    let bench = bench();
    let (out, told) = bench.expect(0, "decontaminate --eval eval --eval-field question train.jsonl");
    for expected in [
        "eval/a.jsonl: 1 of 1 item found (100%)",
        "eval/b.jsonl: 0 of 2 items found (0%)\n               1 too short to look for",
        "100% of the item, in 1 document",
        "item       eval/a.jsonl:1 (id a1)  (30 words)",
        "found      train.jsonl:1 (id t1), line 3:1  (100% of it)",
        "2 = 1 kept + 1 removed + 0 skipped; compared with 3 documents",
        "ngram: one n-gram of 13 words",
        "1 of 3 items (33.3%), in 1 document",
    ] {
        assert!(out.contains(expected), "{expected}\n{out}{told}");
    }
    bench.expect(1, "decontaminate --eval eval --eval-field question train.jsonl --fail-on-found");
    let (json, _) = bench.expect(0, "decontaminate --eval eval --eval-field question train.jsonl --format json");
    let lines = lines(&json);
    let found: Vec<&Value> = lines.iter().filter(|line| line["type"] == "contamination").collect();
    assert_eq!((found.len(), &found[0]["item"]["id"], &found[0]["document"]["id"]), (1, &"a1".into(), &"t1".into()));
    bench.write("found.jsonl", &json);
    assert_eq!(bench.expect(0, "report found.jsonl").0, out);
    let (_, told) = bench.expect(2, "report found.jsonl --format html");
    assert!(told.contains("--format text and --format json only"), "{told}");
}

#[test]
fn documents_go_or_the_places_alone() {
    let bench = bench();
    let flags = "--eval eval --eval-field question train.jsonl";
    let (_, told) = bench.expect(0, &format!("decontaminate {flags} --out clean.jsonl"));
    assert!(told.contains("2 = 1 kept + 1 removed + 0 skipped"), "{told}");
    let kept = lines(&bench.read("clean.jsonl"));
    assert_eq!(kept.iter().map(|line| line["id"].clone()).collect::<Vec<_>>(), ["t2"]);
    let gone = lines(&bench.read("_doublon-clean.jsonl/removed.jsonl"));
    let reason =
        |line: &Value| [&line["reason"], &line["kept"]["id"], &line["rule"]].map(|v| v.as_str().unwrap().to_owned());
    assert_eq!(gone.iter().map(reason).collect::<Vec<_>>(), [["evaluation_item", "a1", "ngram"]]);
    bench.expect(0, &format!("decontaminate {flags} --out places.jsonl --remove places"));
    let text = lines(&bench.read("places.jsonl"))[0]["text"].as_str().unwrap().to_owned();
    assert_eq!(text, format!("{}\n\n{}", words(500, 60), words(600, 60)));
    for copy in ["clean.jsonl", "places.jsonl"] {
        let (proof, _) = bench.expect(0, &format!("verify {copy}"));
        assert!(proof.contains("P10  holds"), "{proof}");
        let again = format!("decontaminate --eval eval --eval-field question {copy} --fail-on-found");
        bench.expect(0, &again);
    }
    bench.expect(0, &format!("decontaminate {flags} --format json -o found.jsonl"));
    bench.expect(0, "clean --from found.jsonl --out from.jsonl");
    assert_eq!(bench.read("from.jsonl"), bench.read("clean.jsonl"));
    let (_, told) = bench.expect(2, "explain found.jsonl e1");
    assert!(told.contains("e1 is an evaluation item; `doublon report` tells all that is known of it"), "{told}");
    let (_, told) = bench.expect(2, "clean --from found.jsonl --documents mark --out marked.jsonl");
    assert!(told.contains("documents is mark, but it must be `drop` for findings about evaluation items"), "{told}");
}

#[test]
fn a_proof_fails_where_a_document_does_not_hold_the_item() {
    let bench = bench();
    bench.expect(0, "decontaminate --eval eval --eval-field question train.jsonl --out clean.jsonl");
    let evidence = bench.read("_doublon-clean.jsonl/removed.jsonl");
    bench.write("_doublon-clean.jsonl/removed.jsonl", evidence.replace("\"share\":1.0", "\"share\":0.0"));
    bench.expect(1, "verify clean.jsonl");
    let other = evidence.replace("eval/a.jsonl", "eval/b.jsonl").replace("\"a1\"", "\"b1\"");
    assert_ne!(other, evidence);
    bench.write("_doublon-clean.jsonl/removed.jsonl", other);
    let (proof, _) = bench.expect(1, "verify clean.jsonl");
    assert!(proof.contains("P3"), "{proof}");
}

#[test]
fn findings_cannot_name_a_document_as_an_item() {
    let bench = bench();
    bench.expect(0, "decontaminate --eval eval --eval-field question train.jsonl --format json -o found.jsonl");
    let found = bench.read("found.jsonl");
    let item = "\"item\":{\"source\":\"eval/a.jsonl\",\"record\":0,\"id\":\"a1\"}";
    assert!(found.contains(item), "{found}");
    bench.write("found.jsonl", found.replace(item, "\"item\":{\"source\":\"train.jsonl\",\"record\":1,\"id\":\"t2\"}"));
    let (_, told) = bench.expect(2, "clean --from found.jsonl --out from.jsonl");
    assert!(told.contains("an evaluation item that it does not hold, or that is none"), "{told}");
    assert!(!bench.path("from.jsonl").exists());
}

#[test]
fn what_is_leaked_often_is_found_by_default_and_is_common_by_gpt3() {
    let item = words(0, 30);
    let bench = Bench::with(&[("eval.txt", &item)]);
    for n in 0..11 {
        bench.write(&format!("train/{n:02}.txt"), format!("{}\n{item}", words(1000 * (n + 1), 50)));
    }
    let found = |flags: &str| {
        let (out, _) = bench.expect(0, &format!("decontaminate --eval eval.txt train {flags}"));
        (out.contains("1 of 1 item found"), out.contains("18 n-grams that too many documents have"))
    };
    assert_eq!(found(""), (true, false));
    assert_eq!(found("--rule gpt3"), (false, true));
    assert_eq!(found("--rule gpt3 --max-documents 11"), (true, false));
    assert_eq!(found("--max-documents 10"), (false, true));
}

#[test]
fn what_cannot_be_searched_for_is_refused() {
    let bench = bench();
    for (flags, expected) in [
        ("train.jsonl", "--eval <PATH>"),
        ("--eval eval train.jsonl", "name the field with --eval-field, as in --eval-field question"),
        ("--eval nowhere train.jsonl", "nowhere: no such file or folder"),
        ("--eval train.jsonl train.jsonl", "it is given twice"),
        ("--eval eval --min-share 0 train.jsonl", "above 0 and at most 1"),
        ("--eval eval --ngram 0 train.jsonl", "at least 1"),
        ("--eval eval --rule none train.jsonl", "invalid value 'none'"),
        ("--eval eval --remove places train.jsonl", "--out"),
        ("--eval eval - --out x", "standard input gives its bytes only once"),
    ] {
        let (_, told) = bench.expect(2, &format!("decontaminate {flags}"));
        assert!(told.contains(expected), "{flags}: {told}");
    }
    let (_, told) =
        bench.expect(3, "decontaminate --eval eval --eval-field question train.jsonl eval/none.txt --bad-input skip");
    assert!(told.is_empty() || !told.contains("panicked"), "{told}");
}

#[test]
fn known_text_is_no_part_of_an_item() {
    let instruction = words(0, 20);
    let item = format!("{instruction} {}", words(100, 10));
    let bench = Bench::with(&[("eval.txt", &item), ("train.txt", &format!("{instruction} {}", words(900, 40)))]);
    bench.write("known.txt", &instruction);
    bench.expect(1, "decontaminate --eval eval.txt train.txt --fail-on-found");
    bench.expect(0, "decontaminate --eval eval.txt train.txt --fail-on-found --ignore-text known.txt");
    bench.write("train.txt", format!("{} {} {instruction}", words(900, 40), words(100, 10)));
    for rule in ["ngram", "palm", "tulu3", "item", "passage"] {
        let flags = format!("--eval eval.txt train.txt --rule {rule} --ignore-text known.txt");
        let (out, _) = bench.expect(1, &format!("decontaminate {flags} --fail-on-found"));
        assert!(out.contains("(100% of it)"), "{rule}: {out}");
        bench.expect(0, &format!("decontaminate {flags} --allow-wipeout --out {rule}"));
        bench.expect(0, &format!("verify {rule} --ignore-text known.txt"));
    }
    // What is known text on both sides is nothing that both have.
    bench.write("train.txt", format!("{} {instruction} {}", words(900, 40), words(100, 6)));
    bench.expect(0, "decontaminate --eval eval.txt train.txt --rule passage --fail-on-found --ignore-text known.txt");
}

#[test]
fn a_corpus_that_was_not_read_is_not_copied() {
    let bench = Bench::with(&[("eval.txt", &words(1, 30)), ("train.jsonl", "{\"body\": \"Some words of it.\"}\n")]);
    let (_, told) = bench.expect(2, "decontaminate --eval eval.txt train.jsonl --out out.jsonl");
    assert!(told.contains("nothing was written: no document was compared") && told.contains("`body`"), "{told}");
    assert!(!bench.path("out.jsonl").exists());
    bench.expect(0, "decontaminate --eval eval.txt train.jsonl --text-field body --out out.jsonl");
}
