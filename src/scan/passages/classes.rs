//! Which class each match and each family is of, once they are measured.

use std::collections::BTreeMap;

use doublon_core::cluster::families::Families;
use doublon_core::cluster::spread::{FamilySpread, spreads};
use doublon_core::kernel::{PassageRepeat, PassageRepeats, RepeatDifference, ShingleCounts};

use super::places::Choice;
use crate::error::Result;
use crate::finding::{ClassCounts, ClassTally, FamilyMeasures, MatchMeasures, PassageClass};
use crate::store::Words;

/// How many words the documents have that hold a passage.
pub(super) struct DocumentWords(Vec<(u32, u64)>);

impl DocumentWords {
    /// Looks up the documents of all repeats.
    pub fn of(repeats: &PassageRepeats, words: &Words) -> Result<Self> {
        let all = repeats.listed.iter().chain(&repeats.loops);
        let mut docs: Vec<u32> = all.flat_map(|repeat| [repeat.a.doc, repeat.b.doc]).collect();
        docs.sort_unstable();
        docs.dedup();
        Ok(Self(docs.into_iter().map(|doc| Ok((doc, words.count(doc)?))).collect::<Result<_>>()?))
    }

    /// Returns how many words a document has; 0 if it holds no passage.
    pub fn count(&self, doc: u32) -> u64 {
        self.0.binary_search_by_key(&doc, |&(doc, _)| doc).map_or(0, |n| self.0[n].1)
    }
}

/// The classes of all matches listed and of all families.
#[derive(Default)]
pub(super) struct Classes {
    /// For each match listed.
    pub of_match: Vec<PassageClass>,
    /// For each family.
    pub of_family: Vec<PassageClass>,
    /// For each family.
    pub spreads: Vec<FamilySpread>,
}

impl Classes {
    /// Decides on the matches chosen, and on all families. `words` gives how many words a document has.
    pub fn new(repeats: &PassageRepeats, grouped: &Families, choice: &Choice, words: impl Fn(u32) -> u64) -> Self {
        let class = |&n: &usize| PassageClass::of_match(measures(repeats, &repeats.listed[n]));
        let mut of_match: Vec<PassageClass> = choice.listed.iter().map(class).collect();
        let family_of = |n: usize| grouped.of_match[n] as usize;
        let mut tallies = vec![ClassTally::default(); grouped.families.len()];
        choice.listed.iter().zip(&of_match).for_each(|(&n, &class)| tallies[family_of(n)].add(class, 1));
        let spreads = spreads(&grouped.families, words);
        let class = |(spread, &tally)| PassageClass::of_family(family_measures(spread), tally);
        let of_family: Vec<PassageClass> = spreads.iter().zip(&tallies).map(class).collect();
        for (class, &n) in of_match.iter_mut().zip(&choice.listed) {
            if of_family[family_of(n)] == PassageClass::Furniture {
                *class = PassageClass::Furniture;
            }
        }
        Self { of_match, of_family, spreads }
    }

    /// Decides on families of equal units, which have no matches. `units` gives how many units a document has.
    pub fn of_units(grouped: &Families, units: impl Fn(u32) -> u64) -> Self {
        let spreads = spreads(&grouped.families, units);
        let class = |spread| PassageClass::of_family(family_measures(spread), ClassTally::default());
        let of_family = spreads.iter().map(class).collect();
        Self { of_match: Vec::new(), of_family, spreads }
    }

    /// Counts them by the names of the classes that there are.
    pub fn counts(&self, choice: &Choice) -> BTreeMap<String, ClassCounts> {
        let (mut matches, mut families) = (ClassTally::default(), ClassTally::default());
        self.of_match.iter().for_each(|&class| matches.add(class, 1));
        for (&class, &more) in self.of_family.iter().zip(&choice.more) {
            families.add(class, 1);
            matches.add(class, more as u64);
        }
        let count = |class| ClassCounts { matches: matches.of(class), families: families.of(class) };
        let counts = PassageClass::ALL.map(|class| (class.name().to_owned(), count(class)));
        counts.into_iter().filter(|(_, counts)| *counts != ClassCounts::default()).collect()
    }
}

/// Returns what the class of a match rests on. It was measured.
pub(super) fn measures(repeats: &PassageRepeats, repeat: &PassageRepeat) -> MatchMeasures {
    let ShingleCounts { a, b, shared } = repeat.shingles().unwrap_or_default();
    let RepeatDifference { identity, changed_words, with_digit } = repeats.difference(repeat);
    MatchMeasures {
        identity,
        jaccard: f64::from(shared) / f64::from((a + b - shared).max(1)),
        changed_words: changed_words as usize,
        changed_with_digit: with_digit as usize,
    }
}

/// Returns what tells whether a family is furniture.
pub(super) fn family_measures(spread: &FamilySpread) -> FamilyMeasures {
    let FamilySpread { documents, alike, repeated } = *spread;
    FamilyMeasures { documents: documents as usize, alike_places: alike, repeated }
}
