//! A saved index as a clean copy asks it. Who makes copies knows no index, and an index knows no copies.

use super::progress::Progress;
use super::revision::Revision;
use crate::error::Result;
use crate::finding::{Parameters, Sink, Summary};
use crate::source::Source;
use crate::store::Resources;

/// The words of a document, by their hashes.
#[derive(Debug, Default)]
pub(crate) struct ArchivedWords {
    /// Those that passages are made of, in order.
    pub hashes: Vec<u64>,
    /// The operators between them: each with the number of the word that it stands before, and its hash.
    pub operators: Vec<(usize, u64)>,
}

/// Documents of which the words are held elsewhere, for which documents and passages of a clean copy may go.
pub(crate) trait Archive: Sync {
    /// Returns the seed of the hashes of its words.
    fn word_seed(&self) -> u64;

    /// Returns the words of a document, by the number that findings have of it; none if it is not held.
    fn words(&self, number: u64) -> Result<Option<ArchivedWords>>;

    /// Finds which documents of some sources are duplicates of what is held, or of each other, and which passages of the
    /// others stand in what is held, if a revision had been carried out on them. Hands each finding to `sink`.
    fn find_revised(
        &self,
        sources: (&[Source], &[usize]),
        parameters: &Parameters,
        revision: &dyn Revision,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Summary>;
}
