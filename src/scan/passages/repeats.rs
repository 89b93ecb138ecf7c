//! Aligns the candidates of all pairs of documents, with all threads.

use rayon::prelude::*;

use crate::error::Result;
use crate::scan::pool::Pool;
use crate::store::{Budget, Cancel, PairWords, Partition, Step, Words};
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
    let aligner = ShareAligner { words, config, workers: Pool::new(worker), cancel: &budget.cancel };
    let aligned = candidates.into_par_iter().map(|share| aligner.align(share).inspect(|_| budget.steps.advance(1)));
    Ok(joined(aligned.collect::<Result<_>>()?))
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
    workers: Pool<F, Worker<'a>>,
    cancel: &'a Cancel,
}

impl<'a, F: Fn() -> Worker<'a> + Sync> ShareAligner<'a, F> {
    fn align(&self, share: Partition<Candidate>) -> Result<PassageRepeats> {
        let mut candidates = share.load()?;
        if candidates.len() < SORTED_ALONE {
            candidates.sort_unstable_by_key(Candidate::by_pair);
        } else {
            candidates.par_sort_unstable_by_key(Candidate::by_pair);
        }
        candidates.dedup();
        let pairs = candidates.par_chunk_by(Candidate::is_same_pair);
        let found = pairs.try_fold(PassageRepeats::default, |mut found, pair| {
            self.workers.with(|worker| self.align_pair(worker, pair, &mut found)).map(|()| found)
        });
        let mut all = joined(found.collect::<Result<_>>()?);
        all.sort();
        Ok(all)
    }

    fn align_pair(&self, worker: &mut Worker<'_>, pair: &[Candidate], found: &mut PassageRepeats) -> Result<()> {
        self.cancel.check()?;
        let Worker { aligner, words } = worker;
        let (words, vocabulary) = words.of(self.words, [pair[0].a.doc, pair[0].b.doc])?;
        match aligner {
            Some(aligner) => aligner.align_pair(words, pair, found),
            None => RepeatAligner::new(vocabulary, self.config).align_pair(words, pair, found),
        }
        Ok(())
    }
}

fn joined(parts: Vec<PassageRepeats>) -> PassageRepeats {
    let mut all = PassageRepeats::default();
    for part in parts {
        all.append(part);
    }
    all
}
