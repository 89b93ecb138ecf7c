//! Every operation on disk of a run fails once, and the run is killed at every one of them: an output is the old one or the
//! new one, inputs stay, and the next run ends as if nothing had been.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::{command, parse, told};
use crate::cli::exit;
use crate::disk::faults::{self, DiskFault, EIO, ENOSPC};

/// What lies in a folder: of each path the mode, and the content if it is a file.
type Tree = BTreeMap<PathBuf, (u32, Option<Vec<u8>>)>;

/// A run that writes something, in a folder of its own.
struct Case {
    folder: tempfile::TempDir,
    /// The command line, with `@` for the folder.
    arguments: String,
    before: Tree,
    after: Tree,
    /// The exit code of a run that nothing disturbs.
    code: u8,
    /// How many operations that has.
    operations: usize,
}

/// How a run ended: its exit code, and what it told if it failed.
#[derive(Debug)]
struct Ended {
    code: u8,
    told: String,
}

impl Case {
    /// Makes inputs, an older output by the command line `older` if there is one, and the output that is to be.
    fn new(inputs: &[(&str, Vec<u8>)], older: Option<&str>, arguments: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in inputs {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("has one")).expect("is made");
            fs::write(path, content).expect("is written");
        }
        fs::create_dir(folder.path().join("tmp")).expect("is made");
        let none = Tree::new();
        let arguments = format!("{arguments} -q --no-progress --threads 1 --tmp @/tmp");
        let mut case = Self { folder, arguments, before: none.clone(), after: none, code: 0, operations: 0 };
        if let Some(older) = older {
            assert_eq!(case.run(&format!("{older} -q --no-progress")).code, 0, "{older}");
        }
        case.before = case.tree();
        let planned = faults::plan(case.path(), DiskFault::Short, usize::MAX);
        let ended = case.run(&case.arguments);
        (case.operations, case.code) = (planned.count(), ended.code);
        assert!(matches!(case.code, 0 | 3), "{}: {ended:?}", case.arguments);
        case.after = case.tree();
        assert_ne!(case.before, case.after);
        case
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, arguments: &str) -> Ended {
        let folder = self.path().display().to_string();
        let words = ["doublon"].into_iter().chain(arguments.split_whitespace());
        let words: Vec<_> = words.map(|word| OsString::from(word.replace('@', &folder))).collect();
        let (line, _) = parse(&words).unwrap_or_else(|_| panic!("{arguments} is no command line"));
        match command(&line) {
            Ok(outcome) => Ended { code: outcome.code(), told: String::new() },
            Err(error) => Ended { code: exit::code_of(&error), told: told(&error) },
        }
    }

    /// Runs it with a fault before which so many operations are done. Returns the operation that met it, and how the run
    /// ended.
    fn disturbed(&self, fault: DiskFault, before: usize) -> (Option<String>, Ended) {
        let planned = faults::plan(self.path(), fault, before);
        let ended = self.run(&self.arguments);
        (planned.met(), ended)
    }

    fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        add(self.path(), self.path(), &mut tree);
        tree
    }

    /// Puts everything back to what it was before the run.
    fn reset(&self) {
        for entry in fs::read_dir(self.path()).expect("is there") {
            let path = entry.expect("is there").path();
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.expect("is removed");
        }
        for (name, (_, content)) in &self.before {
            let path = self.path().join(name);
            match content {
                Some(content) => fs::write(path, content),
                None => fs::create_dir(path),
            }
            .expect("is put back");
        }
        for (name, (mode, _)) in self.before.iter().rev() {
            set_mode(&self.path().join(name), *mode);
        }
    }

    /// Runs it again, undisturbed: the output is what it would be, and nothing else is left.
    fn run_again(&self, met: &str) {
        let overwrite = if self.arguments.starts_with("clean") && !self.arguments.contains("--overwrite") {
            " --overwrite"
        } else {
            ""
        };
        let planned = faults::plan(self.path(), DiskFault::Short, usize::MAX); // so that nothing is synced, which takes long
        let ended = self.run(&format!("{}{overwrite}", self.arguments));
        drop(planned);
        assert_eq!(ended.code, self.code, "after {met}: {}", ended.told);
        assert_same(&self.tree(), &self.after, &format!("the next run after {met}"));
    }

    fn each_operation_fails_once(&self) {
        for (code, cause) in [(ENOSPC, "No space left on device"), (EIO, "Input/output error")] {
            for before in 0.. {
                self.reset();
                let (met, ended) = self.disturbed(DiskFault::Error(code), before);
                let Some(met) = met else { break };
                self.check_failed(&met, &ended, cause);
                self.run_again(&met);
            }
        }
    }

    /// A disk that stays full or broken: what was there stays, and goes on from where it is once the disk is mended.
    fn a_disk_fails_for_good(&self) {
        for before in 0.. {
            self.reset();
            let (met, ended) = self.disturbed(DiskFault::Broken(EIO), before);
            let Some(met) = met else { break };
            assert!(ended.code == 2 || ended.code == self.code && met.starts_with("remove"), "{met}: {}", ended.told);
            self.check_killed(&met);
            self.run_again(&met);
        }
    }

    /// One operation fails, and the run is killed while it clears up.
    fn a_run_that_fails_is_killed_too(&self) {
        for before in self.operations.saturating_sub(14)..self.operations {
            for later in 1..10 {
                self.reset();
                let (met, _) = self.disturbed(DiskFault::ErrorAndKill(EIO, later), before);
                let met = format!("{}, and a kill {later} operations later", met.unwrap_or_default());
                self.check_killed(&met);
                self.run_again(&met);
            }
        }
    }

    fn check_failed(&self, met: &str, ended: &Ended, cause: &str) {
        let tree = self.tree();
        if ended.code == self.code {
            assert!(met.starts_with("remove"), "{met} failed, and nothing was told of it");
            assert_same(&shown(&tree), &self.after, met);
            let is_left = tree.keys().any(|name| name.to_string_lossy().ends_with(".doublon-old"));
            assert!(!is_left || says_whole(&tree), "{met}: the next run is not told what is left");
            return;
        }
        assert_eq!(ended.code, 2, "{met}: {}", ended.told);
        let names = ended.told.contains(cause) && ended.told.contains(&self.path().display().to_string());
        assert!(names, "{met}: {}", ended.told);
        let is_whole = ended.told.contains("is whole");
        assert_same(
            &shown(&tree),
            if is_whole { &self.after } else { &self.before },
            &format!("{met}: {}", ended.told),
        );
        if !met.starts_with("remove") && !is_whole {
            assert_same(&tree, &self.before, &format!("what is left after {met}"));
        }
    }

    fn writes_that_are_short_change_nothing(&self) {
        for before in 0.. {
            self.reset();
            let (met, ended) = self.disturbed(DiskFault::Short, before);
            let Some(met) = met else { break };
            if met.starts_with("write") {
                assert_eq!(ended.code, self.code, "{met}: {}", ended.told);
                assert_same(&self.tree(), &self.after, &met);
            }
        }
    }

    fn a_kill_at_each_operation_leaves_the_old_state_or_the_new_one(&self) {
        for before in 0.. {
            self.reset();
            let (met, _) = self.disturbed(DiskFault::Kill, before);
            let Some(met) = met else { break };
            self.check_killed(&met);
            self.run_again(&met);
        }
    }

    /// Kills a run, and then the run that clears what that left; or an operation of that fails.
    fn a_kill_of_what_clears_is_cleared(&self) {
        for fault in [DiskFault::Kill, DiskFault::Error(EIO)] {
            self.what_clears_meets(fault);
        }
    }

    fn what_clears_meets(&self, fault: DiskFault) {
        for before in self.operations.saturating_sub(14)..self.operations {
            for again in 0..10 {
                self.reset();
                let (met, _) = self.disturbed(DiskFault::Kill, before);
                let (met_again, _) = self.disturbed(fault, again);
                let met = format!("{} and then {}", met.unwrap_or_default(), met_again.unwrap_or_default());
                self.check_killed(&met);
                self.run_again(&met);
            }
        }
    }

    /// Stops a run at each operation, and then one that goes on: the next one ends as if nothing had been.
    fn it_goes_on_wherever_it_stops(&self) {
        let mut kept = BTreeSet::new();
        for fault in [DiskFault::Kill, DiskFault::Error(ENOSPC), DiskFault::Broken(EIO)] {
            for before in 0.. {
                self.reset();
                let (met, _) = self.disturbed(fault, before);
                let Some(met) = met else { break };
                self.check_killed(&met);
                kept.extend(state(&self.tree()));
                self.run_again(&met);
            }
        }
        for before in (0..self.operations).step_by(9) {
            for again in (0..self.operations).step_by(11) {
                self.reset();
                let (met, _) = self.disturbed(DiskFault::Kill, before);
                let (met_again, _) = self.disturbed(DiskFault::Kill, again);
                let met = format!("{} and then {}", met.unwrap_or_default(), met_again.unwrap_or_default());
                self.check_killed(&met);
                kept.extend(state(&self.tree()));
                self.run_again(&met);
            }
        }
        let parts: &[&str] = if self.arguments.starts_with("clean") {
            &["read", "found-0", "found-1", "copied", "copied-0"]
        } else {
            &["read", "found-0"]
        };
        for part in parts {
            assert!(kept.contains(*part), "{part} was never kept: {kept:?}");
        }
    }

    /// Checks that inputs are as they were, and the output too, or the new one, unless that waits whole beside its place.
    fn check_killed(&self, met: &str) {
        let tree = self.tree();
        let shown = shown(&tree);
        if shown == self.before || shown == self.after {
            return;
        }
        assert!(says_whole(&tree), "{met}: {:?}", shown.keys());
        for (name, found) in &shown {
            let is_known = [&self.before, &self.after].iter().any(|tree| tree.get(name) == Some(found));
            assert!(is_known, "{met}: {} is neither old nor new", name.display());
        }
        for (name, found) in self.before.iter().filter(|(name, _)| name.starts_with("in")) {
            assert!(shown.get(name) == Some(found), "{met}: {} is not as it was", name.display());
        }
    }
}

/// Whether a file says that a whole output waits for its name, or that what it replaced is to be removed.
fn says_whole(tree: &Tree) -> bool {
    let says = |(name, (_, content)): (&PathBuf, &(u32, Option<Vec<u8>>))| {
        name.to_string_lossy().ends_with("-lock") && content.as_deref() == Some(b"whole\n")
    };
    tree.iter().any(says)
}

/// The names of what a run keeps to go on with.
fn state(tree: &Tree) -> BTreeSet<String> {
    let name = |path: &PathBuf| path.to_string_lossy().split_once("-resume/").map(|(_, name)| name.to_owned());
    tree.keys().filter_map(name).collect()
}

/// What people see: not what a run has beside its output.
fn shown(tree: &Tree) -> Tree {
    let is_shown = |name: &Path| !name.to_string_lossy().starts_with('.');
    tree.iter().filter(|(name, _)| is_shown(name)).map(|(name, found)| (name.clone(), found.clone())).collect()
}

fn assert_same(found: &Tree, expected: &Tree, what: &str) {
    let differs = |name: &&PathBuf| found.get(*name) != expected.get(*name);
    let names: Vec<_> = found.keys().chain(expected.keys()).filter(differs).collect();
    assert!(names.is_empty(), "{what}: {names:?} differ");
}

fn add(root: &Path, folder: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).expect("is there") {
        let path = entry.expect("is there").path();
        let name = path.strip_prefix(root).expect("lies in it").to_owned();
        let content = (!path.is_dir()).then(|| fs::read(&path).expect("is read"));
        let is_folder = content.is_none();
        tree.insert(name, (mode(&path), content));
        if is_folder {
            add(root, &path, tree);
        }
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).expect("is there").permissions()) & 0o777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).expect("is set");
}

#[cfg(not(unix))]
fn mode(_: &Path) -> u32 {
    0
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) {}

/// Words that no other number gives.
fn words(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("w{n}x")).collect::<Vec<_>>().join(" ")
}

fn jsonl(texts: &[String]) -> Vec<u8> {
    let records: Vec<String> = texts.iter().map(|text| format!("{{\"text\":\"{text}\"}}\n")).collect();
    records.concat().into_bytes()
}

/// Records of which one goes, and one has a passage of another.
fn records() -> Vec<u8> {
    let passage = words(500, 80);
    jsonl(&[
        words(0, 60),
        words(0, 60),
        format!("{}.\\n\\n{passage}.\\n\\n{}.", words(100, 30), words(200, 30)),
        format!("{}.\\n\\n{passage}.\\n\\n{}.", words(300, 30), words(400, 30)),
    ])
}

/// A folder with files that are copied as they are, cut, and left out.
fn folder() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("in/a/records.jsonl", records()),
        ("in/a/same.txt", words(0, 60).into_bytes()),
        ("in/b.txt", words(700, 60).into_bytes()),
        ("in/picture.png", b"\x89PNG\r\n\x1a\n\0\0".to_vec()),
    ]
}

#[cfg(feature = "compression")]
fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("is compressed")
}

#[cfg(feature = "compression")]
fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).expect("is compressed");
    out.finish().expect("is compressed")
}

const CUT: &str = "--passages cut --allow-wipeout";

#[test]
fn f25_a_clean_of_a_folder_fails_at_any_operation_and_leaves_nothing() {
    let case = Case::new(&folder(), None, &format!("clean @/in --out @/out {CUT}"));
    case.each_operation_fails_once();
    case.writes_that_are_short_change_nothing();
}

#[test]
fn f26_a_clean_of_a_folder_is_killed_at_any_operation() {
    let case = Case::new(&folder(), None, &format!("clean @/in --out @/out {CUT}"));
    case.a_kill_at_each_operation_leaves_the_old_state_or_the_new_one();
}

#[test]
fn f26_a_clean_that_was_stopped_goes_on() {
    let case = Case::new(&folder(), None, &format!("clean @/in --out @/out --resume {CUT}"));
    case.it_goes_on_wherever_it_stops();
    let older = "clean @/in/b.txt --out @/out";
    let case = Case::new(&folder(), Some(older), &format!("clean @/in --out @/out --overwrite --resume {CUT}"));
    case.it_goes_on_wherever_it_stops();
}

#[test]
fn f26_a_scan_that_was_stopped_goes_on() {
    let older = "scan @/in/b.txt --format json -o @/found.jsonl";
    let case = Case::new(&folder(), Some(older), "scan @/in --format json -o @/found.jsonl --resume");
    case.it_goes_on_wherever_it_stops();
}

#[test]
fn f25_f26_an_output_that_is_replaced_is_the_old_one_or_the_new_one() {
    let older = "clean @/in/b.txt @/in/a --out @/out";
    let case = Case::new(&folder(), Some(older), &format!("clean @/in --out @/out --overwrite {CUT}"));
    case.each_operation_fails_once();
    case.writes_that_are_short_change_nothing();
    case.a_kill_at_each_operation_leaves_the_old_state_or_the_new_one();
    case.a_kill_of_what_clears_is_cleared();
    case.a_disk_fails_for_good();
    case.a_run_that_fails_is_killed_too();
}

#[test]
fn f25_f26_a_file_and_its_evidence_are_both_old_or_both_new() {
    let inputs = [("in.jsonl", records())];
    let case = Case::new(&inputs, None, &format!("clean @/in.jsonl --out @/out.jsonl {CUT}"));
    case.each_operation_fails_once();
    case.writes_that_are_short_change_nothing();
    case.a_kill_at_each_operation_leaves_the_old_state_or_the_new_one();
    let older = "clean @/in.jsonl --out @/out.jsonl";
    let case = Case::new(&inputs, Some(older), &format!("clean @/in.jsonl --out @/out.jsonl --overwrite {CUT}"));
    case.each_operation_fails_once();
    case.a_kill_at_each_operation_leaves_the_old_state_or_the_new_one();
    case.a_kill_of_what_clears_is_cleared();
    case.a_disk_fails_for_good();
    case.a_run_that_fails_is_killed_too();
}

#[cfg(feature = "compression")]
#[test]
fn f25_f26_compressed_copies_are_whole_or_not_there() {
    for (name, content) in [("in.jsonl.gz", gzip(&records())), ("in.jsonl.zst", zstd(&records()))] {
        let arguments = format!("clean @/{name} --out @/out{} {CUT}", name.trim_start_matches("in"));
        let case = Case::new(&[(name, content)], None, &arguments);
        case.each_operation_fails_once();
        case.writes_that_are_short_change_nothing();
        case.a_kill_at_each_operation_leaves_the_old_state_or_the_new_one();
    }
}

#[test]
fn f25_f26_findings_are_the_old_ones_or_the_new_ones() {
    let older = "scan @/in/b.txt --format json -o @/found.jsonl";
    for format in ["json", "html", "sarif"] {
        let case = Case::new(&folder(), Some(older), &format!("scan @/in --format {format} -o @/found.jsonl"));
        case.each_operation_fails_once();
        case.writes_that_are_short_change_nothing();
        case.a_kill_at_each_operation_leaves_the_old_state_or_the_new_one();
    }
    let case = Case::new(&folder(), None, "scan @/in --format json -o @/found.jsonl");
    case.each_operation_fails_once();
    case.a_kill_at_each_operation_leaves_the_old_state_or_the_new_one();
}

#[cfg(feature = "parquet")]
#[test]
fn f25_f26_tables_are_the_old_ones_or_the_new_ones() {
    for older in [None, Some("scan @/in/b.txt --format parquet -o @/tables")] {
        let case = Case::new(&folder(), older, "scan @/in --format parquet -o @/tables");
        case.each_operation_fails_once();
        case.writes_that_are_short_change_nothing();
        case.a_kill_at_each_operation_leaves_the_old_state_or_the_new_one();
        case.a_kill_of_what_clears_is_cleared();
        case.a_disk_fails_for_good();
        case.a_run_that_fails_is_killed_too();
    }
}
