//! Documents that stay and change, and repeated passages that stay.

use std::sync::Arc;

use doublon_core::Span;

use crate::finding::DocumentRef;

/// A document that changes.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentEdit {
    /// The document.
    pub doc: DocumentRef,
    /// The places that are cut or marked, in order.
    pub cuts: Vec<PassageCut>,
    /// The stretches that are taken out of the text, in order and apart: the cuts, joined where they touch, with the
    /// white space that they leave over. `true` puts one space there instead.
    pub pieces: Vec<(Span, bool)>,
}

/// A place that repeats another place, which stays.
#[derive(Clone, Debug, PartialEq)]
pub struct PassageCut {
    /// The place, in bytes of the text.
    pub span: Span,
    /// The place in characters, if it is to be marked.
    pub characters: Option<Span>,
    /// The family that both places belong to.
    pub family: Arc<str>,
    /// The place that stays.
    pub keep: Arc<KeptPassage>,
    /// How many words the place has.
    pub words: usize,
    /// The share of these words that stand in the kept place too, in the same order.
    pub covered: f64,
    /// The words of the place that the kept place does not have, in order.
    pub differs: Box<[Box<str>]>,
    /// If the place was a part of a larger one when it was measured: that one.
    pub joined: Option<JoinedPlace>,
}

/// A place that stood together when other cuts were carried out, and whose parts stand apart in the original text. Each
/// part is a cut, and all of them go or none.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinedPlace {
    /// The number of the place; all its parts in the document have it.
    pub number: usize,
    /// How many parts it has.
    pub parts: usize,
    /// How many words they have together.
    pub words: usize,
    /// The share of these words that stand in the kept place too, in the same order.
    pub covered: f64,
}

impl PassageCut {
    /// Returns the share of words by which the cut was decided: of the place that it is a part of, if there is one.
    pub fn decided_by(&self) -> f64 {
        self.joined.as_ref().map_or(self.covered, |place| place.covered)
    }
}

/// A place that stays, for which others go.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptPassage {
    /// Its document.
    pub doc: DocumentRef,
    /// Where it is in the text; of a document of a saved index in its words, counted from the first.
    pub span: Span,
    /// The number of its document in a saved index, if it is in that and in none of the sources.
    pub indexed: Option<u64>,
}

impl KeptPassage {
    /// Returns its document, if that is in one of the sources.
    pub fn doc_in_sources(&self) -> Option<&DocumentRef> {
        Some(&self.doc).filter(|_| self.indexed.is_none())
    }
}

/// A place that repeats another and stays nevertheless.
#[derive(Clone, Debug, PartialEq)]
pub struct StayingPassage {
    /// Its document.
    pub doc: DocumentRef,
    /// Where it is in the text.
    pub span: Span,
    /// The family that it belongs to.
    pub family: Arc<str>,
    /// Why it stays.
    pub reason: &'static str,
}
