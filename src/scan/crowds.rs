//! Documents that share a band with another, and the buckets in which they meet.
//!
//! A bucket of many documents is no bucket: its documents share a template rather than a text, and comparing each with
//! each would be quadratic. They are marked instead, to be looked up by their rarest shingles.
//!
//! Members are numbered anew, from 0 in keep order: a bucket lists them ascending, and deciding them in order means
//! that all before a member are decided.

use std::ops::Range;

use rayon::prelude::*;

use super::order::Order;
use super::repeated::Joiners;
use super::table::Table;
use crate::error::Result;
use doublon_core::candidate::lsh::{self, Sketch};
use doublon_core::candidate::params::SKETCH_BYTES;

/// What comparing a member with the others of a bucket may cost, in comparisons of sketches; as much as reading the
/// document once more and looking it up.
const LARGEST_COST: usize = 4096;

/// What measuring a pair costs that the sketches let pass, in comparisons of sketches.
const MEASURE_COST: usize = 200;

/// Pairs of a large bucket that are tried to know how many pass.
const TRIALS: usize = 64;

/// The members and their buckets.
#[derive(Debug, Default)]
pub(super) struct Crowds {
    /// The document that each member is.
    members: Vec<u32>,
    /// The sketch of each member.
    sketches: Vec<Sketch>,
    /// Least number of equal bytes of two sketches that are alike.
    cut: usize,
    /// Whether each member was in a bucket that is too large to be one.
    templated: Vec<bool>,
    /// For each member the end of its part of `memberships`.
    ends: Vec<usize>,
    /// Numbers of buckets.
    memberships: Vec<u32>,
    /// The members of all buckets, one bucket after another; in each those of use move to the front.
    met: Vec<u32>,
    buckets: Vec<Bucket>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    start: usize,
    /// End of the members that are decided and still of use.
    kept: usize,
    /// The first member that is not decided.
    next: usize,
    end: usize,
    /// Whether it is too large for its members to be compared.
    closed: bool,
}

/// A document in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Meeting {
    rank: u32,
    doc: u32,
    bucket: u32,
}

impl Crowds {
    /// Joins the bands one by one. Documents whose sketches have fewer than `cut` equal bytes are not alike.
    ///
    /// With `everyone`, every document is a member, as if all shared a template: to be looked up by its shingles.
    pub fn join(
        table: &Table,
        order: &Order,
        cut: usize,
        everyone: bool,
        included: impl Fn(u32) -> bool + Sync,
    ) -> Result<Self> {
        if everyone {
            let mut members: Vec<u32> = (0..table.len() as u32).filter(|&doc| included(doc)).collect();
            members.sort_unstable_by_key(|&doc| order.rank(doc));
            let (templated, ends) = (vec![true; members.len()], vec![0; members.len()]);
            return Ok(Self { members, cut, templated, ends, ..Self::default() });
        }
        let (mut all, joiners) = (lsh::Buckets::default(), Joiners::new());
        for column in &table.keys {
            for part in joiners.buckets(&column.load()?, &included) {
                all.append(&part);
            }
        }
        let mut meetings: Vec<Meeting> = Vec::new();
        for (bucket, number) in all.iter().zip(0..) {
            meetings.extend(bucket.iter().map(|&doc| Meeting { rank: order.rank(doc), doc, bucket: number }));
        }
        meetings.par_sort_unstable();
        let members: Vec<u32> = meetings.chunk_by(|x, y| x.rank == y.rank).map(|meetings| meetings[0].doc).collect();
        let sketches = gather(table, &members)?;
        let mut crowds = Self { members, sketches, cut, ..Self::default() };
        crowds.templated = vec![false; crowds.members.len()];
        crowds.fill(&all, &meetings);
        Ok(crowds)
    }

    /// Returns whether the sketches of two members let them be the same text.
    pub fn are_alike(&self, member: u32, other: u32) -> bool {
        lsh::equal_bytes(&self.sketches[member as usize], &self.sketches[other as usize]) >= self.cut
    }

    /// Fills the buckets, with all meetings by ascending member.
    fn fill(&mut self, all: &lsh::Buckets, meetings: &[Meeting]) {
        for bucket in all.iter() {
            let start = self.buckets.last().map_or(0, |bucket: &Bucket| bucket.end);
            self.buckets.push(Bucket { start, kept: start, next: start, end: start + bucket.len(), closed: false });
        }
        self.met = vec![0; meetings.len()];
        for (meetings, member) in meetings.chunk_by(|x, y| x.rank == y.rank).zip(0..) {
            for meeting in meetings {
                let bucket = &mut self.buckets[meeting.bucket as usize];
                self.met[bucket.next] = member;
                bucket.next += 1;
                self.memberships.push(meeting.bucket);
            }
            self.ends.push(self.memberships.len());
        }
        for number in 0..self.buckets.len() {
            let Bucket { start, end, .. } = self.buckets[number];
            self.buckets[number].next = start;
            if self.is_too_large(&self.met[start..end]) {
                // No member meets another in it: to all of them it is empty.
                self.buckets[number].closed = true;
                self.met[start..end].iter().for_each(|&member| self.templated[member as usize] = true);
            }
        }
    }

    /// Returns whether comparing each member of a bucket with each costs more than looking them up.
    fn is_too_large(&self, members: &[u32]) -> bool {
        let len = members.len();
        if len <= LARGEST_COST / MEASURE_COST * 2 {
            return false;
        }
        // Pairs of neighbours and of members far apart, spread over the bucket.
        let pair = |n: usize| (members[n * len / TRIALS], members[(n * len / TRIALS + 1 + n * len / 2 / TRIALS) % len]);
        let passed = (0..TRIALS).map(pair).filter(|&(x, y)| x != y && self.are_alike(x, y)).count();
        len / 2 * (1 + MEASURE_COST * passed / TRIALS) > LARGEST_COST
    }

    /// Returns for each member whether it shares a template with a crowd.
    pub fn templated(&self) -> &[bool] {
        &self.templated
    }

    /// Returns the document that each member is.
    pub fn members(&self) -> &[u32] {
        &self.members
    }

    /// Returns the members before `member` in its buckets that are not settled as of no use; some several times.
    pub fn before(&self, member: u32) -> impl Iterator<Item = u32> + '_ {
        self.memberships[self.range_of(member)].iter().flat_map(move |&bucket| {
            let mut bucket = self.buckets[bucket as usize];
            if bucket.closed {
                (bucket.kept, bucket.end) = (bucket.start, bucket.next);
            }
            let waiting = self.met[bucket.next..bucket.end].iter().take_while(move |&&other| other < member);
            self.met[bucket.start..bucket.kept].iter().chain(waiting).copied()
        })
    }

    /// Settles the next members in order: those that are of no more use leave all buckets.
    pub fn settle(&mut self, members: Range<u32>, of_use: impl Fn(u32) -> bool) {
        for member in members {
            for at in self.range_of(member) {
                let bucket = &mut self.buckets[self.memberships[at] as usize];
                debug_assert_eq!(self.met[bucket.next], member, "members are settled in order");
                bucket.next += 1;
                if of_use(member) {
                    self.met[bucket.kept] = member;
                    bucket.kept += 1;
                }
            }
        }
    }

    fn range_of(&self, member: u32) -> Range<usize> {
        let member = member as usize;
        let start = if member == 0 { 0 } else { self.ends[member - 1] };
        start..self.ends[member]
    }
}

/// The sketches of documents in any order.
fn gather(table: &Table, docs: &[u32]) -> Result<Vec<Sketch>> {
    let mut places: Vec<(u32, u32)> = docs.iter().copied().zip(0..).collect();
    places.sort_unstable();
    let ascending: Vec<u32> = places.iter().map(|&(doc, _)| doc).collect();
    let mut sketches = vec![[0; SKETCH_BYTES]; docs.len()];
    for (&(_, place), sketch) in places.iter().zip(table.sketches.gather(&ascending)?) {
        sketches[place as usize] = sketch;
    }
    Ok(sketches)
}
