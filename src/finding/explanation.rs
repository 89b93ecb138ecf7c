//! Why two texts are a finding, or a document is kept: the numbers that the result rests on, and the texts themselves.
//!
//! These types are also the format in which an explanation is written for programs (`doublon.explanation/1`): their field
//! names are a contract.

use serde::Serialize;

use super::comparison::{Comparison, Rule, TextAlignment};
use super::document::{DocumentRef, Member};
use super::parameters::Parameters;
use super::passage::{PassageFamily, PassageMatch, PlacedSpan};
use super::skip::Skipped;

/// The explanation of one finding or document.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// What determined the findings.
    pub parameters: Parameters,
    /// What is explained.
    pub subject: Subject,
    /// Sources that could not be read again, and why. Their documents are explained by the findings alone.
    pub lost: Vec<LostSource>,
}

/// A source that is gone, or no longer what was scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LostSource {
    /// Its path.
    pub source: String,
    /// What changed, or why it cannot be read.
    pub detail: String,
}

/// What is explained.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant)] // there is one
pub enum Subject {
    /// A kept document with those removed for it.
    Cluster(ExplainedCluster),
    /// A passage at two places.
    Match(ExplainedMatch),
    /// All places of a passage.
    Family(ExplainedFamily),
    /// One document.
    Document(ExplainedDocument),
}

/// A kept document with those removed for it.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedCluster {
    /// Its id in the findings.
    pub id: String,
    /// The document that stays.
    pub keep: DocumentRef,
    /// The removed documents that are explained, at most as many as were asked for.
    pub members: Vec<Removed>,
    /// How many were removed.
    pub count: usize,
}

/// A removed document.
#[derive(Clone, Debug, Serialize)]
pub struct Removed {
    /// Its number in its cluster, from 1.
    pub number: usize,
    /// As it was measured in the scan.
    pub member: Member,
    /// The rule by which it is removed.
    pub rule: Rule,
    /// The kept document and this one, measured again; none if one of them has changed or is gone.
    pub comparison: Option<Comparison>,
}

/// A passage at two places.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedMatch {
    /// As it was measured in the scan.
    pub found: PassageMatch,
    /// How many places its family has.
    pub places: usize,
    /// The two texts, aligned; none if one of them could not be read.
    pub alignment: Option<TextAlignment>,
}

/// All places of a passage.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedFamily {
    /// As it was found.
    pub family: PassageFamily,
    /// The matches between its places.
    pub matches: Vec<String>,
    /// The places that are explained, at most as many as were asked for; the kept one is not among them.
    pub places: Vec<ExplainedPlace>,
}

/// A place of a passage.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedPlace {
    /// Where.
    pub span: PlacedSpan,
    /// The kept place and this one, aligned; none if one of them could not be read.
    pub alignment: Option<TextAlignment>,
}

/// One document.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedDocument {
    /// The document.
    pub doc: DocumentRef,
    /// What became of it.
    pub fate: Fate,
    /// The matches that have a place in it.
    pub matches: Vec<String>,
    /// It and another document, compared, if another was named.
    pub with: Option<Comparison>,
}

/// What became of a document.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant)] // there is one
pub enum Fate {
    /// It is removed.
    Removed {
        /// The cluster.
        cluster: String,
        /// The document that stays.
        keep: DocumentRef,
        /// Why.
        removed: Removed,
    },
    /// It stays, and others are removed for it.
    Keeper {
        /// The cluster.
        cluster: String,
        /// How many are removed.
        count: usize,
    },
    /// It stays, and is listed as one side of pairs.
    Paired {
        /// How many.
        count: usize,
    },
    /// It stays.
    Kept,
    /// It was not compared.
    Skipped(Skipped),
}

impl Explanation {
    /// Returns all documents that it names.
    pub fn documents(&self) -> impl Iterator<Item = &DocumentRef> {
        let documents: Vec<&DocumentRef> = match &self.subject {
            Subject::Cluster(cluster) => {
                let members = cluster.members.iter().map(|removed| &removed.member.doc);
                members.chain([&cluster.keep]).collect()
            }
            Subject::Match(ExplainedMatch { found, .. }) => vec![&found.a.doc, &found.b.doc],
            Subject::Family(found) => {
                let places = found.places.iter().map(|place| &place.span.doc);
                places.chain([&found.family.keep.doc]).collect()
            }
            Subject::Document(ExplainedDocument { doc, fate, with, .. }) => {
                let keep = if let Fate::Removed { keep, .. } = fate { Some(keep) } else { None };
                [doc].into_iter().chain(keep).chain(with.iter().map(|with| &with.b.doc)).collect()
            }
        };
        documents.into_iter()
    }
}
