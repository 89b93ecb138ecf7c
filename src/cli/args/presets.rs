//! `--preset`: settings that have a name.

use clap::builder::PossibleValuesParser;
use doublon::Result;
use doublon_core::candidate::presets::{DOCUMENT_PRESETS, PASSAGE_PRESETS, Preset, document_preset, passage_preset};
use doublon_core::sketch::WindowParameters;

use super::value::refused;

/// Returns the parser of `--preset`, which lets only known names pass.
pub fn preset_names() -> PossibleValuesParser {
    let documents = DOCUMENT_PRESETS.iter().map(|preset| preset.name);
    documents.chain(PASSAGE_PRESETS.map(|(name, _)| name)).into()
}

/// The presets that a run starts from.
#[derive(Default)]
pub struct Presets {
    pub documents: Option<&'static Preset>,
    pub windows: Option<WindowParameters>,
}

impl Presets {
    /// Looks up names that [`preset_names`] has let pass.
    ///
    /// # Errors
    ///
    /// When two of them are for documents, or two for passages.
    pub fn named(names: &[String]) -> Result<Self> {
        let mut presets = Self::default();
        for name in names {
            let is_second = match (document_preset(name), passage_preset(name)) {
                (Some(preset), _) => presets.documents.replace(preset).is_some(),
                (None, windows) => std::mem::replace(&mut presets.windows, windows).is_some(),
            };
            if is_second {
                let expected = "at most one name for documents and one for passages";
                return Err(refused("preset", &names.join(" and "), expected));
            }
        }
        Ok(presets)
    }
}
