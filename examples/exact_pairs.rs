//! Lists every pair of similar documents of a corpus, by an exact join: nothing is sampled, hashed or missed.
//!
//! ```text
//! cargo run --release --example exact_pairs -- WORDS MIN_JACCARD > pairs.tsv
//! ```
//!
//! WORDS has one document a line: its id, a tab, and its words with a space between them. A document is the set of its
//! runs of five words; fewer words are one run. The output has a line for each pair, in the order of the documents:
//! both ids, how many runs they share, and how many each has.
//!
//! Runs are ordered from the rarest to the commonest, and those of one document only are left out. A pair of similarity
//! `t` shares at least `t * n` runs, `n` being the size of the smaller set. So of the smaller set's `m` runs that any
//! other document has, the first `m - ceil(t * n) + 1` hold a shared one, and the documents that have one of those are
//! all candidates (prefix filtering: Chaudhuri, Ganti and Kaushik, "A Primitive Operator for Similarity Joins in Data
//! Cleaning", ICDE 2006). Each is then counted.

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::{array, env, fs, mem};

const K: usize = 5;
/// Stands where a document of fewer than `K` words has no word.
const NO_WORD: u32 = u32::MAX;
/// Slack for thresholds such as 0.8, which binary fractions cannot hold.
const EPSILON: f64 = 1e-9;

type Run = [u32; K];

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let (Some(path), Some(threshold), None) = (args.next(), args.next(), args.next()) else {
        return Err("usage: exact_pairs WORDS MIN_JACCARD".into());
    };
    let threshold: f64 = threshold.parse()?;
    if !(threshold > 0.0 && threshold <= 1.0) {
        return Err("MIN_JACCARD must be above 0 and at most 1".into());
    }
    let text = fs::read_to_string(path)?;
    let documents = text.lines().map(|line| line.split_once('\t').ok_or("a line has no tab"));
    let documents: Vec<(&str, &str)> = documents.collect::<Result<_, _>>()?;
    let sets = Sets::new(documents.iter().map(|&(_, words)| words));

    let mut pairs = sets.similar(threshold);
    pairs.sort_unstable();
    let mut out = BufWriter::new(io::stdout().lock());
    for (a, b, shared) in pairs {
        let (id_a, id_b) = (documents[a].0, documents[b].0);
        writeln!(out, "{id_a}\t{id_b}\t{shared}\t{}\t{}", sets.sizes[a], sets.sizes[b])?;
    }
    Ok(out.flush()?)
}

struct Sets {
    /// Of each set, how many runs it has.
    sizes: Vec<usize>,
    /// Of each set, the runs that others have too, as ranks: ascending, the rarest first.
    ranks: Vec<Vec<u32>>,
    /// Of each rank, the sets that have it.
    owners: Vec<Vec<u32>>,
}

impl Sets {
    fn new<'a>(documents: impl Iterator<Item = &'a str>) -> Self {
        let (mut ids, mut runs, mut sizes) = (HashMap::new(), Vec::new(), Vec::new());
        for (document, words) in documents.enumerate() {
            let mut set = runs_of(words, &mut ids);
            set.sort_unstable();
            set.dedup();
            sizes.push(set.len());
            runs.extend(set.into_iter().map(|run| (run, document as u32)));
        }
        let owners = owners(runs);
        let mut ranks = vec![Vec::new(); sizes.len()];
        for (rank, owners) in owners.iter().enumerate() {
            for &owner in owners {
                ranks[owner as usize].push(rank as u32);
            }
        }
        Self { sizes, ranks, owners }
    }

    /// Returns the pairs of at least this similarity, the earlier document first, with how many runs they share.
    fn similar(&self, threshold: f64) -> Vec<(usize, usize, usize)> {
        let mut seen_by = vec![usize::MAX; self.ranks.len()];
        let mut pairs = Vec::new();
        for (small, ranks) in self.ranks.iter().enumerate() {
            let need = (threshold * self.sizes[small] as f64 - EPSILON).ceil() as usize;
            let prefix = (ranks.len() + 1).saturating_sub(need.max(1));
            for &large in ranks[..prefix].iter().flat_map(|&rank| &self.owners[rank as usize]) {
                let large = large as usize;
                if (self.sizes[small], small) >= (self.sizes[large], large)
                    || mem::replace(&mut seen_by[large], small) == small
                {
                    continue;
                }
                let shared = shared(ranks, &self.ranks[large]);
                let either = self.sizes[small] + self.sizes[large] - shared;
                if shared as f64 >= threshold * either as f64 - EPSILON {
                    pairs.push((small.min(large), small.max(large), shared));
                }
            }
        }
        pairs
    }
}

/// Returns the runs of a document as numbers of words, which `ids` gives in the order in which words first occur.
fn runs_of<'a>(words: &'a str, ids: &mut HashMap<&'a str, u32>) -> Vec<Run> {
    let mut numbers = Vec::new();
    for word in words.split_whitespace() {
        let next = ids.len() as u32;
        numbers.push(*ids.entry(word).or_insert(next));
    }
    if !numbers.is_empty() {
        numbers.resize(numbers.len().max(K), NO_WORD);
    }
    numbers.windows(K).map(|run| array::from_fn(|at| run[at])).collect()
}

/// Returns the owners of each run that has more than one, those of the rarest run first.
fn owners(mut runs: Vec<(Run, u32)>) -> Vec<Vec<u32>> {
    runs.sort_unstable();
    let mut owners: Vec<Vec<u32>> = runs
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|group| group.len() > 1)
        .map(|group| group.iter().map(|&(_, owner)| owner).collect())
        .collect();
    owners.sort_by_key(Vec::len);
    owners
}

/// Returns how many elements two ascending slices share.
fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut at, mut other, mut count) = (0, 0, 0);
    while at < a.len() && other < b.len() {
        let order = a[at].cmp(&b[other]);
        count += usize::from(order.is_eq());
        at += usize::from(order.is_le());
        other += usize::from(order.is_ge());
    }
    count
}
