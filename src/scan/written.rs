//! Documents that could be read only once, or only at the cost of reading all before them again: compressed sources,
//! streams, pages, and texts that were handed over in memory. Each is written down as it was read, with all that is known
//! of it, and read again from there.

use encoding_rs::Encoding;

use super::bytes::{put, put_bytes, take, take_array, take_bytes, take_text};
use crate::finding::{Metadata, RecordId};
use crate::source::{Document, PageOrigin, TextBorders};
use doublon_core::span::{OffsetMap, Span};

const LOSSY: u64 = 1;
const ID: u64 = 2;
const RAW_HASH: u64 = 4;
const ENCODING: u64 = 8;
const ORIGIN: u64 = 16;
const EXACT: u64 = 32;
const METADATA: u64 = 64;
const BORDERS: u64 = 128;

/// Appends a document to `out`, without its number and that of its source.
pub(super) fn write(document: &Document, out: &mut Vec<u8>) {
    let Document { id, metadata, text, lossy, raw_hash, borders, encoding, origin, .. } = document;
    let flag = |flag: u64, is_set: bool| if is_set { flag } else { 0 };
    let is_exact = origin.as_ref().is_some_and(|origin| origin.is_exact);
    let flags = flag(LOSSY, *lossy)
        | flag(ID, id.is_some())
        | flag(RAW_HASH, raw_hash.is_some())
        | flag(ENCODING, encoding.is_some())
        | flag(ORIGIN, origin.is_some())
        | flag(EXACT, is_exact)
        | flag(METADATA, metadata.is_some())
        | flag(BORDERS, !borders.ends().is_empty());
    put(flags, out);
    if let Some(id) = id {
        put_bytes(id.json().as_bytes(), out);
    }
    if let Some(hash) = raw_hash {
        out.extend_from_slice(&hash.to_le_bytes());
    }
    if let Some(encoding) = encoding {
        put_bytes(encoding.name().as_bytes(), out);
    }
    if let Some(origin) = origin {
        put_origin(origin, out);
    }
    if let Some(Metadata { title, url, date }) = metadata.as_deref() {
        for value in [title, url, date] {
            put_bytes(value.as_deref().unwrap_or_default().as_bytes(), out);
        }
    }
    if !borders.ends().is_empty() {
        put(borders.ends().len() as u64, out);
        borders.ends().iter().for_each(|&end| put(end as u64, out));
    }
    put_bytes(text.as_bytes(), out);
}

/// Reads what [`write()`] wrote, if it is that.
pub(super) fn read(mut bytes: &[u8], source: u32, record: u64) -> Option<Document> {
    let bytes = &mut bytes;
    let flags = take(bytes)?;
    let has = |flag: u64| flags & flag != 0;
    let id = if has(ID) { Some(RecordId::of_json(&take_text(bytes)?)?) } else { None };
    let raw_hash = if has(RAW_HASH) { Some(u128::from_le_bytes(*take_array(bytes)?)) } else { None };
    let encoding = if has(ENCODING) { Encoding::for_label(take_bytes(bytes)?) } else { None };
    let origin = if has(ORIGIN) { Some(take_origin(bytes, has(EXACT))?.into()) } else { None };
    let [title, url, date] = if has(METADATA) { take_metadata(bytes)? } else { Default::default() };
    let metadata = Metadata::of(title.as_deref(), url.as_deref(), date.as_deref());
    let mut ends = Vec::new();
    if has(BORDERS) {
        for _ in 0..take(bytes)? {
            ends.push(take(bytes)? as usize);
        }
    }
    let text = take_text(bytes)?;
    let borders = TextBorders::new(&text, ends);
    Some(Document { source, record, id, metadata, text, lossy: has(LOSSY), raw_hash, borders, encoding, origin })
}

fn take_metadata(bytes: &mut &[u8]) -> Option<[Option<String>; 3]> {
    Some([Some(take_text(bytes)?), Some(take_text(bytes)?), Some(take_text(bytes)?)])
}

fn put_origin(origin: &PageOrigin, out: &mut Vec<u8>) {
    put(origin.map.pieces().count() as u64, out);
    let mut end = 0;
    for (length, span) in origin.map.pieces() {
        put(length as u64, out);
        put((span.start - end) as u64, out);
        put(span.len() as u64, out);
        end = span.end;
    }
    put(origin.lines.len() as u64, out);
    let mut last = 0;
    for &line in &origin.lines {
        put((line - last) as u64, out);
        last = line;
    }
    put(origin.headings.len() as u64, out);
    for heading in &origin.headings {
        put(heading.start as u64, out);
        put(heading.len() as u64, out);
    }
}

fn take_origin(bytes: &mut &[u8], is_exact: bool) -> Option<PageOrigin> {
    let (mut map, mut end) = (OffsetMap::default(), 0);
    for _ in 0..take(bytes)? {
        let length = take(bytes)? as usize;
        let start = end + take(bytes)? as usize;
        end = start + take(bytes)? as usize;
        map.push(length, Span::new(start, end));
    }
    let (mut lines, mut last) = (Vec::new(), 0);
    for _ in 0..take(bytes)? {
        last += take(bytes)? as usize;
        lines.push(last);
    }
    let mut headings = Vec::new();
    for _ in 0..take(bytes)? {
        let start = take(bytes)? as usize;
        headings.push(Span::new(start, start + take(bytes)? as usize));
    }
    // Only who cuts pages asks for their elements, and reads them from their sources.
    Some(PageOrigin { map, lines, is_exact, elements: Vec::new(), headings })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents() -> [Document; 3] {
        let plain = Document { source: 3, record: 7, text: "text".into(), ..Document::default() };
        let mut map = OffsetMap::default();
        map.push(2, Span::new(300, 302));
        map.push(1, Span::new(400, 406));
        let origin = PageOrigin {
            map,
            lines: vec![0, 5, 200_000],
            is_exact: true,
            headings: vec![Span::new(1, 2), Span::new(4, 300)],
            ..PageOrigin::default()
        };
        let page = Document {
            id: Some("é".repeat(100).into()),
            metadata: Metadata::of(Some("A title"), None, Some("2025-03-01T00:00:00Z")),
            text: "pâ".into(),
            borders: TextBorders::new("pâ", [0, 1]),
            lossy: true,
            raw_hash: Some(u128::MAX - 5),
            encoding: Some(encoding_rs::SHIFT_JIS),
            origin: Some(origin.into()),
            ..plain.clone()
        };
        let empty = Document { text: String::new(), id: RecordId::of_json("7"), ..plain.clone() };
        [plain, page, empty]
    }

    #[test]
    fn documents_come_back_as_they_were() {
        for document in documents() {
            let mut bytes = Vec::new();
            write(&document, &mut bytes);
            assert_eq!(read(&bytes, 3, 7).as_ref(), Some(&document));
            assert_eq!(read(&bytes[..bytes.len() - 1], 3, 7), None);
        }
    }
}
