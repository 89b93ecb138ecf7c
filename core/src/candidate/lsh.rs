//! Locality-sensitive hashing: documents whose signatures agree in all rows of a band share a bucket.
//!
//! A signature is reduced to one 32-bit key for each band and a sketch of one byte for each of its first 64 values;
//! the rest is forgotten. A key collides by accident for one pair in 2^32, and such a pair falls at the sketch.
//!
//! Buckets of one band are found without a hash table of all keys: keys are scattered by their leading bits into parts
//! that stay in the cache, and in each part a table of one byte a slot tells which keys may stand more than once. Only
//! those are sorted.

use std::ops::Range;

use super::params::{Bands, SKETCH_BYTES, sketch_len};
use crate::hash::mix;

/// One byte of each of the first values of a signature; bytes not in use are 0.
pub type Sketch = [u8; SKETCH_BYTES];

/// Entries of a part: 8 bytes each, so that a part and its table stay in a second-level cache.
const PART: usize = 1 << 14;

/// Slots of the table that tells which keys of a part may stand more than once.
const SLOT_BITS: u32 = 16;

/// Returns the key of each band of a signature, in order.
pub fn band_keys(signature: &[u32], shape: Bands) -> impl Iterator<Item = u32> + '_ {
    wide_band_keys(signature, shape).map(|key| (key >> 32) as u32)
}

/// Returns the key of each band of a signature, in order, with all of its bits; [`band_keys`] has the upper half.
pub fn wide_band_keys(signature: &[u32], shape: Bands) -> impl Iterator<Item = u64> + '_ {
    signature.chunks_exact(shape.rows).map(|rows| {
        let folded = rows
            .iter()
            .fold(0u64, |key, &value| (key ^ u64::from(value)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29));
        mix(folded)
    })
}

/// Returns the sketch of a signature.
pub fn sketch(signature: &[u32], shape: Bands) -> Sketch {
    let mut sketch = [0; SKETCH_BYTES];
    for (byte, &value) in sketch.iter_mut().zip(&signature[..sketch_len(shape)]) {
        // The minimum of many values is small: its low bits are the even ones.
        *byte = value as u8;
    }
    sketch
}

/// Returns how many bytes of two sketches agree, those not in use included.
#[inline]
pub fn equal_bytes(a: &Sketch, b: &Sketch) -> usize {
    crate::effort::count_comparison();
    a.iter().zip(b).map(|(x, y)| u8::from(x == y)).sum::<u8>() as usize
}

/// Groups of documents that share a key, the documents of a group ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buckets {
    docs: Vec<u32>,
    ends: Vec<usize>,
}

impl Buckets {
    /// Calls up each bucket; it has at least two documents.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.docs[start..end])
    }

    /// Drops all buckets and keeps their memory.
    pub fn clear(&mut self) {
        self.docs.clear();
        self.ends.clear();
    }

    /// Appends the buckets of `other`.
    pub fn append(&mut self, other: &Self) {
        let base = self.docs.len();
        self.docs.extend_from_slice(&other.docs);
        self.ends.extend(other.ends.iter().map(|end| base + end));
    }

    fn push(&mut self, docs: impl Iterator<Item = u32>) {
        self.docs.extend(docs);
        self.ends.push(self.docs.len());
    }
}

/// Finds buckets. It keeps its memory, 8 bytes for each key that it was given at a time, to use it again: fresh pages
/// for each band cost a third of the time.
#[derive(Clone, Debug)]
pub struct Joiner {
    scattered: Vec<u64>,
    ends: Vec<usize>,
    repeated: RepeatedKeys,
}

impl Joiner {
    /// Makes one that holds no memory for keys yet.
    pub fn new() -> Self {
        Self { scattered: Vec::new(), ends: Vec::new(), repeated: RepeatedKeys::new() }
    }

    /// Returns the buckets of one band whose keys lie in `range`; `keys[d]` is the key of document `d`, and documents
    /// for which `included` is false are passed over. Ranges that cover all keys give all buckets, each once, ordered
    /// by key: so ranges are a way to share the work.
    ///
    /// Time and memory are linear in the number of documents, whatever the buckets.
    pub fn buckets(&mut self, keys: &[u32], range: Range<u64>, included: impl Fn(u32) -> bool) -> Buckets {
        let mut found = Buckets::default();
        self.append_buckets(keys, range, included, &mut found);
        found
    }

    /// Appends what [`buckets`](Self::buckets) returns to `found`.
    pub fn append_buckets(
        &mut self,
        keys: &[u32],
        range: Range<u64>,
        included: impl Fn(u32) -> bool,
        found: &mut Buckets,
    ) {
        self.scatter(keys, &range, included);
        let mut start = 0;
        for &end in &self.ends {
            self.repeated.collect(&self.scattered[start..end], found);
            start = end;
        }
    }

    /// Puts the entries of the range into parts by their leading bits; `ends` then holds the end of each part.
    fn scatter(&mut self, keys: &[u32], range: &Range<u64>, included: impl Fn(u32) -> bool) {
        let width = (range.end - range.start).max(1);
        let expected = (keys.len() as u128 * u128::from(width)) >> 32;
        let wanted = (expected as u64).div_ceil(PART as u64).clamp(1, 1024);
        // Parts of a power of two keys: a shift where there would be a division for each key.
        let shift = (width / wanted).max(1).ilog2();
        let parts = ((width - 1) >> shift) + 1;
        let part = |key: u32| ((u64::from(key) - range.start) >> shift) as usize;
        let ours = || {
            let entries = keys.iter().zip(0u32..);
            entries.filter(|&(&key, doc)| range.contains(&u64::from(key)) && included(doc))
        };

        self.ends.clear();
        self.ends.resize(parts as usize, 0);
        for (&key, _) in ours() {
            self.ends[part(key)] += 1;
        }
        let mut total = 0;
        for end in &mut self.ends {
            total += std::mem::replace(end, total);
        }
        self.scattered.clear();
        self.scattered.resize(total, 0);
        for (&key, doc) in ours() {
            let at = &mut self.ends[part(key)];
            self.scattered[*at] = u64::from(key) << 32 | u64::from(doc);
            *at += 1;
        }
    }
}

impl Default for Joiner {
    fn default() -> Self {
        Self::new()
    }
}

/// Finds the keys of a part that stand more than once.
#[derive(Clone, Debug)]
struct RepeatedKeys {
    /// 0, 1 or 2 (several) keys of this slot.
    slots: Vec<u8>,
    several: Vec<u64>,
}

impl RepeatedKeys {
    fn new() -> Self {
        Self { slots: vec![0; 1 << SLOT_BITS], several: Vec::new() }
    }

    fn collect(&mut self, part: &[u64], found: &mut Buckets) {
        for &entry in part {
            let slot = &mut self.slots[slot(entry)];
            *slot = (*slot + 1).min(2);
        }
        self.several.clear();
        self.several.extend(part.iter().filter(|&&entry| self.slots[slot(entry)] == 2));
        for &entry in part {
            self.slots[slot(entry)] = 0;
        }
        self.several.sort_unstable();
        for bucket in self.several.chunk_by(|x, y| x >> 32 == y >> 32).filter(|bucket| bucket.len() > 1) {
            found.push(bucket.iter().map(|&entry| entry as u32));
        }
    }
}

/// The low bits of the key: the leading ones are alike in a part.
fn slot(entry: u64) -> usize {
    (entry >> 32) as usize & ((1 << SLOT_BITS) - 1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn by_definition(keys: &[u32], included: impl Fn(u32) -> bool) -> Vec<Vec<u32>> {
        let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (&key, doc) in keys.iter().zip(0..).filter(|&(_, doc)| included(doc)) {
            groups.entry(key).or_default().push(doc);
        }
        groups.into_values().filter(|group| group.len() > 1).collect()
    }

    fn all(keys: &[u32], ranges: u64) -> Vec<Vec<u32>> {
        let (mut found, mut joiner) = (Buckets::default(), Joiner::new());
        for n in 0..ranges {
            let edge = |n: u64| (n << 32) / ranges;
            found.append(&joiner.buckets(keys, edge(n)..edge(n + 1), |_| true));
        }
        found.iter().map(<[u32]>::to_vec).collect()
    }

    proptest! {
        #[test]
        fn buckets_equal_a_map_from_key_to_documents(
            keys in prop::collection::vec(prop_oneof![0u32..20, any::<u32>(), Just(u32::MAX)], 0..300),
            ranges in 1u64..5,
        ) {
            prop_assert_eq!(all(&keys, ranges), by_definition(&keys, |_| true));
            let odd = Joiner::new().buckets(&keys, 0..1 << 32, |doc| doc % 2 == 1);
            let odd: Vec<Vec<u32>> = odd.iter().map(<[u32]>::to_vec).collect();
            prop_assert_eq!(odd, by_definition(&keys, |doc| doc % 2 == 1));
        }
    }

    #[test]
    fn many_parts_give_the_same_buckets() {
        let keys: Vec<u32> = (0..200_000u64).map(|n| (mix(n % 150_000) >> 32) as u32).collect();
        assert_eq!(all(&keys, 3), by_definition(&keys, |_| true));
        assert_eq!(all(&vec![7; 100_000], 2), [(0..100_000).collect::<Vec<u32>>()]);
    }

    #[test]
    fn a_key_depends_on_every_row_and_on_their_order() {
        let shape = Bands { bands: 2, rows: 3 };
        let keys = |signature: [u32; 6]| band_keys(&signature, shape).collect::<Vec<_>>();
        let base = keys([1, 2, 3, 1, 2, 3]);
        assert_eq!(base[0], base[1]);
        for other in
            [[0, 2, 3, 1, 2, 3], [1, 0, 3, 1, 2, 3], [1, 2, 0, 1, 2, 3], [2, 1, 3, 1, 2, 3], [1, 3, 2, 1, 2, 3]]
        {
            assert_ne!(keys(other)[0], base[0], "{other:?}");
            assert_eq!(keys(other)[1], base[1]);
        }
    }

    #[test]
    fn equal_bytes_are_counted_in_all_positions() {
        let zero = [0; SKETCH_BYTES];
        for at in 0..SKETCH_BYTES {
            let mut other = zero;
            other[at] = 1;
            assert_eq!(equal_bytes(&zero, &other), SKETCH_BYTES - 1);
        }
        assert_eq!(equal_bytes(&zero, &zero), SKETCH_BYTES);
        assert_eq!(equal_bytes(&zero, &[1; SKETCH_BYTES]), 0);
    }
}
