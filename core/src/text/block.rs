//! Classifies 64 bytes of UTF-8 at a time.
//!
//! Each byte becomes one bit in a few masks, in which the edges of words are found by shifts. The frequent characters
//! are known here by their bytes alone; the others are left to the table of characters. The code is written once over
//! [`Lanes`] of 16 bytes, which are SSE2 vectors on x86-64 and arrays elsewhere.

use super::TextOptions;

/// Bytes in a block: one for each bit of a mask.
pub const BLOCK: usize = 64;

/// A block with 16 bytes of the text on either side.
pub type Around = [u8; 16 + BLOCK + 16];

/// What the bytes of a block are, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Masks {
    /// ASCII letters and digits.
    pub ascii: u64,
    /// All bytes that are not ASCII.
    pub high: u64,
    /// The first bytes of the known letters of two bytes.
    pub letters: u64,
    /// The first bytes of the known letters of three bytes.
    pub syllables: u64,
    /// The first bytes of the known characters of three bytes that are tokens of their own.
    pub singles: u64,
    /// The first bytes of all other characters that are not ASCII.
    pub rest: u64,
}

/// How the bytes of words are changed.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The bit that tells a small letter of ASCII, where case is dropped.
    case: u8,
    /// The bits of an ASCII digit that are dropped.
    digit: u8,
    /// Whether accents stay, so that a letter of two bytes stays one.
    accents: bool,
    /// Whether Han characters stay as they are.
    han: bool,
}

impl Rules {
    /// Returns the rules of some options.
    pub fn new(options: &TextOptions) -> Self {
        Self {
            case: if options.keep_case { 0 } else { 0x20 },
            digit: if options.fold_digits { 0x0f } else { 0 },
            accents: !options.fold_accents,
            han: !options.fold_script,
        }
    }
}

/// Classifies the block in `around`, and writes its bytes to `out` as they stand in normalised words, if they are ASCII
/// or of known characters.
///
/// The bytes are valid UTF-8, but for what is cut off at the ends of `around`.
#[inline]
pub fn classify(around: &Around, rules: Rules, out: &mut [u8; BLOCK]) -> Masks {
    classify_by::<Vector>(around, rules, out)
}

#[inline]
fn classify_by<L: Lanes>(around: &Around, rules: Rules, out: &mut [u8; BLOCK]) -> Masks {
    let mut masks = Masks::default();
    for at in (0..BLOCK).step_by(16) {
        let v = L::load(around, 16 + at);
        let digit = v.within(b'0', b'9');
        let letter = v.or(L::splat(0x20)).within(b'a', b'z');
        masks.ascii |= digit.or(letter).bits() << at;
        masks.high |= v.bits() << at;
        let normal = v.or(letter.and(L::splat(rules.case))).and_not(digit.and(L::splat(rules.digit)));
        normal.store(out, at);
    }
    if masks.high != 0 {
        classify_high::<L>(around, rules, out, &mut masks);
    }
    masks
}

#[inline]
fn classify_high<L: Lanes>(around: &Around, rules: Rules, out: &mut [u8; BLOCK], masks: &mut Masks) {
    let mut leads = 0;
    let [mut latin, mut cyrillic, mut wide] = [L::splat(0); 3];
    for at in (0..BLOCK).step_by(16) {
        let v = L::load(around, 16 + at);
        leads |= v.high_from(0xc0).bits() << at;
        latin = latin.or(v.equals(LATIN));
        cyrillic = cyrillic.or(v.and(L::splat(0xfe)).equals(CYRILLIC));
        wide = wide.or(v.high_from(0xe4));
    }
    // A text has one or two of the scripts, so these branches are foreseen.
    if rules.accents && (latin.bits() != 0 || around[15] == LATIN) {
        letters::<L>(around, rules, out, masks, latin_letters, lower_latin);
        if rules.case != 0 {
            sharp_letters::<L>(around, out);
        }
    }
    if rules.accents && (cyrillic.bits() != 0 || around[15] == CYRILLIC) {
        letters::<L>(around, rules, out, masks, cyrillic_letters, lower_cyrillic);
    }
    if wide.bits() != 0 {
        for at in (0..BLOCK).step_by(16) {
            let (v, next) = (L::load(around, 16 + at), L::load(around, 17 + at));
            masks.syllables |= syllables(v, next).bits() << at;
            masks.singles |= if rules.han { singles(v, next).bits() << at } else { 0 };
        }
    }
    masks.rest = leads & !(masks.letters | masks.syllables | masks.singles);
}

/// Finds the letters of a script by `known`, from a byte and the next, and makes them small by adding what `lower`
/// gives, from the byte before, a byte, and the next.
#[inline]
fn letters<L: Lanes>(
    around: &Around,
    rules: Rules,
    out: &mut [u8; BLOCK],
    masks: &mut Masks,
    known: impl Fn(L, L) -> L,
    lower: impl Fn(L, L, L) -> L,
) {
    let change_case = L::splat(if rules.case == 0 { 0 } else { 0xff });
    for at in (0..BLOCK).step_by(16) {
        let (before, v, next) = (L::load(around, 15 + at), L::load(around, 16 + at), L::load(around, 17 + at));
        masks.letters |= known(v, next).bits() << at;
        L::load(out, at).add(lower(before, v, next).and(change_case)).store(out, at);
    }
}

/// The first byte of U+00C0 to U+00FF.
const LATIN: u8 = 0xc3;

/// The first byte of U+0400 to U+043F; the next one is that of U+0440 to U+047F.
const CYRILLIC: u8 = 0xd0;

/// U+00C0 to U+00FF but the signs of multiplication and division.
#[inline]
fn latin_letters<L: Lanes>(v: L, next: L) -> L {
    v.equals(LATIN).and_not(next.or(L::splat(0x20)).equals(0xb7))
}

/// The second byte 80..9E becomes A0..BE; 9F is the sharp s.
#[inline]
fn lower_latin<L: Lanes>(before: L, v: L, _next: L) -> L {
    before.equals(LATIN).and(v.high_below(0x9f)).and(L::splat(0x20))
}

/// The last byte of the sharp s, U+00DF.
const SHARP: u8 = 0x9f;

/// Writes `ss` for each sharp s, which is as long.
#[inline]
fn sharp_letters<L: Lanes>(around: &Around, out: &mut [u8; BLOCK]) {
    let mut seconds = 0;
    for at in (0..BLOCK).step_by(16) {
        seconds |= L::load(around, 16 + at).equals(SHARP).bits() << at;
    }
    while seconds != 0 {
        let at = seconds.trailing_zeros() as usize;
        seconds &= seconds - 1;
        if around[15 + at] == LATIN {
            out[at] = b's';
            out[at.saturating_sub(1)] = b's';
        }
    }
    if around[15 + BLOCK..17 + BLOCK] == [LATIN, SHARP] {
        out[BLOCK - 1] = b's';
    }
}

/// U+0400 to U+045F.
#[inline]
fn cyrillic_letters<L: Lanes>(v: L, next: L) -> L {
    v.equals(CYRILLIC).or(v.equals(CYRILLIC + 1).and(next.high_below(0xa0)))
}

/// After D0, 80..8F (U+0400) become D1 90..9F, 90..9F (U+0410) become B0..BF, A0..AF (U+0420) become D1 80..8F, and
/// B0..BF are small.
#[inline]
fn lower_cyrillic<L: Lanes>(before: L, v: L, next: L) -> L {
    let to_90 = v.high_below(0x90).and(L::splat(0x10 ^ 0x20));
    let to_a0 = v.high_below(0xa0).and(L::splat(0x20 ^ 0xe0));
    let to_b0 = v.high_below(0xb0).and(L::splat(0xe0));
    let second = before.equals(CYRILLIC).and(to_90.xor(to_a0).xor(to_b0));
    let first = v.equals(CYRILLIC).and(next.and(L::splat(0x10)).equals(0)).and(L::splat(1));
    second.or(first)
}

/// U+AC00 to U+D77F: nearly all Hangul syllables.
#[inline]
fn syllables<L: Lanes>(v: L, next: L) -> L {
    let first = v.equals(0xea).and(next.high_from(0xb0));
    let last = v.equals(0xed).and(next.high_below(0x9e));
    v.equals(0xeb).or(v.equals(0xec)).or(first).or(last)
}

/// U+4E00 to U+9FFF: the first and largest block of Han characters.
#[inline]
fn singles<L: Lanes>(v: L, next: L) -> L {
    let first = v.equals(0xe4).and(next.high_from(0xb8));
    v.within(0xe5, 0xe9).or(first)
}

/// 16 bytes. A comparison gives all ones where it holds, else zero.
trait Lanes: Copy {
    fn load(bytes: &[u8], at: usize) -> Self;
    fn store(self, bytes: &mut [u8], at: usize);
    fn splat(byte: u8) -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    /// Returns the bits of `self` that `other` lacks.
    fn and_not(self, other: Self) -> Self;
    fn add(self, other: Self) -> Self;
    fn equals(self, byte: u8) -> Self;
    /// Compares as signed numbers.
    fn above(self, byte: u8) -> Self;
    /// Returns the highest bit of each byte, the first byte's lowest.
    fn bits(self) -> u64;

    /// Returns where the bytes are in `first..=last`, which holds at most 128 of them.
    #[inline]
    fn within(self, first: u8, last: u8) -> Self {
        // The range is moved to the top of the signed numbers, where one comparison tells it.
        self.add(Self::splat(127u8.wrapping_sub(last))).above(126 - (last - first))
    }

    /// Returns where the bytes are from `first`, at least 0x80.
    #[inline]
    fn high_from(self, first: u8) -> Self {
        self.within(first, 0xff)
    }

    /// Returns where the bytes are in `0x80..end`.
    #[inline]
    fn high_below(self, end: u8) -> Self {
        self.within(0x80, end - 1)
    }
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
type Vector = sse2::Vector;
#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
type Vector = Array;

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod sse2 {
    use std::arch::x86_64::{
        __m128i, _mm_add_epi8, _mm_and_si128, _mm_andnot_si128, _mm_cmpeq_epi8, _mm_cmpgt_epi8, _mm_movemask_epi8,
        _mm_or_si128, _mm_set1_epi8, _mm_xor_si128,
    };

    use super::Lanes;

    /// SSE2 is part of x86-64.
    #[derive(Clone, Copy)]
    pub struct Vector(__m128i);

    macro_rules! sse2 {
        ($call:expr) => {
            // SAFETY: the module is compiled only for targets of which every CPU has SSE2.
            unsafe { $call }
        };
    }

    impl Lanes for Vector {
        #[inline]
        fn load(bytes: &[u8], at: usize) -> Self {
            Self(bytemuck::pod_read_unaligned(&bytes[at..at + 16]))
        }
        #[inline]
        fn store(self, bytes: &mut [u8], at: usize) {
            bytes[at..at + 16].copy_from_slice(bytemuck::bytes_of(&self.0));
        }
        #[inline]
        fn splat(byte: u8) -> Self {
            Self(sse2!(_mm_set1_epi8(byte.cast_signed())))
        }
        #[inline]
        fn and(self, other: Self) -> Self {
            Self(sse2!(_mm_and_si128(self.0, other.0)))
        }
        #[inline]
        fn or(self, other: Self) -> Self {
            Self(sse2!(_mm_or_si128(self.0, other.0)))
        }
        #[inline]
        fn xor(self, other: Self) -> Self {
            Self(sse2!(_mm_xor_si128(self.0, other.0)))
        }
        #[inline]
        fn and_not(self, other: Self) -> Self {
            Self(sse2!(_mm_andnot_si128(other.0, self.0)))
        }
        #[inline]
        fn add(self, other: Self) -> Self {
            Self(sse2!(_mm_add_epi8(self.0, other.0)))
        }
        #[inline]
        fn equals(self, byte: u8) -> Self {
            Self(sse2!(_mm_cmpeq_epi8(self.0, Self::splat(byte).0)))
        }
        #[inline]
        fn above(self, byte: u8) -> Self {
            Self(sse2!(_mm_cmpgt_epi8(self.0, Self::splat(byte).0)))
        }
        #[inline]
        fn bits(self) -> u64 {
            u64::from(sse2!(_mm_movemask_epi8(self.0)) as u16)
        }
    }
}

/// The portable form, in loops that compilers turn into vectors.
#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
#[derive(Clone, Copy)]
struct Array([u8; 16]);

#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
impl Array {
    #[inline]
    fn zip(self, other: Self, f: impl Fn(u8, u8) -> u8) -> Self {
        Self(std::array::from_fn(|at| f(self.0[at], other.0[at])))
    }
}

#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
impl Lanes for Array {
    #[inline]
    fn load(bytes: &[u8], at: usize) -> Self {
        Self(bytemuck::pod_read_unaligned(&bytes[at..at + 16]))
    }
    #[inline]
    fn store(self, bytes: &mut [u8], at: usize) {
        bytes[at..at + 16].copy_from_slice(&self.0);
    }
    #[inline]
    fn splat(byte: u8) -> Self {
        Self([byte; 16])
    }
    #[inline]
    fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }
    #[inline]
    fn or(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }
    #[inline]
    fn xor(self, other: Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }
    #[inline]
    fn and_not(self, other: Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }
    #[inline]
    fn add(self, other: Self) -> Self {
        self.zip(other, u8::wrapping_add)
    }
    #[inline]
    fn equals(self, byte: u8) -> Self {
        Self(self.0.map(|b| if b == byte { 0xff } else { 0 }))
    }
    #[inline]
    fn above(self, byte: u8) -> Self {
        Self(self.0.map(|b| if b.cast_signed() > byte.cast_signed() { 0xff } else { 0 }))
    }
    #[inline]
    fn bits(self) -> u64 {
        const WEIGHTS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
        let weighed = self.zip(Self(WEIGHTS), |b, weight| if b >= 0x80 { weight } else { 0 }).0;
        let [low, high] = [0, 8].map(|at| weighed[at..at + 8].iter().sum::<u8>());
        u64::from(u16::from_le_bytes([low, high]))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn classified<L: Lanes>(around: &Around, rules: Rules) -> (Masks, [u8; BLOCK]) {
        let mut out = [0; BLOCK];
        let masks = classify_by::<L>(around, rules, &mut out);
        (masks, out)
    }

    proptest! {
        #[test]
        fn vectors_equal_arrays(bytes in prop::collection::vec(any::<u8>(), size_of::<Around>()), bits in 0..16u8) {
            let around = bytes.try_into().expect("as many bytes");
            let rules = Rules::new(&TextOptions {
                keep_case: bits & 1 != 0,
                fold_accents: bits & 2 != 0,
                fold_digits: bits & 4 != 0,
                fold_script: bits & 8 != 0,
                ..TextOptions::default()
            });
            prop_assert_eq!(classified::<Vector>(&around, rules), classified::<Array>(&around, rules));
        }
    }

    #[test]
    fn bytes_are_told_by_range() {
        for byte in 0..=255u8 {
            let all = |mask: Array| mask.bits() == 0xffff;
            let v = Array::splat(byte);
            assert_eq!(all(v.within(b'0', b'9')), byte.is_ascii_digit(), "{byte:x}");
            assert_eq!(all(v.or(Array::splat(0x20)).within(b'a', b'z')), byte.is_ascii_alphabetic(), "{byte:x}");
            assert_eq!(all(v.high_from(0xc0)), byte >= 0xc0, "{byte:x}");
            assert_eq!(all(v.high_below(0x90)), (0x80..0x90).contains(&byte), "{byte:x}");
        }
    }
}
