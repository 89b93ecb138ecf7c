//! `MinHash` signatures: of each of `K` hash functions, the smallest value over a set of shingles.
//!
//! Two sets agree in a value with a probability that is their Jaccard similarity. Source: Broder, "On the resemblance
//! and containment of documents", Compression and Complexity of Sequences 1997.
//!
//! The functions are `(a*x + b) mod 2^32` with odd `a`, on 32 bits of the shingle hash. They are not min-wise
//! independent in theory; the shingle hashes that they permute are already mixed. The tests below hold the error of
//! the estimate to that of ideal functions.
//!
//! The loop is tiled over the functions: a tile's multipliers, summands and minima stay in registers while all
//! shingles pass. It is one piece of plain integer code, compiled once for each instruction set and chosen at run
//! time, so every CPU gets the same values.

use crate::hash::mix;

/// Functions in a tile: as many as the registers of a CPU with 16 vectors of 8 lanes can hold.
const TILE: usize = 32;

/// The `K` hash functions.
#[derive(Clone, Debug)]
pub struct MinHasher {
    tiles: Vec<Tile>,
    len: usize,
    path: Tiles,
}

/// Which compiled form of the loop runs. All give the same values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tiles {
    /// The baseline of the target.
    Plain,
    /// SSE4.1, which has the 32-bit multiplication and minimum that SSE2 lacks.
    #[cfg(target_arch = "x86_64")]
    Sse41,
    /// AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 F.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

#[derive(Clone, Debug)]
struct Tile {
    a: [u32; TILE],
    b: [u32; TILE],
}

impl MinHasher {
    /// Makes `len` functions from a seed.
    pub fn new(len: usize, seed: u64) -> Self {
        Self::with_path(len, seed, Tiles::best())
    }

    /// Makes `len` functions that run on the given path.
    ///
    /// # Panics
    ///
    /// If the CPU does not have the path.
    pub fn with_path(len: usize, seed: u64, path: Tiles) -> Self {
        assert!(path.is_available(), "this CPU does not have {path:?}");
        let mut state = mix(seed ^ 0x6d69_6e68_6173_6821);
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15); // the increment of SplitMix64
            mix(state)
        };
        let tiles = (0..len.div_ceil(TILE))
            .map(|_| {
                let parts: [u64; TILE] = std::array::from_fn(|_| next());
                Tile { a: parts.map(|part| part as u32 | 1), b: parts.map(|part| (part >> 32) as u32) }
            })
            .collect();
        Self { tiles, len, path }
    }

    /// Returns the number of functions.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether there is no function.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Writes the signature of the set of `shingles` to `signature`, [`len`](Self::len) values; a shingle that stands
    /// several times counts once. Without shingles all values are `u32::MAX`.
    ///
    /// # Panics
    ///
    /// If `signature` has another length.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::sketch::MinHasher;
    ///
    /// let hasher = MinHasher::new(60, 0);
    /// let (mut one, mut other) = (vec![0; 60], vec![0; 60]);
    /// hasher.sign(&[1 << 40, 2 << 40, 3 << 40], &mut one);
    /// hasher.sign(&[3 << 40, 1 << 40, 2 << 40, 2 << 40], &mut other);
    /// assert_eq!(one, other);
    /// ```
    pub fn sign(&self, shingles: &[u64], signature: &mut [u32]) {
        assert_eq!(signature.len(), self.len, "one value for each function");
        signature.fill(u32::MAX);
        // 16 KiB of shingles at a time stay in the first-level cache for all tiles.
        for shingles in shingles.chunks(2048) {
            for (tile, minima) in self.tiles.iter().zip(signature.chunks_mut(TILE)) {
                self.path.run(tile, shingles, minima);
            }
        }
    }
}

impl Tiles {
    /// Returns the fastest path of this CPU.
    pub fn best() -> Self {
        Self::available().pop().unwrap_or(Self::Plain)
    }

    /// Returns every path of this CPU, the fastest last.
    pub fn available() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        let all = [Self::Plain, Self::Sse41, Self::Avx2, Self::Avx512];
        #[cfg(not(target_arch = "x86_64"))]
        let all = [Self::Plain];
        all.into_iter().filter(|path| path.is_available()).collect()
    }

    fn is_available(self) -> bool {
        match self {
            Self::Plain => true,
            #[cfg(target_arch = "x86_64")]
            Self::Sse41 => is_x86_feature_detected!("sse4.1"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => is_x86_feature_detected!("avx512f"),
        }
    }

    fn run(self, tile: &Tile, shingles: &[u64], minima: &mut [u32]) {
        let mut full = [u32::MAX; TILE];
        full[..minima.len()].copy_from_slice(minima);
        match self {
            Self::Plain => lower(tile, shingles, &mut full),
            // SAFETY: `with_path` has checked that the CPU has the feature.
            #[cfg(target_arch = "x86_64")]
            Self::Sse41 => unsafe { lower_sse41(tile, shingles, &mut full) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { lower_avx2(tile, shingles, &mut full) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { lower_avx512(tile, shingles, &mut full) },
        }
        minima.copy_from_slice(&full[..minima.len()]);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse4.1")]
fn lower_sse41(tile: &Tile, shingles: &[u64], minima: &mut [u32; TILE]) {
    lower(tile, shingles, minima);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn lower_avx2(tile: &Tile, shingles: &[u64], minima: &mut [u32; TILE]) {
    lower(tile, shingles, minima);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn lower_avx512(tile: &Tile, shingles: &[u64], minima: &mut [u32; TILE]) {
    lower(tile, shingles, minima);
}

/// Lowers the minima by the upper half of each shingle.
#[allow(clippy::inline_always)] // what is not inlined is not compiled for the instruction set of its caller
#[inline(always)]
fn lower(tile: &Tile, shingles: &[u64], minima: &mut [u32; TILE]) {
    let mut lowest = *minima;
    for &shingle in shingles {
        let x = (shingle >> 32) as u32;
        for ((lowest, a), b) in lowest.iter_mut().zip(&tile.a).zip(&tile.b) {
            *lowest = (*lowest).min(a.wrapping_mul(x).wrapping_add(*b));
        }
    }
    *minima = lowest;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shingles(from: u64, to: u64) -> Vec<u64> {
        (from..to).map(|n| mix(n + 1)).collect()
    }

    fn signature(hasher: &MinHasher, shingles: &[u64]) -> Vec<u32> {
        let mut signature = vec![0; hasher.len()];
        hasher.sign(shingles, &mut signature);
        signature
    }

    #[test]
    fn signatures_never_change() {
        let signature = signature(&MinHasher::new(4, 0), &[1 << 32, 2 << 32, 3 << 32]);
        assert_eq!(signature, [751_682_191, 1_110_100_376, 59_040_907, 2_031_648_891]);
    }

    #[test]
    fn every_path_equals_the_definition() {
        for path in Tiles::available() {
            for len in [1, 31, 32, 33, 60, 100] {
                let hasher = MinHasher::with_path(len, 7, path);
                for n in [0, 1, 2, 1023, 1024, 1025, 3000] {
                    let shingles = shingles(0, n);
                    let defined: Vec<u32> = (0..len)
                        .map(|i| {
                            let (a, b) = (hasher.tiles[i / TILE].a[i % TILE], hasher.tiles[i / TILE].b[i % TILE]);
                            let value = |&s: &u64| ((s >> 32).wrapping_mul(u64::from(a)) + u64::from(b)) as u32;
                            shingles.iter().map(value).min().unwrap_or(u32::MAX)
                        })
                        .collect();
                    assert_eq!(signature(&hasher, &shingles), defined, "{path:?}, {len} functions, {n} shingles");
                }
            }
        }
    }

    /// The share of equal values has to scatter around the similarity like that of ideal functions: mean squared error
    /// `J(1-J)/K`.
    #[test]
    fn the_estimate_is_as_good_as_that_of_ideal_functions() {
        const K: usize = 128;
        for size in [10u64, 100, 10_000] {
            let trials = if size > 1000 { 60 } else { 600 };
            let (mut error, mut ideal) = (0.0, 0.0);
            for trial in 0..trials {
                let hasher = MinHasher::new(K, trial);
                let from = trial * 1_000_000;
                let shared = size * (trial % 9 + 1) / 10;
                let one = signature(&hasher, &shingles(from, from + size));
                let other = signature(&hasher, &shingles(from + size - shared, from + 2 * size - shared));
                let similarity = shared as f64 / (2 * size - shared) as f64;
                let equal = one.iter().zip(&other).filter(|(x, y)| x == y).count() as f64 / K as f64;
                error += (equal - similarity).powi(2);
                ideal += similarity * (1.0 - similarity) / K as f64;
            }
            let ratio = error / ideal;
            assert!((0.6..1.4).contains(&ratio), "{size} shingles: {ratio:.2} times the ideal error");
        }
    }
}
