//! A folder in which tests run the program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::proof::prove;

/// A folder of its own, in which commands run.
pub struct Bench {
    folder: TempDir,
}

impl Bench {
    /// Makes a folder with some files: the name and the content of each.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let bench = Self { folder: TempDir::new().unwrap() };
        for (name, content) in files {
            bench.write(name, content);
        }
        bench
    }

    /// Makes a folder with an empty folder `in`.
    pub fn new() -> Self {
        let bench = Self::with(&[]);
        fs::create_dir(bench.path("in")).unwrap();
        bench
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn run(&self, arguments: &str) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The program with its arguments, in the folder.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doublon"));
        command.args(arguments.split_whitespace()).current_dir(self.folder.path());
        command
    }

    /// Runs a command that must end with an exit code; returns what it writes to standard output and what it tells. A
    /// copy that it writes is proved.
    pub fn expect(&self, code: i32, arguments: &str) -> (String, String) {
        let output = self.run(arguments);
        let [out, told] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        assert_eq!(output.status.code(), Some(code), "doublon {arguments}\n{out}{told}");
        if matches!(code, 0 | 3) {
            prove(self.folder.path(), arguments);
        }
        (out, told)
    }

    /// The lines of `_doublon/removed.jsonl`.
    pub fn removed(&self, out: &str) -> Vec<Value> {
        lines(&self.read(&format!("{out}/_doublon/removed.jsonl")))
    }

    /// What goes from a clean with these flags, as `source for source`, documents first.
    pub fn gone(&self, arguments: &str) -> Vec<String> {
        let (out, _) = self.expect(0, &format!("clean {arguments} --dry-run --format json"));
        let name = |value: &Value| value["source"].as_str().unwrap().to_owned();
        let told = |line: &Value| match line["what"].as_str() {
            Some("document") => format!("{} for {}", name(&line["doc"]), name(&line["kept"])),
            _ => format!("part of {} for {}", name(&line["span"]), name(&line["kept"])),
        };
        lines(&out).iter().map(told).collect()
    }

    pub fn summary(&self, out: &str) -> Value {
        serde_json::from_str(&self.read(&format!("{out}/_doublon/summary.json"))).unwrap()
    }
}

/// The values of a file of JSON Lines.
pub fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// All files below a folder but for the evidence, by name.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = all_files(folder);
    found.retain(|name, _| !name.starts_with("_doublon"));
    found
}

/// All files below a folder, by name.
pub fn all_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    files_below(folder, folder)
}

fn files_below(root: &Path, folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(root, &path));
        } else {
            found.insert(path.strip_prefix(root).unwrap().display().to_string(), fs::read(&path).unwrap());
        }
    }
    found
}

/// Words that no other call gives, and none spelled like one of them.
pub fn words(first: u64, count: u64) -> String {
    let letter = |n: u64| char::from(b'a' + (n % 26) as u8);
    let word = |n: u64| (0..7).map(|at| letter((n * 0x9e37_79b9_7f4a) >> (6 * at))).collect::<String>();
    (first..first + count).map(word).collect::<Vec<_>>().join(" ")
}
