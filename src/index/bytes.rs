//! Numbers and texts as bytes, and back. What is read comes from a file and is never trusted: each step may find nothing.

use std::io::Read;

/// Reads one value after another.
#[derive(Clone, Copy, Debug)]
pub(super) struct ByteReader<'a>(pub &'a [u8]);

impl<'a> ByteReader<'a> {
    pub fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn u128(&mut self) -> Option<u128> {
        self.array().map(u128::from_le_bytes)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// Reads a number of 7 bits a byte, the lowest first (LEB128).
    pub fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// Reads a text with its length before it.
    pub fn text(&mut self) -> Option<&'a str> {
        let len = usize::try_from(self.varint()?).ok()?;
        std::str::from_utf8(self.take(len)?).ok()
    }
}

/// Appends a number as [`ByteReader::varint`] reads it.
pub(super) fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a text as [`ByteReader::text`] reads it.
pub(super) fn put_text(text: &str, out: &mut Vec<u8>) {
    put_varint(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

/// The most bytes that a packed piece unpacks to.
const MOST_UNPACKED: u64 = 256 << 20;

/// Packs bytes by zstd; none if they are too many to be unpacked again.
pub(super) fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() as u64 > MOST_UNPACKED { None } else { zstd::bulk::compress(bytes, 3).ok() }
}

/// Unpacks bytes; memory grows with what comes out, not with what the piece says of it.
pub(super) fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    let reader = zstd::stream::read::Decoder::new(bytes).ok()?;
    reader.take(MOST_UNPACKED + 1).read_to_end(&mut unpacked).ok()?;
    (unpacked.len() as u64 <= MOST_UNPACKED).then_some(unpacked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_nothing_is_read_past_the_end() {
        let mut bytes = Vec::new();
        for value in [0, 127, 128, 300, u64::MAX] {
            put_varint(value, &mut bytes);
        }
        put_text("été", &mut bytes);
        let mut reader = ByteReader(&bytes);
        assert_eq!([(); 5].map(|()| reader.varint()), [0, 127, 128, 300, u64::MAX].map(Some));
        assert_eq!((reader.text(), reader.varint(), reader.u32()), (Some("été"), None, None));
        assert_eq!(ByteReader(&[0xff; 11]).varint(), None);
        assert_eq!(ByteReader(&[0xff, 0xff, 0x7f, b'a']).text(), None, "a length past the end");
        assert_eq!(pack(&bytes).as_deref().and_then(unpack), Some(bytes));
        assert_eq!(unpack(b"no frame"), None);
    }
}
