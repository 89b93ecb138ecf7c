//! Paths in what is saved, with all their bytes.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Error, Result};

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
