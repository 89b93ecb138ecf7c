//! Findings about whole documents: clusters of duplicates, and pairs.

use std::sync::Arc;

#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::equality::Equality;
use super::fields::{is_false, is_zero, is_zero_u64};
use super::fingerprint::Fingerprint;

/// Names one document: the source, the place in it, and the document's own id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct DocumentRef {
    /// The path of its source, as in `SourceInfo::path`; shared, since millions of documents may name it.
    pub source: Arc<str>,
    /// The zero-based position in the source: the line of a JSONL file, 0 for a file that is one document.
    pub record: u64,
    /// The record's own id; unique in its source or absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Arc<str>>,
}

/// A kept document and the documents removed for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct DocumentCluster {
    /// `d1`, `d2`, ... in the order of the kept documents.
    pub id: String,
    /// The document that stays.
    pub keep: DocumentRef,
    /// Tells its text from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// How many of its documents a baseline lacks, the kept one included. If it lacks them all, this counts them all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub new: usize,
    /// The documents that go, in order.
    pub members: Vec<Member>,
}

/// A removed document, measured against the kept one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct Member {
    /// The document that goes.
    pub doc: DocumentRef,
    /// Jaccard similarity of the two shingle sets, `0.0..=1.0`.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub jaccard: f64,
    /// Share of the member's shingles that the kept document has, `0.0..=1.0`.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub containment: f64,
    /// Whether the two texts are the same bytes.
    pub exact: bool,
    /// How far the two texts are equal; left out where they are not, and in findings of older versions.
    #[serde(default, skip_serializing_if = "Equality::is_none")]
    pub equality: Equality,
    /// Bytes of its text; 0 if that is not known.
    #[serde(default, skip_serializing_if = "is_zero_u64")]
    pub bytes: u64,
    /// Tells its text from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Whether a baseline that the findings were held against lacks it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub new: bool,
}

/// A verified pair of documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct DocumentPair {
    /// The earlier document.
    pub a: DocumentRef,
    /// The later document.
    pub b: DocumentRef,
    /// Jaccard similarity of the two shingle sets, `0.0..=1.0`.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub jaccard: f64,
    /// Share of the shingles of `a` that `b` has.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub containment_a: f64,
    /// Share of the shingles of `b` that `a` has.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub containment_b: f64,
}
