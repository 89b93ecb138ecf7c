//! The pipeline of passages: from documents to every passage that repeats within or across them.
//!
//! Documents become sequences of word numbers, four bytes a word. Windowed minima of their shingles become postings,
//! postings that share a key become candidates, candidates are aligned pair of documents by pair of documents, and
//! the passages found become families. Only then are the documents that hold one taken up again, to say where in their
//! text it stands.
//!
//! Each step is divided among the threads so that its result does not depend on how: by document, by range of keys, by
//! pair of documents.

mod candidates;
mod corpus;
mod repeats;
mod report;

use super::describe;
use crate::cluster::families::families;
use crate::document::{DocId, Document};
use crate::finding::{DocumentRef, Parameters, PassageFamily, PassageMatch};
use crate::text::Tokenizer;
use candidates::candidates;
use corpus::Corpus;
use repeats::align;
use report::{Places, Report};

pub use repeats::{LEAST_SCORE, LEAST_SCORE_OF_CHARACTERS};
pub(super) use repeats::{acceptance, least_score};

/// The repeated passages of some documents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Passages {
    /// Repeats of two places, by the first place, then the second.
    pub matches: Vec<PassageMatch>,
    /// All places of each passage, by the first place.
    pub families: Vec<PassageFamily>,
    /// Repeats that are too short to be listed: passages of fewer than the least number of words, and lines too short
    /// to be a passage that stand twice in a document outside of the passages listed.
    pub short_repeats: u64,
}

/// Returns the passages that repeat within or across the documents `included`, which are in order.
///
/// The first 2^32 words of a document are compared.
pub fn find(
    documents: &[Document],
    included: &[DocId],
    names: &(dyn Fn(DocId) -> DocumentRef + Sync),
    parameters: &Parameters,
) -> Passages {
    let archive = Archive { documents, included, names, tokenizer: Tokenizer::new(parameters.text, parameters.seed) };
    let corpus = Corpus::read(&archive, parameters);
    let candidates = candidates(&corpus, parameters);
    let (listed, short) = align(&corpus, &candidates, parameters);
    drop(candidates);
    let short_repeats = families(&short).families.len() as u64 + corpus.short_lines_outside(&listed);
    let pairs: Vec<_> = listed.iter().map(|repeat| (repeat.a.clone(), repeat.b.clone())).collect();
    let grouped = families(&pairs);
    Report { archive: &archive, corpus: &corpus, places: Places::new(&archive, &listed, &grouped) }.passages(
        &listed,
        &grouped,
        short_repeats,
        parameters,
    )
}

/// The documents compared, numbered from 0. The only way to their texts.
struct Archive<'a> {
    documents: &'a [Document],
    included: &'a [DocId],
    names: &'a (dyn Fn(DocId) -> DocumentRef + Sync),
    tokenizer: Tokenizer,
}

impl Archive<'_> {
    fn len(&self) -> usize {
        self.included.len()
    }

    fn text(&self, doc: u32) -> &str {
        &self.documents[self.included[doc as usize].index()].text
    }

    fn name(&self, doc: u32) -> DocumentRef {
        (self.names)(self.included[doc as usize])
    }
}
