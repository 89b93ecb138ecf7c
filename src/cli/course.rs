//! How far a run is as a whole, and how long it will go on.
//!
//! A run is a row of phases with weights, about the shares of the time that such runs took. What the phases
//! before took corrects them, and what is done of a phase corrects its own: at its start its time is the expected one, at
//! its end the one that it takes. A phase that was not expected is put in where it comes, and one that does not come is
//! passed over.

use std::time::Duration;

/// The phases of a scan and their weights. Reading took 0.15 to 0.5 of the time of scans of four collections, 5 to 50 MB:
/// mixed text, licences, laws in Chinese and pages; passages took the rest but for a twentieth (`scan -v`, 2 cores,
/// 2026-11-30). How that divides among their steps is an estimate.
pub const SCAN: [(&str, f64); 6] = [
    ("reading", 0.32),
    ("comparing documents", 0.03),
    ("finding passages", 0.25),
    ("aligning passages", 0.25),
    ("describing passages", 0.1),
    ("telling passages", 0.05),
];
/// Planning takes a third of a scan, and so does a copy, at most. Each round of a plan for passages is a scan of half the
/// time; most plans need two to eight, and nobody knows how many before. So one more is expected as long as rounds come.
const PLANNING: (&str, f64) = ("planning", 0.3);
const WRITING: (&str, f64) = ("writing", 0.2);
const ROUNDS: usize = 2;

/// A phase that holds others is told by these.
pub const HOLDS_OTHERS: &str = "comparing passages";

/// The phases of a run, and which of them goes on.
#[derive(Debug, Default)]
pub struct Course {
    phases: Vec<CoursePhase>,
    /// What comes again an unknown number of times, before the last phase.
    round: Vec<CoursePhase>,
    /// The phase that goes on, if one has begun.
    at: Option<usize>,
    /// When the phase began, from the start of the run.
    began: Duration,
}

#[derive(Clone, Debug)]
struct CoursePhase {
    name: String,
    weight: f64,
}

impl Course {
    /// The course of a scan; without `passages`, of documents alone.
    pub fn of_scan(passages: bool) -> Self {
        let phases = SCAN.iter().take(if passages { SCAN.len() } else { 2 });
        Self::of(phases.copied())
    }

    /// The course of a clean copy. `cuts` says whether passages are cut, for which what is left is scanned again.
    pub fn of_clean(passages: bool, cuts: bool, is_scanned: bool) -> Self {
        let scan = || SCAN.into_iter().take(if passages { SCAN.len() } else { 2 }).filter(move |_| is_scanned);
        let round = || SCAN.map(|(name, weight)| (name, weight / 2.0)).into_iter().chain([PLANNING]);
        let rounds = (0..if cuts { ROUNDS } else { 0 }).flat_map(|_| round());
        let course = Self::of(scan().chain([PLANNING]).chain(rounds).chain([WRITING]));
        if cuts { Self { round: Self::of(round()).phases, ..course } } else { course }
    }

    /// The course of statistics; `alone` says that documents are not compared.
    pub fn of_stats(alone: bool) -> Self {
        let scan = SCAN.into_iter().take(if alone { 0 } else { SCAN.len() });
        Self::of([("measuring", SCAN[0].1)].into_iter().chain(scan))
    }

    /// The course of a search for evaluation items; `copies` says that a copy is written.
    pub fn of_decontamination(copies: bool) -> Self {
        let search = [("reading evaluation sets", SCAN[0].1 / 10.0), ("searching", SCAN[0].1)];
        let copy = [PLANNING, WRITING].into_iter().filter(|_| copies);
        Self::of(search.into_iter().chain(copy.map(|(name, weight)| (name, weight / 2.0))))
    }

    /// The course of a proof: the inputs, the copies beside them, and a scan of the copies.
    pub fn of_proof() -> Self {
        Self::of(SCAN.into_iter().take(2).map(|(name, _)| (name, SCAN[0].1)).chain(SCAN))
    }

    fn of(phases: impl Iterator<Item = (&'static str, f64)>) -> Self {
        let phases = phases.map(|(name, weight)| CoursePhase { name: name.to_owned(), weight }).collect();
        Self { phases, ..Self::default() }
    }

    /// Returns the name of the phase that goes on.
    pub fn name(&self) -> &str {
        self.at.map_or("", |at| &self.phases[at].name)
    }

    /// Begins a phase, so long after the start of the run.
    pub fn begin(&mut self, name: &str, now: Duration) {
        let next = self.at.map_or(0, |at| at + 1);
        let found = self.phases[next.min(self.phases.len())..].iter().position(|phase| phase.name == name);
        if found.is_none() {
            let same = self.phases[..next].iter().rev().find(|phase| phase.name == name);
            let weight = same.map_or(WRITING.1, |phase| phase.weight);
            self.phases.insert(next, CoursePhase { name: name.to_owned(), weight });
        }
        let at = next + found.unwrap_or_default();
        // What was passed over took no time, and says nothing of what is to come.
        self.phases.drain(next..at);
        self.at = Some(next);
        self.began = now;
        self.expect_round();
    }

    /// Expects one more round if this is the start of the last one.
    fn expect_round(&mut self) {
        let at = self.at.unwrap_or_default();
        let starts = |phase: &CoursePhase| self.round.first().is_some_and(|first| first.name == phase.name);
        let is_last = starts(&self.phases[at]) && !self.phases[at + 1..].iter().any(starts);
        if is_last && let Some(end) = self.phases.len().checked_sub(1).filter(|&end| end > at) {
            self.phases.splice(end..end, self.round.iter().cloned());
        }
    }

    /// Returns the time that is left, so long after the start of the run, if anything can be said of it. `done` is the
    /// share of the phase that is done, if that is known.
    pub fn left(&self, done: Option<f64>, now: Duration) -> Option<Duration> {
        let at = self.at?;
        let weight = |phases: &[CoursePhase]| phases.iter().map(|phase| phase.weight).sum::<f64>();
        let (before, this, after) = (weight(&self.phases[..at]), self.phases[at].weight, &self.phases[at + 1..]);
        let (elapsed, so_far) = (self.began.as_secs_f64(), now.saturating_sub(self.began).as_secs_f64());
        let expected = (before > 0.0).then(|| this * elapsed / before);
        let whole = match (done.filter(|&done| done > 0.0), expected) {
            (Some(done), Some(expected)) => so_far + (1.0 - done) * (expected * (1.0 - done) + so_far),
            (Some(done), None) => so_far / done,
            // Nobody knows how far it is: it takes what is expected, or goes on for as long as it has.
            (None, Some(expected)) => expected.max(so_far * 1.25),
            (None, None) => return None,
        };
        let later = weight(after) * (elapsed + whole) / (before + this);
        let left = (whole - so_far).max(0.0) + later;
        left.is_finite().then(|| Duration::from_secs_f64(left.min(1e9)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(n: f64) -> Duration {
        Duration::from_secs_f64(n)
    }

    /// The seconds left, to a tenth.
    fn left(course: &Course, done: Option<f64>, now: f64) -> Option<f64> {
        course.left(done, seconds(now)).map(|left| (left.as_secs_f64() * 10.0).round() / 10.0)
    }

    fn course() -> Course {
        Course::of([("reading", 1.0), ("comparing", 2.0), ("writing", 1.0)].into_iter())
    }

    #[test]
    fn a_run_that_takes_what_is_expected_is_told_so_from_the_start() {
        let mut course = course();
        assert_eq!(left(&course, None, 0.0), None);
        course.begin("reading", seconds(0.0));
        assert_eq!(left(&course, None, 3.0), None, "nothing is known yet");
        assert_eq!(left(&course, Some(0.5), 5.0), Some(35.0));
        course.begin("comparing", seconds(10.0));
        assert_eq!(left(&course, None, 10.0), Some(30.0));
        assert_eq!(left(&course, Some(0.5), 20.0), Some(20.0));
        course.begin("writing", seconds(30.0));
        assert_eq!(left(&course, Some(0.9), 39.0), Some(1.0));
        assert_eq!(left(&course, Some(1.0), 40.0), Some(0.0));
    }

    #[test]
    fn a_phase_that_takes_longer_is_noticed_as_it_goes_on() {
        let mut course = course();
        course.begin("reading", seconds(0.0));
        course.begin("comparing", seconds(10.0));
        // Half of it took 60 seconds instead of 10.
        let halfway = left(&course, Some(0.5), 70.0).expect("something is known");
        assert!((50.0..=110.0).contains(&halfway), "{halfway}");
        let nearly = left(&course, Some(0.99), 128.0).expect("something is known");
        assert!((40.0..=50.0).contains(&nearly), "writing takes a third of what was: {nearly}");
        // Without a measure, time goes on.
        assert!(left(&course, None, 60.0) > left(&course, None, 30.0));
    }

    #[test]
    fn phases_that_are_passed_over_or_come_again_do_not_confuse_it() {
        let mut course = Course::of_clean(true, true, true);
        for (n, name) in
            ["reading", "comparing documents", "finding passages", "planning", "writing"].iter().enumerate()
        {
            course.begin(name, seconds(n as f64));
            assert_eq!(course.name(), *name);
        }
        assert_eq!(left(&course, Some(1.0), 5.0), Some(0.0), "no round came");
        course.begin("reading", seconds(6.0));
        assert_eq!((course.name(), left(&course, Some(1.0), 7.0)), ("reading", Some(0.0)));
        let mut rounds = Course::of_clean(true, true, true);
        for n in 0..9 {
            rounds.begin("reading", seconds(f64::from(2 * n)));
            let told = left(&rounds, Some(1.0), f64::from(2 * n + 1)).expect("something is known");
            assert!(told > 0.5, "one more round may come: {told}");
            rounds.begin("planning", seconds(f64::from(2 * n + 1)));
        }
        let mut short = Course::of_scan(false);
        short.begin("reading", seconds(0.0));
        assert!(left(&short, Some(0.5), 5.0) < Some(6.0), "comparing documents is short");
    }
}
