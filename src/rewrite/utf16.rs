//! UTF-8 written as UTF-16.

use std::io::{self, Write};

/// Takes UTF-8 in pieces of any size and writes it as UTF-16.
pub(super) struct Utf16Writer<W> {
    out: W,
    is_little_endian: bool,
    /// The beginning of a character.
    begun: Vec<u8>,
    units: Vec<u8>,
}

impl<W: Write> Utf16Writer<W> {
    pub fn new(out: W, is_little_endian: bool) -> Self {
        Self { out, is_little_endian, begun: Vec::new(), units: Vec::new() }
    }

    /// Ends the text.
    ///
    /// # Errors
    ///
    /// If it ends within a character.
    pub fn finish(self) -> io::Result<W> {
        if self.begun.is_empty() { Ok(self.out) } else { Err(no_utf8()) }
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        self.units.clear();
        for unit in text.encode_utf16() {
            let bytes = if self.is_little_endian { unit.to_le_bytes() } else { unit.to_be_bytes() };
            self.units.extend_from_slice(&bytes);
        }
        self.out.write_all(&self.units)
    }
}

impl<W: Write> Write for Utf16Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.begun);
        let whole = match std::str::from_utf8(&pending) {
            Ok(_) => pending.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return Err(no_utf8()),
        };
        self.put(std::str::from_utf8(&pending[..whole]).map_err(|_| no_utf8())?)?;
        self.begun.extend_from_slice(&pending[whole..]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn no_utf8() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what is to be written as UTF-16 is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_size_make_the_same_text() {
        let text = "\u{feff}é👍🏽\r\n中a";
        for size in 1..6 {
            let mut writer = Utf16Writer::new(Vec::new(), false);
            text.as_bytes().chunks(size).for_each(|piece| writer.write_all(piece).expect("is UTF-8"));
            let expected: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(writer.finish().expect("it ends with a character"), expected, "{size}");
        }
        let mut writer = Utf16Writer::new(Vec::new(), true);
        assert!(writer.write_all(b"a\xff").is_err());
        let mut writer = Utf16Writer::new(Vec::new(), true);
        writer.write_all(b"a\xc3").expect("the character may go on");
        assert!(writer.finish().is_err());
    }
}
