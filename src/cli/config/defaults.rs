//! Values for flags that are not on the command line, and where they come from.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use clap::error::ErrorKind;
use clap::{Arg, Command};
use doublon::Error;

use super::file::{FileEntry, SettingsFile};
use super::flags::{is_switch, settable_flags, takes_several, variable_of};
use super::names::check_names;

/// Flags whose values are paths. In a file, they start from its folder.
const PATHS: [&str; 3] = ["tmp", "baseline", "ignore-text"];

/// Values for a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagDefault {
    /// The values, as they would stand on the command line.
    pub values: Vec<String>,
    /// Where they come from.
    pub origin: DefaultOrigin,
}

/// Where a value comes from that is not on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultOrigin {
    /// A variable of the environment.
    Variable(String),
    /// A line of a file.
    Line(String, usize),
}

impl fmt::Display for DefaultOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Line(path, line) => write!(f, "{path}:{line}"),
        }
    }
}

/// Returns the values that variables and the file set for a command, by the name of the flag.
///
/// # Errors
///
/// When the file has a name that no command knows, or a value that its flag does not take.
pub fn collect_defaults(
    definition: &Command,
    name: &str,
    file: Option<&SettingsFile>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> anyhow::Result<BTreeMap<String, FlagDefault>> {
    if let Some(file) = file {
        check_names(definition, file)?;
    }
    let command = definition.find_subcommand(name).context("no such command")?;
    let mut defaults = BTreeMap::new();
    for (flag, arg) in settable_flags(command) {
        let of_variable = of_variable(flag, arg, &variable)?;
        let of_file = || file.and_then(|file| file.entry(name, flag).map(|entry| of_entry(file, entry, flag, arg)));
        let Some(default) = of_variable.map(Ok).or_else(of_file).transpose()? else { continue };
        check_value(command, flag, &default)?;
        defaults.insert(flag.to_owned(), default);
    }
    Ok(defaults)
}

/// Returns where a refused value comes from, if it is not from the command line.
pub fn place_of(error: &anyhow::Error, defaults: &BTreeMap<String, FlagDefault>) -> Option<String> {
    let Some(Error::Core(doublon_core::Error::Parameter { name, .. })) = error.downcast_ref() else { return None };
    defaults.get(*name).map(|default| default.origin.to_string())
}

/// Reads the variable of a flag. An empty one sets nothing.
fn of_variable(
    flag: &str,
    arg: &Arg,
    variable: impl Fn(&str) -> Option<OsString>,
) -> anyhow::Result<Option<FlagDefault>> {
    let name = variable_of(flag);
    let Some(value) = variable(&name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let value = value.into_string().map_err(|_| anyhow!("{name} is not UTF-8"))?;
    let values = match (is_switch(arg), value.as_str()) {
        (true, "true" | "1") => vec!["true".to_owned()],
        (true, "false" | "0") => vec!["false".to_owned()],
        (true, _) => bail!("{name} is {value}, but it must be true or false"),
        (false, _) if takes_several(arg) => value.lines().map(str::to_owned).collect(),
        (false, _) => vec![value],
    };
    Ok(Some(FlagDefault { values, origin: DefaultOrigin::Variable(name) }))
}

fn of_entry(file: &SettingsFile, entry: &FileEntry, flag: &str, arg: &Arg) -> anyhow::Result<FlagDefault> {
    let origin = DefaultOrigin::Line(file.path.clone(), entry.line);
    if is_switch(arg) != entry.is_boolean {
        let expected = if is_switch(arg) { "true or false" } else { "a value in quotes, or a number" };
        bail!("{origin}: {flag} is {}, but it must be {expected}", entry.values.join(", "));
    }
    if entry.is_list && !takes_several(arg) && flag != "preset" {
        bail!("{origin}: {flag} is a list, but it takes one value");
    }
    let folder = Path::new(&file.path).parent().filter(|_| PATHS.contains(&flag));
    let from_file =
        |value: &String| folder.map_or_else(|| value.clone(), |f| f.join(value).to_string_lossy().into_owned());
    Ok(FlagDefault { values: entry.values.iter().map(from_file).collect(), origin })
}

/// Tries the values as if they stood on the command line.
fn check_value(command: &Command, flag: &str, default: &FlagDefault) -> anyhow::Result<()> {
    if default.values == ["true"] || default.values == ["false"] {
        return Ok(());
    }
    for value in &default.values {
        let tried = command.clone().try_get_matches_from(["doublon".to_owned(), format!("--{flag}={value}")]);
        let error = tried.err().filter(|e| matches!(e.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation));
        if let Some(error) = error {
            let told = error.to_string();
            let lines = told.lines().map(str::trim).take_while(|line| !line.starts_with("For more"));
            let told: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            bail!("{}: {}", default.origin, told.join(" ").trim_start_matches("error: "));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::command_line::CommandLine;

    fn of_file(text: &str, command: &str) -> anyhow::Result<BTreeMap<String, FlagDefault>> {
        let file = SettingsFile::parse("doublon.toml", text)?;
        collect_defaults(&CommandLine::command(), command, Some(&file), |_| None)
    }

    fn refusal(text: &str) -> String {
        of_file(text, "scan").expect_err(text).to_string()
    }

    fn values(text: &str, command: &str, flag: &str) -> Vec<String> {
        of_file(text, command).expect(text).remove(flag).map(|default| default.values).unwrap_or_default()
    }

    #[test]
    fn the_section_of_a_command_goes_before_what_stands_above() {
        let text = "threshold = 0.7\nglob = ['*.md', '*.txt']\npairs = true\n[scan]\nthreshold = 0.9\n";
        assert_eq!(values(text, "scan", "threshold"), ["0.9"]);
        assert_eq!(values(text, "params", "threshold"), ["0.7"]);
        assert_eq!(values(text, "scan", "glob"), ["*.md", "*.txt"]);
        assert_eq!(values(text, "scan", "pairs"), ["true"]);
        assert_eq!(values(text, "params", "pairs"), [""; 0]);
    }

    #[test]
    fn paths_in_a_file_start_from_its_folder() {
        let file =
            SettingsFile::parse("/up/doublon.toml", "baseline = 'b.jsonl'\ntmp = '/t'\nglob = ['x']").expect("valid");
        let found = collect_defaults(&CommandLine::command(), "scan", Some(&file), |_| None).expect("valid");
        assert_eq!(["baseline", "tmp", "glob"].map(|flag| found[flag].values[0].as_str()), ["/up/b.jsonl", "/t", "x"]);
        assert_eq!(values("baseline = 'b.jsonl'", "scan", "baseline"), ["b.jsonl"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, message) in [
            ("\ntreshold = 0.7", "doublon.toml:2: unknown setting treshold; did you mean threshold?"),
            ("xyzzy = 1", "doublon.toml:1: unknown setting xyzzy; `doublon config` lists those there are"),
            ("[scam]\nlimit = 1", "doublon.toml:2: no command [scam] takes settings; did you mean scan?"),
            (
                "[params]\nkeep = 'first'",
                "doublon.toml:2: unknown setting keep of `doublon params`; `doublon config` lists those there are",
            ),
            ("out = 'x'", "doublon.toml:1: out belongs to one run; give it as a flag"),
            ("pairs = 'yes'", "doublon.toml:1: pairs is yes, but it must be true or false"),
            ("threshold = true", "doublon.toml:1: threshold is true, but it must be a value in quotes, or a number"),
            ("keep = ['first']", "doublon.toml:1: keep is a list, but it takes one value"),
            (
                "scope = 'inside'",
                "doublon.toml:1: invalid value 'inside' for '--scope <SCOPE>' [possible values: within, across, both]",
            ),
            ("threshold = 0.7\nlimit = {}", "doublon.toml:2: limit is a table, but it must be a value"),
        ] {
            assert_eq!(refusal(text), message, "{text}");
        }
        assert!(refusal("a = 1\nb = ").starts_with("doublon.toml:2: "), "{}", refusal("a = 1\nb = "));
    }

    #[test]
    fn variables_go_before_the_file() {
        let file = SettingsFile::parse("doublon.toml", "min-words = 30\nexhaustive = true\nlimit = 5").expect("valid");
        let variable = |name: &str| match name {
            "DOUBLON_MIN_WORDS" => Some("12".into()),
            "DOUBLON_EXHAUSTIVE" => Some("0".into()),
            "DOUBLON_LIMIT" => Some("".into()),
            "DOUBLON_GLOB" => Some("*.md\n*.txt".into()),
            _ => None,
        };
        let found = collect_defaults(&CommandLine::command(), "scan", Some(&file), variable).expect("valid");
        let told: Vec<_> =
            found.iter().map(|(flag, s)| format!("{flag}={} {}", s.values.join(","), s.origin)).collect();
        let expected = [
            "exhaustive=false DOUBLON_EXHAUSTIVE",
            "glob=*.md,*.txt DOUBLON_GLOB",
            "limit=5 doublon.toml:3",
            "min-words=12 DOUBLON_MIN_WORDS",
        ];
        assert_eq!(told, expected);
        let wrong = |_: &str| Some("perhaps".into());
        let error = collect_defaults(&CommandLine::command(), "scan", None, wrong).expect_err("wrong").to_string();
        assert!(error.starts_with("DOUBLON_"), "{error}");
    }
}
