//! Writing compressed as the source was: one stream, at the usual level of each format, or at the fastest one of gzip
//! where the source says that it was written so; of web archives a member for each record, from which programs read
//! single records.

use std::io::{self, Write};

use bzip2::write::BzEncoder;
use flate2::write::GzEncoder;
use lz4_flex::frame::FrameEncoder;

use crate::source::Compression;

/// The level of the program `zstd`, where more costs much time for little.
const ZSTD_LEVEL: i32 = 3;

/// The level of the program `xz`.
#[cfg(feature = "xz")]
const XZ_LEVEL: u32 = 6;

/// How a source was compressed, and its copy is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packing {
    compression: Option<Compression>,
    is_fast: bool,
}

impl Packing {
    /// Returns the packing of a source that begins with `start`.
    pub fn of(compression: Option<Compression>, start: &[u8]) -> Self {
        // RFC 1952, 2.3.1: the extra flags are 4 if the compressor used its fastest algorithm.
        Self { compression, is_fast: start.get(8) == Some(&4) }
    }

    fn gzip_level(self) -> flate2::Compression {
        // What zlib-rs calls its fastest is faster than that of other programs, and its files are 29% larger.
        flate2::Compression::new(if self.is_fast { 2 } else { 6 })
    }
}

/// Takes bytes and writes them compressed.
pub(super) enum Encoder<W: Write> {
    Raw(W),
    Gzip(GzEncoder<W>),
    Zstd(zstd::Encoder<'static, W>),
    Bzip2(BzEncoder<W>),
    Lz4(Box<FrameEncoder<W>>),
    #[cfg(feature = "xz")]
    Xz(liblzma::write::XzEncoder<W>),
}

impl<W: Write> Encoder<W> {
    pub fn new(out: W, packing: Packing) -> io::Result<Self> {
        Ok(match packing.compression {
            None => Self::Raw(out),
            Some(Compression::Gzip) => Self::Gzip(GzEncoder::new(out, packing.gzip_level())),
            Some(Compression::Zstd) => {
                let mut encoder = zstd::Encoder::new(out, ZSTD_LEVEL)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
            Some(Compression::Bzip2) => Self::Bzip2(BzEncoder::new(out, bzip2::Compression::best())),
            Some(Compression::Lz4) => Self::Lz4(Box::new(FrameEncoder::new(out))),
            #[cfg(feature = "xz")]
            Some(Compression::Xz) => Self::Xz(liblzma::write::XzEncoder::new(out, XZ_LEVEL)),
            #[cfg(not(feature = "xz"))]
            Some(Compression::Xz) => return Err(io::Error::other("this build writes no xz")),
        })
    }

    /// Writes what is still held.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Raw(out) => Ok(out),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
            Self::Bzip2(encoder) => encoder.finish(),
            Self::Lz4(encoder) => encoder.finish().map_err(io::Error::other),
            #[cfg(feature = "xz")]
            Self::Xz(encoder) => encoder.finish(),
        }
    }

    /// Ends the stream and begins another one behind it.
    pub fn next_member(self, packing: Packing) -> io::Result<Self> {
        self.finish().and_then(|out| Self::new(out, packing))
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Raw(out) => out.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
            Self::Bzip2(encoder) => encoder.write(bytes),
            Self::Lz4(encoder) => encoder.write(bytes),
            #[cfg(feature = "xz")]
            Self::Xz(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Raw(out) => out.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
            Self::Bzip2(encoder) => encoder.flush(),
            Self::Lz4(encoder) => encoder.flush(),
            #[cfg(feature = "xz")]
            Self::Xz(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_says_that_it_was_fast_and_its_copy_is_too() {
        for (level, expected) in [(1, 2), (6, 6)] {
            let packed =
                GzEncoder::new(Vec::new(), flate2::Compression::new(level)).finish().expect("a vector takes all");
            let packing = Packing::of(Some(Compression::Gzip), &packed);
            assert_eq!(packing.gzip_level().level(), expected);
        }
        assert_eq!(Packing::of(Some(Compression::Gzip), b"short").gzip_level().level(), 6);
    }
}
