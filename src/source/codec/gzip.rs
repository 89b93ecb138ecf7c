//! Members of gzip (RFC 1952).

use flate2::{Decompress, FlushDecompress, Status};

use super::fault::CodecFault;
use super::steps::{StepState, Steps};
use crate::finding::Reason;

pub(super) struct Gzip(Decompress);

/// The largest window of the format.
const WINDOW_BITS: u8 = 15;

impl Gzip {
    pub fn new() -> Self {
        Self(Decompress::new_gzip(WINDOW_BITS))
    }
}

impl Steps for Gzip {
    fn restart(&mut self, _: &[u8]) -> Result<(), CodecFault> {
        *self = Self::new();
        Ok(())
    }

    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, StepState) {
        let before = self.0.total_in();
        let state = match self.0.decompress_vec(input, out, FlushDecompress::None) {
            Ok(Status::Ok | Status::BufError) => StepState::More,
            Ok(Status::StreamEnd) => StepState::Ended,
            Err(error) => StepState::Failed(gzip_fault(error.message().unwrap_or_default())),
        };
        ((self.0.total_in() - before) as usize, state)
    }
}

fn gzip_fault(message: &str) -> CodecFault {
    let reason = match message {
        "incorrect data check" | "incorrect length check" => Reason::BadChecksum,
        "incorrect header check"
        | "unknown compression method"
        | "unknown header flags set"
        | "header crc mismatch" => Reason::BadHeader,
        _ => Reason::BadData,
    };
    let is_plain = reason != Reason::BadData;
    CodecFault::new(reason, if is_plain { message } else { "it cannot be decoded" })
}
