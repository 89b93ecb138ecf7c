//! `doublon params`.

use std::path::Path;

use anyhow::Result;

use super::args::{Format, ParamsArgs};
use super::exit::Outcome;
use super::output::Output;
use crate::report::params::{ShapeSheet, write_json, write_text};
use crate::report::windows::{self, WindowSetting, WindowSheet};
use crate::scan::forecast::bytes_per_document;
use crate::scan::trials::{keys_per_word, table};
use doublon_core::Config;
use doublon_core::candidate::curve::Curve;
use doublon_core::candidate::params::{self, Alternative};
use doublon_core::candidate::presets::{PASSAGE_PRESETS, passage_preset};

/// Words of the passages that are tried out.
const LENGTHS: [usize; 5] = [20, 30, 40, 60, 100];

/// How many of their words are replaced, in per cent.
const CHANGED: [usize; 6] = [0, 5, 10, 15, 20, 30];

/// Of these, what presets are compared by.
const COMPARED: ([usize; 2], [usize; 2]) = ([30, 60], [10, 20]);

/// Trials of each length and each share. With more, `params` would take longer than people wait.
const TRIALS: usize = 1000;

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
            Format::Json => windows::write_json(&sheet, out),
            _ => windows::write_text(&sheet, out),
        })?;
    } else {
        let sheet = sheet(args)?;
        output.write(false, |out| match args.format {
            Format::Json => write_json(&sheet, out),
            _ => write_text(&sheet, out),
        })?;
    }
    Ok(Outcome::Done)
}

fn sheet(args: &ParamsArgs) -> crate::error::Result<ShapeSheet> {
    let preset = args.document_preset()?;
    let settings = args.settings.settings(preset)?;
    let (shape, threshold) = (settings.shape, settings.threshold);
    let promised = |alternative: Alternative| (alternative, Curve::new(alternative.shape, threshold));
    Ok(ShapeSheet {
        preset,
        shingle: settings.shingle.to_string(),
        recall: settings.recall,
        chosen: settings.chosen,
        current: promised(Alternative { shape, work: params::work(shape, threshold) }),
        alternatives: params::alternatives(threshold, settings.recall)?.into_iter().map(promised).collect(),
        bytes: bytes_per_document(shape).to_vec(),
    })
}

fn window_sheet(args: &ParamsArgs) -> crate::error::Result<WindowSheet> {
    let name = args.passage_preset()?;
    let windows = args.windows.windows(name.and_then(passage_preset))?;
    let config = Config::builder().min_words(args.windows.min_words).seed(args.seed).build()?;
    let setting = |name, windows, lengths: &[usize], changed: &[usize]| WindowSetting {
        name,
        windows,
        keys_per_word: keys_per_word(&windows, config.seed),
        cells: table(&windows, &config, lengths, changed, TRIALS),
    };
    // A preset is what `scan` makes of it: no window is longer than the shortest passage.
    let of_preset = |preset| args.windows.only_least_words().windows(Some(preset));
    let presets = PASSAGE_PRESETS.iter().map(|&(name, preset)| Ok((Some(name), of_preset(preset)?)));
    let mut compared = presets.collect::<crate::error::Result<Vec<_>>>()?;
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

/// The lengths, with that of the shortest passage that is listed among them.
fn lengths_from(min_words: usize) -> Vec<usize> {
    let shortest = (min_words < LENGTHS[LENGTHS.len() - 1] && !LENGTHS.contains(&min_words)).then_some(min_words);
    let mut lengths: Vec<usize> = LENGTHS.into_iter().chain(shortest).collect();
    lengths.sort_unstable();
    lengths
}
