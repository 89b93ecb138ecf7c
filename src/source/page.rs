//! A page as a document: decoded, and without its markup.

use encoding_rs::{Encoding, UTF_8};

use super::charset::{Decoded, Hints, decode};
use super::{Record, SourceOptions, html};
use crate::finding::PageText;
use crate::source::Origin;
use doublon_core::hash::content_hash;
use doublon_core::text::line_starts;

/// Returns a document of the text that `bytes` hold, of a page what `options` ask for; its place and id are left to the
/// caller.
pub(super) fn read(bytes: &[u8], hints: &Hints, options: &SourceOptions) -> Record {
    match options.page {
        PageText::Visible => document(bytes, hints),
        #[cfg(feature = "article")]
        PageText::Article => {
            document_by(bytes, hints, |page| html::article(page).unwrap_or_else(|| html::visible(page)))
        }
    }
}

/// The same, of a page its visible text.
pub(super) fn document(bytes: &[u8], hints: &Hints) -> Record {
    document_by(bytes, hints, html::visible)
}

fn document_by(bytes: &[u8], hints: &Hints, visible: impl Fn(&str) -> html::Visible) -> Record {
    let Decoded { text, lossy, encoding } = decode(bytes, hints);
    let raw_hash = lossy.then(|| content_hash(bytes));
    let (text, origin) = if hints.markup {
        let html::Visible { text: visible, map } = visible(&text);
        let is_exact = encoding == UTF_8 && !lossy;
        (visible, Some(Box::new(Origin { map, lines: line_starts(&text), is_exact })))
    } else {
        (text.into_owned(), None)
    };
    let encoding: Option<&'static Encoding> = (encoding != UTF_8).then_some(encoding);
    Record { text, lossy, raw_hash, encoding, origin, ..Record::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use doublon_core::Span;

    #[test]
    fn a_page_knows_where_its_text_stands() {
        let bytes = b"<meta charset=latin1>\n<p>d\xe9j\xe0 vu";
        let page = document(bytes, &Hints { markup: true, ..Hints::default() });
        let origin = page.origin.unwrap();
        assert_eq!((page.text.as_str(), page.lossy, page.raw_hash), ("déjà vu", false, None));
        assert_eq!((origin.lines, origin.is_exact), (vec![0, 22], false));
        assert_eq!(origin.map.origin(Span::new(0, 1)), Span::new(25, 26));
        assert_eq!(page.encoding.map(Encoding::name), Some("windows-1252"));
    }

    #[test]
    fn lossy_texts_carry_the_hash_of_their_bytes() {
        let bytes = b"\xc3\xa9\xc3\xa9\xff";
        let lossy = document(bytes, &Hints::default());
        assert_eq!((lossy.lossy, lossy.raw_hash, lossy.encoding), (true, Some(content_hash(bytes)), None));
        assert_eq!(document("é\u{fffd}".as_bytes(), &Hints::default()).raw_hash, None);
    }
}
