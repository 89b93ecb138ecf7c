//! Which flags can be set elsewhere, and of what kind they are.

use clap::{Arg, ArgAction, Command};

/// Commands that take settings from elsewhere.
pub const COMMANDS: [&str; 7] = ["scan", "clean", "report", "params", "stats", "compare", "decontaminate"];

/// Flags that belong to one run: what they name, or what they allow, is not for a file to decide that lies about.
pub const OF_ONE_RUN: [&str; 13] = [
    "help",
    "version",
    "add",
    "config",
    "no-config",
    "from",
    "decisions",
    "eval",
    "out",
    "output",
    "overwrite",
    "dry-run",
    "allow-wipeout",
];

/// Returns the flags that may be set elsewhere.
pub fn settable_flags(command: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    // `passages` is another thing in `clean`, and `format` in all others.
    let is_other = |name: &str| [("params", "passages"), ("clean", "format")].contains(&(command.get_name(), name));
    let named = command.get_arguments().filter_map(|arg| Some((arg.get_long()?, arg)));
    named.filter(move |(name, arg)| !OF_ONE_RUN.contains(name) && !arg.is_hide_set() && !is_other(name))
}

/// Returns whether a flag takes no value.
pub fn is_switch(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue)
}

/// Returns whether a flag may be given several times.
pub fn takes_several(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

/// Returns the name of the variable that sets a flag.
pub fn variable_of(flag: &str) -> String {
    format!("DOUBLON_{}", flag.to_ascii_uppercase().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::command_line::CommandLine;

    #[test]
    fn every_flag_may_be_set_or_belongs_to_one_run() {
        let definition = CommandLine::command();
        for command in COMMANDS.iter().filter_map(|name| definition.find_subcommand(name)) {
            for arg in command.get_arguments() {
                let Some(name) = arg.get_long() else { continue };
                assert_eq!(name.replace('-', "_"), arg.get_id().as_str(), "the id of a flag is its name");
                let action = arg.get_action();
                let is_known = matches!(action, ArgAction::Set | ArgAction::SetTrue | ArgAction::Append);
                assert!(is_known || OF_ONE_RUN.contains(&name), "{name}");
            }
        }
    }
}
