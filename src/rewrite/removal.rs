//! Documents that go as a whole, and why.

use std::sync::Arc;

use crate::finding::{DocumentRef, Equality};

/// What every removal must meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RemovalRules {
    /// Least Jaccard similarity of a removed document, and least share of the words of a cut that the kept place has.
    pub threshold: f64,
    /// If given, this share of its shingles in the kept document is enough to remove a document.
    pub containment: Option<f64>,
    /// Whether only documents with the same characters go, up to white space and Unicode normalisation.
    pub exact: bool,
    /// A document with fewer words left goes.
    pub min_left: usize,
}

/// A document that goes.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentRemoval {
    /// The document.
    pub doc: DocumentRef,
    /// Why it goes.
    pub cause: RemovalCause,
}

/// Why a document goes.
#[derive(Clone, Debug, PartialEq)]
pub enum RemovalCause {
    /// It was measured against a document that stays.
    Duplicate {
        /// The document that stays.
        keep: Arc<DocumentRef>,
        /// Its number in a saved index, if it is in that and in none of the sources.
        indexed: Option<u64>,
        /// Their Jaccard similarity.
        jaccard: f64,
        /// The share of its shingles that the kept document has.
        containment: f64,
        /// Whether both are the same bytes.
        exact: bool,
        /// How far they are equal.
        equality: Equality,
    },
    /// It holds an evaluation item.
    Contaminated {
        /// The item.
        item: Arc<DocumentRef>,
        /// The share of the item that it holds, in the unit of the rule.
        share: f64,
    },
    /// Its other words were cut, each verified against a place that stays.
    TooShort {
        /// How many words are left.
        left: usize,
    },
}

impl DocumentRemoval {
    /// Returns the document for which this one goes: the one that it repeats, or the evaluation item that it holds.
    pub fn keeper(&self) -> Option<&DocumentRef> {
        match &self.cause {
            RemovalCause::Duplicate { keep, .. } | RemovalCause::Contaminated { item: keep, .. } => Some(keep),
            RemovalCause::TooShort { .. } => None,
        }
    }

    /// Returns the document for which this one goes, if it is in one of the sources.
    pub fn keeper_in_sources(&self) -> Option<&DocumentRef> {
        self.keeper().filter(|_| !matches!(self.cause, RemovalCause::Duplicate { indexed: Some(_), .. }))
    }
}

/// A kept document for which very many others go. A person should look at it: it may be an error page or a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LargeRemoval {
    /// The document that stays.
    pub keep: DocumentRef,
    /// How many go for it.
    pub members: usize,
}
