//! How a run ends.
//!
//! A run that a signal ended has the exit code that a shell gives it: 130 for an interrupt, 143 for SIGTERM, 129 for SIGHUP.

use std::io;

use doublon::Error;

use super::facts::{RunFacts, SkipFacts};
use super::interrupt;

/// All was done.
pub const SUCCESS: u8 = 0;

/// Wrong usage, or the run failed.
pub const FAILURE: u8 = 2;

/// Inputs changed since they were scanned.
const CHANGED: u8 = 4;

/// How a complete run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of the input was read.
    Done,
    /// A condition that the user named holds: `--fail-over` or `--fail-on-empty`.
    Condition,
    /// Some input could not be read.
    Partial,
}

impl Outcome {
    /// Judges a scan. `fail_over` is the largest share of text that may be repeated.
    ///
    /// A condition that holds comes before input that could not be read: more input would not undo it.
    pub fn of(facts: &RunFacts, fail_over: Option<f64>, fail_on_empty: bool) -> Self {
        let too_much = fail_over.is_some_and(|limit| facts.share() > limit);
        Self::judged(too_much || (fail_on_empty && facts.is_empty()), &facts.skipped)
    }

    /// Judges a run of which it is known whether a condition holds.
    pub fn judged(condition_holds: bool, skipped: &SkipFacts) -> Self {
        if condition_holds {
            Self::Condition
        } else if skipped.has_fault {
            Self::Partial
        } else {
            Self::Done
        }
    }

    /// Returns the exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => SUCCESS,
            Self::Condition => 1,
            Self::Partial => 3,
        }
    }
}

/// Returns the exit code of a run that failed.
pub fn code_of(error: &anyhow::Error) -> u8 {
    match error.downcast_ref() {
        Some(Error::Cancelled) => interrupt::code().unwrap_or(FAILURE),
        Some(Error::Changed { .. }) => CHANGED,
        _ => FAILURE,
    }
}

/// Says that more is repeated than `--fail-over` allows, with enough digits to see it.
pub fn more_than(limit: f64, share: f64, what: &str) -> String {
    let percent = |share: f64, steps: f64| (share * 100.0 * steps).round() / steps;
    let (share, limit) = (percent(share, 1e3), percent(limit, 1e6));
    format!("{share}% of the text is {what}, more than --fail-over {limit}%")
}

/// Returns whether a run failed because the reader of its output has gone, as `head` does when it has enough.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io_error = |cause: &(dyn std::error::Error + 'static)| cause.downcast_ref::<io::Error>().map(io::Error::kind);
    error.chain().filter_map(io_error).any(|kind| kind == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use doublon::finding::{NewRepeats, Reason, Repeated, Skipped, Summary};

    use super::*;

    #[test]
    fn what_is_too_much_is_told_with_digits_that_show_it() {
        assert!(more_than(0.002, 0.00248, "repeated").starts_with("0.248% of"), "{}", more_than(0.002, 0.00248, "x"));
        assert!(more_than(0.05, 0.132, "repeated").ends_with("--fail-over 5%"), "{}", more_than(0.05, 0.132, "x"));
    }

    /// A fifth of the text is in removed documents.
    fn facts(reasons: &[Reason]) -> RunFacts {
        let skipped =
            |&reason| Skipped { source: "a".into(), record: None, offset: None, reason, detail: None, against: false };
        let skipped: Vec<Skipped> = reasons.iter().map(skipped).collect();
        let summary = Summary { kept: 4, removed: 1, text_bytes: 100, removed_bytes: 20, ..Summary::default() };
        let repeated = Repeated { text: 100, documents: 20, passages: 0 };
        RunFacts { skipped: skipped.iter().collect(), summary, repeated, ..RunFacts::default() }
    }

    #[test]
    fn input_at_fault_is_told_and_a_normal_archive_is_not() {
        assert_eq!(
            Outcome::of(&facts(&[Reason::Empty, Reason::SameFile, Reason::OtherFile]), None, false),
            Outcome::Done
        );
        assert_eq!(Outcome::of(&facts(&[Reason::Empty, Reason::InvalidJson]), None, false), Outcome::Partial);
    }

    #[test]
    fn a_condition_holds_beyond_its_limit_only() {
        assert_eq!(Outcome::of(&facts(&[]), Some(0.2), false), Outcome::Done);
        assert_eq!(Outcome::of(&facts(&[Reason::InvalidJson]), Some(0.19), false), Outcome::Condition);
    }

    #[test]
    fn held_against_a_baseline_only_what_is_new_counts() {
        let mut facts = facts(&[]);
        facts.summary.new = Some(NewRepeats { documents: 1, passages: 0, bytes: 5 });
        assert_eq!(Outcome::of(&facts, Some(0.05), false), Outcome::Done);
        assert_eq!(Outcome::of(&facts, Some(0.04), false), Outcome::Condition);
    }

    #[test]
    fn an_empty_run_is_a_failure_only_on_request() {
        let mut facts = facts(&[Reason::Empty]);
        assert_eq!(Outcome::of(&facts, None, true), Outcome::Done);
        facts.summary = Summary::default();
        assert_eq!(Outcome::of(&facts, None, true), Outcome::Condition);
        assert_eq!(Outcome::of(&facts, None, false), Outcome::Done);
    }

    #[test]
    fn a_closed_pipe_is_known_through_its_context() {
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is_closed_pipe(&anyhow::Error::from(closed).context("standard output")));
        assert!(!is_closed_pipe(&anyhow::Error::from(io::Error::from(io::ErrorKind::StorageFull))));
    }
}
