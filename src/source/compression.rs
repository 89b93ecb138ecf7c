//! The compressions that are known, by their first bytes and by endings of names, and encodings that are undone like them.

use std::ffi::OsStr;
use std::path::Path;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::format::Format;

/// How the bytes of a source are compressed, or encoded so that they must be decoded before records can be told.
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
    /// UTF-16, the lower byte of each two first.
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
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

    /// Returns the encoding of a source of records, whose format its name or a flag tells, if it is UTF-16: by the byte
    /// order mark at its start, else by the one that was asked for.
    pub(super) fn of_records(start: &[u8], format: Option<Format>, asked: Option<&'static Encoding>) -> Option<Self> {
        let is_of_records =
            matches!(format, Some(Format::Csv | Format::Tsv | Format::Jsonl | Format::Json | Format::Lines));
        // The mark of UTF-32 begins like that of UTF-16.
        if start.starts_with(b"\xff\xfe\0\0") {
            return None;
        }
        let marked = Encoding::for_bom(start).map(|(encoding, _)| encoding);
        let (has_mark, encoding) = (marked.is_some(), marked.or(asked).filter(|_| is_of_records)?);
        let zero = usize::from(encoding == UTF_16LE);
        match encoding {
            // JSON begins with a character of ASCII, whatever was asked for: RFC 4627, section 3.
            _ if matches!(format, Some(Format::Jsonl | Format::Json)) && !has_mark && start.get(zero) != Some(&0) => {
                None
            }
            _ if encoding == UTF_16LE => Some(Self::Utf16Le),
            _ if encoding == UTF_16BE => Some(Self::Utf16Be),
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
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
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
            Self::Utf16Le | Self::Utf16Be => ("", true),
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
