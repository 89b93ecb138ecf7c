//! A set of numbers, one bit each.

/// Which of the numbers below a limit are in a set.
#[derive(Clone, Debug, Default)]
pub(crate) struct BitSet(Vec<u64>);

impl BitSet {
    /// Makes an empty set for numbers below `limit`.
    pub fn new(limit: usize) -> Self {
        Self(vec![0; limit.div_ceil(64)])
    }

    /// Puts in a number below the limit.
    pub fn insert(&mut self, number: u32) {
        self.0[number as usize / 64] |= 1 << (number % 64);
    }

    /// Returns the numbers of the set, ascending.
    pub fn into_numbers(self) -> impl Iterator<Item = u32> {
        let of_bits =
            |(n, bits): (u32, u64)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| n * 64 + bit);
        (0..).zip(self.0).flat_map(of_bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_once_and_in_order() {
        let mut set = BitSet::new(130);
        for number in [129, 0, 64, 63, 0] {
            set.insert(number);
        }
        assert_eq!(set.into_numbers().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert_eq!(BitSet::new(0).into_numbers().count(), 0);
    }
}
