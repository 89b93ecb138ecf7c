//! Counts comparisons of documents, so that tests can tell a linear cost from a quadratic one without a clock.
//!
//! Only builds with debug assertions count, and all threads of the process together. In others a call is no code.

use std::sync::atomic::{AtomicU64, Ordering};

static COMPARISONS: AtomicU64 = AtomicU64::new(0);

/// Returns how many pairs of sketches or of shingle sets this process has compared, and how many entries of lists it has
/// looked at to find them; zero in builds that do not count.
pub fn comparisons() -> u64 {
    COMPARISONS.load(Ordering::Relaxed)
}

/// Counts one comparison.
#[inline]
pub(crate) fn count_comparison() {
    if cfg!(debug_assertions) {
        COMPARISONS.fetch_add(1, Ordering::Relaxed);
    }
}
