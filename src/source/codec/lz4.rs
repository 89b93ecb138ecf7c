//! LZ4 frames, by a decoder that takes its input itself.

use std::io::{BufRead, ErrorKind, Read};

use lz4_flex::frame::{Error, FrameDecoder};

use super::fault::{CodecFault, truncated};
use crate::finding::Reason;
use crate::source::raw::RawBytes;

pub(super) struct Lz4(FrameDecoder<StarvedInput>);

/// Tells whether more was asked for than there is: the decoder takes that for the end of a frame.
struct StarvedInput {
    stored: RawBytes,
    is_starved: bool,
}

impl Read for StarvedInput {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.stored.read(out)?;
        self.is_starved |= read == 0 && !out.is_empty();
        Ok(read)
    }
}

impl Lz4 {
    pub fn new(stored: RawBytes) -> Self {
        Self(FrameDecoder::new(StarvedInput { stored, is_starved: false }))
    }

    pub fn stored(&mut self) -> &mut RawBytes {
        &mut self.0.get_mut().stored
    }

    /// Appends the next block to `out`. Returns whether the frame ended instead.
    pub fn decode(&mut self, out: &mut Vec<u8>) -> Result<bool, CodecFault> {
        let block = self.0.fill_buf().map_err(|error| fault(&error))?;
        let length = block.len();
        out.extend_from_slice(block);
        self.0.consume(length);
        if length == 0 && self.0.get_ref().is_starved {
            return Err(truncated());
        }
        Ok(length == 0)
    }
}

fn fault(error: &std::io::Error) -> CodecFault {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<Error>());
    let reason = match cause {
        None if error.kind() == ErrorKind::UnexpectedEof => return truncated(),
        None => Reason::ReadError,
        Some(Error::HeaderChecksumError | Error::BlockChecksumError | Error::ContentChecksumError) => {
            return CodecFault::new(Reason::BadChecksum, "the checksum is wrong");
        }
        Some(Error::DictionaryNotSupported) => {
            return CodecFault::new(Reason::NeedsDictionary, "it needs a dictionary, which is not read");
        }
        Some(Error::UnsupportedBlocksize(_) | Error::UnsupportedVersion(_) | Error::ReservedBitsSet) => {
            Reason::BadHeader
        }
        Some(_) => Reason::BadData,
    };
    CodecFault::new(reason, error.to_string())
}
