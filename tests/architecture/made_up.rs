//! The checks on small sources that were made up: each must fail where it should, and only there.

use crate::files::{File, Graph, circles, types_of_own_mod};
use crate::{CORE, DOUBLON, Plan, wrong_files, wrong_paths};

/// Returns the faults of one module of the library with a given text, beside a `lib.rs` as it is.
fn faults_of(path: &str, text: &str) -> String {
    let lib = "pub mod error; pub use error::{Error, Result}; pub use scan::Scanner;
        pub use doublon_core as core; pub use doublon_core::Config;";
    wrong_paths(&Plan { arrows_left: &[], ..DOUBLON }, &[File::new("lib.rs", lib), File::new(path, text)]).join("\n")
}

fn core_faults_of(path: &str, text: &str) -> String {
    wrong_paths(&CORE, &[File::new(path, text)]).join("\n")
}

#[test]
fn a_use_of_a_higher_floor_is_a_fault() {
    let up = "src/source/walk.rs:2: source (floor 3) uses scan (floor 4): arrows point down only";
    for text in [
        "\nuse crate::scan::Scan;",
        "\nuse crate::{error::Error, scan::{self, Scan}};",
        "\nuse crate::scan::Scan as Other;",
        "\nfn f() -> crate::scan::Scan {}",
        "\nuse super::super::scan;",
        "\nmod inner { use super::super::super::scan; }",
        "\nuse doublon::scan;",
        "\nuse crate::Scanner;",
        "\nfn f(a: &'static str) { let b = ('\"', b'\\'', '{'); crate::scan::f(r#\"\"#) }",
        "\n#[cfg(not(test))] use crate::scan;",
        "#[cfg(test)] mod tests { fn f() {} }\nuse crate::scan;",
    ] {
        assert_eq!(faults_of("source/walk.rs", text), up, "{text}");
    }
    assert!(core_faults_of("text/token.rs", "use crate::sketch::A;").contains("text (floor 2) uses sketch (floor 2)"));
    assert!(core_faults_of("config.rs", "use crate::kernel::A;").contains("config (floor 5) uses kernel (floor 6)"));
}

#[test]
fn a_use_of_a_neighbour_is_a_fault() {
    assert!(faults_of("report/mod.rs", "use crate::rewrite::Plan;").contains("report (floor 5) uses rewrite"));
    assert!(faults_of("finding.rs", "use crate::source::Reader;").contains("finding (floor 2) uses source"));
    assert!(faults_of("store/mod.rs", "use crate::source::Reader;").contains("store (floor 3) uses source"));
    assert!(core_faults_of("verify/mod.rs", "use crate::cluster::Cluster;").contains("verify (floor 4) uses cluster"));
    assert!(core_faults_of("hash.rs", "use super::span::Span;").contains("hash (floor 1) uses span"));
}

#[test]
fn a_use_of_a_lower_floor_or_of_the_own_folder_or_of_the_core_is_none() {
    for (path, text) in [
        ("source/mod.rs", "use crate::finding::Skipped; use crate::{Error, core::text::Tokenizer};"),
        ("source/plain.rs", "use super::walk; use crate::source::walk::Walk; use self::super::walk;"),
        ("source/plain.rs", "use crate::Config; use doublon_core::hash::mix; use doublon::core::Span;"),
        ("cli/mod.rs", "use crate::scan; use doublon::report; fn f() { println!() }"),
        ("main.rs", "mod cli; fn main() -> std::process::ExitCode { cli::run() }"),
        ("main.rs", "fn main() -> std::process::ExitCode { doublon::cli::run() }"),
        ("error.rs", "pub(crate) struct A; mod inner { use super::A; }"),
    ] {
        assert_eq!(faults_of(path, text), "", "{path}: {text}");
    }
    assert_eq!(core_faults_of("config.rs", "use crate::candidate::Bands; use crate::error::Result;"), "");
}

#[test]
fn comments_strings_and_tests_do_not_count() {
    for text in [
        "/// As in [`crate::scan`].\n//! use crate::scan;\n/* use crate::scan; /* nested */ use crate::cli; */",
        "const A: &str = \"crate::scan \\\" crate::cli\"; const B: &str = r##\"\"# crate::scan\"##;",
        "#[cfg(test)]\n#[allow(dead_code)]\nmod tests { use crate::scan; fn f(a: [u8; 3]) { println!(\"}\") } }",
        "#[cfg(all(test, unix))] use crate::scan; #[cfg(test)] fn f(_: [u8; 2]) { crate::cli::f() }",
    ] {
        assert_eq!(faults_of("source/token.rs", text), "", "{text}");
    }
    assert_eq!(faults_of("source/tests.rs", "use crate::scan;"), "");
}

#[test]
fn a_module_without_a_floor_is_a_fault() {
    assert_eq!(faults_of("magic/mod.rs", ""), "src/magic/mod.rs: `magic` has no floor; add it to the plan");
    assert!(faults_of("source/mod.rs", "use crate::magic::Wand;").contains("`magic` of the crate's root is no module"));
    assert!(faults_of("source/mod.rs", "use super::*;").contains("`*` of the crate's root"));
    assert!(faults_of("main.rs", "use doublon::scan::Scan;").contains("main uses cli only, not scan"));
}

#[test]
fn a_reserved_name_elsewhere_is_a_fault() {
    for (path, text, reason) in [
        ("scan/mod.rs", "fn f() { println!(\"a\") }", "only cli prints"),
        ("report/mod.rs", "use std::io::{self, stdout};", "only cli prints"),
        ("scan/mod.rs", "use std::process; fn f() { process::exit(1) }", "only cli ends the program"),
        ("source/mod.rs", "fn f() { let a = std::env::args_os(); }", "only cli reads flags"),
        ("rewrite/mod.rs", "use rayon::prelude::*;", "only store, scan and index know threads"),
        ("source/mod.rs", "use std::{fs, thread};", "only store, scan and index know threads"),
    ] {
        assert!(faults_of(path, text).contains(reason), "{path}: {text}");
    }
    assert_eq!(faults_of("scan/mod.rs", "use rayon::prelude::*; fn f(println: bool) { if println != true {} }"), "");
    for text in [
        "use std::fs::File;",
        "use std::{fmt, time::Instant};",
        "fn f() { std::thread::spawn(g); }",
        "fn f() { let a = std::env::temp_dir(); }",
        "use std::process;",
        "use std::io::{self, stdin};",
        "use std::io; fn f() { io::stdout(); }",
        "fn f() { eprintln!(); }",
    ] {
        assert!(core_faults_of("text/mod.rs", text).contains("the core knows no file"), "{text}");
    }
    assert_eq!(core_faults_of("text/mod.rs", "use std::{io::Write, fmt}; #[cfg(test)] mod tests { use std::fs; }"), "");
}

#[test]
fn an_arrow_that_is_gone_but_listed_is_a_fault() {
    let plan = Plan { arrows_left: &[("source/walk.rs", "scan")], ..DOUBLON };
    let faults = |text: &str| wrong_paths(&plan, &[File::new("source/walk.rs", text)]);
    assert_eq!(faults("use crate::scan::Scan; use crate::scan::A;"), [""; 0]);
    assert_eq!(faults(""), ["source/walk.rs no longer uses scan: take it off `arrows_left`"]);
}

/// The arrows between files, without lines.
fn arrows_of(sources: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<File> = sources.iter().map(|(path, text)| File::new(path, text)).collect();
    Graph::new(&files).arrows().into_iter().map(|arrow| format!("{} -> {}", arrow.from, arrow.to)).collect()
}

#[test]
fn a_name_is_followed_to_the_file_that_defines_it() {
    let root = ("lib.rs", "pub mod a; pub use a::Leaf; pub use a::inner::Deep as Other;");
    let folder =
        ("a/mod.rs", "mod leaf; pub mod inner; mod all; pub use leaf::Leaf; pub use self::all::*; pub fn own() {}");
    let leaf = ("a/leaf.rs", "pub struct Leaf;");
    let inner = ("a/inner.rs", "pub use super::leaf::Leaf as Renamed; pub enum Deep { A }");
    let all = ("a/all.rs", "pub const MANY: usize = 3;");
    for (text, used) in [
        ("use crate::Leaf;", "a/leaf.rs"),
        ("use crate::Other;", "a/inner.rs"),
        ("use crate::a::Leaf;", "a/leaf.rs"),
        ("use crate::a::{Leaf as L};", "a/leaf.rs"),
        ("use doublon::a::inner::Renamed;", "a/leaf.rs"),
        ("use super::a::inner;", "a/inner.rs"),
        ("use super::a::MANY;", "a/all.rs"),
        ("fn f() { crate::a::inner::Deep::A }", "a/inner.rs"),
        ("use crate::a::own;", "a/mod.rs"),
    ] {
        let found = arrows_of(&[root, folder, leaf, inner, all, ("b.rs", text)]);
        let of_b: Vec<&String> = found.iter().filter(|arrow| arrow.starts_with("b.rs")).collect();
        assert_eq!(of_b, [&format!("b.rs -> {used}")], "{text}");
    }
}

#[test]
fn what_is_only_passed_on_ties_no_sibling_to_the_folder() {
    let sources = [
        ("a/mod.rs", "mod x; mod y; pub use x::X; use y::Y;"),
        ("a/x.rs", "use super::Y;"),
        ("a/y.rs", "pub struct Y;"),
    ];
    assert_eq!(arrows_of(&sources), ["a/mod.rs -> a/x.rs", "a/mod.rs -> a/y.rs", "a/x.rs -> a/y.rs"]);
}

#[test]
fn files_for_tests_only_are_no_part_of_a_circle() {
    for declaration in ["#[cfg(test)] mod samples;", "#[cfg(test)]\n#[allow(dead_code)]\npub mod samples;"] {
        let sources = [
            ("a/mod.rs", declaration),
            ("a/samples.rs", "use super::b::B;"),
            ("a/samples/more.rs", "use super::super::b::B;"),
            ("a/b.rs", "pub struct B;"),
        ];
        assert_eq!(arrows_of(&sources), [""; 0]);
    }
    assert_eq!(
        arrows_of(&[("a/mod.rs", "mod samples;"), ("a/samples.rs", "use super::b::B;"), ("a/b.rs", "pub struct B;")])
            .len(),
        1
    );
}

fn circles_of(sources: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<File> = sources.iter().map(|(path, text)| File::new(path, text)).collect();
    circles(&Graph::new(&files).arrows()).iter().map(|circle| circle.join(" ")).collect()
}

#[test]
fn a_circle_of_files_is_found_however_long() {
    let two = [("a/x.rs", "use super::y::Y; pub struct X;"), ("a/y.rs", "use super::x::X; pub struct Y;")];
    assert_eq!(circles_of(&two), ["a/x.rs a/y.rs"]);
    let three = [
        ("a.rs", "use crate::b::B;"),
        ("b.rs", "use crate::c::f; pub struct B;"),
        ("c.rs", "pub fn f() { crate::a::g() }"),
        ("d.rs", "use crate::a::g;"),
    ];
    assert_eq!(circles_of(&three), ["a.rs b.rs c.rs"]);
    assert_eq!(circles_of(&[two[0], two[1], three[0], three[1], three[2]]).len(), 2);
    assert_eq!(circles_of(&three[..2]), [""; 0]);
    assert_eq!(
        circles_of(&[("a/mod.rs", "mod x; pub use x::f; pub struct A;"), ("a/x.rs", "use super::A;")]),
        ["a/mod.rs a/x.rs"]
    );
}

#[test]
fn a_new_circle_and_a_listed_one_that_is_gone_are_faults() {
    let files = [File::new("x.rs", "use crate::y::Y;"), File::new("y.rs", "\nuse crate::x::X;")];
    let plan = |circles_left| Plan { circles_left, types_left: &[], ..DOUBLON };
    assert_eq!(wrong_files(&plan(&[&["x.rs", "y.rs"]]), &files), [""; 0]);
    assert_eq!(
        wrong_files(&plan(&[]), &files),
        ["a circle of files: [\"x.rs\", \"y.rs\"]\n  x.rs:1 uses y.rs\n  y.rs:2 uses x.rs"]
    );
    let gone = wrong_files(&plan(&[&["x.rs", "y.rs"]]), &files[..1]);
    assert_eq!(gone, ["no circle is [\"x.rs\", \"y.rs\"] any more: take it off `circles_left`, or shorten it"]);
    assert_eq!(wrong_files(&plan(&[&["x.rs", "y.rs", "z.rs"]]), &files).len(), 2);
}

#[test]
fn a_type_of_the_own_mod_is_a_fault() {
    let folder = File::new("a/mod.rs", "mod x; pub struct A; pub fn f() {} pub use y::Y; mod y;");
    let types = |path: &str, text: &str| {
        let files = [File::new("a/mod.rs", &folder.text), File::new("a/y.rs", "pub struct Y;"), File::new(path, text)];
        types_of_own_mod(&Graph::new(&files).arrows()).len()
    };
    assert_eq!(types("a/x.rs", "use super::A;"), 1);
    assert_eq!(types("a/x.rs", "use crate::a::{A as B, Y};"), 1);
    assert_eq!(types("a/x/z.rs", "fn f(_: crate::a::A) {}"), 1);
    assert_eq!(types("a/x.rs", "use super::{Y, f};"), 0);
    assert_eq!(types("b.rs", "use crate::a::A;"), 0);

    let plan = Plan { circles_left: &[], types_left: &[("a/mod.rs", "A")], ..DOUBLON };
    let files = |text: &str| [File::new("a/mod.rs", "pub struct A;"), File::new("a/x.rs", text)];
    assert_eq!(wrong_files(&plan, &files("use super::A;")), [""; 0]);
    assert_eq!(wrong_files(&plan, &files("")), ["no file uses `A` of its own a/mod.rs: take it off `types_left`"]);
    let fault = "src/a/x.rs:1: uses `A` of its own a/mod.rs; put the type into a file below";
    assert_eq!(wrong_files(&Plan { types_left: &[], ..plan }, &files("use super::A;")), [fault]);
}
