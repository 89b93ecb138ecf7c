//! Writing compressed as the source was: one stream, at the usual level of each format, or at the fastest one of gzip
//! where the source says that it was written so; of web archives a member for each record, from which programs read
//! single records.

#[cfg(feature = "zstd")]
use std::io::BufRead;
use std::io::{self, Read, Write};
#[cfg(feature = "zstd")]
use std::sync::Arc;

#[cfg(feature = "bzip2")]
use bzip2::write::BzEncoder;
#[cfg(feature = "gzip")]
use flate2::write::GzEncoder;
#[cfg(feature = "lz4")]
use lz4_flex::frame::FrameEncoder;

use super::utf16::Utf16Writer;
use crate::source::Compression;
#[cfg(feature = "zstd")]
use crate::source::ZstdDictionary;

/// The level of the program `zstd`, where more costs much time for little.
#[cfg(feature = "zstd")]
const ZSTD_LEVEL: i32 = 3;

/// The level of the program `xz`.
#[cfg(feature = "xz")]
const XZ_LEVEL: u32 = 6;

/// How a source was compressed, and its copy is to be.
#[derive(Clone)]
pub(super) struct Packing {
    compression: Option<Compression>,
    #[cfg_attr(not(feature = "gzip"), allow(dead_code))] // only gzip tells it
    is_fast: bool,
    #[cfg(feature = "zstd")]
    dictionary: Option<Arc<ZstdDictionary>>,
}

impl Packing {
    /// Returns the packing of a source by the bytes with which it is stored.
    ///
    /// # Errors
    ///
    /// If they cannot be read, or the source begins with a dictionary that cannot.
    pub fn of(compression: Option<Compression>, stored: impl Read) -> io::Result<Self> {
        let (mut start, mut stored) = (Vec::new(), stored);
        (&mut stored).take(16).read_to_end(&mut start)?;
        // RFC 1952, 2.3.1: the extra flags are 4 if the compressor used its fastest algorithm.
        let is_fast = start.get(8) == Some(&4);
        #[cfg(feature = "zstd")]
        let dictionary = dictionary(compression, start.as_slice().chain(io::BufReader::new(stored)))?;
        Ok(Self {
            compression,
            is_fast,
            #[cfg(feature = "zstd")]
            dictionary,
        })
    }

    /// Writes what a file begins with before its first stream.
    #[cfg_attr(not(feature = "zstd"), allow(clippy::unused_self, clippy::unnecessary_wraps))] // others begin with none
    pub fn begin(&self, out: &mut impl Write) -> io::Result<()> {
        #[cfg(feature = "zstd")]
        if let Some(dictionary) = &self.dictionary {
            out.write_all(&dictionary.frame)?;
        }
        #[cfg(not(feature = "zstd"))]
        let _ = out;
        Ok(())
    }

    #[cfg(feature = "gzip")]
    fn gzip_level(&self) -> flate2::Compression {
        // The fastest level of zlib-rs is faster than that of other programs, but its files are 29% larger; hence 2.
        flate2::Compression::new(if self.is_fast { 2 } else { 6 })
    }
}

/// Returns the dictionary with which a source begins, if it does.
#[cfg(feature = "zstd")]
fn dictionary(compression: Option<Compression>, mut stored: impl BufRead) -> io::Result<Option<Arc<ZstdDictionary>>> {
    if compression != Some(Compression::Zstd) || !ZstdDictionary::may_begin(stored.fill_buf()?) {
        return Ok(None);
    }
    let read = ZstdDictionary::read(&mut stored).map_err(|fault| io::Error::other(fault.detail))?;
    Ok(read.map(Arc::new))
}

/// Takes bytes and writes them compressed.
pub(super) enum Encoder<W: Write> {
    Raw(W),
    #[cfg(feature = "gzip")]
    Gzip(GzEncoder<W>),
    #[cfg(feature = "zstd")]
    Zstd(zstd::Encoder<'static, W>),
    #[cfg(feature = "bzip2")]
    Bzip2(BzEncoder<W>),
    #[cfg(feature = "lz4")]
    Lz4(Box<FrameEncoder<W>>),
    #[cfg(feature = "xz")]
    Xz(liblzma::write::XzEncoder<W>),
    Utf16(Utf16Writer<W>),
}

impl<W: Write> Encoder<W> {
    /// Begins a file, and a stream in it.
    pub fn new(mut out: W, packing: &Packing) -> io::Result<Self> {
        packing.begin(&mut out)?;
        Self::stream(out, packing)
    }

    /// Begins a stream.
    pub fn stream(out: W, packing: &Packing) -> io::Result<Self> {
        Ok(match packing.compression {
            None => Self::Raw(out),
            #[cfg(feature = "gzip")]
            Some(Compression::Gzip) => Self::Gzip(GzEncoder::new(out, packing.gzip_level())),
            #[cfg(feature = "zstd")]
            Some(Compression::Zstd) => {
                let dictionary = packing.dictionary.as_ref().map_or(&[][..], |dictionary| &dictionary.content);
                let mut encoder = zstd::Encoder::with_dictionary(out, ZSTD_LEVEL, dictionary)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
            #[cfg(feature = "bzip2")]
            Some(Compression::Bzip2) => Self::Bzip2(BzEncoder::new(out, bzip2::Compression::best())),
            #[cfg(feature = "lz4")]
            Some(Compression::Lz4) => Self::Lz4(Box::new(FrameEncoder::new(out))),
            #[cfg(feature = "xz")]
            Some(Compression::Xz) => Self::Xz(liblzma::write::XzEncoder::new(out, XZ_LEVEL)),
            Some(Compression::Utf16Le) => Self::Utf16(Utf16Writer::new(out, true)),
            Some(Compression::Utf16Be) => Self::Utf16(Utf16Writer::new(out, false)),
            // Never met: what a build cannot write it cannot read either.
            #[allow(unreachable_patterns)]
            Some(other) => return Err(io::Error::other(format!("this build writes no {}", other.name()))),
        })
    }

    /// Writes what is still held.
    #[cfg_attr(not(feature = "compression"), allow(clippy::unnecessary_wraps))] // compressions can fail
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Raw(out) => Ok(out),
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.finish(),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.finish(),
            #[cfg(feature = "bzip2")]
            Self::Bzip2(encoder) => encoder.finish(),
            #[cfg(feature = "lz4")]
            Self::Lz4(encoder) => encoder.finish().map_err(io::Error::other),
            #[cfg(feature = "xz")]
            Self::Xz(encoder) => encoder.finish(),
            Self::Utf16(writer) => writer.finish(),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Raw(out) => out.write(bytes),
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.write(bytes),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.write(bytes),
            #[cfg(feature = "bzip2")]
            Self::Bzip2(encoder) => encoder.write(bytes),
            #[cfg(feature = "lz4")]
            Self::Lz4(encoder) => encoder.write(bytes),
            #[cfg(feature = "xz")]
            Self::Xz(encoder) => encoder.write(bytes),
            Self::Utf16(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Raw(out) => out.flush(),
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.flush(),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.flush(),
            #[cfg(feature = "bzip2")]
            Self::Bzip2(encoder) => encoder.flush(),
            #[cfg(feature = "lz4")]
            Self::Lz4(encoder) => encoder.flush(),
            #[cfg(feature = "xz")]
            Self::Xz(encoder) => encoder.flush(),
            Self::Utf16(writer) => writer.flush(),
        }
    }
}

#[cfg(test)]
#[cfg(feature = "gzip")]
mod tests {
    use super::*;

    fn level_of(stored: &[u8]) -> u32 {
        Packing::of(Some(Compression::Gzip), stored).expect("it is in memory").gzip_level().level()
    }

    #[test]
    fn gzip_says_that_it_was_fast_and_its_copy_is_too() {
        for (level, expected) in [(1, 2), (6, 6)] {
            let packed =
                GzEncoder::new(Vec::new(), flate2::Compression::new(level)).finish().expect("a vector takes all");
            assert_eq!(level_of(&packed), expected);
        }
        assert_eq!(level_of(b"short"), 6);
    }
}
