//! The paths that a command reads: named on the command line, in a list, or by a pattern.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args as Group;
use doublon::finding::{BadInput, InputOptions, Parameters, PathSet};
use doublon::index::Index;

#[derive(Debug, Group)]
#[command(next_help_heading = "Input")]
pub struct ListArgs {
    /// Read the files that FILE names too
    ///
    /// One path a line, or with NUL between them, as `find -print0` and `git ls-files -z` write; - is standard input.
    /// They count as found in a folder: a picture among them is no fault. One that is not there is listed as skipped,
    /// and the exit code is 3. May be repeated.
    ///
    /// Example: git ls-files -z docs | doublon scan --files-from -
    #[arg(long, value_name = "FILE")]
    pub files_from: Vec<PathBuf>,
}

/// What others are only compared with.
#[derive(Debug, Default, Group)]
#[command(next_help_heading = "Input")]
pub struct AgainstArgs {
    /// Compare only with what is at PATH, which stays
    ///
    /// What is there is read and never removed, nor compared with itself; what the other paths lead to is compared with it
    /// and not with itself. So the new part of an archive is held against the old one, or a training set against what it is
    /// tested with. A copy has the other paths only. Where one of the paths lies in another, the inner one counts. May be
    /// repeated. PATH may be an index, as `doublon index build` makes it; it is then the only one.
    ///
    /// Example: doublon clean today/ --against archive/ --out new/
    ///
    /// Example: doublon clean train.jsonl --against test.jsonl --against validation.jsonl --out train.clean.jsonl
    #[arg(long = "against", value_name = "PATH", id = "against")]
    pub paths: Vec<PathBuf>,
}

impl ListArgs {
    /// Returns the paths to be read: those in `paths`, of which patterns are replaced by what matches them, then those
    /// in the lists, then those that others are compared with; and tells `parameters` which of them are not named
    /// themselves, and which are compared with.
    ///
    /// # Errors
    ///
    /// When a list cannot be read, a pattern is not valid, standard input would be read twice, or there is nothing to
    /// compare with.
    pub fn compared_paths(
        &self,
        paths: &[PathBuf],
        against: &AgainstArgs,
        parameters: &mut Parameters,
    ) -> Result<Vec<PathBuf>> {
        let Parameters { config, input } = parameters;
        let stdin = paths.iter().chain(&against.paths).chain(&self.files_from).filter(|path| *path == Path::new("-"));
        if stdin.count() > 1 && self.reads_stdin() {
            bail!("standard input can be read only once, and --files-from - reads it");
        }
        let (mut given, mut listed) = expand_all(paths, input)?;
        for list in &self.files_from {
            let found = read_list(list)?;
            given.extend_from_slice(&found);
            listed.extend(found);
        }
        if let Some(index) = against.paths.iter().find(|path| Index::is_at(path)) {
            let index = index.display();
            bail!(
                "{index} is an index, which is compared with by itself: `doublon scan NEW --against {index}`, or `doublon clean \
                 NEW --against {index} --out OUT`"
            );
        }
        if let Some(both) = against.paths.iter().find(|path| given.contains(path)) {
            bail!("{}: it is given twice, by itself and as what others are compared with", both.display());
        }
        let (mut compared_with, matched) = expand_all(&against.paths, input)?;
        compared_with.retain(|path| !given.contains(path)); // a pattern may match what is new too
        let is_listed = |path: &PathBuf| !paths.contains(path) && !against.paths.contains(path);
        input.listed = listed.into_iter().chain(matched).filter(is_listed).collect::<PathSet>();
        input.against = compared_with.iter().cloned().collect::<PathSet>();
        if !against.paths.is_empty() {
            *config = config.to_builder().against(true).build()?;
        }
        given.extend(compared_with);
        if config.isolate && given.len() < 2 {
            bail!("--isolate compares only across the paths given, and there are not two of them");
        }
        Ok(given)
    }

    /// Returns whether a list comes from standard input.
    pub fn reads_stdin(&self) -> bool {
        self.files_from.iter().any(|list| list == Path::new("-"))
    }
}

/// Returns paths, of which patterns are replaced by what matches them, and those of them that patterns gave.
fn expand_all(paths: &[PathBuf], input: &InputOptions) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut given, mut matched) = (Vec::new(), Vec::new());
    for path in paths {
        let found = expand(path, input)?;
        if found.is_empty() && is_unmatched(path) && input.bad_input == BadInput::Fail {
            bail!("{}: nothing matches this pattern", path.display());
        }
        if found.is_empty() {
            given.push(path.clone());
        }
        given.extend_from_slice(&found);
        matched.extend(found);
    }
    Ok((given, matched))
}

#[cfg(feature = "glob")]
fn expand(path: &Path, input: &InputOptions) -> Result<Vec<PathBuf>> {
    Ok(doublon::source::expand(path, input)?)
}

#[cfg(not(feature = "glob"))]
#[allow(clippy::unnecessary_wraps)] // as with patterns
fn expand(_: &Path, _: &InputOptions) -> Result<Vec<PathBuf>> {
    Ok(Vec::new())
}

/// Whether a path is a pattern and not the name of something.
fn is_unmatched(path: &Path) -> bool {
    cfg!(feature = "glob") && path.to_string_lossy().contains(['*', '?', '[', '{']) && !path.exists()
}

fn read_list(list: &Path) -> Result<Vec<PathBuf>> {
    let mut bytes = Vec::new();
    if list == Path::new("-") {
        io::stdin().read_to_end(&mut bytes).context("standard input")?;
    } else {
        bytes = fs::read(list).with_context(|| list.display().to_string())?;
    }
    Ok(split(&bytes).into_iter().map(to_path).collect())
}

/// Returns the names in a list: separated by NUL where there is one, else one a line.
fn split(list: &[u8]) -> Vec<&[u8]> {
    if list.contains(&0) {
        return list.split(|&byte| byte == 0).filter(|name| !name.is_empty()).collect();
    }
    let lines = list.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.is_empty()).collect()
}

/// Returns the path that a name in a list means. A dash is a file there, since standard input gives no name.
fn to_path(name: &[u8]) -> PathBuf {
    #[cfg(unix)]
    let path = PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(name));
    #[cfg(not(unix))]
    let path = PathBuf::from(String::from_utf8_lossy(name).into_owned());
    if path == Path::new("-") { Path::new(".").join(path) } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_one_a_line_or_between_nul() {
        assert_eq!(split(b"a b\r\n\nc\n"), [&b"a b"[..], b"c"]);
        assert_eq!(split(b"a\nb\0c\0"), [&b"a\nb"[..], b"c"]);
        assert!(split(b"").is_empty());
        assert_eq!(to_path(b"-"), Path::new("./-"));
    }
}
