//! Which name each source has in the output.
//!
//! A copy of one folder has the names that are in it. Where several paths were given, what is in a folder stands below
//! the folder's name, and a file that was given itself has its own name. Only plain names take part: neither an absolute
//! path nor `..` leads out of the output.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};
use crate::source::EVIDENCE;

/// Returns the name below the output of each of `paths`, which were found at or below `roots`; without roots, at or below
/// the folder that all of them have in common.
///
/// # Errors
///
/// If two sources have the same name, or one has the name of the folder for the evidence.
pub fn names(paths: &[PathBuf], roots: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let common = [common_folder(paths)];
    let roots = if roots.is_empty() { &common[..] } else { roots };
    let short: Vec<PathBuf> = paths.iter().map(|path| below_root(path, roots)).collect();
    let names = if clash(&short).is_none() { short } else { paths.iter().map(|path| plain(path)).collect() };
    if let Some((first, second)) = clash(&names) {
        let detail = format!("in the output it has the name of {}; clean them apart", paths[first].display());
        return Err(Error::Refused { path: paths[second].clone(), detail });
    }
    match names.iter().position(|name| name.starts_with(EVIDENCE)) {
        Some(taken) => {
            let detail = format!("in the output, `{EVIDENCE}` is the folder for what was removed; rename this");
            Err(Error::Refused { path: paths[taken].clone(), detail })
        }
        None => Ok(names),
    }
}

fn common_folder(paths: &[PathBuf]) -> PathBuf {
    let mut folders = paths.iter().map(|path| path.parent().unwrap_or(Path::new("")));
    let first = folders.next().unwrap_or(Path::new("")).to_owned();
    folders.fold(first, |common, folder| {
        let equal = common.components().zip(folder.components()).take_while(|(a, b)| a == b);
        equal.map(|(component, _)| component).collect()
    })
}

fn below_root(path: &Path, roots: &[PathBuf]) -> PathBuf {
    let of_path = roots.iter().filter_map(|root| path.strip_prefix(root).ok().map(|below| (root, below)));
    // If a folder and a folder inside it were both given, names start from the outer one.
    let Some((root, below)) = of_path.max_by_key(|(_, below)| below.components().count()) else { return plain(path) };
    match (below.as_os_str().is_empty(), roots.len()) {
        (true, _) => path.file_name().map_or_else(|| plain(path), PathBuf::from),
        (false, 1) => plain(below),
        (false, _) => plain(&Path::new(&own_name(root)).join(below)),
    }
}

/// The name of a folder that may have been given as `.` or `..`.
fn own_name(folder: &Path) -> PathBuf {
    let named = folder.file_name().map(PathBuf::from);
    let place = || folder.canonicalize().ok().and_then(|place| place.file_name().map(PathBuf::from));
    named.or_else(place).unwrap_or_default()
}

/// The path without what leads elsewhere.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|component| matches!(component, Component::Normal(_))).collect()
}

/// Finds two paths that cannot both be written: they have one name, or one is a folder in the name of the other.
fn clash(names: &[PathBuf]) -> Option<(usize, usize)> {
    let mut seen: HashMap<&Path, usize> = HashMap::with_capacity(names.len());
    for (n, name) in names.iter().enumerate() {
        if let Some(first) = seen.insert(name, n) {
            return Some((first, n));
        }
    }
    names.iter().enumerate().find_map(|(n, name)| {
        let above = name.ancestors().skip(1).find_map(|folder| seen.get(folder));
        above.map(|&first| (first, n))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(paths: &[&str], roots: &[&str]) -> Vec<String> {
        let to_paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<Vec<_>>();
        let found = names(&to_paths(paths), &to_paths(roots)).expect("names");
        found.iter().map(|name| name.display().to_string()).collect()
    }

    fn refusal(paths: &[&str], roots: &[&str]) -> String {
        let to_paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<Vec<_>>();
        names(&to_paths(paths), &to_paths(roots)).expect_err("no names").to_string()
    }

    #[test]
    fn a_copy_of_a_folder_has_its_names() {
        assert_eq!(named(&["a/b/x.txt"], &["a"]), ["b/x.txt"]);
        assert_eq!(named(&["./x.txt", "./b/y"], &["."]), ["x.txt", "b/y"]);
        assert_eq!(named(&["/data/a/x"], &["/data/"]), ["a/x"]);
        assert_eq!(named(&["a/x.jsonl"], &["a/x.jsonl"]), ["x.jsonl"]);
    }

    #[test]
    fn copies_of_several_folders_stand_below_their_names() {
        assert_eq!(named(&["a/x", "b/x", "c.txt"], &["a", "b", "c.txt"]), ["a/x", "b/x", "c.txt"]);
        assert_eq!(named(&["p/a/x", "q/a/x"], &["p/a", "q/a"]), ["p/a/x", "q/a/x"]);
        assert_eq!(named(&["a/b/x", "a/y"], &["a/b", "a"]), ["a/b/x", "a/y"]);
        assert_eq!(named(&["p/x", "q/x"], &["p/x", "q/x"]), ["p/x", "q/x"]);
    }

    #[test]
    fn without_roots_names_are_those_below_the_common_folder() {
        assert_eq!(named(&["data/a/x", "data/b/y"], &[]), ["a/x", "b/y"]);
        assert_eq!(named(&["data/x.txt"], &[]), ["x.txt"]);
        assert_eq!(named(&["x.txt", "b/y"], &[]), ["x.txt", "b/y"]);
    }

    #[test]
    fn f39_no_name_leads_out_of_the_output() {
        assert_eq!(named(&["../../x", "/etc/x"], &["../../x", "/etc/x"]), ["x", "etc/x"]);
        assert_eq!(named(&["../a/../../x"], &["../a"]), ["x"]);
    }

    #[test]
    fn two_sources_with_one_name_are_refused() {
        assert_eq!(
            refusal(&["../x", "x"], &["../x", "x"]),
            "x: in the output it has the name of ../x; clean them apart"
        );
        assert!(refusal(&["../x", "x/y", "y"], &["../x", "x/y", "y"]).contains("clean them apart"));
        assert!(refusal(&["a/_doublon/x"], &["a"]).contains("`_doublon` is the folder"));
    }
}
