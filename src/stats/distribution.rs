//! How values spread: counts by value, in bounded memory, that can be added up in any grouping.

use std::collections::BTreeMap;

/// Bits that count of a large value: below 2^14 values are exact, above they are 1/8192 too small at most.
const BITS: u32 = 14;

/// The values met, with how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Distribution {
    counts: BTreeMap<u64, u64>,
    n: u64,
    total: u64,
    max: u64,
}

impl Distribution {
    pub fn add(&mut self, value: u64) {
        *self.counts.entry(rounded_down(value)).or_default() += 1;
        self.n += 1;
        self.total += value;
        self.max = self.max.max(value);
    }

    pub fn merge(&mut self, other: Self) {
        for (value, count) in other.counts {
            *self.counts.entry(value).or_default() += count;
        }
        self.n += other.n;
        self.total += other.total;
        self.max = self.max.max(other.max);
    }

    pub fn total(&self) -> u64 {
        self.total
    }

    pub fn max(&self) -> u64 {
        self.max
    }

    /// Returns the least value that at least `percent` of all do not exceed; 0 if there is none.
    pub fn quantile(&self, percent: u64) -> u64 {
        let rank = (self.n * percent).div_ceil(100).max(1);
        let mut below = 0;
        let reached = self.counts.iter().find(|&(_, count)| {
            below += count;
            below >= rank
        });
        reached.map_or(0, |(&value, _)| value)
    }
}

fn rounded_down(value: u64) -> u64 {
    let drop = (u64::BITS - value.leading_zeros()).saturating_sub(BITS);
    value >> drop << drop
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(values: impl IntoIterator<Item = u64>) -> Distribution {
        let mut found = Distribution::default();
        values.into_iter().for_each(|value| found.add(value));
        found
    }

    #[test]
    fn quantiles_are_values_that_were_met() {
        let found = distribution((1..=100).rev());
        assert_eq!([0, 1, 5, 50, 95, 100].map(|percent| found.quantile(percent)), [1, 1, 5, 50, 95, 100]);
        let found = distribution([7, 7, 9]);
        assert_eq!((found.quantile(0), found.quantile(50), found.quantile(95)), (7, 7, 9));
        assert_eq!((found.total(), found.max()), (23, 9));
        assert_eq!(Distribution::default().quantile(50), 0);
    }

    #[test]
    fn large_values_lose_their_last_digits_only() {
        assert_eq!(
            [0, 16_383, 16_384, 16_385, u64::MAX].map(rounded_down),
            [0, 16_383, 16_384, 16_384, u64::MAX << 50]
        );
        for value in [123_456, 987_654_321, 1 << 40] {
            let lost = value - rounded_down(value);
            assert!(lost <= value / 8192, "{value} loses {lost}");
        }
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let values: Vec<u64> = (0..1000).map(|n| n * n * 37 % 100_003).collect();
        let mut sum = Distribution::default();
        values.chunks(7).for_each(|part| sum.merge(distribution(part.iter().copied())));
        assert_eq!(sum, distribution(values));
    }
}
