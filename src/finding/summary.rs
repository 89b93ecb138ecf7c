//! The counts of a run.

use std::collections::BTreeMap;

#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::class::ClassCounts;
use super::contamination::ContaminationSummary;
use super::fields::is_zero_u64;

/// The counts of a run. `documents = kept + removed + the sum of skipped`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct Summary {
    /// Everything that was met as a document, or as a source that gave none.
    pub documents: u64,
    /// Documents that stay.
    pub kept: u64,
    /// Documents that go.
    pub removed: u64,
    /// What was not compared, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Files in folders that hold no text, by their kind, such as `picture`. They are no documents.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other_files: BTreeMap<String, u64>,
    /// Files and folders that were left out of folders without being asked: `.git` (`git`), and in a work tree of Git what
    /// it ignores (`ignored`) and what is hidden (`hidden`). A folder counts as one. They are no documents.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, u64>,
    /// The documents that others were only compared with, if there may be such. They are among those that stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<AgainstDocuments>,
    /// Bytes of text in the documents compared, without known text.
    pub text_bytes: u64,
    /// Bytes of text in the removed documents, without known text.
    pub removed_bytes: u64,
    /// Documents in which bytes that could not be decoded were replaced.
    #[serde(default, skip_serializing_if = "is_zero_u64")]
    pub lossy: u64,
    /// Documents whose record has an id; absent if the field of ids is the one that is taken where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_id: Option<u64>,
    /// Documents whose record has the field by which `keep` chooses; absent if it goes by none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_value: Option<u64>,
    /// Known text that was met, and what comments leave out (`doublon-ignore`), if there was any or any to look for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<IgnoredText>,
    /// The first sources with a comment that begins what is ignored, where none ends it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unclosed: Vec<String>,
    /// Documents by the encoding that they were in, where that is not UTF-8.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub encodings: BTreeMap<String, u64>,
    /// Passage matches, those of large families included that are not listed.
    pub passage_matches: u64,
    /// Families of passages listed.
    pub passage_families: u64,
    /// Matches and families by class: `copy`, `rewrite`, `same_form`, `furniture`; only those that there are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub passage_classes: BTreeMap<String, ClassCounts>,
    /// Repeats shorter than the least number of words, which are counted only.
    pub short_repeats: u64,
    /// What became of evaluation items, if such were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contamination: Option<ContaminationSummary>,
    /// How many of the true pairs of documents were found, as estimated from those found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall_estimate: Option<RecallEstimate>,
    /// What a baseline lacks, if the findings were held against one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<NewRepeats>,
}

/// Documents that others were only compared with: they stay, and nothing of them counts as repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct AgainstDocuments {
    /// How many there are.
    pub documents: u64,
    /// Bytes of text in them, without known text.
    pub text_bytes: u64,
}

impl Summary {
    /// Returns how many documents others were only compared with.
    pub fn compared_with(&self) -> u64 {
        self.against.map_or(0, |against| against.documents)
    }

    /// Returns how many bytes of text could repeat: without those of documents that others were only compared with.
    pub fn judged_bytes(&self) -> u64 {
        self.text_bytes.saturating_sub(self.against.map_or(0, |against| against.text_bytes))
    }
}

/// Known text that was met, or that comments name as such, and counted nowhere else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct IgnoredText {
    /// Places where it stands.
    pub places: u64,
    /// Bytes of text at these places.
    pub bytes: u64,
    /// Documents that are known text and nothing else. They are kept, and duplicates of none.
    pub documents: u64,
}

/// What of the findings a baseline lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct NewRepeats {
    /// Duplicate documents.
    pub documents: u64,
    /// Places of repeated passages.
    pub passages: u64,
    /// Bytes of text in them, each byte once.
    pub bytes: u64,
}

/// An estimate with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct RecallEstimate {
    /// The estimate, `0.0..=1.0`.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub value: f64,
    /// The lower end of the 95% interval.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub low: f64,
    /// The upper end of the 95% interval.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub high: f64,
}
