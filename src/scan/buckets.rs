//! Joins the bands of all documents into buckets, with all threads.

use rayon::prelude::*;

use super::repeated::Joiners;
use super::table::Table;
use crate::error::Result;
use crate::store::Cancel;
use doublon_core::candidate::lsh::{self, Sketch};
use doublon_core::candidate::params::SKETCH_BYTES;
use doublon_core::cluster::KeepOrder;
use doublon_core::kernel::{Meeting, MemberBuckets};

/// Joins the bands one by one. Documents whose sketches have fewer than `cut` equal bytes are not alike.
///
/// With `everyone`, every document is a member, as if all shared boilerplate: to be looked up by its shingles.
pub(crate) fn join(
    table: &Table,
    order: &KeepOrder,
    (cut, everyone): (usize, bool),
    included: impl Fn(u32) -> bool + Sync,
    cancel: &Cancel,
) -> Result<MemberBuckets> {
    let mut buckets = MemberBuckets::new(cut);
    if everyone {
        let mut members: Vec<u32> = (0..table.len() as u32).filter(|&doc| included(doc)).collect();
        members.sort_unstable_by_key(|&doc| order.rank(doc));
        buckets.take_all(members.into_iter());
        return Ok(buckets);
    }
    let (mut all, joiners) = (lsh::Buckets::default(), Joiners::new());
    for column in &table.keys {
        cancel.check()?;
        for part in joiners.buckets(&column.load()?, &included) {
            all.append(&part);
        }
    }
    let mut meetings = Vec::new();
    Meeting::append_all(&all, |doc| order.rank(doc), &mut meetings);
    meetings.par_sort_unstable();
    buckets.fill(&all, &meetings);
    let sketches = gather(table, buckets.members())?;
    buckets.close_large(sketches.into_iter());
    Ok(buckets)
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
