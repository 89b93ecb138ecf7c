//! Settings by their names, for front ends in other languages: the names are those of flags, with underscores for hyphens,
//! and so are the values and all rules on which go together. Nothing but the given settings counts, no file and no variable.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::error::ErrorKind;
use clap::{Arg, Args, Command, FromArgMatches};
use doublon::InputOptions;
use doublon::finding::{Parameters, Summary};
use doublon::index::Index;
use doublon::rewrite::CleanSummary;
use doublon::scan::{Cancel, Progress, Resources};

use super::args::{AgainstArgs, InputArgs, LimitArgs, ListArgs, MessageArgs, RenderArgs};
use super::command_line::{self, CommandArgs, CommandLine};
use super::commands::clean::run_silently;
use super::commands::scan::ScanArgs;
use super::config::{for_units, is_switch, nearest, takes_several};

/// A value of a setting.
#[derive(Clone, Debug)]
pub enum NamedValue {
    /// Whether a switch is on.
    Switch(bool),
    /// A value.
    Value(OsString),
    /// Several of them.
    Values(Vec<OsString>),
}

/// Settings, each with its name.
pub type NamedSettings = [(String, NamedValue)];

/// A setting that there is not, or a value that it cannot have.
#[derive(Debug)]
pub struct SettingError(String);

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SettingError {}

/// What is scanned, and how.
#[derive(Debug)]
pub struct NamedScan {
    /// All paths that are read.
    pub paths: Vec<PathBuf>,
    /// What determines the result.
    pub parameters: Parameters,
    /// What the run may use.
    pub resources: Resources,
}

/// Returns what a scan of files at `paths` with these settings does.
///
/// # Errors
///
/// [`SettingError`] if a setting is wrong; or if a list of paths cannot be read, or a pattern matches nothing.
pub fn scan_of_files(paths: &[PathBuf], settings: &NamedSettings) -> Result<NamedScan> {
    let args = scan_args(paths, settings)?;
    let (mut parameters, resources) = (args.parameters()?, args.run.resources()?);
    let paths = args.lists.compared_paths(&args.paths, &args.against, &mut parameters)?;
    Ok(NamedScan { paths, parameters, resources })
}

/// Returns what a scan of texts in memory with these settings does; there are no paths.
///
/// # Errors
///
/// [`SettingError`] if a setting is wrong, or says how files are read.
pub fn scan_of_texts(settings: &NamedSettings) -> Result<NamedScan> {
    if let Some((name, _)) = settings.iter().find(|(name, _)| is_of_files(&flag_of(name))) {
        return Err(SettingError(format!("{name} says which files are read and how, and there are no files")).into());
    }
    let args = scan_args(&[PathBuf::from("-")], settings)?;
    Ok(NamedScan { paths: Vec::new(), parameters: args.parameters()?, resources: args.run.resources()? })
}

/// What a clean copy is told with.
#[derive(Debug)]
pub struct NamedClean {
    /// The counts of what was found.
    pub found: Summary,
    /// The counts of the copy.
    pub copy: CleanSummary,
}

/// Writes a clean copy as `doublon clean` does, and prints nothing.
///
/// # Errors
///
/// [`SettingError`] if a setting is wrong; or as the command, or if it is ended by `cancel`. There is no output then.
pub fn clean(
    paths: &[PathBuf],
    settings: &NamedSettings,
    cancel: Cancel,
    progress: &dyn Progress,
) -> Result<NamedClean> {
    match parse("clean", paths, settings)? {
        CommandArgs::Clean(mut args) => {
            args.run.end_by(cancel);
            let (facts, copy) = run_silently(&args, progress)?;
            Ok(NamedClean { found: facts.summary, copy })
        }
        _ => Err(SettingError("it is no clean copy".to_owned()).into()),
    }
}

/// A saved index, and how files are read for it.
pub struct NamedIndex {
    /// The index.
    pub index: Index,
    /// How files are found and read.
    pub input: InputOptions,
    /// What a run may use.
    pub resources: Resources,
}

/// Opens the index in the folder `place`, or makes one that has these settings.
///
/// # Errors
///
/// [`SettingError`] if a setting is wrong; if the index has other settings than these, as far as some are given; or if it
/// cannot be opened or made.
pub fn index(place: &Path, settings: &NamedSettings) -> Result<NamedIndex> {
    if settings.iter().any(|(name, _)| name == "level") {
        return Err(SettingError("an index has documents only; leave level out".to_owned()).into());
    }
    let level = [("level".to_owned(), NamedValue::Value("documents".into()))];
    let of_settings = |settings: &NamedSettings| scan_of_files(&[PathBuf::from("-")], settings);
    let NamedScan { parameters: Parameters { config, input }, resources, .. } =
        of_settings(&[settings, level.as_slice()].concat())?;
    let index = if Index::is_at(place) { Index::open(place)? } else { Index::create(place, &config)? };
    if config != of_settings(&level)?.parameters.config {
        index.check_config(&config)?;
    }
    Ok(NamedIndex { index, input, resources })
}

fn scan_args(paths: &[PathBuf], settings: &NamedSettings) -> Result<ScanArgs> {
    match parse("scan", paths, settings)? {
        CommandArgs::Scan(args) => Ok(*args),
        _ => Err(SettingError("it is no scan".to_owned()).into()),
    }
}

/// Makes a command line of settings, and reads it.
fn parse(name: &'static str, paths: &[PathBuf], settings: &NamedSettings) -> Result<CommandArgs, SettingError> {
    let definition = command_line::command();
    let known = definition.find_subcommand(name).map(settings_of).unwrap_or_default();
    let mut line: Vec<OsString> = ["doublon", name, "--quiet"].map(OsString::from).into();
    for (name, value) in settings {
        line.extend(flags(name, value, &known)?);
    }
    line.push("--".into());
    line.extend(paths.iter().map(OsString::from));
    let has_unit = settings.iter().any(|(name, _)| name == "unit");
    let definition = if has_unit { definition.mut_subcommand(name, for_units) } else { definition };
    let wrong = |error: clap::Error| SettingError(message(&error));
    let matches = definition.try_get_matches_from(line).map_err(wrong)?;
    let mut command = CommandLine::from_arg_matches(&matches).map_err(wrong)?.command;
    if let Some((_, given)) = matches.subcommand() {
        command.note_given(given);
    }
    Ok(command)
}

/// The flags of a command that determine what it does, and not what it prints.
fn settings_of(command: &Command) -> Vec<(String, Arg)> {
    let printing = MessageArgs::augment_args(LimitArgs::augment_args(RenderArgs::augment_args(Command::new("print"))));
    let prints = |name: &str| {
        // A plan is of a copy, and not printed here; what a scan keeps to go on with lies beside its report.
        ["help", "version", "config", "no-config", "format", "output"].contains(&name)
            || name == "resume" && command.get_name() == "scan"
            || printing.get_arguments().any(|arg| arg.get_long() == Some(name))
    };
    let named = command.get_arguments().filter_map(|arg| Some((arg.get_long()?.to_owned(), arg.clone())));
    named.filter(|(name, _)| !prints(name)).collect()
}

/// Returns the flags that stand for a setting.
fn flags(name: &str, value: &NamedValue, known: &[(String, Arg)]) -> Result<Vec<OsString>, SettingError> {
    let flag = flag_of(name);
    let Some((_, arg)) = known.iter().find(|(known, _)| *known == flag) else {
        let names: Vec<String> = known.iter().map(|(name, _)| name.replace('-', "_")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let hint = nearest(name, &names).map_or_else(
            || format!("; there are {}", names.join(", ")),
            |nearest| format!("; did you mean {nearest}?"),
        );
        return Err(SettingError(format!("unknown setting {name}{hint}")));
    };
    let given = |value: &OsString| {
        let mut given = OsString::from(format!("--{flag}="));
        given.push(value);
        given
    };
    match value {
        NamedValue::Switch(is_on) if is_switch(arg) => {
            Ok(is_on.then(|| format!("--{flag}").into()).into_iter().collect())
        }
        _ if is_switch(arg) => Err(SettingError(format!("{name} is a switch, so it must be True or False"))),
        NamedValue::Switch(_) => Err(SettingError(format!("{name} is no switch: it takes a value"))),
        NamedValue::Value(value) => Ok(vec![given(value)]),
        NamedValue::Values(values) if takes_several(arg) => Ok(values.iter().map(given).collect()),
        NamedValue::Values(_) => Err(SettingError(format!("{name} takes one value, and not several"))),
    }
}

/// Returns the flag of a setting. A name that a language keeps for itself may have an underscore behind it.
fn flag_of(name: &str) -> String {
    name.strip_suffix('_').unwrap_or(name).replace('_', "-")
}

/// Returns whether a setting means nothing where there are no files.
fn is_of_files(flag: &str) -> bool {
    let input = AgainstArgs::augment_args(ListArgs::augment_args(InputArgs::augment_args(Command::new("input"))));
    let is_input = input.get_arguments().any(|arg| arg.get_long() == Some(flag));
    flag == "isolate" || is_input && !["text-field", "id-field"].contains(&flag)
}

/// Says what clap says, in names of settings.
fn message(error: &clap::Error) -> String {
    let all = error.render().to_string();
    let lines: Vec<&str> = all.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let told = without_dashes(lines.join(" ").trim_start_matches("error: "));
    match error.kind() {
        ErrorKind::MissingRequiredArgument => told.replace("<PATH>...", "paths"),
        _ => told,
    }
}

/// Replaces `--min-words <N>` by `min_words`.
fn without_dashes(text: &str) -> String {
    let mut parts = text.split("--");
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        told.push_str(&name.replace('-', "_"));
        let value = rest.strip_prefix(" <").or_else(|| rest.strip_prefix("=<"));
        told.push_str(value.and_then(|value| value.split_once('>')).map_or(rest, |(_, rest)| rest));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> NamedValue {
        NamedValue::Value(text.into())
    }

    fn refusal(name: &str, value: NamedValue) -> String {
        scan_of_files(&["data/seed".into()], &[(name.to_owned(), value)]).expect_err(name).to_string()
    }

    #[test]
    fn settings_are_those_of_the_flags() {
        let settings = [
            ("threshold", value("70%")),
            ("min_words", value("30")),
            ("pairs", NamedValue::Switch(true)),
            ("exact", NamedValue::Switch(false)),
            ("text_field", NamedValue::Values(vec!["a".into(), "b".into()])),
            ("memory", value("64MiB")),
            ("level", value("documents")),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        let found = scan_of_files(&["data/seed".into()], &settings).expect("valid");
        let Parameters { config, input } = found.parameters;
        assert_eq!((config.threshold, config.min_words, config.pairs, config.exact), (0.7, 30, true, false));
        assert_eq!((input.text_field.names().len(), found.resources.memory), (2, Some(64 << 20)));
        assert!(!config.level.passages());
        assert_eq!(scan_of_texts(&settings).expect("valid").parameters.config, config);
    }

    #[test]
    fn a_unit_of_one_word_is_a_unit() {
        let unit = scan_of_texts(&[("unit".to_owned(), value("line"))]).expect("valid");
        assert_eq!(unit.parameters.config.min_words, 1);
    }

    #[test]
    fn wrong_settings_are_told_by_their_names() {
        assert_eq!(refusal("treshold", value("0.7")), "unknown setting treshold; did you mean threshold?");
        assert_eq!(
            refusal("threshold", value("x")),
            "invalid value 'x' for 'threshold': it must be a number such as 0.8, or a percentage such as 80%"
        );
        assert_eq!(
            refusal("scope", value("x")),
            "invalid value 'x' for 'scope' [possible values: within, across, both]"
        );
        assert_eq!(refusal("exact", value("x")), "exact is a switch, so it must be True or False");
        assert_eq!(refusal("keep", NamedValue::Switch(true)), "keep is no switch: it takes a value");
        assert_eq!(refusal("seed", NamedValue::Values(Vec::new())), "seed takes one value, and not several");
        assert_eq!(refusal("bands", value("5")), "the following required arguments were not provided: rows");
        assert!(refusal("quiet", NamedValue::Switch(true)).starts_with("unknown setting quiet"));
        assert!(refusal("resume", NamedValue::Switch(true)).starts_with("unknown setting resume"));
        assert!(refusal("zzzzzzzzzz", value("")).contains("; there are "));
    }

    #[test]
    fn settings_of_files_are_refused_where_there_are_none() {
        for name in ["glob", "hidden", "encoding", "against", "isolate", "no_header"] {
            let refused = scan_of_texts(&[(name.to_owned(), value("x"))]).expect_err(name).to_string();
            assert_eq!(refused, format!("{name} says which files are read and how, and there are no files"));
        }
    }

    #[test]
    fn a_clean_copy_has_an_output() {
        let refused = clean(&["data/seed".into()], &[], Cancel::default(), &()).expect_err("no output").to_string();
        assert_eq!(refused, "the following required arguments were not provided: out");
        let dry = [("dry_run".to_owned(), NamedValue::Switch(true))];
        let told = clean(&["data/seed".into()], &dry, Cancel::default(), &()).expect("valid");
        assert_eq!((told.copy.documents, told.found.kept), (1, 1));
    }
}
