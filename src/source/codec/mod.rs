//! Compressed sources: what compression the first bytes show, and the bytes that come out.
//!
//! Every format here allows several members (gzip), frames (zstd, lz4) or streams (bzip2, xz) one after the other, and
//! archives are written so: a member a record in WARC, a member a block by parallel compressors. A [`Decoder`] goes
//! from member to member itself, so it sees what stands between them: padding is passed over, garbage is reported. What
//! is wrong is a [`CodecFault`]; what was decoded before it stays good, and in gzip reading goes on at the next member.
//!
//! Memory is bounded whatever a header claims: gzip and bzip2 have small windows by design, a zstd frame may ask for as
//! much as the run may use, 2 GiB at most, xz for 256 MiB, lz4 has blocks of at most 4 MiB.

// A build without some of the codecs does not use all of what they share.
#![cfg_attr(
    not(all(feature = "gzip", feature = "zstd", feature = "bzip2", feature = "lz4", feature = "xz")),
    allow(dead_code)
)]

#[cfg(feature = "bzip2")]
mod bzip2;
mod decoder;
#[cfg(feature = "zstd")]
mod dictionary;
mod fault;
#[cfg(feature = "gzip")]
mod gzip;
#[cfg(feature = "lz4")]
mod lz4;
mod members;
mod steps;
mod utf16;
#[cfg(feature = "xz")]
mod xz;
#[cfg(feature = "zstd")]
mod zstd;

pub(super) use decoder::Decoder;
pub use decoder::StoredMember;
#[cfg(feature = "zstd")]
pub(crate) use dictionary::ZstdDictionary;
pub(super) use fault::CodecFault;

#[cfg(test)]
#[cfg(feature = "compression")]
mod tests;
