//! The index that a command compares with instead of files.

use anyhow::Result;
use doublon::finding::Parameters;
use doublon::index::Index;

use super::args::AgainstArgs;

/// Opens the index that is compared with, if there is one, and holds the settings that were given against its own.
/// `given` are the flags on the command line.
///
/// # Errors
///
/// If it cannot be opened, or has other settings.
pub fn held_index(against: &AgainstArgs, parameters: &Parameters, given: &[String]) -> Result<Option<Index>> {
    let [place] = against.paths.as_slice() else { return Ok(None) };
    if !Index::is_at(place) || parameters.config.level.passages() {
        return Ok(None); // refused with all that can be compared with instead
    }
    let index = Index::open(place)?;
    let has_flag = |name: &str| given.iter().any(|flag| flag.trim_start_matches("--").split('=').next() == Some(name));
    let is_given = |setting: &str| match setting {
        "bands" | "rows" => ["bands", "rows", "recall", "preset"].iter().any(|flag| has_flag(flag)),
        "shingle" => has_flag("shingle") || has_flag("preset"),
        other => has_flag(&other.replace('_', "-")),
    };
    index.check_given(&parameters.config, &is_given)?;
    Ok(Some(index))
}
