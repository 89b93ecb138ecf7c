//! What a scan found, as an object of Python.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

use doublon::Error;
use doublon::finding::{Finding, Findings as Found, Sink, Sort};
use doublon::report::text::{bytes, counted};
use doublon::report::{html, json};
use doublon::scan::Cancel;
use pyo3::prelude::*;

use crate::errors::{Failure, Result};
use crate::output::Table;
use crate::rows::AllRows;
use crate::tables;

/// What a scan found.
#[pyclass(frozen, module = "doublon")]
pub struct Findings {
    found: Arc<Found>,
    /// The rows that were compared, unless files were.
    rows: Option<AllRows>,
}

impl Findings {
    /// Takes what was found in rows, or in files if there are none.
    pub fn new(found: Found, rows: Option<AllRows>) -> Self {
        Self { found: Arc::new(found), rows }
    }
}

#[pymethods]
impl Findings {
    /// The counts, as the last line of saved findings has them.
    #[getter]
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        from_json(py, &self.found.summary)
    }

    /// The settings, as the first line of saved findings has them.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        from_json(py, &self.found.header.parameters)
    }

    #[getter]
    fn documents(&self, py: Python<'_>) -> PyResult<Table> {
        table(py, || tables::documents(&self.found, self.rows.as_ref()))
    }

    #[getter]
    fn pairs(&self, py: Python<'_>) -> PyResult<Table> {
        table(py, || tables::pairs(&self.found, self.rows.is_some()))
    }

    #[getter]
    fn passages(&self, py: Python<'_>) -> PyResult<Table> {
        table(py, || tables::passages(&self.found, self.rows.is_some()))
    }

    #[getter]
    fn families(&self, py: Python<'_>) -> PyResult<Table> {
        table(py, || tables::families(&self.found, self.rows.is_some()))
    }

    /// The numbers of the rows that stay.
    #[getter]
    fn keep(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        let message = "findings of files have no rows; doublon.clean writes what stays of files";
        let rows = self.rows.as_ref().ok_or_else(|| Failure::Other(message.to_owned()).raise(py))?;
        Ok(tables::kept(&self.found, rows))
    }

    /// Writes what `doublon scan --format json` writes.
    fn write_jsonl(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| self.write(&path)).map_err(|failure| failure.raise(py))
    }

    /// Returns the page that `doublon scan --format html` writes, with at most `limit` groups.
    #[pyo3(signature = (limit=html::LIMIT))]
    fn html(&self, py: Python<'_>, limit: usize) -> PyResult<String> {
        let page = || {
            let mut page = Vec::new();
            html::write(&self.found, Sort::default(), limit, &mut page).map(|()| page)
        };
        let page = py.detach(page).map_err(|error| Failure::Other(error.to_string()).raise(py))?;
        Ok(String::from_utf8_lossy(&page).into_owned())
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let page = self.html(py, html::LIMIT)?.replace('&', "&amp;").replace('"', "&quot;");
        Ok(format!(
            "<iframe sandbox=\"allow-scripts allow-downloads\" style=\"width:100%;height:40rem;border:0\" srcdoc=\"{page}\"></iframe>"
        ))
    }

    fn __iter__(&self) -> FindingIterator {
        FindingIterator { found: self.found.clone(), next: 0 }
    }

    fn __repr__(&self) -> String {
        let summary = &self.found.summary;
        let removed = counted(summary.removed, "duplicate");
        let families = counted(summary.passage_families, "repeated passage");
        let documents = counted(summary.documents, "document");
        format!("<doublon.Findings: {documents}, {removed} ({}), {families}>", bytes(summary.removed_bytes))
    }
}

impl Findings {
    fn write(&self, path: &PathBuf) -> Result<()> {
        let failed = |cause| Failure::from(Error::Io { path: path.clone(), cause });
        let mut out = BufWriter::new(File::create(path).map_err(failed)?);
        json::write(&self.found, &mut out).and_then(|()| out.flush()).map_err(failed)
    }
}

/// Makes a table without the lock of the interpreter.
fn table(py: Python<'_>, make: impl FnOnce() -> Result<Table> + Send) -> PyResult<Table> {
    py.detach(make).map_err(|failure| failure.raise(py))
}

/// Gives findings one by one, in the order in which they are saved.
#[pyclass(module = "doublon")]
pub struct FindingIterator {
    found: Arc<Found>,
    next: usize,
}

#[pymethods]
impl FindingIterator {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let finding = self.found.nth(self.next);
        self.next += 1;
        finding.map(|finding| from_json(py, &finding)).transpose()
    }
}

/// Collects findings until the work is ended.
pub struct Collector {
    /// What came.
    pub found: Found,
    /// Who ends it.
    pub cancel: Cancel,
}

impl Sink for Collector {
    fn receive(&mut self, finding: Finding) -> doublon::Result<()> {
        self.cancel.check()?;
        self.found.receive(finding)
    }
}

/// Returns an object of Python for what is saved as JSON.
pub fn from_json<'py>(py: Python<'py>, value: &impl serde::Serialize) -> PyResult<Bound<'py, PyAny>> {
    let text = serde_json::to_string(value).map_err(|error| Failure::Other(error.to_string()).raise(py))?;
    py.import("json")?.call_method1("loads", (text,))
}
