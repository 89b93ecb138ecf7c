//! A lock on a place, held by a file beside it or in it for as long as a run works there.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{self, DiskFile};

/// A file that is locked. It is removed when the lock is given back, unless it is kept.
#[derive(Debug)]
pub(crate) struct FileLock {
    /// The file, which may hold something.
    pub file: DiskFile,
    path: PathBuf,
    is_kept: bool,
}

impl FileLock {
    /// Locks the file at `path`, which is made if it is not there. Returns none if another run holds it. A file that a
    /// killed run left is no lock.
    ///
    /// # Errors
    ///
    /// If the file cannot be made or locked.
    pub fn take(path: &Path) -> io::Result<Option<Self>> {
        loop {
            let file = DiskFile::open_or_create(path)?;
            match file.as_file().try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(cause)) => return Err(cause),
            }
            // Another run may have removed the file before it was locked.
            if is_at(file.as_file(), path) {
                return Ok(Some(Self { file, path: path.to_owned(), is_kept: false }));
            }
        }
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the file there with what it holds when the lock is given back.
    pub fn keep(&mut self) {
        self.is_kept = true;
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = disk::remove_file(&self.path); // one that stays says nothing of itself
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    file.metadata().map(id).ok() == fs::metadata(path).map(id).ok()
}

/// Elsewhere a file that is open cannot be removed.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_by_one_and_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lock");
        fs::write(&path, "left by a killed run").expect("is written");
        let lock = FileLock::take(&path).expect("is locked").expect("is free");
        assert!(FileLock::take(&path).expect("is looked at").is_none(), "it is held");
        assert_eq!(lock.path(), path);
        drop(lock);
        assert!(!path.exists());
        assert!(FileLock::take(&path).expect("is locked").is_some());
    }
}
