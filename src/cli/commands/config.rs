//! `doublon config`: what holds, and where each value comes from.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};

use anyhow::{Context, Result};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args as Group, Command, ValueEnum};
use doublon::report::visible::visible;

use crate::cli::args::SettingsFileArgs;
use crate::cli::config::{CommandLineError, FlagDefault, Resolved, is_switch, resolve, settable_flags, takes_several};
use crate::cli::exit::Outcome;
use crate::cli::output::Output;

#[derive(Debug, Group)]
pub struct ConfigArgs {
    /// The command whose settings are shown
    #[arg(value_enum, value_name = "COMMAND", default_value = "scan")]
    command: ConfiguredCommand,
    /// Flags of that command
    ///
    /// They are shown together with what is set elsewhere.
    #[arg(value_name = "FLAG", trailing_var_arg = true, allow_hyphen_values = true)]
    flags: Vec<OsString>,
}

/// Commands that take settings from elsewhere.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ConfiguredCommand {
    Scan,
    Clean,
    Report,
    Params,
    Stats,
    Compare,
}

impl ConfiguredCommand {
    fn name(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Clean => "clean",
            Self::Report => "report",
            Self::Params => "params",
            Self::Stats => "stats",
            Self::Compare => "compare",
        }
    }
}

/// Shows the settings as a file that would say the same.
///
/// # Errors
///
/// When a setting is wrong, or the output cannot be written.
pub fn run(args: &ConfigArgs, file: &SettingsFileArgs, definition: &Command) -> Result<Outcome> {
    let name = args.command.name();
    let mut arguments: Vec<OsString> = ["doublon", name].map(OsString::from).into();
    if let Some(path) = &file.config {
        arguments.extend(["--config".into(), path.into()]);
    }
    if file.no_config {
        arguments.push("--no-config".into());
    }
    arguments.extend(args.flags.iter().cloned());
    let resolved = resolved(definition, name, &arguments)?;
    let command = definition.find_subcommand(name).context("no such command")?;
    let given = resolved.matches.subcommand_matches(name).context("no such command")?;
    Output::Stdout.write(false, |out| write(command, given, &resolved, out))?;
    Ok(Outcome::Done)
}

/// Adds what has to be given for the command to do something, if that is what it lacks.
fn resolved(definition: &Command, name: &str, arguments: &[OsString]) -> Result<Resolved> {
    let inputs: &[&str] = match name {
        "clean" => &["--dry-run", "."],
        "report" => &["-"],
        "compare" => &[".", "."],
        _ => &["."],
    };
    let with_inputs: Vec<OsString> = arguments.iter().cloned().chain(inputs.iter().map(OsString::from)).collect();
    let resolved = match resolve(definition.clone(), arguments) {
        Err(CommandLineError::Usage(error)) if error.kind() == ErrorKind::MissingRequiredArgument => {
            resolve(definition.clone(), &with_inputs)
        }
        resolved => resolved,
    };
    resolved.map_err(|refusal| match refusal {
        CommandLineError::Usage(error) => error.into(),
        CommandLineError::Setting(error) => error,
    })
}

fn write(command: &Command, given: &ArgMatches, resolved: &Resolved, out: &mut dyn Write) -> io::Result<()> {
    let file = resolved
        .file
        .as_deref()
        .map_or("no doublon.toml was found".to_owned(), |file| format!("read {}", visible(file)));
    writeln!(out, "# Settings of `doublon {}`; {file}", command.get_name())?;
    let mut heading = None;
    for (name, arg) in settable_flags(command) {
        if arg.get_help_heading() != heading {
            heading = arg.get_help_heading();
            writeln!(out, "\n# {}", heading.unwrap_or("General"))?;
        }
        let (value, origin) = (value(arg, given), origin(name, arg, given, &resolved.defaults));
        match value {
            Some(value) => writeln!(out, "{:<40} # {}", format!("{name} = {}", visible(&value)), visible(&origin))?,
            None => writeln!(out, "{:<40} # {}", format!("# {name}"), default_in_words(arg))?,
        }
    }
    Ok(())
}

fn origin(name: &str, arg: &Arg, given: &ArgMatches, defaults: &BTreeMap<String, FlagDefault>) -> String {
    match given.value_source(arg.get_id().as_str()) {
        Some(ValueSource::CommandLine) => "flag".into(),
        _ => defaults.get(name).map_or("default".into(), |default| default.origin.to_string()),
    }
}

/// The value as TOML.
fn value(arg: &Arg, given: &ArgMatches) -> Option<String> {
    let id = arg.get_id().as_str();
    if is_switch(arg) {
        return Some(given.get_flag(id).to_string());
    }
    let values: Vec<String> = given.get_raw(id)?.map(|value| quoted(&value.to_string_lossy())).collect();
    if takes_several(arg) { Some(format!("[{}]", values.join(", "))) } else { values.into_iter().next() }
}

/// Numbers stand for themselves.
fn quoted(value: &str) -> String {
    let is_number = value.parse::<u64>().is_ok_and(|number| number.to_string() == value)
        || value
            .parse::<f64>()
            .is_ok_and(|number| number.is_finite() && value.contains('.') && !value.starts_with('.'));
    if is_number { value.to_owned() } else { toml::Value::String(value.to_owned()).to_string() }
}

/// What the help says of a value that is not set.
fn default_in_words(arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let told = help.split_once("[default: ").and_then(|(_, rest)| rest.split_once(']'));
    told.map_or("not set".into(), |(value, _)| format!("default: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_toml() {
        assert_eq!(
            ["20", "0.8", "256MiB", "a\"b", "1e3", "007"].map(quoted),
            ["20", "0.8", "\"256MiB\"", "'a\"b'", "\"1e3\"", "\"007\""]
        );
    }
}
