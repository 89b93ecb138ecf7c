//! Runs each command of `tests/cmd/` and each console block of `README.md` and the guide, and compares all that they print.
//!
//! A case is a `.toml` with the arguments and the exit status, beside the `.stdout` and `.stderr` that it must give.
//! Commands run at the root of the repository. `TRYCMD=overwrite cargo test --test program cmd` writes down what they
//! print now.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

/// Longer than any case may take, so that one that waits for input fails.
const TIMEOUT: Duration = Duration::from_mins(1);

#[test]
fn commands_print_what_is_written_down() {
    trycmd::TestCases::new()
        .register_bin("doublon", PathBuf::from(env!("CARGO_BIN_EXE_doublon")))
        .default_bin_name("doublon")
        .timeout(TIMEOUT)
        .case("tests/cmd/*.toml")
        .case("README.md")
        .case("docs/*.md");
}

// The runner skips a case whose program it does not know, and compares only the output that is written down. The tests
// below see to it that it can skip nothing.

#[test]
fn every_case_states_its_status_and_all_its_output() {
    let cases = cases().unwrap();
    assert!(!cases.is_empty(), "tests/cmd/ has no case");
    let faults: Vec<_> = cases.iter().flat_map(|(path, text)| case_faults(path, text)).collect();
    assert_eq!(faults, [""; 0]);
}

fn cases() -> io::Result<Vec<(PathBuf, String)>> {
    let mut cases = Vec::new();
    for entry in fs::read_dir("tests/cmd")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path)?;
            cases.push((path, text));
        }
    }
    Ok(cases)
}

fn case_faults(path: &Path, text: &str) -> Vec<String> {
    let states = |key: &str| text.lines().any(|line| line.starts_with(key));
    let name = path.display();
    let mut faults = Vec::new();
    for output in ["stdout", "stderr"] {
        if !states(output) && !path.with_extension(output).exists() {
            faults.push(format!("{name}: no .{output} beside it"));
        }
    }
    if !states("status") {
        faults.push(format!("{name}: no status"));
    }
    if states("bin") {
        faults.push(format!("{name}: bin is always doublon"));
    }
    faults
}

#[test]
fn a_case_without_status_or_output_is_a_fault() {
    let faults = case_faults(Path::new("none.toml"), "bin.name = \"cargo\"\nargs = []\n");
    assert_eq!(
        faults,
        [
            "none.toml: no .stdout beside it",
            "none.toml: no .stderr beside it",
            "none.toml: no status",
            "none.toml: bin is always doublon"
        ]
    );
    assert_eq!(case_faults(Path::new("none.toml"), "status = \"success\"\nstdout = \"\"\nstderr = \"\"\n"), [""; 0]);
}

#[test]
fn every_console_block_of_the_readme_runs_doublon() {
    let readme = fs::read_to_string("README.md").unwrap();
    assert_eq!(readme_faults(&readme), [""; 0]);
}

fn readme_faults(readme: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut commands = 0;
    let mut block = None;
    for line in readme.lines() {
        if let Some(info) = line.strip_prefix("```") {
            block = if block.is_none() { Some(info) } else { None };
            if block.is_some_and(|info| info.is_empty() || info.starts_with("console,")) {
                faults.push(format!("a block must be plain `console` or of another language: {line}"));
            }
        } else if block == Some("console")
            && let Some(command) = line.strip_prefix("$ ")
        {
            commands += 1;
            if !command.starts_with("doublon ") {
                faults.push(format!("only doublon is run: {line}"));
            }
        }
    }
    if commands == 0 {
        faults.push("no console block has a command".to_owned());
    }
    faults
}

#[test]
fn a_readme_whose_commands_are_not_run_is_a_fault() {
    assert_eq!(readme_faults("```sh\n$ doublon scan a\n```\n"), ["no console block has a command"]);
    assert_eq!(readme_faults("```console\n$ cargo run\n```\n"), ["only doublon is run: $ cargo run"]);
    assert_eq!(readme_faults("```console,ignore\n```\n```\n```\n").len(), 3);
    assert_eq!(readme_faults("```sh\nls\n```\n```console\n$ doublon scan a\n```\n"), [""; 0]);
}
