//! Statistics of a corpus: sizes, repetition inside documents, and what a scan reports of it.
//!
//! These types are the format of saved statistics (`doublon.stats/1`, one JSON object a line): their field names are a
//! contract, as those of findings are. Adding a field is compatible; changing or removing one needs `/2`.

#[cfg(feature = "report")]
use std::borrow::Cow;
use std::collections::BTreeMap;

use doublon_core::text::Cleaning;
use doublon_core::text::repetition::MEASURES;
#[cfg(feature = "report")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
#[cfg(feature = "report")]
use serde_json::{Map, json};

use super::document::DocumentRef;
use super::fields::{rounded, rounded_share};
use super::header::SourceInfo;
use super::parameters::Parameters;
use super::passage::PlacedSpan;
use super::skip::Skipped;
use super::summary::IgnoredText;

/// The name and version of the format.
pub const SCHEMA: &str = "doublon.stats/1";

/// The statistics of one run, in the order in which they are written.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// What was read and how.
    pub header: StatisticsHeader,
    /// Every document, if they were asked for.
    pub documents: Vec<DocumentStatistics>,
    /// The documents most over a limit, worst first; at most as many as were asked for. They are not written to a file.
    pub worst: Vec<DocumentStatistics>,
    /// Passages that stand several times, those with the most repeated text first.
    pub passages: Vec<FrequentPassage>,
    /// What was not measured, and why.
    pub skipped: Vec<Skipped>,
    /// The whole corpus.
    pub summary: StatisticsSummary,
}

/// One line of a file of statistics.
#[derive(Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StatisticsLine<'a> {
    /// The first line.
    Header(&'a StatisticsHeader),
    /// A document, if they are listed.
    Document(&'a DocumentStatistics),
    /// A passage that stands several times.
    Passage(&'a FrequentPassage),
    /// A document or source that was not measured.
    Skipped(&'a Skipped),
    /// The last line.
    Summary(&'a StatisticsSummary),
}

/// What was read and how.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[cfg_attr(feature = "report", schemars(rename = "Header"))]
pub struct StatisticsHeader {
    /// [`SCHEMA`].
    #[cfg_attr(feature = "report", schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    /// The version of doublon that wrote the statistics.
    pub version: &'static str,
    /// Whether documents were compared with each other; otherwise each was measured by itself only.
    pub compared: bool,
    /// What determines the result.
    pub parameters: Parameters,
    /// The files read, in order.
    pub sources: Vec<SourceInfo>,
}

/// One document.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct DocumentStatistics {
    /// The document.
    #[serde(flatten)]
    pub doc: DocumentRef,
    /// How large it is.
    #[serde(flatten)]
    pub sizes: Sizes,
    /// How much it repeats itself, by the measures of Gopher.
    pub gopher: RepetitionShares,
    /// The measures by which Gopher's filter would drop it.
    pub over: Vec<&'static str>,
    /// What C4's rules find in it.
    pub c4: C4,
    /// What a scan reports of it, if it was compared with others.
    #[serde(flatten)]
    pub repeats: Option<DocumentRepeats>,
}

/// The size of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct Sizes {
    /// Bytes of its text.
    pub bytes: u64,
    /// Characters (code points) of its text.
    pub characters: u64,
    /// Words: runs of letters and digits, or single characters of scripts without spaces.
    pub words: u64,
    /// Lines that are not blank.
    pub lines: u64,
    /// Runs of such lines.
    pub paragraphs: u64,
}

impl Sizes {
    /// The names of the sizes, in the order of [`Self::all`].
    pub const NAMES: [&str; 5] = ["bytes", "characters", "words", "lines", "paragraphs"];

    /// Returns all sizes.
    pub fn all(&self) -> [u64; 5] {
        [self.bytes, self.characters, self.words, self.lines, self.paragraphs]
    }
}

/// The values of the measures of repetition, in the order of [`MEASURES`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RepetitionShares(pub [f64; MEASURES.len()]);

impl RepetitionShares {
    /// Returns the measures that are over their limit, with their values, in order.
    pub fn over(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let all = MEASURES.into_iter().zip(self.0);
        all.filter(|(measure, share)| *share > measure.limit).map(|(measure, share)| (measure.name, share))
    }

    /// Returns how many times its limit the worst measure is; above 1 the filter drops the document.
    pub fn excess(&self) -> f64 {
        MEASURES.iter().zip(self.0).map(|(measure, share)| share / measure.limit).fold(0.0, f64::max)
    }
}

#[cfg(feature = "report")]
impl JsonSchema for RepetitionShares {
    fn schema_name() -> Cow<'static, str> {
        "Shares".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let share = |measure: &doublon_core::text::repetition::Measure| {
            (measure.name.to_owned(), json!({ "type": "number", "minimum": 0.0, "maximum": 1.0 }))
        };
        json_schema!({
            "description": "The values of the measures of repetition.",
            "type": "object",
            "properties": MEASURES.iter().map(share).collect::<Map<_, _>>(),
            "required": MEASURES.map(|measure| measure.name),
        })
    }
}

impl Serialize for RepetitionShares {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(MEASURES.iter().zip(self.0).map(|(measure, share)| (measure.name, rounded(share))))
    }
}

/// What C4's rules find in a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[allow(clippy::struct_excessive_bools)] // each rule holds or not
pub struct C4 {
    /// Lines that do not end as a sentence does.
    pub unended_lines: u64,
    /// Lines of fewer than 5 words.
    pub short_lines: u64,
    /// Lines with the word Javascript.
    pub javascript_lines: u64,
    /// Lines to which none of this applies.
    pub kept_lines: u64,
    /// Whether those have fewer than 3 sentences.
    pub few_sentences: bool,
    /// Whether the text holds `lorem ipsum`.
    pub lorem_ipsum: bool,
    /// Whether the text holds a `{`.
    pub curly_bracket: bool,
}

impl C4 {
    /// Returns whether the rules drop the document.
    pub fn drops(&self) -> bool {
        self.few_sentences || self.lorem_ipsum || self.curly_bracket
    }
}

impl From<Cleaning> for C4 {
    fn from(found: Cleaning) -> Self {
        Self {
            unended_lines: found.unended_lines as u64,
            short_lines: found.short_lines as u64,
            javascript_lines: found.javascript_lines as u64,
            kept_lines: found.kept_lines as u64,
            few_sentences: found.few_sentences,
            lorem_ipsum: found.lorem_ipsum,
            curly_bracket: found.curly_bracket,
        }
    }
}

/// What a scan reports of one document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct DocumentRepeats {
    /// Whether it is a duplicate of a kept document.
    pub duplicate: bool,
    /// Characters in passages that stand earlier in the same document.
    pub repeated_within: u64,
    /// Characters in passages that stand in a document before it, and not earlier in this one.
    pub repeated_across: u64,
}

/// A passage that stands several times.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct FrequentPassage {
    /// The id of its family.
    pub family: String,
    /// How many places it has.
    pub count: u64,
    /// In how many documents those of them are that a scan lists.
    pub documents: u64,
    /// Characters of the place that a scan keeps.
    pub characters: u64,
    /// That place.
    pub keep: PlacedSpan,
}

/// The whole corpus.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[cfg_attr(feature = "report", schemars(rename = "Summary"))]
pub struct StatisticsSummary {
    /// Everything that was met as a document, or as a source that gave none.
    pub met: u64,
    /// Documents that were measured.
    pub documents: u64,
    /// What was not, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Files in folders that hold no text, by their kind, such as `picture`. They are no documents.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other_files: BTreeMap<String, u64>,
    /// Files and folders that were left out of folders without being asked: `.git` (`git`), and in a work tree of Git what
    /// it ignores (`ignored`) and what is hidden (`hidden`). A folder counts as one. They are no documents.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, u64>,
    /// Documents in which bytes that are not UTF-8 were replaced.
    pub lossy: u64,
    /// The sizes of documents.
    pub sizes: Vec<SizeSummary>,
    /// The measures of Gopher.
    pub gopher: Vec<MeasureSummary>,
    /// Documents over at least one of the limits.
    pub over: u64,
    /// C4's rules.
    pub c4: C4Summary,
    /// What a scan reports, if documents were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeats: Option<RepeatSummary>,
    /// Known text that a scan left out, if there was any to look for. Other measures of documents have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignored: Option<IgnoredText>,
}

/// How a size spreads over documents. From 16,384 on, quantiles have four digits that count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct SizeSummary {
    /// The size, one of [`Sizes::NAMES`].
    pub size: &'static str,
    /// The sum over all documents.
    pub total: u64,
    /// The least.
    pub min: u64,
    /// Half of the documents have no more.
    pub median: u64,
    /// 19 of 20 documents have no more.
    pub p95: u64,
    /// The most.
    pub max: u64,
}

/// How a share spreads over documents. Quantiles have four decimals.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct MeasureSummary {
    /// The measure, one of [`MEASURES`].
    pub measure: &'static str,
    /// The share from which Gopher's filter drops a document.
    pub limit: f64,
    /// Documents above it.
    pub over: u64,
    /// Half of the documents have no more.
    pub median: f64,
    /// 19 of 20 documents have no more.
    pub p95: f64,
    /// The most.
    #[serde(serialize_with = "rounded_share")]
    pub max: f64,
}

/// What C4's rules find in all documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct C4Summary {
    /// Lines that are not blank.
    pub lines: u64,
    /// Lines that do not end as a sentence does.
    pub unended_lines: u64,
    /// Lines of fewer than 5 words.
    pub short_lines: u64,
    /// Lines with the word Javascript.
    pub javascript_lines: u64,
    /// Lines to which none of this applies.
    pub kept_lines: u64,
    /// Documents in which those have fewer than 3 sentences.
    pub few_sentences: u64,
    /// Documents with `lorem ipsum`.
    pub lorem_ipsum: u64,
    /// Documents with a `{`.
    pub curly_bracket: u64,
    /// Documents that at least one of the last three drops.
    pub dropped: u64,
}

/// What a scan reports of the corpus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct RepeatSummary {
    /// Duplicate documents.
    pub duplicates: u64,
    /// The characters of all documents that are no duplicates.
    pub characters: u64,
    /// Of those, characters in passages that stand earlier in the same document.
    pub within: u64,
    /// And in passages that stand in a document before, and not earlier in the same.
    pub across: u64,
    /// Families of repeated passages.
    pub families: u64,
    /// Bytes of all text.
    pub text_bytes: u64,
    /// Of those, bytes that could go: of duplicates, and of passages in other documents.
    pub repeated_bytes: u64,
}

impl RepeatSummary {
    /// Returns the share of the text that could go without losing anything, `0.0..=1.0`.
    pub fn share(&self) -> f64 {
        self.repeated_bytes as f64 / self.text_bytes.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_over_a_limit_and_not_at_it() {
        let mut shares = RepetitionShares([0.0; 13]);
        (shares.0[0], shares.0[10]) = (0.30, 0.13);
        assert_eq!(shares.over().collect::<Vec<_>>(), [("duplicate_8_gram_characters", 0.13)]);
        assert!((shares.excess() - 0.13 / 0.12).abs() < 1e-12);
    }
}
