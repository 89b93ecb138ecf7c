//! `doublon completions`: made from the definition of the command line, so that they cannot lag behind.
//!
//! What a flag takes is told to the shell where the definition does not say it: policies and encodings, which are checked
//! elsewhere, and whether a value is a file, a folder or neither. A shell offers files for whatever it does not know.

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use clap::{Arg, Args as Group, Command, ValueHint};
use clap_complete::Shell;

use crate::cli::exit::Outcome;
use crate::cli::output::Output;

#[derive(Debug, Group)]
pub struct CompletionsArgs {
    /// The shell to write them for
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// What `--keep` takes; those that end in a colon go on.
const POLICIES: [&str; 10] =
    ["first", "longest", "shortest", "newest", "oldest", "max:", "min:", "prefer:", "given-order", "none"];

/// The encodings of the Encoding Standard, by the names that it gives them.
const ENCODINGS: [&str; 39] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "ibm866",
    "iso-8859-2",
    "iso-8859-3",
    "iso-8859-4",
    "iso-8859-5",
    "iso-8859-6",
    "iso-8859-7",
    "iso-8859-8",
    "iso-8859-8-i",
    "iso-8859-10",
    "iso-8859-13",
    "iso-8859-14",
    "iso-8859-15",
    "iso-8859-16",
    "koi8-r",
    "koi8-u",
    "macintosh",
    "windows-874",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "x-mac-cyrillic",
    "gbk",
    "gb18030",
    "big5",
    "euc-jp",
    "iso-2022-jp",
    "shift_jis",
    "euc-kr",
    "x-user-defined",
];

/// The commands, for `doublon man COMMAND`.
const COMMANDS: [&str; 14] = [
    "decontaminate",
    "scan",
    "clean",
    "verify",
    "compare",
    "explain",
    "index",
    "report",
    "stats",
    "params",
    "config",
    "schema",
    "completions",
    "man",
];

/// Writes what a shell needs to complete commands and their values.
///
/// # Errors
///
/// When the output cannot be written.
pub fn run(args: &CompletionsArgs, program: Command) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut told(program), "doublon", &mut script);
    Output::Stdout.write(false, |out| out.write_all(&script))?;
    Ok(Outcome::Done)
}

/// Returns the definition with all that a shell should know of values.
fn told(program: Command) -> Command {
    program.mut_args(told_value).mut_subcommands(|command| command.mut_args(told_value))
}

/// Returns an argument with what it takes.
fn told_value(arg: Arg) -> Arg {
    let takes_value = arg.get_action().takes_values();
    let name = arg.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str()).to_owned();
    let id = arg.get_id().as_str().to_owned();
    match (id.as_str(), name.as_str()) {
        _ if !takes_value || !arg.get_possible_values().is_empty() => arg,
        ("keep", _) => arg.value_parser(PossibleValuesParser::new(POLICIES)),
        ("encoding", _) => arg.value_parser(PossibleValuesParser::new(ENCODINGS)),
        ("command", _) => arg.value_parser(PossibleValuesParser::new(COMMANDS)),
        // Of one file, a copy is a file; tables are a folder.
        ("out" | "output", _) => arg.value_hint(ValueHint::AnyPath),
        (_, "FILE" | "LIST" | "FINDINGS") | ("findings", _) => arg.value_hint(ValueHint::FilePath),
        (_, "DIR") => arg.value_hint(ValueHint::DirPath),
        (_, "PATH" | "A" | "B") => arg.value_hint(ValueHint::AnyPath),
        _ => arg.value_hint(ValueHint::Other),
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use clap::CommandFactory;
    use doublon_core::Keep;
    use encoding_rs::Encoding;

    use super::*;
    use crate::cli::command_line::CommandLine;

    #[test]
    fn what_is_offered_is_taken() {
        for policy in POLICIES {
            let policy = if policy.ends_with(':') { format!("{policy}x") } else { policy.to_owned() };
            assert!(Keep::from_str(&policy).is_ok(), "{policy}");
        }
        for label in ENCODINGS {
            let found = Encoding::for_label(label.as_bytes()).map(|encoding| encoding.name().to_ascii_lowercase());
            assert_eq!(found.as_deref(), Some(label));
        }
        let definition = CommandLine::command();
        let mut commands: Vec<&str> = definition.get_subcommands().map(Command::get_name).collect();
        let mut offered = COMMANDS;
        commands.sort_unstable();
        offered.sort_unstable();
        assert_eq!(commands, offered);
    }

    #[test]
    fn a_value_is_offered_only_where_it_may_stand() {
        let program = told(CommandLine::command());
        let of = |command: &str, id: &str| {
            let command = program.find_subcommand(command).expect("a command");
            command.get_arguments().find(|arg| arg.get_id() == id).unwrap_or_else(|| panic!("no {id}")).clone()
        };
        let values = |arg: &Arg| arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        let values: Vec<Vec<String>> =
            [of("scan", "keep"), of("clean", "encoding"), of("man", "command")].iter().map(values).collect();
        assert!(values[0].contains(&"prefer:".to_owned()) && values[1].contains(&"shift_jis".to_owned()), "{values:?}");
        assert!(values[2].contains(&"clean".to_owned()), "{values:?}");
        let hints =
            [("scan", "text_field"), ("clean", "decisions"), ("scan", "tmp"), ("scan", "paths"), ("scan", "output")];
        let found = hints.map(|(command, id)| of(command, id).get_value_hint());
        let expected =
            [ValueHint::Other, ValueHint::FilePath, ValueHint::DirPath, ValueHint::AnyPath, ValueHint::AnyPath];
        assert_eq!(found, expected);
        for command in program.get_subcommands() {
            for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values()) {
                let is_told = arg.get_value_hint() != ValueHint::Unknown || !arg.get_possible_values().is_empty();
                assert!(is_told, "{} {}", command.get_name(), arg.get_id());
            }
        }
    }
}
