//! The output of `compare` and `explain`, which are about single documents.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::PathBuf;

use clap::{Args as Group, ColorChoice};

use super::render::{RenderFormat, text_or_json};

/// How the answer to a question about single documents looks, and where it goes.
#[derive(Debug, Group)]
#[command(next_help_heading = "Output")]
pub struct AnswerArgs {
    /// Form of the output
    ///
    /// `text` is for people; `json` is one object, for programs.
    ///
    /// Example: --format json
    #[arg(long, value_parser = text_or_json(), value_name = "FORM", default_value = "text")]
    format: RenderFormat,
    /// Write it to FILE
    ///
    /// It is replaced once the new one is whole, and not before. It may not be an input.
    ///
    /// Example: -o compared.txt
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show at most N passages or documents; 0 shows all
    ///
    /// With 0, alignments are shown whole too: otherwise what is equal far from a change is left out.
    ///
    /// Example: --limit 0
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// When to use colour
    ///
    /// `auto` uses it on a terminal, unless NO_COLOR is set; CLICOLOR_FORCE asks for it elsewhere too. Without colour,
    /// [-what only the first has-] and {+what only the second has+} are marked.
    ///
    /// Example: --color never
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

impl AnswerArgs {
    /// Returns the most passages or documents to show.
    pub fn limit(&self) -> usize {
        if self.limit == 0 { usize::MAX } else { self.limit }
    }

    /// Returns whether the output is for programs.
    pub fn is_json(&self) -> bool {
        self.format == RenderFormat::Json
    }
}
