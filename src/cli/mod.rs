//! Arguments, commands, messages, progress. The only place that prints, reads flags or exits.
//!
//! Results go to standard output or to a file, all else to standard error.
//!
//! The files form floors, and each uses lower floors only:
//!
//! ```text
//! 5  program                     parse, dispatch, exit code
//! 4  command_line                the commands and their arguments, as one definition
//! 3  commands/                   a file for each command: its arguments, and what it does
//! 2  render, baseline, hints, next, progress, saved
//! 1  args/, config/              groups of flags; settings from files and variables
//!    exit, output, say           how a run ends, where results go, what is told
//! ```

mod args;
mod baseline;
mod command_line;
mod commands;
mod config;
mod exit;
mod hints;
mod next;
mod output;
mod program;
mod progress;
mod render;
mod saved;
mod say;

pub use self::program::run;
