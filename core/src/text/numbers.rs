//! A table that numbers hashes, for vocabularies.

use std::hash::{BuildHasher, RandomState};

use crate::hash::mix;

/// Numbers 64-bit hashes from 0 on, in the order in which they come.
///
/// A vocabulary is larger than the caches, and nearly all time goes into waiting for memory. So words are looked up many at
/// a time: no look waits for the one before.
///
/// Each table places hashes under a key of its own, so nobody can choose words that fill one stretch of it.
#[derive(Clone, Debug)]
pub struct NumberTable {
    key: u64,
    /// A hash and its number, or [`FREE`] where there is none: the first free place from that of the hash on. As many
    /// as a power of two, or none.
    slots: Vec<(u64, u32)>,
    len: usize,
}

/// In place of a number.
const FREE: u32 = u32::MAX;

/// Hashes that are looked up together.
const TOGETHER: usize = 32;

/// The least number of slots, if there are any.
const LEAST_SLOTS: usize = 1 << 6;

impl Default for NumberTable {
    fn default() -> Self {
        Self { key: RandomState::new().hash_one(0), slots: Vec::new(), len: 0 }
    }
}

impl NumberTable {
    /// Returns how many hashes there are. They are numbered from 0 to this.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether there is no hash.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the number of a hash. If it is new, `on_new` is called first.
    pub fn number(&mut self, hash: u64, on_new: impl FnOnce()) -> u32 {
        if self.len * 2 >= self.slots.len() {
            self.grow();
        }
        let at = self.slot(hash);
        if self.slots[at].1 == FREE {
            on_new();
            self.slots[at] = (hash, self.len as u32);
            self.len += 1;
        }
        self.slots[at].1
    }

    /// Appends the numbers of some hashes. For each that is new, `on_new` is called with its place among them, in order.
    pub fn number_all(&mut self, hashes: &[u64], out: &mut Vec<u32>, mut on_new: impl FnMut(usize)) {
        for (hashes, chunk) in hashes.chunks(TOGETHER).zip(0..) {
            let found = self.first_slots(hashes);
            for (n, (&(in_slot, number), &hash)) in found.iter().zip(hashes).enumerate() {
                let is_there = in_slot == hash && number != FREE;
                let at = chunk * TOGETHER + n;
                out.push(if is_there { number } else { self.number(hash, || on_new(at)) });
            }
        }
    }

    /// Returns what stands at the first place of each of some hashes, [`TOGETHER`] at most.
    fn first_slots(&self, hashes: &[u64]) -> [(u64, u32); TOGETHER] {
        let mut found = [(0, FREE); TOGETHER];
        if !self.slots.is_empty() {
            for (found, &hash) in found.iter_mut().zip(hashes) {
                *found = self.slots[self.first(hash)];
            }
        }
        found
    }

    fn first(&self, hash: u64) -> usize {
        mix(self.key ^ hash) as usize & (self.slots.len() - 1)
    }

    /// Returns where a hash is, or the free place that it would have.
    fn slot(&self, hash: u64) -> usize {
        let mut at = self.first(hash);
        while self.slots[at].0 != hash && self.slots[at].1 != FREE {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    #[cold]
    fn grow(&mut self) {
        self.place_anew((self.slots.len() * 2).max(LEAST_SLOTS));
    }

    /// Makes so many slots of those that there are.
    fn place_anew(&mut self, slots: usize) {
        for (hash, number) in std::mem::replace(&mut self.slots, vec![(0, FREE); slots]) {
            if (number as usize) < self.len {
                let at = self.slot(hash);
                self.slots[at] = (hash, number);
            }
        }
    }

    /// Forgets all hashes but the first `len`.
    pub fn truncate(&mut self, len: usize) {
        if len < self.len {
            self.len = len;
            self.place_anew(self.slots.len());
        }
    }

    /// Forgets all hashes and keeps the memory.
    pub fn clear(&mut self) {
        self.slots.fill((0, FREE));
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn hashes_are_numbered_as_they_come(
            hashes in prop::collection::vec(prop_oneof![0u64..40, Just(u64::MAX), any::<u64>()], 0..300),
            cut in 0usize..300,
            is_cleared in any::<bool>(),
        ) {
            let (mut table, mut expected) = (NumberTable::default(), HashMap::new());
            // Twice: what was forgotten is new again.
            for _ in 0..2 {
                let (mut found, mut new) = (Vec::new(), Vec::new());
                let (first, rest) = hashes.split_at(cut.min(hashes.len()));
                table.number_all(first, &mut found, |at| new.push(first[at]));
                found.extend(rest.iter().map(|&hash| table.number(hash, || new.push(hash))));
                let mut in_order = Vec::new();
                for (&hash, number) in hashes.iter().zip(found) {
                    let next = expected.len() as u32;
                    prop_assert_eq!(number, *expected.entry(hash).or_insert_with(|| {
                        in_order.push(hash);
                        next
                    }));
                }
                prop_assert_eq!((new, table.len()), (in_order, expected.len()));
                let kept = if is_cleared { 0 } else { expected.len() / 2 };
                if is_cleared { table.clear() } else { table.truncate(kept) }
                expected.retain(|_, number| (*number as usize) < kept);
            }
        }
    }
}
