//! A page as a document: decoded, and without its markup.

use encoding_rs::{Encoding, UTF_8};

use super::charset::{CharsetHints, DecodedText, decode};
#[cfg(feature = "html")]
use super::document::PageOrigin;
#[cfg(feature = "html")]
use super::html;
use super::record::Record;
#[cfg(feature = "html")]
use crate::finding::Metadata;
use crate::finding::PageText;
use doublon_core::hash::content_hash;
#[cfg(feature = "html")]
use doublon_core::text::line_starts;

/// Returns a document of the text that `bytes` hold, of a page what `page` asks for; its place and id are left to the
/// caller.
pub(super) fn read(bytes: &[u8], hints: &CharsetHints, page: PageText) -> Record {
    let DecodedText { text, lossy, encoding } = decode(bytes, hints);
    let raw_hash = lossy.then(|| content_hash(bytes));
    let record = if hints.markup {
        without_markup(&text, encoding == UTF_8 && !lossy, page)
    } else {
        Record { text: text.into_owned(), ..Record::default() }
    };
    let encoding: Option<&'static Encoding> = (encoding != UTF_8).then_some(encoding);
    Record { lossy, raw_hash, encoding, ..record }
}

/// Returns the text of a page, its title, and where the text stands in the page.
#[cfg(feature = "html")]
fn without_markup(page: &str, is_exact: bool, wanted: PageText) -> Record {
    let html::Visible { text, map, title, elements } = match wanted {
        PageText::Visible => html::visible(page),
        #[cfg(feature = "article")]
        PageText::Article => html::article(page).unwrap_or_else(|| html::visible(page)),
    };
    let origin = Some(Box::new(PageOrigin { map, lines: line_starts(page), is_exact, elements }));
    Record { text, metadata: Metadata::of(title.as_deref(), None, None), origin, ..Record::default() }
}

/// Pages are refused before their bytes are decoded.
#[cfg(not(feature = "html"))]
fn without_markup(page: &str, _: bool, _: PageText) -> Record {
    Record { text: page.to_owned(), ..Record::default() }
}

#[cfg(test)]
#[cfg(feature = "html")]
mod tests {
    use super::*;
    use doublon_core::Span;

    #[test]
    fn a_page_knows_where_its_text_stands() {
        let bytes = b"<meta charset=latin1>\n<p>d\xe9j\xe0 vu<title>Vu\n&amp; relu</title><title>no</title>";
        let page = read(bytes, &CharsetHints { markup: true, ..CharsetHints::default() }, PageText::Visible);
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
        let lossy = read(bytes, &CharsetHints::default(), PageText::Visible);
        assert_eq!((lossy.lossy, lossy.raw_hash, lossy.encoding), (true, Some(content_hash(bytes)), None));
        assert_eq!(read("é\u{fffd}".as_bytes(), &CharsetHints::default(), PageText::Visible).raw_hash, None);
    }
}
