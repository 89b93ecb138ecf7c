//! The few groups that are named as the largest of all.

use std::sync::Arc;

use crate::finding::order::{cost_of_cluster, cost_of_family};
use crate::finding::{DocumentCluster, DocumentRef, PassageClass, PassageFamily};

/// How many groups are named.
const NAMED: usize = 3;

/// Places from which on a passage counts as boilerplate.
const BOILERPLATE: usize = 3;

/// One of the clusters with the most documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LargeCluster {
    /// The id of the cluster.
    pub id: String,
    /// The document that stays.
    pub keep: DocumentRef,
    /// How many documents go.
    pub members: usize,
    /// Bytes that could go.
    pub cost: u64,
}

/// One of the families with the most places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrequentFamily {
    /// The id of the family.
    pub id: String,
    /// How many places there are.
    pub count: usize,
    /// The text of the kept place.
    pub excerpt: Arc<str>,
    /// Bytes that could go.
    pub cost: u64,
}

/// Keeps the cluster if it is one of the largest.
pub(super) fn keep_cluster(largest: &mut Vec<LargeCluster>, cluster: &DocumentCluster) {
    let DocumentCluster { id, keep, members, .. } = cluster;
    let size = (members.len(), cost_of_cluster(cluster));
    keep_largest(
        largest,
        size,
        |large| (large.members, large.cost),
        || LargeCluster { id: id.clone(), keep: keep.clone(), members: size.0, cost: size.1 },
    );
}

/// Keeps the family if it is boilerplate, and one of the most frequent. Furniture is told elsewhere.
pub(super) fn keep_family(frequent: &mut Vec<FrequentFamily>, family: &PassageFamily) {
    let PassageFamily { id, keep, count, class, .. } = family;
    if *count < BOILERPLATE || *class == Some(PassageClass::Furniture) {
        return;
    }
    let size = (*count, cost_of_family(family));
    keep_largest(
        frequent,
        size,
        |frequent| (frequent.count, frequent.cost),
        || FrequentFamily { id: id.clone(), count: size.0, excerpt: keep.excerpt.clone(), cost: size.1 },
    );
}

/// Of equals, the first ones stay.
fn keep_largest<T>(
    largest: &mut Vec<T>,
    size: (usize, u64),
    size_of: impl Fn(&T) -> (usize, u64),
    new: impl FnOnce() -> T,
) {
    let at = largest.partition_point(|kept| size_of(kept) >= size);
    if at < NAMED {
        largest.insert(at, new());
        largest.truncate(NAMED);
    }
}
