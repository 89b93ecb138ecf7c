//! Bytes that were written down one piece after another, to be read again piece by piece.

use std::path::Path;

use super::spill::SpillFile;
use crate::error::{Error, Result};

/// Bytes that are read at a time where all are.
const CHUNK: u64 = 1 << 20;

/// Pieces of bytes, of which the last ones stay in memory so that a small run writes no file.
#[derive(Debug, Default)]
pub(crate) struct Spool {
    /// Where the first pieces are once there are too many.
    file: Option<SpillFile>,
    held: Vec<u8>,
}

impl Spool {
    /// Returns the bytes in memory.
    pub fn held_bytes(&self) -> usize {
        self.held.capacity()
    }

    /// Returns the bytes of all pieces.
    pub fn len(&self) -> u64 {
        self.spilled() + self.held.len() as u64
    }

    /// Appends pieces, and returns where they start.
    pub fn append(&mut self, bytes: &[u8]) -> u64 {
        let start = self.len();
        self.held.extend_from_slice(bytes);
        start
    }

    /// Moves what is in memory to a file in `folder`.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn spill(&mut self, folder: &Path) -> Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(SpillFile::new(folder)?),
        };
        file.append(&self.held)?;
        self.held = Vec::new();
        Ok(())
    }

    /// Reads `length` bytes from `start` on, all of them appended between two calls of [`spill`](Self::spill).
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub fn read(&self, start: u64, length: u64) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length as usize];
        match (start.checked_sub(self.spilled()), &self.file) {
            (None, Some(file)) => file.read(start, &mut bytes)?,
            (start, _) => {
                let held = self.held.get(start.unwrap_or(0) as usize..).and_then(|held| held.get(..bytes.len()));
                bytes.copy_from_slice(held.ok_or_else(past_end)?);
            }
        }
        Ok(bytes)
    }

    /// Calls `f` with all bytes in order, a stretch at a time.
    ///
    /// # Errors
    ///
    /// If they cannot be read, or `f` fails.
    pub fn for_each_chunk(&self, mut f: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let (mut start, mut bytes) = (0, Vec::new());
        if let Some(file) = &self.file {
            while start < file.len() {
                bytes.resize(CHUNK.min(file.len() - start) as usize, 0);
                file.read(start, &mut bytes)?;
                f(&bytes)?;
                start += bytes.len() as u64;
            }
        }
        f(&self.held)
    }

    fn spilled(&self) -> u64 {
        self.file.as_ref().map_or(0, SpillFile::len)
    }
}

fn past_end() -> Error {
    Error::Io { path: "temporary data".into(), cause: std::io::ErrorKind::UnexpectedEof.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_as_they_were_wherever_they_lie() {
        let folder = tempfile::tempdir().expect("a folder");
        let pieces = [&b"one"[..], b"", b"three"];
        for spills in 0..8 {
            let mut spool = Spool::default();
            let mut starts = Vec::new();
            for (n, piece) in pieces.iter().enumerate() {
                starts.push(spool.append(piece));
                if spills >> n & 1 == 1 {
                    spool.spill(folder.path()).expect("spills");
                    assert_eq!(spool.held_bytes(), 0);
                }
            }
            for (piece, start) in pieces.iter().zip(starts) {
                assert_eq!(&spool.read(start, piece.len() as u64).expect("is there"), piece, "{spills}");
            }
            assert!(spool.read(7, 5).is_err(), "past the end");
            let mut all = Vec::new();
            spool
                .for_each_chunk(|bytes| {
                    all.extend_from_slice(bytes);
                    Ok(())
                })
                .expect("is read");
            assert_eq!(all, pieces.concat(), "{spills}");
        }
    }
}
