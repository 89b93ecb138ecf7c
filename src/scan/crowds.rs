//! Documents that share a band with another, and the buckets in which they meet.
//!
//! A bucket of many documents is no bucket: its documents share a template rather than a text, and comparing each with
//! each would be quadratic. They are marked instead, to be looked up by their rarest shingles.
//!
//! Members are numbered anew, from 0 in keep order: a bucket lists them ascending, and deciding them in order means
//! that all before a member are decided.

use std::ops::Range;

use rayon::prelude::*;

use super::column::Column;
use super::order::Order;
use super::repeated::buckets;
use crate::candidate::lsh;
use crate::error::Result;

/// Documents in a bucket up to which each is compared with each. A comparison of sketches takes some nanoseconds, but
/// one in eight documents that share half of their text by a template passes it; so much work is one more reading.
const LARGEST_BUCKET: usize = 128;

/// The members and their buckets.
#[derive(Debug, Default)]
pub(super) struct Crowds {
    /// The document that each member is.
    members: Vec<u32>,
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
}

/// A document in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Meeting {
    rank: u32,
    doc: u32,
    bucket: u32,
}

/// Stands for a bucket that is too large.
const NO_BUCKET: u32 = u32::MAX;

impl Crowds {
    /// Joins the bands one by one; `keys[b]` holds the key of each document in band `b`.
    pub fn join(keys: &[Column<u32>], order: &Order, included: impl Fn(u32) -> bool + Sync) -> Result<Self> {
        let mut all = lsh::Buckets::default();
        for column in keys {
            for part in buckets(&column.load()?, &included) {
                all.append(&part);
            }
        }
        Ok(Self::of(&all, order))
    }

    fn of(all: &lsh::Buckets, order: &Order) -> Self {
        let mut crowds = Self::default();
        let mut meetings: Vec<Meeting> = Vec::new();
        for bucket in all.iter() {
            let is_bucket = bucket.len() <= LARGEST_BUCKET;
            let number = if is_bucket { crowds.buckets.len() as u32 } else { NO_BUCKET };
            let meeting = |&doc: &u32| Meeting { rank: order.rank(doc), doc, bucket: number };
            meetings.extend(bucket.iter().map(meeting));
            if is_bucket {
                let start = crowds.buckets.last().map_or(0, |bucket: &Bucket| bucket.end);
                crowds.buckets.push(Bucket { start, kept: start, next: start, end: start + bucket.len() });
            }
        }
        meetings.par_sort_unstable();
        crowds.met = vec![0; crowds.buckets.last().map_or(0, |bucket| bucket.end)];
        for meetings in meetings.chunk_by(|x, y| x.rank == y.rank) {
            crowds.add(meetings);
        }
        for bucket in &mut crowds.buckets {
            bucket.next = bucket.start;
        }
        crowds
    }

    /// Adds the next member, by all its meetings.
    fn add(&mut self, meetings: &[Meeting]) {
        let member = self.members.len() as u32;
        self.members.push(meetings[0].doc);
        self.templated.push(meetings.iter().any(|meeting| meeting.bucket == NO_BUCKET));
        for meeting in meetings.iter().filter(|meeting| meeting.bucket != NO_BUCKET) {
            let bucket = &mut self.buckets[meeting.bucket as usize];
            self.met[bucket.next] = member;
            bucket.next += 1;
            self.memberships.push(meeting.bucket);
        }
        self.ends.push(self.memberships.len());
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
            let bucket = self.buckets[bucket as usize];
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
