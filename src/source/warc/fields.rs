//! Header lines, `Name: value`, as WARC and HTTP have them, up to a blank line.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

/// The longest header that is read: a header is kept in memory whole, and real ones have a few kilobytes.
pub(super) const HEAD_LIMIT: usize = 256 << 10;

/// The header lines of a record or of a message.
#[derive(Clone, Copy)]
pub(super) struct HeaderFields<'a>(&'a [u8]);

impl<'a> HeaderFields<'a> {
    /// Takes lines that end with `\r\n` or `\n`. A line without a colon is passed over, and one that begins with white
    /// space goes on with the line before it.
    pub fn new(lines: &'a [u8]) -> Self {
        Self(lines)
    }

    /// Returns the first value of a field, without the white space around it. Names are compared without regard to case.
    pub fn get(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.all(name).next()
    }

    /// Returns the values of a field that may stand several times.
    pub fn all(&self, name: &str) -> impl Iterator<Item = Cow<'a, [u8]>> {
        let mut lines = lines(self.0).peekable();
        std::iter::from_fn(move || {
            loop {
                let line = lines.next()?;
                let Some(colon) = memchr(b':', line).filter(|_| !is_continued(line)) else { continue };
                if line[..colon].trim_ascii_end().eq_ignore_ascii_case(name.as_bytes()) {
                    let mut value = Cow::Borrowed(line[colon + 1..].trim_ascii());
                    while let Some(more) = lines.next_if(|line| is_continued(line)) {
                        value.to_mut().push(b' ');
                        value.to_mut().extend_from_slice(more.trim_ascii());
                    }
                    return Some(value);
                }
            }
        })
    }

    /// Returns the first value of a field as text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| String::from_utf8_lossy(&value).into_owned())
    }
}

/// Returns where the header with which `bytes` starts ends, after its blank line, if that is within [`HEAD_LIMIT`].
pub(super) fn head_end(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    memchr_iter(b'\n', &bytes[..bytes.len().min(HEAD_LIMIT)]).find_map(|end| {
        let line = &bytes[start..end];
        start = end + 1;
        matches!(line, b"" | b"\r").then_some(end + 1)
    })
}

/// Returns the lines without their ends.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

fn is_continued(line: &[u8]) -> bool {
    matches!(line.first(), Some(b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_whatever_their_form() {
        let fields = HeaderFields::new(b"No colon\nA: 1\r\nb :2 \r\n X: 9\r\n\tmore\r\nB:3\n\r\n");
        assert_eq!(fields.get("a").as_deref(), Some(&b"1"[..]));
        assert_eq!(fields.all("B").collect::<Vec<_>>(), [&b"2 X: 9 more"[..], b"3"]);
        assert_eq!(fields.get("x"), None, "it is part of a folded line");
        assert_eq!(fields.get(""), None);
    }

    #[test]
    fn a_header_ends_at_a_blank_line() {
        assert_eq!(head_end(b"a\r\nb\r\n\r\nc"), Some(8));
        assert_eq!(head_end(b"a\n\nc\n\n"), Some(3));
        assert_eq!(head_end(b"a\r\n\r"), None);
        assert_eq!(head_end(&b"a: b\n".repeat(HEAD_LIMIT)), None);
    }
}
