//! From the blocks of a source to documents, by format.

use super::block::Block;
use super::charset::CharsetHints;
use super::fields::JoinedText;
use super::format::Format;
#[cfg(feature = "mail")]
use super::mbox;
#[cfg(feature = "office")]
use super::office;
use super::options::SourceOptions;
#[cfg(feature = "office")]
use super::pdf;
use super::record::{Item, Record};
#[cfg(feature = "office")]
use super::skip::SkipCause;
use super::skip::{skipped_source, unsupported};
#[cfg(feature = "warc")]
use super::warc;
use super::{csv, jsonl, page, plain};

/// Parses a block that a [`super::SourceReader`] of `format` gave, and appends what it holds to `items` in order.
///
/// `name` is [`super::Source::name`]. Blank lines give no item; every other record gives exactly one.
pub fn parse(block: &mut Block, format: Format, name: &str, options: &SourceOptions, items: &mut Vec<Item>) {
    if let Some((format, feature)) = format.missing_feature() {
        let (reason, detail) = unsupported(format, feature);
        items.push(Item::Skipped(skipped_source(name, reason, detail)));
        return;
    }
    match format {
        #[cfg(feature = "office")]
        Format::Office => items.push(match office_file(&block.bytes, options) {
            Ok(found) => Item::Document(Record { length: block.bytes.len() as u64, ..found }),
            Err((reason, detail)) => Item::Skipped(skipped_source(name, reason, detail)),
        }),
        format if format.is_document() => items.push(Item::Document(file(&block.bytes, format, options))),
        Format::Lines => plain::lines(block, name, options, items),
        Format::Jsonl => jsonl::lines(block, name, options, items),
        Format::Json => jsonl::elements(block, name, options, items),
        Format::Csv | Format::Tsv => csv::rows(block, name, options, items),
        #[cfg(feature = "mail")]
        Format::Mbox => mbox::messages(block, name, options, items),
        #[cfg(feature = "warc")]
        Format::Warc => warc::records(block, name, options, items),
        _ => {}
    }
    items.append(&mut block.items);
}

/// Returns the text of a record with the places in its bytes of the texts that it was joined from; none if it is not made
/// of such. `one` is a block of this record alone.
pub fn joined_text(one: &Block, format: Format, options: &SourceOptions) -> Option<JoinedText> {
    match format {
        Format::Jsonl | Format::Json => jsonl::joined_text(&one.bytes, options),
        Format::Csv | Format::Tsv => csv::joined_text(one),
        _ => None,
    }
}

#[cfg(feature = "office")]
fn office_file(bytes: &[u8], options: &SourceOptions) -> Result<Record, SkipCause> {
    if pdf::is_pdf(bytes) { pdf::read(bytes, options) } else { office::read(bytes, options) }
}

/// Decodes a file that is one document.
fn file(bytes: &[u8], format: Format, options: &SourceOptions) -> Record {
    let hints = CharsetHints { forced: options.encoding, declared: None, markup: format == Format::Html };
    Record { length: bytes.len() as u64, ..page::read(bytes, format, &hints, options.page) }
}
