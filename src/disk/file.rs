//! A file that is written.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::Path;

use super::watch::DiskWatch;

/// A file that is written, and perhaps read again.
#[derive(Debug)]
pub(crate) struct DiskFile {
    file: File,
    watch: DiskWatch,
}

impl DiskFile {
    /// Makes a file that is not there yet, with the permissions `mode` as far as the user lets new ones have them.
    pub fn create_new(path: &Path, mode: u32) -> io::Result<Self> {
        Self::open(path, mode, OpenOptions::new().write(true).create_new(true))
    }

    /// Makes a file, or empties the one that is there.
    #[cfg(feature = "index")]
    pub fn create(path: &Path, mode: u32) -> io::Result<Self> {
        Self::open(path, mode, OpenOptions::new().write(true).create(true).truncate(true))
    }

    /// Opens a file to be read and written; it is made if it is not there.
    pub fn open_or_create(path: &Path) -> io::Result<Self> {
        Self::open(path, 0o666, OpenOptions::new().read(true).write(true).create(true).truncate(false))
    }

    /// Makes a file without a name in `folder`, for this user alone. It goes when it is closed.
    pub fn nameless(folder: &Path) -> io::Result<Self> {
        let watch = DiskWatch::over(folder);
        watch.step("make a nameless file in")?;
        Ok(Self { file: tempfile::tempfile_in(folder)?, watch })
    }

    fn open(path: &Path, mode: u32, options: &mut OpenOptions) -> io::Result<Self> {
        let watch = DiskWatch::over(path);
        watch.step("make")?;
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        Ok(Self { file: options.open(path)?, watch })
    }

    /// Returns the file, to be read and locked.
    pub fn as_file(&self) -> &File {
        &self.file
    }

    /// Writes all bytes at `start`, wherever the next [`write`](Write::write) goes.
    pub fn write_all_at(&self, bytes: &[u8], start: u64) -> io::Result<()> {
        let (length, result) = self.watch.write(bytes.len());
        if result.is_ok() && length < bytes.len() {
            write_all_at(&self.file, &bytes[..length], start)?;
            return self.write_all_at(&bytes[length..], start + length as u64);
        }
        write_all_at(&self.file, &bytes[..length], start)?;
        result
    }

    /// Cuts the file to `length` bytes.
    pub fn set_len(&self, length: u64) -> io::Result<()> {
        self.watch.step("cut")?;
        self.file.set_len(length)
    }

    /// Changes who may do what with the file.
    pub fn set_permissions(&self, permissions: Permissions) -> io::Result<()> {
        self.watch.step("set permissions of")?;
        self.file.set_permissions(permissions)
    }

    /// Returns when what was written is on the disk.
    pub fn sync(&self) -> io::Result<()> {
        self.watch.step("sync")?;
        if self.watch.is_planned() { Ok(()) } else { self.file.sync_all() }
    }
}

impl Write for DiskFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (length, result) = self.watch.write(bytes.len());
        if result.is_err() {
            self.file.write_all(&bytes[..length])?;
        }
        result.and_then(|()| self.file.write(&bytes[..length]))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, start)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut start: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, start)?;
        (bytes, start) = (&bytes[written..], start + written as u64);
    }
    Ok(())
}
