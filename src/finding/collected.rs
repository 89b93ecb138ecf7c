//! All findings of a run together.

use serde::{Deserialize, Serialize};

use super::contamination::Contamination;
use super::document::{DocumentCluster, DocumentPair};
use super::header::Header;
use super::passage::{PassageFamily, PassageMatch};
use super::skip::Skipped;
use super::summary::Summary;

/// All findings of one run, in the order in which they are written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// What was read and how.
    pub header: Header,
    /// Duplicate documents, by position of the kept one.
    pub clusters: Vec<DocumentCluster>,
    /// Verified pairs of documents, if they were asked for.
    pub pairs: Vec<DocumentPair>,
    /// Repeated passages, pair by pair.
    pub matches: Vec<PassageMatch>,
    /// Repeated passages, each with all its places.
    pub families: Vec<PassageFamily>,
    /// Evaluation items that stand in documents, if such were looked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contaminations: Vec<Contamination>,
    /// What was not compared, and why.
    pub skipped: Vec<Skipped>,
    /// The counts.
    pub summary: Summary,
}
