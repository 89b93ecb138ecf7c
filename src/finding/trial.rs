//! Settings tried out: how often the windows of passages found what they were given to find.

/// How many trials there were, and how many of them succeeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrialTally {
    /// The number of trials.
    pub trials: usize,
    /// How many of them succeeded.
    pub hits: usize,
}

/// How many passages of one length, edited at one rate, were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrialCell {
    /// Words of the passage.
    pub words: usize,
    /// The chance of each word to be replaced by another, in per cent.
    pub changed: usize,
    /// The two places shared a key.
    pub met: TrialTally,
    /// A match of the two places was listed.
    pub listed: TrialTally,
}

impl TrialTally {
    /// Counts one trial.
    pub fn count(&mut self, is_hit: bool) {
        self.trials += 1;
        self.hits += usize::from(is_hit);
    }

    /// Returns the share of the trials that succeeded, 0 if there were none.
    pub fn share(self) -> f64 {
        if self.trials == 0 { 0.0 } else { self.hits as f64 / self.trials as f64 }
    }

    /// Returns an interval that holds the true share in 95% of all cases.
    ///
    /// Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American
    /// Statistical Association 22 (1927).
    pub fn interval(self) -> (f64, f64) {
        const Z: f64 = 1.96;
        let (n, share) = (self.trials.max(1) as f64, self.share());
        let middle = share + Z * Z / (2.0 * n);
        let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        let whole = 1.0 + Z * Z / n;
        (((middle - reach) / whole).max(0.0), ((middle + reach) / whole).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // The table of Brown, Cai and DasGupta (2001) has other numbers of trials; these are worked out by hand.
        let (low, high) = TrialTally { trials: 10, hits: 5 }.interval();
        assert!((low - 0.2366).abs() < 1e-4 && (high - 0.7634).abs() < 1e-4, "{low} {high}");
        let (low, high) = TrialTally { trials: 1000, hits: 1000 }.interval();
        assert!((low - 0.99617).abs() < 1e-4 && high.to_bits() == 1.0_f64.to_bits(), "{low} {high}");
        assert_eq!(TrialTally::default().share().to_bits(), 0.0_f64.to_bits());
    }
}
