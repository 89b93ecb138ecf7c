//! Copies: documents that are equal after normalisation. The first of a group, in keep order, stands for it.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

use rayon::prelude::*;

use super::pool::Pool;
use super::repeated::RepeatedValues;
use super::texts::{TextReader, Texts};
use crate::finding::{Equality, Skipped};
use crate::source::Document;
use doublon_core::cluster::KeepOrder;
use doublon_core::groups::DocumentGroups;
use doublon_core::kernel::{SketchScratch, Sketcher, is_compared};
use doublon_core::text::characters;

/// The copies, by document.
#[derive(Debug, Default)]
pub(super) struct Copies {
    copies: Vec<Copy>,
    /// Documents that could not be read again.
    pub lost: Vec<Lost>,
}

/// A document that equals an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub doc: u32,
    /// The document that stands for the group.
    pub first: u32,
    pub equality: Equality,
}

impl Copies {
    /// Groups documents by the hash of their tokens, or of their characters if `exact`, and compares each with the first of
    /// its group: in their text, and if that differs in their characters and tokens, by `sketcher`. Those that are not equal
    /// to it are a group of their own.
    ///
    /// Where only documents `apart` are compared, the copies are those of one group, or if `exact` those of others.
    pub fn find(
        streams: &[u64],
        order: &KeepOrder,
        texts: &Texts,
        apart: &DocumentGroups,
        (sketcher, exact): (&Sketcher, bool),
    ) -> Self {
        let workers = Pool::new(|| (texts.reader(), sketcher.scratch()));
        let comparer = Comparer { exact, workers, private: RandomState::new() };
        let all = groups(streams, order);
        let all =
            if apart.is_none() || exact { all } else { all.into_iter().flat_map(|all| parted(all, apart)).collect() };
        let compared: Vec<Self> = all.into_par_iter().map(|group| comparer.compare_group(&group)).collect();
        let mut found = Self::default();
        for part in compared {
            found.copies.extend(part.copies);
            found.lost.extend(part.lost);
        }
        if exact {
            found.copies.retain(|copy| apart.are_apart(copy.first, copy.doc));
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

type Lost = (u32, Skipped);

/// Reads documents on all threads to compare them.
struct Comparer<'t, F> {
    exact: bool,
    workers: Pool<F, (TextReader<'t>, SketchScratch)>,
    /// Hashes that nobody knows.
    private: RandomState,
}

impl<'t, F: Fn() -> (TextReader<'t>, SketchScratch) + Sync> Comparer<'t, F> {
    /// Compares documents with the first of them. Those that are not equal to it were made to have its hash, or nearly so:
    /// they are grouped again by a hash that nobody knows.
    fn compare_group(&self, group: &[u32]) -> Copies {
        let mut found = Copies::default();
        let rest = self.compare_with_first(group, &mut found);
        let mut hashed: Vec<(u64, u32)> = Vec::with_capacity(rest.len());
        for (doc, read) in rest.par_iter().map(|&doc| (doc, self.private_hash(doc))).collect::<Vec<_>>() {
            match read {
                Ok(hash) => hashed.push((hash, doc)),
                Err(lost) => found.lost.push(lost),
            }
        }
        hashed.sort_by_key(|&(hash, _)| hash); // stable, so that each group stays in keep order
        for equal in hashed.chunk_by(|x, y| x.0 == y.0) {
            let group: Vec<u32> = equal.iter().map(|&(_, doc)| doc).collect();
            self.compare_with_first(&group, &mut found);
        }
        found
    }

    /// Compares documents with the first of them that can be read, and returns those that are not equal to it.
    fn compare_with_first(&self, mut group: &[u32], found: &mut Copies) -> Vec<u32> {
        while let [first, others @ ..] = group {
            match self.workers.with(|(reader, scratch)| Original::read(*first, reader, scratch)) {
                Ok(original) => return self.compare_all(&original, others, found),
                Err(lost) => found.lost.push(lost),
            }
            group = others;
        }
        Vec::new()
    }

    /// Adds those that are equal to an original to what is found, and returns the others in their order.
    fn compare_all(&self, original: &Original, others: &[u32], found: &mut Copies) -> Vec<u32> {
        let compare = |&doc: &u32| (doc, self.workers.with(|(reader, scratch)| original.compare(doc, reader, scratch)));
        let mut rest = Vec::new();
        for (doc, compared) in others.par_iter().with_min_len(16).map(compare).collect::<Vec<_>>() {
            match compared {
                Ok(Some(copy)) if copy.equality.is_exact() || !self.exact => found.copies.push(copy),
                Ok(_) => rest.push(doc),
                Err(lost) => found.lost.push(lost),
            }
        }
        rest
    }

    /// Returns a hash of the tokens of a document, or of its characters, by what it is compared by.
    fn private_hash(&self, doc: u32) -> Result<u64, Lost> {
        let original = self.workers.with(|(reader, scratch)| Original::read(doc, reader, scratch))?;
        let shape = original.document.borders.shape(&original.document.text);
        Ok(if self.exact {
            self.private.hash_one((characters(&original.document.text), shape))
        } else {
            self.private.hash_one((&original.tokens, shape))
        })
    }
}

/// The first document of a group.
struct Original<'a> {
    doc: u32,
    document: Cow<'a, Document>,
    tokens: Vec<u64>,
}

impl<'a> Original<'a> {
    fn read(doc: u32, reader: &mut TextReader<'a>, scratch: &mut SketchScratch) -> Result<Self, Lost> {
        let document = reader.read(doc).map_err(|skipped| (doc, skipped))?;
        let tokens = scratch.tokens(&document.text).to_vec();
        Ok(Self { doc, document, tokens })
    }

    fn compare(&self, doc: u32, reader: &mut TextReader, scratch: &mut SketchScratch) -> Result<Option<Copy>, Lost> {
        let other = reader.read(doc).map_err(|skipped| (doc, skipped))?;
        let same_words = || scratch.tokens(&other.text) == self.tokens;
        let equality = self.document.compared().equality(&other.compared(), same_words);
        Ok((!equality.is_none()).then_some(Copy { doc, first: self.doc, equality }))
    }
}

/// Divides documents by their groups; those that are alone in it have no copy.
fn parted(all: Vec<u32>, apart: &DocumentGroups) -> Vec<Vec<u32>> {
    let mut parts: Vec<(u32, Vec<u32>)> = Vec::new();
    for doc in all {
        let group = apart.of(doc);
        match parts.iter_mut().find(|(of, _)| *of == group) {
            Some((_, part)) => part.push(doc),
            None => parts.push((group, vec![doc])),
        }
    }
    parts.into_iter().map(|(_, part)| part).filter(|part| part.len() > 1).collect()
}

/// Documents with equal streams, each group in keep order.
fn groups(streams: &[u64], order: &KeepOrder) -> Vec<Vec<u32>> {
    let mut groups = RepeatedValues::of(streams).groups(is_compared);
    for group in &mut groups {
        group.sort_unstable_by_key(|&doc| order.rank(doc));
    }
    groups
}
