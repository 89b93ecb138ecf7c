//! Runs that a signal ends.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::bench::{Bench, files, words};

/// Texts that take some seconds to compare.
fn bench() -> Bench {
    let bench = Bench::new();
    for n in 0..40 {
        let texts: String = (0..200).map(|at| record(n * 200 + at)).collect();
        bench.write(&format!("in/{n}.jsonl"), texts);
    }
    bench
}

fn record(n: u64) -> String {
    let text = (0..12).map(|part| words((n * 7919 + part * 10_007) % 20_000, 60)).collect::<Vec<_>>().join(". ");
    serde_json::json!({ "text": text }).to_string() + "\n"
}

fn start(bench: &Bench, arguments: &str) -> Child {
    // Who started the tests may have them ignore signals, as `nohup` does, and the program goes on to ignore those.
    let mut command = Command::new("env");
    if cfg!(target_os = "linux") {
        command.arg("--default-signal");
    }
    command.arg(env!("CARGO_BIN_EXE_doublon")).args(arguments.split_whitespace()).current_dir(bench.folder());
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn a_signal_ends_a_run_and_nothing_of_it_is_left() {
    let bench = bench();
    let inputs = files(bench.folder()).into_keys().collect::<Vec<_>>();
    let mut ended = 0;
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        for wait in [100, 300, 700] {
            for arguments in
                ["clean in --out out --passages cut --allow-wipeout", "scan in --format json -o found.jsonl"]
            {
                let child = start(&bench, arguments);
                std::thread::sleep(Duration::from_millis(wait));
                signal(&child, name);
                let output = child.wait_with_output().unwrap();
                let told = String::from_utf8_lossy(&output.stderr);
                if output.status.code().is_none() {
                    // It had not begun to listen.
                    assert_eq!(files(bench.folder()).into_keys().collect::<Vec<_>>(), inputs);
                    continue;
                }
                if output.status.code() == Some(0) {
                    // It was faster.
                    std::fs::remove_dir_all(bench.path("out"))
                        .or_else(|_| std::fs::remove_file(bench.path("found.jsonl")))
                        .unwrap();
                    continue;
                }
                assert_eq!(output.status.code(), Some(code), "{name} {arguments}: {told}");
                assert!(told.contains("interrupted; no file was written"), "{told}");
                assert_eq!(files(bench.folder()).into_keys().collect::<Vec<_>>(), inputs, "{name} {arguments}");
                ended += 1;
            }
        }
    }
    assert!(ended > 5, "{ended} of 18 runs were ended before they were done");
}

#[test]
fn a_run_that_waits_for_input_ends_too() {
    let bench = Bench::with(&[]);
    let mut child = start(&bench, "scan -");
    std::thread::sleep(Duration::from_secs(1));
    signal(&child, "INT");
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "it waits for its input");
    let start = Instant::now();
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(3), "the second signal ends it at once");
}
