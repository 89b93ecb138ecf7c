//! Removes settings from elsewhere that the command line replaces, directly or by a flag that stands for them.

use std::collections::BTreeMap;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use doublon_core::candidate::presets::{document_preset, passage_preset};

use super::defaults::FlagDefault;

/// Flags which, on the command line, stand for others from elsewhere.
const INSTEAD_OF: [(&str, &[&str]); 3] =
    [("recall", &["bands", "rows"]), ("quiet", &["verbose"]), ("verbose", &["quiet"])];
const OF_DOCUMENT_PRESETS: [&str; 5] = ["threshold", "recall", "bands", "rows", "shingle"];
const OF_PASSAGE_PRESETS: [&str; 4] = ["window", "window-shingle", "window-bands", "window-rows"];

/// Returns whether a flag stands on the command line.
pub fn is_given(flag: &str, given: &ArgMatches) -> bool {
    let id = flag.replace('-', "_");
    given.ids().any(|known| known.as_str() == id) && given.value_source(&id) == Some(ValueSource::CommandLine)
}

/// Removes what flags of the command line stand for: `--recall` replaces bands, and `--preset` the values that it sets.
pub fn give_way(defaults: &mut BTreeMap<String, FlagDefault>, given: &ArgMatches) {
    let is_given = |flag: &str| is_given(flag, given);
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
        defaults.remove(flag);
    }
}

/// Leaves the preset that `params` is about: it takes one for documents or one for passages, where a scan takes both.
pub fn fit_presets(defaults: &mut BTreeMap<String, FlagDefault>, is_of_passages: bool) {
    let Some(mut preset) = defaults.remove("preset") else { return };
    preset.values.retain(|name| passage_preset(name).is_some() == is_of_passages);
    if !preset.values.is_empty() {
        defaults.insert("preset".to_owned(), preset);
    }
}

/// Removes what the command line sets itself.
pub fn without_given(defaults: &mut BTreeMap<String, FlagDefault>, command: &Command, given: &ArgMatches) {
    for arg in command.get_arguments() {
        let is_given = given.try_contains_id(arg.get_id().as_str()).is_ok()
            && given.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
        if let Some(name) = arg.get_long().filter(|_| is_given) {
            defaults.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::config::defaults::DefaultOrigin;

    #[test]
    fn params_takes_the_preset_that_it_is_about() {
        let of = |is_of_passages| {
            let values = ["fineweb", "fast"].map(str::to_owned).into();
            let preset = FlagDefault { values, origin: DefaultOrigin::Variable("DOUBLON_PRESET".to_owned()) };
            let mut found = BTreeMap::from([("preset".to_owned(), preset)]);
            fit_presets(&mut found, is_of_passages);
            found["preset"].values.join(" ")
        };
        assert_eq!((of(false), of(true)), ("fineweb".into(), "fast".into()));
    }
}
