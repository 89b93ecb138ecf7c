//! The sources of findings by their names.

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::finding::{DocumentRef, RecordId, SourceInfo};

/// Finds the number of a document's source, and the name of a source by its number.
#[derive(Clone, Debug, Default)]
pub(super) struct SourceIndex {
    names: Vec<Arc<str>>,
    /// The number of each name; none if several sources have it.
    numbers: HashMap<Arc<str>, Option<usize>>,
}

impl SourceIndex {
    pub fn new(sources: &[SourceInfo]) -> Self {
        let names: Vec<Arc<str>> = sources.iter().map(|source| source.path.as_str().into()).collect();
        let mut numbers = HashMap::with_capacity(names.len());
        for (number, name) in names.iter().enumerate() {
            numbers.entry(Arc::clone(name)).and_modify(|known| *known = None).or_insert(Some(number));
        }
        Self { names, numbers }
    }

    /// Returns whether a source has this name.
    pub fn has(&self, name: &str) -> bool {
        self.numbers.contains_key(name)
    }

    /// Returns the number of the source that holds a document.
    ///
    /// # Errors
    ///
    /// If no source has the name, or several have it.
    pub fn number(&self, doc: &DocumentRef) -> Result<usize> {
        let refused = |detail: &str| Error::Refused { path: doc.source.as_ref().into(), detail: detail.to_owned() };
        match self.numbers.get(doc.source.as_ref()) {
            Some(Some(number)) => Ok(*number),
            Some(None) => Err(refused("two sources have this name but for bytes that are not UTF-8; rename one")),
            None => Err(refused("the findings name this source, but their header does not list it")),
        }
    }

    /// Returns the number of a document's source, and its record there.
    ///
    /// # Errors
    ///
    /// As [`number`](Self::number).
    pub fn place(&self, doc: &DocumentRef) -> Result<(usize, u64)> {
        Ok((self.number(doc)?, doc.record))
    }

    /// Returns the document at a record of a source. All documents share the name of their source.
    pub fn document(&self, source: usize, record: u64, id: Option<&RecordId>) -> DocumentRef {
        DocumentRef { source: Arc::clone(&self.names[source]), record, id: id.cloned(), metadata: None }
    }
}
