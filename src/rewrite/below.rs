//! Which files findings from elsewhere may name.
//!
//! Findings are a file that anybody may have written, and what they name is copied. A source is copied only if it has the
//! hash that they say, so who wrote them knew what is in it. A file that was not read as a source has none: it has to lie
//! in a folder that was named by the person who cleans.

use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};

const NOT_BELOW: &str = "the findings name it, and it is not below the paths given";

const NOT_THERE: &str = "the findings name it by this path, and it is not there; clean in the folder in which they were made, \
                         or scan again";

/// The paths below which findings may name files.
#[derive(Clone, Debug)]
pub(super) struct AllowedPaths {
    given: Vec<PathBuf>,
}

impl AllowedPaths {
    /// Allows what is at and below these paths; without one, all sources, and below the folder of the process other files.
    pub fn new(given: Vec<PathBuf>) -> Self {
        Self { given }
    }

    /// Checks the path of a source.
    ///
    /// # Errors
    ///
    /// If paths were given and it is not below any of them, neither by its name nor by its place.
    pub fn check_source(&self, path: &Path) -> Result<()> {
        let is_named_below = self.given.iter().any(|root| is_named_below(path, root));
        if self.given.is_empty() || is_named_below || is_below(path, &self.given) {
            return Ok(());
        }
        Err(refused(path, NOT_BELOW))
    }

    /// Checks the path of a file that was not read.
    ///
    /// # Errors
    ///
    /// If its place, links resolved, is not below the paths given.
    pub fn check_other(&self, path: &Path) -> Result<()> {
        let here = [PathBuf::from(".")];
        let roots = if self.given.is_empty() { &here[..] } else { &self.given };
        if is_below(path, roots) {
            Ok(())
        } else if !path.exists() {
            Err(refused(path, NOT_THERE))
        } else if self.given.is_empty() {
            Err(refused(path, "the findings name it without a hash; give the path that was scanned too"))
        } else {
            Err(refused(path, NOT_BELOW))
        }
    }
}

fn refused(path: &Path, detail: &str) -> Error {
    Error::Refused { path: path.into(), detail: detail.to_owned() }
}

fn is_named_below(path: &Path, root: &Path) -> bool {
    let below = path.strip_prefix(root);
    below.is_ok_and(|below| below.components().all(|part| matches!(part, Component::Normal(_))))
}

fn is_below(path: &Path, roots: &[PathBuf]) -> bool {
    let Ok(place) = path.canonicalize() else { return false };
    roots.iter().filter_map(|root| root.canonicalize().ok()).any(|root| place.starts_with(root))
}
