//! Holds the plan of the house: what each module may use, print, and start, in the crate `doublon` and in its core; and
//! that the list of fault cases names the tests that there are.
//!
//! The check reads the source text and looks at the paths in it, so it needs no compiler and no dependency. It sees
//! `use` trees, paths in expressions, `super`, and names that another file passes on; it does not see through macros
//! that build paths, nor through a root of the crate that is renamed. Comments, strings and test modules do not count.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

mod faults;
mod files;
mod left;
mod made_up;
mod paths;

use std::path::Path;
use std::{fs, io};

use files::{Arrow, File, Graph, circles, types_of_own_mod};
use paths::{NamedPath, named_paths};

/// A crate: the folder of its sources, and what holds for them.
struct Plan {
    folder: &'static str,
    /// The floors, from the ground up. A module uses modules of lower rows only, so those of one row do not know each
    /// other. Rows with the same number are parts of one floor, of which the upper may use the lower.
    floors: &'static [(&'static str, &'static [&'static str])],
    /// What only some modules may name.
    reserved: &'static [Reserved],
    /// Uses of a room that does not stand lower, which are still to go.
    arrows_left: &'static [(&'static str, &'static str)],
    /// Circles of files that are still to go.
    circles_left: &'static [&'static [&'static str]],
    /// Types that a `mod.rs` defines and a file of its folder uses, which are still to move to a file of their own.
    types_left: &'static [(&'static str, &'static str)],
}

/// The ends of paths, the modules that may name them, and the reason that a failure prints.
struct Reserved {
    paths: &'static [&'static str],
    modules: &'static [&'static str],
    reason: &'static str,
}

/// The library and the program over it. The core, and what the root passes on from it, is below all rooms.
const DOUBLON: Plan = Plan {
    folder: "src",
    floors: &[
        ("1", &["disk", "error"]),
        // What is skipped is a finding, and it is the readers that skip.
        ("2", &["finding"]),
        // Statistics name documents and places as findings do.
        ("2", &["statistics"]),
        ("3", &["source", "store"]),
        ("4", &["scan"]),
        // An index reads and decides as the pipelines do; each of the rooms above works with either.
        ("4", &["index"]),
        ("5", &["audit", "inspect", "stats", "rewrite", "report"]),
        ("6", &["cli"]),
        ("7", &["main"]),
    ],
    reserved: &[
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
            modules: &["store", "scan", "index", "cli"],
            reason: "only store, scan and index know threads, and cli makes the pool",
        },
    ],
    arrows_left: left::ARROWS,
    circles_left: left::CIRCLES,
    types_left: left::TYPES,
};

/// The engine: texts in, measures out.
const CORE: Plan = Plan {
    folder: "core/src",
    floors: &[
        ("1", &["span", "hash", "groups", "error", "effort", "sets"]),
        ("2", &["text"]),
        // Windows are made of the shingles of a text.
        ("2", &["sketch"]),
        ("3", &["candidate"]),
        ("4", &["verify", "cluster"]),
        ("5", &["config"]),
        ("6", &["kernel"]),
        // A signature, and what makes it.
        ("7", &["signature"]),
        ("8", &["compare", "repeats", "deduper"]),
    ],
    reserved: &[Reserved {
        paths: &[
            "std::fs",
            "std::thread",
            "std::time",
            "std::env",
            "std::process",
            "std::net",
            "io::stdin",
            "io::stdout",
            "io::stderr",
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
            "dbg!",
        ],
        modules: &[],
        reason: "the core knows no file, thread, clock, environment, process or terminal",
    }],
    arrows_left: &[],
    circles_left: left::CIRCLES_OF_CORE,
    types_left: &[],
};

#[test]
fn modules_of_doublon_use_lower_floors_only() {
    assert_none(&wrong_paths(&DOUBLON, &sources(&DOUBLON)));
}

#[test]
fn modules_of_the_core_use_lower_floors_only() {
    assert_none(&wrong_paths(&CORE, &sources(&CORE)));
}

#[test]
fn files_of_doublon_form_no_circle() {
    assert_none(&wrong_files(&DOUBLON, &sources(&DOUBLON)));
}

#[test]
fn files_of_the_core_form_no_circle() {
    assert_none(&wrong_files(&CORE, &sources(&CORE)));
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Reads the sources of a crate.
fn sources(plan: &Plan) -> Vec<File> {
    let mut files = Vec::new();
    read_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(plan.folder), "", &mut files).unwrap();
    assert!(files.iter().any(|file| file.path == "lib.rs"), "no source was read");
    files
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

/// Returns what is wrong with the paths in the files, a line each, in order.
fn wrong_paths(plan: &Plan, files: &[File]) -> Vec<String> {
    let exports: Vec<NamedPath> =
        files.iter().filter(|file| file.path == "lib.rs").flat_map(|file| named_paths(&file.text)).collect();
    let mut faults = Vec::new();
    let mut left: Vec<(&str, &str)> = plan.arrows_left.to_vec();
    for file in files.iter().filter(|file| file.path != "lib.rs" && !file.is_test()) {
        let module = file.module();
        if plan.row(module[0]).is_none() {
            faults.push(format!("{}/{}: `{}` has no floor; add it to the plan", plan.folder, file.path, module[0]));
        }
        for path in named_paths(&file.text) {
            let to = path.rooted(&module).and_then(|path| Some(exported_from(path.first()?, &exports).to_owned()));
            let known = to.and_then(|to| plan.arrows_left.iter().find(|arrow| **arrow == (file.path.as_str(), &to)));
            left.retain(|arrow| Some(arrow) != known);
            let fault = if known.is_some() { None } else { plan.wrong_use(&module, &path, &exports) };
            let fault = fault.or_else(|| plan.wrong_name(module[0], &path));
            faults.extend(fault.map(|fault| format!("{}/{}:{}: {fault}", plan.folder, file.path, path.line)));
        }
    }
    faults.extend(left.iter().map(|(from, to)| format!("{from} no longer uses {to}: take it off `arrows_left`")));
    faults.sort();
    faults.dedup();
    faults
}

impl Plan {
    /// Returns the row of the floors that a module stands in.
    fn row(&self, module: &str) -> Option<usize> {
        self.floors.iter().position(|(_, modules)| modules.contains(&module))
    }

    /// Returns what is wrong with a path that leads to another module of the crate.
    fn wrong_use(&self, module: &[&str], path: &NamedPath, exports: &[NamedPath]) -> Option<String> {
        let path = path.rooted(module)?;
        let to = exported_from(path.first()?, exports);
        let from = module[0];
        if from == to || is_core(to) {
            return None;
        }
        let Some(row_to) = self.row(to) else {
            return Some(format!(
                "`{to}` of the crate's root is no module of the plan and not exported from one by name"
            ));
        };
        let row_from = self.row(from)?;
        if from == "main" && to != "cli" {
            return Some(format!("main uses cli only, not {to}"));
        }
        let (floor_from, floor_to) = (self.floors[row_from].0, self.floors[row_to].0);
        (row_from <= row_to)
            .then(|| format!("{from} (floor {floor_from}) uses {to} (floor {floor_to}): arrows point down only"))
    }

    /// Returns why a module may not name a path, whatever it leads to.
    fn wrong_name(&self, module: &str, path: &NamedPath) -> Option<String> {
        let is_broken = |rule: &&Reserved| !rule.modules.contains(&module) && rule.paths.iter().any(|p| path.has(p));
        let rule = self.reserved.iter().find(is_broken)?;
        Some(format!("{module} names `{}`: {}", path.names.join("::"), rule.reason))
    }
}

/// Returns the module that a name in the root of the crate comes from: itself, or by a `pub use` in `lib.rs`.
fn exported_from<'a>(name: &'a str, exports: &'a [NamedPath]) -> &'a str {
    let export = exports.iter().find(|export| export.brings.as_deref() == Some(name));
    export.and_then(|export| export.names.first()).map_or(name, String::as_str)
}

fn is_core(crate_name: &str) -> bool {
    crate_name == "doublon_core"
}

/// Returns the circles of files and the uses of types of the own `mod.rs`, a line each, and what the plan lists in vain.
fn wrong_files(plan: &Plan, files: &[File]) -> Vec<String> {
    let arrows = Graph::new(files).arrows();
    let mut faults = wrong_circles(plan, &arrows);
    let mut gone = plan.types_left.to_vec();
    for Arrow { from, line, to, type_name } in types_of_own_mod(&arrows) {
        let name = type_name.as_deref().unwrap_or("");
        gone.retain(|left| *left != (to, name));
        if !plan.types_left.contains(&(to, name)) {
            let folder = plan.folder;
            faults
                .push(format!("{folder}/{from}:{line}: uses `{name}` of its own {to}; put the type into a file below"));
        }
    }
    let unused = |(to, name): (&str, &str)| format!("no file uses `{name}` of its own {to}: take it off `types_left`");
    faults.extend(gone.into_iter().map(unused));
    faults.dedup();
    faults
}

fn wrong_circles(plan: &Plan, arrows: &[Arrow]) -> Vec<String> {
    let found = circles(arrows);
    let is_listed = |circle: &&Vec<&str>| plan.circles_left.contains(&&circle[..]);
    let mut faults = Vec::new();
    for circle in found.iter().filter(|circle| !is_listed(circle)) {
        let inside = |arrow: &&Arrow| circle.contains(&&*arrow.from) && circle.contains(&&*arrow.to);
        let line = |arrow: &Arrow| format!("  {}:{} uses {}", arrow.from, arrow.line, arrow.to);
        let mut lines: Vec<String> = arrows.iter().filter(inside).map(line).collect();
        lines.dedup();
        faults.push(format!("a circle of files: {circle:?}\n{}", lines.join("\n")));
    }
    let gone = plan.circles_left.iter().filter(|left| !found.iter().any(|circle| circle == **left));
    faults
        .extend(gone.map(|left| format!("no circle is {left:?} any more: take it off `circles_left`, or shorten it")));
    faults
}
