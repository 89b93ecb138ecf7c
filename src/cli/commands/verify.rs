//! `doublon verify`.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::Args as Group;
use doublon::audit::{Audit, Promise, audit};
use doublon::report::text::counted;
use serde_json::json;

use crate::cli::args::{AnswerArgs, MessageArgs, ResourceArgs};
use crate::cli::course::Course;
use crate::cli::exit::Outcome;
use crate::cli::output::Output;
use crate::cli::progress::Meter;

#[derive(Debug, Group)]
pub struct VerifyArgs {
    /// Folder or file of a clean copy, as `clean --out` wrote it
    dir: PathBuf,
    /// Known text that was ignored, given again
    ///
    /// The evidence does not hold it. May be given several times.
    ///
    /// Example: --ignore-text licence-header.txt
    #[arg(long, value_name = "FILE")]
    ignore_text: Vec<PathBuf>,
    #[command(flatten)]
    form: AnswerArgs,
    #[command(flatten)]
    resources: ResourceArgs,
    #[command(flatten)]
    messages: MessageArgs,
}

/// Checks a copy, and prints which promises hold.
///
/// # Errors
///
/// When the evidence, an input or the copy cannot be read, or the output cannot be written.
pub fn run(args: &VerifyArgs) -> Result<Outcome> {
    let form = &args.form;
    let output = Output::prepare(form.output.as_deref(), std::slice::from_ref(&args.dir))?;
    let meter = Meter::of(&args.messages, Course::of_proof());
    let found = audit(&args.dir, &args.ignore_text, &args.resources.resources()?, &meter);
    meter.finish();
    let found = found?;
    if form.is_json() {
        output.write(false, |out| write_json(&found, out))?;
    } else {
        output.write(false, |out| write_text(&found, form.limit(), out))?;
    }
    Ok(if found.faults == 0 { Outcome::Done } else { Outcome::Condition })
}

fn write_text(found: &Audit, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    for promise in Promise::ALL {
        let verdict = match promise {
            Promise::P10 if found.matches.is_none() => "not checked",
            _ if found.holds(promise) => "holds",
            _ => "DOES NOT HOLD",
        };
        writeln!(out, "{:<4} {verdict:<13} {}{}", format!("{promise:?}"), promise.text(), checked_on(promise, found))?;
    }
    let listed = if limit == 0 { found.listed.len() } else { limit.min(found.listed.len()) };
    for fault in &found.listed[..listed] {
        writeln!(out, "{:?}: {}: {}", fault.promise, fault.place, fault.detail)?;
    }
    match found.faults - listed as u64 {
        0 => Ok(()),
        more => writeln!(out, "and {more} more (--limit 0 shows up to 1,000)"),
    }
}

/// What a promise was checked on.
fn checked_on(promise: Promise, found: &Audit) -> String {
    let Audit { sources, documents, removed, cuts, matches, .. } = found;
    match promise {
        Promise::P1 => format!(" ({})", counted(*sources, "file")),
        Promise::P2 | Promise::P3 => format!(" ({}, {})", counted(*removed, "document"), counted(*cuts, "passage")),
        Promise::P4 => format!(" ({})", counted(*documents, "document")),
        Promise::P10 => matches.map_or_else(
            || ": the copy was not final when it was written, or what repeats was only marked".to_owned(),
            |matches| format!(" ({})", counted(matches, "match")),
        ),
    }
}

fn write_json(found: &Audit, out: &mut dyn Write) -> io::Result<()> {
    let Audit { sources, documents, removed, cuts, matches, faults, listed } = found;
    let told = json!({
        "schema": "doublon.audit/1",
        "holds": *faults == 0,
        "sources": sources,
        "documents": documents,
        "removed": removed,
        "passages": cuts,
        "matches": matches,
        "fault_count": faults,
        "faults": listed,
    });
    serde_json::to_writer(&mut *out, &told)?;
    out.write_all(b"\n")
}
