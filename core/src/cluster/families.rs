//! Families: all places of one passage.
//!
//! A match says that two places hold the same passage. Places in one document that cover nearly the same words are one
//! place: they share more than half of the longer one. Places that are joined by matches, directly or through others,
//! are a family.
//!
//! Half of the *longer* one, so that a sentence that stands alone in a thousand documents and also inside a long
//! passage of two of them does not make one family of the sentence and the passage: whoever keeps one place of a
//! family must not lose what only the other places have. The place inside the long passage then belongs to the long
//! passage's family, and the family of the sentence has the rest.
//!
//! The cost is that of sorting the places, plus the number of places that overlap in a document.

use std::ops::Range;

use crate::sets::Sets;

/// A stretch of a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Occurrence {
    /// The number of the document.
    pub doc: u32,
    /// Its first word.
    pub start: u32,
    /// The word after its last.
    pub end: u32,
}

impl Occurrence {
    /// Makes the occurrence of `words`, of which there are fewer than 2^32, in a document.
    pub fn new(doc: u32, words: Range<usize>) -> Self {
        Self { doc, start: words.start as u32, end: words.end as u32 }
    }

    /// Returns its words.
    pub fn words(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns how many words it has.
    pub(crate) fn len(&self) -> u64 {
        u64::from(self.end - self.start)
    }

    /// Returns how many words two occurrences in one document share.
    pub(crate) fn shared(&self, other: &Self) -> u64 {
        u64::from(self.end.min(other.end).saturating_sub(self.start.max(other.start)))
    }
}

/// The families of a set of matches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Families {
    /// The places of each family in order, at least two, which do not overlap. Families are in the order of their
    /// first places.
    pub families: Vec<Vec<Occurrence>>,
    /// For each match the index of its family.
    pub of_match: Vec<u32>,
}

/// Returns the families of matches, of which there are fewer than 2^31. Both sides of each match overlap places of its
/// family.
pub fn families<'m>(matches: impl Iterator<Item = (&'m Occurrence, &'m Occurrence)>) -> Families {
    let DistinctPlaces { places, of_sides } = DistinctPlaces::of(matches.flat_map(|(a, b)| [a, b]));
    let mut sets = Sets::new(places.len());
    join_overlapping(&places, &mut sets);
    let classes: Vec<u32> = (0..places.len() as u32).map(|n| sets.root(n)).collect();
    let mut is_within = vec![false; places.len()];
    for (a, b) in sides(&of_sides) {
        sets.join(a, b);
        if places[a as usize].doc == places[b as usize].doc {
            for side in [a, b] {
                is_within[classes[side as usize] as usize] = true;
            }
        }
    }
    let mut members: Vec<(u32, u32)> = (0..places.len() as u32).map(|n| (sets.root(n), n)).collect();
    members.sort_unstable();
    let place = |&(_, n): &(u32, u32)| FamilyMember {
        place: &places[n as usize],
        is_within: is_within[classes[n as usize] as usize],
    };
    let mut families: Vec<(u32, Vec<Occurrence>)> = members
        .chunk_by(|x, y| x.0 == y.0)
        .map(|family| (family[0].0, separate(&family.iter().map(place).collect::<Vec<_>>())))
        .collect();
    families.sort_by(|(_, x), (_, y)| x.cmp(y));
    let mut of_root = vec![0; places.len()];
    families.iter().zip(0..).for_each(|((root, _), n)| of_root[*root as usize] = n);
    let of_match = sides(&of_sides).map(|(a, _)| of_root[sets.root(a) as usize]).collect();
    Families { families: families.into_iter().map(|(_, family)| family).collect(), of_match }
}

/// Distinct places in order, and for each side of each match the number of its place.
struct DistinctPlaces {
    places: Vec<Occurrence>,
    of_sides: Vec<u32>,
}

impl DistinctPlaces {
    /// Numbers the places by one sort: to look each up among the others would miss the cache at every step.
    fn of<'m>(all: impl Iterator<Item = &'m Occurrence>) -> Self {
        let mut sides: Vec<(Occurrence, u32)> = all.cloned().zip(0..).collect();
        sides.sort_unstable();
        let (mut places, mut of_sides): (Vec<Occurrence>, _) = (Vec::new(), vec![0; sides.len()]);
        for (place, side) in sides {
            if places.last() != Some(&place) {
                places.push(place);
            }
            of_sides[side as usize] = (places.len() - 1) as u32;
        }
        Self { places, of_sides }
    }
}

fn sides(of_sides: &[u32]) -> impl Iterator<Item = (u32, u32)> {
    of_sides.chunks_exact(2).map(|sides| (sides[0], sides[1]))
}

/// Joins places of one document, which are sorted, that cover nearly the same words.
fn join_overlapping(places: &[Occurrence], sets: &mut Sets) {
    let mut open: Vec<u32> = Vec::new();
    for (place, n) in places.iter().zip(0..) {
        let other = |o: u32| &places[o as usize];
        open.retain(|&o| other(o).doc == place.doc && other(o).end > place.start);
        for &o in &open {
            if same_place(other(o), place) {
                sets.join(o, n);
            }
        }
        open.push(n);
    }
}

/// A place of a family, and whether a match says that it, or one that covers nearly the same words, stands in its
/// document twice.
struct FamilyMember<'o> {
    place: &'o Occurrence,
    is_within: bool,
}

/// Makes the sorted places of a family free of overlaps. Those that overlap become one place, unless both repeat in
/// their document and cover other words: then the later one starts where the earlier ends, if a quarter of it is left.
fn separate(members: &[FamilyMember<'_>]) -> Vec<Occurrence> {
    let mut separate: Vec<Occurrence> = Vec::new();
    let mut first: Option<&FamilyMember<'_>> = None;
    for member in members {
        let place = member.place;
        match separate.last_mut() {
            Some(last) if last.doc == place.doc && last.end > place.start => {
                let rest = place.end.saturating_sub(last.end);
                let is_other = |first: &FamilyMember<'_>| {
                    first.is_within
                        && member.is_within
                        && !same_place(first.place, place)
                        && 4 * u64::from(rest) >= place.len()
                };
                if first.is_some_and(is_other) {
                    let start = last.end;
                    separate.push(Occurrence { start, ..place.clone() });
                    first = Some(member);
                } else {
                    last.end = last.end.max(place.end);
                }
            }
            _ => {
                separate.push(place.clone());
                first = Some(member);
            }
        }
    }
    if separate.len() > 1 { separate } else { farthest(members) }
}

/// The two places of a family in one document that are farthest from each other: the two sides of a match do not
/// overlap, so these do not either.
fn farthest(members: &[FamilyMember<'_>]) -> Vec<Occurrence> {
    let first = members.iter().min_by_key(|member| (member.place.doc, member.place.end));
    let last = members.iter().max_by_key(|member| (member.place.doc, member.place.start));
    first.into_iter().chain(last).map(|member| member.place.clone()).collect()
}

/// Returns whether two places of one document share more than half of the longer one. Two places that do not overlap
/// can never both be the same as a third.
fn same_place(x: &Occurrence, y: &Occurrence) -> bool {
    2 * x.shared(y) > x.len().max(y.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(doc: u32, words: Range<usize>) -> Occurrence {
        Occurrence::new(doc, words)
    }

    fn families(matches: &[(Occurrence, Occurrence)]) -> Families {
        super::families(matches.iter().map(|(a, b)| (a, b)))
    }

    #[test]
    fn no_match_makes_no_family() {
        assert_eq!(families(&[]), Families::default());
    }

    #[test]
    fn places_joined_through_others_are_one_family() {
        let found = families(&[
            (place(1, 0..30), place(4, 10..40)),
            (place(0, 5..35), place(4, 11..41)),
            (place(2, 0..50), place(2, 100..150)),
        ]);
        assert_eq!(found.of_match, [0, 0, 1]);
        assert_eq!(found.families[0], [place(0, 5..35), place(1, 0..30), place(4, 10..41)]);
        assert_eq!(found.families[1], [place(2, 0..50), place(2, 100..150)]);
    }

    #[test]
    fn a_sentence_inside_a_long_passage_is_a_family_of_its_own() {
        let found = families(&[(place(0, 0..200), place(1, 0..200)), (place(1, 50..75), place(2, 0..25))]);
        assert_eq!(found.of_match, [0, 1]);
        assert_eq!(found.families[1], [place(1, 50..75), place(2, 0..25)]);
    }

    #[test]
    fn places_that_repeat_in_their_document_stay_apart() {
        let third = place(1, 0..100);
        let matches =
            [(place(0, 0..100), third.clone()), (place(0, 0..100), place(0, 100..200)), (place(0, 90..200), third)];
        let found = families(&matches);
        assert_eq!(found.families[0], [place(0, 0..100), place(0, 100..200), place(1, 0..100)]);
    }

    #[test]
    fn places_of_a_family_do_not_overlap() {
        let third = place(1, 0..100);
        let matches = [(place(0, 0..100), third.clone()), (place(0, 90..190), third)];
        let found = families(&matches);
        assert_eq!(found.families[0], [place(0, 0..190), place(1, 0..100)]);
        for ((a, b), &family) in matches.iter().zip(&found.of_match) {
            for side in [a, b] {
                assert!(
                    found.families[family as usize].iter().any(|o| o.doc == side.doc && o.shared(side) > 0),
                    "{side:?}"
                );
            }
        }
    }
}
