//! Which letters and digits count as equal, and the seed of the hash functions.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use clap::Args as Group;
use doublon_core::Builder;
use doublon_core::text::TextOptions;

#[derive(Debug, Group)]
#[command(next_help_heading = "Text")]
pub struct TextArgs {
    /// Take accented letters for plain ones
    ///
    /// In Latin, Greek and Cyrillic: `été` equals `ete`, and `Łódź œuvre` equals `Lodz oeuvre`.
    ///
    /// Example: --fold-accents where accents were lost in scraping.
    #[arg(long)]
    fold_accents: bool,
    /// Take all digits for equal
    ///
    /// Texts that differ in dates or prices only are then alike.
    ///
    /// Example: --fold-digits for price lists.
    #[arg(long)]
    fold_digits: bool,
    /// Tell upper case from lower case
    ///
    /// Example: --keep-case for source code.
    #[arg(long)]
    keep_case: bool,
    /// Seed of the hash functions
    ///
    /// Another seed misses other pairs, if any; a secret one keeps texts from being built to collide.
    ///
    /// Example: --seed 20261122
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

impl TextArgs {
    /// Adds the flags to `builder`, with the default shingles.
    pub fn configure(&self, builder: Builder) -> Builder {
        let &Self { fold_accents, fold_digits, keep_case, seed } = self;
        builder.text(TextOptions { keep_case, fold_accents, fold_digits, ..TextOptions::default() }).seed(seed)
    }
}
