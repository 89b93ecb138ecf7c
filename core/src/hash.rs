//! The hash functions of the whole program: one for tokens, one to combine tokens into a shingle, one for contents.
//!
//! Every value here is part of the format of findings and indexes: a change makes old signatures useless, so golden
//! values are held by the tests below. All arithmetic is on integers and so the same on every CPU.
//!
//! Tokens are hashed by a folded multiply (the 128-bit product of two keyed words, its halves combined by xor), the
//! scheme of wyhash and foldhash: one multiplication for a token of up to 16 bytes. The keys are public constants, so
//! a hostile text can be made to collide; `seed` in [`TokenHasher::new`] changes them.

use xxhash_rust::xxh3::{Xxh3, xxh3_64_with_seed, xxh3_128};

// Digits of pi, as in Blowfish's initial P-array: constants with nothing up the sleeve.
const KEY_LOW: u64 = 0x243f_6a88_85a3_08d3;
const KEY_HIGH: u64 = 0x1319_8a2e_0370_7344;
const SHINGLE_BASE: u64 = 0xa409_3822_299f_31d1; // odd, so that multiplying by it loses nothing
const SHINGLE_FINISH: u64 = 0x4528_21e6_38d0_1377;
const SHORT_SALT: u64 = 0xbe54_66cf_34e9_0c6c;

/// Hashes tokens to 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenHasher {
    low: u64,
    high: u64,
}

impl TokenHasher {
    /// Makes the hasher for a seed. Seed 0 is the default of the program.
    pub fn new(seed: u64) -> Self {
        Self { low: KEY_LOW ^ mix(seed), high: KEY_HIGH ^ mix(mix(seed)) }
    }

    /// Returns the hash of the UTF-8 bytes of a normalised token.
    ///
    /// A token holds no NUL byte, so padding the last 16 bytes with zeros keeps different tokens different.
    pub fn hash(self, token: &[u8]) -> u64 {
        token.chunks(16).fold(0, |state, chunk| {
            let mut padded = [0; 16];
            padded[..chunk.len()].copy_from_slice(chunk);
            self.step(state, u128::from_le_bytes(padded))
        })
    }

    /// Continues a hash by the next 16 bytes of a token, read as a little-endian number. The first state is 0.
    #[inline]
    pub fn step(self, state: u64, chunk: u128) -> u64 {
        folded_multiply(chunk as u64 ^ self.low ^ state, (chunk >> 64) as u64 ^ self.high)
    }
}

impl Default for TokenHasher {
    fn default() -> Self {
        Self::new(0)
    }
}

/// The polynomial over token hashes that makes a shingle: `t[0]*B^(k-1) + ... + t[k-1]` modulo 2^64.
///
/// A run of `k` tokens becomes the next run in two multiplications, whatever `k` is.
#[derive(Clone, Copy, Debug)]
pub struct ShingleHasher {
    leaving: u64,
    k: usize,
}

impl ShingleHasher {
    /// Makes the hasher for shingles of `k` tokens.
    pub fn new(k: usize) -> Self {
        Self { leaving: (0..k).fold(1u64, |power, _| power.wrapping_mul(SHINGLE_BASE)), k }
    }

    /// Returns the polynomial after `token` is appended. The empty run is 0.
    #[inline]
    pub fn push(self, run: u64, token: u64) -> u64 {
        run.wrapping_mul(SHINGLE_BASE).wrapping_add(token)
    }

    /// Returns the polynomial of the run of `k` tokens that starts one token later: without `first` and with `next`.
    #[inline]
    pub fn roll(self, run: u64, first: u64, next: u64) -> u64 {
        // Written so that the next step waits for one multiplication only.
        self.push(run, next.wrapping_sub(first.wrapping_mul(self.leaving)))
    }

    /// Turns the polynomial of `k` tokens into the hash of the shingle. Different polynomials stay different.
    #[inline]
    pub fn finish(self, run: u64) -> u64 {
        let product = run.wrapping_mul(SHINGLE_FINISH);
        product ^ (product >> 32)
    }

    /// Turns the polynomial of fewer than `k` tokens into a hash that no shingle of `k` tokens has by construction.
    pub fn finish_short(self, run: u64, tokens: usize) -> u64 {
        self.finish(run ^ mix(SHORT_SALT ^ (tokens as u64)))
    }

    /// Returns the number of tokens of a shingle.
    pub fn k(self) -> usize {
        self.k
    }
}

/// Mixes 64 bits so that each input bit moves about half of the output bits; a bijection with `mix(0) == 0`.
///
/// Source: the finaliser of `SplitMix64` (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators",
/// OOPSLA 2014; its variant 13 of David Stafford's constants).
#[inline]
pub fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Returns the XXH3 128-bit hash of `bytes`, for telling equal contents.
pub fn content_hash(bytes: &[u8]) -> u128 {
    xxh3_128(bytes)
}

/// Computes [`content_hash`] of bytes that come in pieces.
#[derive(Clone, Default)]
pub struct ContentHasher(Xxh3);

impl ContentHasher {
    /// Appends `bytes`.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the hash of all bytes so far.
    pub fn finish(&self) -> u128 {
        self.0.digest128()
    }

    /// Returns the [`seeded_hash`] of all bytes so far under seed 0.
    pub fn finish_short(&self) -> u64 {
        self.0.digest()
    }
}

/// Returns the XXH3 64-bit hash of `bytes` under `seed`.
pub fn seeded_hash(bytes: &[u8], seed: u64) -> u64 {
    xxh3_64_with_seed(bytes, seed)
}

#[inline]
fn folded_multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}
