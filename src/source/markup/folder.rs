//! Folders of mail (mbox): where their messages begin, and the text of each.
//!
//! A message begins with a line `From sender date`; in others that begin so, a `>` was put in front (`mboxrd`; `mboxo` does so
//! only where there was none). That one is no text. A line with `From ` and no date begins nothing, since not all programs
//! quote; lengths in headers, which some write instead, are often wrong and not believed.
//!
//! Format: RFC 4155; J. Zawinski, "mail-summary files, Content-Length and mbox", 1997.

#[cfg(feature = "mail")]
use doublon_core::{OffsetMap, Span};
use memchr::{memchr, memmem, memrchr};

#[cfg(feature = "mail")]
use super::Visible;
#[cfg(feature = "mail")]
use super::mail::message;
#[cfg(feature = "mail")]
use crate::source::document::PageElement;

/// The longest line that may begin a message, its end included.
const LINE_LIMIT: usize = 1024;

/// Returns whether bytes begin as a folder of mail does.
pub(crate) fn is_folder(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    memchr(b'\n', start).is_some_and(|end| begins_message(&start[..end]))
}

/// Returns where each message ends of which `bytes` are made, in order; the last one ends with the bytes. They begin with a
/// message.
pub fn message_ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends: Vec<usize> = starts_after(bytes, blank(bytes)).collect();
    ends.extend((!bytes.is_empty()).then_some(bytes.len()));
    ends
}

/// Finds the first message that begins after the one with which `pending` does, or in the middle of which it begins. If
/// there is none: the byte before which none begins, whatever follows.
pub(crate) fn next_message(pending: &[u8]) -> Result<usize, usize> {
    let line = memrchr(b'\n', pending).filter(|end| pending.len() - end <= LINE_LIMIT);
    starts_after(pending, blank(pending)).next().ok_or(line.unwrap_or(pending.len()))
}

fn blank(bytes: &[u8]) -> usize {
    bytes.len() - bytes.trim_ascii_start().len()
}

/// Returns where lines after the first, which is looked for from `from` on, begin a message. A line without its end may go on.
fn starts_after(bytes: &[u8], from: usize) -> impl Iterator<Item = usize> {
    let is_start = |&at: &usize| memchr(b'\n', &bytes[at..]).is_some_and(|end| begins_message(&bytes[at..at + end]));
    memmem::find_iter(&bytes[from..], b"\nFrom ").map(move |at| from + at + 1).filter(is_start)
}

/// Whether a line is `From`, perhaps a sender, and a date: the name of a month, a time and a year, in any order.
fn begins_message(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ").filter(|_| line.len() < LINE_LIMIT) else { return false };
    let words = || rest.split(|byte| b" \t\r,-".contains(byte));
    let is_month = |word: &[u8]| word.len() == 3 && MONTHS.iter().any(|month| word.eq_ignore_ascii_case(month));
    let is_year = |word: &[u8]| word.len() == 4 && word.iter().all(u8::is_ascii_digit);
    words().any(is_month) && words().any(is_time) && words().any(is_year)
}

const MONTHS: [&[u8]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// Whether a word is `10:00` or `9:07:30`.
fn is_time(word: &[u8]) -> bool {
    let mut parts = word.split(|&byte| byte == b':');
    let is_number = |part: &[u8]| (1..=2).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
    (2..=3).contains(&parts.clone().count()) && parts.all(is_number)
}

/// Returns the text of the first message of `record`, as [`super::mail()`] does, and what its headers of these names say;
/// `date` is given as RFC 3339, in UTC. None if it has no header.
#[cfg(feature = "mail")]
pub(crate) fn folder_message(record: &str, headers: &[&str]) -> Option<(Visible, Vec<Option<String>>)> {
    let end = message_ends(record.as_bytes()).first().copied()?;
    let line = blank(record.as_bytes());
    let head = memchr(b'\n', &record.as_bytes()[line..end]).map_or(end, |at| line + at + 1);
    let (stored, map) = unquoted(record, Span::new(head, end));
    let (found, headers) = message(&stored, headers)?;
    let mut places = OffsetMap::default();
    for (length, origin) in found.map.pieces() {
        places.push(length, stretched(&map, origin));
    }
    let element = |block: PageElement| PageElement { page: stretched(&map, block.page), ..block };
    let elements = found.elements.into_iter().map(element).collect();
    Some((Visible { map: places, elements, ..found }, headers))
}

/// Where a stretch of a message, which may be empty, stands in the folder.
#[cfg(feature = "mail")]
fn stretched(map: &OffsetMap, span: Span) -> Span {
    if !span.is_empty() {
        return map.origin(span);
    }
    let at = match span.start.checked_sub(1) {
        Some(before) => map.origin(Span::new(before, span.start)).end,
        None => map.origin(Span::new(0, 1)).start,
    };
    Span::new(at, at)
}

/// Returns a message without the marks of lines that begin with `From `, and where it stands: a mark belongs to what
/// follows it.
#[cfg(feature = "mail")]
fn unquoted(record: &str, span: Span) -> (String, OffsetMap) {
    let stored = span.of(record).unwrap_or_default();
    let (mut text, mut map, mut at) = (String::with_capacity(stored.len()), OffsetMap::default(), 0);
    for line in memmem::find_iter(stored.as_bytes(), b"\n>") {
        let mark = line + 1;
        if stored[mark..].trim_start_matches('>').starts_with("From ") {
            text.push_str(&stored[at..mark]);
            map.push(mark - at, Span::new(span.start + at, span.start + mark));
            // The character after the mark, of one byte.
            text.push_str(&stored[mark + 1..mark + 2]);
            map.push(1, Span::new(span.start + mark, span.start + mark + 2));
            at = mark + 2;
        }
    }
    text.push_str(&stored[at..]);
    map.push(stored.len() - at, Span::new(span.start + at, span.end));
    (text, map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_date_begins_a_message() {
        for line in [
            "From a@b.example Mon Mar  3 10:00:00 2025",
            "From - Tue Apr 29 09:07 2014\r",
            "From 1234@xxx Tue Jan 01 00:00:00 +0000 2019",
            "From ???@??? Mon Jan 05 10:11:12 1998",
            "From a at b.example  Fri, 7 Feb 2020 10:00:00 +0100",
            "From x 2020 12:30 MAY",
        ] {
            assert!(begins_message(line.as_bytes()), "{line}");
        }
        for line in [
            "From here on it is 10:00",
            "From May 2020 on",
            ">From a Mon Mar  3 10:00:00 2025",
            "From: a Mon Mar  3 10:00:00 2025",
            "From a Mon Mar  3 10:00:00:00 2025",
            "From",
        ] {
            assert!(!begins_message(line.as_bytes()), "{line}");
        }
    }

    const FROM: &str = "From a Mon Mar  3 10:00:00 2025\n";

    #[test]
    fn messages_end_where_the_next_one_begins() {
        let one = format!("{FROM}A: b\n\nFrom here on.\n>{FROM}\n");
        let folder = format!("\n{one}{one}");
        assert_eq!(message_ends(folder.as_bytes()), [one.len() + 1, folder.len()]);
        assert_eq!(next_message(folder.as_bytes()), Ok(one.len() + 1));
        assert!(message_ends(b"").is_empty());
        // What begins with less than a line may be more.
        assert_eq!(next_message(b"ab\nFrom a"), Err(2));
        assert_eq!(next_message(&[b'x'; 2 * LINE_LIMIT]), Err(2 * LINE_LIMIT));
        assert!(is_folder(folder.as_bytes()) && !is_folder(b"From here on\n"));
    }

    #[test]
    #[cfg(feature = "mail")]
    fn marks_of_quoted_lines_are_no_text_and_belong_to_their_lines() {
        let record =
            format!("{FROM}Subject: a\r\n\r\nOne.\r\n>From two\r\n>>From three\r\n\r\n> four\r\n\r\n{FROM}B: c\n\nno");
        let (found, headers) = folder_message(&record, &["Subject", "x"]).expect("it has a header");
        assert_eq!(found.text, "One.\nFrom two\n\nFrom three\n\nfour");
        let pages: Vec<_> = found.elements.iter().map(|block| block.page.of(&record).unwrap_or_default()).collect();
        assert_eq!(pages, ["One.\r\n>From two\r\n", ">>From three\r\n", "> four\r\n"]);
        assert_eq!(found.map.origin(Span::new(5, 7)).of(&record), Some(">From two"));
        assert_eq!(headers, [Some("a".to_owned()), None]);
        assert_eq!(folder_message(&format!("{FROM}\nno header\n"), &[]), None);
    }
}
