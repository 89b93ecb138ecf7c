//! Arguments, commands, messages, progress. The only place that prints, reads flags or exits.
//!
//! Results go to standard output or to a file, all else to standard error. Whatever input may have put into a message
//! is made visible first.

mod args;
mod clean;
mod exit;
mod output;
mod params;
mod progress;
mod report;
mod scan;
mod settings;
mod stats;
mod windows;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use self::args::{Args, Command};
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
    let outcome = match Args::try_parse_from(arguments) {
        Ok(args) => command(&args.command),
        Err(message) => return usage(&message),
    };
    match outcome {
        Ok(outcome) => outcome.code(),
        Err(error) if exit::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{error:#}"));
            exit::code_of(&error).into()
        }
    }
}

fn command(command: &Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Scan(args) => scan::run(args),
        Command::Clean(args) => clean::run(args),
        Command::Report(args) => report::run(args),
        Command::Params(args) => params::run(args),
        Command::Stats(args) => stats::run(args),
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

/// Tells the user something on standard error.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "doublon: {}", visible(text)); // nobody is left to tell
}
