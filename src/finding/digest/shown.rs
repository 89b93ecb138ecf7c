//! What is left of the findings: all that a report for people shows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::charts::ChartMeasures;
use super::drawn::DrawnDocument;
use super::largest::{FrequentFamily, LargeCluster};
use super::shortlist::{ShelvedFamilies, Shelving, Shortlisted};
use super::skips::SkippedDigest;
use crate::finding::{DocumentCluster, DocumentPair, Header, PassageFamily, PassageMatch, Repeated, Sort, Summary};

/// How much of the findings is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigestLimits {
    /// The most groups of each type, and of passages of each shelf.
    pub groups: usize,
    /// What passages are sorted by.
    pub shelving: Shelving,
    /// Which of them come first.
    pub sort: Sort,
    /// The most runs of skipped records of one source and one reason.
    pub skipped_runs: usize,
    /// The most records of such a run.
    pub skipped_records: usize,
    /// The most documents of which all places are kept.
    pub documents: usize,
}

/// What a report for people shows of findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Digest {
    /// What was read and how.
    pub header: Header,
    /// The counts of the run.
    pub summary: Summary,
    /// How much of the text repeats.
    pub repeated: Repeated,
    /// The first clusters.
    pub clusters: Shortlisted<DocumentCluster>,
    /// The first pairs of documents.
    pub pairs: Shortlisted<DocumentPair>,
    /// The first families of each shelf.
    pub families: ShelvedFamilies,
    /// The listed matches of the families that are shown, by the id of the family.
    pub matches: BTreeMap<String, Vec<PassageMatch>>,
    /// How many matches are listed, those of other families included.
    pub match_count: u64,
    /// The clusters of most documents, of all that there are.
    pub largest: Vec<LargeCluster>,
    /// The families of most places, of all that stand in several and are no furniture.
    pub frequent: Vec<FrequentFamily>,
    /// What was skipped.
    pub skipped: SkippedDigest,
    /// What the charts show.
    pub measures: ChartMeasures,
    /// The documents in which most bytes stand in places of families.
    pub documents: Vec<DrawnDocument>,
    /// How many documents hold a place.
    pub document_count: usize,
    /// Sources of several records.
    pub sources_of_records: BTreeSet<Arc<str>>,
}

impl Digest {
    /// Returns the matches of a family that are kept.
    pub fn matches_of(&self, family: &PassageFamily) -> &[PassageMatch] {
        self.matches.get(&family.id).map_or(&[], Vec::as_slice)
    }
}
