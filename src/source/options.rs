//! How sources are read.

use std::ops::Deref;

use doublon_core::Keep;

use crate::finding::InputOptions;

/// How sources are read: the input options, and which value is read besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceOptions {
    input: InputOptions,
    /// The field of a record whose value decides which of several duplicates stays, if one does.
    pub(super) value_field: Option<String>,
    /// Whether the metadata of records is not read, where it costs more than what else is read of them.
    pub(super) omits_metadata: bool,
}

impl SourceOptions {
    /// Takes up the options of a run that chooses by `keep`.
    pub fn new(input: &InputOptions, keep: &Keep) -> Self {
        Self { input: input.clone(), value_field: keep.field().map(str::to_owned), omits_metadata: false }
    }

    /// Returns the options for a reading that names no record in a report.
    #[must_use]
    pub fn without_metadata(&self) -> Self {
        Self { omits_metadata: true, ..self.clone() }
    }

    /// Returns the input options.
    pub fn input(&self) -> &InputOptions {
        &self.input
    }
}

impl From<InputOptions> for SourceOptions {
    fn from(input: InputOptions) -> Self {
        Self { input, value_field: None, omits_metadata: false }
    }
}

impl Deref for SourceOptions {
    type Target = InputOptions;

    fn deref(&self) -> &InputOptions {
        &self.input
    }
}
