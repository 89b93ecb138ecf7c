//! Text in UTF-16, read as UTF-8: records of which the reader looks for line ends byte by byte.
//!
//! Both encode the same characters, a byte order mark among them, so that what is written in UTF-16 again is what was read.
//!
//! Format: RFC 2781.

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};

use super::fault::CodecFault;
use super::steps::{StepState, Steps};
use crate::finding::Reason;

pub(super) struct Utf16(Decoder);

impl Utf16 {
    pub fn new(is_little_endian: bool) -> Self {
        let encoding = if is_little_endian { UTF_16LE } else { UTF_16BE };
        Self(encoding.new_decoder_without_bom_handling())
    }
}

/// The decoder wants more room than a character takes.
const ROOM: usize = 64;

impl Steps for Utf16 {
    fn restart(&mut self, _: &[u8]) -> Result<(), CodecFault> {
        Ok(())
    }

    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, StepState) {
        // Enough for a character, even where `out` is to be filled to a limit.
        out.reserve(ROOM);
        let (filled, most) = (out.len(), self.0.max_utf8_buffer_length_without_replacement(input.len()));
        let room = (out.capacity() - filled).min(most.unwrap_or(usize::MAX));
        out.resize(filled + room, 0);
        let is_last = input.is_empty();
        let (result, read, written) = self.0.decode_to_utf8_without_replacement(input, &mut out[filled..], is_last);
        out.truncate(filled + written);
        let state = match result {
            DecoderResult::InputEmpty if is_last => StepState::Ended,
            DecoderResult::InputEmpty | DecoderResult::OutputFull => StepState::More,
            DecoderResult::Malformed(..) if is_last => StepState::Failed(super::fault::truncated()),
            DecoderResult::Malformed(..) => {
                StepState::Failed(CodecFault::new(Reason::BadData, "half of a surrogate pair"))
            }
        };
        (read, state)
    }
}
