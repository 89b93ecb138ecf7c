//! Aligns the candidates of all pairs of documents, with all threads.

use rayon::prelude::*;

use crate::error::Result;
use crate::scan::pool::Pool;
use crate::store::{Budget, Cancel, HeldWords, Partition, Step, Words};
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
    [of_a, of_b]: &mut [HeldWords; 2],
) -> Result<()> {
    let (a, b) = (repeat.a.clone(), repeat.b.clone());
    let sides = [words.part(a.doc, a.words(), of_a)?, words.part(b.doc, b.words(), of_b)?];
    repeat.measure(sides, runs, &words.vocabulary, shingler);
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
        aligner: RepeatAligner::new(&words.vocabulary, config),
        a: HeldWords::default(),
        b: HeldWords::default(),
    };
    let aligner = ShareAligner { words, workers: Pool::new(worker), cancel: &budget.cancel };
    let aligned = candidates.into_par_iter().map(|share| aligner.align(share).inspect(|_| budget.steps.advance(1)));
    Ok(joined(aligned.collect::<Result<_>>()?))
}

/// What one thread aligns with.
struct Worker<'a> {
    aligner: RepeatAligner<'a>,
    a: HeldWords,
    b: HeldWords,
}

struct ShareAligner<'a, F> {
    words: &'a Words,
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
        let (a, b) = (pair[0].a.doc, pair[0].b.doc);
        let words_a = self.words.tokens(a, &mut worker.a)?;
        let words_b = if a == b { words_a } else { self.words.tokens(b, &mut worker.b)? };
        worker.aligner.align_pair([words_a, words_b], pair, found);
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
