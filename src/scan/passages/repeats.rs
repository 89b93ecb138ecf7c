//! From candidates to the passages that repeat.

use rayon::prelude::*;

use crate::error::Result;
use crate::scan::pool::Pool;
use crate::store::{HeldWords, Partition, Words};
use doublon_core::Config;
use doublon_core::candidate::postings::Candidate;
use doublon_core::cluster::families::Occurrence;
use doublon_core::text::{Shingler, TokenId};
use doublon_core::verify::align::{Alignment, Column, EQUAL, Run};
use doublon_core::verify::pair::{Acceptance, PairAligner};

/// A passage that is listed reaches this score, or that of the least number of equal words: of 20 words, 17 are equal.
pub const LEAST_SCORE: i64 = 28;
/// The same for a passage in a script without spaces, where a word is a character and says less.
pub const LEAST_SCORE_OF_CHARACTERS: i64 = 32;

/// A passage at two places, the earlier one first. Millions of them may be held.
pub(super) struct Repeat {
    pub a: Occurrence,
    pub b: Occurrence,
    runs: Runs,
    shingles: Shingles,
}

/// How many shingles the two sides of a repeat have, and share; none where they have not been counted.
#[derive(Clone, Copy, Default)]
pub(super) struct Shingles {
    pub a: u32,
    pub b: u32,
    pub shared: u32,
}

/// The passages found.
#[derive(Default)]
pub(super) struct Repeats {
    /// Those to list, in order.
    pub listed: Vec<Repeat>,
    /// The places of those that are too short.
    pub short: Vec<(Occurrence, Occurrence)>,
}

impl Repeat {
    fn new(a: u32, b: u32, found: &Alignment) -> Self {
        let (a, b) = (Occurrence::new(a, found.a.clone()), Occurrence::new(b, found.b.clone()));
        Self { a, b, runs: Runs::pack(&found.runs), shingles: Shingles::default() }
    }

    /// Counts the shingles of both sides.
    pub fn count_shingles(&mut self, words: &Words, shingler: Shingler, held: &mut HeldWords) -> Result<()> {
        let mut set = |place: &Occurrence| -> Result<Vec<u64>> {
            let tokens = words.part(place.doc, place.words(), held)?;
            let hashes: Vec<u64> = tokens.iter().map(|&token| words.vocabulary.hash(token)).collect();
            Ok(shingler.set(&hashes))
        };
        let (a, b) = (set(&self.a)?, set(&self.b)?);
        self.shingles = Shingles { a: a.len() as u32, b: b.len() as u32, shared: count_shared(&a, &b) };
        Ok(())
    }

    /// Returns the shingles of both sides, if they have been counted.
    pub fn shingles(&self) -> Option<Shingles> {
        Some(self.shingles).filter(|shingles| shingles.a > 0)
    }

    /// Returns which word stands for which.
    pub fn runs(&self) -> Vec<Run> {
        self.runs.unpack(self.a.words().len())
    }

    /// Returns the share of the columns that hold two equal words.
    pub fn identity(&self) -> f64 {
        Alignment { runs: self.runs(), ..Alignment::default() }.identity()
    }
}

/// Runs in four bytes each: the column in the lowest bits, the length above. None are held if all columns are equal,
/// as they are in most repeats.
struct Runs(Box<[u32]>);

const COLUMNS: [Column; 5] = [Column::Equal, Column::Similar, Column::Different, Column::OnlyA, Column::OnlyB];
const LENGTH_SHIFT: u32 = 3;
const LONGEST: usize = (u32::MAX >> LENGTH_SHIFT) as usize;

impl Runs {
    fn pack(runs: &[Run]) -> Self {
        if let [Run { column: Column::Equal, .. }] = runs {
            return Self(Box::default());
        }
        let pieces = runs.iter().flat_map(|run| {
            let of_column = COLUMNS.iter().position(|&column| column == run.column).unwrap_or(0);
            let whole = std::iter::repeat_n(LONGEST, run.len / LONGEST);
            let pieces = whole.chain(Some(run.len % LONGEST)).filter(|&len| len > 0);
            pieces.map(move |len| (len << LENGTH_SHIFT | of_column) as u32)
        });
        Self(pieces.collect())
    }

    /// Returns the runs of an alignment of which the first side has so many words.
    fn unpack(&self, words: usize) -> Vec<Run> {
        if self.0.is_empty() {
            return vec![Run { column: Column::Equal, len: words }];
        }
        let column = |packed: u32| COLUMNS[(packed & ((1 << LENGTH_SHIFT) - 1)) as usize];
        self.0.iter().map(|&packed| Run { column: column(packed), len: (packed >> LENGTH_SHIFT) as usize }).collect()
    }
}

/// Aligns the candidates, which are in shares by first document.
pub(super) fn align(words: &Words, candidates: Vec<Partition<Candidate>>, config: &Config) -> Result<Repeats> {
    let least = config.min_words;
    let acceptance = acceptance(config);
    let worker = || Worker {
        aligner: PairAligner::new(&words.vocabulary, config.windows.k, acceptance),
        a: HeldWords::default(),
        b: HeldWords::default(),
    };
    let aligner = ShareAligner { words, least, workers: Pool::new(worker) };
    let found: Vec<Repeats> =
        candidates.into_par_iter().map(|share| aligner.align(share)).collect::<Result<Vec<_>>>()?;
    let mut all = Repeats::default();
    for found in found {
        all.listed.extend(found.listed);
        all.short.extend(found.short);
    }
    Ok(all)
}

/// What one thread aligns with.
struct Worker<'a> {
    aligner: PairAligner<'a>,
    a: HeldWords,
    b: HeldWords,
}

struct ShareAligner<'a, F> {
    words: &'a Words,
    least: usize,
    workers: Pool<F, Worker<'a>>,
}

impl<'a, F: Fn() -> Worker<'a> + Sync> ShareAligner<'a, F> {
    fn align(&self, share: Partition<Candidate>) -> Result<Repeats> {
        let mut candidates = share.load()?;
        candidates.par_sort_unstable_by_key(|candidate| {
            let Candidate { a, b } = candidate;
            (a.doc, b.doc, a.at, b.at)
        });
        candidates.dedup();
        let pairs = candidates.par_chunk_by(|x, y| (x.a.doc, x.b.doc) == (y.a.doc, y.b.doc));
        let found: Vec<Repeats> =
            pairs.map(|pair| self.workers.with(|worker| self.align_pair(worker, pair))).collect::<Result<Vec<_>>>()?;
        let mut all = Repeats::default();
        for found in found {
            all.listed.extend(found.listed);
            all.short.extend(found.short);
        }
        all.listed.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
        Ok(all)
    }

    fn align_pair(&self, worker: &mut Worker<'_>, pair: &[Candidate]) -> Result<Repeats> {
        let (a, b) = (pair[0].a.doc, pair[0].b.doc);
        let places = pair.iter().map(|candidate| (candidate.a.at as usize, candidate.b.at as usize));
        let tokens_a = self.words.tokens(a, &mut worker.a)?;
        let found = if a == b {
            worker.aligner.within(tokens_a, places)
        } else {
            worker.aligner.across(tokens_a, self.words.tokens(b, &mut worker.b)?, places)
        };
        let mut repeats = Repeats::default();
        for found in found {
            let repeat = Repeat::new(a, b, &found);
            if found.words() < self.least {
                repeats.short.push((repeat.a, repeat.b));
            } else if found.score >= self.least_score(&tokens_a[found.a.clone()]) {
                repeats.listed.push(repeat);
            }
        }
        Ok(repeats)
    }

    fn least_score(&self, words: &[TokenId]) -> i64 {
        let characters = words.iter().filter(|&&word| self.words.vocabulary.is_character(word)).count();
        least_score(words.len(), characters, self.least)
    }
}

/// Returns what an alignment must reach to be a passage, listed or not.
pub(crate) fn acceptance(config: &Config) -> Acceptance {
    let least = config.min_words;
    Acceptance { score: score_of_equal(least.min(config.windows.words)), identity: config.min_identity, unit: least }
}

/// Returns the score that a passage of so many words must reach to be listed, of which so many are characters of a
/// script without spaces.
pub(crate) fn least_score(words: usize, characters: usize, least: usize) -> i64 {
    let more = (LEAST_SCORE_OF_CHARACTERS - LEAST_SCORE) * score_of_equal(characters) / score_of_equal(words);
    (LEAST_SCORE + more).min(score_of_equal(least))
}

fn score_of_equal(words: usize) -> i64 {
    i64::from(EQUAL) * i64::try_from(words).unwrap_or(i64::MAX / 4)
}

/// Counts what two sorted sets share.
fn count_shared(a: &[u64], b: &[u64]) -> u32 {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut shared = 0;
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                shared += 1;
                a.next();
                b.next();
            }
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_come_back_as_they_were() {
        let run = |column, len| Run { column, len };
        let equal = [run(Column::Equal, 70)];
        assert!(Runs::pack(&equal).0.is_empty());
        assert_eq!(Runs::pack(&equal).unpack(70), equal);
        let all: Vec<Run> = COLUMNS.iter().zip(1..).map(|(&column, len)| run(column, len)).collect();
        assert_eq!(Runs::pack(&all).unpack(9), all);
    }
}
