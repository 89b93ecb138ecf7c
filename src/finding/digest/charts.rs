//! What charts show: counts over all findings.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::measure::bytes_of;
use crate::finding::{DocumentCluster, PassageFamily, PassageMatch};

/// The steps in which the sizes of groups are counted: from, to.
pub const GROUP_SIZES: [(usize, usize); 6] = [(2, 2), (3, 3), (4, 5), (6, 10), (11, 100), (101, usize::MAX)];

/// Steps of a distribution.
const STEPS: usize = 20;

/// How often each similarity occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimilarityCounts {
    /// Counts of the values below 1, in steps of 5%.
    pub steps: [u64; STEPS],
    /// How many are 1.
    pub equal: u64,
    /// How many are so near to 1 that they belong to no step.
    pub nearly_equal: u64,
}

impl SimilarityCounts {
    fn add(&mut self, value: f64) {
        // 0.85 * 20 is a little less than 17 in binary.
        let step = (value.max(0.0) * STEPS as f64 + 1e-9) as usize;
        if value >= 1.0 {
            self.equal += 1;
        } else {
            *self.steps.get_mut(step).unwrap_or(&mut self.nearly_equal) += 1;
        }
    }
}

/// Counts over all findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartMeasures {
    /// Similarities of the removed documents that are no exact copies.
    pub duplicates: SimilarityCounts,
    /// Removed documents that are exact copies.
    pub exact: u64,
    /// Identities of the listed matches.
    pub passages: SimilarityCounts,
    /// Groups by their size, in the steps of [`GROUP_SIZES`].
    pub sizes: [u64; GROUP_SIZES.len()],
    /// Bytes that only repeat others, by source.
    pub by_source: BTreeMap<Arc<str>, u64>,
}

impl ChartMeasures {
    pub(super) fn cluster(&mut self, cluster: &DocumentCluster) {
        self.size(cluster.members.len() + 1);
        for member in &cluster.members {
            self.source(&member.doc.source, member.bytes);
            if member.exact {
                self.exact += 1;
            } else {
                self.duplicates.add(member.jaccard);
            }
        }
    }

    pub(super) fn passage_match(&mut self, found: &PassageMatch) {
        self.passages.add(found.identity);
    }

    pub(super) fn family(&mut self, family: &PassageFamily) {
        self.size(family.count);
        for place in &family.occurrences {
            self.source(&place.doc.source, bytes_of(place).len() as u64);
        }
    }

    fn size(&mut self, size: usize) {
        let steps = self.sizes.iter_mut().zip(GROUP_SIZES);
        let of_size = steps.filter(|(_, (from, to))| (from..=to).contains(&&size));
        of_size.for_each(|(count, _)| *count += 1);
    }

    fn source(&mut self, source: &Arc<str>, bytes: u64) {
        match self.by_source.get_mut(source) {
            Some(sum) => *sum = sum.saturating_add(bytes),
            None if bytes > 0 => drop(self.by_source.insert(source.clone(), bytes)),
            None => {}
        }
    }
}
