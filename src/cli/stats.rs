//! `doublon stats`.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::io::{self, IsTerminal};

use anyhow::{Result, bail};
use clap::Args as Group;

use super::args::{Format, ScanArgs, text_or_json};
use super::exit::{self, Outcome};
use super::output::Output;
use super::progress::Meter;
use super::report::style;
use super::{hints, say};
use crate::finding::statistics::Statistics;
use crate::report::stats::{write_json, write_text};
use crate::report::text::counted;
use crate::scan::stats::{Request, stats};

#[derive(Debug, Group)]
#[command(
    mut_arg("format", |format| format.value_parser(text_or_json())),
    mut_arg("sort", |arg| arg.hide(true)), // of findings only, as the next
    mut_arg("baseline", |arg| arg.hide(true))
)]
pub struct StatsArgs {
    /// Measure each document by itself only
    ///
    /// Documents are not compared with each other: no duplicates, no repeated passages. It takes one pass, and no more
    /// memory than the largest documents.
    ///
    /// Example: --alone for a first look at a large corpus.
    #[arg(long)]
    alone: bool,
    /// List every document, in JSON
    ///
    /// The report for people shows the worst ones.
    ///
    /// Example: --documents --format json -o stats.jsonl
    #[arg(long)]
    documents: bool,
    #[command(flatten)]
    scan: ScanArgs,
}

/// Measures, reports, and judges.
///
/// # Errors
///
/// When an argument is wrong, the scan fails, or the report cannot be written.
pub fn run(args: &StatsArgs) -> Result<Outcome> {
    let scan = &args.scan;
    if scan.limits.baseline.is_some() {
        bail!("--baseline is for `doublon scan`");
    }
    let (parameters, resources) = (scan.parameters()?, scan.run.resources()?);
    let fail_over = scan.limits.fail_over()?;
    let (render, messages) = (&scan.render, &scan.messages);
    let output = Output::prepare(render.output.as_deref(), &scan.paths)?;
    let style = style(render, &output);
    let request = Request { compare: !args.alone, documents: args.documents, worst: style.limit };
    let meter = Meter::new(messages.quiet || messages.no_progress, io::stderr().is_terminal(), messages.verbose);
    let found = stats(&scan.paths, request, &parameters.config, &parameters.input, &resources, &meter);
    meter.finish();
    let found = found?;
    match render.format {
        Format::Json => output.write(false, |out| write_json(&found, out))?,
        _ => output.write(style.color, |out| write_text(&found, &style, out))?,
    }
    if !messages.quiet && (render.format == Format::Json || output != Output::Stdout) {
        let (documents, over) = (counted(found.summary.documents, "document"), found.summary.over);
        say(&format!("{documents} measured; {} over a limit of Gopher", counted(over, "document")));
    }
    if !messages.quiet {
        hints::tell_fields(&found.skipped, found.summary.documents, &parameters.input.text_field);
    }
    Ok(judge(&found, fail_over, scan.limits.fail_on_empty))
}

/// As [`Outcome::of`] judges findings.
fn judge(found: &Statistics, fail_over: Option<f64>, fail_on_empty: bool) -> Outcome {
    let share = found.summary.repeats.map_or(0.0, |repeats| repeats.share());
    let exceeded = fail_over.filter(|&limit| share > limit);
    if let Some(limit) = exceeded {
        say(&exit::more_than(limit, share, "repeated"));
    }
    if exceeded.is_some() || (fail_on_empty && found.summary.documents == 0) {
        Outcome::Condition
    } else if found.skipped.iter().any(|skipped| skipped.reason.is_fault()) {
        Outcome::Partial
    } else {
        Outcome::Done
    }
}
