//! What there is to be compared: files, a table, or texts one by one.

use std::path::PathBuf;

use doublon::Deduper;
use doublon::finding::{Parameters, RecordId};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};

use crate::errors::Failure;
use crate::rows::AllRows;
use crate::stream::ArrayStream;

/// What there is to be compared.
pub enum Input<'py> {
    /// Files and folders.
    Paths(Vec<PathBuf>),
    /// A table or a column.
    Table(ArrayStream),
    /// Texts, pairs of a name and a text, or records, one by one.
    Rows(Bound<'py, PyAny>),
}

impl<'py> Input<'py> {
    /// Tells what an object is: a string or a path is a file or folder, and so is each path in a list; strings in a list
    /// are texts.
    pub fn of(data: &Bound<'py, PyAny>) -> PyResult<Self> {
        if is_path(data)? || data.is_instance_of::<PyString>() {
            return Ok(Self::Paths(vec![data.extract()?]));
        }
        if let Some(paths) = paths(data)? {
            return Ok(Self::Paths(paths));
        }
        let adapted = adapted(data)?;
        let data = adapted.as_ref().unwrap_or(data);
        match ArrayStream::of(data)? {
            Some(stream) => Ok(Self::Table(stream)),
            None if data.is_instance_of::<PyDict>() || data.is_instance_of::<PyBytes>() => Err(refused(data)),
            None if data.hasattr("__iter__")? => Ok(Self::Rows(data.clone())),
            None => Err(refused(data)),
        }
    }
}

fn refused(data: &Bound<'_, PyAny>) -> PyErr {
    let kind = data.get_type().fully_qualified_name().map_or_else(|_| "this".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!(
        "{kind} is no input; give paths, a table with the Arrow interface, texts, pairs (id, text), or records"
    ))
}

fn is_path(data: &Bound<'_, PyAny>) -> PyResult<bool> {
    data.hasattr("__fspath__")
}

/// Returns the paths of a list that has nothing else. Names of files as strings are refused: strings in a list are texts.
fn paths(data: &Bound<'_, PyAny>) -> PyResult<Option<Vec<PathBuf>>> {
    let is_list = data.is_instance_of::<PyList>() || data.is_instance_of::<PyTuple>();
    if !is_list || data.len()? == 0 {
        return Ok(None);
    }
    let items: Vec<Bound<'_, PyAny>> = data.try_iter()?.collect::<PyResult<_>>()?;
    if items.iter().map(is_path).collect::<PyResult<Vec<_>>>()?.into_iter().all(|is_path| is_path) {
        return items.iter().map(PyAnyMethods::extract).collect::<PyResult<Vec<_>>>().map(Some);
    }
    let names_file =
        |item: &Bound<'_, PyAny>| item.cast::<PyString>().is_ok_and(|name| is_file_name(&name.to_string_lossy()));
    if items.iter().all(names_file) {
        let message = "the strings of the list are names of files, and would be compared as texts; give pathlib.Path for files, or pairs (id, text) for texts";
        return Err(Failure::Setting(message.to_owned()).raise(data.py()));
    }
    Ok(None)
}

fn is_file_name(name: &str) -> bool {
    !name.is_empty() && name.len() < 4096 && std::path::Path::new(name).exists()
}

/// Returns the table of an object that has one but not the interface of Arrow.
fn adapted<'py>(data: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let kind = data.get_type();
    let (module, name) = (kind.module()?.to_string(), kind.name()?.to_string());
    match (module.split('.').next().unwrap_or_default(), name.as_str()) {
        // Rows that were selected or shuffled are gathered in new memory; others are taken as they are.
        ("datasets", "Dataset") if data.getattr("_indices")?.is_none() => {
            Ok(Some(data.getattr("data")?.getattr("table")?))
        }
        ("datasets", "Dataset") => {
            let arrow = data.call_method1("with_format", ("arrow",))?;
            Ok(Some(arrow.get_item(pyo3::types::PySlice::full(data.py()))?))
        }
        ("datasets", "DatasetDict" | "IterableDatasetDict") => {
            Err(PyTypeError::new_err("it has several splits; give one of them"))
        }
        ("polars", "LazyFrame") => data.call_method0("collect").map(Some),
        _ => Ok(None),
    }
}

/// Bytes of records that are handed over together.
const LINES: usize = 1 << 20;

/// Hands texts to a deduper one by one.
pub fn push_rows(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    parameters: &Parameters,
    dedup: &mut Deduper,
    rows: &mut AllRows,
    mut tell: impl FnMut() -> PyResult<()>,
) -> PyResult<()> {
    let dumps = py.import("json")?.getattr("dumps")?;
    let as_string = py.get_type::<PyString>();
    let options = PyDict::new(py);
    options.set_item("default", as_string)?;
    let (mut lines, mut count) = (Vec::new(), 0_u64);
    for row in data.try_iter()? {
        let row = row?;
        if let Ok(record) = row.cast::<PyMapping>() {
            rows.add_one(record_id(record, &parameters.input.id_field)?);
            lines.extend_from_slice(dumps.call((record,), Some(&options))?.extract::<String>()?.as_bytes());
            lines.push(b'\n');
        } else {
            flush(py, &mut lines, 0, dedup)?;
            push_row(py, &row, dedup, rows)?;
        }
        flush(py, &mut lines, LINES, dedup)?;
        count += 1;
        if count.is_multiple_of(256) {
            tell()?;
        }
    }
    flush(py, &mut lines, 0, dedup)
}

/// Hands over the records that wait, if they have so many bytes.
fn flush(py: Python<'_>, lines: &mut Vec<u8>, least: usize, dedup: &mut Deduper) -> PyResult<()> {
    if lines.is_empty() || lines.len() < least {
        return Ok(());
    }
    let lines = std::mem::take(lines);
    py.detach(|| dedup.push_json_lines(lines)).map_err(|error| Failure::from(error).raise(py))
}

fn record_id(record: &Bound<'_, PyMapping>, field: &str) -> PyResult<Option<RecordId>> {
    if record.contains(field)? { id(&record.get_item(field)?) } else { Ok(None) }
}

/// Hands over a text, or a pair of a name and a text. A text that is None is missing.
fn push_row(py: Python<'_>, row: &Bound<'_, PyAny>, dedup: &mut Deduper, rows: &mut AllRows) -> PyResult<()> {
    let (name, text) = match row.cast::<PyTuple>() {
        Ok(pair) if pair.len() == 2 => (id(&pair.get_item(0)?)?, pair.get_item(1)?),
        _ => (None, row.clone()),
    };
    push_text(py, name, &text, dedup, rows)
}

/// Hands over one text, which may be None.
pub fn push_text(
    py: Python<'_>,
    name: Option<RecordId>,
    text: &Bound<'_, PyAny>,
    dedup: &mut Deduper,
    rows: &mut AllRows,
) -> PyResult<()> {
    let place = rows.len();
    let text = match text.cast::<PyString>() {
        Ok(text) => Some(text.to_string_lossy().into_owned()),
        Err(_) if text.is_none() => None,
        Err(_) => {
            let kind = text.get_type().name()?;
            let message = format!("row {place} must be a text, a pair (id, text) or a record, not {kind}");
            return Err(PyTypeError::new_err(message));
        }
    };
    rows.add_one(name.clone());
    py.detach(|| dedup.push_row(name, text.as_deref())).map_err(|error| Failure::from(error).raise(py))
}

/// Returns the name that an object gives a row.
pub fn id(name: &Bound<'_, PyAny>) -> PyResult<Option<RecordId>> {
    if name.is_none() {
        return Ok(None);
    }
    let is_number = name.is_instance_of::<PyInt>() || name.is_instance_of::<PyFloat>();
    let shown = name.str()?.to_string_lossy().into_owned();
    if is_number && !name.is_instance_of::<PyBool>() {
        return Ok(RecordId::of_json(&shown));
    }
    Ok(Some(shown).filter(|shown| !shown.is_empty()).map(RecordId::from))
}

/// Returns one path, or several.
pub fn file_paths(paths: &Bound<'_, PyAny>) -> PyResult<Vec<PathBuf>> {
    paths.extract().map(|path| vec![path]).or_else(|_| paths.extract())
}
