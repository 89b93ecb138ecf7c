//! Work on all threads for the rooms above, which know none.

use rayon::prelude::*;

use crate::store::Budget;

/// Numbers that one thread takes at a time, so that documents next to each other in a file are read at once.
const STRETCH: usize = 64;

/// Returns what `f` makes of each item, in order.
pub(crate) fn map_all<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().map(f).collect()
}

/// Takes the numbers below `count` by `step`, each thread in states of its own from `start`, and merges what `finish`
/// makes of them. The result must not depend on which numbers a state has seen.
pub(crate) fn fold_numbers<S: Send, T: Send>(
    count: u32,
    start: impl Fn() -> S + Sync + Send,
    step: impl Fn(&mut S, u32) + Sync + Send,
    finish: impl Fn(S) -> T + Sync + Send,
    merge: impl Fn(T, T) -> T + Sync + Send,
) -> Option<T> {
    let folded = (0..count).into_par_iter().with_min_len(STRETCH).fold(start, |mut state, number| {
        step(&mut state, number);
        state
    });
    folded.map(finish).reduce_with(merge)
}

/// Returns the bytes that are read ahead while the others work.
pub(crate) fn read_ahead(budget: &Budget) -> usize {
    budget.read_ahead(rayon::current_num_threads())
}
