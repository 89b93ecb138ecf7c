//! What the places of all documents are decided with.

use std::collections::BTreeSet;

use doublon_core::text::{PassageUnit, Tokenizer};

use super::index::SourceIndex;
use super::options::CleanOptions;
use super::places::{FoundFamily, PlannedFamily};
use super::plan::{Plan, PlannedSource};
use super::runs::CutRules;
use crate::error::Error;
use crate::source::SourceOptions;

/// The families of a plan, and how their places are cut.
pub(super) struct PassageContext {
    pub options: CleanOptions,
    pub rules: CutRules,
    pub reading: SourceOptions,
    pub tokenizer: Tokenizer,
    /// The unit in which texts were compared, if whole units were.
    pub unit: Option<PassageUnit>,
    pub index: SourceIndex,
    pub families: Vec<PlannedFamily>,
    /// The documents for which others are removed, or in which places stay for earlier cuts.
    pub keepers: BTreeSet<(usize, u64)>,
}

impl PassageContext {
    /// Takes the families of which two places or more are in documents that stay. Words are hashed by `seed`.
    pub fn new(
        options: CleanOptions,
        index: SourceIndex,
        keepers: BTreeSet<(usize, u64)>,
        found: Vec<FoundFamily>,
        plan: &Plan,
        seed: u64,
    ) -> Self {
        let (config, input) = (&plan.parameters.config, &plan.parameters.input);
        Self {
            options,
            rules: CutRules {
                edge: options.cut_at,
                least: config.min_words,
                threshold: config.threshold,
                cut_other_data: options.cut_other_data,
            },
            reading: input.clone().into(),
            tokenizer: Tokenizer::new(config.text, seed),
            unit: config.unit,
            families: found.into_iter().filter_map(|family| PlannedFamily::new(family, plan)).collect(),
            index,
            keepers,
        }
    }
}

/// The error that a text does not have what was found in it.
pub(super) fn not_there(planned: &PlannedSource, record: u64) -> Error {
    Error::Changed {
        path: planned.source.path.clone(),
        detail: format!("record {record} does not have the passage that was found in it"),
    }
}
