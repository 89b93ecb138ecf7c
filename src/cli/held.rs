//! The index that a command compares with instead of files.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use doublon::finding::{InputOptions, Parameters, Sink, Summary};
use doublon::index::Index;
use doublon::scan::{Progress, Resources};
use doublon::{Config, Level, Scope};

use super::args::AgainstArgs;

/// Opens the index that is compared with, if there is one, and holds the settings that were given against its own.
/// `given` are the flags on the command line.
///
/// # Errors
///
/// If it cannot be opened, or has other settings.
pub fn held_index(against: &AgainstArgs, parameters: &Parameters, given: &[String]) -> Result<Option<Index>> {
    let [place] = against.paths.as_slice() else { return Ok(None) };
    if !Index::is_at(place) {
        return Ok(None);
    }
    refuse_unheld(place, &parameters.config)?;
    let index = Index::open(place)?;
    let is_given = |setting: &str| match setting {
        "bands" | "rows" => has_any_flag(given, &["bands", "rows", "recall", "preset"]),
        "shingle" => has_any_flag(given, &["shingle", "preset"]),
        other => has_any_flag(given, &[&other.replace('_', "-")]),
    };
    index.check_given(&parameters.config, &is_given)?;
    Ok(Some(index))
}

/// Asks an index for what its level says that `config` is to find.
///
/// # Errors
///
/// If the index cannot be read, or finds no such passages.
pub fn ask(
    index: &Index,
    paths: &[PathBuf],
    config: &Config,
    input: &InputOptions,
    resources: &Resources,
    progress: &dyn Progress,
    sink: &mut (dyn Sink + Send),
) -> doublon::Result<Summary> {
    match config.level {
        Level::Documents => index.against(paths, input, resources, progress, sink),
        Level::Passages => index.passages(paths, config, input, resources, progress, sink),
        Level::All => index.against_with_passages(paths, config, input, resources, progress, sink),
    }
}

/// Refuses settings that an index cannot meet, and says what to do.
fn refuse_unheld(place: &Path, config: &Config) -> Result<()> {
    let (flag, why) = if config.containment.is_some() {
        ("containment", "which finds documents by their similarity")
    } else if !config.known_text.is_none() {
        ("ignore-text", "which holds the texts with all that they have")
    } else if config.pairs {
        ("pairs", "which tells of each document the one that it repeats")
    } else if config.isolate {
        ("isolate", "of which no document is compared with another")
    } else if config.level.passages() && config.scope == Scope::Within {
        ("scope", "with which documents are compared, and not with themselves")
    } else {
        return Ok(());
    };
    bail!(
        "{} is an index, {why}: leave --{flag} out, or compare with the old files (--against OLD --{flag})",
        place.display()
    )
}

/// Returns the settings by which a command looks for passages in an index: its own, but for what `parameters` say of which
/// passages count, and for windows if they were given.
///
/// # Errors
///
/// If they do not go together.
pub fn passage_config(index: &Index, parameters: &Parameters, given: &[String]) -> Result<Config> {
    let (own, wanted) = (index.config(), &parameters.config);
    let has_windows = has_any_flag(given, &["window", "window-shingle", "window-bands", "window-rows", "preset"]);
    let mut windows = if has_windows { wanted.windows } else { own.windows };
    windows.exhaustive = wanted.windows.exhaustive;
    let builder = own.to_builder().level(wanted.level).unit(wanted.unit).windows(windows);
    Ok(builder.min_words(wanted.min_words).min_identity(wanted.min_identity).build()?)
}

fn has_any_flag(given: &[String], names: &[&str]) -> bool {
    let name_of = |flag: &String| flag.trim_start_matches("--").split('=').next().unwrap_or_default().to_owned();
    given.iter().any(|flag| names.contains(&name_of(flag).as_str()))
}
