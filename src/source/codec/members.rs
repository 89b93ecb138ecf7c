//! What stands between the members of a compressed source: padding, frames to be skipped, garbage.

use std::io::{self, BufRead};

use memchr::memmem;

use super::fault::{CodecFault, truncated};
use crate::finding::Reason;
use crate::source::compression::{Compression, LZ4, LZ4_LEGACY, MAGIC, XZ, ZSTD, is_skippable};
use crate::source::raw::RawBytes;

/// Passes over what may stand between members. Returns whether there is another one.
pub(super) fn next_member(stored: &mut RawBytes, compression: Compression, is_first: bool) -> Result<bool, CodecFault> {
    loop {
        let start = stored.peek(MAGIC)?;
        match compression {
            _ if start.is_empty() => return Ok(false),
            Compression::Zstd | Compression::Lz4 if is_skippable(start) => skip_frame(stored)?,
            Compression::Lz4 if start.starts_with(LZ4_LEGACY) => {
                let detail = "a frame in the legacy format of LZ4, which is not read; write it again with `lz4`";
                return Err(CodecFault::new(Reason::BadHeader, detail));
            }
            _ if is_first || is_member(start, compression) => return Ok(true),
            // A tape or a disk is written in whole blocks.
            Compression::Gzip | Compression::Xz if start[0] == 0 => return pass_over_padding(stored, compression),
            _ => return Err(CodecFault::new(Reason::TrailingGarbage, "other bytes follow the last member")),
        }
    }
}

fn is_member(start: &[u8], compression: Compression) -> bool {
    match compression {
        Compression::Gzip => start.starts_with(b"\x1f\x8b") || start == b"\x1f",
        Compression::Zstd => start.starts_with(&ZSTD[..start.len().min(4)]),
        Compression::Bzip2 => start.starts_with(&b"BZh"[..start.len().min(3)]),
        Compression::Lz4 => start.starts_with(&LZ4[..start.len().min(4)]),
        Compression::Xz => start.starts_with(&XZ[..start.len().min(6)]),
        // There is one, and it has no sign at its start.
        Compression::Utf16Le | Compression::Utf16Be => false,
    }
}

fn skip_frame(stored: &mut RawBytes) -> Result<(), CodecFault> {
    let &[_, _, _, _, a, b, c, d, ..] = stored.peek(8)? else { return Err(truncated()) };
    stored.consume(8);
    let mut left = u32::from_le_bytes([a, b, c, d]) as usize;
    while left > 0 {
        let held = stored.fill_buf()?.len().min(left);
        if held == 0 {
            return Err(truncated());
        }
        stored.consume(held);
        left -= held;
    }
    Ok(())
}

/// Passes over zeros. Returns whether a member follows.
fn pass_over_padding(stored: &mut RawBytes, compression: Compression) -> Result<bool, CodecFault> {
    let mut zeros = 0;
    loop {
        let chunk = stored.fill_buf()?;
        let here = chunk.iter().take_while(|&&byte| byte == 0).count();
        let (is_end, is_all) = (chunk.is_empty(), here == chunk.len());
        stored.consume(here);
        zeros += here as u64;
        if compression == Compression::Xz && (is_end || !is_all) && zeros % 4 != 0 {
            let detail = format!("{zeros} zero bytes follow a stream, but padding comes in fours");
            return Err(CodecFault::new(Reason::TrailingGarbage, detail));
        }
        if is_end {
            return Ok(false);
        }
        if !is_all {
            break;
        }
    }
    if is_member(stored.peek(MAGIC)?, compression) {
        return Ok(true);
    }
    Err(CodecFault::new(
        Reason::TrailingGarbage,
        format!("other bytes follow {zeros} zero bytes after the last member"),
    ))
}

/// Bytes that are searched at a time.
const SEARCH: usize = 4 << 10;

/// Goes forward to what may be the start of a gzip member.
pub(super) fn find_member(stored: &mut RawBytes) -> io::Result<bool> {
    let finder = memmem::Finder::new(b"\x1f\x8b\x08");
    loop {
        let chunk = stored.peek(SEARCH)?;
        if chunk.len() < MAGIC {
            return Ok(false);
        }
        match finder.find(chunk) {
            // The three upper bits of the flags are reserved.
            Some(at) if chunk.get(at + 3).is_some_and(|flags| flags & 0xe0 == 0) => {
                stored.consume(at);
                return Ok(true);
            }
            Some(at) if at + 3 < chunk.len() => stored.consume(at + 1),
            // The end of the chunk may be the start of one.
            _ => {
                let length = chunk.len() - 3;
                stored.consume(length);
            }
        }
    }
}
