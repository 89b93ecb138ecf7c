//! One line of a file of findings.

#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::contamination::Contamination;
use super::document::{DocumentCluster, DocumentPair};
use super::header::Header;
use super::passage::{PassageFamily, PassageMatch};
use super::skip::Skipped;
use super::summary::Summary;

/// One line of a file of findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant)] // one value at a time, while a line is written or read
#[non_exhaustive]
pub enum Finding {
    /// The first line.
    Header(Header),
    /// A kept document and those removed for it.
    DocumentCluster(DocumentCluster),
    /// A verified pair of documents.
    DocumentPair(DocumentPair),
    /// Two places with the same or nearly the same passage.
    PassageMatch(PassageMatch),
    /// All places of one passage.
    PassageFamily(PassageFamily),
    /// An evaluation item that stands in a document.
    Contamination(Contamination),
    /// A document or source that was not compared.
    Skipped(Skipped),
    /// The last line.
    Summary(Summary),
}
