//! Reads findings that an earlier run has saved.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use anyhow::Result;
use doublon::Error;
use doublon::finding::{Findings, Sink};
use doublon::report::json;

/// Reads findings from a file, or from standard input for `-`, all at once.
///
/// # Errors
///
/// When they cannot be read.
pub fn read_findings(path: &Path) -> Result<Findings> {
    let mut findings = Findings::default();
    send_findings(path, &mut findings)?;
    Ok(findings)
}

/// Reads findings from a file, or from standard input for `-`, and hands them to `sink`.
///
/// # Errors
///
/// When they cannot be read, or the sink fails.
pub fn send_findings(path: &Path, sink: &mut dyn Sink) -> Result<()> {
    if path == Path::new("-") {
        return Ok(json::read(io::stdin().lock(), Path::new("standard input"), sink)?);
    }
    let file = File::open(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => Error::Missing { path: path.to_owned() },
        _ => Error::Io { path: path.to_owned(), cause },
    })?;
    Ok(json::read(BufReader::new(file), path, sink)?)
}
