//! Reads the command line with its settings, runs the command, and turns the result into an exit code.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, FromArgMatches};
use doublon::Error;
use doublon::report::visible::visible;

use super::command_line::{self, CommandArgs, CommandLine};
use super::commands::{
    clean, compare, completions, config, decontaminate, explain, index, man, params, report, scan, schema, stats,
    verify,
};
use super::config::{CommandLineError, Resolved, place_of, resolve};
use super::exit::{self, Outcome};
use super::interrupt;
use super::say::{say, write_plain};

/// Runs the program as it was started, and returns the exit code.
pub fn main() -> u8 {
    silence_guarded_panics();
    interrupt::listen();
    run(std::env::args_os())
}

/// Runs the program on its command line, of which the first is its name, and returns the exit code.
pub fn run(arguments: impl Iterator<Item = OsString>) -> u8 {
    match parse(&spelled_out(arguments)) {
        Ok((line, resolved)) => run_parsed(&line, &resolved),
        Err(CommandLineError::Usage(message)) => usage(&message),
        Err(CommandLineError::Setting(error)) => failure(&error),
    }
}

/// Keeps panics silent that become a fault of the file that caused them: they are reported with its name.
pub fn silence_guarded_panics() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !doublon::source::is_guarded() {
            print(panic);
        }
    }));
}

fn run_parsed(line: &CommandLine, resolved: &Resolved) -> u8 {
    if let Some(file) = resolved.file.as_deref().filter(|_| resolved.tells_file()) {
        say(&format!("settings are from {file}"));
    }
    resolved.notes.iter().for_each(|note| say(note));
    match command(line) {
        Ok(outcome) => outcome.code(),
        Err(error) if exit::is_closed_pipe(&error) => exit::SUCCESS,
        Err(error) => match error.downcast_ref() {
            Some(message) => usage(message),
            None => failure(&match place_of(&error, &resolved.defaults) {
                Some(place) => error.context(place),
                None => error,
            }),
        },
    }
}

/// Returns arguments with what `--json` is short for in its place. Behind `--` it is a path.
fn spelled_out(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut is_path = false;
    let long = |argument: OsString| {
        is_path |= argument == "--";
        if argument == "--json" && !is_path { "--format=json".into() } else { argument }
    };
    arguments.map(long).collect()
}

/// Reads the command line, and what is set elsewhere for its command.
fn parse(arguments: &[OsString]) -> Result<(CommandLine, Resolved), CommandLineError> {
    let resolved = resolve(command_line::command(), arguments)?;
    let mut line = CommandLine::from_arg_matches(&resolved.matches)?;
    if let Some((_, given)) = resolved.matches.subcommand() {
        line.command.note_given(given);
    }
    Ok((line, resolved))
}

fn command(line: &CommandLine) -> anyhow::Result<Outcome> {
    match &line.command {
        CommandArgs::Scan(args) => scan::run(args),
        CommandArgs::Clean(args) => clean::run(args),
        CommandArgs::Decontaminate(args) => decontaminate::run(args),
        CommandArgs::Compare(args) => compare::run(args),
        CommandArgs::Explain(args) => explain::run(args),
        CommandArgs::Index(args) => index::run(args),
        CommandArgs::Report(args) => report::run(args),
        CommandArgs::Params(args) => params::run(args),
        CommandArgs::Stats(args) => stats::run(args),
        CommandArgs::Config(args) => config::run(args, &line.settings_file, &CommandLine::command()),
        CommandArgs::Man(args) => man::run(args, CommandLine::command()),
        CommandArgs::Completions(args) => completions::run(args, CommandLine::command()),
        CommandArgs::Schema(args) => schema::run(args),
        CommandArgs::Verify(args) => verify::run(args),
    }
}

fn failure(error: &anyhow::Error) -> u8 {
    match error.downcast_ref() {
        Some(Error::Cancelled) => say("interrupted; no file was written"),
        _ => say(&told(error)),
    }
    exit::code_of(error)
}

/// Returns what is wrong and its causes, each once: some say their cause themselves.
fn told(error: &anyhow::Error) -> String {
    error
        .chain()
        .skip(1)
        .map(ToString::to_string)
        .fold(error.to_string(), |told, cause| if told.ends_with(&cause) { told } else { format!("{told}: {cause}") })
}

/// Prints help where it was asked for, and otherwise what is wrong with the arguments. An argument can hold anything,
/// such as the name of a file from an archive.
fn usage(message: &clap::Error) -> u8 {
    if let Some(path) = path_for_command(message) {
        say(&format!("{path} is no command; to look for duplicates in it: doublon scan {path}"));
        exit::FAILURE
    } else if message.use_stderr() {
        let message = message.to_string().replacen("error: ", "doublon: ", 1);
        let lines: Vec<_> = message.lines().map(visible).collect();
        write_plain(&lines.join("\n"));
        exit::FAILURE
    } else {
        let _ = message.print();
        exit::SUCCESS
    }
}

/// Returns what stands in place of a command, if it is a path.
fn path_for_command(message: &clap::Error) -> Option<String> {
    match message.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(given)) if Path::new(given).exists() => Some(given.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod faults;

#[cfg(test)]
mod tests {
    use super::scan::ScanArgs;
    use super::*;

    /// The arguments of a command line with a file above it.
    fn parsed(flags: &str, file: &str) -> ScanArgs {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("any.toml");
        std::fs::write(&path, file).expect("writable");
        let arguments = ["doublon", "scan", "a", "--config"].map(OsString::from).into_iter();
        let arguments = arguments.chain([path.into_os_string()]).chain(flags.split_whitespace().map(Into::into));
        match parse(&arguments.collect::<Vec<_>>()).map_err(|_| flags).expect("valid").0.command {
            CommandArgs::Scan(args) => *args,
            _ => unreachable!("the command is scan"),
        }
    }

    #[test]
    fn json_is_short_for_its_format() {
        let spelled = |line: &str| spelled_out(line.split(' ').map(OsString::from)).join(" ".as_ref());
        assert_eq!(spelled("doublon scan --json a -- --json"), "doublon scan --format=json a -- --json");
    }

    #[test]
    fn flags_go_before_the_file_and_what_they_stand_for_too() {
        let of = |flags, file| parsed(flags, file).parameters().expect("valid").config;
        assert!((of("--threshold 0.9", "threshold = 0.7").threshold - 0.9).abs() < 1e-9);
        assert!((of("", "threshold = 0.7").threshold - 0.7).abs() < 1e-9);
        assert_eq!(of("", "bands = 14\nrows = 8").bands, 14);
        assert_eq!(of("--recall 0.99", "bands = 14\nrows = 8").bands, 12);
        assert_eq!(of("--preset fineweb", "threshold = 0.7\nmin-words = 9").bands, 14);
        assert!((of("--preset fineweb", "threshold = 0.7").threshold - 0.75).abs() < 1e-9);
        assert!((of("--preset fast", "threshold = 0.7").threshold - 0.7).abs() < 1e-9);
        assert!(of("", "pairs = true").pairs && !of("", "pairs = false").pairs);
        let glob = parsed("--glob *.txt", "glob = ['*.md']").parameters().expect("valid").input.glob;
        assert_eq!(glob, ["*.txt"]);
        assert!(!parsed("-v", "quiet = true").messages.quiet);
    }
}
