//! Reads a command line, with the settings from elsewhere as defaults of its flags.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{ArgMatches, Command};

use super::defaults::{FlagDefault, collect_defaults};
use super::file::SettingsFile;
use super::flags::COMMANDS;
use super::names::unknown_variables;
use super::precedence::{fit_presets, give_way, is_given, without_given};

/// A command line that has been read, and where its values come from.
pub struct Resolved {
    /// The values of all flags, given or default.
    pub matches: ArgMatches,
    /// The values that are not on the command line, by the name of their flag.
    pub defaults: BTreeMap<String, FlagDefault>,
    /// The file that was read.
    pub file: Option<String>,
    /// What is to be told of settings that set nothing.
    pub notes: Vec<String>,
}

impl Resolved {
    /// Returns whether it is told which file was read. One that was found may have come with an archive; one that was named
    /// the user knows.
    pub fn tells_file(&self) -> bool {
        let Some((_, given)) = self.matches.subcommand() else { return false };
        let is_set = |flag: &str| given.try_get_one::<bool>(flag).ok().flatten().is_some_and(|&is_set| is_set);
        is_set("verbose") || !is_set("quiet") && given.get_one::<PathBuf>("config").is_none()
    }
}

/// Why a command line could not be read.
pub enum CommandLineError {
    /// The command line is wrong, or asks for help.
    Usage(clap::Error),
    /// A setting from elsewhere is wrong.
    Setting(anyhow::Error),
}

impl From<clap::Error> for CommandLineError {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error)
    }
}

impl From<anyhow::Error> for CommandLineError {
    fn from(error: anyhow::Error) -> Self {
        Self::Setting(error)
    }
}

/// Reads a command line by its definition, and what is set elsewhere for its command.
///
/// # Errors
///
/// When the command line or a setting from elsewhere is wrong.
pub fn resolve(definition: Command, arguments: &[OsString]) -> Result<Resolved, CommandLineError> {
    let matches = definition.clone().try_get_matches_from(arguments)?;
    let Some((name, given)) = matches.subcommand().filter(|(name, _)| COMMANDS.contains(name)) else {
        return Ok(Resolved { matches, defaults: BTreeMap::new(), file: None, notes: Vec::new() });
    };
    let named = given.get_one::<PathBuf>("config").map(PathBuf::as_path);
    let file = SettingsFile::of(named, given.get_flag("no_config"))?;
    let variables = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let notes = unknown_variables(&definition, variables);
    let mut defaults = collect_defaults(&definition, name, file.as_ref(), |variable| env::var_os(variable))?;
    give_way(&mut defaults, given);
    if name == "params" {
        fit_presets(&mut defaults, given.get_flag("passages"));
    }
    let has_unit = defaults.contains_key("unit") || is_given("unit", given);
    let definition = definition.mut_subcommand(name, |command| {
        let command = if has_unit { for_units(command) } else { command };
        with_defaults(command, &defaults)
    });
    if let Some(command) = definition.find_subcommand(name) {
        without_given(&mut defaults, command, given);
    }
    let matches = definition.try_get_matches_from(arguments)?;
    Ok(Resolved { matches, defaults, file: file.map(|file| file.path), notes })
}

/// Returns a command whose passages are whole units: one of a single word is a unit.
pub fn for_units(command: Command) -> Command {
    command.mut_arg("min_words", |arg| arg.default_value("1"))
}

/// Makes these values the defaults of a command. Defaults are exempt from the rules on which flags go together.
fn with_defaults(command: Command, defaults: &BTreeMap<String, FlagDefault>) -> Command {
    defaults.iter().fold(command, |command, (flag, default)| {
        // The definition lives as long as the program.
        let values = default.values.iter().map(|value| &*String::leak(value.clone()));
        let values: Vec<&'static OsStr> = values.map(OsStr::new).collect();
        command.mut_arg(flag.replace('-', "_"), |arg| arg.default_values(values))
    })
}
