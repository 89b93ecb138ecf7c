//! `doublon scan`.

use std::io::{self, IsTerminal};

use anyhow::Result;

use super::args::{Format, ScanArgs};
use super::exit::{self, Outcome};
use super::output::Output;
use super::progress::Meter;
use super::report::render;
use super::say;
use crate::finding::{Findings, Parameters};
use crate::report::measure::Repeated;
use crate::report::text::{percent, summary_line};

/// Scans, reports, and judges.
///
/// # Errors
///
/// When an argument is wrong, the scan fails, or the report cannot be written.
pub fn run(args: &ScanArgs) -> Result<Outcome> {
    let (parameters, sources, resources) = (args.parameters()?, args.run.sources()?, args.run.resources()?);
    let fail_over = args.limits.fail_over()?;
    let output = Output::prepare(args.render.output.as_deref(), &args.paths)?;
    let messages = &args.messages;
    if messages.verbose {
        say(&told(&parameters));
    }
    let quiet = messages.quiet || messages.no_progress;
    let meter = Meter::new(quiet, io::stderr().is_terminal(), messages.verbose);
    let findings = crate::scan::scan(&args.paths, &parameters, &sources, &resources, &meter);
    meter.finish();
    let findings = findings?;
    render(&findings, &args.render, &output)?;
    if !messages.quiet {
        tell_counts(&findings, args, &output);
    }
    let outcome = Outcome::of(&findings, fail_over, args.limits.fail_on_empty);
    tell_condition(&findings, fail_over);
    Ok(outcome)
}

/// The report for people on standard output has the counts already.
fn tell_counts(findings: &Findings, args: &ScanArgs, output: &Output) {
    if args.render.format != Format::Text || *output != Output::Stdout {
        say(&summary_line(findings));
    }
    if exit::is_empty(findings) {
        say("no document was compared; is this the right path, or does --glob leave all out?");
    }
}

fn tell_condition(findings: &Findings, fail_over: Option<f64>) {
    let share = Repeated::of(findings).share();
    if let Some(limit) = fail_over.filter(|&limit| share > limit) {
        say(&format!("{} of the text is repeated, more than --fail-over {}", percent(share), percent(limit)));
    }
}

fn told(parameters: &Parameters) -> String {
    let Parameters { threshold, bands, rows, text, min_words, windows, .. } = parameters;
    format!(
        "documents: threshold {threshold}, {} shingles, {bands} bands of {rows} rows; passages: at least {min_words} \
         words, windows of {} words",
        text.shingle, windows.words
    )
}
