//! The band of an alignment in vectors: all its cells for one word of `a` at once.
//!
//! A row has 32 cells of a byte each, one for each diagonal around that on which the band starts, so that a column of two
//! words stays in its lane from row to row. A byte is the score less the best one so far, and 0 if the cell has fallen too
//! low, so that what is shifted in at the ends is dead. What a row owes to cells on its left is a running maximum, which
//! four steps over twice as many lanes each give, since no gap that is alive is longer. Of each row four masks stay, by
//! which the way is traced back.
//!
//! The cells are those that [`Aligner`](super::align::Aligner) computes one by one, in the same order and with the same
//! rules; where a band leaves the 32 diagonals, it computes them.
//!
//! Source: the running maximum within a row is the "lazy" term of Farrar, "Striped Smith-Waterman speeds up database
//! searches six times over other SIMD implementations", Bioinformatics 23 (2007), computed as a prefix scan.

use super::ahead::WordsAhead;
use super::column::Column;
use crate::text::vocabulary::{TokenId, Vocabulary};

/// Cells of a row.
const LANES: usize = 32;
/// The lane of the diagonal on which the band starts.
const CENTRE: usize = 15;

/// The cell from which an alignment goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Best {
    pub score: i32,
    /// Words of `a` and of `b` consumed.
    pub a: usize,
    pub b: usize,
    /// Whether so many equal words lead to it that nothing else is considered from there on.
    pub is_committed: bool,
}

/// A band of 32 diagonals. Its memory is used again for the next one. There is one only where the CPU has AVX2.
#[derive(Debug)]
pub(super) struct VectorBand {
    /// The words of `b` ahead, those known so far, after one for each lane before the centre.
    words: Vec<TokenId>,
    /// How each of them is spelled, and three times the number of its bits.
    spellings: Vec<u64>,
    weights: Vec<u64>,
    known: usize,
    rows: Vec<RowMarks>,
}

/// How the cells of a row were reached, a bit for each lane.
#[derive(Clone, Copy, Debug)]
struct RowMarks {
    /// Over the diagonal, else over a gap.
    diagonal: u32,
    /// If over a gap, from the row above.
    only_a: u32,
    equal: u32,
    similar: u32,
}

impl RowMarks {
    fn column(self, lane: usize) -> Column {
        let is = |mask: u32| mask >> lane & 1 != 0;
        match (is(self.diagonal), is(self.only_a)) {
            (true, _) if is(self.equal) => Column::Equal,
            (true, _) if is(self.similar) => Column::Similar,
            (true, _) => Column::Different,
            (false, true) => Column::OnlyA,
            (false, false) => Column::OnlyB,
        }
    }
}

impl VectorBand {
    /// Returns a band, if this CPU has the vectors for it.
    pub fn available() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
            let [spellings, weights] = [Vec::new(), Vec::new()];
            return Some(Self { words: Vec::new(), spellings, weights, known: 0, rows: Vec::new() });
        }
        None
    }

    /// Finds the best way on from two places in the words ahead, or nothing if the band gets too wide.
    pub fn find(&mut self, ahead: &WordsAhead<'_>, from: [usize; 2], vocabulary: &Vocabulary) -> Option<Best> {
        #[cfg(target_arch = "x86_64")]
        {
            // SAFETY: only `available` makes a band, which has checked that the CPU has the features.
            unsafe { avx2::find(self, ahead, from, vocabulary) }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = (ahead, from, vocabulary);
            None
        }
    }

    /// Writes the columns that lead to the best cell over `path`, from the last to the first.
    pub fn trace(&self, best: Best, path: &mut Vec<Column>) {
        let (mut a, mut b) = (best.a, best.b);
        path.clear();
        while (a, b) != (0, 0) {
            let above = a.checked_sub(1).and_then(|above| self.rows.get(above));
            let column = above.map_or(Column::OnlyB, |row| row.column(b + CENTRE - a));
            a -= usize::from(column.has_a());
            b -= usize::from(column.has_b());
            path.push(column);
        }
    }

    /// Forgets the band before.
    fn start(&mut self) {
        self.known = 0;
        self.rows.clear();
    }

    /// Looks up the first `count` words of `b` from `from` on, as far as they are not known, and makes room for the lanes
    /// of the row after `consumed` words.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    #[inline]
    fn look_up(
        &mut self,
        ahead: &WordsAhead<'_>,
        from: usize,
        (count, consumed): (usize, usize),
        vocabulary: &Vocabulary,
    ) {
        // Lanes without a word hold what was there: they lead on from no cell that is alive.
        if self.words.len() < consumed + 2 * LANES {
            let room = 2 * (consumed + 2 * LANES);
            self.words.resize(room, TokenId::MAX);
            self.spellings.resize(room, 0);
            self.weights.resize(room, 0);
        }
        for n in self.known..count {
            let word = ahead.b(from + n);
            let bits = vocabulary.spelling(word).bits();
            self.words[CENTRE + n] = word;
            self.spellings[CENTRE + n] = bits;
            self.weights[CENTRE + n] = 3 * u64::from(bits.count_ones());
        }
        self.known = self.known.max(count);
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256i, _mm256_add_epi8, _mm256_add_epi64, _mm256_adds_epu8, _mm256_alignr_epi8, _mm256_and_si256,
        _mm256_andnot_si256, _mm256_castsi256_pd, _mm256_cmpeq_epi8, _mm256_cmpeq_epi32, _mm256_cmpgt_epi64,
        _mm256_max_epu8, _mm256_movemask_epi8, _mm256_movemask_pd, _mm256_packs_epi16, _mm256_packs_epi32,
        _mm256_permute2x128_si256, _mm256_permutevar8x32_epi32, _mm256_sad_epu8, _mm256_set_epi32, _mm256_set_epi64x,
        _mm256_set1_epi8, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_shuffle_epi8,
        _mm256_slli_epi64, _mm256_srli_epi16, _mm256_subs_epu8,
    };

    use super::{Best, CENTRE, LANES, RowMarks, VectorBand, WordsAhead};
    use crate::text::vocabulary::{TokenId, Vocabulary};
    use crate::verify::column::{COMMIT_RUN, DIFFERENT, EQUAL, GAP, SIMILAR, X_DROP};

    /// The byte of a cell that scores as much as the best one before its row.
    const LEVEL: u8 = 64;
    /// The byte of the lowest cell that is alive.
    const LEAST: u8 = LEVEL - X_DROP as u8;
    /// A cell in the first or the last lane may have a neighbour outside.
    const EDGES: u32 = 1 | 1 << (LANES - 1);
    const LOSS: u8 = -GAP as u8;

    /// What the columns of a row hold.
    struct Columns {
        equal: __m256i,
        equal_bits: u32,
        similar_bits: u32,
    }

    #[target_feature(enable = "avx2,popcnt")]
    pub fn find(
        band: &mut VectorBand,
        ahead: &WordsAhead<'_>,
        [a_from, b_from]: [usize; 2],
        vocabulary: &Vocabulary,
    ) -> Option<Best> {
        let (a_left, b_left) = (ahead.a.len() - a_from, ahead.b.len() - b_from);
        band.start();
        let mut last = first_row(b_left.min(ahead.allowed(a_from, b_from, 0).end.saturating_sub(1)));
        let mut alive = at_least(last, LEAST);
        let (mut runs, mut best) = (_mm256_setzero_si256(), Best::default());
        for consumed in 1..=a_left {
            if alive & EDGES != 0 {
                return None;
            }
            let reached = (consumed + highest(alive)).saturating_sub(CENTRE).min(b_left);
            band.look_up(ahead, b_from, (reached, consumed), vocabulary);
            let columns = columns(band, consumed, ahead.a(a_from + consumed - 1), alive, vocabulary);
            let allowed = ahead.allowed(a_from, b_from, consumed);
            let allowed = lanes(allowed.start, allowed.end.min(b_left + 1), consumed);
            let diagonal = _mm256_adds_epu8(_mm256_subs_epu8(last, splat(LOSS)), gains(&columns));
            let above = from_next(last);
            let row = with_gaps(_mm256_max_epu8(diagonal, _mm256_subs_epu8(above, splat(LOSS))), allowed);
            let left = from_before::<15>(row);
            let over_diagonal = _mm256_cmpeq_epi8(row, diagonal);
            let from_above = _mm256_cmpeq_epi8(_mm256_max_epu8(above, left), above);
            band.rows.push(RowMarks {
                diagonal: bits(over_diagonal),
                only_a: bits(from_above),
                equal: columns.equal_bits,
                similar: columns.similar_bits,
            });
            let goes_on = _mm256_and_si256(over_diagonal, columns.equal);
            runs = _mm256_and_si256(_mm256_adds_epu8(runs, splat(1)), goes_on);
            alive = at_least(row, LEAST);
            if alive == 0 {
                break;
            }
            last = _mm256_and_si256(row, _mm256_cmpeq_epi8(_mm256_max_epu8(row, splat(LEAST)), row));
            if let Some((gain, lane)) = gain(row) {
                let is_committed = at_least(runs, COMMIT_RUN as u8) >> lane & 1 != 0;
                let b = consumed + lane - CENTRE;
                best = Best { score: best.score + i32::from(gain), a: consumed, b, is_committed };
                if is_committed {
                    break;
                }
                last = _mm256_subs_epu8(last, splat(gain));
            }
        }
        Some(best)
    }

    /// The row in which no word of `a` is consumed, and so many of `b` at most.
    #[target_feature(enable = "avx2")]
    fn first_row(most: usize) -> __m256i {
        let mut row = [0; LANES];
        let width = (X_DROP / -GAP) as usize;
        for (n, cell) in (0..=most.min(width)).zip(&mut row[CENTRE..]) {
            *cell = LEVEL - LOSS * n as u8;
        }
        bytemuck::cast(row)
    }

    /// The best cell of a row, the first if there are several, if it is better than the best one before: by how much, and
    /// its lane.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn gain(row: __m256i) -> Option<(u8, usize)> {
        if at_least(row, LEVEL + 1) == 0 {
            return None;
        }
        // A row brings two more at most.
        let gain = if at_least(row, LEVEL + 2) == 0 { 1 } else { 2 };
        Some((gain, at_least(row, LEVEL + gain).trailing_zeros() as usize))
    }

    /// Compares a word of `a` with the words of `b` in the lanes that lead on from cells that are alive.
    #[target_feature(enable = "avx2,popcnt")]
    #[inline]
    fn columns(band: &VectorBand, consumed: usize, word: TokenId, alive: u32, vocabulary: &Vocabulary) -> Columns {
        let start = consumed - 1;
        let equal = equal_words(&band.words[start..start + LANES], word);
        let equal_bits = bits(equal);
        let spelling = vocabulary.spelling(word).bits();
        let lanes = start + alive.trailing_zeros() as usize / 4 * 4..=start + highest(alive);
        let mut similar_bits = 0;
        for at in lanes.step_by(4) {
            let (spellings, weights) = (&band.spellings[at..at + 4], &band.weights[at..at + 4]);
            similar_bits |= similar_words(spellings, weights, spelling) << (at - start);
        }
        Columns { equal, equal_bits, similar_bits: similar_bits & !equal_bits }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn equal_words(words: &[TokenId], word: TokenId) -> __m256i {
        let word = _mm256_set1_epi32(word.cast_signed());
        let equal = |n: usize| _mm256_cmpeq_epi32(load(&words[8 * n..8 * n + 8]), word);
        let (low, high) = (_mm256_packs_epi32(equal(0), equal(1)), _mm256_packs_epi32(equal(2), equal(3)));
        // Packing works in halves of a vector, which leaves every four bytes in another place.
        _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), _mm256_set_epi32(7, 3, 6, 2, 5, 1, 4, 0))
    }

    /// Returns which of four words are spelled nearly like another; see
    /// [`Spelling::is_similar`](crate::text::vocabulary::Spelling::is_similar).
    #[target_feature(enable = "avx2,popcnt")]
    #[inline]
    pub(super) fn similar_words(spellings: &[u64], weights: &[u64], spelling: u64) -> u32 {
        let count = ones(_mm256_and_si256(load(spellings), _mm256_set1_epi64x(spelling.cast_signed())));
        let ten_times = _mm256_add_epi64(_mm256_slli_epi64::<3>(count), _mm256_slli_epi64::<1>(count));
        let weight = _mm256_set1_epi64x(3 * i64::from(spelling.count_ones()) - 1);
        let is_alike = _mm256_cmpgt_epi64(ten_times, _mm256_add_epi64(load(weights), weight));
        let has_two = _mm256_cmpgt_epi64(count, _mm256_set1_epi64x(1));
        _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_and_si256(is_alike, has_two))).cast_unsigned()
    }

    /// Counts the bits of each of four numbers.
    ///
    /// Source: Mula, Kurz and Lemire, "Faster Population Counts Using AVX2 Instructions", The Computer Journal 61 (2018).
    #[target_feature(enable = "avx2")]
    #[inline]
    fn ones(numbers: __m256i) -> __m256i {
        const OF_NIBBLES: [u8; 32] =
            [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4];
        let table = bytemuck::cast(OF_NIBBLES);
        let low = _mm256_and_si256(numbers, splat(15));
        let high = _mm256_and_si256(_mm256_srli_epi16::<4>(numbers), splat(15));
        let of_bytes = _mm256_add_epi8(_mm256_shuffle_epi8(table, low), _mm256_shuffle_epi8(table, high));
        _mm256_sad_epu8(of_bytes, _mm256_setzero_si256())
    }

    /// Returns what the columns of a row score above two words that differ.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn gains(columns: &Columns) -> __m256i {
        let equal = _mm256_and_si256(columns.equal, splat((EQUAL - DIFFERENT) as u8));
        if columns.similar_bits == 0 {
            return equal;
        }
        let similar = _mm256_and_si256(spread(columns.similar_bits), splat((SIMILAR - DIFFERENT) as u8));
        _mm256_add_epi8(equal, similar)
    }

    /// Raises the cells of a row to what gaps from cells on their left bring, in the lanes allowed.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn with_gaps(row: __m256i, allowed: u32) -> __m256i {
        let allowed = if allowed == u32::MAX { splat(u8::MAX) } else { spread(allowed) };
        let row = _mm256_and_si256(row, allowed);
        let row = _mm256_max_epu8(row, _mm256_subs_epu8(from_before::<15>(row), splat(LOSS)));
        let row = _mm256_max_epu8(row, _mm256_subs_epu8(from_before::<14>(row), splat(2 * LOSS)));
        let row = _mm256_max_epu8(row, _mm256_subs_epu8(from_before::<12>(row), splat(4 * LOSS)));
        let row = _mm256_max_epu8(row, _mm256_subs_epu8(from_before::<8>(row), splat(8 * LOSS)));
        _mm256_and_si256(row, allowed)
    }

    /// Returns, in each lane, what the lane `16 - SHIFT` before it holds.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn from_before<const SHIFT: i32>(row: __m256i) -> __m256i {
        _mm256_alignr_epi8::<SHIFT>(row, _mm256_permute2x128_si256::<0x08>(row, row))
    }

    /// Returns, in each lane, what the next lane holds.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn from_next(row: __m256i) -> __m256i {
        _mm256_alignr_epi8::<1>(_mm256_permute2x128_si256::<0x81>(row, row), row)
    }

    /// The lanes of a row that hold the columns `start..end`.
    #[inline]
    fn lanes(start: usize, end: usize, consumed: usize) -> u32 {
        let lane = |column: usize| (column + CENTRE).saturating_sub(consumed).min(LANES);
        (((1_u64 << lane(end)) - 1) & !((1_u64 << lane(start)) - 1)) as u32
    }

    /// Turns each bit into a byte of ones.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn spread(bits: u32) -> __m256i {
        // The byte of each lane and the bit in it, eight lanes a number.
        let bytes = _mm256_set_epi64x(0x0303_0303_0303_0303, 0x0202_0202_0202_0202, 0x0101_0101_0101_0101, 0);
        let bit = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64.cast_signed());
        let of_lanes = _mm256_shuffle_epi8(_mm256_set1_epi32(bits.cast_signed()), bytes);
        let chosen = _mm256_andnot_si256(of_lanes, bit);
        _mm256_cmpeq_epi8(chosen, _mm256_setzero_si256())
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn at_least(row: __m256i, least: u8) -> u32 {
        bits(_mm256_cmpeq_epi8(_mm256_max_epu8(row, splat(least)), row))
    }

    #[inline]
    fn highest(alive: u32) -> usize {
        alive.ilog2() as usize
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn splat(byte: u8) -> __m256i {
        _mm256_set1_epi8(byte.cast_signed())
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn bits(mask: __m256i) -> u32 {
        _mm256_movemask_epi8(mask).cast_unsigned()
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn load<T: bytemuck::NoUninit>(numbers: &[T]) -> __m256i {
        bytemuck::pod_read_unaligned(bytemuck::cast_slice(numbers))
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::vocabulary::Spelling;

    proptest! {
        #[test]
        fn spellings_are_alike_by_vectors_as_one_by_one(one: u64, others: [u64; 4], few in 0..64_u32) {
            prop_assume!(VectorBand::available().is_some());
            // Random numbers have half of their bits; spellings of words have less, and share more.
            let others = others.map(|other| other & one.rotate_left(few) | one & other.rotate_left(few));
            let weights = others.map(|other| 3 * u64::from(other.count_ones()));
            // SAFETY: `available` has checked that the CPU has the features.
            let found = unsafe { avx2::similar_words(&others, &weights, one) };
            let alike = |n: usize| Spelling::of_bits(one).is_similar(Spelling::of_bits(others[n]));
            let expected = (0..4).map(|n| u32::from(alike(n)) << n).sum::<u32>();
            prop_assert_eq!(found, expected);
        }
    }
}
