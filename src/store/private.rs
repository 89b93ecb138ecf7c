//! A seed that nobody knows.

use std::hash::{BuildHasher, RandomState};

/// Returns a seed by which texts are compared before one of them is said to repeat the other.
///
/// The seed of a run is known, so that two words with one hash are found in seconds, and texts made of which one would be
/// removed for the other without a word in common. No text can be made for a seed that is drawn when the program runs. What
/// is found does not depend on it: equal words have equal hashes by every seed, and others differ but for chance, once in
/// 2^64 pairs.
pub(crate) fn private_seed() -> u64 {
    RandomState::new().hash_one(0u8)
}
