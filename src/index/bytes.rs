//! Numbers and texts as bytes, and back. What is read comes from a file and is never trusted: each step may find nothing.

use std::io::{self, Read};

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

    /// Reads a number as [`varint_at`] does.
    pub fn varint(&mut self) -> Option<u32> {
        let (value, end) = varint_at(self.0, 0)?;
        self.0 = &self.0[end..];
        Some(value)
    }

    /// Reads a text with its length before it.
    pub fn text(&mut self) -> Option<&'a str> {
        let len = self.varint()?;
        std::str::from_utf8(self.take(len as usize)?).ok()
    }
}

/// Reads a number of 7 bits a byte, the lowest first (LEB128). Returns it, and where its bytes end.
pub(super) fn varint_at(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = *bytes.get(at)?;
    if first < 0x80 {
        return Some((u32::from(first), at + 1));
    }
    let second = *bytes.get(at + 1)?;
    if second < 0x80 {
        return Some((u32::from(first & 0x7f) | u32::from(second) << 7, at + 2));
    }
    let mut value = u64::from(first & 0x7f) | u64::from(second & 0x7f) << 7;
    for (shift, at) in [14, 21, 28].into_iter().zip(at + 2..) {
        let byte = *bytes.get(at)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some((u32::try_from(value).ok()?, at + 1));
        }
    }
    None
}

/// The most bytes of such a number.
pub(super) const VARINT_BYTES: usize = 5;

/// Writes a number at `at`, as [`varint_at`] reads it, and returns where its bytes end.
pub(super) fn put_varint(mut value: u32, out: &mut [u8], mut at: usize) -> usize {
    while value >= 0x80 {
        out[at] = value as u8 | 0x80;
        value >>= 7;
        at += 1;
    }
    out[at] = value as u8;
    at + 1
}

/// Appends a text as [`ByteReader::text`] reads it. One of 4 GiB is none that a record may have.
pub(super) fn put_text(text: &str, out: &mut Vec<u8>) {
    let at = out.len();
    out.resize(at + VARINT_BYTES, 0);
    let end = put_varint(text.len() as u32, out, at);
    out.truncate(end);
    out.extend_from_slice(text.as_bytes());
}

/// The most bytes that a packed piece unpacks to.
const MOST_UNPACKED: u64 = 256 << 20;

/// Packs bytes by zstd; none if they are too many to be unpacked again.
pub(super) fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() as u64 > MOST_UNPACKED { None } else { zstd::bulk::compress(bytes, 3).ok() }
}

/// Packs bytes that are read at once.
pub(super) fn packed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    pack(bytes).ok_or_else(|| io::Error::other("the names or words of its documents are too long"))
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
        let numbers = [0, 127, 128, 300, (1 << 14) - 1, 1 << 14, (1 << 21) - 1, 1 << 28, u32::MAX];
        for value in numbers {
            let at = bytes.len();
            bytes.resize(at + VARINT_BYTES, 0);
            let end = put_varint(value, &mut bytes, at);
            bytes.truncate(end);
        }
        put_text("été", &mut bytes);
        let mut reader = ByteReader(&bytes);
        assert_eq!([(); 9].map(|()| reader.varint()), numbers.map(Some));
        assert_eq!((reader.text(), reader.varint(), reader.u32()), (Some("été"), None, None));
        assert_eq!(ByteReader(&[0xff; 11]).varint(), None);
        assert_eq!(ByteReader(&[0xff, 0xff, 0xff, 0xff, 0x1f]).varint(), None, "more than 32 bits");
        assert_eq!(ByteReader(&[0xff, 0xff, 0xff, 0xff]).varint(), None, "cut short");
        assert_eq!(ByteReader(&[0xff, 0xff, 0x7f, b'a']).text(), None, "a length past the end");
        assert_eq!(pack(&bytes).as_deref().and_then(unpack), Some(bytes));
        assert_eq!(unpack(b"no frame"), None);
    }
}
