//! The parts of an office file: it is unpacked as far as they are asked for, and never beyond a limit.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::finding::Reason;
use crate::source::allowance::Allowance;
use crate::source::charset::{CharsetHints, decode};
use crate::source::skip::SkipCause;

/// An office file.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    allowance: Allowance,
}

impl<'a> Package<'a> {
    /// Opens a file that may unpack to `max_record` bytes, and to `max_ratio` times its size unless that is 0.
    pub fn open(bytes: &'a [u8], max_record: u64, max_ratio: u64) -> Result<Self, SkipCause> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| (Reason::BadData, error.to_string()))?;
        Ok(Self { archive, allowance: Allowance::new(bytes.len() as u64, max_record, max_ratio) })
    }

    /// Returns whether there is a part of this name.
    pub fn has(&mut self, name: &str) -> bool {
        self.archive.by_name(name).is_ok()
    }

    /// Returns the text of a part, if there is one of this name.
    pub fn part(&mut self, name: &str) -> Result<Option<String>, SkipCause> {
        let failed = |error: &dyn std::fmt::Display| (Reason::BadData, format!("{name}: {error}"));
        let part = match self.archive.by_name(name) {
            Ok(part) => part,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        let mut bytes = Vec::new();
        part.take(self.allowance.left().saturating_add(1)).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        self.allowance.take(bytes.len() as u64)?;
        let hints = CharsetHints { markup: true, ..CharsetHints::default() };
        Ok(Some(decode(&bytes, &hints).text.into_owned()))
    }

    /// Returns the text of a part that must be there.
    pub fn needed(&mut self, name: &str) -> Result<String, SkipCause> {
        self.part(name)?.ok_or_else(|| (Reason::BadData, format!("it has no part {name}")))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(length: usize) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("a", SimpleFileOptions::default()).expect("is new");
        writer.write_all(&vec![b' '; length]).expect("memory takes all");
        writer.finish().expect("memory takes all").into_inner()
    }

    #[test]
    fn parts_are_unpacked_up_to_a_limit() {
        let small = packed(1000);
        let read = |bytes: &[u8], max_record, max_ratio| {
            let mut package = Package::open(bytes, max_record, max_ratio).expect("is whole");
            let first = package.part("a").map(|part| part.map(|part| part.len()));
            (first, package.part("a").err().map(|(reason, _)| reason))
        };
        assert_eq!(read(&small, 2000, 10), (Ok(Some(1000)), None));
        assert_eq!(read(&small, 1999, 10), (Ok(Some(1000)), Some(Reason::TooLarge)), "the limit is that of all parts");
        let large = packed((64 << 20) + 1);
        assert_eq!(read(&large, 1 << 30, 250).0.map_err(|(reason, _)| reason), Err(Reason::Bomb));
        assert_eq!(read(&large, 1 << 30, 0).0, Ok(Some((64 << 20) + 1)));
        assert!(Package::open(&small[..100], 2000, 10).is_err());
    }
}
