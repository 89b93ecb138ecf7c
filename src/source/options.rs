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
}

impl SourceOptions {
    /// Takes up the options of a run that chooses by `keep`.
    pub fn new(input: &InputOptions, keep: &Keep) -> Self {
        Self { input: input.clone(), value_field: keep.field().map(str::to_owned) }
    }

    /// Returns the input options.
    pub fn input(&self) -> &InputOptions {
        &self.input
    }
}

impl From<InputOptions> for SourceOptions {
    fn from(input: InputOptions) -> Self {
        Self { input, value_field: None }
    }
}

impl Deref for SourceOptions {
    type Target = InputOptions;

    fn deref(&self) -> &InputOptions {
        &self.input
    }
}
