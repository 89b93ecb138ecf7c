//! Which values of a column stand more than once.

use rayon::prelude::*;

use super::pool::Pool;
use doublon_core::candidate::lsh::{Buckets, Joiner};

/// Finds equal values among many, in time linear in their number.
pub(crate) struct RepeatedValues<'a> {
    values: &'a [u64],
}

impl<'a> RepeatedValues<'a> {
    pub fn of(values: &'a [u64]) -> Self {
        Self { values }
    }

    /// Returns all places of each value that stands at several, the places ascending; only values that are `wanted`.
    pub fn groups(&self, wanted: impl Fn(u64) -> bool + Sync) -> Vec<Vec<u32>> {
        let value = |place: u32| self.values[place as usize];
        let keys: Vec<u32> = self.values.iter().map(|value| (value >> 32) as u32).collect();
        let mut groups = Vec::new();
        for bucket in Joiners::new().buckets(&keys, |place| wanted(value(place))).iter().flat_map(Buckets::iter) {
            let mut places = bucket.to_vec();
            places.sort_unstable_by_key(|&place| (value(place), place));
            let equal = places.chunk_by(|&x, &y| value(x) == value(y));
            groups.extend(equal.filter(|group| group.len() > 1).map(<[u32]>::to_vec));
        }
        groups
    }

    /// Returns all places of such values, ascending.
    pub fn collect(&self, wanted: impl Fn(u64) -> bool + Sync) -> Vec<u32> {
        let mut places = self.groups(wanted).concat();
        places.sort_unstable();
        places
    }
}

/// Joins bands, each in parallel; a joiner a thread is used again for the next band.
pub(crate) struct Joiners {
    pool: Pool<fn() -> Joiner, Joiner>,
}

impl Joiners {
    pub fn new() -> Self {
        Self { pool: Pool::new(Joiner::new as fn() -> Joiner) }
    }

    /// Returns the buckets of one band, ordered by key.
    pub fn buckets(&self, keys: &[u32], included: impl Fn(u32) -> bool + Sync) -> Vec<Buckets> {
        // Each share of the key space is a pass over all keys, so there are few: enough to keep all threads busy.
        let shares = rayon::current_num_threads() as u64 * 2;
        let edge = |n: u64| (n << 32) / shares;
        let join = |n| self.pool.with(|joiner| joiner.buckets(keys, edge(n)..edge(n + 1), &included));
        (0..shares).into_par_iter().map(join).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_share_only_their_key_are_told_apart() {
        let high = 7 << 32;
        let values = [high | 1, high | 2, 0, high | 1, 5, 0, high | 2, high | 3];
        let mut groups = RepeatedValues::of(&values).groups(|value| value != 0);
        groups.sort();
        assert_eq!(groups, [[0, 3], [1, 6]]);
        assert_eq!(RepeatedValues::of(&values).collect(|_| true), [0, 1, 2, 3, 5, 6]);
    }
}
