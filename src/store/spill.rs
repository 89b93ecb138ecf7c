//! A temporary file for what does not fit in memory. It has no name and goes with the run, however that ends.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::DiskFile;
use crate::error::{Error, Result};

/// Bytes that are appended, and read again at any place by any number of threads at once.
#[derive(Debug)]
pub(crate) struct SpillFile {
    file: DiskFile,
    length: u64,
    folder: PathBuf,
}

impl SpillFile {
    /// Makes an empty file in `folder`.
    ///
    /// # Errors
    ///
    /// If the system does not let it.
    pub fn new(folder: &Path) -> Result<Self> {
        let file = DiskFile::nameless(folder).map_err(|cause| Error::Io { path: folder.to_owned(), cause })?;
        Ok(Self { file, length: 0, folder: folder.to_owned() })
    }

    /// Returns the number of bytes appended.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Appends bytes, and returns where they start.
    ///
    /// # Errors
    ///
    /// If they cannot be written, as when the disk is full.
    pub fn append(&mut self, bytes: &[u8]) -> Result<u64> {
        let start = self.length;
        self.file.write_all_at(bytes, start).map_err(|cause| self.failed(cause))?;
        self.length += bytes.len() as u64;
        Ok(start)
    }

    /// Puts other bytes in place of those from `start` on, which are as many.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn replace(&self, start: u64, bytes: &[u8]) -> Result<()> {
        self.file.write_all_at(bytes, start).map_err(|cause| self.failed(cause))
    }

    /// Fills `bytes` with those from `start` on.
    ///
    /// # Errors
    ///
    /// If they cannot be read, or the file has fewer.
    pub fn read(&self, start: u64, bytes: &mut [u8]) -> Result<()> {
        read_at(self.file.as_file(), bytes, start).map_err(|cause| self.failed(cause))
    }

    fn failed(&self, cause: io::Error) -> Error {
        Error::Io { path: self.folder.clone(), cause }
    }
}

#[cfg(unix)]
pub(crate) fn read_at(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

#[cfg(windows)]
pub(crate) fn read_at(file: &File, mut bytes: &mut [u8], mut start: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, start)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        (bytes, start) = (&mut bytes[read..], start + read as u64);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_is_read_again_at_any_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut file = SpillFile::new(folder.path()).expect("a file");
        let starts = [&b"one"[..], b"", b"three"].map(|bytes| file.append(bytes).expect("is written"));
        assert_eq!((starts, file.len()), ([0, 3, 3], 8));
        let mut bytes = [0; 4];
        file.read(2, &mut bytes).expect("is there");
        assert_eq!(&bytes, b"ethr");
        file.replace(2, b"ETH").expect("is written");
        file.read(2, &mut bytes).expect("is there");
        assert_eq!((&bytes, file.len()), (b"ETHr", 8));
        assert!(file.read(5, &mut bytes).is_err(), "past its end");
        assert!(SpillFile::new(Path::new("no such folder")).is_err());
    }
}
