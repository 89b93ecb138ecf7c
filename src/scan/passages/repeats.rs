//! Aligns the candidates of all pairs of documents, with all threads.

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::scan::pool::Pool;
use crate::store::{Budget, PairWords, Partition, Sorted, Sorter, Step, Words};
use doublon_core::Config;
use doublon_core::candidate::postings::Candidate;
use doublon_core::kernel::{PackedRuns, PassageRepeat, PassageRepeats, RepeatAligner};
use doublon_core::text::Shingler;

/// Fewer candidates are sorted by one thread, which takes a half of the work; the others have shares of their own.
const SORTED_ALONE: usize = 1 << 16;

/// Measures both sides of a repeat, whose runs are among `runs`.
pub(super) fn measure(
    repeat: &mut PassageRepeat,
    runs: &PackedRuns,
    words: &Words,
    shingler: Shingler,
    pair: &mut PairWords,
) -> Result<()> {
    let (a, b) = (repeat.a.clone(), repeat.b.clone());
    if words.vocabulary().is_some() {
        let ([of_a, of_b], vocabulary) = pair.parts(words, [&a, &b])?;
        repeat.measure([of_a, of_b], runs, vocabulary, shingler);
    } else {
        let ([of_a, of_b], vocabulary) = pair.of(words, [a.doc, b.doc])?;
        repeat.measure([&of_a[a.words()], &of_b[b.words()]], runs, vocabulary, shingler);
    }
    Ok(())
}

/// Aligns the candidates, which are in shares by first document.
///
/// The steps of `budget` count the shares.
pub(super) fn align(
    words: &Words,
    candidates: Vec<Partition<Candidate>>,
    config: &Config,
    budget: &Budget,
) -> Result<PassageRepeats> {
    budget.steps.begin(Step::Aligning, candidates.len() as u64);
    let worker = || Worker {
        aligner: words.vocabulary().map(|vocabulary| RepeatAligner::new(vocabulary, config)),
        words: PairWords::default(),
    };
    let aligner = ShareAligner { words, config, budget, workers: Pool::new(worker) };
    let aligned = candidates.into_par_iter().map(|share| aligner.align(share).inspect(|_| budget.steps.advance(1)));
    Ok(PassageRepeats::joined(aligned.collect::<Result<_>>()?))
}

/// What one thread aligns with.
struct Worker<'a> {
    /// None if what is known of words is on disk: each pair of documents has a vocabulary of its own then.
    aligner: Option<RepeatAligner<'a>>,
    words: PairWords,
}

struct ShareAligner<'a, F> {
    words: &'a Words,
    config: &'a Config,
    budget: &'a Budget,
    workers: Pool<F, Worker<'a>>,
}

impl<'a, F: Fn() -> Worker<'a> + Sync> ShareAligner<'a, F> {
    fn align(&self, share: Partition<Candidate>) -> Result<PassageRepeats> {
        if share.len() * size_of::<Candidate>() > self.budget.share() {
            return self.align_sorted(share);
        }
        let mut candidates = share.load()?;
        if candidates.len() < SORTED_ALONE {
            candidates.sort_unstable_by_key(Candidate::by_pair);
        } else {
            candidates.par_sort_unstable_by_key(Candidate::by_pair);
        }
        candidates.dedup();
        self.align_pairs(&candidates)
    }

    /// Aligns candidates in order.
    fn align_pairs(&self, candidates: &[Candidate]) -> Result<PassageRepeats> {
        let pairs = candidates.par_chunk_by(Candidate::is_same_pair);
        let found = pairs.try_fold(PassageRepeats::default, |mut found, pair| {
            self.align_pair(pair.iter().copied(), pair[0], &mut found).map(|()| found)
        });
        let mut all = PassageRepeats::joined(found.collect::<Result<_>>()?);
        all.sort();
        Ok(all)
    }

    /// Aligns candidates that are too many to be held. Those of one pair may be too many as well.
    fn align_sorted(&self, share: Partition<Candidate>) -> Result<PassageRepeats> {
        let Budget { folder, .. } = self.budget;
        let mut sorter = Sorter::new(Candidate::by_pair, self.budget.share(), folder);
        share.for_each(|candidate| sorter.push(candidate))?;
        let (mut found, mut failed) = (PassageRepeats::default(), None);
        let most = self.budget.share() / size_of::<Candidate>();
        let mut candidates = Distinct { sorted: sorter.sorted()?, last: None, failed: &mut failed }.peekable();
        let mut held: Vec<Candidate> = Vec::new();
        while let Some(next) = candidates.next() {
            held.push(next);
            if held.len() < most && candidates.peek().is_some() {
                continue;
            }
            // The last pair may go on.
            let of_last = held.len() - held.iter().rev().take_while(|held| held.is_same_pair(&next)).count();
            found.append(self.align_pairs(&held[..of_last])?);
            let rest = std::iter::from_fn(|| candidates.next_if(|candidate| candidate.is_same_pair(&next)));
            self.align_pair(held[of_last..].iter().copied().chain(rest), next, &mut found)?;
            held.clear();
        }
        drop(candidates);
        found.sort();
        failed.map_or(Ok(found), Err)
    }

    /// Aligns the candidates of a pair of documents, of which `one` is one.
    fn align_pair(
        &self,
        candidates: impl Iterator<Item = Candidate>,
        one: Candidate,
        found: &mut PassageRepeats,
    ) -> Result<()> {
        self.budget.cancel.check()?;
        let docs = [one.a.doc, one.b.doc];
        self.workers.with(|Worker { aligner, words }| {
            let (words, vocabulary) = words.of(self.words, docs)?;
            match aligner {
                Some(aligner) => aligner.align_candidates(docs, words, candidates, found),
                None => RepeatAligner::new(vocabulary, self.config).align_candidates(docs, words, candidates, found),
            }
            Ok(())
        })
    }
}

/// Candidates in order, each once.
struct Distinct<'f, K> {
    sorted: Sorted<Candidate, K>,
    last: Option<Candidate>,
    /// Why no more come.
    failed: &'f mut Option<Error>,
}

impl<K: Ord> Iterator for Distinct<'_, K> {
    type Item = Candidate;

    fn next(&mut self) -> Option<Candidate> {
        loop {
            match self.sorted.next()? {
                Err(failed) => {
                    *self.failed = Some(failed);
                    return None;
                }
                Ok(next) if self.last.replace(next) == Some(next) => {}
                Ok(next) => return Some(next),
            }
        }
    }
}
