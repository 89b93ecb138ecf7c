//! Exact copies: documents that are equal after normalisation. The first of a group, in keep order, stands for it.

use rayon::prelude::*;

use super::order::Order;
use super::repeated::Repeated;
use super::table::{EMPTY, Sketcher};
use super::texts::{TextReader, Texts};
use crate::finding::Skipped;

/// The copies, by document.
#[derive(Debug, Default)]
pub(super) struct Copies {
    copies: Vec<Copy>,
    /// Documents that could not be read again.
    pub lost: Vec<(u32, Skipped)>,
}

/// A document that equals an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub doc: u32,
    /// The document that stands for the group.
    pub first: u32,
    /// Whether the two texts are the same bytes.
    pub exact: bool,
}

impl Copies {
    /// Groups documents by the hash of their tokens and compares each with the first of its group: in their text, and
    /// if that differs in their tokens.
    pub fn find(streams: &[u64], order: &Order, texts: &Texts, sketcher: &Sketcher) -> Self {
        let mut found = Self::default();
        for group in groups(streams, order) {
            let [first, ref others @ ..] = group[..] else { continue };
            let mut reader = texts.reader();
            let original = match reader.read(first) {
                Ok(original) => original,
                Err(skipped) => {
                    found.lost.push((first, skipped));
                    continue;
                }
            };
            let tokens = sketcher.tokens(&original.text);
            let compare = |reader: &mut TextReader, doc: u32| {
                let other = reader.read(doc).map_err(|skipped| (doc, skipped))?;
                let same_text = other.text == original.text;
                let exact = same_text && other.raw_hash == original.raw_hash;
                let equal = same_text || sketcher.tokens(&other.text) == tokens;
                Ok(equal.then_some(Copy { doc, first, exact }))
            };
            let compared: Vec<_> = others
                .par_iter()
                .with_min_len(16)
                .map_init(|| texts.reader(), |reader, &doc| compare(reader, doc))
                .collect();
            for result in compared {
                match result {
                    Ok(copy) => found.copies.extend(copy),
                    Err(lost) => found.lost.push(lost),
                }
            }
        }
        found.copies.sort_unstable_by_key(|copy| copy.doc);
        found.lost.sort_by_key(|&(doc, _)| doc);
        found
    }

    /// Returns the copies, ascending.
    pub fn iter(&self) -> impl Iterator<Item = Copy> + '_ {
        self.copies.iter().copied()
    }

    /// Returns whether a document is a copy of an earlier one.
    pub fn is_copy(&self, doc: u32) -> bool {
        self.copies.binary_search_by_key(&doc, |copy| copy.doc).is_ok()
    }
}

/// Documents with equal streams, each group in keep order.
fn groups(streams: &[u64], order: &Order) -> Vec<Vec<u32>> {
    let mut groups = Repeated::of(streams).groups(|stream| stream != EMPTY);
    for group in &mut groups {
        group.sort_unstable_by_key(|&doc| order.rank(doc));
    }
    groups
}
