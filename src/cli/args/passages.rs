//! Which repeated passages are looked for.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use clap::{Args as Group, ValueEnum};
use doublon::Scope;
use doublon_core::Builder;
use doublon_core::sketch::WindowParameters;
use doublon_core::text::PassageUnit;

use super::value::share;

use super::windows::WindowArgs;

#[derive(Debug, Group)]
#[command(next_help_heading = "Passages")]
pub struct PassageArgs {
    #[command(flatten)]
    windows: WindowArgs,
    /// Ignore passages of which less is equal, word by word
    ///
    /// Above 0 and at most 1: the equal words of two aligned passages, divided by all columns of the alignment. With 1,
    /// only passages with the same words in the same order are reported.
    ///
    /// Example: --min-identity 0.9 leaves out what was edited much.
    #[arg(long, value_name = "SHARE", default_value_t = 0.45, allow_negative_numbers = true, value_parser = share)]
    min_identity: f64,
    /// Compare whole lines, paragraphs or sentences
    ///
    /// Those that are equal, of any length, are passages, and nothing else is: menus, `Loading`, and what pipelines for
    /// training corpora drop line by line. Upper and lower case, punctuation and white space do not matter. The
    /// first copy stays, and so does what has no word: blank lines, rules of dashes, fences, braces.
    ///
    /// Example: doublon clean crawl.jsonl --out clean --unit line --passages cut
    #[arg(long, value_enum, value_name = "UNIT")]
    unit: Option<UnitArg>,
    /// Look inside each document, across documents, or both
    ///
    /// Example: --scope within finds paragraphs that stand twice in one article.
    #[arg(long, value_enum, default_value = "both")]
    scope: ScopeArg,
    /// Look inside duplicate documents too
    ///
    /// Most of their passages repeat the document that is kept. It means something with --level all only.
    ///
    /// Example: --inside-duplicates --limit 0
    #[arg(long)]
    inside_duplicates: bool,
    /// Compare all places that a run of words has
    ///
    /// By default each is compared with its nearest, which finds nearly as much; all pairs take time in proportion to
    /// the square of the number of places.
    ///
    /// Example: --exhaustive --min-words 50
    #[arg(long)]
    exhaustive: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum UnitArg {
    Line,
    Paragraph,
    Sentence,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ScopeArg {
    Within,
    Across,
    Both,
}

impl PassageArgs {
    /// Adds the flags to `builder`. Windows start from those of `preset`, or else from the default.
    pub fn configure(&self, builder: Builder, preset: Option<WindowParameters>) -> Builder {
        let builder = builder.unit(self.unit.map(PassageUnit::from)).min_words(self.windows.min_words);
        let windows = self.windows.windows(preset, builder.least_words());
        let windows = WindowParameters { exhaustive: self.exhaustive, ..windows };
        builder
            .scope(self.scope.into())
            .inside_duplicates(self.inside_duplicates)
            .min_identity(self.min_identity)
            .windows(windows)
    }
}

impl From<UnitArg> for PassageUnit {
    fn from(unit: UnitArg) -> Self {
        match unit {
            UnitArg::Line => Self::Line,
            UnitArg::Paragraph => Self::Paragraph,
            UnitArg::Sentence => Self::Sentence,
        }
    }
}

impl From<ScopeArg> for Scope {
    fn from(scope: ScopeArg) -> Self {
        match scope {
            ScopeArg::Within => Self::Within,
            ScopeArg::Across => Self::Across,
            ScopeArg::Both => Self::Both,
        }
    }
}
