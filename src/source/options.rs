//! How sources are read.

use std::ops::Deref;

use doublon_core::Keep;

use crate::finding::InputOptions;

/// How sources are read: the input options, and which value is read besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceOptions {
    input: InputOptions,
    /// The field of a record whose value decides which of several duplicates stays, if one does.
    pub(super) value_field: Option<String>,
    /// Whether the metadata of records is not read, where it costs more than what else is read of them.
    pub(super) omits_metadata: bool,
    /// The most bytes of a window that a compressed source may ask for.
    pub(super) most_window: u64,
}

/// Windows are allowed up to 2 GiB, for which the program `zstd` asks with `--long=31`.
pub(super) const MOST_WINDOW_LOG: u32 = 31;
/// The window that is always allowed, as by the program `zstd` without `--long`.
const LEAST_WINDOW: u64 = 128 << 20;

impl SourceOptions {
    /// Takes up the options of a run that chooses by `keep`.
    pub fn new(input: &InputOptions, keep: &Keep) -> Self {
        Self { value_field: keep.field().map(str::to_owned), ..Self::from(input.clone()) }
    }

    /// Returns the options of a run that may use so many bytes of memory.
    #[must_use]
    pub fn with_memory(self, bytes: u64) -> Self {
        Self { most_window: bytes.clamp(LEAST_WINDOW, 1 << MOST_WINDOW_LOG), ..self }
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

impl Default for SourceOptions {
    fn default() -> Self {
        Self::from(InputOptions::default())
    }
}

impl From<InputOptions> for SourceOptions {
    fn from(input: InputOptions) -> Self {
        Self { input, value_field: None, omits_metadata: false, most_window: 1 << MOST_WINDOW_LOG }
    }
}

impl Deref for SourceOptions {
    type Target = InputOptions;

    fn deref(&self) -> &InputOptions {
        &self.input
    }
}
