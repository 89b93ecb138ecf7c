//! The compressions that are known, by their first bytes and by endings of names.

use std::ffi::OsStr;
use std::path::Path;

/// How the bytes of a source are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compression {
    /// gzip (RFC 1952).
    Gzip,
    /// Zstandard (RFC 8878).
    Zstd,
    /// bzip2.
    Bzip2,
    /// LZ4 frames.
    Lz4,
    /// xz.
    Xz,
}

impl Compression {
    /// Returns the compression that the first bytes of a source show; the ending of `path` decides only where they
    /// leave several.
    pub fn of(start: &[u8], path: &Path) -> Option<Self> {
        let magic = |bytes: &[u8]| start.starts_with(bytes);
        match start {
            _ if magic(b"\x1f\x8b") => Some(Self::Gzip),
            _ if magic(ZSTD) => Some(Self::Zstd),
            _ if magic(LZ4) || magic(LZ4_LEGACY) => Some(Self::Lz4),
            _ if magic(XZ) => Some(Self::Xz),
            [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if BZIP2.iter().any(|block| rest.starts_with(block)) => {
                Some(Self::Bzip2)
            }
            _ if magic(b"BZh") && start.len() < 10 => Self::by_ending(path).filter(|&by| by == Self::Bzip2),
            // Both formats begin a frame that is to be skipped in the same way.
            _ if is_skippable(start) => Some(Self::by_ending(path).filter(|&by| by == Self::Lz4).unwrap_or(Self::Zstd)),
            _ => None,
        }
    }

    /// Returns the compression that the ending of a name tells.
    pub fn by_ending(path: &Path) -> Option<Self> {
        let ending = path.extension().and_then(OsStr::to_str)?.to_ascii_lowercase();
        match ending.as_str() {
            "gz" | "gzip" => Some(Self::Gzip),
            "zst" | "zstd" => Some(Self::Zstd),
            "bz2" => Some(Self::Bzip2),
            "lz4" => Some(Self::Lz4),
            "xz" => Some(Self::Xz),
            _ => None,
        }
    }

    /// Returns the name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "Zstandard",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "LZ4",
            Self::Xz => "xz",
        }
    }

    /// Returns the feature without which a build does not read this.
    fn feature(self) -> (&'static str, bool) {
        match self {
            Self::Gzip => ("gzip", cfg!(feature = "gzip")),
            Self::Zstd => ("zstd", cfg!(feature = "zstd")),
            Self::Bzip2 => ("bzip2", cfg!(feature = "bzip2")),
            Self::Lz4 => ("lz4", cfg!(feature = "lz4")),
            Self::Xz => ("xz", cfg!(feature = "xz")),
        }
    }

    /// Returns the feature that would read this, if the build was made without it.
    pub(super) fn missing_feature(self) -> Option<&'static str> {
        let (feature, is_there) = self.feature();
        (!is_there).then_some(feature)
    }
}

pub(super) const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
pub(super) const LZ4: &[u8] = b"\x04\x22\x4d\x18";
pub(super) const LZ4_LEGACY: &[u8] = b"\x02\x21\x4c\x18";
pub(super) const XZ: &[u8] = b"\xfd7zXZ\0";
/// What follows the first four bytes: a block, or the end of a stream without blocks.
const BZIP2: [&[u8]; 2] = [b"1AY&SY", b"\x17rE8P\x90"];
/// Bytes that tell what comes next in any of the formats.
pub(super) const MAGIC: usize = 18;

pub(super) fn is_skippable(start: &[u8]) -> bool {
    matches!(start, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}
