//! From the payload of a record to text.

use std::borrow::Cow;

use super::http::{self, BodyLimits};
use crate::finding::{PageText, Reason};
use crate::source::charset::{self, CharsetHints, charset_in};
use crate::source::format::Format;
use crate::source::markup::{IgnoredMarkup, Visible};
use crate::source::page::without_markup;
use crate::source::skip::SkipCause;
use doublon_core::hash::content_hash;

/// What a record says.
#[allow(clippy::struct_field_names)] // it is the text of the text, beside what is known of it
pub(super) struct PayloadText {
    pub text: String,
    /// Of a page.
    pub title: Option<String>,
    /// What comments of a page leave out of it.
    pub ignored: IgnoredMarkup,
    pub lossy: bool,
    pub raw_hash: Option<u128>,
}

/// What the block of a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockContent {
    /// An HTTP response; if it does not begin like one, it is a body without header.
    Response,
    /// The text itself.
    Plain,
}

/// Bytes looked at to tell what an undeclared body is.
const SNIFF: usize = 1024;

/// Returns the text of a record, of which `content_type` is the type of `block`; of a page what `page` asks for.
///
/// # Errors
///
/// It holds no text, or its body is broken or larger than `limits` allow.
pub(super) fn text(
    block: &[u8],
    content: BlockContent,
    content_type: Option<&str>,
    limits: BodyLimits,
    page: PageText,
) -> Result<PayloadText, SkipCause> {
    // Some crawlers name the type of the page where that of the response belongs.
    let may_be_http = content == BlockContent::Response || content_type.is_some_and(is_http);
    let (content_type, body) = match may_be_http.then(|| http::response(block, limits)).flatten() {
        Some(response) => response.map(|response| (response.content_type, response.body))?,
        None => (content_type.filter(|media| !is_http(media)).map(str::to_owned), Cow::Borrowed(block)),
    };
    let content_type = content_type.unwrap_or_default();
    let is_markup = match kind(&content_type, &body) {
        MediaKind::Html => true,
        MediaKind::Plain => false,
        MediaKind::Other(media) => return Err((Reason::NotText, media)),
    };
    let declared = charset_in(content_type.as_bytes()).and_then(|label| std::str::from_utf8(label).ok());
    let decoded = charset::decode(&body, &CharsetHints { forced: None, declared, markup: is_markup });
    if let Some(controls) = is_binary(&decoded.text) {
        return Err((Reason::NotText, format!("says that it is {content_type}, but {controls}")));
    }
    let raw_hash = decoded.lossy.then(|| content_hash(&body));
    let Visible { text, title, ignored, .. } = if is_markup {
        without_markup(&decoded.text, Format::Html, page)
    } else {
        Visible { text: decoded.text.into_owned(), ..Visible::default() }
    };
    Ok(PayloadText { text, title, ignored, lossy: decoded.lossy, raw_hash })
}

fn is_http(media: &str) -> bool {
    media.trim_start().get(..16).is_some_and(|start| start.eq_ignore_ascii_case("application/http"))
}

#[derive(Debug, PartialEq, Eq)]
enum MediaKind {
    Html,
    Plain,
    /// Of this type, or like this.
    Other(String),
}

/// Text that is no prose.
const CODE: [&str; 7] =
    ["text/css", "text/javascript", "text/ecmascript", "text/x-javascript", "text/xml", "text/vtt", "text/dns"];

fn kind(content_type: &str, body: &[u8]) -> MediaKind {
    let media = content_type.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase();
    match media.as_str() {
        "text/html" | "application/xhtml+xml" => MediaKind::Html,
        ""
        | "application/octet-stream"
        | "application/unknown"
        | "unknown/unknown"
        | "application/x-unknown-content-type" => sniff(body, &media),
        code if CODE.contains(&code) => MediaKind::Other(media),
        text if text.starts_with("text/") => MediaKind::Plain,
        _ => MediaKind::Other(media),
    }
}

/// Tells the kind of a body of which nothing is said, or nothing but that it is bytes.
fn sniff(body: &[u8], media: &str) -> MediaKind {
    let start = &body[..body.len().min(SNIFF)];
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start().to_ascii_lowercase();
    let is_html = [&b"<!doctype html"[..], b"<html", b"<head", b"<body", b"<title", b"<p>", b"<div", b"<h1"];
    if is_html.iter().any(|tag| start.starts_with(tag)) {
        MediaKind::Html
    } else if media.is_empty() && !start.iter().any(|&byte| byte < b'\t' || (14..27).contains(&byte)) {
        MediaKind::Plain
    } else {
        MediaKind::Other(if media.is_empty() { "its type is not said".into() } else { media.into() })
    }
}

/// Whether a text cannot be one, and why: a picture that is sent as a page. Stray controls are common.
fn is_binary(text: &str) -> Option<String> {
    let is_control = |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1b');
    let controls = text.chars().take(4096).filter(is_control).count();
    (controls * 10 > text.chars().take(4096).count())
        .then(|| format!("{controls} of its first characters are control characters"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: BodyLimits = BodyLimits { bytes: 1000, ratio: 0 };

    fn read(content_type: &str, block: &[u8]) -> Result<String, Reason> {
        text(block, BlockContent::Response, Some(content_type), LIMITS, PageText::Visible)
            .map(|text| text.text)
            .map_err(|(reason, _)| reason)
    }

    fn response(head: &str, body: &[u8]) -> Result<String, Reason> {
        let block = [b"HTTP/1.1 200 OK\r\n", head.as_bytes(), b"\r\n\r\n", body].concat();
        read("application/http; msgtype=response", &block)
    }

    #[test]
    fn pages_and_texts_are_text() {
        assert_eq!(response("content-type: Text/HTML;charset=utf-8", b"<p>a &lt; b").unwrap(), "a < b");
        assert_eq!(response("Content-Type: application/xhtml+xml", b"<p>a").unwrap(), "a");
        assert_eq!(response("Content-Type: text/plain", b"<p>a &lt; b").unwrap(), "<p>a &lt; b");
        assert_eq!(response("Content-Type: text/html, text/html", b"<p>a").unwrap(), "a");
        assert_eq!(read("text/plain", b"a").unwrap(), "a");
        assert_eq!(read("text/html", b"HTTP/1.0 404 Not Found\r\n\r\n<p>a").unwrap(), "a");
        let plain =
            text(b"HTTP/2 in short: a", BlockContent::Plain, Some("text/plain"), LIMITS, PageText::Visible).unwrap();
        assert_eq!(plain.text, "HTTP/2 in short: a");
    }

    #[test]
    fn the_charset_is_that_of_the_response() {
        assert_eq!(response("Content-Type: text/html; charset=koi8-r", b"<p>\xf0\xd2\xc9").unwrap(), "При");
        assert_eq!(response("Content-Type: text/html", b"<meta charset=koi8-r><p>\xf0\xd2\xc9").unwrap(), "При");
    }

    #[test]
    fn other_bodies_are_no_text() {
        for media in ["image/png", "text/css", "text/dns", "application/json", "application/pdf"] {
            assert_eq!(response(&format!("Content-Type: {media}"), b"<p>a"), Err(Reason::NotText), "{media}");
        }
        assert_eq!(response("Content-Type: text/html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"), Err(Reason::NotText));
    }

    #[test]
    fn undeclared_bodies_are_looked_at() {
        assert_eq!(response("A: b", b" \n<!DOCTYPE HTML><p>a").unwrap(), "a");
        assert_eq!(response("Content-Type: application/octet-stream", b"\xef\xbb\xbf<html>a").unwrap(), "a");
        assert_eq!(response("Content-Type: application/octet-stream", b"words"), Err(Reason::NotText));
        assert_eq!(response("A: b", b"words").unwrap(), "words");
        assert_eq!(response("A: b", b"\x89PNG\r\n\x1a\n\0\0"), Err(Reason::NotText));
        assert_eq!(read("application/http", b"<html>a").unwrap(), "a", "no response at all");
    }

    #[test]
    fn lossy_texts_carry_the_hash_of_their_bytes() {
        let plain = Some("text/plain; charset=utf-8");
        let lossy = |bytes: &[u8]| text(bytes, BlockContent::Plain, plain, LIMITS, PageText::Visible).unwrap();
        let (one, two) = (lossy("é\u{e9}é \u{fffd}".as_bytes()), lossy(b"\xc3\xa9\xc3\xa9\xff"));
        assert_eq!((one.lossy, one.raw_hash), (false, None));
        assert_eq!((two.lossy, two.raw_hash), (true, Some(content_hash(b"\xc3\xa9\xc3\xa9\xff"))));
    }
}
