//! Texts that somebody else holds in memory, and that are read where they are.

use crate::finding::{Reason, RecordId};

/// A column of texts in memory, such as one of a table, that a [`Deduper`](super::Deduper) reads as often as it needs.
///
/// Nothing of it is held beside it but what every document takes; a text is copied for as long as two are compared.
pub trait TextColumn: Send + Sync {
    /// Returns the number of rows.
    fn len(&self) -> usize;

    /// Returns whether there is no row.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the text of a row below [`len`](Self::len). It is the same each time.
    ///
    /// # Errors
    ///
    /// Says why there is none, such as [`Reason::MissingText`].
    fn text(&self, row: usize) -> Result<&str, Reason>;

    /// Returns what a row is called, if it has a name of its own.
    fn id(&self, _row: usize) -> Option<RecordId> {
        None
    }

    /// Returns the JSON of the value by which [`Keep::Max`](doublon_core::Keep::Max) and `Min` choose what stays, if the row
    /// has one.
    fn value(&self, _row: usize) -> Option<String> {
        None
    }
}
