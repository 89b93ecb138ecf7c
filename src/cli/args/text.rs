//! Which letters and digits count as equal, and the seed of the hash functions.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::PathBuf;

use clap::Args as Group;
use doublon::Result;
use doublon::finding::InputOptions;
use doublon::scan::read_known_text;
use doublon_core::Builder;
use doublon_core::text::{KnownText, TextOptions};

#[allow(clippy::struct_excessive_bools)] // each flag is given or not
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
    /// Take forms of letters and digits of a script for one
    ///
    /// Arabic and Persian: the forms of alef, of yeh, of kaf and of heh, and teh marbuta. Decimal digits of any script, as
    /// `۱۲` and `12`. Chinese: traditional characters and the simplified ones, one by one, so that words which differ
    /// (`軟體`, `软件`) still do.
    ///
    /// Example: --fold-script for an archive of one text in traditional and simplified characters.
    #[arg(long)]
    fold_script: bool,
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
    /// Ignore the text of FILE wherever it stands
    ///
    /// For licence headers, templates, and text that was handed out: documents are compared without it, it is no
    /// passage, and the share of --fail-over is that of the other text. A near copy of it is found as passages are;
    /// one of fewer words than --min-words word for word. Each document of FILE is such a text, whatever the
    /// format. Documents that have nothing else are kept. May be given several times.
    ///
    /// Example: --ignore-text licence-header.txt --fail-over 15%
    #[arg(long, value_name = "FILE")]
    pub ignore_text: Vec<PathBuf>,
}

impl TextArgs {
    /// Reads the known text.
    ///
    /// # Errors
    ///
    /// When a file of it cannot be read.
    pub fn known_text(&self, input: &InputOptions) -> Result<KnownText> {
        if self.ignore_text.is_empty() { Ok(KnownText::default()) } else { read_known_text(&self.ignore_text, input) }
    }

    /// Adds the flags to `builder`, with the default shingles.
    pub fn configure(&self, builder: Builder) -> Builder {
        let &Self { fold_accents, fold_script, fold_digits, keep_case, seed, .. } = self;
        let text = TextOptions { keep_case, fold_accents, fold_script, fold_digits, ..TextOptions::default() };
        builder.text(text).seed(seed)
    }
}
