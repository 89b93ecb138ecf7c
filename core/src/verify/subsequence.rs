//! The longest common subsequence of two texts: how many words of one stand in the other in the same order, and which.
//!
//! Equal ends are set aside. Of what is between, the table of lengths is filled a row of bits at a time: a bit of a row is 0
//! where one more word of `a` makes the subsequence one longer, so that a row follows from the one above by one addition.
//! The rows, kept, lead back to the words themselves. It takes `a * b / 64` steps, and `a * b / 8` bytes.
//!
//! Sources: Crochemore, Iliopoulos, Pinzon and Reid, "A fast and practical bit-vector algorithm for the longest common
//! subsequence problem", Information Processing Letters 80, 2001; Hyyrö, "Bit-parallel LCS-length computation revisited",
//! AWOCA 2004.
//!
//! What is larger than `LARGEST` is divided at words that stand once in each text and follow each other in both. A part
//! that is too large even so counts with its equal ends only: the result may then be too short, and is never too long.

/// The most cells of a table that is filled: 32 MiB of bits.
const LARGEST: usize = 1 << 28;

/// Returns the positions in `a` and `b` of the words of a longest common subsequence, ascending.
///
/// # Examples
///
/// ```
/// use doublon_core::verify::subsequence::common_subsequence;
///
/// assert_eq!(common_subsequence(&[1, 2, 3, 4], &[2, 9, 4, 1]), [(1, 0), (3, 2)]);
/// ```
pub fn common_subsequence(a: &[u64], b: &[u64]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    Divider { a, b, largest: LARGEST }.align(&mut pairs);
    pairs
}

struct Divider<'w> {
    a: &'w [u64],
    b: &'w [u64],
    largest: usize,
}

impl Divider<'_> {
    fn align(&self, pairs: &mut Vec<(usize, usize)>) {
        if self.a.len().saturating_mul(self.b.len()) <= self.largest {
            return self.align_part((0, 0), (self.a.len(), self.b.len()), pairs);
        }
        let mut from = (0, 0);
        for anchor in anchors(self.a, self.b) {
            self.align_part(from, anchor, pairs);
            pairs.push(anchor);
            from = (anchor.0 + 1, anchor.1 + 1);
        }
        self.align_part(from, (self.a.len(), self.b.len()), pairs);
    }

    /// Aligns the words from one position of both texts to another.
    fn align_part(&self, from: (usize, usize), to: (usize, usize), pairs: &mut Vec<(usize, usize)>) {
        let (a, b) = (&self.a[from.0..to.0], &self.b[from.1..to.1]);
        let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
        let (a, b) = (&a[head..], &b[head..]);
        let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
        let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
        pairs.extend((0..head).map(|n| (from.0 + n, from.1 + n)));
        if !a.is_empty() && !b.is_empty() && a.len().saturating_mul(b.len()) <= self.largest {
            let middle = BitTable::fill(a, b).pairs();
            pairs.extend(middle.into_iter().map(|(x, y)| (from.0 + head + x, from.1 + head + y)));
        }
        pairs.extend((0..tail).map(|n| (to.0 - tail + n, to.1 - tail + n)));
    }
}

/// The rows of bits, one after another: one row for each word of `b`, one bit for each word of `a`.
struct BitTable {
    bits: Vec<u64>,
    words_a: usize,
    words_b: usize,
}

impl BitTable {
    fn fill(a: &[u64], b: &[u64]) -> Self {
        let width = a.len().div_ceil(64);
        let mut places: Vec<(u64, usize)> = a.iter().copied().zip(0..).collect();
        places.sort_unstable();
        let (mut row, mut equal) = (vec![u64::MAX; width], vec![0; width]);
        let mut bits = Vec::with_capacity(width * b.len());
        for word in b {
            let first = places.partition_point(|place| place.0 < *word);
            let places = places[first..].iter().take_while(|place| place.0 == *word).map(|place| place.1);
            places.clone().for_each(|n| equal[n / 64] |= 1 << (n % 64));
            step(&mut row, &equal);
            places.for_each(|n| equal[n / 64] = 0);
            bits.extend_from_slice(&row);
        }
        Self { bits, words_a: a.len(), words_b: b.len() }
    }

    /// Goes back from the last cell to the words that made the subsequence longer.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let (mut x, mut y, mut pairs) = (self.words_a, self.words_b, Vec::new());
        while x > 0 && y > 0 {
            if !self.grows(x - 1, y - 1) {
                x -= 1;
            } else if y > 1 && self.grows(x - 1, y - 2) {
                y -= 1;
            } else {
                (x, y) = (x - 1, y - 1);
                pairs.push((x, y));
            }
        }
        pairs.reverse();
        pairs
    }

    /// Whether the word `x` of `a` makes the subsequence with the first words of `b`, up to `y`, one longer.
    fn grows(&self, x: usize, y: usize) -> bool {
        let width = self.words_a.div_ceil(64);
        self.bits[y * width + x / 64] >> (x % 64) & 1 == 0
    }
}

/// Turns a row into the next one. `equal` has the words of `a` that are the next word of `b`.
fn step(row: &mut [u64], equal: &[u64]) {
    let mut carry = false;
    for (bits, equal) in row.iter_mut().zip(equal) {
        let (sum, over) = bits.overflowing_add(*bits & equal);
        let (sum, over_by_carry) = sum.overflowing_add(u64::from(carry));
        carry = over || over_by_carry;
        *bits = sum | (*bits & !equal);
    }
}

/// Returns words that stand once in each text and are in the same order in both: the most that are.
fn anchors(a: &[u64], b: &[u64]) -> Vec<(usize, usize)> {
    let (in_a, in_b) = (single(a), single(b));
    let of_a = in_a.into_iter().filter_map(|(word, x)| {
        let n = in_b.binary_search_by_key(&word, |place| place.0).ok()?;
        Some((x, in_b[n].1))
    });
    let mut both: Vec<(usize, usize)> = of_a.collect();
    both.sort_unstable();
    longest_ascending(&both)
}

/// Returns the words that stand once, sorted, with their positions.
fn single(words: &[u64]) -> Vec<(u64, usize)> {
    let mut places: Vec<(u64, usize)> = words.iter().copied().zip(0..).collect();
    places.sort_unstable();
    places.chunk_by(|x, y| x.0 == y.0).filter(|equal| equal.len() == 1).map(|equal| equal[0]).collect()
}

/// Returns the most pairs, which are in order of their first part, whose second part ascends too.
fn longest_ascending(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length the pair with the least second part that ends such a sequence.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (n, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < pair.1);
        before.push(length.checked_sub(1).map(|length| ends[length]));
        if length == ends.len() { ends.push(n) } else { ends[length] = n }
    }
    let mut longest: Vec<(usize, usize)> =
        std::iter::successors(ends.last().copied(), |&n| before[n]).map(|n| pairs[n]).collect();
    longest.reverse();
    longest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The length by the definition.
    fn length(a: &[u64], b: &[u64]) -> usize {
        let mut above = vec![0; a.len() + 1];
        for word in b {
            let mut row = vec![0; a.len() + 1];
            for (x, other) in a.iter().enumerate() {
                row[x + 1] = if other == word { above[x] + 1 } else { row[x].max(above[x + 1]) };
            }
            above = row;
        }
        above[a.len()]
    }

    fn is_common(pairs: &[(usize, usize)], a: &[u64], b: &[u64]) -> bool {
        pairs.iter().all(|&(x, y)| a[x] == b[y])
            && pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1)
    }

    fn divided(a: &[u64], b: &[u64], largest: usize) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        Divider { a, b, largest }.align(&mut pairs);
        pairs
    }

    #[test]
    fn rows_longer_than_a_word_of_the_machine_carry_over() {
        let a: Vec<u64> = (0..300).map(|n| n % 7).collect();
        let b: Vec<u64> = (0..200).map(|n| n * 5 % 11).collect();
        let pairs = common_subsequence(&a, &b);
        assert!(is_common(&pairs, &a, &b));
        assert_eq!(pairs.len(), length(&a, &b));
    }

    #[test]
    fn a_large_part_without_an_anchor_counts_its_ends() {
        assert_eq!(divided(&[1, 2, 2, 3], &[1, 2, 2, 2, 3], 1), [(0, 0), (1, 1), (2, 2), (3, 4)]);
        assert_eq!(divided(&[1, 7, 7, 3, 7, 7], &[1, 8, 8, 3, 7, 7], 3), [(0, 0), (3, 3), (4, 4), (5, 5)]);
    }

    proptest! {
        #[test]
        fn the_subsequence_is_common_and_as_long_as_can_be(
            a in prop::collection::vec(0u64..6, 0..150),
            b in prop::collection::vec(0u64..6, 0..150),
        ) {
            let pairs = common_subsequence(&a, &b);
            prop_assert!(is_common(&pairs, &a, &b), "{pairs:?}");
            prop_assert_eq!(pairs.len(), length(&a, &b));
        }

        #[test]
        fn divided_texts_have_no_more_than_there_is(
            a in prop::collection::vec(0u64..40, 0..60),
            b in prop::collection::vec(0u64..40, 0..60),
            largest in 0usize..400,
        ) {
            let pairs = divided(&a, &b, largest);
            prop_assert!(is_common(&pairs, &a, &b), "{pairs:?}");
            prop_assert!(pairs.len() <= length(&a, &b));
        }
    }
}
