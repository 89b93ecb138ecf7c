//! The buckets of all bands, and for each document those it is in.

use std::ops::Range;

use rayon::prelude::*;

use crate::candidate::lsh;

/// Shares of the key space that are joined in parallel.
const RANGES: u64 = 16;

/// Documents that share a band with another, with their buckets.
pub(super) struct Crowds {
    /// Buckets of at least two documents, one after another; in each the kept ones move to the front.
    docs: Vec<u32>,
    buckets: Vec<Bucket>,
    /// The members ascending, and for each the end of its part of `memberships`.
    members: Vec<u32>,
    ends: Vec<usize>,
    memberships: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    start: usize,
    /// End of the documents that are decided and still of use.
    kept: usize,
    /// The first document that is not decided.
    next: usize,
    end: usize,
}

impl Crowds {
    /// Joins the bands one by one; `keys[b][d]` is the key of document `d` in band `b`.
    pub fn join(keys: &[Vec<u32>], included: impl Fn(u32) -> bool + Sync) -> Self {
        let mut all = lsh::Buckets::default();
        for column in keys {
            let edge = |n: u64| (n << 32) / RANGES;
            let parts: Vec<lsh::Buckets> =
                (0..RANGES).into_par_iter().map(|n| lsh::buckets(column, edge(n)..edge(n + 1), &included)).collect();
            parts.iter().for_each(|part| all.append(part));
        }
        Self::of(&all)
    }

    fn of(all: &lsh::Buckets) -> Self {
        let (mut docs, mut buckets, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
        for bucket in all.iter() {
            let start = docs.len();
            pairs.extend(bucket.iter().map(|&doc| (doc, buckets.len() as u32)));
            docs.extend_from_slice(bucket);
            buckets.push(Bucket { start, kept: start, next: start, end: docs.len() });
        }
        pairs.sort_unstable();
        let (mut members, mut ends) = (Vec::new(), Vec::new());
        for group in pairs.chunk_by(|x, y| x.0 == y.0) {
            members.push(group[0].0);
            ends.push(ends.last().copied().unwrap_or(0) + group.len());
        }
        let memberships = pairs.into_iter().map(|(_, bucket)| bucket).collect();
        Self { docs, buckets, members, ends, memberships }
    }

    /// Returns all documents that share a bucket, ascending.
    pub fn members(&self) -> &[u32] {
        &self.members
    }

    /// Returns the documents before `doc` in its buckets that are not settled as removed; some several times.
    pub fn before(&self, doc: u32) -> impl Iterator<Item = u32> + '_ {
        self.memberships[self.range_of(doc)].iter().flat_map(move |&bucket| {
            let bucket = self.buckets[bucket as usize];
            let waiting = self.docs[bucket.next..bucket.end].iter().take_while(move |&&other| other < doc);
            self.docs[bucket.start..bucket.kept].iter().chain(waiting).copied()
        })
    }

    /// Settles documents, the next ones of their buckets in order: those that are not kept leave all buckets.
    pub fn settle(&mut self, docs: &[u32], kept: impl Fn(u32) -> bool) {
        for &doc in docs {
            for at in self.range_of(doc) {
                let bucket = &mut self.buckets[self.memberships[at] as usize];
                debug_assert_eq!(self.docs[bucket.next], doc, "documents are settled in order");
                bucket.next += 1;
                if kept(doc) {
                    self.docs[bucket.kept] = doc;
                    bucket.kept += 1;
                }
            }
        }
    }

    fn range_of(&self, doc: u32) -> Range<usize> {
        let Ok(at) = self.members.binary_search(&doc) else { return 0..0 };
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        start..self.ends[at]
    }
}
