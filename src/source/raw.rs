//! The bytes of a source as they are stored: opened, hashed as they are read, and watched for changes.

use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::file::Source;
use super::skip::{SkipCause, reason_of};
use super::walk::{FileId, file_id, kind_of};
use crate::finding::Reason;
use doublon_core::hash::ContentHasher;

/// Bytes that are read at a time for a decoder.
const CHUNK: usize = 64 << 10;

/// The bytes of an open source, which are hashed on their way.
pub(super) struct RawBytes {
    input: Box<dyn Read + Send>,
    /// Bytes that were read. Those before `taken` were handed out.
    buffer: Vec<u8>,
    taken: usize,
    ended: bool,
    hasher: ContentHasher,
    bytes: u64,
}

impl RawBytes {
    pub fn new(input: Box<dyn Read + Send>) -> Self {
        let hasher = ContentHasher::default();
        Self { input, buffer: Vec::new(), taken: 0, ended: false, hasher, bytes: 0 }
    }

    /// Returns how many bytes were read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the byte of the source that is taken next.
    pub fn position(&self) -> u64 {
        self.bytes - (self.buffer.len() - self.taken) as u64
    }

    /// Returns the hash of the bytes that were read.
    pub fn hash(&self) -> u128 {
        self.hasher.finish()
    }

    /// Returns what comes next, at least `length` bytes unless the source ends before.
    pub fn peek(&mut self, length: usize) -> io::Result<&[u8]> {
        let missing = length.saturating_sub(self.buffer.len() - self.taken);
        if missing > 0 && !self.ended {
            self.buffer.drain(..self.taken);
            self.taken = 0;
            let mut buffer = std::mem::take(&mut self.buffer);
            let result = self.read_to(&mut buffer, missing);
            self.buffer = buffer;
            result?;
        }
        Ok(&self.buffer[self.taken..])
    }

    /// Appends the next `wanted` bytes to `out`, fewer only at the end. After an error, `out` has what came before it.
    pub fn append(&mut self, out: &mut Vec<u8>, wanted: usize) -> io::Result<()> {
        let held = wanted.min(self.buffer.len() - self.taken);
        if out.is_empty() && self.taken == 0 && held == self.buffer.len() {
            std::mem::swap(out, &mut self.buffer);
        } else {
            out.extend_from_slice(&self.buffer[self.taken..self.taken + held]);
            self.consume(held);
        }
        self.read_to(out, wanted - held)
    }

    /// Goes back to `position`, or as far towards it as bytes are still held.
    pub fn go_back(&mut self, position: u64) {
        let first = self.bytes - self.buffer.len() as u64;
        self.taken = position.saturating_sub(first).min(self.buffer.len() as u64) as usize;
    }

    /// Reads to the end, so that hash and length are those of the whole source.
    pub fn drain(&mut self) {
        while self.fill_buf().is_ok_and(|chunk| !chunk.is_empty()) {
            self.consume(self.buffer.len() - self.taken);
        }
    }

    fn read_to(&mut self, out: &mut Vec<u8>, wanted: usize) -> io::Result<()> {
        if wanted == 0 || self.ended {
            return Ok(());
        }
        let before = out.len();
        out.reserve_exact(wanted);
        let result = (&mut self.input).take(wanted as u64).read_to_end(out);
        let read = &out[before..];
        self.hasher.update(read);
        self.bytes += read.len() as u64;
        self.ended = read.len() < wanted;
        result.map(drop)
    }
}

impl BufRead for RawBytes {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken == self.buffer.len() { self.peek(CHUNK) } else { Ok(&self.buffer[self.taken..]) }
    }

    fn consume(&mut self, length: usize) {
        self.taken += length;
    }
}

impl Read for RawBytes {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

/// Length, time and number of a file, by which a change is seen without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub(super) length: u64,
    modified: Option<SystemTime>,
    id: Option<FileId>,
}

impl Stamp {
    /// Returns the stamp of the file at a path as it is now, if it is there.
    pub fn now(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|metadata| Self::of(&metadata))
    }

    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { length: metadata.len(), modified: metadata.modified().ok(), id: file_id(metadata) }
    }
}

/// An open file, and its stamp from when it was opened.
pub(super) struct OpenedFile {
    pub file: Arc<File>,
    pub stamp: Stamp,
}

/// Opens a source; there is an [`OpenedFile`] if it is a file whose changes can be seen.
pub(super) fn open(source: &Source) -> Result<(RawBytes, Option<OpenedFile>), SkipCause> {
    if source.is_stdin() {
        return Ok((RawBytes::new(Box::new(io::stdin())), None));
    }
    let failed = |error: io::Error| (reason_of(&error), error.to_string());
    // Before opening, because opening a pipe that took the file's place would wait for a writer for ever.
    let metadata = fs::metadata(&source.path).map_err(failed)?;
    if !source.named && !metadata.is_file() {
        return Err((Reason::NotRegular, format!("{} took the place of the file", kind_of(metadata.file_type()))));
    }
    let file = Arc::new(File::open(&source.path).map_err(failed)?);
    let metadata = file.metadata().map_err(failed)?;
    let stored = RawBytes::new(Box::new(Arc::clone(&file)));
    Ok((stored, metadata.is_file().then(|| OpenedFile { file, stamp: Stamp::of(&metadata) })))
}

impl OpenedFile {
    /// Says how the file, of which `bytes` were read, differs from what was opened, if it does.
    pub fn change(&self, path: &Path, bytes: u64) -> Option<String> {
        let (opened, closed) = (&self.stamp, self.file.metadata().map(|metadata| Stamp::of(&metadata)).ok()?);
        // Files that the kernel makes up as they are read, as in /proc, say that they are empty and change as they like.
        if (opened.length, closed.length) == (0, 0) && bytes > 0 {
            return None;
        }
        match fs::metadata(path) {
            Err(_) => Some("the file was removed while it was read".to_owned()),
            Ok(metadata) if file_id(&metadata) != opened.id => {
                Some("the file was replaced by another while it was read".to_owned())
            }
            Ok(_) if closed.length != opened.length => {
                let (before, after) = (opened.length, closed.length);
                Some(format!("the file had {before} bytes when it was opened and {after} at the end"))
            }
            Ok(_) => (closed != *opened).then(|| "the file was written to while it was read".to_owned()),
        }
    }
}
