//! Skipped input: samples of it, faults first, and how much there is.

use crate::finding::{Reason, Skipped};

/// What a report shows of the skipped input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkippedDigest {
    /// Runs of records, those with a fault first.
    pub runs: Vec<SkippedRun>,
    /// Records that belong to no run kept.
    pub beyond: usize,
    /// How many records there are.
    pub all: usize,
}

/// Skipped records next to each other, of one source and for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedRun {
    /// The first of them.
    pub first: Vec<Skipped>,
    /// How many there are.
    pub count: usize,
}

/// Collects skipped input, those with a fault apart.
#[derive(Debug)]
pub(super) struct SkippedRuns {
    faults: SkippedRunList,
    others: SkippedRunList,
    most: usize,
}

impl SkippedRuns {
    /// Keeps at most so many runs, and so many records of each.
    pub fn new(runs: usize, records: usize) -> Self {
        let new = || SkippedRunList { runs: Vec::new(), beyond: 0, last: None, most: [runs, records] };
        Self { faults: new(), others: new(), most: runs }
    }

    /// Takes up one, unless it is an other file: those are only counted.
    pub fn add(&mut self, skipped: Skipped) {
        if skipped.other_kind().is_some() {
            return;
        }
        let runs = if skipped.reason.is_fault() { &mut self.faults } else { &mut self.others };
        runs.add(skipped);
    }

    pub fn finish(self) -> SkippedDigest {
        let mut beyond = self.faults.beyond + self.others.beyond;
        let mut runs = self.faults.runs;
        runs.extend(self.others.runs);
        let count = |runs: &[SkippedRun]| -> usize { runs.iter().map(|run| run.count).sum() };
        let all = beyond + count(&runs);
        beyond += count(runs.get(self.most..).unwrap_or_default());
        runs.truncate(self.most);
        SkippedDigest { runs, beyond, all }
    }
}

#[derive(Debug)]
struct SkippedRunList {
    runs: Vec<SkippedRun>,
    beyond: usize,
    /// What the run that came last is of, kept or not.
    last: Option<(String, Reason)>,
    /// The most runs, and the most records of one.
    most: [usize; 2],
}

impl SkippedRunList {
    fn add(&mut self, skipped: Skipped) {
        let is_next = self.last.as_ref().is_some_and(|last| (&last.0, last.1) == (&skipped.source, skipped.reason));
        if !is_next {
            self.last = Some((skipped.source.clone(), skipped.reason));
            if self.runs.len() < self.most[0] && self.beyond == 0 {
                self.runs.push(SkippedRun { first: Vec::new(), count: 0 });
            } else {
                self.beyond += 1;
                return;
            }
        } else if self.beyond > 0 {
            self.beyond += 1;
            return;
        }
        if let Some(run) = self.runs.last_mut() {
            run.count += 1;
            if run.first.len() < self.most[1] {
                run.first.push(skipped);
            }
        }
    }
}
