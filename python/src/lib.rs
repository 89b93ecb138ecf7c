//! doublon as a package of Python: settings, tables and errors go in and out here, and all work is the library's.
//!
//! Files: `settings`, `input`, `stream`, `column`, `cell` and `table` take what is given; `job` does work in a thread that an
//! interrupt ends; `findings`, `tables` and `output` give what was found; `errors` are the exceptions. `kernels` are those of
//! the core, for engines, which take their tables by `batches`.

#![allow(clippy::needless_pass_by_value)] // arguments come by value from Python

mod batches;
mod cell;
mod column;
mod deduper;
mod errors;
mod findings;
mod index;
mod input;
mod job;
mod kernels;
mod output;
mod rows;
mod settings;
mod stream;
mod table;
mod tables;
mod texts;

/// The part of the package that is compiled.
#[pyo3::pymodule]
mod _doublon {
    use std::ffi::OsString;
    use std::io::Write;

    use doublon::cli::named::{self, NamedScan, scan_of_files, scan_of_texts};
    use doublon::finding::Findings as Found;
    use doublon::scan::{Resources, scan_into};
    use pyo3::prelude::*;
    use pyo3::types::PyDict;

    #[pymodule_export]
    use crate::deduper::Deduper;
    use crate::deduper::Work;
    use crate::errors::Failure;
    #[pymodule_export]
    use crate::findings::Findings;
    use crate::findings::{Collector, from_json};
    #[pymodule_export]
    use crate::index::Index;
    use crate::input::{Input, file_paths, push_rows};
    use crate::job::{Given, Terms, run};
    #[pymodule_export]
    use crate::kernels::{Decider, Kernels};
    #[pymodule_export]
    use crate::output::Table;
    use crate::settings::settings;
    use crate::stream::ArrayStream;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        doublon::cli::silence_guarded_panics();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }

    /// Finds duplicate documents and repeated passages in files, a table, or texts.
    #[pyfunction]
    #[pyo3(signature = (data, /, *, progress=None, **settings))]
    fn scan(
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        progress: Given<'_, '_>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Findings> {
        let settings = self::settings(settings)?;
        let wrong = |error| Failure::from(error).raise(py);
        match Input::of(data)? {
            Input::Paths(paths) => scan_files(py, progress, scan_of_files(&paths, &settings).map_err(wrong)?),
            Input::Table(stream) => scan_table(py, progress, &scan_of_texts(&settings).map_err(wrong)?, stream),
            Input::Rows(rows) => scan_rows(py, progress, &scan_of_texts(&settings).map_err(wrong)?, &rows),
        }
    }

    fn scan_files(py: Python<'_>, progress: Given<'_, '_>, scan: NamedScan) -> PyResult<Findings> {
        let terms = Terms::default();
        let Terms { watch, cancel } = terms.clone();
        let found = run(py, progress, &terms, move || {
            let NamedScan { paths, parameters, resources } = scan;
            let resources = Resources { cancel: cancel.clone(), ..resources };
            let mut sink = Collector { found: Found::default(), cancel };
            scan_into(&paths, &parameters.config, &parameters.input, &resources, &*watch, &mut sink)?;
            Ok(sink.found)
        })?;
        Ok(Findings::new(found, None))
    }

    fn scan_table(
        py: Python<'_>,
        progress: Given<'_, '_>,
        scan: &NamedScan,
        stream: ArrayStream,
    ) -> PyResult<Findings> {
        let terms = Terms::default();
        let (mut work, of_work, parameters) = (Work::new(scan, &terms), terms.clone(), scan.parameters.clone());
        let (found, rows) = run(py, progress, &terms, move || {
            let rows = crate::table::push(stream, &parameters, &mut work.dedup)?;
            work.rows.add(rows);
            work.finish(&of_work)
        })?;
        Ok(Findings::new(found, Some(rows)))
    }

    fn scan_rows(
        py: Python<'_>,
        progress: Given<'_, '_>,
        scan: &NamedScan,
        data: &Bound<'_, PyAny>,
    ) -> PyResult<Findings> {
        let terms = Terms::default();
        let mut work = Work::new(scan, &terms);
        push_rows(py, data, &scan.parameters, &mut work.dedup, &mut work.rows, || py.check_signals())?;
        let of_work = terms.clone();
        let (found, rows) = run(py, progress, &terms, move || work.finish(&of_work))?;
        Ok(Findings::new(found, Some(rows)))
    }

    /// Writes a clean copy of files.
    #[pyfunction]
    #[pyo3(signature = (paths, /, *, progress=None, **settings))]
    fn clean<'py>(
        py: Python<'py>,
        paths: &Bound<'py, PyAny>,
        progress: Given<'_, 'py>,
        settings: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let settings = self::settings(settings)?;
        let paths = file_paths(paths)?;
        let terms = Terms::default();
        let Terms { watch, cancel } = terms.clone();
        let work = move || Ok(named::clean(&paths, &settings, cancel, &*watch)?);
        let done = run(py, progress, &terms, work)?;
        let counts = from_json(py, &done.copy)?;
        counts.set_item("found", from_json(py, &done.found)?)?;
        Ok(counts)
    }

    /// Returns the passages that repeat inside a text.
    #[pyfunction]
    #[pyo3(signature = (text, /, **settings))]
    fn repeats<'py>(
        py: Python<'py>,
        text: String,
        settings: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let settings = self::settings(settings)?;
        let found = run(py, None, &Terms::default(), move || crate::texts::repeats(&text, &settings))?;
        from_json(py, &found)
    }

    /// Compares two texts.
    #[pyfunction]
    #[pyo3(signature = (a, b, /, **settings))]
    fn compare<'py>(
        py: Python<'py>,
        a: String,
        b: String,
        settings: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let settings = self::settings(settings)?;
        let found = run(py, None, &Terms::default(), move || crate::texts::compare(a, b, &settings))?;
        from_json(py, &found)
    }

    /// Returns each place of some pairs with the smallest place of its component.
    #[pyfunction]
    fn components(py: Python<'_>, pairs: &Bound<'_, PyAny>) -> PyResult<Table> {
        let pairs = crate::batches::Batches::of(pairs)?;
        py.detach(|| crate::kernels::components(&pairs)).map_err(|error| error.raise(py))
    }

    /// Runs the command on its arguments, of which the first is its name, and returns the exit code.
    #[pyfunction]
    fn main(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
        py.detach(|| {
            doublon::cli::listen();
            let code = doublon::cli::run(arguments.into_iter());
            // A program does this when it ends; here it is Python that ends.
            let _ = std::io::stdout().flush();
            code
        })
    }
}
