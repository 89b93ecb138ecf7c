//! Findings about what is not read, and why.

use std::borrow::Cow;
use std::io;

use super::line::RecordLine;
use super::options::SourceOptions;
use crate::finding::{Reason, Skipped};

/// Why something is not read, with words for people.
pub(super) type SkipCause = (Reason, String);

/// Why the system did not let a file be read, told from the error of opening it.
pub(super) fn reason_of(error: &io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::NotFound => Reason::Vanished,
        io::ErrorKind::PermissionDenied => Reason::Permission,
        _ => Reason::ReadError,
    }
}

/// Why a build does not read a format or a compression for which it lacks a feature.
pub(super) fn unsupported(name: &str, feature: &str) -> SkipCause {
    (Reason::Unsupported, format!("this build reads no {name}; it was made without the feature `{feature}`"))
}

/// A finding about a whole source.
pub(super) fn skipped_source(name: &str, reason: Reason, detail: impl Into<Cow<'static, str>>) -> Skipped {
    let detail = Some(detail.into().into_owned());
    Skipped { source: name.to_owned(), record: None, offset: None, reason, detail, against: false }
}

/// A finding about one line of a source; the detail begins with its one-based number.
pub(super) fn skipped_line(name: &str, line: &RecordLine, reason: Reason, detail: &str) -> Skipped {
    Skipped {
        source: name.to_owned(),
        record: Some(line.record),
        offset: Some(line.offset),
        reason,
        detail: Some(format!("line {}: {detail}", line.record + 1)),
        against: false,
    }
}

/// A finding about one element of a list; the detail begins with its one-based number.
pub(super) fn skipped_element(name: &str, record: u64, offset: u64, reason: Reason, detail: &str) -> Skipped {
    let detail = Some(format!("element {}: {detail}", record + 1));
    Skipped { source: name.to_owned(), record: Some(record), offset: Some(offset), reason, detail, against: false }
}

/// A finding about one message of a folder; the detail begins with its one-based number.
pub(super) fn skipped_message(name: &str, record: u64, offset: u64, reason: Reason, detail: &str) -> Skipped {
    let detail = Some(format!("message {}: {detail}", record + 1));
    Skipped { source: name.to_owned(), record: Some(record), offset: Some(offset), reason, detail, against: false }
}

/// The finding about a line that is longer than `max_record`.
pub(super) fn line_too_large(name: &str, line: &RecordLine, options: &SourceOptions) -> Skipped {
    let detail = format!("longer than {} bytes; raise --max-record", options.max_record);
    skipped_line(name, line, Reason::TooLarge, &detail)
}

/// The finding about a record of nothing but white space.
pub(crate) fn skipped_empty(name: &str, record: u64) -> Skipped {
    let (source, record) = (name.to_owned(), Some(record));
    Skipped { source, record, offset: None, reason: Reason::Empty, detail: None, against: false }
}
