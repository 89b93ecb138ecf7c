//! Arguments, commands, messages, progress. The only place that prints, reads flags or exits.
//!
//! It is the program, and stands in the library for those alone who bring the program along, as the package of Python does:
//! what it offers may change with any version.
//!
//! Results go to standard output or to a file, all else to standard error.
//!
//! The files form floors, and each uses lower floors only:
//!
//! ```text
//! 6  program, named              parse, dispatch, exit code; the settings by their names, for other front ends
//! 5  command_line                the commands and their arguments, as one definition
//! 4  commands/                   a file for each command: its arguments, and what it does
//! 3  render, baseline, copying, hints, next, progress, saved
//! 2  args/                       groups of flags
//! 1  config/                     settings from files and variables
//!    exit, interrupt, output, say   how a run ends, where results go, what is told
//! ```

// The comments of arguments are their help, which is no Markdown.
#![allow(rustdoc::bare_urls, rustdoc::broken_intra_doc_links)]

mod args;
mod baseline;
mod command_line;
mod commands;
mod config;
mod copying;
mod course;
mod exit;
mod facts;
mod held;
mod hints;
mod interrupt;
pub mod named;
mod next;
mod output;
mod plan;
mod program;
mod progress;
mod render;
mod resume;
mod saved;
mod say;

pub use self::interrupt::listen;
pub use self::program::{main, run, silence_guarded_panics};
