//! `doublon clean --decisions`: what a person decided is carried out, and nothing goes that is no copy of what stays.

use serde_json::Value;

use crate::bench::{Bench, lines, words};

/// Returns a file of decisions: those of `given`, which are members of a JSON object without its braces.
fn decisions(undecided: &str, given: &[String]) -> String {
    let header = format!("{{\"schema\":\"doublon.decisions/1\",\"undecided\":\"{undecided}\"}}\n");
    given.iter().fold(header, |text, line| format!("{text}{{{line}}}\n"))
}

fn document(decision: &str, source: &str, record: u64) -> String {
    format!("\"what\":\"document\",\"decision\":\"{decision}\",\"source\":\"{source}\",\"record\":{record}")
}

fn passage(decision: &str, source: &str, span: (u64, u64)) -> String {
    let (start, end) = span;
    let place = format!("\"source\":\"{source}\",\"record\":0,\"start\":{start},\"end\":{end}");
    format!("\"what\":\"passage\",\"decision\":\"{decision}\",{place}")
}

/// Five texts of one group: 1 is an exact copy of 0; 2 and 3 differ from 0 in words of which 3 has all that 2 has and more;
/// 4 differs in others, so that it is no copy of 3.
fn texts() -> Bench {
    let text = words(0, 200);
    let replaced = |from: usize, to: usize| {
        let mut all: Vec<String> = text.split(' ').map(str::to_owned).collect();
        (from..to).for_each(|n| all[n] = format!("other{n}x"));
        all.join(" ")
    };
    let texts = [text.clone(), text.clone(), replaced(0, 6), replaced(0, 14), replaced(150, 164)];
    let lines: String = texts.iter().map(|text| serde_json::json!({ "text": text }).to_string() + "\n").collect();
    Bench::with(&[("in/a.jsonl", &lines)])
}

/// The records that go, each with the one for which it does.
fn gone(bench: &Bench, given: &[String], undecided: &str) -> (Vec<(u64, u64)>, String) {
    bench.write("d.jsonl", decisions(undecided, given));
    let (_, told) = bench.expect(0, "clean in --decisions d.jsonl --out out --overwrite");
    let record = |doc: &Value| doc["record"].as_u64().unwrap();
    (bench.removed("out").iter().map(|line| (record(&line["doc"]), record(&line["kept"]))).collect(), told)
}

#[test]
fn a_document_stays_goes_or_is_ignored_with_its_group() {
    let bench = texts();
    let all = vec![(1, 0), (2, 0), (3, 0), (4, 0)];
    assert_eq!(gone(&bench, &[document("accept", "in/a.jsonl", 0)], "remove").0, all);
    let kept = [document("keep", "in/a.jsonl", 1), document("remove", "in/a.jsonl", 2)];
    assert_eq!(gone(&bench, &kept, "remove").0, [(2, 0), (3, 0), (4, 0)]);
    assert_eq!(bench.summary("out")["documents_left"]["decided"], 1);
    let (removed, told) = gone(&bench, &kept, "keep");
    assert_eq!(removed, [(2, 0)]);
    assert!(told.contains("3 documents stay though they repeat others (1 decided, 2 undecided)"), "{told}");
    let ignored = [document("ignore", "in/a.jsonl", 3), document("remove", "in/a.jsonl", 1)];
    assert_eq!(gone(&bench, &ignored, "remove").0, []);
}

#[test]
fn another_original_takes_those_along_that_are_its_copies_and_no_others() {
    let bench = texts();
    let (removed, told) = gone(&bench, &[document("original", "in/a.jsonl", 3)], "remove");
    assert_eq!(removed, [(0, 3), (1, 3), (2, 3)], "{told}");
    assert_eq!(bench.summary("out")["documents_left"]["unlike_the_original"], 1);
    let measured = bench.removed("out");
    assert!(measured.iter().all(|line| line["jaccard"].as_f64().unwrap() >= 0.8), "{measured:?}");
    // Of the group as it was found, all go for the first.
    bench.expect(0, "scan in --format json -o found.jsonl");
    bench.expect(0, "clean --from found.jsonl --decisions d.jsonl --out saved");
    assert_eq!(bench.read("saved/a.jsonl"), bench.read("out/a.jsonl"));
}

#[test]
fn a_document_that_repeats_the_chosen_original_goes_for_it_too() {
    // The last text is a copy of 3, and of nothing else that the group has.
    let bench = texts();
    let mut lines = bench.read("in/a.jsonl");
    let third: Value = serde_json::from_str(lines.lines().nth(3).unwrap()).unwrap();
    let mut all: Vec<String> = third["text"].as_str().unwrap().split(' ').map(str::to_owned).collect();
    (60..74).for_each(|n| all[n] = format!("more{n}y"));
    lines += &(serde_json::json!({ "text": all.join(" ") }).to_string() + "\n");
    bench.write("in/a.jsonl", lines);
    assert_eq!(gone(&bench, &[], "keep").0, []);
    let (removed, told) = gone(&bench, &[document("original", "in/a.jsonl", 3)], "remove");
    assert_eq!(removed, [(0, 3), (1, 3), (2, 3), (5, 3)], "{told}");
}

/// A passage in three files, and another one in two; and where the first one stands.
fn passages() -> (Bench, [(u64, u64); 3]) {
    let (lead, more) = (words(500, 40), words(600, 30));
    let text = |own: u64, parts: &[&str]| {
        let parts: Vec<String> = parts.iter().map(|part| format!("{part}.")).collect();
        format!("{}.\n\n{}\n\n{}.\n", words(own, 30), parts.join("\n\n"), words(own + 50, 30))
    };
    let texts = [text(0, &[&lead, &more]), text(100, &[&lead]), text(200, &[&more, &lead])];
    let files = ["in/0.txt", "in/1.txt", "in/2.txt"];
    let bench = Bench::with(&[]);
    files.iter().zip(&texts).for_each(|(name, text)| _ = bench.write(name, text));
    let (found, _) = bench.expect(0, "scan in --format json");
    let family = lines(&found).into_iter().find(|line| line["type"] == "passage_family" && line["count"] == 3).unwrap();
    let span = |place: &Value| (place["start"].as_u64().unwrap(), place["end"].as_u64().unwrap());
    (bench, [&family["keep"], &family["occurrences"][0], &family["occurrences"][1]].map(span))
}

/// The files from which something is cut with the file of its kept place, and what is told.
fn cut(bench: &Bench, given: &[String], undecided: &str) -> (Vec<(String, String)>, String) {
    bench.write("d.jsonl", decisions(undecided, given));
    let (_, told) = bench.expect(0, "clean in --passages cut --decisions d.jsonl --out out --overwrite");
    let file = |place: &Value| place["source"].as_str().unwrap().trim_start_matches("in/").to_owned();
    let cuts = bench.removed("out");
    (cuts.iter().map(|line| (file(&line["span"]), file(&line["kept"]))).collect(), told)
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(cut, kept)| (format!("{cut}.txt"), format!("{kept}.txt"))).collect()
}

#[test]
fn a_place_stays_goes_or_is_ignored_with_its_family() {
    let (bench, [first, second, third]) = passages();
    let of = |decision, file: u64, span| passage(decision, &format!("in/{file}.txt"), span);
    let all = pairs(&[("1", "0"), ("2", "0"), ("2", "0")]);
    assert_eq!(cut(&bench, &[of("accept", 0, first)], "remove").0, all);
    assert_eq!(cut(&bench, &[of("keep", 1, second)], "remove").0, pairs(&[("2", "0"), ("2", "0")]));
    assert!(bench.read("out/_doublon/staying.jsonl").contains("\"reason\":\"decided\""));
    assert_eq!(cut(&bench, &[of("remove", 1, second)], "keep").0, pairs(&[("1", "0")]));
    assert!(bench.read("out/_doublon/staying.jsonl").contains("\"reason\":\"undecided\""));
    assert_eq!(cut(&bench, &[of("accept", 0, first)], "keep").0, pairs(&[("1", "0"), ("2", "0")]));
    // The other passage goes nevertheless.
    assert_eq!(cut(&bench, &[of("ignore", 0, first)], "remove").0, pairs(&[("2", "0")]));
    let (cuts, told) = cut(&bench, &[of("original", 2, third)], "remove");
    assert_eq!(cuts, pairs(&[("0", "2"), ("1", "2"), ("2", "0")]), "{told}");
}

#[test]
fn decisions_on_what_is_not_there_are_told_and_do_nothing() {
    let (bench, [first, ..]) = passages();
    let beside = (first.0 + 1, first.1);
    let lines = [passage("ignore", "in/0.txt", beside), document("keep", "/etc/passwd", 0)];
    let (cuts, told) = cut(&bench, &lines, "remove");
    assert_eq!(cuts.len(), 3);
    assert!(
        told.contains(&format!("d.jsonl:2: nothing was found that repeats at in/0.txt, record 0, bytes {}", beside.0))
    );
    assert!(told.contains("d.jsonl:3: nothing was found that repeats at /etc/passwd, record 0"), "{told}");
    let (_, told) = bench.expect(0, "clean in --decisions d.jsonl --out whole");
    assert!(told.contains("d.jsonl: a decision on a passage has no effect without --passages cut"), "{told}");
}

#[test]
fn a_wrong_file_of_decisions_ends_the_run() {
    let bench = texts();
    let refused = |content: String, arguments: &str, expected: &str| {
        bench.write("d.jsonl", content);
        let (_, told) = bench.expect(2, arguments);
        assert!(told.contains(expected) && !bench.path("out").exists(), "{told}");
    };
    let clean = "clean in --decisions d.jsonl --out out";
    let two = [document("original", "in/a.jsonl", 3), document("original", "in/a.jsonl", 2)];
    refused(decisions("remove", &two), clean, "d.jsonl:3: it names a second original for the group of line 2");
    refused("{\"type\":\"header\"}\n".into(), clean, "d.jsonl:1: it does not begin as decisions do");
    let kept = decisions("remove", &[document("keep", "in/a.jsonl", 1)]);
    refused(kept, "clean --from d.jsonl --out out", "these are decisions; give them with --decisions");
}

#[test]
fn what_others_are_only_compared_with_stays_whatever_is_decided() {
    let bench =
        Bench::with(&[("old/a.txt", &words(0, 200)), ("new/b.txt", &words(0, 200)), ("new/c.txt", &words(0, 200))]);
    let gone = |given: &[String]| {
        bench.write("d.jsonl", decisions("remove", given));
        bench.expect(0, "clean new --against old --decisions d.jsonl --out out --overwrite");
        bench.removed("out").len()
    };
    assert_eq!(
        gone(&[document("original", "new/b.txt", 0)]),
        0,
        "of the others one is old, and one is not compared with it"
    );
    assert_eq!(gone(&[document("remove", "old/a.txt", 0)]), 2);
}
