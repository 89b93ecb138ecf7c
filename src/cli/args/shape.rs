//! Which pairs of documents are compared: the flags that `scan` and `params` share.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use clap::Args as Group;
use doublon::Result;
use doublon_core::Builder;
use doublon_core::candidate::presets::Preset;

use super::value::share;

#[derive(Debug, Group)]
#[command(next_help_heading = "Documents")]
pub struct ShapeArgs {
    /// Call documents duplicates from this similarity on [default: 0.8]
    ///
    /// It is their Jaccard similarity, above 0 and at most 1: the shingles that both have, divided by those that either
    /// has.
    ///
    /// Example: --threshold 0.95 lets documents of which more than a few words differ stay.
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, value_parser = share)]
    threshold: Option<f64>,
    /// Find this share of the pairs at the threshold [default: 0.99]
    ///
    /// Above 0 and below 1. Pairs of higher similarity are missed more rarely still. More costs time: bands and rows
    /// follow from this and --threshold. With --preset, it replaces the bands and rows of the preset.
    ///
    /// Example: --recall 0.999
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, value_parser = share)]
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

impl ShapeArgs {
    /// Adds the values to `builder`: what is given, else what the preset has, else what `builder` has.
    ///
    /// # Errors
    ///
    /// When shingles cannot be read.
    pub fn configure(&self, builder: Builder, preset: Option<&Preset>) -> Result<Builder> {
        let mut builder = match preset {
            Some(preset) => builder.preset(preset)?,
            None => builder,
        };
        if let Some(threshold) = self.threshold {
            builder = builder.threshold(threshold);
        }
        if let Some(recall) = self.recall {
            builder = builder.recall(recall).bands_by_recall();
        }
        if let (Some(bands), Some(rows)) = (self.bands, self.rows) {
            builder = builder.bands(bands, rows);
        }
        if let Some(shingle) = &self.shingle {
            builder = builder.shingle(shingle.parse()?);
        }
        Ok(builder)
    }

    /// Returns whether bands and rows follow from the recall, because neither the flags nor the preset set them.
    pub fn follows_recall(&self, preset: Option<&Preset>) -> bool {
        self.bands.is_none() && (preset.is_none() || self.recall.is_some())
    }
}
