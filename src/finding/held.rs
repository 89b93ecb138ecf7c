//! A saved index that documents were held against.

use std::path::{Path, PathBuf};

#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::saved_path::{path_base64, saved_path};
use crate::error::Result;

/// A saved index, as it was when documents were held against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct HeldIndex {
    /// The path of its folder as given; what is no UTF-8 in it is replaced by U+FFFD.
    pub path: String,
    /// The exact bytes of the path in base64, where it is no UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_base64: Option<String>,
    /// The number of the next document that it would take up: those that it had then have smaller ones.
    pub next: u64,
}

impl HeldIndex {
    /// Makes one of the path of an index and the number of its next document.
    pub fn new(path: &Path, next: u64) -> Self {
        Self { path: path.to_string_lossy().into_owned(), path_base64: path_base64(path), next }
    }

    /// Returns the path of its folder, with all its bytes.
    ///
    /// # Errors
    ///
    /// If its name in the findings is damaged.
    pub fn to_path(&self) -> Result<PathBuf> {
        saved_path(&self.path, self.path_base64.as_deref())
    }
}
