//! `doublon man`: made from the definition of the command line, so that it cannot lag behind.

use std::io::Write;

use anyhow::{Result, bail};
use clap::{Args as Group, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::exit::Outcome;
use crate::cli::output::Output;

/// What the paragraph on exit codes begins with.
const EXIT_CODES: &str = "Exit codes:";

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
    let (description, codes) = without_exit_codes(&page);
    let synopsis = synopsis(page.clone());
    let (has_commands, has_version) = (page.has_subcommands(), page.get_version().is_some());
    let source = format!("doublon {}", env!("CARGO_PKG_VERSION"));
    let page = Man::new(page.long_about(description).display_name(name)).source(source).manual("doublon");
    Output::Stdout.write(false, |out| {
        let mut out: &mut dyn Write = out;
        page.render_title(&mut out)?;
        page.render_name_section(&mut out)?;
        section("SYNOPSIS", &[(None, synopsis)]).to_writer(&mut out)?;
        page.render_description_section(&mut out)?;
        page.render_options_section(&mut out)?;
        if has_commands {
            page.render_subcommands_section(&mut out)?;
        }
        if !codes.is_empty() {
            section("EXIT STATUS", &codes).to_writer(&mut out)?;
        }
        if has_version { page.render_version_section(&mut out) } else { Ok(()) }
    })?;
    Ok(Outcome::Done)
}

/// Terms with what they mean, and texts without a term.
type Terms = Vec<(Option<String>, String)>;

fn section(title: &str, terms: &[(Option<String>, String)]) -> Roff {
    let mut section = Roff::new();
    section.control("SH", [title]);
    for (term, text) in terms {
        if let Some(term) = term {
            section.control("TP", []).text([bold(term)]);
        }
        section.text([roman(text)]);
    }
    section
}

/// Returns how the command is called: its arguments, and that there are options.
fn synopsis(mut command: Command) -> String {
    let usage = command.render_usage().to_string();
    usage.trim_start_matches("Usage:").trim().to_owned()
}

/// Takes the paragraph on exit codes out of the description of a command.
fn without_exit_codes(command: &Command) -> (String, Terms) {
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let (codes, rest): (Vec<&str>, Vec<&str>) =
        about.split("\n\n").partition(|paragraph| paragraph.starts_with(EXIT_CODES));
    let term = |code: &str| {
        let (number, meaning) = code.trim().split_once(' ').unwrap_or((code, ""));
        (Some(number.to_owned()), meaning.trim_end_matches('.').to_owned())
    };
    let codes = codes.iter().flat_map(|paragraph| paragraph[EXIT_CODES.len()..].split(';')).map(term).collect();
    (rest.join("\n\n"), codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_become_a_section_of_their_own() {
        let command = Command::new("x").long_about("Does it.\n\nExit codes: 0 done; 2 wrong usage.\n\nExample: x");
        let (rest, codes) = without_exit_codes(&command);
        let code = |number: &str, meaning: &str| (Some(number.to_owned()), meaning.to_owned());
        assert_eq!(
            (rest.as_str(), codes),
            ("Does it.\n\nExample: x", vec![code("0", "done"), code("2", "wrong usage")])
        );
    }
}
