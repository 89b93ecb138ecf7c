//! What a decoder does that is given its input piece by piece.

use super::fault::CodecFault;
use crate::source::raw::RawBytes;

/// Decodes one member after the other.
pub(super) trait Steps: Send {
    /// Takes what a source begins with that decides how its members are decoded, if it is there.
    fn prepare(&mut self, stored: &mut RawBytes) -> Result<(), CodecFault> {
        let _ = stored;
        Ok(())
    }

    /// Begins a member that starts with `start`.
    fn restart(&mut self, start: &[u8]) -> Result<(), CodecFault>;

    /// Decodes part of `input` into the spare room of `out`. Returns how many bytes of the input are done with.
    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, StepState);
}

/// Where a member is after a step.
pub(super) enum StepState {
    More,
    Ended,
    Failed(CodecFault),
}
