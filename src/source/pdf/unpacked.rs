//! What the streams of a file unpack to, counted before any is held unpacked.

use std::io::Read;

use flate2::read::ZlibDecoder;
use memchr::memmem;
use pdf_extract::{Document, Object, Stream};

use crate::finding::Reason;
use crate::source::allowance::Allowance;
use crate::source::skip::SkipCause;

/// Times that what looks like a packed stream may look so again. Files in the wild pack once.
const MOST_LAYERS: usize = 3;

/// Bytes of a stream packed by LZW that are always read. It packs up to 2,560 times.
const ALWAYS_READ_LZW: usize = 64 << 10;

/// Counts what the file unpacks to, from its bytes: what holds the objects is unpacked when the file is opened.
///
/// # Errors
///
/// Says that it is too much.
pub(super) fn measure_bytes(bytes: &[u8], allowance: &mut Allowance) -> Result<(), SkipCause> {
    const KEYWORD: &[u8] = b"stream";
    for at in memmem::find_iter(bytes, KEYWORD).filter(|&at| !bytes[..at].ends_with(b"end")) {
        let content = &bytes[at + KEYWORD.len()..];
        let content = content.strip_prefix(b"\r").unwrap_or(content);
        measure(content.strip_prefix(b"\n").unwrap_or(content), allowance)?;
    }
    Ok(())
}

/// Counts what all streams of a file unpack to, one behind another, and empties the pictures.
///
/// # Errors
///
/// Says that it is too much.
pub(super) fn measure_streams(document: &mut Document, allowance: &mut Allowance) -> Result<(), SkipCause> {
    for object in document.objects.values_mut() {
        let Object::Stream(stream) = object else { continue };
        if stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Image") {
            empty(stream);
        }
        measure_stream(stream, allowance)?;
    }
    Ok(())
}

/// Takes the content out of a stream.
pub(super) fn empty(stream: &mut Stream) {
    stream.set_plain_content(Vec::new());
}

fn measure_stream(stream: &Stream, allowance: &mut Allowance) -> Result<(), SkipCause> {
    const ASCII85: &[u8] = b"ASCII85Decode";
    let filters = stream.filters().unwrap_or_default();
    if filters.contains(&b"LZWDecode".as_slice()) && stream.content.len() > ALWAYS_READ_LZW {
        return Err((Reason::TooLarge, "a stream packed by LZW is larger than 64 KiB".to_owned()));
    }
    if filters.iter().filter(|&&filter| filter != ASCII85).count() > 1 {
        return Err(packed_again());
    }
    if filters.first() != Some(&ASCII85) {
        return measure(&stream.content, allowance);
    }
    let mut written = stream.clone();
    written.dict.set("Filter", Object::Name(ASCII85.to_vec()));
    measure(&written.decompressed_content().unwrap_or_default(), allowance)
}

/// Takes what zlib unpacks `content` to, each time if it is packed several times.
fn measure(content: &[u8], allowance: &mut Allowance) -> Result<(), SkipCause> {
    for layers in 0..MOST_LAYERS {
        if !is_zlib(&mut *layered(content, layers)) {
            return Ok(());
        }
        allowance.take(length(layered(content, layers + 1).take(allowance.left().saturating_add(1))))?;
    }
    Err(packed_again())
}

fn packed_again() -> SkipCause {
    (Reason::Bomb, "what a stream unpacks to is packed too".to_owned())
}

/// Returns a reader of `content` below so many layers of zlib.
fn layered(content: &[u8], layers: usize) -> Box<dyn Read + '_> {
    (0..layers).fold(Box::new(content), |packed, _| Box::new(ZlibDecoder::new(packed)))
}

/// Returns how many bytes come until the end, or until it breaks off: that is told where they are used.
fn length(mut from: impl Read) -> u64 {
    let mut buffer = vec![0; 64 << 10];
    std::iter::from_fn(|| from.read(&mut buffer).ok().filter(|&read| read > 0)).map(|read| read as u64).sum()
}

/// Returns whether bytes begin as those of zlib do (RFC 1950, section 2.2).
fn is_zlib(from: &mut dyn Read) -> bool {
    let mut start = [0; 2];
    from.read_exact(&mut start).is_ok() && start[0] & 0x0f == 8 && u16::from_be_bytes(start) % 31 == 0
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use pdf_extract::Dictionary;

    use super::*;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).and_then(|()| encoder.finish()).expect("is held in memory")
    }

    fn in_file(content: &[u8]) -> Vec<u8> {
        [b"1 0 obj\n<<>>\nstream\r\n", content, b"\nendstream\nendobj"].concat()
    }

    fn with_filters(filters: &[&str], content: Vec<u8>) -> Document {
        let filters = filters.iter().map(|filter| Object::Name(filter.as_bytes().to_vec())).collect();
        let mut about = Dictionary::new();
        about.set("Filter", Object::Array(filters));
        let mut document = Document::new();
        document.add_object(Stream::new(about, content));
        document
    }

    /// Returns why it is refused where 100 MiB may be unpacked, or how many bytes it takes of these.
    fn taken(measure: impl FnOnce(&mut Allowance) -> Result<(), SkipCause>) -> Result<u64, Reason> {
        let mut allowance = Allowance::new(1, 100 << 20, 0);
        measure(&mut allowance).map(|()| (100 << 20) - allowance.left()).map_err(|(reason, _)| reason)
    }

    #[test]
    fn f19_what_a_file_unpacks_to_is_counted_before_it_is_unpacked() {
        let bytes = |file: &[u8]| taken(|allowance| measure_bytes(file, allowance));
        let plain = in_file(&packed(&[b'a'; 5000]));
        assert_eq!(bytes(&plain), Ok(5000));
        assert_eq!(bytes(&[plain.clone(), plain].concat()), Ok(10_000));
        assert_eq!(bytes(&in_file(b"(One.) Tj")), Ok(0));
        assert_eq!(bytes(&in_file(&packed(&vec![0; 101 << 20]))), Err(Reason::TooLarge));
        let twice = packed(&packed(&vec![0; 101 << 20]));
        assert!(twice.len() < 2000);
        assert_eq!(bytes(&in_file(&twice)), Err(Reason::TooLarge));
        assert_eq!(bytes(&in_file(&packed(&packed(&packed(b"a"))))), Err(Reason::Bomb));
        let broken = packed(&[b'a'; 5000]);
        assert!(bytes(&in_file(&broken[..broken.len() - 6])).is_ok_and(|taken| taken <= 5000));
    }

    #[test]
    fn f19_streams_that_pack_otherwise_are_bounded_too() {
        let streams = |filters: &[&str], content: Vec<u8>| {
            taken(|allowance| measure_streams(&mut with_filters(filters, content), allowance))
        };
        assert_eq!(streams(&["FlateDecode"], packed(&[b'a'; 300])), Ok(300));
        assert_eq!(streams(&["FlateDecode", "FlateDecode"], packed(b"a")), Err(Reason::Bomb));
        assert_eq!(streams(&["FlateDecode", "ASCII85Decode", "LZWDecode"], packed(b"a")), Err(Reason::Bomb));
        assert_eq!(streams(&["LZWDecode"], vec![0; 65 << 10]), Err(Reason::TooLarge));
        assert_eq!(streams(&["LZWDecode"], vec![0; 5]), Ok(0));
        // In letters, bytes of zlib are no longer told by their first ones.
        let letters = ascii85(&packed(&[b'a'; 300]));
        assert_eq!(streams(&["ASCII85Decode", "FlateDecode"], letters), Ok(300));
    }

    #[test]
    fn pictures_are_emptied() {
        let mut document = with_filters(&["FlateDecode"], packed(&vec![0; 101 << 20]));
        let picture = document.objects.values_mut().next().and_then(|object| object.as_stream_mut().ok());
        picture.expect("was added").dict.set("Subtype", Object::Name(b"Image".to_vec()));
        assert_eq!(taken(|allowance| measure_streams(&mut document, allowance)), Ok(0));
    }

    fn ascii85(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for four in bytes.chunks(4) {
            let mut word = [0; 4];
            word[..four.len()].copy_from_slice(four);
            let mut left = u32::from_be_bytes(word);
            let mut digits = [0; 5];
            digits.iter_mut().rev().for_each(|digit| (*digit, left) = ((left % 85) as u8 + b'!', left / 85));
            out.extend_from_slice(&digits[..=four.len()]);
        }
        out.extend_from_slice(b"~>");
        out
    }
}
