//! An index from the command line: built, asked, added to, looked after.

use serde_json::Value;

use crate::bench::{Bench, lines, words};

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

#[test]
fn what_an_index_cannot_do_is_refused_by_name() {
    let bench = bench();
    bench.expect(0, "index build seen old");
    let refusal = |arguments: &str| bench.expect(2, arguments).1;
    assert!(refusal("index build seen new").contains("it is an index already"));
    assert!(refusal("index query seen new --level passages").contains("an index has no passages"));
    assert!(refusal("index query old new").contains("it is no index; make one with `doublon index build`"));
    assert!(refusal("index query none new").contains("no such file or folder"));
    let other = refusal("scan new --against seen --level documents --threshold 0.9 --bands 12 --rows 5");
    assert!(other.contains("made with threshold 0.8, and this run has 0.9"), "{other}");
    assert!(refusal("scan new --against seen").contains("seen is an index; it is compared with by itself"));
    assert!(refusal("clean new --against seen --out out").contains("seen is an index"));
    assert!(refusal("index build other old --containment 0.9").contains("--containment"));
    assert!(
        refusal("index build other old --ignore-text old/a.txt").contains("ignore-text is set, but it must be left")
    );
    assert!(refusal("index build other old --keep longest").contains("keep is longest, but it must be first"));
    assert!(refusal("scan new --against seen --level documents --exact").contains("made with exact "));
    assert!(refusal("index add seen .").contains("is in it; name what is to be read"));
    assert!(!bench.path("other").exists() && !bench.path("out").exists(), "nothing was written");
}
