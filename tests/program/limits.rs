//! What the system does not give: room on a device, files that are open at once, threads, variables; and runs that it ends.

use std::fs;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::bench::{Bench, all_files, words};

/// Runs a command line in a shell that has been given limits first.
fn limited(bench: &Bench, limits: &str, arguments: &str) -> Output {
    let script = format!("{limits}; exec {} {arguments}", env!("CARGO_BIN_EXE_doublon"));
    Command::new("bash").args(["-c", &script]).current_dir(bench.folder()).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Folders and files of several formats, of which each has a copy.
fn archive(files: u64) -> Bench {
    let bench = Bench::new();
    for n in 0..files {
        let (folder, text) = (n % 9, words(n / 2 * 50, 50));
        bench.write(&format!("in/{folder}/{n}.txt"), &text);
        bench.write(&format!("in/{folder}/{n}.jsonl"), serde_json::json!({ "text": text }).to_string() + "\n");
    }
    bench
}

#[test]
#[cfg(target_os = "linux")]
fn f25_a_device_that_is_full_is_told_with_its_name() {
    let bench = archive(4);
    for format in ["text", "json", "html", "csv"] {
        let output = limited(&bench, "true", &format!("scan in --format {format} > /dev/full"));
        let told = told(&output);
        assert_eq!(output.status.code(), Some(2), "{format}: {told}");
        assert!(told.contains("standard output: No space left on device"), "{format}: {told}");
    }
    let (_, told) = bench.expect(2, "scan in -o /dev/full");
    assert!(told.contains("/dev/full is no regular file"), "{told}");
}

#[test]
#[cfg(unix)]
fn f45_few_open_files_are_enough() {
    let bench = archive(100);
    bench.expect(0, "clean in --out free --passages cut --allow-wipeout");
    let clean = "clean in --out few --passages cut --allow-wipeout --threads 16 --memory 64MiB";
    let output = limited(&bench, "ulimit -n 64", clean);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(all_files(&bench.path("few")), all_files(&bench.path("free")));
    // With fewer than it takes to work at all, it says so, and leaves nothing.
    let output = limited(&bench, "ulimit -n 5", "clean in --out none");
    let told = told(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("Too many open files"), "{told}");
    let left = fs::read_dir(bench.folder()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().contains("none")));
}

#[test]
#[cfg(unix)]
fn f45_threads_variables_and_a_folder_for_temporary_files_change_nothing() {
    let bench = archive(20);
    let scan = "scan in --format json --level all";
    let (expected, _) = bench.expect(0, scan);
    assert!(expected.contains("document_cluster"));
    for (limits, flags) in [
        ("true", "--threads 1"),
        ("true", "--threads 256"),
        ("unset HOME TERM LANG PATH XDG_CONFIG_HOME", ""),
        ("export LANG=C LC_ALL=C TERM=dumb", ""),
        ("export TMPDIR=/nowhere/at/all", ""),
        ("exec < /dev/null 0<&-", ""),
    ] {
        let output = limited(&bench, limits, &format!("{scan} {flags}"));
        assert_eq!(output.status.code(), Some(0), "{limits} {flags}: {}", told(&output));
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{limits} {flags}");
    }
}

#[test]
#[cfg(unix)]
fn f26_runs_that_are_killed_in_a_loop_leave_one_whole_output() {
    let bench = archive(60);
    let flags = "--passages cut --allow-wipeout --overwrite -q";
    bench.expect(0, &format!("clean in --out out {flags}"));
    let (inputs, expected) = (all_files(&bench.path("in")), all_files(&bench.path("out")));
    for n in 0..40 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doublon"));
        command.args(format!("clean in --out out {flags}").split_whitespace()).current_dir(bench.folder());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(n * 3));
        child.kill().unwrap();
        child.wait().unwrap();
        if bench.path("out").exists() {
            assert_eq!(all_files(&bench.path("out")), expected, "killed after {} ms", n * 3);
        }
    }
    bench.expect(0, &format!("clean in --out out {flags}"));
    assert_eq!((all_files(&bench.path("in")), all_files(&bench.path("out"))), (inputs, expected));
    assert_eq!(fs::read_dir(bench.folder()).unwrap().count(), 2, "nothing is left beside it");
}
