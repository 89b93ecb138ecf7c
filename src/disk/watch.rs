//! What a test has planned for the operations at a path; outside of tests that is nothing.

use std::io;
use std::path::Path;

/// The plan for what lies at a path, if there is one.
#[derive(Debug)]
pub(super) struct DiskWatch {
    #[cfg(test)]
    planned: Option<Box<(std::path::PathBuf, std::sync::Arc<super::faults::FaultPlan>)>>,
}

#[cfg(test)]
impl DiskWatch {
    pub fn over(path: &Path) -> Self {
        Self { planned: super::faults::plan_over(path).map(|plan| Box::new((path.to_owned(), plan))) }
    }

    /// Whether there is a plan. Then nothing is synced, which takes long and which no test can see.
    pub fn is_planned(&self) -> bool {
        self.planned.is_some()
    }

    /// Takes an operation that is about to be done, and returns the error that it is to end in.
    pub fn step(&self, what: &'static str) -> io::Result<()> {
        self.planned.as_ref().map_or(Ok(()), |planned| planned.1.step(what, &planned.0))
    }

    /// Takes the writing of `length` bytes. Returns how many of them are written, and the error behind them.
    pub fn write(&self, length: usize) -> (usize, io::Result<()>) {
        self.planned.as_ref().map_or((length, Ok(())), |planned| planned.1.write(length, &planned.0))
    }
}

#[cfg(not(test))]
#[allow(clippy::unused_self, clippy::unnecessary_wraps)] // as in tests
impl DiskWatch {
    pub fn over(_: &Path) -> Self {
        Self {}
    }

    pub fn is_planned(&self) -> bool {
        false
    }

    pub fn step(&self, _: &'static str) -> io::Result<()> {
        Ok(())
    }

    pub fn write(&self, length: usize) -> (usize, io::Result<()>) {
        (length, Ok(()))
    }
}
