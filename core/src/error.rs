//! What can go wrong, as plain data: a name, a value, what was expected.

/// An error of the engine. None comes from the texts, which may hold anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter has a value that it cannot have.
    #[error("{name} is {value}, but it must be {expected}")]
    Parameter {
        /// The parameter, as it is called on the command line or in the library.
        name: &'static str,
        /// Its value.
        value: String,
        /// What values it may have.
        expected: &'static str,
    },
    /// Two signatures were made with different settings, so that their values cannot be compared.
    #[error("the signatures were made with different settings (tokens, shingles, seed or number of values)")]
    UnlikeSettings,
    /// The bytes are no signature.
    #[error("not a signature: {detail}")]
    BadSignature {
        /// What is wrong with them.
        detail: &'static str,
    },
    /// The offsets of a batch of texts do not fit its bytes.
    #[error("offset {index} of the batch is wrong: {detail}")]
    BadOffsets {
        /// The zero-based number of the offset.
        index: usize,
        /// What is wrong with it.
        detail: &'static str,
    },
    /// Rows that must come in order do not.
    #[error("row {row} comes before the one that precedes it; sort the rows by {by}")]
    Unsorted {
        /// The zero-based number of the row among all that came.
        row: u64,
        /// What they must be sorted by.
        by: &'static str,
    },
}

/// A result of the engine.
pub type Result<T> = std::result::Result<T, Error>;
