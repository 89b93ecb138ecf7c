//! Mail: the text of a message, without its headers, other parts and marks of quotes.
//!
//! The text is what a reader of plain text sees: the parts of `text/plain`, or, in a message without, the text of its HTML.
//! Quoted-printable and base64 are undone. Lines keep their ends; marks of quotes (`> `) at their starts are no text. Lines
//! of one depth of quotes up to a blank one are a block.
//!
//! Format: RFC 5322 (messages), RFC 2045 (MIME, quoted-printable).

use mail_parser::{DateTime, Encoding, Message, MessageParser, MessagePart, PartType};
use memchr::memchr_iter;

use super::Visible;
use crate::source::document::PageElement;
use doublon_core::{OffsetMap, Span};

/// Returns the text of a message with the place of each line, as far as it was sent in UTF-8; what has no header is text as
/// it is.
///
/// # Examples
///
/// ```
/// use doublon::source::mail;
///
/// let file = "Subject: Lamp\nContent-Transfer-Encoding: quoted-printable\n\nIt is br=\noken.\n\n> Is it br=6Fken?\n";
/// let message = mail(file);
/// assert_eq!(message.text, "It is broken.\n\nIs it broken?");
/// assert_eq!(message.title.as_deref(), Some("Lamp"));
/// ```
pub fn mail(file: &str) -> Visible {
    let as_it_is = || Visible { text: file.to_owned(), ..Visible::default() };
    message(file, &[]).map_or_else(as_it_is, |(read, _)| read)
}

/// Returns the text of a message, and what its headers of these names say; `date` is given as RFC 3339, in UTC. None if it has no
/// header.
pub(super) fn message(file: &str, headers: &[&str]) -> Option<(Visible, Vec<Option<String>>)> {
    let message = MessageParser::default().parse(file.as_bytes()).filter(|message| !message.headers().is_empty())?;
    let bodies: Option<Vec<Body>> =
        message.text_body.iter().map(|&part| Body::of(file, message.parts.get(part as usize)?)).collect();
    let read = match bodies {
        Some(bodies) => bodies.iter().fold(MessageReader::default(), MessageReader::body).found,
        None => without_places(&message),
    };
    let date = message.date().map(DateTime::to_rfc3339);
    // So that dates of all zones compare as texts.
    let utc = message.date().map(|date| DateTime::from_timestamp(date.to_timestamp()).to_rfc3339());
    let header = |name: &&str| {
        let stored = || message.header_raw(*name).map(|value| value.trim().to_owned());
        if name.eq_ignore_ascii_case("date") { utc.clone() } else { stored() }
    };
    let headers = headers.iter().map(header).collect();
    Some((Visible { title: message.subject().map(str::to_owned), date, ..read }, headers))
}

/// The text of a message of which it is not known where it stands.
fn without_places(message: &Message) -> Visible {
    let texts: Vec<_> = (0..message.text_body_count()).filter_map(|part| message.body_text(part)).collect();
    Visible { text: texts.join("\n\n").trim().to_owned(), ..Visible::default() }
}

/// A part of a message that is text.
struct Body {
    text: String,
    /// Where each byte stands in the file.
    map: OffsetMap,
}

impl Body {
    /// Reads a part, if it is plain text whose bytes can be told.
    fn of(file: &str, part: &MessagePart) -> Option<Self> {
        let PartType::Text(_) = part.body else { return None };
        let span = Span::new(part.offset_body as usize, part.offset_end as usize);
        let stored = span.of(file)?;
        match part.encoding {
            Encoding::None => {
                let mut map = OffsetMap::default();
                map.push(stored.len(), span);
                Some(Self { text: stored.to_owned(), map })
            }
            Encoding::QuotedPrintable => Self::quoted(stored, span.start),
            Encoding::Base64 => None,
        }
    }

    /// Undoes quoted-printable of text in UTF-8 that begins at `start` in the file.
    fn quoted(stored: &str, start: usize) -> Option<Self> {
        let (mut text, mut map, mut at) = (Vec::with_capacity(stored.len()), OffsetMap::default(), 0);
        let bytes = stored.as_bytes();
        for sign in memchr_iter(b'=', bytes) {
            if sign < at {
                continue;
            }
            let (decoded, length) = match &bytes[sign + 1..] {
                [b'\r', b'\n', ..] => (None, 3),
                [b'\n', ..] => (None, 2),
                [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    (u8::from_str_radix(stored.get(sign + 1..sign + 3)?, 16).ok(), 3)
                }
                // As it stands, like other programs.
                _ => continue,
            };
            text.extend_from_slice(&bytes[at..sign]);
            map.push(sign - at, Span::new(start + at, start + sign));
            if let Some(byte) = decoded {
                text.push(byte);
                map.push(1, Span::new(start + sign, start + sign + length));
            }
            at = sign + length;
        }
        text.extend_from_slice(&bytes[at..]);
        map.push(bytes.len() - at, Span::new(start + at, start + bytes.len()));
        Some(Self { text: String::from_utf8(text).ok()?, map })
    }
}

#[derive(Default)]
struct MessageReader {
    found: Visible,
    /// How deep the last line was quoted, unless a block ended with it.
    depth: Option<usize>,
}

impl MessageReader {
    /// Takes a part.
    fn body(mut self, body: &Body) -> Self {
        self.depth = None;
        let mut start = 0;
        for end in memchr_iter(b'\n', body.text.as_bytes()).chain([body.text.len()]) {
            self.line(body, Span::new(start.min(end), end));
            start = end + 1;
        }
        self
    }

    fn line(&mut self, body: &Body, line: Span) {
        let whole = line.of(&body.text).unwrap_or_default();
        let (depth, marks) = quote_marks(whole);
        let text = whole[marks..].trim_end();
        if text.is_empty() {
            self.depth = None;
            return;
        }
        let with_end = Span::new(line.start, (line.end + 1).min(body.text.len()));
        let (text_at, page) = (line.start + marks, body.map.origin(with_end));
        let origin = body.map.origin(Span::new(text_at, text_at + text.len()));
        let goes_on = self.depth == Some(depth);
        self.gap(if goes_on { "\n" } else { "\n\n" }, origin.start);
        let start = self.found.text.len();
        self.found.text.push_str(text);
        self.found.map.push(text.len(), origin);
        let end = self.found.text.len();
        match self.found.elements.last_mut().filter(|_| goes_on) {
            Some(block) => (block.text.end, block.page.end) = (end, page.end),
            None => self.found.elements.push(PageElement { text: Span::new(start, end), page, is_removable: true }),
        }
        self.depth = Some(depth);
    }

    fn gap(&mut self, gap: &str, next: usize) {
        let end = self.found.text.len();
        if end > 0 {
            let last = self.found.map.origin(Span::new(end - 1, end)).end;
            self.found.text.push_str(gap);
            self.found.map.push(gap.len(), Span::new(last.min(next), next));
        }
    }
}

/// Returns how many marks of quotes a line begins with, and the bytes of them and the spaces behind each.
fn quote_marks(line: &str) -> (usize, usize) {
    let (mut depth, mut at) = (0, 0);
    while line[at..].starts_with('>') {
        (depth, at) = (depth + 1, at + 1);
        at += usize::from(line[at..].starts_with(' '));
    }
    (depth, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_decoded_and_others_left_out() {
        let file = "From: a@b.example\r\nSubject: =?utf-8?q?D=C3=A9j=C3=A0?=\r\nDate: Mon, 3 Mar 2025 10:00:00 +0100\r\n\
            Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\
            Content-Transfer-Encoding: quoted-printable\r\n\r\nUn texte d=C3=A9j=\r\n=C3=A0 lu = vu.\r\n\r\n--x\r\n\
            Content-Type: text/html\r\n\r\n<p>no</p>\r\n--x--\r\n";
        let found = mail(file);
        assert_eq!(found.text, "Un texte déjà lu = vu.");
        assert_eq!(found.title.as_deref(), Some("Déjà"));
        assert_eq!(found.date.as_deref(), Some("2025-03-03T10:00:00+01:00"));
        assert_eq!(found.elements[0].page.of(file), Some("Un texte d=C3=A9j=\r\n=C3=A0 lu = vu.\r\n"));
    }

    #[test]
    fn quotes_are_blocks_without_their_marks() {
        let file = "Subject: a\n\nOwn.\nMore.\nHe wrote:\n> One\n> two\n>\n> three\n> > four\n>five\n";
        let found = mail(file);
        assert_eq!(found.text, "Own.\nMore.\nHe wrote:\n\nOne\ntwo\n\nthree\n\nfour\n\nfive");
        let pages: Vec<_> = found.elements.iter().map(|block| block.page.of(file).unwrap_or_default()).collect();
        assert_eq!(pages, ["Own.\nMore.\nHe wrote:\n", "> One\n> two\n", "> three\n", "> > four\n", ">five\n"]);
    }

    #[test]
    fn other_parts_have_no_places() {
        let base64 =
            "Subject: a\nContent-Transfer-Encoding: base64\nContent-Type: text/plain; charset=utf-8\n\nw6nDqQ==\n";
        assert_eq!((mail(base64).text.as_str(), mail(base64).elements.len()), ("éé", 0));
        let html = "Subject: a\nContent-Type: text/html\n\n<p>One <b>two</b></p>\n";
        assert_eq!(mail(html).text, "One two");
        let latin = "Subject: a\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=iso-8859-1\n\n=E9\n";
        assert_eq!(mail(latin).text, "é");
        assert_eq!(mail("").text, "");
    }
}
