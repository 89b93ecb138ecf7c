//! What the program may hold in memory, as the system counts it.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

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

/// Runs a scan whose findings go to `output` and returns its exit status and its peak in kB. What it takes in its last
/// milliseconds may be missed.
pub fn scan(level: &str, input: &Path, output: &Path, more: &[&str]) -> (Option<i32>, u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doublon"));
    command.args(["scan", "--level", level, "--threads", "2", "--format", "json", "--quiet"]).args(more);
    let mut child = command.arg(input).stdout(File::create(output).unwrap()).spawn().unwrap();
    let mut peak = 0;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return (status.code(), peak);
        }
        peak = peak.max(high_water(&child).unwrap_or(0));
        thread::sleep(Duration::from_millis(2));
    }
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
    let held = scan(level, path, &with, &["--memory", BUDGET, "--tmp", folder.to_str().unwrap()]);
    let free = scan(level, path, &without, &[]);
    assert_eq!((held.0, free.0), (Some(0), Some(0)));
    assert!(free.1 > CEILING, "{} kB without a budget: too little to measure one", free.1);
    assert!(held.1 <= CEILING, "{} kB with a budget of {BUDGET}", held.1);
    assert!(fs::read(with).unwrap() == fs::read(without).unwrap(), "the findings differ");
}

#[test]
fn f13_a_line_of_a_gigabyte_takes_no_more_memory_than_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut file = File::create(&path).unwrap();
    file.write_all(b"{\"text\":\"one\"}\n").unwrap();
    file.set_len(1 << 30).unwrap(); // a hole, which takes no disk
    File::options().append(true).open(&path).unwrap().write_all(b"\n{\"text\":\"three\"}\n").unwrap();
    let output = folder.path().join("findings");
    let (code, peak) = scan("documents", &path, &output, &["--max-record", "16MiB"]);
    let findings = fs::read_to_string(output).unwrap();
    assert_eq!(code, Some(3), "{findings}");
    assert!(findings.contains(r#""kept":2,"removed":0,"skipped":{"too_large":1}"#), "{findings}");
    assert!(peak < 300 << 10, "{peak} kB");
}
