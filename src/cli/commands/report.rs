//! `doublon report`.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args as Group;
use doublon::report::html::PageInput;
use doublon::report::shell::quoted;

use crate::cli::args::RenderArgs;
use crate::cli::exit::Outcome;
use crate::cli::render::{self, render};
use crate::cli::saved::send_findings;

#[derive(Debug, Group)]
pub struct ReportArgs {
    /// File of findings, or - for standard input
    pub findings: PathBuf,
    #[command(flatten)]
    pub render: RenderArgs,
}

/// Renders saved findings.
///
/// # Errors
///
/// When the findings cannot be read or the report cannot be written.
pub fn run(args: &ReportArgs) -> Result<Outcome> {
    let output = render::prepare(&args.render, std::slice::from_ref(&args.findings))?;
    let is_file = args.findings.as_path() != Path::new("-");
    let arguments = format!("--from {}", quoted(&args.findings.to_string_lossy()));
    let input = is_file.then_some(PageInput { arguments, copy: None });
    render(&args.render, &output, &std::env::temp_dir(), input, |report| send_findings(&args.findings, report))?;
    Ok(Outcome::Done)
}
