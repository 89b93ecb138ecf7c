//! Findings about whole documents: clusters of duplicates, and pairs.

#[cfg(feature = "report")]
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

#[cfg(feature = "report")]
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};

use super::difference::{Difference, DifferenceKind};
use super::equality::Equality;
use super::fields::{is_false, is_zero, is_zero_u64};
use super::fingerprint::Fingerprint;
use super::id::RecordId;
use super::metadata::Metadata;

/// Names one document: the source, the place in it, and the document's own id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "SavedDocument", into = "SavedDocument")]
pub struct DocumentRef {
    /// The path of its source, as in `SourceInfo::path`; shared, since millions of documents may name it.
    pub source: Arc<str>,
    /// The zero-based position in the source: the line of a JSONL file, 0 for a file that is one document.
    pub record: u64,
    /// The record's own id, which may stand several times in its source.
    pub id: Option<RecordId>,
    /// What it says of itself, if its format has that.
    pub metadata: Option<Arc<Metadata>>,
}

impl DocumentRef {
    /// Returns whether it is a record, and so may be one of several in its source: it is not the first, or has an id.
    pub fn is_record(&self) -> bool {
        self.record > 0 || self.id.is_some()
    }

    /// Returns the record's own id, if no other record of its source has the same.
    pub fn own_id(&self) -> Option<&RecordId> {
        self.id.as_ref().filter(|id| !id.is_repeated())
    }
}

/// How a document is named in findings.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[cfg_attr(feature = "report", schemars(rename = "DocumentRef"))]
struct SavedDocument {
    /// The path of its source, as in `SourceInfo::path`.
    source: Arc<str>,
    /// The zero-based position in the source: the line of a JSONL file, 0 for a file that is one document.
    record: u64,
    /// The record's own id as it stands there, of any kind.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "report", schemars(with = "serde_json::Value"))]
    id: Option<RecordId>,
    /// Whether other records of the source have the same id, so that only `record` tells them apart.
    #[serde(default, skip_serializing_if = "is_false")]
    id_repeats: bool,
    /// The title of a page or a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<Arc<str>>,
    /// The address where it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<Arc<str>>,
    /// When it was captured or published, as it stands in the record; ISO 8601 in web archives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<Arc<str>>,
}

/// Reads a value that is there, even if it is null.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RecordId>, D::Error> {
    RecordId::deserialize(deserializer).map(Some)
}

impl From<SavedDocument> for DocumentRef {
    fn from(saved: SavedDocument) -> Self {
        let SavedDocument { source, record, id, id_repeats, title, url, date } = saved;
        let metadata = Some(Metadata { title, url, date }).filter(|found| *found != Metadata::default());
        Self { source, record, id: id.map(|id| id.repeated(id_repeats)), metadata: metadata.map(Arc::new) }
    }
}

impl From<DocumentRef> for SavedDocument {
    fn from(doc: DocumentRef) -> Self {
        let DocumentRef { source, record, id, metadata } = doc;
        let id_repeats = id.as_ref().is_some_and(RecordId::is_repeated);
        let Metadata { title, url, date } = metadata.map(Arc::unwrap_or_clone).unwrap_or_default();
        Self { source, record, id, id_repeats, title, url, date }
    }
}

#[cfg(feature = "report")]
impl JsonSchema for DocumentRef {
    fn schema_name() -> Cow<'static, str> {
        SavedDocument::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = SavedDocument::json_schema(generator);
        schema.insert(
            "description".into(),
            "Names one document: the source, the place in it, and the document's own id.".into(),
        );
        schema
    }
}

/// A kept document and the documents removed for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct DocumentCluster {
    /// `d1`, `d2`, ... in the order of the kept documents.
    pub id: String,
    /// The document that stays.
    pub keep: DocumentRef,
    /// Its number in the index of the header, if it was there already and is in none of the sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed: Option<u64>,
    /// The first words of its text; empty if they are not known, as in findings of earlier versions.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub opening: Arc<str>,
    /// Bytes of its text; 0 if that is not known.
    #[serde(default, skip_serializing_if = "is_zero_u64")]
    pub bytes: u64,
    /// Tells its text from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// How many of its documents a baseline lacks, the kept one included. If it lacks them all, this counts them all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub new: usize,
    /// The documents that go, in order.
    pub members: Vec<Member>,
}

impl DocumentCluster {
    /// Returns whether its documents seem to be one form filled in with other data: two near copies and more differ from
    /// the kept one in few places, and most of what they have otherwise others have otherwise too. Whoever cleans should
    /// look before the data go.
    pub fn is_template(&self) -> bool {
        let compared = || self.members.iter().filter(|member| !member.differences.is_empty());
        let words = |member: &Member| -> BTreeSet<String> {
            let words = member.differences.iter().filter(|found| found.kind == DifferenceKind::Words);
            words.map(|found| found.a.clone()).filter(|text| !text.is_empty()).collect()
        };
        let all: Vec<BTreeSet<String>> = compared().map(words).collect();
        let of_others =
            |n: usize, text: &String| all.iter().enumerate().any(|(m, words)| m != n && words.contains(text));
        let is_filled = |(n, words): (usize, &BTreeSet<String>)| {
            !words.is_empty() && words.iter().filter(|text| of_others(n, text)).count() * 2 >= words.len()
        };
        let is_whole = compared().all(|member| member.more_differences == 0);
        all.len() > 1 && is_whole && all.iter().enumerate().all(is_filled)
    }
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
    /// Where its text differs from that of the kept document, from start to end, `a` being the kept one: of the first near
    /// copies of the largest clusters, unless they are long, and at most [`MAX_DIFFERENCES`](super::MAX_DIFFERENCES).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// How many more differences there are than are listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_differences: usize,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::samples;

    #[test]
    fn documents_that_differ_in_the_same_places_share_a_template() {
        let one = samples::documents().clusters.remove(0);
        let member = |changes: &[(&str, &str)]| {
            let word = |&(a, b): &(&str, &str)| Difference { kind: DifferenceKind::Words, a: a.into(), b: b.into() };
            Member { differences: changes.iter().map(word).collect(), ..one.members[1].clone() }
        };
        let is_template = |members: Vec<Member>| DocumentCluster { members, ..one.clone() }.is_template();
        let [x, y] = [member(&[("users", "items"), ("GET", "PUT")]), member(&[("users", "teams")])];
        assert!(is_template(vec![x.clone(), y.clone()]));
        assert!(is_template(vec![one.members[0].clone(), x.clone(), y.clone()]), "exact copies do not count");
        assert!(!is_template(vec![x.clone()]), "one copy may be a version");
        assert!(!is_template(vec![x.clone(), member(&[("a word", "another")])]), "edited elsewhere");
        assert!(!is_template(vec![x, Member { more_differences: 9, ..y }]), "very different");
        assert!(!is_template(one.members.clone()));
    }
}
