//! Plain text of which each line is a document.
//!
//! Lines are in the encoding that was asked for, or that the file shows. Bytes that cannot be decoded become U+FFFD and the
//! document is flagged `lossy`, with a hash of its original bytes: two lines that differ only there decode to the same
//! text, and must not be called the same.

use super::block::Block;
use super::options::SourceOptions;
use super::part::{DecodedPart, decode_part};
use super::record::{Item, Record};
use super::skip::line_too_large;
use doublon_core::hash::content_hash;

/// Appends a document for each line that is not blank.
pub(super) fn lines(block: &Block, name: &str, options: &SourceOptions, items: &mut Vec<Item>) {
    for line in block.lines() {
        let bytes = &block.bytes[line.range.clone()];
        if bytes.len() as u64 > options.max_record {
            items.push(Item::Skipped(line_too_large(name, &line, options)));
        } else if !bytes.trim_ascii().is_empty() {
            let text = bytes.strip_suffix(b"\r").unwrap_or(bytes);
            items.push(Item::Document(record(bytes, decode_part(text, block.encoding), line.record, line.offset)));
        }
    }
}

fn record(bytes: &[u8], decoded: DecodedPart, record: u64, offset: u64) -> Record {
    let DecodedPart { text, lossy, encoding } = decoded;
    let raw_hash = lossy.then(|| content_hash(bytes));
    Record { record, text, lossy, raw_hash, encoding, offset, length: bytes.len() as u64, ..Record::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_that_is_not_blank_is_a_document() {
        let bytes = b"one\r\n\n \t\r\ntw\xff\nthree".to_vec();
        let block = Block { bytes, first_record: 7, offset: 100, ..Block::default() };
        let mut items = Vec::new();
        lines(
            &block,
            "a.txt",
            &crate::finding::InputOptions { max_record: 4, ..Default::default() }.into(),
            &mut items,
        );
        let [Item::Document(one), Item::Document(two), Item::Skipped(three)] = items.as_slice() else {
            panic!("{items:?}");
        };
        assert_eq!((one.text.as_str(), one.record, one.offset, one.length, one.lossy), ("one", 7, 100, 4, false));
        assert_eq!((two.text.as_str(), two.record, two.offset, two.length), ("tw\u{fffd}", 10, 110, 3));
        assert!(two.lossy && two.raw_hash.is_some());
        assert_eq!((three.record, three.offset), (Some(11), Some(114)));
        assert_eq!(three.detail.as_deref(), Some("line 12: longer than 4 bytes; raise --max-record"));
    }
}
