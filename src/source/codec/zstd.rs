//! Frames of Zstandard (RFC 8878).

use zstd::zstd_safe::zstd_sys::ZSTD_ErrorCode;
use zstd::zstd_safe::{self, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective};

use super::fault::CodecFault;
use super::steps::{StepState, Steps};
use crate::finding::Reason;

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
    fn restart(&mut self, start: &[u8]) -> Result<(), CodecFault> {
        check_zstd_frame(start)?;
        let reset = self.0.reset(ResetDirective::SessionOnly);
        reset.map(drop).map_err(zstd_fault)
    }

    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, StepState) {
        let mut source = InBuffer::around(input);
        let filled = out.len();
        let result = self.0.decompress_stream(&mut OutBuffer::around_pos(out, filled), &mut source);
        let state = match result {
            Ok(0) => StepState::Ended,
            Ok(_) => StepState::More,
            Err(code) => StepState::Failed(zstd_fault(code)),
        };
        (source.pos(), state)
    }
}

/// Refuses by name what the library would refuse in general words (RFC 8878, section 3.1.1.1).
fn check_zstd_frame(start: &[u8]) -> Result<(), CodecFault> {
    let &[_, _, _, _, descriptor, window, ..] = start else { return Ok(()) };
    let is_single_segment = descriptor & 0x20 != 0;
    let id = &start[if is_single_segment { 5 } else { 6 }..];
    let id_length = [0, 1, 2, 4][usize::from(descriptor & 3)].min(id.len());
    let id = id[..id_length].iter().rev().fold(0, |id, &byte| id << 8 | u32::from(byte));
    if descriptor & 8 != 0 {
        return Err(CodecFault::new(Reason::BadHeader, "a reserved bit is set in the header of the frame"));
    }
    if id != 0 {
        return Err(CodecFault::new(
            Reason::NeedsDictionary,
            format!("it needs the dictionary {id}, which is not read"),
        ));
    }
    let base = 1u64 << (10 + u32::from(window >> 3));
    let size = base + base / 8 * u64::from(window & 7);
    if !is_single_segment && size > 1 << WINDOW_LOG {
        let detail = format!(
            "it needs a window of {} MiB, more than the {} MiB that are allowed; give it as `zstd -dc --long=31 FILE | doublon scan -`",
            size >> 20,
            (1 << WINDOW_LOG) >> 20
        );
        return Err(CodecFault::new(Reason::WindowLimit, detail));
    }
    Ok(())
}

fn zstd_fault(code: usize) -> CodecFault {
    let is = |kind| zstd_safe::is_error_kind(code, kind);
    let reason = match () {
        () if is(ZSTD_ErrorCode::ZSTD_error_checksum_wrong) => Reason::BadChecksum,
        () if is(ZSTD_ErrorCode::ZSTD_error_frameParameter_windowTooLarge) => Reason::WindowLimit,
        () if is(ZSTD_ErrorCode::ZSTD_error_frameParameter_unsupported) => Reason::BadHeader,
        () => Reason::BadData,
    };
    CodecFault::new(reason, zstd_safe::get_error_name(code).to_lowercase())
}
