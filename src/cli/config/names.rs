//! Refuses names in the file that no command knows, and suggests the nearest one.

use anyhow::{Context, bail};
use clap::Command;

use super::file::SettingsFile;
use super::flags::{COMMANDS, OF_ONE_RUN, settable_flags};

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

fn suggestion(name: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|known| (distance(name, known), *known)).min();
    match nearest.filter(|(distance, known)| *distance * 3 <= known.len().max(name.len())) {
        Some((_, known)) => format!("; did you mean {known}?"),
        None => "; `doublon config` lists those there are".to_owned(),
    }
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
    use super::*;

    #[test]
    fn names_are_compared_letter_by_letter() {
        assert_eq!(
            [("", "ab"), ("abc", "abc"), ("abd", "abc"), ("bc", "abc")].map(|(a, b)| distance(a, b)),
            [2, 0, 1, 1]
        );
    }
}
