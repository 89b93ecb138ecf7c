//! Which of several duplicates stays.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use doublon::Result;
use doublon::finding::Findings;
use doublon::finding::InputOptions;
use doublon::scan::{Resources, scan};
use doublon::{Config, Keep, Level};

const TEXT: &str = "the harbour office found the same notice pinned to every door along the quay";

fn found(paths: &[PathBuf], keep: &str) -> Result<Findings> {
    let keep: Keep = keep.parse()?;
    let options = InputOptions { id_field: "name".into(), ..Default::default() };
    let parameters = Config::builder().level(Level::Documents).keep(keep).build().unwrap();
    scan(paths, &parameters, &options, &Resources::default(), &())
}

fn keeper(findings: &Findings) -> Option<&str> {
    let [cluster] = &findings.clusters[..] else { panic!("one cluster: {:?}", findings.clusters) };
    assert_eq!(cluster.members.len(), 3, "all others go: {cluster:?}");
    cluster.keep.id.as_deref()
}

/// Four documents that are equal after normalisation; only policies tell them apart.
fn records() -> [String; 4] {
    [
        format!(r#"{{"name":"a","text":"{TEXT}!","meta":{{"score":7}},"date":"2023-01-01"}}"#),
        format!(r#"{{"name":"b","text":"{TEXT} !!!","meta":{{"score":12.5}},"date":"2024-06-30"}}"#),
        format!(r#"{{"name":"c","text":"{TEXT}","meta":{{"score":-1}}}}"#),
        format!(r#"{{"name":"d","text":"{TEXT} ...","meta":{{}},"date":"2021-12-31"}}"#),
    ]
}

#[test]
fn each_policy_keeps_what_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("records.jsonl");
    fs::write(&path, records().join("\n")).expect("written");
    for (policy, expected) in [
        ("first", "a"),
        ("longest", "b"),
        ("shortest", "c"),
        ("max:meta.score", "b"),
        ("min:meta.score", "c"),
        ("max:date", "b"),
        ("min:date", "d"),
        ("max:nowhere", "a"),
    ] {
        let findings = found(std::slice::from_ref(&path), policy).expect("the scan ends");
        assert_eq!(keeper(&findings), Some(expected), "{policy}");
    }
}

#[test]
fn the_newest_or_oldest_file_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let paths: Vec<PathBuf> = records()
        .iter()
        .zip([30, 10, 40, 20])
        .enumerate()
        .map(|(n, (record, age))| {
            let path = folder.path().join(format!("{n}.jsonl"));
            fs::write(&path, record).expect("written");
            let file = fs::File::options().append(true).open(&path).expect("opens");
            file.set_modified(start + Duration::from_secs(age)).expect("time is set");
            path
        })
        .collect();
    for (policy, expected) in [("newest", "c"), ("oldest", "b")] {
        assert_eq!(keeper(&found(&paths, policy).expect("the scan ends")), Some(expected), "{policy}");
    }
}

#[test]
fn with_none_nothing_is_removed_and_duplicates_are_pairs() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("records.jsonl");
    fs::write(&path, records().join("\n")).expect("written");
    let findings = found(&[path], "none").expect("the scan ends");
    assert_eq!((findings.summary.kept, findings.summary.removed, findings.clusters.len()), (4, 0, 0));
    assert_eq!(findings.pairs.len(), 3, "one pair ties each copy to one of its equals");
}

#[test]
fn what_is_no_policy_is_refused() {
    for policy in ["last", "max:", "max", "", "First"] {
        let message = policy.parse::<Keep>().expect_err("refused").to_string();
        assert!(message.starts_with(&format!("keep is {policy}, but it must be first, longest")), "{message}");
    }
}
