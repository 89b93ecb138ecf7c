//! The header line of a record in an ARC file, the format that WARC came from.
//!
//! Version 1 has `URL IP date type length`, version 2 ten fields; the first record, `filedesc:`, describes the file.
//! URLs hold spaces though they should not, so fields are counted from the end of the line.
//!
//! Source: Burner and Kahle, "Arc File Format", Internet Archive, 1996.

/// The longest header line that is looked at.
pub(super) const LINE_LIMIT: usize = 16 << 10;

/// A header line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ArcLine<'a> {
    pub url: &'a [u8],
    /// When it was captured: year, month, day, hour, minute and second, two digits each but for the year.
    pub date: &'a [u8],
    pub media: &'a [u8],
    /// What should be the length of the record in bytes.
    pub length: &'a [u8],
}

impl<'a> ArcLine<'a> {
    /// Returns what a line says if it is the header line of a record.
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        // Nearly all lines of other text are sorted out by the first test.
        let scheme = line.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"+-.".contains(byte))?;
        if line[scheme] != b':' || !line[0].is_ascii_alphabetic() || line.len() > LINE_LIMIT {
            return None;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Self::version(line, 5).or_else(|| Self::version(line, 10))
    }

    fn version(line: &'a [u8], count: usize) -> Option<Self> {
        // From the last field to the first, which is the URL.
        let fields: Vec<&[u8]> = line.rsplitn(count, |&byte| byte == b' ').collect();
        let [.., media, date, _, url] = fields[..] else { return None };
        let is_date = (12..=18).contains(&date.len()) && date.iter().all(u8::is_ascii_digit);
        (fields.len() == count && is_date && !url.is_empty()).then_some(Self { url, date, media, length: fields[0] })
    }

    /// Returns whether this is the record that describes the file.
    pub fn is_description(&self) -> bool {
        self.url.starts_with(b"filedesc:")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_read() {
        let one = ArcLine::parse(b"http://a.example/b c 192.0.2.1 20200102030405 text/html 559\r").unwrap();
        assert_eq!((one.url, one.media, one.length), (&b"http://a.example/b c"[..], &b"text/html"[..], &b"559"[..]));
        let two = ArcLine::parse(b"http://a.example/ 192.0.2.1 20200102030405 text/html 200 - - 7 a.arc 559").unwrap();
        assert_eq!((two.url, two.media, two.length), (&b"http://a.example/"[..], &b"text/html"[..], &b"559"[..]));
        assert!(ArcLine::parse(b"filedesc://a.arc 0.0.0.0 20200102030405 text/plain 70").unwrap().is_description());
    }

    #[test]
    fn other_lines_are_none() {
        for line in ["", ":", "http://a.example/ is a page", "a b c 20200102030405 d 5", "Date: a b 20200102 c 5"] {
            assert_eq!(ArcLine::parse(line.as_bytes()), None, "{line}");
        }
    }
}
