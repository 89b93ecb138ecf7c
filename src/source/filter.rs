//! The patterns that say which files in folders are read.

use std::path::Path;

#[cfg(feature = "glob")]
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::{Error, Result};
use crate::finding::InputOptions;

/// The patterns that say which files in folders are read.
#[cfg(feature = "glob")]
pub(super) struct PathFilter {
    glob: Option<GlobSet>,
    exclude: GlobSet,
}

#[cfg(feature = "glob")]
impl PathFilter {
    pub fn new(options: &InputOptions) -> Result<Self> {
        let glob = glob_set("glob", &options.glob)?;
        Ok(Self { glob: (!glob.is_empty()).then_some(glob), exclude: glob_set("exclude", &options.exclude)? })
    }

    /// Returns whether the file or folder at a path below the folder that was named is read.
    pub fn admits(&self, below: &Path, may_be_folder: bool) -> bool {
        let wanted = may_be_folder || self.glob.as_ref().is_none_or(|glob| glob.is_match(below));
        wanted && !self.exclude.is_match(below)
    }
}

#[cfg(feature = "glob")]
fn glob_set(name: &'static str, patterns: &[String]) -> Result<GlobSet> {
    let invalid = |pattern: &str| refused(name, pattern, "a pattern such as `*.txt` or `news/**`");
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        // A pattern without a slash holds at any depth, as in other tools.
        let anchored = if pattern.contains('/') { pattern.trim_start_matches('/') } else { &format!("**/{pattern}") };
        set.add(GlobBuilder::new(anchored).literal_separator(true).build().map_err(|_| invalid(pattern))?);
    }
    set.build().map_err(|_| invalid(&patterns.join(", ")))
}

/// Reads all files in folders, for a build that knows no patterns.
#[cfg(not(feature = "glob"))]
pub(super) struct PathFilter;

#[cfg(not(feature = "glob"))]
impl PathFilter {
    pub fn new(options: &InputOptions) -> Result<Self> {
        let missing = "empty: this build knows no patterns; it was made without the feature `glob`";
        let lists = [("glob", &options.glob), ("exclude", &options.exclude)];
        match lists.into_iter().find(|(_, patterns)| !patterns.is_empty()) {
            Some((name, patterns)) => Err(refused(name, &patterns.join(", "), missing)),
            None => Ok(Self),
        }
    }

    #[allow(clippy::unused_self)] // as the filter that knows patterns
    pub fn admits(&self, _: &Path, _: bool) -> bool {
        true
    }
}

fn refused(name: &'static str, patterns: &str, expected: &'static str) -> Error {
    doublon_core::Error::Parameter { name, value: format!("`{patterns}`"), expected }.into()
}
