//! A page as a document: decoded, and without its markup.

use encoding_rs::{Encoding, UTF_8};

use super::charset::{CharsetHints, DecodedText, decode};
use super::document::PageOrigin;
#[cfg(feature = "html")]
use super::html;
use super::record::Record;
use crate::finding::PageText;
use doublon_core::hash::content_hash;
#[cfg(feature = "html")]
use doublon_core::text::line_starts;

/// Returns a document of the text that `bytes` hold, of a page what `page` asks for; its place and id are left to the
/// caller.
pub(super) fn read(bytes: &[u8], hints: &CharsetHints, page: PageText) -> Record {
    let DecodedText { text, lossy, encoding } = decode(bytes, hints);
    let raw_hash = lossy.then(|| content_hash(bytes));
    let (text, origin) =
        if hints.markup { without_markup(&text, encoding == UTF_8 && !lossy, page) } else { (text.into_owned(), None) };
    let encoding: Option<&'static Encoding> = (encoding != UTF_8).then_some(encoding);
    Record { text, lossy, raw_hash, encoding, origin, ..Record::default() }
}

/// Returns the text of a page, and where it stands in the page.
#[cfg(feature = "html")]
fn without_markup(page: &str, is_exact: bool, wanted: PageText) -> (String, Option<Box<PageOrigin>>) {
    let html::Visible { text, map, elements } = match wanted {
        PageText::Visible => html::visible(page),
        #[cfg(feature = "article")]
        PageText::Article => html::article(page).unwrap_or_else(|| html::visible(page)),
    };
    (text, Some(Box::new(PageOrigin { map, lines: line_starts(page), is_exact, elements })))
}

/// Pages are refused before their bytes are decoded.
#[cfg(not(feature = "html"))]
fn without_markup(page: &str, _: bool, _: PageText) -> (String, Option<Box<PageOrigin>>) {
    (page.to_owned(), None)
}

#[cfg(test)]
#[cfg(feature = "html")]
mod tests {
    use super::*;
    use doublon_core::Span;

    #[test]
    fn a_page_knows_where_its_text_stands() {
        let bytes = b"<meta charset=latin1>\n<p>d\xe9j\xe0 vu";
        let page = read(bytes, &CharsetHints { markup: true, ..CharsetHints::default() }, PageText::Visible);
        let origin = page.origin.unwrap();
        assert_eq!((page.text.as_str(), page.lossy, page.raw_hash), ("déjà vu", false, None));
        assert_eq!((origin.lines, origin.is_exact), (vec![0, 22], false));
        assert_eq!(origin.map.origin(Span::new(0, 1)), Span::new(25, 26));
        assert_eq!(page.encoding.map(Encoding::name), Some("windows-1252"));
    }

    #[test]
    fn lossy_texts_carry_the_hash_of_their_bytes() {
        let bytes = b"\xc3\xa9\xc3\xa9\xff";
        let lossy = read(bytes, &CharsetHints::default(), PageText::Visible);
        assert_eq!((lossy.lossy, lossy.raw_hash, lossy.encoding), (true, Some(content_hash(bytes)), None));
        assert_eq!(read("é\u{fffd}".as_bytes(), &CharsetHints::default(), PageText::Visible).raw_hash, None);
    }
}
