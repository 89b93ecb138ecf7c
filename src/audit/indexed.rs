//! P2, P3 and P10 of documents that went for documents of a saved index, whose words it holds.

use std::path::PathBuf;

use doublon_core::verify::Overlap;

use super::evidence::{GoneDocument, IndexedDocument, name};
use super::fault::Promise;
use crate::error::Result;
use crate::finding::{HeldIndex, InputOptions};
#[cfg(feature = "index")]
use crate::index::Index;
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
        let kept_name = name(&kept.doc);
        let lost = |what: &str| Err((Promise::P2, format!("went for {kept_name}, {what}")));
        if kept.number >= self.next {
            return lost("which the index did not hold then");
        }
        let measured = self.index.measure(kept.number, text);
        match measured.map_err(|error| (Promise::P3, format!("{}: {error}", gone.name)))? {
            None => lost("which the index does not hold any more"),
            Some(found) if name(&found.doc) != kept_name || found.doc.id != kept.doc.id => {
                lost("and the index holds another document by its number")
            }
            Some(found) => Ok((found.overlap, found.equality.is_exact())),
        }
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
}

#[cfg(not(feature = "index"))]
#[allow(clippy::unused_self)] // as the one that reads
impl IndexProof {
    pub fn open(held: &HeldIndex) -> Result<Self> {
        let detail = format!("this build of doublon reads no index, and the copy rests on one of {}", held.next);
        Err(crate::Error::Refused { path: held.to_path()?, detail })
    }

    pub fn measure(
        &self,
        _: &GoneDocument,
        kept: &IndexedDocument,
        _: &str,
    ) -> std::result::Result<(Overlap, bool), (Promise, String)> {
        Err((Promise::P3, format!("went for {}, document {} of {}", name(&kept.doc), kept.number, self.next)))
    }

    #[allow(clippy::unnecessary_wraps)] // as the one that reads
    pub fn repeats(&self, _: &[PathBuf], _: &InputOptions, _: (&Resources, &dyn Progress)) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}
