//! Renders findings in the form asked for, and decides on colour and width for all commands.

use std::io::{self, IsTerminal};

use anstream::AutoStream;
use anyhow::Result;
use clap::ColorChoice;
use doublon::finding::Findings;
use doublon::report::text::Style;
use doublon::report::{csv, html, json, sarif, text};
use terminal_size::{Width, terminal_size_of};

use super::args::{RenderArgs, RenderFormat};
use super::output::Output;

/// The most columns that are easy to read.
const WIDEST: usize = 120;

/// Writes findings in the form and to the place asked for.
///
/// # Errors
///
/// When the output cannot be written.
pub fn render(findings: &Findings, args: &RenderArgs, output: &Output) -> Result<()> {
    match args.format {
        RenderFormat::Json => output.write(false, |out| json::write(findings, out)),
        RenderFormat::Html => {
            output.write(false, |out| html::write(findings, args.sort.into(), args.limit_or(html::LIMIT), out))
        }
        RenderFormat::Sarif => output.write(false, |out| sarif::write(findings, args.limit_or(usize::MAX), out)),
        RenderFormat::Csv => output.write(false, |out| csv::write(findings, args.limit_or(usize::MAX), out)),
        RenderFormat::Text => {
            let style = style(args, output);
            output.write(style.color, |mut out| text::write(findings, &style, &mut out))
        }
    }
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
