//! The folders and files of a run as a tree, each with its share of all that repeats. A reader chooses findings by it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::context::PageContext;
use crate::report::text::{bytes, counted, percent};
use crate::report::visible::visible;

/// The most rows of the tree.
const ROWS: usize = 200;
/// The deepest row that is moved in.
const DEEPEST: usize = 6;

/// A folder or a file.
pub struct TreeRow {
    pub name: String,
    pub is_folder: bool,
    /// Folders around it, below the one that holds all.
    pub depth: usize,
    /// The numbers of its sources, the first and the last.
    pub sources: (usize, usize),
    pub share: String,
    /// What the share is of, in bytes.
    pub repeated: String,
}

/// The tree.
pub struct SourceTree {
    pub rows: Vec<TreeRow>,
    /// How many rows there are besides.
    pub more: String,
}

/// A folder or a file while they are added up.
struct Node<'a> {
    path: &'a str,
    sources: (usize, usize),
    repeated: u64,
    is_folder: bool,
}

impl SourceTree {
    /// Makes the tree of all that holds repeats; it is empty if there are fewer than two sources.
    pub fn new(context: &PageContext<'_>) -> Self {
        let header = &context.digest.header;
        if header.sources.len() < 2 {
            return Self { rows: Vec::new(), more: String::new() };
        }
        let mut paths: Vec<&str> = header.sources.iter().map(|source| source.path.as_str()).collect();
        paths.sort_unstable();
        let repeated = |path: &str| context.digest.measures.by_source.get(path).copied().unwrap_or_default();
        let below = |path| context.common.below(path);
        let mut nodes = nodes(paths.iter().map(|&path| (below(path), repeated(path))));
        let all: u64 =
            nodes.iter().filter(|node| !node.is_folder).map(|node| node.repeated).fold(0, u64::saturating_add);
        nodes.retain(|node| node.repeated > 0);
        let count = nodes.len();
        // Nothing has more than the folder that it is in, so no row loses its folder.
        nodes.sort_by_key(|node| (Reverse(node.repeated), node.sources.0, Reverse(node.sources.1), node.path.len()));
        nodes.truncate(ROWS);
        nodes.sort_by_key(|node| (node.sources.0, Reverse(node.sources.1), node.path.len()));
        let rows = nodes.iter().map(|node| TreeRow::new(node, all)).collect();
        let more = match count.saturating_sub(ROWS) {
            0 => String::new(),
            more => format!("and {}", counted(more as u64, "more file")),
        };
        Self { rows, more }
    }
}

/// Adds up what repeats in files, which come in order of their paths, and in the folders around them.
fn nodes<'a>(files: impl Iterator<Item = (&'a str, u64)>) -> Vec<Node<'a>> {
    let (mut folders, mut nodes): (BTreeMap<&str, Node<'a>>, Vec<Node<'a>>) = (BTreeMap::new(), Vec::new());
    for (number, (path, repeated)) in files.enumerate() {
        for (slash, _) in path.match_indices('/').filter(|(slash, _)| *slash > 0) {
            let folder = &path[..slash];
            let new = || Node { path: folder, sources: (number, number), repeated: 0, is_folder: true };
            let node = folders.entry(folder).or_insert_with(new);
            node.sources.1 = number;
            node.repeated = node.repeated.saturating_add(repeated);
        }
        nodes.push(Node { path, sources: (number, number), repeated, is_folder: false });
    }
    nodes.extend(folders.into_values());
    nodes
}

impl TreeRow {
    fn new(node: &Node<'_>, all: u64) -> Self {
        let name = node.path.rsplit('/').next().unwrap_or(node.path);
        let share = node.repeated as f64 / all.max(1) as f64;
        Self {
            name: format!("{}{}", visible(name), if node.is_folder { "/" } else { "" }),
            is_folder: node.is_folder,
            depth: node.path.matches('/').count().min(DEEPEST),
            sources: node.sources,
            share: percent(share),
            repeated: bytes(node.repeated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_hold_what_their_files_hold() {
        let files = [("a/b/x", 3), ("a/b/y", 0), ("a/c", 4), ("d", 5)];
        let nodes = nodes(files.into_iter());
        let mut told: Vec<_> =
            nodes.iter().map(|node| (node.path, node.sources, node.repeated, node.is_folder)).collect();
        told.sort_unstable();
        let expected = [
            ("a", (0, 2), 7, true),
            ("a/b", (0, 1), 3, true),
            ("a/b/x", (0, 0), 3, false),
            ("a/b/y", (1, 1), 0, false),
            ("a/c", (2, 2), 4, false),
            ("d", (3, 3), 5, false),
        ];
        assert_eq!(told, expected);
    }
}
