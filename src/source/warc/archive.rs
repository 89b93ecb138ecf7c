//! Where the records of an archive start and end.

use memchr::{memchr, memchr_iter, memmem};

use super::arc;
use super::fields::{HEAD_LIMIT, HeaderFields, head_end};
use crate::finding::Reason;

/// The bytes that [`next_start`] has to see of a line, and of the line after it, to know what it is.
const AHEAD: usize = arc::LINE_LIMIT + 256;

/// What the bytes at the start of a buffer are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveCut {
    /// Whole records.
    Records {
        /// The bytes of all of them.
        length: usize,
        /// How many there are.
        records: u64,
    },
    /// The beginning of a record: the buffer must hold at least so many bytes.
    More(usize),
    /// A record that cannot be read. It goes on to what [`next_start`] finds.
    Fault(ArchiveFault),
    /// Nothing more.
    End,
}

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveFault {
    /// The kind of fault.
    pub reason: Reason,
    /// The fault in words for people.
    pub detail: String,
    /// Where in the buffer the record starts.
    pub start: usize,
    /// Where in the buffer the next record may start at the earliest; more than `start`.
    pub after: usize,
}

/// Where the next record starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStart {
    /// At this byte of the buffer.
    At(usize),
    /// Not before this byte of the buffer, from which on more must be seen; at the end of the source: nowhere.
    NotBefore(usize),
}

/// Returns whether a source that begins with `start` is an archive.
pub fn is_archive(start: &[u8]) -> bool {
    matches!(start_at(start, true), LineStart::Warc | LineStart::Arc)
}

/// Tells what stands at the start of `pending`, of which nothing comes after if the source has `ended`. As many
/// records as there are are taken at once. Records above `max_record` bytes are a fault, for which no more than a header
/// must be in the buffer.
pub fn cut(pending: &[u8], ended: bool, max_record: u64) -> ArchiveCut {
    let (mut length, mut records) = (0, 0);
    loop {
        match extent(pending, length, ended, max_record) {
            ArchiveCut::Records { length: end, .. } => (length, records) = (end, records + 1),
            _ if records > 0 => return ArchiveCut::Records { length, records },
            other => return other,
        }
    }
}

/// Finds the next line that begins a record at or after `from`, after a [`ArchiveFault`] at its `after`.
pub fn next_start(pending: &[u8], from: usize, ended: bool) -> NextStart {
    let first = from.min(pending.len());
    // `from` may be in the middle of a line.
    let at_line = first == 0 || pending[first - 1] == b'\n';
    let line_starts = memchr_iter(b'\n', &pending[first..]).map(|end| first + end + 1);
    for at in at_line.then_some(first).into_iter().chain(line_starts) {
        match start_at(&pending[at..], ended) {
            LineStart::Warc | LineStart::Arc => return NextStart::At(at),
            LineStart::Unknown => return NextStart::NotBefore(at),
            LineStart::None => {}
        }
    }
    // The line feed before stays, so that the next search knows where lines start.
    NextStart::NotBefore(pending.len())
}

/// Returns where each of the records ends of which `bytes` are made, as far as they are whole.
pub fn ends(bytes: &[u8]) -> Vec<usize> {
    let next = |&at: &usize| match extent(bytes, at, true, u64::MAX) {
        ArchiveCut::Records { length, .. } => Some(length),
        _ => None,
    };
    std::iter::successors(Some(0), next).skip(1).collect()
}

/// Tells where the record at `at` ends, or why it cannot be told.
pub(super) fn extent(pending: &[u8], at: usize, ended: bool, max_record: u64) -> ArchiveCut {
    let start = at + line_ends(&pending[at..]);
    let bytes = &pending[start..];
    if bytes.is_empty() {
        return if ended { ArchiveCut::End } else { ArchiveCut::More(pending.len() + 1) };
    }
    let fault = |fault: ArchiveFault| ArchiveCut::Fault(ArchiveFault { start, after: start + fault.after, ..fault });
    match start_at(bytes, ended) {
        LineStart::Warc | LineStart::Arc => {}
        LineStart::Unknown => return ArchiveCut::More(start + AHEAD),
        LineStart::None if ended && is_stub(bytes) => {
            return fault(ArchiveFault::new(Reason::Truncated, "the file ends in its header".into(), bytes.len()));
        }
        LineStart::None => return fault(ArchiveFault::new(Reason::BadHeader, "no record starts here".into(), 1)),
    }
    let head = match RecordHead::of(bytes) {
        Ok(head) => head,
        Err(ArchiveFault { reason: Reason::Truncated, .. }) if !ended => return ArchiveCut::More(start + HEAD_LIMIT),
        Err(found) => return fault(found),
    };
    if (head.end as u64).saturating_add(head.length) > max_record {
        let detail = format!("larger than {max_record} bytes; raise --max-record");
        return fault(ArchiveFault::new(Reason::TooLarge, detail, head.end));
    }
    let end = head.end.saturating_add(head.length as usize);
    match bytes.get(end..) {
        None if !ended => ArchiveCut::More(start.saturating_add(end).saturating_add(4)),
        None => fault(too_long(bytes, &head)),
        Some(after) => match is_sound_before(after, head.is_arc(), ended) {
            Some(true) => ArchiveCut::Records { length: start + end + line_ends(after), records: 1 },
            Some(false) => {
                let detail = format!("its length says {}, but the record does not end there", head.length);
                fault(ArchiveFault::new(Reason::BadLength, detail, head.end))
            }
            None => ArchiveCut::More(start + end + line_ends(after) + AHEAD),
        },
    }
}

/// The fault of a record whose length exceeds what is left of the source: it was cut, or its length is wrong.
fn too_long(bytes: &[u8], head: &RecordHead) -> ArchiveFault {
    let left = bytes.len() - head.end;
    let detail = format!("its length says {}, but {left} bytes are left", head.length);
    let is_last = matches!(next_start(bytes, head.end, true), NextStart::NotBefore(_));
    ArchiveFault::new(if is_last { Reason::Truncated } else { Reason::BadLength }, detail, head.end)
}

/// Whether a record may have ended just before `after`; `None` if more must be seen to tell.
fn is_sound_before(after: &[u8], is_arc: bool, ended: bool) -> Option<bool> {
    let line_ends = line_ends(after);
    // Records of ARC are set apart by a single line feed, which is no sign of anything.
    if !is_arc && (after.starts_with(b"\r\n\r\n") || after.starts_with(b"\n\n")) {
        return Some(true);
    }
    if line_ends == after.len() {
        return ended.then_some(true);
    }
    match start_at(&after[line_ends..], ended) {
        LineStart::Warc | LineStart::Arc => Some(true),
        LineStart::None => Some(false),
        LineStart::Unknown => None,
    }
}

pub(super) fn line_ends(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// Whether the end of a source is the beginning of a record, too short to be told as one.
fn is_stub(bytes: &[u8]) -> bool {
    b"WARC/".starts_with(&bytes[..bytes.len().min(5)]) && memchr_iter(b'\n', bytes).count() <= 1
}

/// Whether a line begins a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineStart {
    Warc,
    Arc,
    None,
    /// More must be seen.
    Unknown,
}

fn start_at(bytes: &[u8], ended: bool) -> LineStart {
    let is_whole = ended || bytes.len() >= AHEAD;
    let magic = &b"WARC/"[..bytes.len().min(5)];
    let line = memchr(b'\n', &bytes[..bytes.len().min(arc::LINE_LIMIT)]);
    match line {
        _ if bytes.starts_with(magic) => match line.and_then(|end| version(&bytes[..end]).map(|_| &bytes[end + 1..])) {
            // Texts about WARC have such lines, but no header after them.
            Some(rest) if begins_field(rest) => LineStart::Warc,
            _ if !is_whole && bytes.len() < 128 => LineStart::Unknown,
            _ => LineStart::None,
        },
        Some(end) if arc::ArcLine::parse(&bytes[..end]).is_some() => LineStart::Arc,
        None if !is_whole && bytes.len() < arc::LINE_LIMIT && bytes[0].is_ascii_alphabetic() => LineStart::Unknown,
        _ => LineStart::None,
    }
}

/// Returns what stands after `WARC/` in a line, if it is a version.
pub(super) fn version(line: &[u8]) -> Option<&[u8]> {
    let version = line.strip_prefix(b"WARC/")?.trim_ascii_end();
    let is_number = |part: &[u8]| !part.is_empty() && part.len() <= 4 && part.iter().all(u8::is_ascii_digit);
    let dot = memchr(b'.', version)?;
    (is_number(&version[..dot]) && is_number(&version[dot + 1..])).then_some(version)
}

fn begins_field(bytes: &[u8]) -> bool {
    let name = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)).count();
    name > 0 && bytes[name..].trim_ascii_start().starts_with(b":")
}

/// What the header of a record says.
pub(super) struct RecordHead<'a> {
    pub form: HeadForm<'a>,
    /// Where the block starts, and its length.
    pub end: usize,
    pub length: u64,
}

pub(super) enum HeadForm<'a> {
    Warc(&'a [u8], HeaderFields<'a>),
    Arc(arc::ArcLine<'a>),
}

impl<'a> RecordHead<'a> {
    /// Reads the header with which `bytes` starts. What is needed to find its end is checked, and no more. The fault is
    /// [`Reason::Truncated`] if the header does not end in `bytes`.
    pub fn of(bytes: &'a [u8]) -> Result<Self, ArchiveFault> {
        let line_end = memchr(b'\n', bytes).unwrap_or(bytes.len());
        // After a fault in the header: the next record may start within it.
        let second_line = bytes.len().min(line_end + 1);
        if let Some(line) = arc::ArcLine::parse(&bytes[..line_end]) {
            let length = parse_length(line.length).ok_or_else(|| bad_length(line.length, second_line))?;
            return Ok(Self { form: HeadForm::Arc(line), end: second_line, length });
        }
        let Some(end) = head_end(bytes) else {
            return Err(if bytes.len() < HEAD_LIMIT {
                ArchiveFault::new(Reason::Truncated, "the file ends in its header".into(), second_line)
            } else {
                ArchiveFault::new(
                    Reason::BadHeader,
                    format!("its header is longer than {HEAD_LIMIT} bytes"),
                    second_line,
                )
            });
        };
        if memmem::find(&bytes[..end], b"\nWARC/").is_some() {
            return Err(ArchiveFault::new(
                Reason::BadHeader,
                "another record starts in its header".into(),
                second_line,
            ));
        }
        let fields = HeaderFields::new(&bytes[second_line..end]);
        let length = warc_length(&fields, second_line)?;
        Ok(Self { form: HeadForm::Warc(&bytes[..line_end], fields), end, length })
    }

    fn is_arc(&self) -> bool {
        matches!(self.form, HeadForm::Arc(_))
    }
}

fn warc_length(fields: &HeaderFields, after: usize) -> Result<u64, ArchiveFault> {
    let mut values = fields.all("Content-Length");
    let Some(value) = values.next() else {
        return Err(ArchiveFault::new(Reason::BadLength, "it has no Content-Length".into(), after));
    };
    if values.any(|other| other != value) {
        return Err(ArchiveFault::new(Reason::BadHeader, "it has two Content-Length that differ".into(), after));
    }
    parse_length(&value).ok_or_else(|| bad_length(&value, after))
}

/// Digits only: `parse` alone would take a plus sign.
fn parse_length(value: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(value).ok()?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn bad_length(value: &[u8], after: usize) -> ArchiveFault {
    let value = String::from_utf8_lossy(&value[..value.len().min(80)]).into_owned();
    ArchiveFault::new(Reason::BadLength, format!("its length is `{value}`, which is no number of bytes"), after)
}

impl ArchiveFault {
    fn new(reason: Reason, detail: String, after: usize) -> Self {
        Self { reason, detail, start: 0, after: after.max(1) }
    }
}
