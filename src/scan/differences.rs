//! What near copies differ in from the document for which they go.
//!
//! The first near copies of the largest clusters, which reports show, are read once more beside their kept document, and
//! their words aligned by a longest common subsequence between what both begin and end with. Long texts, and those of which
//! much lies between, are left out, so that a run of millions of near copies takes a moment more and not several times as
//! long.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use doublon_core::text::{TokenReader, Tokenizer};
use doublon_core::verify::align::{Column, Run};
use doublon_core::verify::difference::SideText;
use doublon_core::verify::subsequence::common_subsequence;
use rayon::prelude::*;

use super::describe::differences;
use super::documents::Removal;
use super::texts::Texts;
use crate::finding::{Difference, Equality};

/// The most clusters of which copies are compared: as many as a page lists.
const CLUSTERS: usize = 400;
/// The most near copies of a document that are compared.
const COMPARED: usize = 4;
/// The most differences that are listed of a copy.
const LISTED: usize = 20;
/// The most bytes of a text that is compared.
const LONGEST: usize = 32 << 10;
/// The most pairs of words that are aligned: what the time goes by.
const MOST_PAIRS: usize = 4 << 20;

/// Differences listed, and how many more there are.
pub(super) type CopyDifferences = (Vec<Difference>, usize);

/// Returns the kept documents of the clusters with the most shingles in near copies, ascending. `removed` has all removals of
/// each keeper together.
pub(super) fn largest(removed: &[Removal]) -> Vec<u32> {
    let size = |cluster: &[Removal]| cluster.iter().filter(|removal| is_near(removal)).map(|near| near.overlap.b).sum();
    let clusters = removed.chunk_by(|x, y| x.keeper == y.keeper);
    let sizes = clusters.map(|cluster| (Reverse(size(cluster)), cluster[0].keeper));
    let mut largest: Vec<(Reverse<usize>, u32)> = sizes.filter(|(size, _)| size.0 > 0).collect();
    if largest.len() > CLUSTERS {
        largest.select_nth_unstable(CLUSTERS);
        largest.truncate(CLUSTERS);
    }
    let mut keepers: Vec<u32> = largest.into_iter().map(|(_, keeper)| keeper).collect();
    keepers.sort_unstable();
    keepers
}

/// Compares the first near copies of those of the kept documents in `removed` that are `wanted` with them. What cannot be
/// read again is left out.
pub(super) fn of_copies(
    texts: &Texts,
    tokenizer: &Tokenizer,
    removed: &[Removal],
    wanted: &[u32],
) -> BTreeMap<u32, CopyDifferences> {
    let is_wanted = |cluster: &&[Removal]| wanted.binary_search(&cluster[0].keeper).is_ok();
    let clusters: Vec<&[Removal]> = removed.chunk_by(|x, y| x.keeper == y.keeper).filter(is_wanted).collect();
    let compared = clusters.into_par_iter().map_init(
        || (texts.reader(), tokenizer.reader()),
        |(texts, reader), cluster| {
            let near: Vec<u32> =
                cluster.iter().filter(|removal| is_near(removal)).map(|r| r.doc).take(COMPARED).collect();
            let short = |document: &str| document.len() <= LONGEST;
            let Some(kept) = (!near.is_empty()).then(|| texts.read(cluster[0].keeper).ok()).flatten() else {
                return Vec::new();
            };
            if !short(&kept.text) {
                return Vec::new();
            }
            let of_copy = |doc| {
                let copy = texts.read(doc).ok().filter(|copy| short(&copy.text))?;
                Some((doc, compare(&kept.text, &copy.text, reader)?))
            };
            near.into_iter().filter_map(of_copy).collect()
        },
    );
    compared.flatten_iter().collect()
}

fn is_near(removal: &Removal) -> bool {
    removal.equality == Equality::None && removal.overlap.jaccard() < 1.0
}

/// Compares two texts, unless that takes too long.
fn compare(a: &str, b: &str, reader: &mut TokenReader) -> Option<CopyDifferences> {
    let mut hashes = |text: &str| -> Vec<u64> {
        let mut hashes = Vec::new();
        reader.for_each(text, |token| hashes.push(token.hash));
        hashes
    };
    let (in_a, in_b) = (hashes(a), hashes(b));
    let runs = runs(&common(&in_a, &in_b)?, in_a.len(), in_b.len());
    let (mut listed, more) = differences(&SideText::read(a, reader), &SideText::read(b, reader), &runs);
    let cut = listed.len().saturating_sub(LISTED);
    listed.truncate(LISTED);
    Some((listed, more + cut))
}

/// Returns the pairs of a longest common subsequence: what both begin and end with, and one of what lies between, if that
/// is not too long.
fn common(a: &[u64], b: &[u64]) -> Option<Vec<(usize, usize)>> {
    let shorter = a.len().min(b.len());
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let end = a.iter().rev().zip(b.iter().rev()).take(shorter - start).take_while(|(x, y)| x == y).count();
    let (between_a, between_b) = (&a[start..a.len() - end], &b[start..b.len() - end]);
    if between_a.len() * between_b.len() > MOST_PAIRS {
        return None;
    }
    let between = common_subsequence(between_a, between_b).into_iter().map(|(x, y)| (start + x, start + y));
    let after = (0..end).map(|n| (a.len() - end + n, b.len() - end + n));
    Some((0..start).map(|n| (n, n)).chain(between).chain(after).collect())
}

/// Makes an alignment of the pairs of words that are equal.
fn runs(common: &[(usize, usize)], len_a: usize, len_b: usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut push = |column, len| match runs.last_mut() {
        _ if len == 0 => {}
        Some(last) if last.column == column => last.len += len,
        _ => runs.push(Run { column, len }),
    };
    let (mut a, mut b) = (0, 0);
    for &(in_a, in_b) in common {
        push(Column::OnlyA, in_a - a);
        push(Column::OnlyB, in_b - b);
        push(Column::Equal, 1);
        (a, b) = (in_a + 1, in_b + 1);
    }
    push(Column::OnlyA, len_a - a);
    push(Column::OnlyB, len_b - b);
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use doublon_core::verify::Overlap;

    #[test]
    fn copies_differ_in_words_and_gaps() {
        let mut reader = Tokenizer::default().reader();
        let mut compare = |a: &str, b: &str| compare(a, b, &mut reader).expect("they are short");
        let (told, more) = compare("GET the users of a team", "GET the items of\na team");
        let told: Vec<_> = told.iter().map(|found| (found.a.as_str(), found.b.as_str())).collect();
        assert_eq!((told[0], more), (("users", "items"), 0));
        let numbers = |n: usize| (0..40).map(|i| format!("same {}", i * n)).collect::<Vec<_>>().join(" ");
        let (told, more) = compare(&numbers(1), &numbers(100));
        assert_eq!((told.len(), told.len() + more), (LISTED, 39), "0 is the same in both");
        assert_eq!(compare("", ""), (Vec::new(), 0));
    }

    #[test]
    fn what_both_begin_and_end_with_costs_nothing() {
        let all: Vec<u64> = (0..9000).collect();
        let with = |words: &[u64]| [&all[..4000], words, &all[4000..]].concat();
        for (a, b) in [(with(&[]), with(&[1, 2])), (with(&[3999]), with(&[])), (with(&[7, 8]), with(&[8, 9, 7]))] {
            let found = common(&a, &b).expect("little lies between");
            assert_eq!(found.len(), common_subsequence(&a, &b).len());
            assert!(found.iter().all(|&(x, y)| a[x] == b[y]) && found.is_sorted_by(|p, q| p.0 < q.0 && p.1 < q.1));
        }
        let apart = [&[1][..], &all, &[2]].concat();
        assert_eq!(common(&all, &apart), None);
    }

    #[test]
    fn the_clusters_with_most_in_near_copies_are_compared() {
        let removal = |keeper: u32, doc: u32, b: usize| {
            let overlap = Overlap { a: b, b, shared: b - 1 };
            Removal { doc, keeper, overlap, equality: Equality::None }
        };
        let mut removed: Vec<Removal> = (0..500).map(|n| removal(2 * n, 2 * n + 1, 10 + n as usize)).collect();
        removed[3].equality = Equality::Bytes;
        assert_eq!(largest(&removed), (100..500).map(|n| 2 * n).collect::<Vec<u32>>());
        assert_eq!(largest(&removed[..5]), [0, 2, 4, 8]);
    }
}
