//! How reports look and where they go.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args as Group, ColorChoice, ValueEnum};
use doublon::report::text::Sort;

/// How results look and where they go.
#[derive(Debug, Group)]
#[command(next_help_heading = "Output")]
pub struct RenderArgs {
    /// Form of the report
    ///
    /// `text` is for people; `html` is a page for people, in one file that loads nothing; `json` is one object a line, for
    /// programs and for `doublon report`; `sarif` is for code hosts and editors; `csv` is a table of pairs, for
    /// spreadsheets; `lines` is `path:line:column: message`, for editors and hooks; `github` and `gitlab` are annotations
    /// and a code quality report; `markdown` is a summary for a pull request; `parquet` is tables for DuckDB, polars and
    /// Spark, in the folder that -o names. `--json` is short for --format json.
    ///
    /// Example: --format json -o found.jsonl
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub format: RenderFormat,
    /// Write the report to FILE
    ///
    /// It is replaced once the report is whole, and not before. It may not be an input, nor lie in a folder that is read.
    /// With --format parquet it is a folder, new, empty, or of an earlier such report.
    ///
    /// Example: -o found.txt
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show at most N groups of each kind; 0 shows all [default: 20]
    ///
    /// The reports for people show the first ones by --sort; on a page, the default is 400, and 10 in
    /// Markdown. JSON has all anyway. In SARIF and CSV it is the most results of each kind, in `lines`, `github` and
    /// `gitlab` the most of all, and without it they have all.
    ///
    /// Example: --limit 0 --color always | less -R
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// What the groups of the report are ordered by
    ///
    /// `cost` is the bytes that could go, `similarity` how alike the two are that differ most, `count` how many there are, each
    /// most first;
    /// `position` is the place of the one that is kept. JSON is ordered by position anyway.
    ///
    /// Example: --sort count shows boilerplate first.
    #[arg(long, value_enum, value_name = "BY", default_value = "cost")]
    pub sort: SortArg,
    /// When to use colour
    ///
    /// `auto` uses it on a terminal, unless NO_COLOR is set; CLICOLOR_FORCE asks for it elsewhere too.
    ///
    /// Example: --color never
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

impl RenderArgs {
    /// Returns the most groups to show, `default` unless it is given.
    pub fn limit_or(&self, default: usize) -> usize {
        match self.limit {
            None => default,
            Some(0) => usize::MAX,
            Some(limit) => limit,
        }
    }
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RenderFormat {
    Text,
    Html,
    Json,
    Sarif,
    Csv,
    Lines,
    Github,
    Gitlab,
    Markdown,
    #[cfg(feature = "parquet")]
    Parquet,
}

impl RenderFormat {
    /// Whether a report of this form is a folder.
    pub fn is_folder(self) -> bool {
        #[cfg(feature = "parquet")]
        let is_folder = self == Self::Parquet;
        #[cfg(not(feature = "parquet"))]
        let is_folder = false;
        is_folder
    }
}

/// Returns the parser of `--format` for commands that show no findings: text or JSON.
pub fn text_or_json() -> impl TypedValueParser<Value = RenderFormat> {
    let format = |name: String| if name == "json" { RenderFormat::Json } else { RenderFormat::Text };
    PossibleValuesParser::new(["text", "json"]).map(format)
}

/// What the groups of a report are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SortArg {
    Cost,
    Position,
    Similarity,
    Count,
}

impl From<SortArg> for Sort {
    fn from(sort: SortArg) -> Self {
        match sort {
            SortArg::Cost => Self::Cost,
            SortArg::Position => Self::Position,
            SortArg::Similarity => Self::Similarity,
            SortArg::Count => Self::Count,
        }
    }
}
