//! Statistics of whole runs: they account for all input, and do not depend on how it was read.

#![allow(clippy::expect_used)] // helpers of tests fail like tests

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use doublon::Config;
use doublon::Result;
use doublon::finding::InputOptions;
use doublon::finding::statistics::{DocumentStatistics, Statistics};
use doublon::report::stats::write_json;
use doublon::scan::Resources;
use doublon::stats::{StatsRequest, stats};

const ALL: StatsRequest = StatsRequest { compare: true, documents: true, worst: 5 };
const ALONE: StatsRequest = StatsRequest { compare: false, ..ALL };

fn run(folder: &Path, request: StatsRequest, threads: usize) -> Result<Statistics> {
    let resources = Resources { threads, ..Resources::default() };
    stats(&[folder.to_path_buf()], request, &Config::default(), &InputOptions::default(), &resources, &())
}

/// A corpus of two files: documents that repeat themselves more and more, copies, a shared footer, bad records.
fn corpus() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("in");
    fs::create_dir(&path).expect("a folder");
    let mut first = String::new();
    for n in 0..60 {
        let own: String = (0..80).map(|word| word_of(n * 80 + word)).collect();
        let again = "the same eleven words stand here again and again and so on.\\n".repeat(n / 6);
        let footer = "this footer of more than twenty words stands below every document of the whole corpus and says \
            no more than that it is a footer of all";
        writeln!(first, r#"{{"id":"n{}","text":"{own}\n{again}{footer}"}}"#, n % 50).expect("a string takes all");
    }
    fs::write(path.join("a.jsonl"), &first).expect("is written");
    let copies: String = first.split_inclusive('\n').take(3).collect();
    fs::write(path.join("b.jsonl"), copies + "{\"text\":\" \"}\nnot JSON\n").expect("is written");
    (folder, path)
}

/// A word unlike all others.
fn word_of(n: usize) -> String {
    format!("{:09x} ", (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 28)
}

fn json(found: &Statistics) -> String {
    let mut out = Vec::new();
    write_json(found, &mut out).expect("memory takes all");
    String::from_utf8(out).expect("JSON is UTF-8")
}

#[test]
fn any_number_of_threads_gives_the_same_statistics() {
    let (_held, path) = corpus();
    for request in [ALL, ALONE] {
        let one = run(&path, request, 1).expect("is read");
        for threads in [2, 5] {
            let other = run(&path, request, threads).expect("is read");
            assert_eq!(json(&one), json(&other), "{threads} threads");
            assert_eq!(one.worst, other.worst, "{threads} threads");
        }
    }
}

#[test]
fn a_document_alone_measures_what_it_measures_among_others() {
    let (_held, path) = corpus();
    let alone_again = |document: &DocumentStatistics| DocumentStatistics { repeats: None, ..document.clone() };
    let (all, alone) = (run(&path, ALL, 2).expect("is read"), run(&path, ALONE, 2).expect("is read"));
    assert_eq!(all.documents.iter().map(alone_again).collect::<Vec<_>>(), alone.documents);
    assert_eq!(all.worst.iter().map(alone_again).collect::<Vec<_>>(), alone.worst);
    assert_eq!((&all.skipped, &all.summary.skipped), (&alone.skipped, &alone.summary.skipped));
    let mut summary = all.summary.clone();
    summary.repeats = None;
    assert_eq!(summary, alone.summary);
}

#[test]
fn all_input_is_accounted_for() {
    let (_held, path) = corpus();
    let found = run(&path, ALL, 2).expect("is read");
    let summary = &found.summary;
    assert_eq!((summary.met, summary.documents, found.documents.len()), (65, 63, 63));
    let skipped: Vec<_> = summary.skipped.iter().map(|(reason, n)| (reason.as_str(), *n)).collect();
    assert_eq!(skipped, [("empty", 1), ("invalid_json", 1)]);
    let bytes: u64 = found.documents.iter().map(|document| document.sizes.bytes).sum();
    assert_eq!(summary.sizes[0].total, bytes);
    assert!(summary.gopher.iter().any(|measure| measure.over > 0), "{:?}", summary.gopher);
    for (at, measure) in summary.gopher.iter().enumerate() {
        let over = found.documents.iter().filter(|document| document.gopher.0[at] > measure.limit);
        assert_eq!(measure.over, over.count() as u64, "{}", measure.measure);
    }
}

#[test]
fn the_worst_documents_come_first_and_repeated_ids_are_marked() {
    let (_held, path) = corpus();
    let found = run(&path, ALL, 2).expect("is read");
    let worst: Vec<u64> = found.worst.iter().map(|document| document.doc.record).collect();
    assert_eq!(worst, [54, 55, 56, 57, 58]);
    assert!(found.summary.over > 5 && found.worst[0].gopher.excess() >= found.worst[4].gopher.excess());
    let ids: Vec<_> = found.documents.iter().map(|document| document.doc.own_id().map(|id| &**id)).collect();
    assert_eq!(
        (ids[0], ids[9], ids[10], ids[49], ids[50], ids[60]),
        (None, None, Some("n10"), Some("n49"), None, Some("n0"))
    );
    let repeated = |doc: usize| found.documents[doc].doc.id.as_ref().map(|id| (id.is_repeated(), id.starts_with('n')));
    assert_eq!((repeated(0), repeated(10)), (Some((true, true)), Some((false, true))));
}

#[test]
fn shares_of_a_scan_tell_copies_and_footers() {
    let (_held, path) = corpus();
    let found = run(&path, ALL, 2).expect("is read");
    let repeats = found.summary.repeats.expect("documents were compared");
    assert_eq!(repeats.duplicates, 3);
    // All 60 documents that stay have the footer of 129 characters, and one of them keeps it.
    assert!(repeats.across >= 59 * 129, "{repeats:?}");
    assert!(repeats.within > 0 && repeats.within + repeats.across < repeats.characters, "{repeats:?}");
    let frequent = &found.passages[0];
    assert!(frequent.count >= 60 && frequent.documents <= 60, "{frequent:?}");
}
