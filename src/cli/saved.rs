//! Reads findings that an earlier run has saved, and decisions on them.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use anyhow::Result;
use doublon::Error;
use doublon::finding::{Findings, Sink};
use doublon::report::json;
use doublon::rewrite::Decisions;

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
    Ok(json::read(BufReader::new(open(path)?), path, sink)?)
}

/// Reads decisions from a file, or from standard input for `-`.
///
/// # Errors
///
/// When they cannot be read.
pub fn read_decisions(path: &Path) -> Result<Decisions> {
    if path == Path::new("-") {
        return Ok(Decisions::read(io::stdin().lock(), Path::new("standard input"))?);
    }
    Ok(Decisions::read(BufReader::new(open(path)?), path)?)
}

fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => Error::Missing { path: path.to_owned() },
        _ => Error::Io { path: path.to_owned(), cause },
    })
}
