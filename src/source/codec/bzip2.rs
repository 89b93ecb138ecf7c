//! Streams of bzip2.

use bzip2::{Decompress as BzDecompress, Status as BzStatus};

use super::fault::CodecFault;
use super::steps::{StepState, Steps};
use crate::finding::Reason;

pub(super) struct Bzip2(BzDecompress);

impl Bzip2 {
    pub fn new() -> Self {
        Self(BzDecompress::new(false))
    }
}

impl Steps for Bzip2 {
    fn restart(&mut self, _: &[u8]) -> Result<(), CodecFault> {
        *self = Self::new();
        Ok(())
    }

    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, StepState) {
        let before = self.0.total_in();
        let state = match self.0.decompress_vec(input, out) {
            Ok(BzStatus::StreamEnd) => StepState::Ended,
            Ok(_) => StepState::More,
            Err(bzip2::Error::DataMagic) => {
                StepState::Failed(CodecFault::new(Reason::BadHeader, "the header is wrong"))
            }
            // The library tells bad data from bad checksums in no way; nearly all flipped bits show in a checksum.
            Err(_) => StepState::Failed(CodecFault::new(Reason::BadChecksum, "the data does not fit its checksum")),
        };
        ((self.0.total_in() - before) as usize, state)
    }
}
