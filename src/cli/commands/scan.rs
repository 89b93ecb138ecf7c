//! `doublon scan`.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::{Args as Group, ValueEnum};
use doublon::Level;
use doublon::finding::{Marker, Parameters, Sink};
use doublon::report::text::summary_line;
use doublon::scan::{RunState, scan_into};

use crate::cli::args::{AgainstArgs, LimitArgs, ListArgs, MessageArgs, RenderArgs, RenderFormat, ResumeArgs, RunArgs};
use crate::cli::course::Course;
use crate::cli::exit::{self, Outcome};
use crate::cli::facts::{FactsGatherer, RunFacts};
use crate::cli::held::{ask, held_index, passage_config};
use crate::cli::output::Output;
use crate::cli::progress::Meter;
use crate::cli::render::{self, render};
use crate::cli::say::{say, write_plain};
use crate::cli::{baseline, hints, next, resume};

#[derive(Debug, Group)]
pub struct ScanArgs {
    /// Files and folders to read, or - for standard input
    ///
    /// Folders are read with all that is in them. What a file holds is told by its name, or else by its content: text,
    /// pages, JSON Lines, tables, Parquet or web archives, compressed or not. The order of the paths does not matter. A
    /// pattern in quotes is what matches it; ** is any number of folders.
    ///
    /// Example: doublon scan crawl/ more.jsonl.gz 'docs/**/*.md'
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What to compare
    ///
    /// With `all`, passages are looked for in the documents that stay; see --inside-duplicates.
    ///
    /// Example: --level documents tells of whole documents only, in a fraction of the time.
    #[arg(long, value_enum, default_value = "all")]
    level: LevelArg,
    #[command(flatten)]
    pub lists: ListArgs,
    #[command(flatten)]
    pub against: AgainstArgs,
    #[command(flatten)]
    pub run: RunArgs,
    #[command(flatten)]
    resume: ResumeArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub render: RenderArgs,
    #[command(flatten)]
    pub messages: MessageArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LevelArg {
    Documents,
    Passages,
    All,
}

impl ScanArgs {
    /// Returns what determines the result.
    ///
    /// # Errors
    ///
    /// When a value is outside its range.
    pub fn parameters(&self) -> doublon::Result<Parameters> {
        self.run.parameters(self.level.into())
    }

    /// Opens what an earlier run finished, if this one is to go on with it.
    fn state(
        &self,
        output: &Output,
        paths: &[PathBuf],
        parameters: &Parameters,
        is_with_index: bool,
    ) -> Result<Option<Arc<RunState>>> {
        if !self.resume.resume {
            return Ok(None);
        }
        resume::refuse(paths, is_with_index)?;
        let Some(place) = output.place() else {
            bail!("--resume keeps what is finished beside the output; name one with -o FILE");
        };
        resume::open(place, &(paths, parameters), self.messages.quiet).map(Some)
    }

    /// Returns the flags that say what is read and how, in the form in which they can be given again.
    fn given(&self) -> Vec<String> {
        let lists = self.lists.files_from.iter().map(|list| format!("--files-from={}", list.display()));
        let against = self.against.paths.iter().map(|path| format!("--against={}", path.display()));
        self.run.given.iter().cloned().chain(lists).chain(against).collect()
    }
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Documents => Self::Documents,
            LevelArg::Passages => Self::Passages,
            LevelArg::All => Self::All,
        }
    }
}

/// Scans, reports, and judges.
///
/// # Errors
///
/// When an argument is wrong, the scan fails, or the report cannot be written.
pub fn run(args: &ScanArgs) -> Result<Outcome> {
    let (mut parameters, mut resources) = (args.parameters()?, args.run.resources()?);
    let index = held_index(&args.against, &parameters, &args.run.given)?;
    if let Some(index) = index.as_ref().filter(|_| parameters.config.level.passages()) {
        parameters.config = passage_config(index, &parameters, &args.run.given)?;
    }
    let against = if index.is_some() { &AgainstArgs::default() } else { &args.against };
    let paths = args.lists.compared_paths(&args.paths, against, &mut parameters)?;
    let fail_over = args.limits.fail_over()?;
    let output = render::prepare(&args.render, &paths)?;
    let messages = &args.messages;
    resources.state = args.state(&output, &paths, &parameters, index.is_some())?;
    if messages.verbose {
        say(&settings_line(&parameters));
    }
    let baseline = baseline::load(args.limits.baseline.as_deref(), &parameters)?;
    let meter = Meter::of(messages, Course::of_scan(parameters.config.level.passages()));
    let folder = resources.tmp.clone().unwrap_or_else(std::env::temp_dir);
    let input = next::page_input(&args.paths, &args.given());
    let facts = render(&args.render, &output, &folder, input, |report| {
        let mut gatherer = FactsGatherer::new(report);
        let Parameters { config, input } = &parameters;
        let scan = |sink: &mut (dyn Sink + Send)| match &index {
            Some(index) => ask(index, &paths, config, input, &resources, &meter, sink),
            None => scan_into(&paths, config, input, &resources, &meter, sink),
        };
        let done = match baseline {
            Some(baseline) => scan(&mut Marker::in_folder(baseline, &mut gatherer, folder.clone())),
            None => scan(&mut gatherer),
        };
        meter.finish();
        done?;
        Ok(gatherer.finish().0)
    });
    let facts = facts.inspect_err(|_| resume::tell_kept(resources.state.as_ref(), messages.quiet))?;
    if let Some(state) = &resources.state {
        resume::close(state, messages.quiet);
    }
    if !messages.quiet {
        tell_counts(&facts, args, &output);
        hints::tell_against(&facts);
        hints::tell_fields(&facts.skipped, facts.summary.documents, &parameters.input.text_field);
        hints::tell_keep(&facts);
        hints::tell_ids(&facts);
        hints::tell_unclosed(&facts);
        hints::tell_records(&facts);
    }
    tell_next(&facts, args, &output);
    tell_condition(&facts, fail_over);
    Ok(Outcome::of(&facts, fail_over, args.limits.fail_on_empty))
}

/// The report for people on standard output has the counts already.
fn tell_counts(facts: &RunFacts, args: &ScanArgs, output: &Output) {
    if args.render.format != RenderFormat::Text || *output != Output::Stdout {
        say(&summary_line(&facts.header, &facts.summary));
    }
    hints::tell_left_out(&facts.summary.left_out, "left out");
    hints::tell_empty(facts);
}

fn tell_condition(facts: &RunFacts, fail_over: Option<f64>) {
    let share = facts.share();
    if let Some(limit) = fail_over.filter(|&limit| share > limit) {
        let what = if facts.summary.new.is_some() { "repeated and not in the baseline" } else { "repeated" };
        say(&exit::more_than(limit, share, what));
    }
}

/// Suggests commands, but only to somebody who reads the report on a terminal.
fn tell_next(facts: &RunFacts, args: &ScanArgs, output: &Output) {
    let is_read = *output == Output::Stdout && io::stdout().is_terminal() && io::stderr().is_terminal();
    if args.messages.quiet || args.render.format != RenderFormat::Text || !is_read || args.lists.reads_stdin() {
        return;
    }
    let commands = next::commands(facts.into(), &args.paths, &args.given());
    if !commands.is_empty() {
        write_plain("\nTo go on");
    }
    for (command, what) in commands {
        write_plain(&format!("    {command}\n        {what}"));
    }
}

/// Returns what `--verbose` tells of the settings.
fn settings_line(parameters: &Parameters) -> String {
    let doublon_core::Settings { threshold, bands, rows, text, min_words, windows, .. } = &*parameters.config;
    format!(
        "documents: threshold {threshold}, {} shingles, {bands} bands of {rows} rows; passages: at least {min_words} \
         words, windows of {} words",
        text.shingle, windows.words
    )
}
