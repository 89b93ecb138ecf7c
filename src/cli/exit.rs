//! How a run ends.
//!
//! A shell gives 130 to a program that an interrupt ended: nothing here catches one, since output is never half written.

use std::io;
use std::process::ExitCode;

use doublon::Error;
use doublon::finding::{Findings, Repeated, Skipped, Summary};

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
    /// Judges the findings of a scan. `fail_over` is the largest share of text that may be repeated.
    ///
    /// A condition that holds comes before input that could not be read: more input would not undo it.
    pub fn of(findings: &Findings, fail_over: Option<f64>, fail_on_empty: bool) -> Self {
        let too_much = fail_over.is_some_and(|limit| share(findings) > limit);
        Self::judged(too_much || (fail_on_empty && is_empty(findings)), &findings.skipped)
    }

    /// Judges a run of which it is known whether a condition holds.
    pub fn judged(condition_holds: bool, skipped: &[Skipped]) -> Self {
        if condition_holds {
            Self::Condition
        } else if skipped.iter().any(|skipped| skipped.reason.is_fault()) {
            Self::Partial
        } else {
            Self::Done
        }
    }

    /// Returns the exit code.
    pub fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Condition => 1,
            Self::Partial => 3,
        })
    }
}

/// Returns the exit code of a run that failed.
pub fn code_of(error: &anyhow::Error) -> u8 {
    match error.downcast_ref() {
        Some(Error::Changed { .. }) => CHANGED,
        _ => FAILURE,
    }
}

/// Returns the share of the text that `--fail-over` judges: all that is repeated, or with a baseline only what is new.
pub fn share(findings: &Findings) -> f64 {
    let Summary { new, text_bytes, .. } = &findings.summary;
    new.map_or_else(|| Repeated::of(findings).share(), |new| new.bytes as f64 / (*text_bytes).max(1) as f64)
}

/// Says that more is repeated than `--fail-over` allows, with enough digits to see it.
pub fn more_than(limit: f64, share: f64, what: &str) -> String {
    let percent = |share: f64, steps: f64| (share * 100.0 * steps).round() / steps;
    let (share, limit) = (percent(share, 1e3), percent(limit, 1e6));
    format!("{share}% of the text is {what}, more than --fail-over {limit}%")
}

/// Returns whether no document was compared.
pub fn is_empty(findings: &Findings) -> bool {
    findings.summary.kept + findings.summary.removed == 0
}

/// Returns whether a run failed because the reader of its output has gone, as `head` does when it has enough.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io_error = |cause: &(dyn std::error::Error + 'static)| cause.downcast_ref::<io::Error>().map(io::Error::kind);
    error.chain().filter_map(io_error).any(|kind| kind == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use doublon::finding::{NewRepeats, Reason};

    use super::*;

    #[test]
    fn what_is_too_much_is_told_with_digits_that_show_it() {
        assert!(more_than(0.002, 0.00248, "repeated").starts_with("0.248% of"), "{}", more_than(0.002, 0.00248, "x"));
        assert!(more_than(0.05, 0.132, "repeated").ends_with("--fail-over 5%"), "{}", more_than(0.05, 0.132, "x"));
    }

    /// A fifth of the text is in removed documents.
    fn findings(reasons: &[Reason]) -> Findings {
        let skipped = |&reason| Skipped { source: "a".into(), record: None, offset: None, reason, detail: None };
        let summary = Summary { kept: 4, removed: 1, text_bytes: 100, removed_bytes: 20, ..Summary::default() };
        Findings { skipped: reasons.iter().map(skipped).collect(), summary, ..Findings::default() }
    }

    #[test]
    fn input_at_fault_is_told_and_a_normal_archive_is_not() {
        assert_eq!(Outcome::of(&findings(&[Reason::Empty, Reason::SameFile]), None, false), Outcome::Done);
        assert_eq!(Outcome::of(&findings(&[Reason::Empty, Reason::InvalidJson]), None, false), Outcome::Partial);
    }

    #[test]
    fn a_condition_holds_beyond_its_limit_only() {
        assert_eq!(Outcome::of(&findings(&[]), Some(0.2), false), Outcome::Done);
        assert_eq!(Outcome::of(&findings(&[Reason::InvalidJson]), Some(0.19), false), Outcome::Condition);
    }

    #[test]
    fn held_against_a_baseline_only_what_is_new_counts() {
        let mut findings = findings(&[]);
        findings.summary.new = Some(NewRepeats { documents: 1, passages: 0, bytes: 5 });
        assert_eq!(Outcome::of(&findings, Some(0.05), false), Outcome::Done);
        assert_eq!(Outcome::of(&findings, Some(0.04), false), Outcome::Condition);
    }

    #[test]
    fn an_empty_run_is_a_failure_only_on_request() {
        let mut findings = findings(&[Reason::Empty]);
        assert_eq!(Outcome::of(&findings, None, true), Outcome::Done);
        findings.summary = Summary::default();
        assert_eq!(Outcome::of(&findings, None, true), Outcome::Condition);
        assert_eq!(Outcome::of(&findings, None, false), Outcome::Done);
    }

    #[test]
    fn a_closed_pipe_is_known_through_its_context() {
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is_closed_pipe(&anyhow::Error::from(closed).context("standard output")));
        assert!(!is_closed_pipe(&anyhow::Error::from(io::Error::from(io::ErrorKind::StorageFull))));
    }
}
