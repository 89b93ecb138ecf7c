//! `doublon man`: made from the definition of the command line, so that it cannot lag behind.

use anyhow::{Result, bail};
use clap::{Args as Group, Command};

use crate::cli::exit::Outcome;
use crate::cli::output::Output;

#[derive(Debug, Group)]
pub struct ManArgs {
    /// The command to describe; the program as a whole if none is given
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Writes a manual page.
///
/// # Errors
///
/// When there is no such command, or the output cannot be written.
pub fn run(args: &ManArgs, mut program: Command) -> Result<Outcome> {
    program.build();
    let (page, name) = match args.command.as_deref() {
        None => (program, "doublon".to_owned()),
        Some(name) => match program.find_subcommand(name) {
            Some(command) => (command.clone(), format!("doublon-{name}")),
            None => bail!("doublon has no command {name}; `doublon --help` lists those there are"),
        },
    };
    let page = clap_mangen::Man::new(page.display_name(name));
    Output::Stdout.write(false, |mut out| page.render(&mut out))?;
    Ok(Outcome::Done)
}
