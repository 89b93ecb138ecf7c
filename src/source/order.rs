//! The order in which sources are read where the policy of what is kept goes by sources: what is read first stays.

use std::path::Path;

#[cfg(feature = "glob")]
use globset::{GlobBuilder, GlobMatcher};

use doublon_core::Keep;

use super::walk::FoundSources;
use crate::error::{Error, Result};

/// Ranks sources by a policy.
pub struct SourceOrder {
    #[cfg(feature = "glob")]
    preferred: Vec<GlobMatcher>,
    by_given: bool,
}

impl SourceOrder {
    /// Takes up a policy. All but [`Keep::Prefer`] and [`Keep::GivenOrder`] rank all sources alike.
    ///
    /// # Errors
    ///
    /// If a pattern is not valid, or this build knows none.
    pub fn of(keep: &Keep) -> Result<Self> {
        let patterns = if let Keep::Prefer(patterns) = keep { patterns.as_slice() } else { &[] };
        #[cfg(feature = "glob")]
        let preferred = patterns.iter().map(|pattern| matcher(pattern)).collect::<Result<_>>()?;
        #[cfg(not(feature = "glob"))]
        if let Some(pattern) = patterns.first() {
            return Err(refused(pattern));
        }
        Ok(Self {
            #[cfg(feature = "glob")]
            preferred,
            by_given: *keep == Keep::GivenOrder,
        })
    }

    /// Returns the rank of a source that is reached by the path with the number `given`: smaller ones are read first.
    ///
    /// A pattern is matched against the path and the folders above it, each with all that is in it: without a slash
    /// against their names, with one against as many of their last names as it has.
    pub fn rank(&self, path: &Path, given: usize) -> usize {
        if self.by_given {
            return given;
        }
        self.preference(path)
    }

    /// Puts sources in order, first those that others are compared with. Those of one rank stay as they are, in order of
    /// their paths.
    pub fn arrange(&self, found: &mut FoundSources) {
        let roots = std::mem::take(&mut found.roots);
        let mut both: Vec<_> = std::mem::take(&mut found.sources).into_iter().zip(roots).collect();
        both.sort_by_cached_key(|(source, root)| (!source.against, self.rank(&source.path, *root)));
        (found.sources, found.roots) = both.into_iter().unzip();
    }

    #[cfg(feature = "glob")]
    fn preference(&self, path: &Path) -> usize {
        let is_in = |pattern: &GlobMatcher| path.ancestors().any(|part| pattern.is_match(part));
        self.preferred.iter().position(is_in).unwrap_or(self.preferred.len())
    }

    #[cfg(not(feature = "glob"))]
    #[allow(clippy::unused_self)] // as with patterns
    fn preference(&self, _: &Path) -> usize {
        0
    }
}

#[cfg(feature = "glob")]
fn matcher(pattern: &str) -> Result<GlobMatcher> {
    let plain = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
    let anchored = if plain.starts_with('/') { plain.to_owned() } else { format!("**/{plain}") };
    let glob = GlobBuilder::new(&anchored).literal_separator(true).build().map_err(|_| refused(pattern))?;
    Ok(glob.compile_matcher())
}

fn refused(pattern: &str) -> Error {
    let expected = if cfg!(feature = "glob") {
        "a pattern such as `gold/**` or `*.md`, or several with commas between"
    } else {
        "another: this build knows no patterns; it was made without the feature `glob`"
    };
    doublon_core::Error::Parameter { name: "keep", value: format!("prefer:{pattern}"), expected }.into()
}

#[cfg(test)]
#[cfg(feature = "glob")]
mod tests {
    use super::*;

    fn rank(policy: &str, path: &str) -> usize {
        SourceOrder::of(&policy.parse().expect("a policy")).expect("valid").rank(Path::new(path), 7)
    }

    #[test]
    fn the_first_pattern_that_matches_decides() {
        let policy = "prefer:gold,crawl/2024*,*.md,/data/x";
        for (path, expected) in [
            ("gold/a.md", 0),
            ("../deep/gold/b/a.txt", 0),
            ("golden/a.md", 2),
            ("crawl/2024-05/a.md", 1),
            ("x/crawl/2024.jsonl", 1),
            ("crawl/x/2024.txt", 4),
            ("/data/x/a", 3),
            ("data/x/a", 4),
        ] {
            assert_eq!(rank(policy, path), expected, "{path}");
        }
        assert_eq!((rank("given-order", "gold/a"), rank("first", "gold/a")), (7, 0));
        assert!(SourceOrder::of(&Keep::Prefer(vec!["a[".into()])).is_err());
    }
}
