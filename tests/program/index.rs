//! An index from the command line: built, asked, added to, looked after.

use serde_json::{Value, json};

use crate::bench::{Bench, all_files, files, lines, words};

/// A folder `old` of two documents, a folder `new` with a near copy of one, a copy of the other, and one that is new.
fn bench() -> Bench {
    let (a, b) = (words(0, 200), words(500, 200));
    let bench = Bench::with(&[("old/a.txt", &a), ("old/b.txt", &b), ("new/1.txt", &format!("{a} and more"))]);
    bench.write("new/2.txt", b.to_uppercase()).write("new/3.txt", words(900, 200)).write("new/4.txt", " \n");
    bench
}

/// The documents that went, as `source for source`.
fn gone(json: &str) -> Vec<String> {
    let clusters = lines(json).into_iter().filter(|line| line["type"] == "document_cluster");
    let of_cluster = |cluster: Value| {
        let keep = cluster["keep"]["source"].as_str().unwrap().to_owned();
        let members = cluster["members"].as_array().unwrap().clone();
        members.into_iter().map(move |member| format!("{} for {keep}", member["doc"]["source"].as_str().unwrap()))
    };
    clusters.flat_map(of_cluster).collect()
}

#[test]
fn new_documents_are_held_against_an_archive_that_is_not_there_any_more() {
    let bench = bench();
    let (_, told) = bench.expect(0, "index build seen old");
    assert!(told.contains("2 documents added, 2 in the index"), "{told}");
    let of_files = bench.expect(0, "scan new --against old --level documents --format json").0;
    std::fs::remove_dir_all(bench.path("old")).unwrap();
    let (asked, _) = bench.expect(0, "index query seen new --format json");
    let went = ["new/1.txt for old/a.txt", "new/2.txt for old/b.txt"];
    assert_eq!((gone(&asked), gone(&of_files)), (went.map(str::to_owned).to_vec(), went.map(str::to_owned).to_vec()));
    let told_alike = |json: &str| {
        let mut found = lines(json);
        found.retain(|line| line["type"] == "document_cluster" || line["type"] == "summary");
        for cluster in found.iter_mut().filter_map(Value::as_object_mut) {
            cluster.remove("indexed"); // files have no numbers
        }
        for member in found.iter_mut().filter_map(|line| line["members"].as_array_mut()).flatten() {
            let fields = member.as_object_mut().unwrap();
            // What two texts differ in is told of texts that are there.
            fields.retain(|name, _| name != "differences" && name != "more_differences");
        }
        found
    };
    assert_eq!(told_alike(&asked), told_alike(&of_files), "as a scan with the old files says it");
    assert_eq!(bench.expect(0, "scan new --against seen --level documents --format json").0, asked);
    assert_eq!(bench.expect(0, "index query seen new --format json -j 1").0, asked);
    let (out, _) = bench.expect(0, "index query seen new");
    assert!(out.contains("compared with 2 documents") && out.contains("old/a.txt"), "{out}");
    let (_, told) = bench.expect(0, "index add seen new");
    assert!(told.contains("1 document added, 3 in the index"), "{told}");
    assert_eq!(gone(&bench.expect(0, "index query seen new --format json").0).len(), 3);
}

#[test]
fn an_index_says_what_it_holds_and_lets_documents_go() {
    let bench = bench();
    bench.write("rows.jsonl", format!("{{\"id\":\"x\",\"text\":\"{}\"}}\n", words(700, 30)));
    bench.expect(0, "index build seen old");
    bench.expect(0, "index add seen rows.jsonl");
    let (info, _) = bench.expect(0, "index info seen --format json");
    let info: Value = serde_json::from_str(&info).unwrap();
    assert_eq!((&info["documents"], &info["segments"], &info["adds"]), (&3.into(), &2.into(), &2.into()), "{info}");
    assert!(bench.expect(0, "index info seen").0.contains("3 documents, "));
    assert!(bench.expect(0, "index verify seen").0.contains("3 documents read: nothing is damaged"));
    let (out, told) = bench.expect(0, "index remove seen --id x --id y");
    assert_eq!(out, "1 document removed\n");
    assert!(told.contains("no document of the index has y"), "{told}");
    assert!(gone(&bench.expect(0, "index query seen rows.jsonl --format json").0).is_empty());
    bench.expect(0, "index compact seen");
    assert!(bench.expect(0, "index info seen").0.contains("2 documents, "));
    let segment = std::fs::read_dir(bench.path("seen")).unwrap().map(|entry| entry.unwrap().path());
    let segment = segment.filter(|path| path.to_string_lossy().contains("segment-")).last().unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    assert!(bench.expect(1, "index verify seen").0.contains("the index is damaged"));
}

/// Some lines of JSON: the id and the text of each.
fn rows(rows: &[(Value, &str)]) -> String {
    rows.iter().map(|(id, text)| json!({"id": id, "text": text}).to_string() + "\n").collect()
}

#[test]
fn a_clean_copy_has_what_an_index_does_not_hold() {
    let bench = bench();
    let (a, c, d) = (words(0, 200), words(900, 200), words(2000, 200));
    bench.write("old.jsonl", rows(&[(json!("a1"), &a), (json!(2), &d)]));
    bench.expect(0, "index build seen old.jsonl");
    let held = all_files(&bench.path("seen"));
    // The file has the name of the one in the index, and its first record is another document.
    bench.write("old.jsonl", rows(&[(json!("x"), &c), (json!("y"), &format!("{a} more")), (json!("z"), &c)]));
    let (_, told) = bench.expect(0, "clean old.jsonl --against seen --out new.jsonl");
    assert!(told.contains("3 = 1 kept + 2 removed + 0 skipped; compared with 2 documents"), "{told}");
    assert_eq!(bench.read("new.jsonl"), rows(&[(json!("x"), &c)]));
    let removed = lines(&bench.read("_doublon-new.jsonl/removed.jsonl"));
    let told =
        |n: usize| [&removed[n]["doc"]["id"], &removed[n]["kept"]["id"], &removed[n]["indexed"]].map(Value::clone);
    assert_eq!(told(0), [json!("y"), json!("a1"), json!(0)], "for the one in the index");
    assert_eq!(told(1), [json!("z"), json!("x"), Value::Null], "for the first of the new ones");
    assert_eq!(all_files(&bench.path("seen")), held, "nothing of the index is changed");
    let (plan, _) = bench.expect(0, "clean old.jsonl --against seen --dry-run");
    assert!(plan.contains("old.jsonl:1 (id a1) in the index  (1 document for it"), "{plan}");
    bench.expect(2, "clean old.jsonl --against seen --out new.jsonl");
    let (_, told) = bench.expect(0, "clean old.jsonl --against seen --out new.jsonl --overwrite --threshold 0.8");
    assert!(told.contains("compared with 2 documents"), "{told}");
}

#[test]
fn a_copy_is_not_replaced_by_none_because_its_documents_were_added() {
    let bench = bench();
    bench.expect(0, "index build seen old");
    let clean = "clean new --against seen --add --out clean";
    bench.expect(0, clean);
    let copy = all_files(&bench.path("clean"));
    let (_, told) = bench.expect(2, &format!("{clean} --overwrite"));
    assert!(told.contains("clean: stays as it is: seen has all documents already"), "{told}");
    assert_eq!(all_files(&bench.path("clean")), copy);
    bench.write("new/5.txt", words(1200, 200));
    bench.expect(0, &format!("{clean} --overwrite"));
}

#[test]
fn a_build_that_fails_leaves_no_index() {
    let bench = bench();
    bench.expect(2, "index build seen nowhere");
    assert!(!bench.path("seen").exists());
    bench.expect(0, "index build seen old --threshold 0.9");
    bench.expect(2, "index build seen nowhere");
    assert!(bench.expect(0, "index verify seen").0.contains("2 documents read"));
}

#[test]
fn what_stays_is_added_when_the_copy_has_its_name() {
    let bench = bench();
    bench.expect(0, "index build seen old");
    let (_, told) = bench.expect(0, "clean new --against seen --add --out out");
    assert!(told.contains("1 document added to seen"), "{told}");
    assert_eq!(files(&bench.path("out")).into_keys().collect::<Vec<_>>(), ["3.txt", "4.txt"]);
    assert!(bench.expect(0, "index verify seen").0.contains("3 documents read: nothing is damaged"));
    assert_eq!(gone(&bench.expect(0, "index query seen new/3.txt --format json").0), ["new/3.txt for new/3.txt"]);
    // Again, there is nothing new, and a copy of which no text is left.
    let (_, told) = bench.expect(0, "clean new --against seen --add --out again");
    assert!(told.contains("0 documents added to seen"), "{told}");
    bench.expect(0, "verify out");
    let copy_fails = "clean new --against seen --add --out no/such/folder";
    let held = all_files(&bench.path("seen"));
    bench.write("new/5.txt", words(5000, 60));
    bench.expect(2, copy_fails);
    // A copy that is refused when all was decided.
    bench.write("new/6.jsonl", rows(&[(json!(1), &words(0, 200)), (json!(2), &words(500, 200))]));
    assert!(bench.expect(2, "clean new --against seen --add --out other").1.contains("nothing would be left of its 2"));
    assert_eq!(all_files(&bench.path("seen")), held, "the index is what it was");
}

#[test]
fn a_proof_finds_what_an_index_does_not_hold_any_more() {
    let bench = bench();
    let (a, b) = (words(0, 200), words(500, 200));
    bench.write("old.jsonl", rows(&[(json!("a"), &a), (json!("b"), &b)]));
    bench.write("new.jsonl", rows(&[(json!(1), &format!("{a} more")), (json!(2), &words(900, 90)), (json!(3), &b)]));
    bench.expect(0, "index build seen old.jsonl");
    bench.expect(0, "clean new.jsonl --against seen --add --out out.jsonl");
    let evidence = "_doublon-out.jsonl/removed.jsonl";
    let whole = bench.read(evidence);
    for (from, to, fault) in [
        ("\"indexed\":0", "\"indexed\":1", "the index holds another document by its number"),
        ("\"indexed\":0", "\"indexed\":2", "which the index did not hold then"),
        ("\"jaccard\":0.99", "\"jaccard\":0.98", "its similarity to old.jsonl, record 0 is 0.99"),
    ] {
        assert!(whole.contains(from), "{whole}");
        bench.write(evidence, whole.replacen(from, to, 1));
        let proof = bench.expect(1, "verify out.jsonl").0;
        assert!(proof.contains(fault), "{to}: {proof}");
    }
    bench.write(evidence, &whole);
    // A document of the copy that repeats what the index had.
    bench.write("out.jsonl", bench.read("out.jsonl") + &rows(&[(json!(1), &format!("{a} more"))]));
    assert!(bench.expect(1, "verify out.jsonl").0.contains("repeats a document that the index had"));
    bench.write("out.jsonl", rows(&[(json!(2), &words(900, 90))]));
    bench.expect(0, "verify out.jsonl");
    bench.expect(0, "index remove seen --id a");
    assert!(bench.expect(1, "verify out.jsonl").0.contains("which the index does not hold any more"));
}

#[test]
fn an_index_of_exact_copies_has_what_differs_in_signs_alone() {
    let bench = Bench::with(&[("old/1.txt", "a * b = c"), ("new/1.txt", "a*b = c"), ("new/2.txt", "a *\nb = c")]);
    bench.write("new/3.txt", "A * B = C");
    bench.expect(0, "index build seen old --exact");
    assert_eq!(gone(&bench.expect(0, "index query seen new --format json").0), ["new/2.txt for old/1.txt"]);
    assert!(bench.expect(0, "clean new --against seen --exact --out out").1.contains("2 kept + 1 removed"));
    let line = &bench.removed("out")[0];
    assert_eq!((&line["rule"], &line["equality"]), (&json!("same characters"), &json!("characters")));
}

#[test]
fn an_id_that_is_a_number_and_one_that_is_a_text_are_two() {
    let bench = bench();
    bench.write("rows.jsonl", rows(&[(json!(1), &words(700, 30)), (json!("1"), &words(800, 30))]));
    bench.expect(0, "index build seen rows.jsonl");
    let (out, told) = bench.expect(0, "index remove seen --id \"2\" --id 1");
    assert_eq!(out, "1 document removed\n");
    assert!(told.contains("no document of the index has \"2\"") && !told.contains("there are documents"), "{told}");
    let (out, told) = bench.expect(0, "index remove seen --id 1");
    assert_eq!(out, "0 documents removed\n");
    assert!(told.contains("the id \"1\", which is a text: name them with --id '\"1\"'"), "{told}");
    assert_eq!(bench.expect(0, "index remove seen --id \"1\"").0, "1 document removed\n");
}

#[test]
fn settings_that_nobody_gave_are_those_of_the_index() {
    let bench = bench();
    bench.expect(0, "index build seen old --threshold 0.5 --recall 0.999 --fold-accents");
    bench.expect(0, "scan new --against seen --level documents");
    bench.expect(0, "scan new --against seen --level documents --threshold 0.5");
    bench.expect(0, "clean new --against seen --out out");
    let told = bench.expect(2, "clean new --against seen --recall 0.9 --out other").1;
    assert!(told.contains("made with bands "), "{told}");
    let told = bench.expect(2, "scan new --against seen --level documents --keep-case").1;
    assert!(told.contains("made with keep-case false"), "{told}");
}

#[test]
fn a_file_of_settings_is_told_as_not_read() {
    let bench = bench();
    bench.write("doublon.toml", "threshold = 0.9\n");
    let (_, told) = bench.expect(0, "index build seen old");
    assert!(told.contains("doublon.toml is not read by `doublon index`"), "{told}");
    assert!(bench.expect(0, "index query seen new").1.contains("doublon.toml is not read"));
    assert_eq!(bench.expect(0, "index query seen new -q").1, "");
    assert!(!bench.expect(0, "index info seen").1.contains("doublon.toml"));
    let mut asked = bench.command("index query seen new");
    let told = asked.env("DOUBLON_THRESHOLD", "0.5").env("DOUBLON_KEEP", "").output().unwrap().stderr;
    let told = String::from_utf8(told).unwrap();
    assert!(told.contains("DOUBLON_THRESHOLD is not read") && !told.contains("DOUBLON_KEEP"), "{told}");
    // A scan does read it.
    let told = bench.expect(2, "scan new --against seen --level documents").1;
    assert!(told.contains("made with threshold 0.8, and this run has 0.9"), "{told}");
}

#[test]
fn what_an_index_cannot_do_is_refused_by_name() {
    let bench = bench();
    bench.expect(0, "index build seen old");
    let refusal = |arguments: &str| bench.expect(2, arguments).1;
    assert!(refusal("index build seen new").contains("it is an index already"));
    assert!(refusal("index query seen new --level passages").contains("it finds documents only: ask for these"));
    assert!(refusal("index build other old --level passages").contains("give --level all"));
    assert!(refusal("index query old new").contains("it is no index; make one with `doublon index build`"));
    assert!(refusal("index query none new").contains("no such file or folder"));
    let other = refusal("scan new --against seen --level documents --threshold 0.9 --bands 12 --rows 5");
    assert!(other.contains("made with threshold 0.8, and this run has 0.9"), "{other}");
    assert!(refusal("scan new --against seen").contains("it finds documents only: ask for these"));
    assert!(
        refusal("clean new --against seen --passages cut --out out").contains("it finds documents only: ask for these")
    );
    assert!(refusal("clean new --against seen --documents mark --out out").contains("leave --documents out"));
    assert!(refusal("clean new --against seen --against old --out out").contains("compared with by itself"));
    assert!(refusal("clean new --against old --add --out out").contains("--add adds to an index"));
    assert!(refusal("clean new --add --out out").contains("--against"));
    bench.write("found.jsonl", bench.expect(0, "index query seen new --format json").0);
    let saved = refusal("clean --from found.jsonl --out out");
    assert!(saved.contains("clean with it: `doublon clean NEW --against seen --out OUT`"), "{saved}");
    for asked in ["build other old", "add seen new", "query seen new"] {
        let told = refusal(&format!("index {asked} --containment 0.9"));
        assert!(told.contains("by their similarity; leave it out, or compare with the old files"), "{told}");
    }
    for (flags, level) in [
        ("--containment 0.9", "documents"),
        ("--ignore-text old/a.txt", "passages"),
        ("--pairs", "documents"),
        ("--isolate", "documents"),
        ("--scope within", "passages"),
    ] {
        let told = refusal(&format!("scan new --against seen --level {level} {flags}"));
        let flag = flags.split(' ').next().unwrap();
        assert!(told.contains("seen is an index, ") && told.contains(&format!("leave {flag} out")), "{told}");
        let told = refusal(&format!("clean new --against seen --passages cut --out out {flags}"));
        assert!(told.contains(&format!("leave {flag} out")), "{told}");
    }
    for flag in ["--min-words 20", "--window 9", "--window-shingle 4", "--window-bands 2", "--window-rows 2"] {
        let told = refusal(&format!("index build other old {flag}"));
        let name = flag.split(' ').next().unwrap();
        assert!(
            told.contains(&format!("{name} says which passages are found")) && told.contains("--level all"),
            "{told}"
        );
    }
    assert!(
        refusal("index build other old --ignore-text old/a.txt").contains("ignore-text is set, but it must be left")
    );
    assert!(refusal("index build other old --keep longest").contains("keep is longest, but it must be first"));
    assert!(refusal("scan new --against seen --level documents --exact").contains("made with exact "));
    assert!(refusal("index add seen .").contains("is in it; name what is to be read"));
    assert!(!bench.path("other").exists() && !bench.path("out").exists(), "nothing was written");
}

#[test]
fn passages_of_new_pages_are_found_in_an_archive_that_is_not_there_any_more() {
    let (lead, bench) = (words(0, 40), Bench::new());
    let page = |first: u64| format!("{}\n\n{lead}\n\n{}", words(first, 60), words(first + 100, 60));
    bench
        .write("old/a.txt", page(1000))
        .write("old.jsonl", rows(&[(json!(7), &page(2000)), (json!("7"), &words(9000, 90))]));
    bench.write("new/a.txt", page(3000)).write("new/b.txt", words(5000, 200));
    let (_, told) = bench.expect(0, "index build seen old old.jsonl --level all");
    assert!(told.contains("3 documents added"), "{told}");
    std::fs::remove_dir_all(bench.path("old")).unwrap();
    let (info, _) = bench.expect(0, "index info seen");
    assert!(info.contains("of them for passages"), "{info}");
    let (json, _) = bench.expect(0, "index query seen new --level passages --format json");
    let found: Vec<Value> = lines(&json).into_iter().filter(|line| line["type"] == "passage_match").collect();
    assert_eq!(found.len(), 2, "{json}");
    let place = |place: &Value| (place["source"].clone(), place["id"].clone(), place["in_index"]["words"].clone());
    assert_eq!(place(&found[0]["a"]), (json!("old.jsonl"), json!(7), json!([60, 100])));
    assert_eq!(place(&found[1]["a"]), (json!("old/a.txt"), Value::Null, json!([60, 100])));
    assert_eq!((&found[0]["b"]["source"], found[0]["words"].as_u64()), (&json!("new/a.txt"), Some(40)));
    assert_eq!(found[0]["a"]["excerpt"].as_str(), Some(lead.as_str()), "the words, as they are compared");
    assert_eq!(bench.expect(0, "index query seen new --level passages --format json -j 1").0, json);
    let (out, _) = bench.expect(0, "index query seen new --level passages");
    assert!(out.contains("old/a.txt in the index") && out.contains("words 61 to 100"), "{out}");
    for (format, told) in [
        ("csv", "old.jsonl"),
        ("markdown", "old.jsonl&#58;1 (id 7) in the index"),
        ("html", "words 61 to 100"),
        ("sarif", "\"words\":[60,100]"),
        ("github", "in the index, words 61 to 100"),
    ] {
        let (out, _) = bench.expect(0, &format!("index query seen new --level passages --format {format}"));
        assert!(out.replace([' ', '\n'], "").contains(&told.replace(' ', "")), "{format}: {out}");
    }
    assert_eq!(bench.expect(0, "scan new --against seen --level passages --format json").0, json);
    bench.write("new/c.txt", format!("{} and more", page(2000)));
    let (all, _) = bench.expect(0, "index query seen new --level all --format json");
    assert_eq!(gone(&all), ["new/c.txt for old.jsonl"]);
    let passages = |json: &str| -> Vec<Value> {
        lines(json)
            .into_iter()
            .filter(|line| line["type"] == "passage_match" || line["type"] == "passage_family")
            .collect()
    };
    assert_eq!(passages(&all), passages(&json), "of the documents that stay");
    assert!(passages(&json).len() > 2, "{json}");
    let (out, _) = bench.expect(0, "scan new --against seen");
    assert!(out.contains("3 = 2 kept + 1 removed + 0 skipped; compared with 3 documents"), "{out}");
    assert_eq!(bench.expect(0, "scan new --against seen --format json").0, all);
    std::fs::remove_file(bench.path("new/c.txt")).unwrap();
    assert!(
        bench.expect(2, "scan new --against seen --level passages --window 9").1.contains("windows that it was built")
    );
    let (out, _) = bench.expect(0, "scan new --against seen --level passages --min-words 41");
    assert!(!out.contains("old/a.txt"), "{out}");
    let (out, _) = bench.expect(0, "index query seen new --level passages --min-words 50");
    assert!(!out.contains("old/a.txt"), "{out}");
    assert!(bench.expect(2, "index query seen new --level passages --min-words 5").1.contains("window is 8"));
    assert!(bench.expect(2, "index query seen new --min-words 50").1.contains("documents are asked for"));
    bench.write("more/c.txt", page(6000)).write("more/d.txt", page(7000));
    let (out, _) = bench.expect(0, "index query seen more --level passages");
    assert!(out.contains("40 words in 3 places"), "{out}");
    bench.expect(0, "index add seen new");
    bench.expect(0, "index compact seen");
    bench.expect(0, "index verify seen");
    let (out, _) = bench.expect(0, "index query seen new --level passages");
    assert!(out.contains("The whole text of new/b.txt"), "a new document that was added is a passage of itself: {out}");
}
