//! Checks on your own documents that what is repeated word for word is found: every run of 20 or more equal words
//! between two documents is looked for by brute force, and held against what a scan reports.
//!
//! ```text
//! cargo run --release --example verbatim_runs -- docs.jsonl --documents 2000
//! ```
//!
//! It takes time and memory in proportion to the number of runs, which is the square of the number of documents that
//! share a text.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use doublon::finding::Findings;
use doublon::finding::InputOptions;
use doublon::scan::{Resources, scan};
use doublon::{Config, Level};
use doublon_core::sketch::WindowParameters;
use serde_json::{Value, json};

use runs::{Coverage, Run, Words};

#[path = "../tests/common/runs.rs"]
mod runs;

/// Check that every run of equal words between two documents is covered by the passages found
#[derive(Parser)]
struct Args {
    /// JSON Lines
    file: PathBuf,
    /// Take at most N documents, spread evenly over the file
    #[arg(long, value_name = "N", default_value_t = 2000)]
    documents: usize,
    /// Least number of words
    #[arg(long, value_name = "N", default_value_t = 20)]
    min_words: usize,
    /// Field that holds the text
    #[arg(long, value_name = "FIELD", default_value = "text")]
    text_field: String,
    /// Compare all pairs of places too; a text that stands in N documents then has N^2 matches
    #[arg(long)]
    exhaustive: bool,
    /// Show so many of the runs that are not covered
    #[arg(long, value_name = "N", default_value_t = 5)]
    show: usize,
}

/// How many runs are covered, and in which way.
#[derive(Default)]
struct Count {
    runs: u64,
    matched: u64,
    family: u64,
    families: u64,
    shown: Vec<Run>,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    let texts = sample(&args)?;
    let words = Words::of(texts.iter().map(String::as_str));
    let mut out = std::io::stdout().lock();
    writeln!(out, "| documents | places compared | runs | in one match | in one family | in families |")?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- |")?;
    let mut all_covered = true;
    for exhaustive in [false, true].into_iter().take(1 + usize::from(args.exhaustive)) {
        let found = passages(&texts, args.min_words, exhaustive)?;
        let count = Count::of(&words, &Coverage::of(&words, &found), exhaustive, &args);
        let places = if exhaustive { "all pairs" } else { "the nearest" };
        let Count { runs, matched, family, families, shown } = count;
        writeln!(out, "| {} | {places} | {runs} | {matched} | {family} | {families} |", texts.len())?;
        shown.iter().try_for_each(|run| writeln!(out, "not covered: {run:?}"))?;
        all_covered &= runs == if exhaustive { matched } else { families };
    }
    Ok(if all_covered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn sample(args: &Args) -> Result<Vec<String>> {
    let file = File::open(&args.file).with_context(|| args.file.display().to_string())?;
    let mut texts = Vec::new();
    for (line, number) in BufReader::new(file).lines().zip(1..) {
        let record: Value = serde_json::from_str(&line?).with_context(|| format!("line {number}"))?;
        texts.extend(record[&args.text_field].as_str().map(str::to_owned));
    }
    let step = texts.len().div_ceil(args.documents.max(1)).max(1);
    Ok(texts.into_iter().step_by(step).collect())
}

fn passages(texts: &[String], min_words: usize, exhaustive: bool) -> Result<Findings> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("sample.jsonl");
    write_lines(&path, texts)?;
    let windows = WindowParameters { exhaustive, ..WindowParameters::default() };
    let parameters = Config::builder().level(Level::Passages).min_words(min_words).windows(windows).build()?;
    Ok(scan(&[path], &parameters, &InputOptions::default(), &Resources::default(), &())?)
}

fn write_lines(path: &Path, texts: &[String]) -> Result<()> {
    let mut file = std::io::BufWriter::new(File::create(path)?);
    for text in texts {
        writeln!(file, "{}", json!({ "text": text }))?;
    }
    Ok(file.flush()?)
}

impl Count {
    fn of(words: &Words, coverage: &Coverage, exhaustive: bool, args: &Args) -> Self {
        let mut count = Self::default();
        words.runs(args.min_words, |run| {
            if words.counted(&run) < args.min_words {
                return;
            }
            let (matched, family) = (coverage.in_one_match(&run), coverage.in_one_family(&run));
            let families = family || coverage.in_families(&run);
            count.runs += 1;
            count.matched += u64::from(matched);
            count.family += u64::from(family);
            count.families += u64::from(families);
            let is_covered = if exhaustive { matched } else { families };
            if !is_covered && count.shown.len() < args.show {
                count.shown.push(run);
            }
        });
        count
    }
}
