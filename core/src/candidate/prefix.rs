//! Candidates in a crowd: documents that share so much, such as a template, that their bands meet for that alone.
//!
//! Bands and sketches see the template and little else, so comparing all that meet is quadratic. Here every document
//! of the crowd is looked up by its *rarest* shingles. Two sets whose Jaccard similarity is at least `t` share one of
//! the first `n - ceil(t * n) + 1` shingles of each, whatever the order, if it is the same for all; in the order from
//! rare to common these are the document's own and not those of the template. No pair is missed, so this is no source
//! of lost recall.
//!
//! If the first shingle that two sets of `n` and `m` shingles have in common is number `i` of the one and `j` of the
//! other (from 0), they share at most `n - i` and `m - j`, and need `t / (1 + t) * (n + m)`. So an entry knows the
//! largest set that it can serve, and lists are split by that: documents that consist mostly of the template have some
//! of it among their first shingles, but only for the sake of larger documents.
//!
//! Sources: Chaudhuri, Ganti and Kaushik, "A Primitive Operator for Similarity Joins in Data Cleaning", ICDE 2006
//! (prefixes); Bayardo, Ma and Srikant, "Scaling Up All Pairs Similarity Search", WWW 2007 (order by rarity); Xiao,
//! Wang, Lin and Yu, "Efficient Similarity Joins for Near Duplicate Detection", WWW 2008 (positions).

use crate::effort::count_comparison;
use crate::hash::mix;

/// How common shingles are, as counted in a sample. Shingles that share a counter count together, which costs time
/// and no candidate: any order will do that is the same for all documents.
#[derive(Clone, Debug)]
pub struct Rarity {
    counts: Vec<u8>,
}

/// Few enough that the counters stay in a second-level cache.
const COUNTERS: usize = 1 << 18;

impl Rarity {
    /// Makes one that has counted nothing.
    pub fn new() -> Self {
        Self { counts: vec![0; COUNTERS] }
    }

    /// Forgets all counts.
    pub fn clear(&mut self) {
        self.counts.fill(0);
    }

    /// Counts the shingles of one set of the sample.
    pub fn count(&mut self, set: &[u64]) {
        for &shingle in set {
            let count = &mut self.counts[counter(shingle)];
            *count = count.saturating_add(1);
        }
    }

    /// Returns the rarest of `shingles`, which may stand several times, rarest first: so many that every set of a
    /// Jaccard similarity of at least `threshold` has one of them among its own. With threshold 0 these are all.
    pub fn prefix(&self, mut shingles: Vec<u64>, threshold: f64) -> Prefix {
        for shingle in &mut shingles {
            *shingle = u64::from(self.counts[counter(*shingle)]) << RANK_SHIFT | *shingle >> 8;
        }
        shingles.sort_unstable();
        shingles.dedup();
        let set_len = shingles.len();
        shingles.truncate(prefix_len(set_len, threshold));
        Prefix { shingles, set_len }
    }
}

impl Default for Rarity {
    fn default() -> Self {
        Self::new()
    }
}

fn counter(shingle: u64) -> usize {
    (shingle >> 44) as usize % COUNTERS
}

/// How many shingles of a set are sure to hold one of any `share` of it.
fn prefix_len(set_len: usize, share: f64) -> usize {
    // The slack covers what the product loses; one shingle more is never wrong.
    let needed = (share * set_len as f64 - 1e-6).ceil().max(1.0) as usize;
    (set_len + 1).saturating_sub(needed)
}

/// A shingle with its count in the uppermost bits, above 56 bits of its hash: ordered from rare to common.
type Ranked = u64;

const RANK_SHIFT: u32 = 56;

/// Whether lists of the shingle may be long: it stands in more than 16 sets of a sample.
fn is_common(shingle: Ranked) -> bool {
    shingle >> RANK_SHIFT > 16
}

/// The rarest shingles of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    shingles: Vec<Ranked>,
    set_len: usize,
}

impl Prefix {
    /// Returns the memory of its shingles, to be used again.
    pub fn into_buffer(self) -> Vec<u64> {
        self.shingles
    }

    /// Those of its shingles that are sure to hold one of any `share` of the set.
    fn first(&self, share: f64) -> impl Iterator<Item = (usize, Ranked)> + '_ {
        self.shingles.iter().copied().take(prefix_len(self.set_len, share)).enumerate()
    }
}

/// Finds the sets that contain the greater part of a set. It holds all shingles of the sets put in, 12 bytes each, and
/// is asked for the rarest of the other.
#[derive(Clone, Debug)]
pub struct ContainmentIndex {
    containment: f64,
    lists: TagLists<u32>,
}

impl ContainmentIndex {
    /// Makes an empty index for sets of which at least the share `containment` lies in another.
    pub fn new(containment: f64) -> Self {
        Self { containment, lists: TagLists::new() }
    }

    /// Drops all sets and keeps their memory.
    pub fn clear(&mut self) {
        self.lists.clear();
    }

    /// Puts in a set, of which `all` must hold every shingle, under the number `member`.
    pub fn insert(&mut self, member: u32, all: &Prefix) {
        for &shingle in &all.shingles {
            self.lists.insert(tag(shingle, 0), member);
        }
    }

    /// Appends the numbers of all sets that may contain enough of this one, some of them several times.
    pub fn candidates(&self, prefix: &Prefix, found: &mut Vec<u32>) {
        for (_, shingle) in prefix.first(self.containment) {
            found.extend(self.lists.of(tag(shingle, 0)));
        }
    }
}

/// Finds sets by their rarest shingles.
#[derive(Clone, Debug)]
pub struct PrefixIndex {
    threshold: f64,
    lists: TagLists<PrefixEntry>,
    /// How many sets were put in.
    sets: usize,
}

#[derive(Clone, Copy, Debug)]
struct PrefixEntry {
    member: u32,
    /// The largest set for which the entry can be the first shingle in common.
    reach: u32,
    /// The set's own length.
    set_len: u32,
}

impl PrefixIndex {
    /// Makes an empty index for pairs of a Jaccard similarity of at least `threshold`.
    pub fn new(threshold: f64) -> Self {
        Self { threshold, lists: TagLists::new(), sets: 0 }
    }

    /// Drops all sets and keeps their memory.
    pub fn clear(&mut self) {
        self.lists.clear();
        self.sets = 0;
    }

    /// Puts a set in under the number `member`.
    pub fn insert(&mut self, member: u32, prefix: &Prefix) {
        self.sets += 1;
        for (place, shingle) in prefix.first(self.threshold) {
            let reach = self.reach(prefix.set_len, place);
            let entry = PrefixEntry { member, reach, set_len: prefix.set_len as u32 };
            self.lists.insert(tag(shingle, class_of(shingle, reach)), entry);
        }
    }

    /// Appends the numbers of all sets that may be similar enough, some of them several times.
    pub fn candidates(&self, prefix: &Prefix, found: &mut Vec<u32>) {
        let before = found.len();
        let len = prefix.set_len as u32;
        for (place, shingle) in prefix.first(self.threshold) {
            let reach = self.reach(prefix.set_len, place);
            // Each set that is similar enough has this many shingles at most, and no entry of it reaches beyond that / t.
            let largest = self.largest(len).min(reach);
            let classes = class_of(shingle, len)..=class_of(shingle, self.largest(largest).saturating_add(1));
            for class in classes {
                let entries = self.lists.of(tag(shingle, class)).inspect(|_| count_comparison());
                let fitting = entries.filter(|entry| entry.reach >= len && reach >= entry.set_len);
                found.extend(fitting.map(|entry| entry.member));
            }
            // Where texts are of few words, each has most shingles of all: they all are found soon, and then again and again.
            if found.len() - before > 2 * self.sets + FEW {
                drop_repeats(found, before);
                if found.len() - before == self.sets {
                    return;
                }
            }
        }
    }

    /// The largest set with which one of `len` shingles can be similar enough.
    fn largest(&self, len: u32) -> u32 {
        (f64::from(len) / self.threshold + 1.0) as u32 // one more, for what the quotient loses
    }

    /// The largest set with which one of `len` shingles can be similar enough if its shingle at `place` is the first
    /// in common: `t / (1 + t) * (len + other) <= len - place`.
    fn reach(&self, len: usize, place: usize) -> u32 {
        let other = (len - place) as f64 * (1.0 + self.threshold) / self.threshold - len as f64;
        (other.max(0.0) + 1.0) as u32 // one more, for what the product loses
    }
}

/// Candidates that may stand several times before repeats are dropped.
const FEW: usize = 64;

/// Sorts the numbers from a position on, and leaves each of them once.
fn drop_repeats(numbers: &mut Vec<u32>, from: usize) {
    numbers[from..].sort_unstable();
    let mut end = from;
    for n in from..numbers.len() {
        if end == from || numbers[n] != numbers[end - 1] {
            numbers[end] = numbers[n];
            end += 1;
        }
    }
    numbers.truncate(end);
}

/// Short lists under 32-bit tags, as chains through one array. Two keys of one tag share a list.
#[derive(Clone, Debug)]
struct TagLists<T> {
    /// For each slot, which is the low bits of a tag, the last link put there, or [`NONE`].
    heads: Vec<u32>,
    links: Vec<TagLink<T>>,
}

#[derive(Clone, Copy, Debug)]
struct TagLink<T> {
    tag: u32,
    next: u32,
    value: T,
}

const NONE: u32 = u32::MAX;

impl<T: Copy> TagLists<T> {
    fn new() -> Self {
        Self { heads: vec![NONE; 1 << 10], links: Vec::new() }
    }

    fn clear(&mut self) {
        if !self.links.is_empty() {
            self.links.clear();
            self.heads.fill(NONE);
        }
    }

    fn insert(&mut self, tag: u32, value: T) {
        if self.links.len() >= self.heads.len() {
            self.grow();
        }
        let slot = self.slot(tag);
        self.links.push(TagLink { tag, next: self.heads[slot], value });
        self.heads[slot] = self.links.len() as u32 - 1;
    }

    fn of(&self, tag: u32) -> impl Iterator<Item = T> + '_ {
        let mut at = self.heads[self.slot(tag)];
        let links = std::iter::from_fn(move || {
            let link = self.links.get(at as usize)?;
            at = link.next;
            Some(link)
        });
        links.filter(move |link| link.tag == tag).map(|link| link.value)
    }

    fn slot(&self, tag: u32) -> usize {
        tag as usize & (self.heads.len() - 1)
    }

    /// Makes twice as many slots as there are links, and chains the links anew.
    fn grow(&mut self) {
        self.heads = vec![NONE; self.heads.len() * 2];
        for at in 0..self.links.len() {
            let slot = self.slot(self.links[at].tag);
            self.links[at].next = std::mem::replace(&mut self.heads[slot], at as u32);
        }
    }
}

/// The part of a shingle's list in which an entry stands. Only long lists are split.
fn class_of(shingle: Ranked, size: u32) -> u32 {
    if is_common(shingle) { class(size) } else { 0 }
}

/// Sizes on a scale with 64 steps from each to its double; each size has its own where there are fewer. Sets of a crowd are
/// nearly of one size: with eight steps, what their template reaches and what they need often were on one.
fn class(size: u32) -> u32 {
    let octave = size.max(STEPS).ilog2() - STEPS.ilog2();
    octave * STEPS + (size >> octave)
}

const STEPS: u32 = 64;

fn tag(shingle: Ranked, class: u32) -> u32 {
    (mix(shingle ^ u64::from(class).wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_dropped_from_a_position_on() {
        let mut numbers = vec![5, 5, 3, 5, 3, 1];
        drop_repeats(&mut numbers, 2);
        assert_eq!(numbers, [5, 5, 1, 3, 5]);
        drop_repeats(&mut numbers, 5);
        assert_eq!(numbers, [5, 5, 1, 3, 5]);
    }

    #[test]
    fn texts_that_share_most_shingles_are_all_found() {
        let mut index = PrefixIndex::new(0.8);
        let rarity = Rarity::new();
        let set = |n: u64| (0..300).filter(|x| x % 7 != n % 7).map(crate::hash::mix).collect::<Vec<u64>>();
        for member in 0..500 {
            index.insert(member, &rarity.prefix(set(u64::from(member)), 0.8));
        }
        let mut found = vec![7];
        index.candidates(&rarity.prefix(set(3), 0.8), &mut found);
        assert_eq!(found.remove(0), 7, "what was found before stays");
        found.sort_unstable();
        found.dedup();
        assert!((0..500).filter(|member| member % 7 == 3).all(|member| found.binary_search(&member).is_ok()));
    }

    /// Sets of about `size` shingles, most of them those of a template, with some swapped at random.
    fn crowd(count: u64, size: u64, own: u64, seed: u64) -> Vec<Vec<u64>> {
        let set = |n: u64| {
            let n = if n % 10 == 1 { n - 1 } else { n }; // some are equal
            let random = |k: u64| mix(mix(seed ^ n.wrapping_mul(0x1234_5678_9abc_def1)) ^ (k + 1));
            let drawn = random(0) % (own + 1);
            let template = (0..size - drawn).map(|k| mix(k + 1));
            // Own shingles come from a small pool, so that some documents share them too.
            let own = (0..drawn).map(|k| mix(1_000_000 + (n % 7) * 1000 + random(k) % (2 * own + 1)));
            let mut set: Vec<u64> = template.chain(own).collect();
            set.sort_unstable();
            set.dedup();
            set
        };
        (0..count).map(set).collect()
    }

    fn jaccard(a: &[u64], b: &[u64]) -> f64 {
        let shared = a.iter().filter(|x| b.binary_search(x).is_ok()).count();
        shared as f64 / (a.len() + b.len() - shared) as f64
    }

    #[test]
    fn every_pair_at_the_threshold_is_a_candidate() {
        for (size, own) in [(1, 1), (2, 1), (5, 3), (40, 12), (40, 40), (200, 60)] {
            for threshold in [0.3, 0.5, 0.8, 0.9, 1.0] {
                let sets = crowd(120, size, own, size + own);
                let mut rarity = Rarity::new();
                sets.iter().step_by(3).for_each(|set| rarity.count(set));
                let mut index = PrefixIndex::new(threshold);
                let mut pairs = 0;
                for (n, set) in sets.iter().enumerate() {
                    let prefix = rarity.prefix(set.clone(), threshold);
                    let mut found = Vec::new();
                    index.candidates(&prefix, &mut found);
                    for (other, earlier) in sets[..n].iter().enumerate() {
                        if jaccard(earlier, set) >= threshold {
                            pairs += 1;
                            assert!(found.contains(&(other as u32)), "{other} and {n} of {size}, {own} at {threshold}");
                        }
                    }
                    index.insert(n as u32, &prefix);
                }
                assert!(pairs > 0, "{size}, {own} at {threshold} has no pair");
            }
        }
    }

    /// Documents that share a template and not enough of the rest are no candidates, up to just below the threshold.
    #[test]
    fn a_template_alone_makes_few_candidates() {
        for own in [25, 50, 100] {
            let set = |n: u64| {
                let mut set: Vec<u64> = (0..200 - own).chain((0..own).map(|k| 1000 + n * 1000 + k)).map(mix).collect();
                set.sort_unstable();
                set
            };
            let sets: Vec<Vec<u64>> = (0..400).map(set).collect();
            let mut rarity = Rarity::new();
            for set in &sets {
                rarity.count(set);
            }
            let mut index = PrefixIndex::new(0.8);
            let mut found = Vec::new();
            for (set, n) in sets.iter().zip(0..) {
                let prefix = rarity.prefix(set.clone(), 0.8);
                index.candidates(&prefix, &mut found);
                index.insert(n, &prefix);
            }
            assert!(found.len() < 400, "{own} own shingles of 200: {} candidates among 400", found.len());
        }
    }

    #[test]
    fn every_set_that_contains_enough_is_a_candidate() {
        for (size, own) in [(1, 1), (5, 3), (40, 20), (200, 60)] {
            let mut sets = crowd(60, size, own, size);
            // Parts of some sets, and sets that are much larger than what they contain.
            let parts: Vec<Vec<u64>> = sets.iter().map(|set| set[..set.len().div_ceil(3)].to_vec()).collect();
            sets.extend(parts);
            let rarity = Rarity::new();
            for containment in [0.5, 0.9, 1.0] {
                let mut index = ContainmentIndex::new(containment);
                for (set, n) in sets.iter().zip(0..) {
                    index.insert(n, &rarity.prefix(set.clone(), 0.0));
                }
                for (n, set) in sets.iter().enumerate() {
                    let mut found = Vec::new();
                    index.candidates(&rarity.prefix(set.clone(), 0.0), &mut found);
                    for (other, larger) in sets.iter().enumerate() {
                        let shared = set.iter().filter(|x| larger.binary_search(x).is_ok()).count();
                        if shared as f64 >= containment * set.len() as f64 {
                            assert!(found.contains(&(other as u32)), "{n} in {other} of {size}, {own}, {containment}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn classes_grow_with_the_size() {
        let classes: Vec<u32> = (0..5000).map(class).collect();
        assert!(classes.windows(2).all(|two| two[1] == two[0] || two[1] == two[0] + 1));
        assert!(classes[..128].is_sorted_by(|x, y| x < y) && classes[1000] < classes[1016]);
    }
}
