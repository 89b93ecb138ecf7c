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
}

/// A place that stays, for which others go.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptPassage {
    /// Its document.
    pub doc: DocumentRef,
    /// Where it is in the text.
    pub span: Span,
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
