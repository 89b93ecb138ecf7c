//! From matches to families whose places were all measured against the kept one.

use super::families::{Families, Occurrence, families};
use super::overhang::Breaks;
use super::select::Selector;
use super::split::split;
use super::stretch::{Matches, Share, Stretch};
use crate::groups::DocumentGroups;

/// Returns the families of matches, of which the first `listed` are those to be told; the others say of a text that
/// repeats over and over which repetition is which.
///
/// Texts are decided in order, and of each the words that repeat words which stay go. A family is a stretch that stays
/// and those that go for it: each has at least the share `threshold` of its words there, in equal order. Stretches that
/// touch have together at least `least` words, and do not go on beyond one of the `breaks` by chance. A match that comes
/// to nothing of this is told in a family of places that are joined by matches alone.
pub fn families_in_order(
    matches: &impl Matches,
    listed: usize,
    breaks: &Breaks,
    threshold: f64,
    least: u32,
) -> Families {
    families_apart(matches, listed, breaks, &DocumentGroups::default(), (threshold, least))
}

/// As [`families_in_order`], of matches of texts in different groups: what stays for a text is of another group too.
pub fn families_apart(
    matches: &impl Matches,
    listed: usize,
    breaks: &Breaks,
    groups: &DocumentGroups,
    (threshold, least): (f64, u32),
) -> Families {
    let share = Share::new(threshold);
    let mut selector = Selector::new(matches, breaks, groups, (share, least));
    by_later_text(matches, |doc, of_text| selector.decide(doc, of_text));
    let stretches = split(selector.into_stretches(), share, least);
    let (mut told, of_stretch) = grouped(&stretches);
    let of_match = (0..listed).map(|n| family_of(matches.sides(n), &stretches, &of_stretch));
    let mut of_match: Vec<Option<u32>> = of_match.collect();
    join_others(matches, &mut told, &mut of_match);
    in_order(told, of_match)
}

/// Returns the stretches of later texts that repeat earlier ones, by text and place: each has at least the share
/// `threshold` of its words there, in equal order, and those that touch have together at least `least` words.
pub fn repeated_stretches(matches: &impl Matches, threshold: f64, least: u32) -> Vec<Stretch> {
    let (breaks, groups) = (Breaks::default(), DocumentGroups::default());
    let mut selector = Selector::new(matches, &breaks, &groups, (Share::new(threshold), least));
    by_later_text(matches, |doc, of_text| selector.decide(doc, of_text));
    selector.into_stretches()
}

/// Calls `decide` with each text that has the later place of a match, in order, and those matches by that place.
fn by_later_text(matches: &impl Matches, mut decide: impl FnMut(u32, &[u32])) {
    let later = |n: u32| matches.sides(n as usize).1;
    let mut order: Vec<u32> = (0..matches.count() as u32).collect();
    order.sort_unstable_by_key(|&n| (later(n), n));
    for of_text in order.chunk_by(|&x, &y| later(x).doc == later(y).doc) {
        decide(later(of_text[0]).doc, of_text);
    }
}

/// Families, each with the place that stays first, and for each stretch the index of its family.
///
/// Stretches are of one family if those that stay for them share four fifths of the longer one.
fn grouped(stretches: &[Stretch]) -> (Vec<Vec<Occurrence>>, Vec<u32>) {
    let mut order: Vec<u32> = (0..stretches.len() as u32).collect();
    order.sort_unstable_by_key(|&n| (&stretches[n as usize].kept, n));
    let mut of_stretch = vec![0; stretches.len()];
    let mut families: Vec<Vec<Occurrence>> = Vec::new();
    // Families that may take more, with the first stretch that stayed for them.
    let mut open: Vec<(u32, &Occurrence)> = Vec::new();
    for n in order {
        let Stretch { place, kept, .. } = &stretches[n as usize];
        open.retain(|(_, first)| first.doc == kept.doc && first.end > kept.start);
        let best =
            open.iter().filter(|(_, first)| is_same_text(first, kept)).max_by_key(|(_, first)| first.shared(kept));
        let family = best.map_or(families.len() as u32, |&(family, _)| family);
        if best.is_none() {
            open.push((family, kept));
            families.push(vec![kept.clone()]);
        }
        let places = &mut families[family as usize];
        places[0].end = places[0].end.max(kept.end); // none begins before the first
        places.push(place.clone());
        of_stretch[n as usize] = family;
    }
    for places in &mut families {
        places[1..].sort_unstable();
    }
    (families, of_stretch)
}

fn is_same_text(x: &Occurrence, y: &Occurrence) -> bool {
    5 * x.shared(y) >= 4 * x.len().max(y.len())
}

/// Returns the family of the stretch that overlaps a match most: its later place, or else its earlier one.
fn family_of((a, b): (&Occurrence, &Occurrence), stretches: &[Stretch], of_stretch: &[u32]) -> Option<u32> {
    let most = |place: &Occurrence| {
        let first = stretches.partition_point(|other| (other.place.doc, other.place.end) <= (place.doc, place.start));
        let overlapping = stretches[first..].iter().zip(first..);
        let overlapping =
            overlapping.take_while(|(other, _)| other.place.doc == place.doc && other.place.shared(place) > 0);
        // The first of those that overlap it most.
        overlapping
            .max_by_key(|(other, n)| (other.place.shared(place), std::cmp::Reverse(*n)))
            .map(|(_, n)| of_stretch[n])
    };
    most(b).or_else(|| most(a))
}

/// Makes families of the matches that have none, by the matches alone.
fn join_others(matches: &impl Matches, told: &mut Vec<Vec<Occurrence>>, of_match: &mut [Option<u32>]) {
    let others: Vec<usize> = (0..of_match.len()).filter(|&n| of_match[n].is_none()).collect();
    let joined = families(others.iter().map(|&n| matches.sides(n)));
    let before = told.len() as u32;
    told.extend(joined.families);
    for (n, family) in others.into_iter().zip(joined.of_match) {
        of_match[n] = Some(before + family);
    }
}

/// Orders families by their first places.
fn in_order(told: Vec<Vec<Occurrence>>, of_match: Vec<Option<u32>>) -> Families {
    let mut numbered: Vec<(u32, Vec<Occurrence>)> = (0..).zip(told).collect();
    numbered.sort_by(|(_, x), (_, y)| x.cmp(y));
    let mut new = vec![0; numbered.len()];
    numbered.iter().zip(0..).for_each(|((old, _), n)| new[*old as usize] = n);
    let of_match = of_match.into_iter().map(|family| family.map_or(0, |old| new[old as usize])).collect();
    Families { families: numbered.into_iter().map(|(_, places)| places).collect(), of_match }
}

#[cfg(test)]
mod tests;
