//! `doublon params`.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::Path;

use anyhow::Result;
use clap::Args as Group;
use doublon::Config;
use doublon::inspect::simulate::{keys_per_word, table};
use doublon::report::params::{ShapeSheet, write_json, write_text};
use doublon::report::windows::{self, WindowSetting, WindowSheet};
use doublon::scan::forecast::bytes_per_document;
use doublon_core::candidate::curve::Curve;
use doublon_core::candidate::params::{self, Alternative};
use doublon_core::candidate::presets::{PASSAGE_PRESETS, Preset, document_preset, passage_preset};
use doublon_core::sketch::WindowParameters;

use crate::cli::args::{RenderFormat, ShapeArgs, WindowArgs, preset_names, refused, text_or_json};
use crate::cli::exit::Outcome;
use crate::cli::output::Output;

/// The flags of `params` that mean something with `--passages` only.
const OF_WINDOWS: [&str; 6] = ["min_words", "window", "window_shingle", "window_bands", "window_rows", "seed"];

/// Words of the passages that are tried out.
const LENGTHS: [usize; 5] = [20, 30, 40, 60, 100];

/// How many of their words are replaced, in per cent.
const CHANGED: [usize; 6] = [0, 5, 10, 15, 20, 30];

/// Of these, what presets are compared by.
const COMPARED: ([usize; 2], [usize; 2]) = ([30, 60], [10, 20]);

/// Trials of each length and each share. With more, `params` would take longer than people wait.
const TRIALS: usize = 1000;

#[derive(Debug, Group)]
#[command(mut_args(|arg| if OF_WINDOWS.contains(&arg.get_id().as_str()) { arg.requires("passages") } else { arg }))]
pub struct ParamsArgs {
    /// Show settings that have a name
    ///
    /// Those of `scan`: for documents fineweb, refinedweb, slimpajama, redpajama2, bigcode and nemo; with --passages
    /// fast, default and thorough. Other flags go before them.
    ///
    /// Example: --preset slimpajama
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = preset_names())]
    preset: Option<String>,
    /// Show what is found of repeated passages
    ///
    /// Which passages always meet, what two similar windows do, and a table of what is found by length and by the share
    /// of words replaced.
    ///
    /// Example: --passages --min-words 30
    #[arg(long, conflicts_with_all = ["threshold", "recall", "bands", "rows", "shingle"])]
    passages: bool,
    #[command(flatten)]
    windows: WindowArgs,
    /// Seed of the hash functions, and of the passages that are tried out
    ///
    /// Another seed gives another table, as far as chance goes.
    ///
    /// Example: --passages --seed 7
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Passages")]
    seed: u64,
    #[command(flatten)]
    shape: ShapeArgs,
    /// Form of the output
    ///
    /// `text` is for people; `json` is one object, for programs.
    ///
    /// Example: --format json
    #[arg(long, value_parser = text_or_json(), value_name = "FORM", default_value = "text")]
    format: RenderFormat,
}

/// Shows what the settings promise.
///
/// # Errors
///
/// When a value is outside its range, or the output cannot be written.
pub fn run(args: &ParamsArgs) -> Result<Outcome> {
    let output = Output::prepare(None::<&Path>, &[])?;
    if args.passages {
        let sheet = window_sheet(args)?;
        output.write(false, |out| match args.format {
            RenderFormat::Json => windows::write_json(&sheet, out),
            _ => windows::write_text(&sheet, out),
        })?;
    } else {
        let sheet = sheet(args)?;
        output.write(false, |out| match args.format {
            RenderFormat::Json => write_json(&sheet, out),
            _ => write_text(&sheet, out),
        })?;
    }
    Ok(Outcome::Done)
}

fn sheet(args: &ParamsArgs) -> doublon::Result<ShapeSheet> {
    let preset = args.document_preset()?;
    let config = args.shape.configure(Config::builder(), preset)?.build()?;
    let (shape, threshold, recall) = (config.shape(), config.threshold, config.recall);
    let promised = |alternative: Alternative| (alternative, Curve::new(alternative.shape, threshold));
    Ok(ShapeSheet {
        preset,
        shingle: config.text.shingle.to_string(),
        recall,
        chosen: args.shape.follows_recall(preset),
        current: promised(Alternative { shape, work: params::work(shape, threshold) }),
        alternatives: params::alternatives(threshold, recall)?.into_iter().map(promised).collect(),
        bytes: bytes_per_document(shape).to_vec(),
    })
}

fn window_sheet(args: &ParamsArgs) -> doublon::Result<WindowSheet> {
    let builder = Config::builder().min_words(args.windows.min_words).seed(args.seed);
    let windows =
        builder.clone().windows(args.windows.windows(args.passage_preset()?, args.windows.min_words)).build()?.windows;
    let config = builder.build()?;
    let setting = |name, windows, lengths: &[usize], changed: &[usize]| WindowSetting {
        name,
        windows,
        keys_per_word: keys_per_word(&windows, config.seed),
        cells: table(&windows, &config, lengths, changed, TRIALS),
    };
    // A preset is what `scan` makes of it: no window is longer than the shortest passage.
    let presets = PASSAGE_PRESETS.iter().map(|&(name, preset)| (Some(name), preset.within(config.min_words)));
    let mut compared: Vec<_> = presets.collect();
    let own_name = compared.iter().find(|(_, preset)| *preset == windows).and_then(|&(name, _)| name);
    if own_name.is_none() {
        compared.push((None, windows));
    }
    let (lengths, changed) = COMPARED;
    Ok(WindowSheet {
        min_words: config.min_words,
        current: setting(own_name, windows, &lengths_from(config.min_words), &CHANGED),
        others: compared.into_iter().map(|(name, windows)| setting(name, windows, &lengths, &changed)).collect(),
    })
}

impl ParamsArgs {
    /// Returns the preset for documents that was asked for.
    fn document_preset(&self) -> doublon::Result<Option<&'static Preset>> {
        let Some(name) = &self.preset else { return Ok(None) };
        let expected = "a preset for documents unless --passages is given";
        document_preset(name).map(Some).ok_or_else(|| refused("preset", name, expected))
    }

    /// Returns the windows of the preset for passages that was asked for.
    fn passage_preset(&self) -> doublon::Result<Option<WindowParameters>> {
        let Some(name) = &self.preset else { return Ok(None) };
        let expected = "fast, default or thorough with --passages";
        passage_preset(name).map(Some).ok_or_else(|| refused("preset", name, expected))
    }
}

/// The lengths, with that of the shortest passage that is listed among them.
fn lengths_from(min_words: usize) -> Vec<usize> {
    let shortest = (min_words < LENGTHS[LENGTHS.len() - 1] && !LENGTHS.contains(&min_words)).then_some(min_words);
    let mut lengths: Vec<usize> = LENGTHS.into_iter().chain(shortest).collect();
    lengths.sort_unstable();
    lengths
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct OnlyParams {
        #[command(flatten)]
        _params: ParamsArgs,
    }

    #[test]
    fn flags_of_windows_ask_for_passages() {
        let parses =
            |flags: &str| OnlyParams::try_parse_from(["test"].into_iter().chain(flags.split_whitespace())).is_ok();
        for flag in
            ["--min-words 9", "--window 9", "--window-shingle 3", "--window-bands 2", "--window-rows 2", "--seed 1"]
        {
            assert!(!parses(flag), "{flag}");
            assert!(parses(&format!("--passages {flag}")), "{flag}");
        }
        assert!(parses("") && !parses("--passages --threshold 0.7"));
    }
}
