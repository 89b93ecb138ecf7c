//! What near copies differ in from the document for which they go.
//!
//! The first near copies of each cluster are read once more beside their kept document, and their words aligned by a
//! longest common subsequence. Long texts are left out: they differ in more places than anybody reads.

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

/// The most near copies of a document that are compared.
const COMPARED: usize = 5;
/// The most differences that are listed of a copy.
const LISTED: usize = 20;
/// The most bytes of a text that is compared: its table takes some megabytes.
const LONGEST: usize = 64 << 10;

/// Differences listed, and how many more there are.
pub(super) type CopyDifferences = (Vec<Difference>, usize);

/// Compares the first near copies of each kept document with it. `removed` has all removals of each keeper together.
/// What cannot be read again is left out.
pub(super) fn of_copies(texts: &Texts, tokenizer: &Tokenizer, removed: &[Removal]) -> BTreeMap<u32, CopyDifferences> {
    let clusters: Vec<&[Removal]> = removed.chunk_by(|x, y| x.keeper == y.keeper).collect();
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
                Some((doc, compare(&kept.text, &copy.text, reader)))
            };
            near.into_iter().filter_map(of_copy).collect()
        },
    );
    compared.flatten_iter().collect()
}

fn is_near(removal: &Removal) -> bool {
    removal.equality == Equality::None && removal.overlap.jaccard() < 1.0
}

fn compare(a: &str, b: &str, reader: &mut TokenReader) -> CopyDifferences {
    let mut hashes = |text: &str| -> Vec<u64> {
        let mut hashes = Vec::new();
        reader.for_each(text, |token| hashes.push(token.hash));
        hashes
    };
    let (in_a, in_b) = (hashes(a), hashes(b));
    let runs = runs(&common_subsequence(&in_a, &in_b), in_a.len(), in_b.len());
    let (mut listed, more) = differences(&SideText::read(a, reader), &SideText::read(b, reader), &runs);
    let cut = listed.len().saturating_sub(LISTED);
    listed.truncate(LISTED);
    (listed, more + cut)
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

    #[test]
    fn copies_differ_in_words_and_gaps() {
        let mut reader = Tokenizer::default().reader();
        let (told, more) = compare("GET the users of a team", "GET the items of\na team", &mut reader);
        let told: Vec<_> = told.iter().map(|found| (found.a.as_str(), found.b.as_str())).collect();
        assert_eq!((told[0], more), (("users", "items"), 0));
        let numbers = |n: usize| (0..40).map(|i| format!("same {}", i * n)).collect::<Vec<_>>().join(" ");
        let (told, more) = compare(&numbers(1), &numbers(100), &mut reader);
        assert_eq!((told.len(), told.len() + more), (LISTED, 39), "0 is the same in both");
        assert_eq!(compare("", "", &mut reader), (Vec::new(), 0));
    }
}
