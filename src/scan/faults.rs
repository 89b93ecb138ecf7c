//! Every operation on a temporary file fails once: the run ends with an error that names the folder, nothing is left there,
//! and no finding is another one.

use std::fs;
use std::path::Path;

use doublon_core::{Config, Level};

use super::{Resources, scan};
use crate::disk::faults::{self, DiskFault, EIO, ENOSPC};
use crate::error::Result;
use crate::finding::{Finding, InputOptions};

/// Texts of which some are equal, and some share passages.
fn write_texts(path: &Path) {
    let words = |first: usize, count: usize| (first..first + count).map(|n| format!("w{n}x")).collect::<Vec<_>>();
    let text = |n: usize| [words(n % 7 * 100, 40), words(1000 + n * 40, 40)].concat().join(" ");
    let texts = (0..20).chain(0..5).map(text).chain(["over and ".repeat(150)]);
    let lines: String = texts.map(|text| serde_json::json!({ "text": text }).to_string() + "\n").collect();
    fs::write(path, lines).expect("is written");
}

fn run(folder: &Path, level: Level) -> Result<Vec<Finding>> {
    let config = Config::builder().level(level).build()?;
    // Nothing fits into one byte, so that all goes to disk.
    let resources = Resources { threads: 1, memory: Some(1), tmp: Some(folder.join("tmp")), ..Resources::default() };
    let mut findings = Vec::new();
    scan(&[folder.join("in.jsonl")], &config, &InputOptions::default(), &resources, &())?.send(&mut findings)?;
    Ok(findings)
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).expect("is there").next().is_none()
}

#[test]
fn f25_temporary_files_that_fail_end_the_run_and_change_no_finding() {
    for level in [Level::Documents, Level::All] {
        let folder = tempfile::tempdir().expect("a folder");
        let temporary = folder.path().join("tmp");
        fs::create_dir(&temporary).expect("is made");
        write_texts(&folder.path().join("in.jsonl"));
        let expected = run(folder.path(), level).expect("is done");
        for fault in [DiskFault::Error(ENOSPC), DiskFault::Error(EIO), DiskFault::Short] {
            let mut count = 0;
            loop {
                let planned = faults::plan(&temporary, fault, count);
                let done = run(folder.path(), level);
                let Some(met) = planned.met() else { break };
                match done {
                    Ok(found) => {
                        assert!(fault == DiskFault::Short && found == expected, "{level:?}: {fault:?} at {met}");
                    }
                    Err(error) => {
                        assert!(error.to_string().contains("tmp: "), "{level:?}: {fault:?} at {met}: {error}");
                    }
                }
                assert!(is_empty(&temporary));
                count += 1 + count / 20; // there are some thousand, of a few kinds
            }
            assert!(count > 20, "{level:?}: only {count} operations");
        }
    }
}
