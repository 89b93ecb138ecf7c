//! Compressed sources: what compression the first bytes show, and the bytes that come out.
//!
//! Every format here allows several members (gzip), frames (zstd, lz4) or streams (bzip2, xz) one after the other, and
//! archives are written so: a member a record in WARC, a member a block by parallel compressors. A [`Decoder`] goes
//! from member to member itself, so it sees what stands between them: padding is passed over, garbage is reported. What
//! is wrong is a [`Fault`]; what was decoded before it stays good, and in gzip reading goes on at the next member.
//!
//! Memory is bounded whatever a header claims: gzip and bzip2 have small windows by design, a zstd frame may ask for a
//! window of 128 MiB (as with the program `zstd`), xz for 256 MiB, lz4 has blocks of at most 4 MiB.

mod lz4;
mod steps;

use std::ffi::OsStr;
use std::io::{self, BufRead};
use std::path::Path;

use memchr::memmem;

use self::lz4::Lz4;
use self::steps::{State, Steps};
use super::stored::Stored;
use crate::finding::Reason;

/// How the bytes of a source are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
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
}

const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
const LZ4: &[u8] = b"\x04\x22\x4d\x18";
const LZ4_LEGACY: &[u8] = b"\x02\x21\x4c\x18";
const XZ: &[u8] = b"\xfd7zXZ\0";
/// What follows the first four bytes: a block, or the end of a stream without blocks.
const BZIP2: [&[u8]; 2] = [b"1AY&SY", b"\x17rE8P\x90"];
/// Bytes that tell what comes next in any of the formats.
const MAGIC: usize = 18;

fn is_skippable(start: &[u8]) -> bool {
    matches!(start, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// What is wrong with stored bytes.
#[derive(Debug)]
pub(super) struct Fault {
    pub reason: Reason,
    pub detail: String,
}

impl Fault {
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::new(Reason::ReadError, error.to_string())
    }
}

/// Decodes a compressed source.
pub(super) struct Decoder {
    compression: Compression,
    engine: Engine,
    place: Place,
    /// The byte of the source at which the member started that is read.
    member: u64,
    /// Whether the member that is read was looked for after a fault: then it may be none.
    is_guess: bool,
    faults: usize,
    decoded: u64,
}

#[allow(clippy::large_enum_variant)] // there is one
enum Engine {
    Steps(Stored, Box<dyn Steps>),
    Lz4(Lz4),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Between,
    Inside,
    /// After the last member, or after a fault.
    End,
}

/// After so many faults a source is given up: each costs a search.
const MAX_FAULTS: usize = 100;

impl Decoder {
    /// Starts to decode a source that begins with its first member.
    pub fn new(compression: Compression, stored: Stored) -> Result<Self, Fault> {
        let engine = match compression {
            Compression::Gzip => Engine::Steps(stored, Box::new(steps::Gzip::new())),
            Compression::Zstd => Engine::Steps(stored, Box::new(steps::Zstd::new())),
            Compression::Bzip2 => Engine::Steps(stored, Box::new(steps::Bzip2::new())),
            Compression::Lz4 => Engine::Lz4(Lz4::new(stored)),
            #[cfg(feature = "xz")]
            Compression::Xz => Engine::Steps(stored, Box::new(steps::Xz::new()?)),
            #[cfg(not(feature = "xz"))]
            Compression::Xz => return Err(Fault::new(Reason::Binary, "this build of doublon does not read xz")),
        };
        let place = Place::Between;
        Ok(Self { compression, engine, place, member: 0, is_guess: false, faults: 0, decoded: 0 })
    }

    /// Appends the next `wanted` bytes or a little more to `out`, fewer only at the end. After a fault, `out` has what
    /// came before it, and there is no more unless [`Decoder::resume`] finds some.
    pub fn append(&mut self, out: &mut Vec<u8>, wanted: usize) -> Result<(), Fault> {
        let (before, target) = (out.len(), out.len() + wanted);
        out.reserve_exact(wanted);
        let mut result = Ok(());
        while result.is_ok() && out.len() < target && self.place != Place::End {
            result = self.advance(out, target);
        }
        self.decoded += (out.len() - before) as u64;
        result
    }

    /// Goes on after a fault, if more can be found.
    pub fn resume(&mut self) -> bool {
        self.faults += 1;
        if self.compression != Compression::Gzip || self.faults > MAX_FAULTS {
            return false;
        }
        // A member that was cut off swallowed part of the next one.
        let (member, stored) = (self.member, self.stored());
        stored.go_back(member + 1);
        let is_found = find_member(stored).unwrap_or(false);
        if is_found {
            (self.place, self.is_guess) = (Place::Between, true);
        }
        is_found
    }

    /// Returns how many bytes came out of each that was stored, so far.
    pub fn ratio(&mut self) -> u64 {
        self.decoded / self.stored().position().max(1)
    }

    /// Returns how many bytes came out so far.
    pub fn decoded(&self) -> u64 {
        self.decoded
    }

    /// Returns the stored bytes.
    pub fn stored(&mut self) -> &mut Stored {
        match &mut self.engine {
            Engine::Steps(stored, _) => stored,
            Engine::Lz4(lz4) => lz4.stored(),
        }
    }

    fn advance(&mut self, out: &mut Vec<u8>, target: usize) -> Result<(), Fault> {
        let before = out.len();
        let result = match self.place {
            Place::Between => self.enter(),
            _ => self.decode(out, target),
        };
        self.is_guess &= out.len() == before;
        match result {
            Ok(place) => {
                self.place = place;
                Ok(())
            }
            Err(_) if self.is_guess => {
                // It only looked like a member.
                self.place = Place::End;
                self.resume();
                Ok(())
            }
            Err(Fault { reason, detail }) => {
                self.place = Place::End;
                let (name, at) = (self.compression.name(), self.stored().position());
                Err(Fault::new(reason, format!("{name} data at byte {at} of the file: {detail}")))
            }
        }
    }

    /// Goes to the next member.
    fn enter(&mut self) -> Result<Place, Fault> {
        self.member = self.stored().position();
        let (compression, is_first) = (self.compression, self.member == 0);
        let is_there = match &mut self.engine {
            Engine::Steps(stored, steps) => {
                let is_there = next_member(stored, compression, is_first)?;
                if is_there {
                    steps.restart(stored.peek(MAGIC)?)?;
                }
                is_there
            }
            Engine::Lz4(lz4) => next_member(lz4.stored(), compression, is_first)?,
        };
        Ok(if is_there { Place::Inside } else { Place::End })
    }

    fn decode(&mut self, out: &mut Vec<u8>, target: usize) -> Result<Place, Fault> {
        let (stored, steps) = match &mut self.engine {
            Engine::Steps(stored, steps) => (stored, steps),
            Engine::Lz4(lz4) => return lz4.decode(out).map(|ended| if ended { Place::Between } else { Place::Inside }),
        };
        let before = out.len();
        let input = stored.fill_buf()?;
        let is_end = input.is_empty();
        let (consumed, state) = steps.step(input, out);
        stored.consume(consumed);
        match state {
            State::Failed(fault) => return Err(fault),
            State::Ended => return Ok(Place::Between),
            State::More if consumed > 0 || out.len() > before || out.len() >= target => {}
            State::More if is_end => return Err(truncated()),
            State::More => return Err(Fault::new(Reason::BadData, "it cannot be decoded")),
        }
        Ok(Place::Inside)
    }
}

fn truncated() -> Fault {
    Fault::new(Reason::Truncated, "the file ends in the middle of it")
}

/// Passes over what may stand between members. Returns whether there is another one.
fn next_member(stored: &mut Stored, compression: Compression, is_first: bool) -> Result<bool, Fault> {
    loop {
        let start = stored.peek(MAGIC)?;
        match compression {
            _ if start.is_empty() => return Ok(false),
            Compression::Zstd | Compression::Lz4 if is_skippable(start) => skip_frame(stored)?,
            Compression::Lz4 if start.starts_with(LZ4_LEGACY) => {
                let detail = "a frame in the legacy format of LZ4, which is not read; write it again with `lz4`";
                return Err(Fault::new(Reason::BadHeader, detail));
            }
            _ if is_first || is_member(start, compression) => return Ok(true),
            // A tape or a disk is written in whole blocks.
            Compression::Gzip | Compression::Xz if start[0] == 0 => return pass_over_padding(stored, compression),
            _ => return Err(Fault::new(Reason::TrailingGarbage, "other bytes follow the last member")),
        }
    }
}

fn is_member(start: &[u8], compression: Compression) -> bool {
    match compression {
        Compression::Gzip => start.starts_with(b"\x1f\x8b") || start == b"\x1f",
        Compression::Zstd => start.starts_with(&ZSTD[..start.len().min(4)]),
        Compression::Bzip2 => start.starts_with(&b"BZh"[..start.len().min(3)]),
        Compression::Lz4 => start.starts_with(&LZ4[..start.len().min(4)]),
        Compression::Xz => start.starts_with(&XZ[..start.len().min(6)]),
    }
}

fn skip_frame(stored: &mut Stored) -> Result<(), Fault> {
    let &[_, _, _, _, a, b, c, d, ..] = stored.peek(8)? else { return Err(truncated()) };
    stored.consume(8);
    let mut left = u32::from_le_bytes([a, b, c, d]) as usize;
    while left > 0 {
        let held = stored.fill_buf()?.len().min(left);
        if held == 0 {
            return Err(truncated());
        }
        stored.consume(held);
        left -= held;
    }
    Ok(())
}

/// Passes over zeros. Returns whether a member follows.
fn pass_over_padding(stored: &mut Stored, compression: Compression) -> Result<bool, Fault> {
    let mut zeros = 0;
    loop {
        let chunk = stored.fill_buf()?;
        let here = chunk.iter().take_while(|&&byte| byte == 0).count();
        let (is_end, is_all) = (chunk.is_empty(), here == chunk.len());
        stored.consume(here);
        zeros += here as u64;
        if compression == Compression::Xz && (is_end || !is_all) && zeros % 4 != 0 {
            let detail = format!("{zeros} zero bytes follow a stream, but padding comes in fours");
            return Err(Fault::new(Reason::TrailingGarbage, detail));
        }
        if is_end {
            return Ok(false);
        }
        if !is_all {
            break;
        }
    }
    if is_member(stored.peek(MAGIC)?, compression) {
        return Ok(true);
    }
    Err(Fault::new(Reason::TrailingGarbage, format!("other bytes follow {zeros} zero bytes after the last member")))
}

/// Bytes that are searched at a time.
const SEARCH: usize = 4 << 10;

/// Goes forward to what may be the start of a gzip member.
fn find_member(stored: &mut Stored) -> io::Result<bool> {
    let finder = memmem::Finder::new(b"\x1f\x8b\x08");
    loop {
        let chunk = stored.peek(SEARCH)?;
        if chunk.len() < MAGIC {
            return Ok(false);
        }
        match finder.find(chunk) {
            // The three upper bits of the flags are reserved.
            Some(at) if chunk.get(at + 3).is_some_and(|flags| flags & 0xe0 == 0) => {
                stored.consume(at);
                return Ok(true);
            }
            Some(at) if at + 3 < chunk.len() => stored.consume(at + 1),
            // The end of the chunk may be the start of one.
            _ => {
                let length = chunk.len() - 3;
                stored.consume(length);
            }
        }
    }
}

#[cfg(test)]
mod tests;
