//! Settings that are not on the command line: `doublon.toml`, and variables of the environment.
//!
//! A key is the name of a flag, and its value becomes the default of that flag, so that all that is said of flags holds
//! for it and the command line goes before it. Flags go before variables, variables before the file, and the file before
//! the defaults of the program. In the file, what stands in the section of a command goes before what stands above.
//!
//! The file is looked for in the current folder and those above it, never in what is scanned.

mod file;
mod show;

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args as Group, Command, CommandFactory, FromArgMatches};

use self::file::{Entry, File};
pub use self::show::{ConfigArgs, run};
use super::args::{Args, RunArgs};
use crate::error::Error;
use doublon_core::candidate::presets::{document_preset, passage_preset};

/// Commands that take settings from elsewhere.
const COMMANDS: [&str; 6] = ["scan", "clean", "report", "params", "stats", "compare"];

/// Flags that belong to one run: what they name, or what they allow, is not for a file to decide that lies about.
const OF_ONE_RUN: [&str; 10] =
    ["help", "version", "config", "no-config", "from", "out", "output", "overwrite", "dry-run", "allow-wipeout"];

/// Flags whose values are paths. In a file, they start from its folder.
const PATHS: [&str; 2] = ["tmp", "baseline"];

/// Flags which, on the command line, stand for others from elsewhere.
const INSTEAD_OF: [(&str, &[&str]); 3] =
    [("recall", &["bands", "rows"]), ("quiet", &["verbose"]), ("verbose", &["quiet"])];
const OF_DOCUMENT_PRESETS: [&str; 5] = ["threshold", "recall", "bands", "rows", "shingle"];
const OF_PASSAGE_PRESETS: [&str; 4] = ["window", "window-shingle", "window-bands", "window-rows"];

/// What was asked for, and where the values come from.
pub struct Parsed {
    /// What was asked for.
    pub args: Args,
    /// The values that are not on the command line, by the name of their flag.
    pub settings: BTreeMap<String, Setting>,
    /// What the command line says, in the way in which the parser of the command sees it.
    pub matches: ArgMatches,
    /// The file that was read.
    pub file: Option<String>,
}

impl Parsed {
    /// Returns whether the user wants to know more.
    pub fn is_verbose(&self) -> bool {
        let verbose = self.matches.subcommand().map(|(_, given)| given.try_get_one::<bool>("verbose"));
        verbose.and_then(Result::ok).flatten().is_some_and(|&verbose| verbose)
    }
}

/// Values for a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The values, as they would stand on the command line.
    pub values: Vec<String>,
    /// Where they come from.
    pub origin: Origin,
}

/// Where a value comes from that is not on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A variable of the environment.
    Variable(String),
    /// A line of a file.
    Line(String, usize),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Line(path, line) => write!(f, "{path}:{line}"),
        }
    }
}

/// Why there are no arguments.
pub enum Refusal {
    /// The command line is wrong, or asks for help.
    Usage(clap::Error),
    /// A setting from elsewhere is wrong.
    Setting(anyhow::Error),
}

impl From<clap::Error> for Refusal {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error)
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        Self::Setting(error)
    }
}

/// Reads the command line, and what is set elsewhere for its command.
pub fn parse(arguments: &[OsString]) -> Result<Parsed, Refusal> {
    parse_as(Args::command(), arguments)
}

/// As [`parse`] does, for a definition of the command line.
fn parse_as(definition: Command, arguments: &[OsString]) -> Result<Parsed, Refusal> {
    let matches = definition.clone().try_get_matches_from(arguments)?;
    let Some((name, given)) = matches.subcommand().filter(|(name, _)| COMMANDS.contains(name)) else {
        let (settings, file) = (BTreeMap::new(), None);
        return Ok(Parsed { args: Args::from_arg_matches(&matches)?, settings, matches, file });
    };
    let file =
        File::of(given.get_one::<std::path::PathBuf>("config").map(|path| &**path), given.get_flag("no_config"))?;
    let mut settings = settings(&definition, name, file.as_ref(), |variable| env::var_os(variable))?;
    give_way(&mut settings, given);
    if name == "params" {
        fit_presets(&mut settings, given.get_flag("passages"));
    }
    let definition = definition.mut_subcommand(name, |command| with_defaults(command, &settings));
    if let Some(command) = definition.find_subcommand(name) {
        without_given(&mut settings, command, given);
    }
    let matches = definition.try_get_matches_from(arguments)?;
    let mut args = Args::from_arg_matches(&matches)?;
    if let Some((_, given)) = matches.subcommand() {
        match &mut args.command {
            super::args::Command::Scan(scan) => scan.run.given = again(given),
            super::args::Command::Clean(clean) => clean.run.given = again(given),
            _ => {}
        }
    }
    Ok(Parsed { args, settings, matches, file: file.map(|file| file.path) })
}

/// The flags of a command line that say how to read and compare, as they would be given again.
fn again(given: &ArgMatches) -> Vec<String> {
    let run = RunArgs::augment_args(Command::new("run")).arg(Arg::new("config").long("config"));
    let mut again = Vec::new();
    for arg in
        run.get_arguments().filter(|arg| given.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine))
    {
        let name = arg.get_long().unwrap_or_default();
        if is_switch(arg) {
            again.push(format!("--{name}"));
        } else {
            let values = given.get_raw(arg.get_id().as_str()).into_iter().flatten();
            again.extend(values.map(|value| format!("--{name}={}", value.to_string_lossy())));
        }
    }
    again
}

/// Says where a value comes from that was refused, if it is not from the command line.
pub fn place_of(error: &anyhow::Error, settings: &BTreeMap<String, Setting>) -> Option<String> {
    let Some(Error::Core(doublon_core::Error::Parameter { name, .. })) = error.downcast_ref() else { return None };
    settings.get(*name).map(|setting| setting.origin.to_string())
}

/// Leaves out what a flag of the command line says already.
fn without_given(settings: &mut BTreeMap<String, Setting>, command: &Command, given: &ArgMatches) {
    for arg in command.get_arguments() {
        let is_given = given.try_contains_id(arg.get_id().as_str()).is_ok()
            && given.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
        if let Some(name) = arg.get_long().filter(|_| is_given) {
            settings.remove(name);
        }
    }
}

/// Returns the flags that may be set elsewhere.
fn flags(command: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    // `passages` is another thing in `clean`.
    let is_question = |name: &str| command.get_name() == "params" && name == "passages";
    let named = command.get_arguments().filter_map(|arg| Some((arg.get_long()?, arg)));
    named.filter(move |(name, arg)| !OF_ONE_RUN.contains(name) && !arg.is_hide_set() && !is_question(name))
}

fn settings(
    definition: &Command,
    name: &str,
    file: Option<&File>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> anyhow::Result<BTreeMap<String, Setting>> {
    if let Some(file) = file {
        check_names(definition, file)?;
    }
    let command = definition.find_subcommand(name).context("no such command")?;
    let mut settings = BTreeMap::new();
    for (flag, arg) in flags(command) {
        let of_variable = of_variable(flag, arg, &variable)?;
        let of_file = || file.and_then(|file| file.entry(name, flag).map(|entry| of_entry(file, entry, flag, arg)));
        let Some(setting) = of_variable.map(Ok).or_else(of_file).transpose()? else { continue };
        check_value(command, flag, &setting)?;
        settings.insert(flag.to_owned(), setting);
    }
    Ok(settings)
}

/// The name of the variable that sets a flag.
fn variable_of(flag: &str) -> String {
    format!("DOUBLON_{}", flag.to_ascii_uppercase().replace('-', "_"))
}

/// A variable that is empty sets nothing.
fn of_variable(flag: &str, arg: &Arg, variable: impl Fn(&str) -> Option<OsString>) -> anyhow::Result<Option<Setting>> {
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
    Ok(Some(Setting { values, origin: Origin::Variable(name) }))
}

fn of_entry(file: &File, entry: &Entry, flag: &str, arg: &Arg) -> anyhow::Result<Setting> {
    let origin = Origin::Line(file.path.clone(), entry.line);
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
    Ok(Setting { values: entry.values.iter().map(from_file).collect(), origin })
}

fn is_switch(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue)
}

fn takes_several(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

/// Tries the values as if they stood on the command line.
fn check_value(command: &Command, flag: &str, setting: &Setting) -> anyhow::Result<()> {
    if setting.values == ["true"] || setting.values == ["false"] {
        return Ok(());
    }
    for value in &setting.values {
        let tried = command.clone().try_get_matches_from(["doublon".to_owned(), format!("--{flag}={value}")]);
        let error = tried.err().filter(|e| matches!(e.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation));
        if let Some(error) = error {
            let told = error.to_string();
            let lines = told.lines().map(str::trim).take_while(|line| !line.starts_with("For more"));
            let told: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            bail!("{}: {}", setting.origin, told.join(" ").trim_start_matches("error: "));
        }
    }
    Ok(())
}

/// Refuses what no command knows.
fn check_names(definition: &Command, file: &File) -> anyhow::Result<()> {
    let commands: Vec<&Command> = COMMANDS.iter().filter_map(|name| definition.find_subcommand(name)).collect();
    let of_any: Vec<&str> = commands.iter().flat_map(|command| flags(command)).map(|(name, _)| name).collect();
    for (section, entry) in file.entries() {
        let place = format!("{}:{}", file.path, entry.line);
        let known = match section {
            None => of_any.clone(),
            Some(section) => {
                let names: Vec<&str> = commands.iter().map(|command| command.get_name()).collect();
                let of_section = commands.iter().find(|command| command.get_name() == section).with_context(|| {
                    format!("{place}: no command [{section}] takes settings{}", suggestion(section, &names))
                })?;
                flags(of_section).map(|(name, _)| name).collect()
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

/// Takes away what the command line stands for.
fn give_way(settings: &mut BTreeMap<String, Setting>, given: &ArgMatches) {
    let is_given = |flag: &str| {
        let id = flag.replace('-', "_");
        given.ids().any(|known| known.as_str() == id) && given.value_source(&id) == Some(ValueSource::CommandLine)
    };
    let mut gone: Vec<&str> = Vec::new();
    for (flag, others) in INSTEAD_OF {
        gone.extend(others.iter().filter(|_| is_given(flag)));
    }
    if is_given("preset") {
        for preset in given.get_many::<String>("preset").into_iter().flatten() {
            gone.extend(OF_DOCUMENT_PRESETS.iter().filter(|_| document_preset(preset).is_some()));
            gone.extend(OF_PASSAGE_PRESETS.iter().filter(|_| passage_preset(preset).is_some()));
        }
    }
    for flag in gone {
        settings.remove(flag);
    }
}

/// Leaves the preset that `params` is about: it takes one for documents or one for passages, where a scan takes both.
fn fit_presets(settings: &mut BTreeMap<String, Setting>, is_of_passages: bool) {
    let Some(mut preset) = settings.remove("preset") else { return };
    preset.values.retain(|name| passage_preset(name).is_some() == is_of_passages);
    if !preset.values.is_empty() {
        settings.insert("preset".to_owned(), preset);
    }
}

/// The definition of a command with these values as defaults. A default is not asked what it goes together with.
fn with_defaults(command: Command, settings: &BTreeMap<String, Setting>) -> Command {
    settings.iter().fold(command, |command, (flag, setting)| {
        // The definition lives as long as the program.
        let values = setting.values.iter().map(|value| &*String::leak(value.clone()));
        let values: Vec<&'static OsStr> = values.map(OsStr::new).collect();
        command.mut_arg(flag.replace('-', "_"), |arg| arg.default_values(values))
    })
}

/// Returns the folder in which looking for a file ends.
fn home() -> Option<std::path::PathBuf> {
    env::home_dir().filter(|home| home.is_absolute())
}

/// Returns a path for people: relative to `folder`, if it lies in it.
fn shown(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_file(text: &str, command: &str) -> anyhow::Result<BTreeMap<String, Setting>> {
        let file = File::parse("doublon.toml", text)?;
        settings(&Args::command(), command, Some(&file), |_| None)
    }

    fn refusal(text: &str) -> String {
        of_file(text, "scan").expect_err(text).to_string()
    }

    fn values(text: &str, command: &str, flag: &str) -> Vec<String> {
        of_file(text, command).expect(text).remove(flag).map(|setting| setting.values).unwrap_or_default()
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
        let file = File::parse("/up/doublon.toml", "baseline = 'b.jsonl'\ntmp = '/t'\nglob = ['x']").expect("valid");
        let found = settings(&Args::command(), "scan", Some(&file), |_| None).expect("valid");
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
        let file = File::parse("doublon.toml", "min-words = 30\nexhaustive = true\nlimit = 5").expect("valid");
        let variable = |name: &str| match name {
            "DOUBLON_MIN_WORDS" => Some("12".into()),
            "DOUBLON_EXHAUSTIVE" => Some("0".into()),
            "DOUBLON_LIMIT" => Some("".into()),
            "DOUBLON_GLOB" => Some("*.md\n*.txt".into()),
            _ => None,
        };
        let found = settings(&Args::command(), "scan", Some(&file), variable).expect("valid");
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
        let error = settings(&Args::command(), "scan", None, wrong).expect_err("wrong").to_string();
        assert!(error.starts_with("DOUBLON_"), "{error}");
    }

    /// The arguments of a command line with a file above it.
    fn parsed(flags: &str, file: &str) -> super::super::args::ScanArgs {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("any.toml");
        std::fs::write(&path, file).expect("writable");
        let arguments = ["doublon", "scan", "a", "--config"].map(OsString::from).into_iter();
        let arguments = arguments.chain([path.into_os_string()]).chain(flags.split_whitespace().map(Into::into));
        match parse(&arguments.collect::<Vec<_>>()).map_err(|_| flags).expect("valid").args.command {
            super::super::args::Command::Scan(args) => *args,
            _ => unreachable!("the command is scan"),
        }
    }

    #[test]
    fn flags_go_before_the_file_and_what_they_stand_for_too() {
        let of = |flags, file| parsed(flags, file).parameters().expect("valid").config;
        assert!((of("--threshold 0.9", "threshold = 0.7").threshold - 0.9).abs() < 1e-9);
        assert!((of("", "threshold = 0.7").threshold - 0.7).abs() < 1e-9);
        assert_eq!(of("", "bands = 14\nrows = 8").bands, 14);
        assert_eq!(of("--recall 0.99", "bands = 14\nrows = 8").bands, 12);
        assert_eq!(of("--preset fineweb", "threshold = 0.7\nmin-words = 9").bands, 14);
        assert!((of("--preset fineweb", "threshold = 0.7").threshold - 0.75).abs() < 1e-9);
        assert!((of("--preset fast", "threshold = 0.7").threshold - 0.7).abs() < 1e-9);
        assert!(of("", "pairs = true").pairs && !of("", "pairs = false").pairs);
        let glob = parsed("--glob *.txt", "glob = ['*.md']").parameters().expect("valid").input.glob;
        assert_eq!(glob, ["*.txt"]);
        assert!(!parsed("-v", "quiet = true").messages.quiet);
    }

    #[test]
    fn params_takes_the_preset_that_it_is_about() {
        let of = |is_of_passages| {
            let mut found = of_file("preset = ['fineweb', 'fast']", "params").expect("valid");
            fit_presets(&mut found, is_of_passages);
            found["preset"].values.join(" ")
        };
        assert_eq!((of(false), of(true)), ("fineweb".into(), "fast".into()));
    }

    #[test]
    fn every_flag_may_be_set_or_belongs_to_one_run() {
        let definition = Args::command();
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

    #[test]
    fn names_are_compared_letter_by_letter() {
        assert_eq!(
            [("", "ab"), ("abc", "abc"), ("abd", "abc"), ("bc", "abc")].map(|(a, b)| distance(a, b)),
            [2, 0, 1, 1]
        );
    }
}
