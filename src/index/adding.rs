//! Documents that are about to be added: decided on, and no part of the index until that is committed.

use rayon::ThreadPool;

use super::folder::IndexFolder;
use super::manifest::Manifest;
use super::open::OpenIndex;
use super::run::{Adding, Request, run};
use crate::error::{Error, Result};
use crate::finding::{Sink, Summary};
use crate::scan::threads;
use crate::store::{Budget, FileLock, Resources};

/// As long as it is there, no other run writes to the index.
pub struct WriteLock(pub(super) FileLock);

/// Documents that were decided on and are on disk. Dropped without a [`commit`](Self::commit), none of them is added.
pub struct PreparedAdd<'a> {
    index: &'a mut OpenIndex,
    next: Manifest,
    pool: ThreadPool,
    budget: Budget,
    is_committed: bool,
    _lock: FileLock,
}

impl<'a> PreparedAdd<'a> {
    /// Decides on the documents of a request, under the lock of the index, and writes those that stay to files that the index
    /// does not name yet.
    pub(super) fn new(
        index: &'a mut OpenIndex,
        lock: FileLock,
        request: &Request,
        resources: &Resources,
        sink: &mut (dyn Sink + Send),
    ) -> Result<(Self, Summary)> {
        let (mut next, pool) = (index.manifest.clone(), threads(resources)?);
        let mut prepared =
            Self { index, next: next.clone(), pool, budget: Budget::new(resources), is_committed: false, _lock: lock };
        let summary = prepared.pool.install(|| {
            let adding = Adding { folder: &prepared.index.folder, manifest: &mut next };
            run(prepared.index, request, Some(adding), sink)
        })?;
        next.met.adds += 1;
        next.met.documents += summary.kept + summary.removed - summary.compared_with();
        next.met.duplicates += summary.removed;
        prepared.next = next;
        Ok((prepared, summary))
    }

    /// Adds them: the index has all of them from now on.
    ///
    /// # Errors
    ///
    /// If the index cannot be written. It then has none of them, or all if what failed came later: the sync of the
    /// folder, or the merging of small segments.
    pub fn commit(mut self) -> Result<()> {
        self.index.publish(self.next.clone())?;
        self.is_committed = true;
        self.pool.install(|| self.index.merge_small(&self.budget))
    }
}

impl Drop for PreparedAdd<'_> {
    fn drop(&mut self) {
        if !self.is_committed {
            let _ = self.index.sweep(); // what is left is cleared by the next run that writes
        }
    }
}

/// Decides on the documents of a request as an add does. What stays is written to a folder of its own, which goes.
pub(super) fn decide_only(
    index: &OpenIndex,
    request: &Request,
    resources: &Resources,
    sink: &mut (dyn Sink + Send),
) -> Result<Summary> {
    let temporary = tempfile::Builder::new().prefix("doublon-").tempdir_in(&request.budget.folder);
    let temporary = temporary.map_err(|cause| Error::Io { path: request.budget.folder.clone(), cause })?;
    // Nobody asks what is written there for passages.
    let mut manifest = Manifest { passages: false, ..index.manifest.clone() };
    let folder = IndexFolder::at(temporary.path());
    threads(resources)?.install(|| {
        let adding = Adding { folder: &folder, manifest: &mut manifest };
        run(index, request, Some(adding), sink)
    })
}
