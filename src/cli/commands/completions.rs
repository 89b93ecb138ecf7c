//! `doublon completions`: made from the definition of the command line, so that they cannot lag behind.

use anyhow::Result;
use clap::{Args as Group, Command};
use clap_complete::Shell;

use crate::cli::exit::Outcome;
use crate::cli::output::Output;

#[derive(Debug, Group)]
pub struct CompletionsArgs {
    /// The shell to write them for
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Writes what a shell needs to complete commands.
///
/// # Errors
///
/// When the output cannot be written.
pub fn run(args: &CompletionsArgs, mut program: Command) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "doublon", &mut script);
    Output::Stdout.write(false, |out| out.write_all(&script))?;
    Ok(Outcome::Done)
}
