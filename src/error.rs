//! What can go wrong, as plain data: a path, a line, a name, a value.

use std::io;
use std::path::PathBuf;

/// An error that ends a run. A bad record does not: it becomes a [`crate::finding::Skipped`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A report could not be written to where it goes.
    #[error("the report could not be written: {cause}")]
    Output {
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A path that was named does not exist.
    #[error("{}: no such file or folder", path.display())]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// A setting has a value that it cannot have.
    #[error(transparent)]
    Core(#[from] doublon_core::Error),
    /// The threads could not be started.
    #[error("{threads} threads could not be started: {cause}; ask for fewer with --threads")]
    Threads {
        /// How many were asked for, 0 for one a core.
        threads: usize,
        /// What the system said.
        cause: String,
    },
    /// The input is larger than a counter of this program can number.
    #[error("there are more than {limit} {what}; split the input")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The largest number that is handled.
        limit: u64,
    },
    /// What was kept, removed and skipped is not what was read: a bug.
    #[error("{accounted} of {met} documents are accounted for; please report this as a bug")]
    Miscounted {
        /// Records and sources met while reading.
        met: u64,
        /// Documents kept or removed, and what was skipped.
        accounted: u64,
    },
    /// A line of saved findings could not be read.
    #[error("{}:{line}: {detail}", path.display())]
    Findings {
        /// The file of findings.
        path: PathBuf,
        /// The one-based line.
        line: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// A source is no longer what was scanned.
    #[error("{}: {detail}; nothing was written, scan again", path.display())]
    Changed {
        /// The source.
        path: PathBuf,
        /// How it differs.
        detail: String,
    },
    /// A source is damaged where a scan does not look, so that nothing can be left out of its copy.
    #[error("{}: {detail}; it cannot be copied without some of its records", path.display())]
    Damaged {
        /// The source.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A place is not one to write a clean copy to, or to make one from.
    #[error("{}: {detail}", path.display())]
    Refused {
        /// The place.
        path: PathBuf,
        /// Why not, and what to do.
        detail: String,
    },
    /// Somebody ended the run.
    #[error("the run was ended before it was done")]
    Cancelled,
    /// What was to be removed breaks a promise.
    #[error("{detail}; nothing was written: the findings were changed, or this is a bug, which please report")]
    BrokenPlan {
        /// Which removal, and what is wrong with it.
        detail: String,
    },
}

/// A result whose error ends the run.
pub type Result<T> = std::result::Result<T, Error>;
