//! The article of a page, without what stands around it.
//!
//! Which part of a page the article is, `dom_smoothie` guesses by the rules of Mozilla's Readability. It gives markup
//! of its own, in which nothing says where it came from; so the text of that markup is looked for in the text of the
//! page, paragraph by paragraph and in order. A paragraph that stands in the page several times is taken where it is
//! met first, so its place is that of an equal text, not for sure its own.
//!
//! It builds several trees for each page and is some thirty times as dear as the visible text. The tree has no limit of its own, so
//! pages that are nested deeper or are larger than articles are have none.

use dom_smoothie::{Config, Readability};
use memchr::memmem;

use super::visible::{visible, visible_and_depth};
use crate::source::markup::Visible;
use doublon_core::{OffsetMap, Span};

/// Browsers nest no deeper either.
const DEEPEST: usize = 512;
const MOST_ELEMENTS: usize = 100_000;

/// Returns the article of a page, or `None` if it seems to have none. The map is empty if not all of the text is found
/// in the visible text of the page, word for word and in the same order.
pub fn article(html: &str) -> Option<Visible> {
    let (page, depth) = visible_and_depth(html);
    if depth > DEEPEST {
        return None;
    }
    let config = Config { max_elements_to_parse: MOST_ELEMENTS, ..Config::default() };
    let article = Readability::new(html, None, Some(config)).ok()?.parse().ok()?;
    let text = visible(&article.content).text;
    if text.is_empty() {
        return None;
    }
    let found = located(&text, &page).unwrap_or(Visible { text, ..Visible::default() });
    Some(Visible { title: page.title, ..found })
}

/// Finds the paragraphs of `text` in a page.
fn located(text: &str, page: &Visible) -> Option<Visible> {
    let mut found = Visible::default();
    let mut pieces = Pieces::new(&page.map);
    let mut end = 0;
    for paragraph in text.split("\n\n") {
        let start = end + memmem::find(&page.text.as_bytes()[end..], paragraph.as_bytes())?;
        end = start + paragraph.len();
        if !found.text.is_empty() {
            found.text.push_str("\n\n");
        }
        found.text.push_str(paragraph);
        pieces.copy(Span::new(start, end), &mut found.map);
    }
    Some(found)
}

/// Copies parts of a map to another, in order.
struct Pieces<'a> {
    rest: std::iter::Peekable<Box<dyn Iterator<Item = (Span, Span)> + 'a>>,
    /// Where the last part ends in the page.
    end: usize,
}

impl<'a> Pieces<'a> {
    fn new(map: &'a OffsetMap) -> Self {
        let pieces = map.pieces().scan(0, |start, (length, origin)| {
            *start += length;
            Some((Span::new(*start - length, *start), origin))
        });
        let pieces: Box<dyn Iterator<Item = (Span, Span)>> = Box::new(pieces);
        Self { rest: pieces.peekable(), end: 0 }
    }

    fn copy(&mut self, wanted: Span, to: &mut OffsetMap) {
        while self.rest.next_if(|(piece, _)| piece.end <= wanted.start).is_some() {}
        let mut at = wanted.start;
        while let Some(&(piece, origin)) = self.rest.peek()
            && at < wanted.end
        {
            let part = Span::new(at.max(piece.start), wanted.end.min(piece.end));
            let origin = if piece.len() == origin.len() {
                Span::new(origin.start + part.start - piece.start, origin.start + part.end - piece.start)
            } else {
                origin
            };
            if at == wanted.start && !to.is_empty() {
                to.push(2, Span::new(self.end, origin.start));
            }
            to.push(part.len(), origin);
            (at, self.end) = (part.end, origin.end);
            if piece.end <= wanted.end {
                self.rest.next();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(article: &str) -> String {
        let links = "<li><a href=/x>Another story that one could read</a>".repeat(20);
        format!("<body><nav><ul>{links}</ul></nav><article><h1>Story</h1>{article}</article><footer>Imprint</footer>")
    }

    #[test]
    fn the_article_is_found_with_its_place() {
        let sentence = "It was a dark &amp; stormy night, and the rain fell in torrents, except at intervals. ";
        let paragraphs = (0..8).map(|n| format!("<p>{n}. {}</p>\n", sentence.repeat(4))).collect::<Vec<_>>().concat();
        let html = page(&paragraphs);
        let found = article(&html).unwrap();
        assert!(!found.text.contains("Another story") && !found.text.contains("Imprint"), "{}", found.text);
        assert_eq!(found.map.len(), found.text.len());
        let third = found.text.find("3. It was a dark & stormy").unwrap();
        let origin = found.map.origin(Span::new(third, third + "3. It was a dark & stormy".len()));
        assert_eq!(origin.of(&html), Some("3. It was a dark &amp; stormy"));
    }

    #[test]
    fn a_page_without_an_article_has_none() {
        assert_eq!(article("<p hidden>nothing"), None);
        assert_eq!(article(&"<div>".repeat(100_000)), None, "a tree so deep would break the stack");
    }

    #[test]
    fn paragraphs_that_are_not_in_the_page_leave_no_map() {
        let page = visible("<p>a</p><p>b &lt; c</p><p>d</p>");
        assert_eq!(located("a\n\nx", &page), None);
        assert_eq!(located("b < c\n\na", &page), None);
        let found = located("b < c\n\nd", &page).unwrap();
        let origins: Vec<_> = found.map.pieces().collect();
        assert_eq!(found.text.len(), found.map.len());
        assert_eq!(origins.first(), Some(&(2, Span::new(11, 13))), "{origins:?}");
        assert_eq!(found.map.origin(Span::new(7, 8)), Span::new(26, 27));
    }
}
