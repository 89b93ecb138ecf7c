//! Sets of shingles, each with a bitmap by which pairs that share too little are told apart without going through them.
//!
//! Source: the bitmap filter (Sandes, Teodoro and Melo, "Bitmap filter: Speeding up exact set similarity joins with bitwise
//! operations", Information Systems 88, 2020). Each bit that two bitmaps differ in stands for at least one shingle that only
//! one of the sets has, so the bound that follows is exact.

/// Bits for each shingle, before they are rounded up to a power of two.
const BITS_EACH: usize = 4;
const LEAST_BITS: usize = 256;
const MOST_BITS: usize = 1 << 14;

/// A set of shingles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShingleSet {
    /// Sorted, each once.
    shingles: Vec<u64>,
    /// A power of two of bits, 64 a word: the bit of a shingle is told by its low bits.
    bits: Vec<u64>,
}

impl ShingleSet {
    /// Makes the set of some shingles.
    pub fn new(mut shingles: Vec<u64>) -> Self {
        shingles.sort_unstable();
        shingles.dedup();
        let count = (shingles.len() * BITS_EACH).next_power_of_two().clamp(LEAST_BITS, MOST_BITS);
        let mut bits = vec![0; count / 64];
        for &shingle in &shingles {
            let bit = shingle as usize & (count - 1);
            bits[bit / 64] |= 1 << (bit % 64);
        }
        Self { shingles, bits }
    }

    /// Returns the shingles, sorted, each once.
    pub fn shingles(&self) -> &[u64] {
        &self.shingles
    }

    /// Returns a number of shingles that two sets share at most.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::verify::ShingleSet;
    ///
    /// let [a, b] = [vec![1, 2, 3, 4], vec![3, 4, 5]].map(ShingleSet::new);
    /// assert_eq!(a.most_shared(&b), 2);
    /// ```
    pub fn most_shared(&self, other: &Self) -> usize {
        crate::effort::count_comparison();
        let apart = if self.bits.len() <= other.bits.len() {
            differing(&self.bits, &other.bits)
        } else {
            differing(&other.bits, &self.bits)
        };
        // What only one of them has is left out of both together.
        (self.shingles.len() + other.shingles.len()).saturating_sub(apart) / 2
    }
}

/// Counts the bits in which two bitmaps differ, when the larger one is folded to the size of the other.
fn differing(small: &[u64], large: &[u64]) -> usize {
    let ones = |x: u64| x.count_ones() as usize;
    if small.len() == large.len() {
        return small.iter().zip(large).map(|(a, b)| ones(a ^ b)).sum();
    }
    let folded = |n: usize| large[n..].iter().step_by(small.len()).fold(0, |all, word| all | word);
    small.iter().enumerate().map(|(n, word)| ones(word ^ folded(n))).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::mix;
    use crate::verify::Overlap;

    proptest! {
        #[test]
        fn two_sets_share_no_more_than_the_bound(
            common in 0u64..3000, of_a in 0u64..3000, of_b in 0u64..3000, few in prop::collection::vec(any::<u8>(), 0..40)
        ) {
            let set = |own: u64, count: u64| {
                let common = (0..common).map(mix).chain(few.iter().map(|&x| u64::from(x)));
                ShingleSet::new(common.chain((0..count).map(|n| mix(own + n))).collect())
            };
            let (a, b) = (set(1 << 40, of_a), set(1 << 50, of_b));
            let overlap = Overlap::of(a.shingles(), b.shingles());
            prop_assert!(a.most_shared(&b) >= overlap.shared);
            prop_assert_eq!(a.most_shared(&b), b.most_shared(&a));
            prop_assert_eq!(a.most_shared(&a), a.shingles().len());
        }
    }

    #[test]
    fn sets_that_share_too_little_are_told_apart() {
        for size in [50, 240, 1000, 4000] {
            let set = |from: u64| ShingleSet::new((from..from + size).map(mix).collect());
            let (a, b) = (set(0), set(size / 5));
            let most = Overlap { a: a.shingles().len(), b: b.shingles().len(), shared: a.most_shared(&b) };
            assert!(most.jaccard() < 0.8, "{size}: {most:?}, and truly two thirds");
        }
    }
}
