//! Decoders that are given their input piece by piece.

use bzip2::{Decompress as BzDecompress, Status as BzStatus};
use flate2::{Decompress, FlushDecompress, Status};
use zstd::zstd_safe::zstd_sys::ZSTD_ErrorCode;
use zstd::zstd_safe::{self, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective};

use super::Fault;
use crate::finding::Reason;

/// Decodes one member after the other.
pub(super) trait Steps: Send {
    /// Begins a member that starts with `start`.
    fn restart(&mut self, start: &[u8]) -> Result<(), Fault>;

    /// Decodes part of `input` into the spare room of `out`. Returns how many bytes of the input are done with.
    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, State);
}

/// Where a member is after a step.
pub(super) enum State {
    More,
    Ended,
    Failed(Fault),
}

pub(super) struct Gzip(Decompress);

/// The largest window of the format.
const WINDOW_BITS: u8 = 15;

impl Gzip {
    pub fn new() -> Self {
        Self(Decompress::new_gzip(WINDOW_BITS))
    }
}

impl Steps for Gzip {
    fn restart(&mut self, _: &[u8]) -> Result<(), Fault> {
        *self = Self::new();
        Ok(())
    }

    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, State) {
        let before = self.0.total_in();
        let state = match self.0.decompress_vec(input, out, FlushDecompress::None) {
            Ok(Status::Ok | Status::BufError) => State::More,
            Ok(Status::StreamEnd) => State::Ended,
            Err(error) => State::Failed(gzip_fault(error.message().unwrap_or_default())),
        };
        ((self.0.total_in() - before) as usize, state)
    }
}

fn gzip_fault(message: &str) -> Fault {
    let reason = match message {
        "incorrect data check" | "incorrect length check" => Reason::BadChecksum,
        "incorrect header check"
        | "unknown compression method"
        | "unknown header flags set"
        | "header crc mismatch" => Reason::BadHeader,
        _ => Reason::BadData,
    };
    let is_plain = reason != Reason::BadData;
    Fault::new(reason, if is_plain { message } else { "it cannot be decoded" })
}

pub(super) struct Zstd(DCtx<'static>);

/// As with the program `zstd` without `--long`: 128 MiB.
const WINDOW_LOG: u32 = 27;

impl Zstd {
    pub fn new() -> Self {
        let mut context = DCtx::create();
        // It is in the range of the parameter; were it not, the library's own limit is the same.
        let _ = context.set_parameter(DParameter::WindowLogMax(WINDOW_LOG));
        Self(context)
    }
}

impl Steps for Zstd {
    fn restart(&mut self, start: &[u8]) -> Result<(), Fault> {
        check_zstd_frame(start)?;
        let reset = self.0.reset(ResetDirective::SessionOnly);
        reset.map(drop).map_err(zstd_fault)
    }

    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, State) {
        let mut source = InBuffer::around(input);
        let filled = out.len();
        let result = self.0.decompress_stream(&mut OutBuffer::around_pos(out, filled), &mut source);
        let state = match result {
            Ok(0) => State::Ended,
            Ok(_) => State::More,
            Err(code) => State::Failed(zstd_fault(code)),
        };
        (source.pos(), state)
    }
}

/// Refuses by name what the library would refuse in general words (RFC 8878, section 3.1.1.1).
fn check_zstd_frame(start: &[u8]) -> Result<(), Fault> {
    let &[_, _, _, _, descriptor, window, ..] = start else { return Ok(()) };
    let is_single_segment = descriptor & 0x20 != 0;
    let id = &start[if is_single_segment { 5 } else { 6 }..];
    let id_length = [0, 1, 2, 4][usize::from(descriptor & 3)].min(id.len());
    let id = id[..id_length].iter().rev().fold(0, |id, &byte| id << 8 | u32::from(byte));
    if descriptor & 8 != 0 {
        return Err(Fault::new(Reason::BadHeader, "a reserved bit is set in the header of the frame"));
    }
    if id != 0 {
        return Err(Fault::new(Reason::NeedsDictionary, format!("it needs the dictionary {id}, which is not read")));
    }
    let base = 1u64 << (10 + u32::from(window >> 3));
    let size = base + base / 8 * u64::from(window & 7);
    if !is_single_segment && size > 1 << WINDOW_LOG {
        let detail = format!(
            "it needs a window of {} MiB, more than the {} MiB that are allowed; give it as `zstd -dc --long=31 FILE | doublon scan -`",
            size >> 20,
            (1 << WINDOW_LOG) >> 20
        );
        return Err(Fault::new(Reason::WindowLimit, detail));
    }
    Ok(())
}

fn zstd_fault(code: usize) -> Fault {
    let is = |kind| zstd_safe::is_error_kind(code, kind);
    let reason = match () {
        () if is(ZSTD_ErrorCode::ZSTD_error_checksum_wrong) => Reason::BadChecksum,
        () if is(ZSTD_ErrorCode::ZSTD_error_frameParameter_windowTooLarge) => Reason::WindowLimit,
        () if is(ZSTD_ErrorCode::ZSTD_error_frameParameter_unsupported) => Reason::BadHeader,
        () => Reason::BadData,
    };
    Fault::new(reason, zstd_safe::get_error_name(code).to_lowercase())
}

pub(super) struct Bzip2(BzDecompress);

impl Bzip2 {
    pub fn new() -> Self {
        Self(BzDecompress::new(false))
    }
}

impl Steps for Bzip2 {
    fn restart(&mut self, _: &[u8]) -> Result<(), Fault> {
        *self = Self::new();
        Ok(())
    }

    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, State) {
        let before = self.0.total_in();
        let state = match self.0.decompress_vec(input, out) {
            Ok(BzStatus::StreamEnd) => State::Ended,
            Ok(_) => State::More,
            Err(bzip2::Error::DataMagic) => State::Failed(Fault::new(Reason::BadHeader, "the header is wrong")),
            // The library tells bad data from bad checksums in no way; nearly all flipped bits show in a checksum.
            Err(_) => State::Failed(Fault::new(Reason::BadChecksum, "the data does not fit its checksum")),
        };
        ((self.0.total_in() - before) as usize, state)
    }
}

#[cfg(feature = "xz")]
pub(super) use xz::Xz;

#[cfg(feature = "xz")]
mod xz {
    use liblzma::stream::{Action, Error, Status, Stream};

    use super::{Fault, State, Steps};
    use crate::finding::Reason;

    /// Bytes that a decoder may take: four times what `xz -9` asks for.
    const MEMORY: u64 = 256 << 20;

    pub(in super::super) struct Xz(Stream);

    impl Xz {
        pub fn new() -> Result<Self, Fault> {
            Stream::new_stream_decoder(MEMORY, 0).map(Self).map_err(fault)
        }
    }

    impl Steps for Xz {
        fn restart(&mut self, _: &[u8]) -> Result<(), Fault> {
            *self = Self::new()?;
            Ok(())
        }

        fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, State) {
            let before = self.0.total_in();
            let state = match self.0.process_vec(input, out, Action::Run) {
                Ok(Status::StreamEnd) => State::Ended,
                Ok(_) => State::More,
                Err(error) => State::Failed(fault(error)),
            };
            ((self.0.total_in() - before) as usize, state)
        }
    }

    fn fault(error: Error) -> Fault {
        let (reason, detail) = match error {
            Error::Data => (Reason::BadChecksum, "the data does not fit its checksum"),
            Error::MemLimit | Error::Mem => {
                (Reason::WindowLimit, "its dictionary needs more than the 256 MiB that are allowed")
            }
            Error::Format | Error::Options | Error::UnsupportedCheck => (Reason::BadHeader, "the header is wrong"),
            _ => (Reason::BadData, "it cannot be decoded"),
        };
        Fault::new(reason, detail)
    }
}
