//! How many pairs were missed, as far as those found can tell.
//!
//! A pair of similarity `J` is found with a known probability `p(J)`. A found pair therefore stands for `1/p` pairs
//! that exist, and the sum over the pairs found estimates their number without bias. Source: Horvitz and Thompson, "A
//! Generalization of Sampling Without Replacement From a Finite Universe", Journal of the American Statistical
//! Association 47, 1952.
//!
//! The number missed is the sum of independent counts, for each pair found one with mean `(1-p)/p` and variance
//! `(1-p)/p^2` (the failures before one success). The interval is that of a negative binomial distribution with the
//! same mean and variance.

use super::params::Chance;

/// Sums up pairs found.
#[derive(Clone, Debug)]
pub struct RecallEstimator {
    /// Probability of being found for similarities `threshold + i / STEPS`.
    chances: Vec<f64>,
    threshold: f64,
    found: u64,
    missed: f64,
    variance: f64,
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
        Self { chances, threshold, found: 0, missed: 0.0, variance: 0.0 }
    }

    /// Counts a verified pair of Jaccard similarity `jaccard`, at least the threshold.
    pub fn add(&mut self, jaccard: f64) {
        let p = self.chance(jaccard);
        self.found += 1;
        self.missed += (1.0 - p) / p;
        self.variance += (1.0 - p) / (p * p);
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
        let (few, many) = missed_interval(self.missed, self.variance);
        // Where most likely none was missed, both ends are 0, and the mean is above them.
        let (few, many) = (few.min(self.missed), many.max(self.missed));
        Some(Recall { value: recall(self.missed), low: recall(many), high: recall(few) })
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
                            estimator.add(jaccard);
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
    fn the_interval_holds_the_estimate() {
        let mut estimator = RecallEstimator::new(&Chance::new(Bands { bands: 12, rows: 5 }, 0.8), 0.8);
        for pairs in 1..2000 {
            estimator.add(if pairs < 20 { 0.9 } else { 0.8 });
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
