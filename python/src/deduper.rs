//! Texts that come in parts, as an object of Python.

use doublon::cli::named::{NamedScan, scan_of_texts};
use doublon::finding::Findings as Found;
use doublon::finding::Parameters;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{Failure, Result};
use crate::findings::{Collector, Findings};
use crate::input::{Input, id, push_rows, push_text};
use crate::job::{Terms, run};
use crate::rows::AllRows;
use crate::settings::settings;
use crate::table;

/// Compares texts that come in parts.
#[pyclass(module = "doublon")]
pub struct Deduper {
    parameters: Parameters,
    terms: Terms,
    /// Absent when the findings are there, or the work was ended.
    work: Option<Work>,
}

/// Texts that came, and what they are called.
pub struct Work {
    /// Compares them.
    pub dedup: doublon::Deduper,
    /// What they are called.
    pub rows: AllRows,
}

impl Work {
    /// Starts without a text.
    pub fn new(scan: &NamedScan, terms: &Terms) -> Self {
        let NamedScan { parameters, resources, .. } = scan;
        let resources = doublon::scan::Resources { cancel: terms.cancel.clone(), ..resources.clone() };
        let dedup = doublon::Deduper::new(parameters.config.clone()).input(parameters.input.clone());
        Self { dedup: dedup.resources(resources).progress(terms.watch.clone()), rows: AllRows::default() }
    }

    /// Compares all texts.
    pub fn finish(self, terms: &Terms) -> Result<(Found, AllRows)> {
        let mut sink = Collector { found: Found::default(), cancel: terms.cancel.clone() };
        self.dedup.finish(&mut sink)?;
        Ok((sink.found, self.rows))
    }
}

#[pymethods]
impl Deduper {
    #[new]
    #[pyo3(signature = (**settings))]
    fn new(py: Python<'_>, settings: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let scan = scan_of_texts(&self::settings(settings)?).map_err(|error| Failure::from(error).raise(py))?;
        let terms = Terms::default();
        let work = Some(Work::new(&scan, &terms));
        Ok(Self { parameters: scan.parameters, terms, work })
    }

    /// Takes one text, with a name or None.
    #[pyo3(signature = (id, text, /))]
    fn push(&mut self, py: Python<'_>, id: &Bound<'_, PyAny>, text: &Bound<'_, PyAny>) -> PyResult<()> {
        let name = self::id(id)?;
        let Work { dedup, rows } = self.work(py)?;
        push_text(py, name, text, dedup, rows)
    }

    /// Takes all rows of a table, or of anything else that `scan` takes but files.
    #[pyo3(signature = (data, /, *, progress=None))]
    fn push_batch(
        &mut self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        match Input::of(data)? {
            Input::Paths(_) => Err(Failure::Setting("a Deduper takes no files; scan does".to_owned()).raise(py)),
            Input::Rows(data) => {
                let parameters = self.parameters.clone();
                let Work { dedup, rows } = self.work(py)?;
                push_rows(py, &data, &parameters, dedup, rows, || py.check_signals())
            }
            Input::Table(stream) => {
                self.work(py)?;
                let (work, parameters) = (self.work.take(), self.parameters.clone());
                let push = move || {
                    let mut work = work.ok_or_else(finished)?;
                    let rows = table::push(stream, &parameters, &mut work.dedup)?;
                    work.rows.add(rows);
                    Ok(work)
                };
                self.work = Some(run(py, progress, &self.terms, push)?);
                Ok(())
            }
        }
    }

    /// Compares all texts. Nothing more can be pushed then.
    #[pyo3(signature = (*, progress=None))]
    fn finish(&mut self, py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<Findings> {
        self.work(py)?;
        let (work, terms) = (self.work.take(), self.terms.clone());
        let finish = move || work.ok_or_else(finished)?.finish(&terms);
        let (found, rows) = run(py, progress, &self.terms, finish)?;
        Ok(Findings::new(found, Some(rows)))
    }

    fn __len__(&self) -> usize {
        self.work.as_ref().map_or(0, |work| usize::try_from(work.rows.len()).unwrap_or(usize::MAX))
    }

    fn __repr__(&self) -> String {
        match &self.work {
            Some(work) => format!("<doublon.Deduper: {} texts>", work.rows.len()),
            None => "<doublon.Deduper: finished>".to_owned(),
        }
    }
}

impl Deduper {
    fn work(&mut self, py: Python<'_>) -> PyResult<&mut Work> {
        self.work.as_mut().ok_or_else(|| finished().raise(py))
    }
}

fn finished() -> Failure {
    Failure::Other("the Deduper is finished, or its work was ended; make another".to_owned())
}
