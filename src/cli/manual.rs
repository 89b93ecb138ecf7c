//! `doublon man` and `doublon completions`: made from the definition of the command line, so that they cannot lag behind.

use anyhow::{Result, bail};
use clap::{Args as Group, CommandFactory};
use clap_complete::Shell;

use super::args::Args;
use super::exit::Outcome;
use super::output::Output;

#[derive(Debug, Group)]
pub struct ManArgs {
    /// The command to describe; the program as a whole if none is given
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

#[derive(Debug, Group)]
pub struct CompletionsArgs {
    /// The shell to write them for
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Writes a manual page.
///
/// # Errors
///
/// When there is no such command, or the output cannot be written.
pub fn man(args: &ManArgs) -> Result<Outcome> {
    let mut program = Args::command();
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

/// Writes what a shell needs to complete commands.
///
/// # Errors
///
/// When the output cannot be written.
pub fn completions(args: &CompletionsArgs) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "doublon", &mut script);
    Output::Stdout.write(false, |out| out.write_all(&script))?;
    Ok(Outcome::Done)
}
