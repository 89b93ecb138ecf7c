//! What all reports of findings have in common: findings go in one by one, and at the end the report is there.

use std::io;

use crate::error::{Error, Result};
use crate::finding::{Findings, Sink};

/// A report that findings are sent to, in the order of the stream.
///
/// It is made with the output that it writes to. Some reports write each finding when it comes, others hold what they
/// show until the end, so nothing is complete before [`finish`](Report::finish).
pub trait Report: Sink {
    /// Writes what is not written yet.
    ///
    /// # Errors
    ///
    /// When the output cannot be written to, or a temporary file cannot be read.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// Sends clones of findings that are held anyway to a report, and finishes it.
pub(super) fn write_all(findings: &Findings, mut report: Box<dyn Report + '_>) -> io::Result<()> {
    let sent = findings.send_clones(&mut *report);
    sent.and_then(|()| report.finish()).map_err(|error| match error {
        Error::Output { cause } => cause,
        other => io::Error::other(other),
    })
}

/// Names a failure of the output.
pub(super) fn output<T>(written: io::Result<T>) -> Result<T> {
    written.map_err(|cause| Error::Output { cause })
}
