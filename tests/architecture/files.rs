//! The files of a crate and which of them use which, as far as their paths tell.
//!
//! A path is followed to the file that defines what it names: through `mod` folders, and through the `use` lines by
//! which a `mod.rs` or the root passes a name on. So a file that takes a sibling's type by way of `super` uses the
//! sibling, and one that takes a type which `mod.rs` itself defines uses `mod.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::paths::{Kind, NamedPath, definitions, named_paths, test_modules};

/// How often a name is passed on, at most; more is a circle of `use` lines.
const MAX_STEPS: usize = 8;

/// A source file: its path below `src/`, and its text.
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// Returns the names of the module that the file holds: `text/token.rs` is `text`, `token`; `lib.rs` has none.
    pub fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        if path == "lib" { Vec::new() } else { path.split('/').collect() }
    }

    /// Returns whether the file is the body of a `#[cfg(test)] mod tests;`.
    pub fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs")
    }
}

/// A use of one file by another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    pub from: String,
    pub line: usize,
    pub to: String,
    /// What is used, if it is one type that `to` defines.
    pub type_name: Option<String>,
}

/// The files of one crate.
pub struct Graph<'a> {
    /// By module.
    nodes: BTreeMap<Vec<String>, Node<'a>>,
}

struct Node<'a> {
    file: &'a File,
    module: Vec<&'a str>,
    paths: Vec<NamedPath>,
    definitions: Vec<(Kind, String)>,
}

impl<'a> Graph<'a> {
    /// Makes the graph of files, without those that hold tests only.
    pub fn new(files: &'a [File]) -> Self {
        let for_tests: BTreeSet<Vec<String>> = files.iter().flat_map(tests_of).collect();
        let is_test = |module: &[String]| (1..=module.len()).any(|len| for_tests.contains(&module[..len]));
        let counted = files.iter().filter(|file| !file.is_test() && !is_test(&owned(&file.module())));
        let node = |file: &'a File| Node {
            file,
            module: file.module(),
            paths: named_paths(&file.text),
            definitions: definitions(&file.text),
        };
        Self { nodes: counted.map(|file| (owned(&file.module()), node(file))).collect() }
    }

    /// Returns all uses of a file by another, in order.
    pub fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        for node in self.nodes.values() {
            for path in &node.paths {
                let used = self.rooted(node, path).and_then(|names| self.resolve(&names, MAX_STEPS));
                let Some((used, name)) = used.filter(|(used, _)| used.file.path != node.file.path) else { continue };
                let type_name = name.filter(|name| used.defines(name, |kind| kind == Kind::Type));
                let (from, to) = (node.file.path.clone(), used.file.path.clone());
                arrows.push(Arrow { from, line: path.line, to, type_name });
            }
        }
        arrows.sort();
        arrows
    }

    /// Returns a path of a file from the root of the crate; nothing if it leads out of the crate or nowhere.
    fn rooted(&self, node: &Node, path: &NamedPath) -> Option<Vec<String>> {
        // A name alone is none of a file, as in `pub(super)`.
        if path.names.len() < 2 {
            return None;
        }
        if let Some(names) = path.rooted(&node.module) {
            return Some(names);
        }
        // `child::Name` in the file that declares the child.
        let first = path.names.first().filter(|_| path.is_outermost())?;
        let module = owned(&node.module);
        let is_child = self.nodes.contains_key(&[&module[..], std::slice::from_ref(first)].concat());
        is_child.then(|| [module, path.names.clone()].concat())
    }

    /// Returns the file that defines what a path from the root names, and that name if there is one.
    fn resolve(&self, names: &[String], steps: usize) -> Option<(&Node<'a>, Option<String>)> {
        let (length, node) =
            (0..=names.len()).rev().find_map(|length| Some((length, self.nodes.get(&names[..length])?)))?;
        let Some(name) = names.get(length) else { return Some((node, None)) };
        if !node.defines(name, |_| true) && steps > 0 {
            if let Some(passed) = node.paths.iter().find(|path| path.brings.as_ref() == Some(name)) {
                let onward = self.rooted(node, passed)?;
                return self.resolve(&[&onward, &names[length + 1..]].concat(), steps - 1);
            }
            if let Some(found) = self.through_globs(node, name, steps - 1) {
                return Some(found);
            }
        }
        Some((node, Some(name.clone())))
    }

    /// Looks for a name in what a file takes in by `*`.
    fn through_globs(&self, node: &Node, name: &str, steps: usize) -> Option<(&Node<'a>, Option<String>)> {
        let globs = node.paths.iter().filter(|path| path.brings.as_deref() == Some("*"));
        globs.filter_map(|glob| self.rooted(node, glob)).find_map(|mut names| {
            names.pop();
            names.push(name.to_owned());
            self.resolve(&names, steps).filter(|(found, _)| found.defines(name, |_| true))
        })
    }
}

fn owned(module: &[&str]) -> Vec<String> {
    module.iter().map(|&name| name.to_owned()).collect()
}

impl Node<'_> {
    fn defines(&self, name: &str, is_wanted: impl Fn(Kind) -> bool) -> bool {
        self.definitions.iter().any(|(kind, defined)| defined == name && is_wanted(*kind))
    }
}

/// Returns the modules that a file declares for tests only.
fn tests_of(file: &File) -> Vec<Vec<String>> {
    let module = owned(&file.module());
    test_modules(&file.text).into_iter().map(|name| [&module[..], &[name]].concat()).collect()
}

/// Returns the circles of files: each the files that use each other, directly or through others, in order.
pub fn circles(arrows: &[Arrow]) -> Vec<Vec<&str>> {
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for arrow in arrows {
        uses.entry(&arrow.from).or_default().insert(&arrow.to);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = uses.keys().map(|&file| (file, reached_from(file, &uses))).collect();
    let in_a_circle = |file: &str, other: &str| {
        reached[file].contains(other) && reached.get(other).is_some_and(|back| back.contains(file))
    };
    let circle = |&file: &&str| reached[file].iter().copied().filter(|other| in_a_circle(file, other)).collect();
    let circles: BTreeSet<Vec<&str>> =
        reached.keys().map(circle).filter(|circle: &Vec<&str>| !circle.is_empty()).collect();
    circles.into_iter().collect()
}

/// Returns the files that a file uses, directly or through others; itself if it does so through others.
fn reached_from<'a>(file: &'a str, uses: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![file];
    while let Some(next) = waiting.pop() {
        let more = uses.get(next).into_iter().flatten().copied().filter(|&used| reached.insert(used));
        waiting.extend(more.collect::<Vec<_>>());
    }
    reached
}

/// Returns the uses of a type that is defined in the `mod.rs` of a folder by a file of that folder.
pub fn types_of_own_mod(arrows: &[Arrow]) -> Vec<&Arrow> {
    let is_own = |arrow: &&Arrow| {
        let folder = arrow.to.strip_suffix("mod.rs");
        arrow.type_name.is_some() && folder.is_some_and(|folder| arrow.from.starts_with(folder))
    };
    arrows.iter().filter(is_own).collect()
}
