//! The command line as a whole: the commands, and the flags that all of them have.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use clap::{Arg, ArgMatches, Command, CommandFactory, Parser, Subcommand};

use super::args::SettingsFileArgs;
use super::commands::clean::CleanArgs;
use super::commands::compare::CompareArgs;
use super::commands::completions::CompletionsArgs;
use super::commands::config::ConfigArgs;
use super::commands::decontaminate::DecontaminateArgs;
use super::commands::explain::ExplainArgs;
use super::commands::index::IndexArgs;
use super::commands::man::ManArgs;
use super::commands::params::ParamsArgs;
use super::commands::report::ReportArgs;
use super::commands::scan::ScanArgs;
use super::commands::schema::SchemaArgs;
use super::commands::stats::StatsArgs;
use super::commands::verify::VerifyArgs;

/// Finds duplicate and near-duplicate texts, and passages that repeat within or across them.
#[derive(Debug, Parser)]
#[command(name = "doublon", version, max_term_width = 100)]
pub struct CommandLine {
    #[command(subcommand)]
    pub command: CommandArgs,
    #[command(flatten)]
    pub settings_file: SettingsFileArgs,
}

/// The flags that `-h` shows, so that it fits on one screen; `--help` shows all.
const COMMON: [&str; 30] = [
    "baseline",
    "decisions",
    "documents",
    "dry-run",
    "eval",
    "eval-field",
    "exclude",
    "fail-over",
    "files-from",
    "format",
    "from",
    "glob",
    "help",
    "html",
    "id-field",
    "ignore-text",
    "keep",
    "level",
    "limit",
    "memory",
    "min-words",
    "out",
    "output",
    "passages",
    "quiet",
    "remove",
    "rule",
    "text-field",
    "threads",
    "threshold",
];

/// The commands with so many flags that `-h` leaves out most.
const LONG: [&str; 5] = ["scan", "clean", "stats", "compare", "decontaminate"];

/// The same of an index.
const LONG_OF_INDEX: [&str; 3] = ["build", "add", "query"];

/// Returns the definition of the command line as its user meets it.
pub fn command() -> Command {
    let shortened = |command: Command| {
        command
            .mut_args(short_help)
            .after_help("`--help` shows all flags, with their units and examples.")
            .after_long_help("")
    };
    let all = CommandLine::command().mut_args(short_help).mut_subcommand("index", |index| {
        LONG_OF_INDEX.into_iter().fold(index, |all, name| all.mut_subcommand(name, shortened))
    });
    LONG.into_iter().fold(all, |all, name| all.mut_subcommand(name, shortened))
}

fn short_help(arg: Arg) -> Arg {
    let is_rare = arg.get_long().is_some_and(|long| !COMMON.contains(&long));
    arg.hide_short_help(is_rare)
}

/// A command and its arguments.
#[derive(Debug, Subcommand)]
pub enum CommandArgs {
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
    /// Find evaluation items in a corpus, and write it without them
    ///
    /// What a model is tested with must not be in what it is trained on. Reads the evaluation sets and then the corpus
    /// once, and tells which items stand there, how much of each, and where.
    ///
    /// Exit codes: 0 done; 1 done, and --fail-on-found holds; 2 wrong usage, or the run failed; 3 done, but some input could
    /// not be read; 4 a file changed while the copy was written. With 2 and 4, there is no copy.
    ///
    /// Example: doublon decontaminate --eval test.jsonl --eval-field question train/
    ///
    /// Example: doublon decontaminate --eval evals/ --rule tulu3 train.jsonl --out train.clean.jsonl
    Decontaminate(Box<DecontaminateArgs>),
    /// Prove that a clean copy is what it promises
    ///
    /// Reads the inputs, the copy and DIR/_doublon, and checks by code of its own: the inputs are what they were; what each
    /// removal names stays, and has the words that it must share with it; the copy is the input without what was
    /// removed; and a scan of the copy finds nothing that would go, or that is not told. Inputs are looked for at the
    /// paths by which they were cleaned, relative to the current folder.
    ///
    /// Exit codes: 0 all holds; 1 something does not, as is listed; 2 wrong usage, or the evidence cannot be read.
    ///
    /// Example: doublon verify clean/
    Verify(VerifyArgs),
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
    /// Keep what was seen, and hold new documents against it
    ///
    /// An index is a folder with what finds and measures the documents that were added, a few hundred bytes each. So
    /// this week's documents are compared with an archive that is not read again. An answer rests on a measure, as in a
    /// scan.
    ///
    /// Exit codes: 0 done; 1 `verify` found damage; 2 wrong usage, or the run failed; 3 done, but some input could not be
    /// read.
    ///
    /// Example: doublon index build seen/ archive/ && doublon index query seen/ week-48/
    Index(IndexArgs),
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

impl CommandArgs {
    /// Remembers which flags stand on the command line, for the commands that repeat or refuse them later.
    pub fn note_given(&mut self, matches: &ArgMatches) {
        match self {
            Self::Scan(args) => args.run.note_given(matches),
            Self::Clean(args) => args.run.note_given(matches),
            Self::Index(args) => args.note_given(matches),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        CommandLine::command().debug_assert();
    }

    /// All commands, those of an index among them.
    fn commands() -> Vec<Command> {
        let all = CommandLine::command();
        let of_index = all.find_subcommand("index").into_iter().flat_map(Command::get_subcommands);
        all.get_subcommands().chain(of_index).cloned().collect()
    }

    #[test]
    fn long_help_has_an_example_for_each_flag() {
        for command in commands() {
            for flag in command.get_arguments().filter(|flag| flag.get_long().is_some()) {
                let long = flag.get_long_help().map(ToString::to_string).unwrap_or_default();
                assert!(long.contains("Example: "), "{} --{}: {long}", command.get_name(), flag.get_id());
            }
        }
    }

    #[test]
    fn common_flags_are_flags_of_some_command() {
        let line = CommandLine::command();
        let is_flag = |name: &str| {
            line.get_subcommands().any(|command| command.get_arguments().any(|arg| arg.get_long() == Some(name)))
        };
        let unknown: Vec<&str> = COMMON.into_iter().filter(|name| *name != "help" && !is_flag(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn short_help_is_one_line_a_flag() {
        for command in commands() {
            for flag in command.get_arguments() {
                let short = flag.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(!short.is_empty() && !short.ends_with('.') && short.len() < 70, "{}: {short}", flag.get_id());
            }
        }
    }
}
