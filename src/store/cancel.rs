//! How somebody outside ends a run early.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::AcqRel, Ordering::Acquire};

use crate::error::{Error, Result};

/// Ends a run that goes on in another thread. Clones end the same run.
///
/// A run looks at it between pieces of work, each of which takes some milliseconds where the input is not a single large
/// record; it then ends with [`Error::Cancelled`], and its temporary files are gone.
///
/// # Examples
///
/// ```
/// use doublon::scan::{Cancel, Resources, scan};
/// use doublon::{Config, Error, InputOptions};
///
/// let cancel = Cancel::default();
/// let resources = Resources { cancel: cancel.clone(), ..Resources::default() };
/// cancel.cancel(); // mostly from another thread
/// let found = scan(&["data/seed".into()], &Config::default(), &InputOptions::default(), &resources, &());
/// assert!(matches!(found, Err(Error::Cancelled)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicU8>);

const RUNNING: u8 = 0;
const CANCELLED: u8 = 1;
const COMMITTED: u8 = 2;

impl Cancel {
    /// Ends the run at the next piece of work. Returns whether it ends: not if it is so far that its result counts.
    pub fn cancel(&self) -> bool {
        self.leave(CANCELLED)
    }

    /// Says that from now on the result counts, and the run is not ended any more.
    ///
    /// # Errors
    ///
    /// [`Error::Cancelled`] if it was ended before.
    pub fn commit(&self) -> Result<()> {
        if self.leave(COMMITTED) { Ok(()) } else { Err(Error::Cancelled) }
    }

    /// Returns whether the run is to end.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Acquire) == CANCELLED
    }

    fn leave(&self, state: u8) -> bool {
        match self.0.compare_exchange(RUNNING, state, AcqRel, Acquire) {
            Ok(_) => true,
            Err(now) => now == state,
        }
    }

    /// Goes on unless the run is to end.
    ///
    /// # Errors
    ///
    /// [`Error::Cancelled`] if it is.
    pub fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_ended_or_counts_and_never_both() {
        let (ended, counts) = (Cancel::default(), Cancel::default());
        assert!(ended.cancel() && ended.cancel() && ended.check().is_err());
        assert!(matches!(ended.commit(), Err(Error::Cancelled)));
        assert!(counts.check().is_ok() && counts.commit().is_ok() && counts.commit().is_ok());
        assert!(!counts.cancel() && !counts.is_cancelled());
    }
}
