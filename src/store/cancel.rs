//! How somebody outside ends a run early.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

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
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Ends the run at the next piece of work.
    pub fn cancel(&self) {
        self.0.store(true, Relaxed);
    }

    /// Returns whether the run is to end.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Relaxed)
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
