//! What a run may hold in memory: a budget changes nothing of the result, and the program takes little more.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::path::{Path, PathBuf};

use doublon::Error;
use doublon::finding::Findings;
use doublon::finding::InputOptions;
use doublon::scan::{Resources, scan};
use doublon::{Config, Level};
use generator::{Corpus, Generated, Mix, Options};
use oracle::{documents, serialised, write_corpus};

#[path = "../benches/generator/mod.rs"]
#[allow(dead_code)] // each user of the generator uses a part of it
mod generator;
#[allow(dead_code)]
mod oracle;

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
    Resources { threads: 2, memory, tmp: Some(tmp.to_owned()) }
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

/// Only Linux tells the peak of another process in a file.
#[cfg(all(target_os = "linux", feature = "cli"))]
mod program {
    use std::fs::{self, File};
    use std::io::{BufWriter, Write};
    use std::path::Path;
    use std::process::{Child, Command};
    use std::thread;
    use std::time::Duration;

    use crate::generator::{Prose, Random};

    /// The least budget that the program accepts.
    const BUDGET: &str = "64MiB";

    /// What it may take with that, in kB: a quarter more. The budget is divided among what grows with the number of
    /// documents; buffers, stacks and the documents in crowds are estimated, not counted. Six runs took 63,516 to
    /// 64,532 kB, and 132,876 to 137,652 without a budget.
    const CEILING: u64 = 80 << 10;

    const BYTES: usize = 60_000_000;

    /// Documents of twelve words: the shorter they are, the more their tables take.
    fn write_short_documents(path: &Path) {
        let texts: Vec<Prose> = (0..2000).map(|n| Prose::write(24, &mut Random::new(3, n))).collect();
        let mut random = Random::new(4, 0);
        let mut file = BufWriter::new(File::create(path).unwrap());
        let mut written = 0;
        while written < BYTES {
            // Halves of two texts: many documents at the price of few.
            let mut text = texts[random.below(texts.len())].part(0..6);
            let at = random.below(18);
            text.insert(6, &texts[random.below(texts.len())].part(at..at + 6));
            let line = serde_json::json!({ "text": text.render().text }).to_string();
            writeln!(file, "{line}").unwrap();
            written += line.len() + 1;
        }
        file.flush().unwrap();
    }

    /// Documents of 300 words of 20,000 at random; every fiftieth holds one of ten passages too.
    fn write_articles(path: &Path) {
        let mut random = Random::new(5, 0);
        let mut words = |n: usize| (0..n).map(|_| format!("mot{}", random.below(20_000))).collect::<Vec<_>>().join(" ");
        let passages: Vec<String> = (0..10).map(|_| words(40)).collect();
        let mut file = BufWriter::new(File::create(path).unwrap());
        let (mut written, mut n) = (0, 0);
        while written < BYTES {
            let passage = if n % 50 == 0 { passages[n / 50 % 10].as_str() } else { "" };
            let line = format!("{{\"text\":\"{} {passage} {}\"}}\n", words(150), words(150));
            file.write_all(line.as_bytes()).unwrap();
            written += line.len();
            n += 1;
        }
        file.flush().unwrap();
    }

    /// Runs a scan whose findings go to `output` and returns its peak in kB. What it takes in its last milliseconds may
    /// be missed.
    fn peak(level: &str, input: &Path, output: &Path, more: &[&str]) -> u64 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doublon"));
        command.args(["scan", "--level", level, "--threads", "2", "--format", "json", "--quiet"]).args(more);
        let mut child = command.arg(input).stdout(File::create(output).unwrap()).spawn().unwrap();
        let mut peak = 0;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            peak = peak.max(high_water(&child).unwrap_or(0));
            thread::sleep(Duration::from_millis(2));
        };
        assert!(status.success(), "{status}");
        peak
    }

    fn high_water(child: &Child) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    #[test]
    fn the_program_keeps_to_its_budget() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docs.jsonl");
        write_short_documents(&path);
        keeps_to_its_budget("documents", &path, folder.path());
    }

    #[test]
    fn the_program_keeps_to_its_budget_where_passages_are_compared() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docs.jsonl");
        write_articles(&path);
        keeps_to_its_budget("passages", &path, folder.path());
    }

    fn keeps_to_its_budget(level: &str, path: &Path, folder: &Path) {
        let (with, without) = (folder.join("with"), folder.join("without"));
        let held = peak(level, path, &with, &["--memory", BUDGET, "--tmp", folder.to_str().unwrap()]);
        let free = peak(level, path, &without, &[]);
        assert!(free > CEILING, "{free} kB without a budget: too little to measure one");
        assert!(held <= CEILING, "{held} kB with a budget of {BUDGET}");
        assert!(fs::read(with).unwrap() == fs::read(without).unwrap(), "the findings differ");
    }
}
