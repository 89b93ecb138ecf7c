//! What determined the findings, as it is saved: settings and input options in one object.

use doublon_core::Config;
#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::input::InputOptions;

/// Everything that determines the findings, and nothing that does not: no thread count, no path of output.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[cfg_attr(feature = "report", schemars(with = "schema::SavedParameters"))]
pub struct Parameters {
    /// What is compared and how. Values that cannot be are refused when they are read back.
    #[serde(flatten)]
    pub config: Config,
    /// How the input was found and read.
    #[serde(flatten)]
    pub input: InputOptions,
}

/// The saved form once more, for the published schema alone: the engine, which owns most of these types, knows no
/// schemas. A test holds both together.
#[cfg(feature = "report")]
#[allow(dead_code, clippy::struct_excessive_bools)]
mod schema {
    #[cfg(feature = "report")]
    use schemars::JsonSchema;

    /// Everything that determines the findings, and nothing that does not: no thread count, no path of output.
    #[derive(JsonSchema)]
    #[schemars(rename = "Parameters")]
    pub struct SavedParameters {
        /// What is compared.
        pub level: SavedLevel,
        /// Least Jaccard similarity of duplicate documents, above 0, at most 1.
        pub threshold: f64,
        /// If given, a document is removed too when a kept one has at least this share of its shingles, above 0, at most 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub containment: Option<f64>,
        /// Least share of pairs at the threshold that must be found, above 0, below 1.
        pub recall: f64,
        /// Number of bands of the documents' signatures.
        pub bands: usize,
        /// Rows in a band.
        pub rows: usize,
        /// How text becomes tokens and shingles.
        pub text: SavedTextOptions,
        /// Seed of all hash functions.
        pub seed: u64,
        /// Which of several duplicates stays.
        pub keep: SavedKeep,
        /// Whether every verified pair of documents is listed.
        pub pairs: bool,
        /// Where repeated passages are looked for.
        pub scope: SavedScope,
        /// Whether documents were compared only if different ones of the given paths lead to them.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub isolate: bool,
        /// Whether some of the documents, those in sources marked `against`, were only compared with.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub against: bool,
        /// Whether they are looked for inside removed documents too.
        pub inside_duplicates: bool,
        /// The unit that is compared whole, if passages of any length are not.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub unit: Option<SavedUnit>,
        /// Least number of words of a passage that is reported.
        pub min_words: usize,
        /// Least identity of a passage that is reported.
        pub min_identity: f64,
        /// How candidates of repeated passages are found.
        pub windows: SavedWindowParameters,
        /// A hash of the known text that was ignored, as 32 hexadecimal digits.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(extend("pattern" = "^[0-9a-f]{32}$"))]
        pub ignore_text: Option<String>,
        /// The field of a record that holds its text, or several that hold it together.
        pub text_field: SavedFields,
        /// The field of a record that holds its id.
        pub id_field: String,
        /// The list of records in JSON files that are an object, where it was named.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub records: Option<String>,
        /// Whether the first row of a table is a record, so that columns are named by their numbers, from 1 on.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub no_header: bool,
        /// Largest record that is read, in bytes.
        pub max_record: u64,
        /// How many times its size a compressed source may unpack to; 0 for no limit.
        #[serde(default)]
        pub max_ratio: u64,
        /// Whether each line of plain text is a document of its own.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub lines: bool,
        /// Whether the text of a page is its article alone.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub article: bool,
        /// The encoding that text was said to be in.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub encoding: Option<String>,
        /// Patterns of which files in folders had to match one, if there are any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub glob: Vec<String>,
        /// Patterns of files and folders that were left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub exclude: Vec<String>,
        /// Whether links in folders were followed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub follow: bool,
        /// Whether hidden files in a work tree of Git were read.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub hidden: bool,
        /// Whether files in a work tree that Git ignores were read.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub no_ignore: bool,
    }

    /// How text becomes tokens and tokens become shingles. Part of what determines every result.
    #[derive(JsonSchema)]
    #[schemars(rename = "TextOptions")]
    pub struct SavedTextOptions {
        /// What a document's shingles are.
        pub shingle: SavedShingle,
        /// Whether letters of different case differ.
        pub keep_case: bool,
        /// Whether accented letters of Latin, Greek and Cyrillic equal the plain ones.
        pub fold_accents: bool,
        /// Whether forms of letters of Arabic and Persian, decimal digits of any script, and traditional and simplified Chinese
        /// characters are equal.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub fold_script: bool,
        /// Whether all digits are equal.
        pub fold_digits: bool,
    }

    /// What is compared.
    #[derive(JsonSchema)]
    #[schemars(rename = "Level")]
    #[serde(rename_all = "snake_case")]
    pub enum SavedLevel {
        /// Documents only.
        Documents,
        /// Passages only.
        Passages,
        /// Documents, then passages in the documents kept.
        All,
    }

    /// What a text is divided into, where whole units are compared instead of passages.
    #[derive(JsonSchema)]
    #[schemars(rename = "PassageUnit")]
    #[serde(rename_all = "snake_case")]
    pub enum SavedUnit {
        /// Lines.
        Line,
        /// Paragraphs.
        Paragraph,
        /// Sentences, none of which goes over the end of a paragraph.
        Sentence,
    }

    /// Where repeated passages are looked for.
    #[derive(JsonSchema)]
    #[schemars(rename = "Scope")]
    #[serde(rename_all = "snake_case")]
    pub enum SavedScope {
        /// Inside each document.
        Within,
        /// Between documents.
        Across,
        /// Both.
        Both,
    }

    /// How candidates of repeated passages are found: each window of consecutive words keeps its smallest shingle.
    #[derive(JsonSchema)]
    #[schemars(rename = "WindowParameters")]
    pub struct SavedWindowParameters {
        /// Words of a shingle.
        pub k: usize,
        /// Words of a window, at least `k`. Every equal run of that many words is found.
        pub words: usize,
        /// Bands, each with its own hash functions and keys.
        pub bands: usize,
        /// Hash functions of a band; their minima together are a key. Findings written before there were rows have one.
        #[serde(default = "one_row")]
        pub rows: usize,
        /// Whether all pairs of places with one key are compared, instead of each place with its nearest.
        pub exhaustive: bool,
    }

    /// A field, or several.
    #[derive(JsonSchema)]
    #[schemars(rename = "TextFields")]
    #[schemars(untagged)]
    pub enum SavedFields {
        /// One field.
        One(String),
        /// Several, of which the texts are joined.
        Several(Vec<String>),
    }

    fn one_row() -> usize {
        1
    }

    /// Which document of several duplicates stays. Ties go to the first by source path, then position.
    #[derive(JsonSchema)]
    #[schemars(rename = "Keep")]
    #[schemars(extend("pattern" = "^(first|longest|shortest|newest|oldest|given-order|none|(max|min|prefer):.+)$"))]
    pub struct SavedKeep(String);

    /// What a shingle is made of, and of how many. Written `word:5` or `char:13`.
    #[derive(JsonSchema)]
    #[schemars(rename = "Shingle")]
    #[schemars(extend("pattern" = "^(word|char):[0-9]+$"))]
    pub struct SavedShingle(String);
}
