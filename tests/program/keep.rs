//! Which of several duplicates stays, where that goes by sources.

use crate::bench::{Bench, words};

/// One text in three folders, with a passage in a fourth document of each.
fn three() -> Bench {
    let (text, lead) = (words(0, 60), words(100, 40));
    let bench = Bench::with(&[("a/1.txt", &text), ("b/1.txt", &text), ("c/gold/1.txt", &text)]);
    for (folder, own) in [("a", 200), ("b", 300), ("c/gold", 400)] {
        bench.write(&format!("{folder}/2.txt"), format!("{lead}\n\n{}", words(own, 60)));
    }
    bench
}

/// The sources of what is kept and what goes: of the document, then of the passage.
fn kept(bench: &Bench, arguments: &str) -> [String; 2] {
    let (out, _) = bench.expect(0, &format!("clean {arguments} --passages cut --dry-run --format json"));
    let (documents, passages): (Vec<_>, Vec<_>) =
        crate::bench::lines(&out).into_iter().partition(|line| line["what"] == "document");
    assert_eq!((documents.len(), passages.len()), (2, 2), "{out}");
    [documents, passages].map(|lines| {
        assert_eq!(lines[0]["kept"]["source"], lines[1]["kept"]["source"], "{out}");
        lines[0]["kept"]["source"].as_str().unwrap().to_owned()
    })
}

#[test]
fn a_preferred_source_stays_for_documents_and_passages_alike() {
    let bench = three();
    for (policy, stays) in [
        ("first", "a"),
        ("prefer:gold", "c/gold"),
        ("prefer:c/*,b", "c/gold"),
        ("prefer:b,gold", "b"),
        ("prefer:x/**", "a"),
        ("prefer:{b,x}/1.txt,b/*", "b"),
    ] {
        let expected = [format!("{stays}/1.txt"), format!("{stays}/2.txt")];
        assert_eq!(kept(&bench, &format!("a b c --keep {policy}")), expected, "{policy}");
    }
}

#[test]
fn the_order_of_the_paths_decides_if_it_is_asked_for() {
    let bench = three();
    for (paths, stays) in [("a b c", "a"), ("b c a", "b"), ("c a b", "c/gold"), (". b", "a"), ("c . b", "c/gold")] {
        let [document, passage] = kept(&bench, &format!("{paths} --keep given-order"));
        let plain = |path: &str| path.trim_start_matches("./").to_owned();
        assert_eq!(
            [plain(&document), plain(&passage)],
            [format!("{stays}/1.txt"), format!("{stays}/2.txt")],
            "{paths}"
        );
    }
    bench.write("list", "c/gold/1.txt\nc/gold/2.txt\nb/1.txt\nb/2.txt\na/1.txt\na/2.txt\n");
    assert_eq!(kept(&bench, "--files-from list --keep given-order")[0], "c/gold/1.txt");
}

#[test]
fn copies_made_by_a_preference_are_final_and_so_are_those_from_findings() {
    let bench = three();
    for keep in ["prefer:gold", "given-order"] {
        bench.expect(0, &format!("clean b c a --keep {keep} --passages cut --out {keep}"));
        bench.expect(0, &format!("scan b c a --keep {keep} --inside-duplicates --format json -o found.jsonl"));
        bench.expect(0, &format!("clean --from found.jsonl --passages cut --out from-{keep}"));
    }
    assert!(bench.path("prefer:gold/c/gold/1.txt").exists() && !bench.path("prefer:gold/b/1.txt").exists());
    assert!(bench.path("given-order/b/1.txt").exists() && !bench.path("given-order/c/gold/1.txt").exists());
}

#[test]
fn a_comparison_says_which_would_stay() {
    let bench = three();
    for (keep, expected) in [
        ("first", "b is removed for a"),
        ("prefer:b", "a is removed for b"),
        ("given-order", "b is removed for a"),
        ("prefer:x", "b is removed for a"),
    ] {
        let (out, _) = bench.expect(0, &format!("compare a/1.txt b/1.txt --keep {keep}"));
        assert!(out.contains(&format!("{expected} (--keep {keep})")), "{out}");
    }
    let (out, _) = bench.expect(0, "compare b/1.txt a/1.txt --keep given-order");
    assert!(out.contains("b is removed for a"), "{out}");
}

#[test]
fn a_preference_that_is_no_pattern_is_refused() {
    let bench = three();
    for keep in ["prefer:", "prefer:a[", "prefer:a,,b"] {
        let (_, told) = bench.expect(2, &format!("scan a --keep {keep}"));
        assert!(told.contains("keep is "), "{told}");
    }
}

#[test]
fn an_empty_value_is_none() {
    let text = words(1, 30);
    let rows = [("1", ""), ("2", "2020-05-01"), ("3", "2021-05-01")];
    let csv = rows.map(|(id, date)| format!("{id},{date},{text}\n")).concat();
    let json = rows.map(|(id, date)| format!("{{\"id\":\"{id}\",\"date\":\"{date}\",\"text\":\"{text}\"}}\n")).concat();
    for (name, content) in [("a.csv", format!("id,date,text\n{csv}")), ("a.jsonl", json)] {
        let bench = Bench::with(&[(name, &content)]);
        for (policy, kept) in [("min:date", "(id \"2\")"), ("max:date", "(id \"3\")")] {
            let (out, _) = bench.expect(0, &format!("scan {name} --level documents --keep {policy}"));
            let line = out.lines().find(|line| line.contains("kept  ")).unwrap_or_default();
            assert!(line.contains(kept), "{name} {policy}: {out}");
        }
    }
}
