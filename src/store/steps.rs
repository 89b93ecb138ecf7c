//! How far the comparison of passages is, for whoever shows it.
//!
//! The rooms that do the work count here, and know nothing of who looks. It costs an atomic addition for some thousand
//! words, candidates or matches.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// A step of the comparison of passages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Places that share words are looked for, twice over the words: their minima, and links between them.
    Seeding,
    /// Places are aligned.
    Aligning,
    /// Documents with places are read again.
    Describing,
    /// Matches are handed out.
    Telling,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Seeding, Self::Aligning, Self::Describing, Self::Telling];

    /// Returns what it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seeding => "finding passages",
            Self::Aligning => "aligning passages",
            Self::Describing => "describing passages",
            Self::Telling => "telling passages",
        }
    }
}

/// Counts what was done of a step.
#[derive(Debug, Default)]
pub struct Steps {
    /// How many steps have begun, over all scans of a run.
    begun: AtomicUsize,
    /// The place of the last one among all, and one more; 0 if none has begun.
    at: AtomicUsize,
    done: AtomicU64,
    total: AtomicU64,
}

impl Steps {
    /// Begins a step of so many parts.
    pub(crate) fn begin(&self, step: Step, total: u64) {
        self.done.store(0, Relaxed);
        self.total.store(total, Relaxed);
        self.at.store(step as usize + 1, Relaxed);
        self.begun.fetch_add(1, Relaxed);
    }

    /// So many more parts are done.
    pub(crate) fn advance(&self, parts: u64) {
        self.done.fetch_add(parts, Relaxed);
    }

    /// Returns the step that goes on, which of all that began it is, and the share of it that is done.
    pub fn now(&self) -> Option<(Step, usize, f64)> {
        let step = *Step::ALL.get(self.at.load(Relaxed).checked_sub(1)?)?;
        let (done, total) = (self.done.load(Relaxed), self.total.load(Relaxed));
        Some((step, self.begun.load(Relaxed), (done as f64 / total.max(1) as f64).min(1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_count_from_nothing() {
        let steps = Steps::default();
        assert_eq!(steps.now(), None);
        steps.begin(Step::Aligning, 4);
        steps.advance(1);
        assert_eq!(steps.now(), Some((Step::Aligning, 1, 0.25)));
        steps.begin(Step::Telling, 0);
        assert_eq!(steps.now(), Some((Step::Telling, 2, 0.0)));
        steps.advance(9);
        assert_eq!(steps.now(), Some((Step::Telling, 2, 1.0)));
    }
}
