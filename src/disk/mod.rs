//! The operations by which anything is written to disk: making, writing, syncing, renaming and removing files and folders.
//!
//! All outputs, indexes and temporary files are written through here. Outside of tests each operation is what the system
//! does and nothing else. In tests a `FaultPlan` (`faults`) over a folder has any one of the operations below it fail, or
//! all that follow it, as if the run had been killed there.

#[cfg(test)]
#[cfg_attr(not(feature = "cli"), allow(dead_code))] // outputs of the program fail in more ways
pub(crate) mod faults;
mod file;
mod watch;

use std::fs::{self, File, Permissions};
use std::io;
use std::path::Path;

pub(crate) use file::DiskFile;
use watch::DiskWatch;

/// Makes a folder with the permissions `mode`, as far as the user lets new ones have them.
pub(crate) fn create_folder(path: &Path, mode: u32) -> io::Result<()> {
    DiskWatch::over(path).step("make folder")?;
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    #[cfg(not(unix))]
    let _ = mode;
    builder.create(path)
}

/// Makes a folder, and those that it lies in, as far as they are not there.
#[cfg(feature = "index")]
pub(crate) fn create_folders(path: &Path) -> io::Result<()> {
    DiskWatch::over(path).step("make folders")?;
    fs::create_dir_all(path)
}

/// Gives a file or a folder another name; a file that has it is replaced.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    DiskWatch::over(to).step("rename to")?;
    fs::rename(from, to)
}

/// Removes a file.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    DiskWatch::over(path).step("remove")?;
    fs::remove_file(path)
}

/// Removes a folder with all that is in it.
pub(crate) fn remove_folder(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    if DiskWatch::over(path).is_planned() {
        return faults::remove_step_by_step(path);
    }
    fs::remove_dir_all(path)
}

/// Changes who may do what with a folder.
pub(crate) fn set_permissions(path: &Path, permissions: Permissions) -> io::Result<()> {
    DiskWatch::over(path).step("set permissions of")?;
    fs::set_permissions(path, permissions)
}

/// Returns when the content of a file is on the disk.
#[cfg(feature = "cli")]
pub(crate) fn sync_file(path: &Path) -> io::Result<()> {
    let watch = DiskWatch::over(path);
    watch.step("sync")?;
    if watch.is_planned() { Ok(()) } else { fs::OpenOptions::new().write(true).open(path)?.sync_all() }
}

/// Returns when the names in a folder are on the disk, without which a power failure could undo a rename.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let watch = DiskWatch::over(path);
    watch.step("sync folder")?;
    if cfg!(unix) && !watch.is_planned() { File::open(path)?.sync_all() } else { Ok(()) }
}
