//! What a run has finished, kept in a folder until all of it is done, so that one that was stopped can go on.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{MutexGuard, PoisonError};

use super::lock::FileLock;
use super::part::{PartReader, PartWriter};
use crate::disk;
use crate::error::{Error, Result};

/// The part that says what a state belongs to.
const SETTINGS: &str = "settings";

/// The lock of the run that uses a state.
const LOCK: &str = "lock";

/// A folder that holds what a run has finished: the table of what was read, the findings of each scan, and which files were
/// written. Each is a part of its own, whole or not there.
#[derive(Debug)]
pub struct RunState {
    folder: PathBuf,
    scans: AtomicUsize,
    resumed: Mutex<Resumed>,
    lock: Mutex<Option<FileLock>>,
}

/// What a run took up that another had finished.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resumed {
    /// Whether something else was read, or by other settings, so that nothing could be taken up.
    pub is_other: bool,
    /// Whether what was read was not read again.
    pub read: bool,
    /// Scans of which the findings were taken up.
    pub scans: usize,
    /// Files that were not written again.
    pub files: u64,
}

impl RunState {
    /// Opens the state in `folder`, which is made if it is not there, for a run whose input and settings `settings` names.
    /// What is there of others is dropped.
    ///
    /// # Errors
    ///
    /// If another run uses it, the folder holds something else or can be written to by others, or the system does not let
    /// it be made.
    pub fn open(folder: &Path, settings: &str) -> Result<Self> {
        let failed = |cause| Error::Io { path: folder.to_owned(), cause };
        let is_new = fs::symlink_metadata(folder).is_err();
        if is_new {
            disk::create_folder(folder, 0o700).map_err(failed)?;
        } else {
            check_own(folder)?;
        }
        let lock = FileLock::take(&folder.join(LOCK)).map_err(failed)?;
        let refused = || Error::Refused { path: folder.into(), detail: "another run goes on with it".to_owned() };
        let lock = Mutex::new(Some(lock.ok_or_else(refused)?));
        let state = Self { folder: folder.to_owned(), scans: AtomicUsize::new(0), resumed: Mutex::default(), lock };
        state.take_settings(settings, is_new)?;
        Ok(state)
    }

    /// Returns what was taken up so far.
    pub fn resumed(&self) -> Resumed {
        self.lock_resumed().clone()
    }

    /// Returns whether there is something to go on with.
    pub fn is_begun(&self) -> bool {
        // One that is not whole has another name.
        let is_whole = |part: &PathBuf| !part.ends_with(SETTINGS) && part.extension().is_none();
        self.parts().is_ok_and(|parts| parts.iter().any(is_whole))
    }

    /// Removes the folder: all is done.
    ///
    /// # Errors
    ///
    /// If the system does not let it.
    pub fn remove(&self) -> Result<()> {
        let removed = disk::remove_folder(&self.folder);
        // What was locked is gone.
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        removed.map_err(|cause| Error::Io { path: self.folder.clone(), cause })
    }

    /// Returns the number of the next scan of the run, counted from 0.
    pub(crate) fn next_scan(&self) -> usize {
        self.scans.fetch_add(1, Ordering::Relaxed)
    }

    /// Opens a part, if it is there, whose columns may hold `room` bytes in memory; others go to files in `folder`.
    pub(crate) fn reader(&self, part: &str, room: usize, folder: &Path) -> Result<Option<PartReader>> {
        PartReader::open(&self.folder.join(part), room, folder)
    }

    /// Begins a part.
    pub(crate) fn writer(&self, part: &str) -> Result<PartWriter> {
        PartWriter::new(&self.folder.join(part))
    }

    /// Returns the path of a part that is not written by [`writer`](Self::writer).
    pub(crate) fn path(&self, part: &str) -> PathBuf {
        self.folder.join(part)
    }

    /// Returns the files whose names are `before` and a number.
    pub(crate) fn numbered(&self, before: &str) -> Result<Vec<(usize, PathBuf)>> {
        let number = |path: PathBuf| Some((path.file_name()?.to_str()?.strip_prefix(before)?.parse().ok()?, path));
        Ok(self.parts()?.into_iter().filter_map(number).collect())
    }

    /// Removes a part, if it is there.
    pub(crate) fn drop_part(&self, part: &str) -> Result<()> {
        remove(&self.folder.join(part))
    }

    /// Drops all that another run finished: something else was read.
    pub(crate) fn drop_all(&self) -> Result<()> {
        self.lock_resumed().is_other |= self.is_begun();
        self.parts()?.iter().filter(|part| !part.ends_with(SETTINGS)).try_for_each(|part| remove(part))
    }

    /// Notes what is taken up.
    pub(crate) fn note(&self, note: impl FnOnce(&mut Resumed)) {
        note(&mut self.lock_resumed());
    }

    /// Drops what is there of a run with other settings.
    fn take_settings(&self, settings: &str, is_new: bool) -> Result<()> {
        let part = PartReader::open(&self.folder.join(SETTINGS), usize::MAX, &self.folder)?;
        let saved = part.map(|mut part| part.json::<String>()).transpose()?;
        if saved.as_deref() == Some(settings) {
            return Ok(());
        }
        if !is_new {
            self.drop_all()?;
        }
        let mut part = self.writer(SETTINGS)?;
        part.json(&settings)?;
        part.finish()
    }

    /// Returns the files of the folder but for the lock.
    fn parts(&self) -> Result<Vec<PathBuf>> {
        let failed = |cause| Error::Io { path: self.folder.clone(), cause };
        let entries = fs::read_dir(&self.folder).map_err(failed)?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<_>>>();
        Ok(paths.map_err(failed)?.into_iter().filter(|path| !path.ends_with(LOCK)).collect())
    }

    fn lock_resumed(&self) -> MutexGuard<'_, Resumed> {
        self.resumed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that is refused before it has begun leaves nothing.
impl Drop for RunState {
    fn drop(&mut self) {
        if !self.is_begun() {
            let _ = disk::remove_folder(&self.folder); // an empty one does no harm
        }
    }
}

/// Checks that a folder is one that only this user writes to: what it holds is believed.
fn check_own(folder: &Path) -> Result<()> {
    let refused = |detail: &str| Err(Error::Refused { path: folder.into(), detail: detail.to_owned() });
    let Ok(metadata) = fs::symlink_metadata(folder) else { return refused("cannot be read") };
    if !metadata.is_dir() {
        return refused("is in the way; remove it");
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o022 != 0 {
        return refused("others can write to it; remove it, and the run begins anew");
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    match disk::remove_file(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(Error::Io { path: path.to_owned(), cause }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(state: &RunState) -> Option<u64> {
        let part = state.reader("read", 0, &state.folder).expect("can be read");
        part.map(|mut part| part.number().expect("is there"))
    }

    fn write(state: &RunState) {
        let mut part = state.writer("read").expect("is made");
        part.number(5).expect("is written");
        part.finish().expect("gets its name");
    }

    #[test]
    fn parts_are_there_for_the_same_settings_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        let state = RunState::open(&path, "a").expect("is made");
        assert!(!state.is_begun() && number(&state).is_none());
        write(&state);
        assert!(matches!(RunState::open(&path, "a"), Err(Error::Refused { .. })), "it is used");
        drop(state);
        let state = RunState::open(&path, "a").expect("is there");
        assert_eq!((state.is_begun(), number(&state), state.resumed()), (true, Some(5), Resumed::default()));
        drop(state);
        let state = RunState::open(&path, "b").expect("is there");
        let other = Resumed { is_other: true, ..Resumed::default() };
        assert_eq!((state.is_begun(), number(&state), state.resumed()), (false, None, other));
        drop(state);
        assert!(!path.exists(), "there is nothing to go on with");
        let state = RunState::open(&path, "b").expect("is made");
        write(&state);
        state.remove().expect("goes");
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_to_which_others_write_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        fs::create_dir(&path).expect("is made");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).expect("is changed");
        assert!(matches!(RunState::open(&path, "a"), Err(Error::Refused { .. })));
        fs::remove_dir_all(&path).expect("goes");
        fs::write(&path, "a file").expect("is written");
        assert!(matches!(RunState::open(&path, "a"), Err(Error::Refused { .. })));
    }
}
