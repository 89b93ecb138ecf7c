//! Two documents side by side: what they share, what a scan would make of them, and where they differ.
//!
//! These types are also the format in which a comparison is written for programs (`doublon.comparison/1`): their field
//! names are a contract.

use doublon_core::verify::difference::{AlignedPiece, PieceKind, SideText};
use serde::{Serialize, Serializer};

use super::document::DocumentRef;
use super::equality::Equality;
use super::fields::rounded_share;
use super::parameters::Parameters;
use super::passage::PassageMatch;

/// The name and version of the format.
const SCHEMA: &str = "doublon.comparison/1";

/// Two documents, measured.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What determines the result.
    pub parameters: Parameters,
    /// The document that was named first.
    pub a: ComparedDocument,
    /// The other one.
    pub b: ComparedDocument,
    /// How far they are equal.
    pub equality: Equality,
    /// Shingles in both.
    pub shared: usize,
    /// How the settings look for a pair like this one.
    pub search: PairSearch,
    /// What a scan of just these two would do.
    pub verdict: Verdict,
    /// The passages that stand in both.
    pub passages: Vec<AlignedPassage>,
}

/// One of two documents.
#[derive(Clone, Debug, Serialize)]
pub struct ComparedDocument {
    /// The document.
    pub doc: DocumentRef,
    /// Bytes of its text.
    pub bytes: usize,
    /// Characters of its text.
    pub characters: usize,
    /// Words of its text.
    pub words: usize,
    /// Shingles in its set.
    pub shingles: usize,
}

/// How a pair is looked for, and whether that finds it.
#[derive(Clone, Debug)]
pub struct PairSearch {
    /// The chance over all seeds that these settings find a pair of this similarity.
    pub chance: f64,
    /// The bands in which all rows agree, counted from 1.
    pub bands_met: Vec<usize>,
    /// Values of the sketches that agree.
    pub sketch_equal: usize,
    /// How many of them have to agree.
    pub sketch_least: usize,
    /// How many values a sketch has.
    pub sketch_values: usize,
}

/// What a scan does with two documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Verdict {
    /// The first document is removed.
    RemovesA {
        /// Why.
        rule: Rule,
    },
    /// The second document is removed.
    RemovesB {
        /// Why.
        rule: Rule,
    },
    /// They are duplicates, but the policy keeps both.
    Pair {
        /// Why they are duplicates.
        rule: Rule,
    },
    /// They reach the threshold, but agree in no band.
    Missed,
    /// A text of nothing but white space is no duplicate of anything.
    Empty,
    /// They are no duplicates, and both stay.
    Different,
}

/// The reason why a document is a duplicate of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// It is the same bytes.
    ExactCopy,
    /// It has the same characters, up to white space and Unicode normalisation.
    SameCharacters,
    /// It has the same words in the same order.
    SameWords,
    /// The similarity reaches the threshold.
    Similarity,
    /// It is contained in the other one.
    Containment,
}

/// A passage at two places, aligned.
#[derive(Clone, Debug, Serialize)]
pub struct AlignedPassage {
    /// The places, and their measures.
    #[serde(flatten)]
    pub found: PassageMatch,
    /// Words of the longest run that is equal on both sides.
    pub longest_run: usize,
    /// All of the text of both sides.
    pub pieces: Vec<TextPiece>,
}

/// Two texts, aligned from start to end.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TextAlignment {
    /// The share of its columns that hold two equal words.
    pub identity: f64,
    /// Words of the longest run that is equal on both sides.
    pub longest_run: usize,
    /// All of both texts.
    pub pieces: Vec<TextPiece>,
}

/// A stretch of two aligned texts. The pieces of a side together are its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextPiece {
    /// How the two sides compare.
    pub kind: PieceKind,
    /// The text of the first side.
    pub a: String,
    /// The text of the second side.
    pub b: String,
}

impl TextPiece {
    /// Copies a piece of two aligned texts.
    pub fn of(piece: &AlignedPiece, a: &SideText<'_>, b: &SideText<'_>) -> Self {
        Self { kind: piece.kind, a: a.text_of(&piece.a).to_owned(), b: b.text_of(&piece.b).to_owned() }
    }
}

impl Comparison {
    /// Returns the share of the shingles of either that both have.
    pub fn jaccard(&self) -> f64 {
        share(self.shared, self.all())
    }

    /// Returns the share of the shingles of `a` that `b` has.
    pub fn containment_a(&self) -> f64 {
        share(self.shared, self.a.shingles)
    }

    /// Returns the share of the shingles of `b` that `a` has.
    pub fn containment_b(&self) -> f64 {
        share(self.shared, self.b.shingles)
    }

    /// Returns how many shingles either has.
    pub fn all(&self) -> usize {
        self.a.shingles + self.b.shingles - self.shared
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ComparisonJson::of(self).serialize(serializer)
    }
}

/// A comparison as it is written for programs.
#[derive(Serialize)]
struct ComparisonJson<'a> {
    r#type: &'static str,
    schema: &'static str,
    parameters: &'a Parameters,
    a: &'a ComparedDocument,
    b: &'a ComparedDocument,
    equality: Equality,
    shared_shingles: usize,
    all_shingles: usize,
    jaccard: f64,
    containment_a: f64,
    containment_b: f64,
    #[serde(serialize_with = "rounded_share")]
    chance: f64,
    bands_met: &'a [usize],
    sketch_equal: usize,
    sketch_least: usize,
    sketch_values: usize,
    verdict: Verdict,
    passages: &'a [AlignedPassage],
}

impl<'a> ComparisonJson<'a> {
    fn of(found: &'a Comparison) -> Self {
        let PairSearch { chance, bands_met, sketch_equal, sketch_least, sketch_values } = &found.search;
        Self {
            r#type: "comparison",
            schema: SCHEMA,
            parameters: &found.parameters,
            a: &found.a,
            b: &found.b,
            equality: found.equality,
            shared_shingles: found.shared,
            all_shingles: found.all(),
            jaccard: found.jaccard(),
            containment_a: found.containment_a(),
            containment_b: found.containment_b(),
            chance: *chance,
            bands_met,
            sketch_equal: *sketch_equal,
            sketch_least: *sketch_least,
            sketch_values: *sketch_values,
            verdict: found.verdict,
            passages: &found.passages,
        }
    }
}
