//! Streams of xz.

use liblzma::stream::{Action, Error, Status, Stream};

use super::fault::CodecFault;
use super::steps::{StepState, Steps};
use crate::finding::Reason;

/// Bytes that a decoder may take: four times what `xz -9` asks for.
const MEMORY: u64 = 256 << 20;

pub(super) struct Xz(Stream);

impl Xz {
    pub fn new() -> Result<Self, CodecFault> {
        Stream::new_stream_decoder(MEMORY, 0).map(Self).map_err(fault)
    }
}

impl Steps for Xz {
    fn restart(&mut self, _: &[u8]) -> Result<(), CodecFault> {
        *self = Self::new()?;
        Ok(())
    }

    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, StepState) {
        let before = self.0.total_in();
        let state = match self.0.process_vec(input, out, Action::Run) {
            Ok(Status::StreamEnd) => StepState::Ended,
            Ok(_) => StepState::More,
            Err(error) => StepState::Failed(fault(error)),
        };
        ((self.0.total_in() - before) as usize, state)
    }
}

fn fault(error: Error) -> CodecFault {
    let (reason, detail) = match error {
        Error::Data => (Reason::BadChecksum, "the data does not fit its checksum"),
        Error::MemLimit | Error::Mem => {
            (Reason::WindowLimit, "its dictionary needs more than the 256 MiB that are allowed")
        }
        Error::Format | Error::Options | Error::UnsupportedCheck => (Reason::BadHeader, "the header is wrong"),
        _ => (Reason::BadData, "it cannot be decoded"),
    };
    CodecFault::new(reason, detail)
}
