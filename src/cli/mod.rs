//! Arguments, commands, messages, progress. The only place that prints, reads flags or exits.
//!
//! Results go to standard output or to a file, all else to standard error. Whatever input may have put into a message
//! is made visible first.

mod args;
mod baseline;
mod clean;
mod compare;
mod config;
mod exit;
mod explain;
mod hints;
mod manual;
mod next;
mod output;
mod params;
mod progress;
mod report;
mod scan;
mod schema;
mod settings;
mod stats;
mod windows;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use self::args::{Args, Command};
use self::config::Refusal;
use self::exit::Outcome;
use crate::report::visible::visible;

/// Runs the program on its command line and returns the exit code.
pub fn run() -> ExitCode {
    #[cfg(feature = "parquet")]
    silence_guarded_panics();
    run_with(std::env::args_os())
}

/// Keeps panics silent that become a fault of the file that caused them: they are reported with its name.
#[cfg(feature = "parquet")]
fn silence_guarded_panics() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !crate::source::parquet::is_guarded() {
            print(panic);
        }
    }));
}

fn run_with(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let parsed = match config::parse(&arguments.collect::<Vec<_>>()) {
        Ok(parsed) => parsed,
        Err(Refusal::Usage(message)) => return usage(&message),
        Err(Refusal::Setting(error)) => return failure(&error),
    };
    if let Some(file) = parsed.file.as_deref().filter(|_| parsed.is_verbose()) {
        say(&format!("settings are from {file}"));
    }
    match command(&parsed.args) {
        Ok(outcome) => outcome.code(),
        Err(error) if exit::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => match error.downcast_ref() {
            Some(message) => usage(message),
            None => failure(&match config::place_of(&error, &parsed.settings) {
                Some(place) => error.context(place),
                None => error,
            }),
        },
    }
}

fn failure(error: &anyhow::Error) -> ExitCode {
    say(&format!("{error:#}"));
    exit::code_of(error).into()
}

fn command(args: &Args) -> anyhow::Result<Outcome> {
    match &args.command {
        Command::Scan(args) => scan::run(args),
        Command::Clean(args) => clean::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Report(args) => report::run(args),
        Command::Params(args) => params::run(args),
        Command::Stats(args) => stats::run(args),
        Command::Config(of) => config::run(of, args),
        Command::Man(args) => manual::man(args),
        Command::Completions(args) => manual::completions(args),
        Command::Schema(args) => schema::run(args),
    }
}

/// Prints help where it was asked for, and otherwise what is wrong with the arguments. An argument can hold anything,
/// such as the name of a file from an archive.
fn usage(message: &clap::Error) -> ExitCode {
    if message.use_stderr() {
        let message = message.to_string().replacen("error: ", "doublon: ", 1);
        let lines: Vec<_> = message.lines().map(visible).collect();
        let _ = writeln!(io::stderr(), "{}", lines.join("\n")); // nobody is left to tell
        exit::FAILURE.into()
    } else {
        let _ = message.print();
        ExitCode::SUCCESS
    }
}

/// Writes lines to standard error as they are.
fn write_plain(text: &str) {
    let _ = writeln!(io::stderr(), "{text}"); // nobody is left to tell
}

/// Tells the user something on standard error.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "doublon: {}", visible(text)); // nobody is left to tell
}
