//! Classes of passages: what kind of repeat a match or a family is, by measures that stand in the finding beside it.

use std::fmt;

#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of repeat it is. Whoever wants other limits finds the measures in the same finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PassageClass {
    /// The same text, with small edits at most: none of the others.
    Copy,
    /// Edited text: less than 85% ([`LEAST_IDENTITY_OF_COPY`]) of the aligned words are equal.
    Rewrite,
    /// The same form with other data, such as two tables of numbers: 30% ([`LEAST_DIGITS`]) and more of the words that
    /// differ have a digit, and the Jaccard similarity is below 0.3 ([`MOST_JACCARD_OF_FORM`]).
    SameForm,
    /// A menu, a footer, a signature: its family stands in 5 documents ([`LEAST_DOCUMENTS`]) and more, in 90%
    /// ([`LEAST_ALIKE_PLACES`]) of them at a like distance from the start or from the end, and no more than 80%
    /// ([`MOST_REPEATED`]) of such a document repeats. All matches of such a family are of this class.
    Furniture,
}

/// The least share of aligned words that are equal in a copy. Of planted copies with a tenth of their words changed 96%
/// reach it, and of those with a fifth changed 29%.
pub const LEAST_IDENTITY_OF_COPY: f64 = 0.85;
/// The least share of the words that differ which have a digit, where two places have the same form and other data.
pub const LEAST_DIGITS: f64 = 0.3;
/// The Jaccard similarity that two places of the same form with other data stay below.
pub const MOST_JACCARD_OF_FORM: f64 = 0.3;
/// The least documents of a family that is furniture.
pub const LEAST_DOCUMENTS: usize = 5;
/// The least share of those documents in which furniture stands at a like place.
pub const LEAST_ALIKE_PLACES: f64 = 0.9;
/// The most of the text of such a document, of all such documents the one in the middle, that stands in passages which
/// repeat. Of versions of one text it is nearly all.
pub const MOST_REPEATED: f64 = 0.8;

/// What the class of a match rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MatchMeasures {
    /// Aligned words that are equal / all columns of the alignment, `0.0..=1.0`.
    pub identity: f64,
    /// Jaccard similarity of the shingle sets of the two sides.
    pub jaccard: f64,
    /// Words of both sides that differ.
    pub changed_words: usize,
    /// How many of those have a digit.
    pub changed_with_digit: usize,
}

/// What tells whether a family is furniture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FamilyMeasures {
    /// Documents that have a place.
    pub documents: usize,
    /// The share of those in which it stands at a like distance from the start, or from the end.
    pub alike_places: f64,
    /// The share of the text of such a document that stands in passages which repeat.
    pub repeated: f64,
}

impl PassageClass {
    /// All classes in the order in which reports show them.
    pub const ALL: [Self; 4] = [Self::Copy, Self::Rewrite, Self::SameForm, Self::Furniture];

    /// Returns the class of a match whose family is no furniture.
    pub fn of_match(of: MatchMeasures) -> Self {
        let digits = of.changed_with_digit as f64 / of.changed_words.max(1) as f64;
        if digits >= LEAST_DIGITS && of.jaccard < MOST_JACCARD_OF_FORM {
            Self::SameForm
        } else if of.identity < LEAST_IDENTITY_OF_COPY {
            Self::Rewrite
        } else {
            Self::Copy
        }
    }

    /// Returns the class of a family whose listed matches would be of these classes by themselves: that of most of them,
    /// of several such the first, unless the family is furniture.
    pub fn of_family(of: FamilyMeasures, matches: ClassTally) -> Self {
        let FamilyMeasures { documents, alike_places, repeated } = of;
        if documents >= LEAST_DOCUMENTS && alike_places >= LEAST_ALIKE_PLACES && repeated <= MOST_REPEATED {
            return Self::Furniture;
        }
        let most = matches.0.iter().max().copied().unwrap_or_default();
        Self::ALL[matches.0.iter().position(|&count| count == most).unwrap_or_default()]
    }

    /// Returns its number in [`ALL`](Self::ALL).
    pub fn rank(self) -> usize {
        self as usize
    }

    /// Returns its name in findings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Rewrite => "rewrite",
            Self::SameForm => "same_form",
            Self::Furniture => "furniture",
        }
    }
}

impl fmt::Display for PassageClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How many there are of each class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassTally([u64; PassageClass::ALL.len()]);

impl ClassTally {
    /// Counts some of a class.
    pub fn add(&mut self, class: PassageClass, count: u64) {
        self.0[class as usize] += count;
    }

    /// Returns how many there are of a class.
    pub fn of(&self, class: PassageClass) -> u64 {
        self.0[class as usize]
    }
}

/// How many matches and families there are of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
pub struct ClassCounts {
    /// Matches, those of large families included that are not listed: they count for the class of their family.
    pub matches: u64,
    /// Families.
    pub families: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDITED: MatchMeasures =
        MatchMeasures { identity: 0.9, jaccard: 0.5, changed_words: 10, changed_with_digit: 2 };

    #[test]
    fn a_match_is_classed_by_how_and_in_what_its_sides_differ() {
        let class = PassageClass::of_match;
        assert_eq!(class(EDITED), PassageClass::Copy);
        assert_eq!(class(MatchMeasures { identity: 0.84, ..EDITED }), PassageClass::Rewrite);
        let table = MatchMeasures { identity: 0.7, jaccard: 0.29, changed_with_digit: 3, ..EDITED };
        assert_eq!(class(table), PassageClass::SameForm);
        assert_eq!(class(MatchMeasures { changed_with_digit: 2, ..table }), PassageClass::Rewrite);
        // Most of the text is shared, whatever the words that differ.
        assert_eq!(class(MatchMeasures { jaccard: 0.3, identity: 0.9, ..table }), PassageClass::Copy);
        let equal = MatchMeasures { identity: 1.0, jaccard: 1.0, changed_words: 0, changed_with_digit: 0 };
        assert_eq!(class(equal), PassageClass::Copy);
    }

    #[test]
    fn a_family_is_what_most_of_its_matches_are_unless_it_is_furniture() {
        let menu = FamilyMeasures { documents: 5, alike_places: 0.9, repeated: 0.8 };
        let mut matches = ClassTally::default();
        assert_eq!(PassageClass::of_family(FamilyMeasures { documents: 4, ..menu }, matches), PassageClass::Copy);
        matches.add(PassageClass::Copy, 2);
        matches.add(PassageClass::Rewrite, 3);
        let class = |of| PassageClass::of_family(of, matches);
        assert_eq!(class(menu), PassageClass::Furniture);
        assert_eq!(class(FamilyMeasures { documents: 4, ..menu }), PassageClass::Rewrite);
        assert_eq!(class(FamilyMeasures { alike_places: 0.89, ..menu }), PassageClass::Rewrite);
        assert_eq!(class(FamilyMeasures { repeated: 0.81, ..menu }), PassageClass::Rewrite);
        matches.add(PassageClass::Copy, 1);
        assert_eq!(PassageClass::of_family(FamilyMeasures { documents: 2, ..menu }, matches), PassageClass::Copy);
    }

    #[test]
    fn classes_are_counted_and_named_as_they_are_saved() {
        for (n, class) in PassageClass::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, n, "it is its own place in a tally");
            assert_eq!(serde_json::to_string(&class).expect("a name"), format!("\"{class}\""));
        }
    }
}
