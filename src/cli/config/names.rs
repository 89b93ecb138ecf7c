//! Refuses names in the file that no command knows, and suggests the nearest one.

use std::env;

use anyhow::{Context, bail};
use clap::Command;

use super::file::SettingsFile;
use super::flags::{COMMANDS, OF_ONE_RUN, settable_flags, variable_of};

/// Refuses sections and keys that no command knows.
pub fn check_names(definition: &Command, file: &SettingsFile) -> anyhow::Result<()> {
    let commands: Vec<&Command> = COMMANDS.iter().filter_map(|name| definition.find_subcommand(name)).collect();
    let of_any: Vec<&str> = commands.iter().flat_map(|command| settable_flags(command)).map(|(name, _)| name).collect();
    for (section, entry) in file.entries() {
        let place = format!("{}:{}", file.path, entry.line);
        let known = match section {
            None => of_any.clone(),
            Some(section) => {
                let names: Vec<&str> = commands.iter().map(|command| command.get_name()).collect();
                let of_section = commands.iter().find(|command| command.get_name() == section).with_context(|| {
                    format!("{place}: no command [{section}] takes settings{}", suggestion(section, &names))
                })?;
                settable_flags(of_section).map(|(name, _)| name).collect()
            }
        };
        if known.contains(&entry.name.as_str()) {
            continue;
        }
        if OF_ONE_RUN.contains(&entry.name.as_str()) {
            bail!("{place}: {} belongs to one run; give it as a flag", entry.name);
        }
        let of_command = section.map(|section| format!(" of `doublon {section}`")).unwrap_or_default();
        bail!("{place}: unknown setting {}{of_command}{}", entry.name, suggestion(&entry.name, &known));
    }
    Ok(())
}

/// Returns what is to be told of variables of the environment that are named like settings and are none. They may be for
/// another version, so they end no run.
pub fn unknown_variables(definition: &Command, names: impl Iterator<Item = String>) -> Vec<String> {
    let commands = COMMANDS.iter().filter_map(|name| definition.find_subcommand(name));
    let mut known: Vec<String> = commands.flat_map(settable_flags).map(|(name, _)| variable_of(name)).collect();
    known.push("DOUBLON_CONFIG".to_owned());
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let mut unknown: Vec<String> =
        names.filter(|name| name.starts_with("DOUBLON_") && !known.contains(&name.as_str())).collect();
    unknown.sort();
    unknown.iter().map(|name| format!("{name} sets nothing{}", suggestion(name, &known))).collect()
}

/// Returns the variables of the environment that are named like settings and hold something, in order.
pub fn set_variables() -> Vec<String> {
    let set = env::vars_os().filter(|(_, value)| !value.is_empty()).filter_map(|(name, _)| name.into_string().ok());
    let mut names: Vec<String> = set.filter(|name| name.starts_with("DOUBLON_")).collect();
    names.sort();
    names
}

fn suggestion(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(known) => format!("; did you mean {known}?"),
        None => "; `doublon config` lists those there are".to_owned(),
    }
}

/// Returns the one of the known names that is most like another name, if it is much like it.
pub fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let nearest = known.iter().map(|known| (distance(name, known), *known)).min();
    nearest.filter(|(distance, known)| *distance * 3 <= known.len().max(name.len())).map(|(_, known)| known)
}

/// The least number of letters to insert, leave out or replace to make one name of another (Levenshtein 1966).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            let nearest = replaced.min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], nearest);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::command_line::CommandLine;

    #[test]
    fn variables_that_set_nothing_are_told() {
        let names = ["DOUBLON_TRESHOLD", "DOUBLON_THRESHOLD", "DOUBLON_CONFIG", "HOME", "DOUBLON_XYZZY"];
        let told = unknown_variables(&CommandLine::command(), names.into_iter().map(str::to_owned));
        let expected = [
            "DOUBLON_TRESHOLD sets nothing; did you mean DOUBLON_THRESHOLD?",
            "DOUBLON_XYZZY sets nothing; `doublon config` lists those there are",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn names_are_compared_letter_by_letter() {
        assert_eq!(
            [("", "ab"), ("abc", "abc"), ("abd", "abc"), ("bc", "abc")].map(|(a, b)| distance(a, b)),
            [2, 0, 1, 1]
        );
    }
}
