//! Folders of mail: their messages as documents, and where a block of them ends.

pub(super) use super::markup::next_message;

#[cfg(feature = "mail")]
use super::block::Block;
use super::block::BlockCut;
#[cfg(feature = "mail")]
use super::charset::CharsetHints;
#[cfg(feature = "mail")]
use super::markup::folder_message;
use super::markup::message_ends;
use super::options::SourceOptions;
#[cfg(feature = "mail")]
use super::page::read_as;
#[cfg(feature = "mail")]
use super::record::{Item, Record};
use super::skip::skipped_message;
#[cfg(feature = "mail")]
use crate::finding::RecordId;
use crate::finding::{Reason, Skipped};

/// Returns where the last message that may go on begins; `pending` begins with a message.
pub(super) fn cut(pending: &[u8]) -> BlockCut {
    match message_ends(pending).as_slice() {
        [ends @ .., _] if !ends.is_empty() => BlockCut::Whole { end: ends[ends.len() - 1], records: ends.len() as u64 },
        _ => BlockCut::More,
    }
}

/// The finding about a message that is longer than `max_record`.
pub(super) fn message_too_large(name: &str, record: u64, offset: u64, options: &SourceOptions) -> Skipped {
    let detail = format!("longer than {} bytes; raise --max-record", options.max_record);
    skipped_message(name, record, offset, Reason::TooLarge, &detail)
}

/// Appends an item for each message of a block.
#[cfg(feature = "mail")]
pub(super) fn messages(block: &Block, name: &str, options: &SourceOptions, items: &mut Vec<Item>) {
    let mut start = 0;
    for (end, record) in message_ends(&block.bytes).into_iter().zip(block.first_record..) {
        let (bytes, offset) = (&block.bytes[start..end], block.offset + start as u64);
        start = end;
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let skipped = |reason, detail: &str| Item::Skipped(skipped_message(name, record, offset, reason, detail));
        items.push(if bytes.len() as u64 > options.max_record {
            Item::Skipped(message_too_large(name, record, offset, options))
        } else if let Some(found) = message(bytes, options) {
            Item::Document(Record { record, offset, length: bytes.len() as u64, ..found })
        } else {
            skipped(Reason::BadHeader, "it has no header")
        });
    }
}

/// The header by which a message is named.
#[cfg(feature = "mail")]
const ID: &str = "Message-ID";

/// Reads a message, if it has a header.
#[cfg(feature = "mail")]
fn message(bytes: &[u8], options: &SourceOptions) -> Option<Record> {
    let id = if options.names_id() { &options.id_field } else { ID };
    let wanted: Vec<&str> = [Some(id), options.value_field.as_deref()].into_iter().flatten().collect();
    let mut headers = None;
    let hints = CharsetHints { forced: options.encoding, ..CharsetHints::default() };
    let found = read_as(bytes, &hints, |record| {
        let (visible, found) = folder_message(record, &wanted)?;
        headers = Some(found);
        Some(visible)
    });
    let mut headers = headers?.into_iter();
    let id = headers.next().flatten().map(|id| RecordId::from(id.trim_matches(['<', '>'])));
    let value = headers.next().flatten().map(|value| serde_json::Value::from(value).to_string());
    Some(Record { id, value, ..found })
}
