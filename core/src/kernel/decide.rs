//! Which texts stay, from pairs that were measured elsewhere: the rule of [`Selection`](super::Selection), text by text.
//!
//! Texts come in keep order, each with those before it that it was measured against and, if it shares boilerplate with many
//! others, with its shingles. A text goes if one that stays before it matches it, and the first such is its keeper. Those
//! that share boilerplate are looked up among each other by their rarest shingles, and only the shingles of those that
//! stay are held: so a million near copies cost the memory of one.

use std::collections::HashSet;

use crate::candidate::prefix::{PrefixIndex, Rarity};
use crate::error::{Error, Result};
use crate::kernel::select::SelectionRules;
use crate::verify::{Overlap, ShingleSet};

/// A text that stays and one that goes for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeptFor {
    /// The place of the text that stays.
    pub keeper: u64,
    /// The place of the one that goes.
    pub removed: u64,
    /// Measured with the one that stays as `a`.
    pub overlap: Overlap,
}

/// Decides text by text.
///
/// # Examples
///
/// ```
/// use doublon_core::Config;
/// use doublon_core::kernel::{KeepDecider, SelectionRules};
/// use doublon_core::verify::Overlap;
///
/// let alike = Overlap { a: 10, b: 10, shared: 9 };
/// let mut decider = KeepDecider::new(SelectionRules::of(&Config::default()));
/// assert_eq!(decider.decide(2, &[(1, alike)], None)?.map(|kept| kept.keeper), Some(1));
/// assert_eq!(decider.decide(3, &[(2, alike)], None)?, None); // 2 went, and 3 was not measured against 1
/// assert!(decider.decide(3, &[], None).is_err()); // not in order
/// # Ok::<(), doublon_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeepDecider {
    rules: SelectionRules,
    last: Option<u64>,
    rows: u64,
    removed: HashSet<u64>,
    rarity: Rarity,
    index: PrefixIndex,
    /// Those that stay and share boilerplate, by their numbers in the index.
    crowd: Vec<(u64, ShingleSet)>,
    met: Vec<u32>,
}

impl KeepDecider {
    /// Makes one that has decided nothing.
    pub fn new(rules: SelectionRules) -> Self {
        let (rarity, index) = (Rarity::new(), PrefixIndex::new(rules.threshold));
        Self { rules, last: None, rows: 0, removed: HashSet::new(), rarity, index, crowd: Vec::new(), met: Vec::new() }
    }

    /// Counts the shingles of a text of the crowd, before the first one of it is decided. What is decided does not depend on
    /// which are counted; some thousand of all save most of the work.
    pub fn count(&mut self, shingles: &[u64]) {
        if self.crowd.is_empty() {
            self.rarity.count(shingles);
        }
    }

    /// Decides the text at `place`. `measured` has the places before it that it may match, ascending, with the overlaps; and
    /// `shingles` are its own if it shares boilerplate with many. Returns for which one it goes, if it does.
    ///
    /// # Errors
    ///
    /// If `place` is not after the one before, or those of `measured` are not before it and ascending.
    pub fn decide(
        &mut self,
        place: u64,
        measured: &[(u64, Overlap)],
        shingles: Option<Vec<u64>>,
    ) -> Result<Option<KeptFor>> {
        let is_ordered = measured.is_sorted_by(|x, y| x.0 < y.0) && measured.last().is_none_or(|last| last.0 < place);
        if !is_ordered || self.last.is_some_and(|last| last >= place) {
            return Err(Error::Unsorted { row: self.rows, by: "the place of the later text, then of the earlier one" });
        }
        (self.last, self.rows) = (Some(place), self.rows + 1);
        let stays =
            |&&(earlier, overlap): &&(u64, Overlap)| !self.removed.contains(&earlier) && self.rules.match_by(overlap);
        let first = measured.iter().find(stays).copied();
        let first = match shingles {
            None => first,
            Some(shingles) => self.first_of_crowd(place, first, shingles),
        };
        let Some((keeper, overlap)) = first else { return Ok(None) };
        self.removed.insert(place);
        Ok(Some(KeptFor { keeper, removed: place, overlap }))
    }

    /// Returns the first of those that stay that a text of the crowd matches, and holds it if there is none.
    fn first_of_crowd(
        &mut self,
        place: u64,
        measured: Option<(u64, Overlap)>,
        shingles: Vec<u64>,
    ) -> Option<(u64, Overlap)> {
        let prefix = self.rarity.prefix(shingles.clone(), self.rules.threshold);
        let set = ShingleSet::new(shingles);
        self.met.clear();
        self.index.candidates(&prefix, &mut self.met);
        self.met.sort_unstable();
        self.met.dedup();
        let limit = measured.map_or(u64::MAX, |(earlier, _)| earlier);
        let before =
            self.met.iter().map(|&number| &self.crowd[number as usize]).take_while(|(earlier, _)| *earlier < limit);
        let first = before
            .filter_map(|(earlier, other)| Some((*earlier, self.rules.measure_sets(other, &set)?)))
            .find(|&(_, overlap)| self.rules.match_by(overlap))
            .or(measured);
        if first.is_none() {
            self.index.insert(self.crowd.len() as u32, &prefix);
            self.crowd.push((place, set));
        }
        first
    }
}
