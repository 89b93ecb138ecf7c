//! The first line of findings: what was read, and how.

use std::path::PathBuf;

#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::contamination::ContaminationRule;
use super::held::HeldIndex;
use super::parameters::Parameters;
use super::saved_path::saved_path;
use crate::error::Result;

/// The name and version of the format.
pub const SCHEMA: &str = "doublon.findings/2";

/// The formats that are read.
pub const READ_SCHEMAS: [&str; 2] = ["doublon.findings/1", SCHEMA];

/// What was read and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct Header {
    /// [`SCHEMA`].
    #[cfg_attr(feature = "report", schemars(extend("const" = SCHEMA)))]
    pub schema: String,
    /// The version of doublon that wrote the findings.
    pub version: String,
    /// What determines the result.
    pub parameters: Parameters,
    /// When an evaluation item counts as found, if such were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contamination: Option<ContaminationRule>,
    /// The saved index that the documents of the sources were held against, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<HeldIndex>,
    /// The files read, in order.
    pub sources: Vec<SourceInfo>,
}

impl Default for Header {
    /// The header of a run of this version that has read nothing yet.
    fn default() -> Self {
        let (schema, version) = (SCHEMA.to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        let parameters = Parameters::default();
        Self { schema, version, parameters, contamination: None, index: None, sources: Vec::new() }
    }
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct SourceInfo {
    /// Its path as given, or as found below what was given; what is no UTF-8 in it is replaced by U+FFFD.
    pub path: String,
    /// The exact bytes of the path in base64, where it is no UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_base64: Option<String>,
    /// How many bytes were read.
    pub bytes: u64,
    /// The XXH3 128-bit hash of those bytes, in 32 hexadecimal digits.
    #[cfg_attr(feature = "report", schemars(extend("pattern" = "^[0-9a-f]{32}$")))]
    pub xxh3_128: String,
    /// The number of the group of files with which it was not compared, if there were such (`isolate`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<u32>,
    /// Whether others were only compared with it: it stays as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub against: bool,
}

impl SourceInfo {
    /// Returns the path of the file, with all its bytes.
    ///
    /// # Errors
    ///
    /// If its name in the findings is damaged.
    pub fn to_path(&self) -> Result<PathBuf> {
        saved_path(&self.path, self.path_base64.as_deref())
    }
}
