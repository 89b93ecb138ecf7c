//! Web archives: WARC and its predecessor ARC.
//!
//! An archive is a row of records, each a header that says how long its block is, the block, and blank lines. Of these
//! a document is the text of a `response` or `resource` whose body is HTML or plain text, whatever the status, and of a
//! `conversion` (WET). Every other record that could have held a text (`revisit`, pictures, `metadata`) is reported as
//! what it is; what archives say about themselves and their requests (`warcinfo`, `request`, `filedesc:`) is passed over.
//!
//! Archives are broken often, and one wrong length would lose all that follows. So [`cut`] believes a length only if
//! blank lines, another record or the end of the file come after it; then nothing within the block is looked at, and a
//! record inside a record is text. Otherwise the record is reported, and reading goes on at the next line that begins a
//! record, even within the stated length ([`next_start`]). [`records`] reads what `cut` has found to be sound.
//!
//! Format: ISO 28500:2017 (WARC 1.1).

mod arc;
mod fields;
mod http;
mod payload;

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memmem};

use self::fields::{Fields, HEAD_LIMIT, head_end};
use self::payload::Content;
use super::{Block, Item, Record, SourceOptions, skipped_source};
use crate::finding::{Reason, Skipped};

/// The bytes that [`next_start`] has to see of a line, and of the line after it, to know what it is.
const AHEAD: usize = arc::LINE_LIMIT + 256;

/// What the bytes at the start of a buffer are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
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
    Fault(Fault),
    /// Nothing more.
    End,
}

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
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
    matches!(start_at(start, true), Start::Warc | Start::Arc)
}

/// Tells what stands at the start of `pending`, of which nothing comes after if the source has `ended`. As many
/// records as there are are taken at once. Records above `max_record` bytes are a fault, for which no more than a header
/// must be in the buffer.
pub fn cut(pending: &[u8], ended: bool, max_record: u64) -> Cut {
    let (mut length, mut records) = (0, 0);
    loop {
        match extent(pending, length, ended, max_record) {
            Cut::Records { length: end, .. } => (length, records) = (end, records + 1),
            _ if records > 0 => return Cut::Records { length, records },
            other => return other,
        }
    }
}

/// Finds the next line that begins a record at or after `from`, after a [`Fault`] at its `after`.
pub fn next_start(pending: &[u8], from: usize, ended: bool) -> NextStart {
    let first = from.min(pending.len());
    // `from` may be in the middle of a line.
    let at_line = first == 0 || pending[first - 1] == b'\n';
    let line_starts = memchr_iter(b'\n', &pending[first..]).map(|end| first + end + 1);
    for at in at_line.then_some(first).into_iter().chain(line_starts) {
        match start_at(&pending[at..], ended) {
            Start::Warc | Start::Arc => return NextStart::At(at),
            Start::Unknown => return NextStart::NotBefore(at),
            Start::None => {}
        }
    }
    // The line feed before stays, so that the next search knows where lines start.
    NextStart::NotBefore(pending.len())
}

/// Returns where each of the records ends of which `bytes` are made, as far as they are whole.
pub fn ends(bytes: &[u8]) -> Vec<usize> {
    let next = |&at: &usize| match extent(bytes, at, true, u64::MAX) {
        Cut::Records { length, .. } => Some(length),
        _ => None,
    };
    std::iter::successors(Some(0), next).skip(1).collect()
}

/// Appends the items of a block of whole records. `name` is that of the source.
pub fn records(block: &Block, name: &str, options: &SourceOptions, items: &mut Vec<Item>) {
    let bytes = &block.bytes;
    let (mut at, mut number) = (0, block.first_record);
    loop {
        let skipped = |start: usize, reason, detail| {
            let place = (Some(number), Some(block.offset + start as u64));
            Item::Skipped(Skipped { record: place.0, offset: place.1, ..skipped_source(name, reason, detail) })
        };
        match extent(bytes, at, true, u64::MAX) {
            Cut::Records { length: end, .. } => {
                let start = at + line_ends(&bytes[at..]);
                let offset = block.offset + start as u64;
                let place = Place { record: number, offset, length: (end - start) as u64 };
                match read(&bytes[start..end], place, options) {
                    Ok(record) => items.extend(record.map(Item::Document)),
                    Err((reason, detail)) => items.push(skipped(start, reason, detail)),
                }
                (at, number) = (end, number + 1);
            }
            Cut::Fault(fault) => {
                items.push(skipped(fault.start, fault.reason, fault.detail));
                return;
            }
            Cut::More(_) | Cut::End => return,
        }
    }
}

/// Where a record stands in its source.
#[derive(Clone, Copy)]
struct Place {
    record: u64,
    offset: u64,
    length: u64,
}

/// Reads one record, from its first line to the blank lines after it.
fn read(bytes: &[u8], place: Place, options: &SourceOptions) -> Result<Option<Record>, (Reason, String)> {
    let head = Head::of(bytes).map_err(|fault| (fault.reason, fault.detail))?;
    let Some(content) = head.content()? else { return Ok(None) };
    let block = &bytes[head.end..head.end + head.length.min((bytes.len() - head.end) as u64) as usize];
    let payload::Text { text, lossy, raw_hash } =
        payload::text(block, content, head.content_type().as_deref(), options.max_record)?;
    let Place { record, offset, length } = place;
    Ok(Some(Record {
        record,
        id: head.id(),
        value: None,
        text,
        lossy,
        raw_hash,
        encoding: None,
        origin: None,
        offset,
        length,
    }))
}

/// Tells where the record at `at` ends, or why it cannot be told.
fn extent(pending: &[u8], at: usize, ended: bool, max_record: u64) -> Cut {
    let start = at + line_ends(&pending[at..]);
    let bytes = &pending[start..];
    if bytes.is_empty() {
        return if ended { Cut::End } else { Cut::More(pending.len() + 1) };
    }
    let fault = |fault: Fault| Cut::Fault(Fault { start, after: start + fault.after, ..fault });
    match start_at(bytes, ended) {
        Start::Warc | Start::Arc => {}
        Start::Unknown => return Cut::More(start + AHEAD),
        Start::None if ended && is_stub(bytes) => {
            return fault(Fault::new(Reason::Truncated, "the file ends in its header".into(), bytes.len()));
        }
        Start::None => return fault(Fault::new(Reason::BadHeader, "no record starts here".into(), 1)),
    }
    let head = match Head::of(bytes) {
        Ok(head) => head,
        Err(Fault { reason: Reason::Truncated, .. }) if !ended => return Cut::More(start + HEAD_LIMIT),
        Err(found) => return fault(found),
    };
    if (head.end as u64).saturating_add(head.length) > max_record {
        let detail = format!("larger than {max_record} bytes; raise --max-record");
        return fault(Fault::new(Reason::TooLarge, detail, head.end));
    }
    let end = head.end.saturating_add(head.length as usize);
    match bytes.get(end..) {
        None if !ended => Cut::More(start.saturating_add(end).saturating_add(4)),
        None => fault(too_long(bytes, &head)),
        Some(after) => match is_sound_before(after, head.is_arc(), ended) {
            Some(true) => Cut::Records { length: start + end + line_ends(after), records: 1 },
            Some(false) => {
                let detail = format!("its length says {}, but the record does not end there", head.length);
                fault(Fault::new(Reason::BadLength, detail, head.end))
            }
            None => Cut::More(start + end + line_ends(after) + AHEAD),
        },
    }
}

/// The fault of a record whose length exceeds what is left of the source: it was cut, or its length is wrong.
fn too_long(bytes: &[u8], head: &Head) -> Fault {
    let left = bytes.len() - head.end;
    let detail = format!("its length says {}, but {left} bytes are left", head.length);
    let is_last = matches!(next_start(bytes, head.end, true), NextStart::NotBefore(_));
    Fault::new(if is_last { Reason::Truncated } else { Reason::BadLength }, detail, head.end)
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
        Start::Warc | Start::Arc => Some(true),
        Start::None => Some(false),
        Start::Unknown => None,
    }
}

fn line_ends(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// Whether the end of a source is the beginning of a record, too short to be told as one.
fn is_stub(bytes: &[u8]) -> bool {
    b"WARC/".starts_with(&bytes[..bytes.len().min(5)]) && memchr_iter(b'\n', bytes).count() <= 1
}

/// Whether a line begins a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Warc,
    Arc,
    None,
    /// More must be seen.
    Unknown,
}

fn start_at(bytes: &[u8], ended: bool) -> Start {
    let is_whole = ended || bytes.len() >= AHEAD;
    let magic = &b"WARC/"[..bytes.len().min(5)];
    let line = memchr(b'\n', &bytes[..bytes.len().min(arc::LINE_LIMIT)]);
    match line {
        _ if bytes.starts_with(magic) => match line.and_then(|end| version(&bytes[..end]).map(|_| &bytes[end + 1..])) {
            // Texts about WARC have such lines, but no header after them.
            Some(rest) if begins_field(rest) => Start::Warc,
            _ if !is_whole && bytes.len() < 128 => Start::Unknown,
            _ => Start::None,
        },
        Some(end) if arc::Line::parse(&bytes[..end]).is_some() => Start::Arc,
        None if !is_whole && bytes.len() < arc::LINE_LIMIT && bytes[0].is_ascii_alphabetic() => Start::Unknown,
        _ => Start::None,
    }
}

/// Returns what stands after `WARC/` in a line, if it is a version.
fn version(line: &[u8]) -> Option<&[u8]> {
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
struct Head<'a> {
    form: Form<'a>,
    /// Where the block starts, and its length.
    end: usize,
    length: u64,
}

enum Form<'a> {
    Warc(&'a [u8], Fields<'a>),
    Arc(arc::Line<'a>),
}

impl<'a> Head<'a> {
    /// Reads the header with which `bytes` starts. What is needed to find its end is checked, and no more. The fault is
    /// [`Reason::Truncated`] if the header does not end in `bytes`.
    fn of(bytes: &'a [u8]) -> Result<Self, Fault> {
        let line_end = memchr(b'\n', bytes).unwrap_or(bytes.len());
        // After a fault in the header: the next record may start within it.
        let second_line = bytes.len().min(line_end + 1);
        if let Some(line) = arc::Line::parse(&bytes[..line_end]) {
            let length = parse_length(line.length).ok_or_else(|| bad_length(line.length, second_line))?;
            return Ok(Self { form: Form::Arc(line), end: second_line, length });
        }
        let Some(end) = head_end(bytes) else {
            return Err(if bytes.len() < HEAD_LIMIT {
                Fault::new(Reason::Truncated, "the file ends in its header".into(), second_line)
            } else {
                Fault::new(Reason::BadHeader, format!("its header is longer than {HEAD_LIMIT} bytes"), second_line)
            });
        };
        if memmem::find(&bytes[..end], b"\nWARC/").is_some() {
            return Err(Fault::new(Reason::BadHeader, "another record starts in its header".into(), second_line));
        }
        let fields = Fields::new(&bytes[second_line..end]);
        let length = warc_length(&fields, second_line)?;
        Ok(Self { form: Form::Warc(&bytes[..line_end], fields), end, length })
    }

    fn is_arc(&self) -> bool {
        matches!(self.form, Form::Arc(_))
    }

    /// Returns what the block is, or `None` if it says something about the archive and nothing of the web.
    ///
    /// # Errors
    ///
    /// The record is of a kind that holds no text of its own.
    fn content(&self) -> Result<Option<Content>, (Reason, String)> {
        let (line, fields) = match &self.form {
            Form::Arc(line) => return Ok((!line.is_description()).then_some(Content::Response)),
            Form::Warc(line, fields) => (line, fields),
        };
        let version = String::from_utf8_lossy(version(line).unwrap_or_default());
        if !version.starts_with("0.") && !version.starts_with("1.") {
            return Err((Reason::BadHeader, format!("WARC version {version} is not known")));
        }
        let kind = fields.text("WARC-Type").map(|kind| kind.to_ascii_lowercase());
        match kind.as_deref() {
            None => Err((Reason::BadHeader, "it has no WARC-Type".into())),
            Some("warcinfo" | "request") => Ok(None),
            Some("response") => Ok(Some(Content::Response)),
            Some("resource" | "conversion") => Ok(Some(Content::Plain)),
            Some("revisit") => Err((Reason::Revisit, "the same as when it was met before".into())),
            Some(other) => Err((Reason::NotText, format!("a record of type {other}"))),
        }
    }

    /// Returns the id of the record, or what it is of if it has none.
    fn id(&self) -> Option<String> {
        let id = match &self.form {
            Form::Arc(line) => Some(String::from_utf8_lossy(line.url).into_owned()),
            Form::Warc(_, fields) => fields.text("WARC-Record-ID").or_else(|| fields.text("WARC-Target-URI")),
        };
        id.map(|id| id.trim_start_matches('<').trim_end_matches('>').to_owned()).filter(|id| !id.is_empty())
    }

    fn content_type(&self) -> Option<Cow<'a, str>> {
        match &self.form {
            Form::Arc(line) => Some(String::from_utf8_lossy(line.media)),
            Form::Warc(_, fields) => fields.text("Content-Type").map(Cow::Owned),
        }
    }
}

fn warc_length(fields: &Fields, after: usize) -> Result<u64, Fault> {
    let mut values = fields.all("Content-Length");
    let Some(value) = values.next() else {
        return Err(Fault::new(Reason::BadLength, "it has no Content-Length".into(), after));
    };
    if values.any(|other| other != value) {
        return Err(Fault::new(Reason::BadHeader, "it has two Content-Length that differ".into(), after));
    }
    parse_length(&value).ok_or_else(|| bad_length(&value, after))
}

/// Digits only: `parse` alone would take a plus sign.
fn parse_length(value: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(value).ok()?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn bad_length(value: &[u8], after: usize) -> Fault {
    let value = String::from_utf8_lossy(&value[..value.len().min(80)]).into_owned();
    Fault::new(Reason::BadLength, format!("its length is `{value}`, which is no number of bytes"), after)
}

impl Fault {
    fn new(reason: Reason, detail: String, after: usize) -> Self {
        Self { reason, detail, start: 0, after: after.max(1) }
    }
}
