//! Renders findings in the form asked for, and decides on colour and width for all commands.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anstream::AutoStream;
use anyhow::Result;
#[cfg(feature = "parquet")]
use anyhow::anyhow;
use clap::ColorChoice;
use doublon::Error;
use doublon::finding::{Finding, Header, Sink};
use doublon::report::Report;
use doublon::report::csv::CsvReport;
use doublon::report::html::{self, PageInput, PageReport};
use doublon::report::json::JsonReport;
use doublon::report::markdown::{self, MarkdownReport};
#[cfg(feature = "parquet")]
use doublon::report::parquet::{ParquetReport, TABLES};
use doublon::report::remarks::{RemarkForm, RemarkReport};
use doublon::report::sarif::SarifReport;
use doublon::report::text::{Style, TextReport};
use terminal_size::{Width, terminal_size_of};

use super::args::{RenderArgs, RenderFormat};
use super::output::Output;
#[cfg(feature = "parquet")]
use super::output::stream_folder;

/// The most columns that are easy to read.
const WIDEST: usize = 120;

/// Writes findings in the form and to the place asked for, as `send` hands them to the report; returns what that returns.
/// `input` are the arguments with which another command acts on the same.
///
/// # Errors
///
/// When `send` fails or the output cannot be written.
pub fn render<T>(
    args: &RenderArgs,
    output: &Output,
    folder: &Path,
    input: Option<PageInput>,
    send: impl FnOnce(&mut (dyn Sink + Send)) -> Result<T>,
) -> Result<T> {
    #[cfg(feature = "parquet")]
    if let Output::Folder(path) = output {
        return render_tables(path, send);
    }
    let style = style(args, output);
    let color = args.format == RenderFormat::Text && style.color;
    output.stream(color, |out| {
        let mut report = report(args, style, folder, input, out);
        let sent = match args.format {
            RenderFormat::Text | RenderFormat::Json => send(&mut *report)?,
            _ => send(&mut NoItems(&mut *report))?,
        };
        report.finish()?;
        Ok(sent)
    })
}

/// Chooses where the report goes.
///
/// # Errors
///
/// When it could not be written there.
pub fn prepare(args: &RenderArgs, inputs: &[PathBuf]) -> Result<Output> {
    #[cfg(feature = "parquet")]
    if args.format.is_folder() {
        return Output::prepare_folder(args.output.as_deref(), inputs, &table_names());
    }
    Output::prepare(args.output.as_deref(), inputs)
}

#[cfg(feature = "parquet")]
fn table_names() -> Vec<String> {
    TABLES.iter().map(|table| format!("{table}.parquet")).collect()
}

/// Writes findings as tables into a folder.
#[cfg(feature = "parquet")]
fn render_tables<T>(path: &Path, send: impl FnOnce(&mut (dyn Sink + Send)) -> Result<T>) -> Result<T> {
    stream_folder(path, &table_names(), |files| {
        let files = <[_; 4]>::try_from(files).map_err(|_| anyhow!("there are four tables"))?;
        let mut report = Box::new(ParquetReport::new(files)?);
        let sent = send(&mut NoItems(&mut *report))?;
        report.finish()?;
        Ok(sent)
    })
}

/// Refuses findings of evaluation items, for reports that do not tell them.
struct NoItems<'r>(&'r mut (dyn Sink + Send));

impl Sink for NoItems<'_> {
    fn receive(&mut self, finding: Finding) -> doublon::Result<()> {
        if let Finding::Header(Header { contamination: Some(_), .. }) = finding {
            let cause = io::Error::other("evaluation items are told with --format text and --format json only");
            return Err(Error::Output { cause });
        }
        self.0.receive(finding)
    }
}

/// Returns the report of the form asked for; its temporary files go to `folder`.
fn report<'o>(
    args: &RenderArgs,
    style: Style,
    folder: &Path,
    input: Option<PageInput>,
    out: &'o mut (dyn Write + Send),
) -> Box<dyn Report + Send + 'o> {
    let folder = folder.to_owned();
    match args.format {
        RenderFormat::Json => Box::new(JsonReport::new(out)),
        RenderFormat::Html => {
            let limit = args.limit_or(html::LIMIT);
            Box::new(PageReport::in_folder(out, args.sort.into(), limit, folder).with_input(input))
        }
        RenderFormat::Sarif => Box::new(SarifReport::new(out, args.limit_or(usize::MAX))),
        RenderFormat::Csv => Box::new(CsvReport::new(out, args.limit_or(usize::MAX))),
        RenderFormat::Lines => remarks(RemarkForm::Lines, args, folder, out),
        RenderFormat::Github => remarks(RemarkForm::Github, args, folder, out),
        RenderFormat::Gitlab => remarks(RemarkForm::Gitlab, args, folder, out),
        RenderFormat::Markdown => {
            let limit = args.limit_or(markdown::LIMIT);
            Box::new(MarkdownReport::in_folder(out, args.sort.into(), limit, folder))
        }
        // Tables are several files, and go another way.
        #[cfg(feature = "parquet")]
        RenderFormat::Parquet => Box::new(JsonReport::new(out)),
        RenderFormat::Text => Box::new(TextReport::in_folder(out, style, folder)),
    }
}

fn remarks<'o>(
    form: RemarkForm,
    args: &RenderArgs,
    folder: PathBuf,
    out: &'o mut (dyn Write + Send),
) -> Box<dyn Report + Send + 'o> {
    Box::new(RemarkReport::in_folder(out, form, args.limit_or(usize::MAX), folder))
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
        Output::File(_) | Output::Folder(_) => (false, None),
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
