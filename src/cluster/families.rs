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

/// A stretch of a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Occurrence {
    /// The number of the document.
    pub doc: u32,
    /// Its first word.
    pub start: usize,
    /// The word after its last.
    pub end: usize,
}

impl Occurrence {
    /// Makes the occurrence of `words` in a document.
    pub fn new(doc: u32, words: Range<usize>) -> Self {
        Self { doc, start: words.start, end: words.end }
    }

    fn len(&self) -> usize {
        self.end - self.start
    }

    fn shared(&self, other: &Self) -> usize {
        self.end.min(other.end).saturating_sub(self.start.max(other.start))
    }
}

/// The families of a set of matches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Families {
    /// The places of each family in order, at least two, which do not overlap. Families are in the order of their
    /// first places.
    pub families: Vec<Vec<Occurrence>>,
    /// For each match the index of its family.
    pub of_match: Vec<usize>,
}

/// Returns the families of matches. Both sides of each match overlap places of its family.
pub fn families(matches: &[(Occurrence, Occurrence)]) -> Families {
    let mut places: Vec<&Occurrence> = matches.iter().flat_map(|(a, b)| [a, b]).collect();
    places.sort_unstable();
    places.dedup();
    let number = |place: &Occurrence| places.partition_point(|other| *other < place);
    let mut sets = Sets::new(places.len());
    join_overlapping(&places, &mut sets);
    let classes: Vec<usize> = (0..places.len()).map(|n| sets.root(n)).collect();
    let mut is_within = vec![false; places.len()];
    for (a, b) in matches {
        sets.join(number(a), number(b));
        if a.doc == b.doc {
            (is_within[classes[number(a)]], is_within[classes[number(b)]]) = (true, true);
        }
    }
    let mut members: Vec<(usize, usize)> = (0..places.len()).map(|n| (sets.root(n), n)).collect();
    members.sort_unstable();
    let place = |&(_, n): &(usize, usize)| Member { place: places[n], is_within: is_within[classes[n]] };
    let mut families: Vec<(usize, Vec<Occurrence>)> = members
        .chunk_by(|x, y| x.0 == y.0)
        .map(|family| (family[0].0, separate(&family.iter().map(place).collect::<Vec<_>>())))
        .collect();
    families.sort_by(|(_, x), (_, y)| x.cmp(y));
    let mut of_root = vec![0; places.len()];
    families.iter().enumerate().for_each(|(n, (root, _))| of_root[*root] = n);
    let of_match = matches.iter().map(|(a, _)| of_root[sets.root(number(a))]).collect();
    Families { families: families.into_iter().map(|(_, family)| family).collect(), of_match }
}

/// Joins places of one document, which are sorted, that cover nearly the same words.
fn join_overlapping(places: &[&Occurrence], sets: &mut Sets) {
    let mut open: Vec<usize> = Vec::new();
    for (n, place) in places.iter().enumerate() {
        open.retain(|&o| places[o].doc == place.doc && places[o].end > place.start);
        for &o in &open {
            if same_place(places[o], place) {
                sets.join(o, n);
            }
        }
        open.push(n);
    }
}

/// A place of a family, and whether a match says that it, or one that covers nearly the same words, stands in its
/// document twice.
struct Member<'o> {
    place: &'o Occurrence,
    is_within: bool,
}

/// Makes the sorted places of a family free of overlaps. Those that overlap become one place, unless both repeat in
/// their document and cover other words: then the later one starts where the earlier ends, if a quarter of it is left.
fn separate(members: &[Member<'_>]) -> Vec<Occurrence> {
    let mut separate: Vec<Occurrence> = Vec::new();
    let mut first: Option<&Member<'_>> = None;
    for member in members {
        let place = member.place;
        match separate.last_mut() {
            Some(last) if last.doc == place.doc && last.end > place.start => {
                let rest = place.end.saturating_sub(last.end);
                let is_other = |first: &Member<'_>| {
                    first.is_within && member.is_within && !same_place(first.place, place) && 4 * rest >= place.len()
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
fn farthest(members: &[Member<'_>]) -> Vec<Occurrence> {
    let first = members.iter().min_by_key(|member| (member.place.doc, member.place.end));
    let last = members.iter().max_by_key(|member| (member.place.doc, member.place.start));
    first.into_iter().chain(last).map(|member| member.place.clone()).collect()
}

/// Returns whether two places of one document share more than half of the longer one. Two places that do not overlap
/// can never both be the same as a third.
fn same_place(x: &Occurrence, y: &Occurrence) -> bool {
    2 * x.shared(y) > x.len().max(y.len())
}

/// Disjoint sets whose root is their smallest member.
struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    fn new(len: usize) -> Self {
        Self { parent: (0..len).collect() }
    }

    fn root(&mut self, mut n: usize) -> usize {
        while self.parent[n] != n {
            self.parent[n] = self.parent[self.parent[n]];
            n = self.parent[n];
        }
        n
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(doc: u32, words: Range<usize>) -> Occurrence {
        Occurrence::new(doc, words)
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
                assert!(found.families[family].iter().any(|o| o.doc == side.doc && o.shared(side) > 0), "{side:?}");
            }
        }
    }
}
