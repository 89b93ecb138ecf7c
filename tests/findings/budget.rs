//! A budget of memory changes nothing of the result. What the program holds is measured in `tests/heavy`.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::path::{Path, PathBuf};

use crate::generator::{self, Corpus, Generated, Mix, Options};
use crate::oracle::{documents, serialised, write_corpus};
use doublon::Error;
use doublon::finding::Findings;
use doublon::finding::InputOptions;
use doublon::scan::{Resources, scan};
use doublon::{Config, Level};

/// Everything fits into this. It is the least that the program accepts.
const AMPLE: u64 = 64 << 20;

/// Nothing fits into this, so the tables go to disk after each block and no shingle is held.
const TINY: u64 = 1;

fn mixed() -> Vec<Generated> {
    Corpus::new(Options { seed: 5, documents: 1500, words: 100, mix: Mix::default() }).collect()
}

fn shapes() -> [(&'static str, Vec<Generated>); 4] {
    [
        ("mixed", mixed()),
        ("equal", generator::equal(5, 2000, 60).collect()),
        ("pages", pages()),
        ("short", generator::short(5, 3000).collect()),
    ]
}

/// Pages that share a paragraph and are no duplicates, and a hundred more that are.
fn pages() -> Vec<Generated> {
    let pages: Vec<String> = generator::pages(5, 1000, 80, 30).map(|page| page.text).collect();
    let copies = pages.iter().step_by(10).map(|page| page.clone() + " more");
    documents(pages.iter().cloned().chain(copies))
}

fn with(memory: Option<u64>, tmp: &Path) -> Resources {
    Resources { threads: 2, memory, tmp: Some(tmp.to_owned()), ..Resources::default() }
}

fn run(paths: &[PathBuf], parameters: &Config, resources: &Resources) -> doublon::Result<Findings> {
    scan(paths, parameters, &InputOptions::default(), resources, &())
}

#[test]
fn a_budget_changes_no_byte_of_the_findings() {
    for (name, corpus) in shapes() {
        let folder = tempfile::tempdir().unwrap();
        // A file is a block, and after a block the tables are spilled.
        let paths = write_corpus(folder.path(), &corpus, 5);
        for pairs in [false, true] {
            let parameters = Config::builder().level(Level::Documents).pairs(pairs).build().unwrap();
            let found = |memory| serialised(&run(&paths, &parameters, &with(memory, folder.path())).unwrap());
            let unlimited = found(None);
            assert!(unlimited.lines().count() > 2, "{name}: nothing is found, which measures nothing");
            for memory in [AMPLE, TINY] {
                assert!(found(Some(memory)) == unlimited, "{name}: with {memory} bytes, and pairs: {pairs}");
            }
        }
    }
}

#[test]
fn a_budget_changes_no_byte_where_passages_are_compared() {
    for (name, corpus) in [("mixed", mixed()[..400].to_vec()), ("pages", pages()[..300].to_vec())] {
        let folder = tempfile::tempdir().unwrap();
        let paths = write_corpus(folder.path(), &corpus, 3);
        for level in [Level::Passages, Level::All] {
            let parameters = Config::builder().level(level).build().unwrap();
            let found = |memory| serialised(&run(&paths, &parameters, &with(memory, folder.path())).unwrap());
            let unlimited = found(None);
            assert!(unlimited.contains("passage_match"), "{name}: {unlimited}");
            for memory in [AMPLE, TINY] {
                assert!(found(Some(memory)) == unlimited, "{name}: {level:?} with {memory} bytes");
            }
        }
    }
}

/// Otherwise the tests above would compare memory with memory.
#[test]
fn a_tiny_budget_goes_to_disk_and_an_ample_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let paths = write_corpus(folder.path(), &mixed(), 2);
    let missing = folder.path().join("missing");
    for level in [Level::Documents, Level::Passages] {
        let parameters = Config::builder().level(level).build().unwrap();
        run(&paths, &parameters, &with(None, &missing)).unwrap();
        run(&paths, &parameters, &with(Some(AMPLE), &missing)).unwrap();
        let refused = run(&paths, &parameters, &with(Some(TINY), &missing));
        assert!(matches!(&refused, Err(Error::Io { path, .. }) if *path == missing), "{level:?}: {refused:?}");
    }
}

#[test]
fn temporary_files_go_with_the_run() {
    let (folder, tmp) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let paths = write_corpus(folder.path(), &mixed(), 2);
    run(&paths, &Config::default(), &with(Some(TINY), tmp.path())).unwrap();
    let left: Vec<_> = std::fs::read_dir(tmp.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
