//! Frames of Zstandard (RFC 8878).

use zstd::zstd_safe::zstd_sys::ZSTD_ErrorCode;
use zstd::zstd_safe::{self, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective};

use super::dictionary::ZstdDictionary;
use super::fault::CodecFault;
use super::steps::{StepState, Steps};
use crate::finding::Reason;
use crate::source::compression::MAGIC;
use crate::source::options::MOST_WINDOW_LOG;
use crate::source::raw::RawBytes;

pub(super) struct Zstd {
    context: DCtx<'static>,
    /// The most bytes of a window.
    most_window: u64,
    /// The number of the dictionary with which the source began; 0 without one.
    dictionary: u32,
}

impl Zstd {
    pub fn new(most_window: u64) -> Self {
        let mut context = DCtx::create();
        // Frames that ask for more than is allowed are refused before. It is in the range of the parameter; were it not,
        // the library's own limit is lower.
        let _ = context.set_parameter(DParameter::WindowLogMax(MOST_WINDOW_LOG));
        Self { context, most_window, dictionary: 0 }
    }
}

impl Steps for Zstd {
    fn prepare(&mut self, stored: &mut RawBytes) -> Result<(), CodecFault> {
        if ZstdDictionary::may_begin(stored.peek(MAGIC)?)
            && let Some(dictionary) = ZstdDictionary::read(stored)?
        {
            self.context.load_dictionary(&dictionary.content).map_err(zstd_fault)?;
            self.dictionary = dictionary.id();
        }
        Ok(())
    }

    fn restart(&mut self, start: &[u8]) -> Result<(), CodecFault> {
        check_zstd_frame(start, self.most_window, self.dictionary)?;
        let reset = self.context.reset(ResetDirective::SessionOnly);
        reset.map(drop).map_err(zstd_fault)
    }

    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, StepState) {
        let mut source = InBuffer::around(input);
        let filled = out.len();
        let result = self.context.decompress_stream(&mut OutBuffer::around_pos(out, filled), &mut source);
        let state = match result {
            Ok(0) => StepState::Ended,
            Ok(_) => StepState::More,
            Err(code) => StepState::Failed(zstd_fault(code)),
        };
        (source.pos(), state)
    }
}

/// Refuses by name what the library would refuse in general words (RFC 8878, section 3.1.1.1).
fn check_zstd_frame(start: &[u8], most_window: u64, dictionary: u32) -> Result<(), CodecFault> {
    let &[_, _, _, _, descriptor, window, ..] = start else { return Ok(()) };
    let is_single_segment = descriptor & 0x20 != 0;
    let id = &start[if is_single_segment { 5 } else { 6 }..];
    let id_length = [0, 1, 2, 4][usize::from(descriptor & 3)].min(id.len());
    let id = id[..id_length].iter().rev().fold(0, |id, &byte| id << 8 | u32::from(byte));
    if descriptor & 8 != 0 {
        return Err(CodecFault::new(Reason::BadHeader, "a reserved bit is set in the header of the frame"));
    }
    if id != 0 && id != dictionary {
        let detail = format!("it needs the dictionary {id}, with which the file does not begin");
        return Err(CodecFault::new(Reason::NeedsDictionary, detail));
    }
    let base = 1u64 << (10 + u32::from(window >> 3));
    let size = base + base / 8 * u64::from(window & 7);
    if !is_single_segment && size > most_window {
        let hint = if size > 1 << MOST_WINDOW_LOG { "" } else { "; raise --memory" };
        let (size, most) = (size >> 20, most_window >> 20);
        let detail = format!("it needs a window of {size} MiB, more than the {most} MiB that are allowed{hint}");
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
