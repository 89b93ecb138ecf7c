//! Where the evidence of a clean copy is: what was removed, and for what.

use std::path::{Path, PathBuf};

/// The folder in a clean copy that tells what was removed. Programs that read folders of data pass over names that start
/// with an underscore; a walk passes over this one, where it has a [`SUMMARY`].
pub const EVIDENCE: &str = "_doublon";

/// The file with the counts of a clean copy.
pub const SUMMARY: &str = "summary.json";

/// Returns the folder with the evidence of the copy at `out`: in it if it is a folder, beside it if it is a file.
pub fn evidence_of(out: &Path) -> PathBuf {
    if out.is_file() { evidence_beside(out) } else { out.join(EVIDENCE) }
}

/// Returns the folder for the evidence of a copy that is the file `out`: `_doublon-` and its name.
pub fn evidence_beside(out: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(format!("{EVIDENCE}-"));
    name.push(out.file_name().unwrap_or_default());
    out.with_file_name(name)
}

/// Returns the folder below which the copies are that the evidence of `out` names.
pub fn copies_of(out: &Path) -> &Path {
    if out.is_file() { out.parent().unwrap_or(Path::new("")) } else { out }
}

/// Whether a folder tells what a clean copy lacks: it is no part of the archive.
pub(super) fn is_evidence(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().as_encoded_bytes();
    let beside = name.strip_prefix(EVIDENCE.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"-"));
    beside && folder.join(SUMMARY).is_file()
}
