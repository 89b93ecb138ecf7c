//! Files of pieces, each with its checksum behind it: every piece is held against that when it is read, so that a damaged
//! file gives an error and never another answer.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use doublon_core::hash::content_hash;

use super::folder::{NewFile, failed};
use super::layout::{CHECKSUM, checksum};
use crate::error::{Error, Result};
use crate::store::read_at;

/// A file of pieces. It stays readable when it is removed.
#[derive(Debug)]
pub(super) struct PieceFile {
    file: File,
    path: PathBuf,
    salt: u64,
}

impl PieceFile {
    /// Opens a file. `read` makes a header of its first bytes, `header` or less, and its length, and tells what checksums
    /// depend on; the bytes have the hash `expected` if that is known.
    pub fn open<H>(
        path: &Path,
        header: usize,
        expected: Option<u128>,
        read: impl FnOnce(&[u8], u64) -> std::result::Result<(H, u64), String>,
    ) -> Result<(Self, H)> {
        let file = File::open(path).map_err(failed(path))?;
        let length = file.metadata().map_err(failed(path))?.len();
        let refused = |detail: String| Error::Refused { path: path.to_owned(), detail };
        let mut bytes = vec![0; header.min(usize::try_from(length).unwrap_or(header))];
        read_at(&file, &mut bytes, 0).map_err(failed(path))?;
        let (header, salt) = read(&bytes, length).map_err(refused)?;
        if expected.is_some_and(|expected| expected != content_hash(&bytes)) {
            return Err(refused("it is not the file that the manifest names".to_owned()));
        }
        Ok((Self { file, path: path.to_owned(), salt }, header))
    }

    /// Returns a piece of a part that stands at `place` in the file, `at` bytes from where the part begins.
    pub fn piece(&self, (part, place): (impl Debug, Range<u64>), at: u64, len: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read_piece((part, place), at, len, &mut bytes)?;
        Ok(bytes)
    }

    /// Reads a piece of a part to `bytes`, and checks it.
    pub fn read_piece(
        &self,
        (part, place): (impl Debug, Range<u64>),
        at: u64,
        len: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<()> {
        let is_outside = |end: u64| end > place.end - place.start;
        if at.checked_add(len as u64 + CHECKSUM as u64).is_none_or(is_outside) {
            return Err(self.damaged(part));
        }
        bytes.resize(len + CHECKSUM, 0);
        self.read_checked(part, place.start + at, bytes)?;
        bytes.truncate(len);
        Ok(())
    }

    /// Returns the one piece of which a part consists.
    pub fn whole(&self, (part, place): (impl Debug, Range<u64>)) -> Result<Vec<u8>> {
        match (place.end - place.start).checked_sub(CHECKSUM as u64) {
            Some(len) => self.piece((part, place), 0, len as usize),
            None => Err(self.damaged(part)),
        }
    }

    /// Reads a piece that stands at `at` in the file with its checksum, which must be right.
    pub fn read_checked(&self, part: impl Debug, at: u64, bytes: &mut [u8]) -> Result<()> {
        read_at(&self.file, bytes, at).map_err(failed(&self.path))?;
        let (piece, found) = bytes.split_at(bytes.len() - CHECKSUM);
        // With checksums in the way, random bytes would never reach what is behind them.
        let is_whole = found == checksum(piece, self.salt, at) || cfg!(fuzzing);
        if is_whole { Ok(()) } else { Err(self.damaged(part)) }
    }

    /// Says that a part is damaged.
    pub fn damaged(&self, part: impl Debug) -> Error {
        let detail =
            format!("its part {part:?} is damaged; build the index again, or copy it back from where it is whole");
        Error::Refused { path: self.path.clone(), detail }
    }
}

/// Loads what is needed more than once.
pub(super) fn once<T>(cell: &OnceLock<T>, load: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(loaded) = cell.get() {
        return Ok(loaded);
    }
    let loaded = load()?;
    Ok(cell.get_or_init(|| loaded))
}

/// Writes pieces with their checksums behind a header, and knows where each stands.
pub(super) struct PieceWriter {
    out: BufWriter<NewFile>,
    header: usize,
    at: u64,
    salt: u64,
}

impl PieceWriter {
    /// Begins a file with room for a header of so many bytes.
    pub fn new(file: NewFile, header: usize, salt: u64) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(1 << 18, file);
        out.write_all(&vec![0; header])?;
        Ok(Self { out, header, at: header as u64, salt })
    }

    /// Writes a piece.
    pub fn piece(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.write_all(&checksum(bytes, self.salt, self.at))?;
        self.at += (bytes.len() + CHECKSUM) as u64;
        Ok(())
    }

    /// Returns where the next piece will stand.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Writes the header, and returns the file, which is to be published.
    pub fn finish(self, header: &[u8]) -> io::Result<NewFile> {
        debug_assert_eq!(header.len(), self.header, "there is room for the header");
        let mut file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.write_at_start(header)?;
        Ok(file)
    }
}
