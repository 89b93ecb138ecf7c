//! How far a run is.

use std::sync::Arc;

use super::forecast::Forecast;
use crate::store::Steps;

/// Is told how far a run is.
pub trait Progress: Sync {
    /// A phase begins; `total` is the number of bytes that it will advance by, if that is known.
    fn phase(&self, name: &str, total: Option<u64>);
    /// The phase has come so many bytes further.
    fn advance(&self, bytes: u64);
    /// All phases are over, or what comes next is told in another way.
    fn finish(&self) {}
    /// So many more documents were read.
    fn documents(&self, _count: u64) {}
    /// The comparison of passages, when it comes, counts its steps there. It is told once a scan.
    fn watch(&self, _steps: &Arc<Steps>) {}
    /// The run will need about this. It is told once before anything is read, unless the size of an input is not known.
    fn forecast(&self, _forecast: &Forecast) {}
}

/// Ignores all progress.
impl Progress for () {
    fn phase(&self, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
}
