//! Plans of tests: which of the operations below a folder fails, and how.
//!
//! A plan holds for the paths below its folder, so that tests that run at the same time, each in a folder of its own, have
//! nothing to do with each other. Nothing of the program has to be told of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How operations fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiskFault {
    /// One fails with this error of the system, a write when half of it is written.
    Error(i32),
    /// One and all that follow fail with this error.
    Broken(i32),
    /// One fails with this error, and the run is killed so many operations later.
    ErrorAndKill(i32, usize),
    /// One write takes half of the bytes, as writes may.
    Short,
    /// One is not done, a write by half, and neither is any that follows: the run was killed there.
    Kill,
}

/// The errors of a full disk, and of a broken one.
pub(crate) const ENOSPC: i32 = 28;
pub(crate) const EIO: i32 = 5;

/// What becomes of the operations below a folder, until it is dropped.
#[derive(Debug)]
pub(crate) struct FaultPlan {
    folder: PathBuf,
    fault: DiskFault,
    /// How many operations are done before the fault.
    before: usize,
    count: AtomicUsize,
    met: Mutex<Option<String>>,
}

/// Holds a plan in force.
#[derive(Debug)]
pub(crate) struct Planned(Arc<FaultPlan>);

static PLANS: Mutex<Vec<Arc<FaultPlan>>> = Mutex::new(Vec::new());

fn plans() -> std::sync::MutexGuard<'static, Vec<Arc<FaultPlan>>> {
    PLANS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has the operation below `folder` meet a fault before which `before` ones are done.
pub(crate) fn plan(folder: &Path, fault: DiskFault, before: usize) -> Planned {
    let (count, met) = (AtomicUsize::new(0), Mutex::new(None));
    let plan = Arc::new(FaultPlan { folder: folder.to_owned(), fault, before, count, met });
    plans().push(Arc::clone(&plan));
    Planned(plan)
}

impl Planned {
    /// Returns the operation that met the fault, if the run came to it.
    pub fn met(&self) -> Option<String> {
        self.0.met.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns how many operations there were.
    pub fn count(&self) -> usize {
        self.0.count.load(Ordering::Relaxed)
    }
}

impl Drop for Planned {
    fn drop(&mut self) {
        plans().retain(|plan| !Arc::ptr_eq(plan, &self.0));
    }
}

pub(super) fn plan_over(path: &Path) -> Option<Arc<FaultPlan>> {
    plans().iter().find(|plan| path.starts_with(&plan.folder)).cloned()
}

impl FaultPlan {
    pub(super) fn step(&self, what: &str, path: &Path) -> io::Result<()> {
        match self.take(what, path) {
            Some(DiskFault::Short) | None => Ok(()),
            Some(fault) => Err(fault.error()),
        }
    }

    pub(super) fn write(&self, length: usize, path: &Path) -> (usize, io::Result<()>) {
        let is_first = self.count() == self.before;
        match self.take("write", path) {
            None => (length, Ok(())),
            Some(DiskFault::Short) => (length.div_ceil(2), Ok(())),
            Some(fault) => (if is_first { length / 2 } else { 0 }, Err(fault.error())),
        }
    }

    fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Counts an operation, and returns the fault that it meets.
    fn take(&self, what: &str, path: &Path) -> Option<DiskFault> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        if number == self.before {
            let told = format!("{what} {}", path.display());
            *self.met.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
        }
        let after = number.checked_sub(self.before)?;
        match self.fault {
            fault if after == 0 => Some(fault),
            DiskFault::Error(_) | DiskFault::Short => None,
            DiskFault::Broken(_) | DiskFault::Kill => Some(self.fault),
            DiskFault::ErrorAndKill(_, later) => (after >= later).then_some(DiskFault::Kill),
        }
    }
}

impl DiskFault {
    fn error(self) -> io::Error {
        match self {
            Self::Error(code) | Self::Broken(code) | Self::ErrorAndKill(code, _) => io::Error::from_raw_os_error(code),
            Self::Short | Self::Kill => io::Error::other("killed by a test"),
        }
    }
}

/// Removes a folder as the system does: what is in it one by one, and then the folder.
pub(super) fn remove_step_by_step(path: &Path) -> io::Result<()> {
    let mut paths = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for inner in paths {
        if fs::symlink_metadata(&inner)?.is_dir() {
            remove_step_by_step(&inner)?;
        } else {
            super::remove_file(&inner)?;
        }
    }
    super::DiskWatch::over(path).step("remove folder")?;
    fs::remove_dir(path)
}
