//! The dictionary with which a file of Zstandard frames begins, as in web archives whose records are small.
//!
//! It is the content of a frame that other programs skip, with the magic number 0x184D2A5D: a dictionary as the program
//! `zstd --train` makes it, as it is or compressed by Zstandard without one.
//!
//! Format: IIPC, "WARC File Compression with Zstandard", draft 1.

use std::io::Read;

use zstd::zstd_safe::get_dict_id;

use super::fault::{CodecFault, truncated};
use crate::finding::Reason;

/// A dictionary, and the frame that holds it.
pub(crate) struct ZstdDictionary {
    /// The frame as it is stored, with its header.
    pub frame: Vec<u8>,
    /// The dictionary itself.
    pub content: Vec<u8>,
}

const MAGIC: &[u8] = b"\x5d\x2a\x4d\x18";

/// Those that are trained have about 100 kB. All of it stays in memory.
const LIMIT: u64 = 16 << 20;

impl ZstdDictionary {
    /// Returns whether a source that begins with `start` may begin with a dictionary.
    pub fn may_begin(start: &[u8]) -> bool {
        start.starts_with(MAGIC)
    }

    /// Reads the frame with which `input` begins: all of it, also where it holds no dictionary; `None` then.
    ///
    /// # Errors
    ///
    /// It is cut off, or the dictionary is broken or too large.
    pub fn read(input: &mut impl Read) -> Result<Option<Self>, CodecFault> {
        let mut frame = Vec::new();
        input.take(8).read_to_end(&mut frame)?;
        let &[_, _, _, _, a, b, c, d] = frame.as_slice() else { return Err(truncated()) };
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        if length > LIMIT {
            return Err(too_large(length));
        }
        if input.take(length).read_to_end(&mut frame)? as u64 != length {
            return Err(truncated());
        }
        let content = content(&frame[8..])?;
        Ok(get_dict_id(&content).is_some().then_some(Self { frame, content }))
    }

    /// Returns the number by which frames name it.
    pub fn id(&self) -> u32 {
        get_dict_id(&self.content).map_or(0, u32::from)
    }
}

fn content(stored: &[u8]) -> Result<Vec<u8>, CodecFault> {
    if !stored.starts_with(crate::source::compression::ZSTD) {
        return Ok(stored.to_vec());
    }
    let broken = |error: std::io::Error| CodecFault::new(Reason::BadData, format!("its dictionary: {error}"));
    let mut content = Vec::new();
    let decoder = zstd::Decoder::with_buffer(stored).map_err(broken)?;
    decoder.take(LIMIT + 1).read_to_end(&mut content).map_err(broken)?;
    if content.len() as u64 > LIMIT { Err(too_large(content.len() as u64)) } else { Ok(content) }
}

fn too_large(length: u64) -> CodecFault {
    let detail = format!("its dictionary has {length} bytes or more, and {LIMIT} are allowed");
    CodecFault::new(Reason::NeedsDictionary, detail)
}
