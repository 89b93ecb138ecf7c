//! `doublon params`.

use std::path::Path;

use anyhow::Result;

use super::args::{Format, ParamsArgs};
use super::exit::Outcome;
use super::output::Output;
use crate::candidate::outlook::Outlook;
use crate::candidate::params::{self, Alternative};
use crate::report::params::{Sheet, write_json, write_text};
use crate::scan::forecast::bytes_per_document;

/// Shows what the settings promise.
///
/// # Errors
///
/// When a value is outside its range, or the output cannot be written.
pub fn run(args: &ParamsArgs) -> Result<Outcome> {
    let sheet = sheet(args)?;
    Output::prepare(None::<&Path>, &[])?.write(false, |out| match args.format {
        Format::Text => write_text(&sheet, out),
        Format::Json => write_json(&sheet, out),
    })?;
    Ok(Outcome::Done)
}

fn sheet(args: &ParamsArgs) -> crate::error::Result<Sheet> {
    let preset = args.preset();
    let settings = args.settings.settings(preset)?;
    let (shape, threshold) = (settings.shape, settings.threshold);
    let promised = |alternative: Alternative| (alternative, Outlook::new(alternative.shape, threshold));
    Ok(Sheet {
        preset,
        shingle: settings.shingle.to_string(),
        recall: settings.recall,
        chosen: settings.chosen,
        current: promised(Alternative { shape, work: params::work(shape, threshold) }),
        alternatives: params::alternatives(threshold, settings.recall)?.into_iter().map(promised).collect(),
        bytes: bytes_per_document(shape).to_vec(),
    })
}
