//! Documents that share a band with another, and the buckets in which they meet.
//!
//! A bucket of many documents is no bucket: its documents share boilerplate rather than a text, and comparing each with
//! each would be quadratic. They are marked instead, to be looked up by their rarest shingles.
//!
//! Members are numbered anew, from 0 in keep order: a bucket lists them ascending, and taking them in order means that
//! all before a member are settled.

use std::ops::Range;

use crate::candidate::lsh::{self, Sketch};

/// What comparing a member with the others of a bucket may cost, in comparisons of sketches; as much as reading the
/// document once more and looking it up.
const LARGEST_COST: usize = 4096;

/// What measuring a pair costs that the sketches let pass, in comparisons of sketches.
const MEASURE_COST: usize = 200;

/// Pairs of a large bucket that are tried to know how many pass.
const TRIALS: usize = 64;

/// The members and their buckets. Whoever fills it does so in two steps: [`fill`](Self::fill), then
/// [`close_large`](Self::close_large) with the sketches of the members; or by [`take_all`](Self::take_all) alone.
#[derive(Clone, Debug, Default)]
pub struct MemberBuckets {
    /// The document that each member is.
    members: Vec<u32>,
    /// The sketch of each member.
    sketches: Vec<Sketch>,
    /// Least number of equal bytes of two sketches that are alike.
    cut: usize,
    /// Whether each member was in a bucket that is too large to be one.
    boilerplate: Vec<bool>,
    /// For each member the end of its part of `memberships`.
    ends: Vec<usize>,
    /// Numbers of buckets.
    memberships: Vec<u32>,
    /// The members of all buckets, one bucket after another; in each those of use move to the front.
    met: Vec<u32>,
    buckets: Vec<OpenBucket>,
}

#[derive(Clone, Copy, Debug)]
struct OpenBucket {
    start: usize,
    /// End of the members that are settled and still of use.
    kept: usize,
    /// The first member that is not settled.
    next: usize,
    end: usize,
    /// Whether it is too large for its members to be compared.
    closed: bool,
}

/// A document in a bucket. Meetings are ordered by the rank of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Meeting {
    rank: u32,
    doc: u32,
    bucket: u32,
}

impl Meeting {
    /// Appends the meetings of the documents of all buckets; `rank` gives the keep order.
    pub fn append_all(all: &lsh::Buckets, rank: impl Fn(u32) -> u32, meetings: &mut Vec<Self>) {
        for (bucket, number) in all.iter().zip(0..) {
            meetings.extend(bucket.iter().map(|&doc| Self { rank: rank(doc), doc, bucket: number }));
        }
    }
}

impl MemberBuckets {
    /// Makes it without a member. Documents whose sketches have fewer than `cut` equal bytes are not alike.
    pub fn new(cut: usize) -> Self {
        Self { cut, ..Self::default() }
    }

    /// Makes every document of `docs`, which are in keep order, a member as if all shared boilerplate: to be looked up
    /// by its shingles. What it held before is dropped.
    pub fn take_all(&mut self, docs: impl Iterator<Item = u32>) {
        self.clear();
        self.members.extend(docs);
        self.boilerplate.resize(self.members.len(), true);
        self.ends.resize(self.members.len(), 0);
    }

    /// Takes the buckets of all bands, with all their meetings in order. What it held before is dropped.
    pub fn fill(&mut self, all: &lsh::Buckets, meetings: &[Meeting]) {
        self.clear();
        for bucket in all.iter() {
            let start = self.buckets.last().map_or(0, |bucket| bucket.end);
            self.buckets.push(OpenBucket { start, kept: start, next: start, end: start + bucket.len(), closed: false });
        }
        self.met.resize(meetings.len(), 0);
        for (meetings, member) in meetings.chunk_by(|x, y| x.rank == y.rank).zip(0..) {
            for meeting in meetings {
                let bucket = &mut self.buckets[meeting.bucket as usize];
                self.met[bucket.next] = member;
                bucket.next += 1;
                self.memberships.push(meeting.bucket);
            }
            self.members.push(meetings[0].doc);
            self.ends.push(self.memberships.len());
        }
        self.boilerplate.resize(self.members.len(), false);
    }

    /// Like [`close_large`](Self::close_large), with the sketch of each document.
    pub fn close_large_of(&mut self, sketch: impl Fn(u32) -> Sketch) {
        let members = std::mem::take(&mut self.members);
        self.close_large(members.iter().map(|&doc| sketch(doc)));
        self.members = members;
    }

    /// Takes the sketch of each member, and closes the buckets that are too large to be one.
    pub fn close_large(&mut self, sketches: impl Iterator<Item = Sketch>) {
        self.sketches.extend(sketches);
        for number in 0..self.buckets.len() {
            let OpenBucket { start, end, .. } = self.buckets[number];
            self.buckets[number].next = start;
            let of_bucket = &self.met[start..end];
            if is_crowd(of_bucket.len(), |x, y| self.are_alike(of_bucket[x], of_bucket[y])) {
                // No member meets another in it: to all of them it is empty.
                self.buckets[number].closed = true;
                self.met[start..end].iter().for_each(|&member| self.boilerplate[member as usize] = true);
            }
        }
    }

    /// Returns whether the sketches of two members let them be the same text.
    pub fn are_alike(&self, member: u32, other: u32) -> bool {
        lsh::equal_bytes(&self.sketches[member as usize], &self.sketches[other as usize]) >= self.cut
    }

    /// Returns for each member whether it shares boilerplate with many others.
    pub fn boilerplate(&self) -> &[bool] {
        &self.boilerplate
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

    /// Settles the next members in order: those whose document is of no more use leave all buckets.
    pub fn settle(&mut self, members: Range<u32>, of_use: impl Fn(u32) -> bool) {
        for member in members {
            let is_of_use = of_use(self.members[member as usize]);
            for at in self.range_of(member) {
                let bucket = &mut self.buckets[self.memberships[at] as usize];
                debug_assert_eq!(self.met[bucket.next], member, "members are settled in order");
                bucket.next += 1;
                if is_of_use {
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

    fn clear(&mut self) {
        self.members.clear();
        self.sketches.clear();
        self.boilerplate.clear();
        self.ends.clear();
        self.memberships.clear();
        self.met.clear();
        self.buckets.clear();
    }
}

/// Returns whether comparing each member of a bucket of `len` with each costs more than looking them up. `are_alike` says
/// of two members, by their numbers in keep order, whether their sketches let them be the same text; a few are tried.
pub(super) fn is_crowd(len: usize, are_alike: impl Fn(usize, usize) -> bool) -> bool {
    if len <= LARGEST_COST / MEASURE_COST * 2 {
        return false;
    }
    // Pairs of neighbours and of members far apart, spread over the bucket.
    let pair = |n: usize| (n * len / TRIALS, (n * len / TRIALS + 1 + n * len / 2 / TRIALS) % len);
    let passed = (0..TRIALS).map(pair).filter(|&(x, y)| x != y && are_alike(x, y)).count();
    len / 2 * (1 + MEASURE_COST * passed / TRIALS) > LARGEST_COST
}
