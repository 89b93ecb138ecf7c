//! Holds the plan of the house: what each module may use, print, and start.
//!
//! The check reads the source text and looks at the paths in it, so it needs no compiler and no dependency. It sees
//! `use` trees, paths in expressions, `super`, and names that `src/lib.rs` exports again; it does not see through
//! macros that build paths, nor through a root of the crate that is renamed. Comments, strings and test modules do
//! not count.

use std::path::Path;
use std::{fs, io};

use paths::{NamedPath, named_paths};

#[path = "architecture/paths.rs"]
mod paths;

/// The floors, from the ground up. A module uses modules of lower rows only, so those of one row do not know each
/// other. Rows with the same number are parts of one floor, of which the upper may use the lower.
const FLOORS: &[(&str, &[&str])] = &[
    ("1", &["span", "hash", "error"]),
    ("2", &["text", "document"]),
    // Windows are made of the shingles of a text.
    ("2", &["sketch"]),
    // What is skipped is a finding, and it is the readers that skip.
    ("3", &["finding"]),
    ("3", &["candidate", "source"]),
    ("4", &["verify", "cluster", "report", "index", "rewrite"]),
    ("5", &["scan"]),
    ("6", &["cli"]),
    ("7", &["main"]),
];

/// What only some modules may name: the ends of paths, who may, and the reason that a failure prints.
const RESERVED: &[Reserved] = &[
    Reserved {
        paths: &["print!", "println!", "eprint!", "eprintln!", "dbg!", "io::stdout", "io::stderr"],
        modules: &["cli"],
        reason: "only cli prints; write to a given `Write` instead",
    },
    Reserved {
        paths: &["process::exit", "process::abort"],
        modules: &["cli"],
        reason: "only cli ends the program; return an error instead",
    },
    Reserved {
        paths: &["env::args", "env::args_os", "env::var", "env::var_os", "env::vars", "env::vars_os"],
        modules: &["cli"],
        reason: "only cli reads flags and variables; take a parameter instead",
    },
    Reserved {
        paths: &["rayon", "std::thread", "thread::spawn", "thread::scope"],
        modules: &["scan", "cli"],
        reason: "only scan knows threads, and cli makes the pool",
    },
];

struct Reserved {
    paths: &'static [&'static str],
    modules: &'static [&'static str],
    reason: &'static str,
}

/// A source file: its path below `src/`, and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// Returns the names of the module that the file holds: `text/token.rs` is `text`, `token`; `lib.rs` has none.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        if path == "lib" { Vec::new() } else { path.split('/').collect() }
    }

    /// Returns whether the file is the body of a `#[cfg(test)] mod tests;`.
    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs")
    }
}

#[test]
fn modules_use_lower_floors_only() {
    let mut files = Vec::new();
    read_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files).unwrap();
    assert!(files.iter().any(|file| file.path == "lib.rs"), "no source was read");
    let faults = faults(&files);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn read_sources(folder: &Path, prefix: &str, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().display());
        if entry.file_type()?.is_dir() {
            read_sources(&entry.path(), &format!("{name}/"), files)?;
        } else if entry.path().extension().is_some_and(|e| e == "rs") {
            files.push(File::new(&name, &fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

/// Returns what is wrong in the files, a line each, in order.
fn faults(files: &[File]) -> Vec<String> {
    let exports: Vec<NamedPath> =
        files.iter().filter(|file| file.path == "lib.rs").flat_map(|file| named_paths(&file.text)).collect();
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.path != "lib.rs" && !file.is_test()) {
        let module = file.module();
        if row(module[0]).is_none() {
            faults.push(format!("src/{}: `{}` has no floor; add it to FLOORS", file.path, module[0]));
        }
        for path in named_paths(&file.text) {
            let fault = wrong_use(&module, &path, &exports).or_else(|| wrong_name(module[0], &path));
            faults.extend(fault.map(|fault| format!("src/{}:{}: {fault}", file.path, path.line)));
        }
    }
    faults.sort();
    faults.dedup();
    faults
}

/// Returns the row of [`FLOORS`] that a module stands in.
fn row(module: &str) -> Option<usize> {
    FLOORS.iter().position(|(_, modules)| modules.contains(&module))
}

/// Returns what is wrong with a path that leads to another module of the crate.
fn wrong_use(module: &[&str], path: &NamedPath, exports: &[NamedPath]) -> Option<String> {
    let path = path.rooted(module)?;
    let to = exported_from(path.first()?, exports);
    let from = module[0];
    if from == to {
        return None;
    }
    let Some(row_to) = row(to) else {
        return Some(format!("`{to}` of the crate's root is no module of FLOORS and not exported from one by name"));
    };
    let row_from = row(from)?;
    if from == "main" && to != "cli" {
        return Some(format!("main uses cli only, not {to}"));
    }
    (row_from <= row_to).then(|| {
        format!("{from} (floor {}) uses {to} (floor {}): arrows point down only", FLOORS[row_from].0, FLOORS[row_to].0)
    })
}

/// Returns the module that a name in the root of the crate comes from: itself, or by a `pub use` in `lib.rs`.
fn exported_from<'a>(name: &'a str, exports: &'a [NamedPath]) -> &'a str {
    let export = exports.iter().find(|export| export.names.len() > 1 && export.names.last().is_some_and(|n| n == name));
    match export {
        Some(export) if row(name).is_none() => &export.names[0],
        _ => name,
    }
}

/// Returns why a module may not name a path, whatever it leads to.
fn wrong_name(module: &str, path: &NamedPath) -> Option<String> {
    let rule =
        RESERVED.iter().find(|rule| !rule.modules.contains(&module) && rule.paths.iter().any(|p| path.has(p)))?;
    Some(format!("{module} names `{}`: {}", path.names.join("::"), rule.reason))
}

/// Returns the faults of one module with a given text, beside a `lib.rs` as it is.
fn faults_of(path: &str, text: &str) -> String {
    let lib = File::new("lib.rs", "pub mod error; pub use error::{Error, Result}; pub use scan::Scanner;");
    faults(&[lib, File::new(path, text)]).join("\n")
}

#[test]
fn a_use_of_a_higher_floor_is_a_fault() {
    let up = "src/text/token.rs:2: text (floor 2) uses scan (floor 5): arrows point down only";
    for text in [
        "\nuse crate::scan::Scan;",
        "\nuse crate::{error::Error, scan::{self, Scan}};",
        "\nfn f() -> crate::scan::Scan {}",
        "\nuse super::super::scan;",
        "\nmod inner { use super::super::super::scan; }",
        "\nuse doublon::scan;",
        "\nuse crate::Scanner;",
        "\nfn f(a: &'static str) { let b = ('\"', b'\\'', '{'); crate::scan::f(r#\"\"#) }",
        "\n#[cfg(not(test))] use crate::scan;",
        "#[cfg(test)] mod tests { fn f() {} }\nuse crate::scan;",
    ] {
        assert_eq!(faults_of("text/token.rs", text), up, "{text}");
    }
}

#[test]
fn a_use_of_a_neighbour_is_a_fault() {
    assert!(faults_of("verify/mod.rs", "use crate::cluster::Cluster;").contains("verify (floor 4) uses cluster"));
    assert!(faults_of("finding.rs", "use crate::source::Reader;").contains("finding (floor 3) uses source"));
    assert!(faults_of("hash.rs", "use super::span::Span;").contains("hash (floor 1) uses span"));
}

#[test]
fn a_use_of_a_lower_floor_or_of_the_own_folder_is_none() {
    for (path, text) in [
        ("source/mod.rs", "use crate::finding::Skipped; use crate::{Error, text::Tokenizer};"),
        ("source/plain.rs", "use super::walk; use crate::source::walk::Walk; use self::super::walk;"),
        ("cli/mod.rs", "use crate::scan; fn f() { println!() }"),
        ("main.rs", "fn main() -> std::process::ExitCode { doublon::cli::run() }"),
        ("hash.rs", "pub(crate) struct A; mod inner { use super::A; }"),
    ] {
        assert_eq!(faults_of(path, text), "", "{path}: {text}");
    }
}

#[test]
fn comments_strings_and_tests_do_not_count() {
    for text in [
        "/// As in [`crate::scan`].\n//! use crate::scan;\n/* use crate::scan; /* nested */ use crate::cli; */",
        "const A: &str = \"crate::scan \\\" crate::cli\"; const B: &str = r##\"\"# crate::scan\"##;",
        "#[cfg(test)]\n#[allow(dead_code)]\nmod tests { use crate::scan; fn f(a: [u8; 3]) { println!(\"}\") } }",
        "#[cfg(all(test, unix))] use crate::scan; #[cfg(test)] fn f(_: [u8; 2]) { crate::cli::f() }",
    ] {
        assert_eq!(faults_of("text/token.rs", text), "", "{text}");
    }
    assert_eq!(faults_of("text/tests.rs", "use crate::scan;"), "");
}

#[test]
fn a_module_without_a_floor_is_a_fault() {
    assert_eq!(faults_of("magic/mod.rs", ""), "src/magic/mod.rs: `magic` has no floor; add it to FLOORS");
    assert!(faults_of("text/mod.rs", "use crate::magic::Wand;").contains("`magic` of the crate's root is no module"));
    assert!(faults_of("text/mod.rs", "use super::*;").contains("`*` of the crate's root"));
    assert!(faults_of("main.rs", "use doublon::scan::Scan;").contains("main uses cli only, not scan"));
}

#[test]
fn a_reserved_name_elsewhere_is_a_fault() {
    for (path, text, reason) in [
        ("scan/mod.rs", "fn f() { println!(\"a\") }", "only cli prints"),
        ("report/mod.rs", "use std::io::{self, stdout};", "only cli prints"),
        ("scan/mod.rs", "use std::process; fn f() { process::exit(1) }", "only cli ends the program"),
        ("source/mod.rs", "fn f() { let a = std::env::args_os(); }", "only cli reads flags"),
        ("verify/mod.rs", "use rayon::prelude::*;", "only scan knows threads"),
        ("source/mod.rs", "use std::{fs, thread};", "only scan knows threads"),
    ] {
        assert!(faults_of(path, text).contains(reason), "{path}: {text}");
    }
    assert_eq!(faults_of("scan/mod.rs", "use rayon::prelude::*; fn f(println: bool) { if println != true {} }"), "");
}
