//! `doublon report`, and rendering for all commands.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal};
use std::path::Path;

use anstream::AutoStream;
use anyhow::Result;
use clap::ColorChoice;
use terminal_size::{Width, terminal_size_of};

use super::args::{Format, RenderArgs, ReportArgs};
use super::exit::Outcome;
use super::output::Output;
use crate::error::Error;
use crate::finding::Findings;
use crate::report::text::Style;
use crate::report::{csv, html, json, sarif, text};

/// The most columns that are easy to read.
const WIDEST: usize = 120;

/// Renders saved findings.
///
/// # Errors
///
/// When the findings cannot be read or the report cannot be written.
pub fn run(args: &ReportArgs) -> Result<Outcome> {
    let output = Output::prepare(args.render.output.as_deref(), std::slice::from_ref(&args.findings))?;
    render(&read(&args.findings)?, &args.render, &output)?;
    Ok(Outcome::Done)
}

/// Writes findings in the form and to the place asked for.
///
/// # Errors
///
/// When the output cannot be written.
pub fn render(findings: &Findings, args: &RenderArgs, output: &Output) -> Result<()> {
    match args.format {
        Format::Json => output.write(false, |out| json::write(findings, out)),
        Format::Html => {
            output.write(false, |out| html::write(findings, args.sort.into(), args.limit_or(html::LIMIT), out))
        }
        Format::Sarif => output.write(false, |out| sarif::write(findings, args.limit_or(usize::MAX), out)),
        Format::Csv => output.write(false, |out| csv::write(findings, args.limit_or(usize::MAX), out)),
        Format::Text => {
            let style = style(args, output);
            output.write(style.color, |mut out| text::write(findings, &style, &mut out))
        }
    }
}

/// Reads findings from a file, or from standard input for `-`.
///
/// # Errors
///
/// When they cannot be read.
pub fn read(path: &Path) -> Result<Findings> {
    if path == Path::new("-") {
        return Ok(json::read_all(io::stdin().lock(), Path::new("standard input"))?);
    }
    let file = File::open(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => Error::Missing { path: path.to_owned() },
        _ => Error::Io { path: path.to_owned(), cause },
    })?;
    Ok(json::read_all(BufReader::new(file), path)?)
}

/// Returns how the report for people looks.
pub fn style(args: &RenderArgs, output: &Output) -> Style {
    let style = styled(args.color, args.limit_or(Style::default().limit), output);
    Style { sort: args.sort.into(), ..style }
}

/// Returns how text for people looks where so many groups are to be shown.
pub fn styled(color: ColorChoice, limit: usize, output: &Output) -> Style {
    let stdout = io::stdout();
    let (automatic, width) = match output {
        Output::Stdout => (AutoStream::choice(&stdout) != anstream::ColorChoice::Never, terminal_size_of(&stdout)),
        Output::File(_) => (false, None),
    };
    let default = Style::default();
    Style {
        color: match color {
            ColorChoice::Auto => automatic,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        },
        width: width.map_or(default.width, |(Width(columns), _)| usize::from(columns).min(WIDEST)),
        limit,
        isolate: *output == Output::Stdout && stdout.is_terminal(),
        ..default
    }
}
