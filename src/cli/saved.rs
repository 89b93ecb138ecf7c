//! Reads findings that an earlier run has saved.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use anyhow::Result;
use doublon::Error;
use doublon::finding::Findings;
use doublon::report::json;

/// Reads findings from a file, or from standard input for `-`.
///
/// # Errors
///
/// When they cannot be read.
pub fn read_findings(path: &Path) -> Result<Findings> {
    if path == Path::new("-") {
        return Ok(json::read_all(io::stdin().lock(), Path::new("standard input"))?);
    }
    let file = File::open(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => Error::Missing { path: path.to_owned() },
        _ => Error::Io { path: path.to_owned(), cause },
    })?;
    Ok(json::read_all(BufReader::new(file), path)?)
}
