//! The words of documents of a saved index, for whose passages others go.

use std::cell::RefCell;
use std::sync::Arc;

use super::edit::KeptPassage;
use super::kept::KeptText;
use super::operators::Operators;
use crate::error::{Error, Result};
use crate::scan::{Archive, ArchivedWords};
use crate::store::private_seed;

/// The hashes of the words of a document, and its operators.
type HeldText = (Vec<u64>, Operators);

/// The saved index of a plan, if it has one.
#[derive(Default)]
pub(super) struct PlanArchive<'a> {
    archive: Option<&'a dyn Archive>,
    /// The document that was read last: places come document by document as a rule.
    last: RefCell<Option<(u64, Arc<HeldText>)>>,
}

impl<'a> PlanArchive<'a> {
    /// Those of an index.
    #[cfg(feature = "index")]
    pub fn of(archive: &'a dyn Archive) -> Self {
        Self { archive: Some(archive), last: RefCell::default() }
    }

    /// Returns the index.
    pub fn archive(&self) -> Option<&'a dyn Archive> {
        self.archive
    }

    /// Returns the seed by which all words are hashed, so that those of texts can be compared with them.
    pub fn seed(&self) -> u64 {
        self.archive.map_or_else(private_seed, Archive::word_seed)
    }

    /// Returns the hashes of the words of a place in the index, and its operators.
    ///
    /// # Errors
    ///
    /// If the index does not have it, or cannot be read.
    pub fn words(&self, place: &KeptPassage) -> Result<HeldText> {
        let lost = || Error::Refused {
            path: place.doc.source.as_ref().into(),
            detail: format!("record {}: the index does not hold the passage that was found in it", place.doc.record),
        };
        let document = self.document(place.indexed.ok_or_else(lost)?)?.ok_or_else(lost)?;
        let ((words, operators), range) = (&*document, place.span.start..place.span.end);
        let words = words.get(range.clone()).ok_or_else(lost)?.to_vec();
        Ok((words, operators.within(&range)))
    }

    /// Returns a place in the index as one that others are measured against.
    ///
    /// # Errors
    ///
    /// As [`words`](Self::words).
    pub fn text(&self, place: &KeptPassage) -> Result<KeptText> {
        let mut text = KeptText::default();
        let (words, operators) = self.words(place)?;
        text.add(&words, &operators, Arc::new(place.clone()));
        Ok(text)
    }

    fn document(&self, number: u64) -> Result<Option<Arc<HeldText>>> {
        if let Some((_, words)) = self.last.borrow().as_ref().filter(|(last, _)| *last == number) {
            return Ok(Some(Arc::clone(words)));
        }
        let read = self.archive.map_or(Ok(None), |archive| archive.words(number))?;
        let read = read.map(|ArchivedWords { hashes, operators }| Arc::new((hashes, Operators(operators))));
        *self.last.borrow_mut() = read.clone().map(|words| (number, words));
        Ok(read)
    }
}
