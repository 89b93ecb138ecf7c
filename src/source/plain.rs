//! Plain text: a file, or each line of it, is a document.
//!
//! Text is UTF-8, or UTF-16 if a byte order mark says so. Bytes that cannot be decoded become U+FFFD and the document
//! is flagged `lossy`, with a hash of its original bytes: two files that differ only there decode to the same text,
//! and must not be called the same.

use super::{Block, Item, Record, SourceOptions, line_too_large};
use crate::hash::content_hash;

/// Decodes a block that is a whole file.
pub(super) fn file(block: &Block) -> Record {
    let Decoded { text, lossy } = match block.bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        bytes => utf8(bytes),
    };
    record(&block.bytes, Decoded { text, lossy }, 0, 0)
}

/// Appends a document for each line that is not blank.
pub(super) fn lines(block: &Block, name: &str, options: &SourceOptions, items: &mut Vec<Item>) {
    for line in block.lines() {
        let bytes = &block.bytes[line.range.clone()];
        if bytes.len() as u64 > options.max_record {
            items.push(Item::Skipped(line_too_large(name, &line, options)));
        } else if !bytes.trim_ascii().is_empty() {
            let text = bytes.strip_suffix(b"\r").unwrap_or(bytes);
            items.push(Item::Document(record(bytes, utf8(text), line.record, line.offset)));
        }
    }
}

struct Decoded {
    text: String,
    lossy: bool,
}

fn record(bytes: &[u8], decoded: Decoded, record: u64, offset: u64) -> Record {
    let Decoded { text, lossy } = decoded;
    let raw_hash = lossy.then(|| content_hash(bytes));
    Record { record, id: None, value: None, text, lossy, raw_hash, offset, length: bytes.len() as u64 }
}

fn utf8(bytes: &[u8]) -> Decoded {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => Decoded { text: text.to_owned(), lossy: false },
        Err(_) => Decoded { text: String::from_utf8_lossy(bytes).into_owned(), lossy: true },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut lossy = !odd.is_empty();
    let units = pairs.iter().map(|&pair| unit(pair));
    let mut text: String = char::decode_utf16(units)
        .map(|decoded| {
            lossy |= decoded.is_err();
            decoded.unwrap_or(char::REPLACEMENT_CHARACTER)
        })
        .collect();
    text.extend((!odd.is_empty()).then_some(char::REPLACEMENT_CHARACTER));
    Decoded { text, lossy }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> Record {
        file(&Block { bytes: bytes.to_vec(), ..Block::default() })
    }

    #[test]
    fn utf16_equals_its_utf8_copy() {
        let text = "Le texte 🜚 décodé";
        let little: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        for record in [decode(&little), decode(&big)] {
            assert_eq!((record.text.as_str(), record.lossy, record.raw_hash), (text, false, None));
        }
    }

    #[test]
    fn utf16_cut_inside_a_character_is_lossy() {
        let half_pair = decode(b"\xff\xfea\0\x3e\xd8");
        let half_unit = decode(b"\xff\xfea\0b");
        for record in [&half_pair, &half_unit] {
            assert_eq!((record.text.as_str(), record.lossy), ("a\u{fffd}", true));
        }
        assert_ne!(half_pair.raw_hash, half_unit.raw_hash);
    }

    #[test]
    fn offsets_into_the_text_count_the_byte_order_mark() {
        assert_eq!(decode(b"\xef\xbb\xbfword").text, "\u{feff}word");
    }

    #[test]
    fn each_line_that_is_not_blank_is_a_document() {
        let block = Block { bytes: b"one\r\n\n \t\r\ntw\xff\nthree".to_vec(), first_record: 7, offset: 100 };
        let mut items = Vec::new();
        lines(&block, "a.txt", &SourceOptions { max_record: 4, ..SourceOptions::default() }, &mut items);
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
