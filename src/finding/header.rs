//! The first line of findings: what was read, and how.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::contamination::ContaminationRule;
use super::parameters::Parameters;
use crate::error::{Error, Result};

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
    /// The files read, in order.
    pub sources: Vec<SourceInfo>,
}

impl Default for Header {
    /// The header of a run of this version that has read nothing yet.
    fn default() -> Self {
        let (schema, version) = (SCHEMA.to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        Self { schema, version, parameters: Parameters::default(), contamination: None, sources: Vec::new() }
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

/// Returns the exact bytes of a path in base64, if it is no UTF-8.
pub(crate) fn path_base64(path: &Path) -> Option<String> {
    path.to_str().is_none().then(|| STANDARD.encode(path.as_os_str().as_encoded_bytes()))
}

/// Returns a path that was saved as text, and as base64 if it is no UTF-8.
pub(crate) fn saved_path(path: &str, base64: Option<&str>) -> Result<PathBuf> {
    let Some(encoded) = base64 else { return Ok(path.into()) };
    let decoded = STANDARD.decode(encoded).ok().and_then(path_of_bytes);
    decoded.ok_or_else(|| Error::Refused { path: path.into(), detail: "its saved name is damaged".to_owned() })
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps)] // other systems have names that bytes cannot give
fn path_of_bytes(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Some(std::ffi::OsString::from_vec(bytes).into())
}

#[cfg(not(unix))]
fn path_of_bytes(_: Vec<u8>) -> Option<PathBuf> {
    None
}
