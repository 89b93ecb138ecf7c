//! How much two sets of shingles overlap, in integers.

/// The sizes of two sets and of their intersection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// Shingles of the first set.
    pub a: usize,
    /// Shingles of the second set.
    pub b: usize,
    /// Shingles in both.
    pub shared: usize,
}

impl Overlap {
    /// Measures two sorted sets without repeats. The cost is linear in their sizes.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::verify::Overlap;
    ///
    /// let overlap = Overlap::of(&[1, 2, 3, 4], &[3, 4, 5]);
    /// assert_eq!(overlap.jaccard(), 0.4); // 3 and 4 of 1 to 5
    /// assert_eq!((overlap.containment_a(), overlap.containment_b()), (0.5, 2.0 / 3.0));
    /// ```
    pub fn of(a: &[u64], b: &[u64]) -> Self {
        crate::effort::count_comparison();
        Self { a: a.len(), b: b.len(), shared: shared(a, b) }
    }

    /// Returns whether a sample shows that the Jaccard similarity is below `threshold`, without measuring it.
    ///
    /// The sample is the 1,024 smallest hashes of both sets together, which are random ones; only sets of more than
    /// 2,048 are tried. It errs for a pair at the threshold with a probability of 1 in 10^15: eight standard deviations.
    /// Source: bottom-k sketches (Cohen and Kaplan, "Summarizing Data using Bottom-k Sketches", PODC 2007).
    pub fn is_surely_below(threshold: f64, a: &[u64], b: &[u64]) -> bool {
        const SAMPLE: usize = 1024;
        crate::effort::count_comparison();
        if a.len().min(b.len()) <= 2 * SAMPLE {
            return false;
        }
        let (mut a, mut b, mut shared) = (a, b, 0);
        for _ in 0..SAMPLE {
            let ([x, ..], [y, ..]) = (a, b) else { return false };
            shared += usize::from(x == y);
            let (past_x, past_y) = (usize::from(x <= y), usize::from(y <= x));
            a = &a[past_x..];
            b = &b[past_y..];
        }
        let deviation = (threshold * (1.0 - threshold) / SAMPLE as f64).sqrt();
        ratio(shared, SAMPLE) < threshold - 8.0 * deviation - 1e-9
    }

    /// Returns the Jaccard similarity, `0.0..=1.0`: shared shingles / all shingles of both. Two empty sets have 0.
    pub fn jaccard(self) -> f64 {
        ratio(self.shared, self.a + self.b - self.shared)
    }

    /// Returns the share of the first set's shingles that the second has.
    pub fn containment_a(self) -> f64 {
        ratio(self.shared, self.a)
    }

    /// Returns the share of the second set's shingles that the first has.
    pub fn containment_b(self) -> f64 {
        ratio(self.shared, self.b)
    }

    /// Returns whether the Jaccard similarity is at least `threshold`, as the quotient that [`jaccard`](Self::jaccard)
    /// gives: what is reported and what is decided are one number.
    pub fn reaches(self, threshold: f64) -> bool {
        self.jaccard() >= threshold
    }

    /// Returns the same measures with the two sides exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { a: self.b, b: self.a, shared: self.shared }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn shared(mut a: &[u64], mut b: &[u64]) -> usize {
    let mut count = 0;
    // Without a branch on the comparison: which side is smaller is a coin toss that a CPU cannot predict.
    while let ([x, ..], [y, ..]) = (a, b) {
        count += usize::from(x == y);
        let (past_x, past_y) = (usize::from(x <= y), usize::from(y <= x));
        a = &a[past_x..];
        b = &b[past_y..];
    }
    count
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn overlap_equals_that_of_sets(a: BTreeSet<u8>, b: BTreeSet<u8>) {
            let sorted = |set: &BTreeSet<u8>| set.iter().map(|&x| u64::from(x) << 50).collect::<Vec<_>>();
            let overlap = Overlap::of(&sorted(&a), &sorted(&b));
            prop_assert_eq!(overlap.shared, a.intersection(&b).count());
            let union = a.union(&b).count();
            let jaccard = if union == 0 { 0.0 } else { overlap.shared as f64 / union as f64 };
            prop_assert!((overlap.jaccard() - jaccard).abs() < 1e-15);
            prop_assert_eq!(overlap.swapped(), Overlap::of(&sorted(&b), &sorted(&a)));
        }
    }

    #[test]
    fn a_sample_refuses_only_what_is_below_the_threshold() {
        let set = |from: u64, to: u64| {
            let mut set: Vec<u64> = (from..to).map(|n| crate::hash::mix(n + 1)).collect();
            set.sort_unstable();
            set
        };
        let refused = |shift: u64| {
            let (a, b) = (set(0, 10_000), set(shift, 10_000 + shift));
            (Overlap::of(&a, &b).jaccard(), Overlap::is_surely_below(0.8, &a, &b))
        };
        for shift in (0..5000).step_by(50) {
            let (jaccard, is_below) = refused(shift);
            assert!(!is_below || jaccard < 0.8, "{jaccard} is refused");
            assert!(is_below || jaccard > 0.62, "{jaccard} is not refused");
        }
        let small = set(0, 2048);
        assert!(!Overlap::is_surely_below(0.8, &small, &set(5000, 9000)), "small sets are measured");
    }

    #[test]
    fn the_threshold_itself_is_reached() {
        assert!(Overlap { a: 9, b: 9, shared: 8 }.reaches(0.8));
        assert!(!Overlap { a: 9, b: 10, shared: 8 }.reaches(0.8));
        assert!(!Overlap { a: 0, b: 0, shared: 0 }.reaches(0.1));
    }
}
