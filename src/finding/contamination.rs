//! Findings about evaluation items that stand in a corpus.

#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::DocumentRef;
use super::input::{InputOptions, TextFields};
use super::passage::PlacedSpan;

/// When an evaluation item counts as found: how much of it must stand in a document.
///
/// An item with fewer words than an n-gram is looked for as a whole, if it has [`least_words`](Self::least_words).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct ContaminationRule {
    /// The name of the published rule that it started from, or of a kind.
    pub name: String,
    /// What is looked for.
    pub unit: ContaminationUnit,
    /// Words of an n-gram. In scripts without spaces, a Han or kana character is half a word, one of Thai, Lao, Khmer or
    /// Burmese a quarter.
    pub ngram: usize,
    /// Least share of the item that must be found, `0.0..=1.0`; at 0 a single n-gram is enough.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub least: f64,
    /// Whether all documents together may hold that share, each a part of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_corpus: bool,
    /// If given, an n-gram that more documents than this hold is common and proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_documents: Option<u32>,
    /// Items with fewer words are too short to tell from chance, and are not looked for.
    pub least_words: usize,
    /// The fields that hold the text of an item, where they are others than those of the corpus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "report", schemars(with = "Option<serde_json::Value>"))]
    pub text_field: Option<TextFields>,
}

/// What of an evaluation item is looked for, and what its share is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContaminationUnit {
    /// Its n-grams; the share is of n-grams.
    Ngrams,
    /// Its n-grams; the share is of the words that stand in one that was found.
    Words,
    /// All of its words in a row; where it has known text, those of its longest stretch without.
    Item,
    /// Its words in their order, with others between them, in a stretch not much longer than the item; the share is of words.
    Passage,
}

/// The names of rules, each with what it says.
pub const CONTAMINATION_RULES: [(&str, &str); 6] = [
    ("ngram", "one n-gram of 13 words"),
    ("gpt3", "one n-gram of 13 words that at most 10 documents hold"),
    ("palm", "70% of the n-grams of 8 words, in all documents together"),
    ("tulu3", "half of the words, in n-grams of 8 words of one document"),
    ("item", "all words in a row"),
    ("passage", "80% of the words in their order, in one place"),
];

/// Least words of an item that is looked for, as GPT-3 had it.
const LEAST_WORDS: usize = 8;

impl ContaminationRule {
    /// Returns the rule of a name.
    ///
    /// - `ngram` is the rule of GPT-3 without its exception for common n-grams: what is leaked often is leaked.
    /// - `gpt3`: Brown et al., "Language Models are Few-Shot Learners", 2020, appendix C.
    /// - `palm`: Chowdhery et al., "`PaLM`: Scaling Language Modeling with Pathways", 2022, section 8.
    /// - `tulu3`: Lambert et al., "Tulu 3: Pushing Frontiers in Open Language Model Post-Training", 2024.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon::finding::ContaminationRule;
    ///
    /// assert_eq!(ContaminationRule::named("gpt3").map(|rule| rule.ngram), Some(13));
    /// assert_eq!(ContaminationRule::named("gpt5"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        use ContaminationUnit::{Item, Ngrams, Passage, Words};
        let (unit, ngram, least, in_corpus, most_documents) = match name {
            "ngram" => (Ngrams, 13, 0.0, false, None),
            "gpt3" => (Ngrams, 13, 0.0, false, Some(10)),
            "palm" => (Ngrams, 8, 0.7, true, None),
            "tulu3" => (Words, 8, 0.5, false, None),
            "item" => (Item, 13, 1.0, false, None),
            "passage" => (Passage, 6, 0.8, false, None),
            _ => return None,
        };
        Some(Self { name: name.to_owned(), unit, ngram, least, in_corpus, most_documents, ..Self::default() })
    }

    /// Returns how evaluation items are read, where the corpus is read as `input` says.
    pub fn item_input(&self, input: &InputOptions) -> InputOptions {
        let text_field = self.text_field.as_ref().unwrap_or(&input.text_field).clone();
        InputOptions { text_field, ..input.clone() }
    }

    /// Returns how many words in a row of an item are looked for together; none if it is too short. `own` is the length of its
    /// longest stretch without known text, in tokens of which `tokens_a_word` make a word.
    pub(crate) fn phrase_length(&self, own: usize, tokens_a_word: usize) -> Option<usize> {
        let longest = if self.unit == ContaminationUnit::Item { own } else { self.ngram * tokens_a_word };
        (own > 0 && own >= self.least_words * tokens_a_word).then_some(own.min(longest))
    }

    /// Returns whether a share of an item is enough.
    pub fn is_met(&self, share: f64) -> bool {
        share > 0.0 && share >= self.least
    }
}

impl Default for ContaminationRule {
    fn default() -> Self {
        Self {
            name: "ngram".to_owned(),
            unit: ContaminationUnit::Ngrams,
            ngram: 13,
            least: 0.0,
            in_corpus: false,
            most_documents: None,
            least_words: LEAST_WORDS,
            text_field: None,
        }
    }
}

/// An evaluation item that stands in a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct Contamination {
    /// `e1`, `e2`, ... in the order of the documents, then of the items.
    pub id: String,
    /// The evaluation item.
    pub item: DocumentRef,
    /// The words of the item.
    pub words: usize,
    /// Bytes of the text of the item.
    pub item_bytes: usize,
    /// The document that holds it.
    pub document: DocumentRef,
    /// The share of the item that the document holds, in the unit of the rule, `0.0..=1.0`.
    #[cfg_attr(feature = "report", schemars(range(min = 0.0, max = 1.0)))]
    pub share: f64,
    /// Where the document holds it, in order.
    pub places: Vec<PlacedSpan>,
}

/// What became of the items of one evaluation set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct EvaluationSet {
    /// The path of its source.
    pub source: String,
    /// Its items with a word.
    pub items: u64,
    /// Those that stand in the corpus.
    pub found: u64,
    /// Those that are too short to be looked for.
    #[serde(default)]
    pub too_short: u64,
    /// Those of which nothing is left to look for: all of their n-grams are shared by very many items, as instructions are.
    #[serde(default)]
    pub shared: u64,
}

/// The counts of a search for evaluation items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct ContaminationSummary {
    /// Each evaluation set, in order.
    pub sets: Vec<EvaluationSet>,
    /// Documents that hold an item.
    pub documents: u64,
    /// Items in documents: an item that stands in two counts twice.
    pub contaminations: u64,
    /// N-grams that were left out because more than [`MOST_ITEMS`] items have them.
    #[serde(default)]
    pub shared_ngrams: u64,
    /// N-grams that were left out because more documents hold them than the rule allows.
    #[serde(default)]
    pub common_ngrams: u64,
}

/// An n-gram that more items have belongs to the form of the set, as its instructions do, and to no item.
pub const MOST_ITEMS: usize = 100;

impl ContaminationSummary {
    /// Returns how many items there are, and how many of them stand in the corpus.
    pub fn items(&self) -> (u64, u64) {
        let of = |count: fn(&EvaluationSet) -> u64| self.sets.iter().map(count).sum();
        (of(|set| set.items), of(|set| set.found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_rule() {
        for (name, _) in CONTAMINATION_RULES {
            assert_eq!(ContaminationRule::named(name).expect("there is one").name, name);
        }
        assert_eq!(ContaminationRule::named("ngram"), Some(ContaminationRule::default()));
    }

    #[test]
    fn a_rule_without_a_share_takes_one_ngram() {
        let [any, half] = ["gpt3", "tulu3"].map(|name| ContaminationRule::named(name).expect("there is one"));
        assert_eq!([0.0, 0.001, 1.0].map(|share| any.is_met(share)), [false, true, true]);
        assert_eq!([0.0, 0.49, 0.5, f64::NAN].map(|share| half.is_met(share)), [false, false, true, false]);
    }
}
