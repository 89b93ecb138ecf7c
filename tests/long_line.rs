//! A line of a gigabyte, in a process of its own, whose memory is measured.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // a test may fail by it

use std::fs::{self, File};
use std::io::Write;

use doublon::finding::InputOptions;
use doublon::scan::{Resources, scan};
use doublon::{Config, Level};

#[test]
fn f13_a_line_of_a_gigabyte_takes_no_more_memory_than_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut file = File::create(&path).unwrap();
    file.write_all(b"{\"text\":\"one\"}\n").unwrap();
    file.set_len(1 << 30).unwrap(); // a hole, which takes no disk
    File::options().append(true).open(&path).unwrap().write_all(b"\n{\"text\":\"three\"}\n").unwrap();
    let parameters = Config::builder().level(Level::Documents).build().unwrap();
    let options = InputOptions { max_record: 16 << 20, ..InputOptions::default() };
    let found = scan(&[path], &parameters, &options, &Resources { threads: 2, ..Resources::default() }, &()).unwrap();
    assert_eq!((found.summary.kept, found.summary.skipped.get("too_large")), (2, Some(&1)), "{:?}", found.summary);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kilobytes < 300 << 10, "{kilobytes} kB");
}
