//! Which documents are duplicates, and which of them stays.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use clap::Args as Group;
use doublon::Result;
use doublon_core::Builder;
use doublon_core::candidate::presets::Preset;

use super::value::share;

use super::shape::ShapeArgs;

#[derive(Debug, Group)]
#[command(next_help_heading = "Documents")]
pub struct DocumentArgs {
    #[command(flatten)]
    shape: ShapeArgs,
    /// Remove a document too when a kept one has this share of its shingles
    ///
    /// Above 0 and at most 1: excerpts, and pages that were extended later. The kept one has to come before it in the
    /// order of --keep, so --keep longest finds most. It reads every document once more and holds 20 bytes for each
    /// shingle of the documents kept; duplicates at --threshold are then found without any loss.
    ///
    /// Example: --containment 0.9 --keep longest.
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, value_parser = share)]
    containment: Option<f64>,
    /// Take only documents with the same characters for duplicates
    ///
    /// Up to white space and Unicode normalisation (NFC). By default a document goes that nearly has the words of another
    /// (--threshold): case, punctuation, and most signs between words do not count. For code, formulas, tables of numbers.
    /// What --ignore-text names counts here too: texts that differ in it are not the same.
    ///
    /// Example: --exact
    #[arg(long, conflicts_with = "containment")]
    exact: bool,
    /// Which of several duplicates stays
    ///
    /// first (by path, then position), longest or shortest (by words, then bytes of text), newest or oldest (by the time at which
    /// the file was modified), max:FIELD or min:FIELD (by a field of the record; one without it comes last),
    /// prefer:GLOB,... (a file or folder of the first pattern that matches goes before all others), given-order (by the
    /// order of the paths on the command line). Ties go to the first. With none, nothing is removed, and duplicates are
    /// listed as pairs. Of passages too, the first by path stays, with prefer and given-order the first by these.
    ///
    /// Example: --keep max:date keeps the latest version of each page.
    ///
    /// Example: --keep prefer:gold,'*.warc.gz' never removes for a file elsewhere what is in a folder `gold`.
    #[arg(long, value_name = "POLICY", default_value = "first")]
    keep: String,
    /// Compare only across the paths given
    ///
    /// Nothing that one path leads to is compared with anything else of it: two crawls with each other, the training set
    /// with the test set, one capture of a page with the next but not its formats. Passages are then looked for across
    /// documents only. --keep says from which path what is in both goes.
    ///
    /// Example: doublon clean train.jsonl test.jsonl --isolate --keep prefer:test.jsonl --out clean/
    #[arg(long, conflicts_with = "scope")]
    isolate: bool,
    /// List every verified pair too
    ///
    /// They stand in the findings of --format json; the report for people has none.
    ///
    /// Example: --pairs --format json -o pairs.jsonl
    #[arg(long)]
    pairs: bool,
}

impl DocumentArgs {
    /// Adds the flags to `builder`, starting from `preset` if there is one.
    ///
    /// # Errors
    ///
    /// When shingles or the policy of `--keep` cannot be read.
    pub fn configure(&self, builder: Builder, preset: Option<&Preset>) -> Result<Builder> {
        let builder = self.shape.configure(builder, preset)?;
        Ok(builder
            .containment(self.containment)
            .exact(self.exact)
            .keep(self.keep.parse()?)
            .isolate(self.isolate)
            .pairs(self.pairs))
    }
}
