//! How many pairs were missed, as far as those found can tell.
//!
//! A pair of similarity `J` is found with a known probability `p(J)`. A found pair therefore stands for `1/p` pairs
//! that exist, and the sum over the pairs found estimates their number without bias. Source: Horvitz and Thompson, "A
//! Generalization of Sampling Without Replacement From a Finite Universe", Journal of the American Statistical
//! Association 47, 1952.
//!
//! For each pair found the number missed has the mean `(1-p)/p` and the variance `(1-p)/p^2` (the failures before one
//! success). Pairs of one connected group are found or missed together: of ten copies in two versions all pairs of both
//! versions are one chance. How strongly is not known. The interval is that of a negative binomial distribution with the same
//! mean and variance, once with every pair as a chance of its own, and once with the deviations of a group added up as if all
//! of it were one chance; the wider of both holds.

use std::collections::BTreeMap;

use super::params::Chance;

/// Sums up pairs found.
#[derive(Clone, Debug)]
pub struct RecallEstimator {
    /// Probability of being found for similarities `threshold + i / STEPS`.
    chances: Vec<f64>,
    threshold: f64,
    found: u64,
    missed: f64,
    /// The variance of the number missed if every pair were a chance of its own.
    variance: f64,
    groups: BTreeMap<u32, GroupSum>,
}

/// The pairs of one group that could have been missed.
#[derive(Clone, Copy, Debug, Default)]
struct GroupSum {
    pairs: f64,
    /// The sum of the standard deviations of their counts.
    deviation: f64,
}

/// An estimate of the recall with its 95% interval, each `0.0..=1.0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recall {
    /// Pairs found / (pairs found + pairs missed).
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// Table entries for a similarity step of 1.
const STEPS: f64 = 1000.0;

impl RecallEstimator {
    /// Makes it for pairs that are looked for by `chance`, at similarities from `threshold` on.
    pub fn new(chance: &Chance, threshold: f64) -> Self {
        let steps = ((1.0 - threshold) * STEPS).ceil() as usize;
        let chances = (0..=steps).map(|i| chance.of((threshold + i as f64 / STEPS).min(1.0))).collect();
        Self { chances, threshold, found: 0, missed: 0.0, variance: 0.0, groups: BTreeMap::new() }
    }

    /// Counts a verified pair of Jaccard similarity `jaccard`, at least the threshold. Pairs that are connected, directly
    /// or through others, have the same `group`.
    pub fn add(&mut self, group: u32, jaccard: f64) {
        let p = self.chance(jaccard);
        self.found += 1;
        self.missed += (1.0 - p) / p;
        self.variance += (1.0 - p) / (p * p);
        let sum = self.groups.entry(group).or_default();
        sum.pairs += 1.0;
        sum.deviation += (1.0 - p).sqrt() / p;
    }

    /// Counts a verified pair that could not have been missed.
    pub fn add_certain(&mut self) {
        self.found += 1;
    }

    /// Returns the estimate, or `None` if no pair was counted.
    pub fn recall(&self) -> Option<Recall> {
        if self.found == 0 {
            return None;
        }
        let recall = |missed: f64| self.found as f64 / (self.found as f64 + missed);
        let (few, many) = self.missed_interval();
        // Where most likely none was missed, both ends are 0, and the mean is above them.
        let (few, many) = (few.min(self.missed), many.max(self.missed));
        Some(Recall { value: recall(self.missed), low: recall(many), high: recall(few) })
    }

    /// The 2.5% and 97.5% quantiles of the number missed, if each pair is a chance of its own, or if each is about as many
    /// pairs as a group has: the wider of both at either end.
    fn missed_interval(&self) -> (f64, f64) {
        let sum = |of: fn(&GroupSum) -> f64| self.groups.values().map(of).sum::<f64>();
        let pairs = sum(|group| group.pairs * group.pairs) / sum(|group| group.pairs).max(1.0);
        let variance = sum(|group| group.deviation * group.deviation);
        let of_groups = missed_interval(self.missed / pairs.max(1.0), variance / (pairs * pairs).max(1.0));
        let of_pairs = missed_interval(self.missed, self.variance);
        (of_pairs.0.min(of_groups.0 * pairs), of_pairs.1.max(of_groups.1 * pairs))
    }

    fn chance(&self, jaccard: f64) -> f64 {
        let at = ((jaccard - self.threshold) * STEPS).max(0.0);
        let below = (at as usize).min(self.chances.len() - 1);
        let above = (below + 1).min(self.chances.len() - 1);
        let share = (at - below as f64).clamp(0.0, 1.0);
        (self.chances[below] * (1.0 - share) + self.chances[above] * share).max(f64::MIN_POSITIVE)
    }
}

/// The 2.5% and 97.5% quantiles of a count with this mean and variance.
fn missed_interval(mean: f64, variance: f64) -> (f64, f64) {
    if mean <= 0.0 {
        return (0.0, 0.0);
    }
    if mean > 500.0 {
        let half = 1.96 * variance.sqrt();
        return ((mean - half).max(0.0), mean + half);
    }
    // Negative binomial: size = mean^2 / (variance - mean), success probability = mean / variance.
    let success = (mean / variance).min(1.0 - 1e-9);
    let size = mean * success / (1.0 - success);
    let mut probability = (size * success.ln()).exp();
    let (mut below, mut count, mut low) = (probability, 0.0, None);
    loop {
        if low.is_none() && below >= 0.025 {
            low = Some(count);
        }
        if below >= 0.975 || count > 100_000.0 {
            return (low.unwrap_or(count), count);
        }
        probability *= (size + count) / (count + 1.0) * (1.0 - success);
        count += 1.0;
        below += probability;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidate::params::Bands;
    use crate::hash::mix;

    /// Pairs of a group are of two texts that stand there several times, so that all or none are found.
    #[test]
    fn the_interval_covers_the_truth_where_pairs_are_found_together() {
        let chance = Chance::new(Bands { bands: 5, rows: 8 }, 0.8);
        let template = RecallEstimator::new(&chance, 0.8);
        for (groups, of_group) in [(25u64, 25u64), (200, 9), (60, 100)] {
            let (trials, mut covered) = (600u64, 0);
            for trial in 0..trials {
                let mut estimator = template.clone();
                for group in 0..groups {
                    let random = |n: u64| (mix(mix(trial * groups + group + 1) ^ n) >> 11) as f64 / (1u64 << 53) as f64;
                    let jaccard = 0.8 + 0.15 * random(1);
                    if random(2) < template.chance(jaccard) {
                        (0..of_group).for_each(|_| estimator.add(group as u32, jaccard));
                    }
                }
                let truth = estimator.found as f64 / (groups * of_group) as f64;
                let recall = estimator.recall().expect("some pair is found");
                covered += u64::from(recall.low - 1e-9 <= truth && truth <= recall.high + 1e-9);
            }
            let rate = covered as f64 / trials as f64;
            assert!(rate >= 0.93, "{groups} groups of {of_group} pairs: covered in {rate} of the runs");
        }
    }

    /// Pairs over a range of similarities are found by chance; the interval has to cover the truth about as often as
    /// it says, and the estimate must not lean to one side.
    #[test]
    fn the_interval_covers_the_truth_at_its_nominal_rate() {
        for shape in [Bands { bands: 12, rows: 5 }, Bands { bands: 14, rows: 8 }, Bands { bands: 9, rows: 13 }] {
            let chance = Chance::new(shape, 0.8);
            let template = RecallEstimator::new(&chance, 0.8);
            for pairs in [20u64, 300, 5000] {
                let (trials, mut covered, mut lean) = (600u64, 0, 0.0);
                for trial in 0..trials {
                    let mut estimator = template.clone();
                    for pair in 0..pairs {
                        let random =
                            |n: u64| (mix(mix(trial * pairs + pair + 1) ^ n) >> 11) as f64 / (1u64 << 53) as f64;
                        let jaccard = 0.8 + 0.2 * random(1) * random(2);
                        if random(3) < template.chance(jaccard) {
                            estimator.add(pair as u32, jaccard);
                        }
                    }
                    let truth = estimator.found as f64 / pairs as f64;
                    let recall = estimator.recall().expect("some pair is found");
                    covered += u64::from(recall.low - 1e-9 <= truth && truth <= recall.high + 1e-9);
                    lean += (recall.value - truth) / trials as f64;
                }
                let rate = covered as f64 / trials as f64;
                assert!(rate >= 0.93, "{shape:?}, {pairs} pairs: covered in {rate} of the runs");
                assert!(lean.abs() < 0.02, "{shape:?}, {pairs} pairs: off by {lean}");
            }
        }
    }

    #[test]
    fn groups_never_make_the_interval_narrower() {
        let template = RecallEstimator::new(&Chance::new(Bands { bands: 12, rows: 5 }, 0.8), 0.8);
        for pairs in [3, 40, 900] {
            let (mut apart, mut together) = (template.clone(), template.clone());
            for pair in 0..pairs {
                apart.add(pair, 0.85);
                together.add(pair / 10, 0.85);
            }
            let [apart, together] = [apart, together].map(|estimator| estimator.recall().expect("pairs were found"));
            assert!(together.low <= apart.low && together.high >= apart.high, "{together:?} {apart:?}");
        }
    }

    #[test]
    fn the_interval_holds_the_estimate() {
        let mut estimator = RecallEstimator::new(&Chance::new(Bands { bands: 12, rows: 5 }, 0.8), 0.8);
        for pairs in 1..2000 {
            estimator.add(pairs, if pairs < 20 { 0.9 } else { 0.8 });
            let Recall { value, low, high } = estimator.recall().expect("some pair is found");
            assert!(low <= value && value <= high, "{pairs} pairs: {value} is not in {low}..={high}");
        }
    }

    #[test]
    fn without_pairs_there_is_no_estimate() {
        let chance = Chance::new(Bands { bands: 12, rows: 5 }, 0.8);
        assert_eq!(RecallEstimator::new(&chance, 0.8).recall(), None);
    }
}
