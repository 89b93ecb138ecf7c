//! Compressed archives, in which each record is a member of its own, so that programs can read single ones. A member of
//! the source that holds one record and nothing else is copied as it is stored.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use super::encode::{Encoder, Packing};
use crate::source::{Block, StoredMember};

/// Writes the copy of a compressed archive, record by record. What is written besides goes with the last record.
pub(super) struct MemberWriter<W: Write> {
    /// The stream that is open, or, if none is, the file itself.
    out: Option<Encoder<W>>,
    is_open: bool,
    packing: Packing,
    source: File,
}

impl<W: Write> MemberWriter<W> {
    /// Begins the copy of the archive at `source`.
    pub fn new(mut out: W, packing: Packing, source: &Path) -> io::Result<Self> {
        packing.begin(&mut out)?;
        Ok(Self { out: Some(Encoder::Raw(out)), is_open: false, packing, source: File::open(source)? })
    }

    /// Writes a record: a range of a block. `members` are those of the source, in order, from some before the record on.
    pub fn record(&mut self, block: &Block, record: Range<usize>, members: &[StoredMember]) -> io::Result<()> {
        let decoded = block.offset + record.start as u64..block.offset + record.end as u64;
        let n = members.partition_point(|member| member.decoded.start < decoded.start);
        if let Some(member) = members.get(n).filter(|member| member.decoded == decoded) {
            return self.copy(member.stored.clone());
        }
        self.open()?;
        self.write_all(&block.bytes[record])
    }

    /// Ends the copy.
    pub fn finish(mut self) -> io::Result<()> {
        self.close()?.flush()
    }

    /// Copies bytes of the source.
    fn copy(&mut self, stored: Range<u64>) -> io::Result<()> {
        let mut out = self.close()?;
        self.source.seek(SeekFrom::Start(stored.start))?;
        let length = stored.end - stored.start;
        let copied = io::copy(&mut (&self.source).take(length), &mut out)?;
        self.out = Some(Encoder::Raw(out));
        if copied == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Begins a member.
    fn open(&mut self) -> io::Result<()> {
        let out = self.close()?;
        (self.out, self.is_open) = (Some(Encoder::stream(out, &self.packing)?), true);
        Ok(())
    }

    /// Ends the member that is open.
    fn close(&mut self) -> io::Result<W> {
        self.is_open = false;
        let out = self.out.take().ok_or_else(|| io::Error::other("an earlier member could not be written"))?;
        out.finish()
    }
}

impl<W: Write> Write for MemberWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_open {
            self.open()?;
        }
        self.out.as_mut().map_or(Ok(0), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}
