//! Paths that are patterns, for shells that do not expand them, and for patterns in quotes.

use std::path::{Component, Path, PathBuf};

use globset::GlobBuilder;
use walkdir::WalkDir;

use super::work_tree::WorkTree;
use crate::error::{Error, Result};
use crate::finding::InputOptions;

/// Returns the files and folders that match a path with wildcards (`*`, `?`, `[ab]`, `{a,b}`, and `**` for any number of
/// folders), in order of their bytes; of what is in a folder that matches, nothing is listed besides. A path without
/// wildcards, or to something that there is, gives none.
///
/// As in a shell, `*` passes over hidden files. What [`walk`](super::walk()) leaves out of a work tree of Git is not
/// looked at.
///
/// # Errors
///
/// If the pattern is not valid.
pub fn expand(pattern: &Path, options: &InputOptions) -> Result<Vec<PathBuf>> {
    let Some(text) = pattern.to_str().filter(|text| text.contains(WILDCARDS) && !pattern.exists()) else {
        return Ok(Vec::new());
    };
    let plain = text.strip_prefix("./").unwrap_or(text);
    let glob =
        GlobBuilder::new(plain.trim_end_matches('/')).literal_separator(true).build().map_err(|_| invalid(text))?;
    let (glob, base) = (glob.compile_matcher(), base(Path::new(plain)));
    let root = if base.as_os_str().is_empty() { Path::new(".") } else { &base };
    let Ok(place) = root.canonicalize() else { return Ok(Vec::new()) };
    let mut tree = WorkTree::of(&place, options);
    let mut walk =
        WalkDir::new(root).min_depth(1).max_depth(depth(plain, &base)).follow_links(options.follow).into_iter();
    let mut found = Vec::new();
    while let Some(entry) = walk.next() {
        let Ok(entry) = entry else { continue }; // what cannot be listed matches nothing
        let is_folder = entry.file_type().is_dir();
        let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let path = base.join(below);
        let is_left_out = tree.leaves_out(&place.join(below), entry.depth(), is_folder).is_some();
        let is_found = !is_left_out && glob.is_match(&path) && !hides(plain, &path);
        if is_folder && (is_left_out || is_found) {
            walk.skip_current_dir();
        }
        found.extend(is_found.then_some(path));
    }
    found.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    Ok(found)
}

const WILDCARDS: [char; 4] = ['*', '?', '[', '{'];

fn invalid(pattern: &str) -> Error {
    let (name, expected) = ("PATH", "the path of a file or folder, or a pattern such as `docs/**/*.md`");
    doublon_core::Error::Parameter { name, value: format!("`{pattern}`"), expected }.into()
}

/// The folder in which all that can match is.
fn base(pattern: &Path) -> PathBuf {
    let is_plain = |part: &Component| part.as_os_str().to_str().is_some_and(|part| !part.contains(WILDCARDS));
    pattern.components().take_while(is_plain).collect()
}

/// How far below its base a pattern can match.
fn depth(pattern: &str, base: &Path) -> usize {
    let is_any = pattern.contains("**") || pattern.contains('{'); // braces may hold a slash
    if is_any { usize::MAX } else { Path::new(pattern).components().count() - base.components().count() }
}

/// Whether a path is hidden where the pattern does not ask for hidden names.
fn hides(pattern: &str, path: &Path) -> bool {
    let is_hidden =
        |part: Component| matches!(part, Component::Normal(name) if name.as_encoded_bytes().starts_with(b"."));
    path.components().any(is_hidden)
        && !pattern.split('/').any(|part| part.starts_with('.') && part != "." && part != "..")
}
