//! The arguments, and the parameters that they stand for. Values are checked here, with messages of one form.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args as Group, ColorChoice, Parser, Subcommand, ValueEnum};
use encoding_rs::Encoding;

use super::clean::CleanArgs;
use super::compare::CompareArgs;
use super::config::ConfigArgs;
use super::explain::ExplainArgs;
use super::manual::{CompletionsArgs, ManArgs};
use super::schema::SchemaArgs;
use super::settings::SettingArgs;
use super::stats::StatsArgs;
use super::windows::WindowArgs;
use crate::error::{Error, Result};
use crate::finding::{BadInput, InputOptions, Parameters, RecordMode};
use crate::report::text::Sort;
use crate::scan::Resources;
use doublon_core::candidate::presets::{DOCUMENT_PRESETS, PASSAGE_PRESETS, Preset, document_preset, passage_preset};
use doublon_core::sketch::WindowParameters;
use doublon_core::text::TextOptions;
use doublon_core::{Config, Level, Scope};

/// The least memory that a run is held to. With less, 1.2 million documents of 12 words took 43 MB whatever was asked.
const LEAST_MEMORY: u64 = 64 << 20;

/// The flags of `params` that mean something with `--passages` only.
const OF_WINDOWS: [&str; 6] = ["min_words", "window", "window_shingle", "window_bands", "window_rows", "seed"];

/// Finds duplicate and near-duplicate texts, and passages that repeat within or across them.
#[derive(Debug, Parser)]
#[command(name = "doublon", version, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    /// Take settings from FILE instead of doublon.toml
    ///
    /// Without it, doublon.toml is looked for in the current folder and those above it, up to the home folder, and never
    /// in what is read. Its keys are the names of flags; `doublon config` shows what holds. Flags go before variables of
    /// the environment such as DOUBLON_THRESHOLD, and these before the file.
    ///
    /// Example: --config strict.toml
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "DOUBLON_CONFIG",
        hide_env = true,
        help_heading = "Settings"
    )]
    pub config: Option<PathBuf>,
    /// Read no doublon.toml
    ///
    /// Variables of the environment still count.
    ///
    /// Example: --no-config where results have to be the same on every machine.
    #[arg(long, global = true, help_heading = "Settings")]
    pub no_config: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find duplicate documents and repeated passages
    ///
    /// Results go to standard output, progress and counts to standard error. Nothing that is read is changed.
    ///
    /// Exit codes: 0 done; 1 done, and --fail-over or --fail-on-empty holds; 2 wrong usage, or the run failed; 3 done,
    /// but some input could not be read, as the report lists.
    ///
    /// Example: doublon scan archive/ --threshold 0.9 --format json -o found.jsonl
    Scan(Box<ScanArgs>),
    /// Write a clean copy, without what repeats
    ///
    /// Scans, removes duplicate documents, and writes what stays to a new folder: the same files under the same names,
    /// and what is not removed byte for byte. A document goes only if it was measured against one that stays. What
    /// could not be read as a document stays too. Nothing that is read is changed.
    ///
    /// Exit codes: 0 done; 2 wrong usage, or the run failed; 3 done, but some input could not be read; 4 a file changed
    /// since it was scanned. With 2 and 4, there is no output.
    ///
    /// Example: doublon clean archive/ --out clean/ --passages cut --cut-at sentence
    Clean(Box<CleanArgs>),
    /// Compare two documents, and say what a scan makes of them
    ///
    /// Shows what they share, in exact numbers; the chance that the settings find a pair like this, and whether they
    /// find this one; whether one would be removed, and why; and the passages that stand in both, aligned. The flags are
    /// those of `scan`.
    ///
    /// Example: doublon compare old.txt new.txt
    ///
    /// Example: doublon compare corpus.jsonl#17 corpus.jsonl#id:ABC --threshold 0.9
    Compare(Box<CompareArgs>),
    /// Say why something was found, removed or kept
    ///
    /// Reads what `scan --format json` wrote, and the sources that it names, relative to the current folder. Shows the
    /// exact numbers, the chance that the settings find such a match, the rule by which a document goes, and the two
    /// texts aligned. If a source has changed since, it says so, and tells what the findings have.
    ///
    /// Example: doublon explain found.jsonl p7
    ///
    /// Example: doublon explain found.jsonl corpus.jsonl#17 --with corpus.jsonl#4
    Explain(ExplainArgs),
    /// Render saved findings again
    ///
    /// Reads what `scan --format json` wrote.
    ///
    /// Example: doublon report found.jsonl --limit 0 | less
    Report(ReportArgs),
    /// Show which pairs bands and rows find, and at what cost
    ///
    /// Reads no documents. Shows the bands and rows that `scan` takes for the same flags, the chance of a pair to be
    /// found by its similarity, and what other shapes would do. More bands find more pairs, and more wrong candidates;
    /// more rows find fewer of both.
    ///
    /// Example: doublon params --threshold 0.7 --recall 0.95
    ///
    /// Example: doublon params --preset fineweb shows how many pairs the published values find.
    ///
    /// With --passages it shows instead which repeated passages the windows of `scan` find, by their length and by how
    /// much they were edited. The figures are tried out with the code of a scan, on random words from the seed.
    ///
    /// Example: doublon params --passages --preset thorough
    Params(ParamsArgs),
    /// Measure how large documents are, and how much they repeat
    ///
    /// Repetition inside documents is measured as the filter of Gopher does, line by line as C4 does, and across
    /// documents by what `scan` reports with the same flags.
    ///
    /// Example: doublon stats archive/
    ///
    /// Example: doublon stats archive/ --alone --documents --format json -o stats.jsonl
    Stats(Box<StatsArgs>),
    /// Show which settings hold, and where each comes from
    ///
    /// Flags go before variables of the environment, these before doublon.toml, and that before the defaults. What is
    /// printed is a doublon.toml that says the same.
    ///
    /// Example: doublon config scan --threshold 0.9
    ///
    /// Example: doublon config clean > doublon.toml
    Config(ConfigArgs),
    /// Write a manual page to standard output
    ///
    /// Example: doublon man scan | man -l -
    Man(ManArgs),
    /// Write what a shell needs to complete commands
    ///
    /// Example: doublon completions bash > ~/.local/share/bash-completion/completions/doublon
    Completions(CompletionsArgs),
    /// Print the JSON Schema of what is saved
    ///
    /// Findings and statistics are one JSON object a line; the schema is that of a line, in draft 2020-12. Fields may be
    /// added to it by later versions, none goes or changes without another name of the format.
    ///
    /// Example: doublon schema findings > findings.schema.json
    Schema(SchemaArgs),
}

#[derive(Debug, Group)]
pub struct ScanArgs {
    /// Files and folders to read, or - for standard input
    ///
    /// Folders are read with all that is in them. What a file holds is told by its name, or else by its content: text,
    /// pages, JSON Lines, tables, Parquet or web archives, compressed or not. The order of the paths does not matter.
    ///
    /// Example: doublon scan crawl/ more.jsonl.gz
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What to compare
    ///
    /// With `all`, passages are looked for in the documents that stay; see --inside-duplicates.
    ///
    /// Example: --level documents tells of whole documents only, in a fraction of the time.
    #[arg(long, value_enum, default_value = "all")]
    level: LevelArg,
    #[command(flatten)]
    pub run: RunArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub render: RenderArgs,
    #[command(flatten)]
    pub messages: MessageArgs,
}

/// How documents are read and compared: the flags of every command that scans.
#[derive(Debug, Group)]
pub struct RunArgs {
    /// Start from settings that have a name
    ///
    /// For documents: fineweb, refinedweb, slimpajama, redpajama2, bigcode and nemo have the shingles, bands, rows and
    /// threshold of published pipelines; `doublon params --preset NAME` tells of them. For passages: fast, default and
    /// thorough, of which each finds more edited passages than the one before, and takes more time. May be given twice,
    /// once for each. What is given by other flags goes before it.
    ///
    /// Example: --preset fineweb --threshold 0.8
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = scan_presets())]
    preset: Vec<String>,
    #[command(flatten)]
    means: MeansArgs,
    #[command(flatten)]
    documents: DocumentArgs,
    #[command(flatten)]
    passages: PassageArgs,
    #[command(flatten)]
    text: TextArgs,
    #[command(flatten)]
    input: InputArgs,
    /// What of this was given, as it would be given again.
    #[arg(skip)]
    pub given: Vec<String>,
}

#[derive(Debug, Group)]
#[command(next_help_heading = "Documents")]
struct DocumentArgs {
    #[command(flatten)]
    settings: SettingArgs,
    /// Remove a document too when a kept one has this share of its shingles
    ///
    /// Above 0 and at most 1: excerpts, and pages that were extended later. The kept one has to come before it in the
    /// order of --keep, so --keep longest finds most. It reads every document once more and holds 20 bytes for each
    /// shingle of the documents kept; duplicates at --threshold are then found without any loss.
    ///
    /// Example: --containment 0.9 --keep longest.
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    containment: Option<f64>,
    /// Which of several duplicates stays
    ///
    /// first (by path, then position), longest or shortest (by bytes of text), newest or oldest (by the time at which
    /// the file was modified), max:FIELD or min:FIELD (by a field of the record; one without it comes last). Ties go to
    /// the first. With none, nothing is removed, and duplicates are listed as pairs.
    ///
    /// Example: --keep max:date keeps the latest version of each page.
    #[arg(long, value_name = "POLICY", default_value = "first")]
    keep: String,
    /// List every verified pair too
    ///
    /// They stand in the findings of --format json; the report for people has none.
    ///
    /// Example: --pairs --format json -o pairs.jsonl
    #[arg(long)]
    pairs: bool,
}

#[derive(Debug, Group)]
#[command(next_help_heading = "Passages")]
struct PassageArgs {
    #[command(flatten)]
    windows: WindowArgs,
    /// Ignore passages of which less is equal, word by word
    ///
    /// Above 0 and at most 1: the equal words of two aligned passages, divided by all columns of the alignment. With 1,
    /// only passages with the same words in the same order are reported.
    ///
    /// Example: --min-identity 0.9 leaves out what was edited much.
    #[arg(long, value_name = "SHARE", default_value_t = 0.45, allow_negative_numbers = true)]
    min_identity: f64,
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

#[derive(Debug, Group)]
#[command(next_help_heading = "Text")]
struct TextArgs {
    /// Take accented letters for plain ones
    ///
    /// In Latin, Greek and Cyrillic: `été` equals `ete`.
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

#[derive(Debug, Group)]
#[command(next_help_heading = "Input")]
struct InputArgs {
    /// Field of a JSON record, or column of a table, that holds its text
    ///
    /// In JSON, dots lead into nested objects: page.body.
    ///
    /// Example: --text-field page.body
    #[arg(long, value_name = "FIELD", default_value = "text")]
    text_field: String,
    /// Field of a JSON record, or column of a table, that holds its id
    ///
    /// The report then names it. Records may lack it. In JSON, dots lead into nested objects.
    ///
    /// Example: --id-field url
    #[arg(long, value_name = "FIELD", default_value = "id")]
    id_field: String,
    /// Whether a plain text file is one document or one a line
    ///
    /// With `lines`, blank ones do not count.
    ///
    /// Example: --record lines for a file of sentences.
    #[arg(long, value_enum, value_name = "WHAT", default_value = "file")]
    record: RecordArg,
    /// Encoding of the text [default: told from the content]
    ///
    /// A label of the Encoding Standard, such as windows-1252, shift_jis or gb18030. JSON and Parquet have their own. Without it, a byte order mark
    /// decides, then what a page declares, then the content; rows and lines are UTF-8.
    ///
    /// Example: --encoding windows-1251
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// What the text of a page is
    ///
    /// `visible` is all that a reader sees, `article` what seems to be its article, if there is one. Menus and footers
    /// are then not compared.
    ///
    /// Example: --html article
    #[cfg(feature = "article")]
    #[arg(long, value_enum, value_name = "WHAT", default_value = "visible")]
    html: PageArg,
    /// Skip records larger than this
    ///
    /// A number of bytes, or with a unit: kB, MB, GB of 1000; KiB, MiB, GiB of 1024. It bounds the memory that one
    /// record can take. What is skipped is reported.
    ///
    /// Example: --max-record 16MiB
    #[arg(long, value_name = "SIZE", default_value = "256MiB")]
    max_record: String,
    /// Give up compressed files that unpack to more than N times their size
    ///
    /// It counts from 64 MiB on and keeps a few megabytes of equal records from becoming billions; 0 allows everything.
    /// What is given up is reported.
    ///
    /// Example: --max-ratio 0
    #[arg(long, value_name = "N", default_value_t = InputOptions::default().max_ratio)]
    max_ratio: u64,
    /// Read only files that match
    ///
    /// It concerns files in folders; a file that is named is always read. A pattern without a slash is matched against
    /// the name, one with a slash against the path below the folder. May be repeated.
    ///
    /// Example: --glob '*.txt' --glob 'news/**'
    #[arg(long, value_name = "PATTERN")]
    glob: Vec<String>,
    /// Leave out files and folders that match
    ///
    /// Patterns are as for --glob, and go before it. May be repeated.
    ///
    /// Example: --exclude .git --exclude '*.html'
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// Follow links in folders
    ///
    /// A loop of links is noticed; a file with two names is read once.
    ///
    /// Example: --follow where a folder holds links to its files.
    #[arg(long)]
    follow: bool,
    /// What to do when a path is not there
    ///
    /// `fail` ends before any work, `skip` reads the others and ends with exit code 3.
    ///
    /// Example: --bad-input skip for a list of files that may have gone.
    #[arg(long, value_enum, value_name = "WHAT", default_value = "fail")]
    bad_input: BadInputArg,
}

impl InputArgs {
    #[cfg(feature = "article")]
    fn article(&self) -> bool {
        self.html == PageArg::Article
    }

    #[cfg(not(feature = "article"))]
    #[allow(clippy::unused_self)]
    fn article(&self) -> bool {
        false
    }
}

#[derive(Debug, Group)]
#[command(next_help_heading = "Exit code")]
pub struct LimitArgs {
    /// End with exit code 1 if more of the text is repeated
    ///
    /// What is repeated is the bytes of removed documents, and in kept ones those of passages that stand elsewhere too;
    /// the percentage is of all bytes of text.
    ///
    /// Example: --fail-over 10%
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    fail_over: Option<String>,
    /// Count and show only what FILE does not have
    ///
    /// FILE is what `doublon scan --format json` wrote before. What stands there is known, though lines move, files are
    /// renamed or a few words change; --fail-over judges what is new. In JSON all is listed, and what is new has a mark.
    ///
    /// Example: --baseline known.jsonl --fail-over 0%
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// End with exit code 1 if there was nothing to compare
    ///
    /// An empty folder is such a case, or one of which --glob leaves nothing.
    ///
    /// Example: --fail-on-empty in a script, where a wrong path should be noticed.
    #[arg(long)]
    pub fail_on_empty: bool,
}

#[derive(Debug, Group)]
pub struct ReportArgs {
    /// File of findings, or - for standard input
    pub findings: PathBuf,
    #[command(flatten)]
    pub render: RenderArgs,
}

#[derive(Debug, Group)]
#[command(mut_args(|arg| if OF_WINDOWS.contains(&arg.get_id().as_str()) { arg.requires("passages") } else { arg }))]
pub struct ParamsArgs {
    /// Show settings that have a name
    ///
    /// Those of `scan`: for documents fineweb, refinedweb, slimpajama, redpajama2, bigcode and nemo; with --passages
    /// fast, default and thorough. Other flags go before them.
    ///
    /// Example: --preset slimpajama
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = scan_presets())]
    preset: Option<String>,
    /// Show what is found of repeated passages
    ///
    /// Which passages always meet, what two similar windows do, and a table of what is found by length and by the share
    /// of words replaced.
    ///
    /// Example: --passages --min-words 30
    #[arg(long, conflicts_with_all = ["threshold", "recall", "bands", "rows", "shingle"])]
    pub passages: bool,
    #[command(flatten)]
    pub windows: WindowArgs,
    /// Seed of the hash functions, and of the passages that are tried out
    ///
    /// Another seed gives another table, as far as chance goes.
    ///
    /// Example: --passages --seed 7
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Passages")]
    pub seed: u64,
    #[command(flatten)]
    pub settings: SettingArgs,
    /// Form of the output
    ///
    /// `text` is for people; `json` is one object, for programs.
    ///
    /// Example: --format json
    #[arg(long, value_parser = text_or_json(), value_name = "FORM", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Group)]
#[command(next_help_heading = "Resources")]
struct MeansArgs {
    /// Use N threads; 0 is one for each processor
    ///
    /// The result is the same for any number.
    ///
    /// Example: --threads 4 leaves the other processors alone.
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
    /// Keep what is known of documents in SIZE of memory [default: no limit]
    ///
    /// A number of bytes, at least 64MiB, or with a unit as for --max-record. What does not fit goes to --tmp, which
    /// takes time; so do texts that cannot be read again at their place, as those of compressed files and of standard
    /// input. The findings, and each distinct word where passages are compared, are not counted. The result is the same
    /// for any size. With -v, an estimate of what is needed is told first.
    ///
    /// Example: --level documents --memory 4GiB --tmp /scratch
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    /// Folder for what does not fit into --memory
    ///
    /// By default it is the folder for temporary files of the system. The files there have no names, and are gone when
    /// the run ends, however it ends.
    ///
    /// Example: --tmp /scratch
    #[arg(long, value_name = "DIR")]
    tmp: Option<PathBuf>,
}

/// How results look and where they go.
#[derive(Debug, Group)]
#[command(next_help_heading = "Output")]
pub struct RenderArgs {
    /// Form of the report
    ///
    /// `text` is for people; `html` is a page for people, in one file that loads nothing; `json` is one object a line, for
    /// programs and for `doublon report`; `sarif` is for code hosts and editors; `csv` is a table of pairs, for
    /// spreadsheets.
    ///
    /// Example: --format json -o found.jsonl
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub format: Format,
    /// Write the report to FILE
    ///
    /// It is replaced once the report is whole, and not before. It may not be an input, nor lie in a folder that is read.
    ///
    /// Example: -o found.txt
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show at most N groups of each kind; 0 shows all [default: 20]
    ///
    /// The reports for people show the first ones by --sort; on a page, the default is 1000. JSON has all anyway. In SARIF
    /// and CSV it is the most results of each kind, and without it they have all.
    ///
    /// Example: --limit 0 --color always | less -R
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// What the groups of the report are ordered by
    ///
    /// `cost` is the bytes that could go, `similarity` how alike they are, `count` how many there are, each most first;
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

/// How what is said of single documents looks and where it goes.
#[derive(Debug, Group)]
#[command(next_help_heading = "Output")]
pub struct Form {
    /// Form of the output
    ///
    /// `text` is for people; `json` is one object, for programs.
    ///
    /// Example: --format json
    #[arg(long, value_parser = text_or_json(), value_name = "FORM", default_value = "text")]
    format: Format,
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

impl Form {
    /// Returns the most passages or documents to show.
    pub fn limit(&self) -> usize {
        if self.limit == 0 { usize::MAX } else { self.limit }
    }

    /// Returns whether the output is for programs.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }
}

#[derive(Debug, Group)]
#[command(next_help_heading = "Messages")]
pub struct MessageArgs {
    /// Show neither progress nor counts
    ///
    /// Results and errors remain.
    ///
    /// Example: -q --fail-over 5% is for scripts that look at the exit code only.
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Tell the parameters and the time of each phase
    ///
    /// Example: -v
    #[arg(short, long)]
    pub verbose: bool,
    /// Show no progress
    ///
    /// The counts are still told.
    ///
    /// Example: --no-progress in a log.
    #[arg(long)]
    pub no_progress: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Html,
    Json,
    Sarif,
    Csv,
}

/// Parses the forms of what is no findings.
pub fn text_or_json() -> impl TypedValueParser<Value = Format> {
    let format = |name: String| if name == "json" { Format::Json } else { Format::Text };
    PossibleValuesParser::new(["text", "json"]).map(format)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SortArg {
    Cost,
    Position,
    Similarity,
    Count,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LevelArg {
    Documents,
    Passages,
    All,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ScopeArg {
    Within,
    Across,
    Both,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RecordArg {
    File,
    Lines,
}

#[cfg(feature = "article")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PageArg {
    Visible,
    Article,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BadInputArg {
    Fail,
    Skip,
}

impl ScanArgs {
    /// Returns what determines the result.
    ///
    /// # Errors
    ///
    /// When a value is outside its range.
    pub fn parameters(&self) -> Result<Parameters> {
        self.run.parameters(self.level.into())
    }
}

impl RunArgs {
    /// Returns what determines the result.
    ///
    /// # Errors
    ///
    /// When a value is outside its range.
    pub fn parameters(&self, level: Level) -> Result<Parameters> {
        Ok(Parameters { config: self.config(level)?, input: self.input()? })
    }

    fn config(&self, level: Level) -> Result<Config> {
        let Self { documents, passages, text, .. } = self;
        let presets = self.presets()?;
        let settings = documents.settings.settings(presets.documents)?;
        let windows = passages.windows.windows(presets.windows)?;
        let config = Config::builder()
            .level(level)
            .threshold(settings.threshold)
            .recall(settings.recall)
            .bands(settings.shape.bands, settings.shape.rows)
            .text(TextOptions {
                shingle: settings.shingle,
                keep_case: text.keep_case,
                fold_accents: text.fold_accents,
                fold_digits: text.fold_digits,
            })
            .seed(text.seed)
            .containment(documents.containment)
            .keep(documents.keep.parse()?)
            .pairs(documents.pairs)
            .scope(passages.scope.into())
            .inside_duplicates(passages.inside_duplicates)
            .min_words(passages.windows.min_words)
            .min_identity(passages.min_identity)
            .windows(WindowParameters { exhaustive: passages.exhaustive, ..windows });
        Ok(config.build()?)
    }

    fn input(&self) -> Result<InputOptions> {
        let input = &self.input;
        Ok(InputOptions {
            text_field: field("text-field", &input.text_field)?,
            id_field: input.id_field.clone(),
            max_record: size("max-record", &input.max_record)?,
            max_ratio: input.max_ratio,
            follow: input.follow,
            bad_input: match input.bad_input {
                BadInputArg::Fail => BadInput::Fail,
                BadInputArg::Skip => BadInput::Skip,
            },
            glob: input.glob.clone(),
            exclude: input.exclude.clone(),
            record: match input.record {
                RecordArg::File => RecordMode::File,
                RecordArg::Lines => RecordMode::Lines,
            },
            encoding: encoding(input.encoding.as_deref())?,
            page: input.article().into(),
        })
    }

    /// Returns what the run may use.
    ///
    /// # Errors
    ///
    /// When a value is outside its range.
    pub fn resources(&self) -> Result<Resources> {
        let MeansArgs { threads, memory, tmp } = &self.means;
        at_most("threads", *threads, 1024, "from 0 to 1024")?;
        let memory = memory.as_deref().map(|text| size("memory", text)).transpose()?;
        if let Some(bytes) = memory.filter(|&bytes| bytes < LEAST_MEMORY) {
            return Err(refused("memory", &bytes, "at least 64MiB"));
        }
        if let Some(folder) = tmp.as_deref().filter(|folder| !folder.is_dir()) {
            return Err(refused("tmp", &folder.display(), "a folder that is there"));
        }
        Ok(Resources { threads: *threads, memory, tmp: tmp.clone() })
    }

    fn presets(&self) -> Result<Presets> {
        let mut presets = Presets::default();
        for name in &self.preset {
            let is_second = match (document_preset(name), passage_preset(name)) {
                (Some(preset), _) => presets.documents.replace(preset).is_some(),
                (None, windows) => std::mem::replace(&mut presets.windows, windows).is_some(),
            };
            if is_second {
                let expected = "at most one name for documents and one for passages";
                return Err(refused("preset", &self.preset.join(" and "), expected));
            }
        }
        Ok(presets)
    }
}

impl ParamsArgs {
    /// Returns the published settings that were asked for.
    ///
    /// # Errors
    ///
    /// When they are for passages.
    pub fn document_preset(&self) -> Result<Option<&'static Preset>> {
        let Some(name) = &self.preset else { return Ok(None) };
        let expected = "a preset for documents unless --passages is given";
        document_preset(name).map(Some).ok_or_else(|| refused("preset", name, expected))
    }

    /// Returns the name of the windows that were asked for.
    ///
    /// # Errors
    ///
    /// When they are settings for documents.
    pub fn passage_preset(&self) -> Result<Option<&str>> {
        let Some(name) = self.preset.as_deref() else { return Ok(None) };
        let expected = "fast, default or thorough with --passages";
        passage_preset(name).map(|_| Some(name)).ok_or_else(|| refused("preset", &name, expected))
    }
}

impl LimitArgs {
    /// Returns the share of `--fail-over`.
    ///
    /// # Errors
    ///
    /// When it is no percentage.
    pub fn fail_over(&self) -> Result<Option<f64>> {
        let Some(text) = &self.fail_over else { return Ok(None) };
        let percent = text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>();
        match percent {
            Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(Some(percent / 100.0)),
            _ => Err(refused("fail-over", text, "a percentage from 0% to 100%")),
        }
    }
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Documents => Self::Documents,
            LevelArg::Passages => Self::Passages,
            LevelArg::All => Self::All,
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

/// What `--preset` names.
#[derive(Default)]
struct Presets {
    documents: Option<&'static Preset>,
    windows: Option<WindowParameters>,
}

fn scan_presets() -> PossibleValuesParser {
    let documents = DOCUMENT_PRESETS.iter().map(|preset| preset.name);
    documents.chain(PASSAGE_PRESETS.map(|(name, _)| name)).into()
}

pub(super) fn at_least(name: &'static str, value: usize, least: usize, expected: &'static str) -> Result<()> {
    if value >= least { Ok(()) } else { Err(refused(name, &value, expected)) }
}

pub(super) fn at_most(name: &'static str, value: usize, most: usize, expected: &'static str) -> Result<()> {
    if value <= most { Ok(()) } else { Err(refused(name, &value, expected)) }
}

/// Reads a number of bytes with its unit.
fn size(name: &'static str, text: &str) -> Result<u64> {
    let bad = || refused(name, &text, "a number of bytes above 0, such as 256MiB or 1GB");
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err(bad()),
    };
    let number: u64 = digits.parse().map_err(|_| bad())?;
    number.checked_mul(unit).filter(|&size| size > 0).ok_or_else(bad)
}

fn field(name: &'static str, field: &str) -> Result<String> {
    if field.is_empty() { Err(refused(name, &"empty", "the name of a field")) } else { Ok(field.to_owned()) }
}

fn encoding(label: Option<&str>) -> Result<Option<&'static Encoding>> {
    let known = |label: &str| Encoding::for_label(label.as_bytes()).ok_or_else(|| label.to_owned());
    let expected = "the name of an encoding, such as windows-1252 or shift_jis";
    label.map(known).transpose().map_err(|label| refused("encoding", &label, expected))
}

fn refused(name: &'static str, value: &dyn ToString, expected: &'static str) -> Error {
    doublon_core::Error::Parameter { name, value: value.to_string(), expected }.into()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn scan(flags: &str) -> ScanArgs {
        let arguments = ["doublon", "scan", "a.txt"].into_iter().chain(flags.split_whitespace());
        match Args::try_parse_from(arguments).expect("valid usage").command {
            Command::Scan(args) => *args,
            _ => unreachable!("the command is scan"),
        }
    }

    fn refusal(flags: &str) -> String {
        let args = scan(flags);
        let checked = args.parameters().and(args.run.resources()).and(args.limits.fail_over());
        checked.expect_err(flags).to_string()
    }

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn defaults_are_those_of_the_library() {
        assert_eq!(scan("").parameters().expect("valid"), Parameters::default());
        assert_eq!(scan("").run.resources().expect("valid").threads, 0);
        assert_eq!(scan("").limits.fail_over().expect("valid"), None);
    }

    #[test]
    fn values_outside_their_range_are_refused_with_the_range() {
        assert_eq!(refusal("--threshold 1.5"), "threshold is 1.5, but it must be above 0 and at most 1");
        assert_eq!(refusal("--threshold -0.1"), "threshold is -0.1, but it must be above 0 and at most 1");
        assert_eq!(refusal("--threshold NaN"), "threshold is NaN, but it must be above 0 and at most 1");
        assert_eq!(refusal("--recall 1"), "recall is 1, but it must be above 0 and below 1");
        assert_eq!(refusal("--min-identity 0"), "min-identity is 0, but it must be above 0 and at most 1");
        assert_eq!(refusal("--window 40"), "window is 40, but it must be at most --min-words");
        assert_eq!(refusal("--bands 0 --rows 5"), "bands is 0, but it must be at least 1");
        assert_eq!(refusal("--bands 9 --rows 0"), "rows is 0, but it must be at least 1");
        assert_eq!(refusal("--bands 70000 --rows 2"), "bands times rows is 140000, but it must be at most 65536");
        assert_eq!(
            refusal("--shingle char:0"),
            "shingle is char:0, but it must be word:N or char:N with N from 1 to 64"
        );
        assert_eq!(refusal("--threads 2000"), "threads is 2000, but it must be from 0 to 1024");
        assert_eq!(refusal("--fail-over 101%"), "fail-over is 101%, but it must be a percentage from 0% to 100%");
        assert_eq!(refusal("--text-field="), "text-field is empty, but it must be the name of a field");
        assert_eq!(
            refusal("--threshold 0.001"),
            "threshold is 0.001 with recall 0.99, but it must be within reach of 4096 hash functions; raise it, or lower the recall"
        );
        for size in ["0", "MiB", "1.5GB", "12XB", "99999999999999GiB", "-1", "é"] {
            let expected =
                format!("max-record is {size}, but it must be a number of bytes above 0, such as 256MiB or 1GB");
            assert_eq!(refusal(&format!("--max-record={size}")), expected);
        }
    }

    #[test]
    fn sizes_have_units() {
        let sizes = ["1", "10B", "2kB", "3MB", "1GB", "2K", "4MiB", "1gib"].map(|text| size("x", text).expect("valid"));
        assert_eq!(sizes, [1, 10, 2000, 3_000_000, 1_000_000_000, 2048, 4 << 20, 1 << 30]);
    }

    #[test]
    fn bands_and_rows_override_recall_together() {
        let parameters = scan("--bands 14 --rows 8 --recall 0.5").parameters().expect("valid").config;
        assert_eq!((parameters.bands, parameters.rows), (14, 8));
        for flag in ["--bands", "--rows"] {
            assert!(Args::try_parse_from(["doublon", "scan", "a", flag, "5"]).is_err(), "{flag} alone");
        }
    }

    #[test]
    fn a_preset_of_documents_gives_way_to_other_flags() {
        let found = |flags: &str| {
            let found = scan(flags).parameters().expect("valid").config;
            (found.text.shingle.to_string(), found.bands, found.rows, found.threshold)
        };
        assert_eq!(found("--preset fineweb"), ("word:5".into(), 14, 8, 0.75));
        assert_eq!(found("--preset redpajama2"), ("word:13".into(), 9, 13, 0.8));
        assert_eq!(found("--preset nemo"), ("char:24".into(), 20, 13, 0.8));
        assert_eq!(found("--preset redpajama2 --shingle word:4"), ("word:4".into(), 9, 13, 0.8));
        assert_eq!(found("--preset fineweb --threshold 0.9"), ("word:5".into(), 14, 8, 0.9));
        assert_eq!(found("--preset fineweb --bands 20 --rows 5"), ("word:5".into(), 20, 5, 0.75));
        assert_eq!(found("--preset fineweb --threshold 0.8 --recall 0.99"), ("word:5".into(), 12, 5, 0.8));
    }

    #[test]
    fn a_preset_of_passages_sets_the_windows_and_leaves_documents_alone() {
        let found = scan("--preset thorough --min-words 10 --exhaustive").parameters().expect("valid").config;
        assert_eq!(found.windows, WindowParameters { k: 4, words: 10, bands: 3, rows: 1, exhaustive: true });
        assert_eq!((found.bands, found.rows), (12, 5));
        let both = scan("--preset fast --preset fineweb").parameters().expect("valid").config;
        assert_eq!((both.windows.words, both.bands), (12, 14));
        let expected = "preset is fast and fineweb and thorough, but it must be at most one name for documents and one for passages";
        assert_eq!(refusal("--preset fast --preset fineweb --preset thorough"), expected);
    }

    #[test]
    fn flags_of_windows_ask_for_passages_in_params() {
        let parses = |flags: &str| {
            Args::try_parse_from(["doublon", "params"].into_iter().chain(flags.split_whitespace())).is_ok()
        };
        for flag in
            ["--min-words 9", "--window 9", "--window-shingle 3", "--window-bands 2", "--window-rows 2", "--seed 1"]
        {
            assert!(!parses(flag), "{flag}");
            assert!(parses(&format!("--passages {flag}")), "{flag}");
        }
        assert!(parses("") && !parses("--passages --threshold 0.7"));
    }

    #[test]
    fn resources_are_checked() {
        let resources = scan("--memory 80MB --tmp data").run.resources().expect("valid");
        assert_eq!((resources.memory, resources.tmp), (Some(80_000_000), Some("data".into())));
        assert_eq!(refusal("--memory 1MiB"), "memory is 1048576, but it must be at least 64MiB");
        assert_eq!(refusal("--tmp no-such-folder"), "tmp is no-such-folder, but it must be a folder that is there");
        assert_eq!(refusal("--tmp Cargo.toml"), "tmp is Cargo.toml, but it must be a folder that is there");
    }

    #[test]
    fn each_flag_reaches_its_parameter() {
        let flags = "--level documents --threshold 0.7 --shingle word:9 --pairs --scope across --inside-duplicates \
            --min-words 30 --min-identity 0.6 --window 10 --window-shingle 4 --window-bands 2 --window-rows 3 \
            --exhaustive --fold-accents --fold-digits --keep-case --seed 7 --text-field body \
            --id-field url --max-record 1KiB --max-ratio 9 --record lines --encoding latin1 --glob *.txt --exclude x --follow";
        let found = scan(flags).parameters().expect("valid");
        let text = TextOptions {
            shingle: "word:9".parse().expect("valid"),
            keep_case: true,
            fold_accents: true,
            fold_digits: true,
        };
        let config = Config::builder()
            .level(Level::Documents)
            .threshold(0.7)
            .text(text)
            .seed(7)
            .pairs(true)
            .scope(Scope::Across)
            .inside_duplicates(true)
            .min_words(30)
            .min_identity(0.6)
            .windows(WindowParameters { k: 4, words: 10, bands: 2, rows: 3, exhaustive: true });
        let input = InputOptions {
            text_field: "body".into(),
            id_field: "url".into(),
            max_record: 1024,
            max_ratio: 9,
            record: RecordMode::Lines,
            encoding: Encoding::for_label(b"latin1"),
            glob: vec!["*.txt".into()],
            exclude: vec!["x".into()],
            follow: true,
            ..InputOptions::default()
        };
        assert_eq!(found, Parameters { config: config.build().expect("valid"), input });
        let flags = "--glob *.txt --glob a/* --bad-input skip";
        let input = scan(flags).parameters().expect("valid").input;
        assert_eq!((input.glob.len(), input.bad_input), (2, BadInput::Skip));
        assert_eq!(scan("--fail-over 10%").limits.fail_over().expect("valid"), Some(0.1));
        assert_eq!(scan("--fail-over 12.5").limits.fail_over().expect("valid"), Some(0.125));
    }

    #[test]
    fn long_help_has_an_example_for_each_flag() {
        for command in Args::command().get_subcommands() {
            for flag in command.get_arguments().filter(|flag| flag.get_long().is_some()) {
                let long = flag.get_long_help().map(ToString::to_string).unwrap_or_default();
                assert!(long.contains("Example: "), "{} --{}: {long}", command.get_name(), flag.get_id());
            }
        }
    }

    #[test]
    fn short_help_is_one_line_a_flag() {
        for command in Args::command().get_subcommands() {
            for flag in command.get_arguments() {
                let short = flag.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(!short.is_empty() && !short.ends_with('.') && short.len() < 70, "{}: {short}", flag.get_id());
            }
        }
    }
}
