//! `doublon stats`.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use anyhow::{Result, bail};
use clap::Args as Group;
use doublon::finding::statistics::Statistics;
use doublon::report::stats::{write_json, write_text};
use doublon::report::text::counted;
use doublon::stats::{StatsRequest, stats};

use super::scan::ScanArgs;
use crate::cli::args::{RenderArgs, RenderFormat, text_or_json};
use crate::cli::course::Course;
use crate::cli::exit::{self, Outcome};
use crate::cli::hints;
use crate::cli::output::Output;
use crate::cli::progress::Meter;
use crate::cli::render::style;
use crate::cli::say::say;

#[derive(Debug, Group)]
#[command(
    mut_arg("format", |format| format.value_parser(text_or_json())),
    mut_arg("sort", |arg| arg.hide(true)), // of findings only, as the next
    mut_arg("baseline", |arg| arg.hide(true)),
    mut_arg("against", |arg| arg.hide(true))
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
    if !scan.against.paths.is_empty() {
        bail!("--against is for `doublon scan` and `doublon clean`");
    }
    let (mut parameters, resources) = (scan.parameters()?, scan.run.resources()?);
    let paths = scan.lists.compared_paths(&scan.paths, &scan.against, &mut parameters)?;
    let fail_over = scan.limits.fail_over()?;
    let (render, messages) = (&scan.render, &scan.messages);
    let output = Output::prepare(render.output.as_deref(), &paths)?;
    let style = style(render, &output);
    let request = StatsRequest { compare: !args.alone, documents: args.documents, worst: style.limit };
    let meter = Meter::of(messages, Course::of_stats(args.alone));
    let found = stats(&paths, request, &parameters.config, &parameters.input, &resources, &meter);
    meter.finish();
    let found = found?;
    match render.format {
        RenderFormat::Json => output.write(false, |out| write_json(&found, out))?,
        _ => output.write(style.color, |out| write_text(&found, &style, out))?,
    }
    if !messages.quiet {
        tell_counts(&found, render, &output);
        hints::tell_left_out(&found.summary.left_out, "left out");
        hints::tell_fields(&found.skipped.iter().collect(), found.summary.documents, &parameters.input.text_field);
    }
    Ok(judge(&found, fail_over, scan.limits.fail_on_empty))
}

/// The report for people on standard output has the counts already.
fn tell_counts(found: &Statistics, render: &RenderArgs, output: &Output) {
    if render.format == RenderFormat::Json || *output != Output::Stdout {
        let (documents, over) = (counted(found.summary.documents, "document"), found.summary.over);
        say(&format!("{documents} measured; {} over a limit of Gopher", counted(over, "document")));
    }
}

/// As [`Outcome::of`] judges findings.
fn judge(found: &Statistics, fail_over: Option<f64>, fail_on_empty: bool) -> Outcome {
    let share = found.summary.repeats.map_or(0.0, |repeats| repeats.share());
    let exceeded = fail_over.filter(|&limit| share > limit);
    if let Some(limit) = exceeded {
        say(&exit::more_than(limit, share, "repeated"));
    }
    Outcome::judged(
        exceeded.is_some() || (fail_on_empty && found.summary.documents == 0),
        &found.skipped.iter().collect(),
    )
}
