//! P2, P3 and P10 of documents and places that went for those of a saved index, whose words it holds.

use std::path::PathBuf;

use doublon_core::Span;
use doublon_core::verify::Overlap;

use super::evidence::{GoneDocument, IndexedDocument, name};
use super::fault::Promise;
use crate::error::Result;
#[cfg(feature = "index")]
use crate::finding::DocumentRef;
use crate::finding::{HeldIndex, InputOptions, Parameters, PlacedSpan};
#[cfg(feature = "index")]
use crate::index::Index;
#[cfg(feature = "index")]
use crate::scan::{Archive, ArchivedWords};
use crate::scan::{Progress, Resources};

/// The index of a copy, as it is now.
pub(super) struct IndexProof {
    #[cfg(feature = "index")]
    index: Index,
    /// Documents that it had when the copy was made have smaller numbers.
    next: u64,
}

#[cfg(feature = "index")]
impl IndexProof {
    pub fn open(held: &HeldIndex) -> Result<Self> {
        Ok(Self { index: Index::open(&held.to_path()?)?, next: held.next })
    }

    /// Measures a document that went against the one for which it did. Returns also whether they have the same characters.
    pub fn measure(
        &self,
        gone: &GoneDocument,
        kept: &IndexedDocument,
        text: &str,
    ) -> std::result::Result<(Overlap, bool), (Promise, String)> {
        let measured = self.index.measure(kept.number, text);
        let measured = measured.map_err(|error| (Promise::P3, format!("{}: {error}", gone.name)))?;
        let found = self.held(kept, measured, |found| &found.doc)?;
        Ok((found.overlap, found.equality.is_exact()))
    }

    /// Returns the hashes of some words of a document that is kept.
    pub fn words(&self, kept: &IndexedDocument, words: Span) -> std::result::Result<Vec<u64>, (Promise, String)> {
        let read = self.index.named_words(kept.number);
        let read = read.map_err(|error| (Promise::P3, format!("{}: {error}", name(&kept.doc))))?;
        let (_, ArchivedWords { hashes: held, .. }) = self.held(kept, read, |(doc, _)| doc)?;
        let lost = || (Promise::P2, format!("went for {}, which has not the words that are named", name(&kept.doc)));
        held.get(words.start..words.end).map(<[u64]>::to_vec).ok_or_else(lost)
    }

    /// Returns what the index holds by the number of a document, if that is the document, and it held it then.
    fn held<T>(
        &self,
        kept: &IndexedDocument,
        found: Option<T>,
        doc: impl Fn(&T) -> &DocumentRef,
    ) -> std::result::Result<T, (Promise, String)> {
        let kept_name = name(&kept.doc);
        let lost = |what: &str| Err((Promise::P2, format!("went for {kept_name}, {what}")));
        if kept.number >= self.next {
            return lost("which the index did not hold then");
        }
        match found {
            None => lost("which the index does not hold any more"),
            Some(found) if name(doc(&found)) != kept_name || doc(&found).id != kept.doc.id => {
                lost("and the index holds another document by its number")
            }
            Some(found) => Ok(found),
        }
    }

    /// Returns the seed of the hashes of its words.
    pub fn seed(&self) -> u64 {
        self.index.word_seed()
    }

    /// Returns the documents in the copies that repeat what the index had when they were made, as the index says it.
    pub fn repeats(
        &self,
        copies: &[PathBuf],
        input: &InputOptions,
        (resources, progress): (&Resources, &dyn Progress),
    ) -> Result<Vec<String>> {
        let mut found: Vec<crate::finding::Finding> = Vec::new();
        self.index.against(copies, input, resources, progress, &mut found)?;
        let mut told = Vec::new();
        for finding in found {
            if let crate::finding::Finding::DocumentCluster(cluster) = finding {
                // What was added of the copy since repeats itself.
                let was_held = cluster.indexed.is_some_and(|number| number < self.next);
                told.extend(cluster.members.iter().filter(|_| was_held).map(|member| name(&member.doc)));
            }
        }
        Ok(told)
    }

    /// Returns the places in the copies that repeat what the index had when they were made.
    pub fn repeated_places(
        &self,
        copies: &[PathBuf],
        parameters: &Parameters,
        (resources, progress): (&Resources, &dyn Progress),
    ) -> Result<Vec<PlacedSpan>> {
        let mut found: Vec<crate::finding::Finding> = Vec::new();
        let Parameters { config, input } = parameters;
        self.index.passages(copies, config, input, resources, progress, &mut found)?;
        let was_held = |place: &PlacedSpan| place.in_index.is_some_and(|words| words.number < self.next);
        let place = |finding| match finding {
            crate::finding::Finding::PassageMatch(found) if was_held(&found.a) => Some(found.b),
            _ => None,
        };
        Ok(found.into_iter().filter_map(place).collect())
    }
}

#[cfg(not(feature = "index"))]
#[allow(clippy::unused_self)] // as the one that reads
impl IndexProof {
    pub fn open(held: &HeldIndex) -> Result<Self> {
        let detail = format!("this build of doublon reads no index, and the copy rests on one of {}", held.next);
        Err(crate::error::Error::Refused { path: held.to_path()?, detail })
    }

    pub fn measure(
        &self,
        _: &GoneDocument,
        kept: &IndexedDocument,
        _: &str,
    ) -> std::result::Result<(Overlap, bool), (Promise, String)> {
        Err((Promise::P3, format!("went for {}, document {} of {}", name(&kept.doc), kept.number, self.next)))
    }

    pub fn words(&self, kept: &IndexedDocument, _: Span) -> std::result::Result<Vec<u64>, (Promise, String)> {
        Err((Promise::P3, format!("went for {}, document {} of {}", name(&kept.doc), kept.number, self.next)))
    }

    pub fn seed(&self) -> u64 {
        crate::store::private_seed()
    }

    #[allow(clippy::unnecessary_wraps)] // as the one that reads
    pub fn repeated_places(
        &self,
        _: &[PathBuf],
        _: &Parameters,
        _: (&Resources, &dyn Progress),
    ) -> Result<Vec<PlacedSpan>> {
        Ok(Vec::new())
    }

    #[allow(clippy::unnecessary_wraps)] // as the one that reads
    pub fn repeats(&self, _: &[PathBuf], _: &InputOptions, _: (&Resources, &dyn Progress)) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}
