//! What a run has finished, in a file: values, columns and JSON one after another, and a checksum behind them.
//!
//! It is read by the program that wrote it, and by none of another version.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use bytemuck::Pod;
use doublon_core::hash::ContentHasher;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::column::SpillColumn;
use super::spool::Spool;
use crate::disk::{self, DiskFile};
use crate::error::{Error, Result};

/// Bytes of a buffer.
const BUFFER: usize = 1 << 18;

/// Bytes that are read at a time.
const PIECE: u64 = 1 << 20;

/// Bytes of the checksum behind the content: the XXH3 128-bit hash of all of it.
const CHECKSUM: u64 = 16;

/// Writes a part, which gets its name when it is whole.
pub(crate) struct PartWriter {
    out: BufWriter<DiskFile>,
    hasher: ContentHasher,
    /// Where it is written, and where it is to be.
    partial: PathBuf,
    path: PathBuf,
}

/// Reads a part.
pub(crate) struct PartReader {
    input: BufReader<File>,
    /// Bytes of content that are left.
    left: u64,
    path: PathBuf,
    /// Bytes that columns may hold in memory; others go to files in the folder.
    room: usize,
    folder: PathBuf,
}

impl PartWriter {
    /// Begins the part that is to be at `path`.
    ///
    /// # Errors
    ///
    /// If the system does not let it be made.
    pub fn new(path: &Path) -> Result<Self> {
        let partial = path.with_extension("partial");
        let failed = |cause| Error::Io { path: partial.clone(), cause };
        if partial.exists() {
            disk::remove_file(&partial).map_err(failed)?; // of a run that was killed
        }
        let out = BufWriter::with_capacity(BUFFER, DiskFile::create_new(&partial, 0o600).map_err(failed)?);
        Ok(Self { out, hasher: ContentHasher::default(), partial, path: path.to_owned() })
    }

    /// Appends a number.
    pub fn number(&mut self, number: u64) -> Result<()> {
        self.bytes(&number.to_le_bytes())
    }

    /// Appends values, with their number before them.
    pub fn values<T: Pod>(&mut self, values: &[T]) -> Result<()> {
        self.number(values.len() as u64)?;
        self.bytes(bytemuck::cast_slice(values))
    }

    /// Appends a column.
    pub fn column<T: Pod>(&mut self, column: &SpillColumn<T>) -> Result<()> {
        self.number(column.len() as u64)?;
        let mut written = Ok(());
        column.for_each_chunk(|_, values| {
            if written.is_ok() {
                written = self.bytes(bytemuck::cast_slice(values));
            }
        })?;
        written
    }

    /// Appends what was spooled.
    pub fn spool(&mut self, spool: &Spool) -> Result<()> {
        self.number(spool.len())?;
        spool.for_each_chunk(|bytes| self.bytes(bytes))
    }

    /// Appends a value as JSON, which is a line of its own.
    pub fn json(&mut self, value: &impl Serialize) -> Result<()> {
        let json = serde_json::to_vec(value).map_err(|error| self.failed(error.into()))?;
        self.values(&json)
    }

    /// Ends the part, and gives it its name once it is on the disk.
    pub fn finish(mut self) -> Result<()> {
        let checksum = self.hasher.finish().to_le_bytes();
        let written = self.out.write_all(&checksum).and_then(|()| self.out.flush());
        let synced = written.and_then(|()| self.out.get_ref().sync());
        let named = synced.and_then(|()| disk::rename(&self.partial, &self.path));
        named.and_then(|()| self.path.parent().map_or(Ok(()), disk::sync_folder)).map_err(|cause| self.failed(cause))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.out.write_all(bytes).map_err(|cause| self.failed(cause))
    }

    fn failed(&self, cause: io::Error) -> Error {
        Error::Io { path: self.partial.clone(), cause }
    }
}

impl PartReader {
    /// Opens the part at `path`, whose columns may hold `room` bytes in memory. Returns none if there is none, or not what
    /// was written.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn open(path: &Path, room: usize, folder: &Path) -> Result<Option<Self>> {
        let failed = |cause| Error::Io { path: path.to_owned(), cause };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let length = file.metadata().map_err(failed)?.len();
        let Some(left) = length.checked_sub(CHECKSUM) else { return Ok(None) };
        if !is_whole(file, left).map_err(failed)? {
            return Ok(None);
        }
        let input = BufReader::with_capacity(BUFFER, File::open(path).map_err(failed)?);
        Ok(Some(Self { input, left, path: path.to_owned(), room, folder: folder.to_owned() }))
    }

    /// Returns whether all was read.
    pub fn is_at_end(&self) -> bool {
        self.left == 0
    }

    /// Reads a number.
    pub fn number(&mut self) -> Result<u64> {
        let mut bytes = [0; 8];
        self.bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Reads values.
    pub fn values<T: Pod>(&mut self) -> Result<Vec<T>> {
        let count = self.count::<T>()?;
        let mut values = vec![T::zeroed(); count];
        self.bytes(bytemuck::cast_slice_mut(&mut values))?;
        Ok(values)
    }

    /// Reads a column.
    pub fn column<T: Pod>(&mut self) -> Result<SpillColumn<T>> {
        let (mut column, mut left) = (SpillColumn::new(), self.count::<T>()?);
        let is_held = self.take_room(left.saturating_mul(size_of::<T>()));
        let mut values = vec![T::zeroed(); left.min((PIECE as usize / size_of::<T>()).max(1))];
        while left > 0 {
            let here = left.min(values.len());
            self.bytes(bytemuck::cast_slice_mut(&mut values[..here]))?;
            column.extend(&values[..here]);
            if !is_held {
                column.spill(&self.folder)?;
            }
            left -= here;
        }
        Ok(column)
    }

    /// Reads what was spooled.
    pub fn spool(&mut self) -> Result<Spool> {
        let (mut spool, mut left) = (Spool::default(), self.count::<u8>()? as u64);
        let is_held = self.take_room(usize::try_from(left).unwrap_or(usize::MAX));
        let mut bytes = vec![0; left.min(PIECE) as usize];
        while left > 0 {
            let here = left.min(PIECE) as usize;
            self.bytes(&mut bytes[..here])?;
            spool.append(&bytes[..here]);
            if !is_held {
                spool.spill(&self.folder)?;
            }
            left -= here as u64;
        }
        Ok(spool)
    }

    /// Reads a value.
    pub fn json<T: DeserializeOwned>(&mut self) -> Result<T> {
        let json = self.values::<u8>()?;
        serde_json::from_slice(&json).map_err(|error| self.failed(error.into()))
    }

    /// Reads how many values come, which cannot be more than there are bytes for.
    fn count<T>(&mut self) -> Result<usize> {
        let count = self.number()?;
        if count > self.left / size_of::<T>() as u64 {
            return Err(self.failed(io::ErrorKind::InvalidData.into()));
        }
        Ok(count as usize)
    }

    /// Takes the room for what is to be held, if there is so much.
    fn take_room(&mut self, bytes: usize) -> bool {
        let left = self.room.checked_sub(bytes);
        self.room = left.unwrap_or(self.room);
        left.is_some()
    }

    fn bytes(&mut self, bytes: &mut [u8]) -> Result<()> {
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or_else(|| self.failed(io::ErrorKind::UnexpectedEof.into()))?;
        self.input.read_exact(bytes).map_err(|cause| Error::Io { path: self.path.clone(), cause })
    }

    fn failed(&self, cause: io::Error) -> Error {
        Error::Io { path: self.path.clone(), cause }
    }
}

/// Returns whether a file has the checksum of its content, which has `length` bytes.
fn is_whole(file: File, length: u64) -> io::Result<bool> {
    let (mut input, mut hasher, mut buffer) = (file, ContentHasher::default(), vec![0; PIECE as usize]);
    let mut left = length;
    while left > 0 {
        let here = left.min(PIECE) as usize;
        input.read_exact(&mut buffer[..here])?;
        hasher.update(&buffer[..here]);
        left -= here as u64;
    }
    let mut checksum = [0; CHECKSUM as usize];
    input.read_exact(&mut checksum)?;
    Ok(u128::from_le_bytes(checksum) == hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(path: &Path) {
        let (mut column, mut spool) = (SpillColumn::new(), Spool::default());
        column.extend(&(0..300_000_u64).collect::<Vec<_>>());
        spool.append(b"spooled");
        let mut part = PartWriter::new(path).expect("is made");
        part.number(7).expect("is written");
        part.values(&[[1_u32, 2], [3, 4]]).expect("is written");
        part.column(&column).expect("is written");
        part.spool(&spool).expect("is written");
        part.json(&("é", [1.5])).expect("is written");
        part.finish().expect("gets its name");
    }

    #[test]
    fn a_part_gives_back_what_was_written_whatever_fits_into_memory() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("words");
        written(&path);
        for room in [0, 1 << 20, usize::MAX] {
            let mut part = PartReader::open(&path, room, folder.path()).expect("can be read").expect("is whole");
            assert_eq!(part.number().expect("is there"), 7);
            assert_eq!(part.values::<[u32; 2]>().expect("is there"), [[1, 2], [3, 4]]);
            let column = part.column::<u64>().expect("is there");
            assert_eq!(column.load().expect("loads").len(), 300_000);
            assert_eq!((column.get(299_999).expect("is there"), column.is_spilled()), (299_999, room < usize::MAX));
            assert_eq!(part.spool().expect("is there").read(0, 7).expect("is there"), b"spooled");
            assert_eq!(part.json::<(String, [f64; 1])>().expect("is there"), ("é".to_owned(), [1.5]));
            assert!(part.is_at_end() && part.number().is_err());
        }
    }

    #[test]
    fn a_part_that_was_changed_or_cut_off_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("words");
        let open = || PartReader::open(&path, 0, folder.path()).expect("can be read");
        assert!(open().is_none(), "is not there");
        written(&path);
        let bytes = std::fs::read(&path).expect("is there");
        for at in [0, 9, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            std::fs::write(&path, changed).expect("is written");
            assert!(open().is_none(), "byte {at} is another");
            std::fs::write(&path, &bytes[..at]).expect("is written");
            assert!(open().is_none(), "ends at {at}");
        }
        std::fs::write(&path, &bytes).expect("is written");
        assert!(open().is_some());
    }
}
