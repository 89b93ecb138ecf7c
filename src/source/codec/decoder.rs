//! Decodes a compressed source, member by member.

#[cfg(feature = "bzip2")]
use super::bzip2::Bzip2;
use super::fault::{CodecFault, truncated};
#[cfg(feature = "gzip")]
use super::gzip::Gzip;
#[cfg(feature = "lz4")]
use super::lz4::Lz4;
use super::members::{find_member, next_member};
use super::steps::{StepState, Steps};
use super::utf16::Utf16;
#[cfg(feature = "xz")]
use super::xz::Xz;
#[cfg(feature = "zstd")]
use super::zstd::Zstd;
use crate::finding::Reason;
use crate::source::compression::{Compression, MAGIC};
use crate::source::raw::RawBytes;
use crate::source::skip::unsupported;
use std::io::BufRead;
use std::ops::Range;

/// Decodes a compressed source.
pub(crate) struct Decoder {
    compression: Compression,
    engine: DecoderEngine,
    place: MemberPlace,
    /// The byte of the source at which the member started that is read.
    member: u64,
    /// Whether the member that is read was looked for after a fault: then it may be none.
    is_guess: bool,
    faults: usize,
    decoded: u64,
    /// Where the member begins that is read.
    start: (u64, u64),
    /// Those that ended well since they were taken, if they are asked for.
    members: Option<Vec<StoredMember>>,
}

/// Where a member of a compressed source stands, and what comes out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMember {
    /// Its bytes in the file.
    pub stored: Range<u64>,
    /// What comes out of it, in bytes of what comes out of the file.
    pub decoded: Range<u64>,
}

#[allow(clippy::large_enum_variant)] // there is one
enum DecoderEngine {
    Steps(RawBytes, Box<dyn Steps>),
    #[cfg(feature = "lz4")]
    Lz4(Lz4),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MemberPlace {
    Between,
    Inside,
    /// After the last member, or after a fault.
    End,
}

/// After so many faults a source is given up: each costs a search.
const MAX_FAULTS: usize = 100;

impl Decoder {
    /// Starts to decode a source that begins with its first member. A member may ask for a window of `most_window` bytes,
    /// if its format does not set a limit.
    pub fn new(compression: Compression, stored: RawBytes, most_window: u64) -> Result<Self, CodecFault> {
        let engine = engine(compression, stored, most_window)?;
        let place = MemberPlace::Between;
        let (start, members) = ((0, 0), None);
        Ok(Self { compression, engine, place, member: 0, is_guess: false, faults: 0, decoded: 0, start, members })
    }

    /// Notes from now on where members stand, for [`Self::take_members`].
    pub fn note_members(&mut self) {
        self.members = Some(Vec::new());
    }

    /// Returns the members that ended well since they were taken last, in order; none of a format that does not tell them.
    pub fn take_members(&mut self) -> Vec<StoredMember> {
        self.members.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Appends the next `wanted` bytes or a little more to `out`, fewer only at the end. After a fault, `out` has what
    /// came before it, and there is no more unless [`Decoder::resume`] finds some.
    pub fn append(&mut self, out: &mut Vec<u8>, wanted: usize) -> Result<(), CodecFault> {
        let target = out.len() + wanted;
        out.reserve_exact(wanted);
        let mut result = Ok(());
        while result.is_ok() && out.len() < target && self.place != MemberPlace::End {
            result = self.advance(out, target);
        }
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
            (self.place, self.is_guess) = (MemberPlace::Between, true);
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
    pub fn stored(&mut self) -> &mut RawBytes {
        match &mut self.engine {
            DecoderEngine::Steps(stored, _) => stored,
            #[cfg(feature = "lz4")]
            DecoderEngine::Lz4(lz4) => lz4.stored(),
        }
    }

    fn advance(&mut self, out: &mut Vec<u8>, target: usize) -> Result<(), CodecFault> {
        let before = out.len();
        let result = match self.place {
            MemberPlace::Between => self.enter(),
            _ => self.decode(out, target),
        };
        self.is_guess &= out.len() == before;
        self.decoded += (out.len() - before) as u64;
        match result {
            Ok(place) => {
                if (self.place, place) == (MemberPlace::Inside, MemberPlace::Between) {
                    self.note_end();
                }
                self.place = place;
                Ok(())
            }
            Err(_) if self.is_guess => {
                // It only looked like a member.
                self.place = MemberPlace::End;
                self.resume();
                Ok(())
            }
            Err(CodecFault { reason, detail }) => {
                self.place = MemberPlace::End;
                let (name, at) = (self.compression.name(), self.stored().position());
                Err(CodecFault::new(reason, format!("{name} data at byte {at} of the file: {detail}")))
            }
        }
    }

    fn note_end(&mut self) {
        let (stored, decoded) = (self.start.0..self.stored().position(), self.start.1..self.decoded);
        if let Some(members) = &mut self.members {
            members.push(StoredMember { stored, decoded });
        }
    }

    /// Goes to the next member.
    fn enter(&mut self) -> Result<MemberPlace, CodecFault> {
        self.member = self.stored().position();
        let (compression, is_first) = (self.compression, self.member == 0);
        let is_there = match &mut self.engine {
            DecoderEngine::Steps(stored, steps) => {
                if is_first {
                    steps.prepare(stored)?;
                }
                let is_there = next_member(stored, compression, is_first)?;
                if is_there {
                    steps.restart(stored.peek(MAGIC)?)?;
                }
                is_there
            }
            #[cfg(feature = "lz4")]
            DecoderEngine::Lz4(lz4) => next_member(lz4.stored(), compression, is_first)?,
        };
        self.start = (self.stored().position(), self.decoded);
        Ok(if is_there { MemberPlace::Inside } else { MemberPlace::End })
    }

    fn decode(&mut self, out: &mut Vec<u8>, target: usize) -> Result<MemberPlace, CodecFault> {
        let (stored, steps) = match &mut self.engine {
            DecoderEngine::Steps(stored, steps) => (stored, steps),
            #[cfg(feature = "lz4")]
            DecoderEngine::Lz4(lz4) => {
                return lz4.decode(out).map(|ended| if ended { MemberPlace::Between } else { MemberPlace::Inside });
            }
        };
        let before = out.len();
        let input = stored.fill_buf()?;
        let is_end = input.is_empty();
        let (consumed, state) = steps.step(input, out);
        stored.consume(consumed);
        match state {
            StepState::Failed(fault) => return Err(fault),
            StepState::Ended => return Ok(MemberPlace::Between),
            StepState::More if consumed > 0 || out.len() > before || out.len() >= target => {}
            StepState::More if is_end => return Err(truncated()),
            StepState::More => return Err(CodecFault::new(Reason::BadData, "it cannot be decoded")),
        }
        Ok(MemberPlace::Inside)
    }
}

#[allow(clippy::unnecessary_wraps)] // a build may have all codecs
fn engine(
    compression: Compression,
    stored: RawBytes,
    #[cfg_attr(not(feature = "zstd"), allow(unused_variables))] most_window: u64, // others have a limit of their own
) -> Result<DecoderEngine, CodecFault> {
    #[allow(unreachable_patterns, unused_variables)] // with all codecs, and with none
    let steps: Box<dyn Steps> = match compression {
        #[cfg(feature = "gzip")]
        Compression::Gzip => Box::new(Gzip::new()),
        #[cfg(feature = "zstd")]
        Compression::Zstd => Box::new(Zstd::new(most_window)),
        #[cfg(feature = "bzip2")]
        Compression::Bzip2 => Box::new(Bzip2::new()),
        #[cfg(feature = "xz")]
        Compression::Xz => Box::new(Xz::new()?),
        Compression::Utf16Le => Box::new(Utf16::new(true)),
        Compression::Utf16Be => Box::new(Utf16::new(false)),
        #[cfg(feature = "lz4")]
        Compression::Lz4 => return Ok(DecoderEngine::Lz4(Lz4::new(stored))),
        _ => {
            drop(stored);
            let (reason, detail) = unsupported(compression.name(), compression.missing_feature().unwrap_or_default());
            return Err(CodecFault::new(reason, detail));
        }
    };
    #[allow(unreachable_code)] // in a build without codecs
    Ok(DecoderEngine::Steps(stored, steps))
}
