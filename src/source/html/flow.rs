//! The text of a page as it grows: white space collapsed, breaks between blocks, and where every byte comes from.

use super::tag::Gap;
use crate::source::markup::Visible;
use doublon_core::span::{OffsetMap, Span};

/// Takes the text of a page piece by piece, in order.
pub(super) struct Flow {
    text: Vec<u8>,
    map: OffsetMap,
    /// What is due before the next piece; nothing before the first and after the last.
    gap: Gap,
    /// The white space that made the gap, if nothing stronger did.
    space: Span,
    /// Where the last piece ends in the page.
    end: usize,
}

impl Flow {
    pub fn new() -> Self {
        Self { text: Vec::new(), map: OffsetMap::default(), gap: Gap::None, space: Span::new(0, 0), end: 0 }
    }

    /// Sets the next text apart from the last.
    pub fn set_apart(&mut self, gap: Gap) {
        if gap > self.gap {
            (self.gap, self.space) = (gap, Span::new(0, 0));
        }
    }

    /// Ends the line; ends the paragraph if it is ended already.
    pub fn end_line(&mut self) {
        self.set_apart(if self.gap >= Gap::Line { Gap::Blank } else { Gap::Line });
    }

    /// Appends bytes of the page that start at `start`, with runs of white space as one space.
    pub fn copy(&mut self, bytes: &[u8], start: usize) {
        let mut at = 0;
        while at < bytes.len() {
            let end = at + run_of_words(&bytes[at..]);
            if end > at {
                self.push(&bytes[at..end], Span::new(start + at, start + end));
            }
            at = end + bytes[end..].iter().take_while(|&&byte| is_space(byte)).count();
            if at > end {
                self.space(Span::new(start + end, start + end + 1));
            }
        }
    }

    /// Appends bytes of the page that start at `start`, with their white space.
    pub fn copy_lines(&mut self, bytes: &[u8], start: usize) {
        let mut at = 0;
        for line in bytes.split(|&byte| byte == b'\n') {
            if at > 0 {
                self.end_line();
            }
            if !line.is_empty() {
                self.push(line, Span::new(start + at, start + at + line.len()));
            }
            at += line.len() + 1;
        }
    }

    /// Appends text that was made from `origin` as a whole.
    pub fn replace(&mut self, text: &[u8], origin: Span, is_pre: bool) {
        match text {
            b"\n" if is_pre => self.end_line(),
            [byte] if is_space(*byte) && !is_pre => self.space(origin),
            _ => self.push(text, origin),
        }
    }

    /// Returns the length of the text so far in bytes.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Returns the text since it was `start` bytes long, without the gap before it; empty if there is none.
    pub fn since(&self, start: usize) -> Span {
        // No gap is longer than a blank line.
        let gap = self.text[start..].iter().take(2).take_while(|&&byte| is_space(byte)).count();
        Span::new(start + gap, self.text.len())
    }

    /// Returns the text.
    pub fn finish(self) -> Visible {
        // Pieces are whole characters, so this replaces nothing.
        let text = String::from_utf8(self.text);
        let text = text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Visible { text, map: self.map, ..Visible::default() }
    }

    fn space(&mut self, origin: Span) {
        if self.gap == Gap::None {
            (self.gap, self.space) = (Gap::Space, origin);
        }
    }

    fn push(&mut self, bytes: &[u8], origin: Span) {
        self.fill_gap(origin.start);
        self.text.extend_from_slice(bytes);
        self.map.push(bytes.len(), origin);
        self.end = origin.end;
    }

    fn fill_gap(&mut self, start: usize) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        let space: &[u8] = match gap {
            _ if self.text.is_empty() => b"",
            Gap::None => b"",
            Gap::Space => b" ",
            Gap::Tab => b"\t",
            Gap::Line => b"\n",
            Gap::Blank => b"\n\n",
        };
        if !space.is_empty() {
            let origin = if self.space.is_empty() { Span::new(self.end, start) } else { self.space };
            self.text.extend_from_slice(space);
            self.map.push(space.len(), origin);
        }
        self.space = Span::new(0, 0);
    }
}

/// White space by the rules of HTML and CSS; a no-break space is none.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

/// Returns the length of the words with which `bytes` starts, single spaces between them included: what can be taken
/// over as it is.
fn run_of_words(bytes: &[u8]) -> usize {
    let word = |start: usize| bytes[start..].iter().take_while(|&&byte| !is_space(byte)).count();
    let mut end = word(0);
    while bytes.get(end) == Some(&b' ') && bytes.get(end + 1).is_some_and(|&byte| !is_space(byte)) && end > 0 {
        end += 1 + word(end + 1);
    }
    end
}
