//! A proof of each clean copy that a test writes.

use std::path::Path;
use std::process::Command;

/// Runs `doublon verify` in a folder on what a command wrote there, if it was `clean` and wrote something.
pub fn prove(folder: &Path, arguments: &str) {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let value = |flag: &str| words.windows(2).find(|two| two[0] == flag).map(|two| two[1]);
    let Some(out) = value("--out").filter(|out| words[0] == "clean" && folder.join(out).exists()) else { return };
    let mut command = Command::new(env!("CARGO_BIN_EXE_doublon"));
    command.args(["verify", out, "--no-progress"]).current_dir(folder);
    command.args(value("--ignore-text").iter().flat_map(|file| ["--ignore-text", file]));
    let proof = command.output().unwrap();
    let told = [proof.stdout, proof.stderr].map(|told| String::from_utf8_lossy(&told).into_owned()).concat();
    assert_eq!(proof.status.code(), Some(0), "doublon verify {out} after {arguments}\n{told}");
}
