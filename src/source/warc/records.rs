//! The documents of an archive: what the header of a record says, and the text that it holds.

use std::borrow::Cow;

use super::archive::{ArchiveCut, HeadForm, RecordHead, extent, line_ends, version};
use super::http::{self, BodyLimits};
use super::names::RecordFields;
use super::payload::{self, BlockContent};
use crate::finding::{Metadata, Reason, RecordId, Skipped};
use crate::source::block::Block;
use crate::source::compared::TextBorders;
use crate::source::options::SourceOptions;
use crate::source::record::{Item, Record};
use crate::source::skip::{SkipCause, skipped_source};

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
            ArchiveCut::Records { length: end, .. } => {
                let start = at + line_ends(&bytes[at..]);
                let offset = block.offset + start as u64;
                let place = RecordPlace { record: number, offset, length: (end - start) as u64 };
                match read(&bytes[start..end], place, options) {
                    Ok(record) => items.extend(record.map(Item::Document)),
                    Err((reason, detail)) => items.push(skipped(start, reason, detail)),
                }
                (at, number) = (end, number + 1);
            }
            ArchiveCut::Fault(fault) => {
                items.push(skipped(fault.start, fault.reason, fault.detail));
                return;
            }
            ArchiveCut::More(_) | ArchiveCut::End => return,
        }
    }
}

/// Where a record stands in its source.
#[derive(Clone, Copy)]
struct RecordPlace {
    record: u64,
    offset: u64,
    length: u64,
}

/// Reads one record, from its first line to the blank lines after it.
fn read(bytes: &[u8], place: RecordPlace, options: &SourceOptions) -> Result<Option<Record>, SkipCause> {
    let head = RecordHead::of(bytes).map_err(|fault| (fault.reason, fault.detail))?;
    let Some(content) = head.content()? else { return Ok(None) };
    let block = &bytes[head.end..head.end + head.length.min((bytes.len() - head.end) as u64) as usize];
    let payload::PayloadText { text, title, ignored, lossy, raw_hash } =
        payload::text(block, content, head.content_type().as_deref(), BodyLimits::of(options), options.page)?;
    let fields = RecordFields { head: &head, block, title: title.as_deref() };
    let id = if options.names_id() { fields.get(&options.id_field) } else { head.id() };
    let value = options.value_field.as_deref().and_then(|name| fields.get(name));
    let RecordPlace { record, offset, length } = place;
    Ok(Some(Record {
        record,
        id: id.map(RecordId::from),
        metadata: Metadata::of(title.as_deref(), head.url().as_deref(), head.date().as_deref()),
        is_failure: http::head(block).is_some_and(|(status, _)| !(200..300).contains(&status)),
        value: value.map(|value| serde_json::Value::from(value).to_string()),
        text,
        lossy,
        raw_hash,
        borders: TextBorders::default(),
        encoding: None,
        origin: None,
        ignored,
        offset,
        length,
    }))
}

impl<'a> RecordHead<'a> {
    /// Returns what the block is, or `None` if it says something about the archive and nothing of the web.
    ///
    /// # Errors
    ///
    /// The record is of a kind that holds no text of its own.
    fn content(&self) -> Result<Option<BlockContent>, SkipCause> {
        let (line, fields) = match &self.form {
            HeadForm::Arc(line) => return Ok((!line.is_description()).then_some(BlockContent::Response)),
            HeadForm::Warc(line, fields) => (line, fields),
        };
        let version = String::from_utf8_lossy(version(line).unwrap_or_default());
        if !version.starts_with("0.") && !version.starts_with("1.") {
            return Err((Reason::BadHeader, format!("WARC version {version} is not known")));
        }
        let kind = fields.text("WARC-Type").map(|kind| kind.to_ascii_lowercase());
        match kind.as_deref() {
            None => Err((Reason::BadHeader, "it has no WARC-Type".into())),
            Some("warcinfo" | "request") => Ok(None),
            Some("response") => Ok(Some(BlockContent::Response)),
            Some("resource" | "conversion") => Ok(Some(BlockContent::Plain)),
            Some("revisit") => Err((Reason::Revisit, "the same as when it was met before".into())),
            Some(other) => Err((Reason::NotText, format!("a record of type {other}"))),
        }
    }

    fn content_type(&self) -> Option<Cow<'a, str>> {
        match &self.form {
            HeadForm::Arc(line) => Some(String::from_utf8_lossy(line.media)),
            HeadForm::Warc(_, fields) => fields.text("Content-Type").map(Cow::Owned),
        }
    }
}
