//! A file as a document: decoded, and without its markup.

use encoding_rs::{Encoding, UTF_8};

use super::charset::{CharsetHints, DecodedText, decode};
use super::document::PageOrigin;
use super::format::Format;
#[cfg(feature = "html")]
use super::html;
use super::markup::{Visible, subtitles};
#[cfg(feature = "mail")]
use super::markup::{folder_message, mail};
use super::record::Record;
use crate::finding::{Metadata, PageText};
use doublon_core::hash::content_hash;
use doublon_core::text::line_starts;

/// Returns a document of the text that `bytes` hold, of a page what `page` asks for; its place and id are left to the
/// caller.
pub(super) fn read(bytes: &[u8], format: Format, hints: &CharsetHints, page: PageText) -> Record {
    let visible = |file: &str| format.is_markup().then(|| without_markup(file, format, page));
    read_as(bytes, hints, visible)
}

/// Returns a document of what is visible of the text that `bytes` hold; of all of it if nothing says so. Its place and id
/// are left to the caller.
pub(super) fn read_as(bytes: &[u8], hints: &CharsetHints, visible: impl FnOnce(&str) -> Option<Visible>) -> Record {
    let DecodedText { text, lossy, encoding } = decode(bytes, hints);
    let raw_hash = lossy.then(|| content_hash(bytes));
    let record = match visible(&text) {
        Some(visible) => of_visible(&text, visible, encoding == UTF_8 && !lossy),
        None => Record { text: text.into_owned(), ..Record::default() },
    };
    let encoding: Option<&'static Encoding> = (encoding != UTF_8).then_some(encoding);
    Record { lossy, raw_hash, encoding, ..record }
}

/// Returns the text of a file of such a format, with its places; of a page its visible text. Other formats, and those that
/// the build does not read, are text as they are.
pub fn visible_text(file: &str, format: Format) -> Visible {
    match format {
        #[cfg(feature = "html")]
        Format::Html => html::visible(file),
        Format::Subtitles => subtitles(file),
        #[cfg(feature = "mail")]
        Format::Mail => mail(file),
        #[cfg(feature = "mail")]
        Format::Mbox => folder_message(file, &[]).map(|(message, _)| message).unwrap_or_default(),
        _ => Visible { text: file.to_owned(), ..Visible::default() },
    }
}

/// Returns the text of a file without its markup, of a page what is wanted.
pub(super) fn without_markup(file: &str, format: Format, wanted: PageText) -> Visible {
    let visible = match wanted {
        #[cfg(feature = "article")]
        PageText::Article if format == Format::Html => html::article(file),
        _ => None,
    };
    visible.unwrap_or_else(|| visible_text(file, format))
}

/// Returns a document of the text of a file, its title, and where the text stands in the file.
fn of_visible(file: &str, visible: Visible, is_exact: bool) -> Record {
    let Visible { text, map, title, date, elements, headings, ignored } = visible;
    let origin = Some(Box::new(PageOrigin { map, lines: line_starts(file), is_exact, elements, headings }));
    let metadata = Metadata::of(title.as_deref(), None, date.as_deref());
    Record { metadata, text, origin, ignored, ..Record::default() }
}

#[cfg(test)]
#[cfg(feature = "html")]
mod tests {
    use super::*;
    use doublon_core::Span;

    #[test]
    fn a_page_knows_where_its_text_stands() {
        let bytes = b"<meta charset=latin1>\n<p>d\xe9j\xe0 vu<title>Vu\n&amp; relu</title><title>no</title>";
        let page =
            read(bytes, Format::Html, &CharsetHints { markup: true, ..CharsetHints::default() }, PageText::Visible);
        let origin = page.origin.unwrap();
        assert_eq!((page.text.as_str(), page.lossy, page.raw_hash), ("déjà vu", false, None));
        assert_eq!((origin.lines, origin.is_exact), (vec![0, 22, 44], false));
        assert_eq!(origin.map.origin(Span::new(0, 1)), Span::new(25, 26));
        assert_eq!(page.encoding.map(Encoding::name), Some("windows-1252"));
        assert_eq!(page.metadata, Metadata::of(Some("Vu & relu"), None, None));
    }

    #[test]
    fn lossy_texts_carry_the_hash_of_their_bytes() {
        let bytes = b"\xc3\xa9\xc3\xa9\xff";
        let lossy = read(bytes, Format::Html, &CharsetHints::default(), PageText::Visible);
        assert_eq!((lossy.lossy, lossy.raw_hash, lossy.encoding), (true, Some(content_hash(bytes)), None));
        assert_eq!(
            read("é\u{fffd}".as_bytes(), Format::Plain, &CharsetHints::default(), PageText::Visible).raw_hash,
            None
        );
    }
}
