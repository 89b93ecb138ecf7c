//! The program: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    doublon::cli::silence_guarded_panics();
    doublon::cli::listen();
    doublon::cli::run(std::env::args_os()).into()
}
