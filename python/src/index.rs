//! A saved index, as an object of Python.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use doublon::InputOptions;
use doublon::cli::named::{self, NamedIndex};
use doublon::finding::{Findings as Found, RecordId};
use doublon::index::{IndexInfo, IndexMatch, Selection};
use doublon::scan::Resources;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Value, json};

use crate::errors::{Failure, Result};
use crate::findings::{Collector, Findings, from_json};
use crate::input::file_paths;
use crate::job::{Given, Terms, run};
use crate::settings::settings;

/// An id as it is in a record: 17 and "17" are two.
#[derive(FromPyObject)]
enum WantedId {
    Number(i64),
    Text(String),
}

impl WantedId {
    fn of_record(self) -> RecordId {
        match self {
            Self::Number(number) => Value::from(number).into(),
            Self::Text(text) => text.into(),
        }
    }
}

/// A saved index of documents, against which new ones are held.
#[pyclass(module = "doublon", frozen)]
pub struct Index {
    place: PathBuf,
    opened: Arc<RwLock<doublon::index::Index>>,
    input: InputOptions,
    resources: Resources,
}

#[pymethods]
impl Index {
    #[new]
    #[pyo3(signature = (path, /, **settings))]
    fn new(py: Python<'_>, path: PathBuf, settings: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let settings = self::settings(settings)?;
        let opened = py.detach(|| named::index(&path, &settings));
        let NamedIndex { index, input, resources } = opened.map_err(|error| Failure::from(error).raise(py))?;
        Ok(Self { place: path, opened: Arc::new(RwLock::new(index)), input, resources })
    }

    /// Adds the documents of files that are new.
    #[pyo3(signature = (paths, /, *, progress=None))]
    fn add(&self, py: Python<'_>, paths: &Bound<'_, PyAny>, progress: Given<'_, '_>) -> PyResult<Findings> {
        let index = self.opened.clone();
        self.ask(py, paths, progress, move |run| {
            let Run { paths, input, resources, terms, sink } = run;
            write(&index).add(paths, input, resources, &*terms.watch, sink).map(drop)
        })
    }

    /// Holds the documents of files against the index, and not against each other.
    #[pyo3(signature = (paths, /, *, progress=None))]
    fn against(&self, py: Python<'_>, paths: &Bound<'_, PyAny>, progress: Given<'_, '_>) -> PyResult<Findings> {
        let index = self.opened.clone();
        self.ask(py, paths, progress, move |run| {
            let Run { paths, input, resources, terms, sink } = run;
            read(&index).against(paths, input, resources, &*terms.watch, sink).map(drop)
        })
    }

    /// Returns the first document of the index that a text is a duplicate of, or None.
    #[pyo3(signature = (text, /))]
    fn query<'py>(&self, py: Python<'py>, text: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = py.detach(|| read(&self.opened).query(text));
        let found = found.map_err(|error| Failure::from(error).raise(py))?;
        found.map(|found| from_json(py, &told(&found))).transpose()
    }

    /// Removes documents, so that what is like them is new again.
    #[pyo3(signature = (*, ids=None, sources=None))]
    fn remove<'py>(
        &self,
        py: Python<'py>,
        ids: Option<Vec<WantedId>>,
        sources: Option<Vec<String>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let ids = ids.unwrap_or_default().into_iter().map(WantedId::of_record).collect();
        let which = Selection { ids, sources: sources.unwrap_or_default() };
        let removed = py.detach(|| write(&self.opened).remove(&which));
        let removed = removed.map_err(|error| Failure::from(error).raise(py))?;
        from_json(py, &json!({"documents": removed.documents, "unknown": removed.unknown}))
    }

    /// Writes all segments as one, without what was removed.
    fn compact(&self, py: Python<'_>) -> PyResult<()> {
        let done = py.detach(|| write(&self.opened).compact(&self.resources));
        done.map(drop).map_err(|error| Failure::from(error).raise(py))
    }

    /// Reads all of the index, and returns what is damaged, a line each.
    fn verify(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let done = py.detach(|| read(&self.opened).verify());
        Ok(done.map_err(|error| Failure::from(error).raise(py))?.faults)
    }

    /// Returns what the index holds.
    #[getter]
    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        from_json(py, &told_info(&self.told(py)?))
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(usize::try_from(self.told(py)?.documents).unwrap_or(usize::MAX))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<doublon.Index {}: {} documents>", self.place.display(), self.told(py)?.documents))
    }
}

/// What a run over files is given.
struct Run<'a> {
    paths: &'a [PathBuf],
    input: &'a InputOptions,
    resources: &'a Resources,
    terms: &'a Terms,
    sink: &'a mut Collector,
}

impl Index {
    fn told(&self, py: Python<'_>) -> PyResult<IndexInfo> {
        py.detach(|| read(&self.opened).info()).map_err(|error| Failure::from(error).raise(py))
    }

    fn ask(
        &self,
        py: Python<'_>,
        paths: &Bound<'_, PyAny>,
        progress: Given<'_, '_>,
        work: impl FnOnce(Run<'_>) -> doublon::Result<()> + Send + 'static,
    ) -> PyResult<Findings> {
        let (paths, input, terms) = (file_paths(paths)?, self.input.clone(), Terms::default());
        let resources = Resources { cancel: terms.cancel.clone(), ..self.resources.clone() };
        let of_work = terms.clone();
        let found = run(py, progress, &terms, move || -> Result<Found> {
            let mut sink = Collector { found: Found::default(), cancel: of_work.cancel.clone() };
            let (paths, input, resources) = (&*paths, &input, &resources);
            work(Run { paths, input, resources, terms: &of_work, sink: &mut sink })?;
            Ok(sink.found)
        })?;
        Ok(Findings::new(found, None))
    }
}

fn read(index: &RwLock<doublon::index::Index>) -> RwLockReadGuard<'_, doublon::index::Index> {
    index.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(index: &RwLock<doublon::index::Index>) -> RwLockWriteGuard<'_, doublon::index::Index> {
    index.write().unwrap_or_else(PoisonError::into_inner)
}

fn told(found: &IndexMatch) -> Value {
    let IndexMatch { doc, opening, jaccard, equality } = found;
    json!({"document": doc, "opening": opening, "jaccard": jaccard, "equality": equality})
}

fn told_info(info: &IndexInfo) -> Value {
    let IndexInfo { documents, text_bytes, bytes, passage_bytes, segments, removed, .. } = info;
    let IndexInfo { adds, read, duplicates, unicode, .. } = info;
    json!({
        "documents": documents, "text_bytes": text_bytes, "bytes": bytes, "segments": segments, "removed": removed,
        "passage_bytes": passage_bytes, "adds": adds, "read": read, "duplicates": duplicates, "unicode": unicode,
    })
}
