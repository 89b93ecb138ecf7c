//! Which pairs of documents are compared: the flags that `scan` and `params` share, and what they come to.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use clap::Args as Group;

use super::args::{at_least, at_most};
use crate::error::Result;
use doublon_core::Config;
use doublon_core::candidate::params::{self, Bands};
use doublon_core::candidate::presets::Preset;
use doublon_core::text::Shingle;

#[derive(Debug, Group)]
#[command(next_help_heading = "Documents")]
pub struct SettingArgs {
    /// Call documents duplicates from this similarity on [default: 0.8]
    ///
    /// It is their Jaccard similarity, above 0 and at most 1: the shingles that both have, divided by those that either
    /// has.
    ///
    /// Example: --threshold 0.95 lets documents of which more than a few words differ stay.
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    threshold: Option<f64>,
    /// Find this share of the pairs at the threshold [default: 0.99]
    ///
    /// Above 0 and below 1. Pairs of higher similarity are missed more rarely still. More costs time: bands and rows
    /// follow from this and --threshold. With --preset, it replaces the bands and rows of the preset.
    ///
    /// Example: --recall 0.999
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    recall: Option<f64>,
    /// Cut signatures into N bands, whatever --recall says
    ///
    /// It needs --rows. More bands find more pairs, and let more wrong candidates through, which takes time; they do
    /// not make wrong duplicates, since each pair is measured. Documents of similarity s are compared with probability
    /// 1 - (1 - s^rows)^bands; `doublon params` shows it.
    ///
    /// Example: --bands 14 --rows 8 are the values of FineWeb.
    #[arg(long, value_name = "N", requires = "rows")]
    bands: Option<usize>,
    /// Rows of a band, together with --bands
    ///
    /// More rows find fewer pairs, and let fewer wrong candidates through: all rows of a band have to agree.
    ///
    /// Example: --bands 20 --rows 5
    #[arg(long, value_name = "N", requires = "bands")]
    rows: Option<usize>,
    /// What to make shingles of, and of how many [default: word:5]
    ///
    /// word:N or char:N, with N from 1 to 64: words, or the characters of the words with one space between words. With
    /// longer shingles, fewer changes make texts different, and texts that share only common phrases are less alike.
    ///
    /// Example: --shingle char:13 for short texts with misspellings.
    #[arg(long, value_name = "UNIT:N")]
    shingle: Option<String>,
}

/// What the flags come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    pub threshold: f64,
    pub recall: f64,
    pub shape: Bands,
    /// Whether the shape follows from the recall.
    pub chosen: bool,
    pub shingle: Shingle,
}

impl SettingArgs {
    /// Returns what the flags come to: what is given, else what the preset has, else the default.
    ///
    /// # Errors
    ///
    /// When a value is outside its range.
    pub fn settings(&self, preset: Option<&Preset>) -> Result<Settings> {
        let default = Config::default();
        let threshold = self.threshold.or(preset.map(|preset| preset.threshold)).unwrap_or(default.threshold);
        let recall = self.recall.unwrap_or(default.recall);
        Config::builder().threshold(threshold).recall(recall).bands(1, 1).build()?;
        let given = self.given_shape()?;
        let of_preset = || preset.filter(|_| self.recall.is_none()).map(|preset| Bands::new(preset.bands, preset.rows));
        let fixed = given.map(Ok).or_else(of_preset).transpose()?;
        let shingle = self.shingle.as_deref().or(preset.map(|preset| preset.shingle));
        Ok(Settings {
            threshold,
            recall,
            shape: fixed.map_or_else(|| params::choose(threshold, recall), Ok)?,
            chosen: fixed.is_none(),
            shingle: shingle.map_or(Ok(default.text.shingle), str::parse)?,
        })
    }

    fn given_shape(&self) -> Result<Option<Bands>> {
        let (Some(bands), Some(rows)) = (self.bands, self.rows) else { return Ok(None) };
        at_least("bands", bands, 1, "at least 1")?;
        at_least("rows", rows, 1, "at least 1")?;
        at_most("bands times rows", bands.saturating_mul(rows), 65_536, "at most 65536")?;
        Ok(Some(Bands::new(bands, rows)?))
    }
}
