//! `doublon explain`.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::PathBuf;

use anyhow::Result;
use clap::Args as Group;
use doublon::finding::Parameters;
use doublon::inspect::explain::{ExplainRequest, explain};
use doublon::report::explanation;
use doublon::scan::read_known_text;

use crate::cli::args::AnswerArgs;
use crate::cli::exit::Outcome;
use crate::cli::output::Output;
use crate::cli::render::styled;
use crate::cli::saved::read_findings;

#[derive(Debug, Group)]
pub struct ExplainArgs {
    /// File of findings, or - for standard input
    findings: PathBuf,
    /// What to explain: d3, d3:2, p7, f2, or a document
    ///
    /// d3 is a group of duplicates and d3:2 one of them, p7 a passage at two places, f2 one at all its places. A document
    /// is named by its path and record: FILE, FILE#N counted from 0 as in findings, FILE:N counted from 1 as in
    /// reports, or FILE#id:ID.
    id: String,
    /// Measure the document against another one
    ///
    /// With the settings of the findings: why it is no duplicate of that one, for example.
    ///
    /// Example: --with corpus.jsonl#4
    #[arg(long, value_name = "DOCUMENT")]
    with: Option<String>,
    /// Known text that was ignored, given again
    ///
    /// Findings that were made with --ignore-text do not hold that text, and it counts for nothing here either. May be
    /// given several times.
    ///
    /// Example: --ignore-text licence-header.txt
    #[arg(long, value_name = "FILE")]
    ignore_text: Vec<PathBuf>,
    #[command(flatten)]
    form: AnswerArgs,
}

/// Explains a finding.
///
/// # Errors
///
/// When the findings cannot be read, have nothing of this name, or the output cannot be written.
pub fn run(args: &ExplainArgs) -> Result<Outcome> {
    let form = &args.form;
    let output = Output::prepare(form.output.as_deref(), std::slice::from_ref(&args.findings))?;
    let mut findings = read_findings(&args.findings)?;
    if !args.ignore_text.is_empty() {
        let Parameters { config, input } = &mut findings.header.parameters;
        *config = config.with_known_text(read_known_text(&args.ignore_text, input)?)?;
    }
    let style = styled(form.color, form.limit(), &output);
    let request = ExplainRequest { id: &args.id, with: args.with.as_deref(), limit: style.limit, path: &args.findings };
    let told = explain(&findings, &request)?;
    if form.is_json() {
        output.write(false, |out| explanation::write_json(&told, out))?;
    } else {
        let name = args.findings.to_string_lossy();
        output.write(style.color, |out| explanation::write_text(&told, &name, &style, out))?;
    }
    Ok(Outcome::Done)
}
