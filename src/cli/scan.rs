//! `doublon scan`.

use doublon_core::Settings;
use std::io::{self, IsTerminal};

use anyhow::Result;

use super::args::{Format, ScanArgs};
use super::exit::{self, Outcome, share};
use super::output::Output;
use super::progress::Meter;
use super::report::render;
use super::{baseline, hints, next, say, write_plain};
use crate::finding::{Findings, Parameters};
use crate::report::text::summary_line;

/// Scans, reports, and judges.
///
/// # Errors
///
/// When an argument is wrong, the scan fails, or the report cannot be written.
pub fn run(args: &ScanArgs) -> Result<Outcome> {
    let (parameters, resources) = (args.parameters()?, args.run.resources()?);
    let fail_over = args.limits.fail_over()?;
    let output = Output::prepare(args.render.output.as_deref(), &args.paths)?;
    let messages = &args.messages;
    if messages.verbose {
        say(&told(&parameters));
    }
    let quiet = messages.quiet || messages.no_progress;
    let baseline = baseline::load(args.limits.baseline.as_deref(), &parameters)?;
    let meter = Meter::new(quiet, io::stderr().is_terminal(), messages.verbose);
    let findings = crate::scan::scan(&args.paths, &parameters.config, &parameters.input, &resources, &meter);
    meter.finish();
    let findings = baseline::hold_against(findings?, baseline)?;
    render(&findings, &args.render, &output)?;
    if !messages.quiet {
        tell_counts(&findings, args, &output);
        hints::tell_fields(&findings.skipped, findings.summary.documents, &parameters.input.text_field);
        hints::tell_keep(&findings);
    }
    tell_next(&findings, args, &output);
    let outcome = Outcome::of(&findings, fail_over, args.limits.fail_on_empty);
    tell_condition(&findings, fail_over);
    Ok(outcome)
}

/// The report for people on standard output has the counts already.
fn tell_counts(findings: &Findings, args: &ScanArgs, output: &Output) {
    if args.render.format != Format::Text || *output != Output::Stdout {
        say(&summary_line(&findings.header, &findings.summary));
    }
    if exit::is_empty(findings) {
        say("no document was compared; is this the right path, or does --glob leave all out?");
    }
}

fn tell_condition(findings: &Findings, fail_over: Option<f64>) {
    let share = share(findings);
    if let Some(limit) = fail_over.filter(|&limit| share > limit) {
        let what = if findings.summary.new.is_some() { "repeated and not in the baseline" } else { "repeated" };
        say(&exit::more_than(limit, share, what));
    }
}

/// Only to somebody who sits before the report: what goes elsewhere is for others.
fn tell_next(findings: &Findings, args: &ScanArgs, output: &Output) {
    let is_read = *output == Output::Stdout && io::stdout().is_terminal() && io::stderr().is_terminal();
    if args.messages.quiet || args.render.format != Format::Text || !is_read {
        return;
    }
    let commands = next::commands(findings, &args.paths, &args.run.given);
    if !commands.is_empty() {
        write_plain("\nTo go on");
    }
    for (command, what) in commands {
        write_plain(&format!("    {command}\n        {what}"));
    }
}

fn told(parameters: &Parameters) -> String {
    let Settings { threshold, bands, rows, text, min_words, windows, .. } = &*parameters.config;
    format!(
        "documents: threshold {threshold}, {} shingles, {bands} bands of {rows} rows; passages: at least {min_words} \
         words, windows of {} words",
        text.shingle, windows.words
    )
}
