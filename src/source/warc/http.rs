//! The body of an HTTP response as it was sent.
//!
//! Archives hold what servers said, and crawlers that undo a transfer encoding often leave its header. So a body that is
//! not in the encoding that its header names is taken as it is, and so is what follows a wrong chunk, as `warcio` does.
//! The `Content-Length` of the response is not looked at: the record has its own.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use memchr::memchr;

use super::fields::{HEAD_LIMIT, HeaderFields, head_end};
use crate::finding::Reason;
use crate::source::SourceOptions;
use crate::source::skip::SkipCause;

/// More encodings than this are not undone: two are rare already.
const MOST_CODINGS: usize = 4;
/// A line with the size of a chunk is not longer.
const SIZE_LINE: usize = 1024;

/// A body that unpacks to no more than this may be small as one likes.
const SMALL_BODY: u64 = 256 << 10;

/// How large bodies may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimits {
    /// The most bytes of a body.
    pub bytes: u64,
    /// How many times the size that it has as it is sent, if it is no [`SMALL_BODY`]; 0 for no limit.
    pub ratio: u64,
}

impl BodyLimits {
    /// Takes the limits of `options`.
    pub fn of(options: &SourceOptions) -> Self {
        Self { bytes: options.max_record, ratio: options.max_ratio }
    }

    /// Returns how many bytes a body may have that was sent as so many.
    fn of_body(self, sent: u64) -> MostBytes {
        let by_ratio = if self.ratio == 0 { u64::MAX } else { sent.saturating_mul(self.ratio).max(SMALL_BODY) };
        MostBytes { bytes: by_ratio.min(self.bytes), ratio: (by_ratio < self.bytes).then_some(self.ratio) }
    }
}

/// The most bytes that a body may have, and the ratio if that is what limits it.
#[derive(Clone, Copy)]
struct MostBytes {
    bytes: u64,
    ratio: Option<u64>,
}

/// A response without its header.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Response<'a> {
    pub content_type: Option<String>,
    pub body: Cow<'a, [u8]>,
}

/// Reads a response, or returns `None` if `block` is none.
///
/// # Errors
///
/// The header never ends, or the body is broken or larger than `limits` allow.
pub(super) fn response(block: &[u8], limits: BodyLimits) -> Option<Result<Response<'_>, SkipCause>> {
    block.starts_with(b"HTTP/").then(|| {
        let end = match head_end(block) {
            Some(end) => end,
            // A response without a body may have lost its blank line.
            None if block.len() <= HEAD_LIMIT => block.len(),
            None => {
                let detail = format!("the HTTP header is longer than {HEAD_LIMIT} bytes");
                return Err((Reason::BadPayload, detail));
            }
        };
        let fields = HeaderFields::new(&block[..end]);
        let body = decode(&fields, &block[end..], limits)?;
        Ok(Response { content_type: fields.text("Content-Type"), body })
    })
}

/// Returns the status of a response, such as 200, and the fields of its header, as far as they are there.
pub(super) fn head(block: &[u8]) -> Option<(u16, HeaderFields<'_>)> {
    let end = head_end(block).unwrap_or(block.len().min(HEAD_LIMIT));
    let line_end = memchr(b'\n', &block[..end]).unwrap_or(end);
    let line = std::str::from_utf8(&block[..line_end]).ok()?;
    let status = line.strip_prefix("HTTP/")?.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some((status, HeaderFields::new(&block[(line_end + 1).min(end)..end])))
}

fn decode<'a>(fields: &HeaderFields, body: &'a [u8], limits: BodyLimits) -> Result<Cow<'a, [u8]>, SkipCause> {
    let is_chunked = fields.all("Transfer-Encoding").any(|value| value.to_ascii_lowercase().ends_with(b"chunked"));
    let most = limits.of_body(body.len() as u64);
    let mut body = if is_chunked { without_chunks(body) } else { Cow::Borrowed(body) };
    let codings: Vec<u8> = fields.all("Content-Encoding").collect::<Vec<_>>().join(&b',').to_ascii_lowercase();
    let codings: Vec<&[u8]> = codings.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).collect();
    // The last was applied last.
    for coding in codings.iter().rev().take(MOST_CODINGS) {
        if let Some(decoded) = undo(coding, &body, most)? {
            body = Cow::Owned(decoded);
        }
    }
    Ok(body)
}

/// Joins the chunks of a body.
fn without_chunks(body: &[u8]) -> Cow<'_, [u8]> {
    let mut joined = Vec::new();
    let mut rest = body;
    while let Some((size, data)) = chunk_size(rest) {
        if size == 0 {
            return Cow::Owned(joined);
        }
        let Some((chunk, after)) = data.split_at_checked(size) else { break };
        joined.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n").or(after.strip_prefix(b"\n")).unwrap_or(after);
    }
    if joined.is_empty() {
        return Cow::Borrowed(body);
    }
    joined.extend_from_slice(rest);
    Cow::Owned(joined)
}

/// Reads the line before a chunk: a hexadecimal number, and perhaps extensions.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = memchr(b'\n', &bytes[..bytes.len().min(SIZE_LINE)])?;
    let size = bytes[..end].split(|&byte| byte == b';').next()?.trim_ascii();
    let is_number = size.iter().all(u8::is_ascii_hexdigit);
    let size = std::str::from_utf8(size).ok().filter(|_| is_number)?;
    Some((usize::from_str_radix(size, 16).ok()?, &bytes[end + 1..]))
}

/// Undoes one content encoding, unless the body is not in it.
fn undo(coding: &[u8], body: &[u8], most: MostBytes) -> Result<Option<Vec<u8>>, SkipCause> {
    let is_zlib = body.len() >= 2 && body[0] & 0xf == 8 && u16::from_be_bytes([body[0], body[1]]).is_multiple_of(31);
    match coding {
        b"gzip" | b"x-gzip" if body.starts_with(b"\x1f\x8b") => read("gzip", MultiGzDecoder::new(body), most).map(Some),
        b"deflate" if is_zlib => read("deflate", ZlibDecoder::new(body), most).map(Some),
        b"zstd" if body.starts_with(b"\x28\xb5\x2f\xfd") => match zstd::stream::read::Decoder::with_buffer(body) {
            Ok(decoder) => read("zstd", decoder, most).map(Some),
            Err(error) => Err((Reason::BadPayload, error.to_string())),
        },
        // These have no sign at their start; what fails and is text was never encoded.
        b"deflate" => or_as_it_is(body, read("deflate", DeflateDecoder::new(body), most)),
        b"br" => or_as_it_is(body, read("brotli", brotli_decompressor::Decompressor::new(body, 4096), most)),
        _ => Ok(None),
    }
}

fn or_as_it_is(body: &[u8], decoded: Result<Vec<u8>, SkipCause>) -> Result<Option<Vec<u8>>, SkipCause> {
    match decoded {
        Err(_) if body[..body.len().min(512)].iter().all(|&byte| byte >= b' ' || byte.is_ascii_whitespace()) => {
            Ok(None)
        }
        decoded => decoded.map(Some),
    }
}

fn read(name: &str, decoder: impl Read, most: MostBytes) -> Result<Vec<u8>, SkipCause> {
    let mut decoded = Vec::new();
    let read = decoder.take(most.bytes.saturating_add(1)).read_to_end(&mut decoded);
    match (read, most.ratio) {
        (_, None) if decoded.len() as u64 > most.bytes => {
            Err((Reason::TooLarge, format!("its body is larger than {} bytes; raise --max-record", most.bytes)))
        }
        (_, Some(ratio)) if decoded.len() as u64 > most.bytes => {
            let detail =
                format!("its body unpacks to over {ratio} times its size; not read, unless --max-ratio allows it");
            Err((Reason::Bomb, detail))
        }
        (Ok(_), _) => Ok(decoded),
        (Err(error), _) => {
            Err((Reason::BadPayload, format!("its {name} data is broken after {} bytes: {error}", decoded.len())))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const PAGE: &[u8] = b"<p>The page, which is long enough to be packed, packed, packed.";

    fn body(head: &str, body: &[u8]) -> Result<Vec<u8>, SkipCause> {
        let block = [b"HTTP/1.1 200 OK\r\n", head.as_bytes(), b"\r\n\r\n", body].concat();
        response(&block, LIMITS).unwrap().map(|response| response.body.into_owned())
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn chunks_are_joined() {
        let chunked = "Transfer-Encoding: gzip, Chunked";
        assert_eq!(
            body(chunked, b"3\r\nabc\r\n0A;x=y\r\n0123456789\r\n0\r\nTrailer: a\r\n\r\n").unwrap(),
            b"abc0123456789"
        );
        assert_eq!(body(chunked, b"3\nabc\n").unwrap(), b"abc", "no last chunk");
        for lie in [
            &b"abc"[..],
            b"<p>a",
            b"ffffffffffffffff\r\nabc",
            b"1ffffffffffffffff\r\nabc",
            b"5\r\nabc",
            b"-1\r\nabc",
            b"\r\nabc",
        ] {
            assert_eq!(body(chunked, lie).unwrap(), lie);
        }
        assert_eq!(body(chunked, b"3\r\nabc\r\nrest").unwrap(), b"abcrest");
    }

    #[test]
    fn content_encodings_are_undone() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(PAGE).unwrap();
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(PAGE).unwrap();
        let brotli = b"\x0b\x02\x80hello\x03";
        assert_eq!(body("content-encoding: gzip", &gzip(PAGE)).unwrap(), PAGE);
        assert_eq!(body("Content-Encoding: deflate", &zlib.finish().unwrap()).unwrap(), PAGE);
        assert_eq!(body("Content-Encoding: deflate", &deflate.finish().unwrap()).unwrap(), PAGE);
        assert_eq!(body("Content-Encoding: br", brotli).unwrap(), b"hello");
        assert_eq!(body("Content-Encoding: zstd", &zstd::encode_all(PAGE, 3).unwrap()).unwrap(), PAGE);
        assert_eq!(body("Content-Encoding: x, gzip, gzip", &gzip(&gzip(PAGE))).unwrap(), PAGE);
        let packed = gzip(PAGE);
        let chunks = [format!("{:x}\r\n", packed.len()).as_bytes(), &packed, b"\r\n0\r\n\r\n"].concat();
        assert_eq!(body("Content-Encoding: gzip\r\nTransfer-Encoding: chunked", &chunks).unwrap(), PAGE);
    }

    const LIMITS: BodyLimits = BodyLimits { bytes: 1000, ratio: 0 };

    #[test]
    fn f19_a_body_that_unpacks_to_very_much_is_given_up() {
        let most = BodyLimits { bytes: 1 << 28, ratio: 250 };
        let unpack = |coding: &str, body: &[u8]| {
            let block = [format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n").as_bytes(), body].concat();
            response(&block, most).unwrap().map(|response| response.body.len()).map_err(|(reason, _)| reason)
        };
        let zeros = |count: usize| gzip(&vec![b'a'; count]);
        assert_eq!(unpack("gzip", &zeros(200_000)), Ok(200_000), "small ones may");
        assert_eq!(unpack("gzip", &zeros(20_000_000)), Err(Reason::Bomb));
        assert_eq!(unpack("gzip, gzip", &gzip(&zeros(2_000_000))), Err(Reason::Bomb), "of both together");
        let numbers = (0..90_000).map(|n: u32| n.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(unpack("gzip", &gzip(numbers.as_bytes())), Ok(numbers.len()));
    }

    #[test]
    fn f21_what_is_not_encoded_is_taken_as_it_is() {
        for coding in ["gzip", "deflate", "br", "zstd", "made-up", ""] {
            assert_eq!(body(&format!("Content-Encoding: {coding}"), PAGE).unwrap(), PAGE, "{coding}");
        }
    }

    #[test]
    fn f21_broken_and_giant_bodies_are_refused() {
        let (reason, detail) = body("Content-Encoding: gzip", &gzip(PAGE)[..40]).unwrap_err();
        assert_eq!(reason, Reason::BadPayload, "{detail}");
        let (reason, detail) = body("Content-Encoding: gzip", &gzip(&[b'a'; 1001])).unwrap_err();
        assert_eq!(
            (reason, detail.as_str()),
            (Reason::TooLarge, "its body is larger than 1000 bytes; raise --max-record")
        );
        assert_eq!(body("Content-Encoding: gzip", &gzip(&[b'a'; 1000])).unwrap().len(), 1000);
        let endless = [&b"HTTP/1.0 200 OK\r\n"[..], &b"a: b\r\n".repeat(HEAD_LIMIT)].concat();
        assert_eq!(response(&endless, LIMITS).unwrap().unwrap_err().0, Reason::BadPayload);
    }

    #[test]
    fn a_response_may_be_cut_short() {
        assert_eq!(response(b"<p>", LIMITS), None);
        for block in [&b"HTTP/1.0"[..], b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n"] {
            assert_eq!(*response(block, LIMITS).unwrap().unwrap().body, *b"");
        }
    }
}
