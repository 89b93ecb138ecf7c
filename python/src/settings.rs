//! Settings as keyword arguments: the names are those of the command line, with underscores.

use std::ffi::OsString;

use doublon::cli::named::NamedValue;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// Settings as they were given.
pub type Settings = Vec<(String, NamedValue)>;

/// Takes settings from keyword arguments. What is None is not set.
pub fn settings(given: Option<&Bound<'_, PyDict>>) -> PyResult<Settings> {
    let mut settings = Settings::new();
    for (name, value) in given.into_iter().flatten() {
        if !value.is_none() {
            let name = name.extract::<String>()?;
            let value = named_value(&name, &value)?;
            settings.push((name, value));
        }
    }
    Ok(settings)
}

fn named_value(name: &str, value: &Bound<'_, PyAny>) -> PyResult<NamedValue> {
    if let Ok(switch) = value.cast::<PyBool>() {
        return Ok(NamedValue::Switch(switch.is_true()));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let values = value.try_iter()?.map(|one| single(name, &one?)).collect::<PyResult<_>>()?;
        return Ok(NamedValue::Values(values));
    }
    Ok(NamedValue::Value(single(name, value)?))
}

fn single(name: &str, value: &Bound<'_, PyAny>) -> PyResult<OsString> {
    if value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>() {
        return Ok(value.str()?.to_string().into());
    }
    if value.is_instance_of::<PyString>() || value.hasattr("__fspath__")? {
        return Ok(value.extract::<std::path::PathBuf>()?.into());
    }
    let kind = value.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "{name} must be a string, a number, a path, a bool or a list of such, not {kind}"
    )))
}
