//! The text of a page that a reader sees, by one pass of a tokenizer.

use html5gum::Tokenizer;

use super::page::PageEmitter;
use crate::source::markup::Visible;

/// Returns what a reader sees of a page. A byte order mark at its start is no text.
///
/// # Examples
///
/// ```
/// use doublon::Span;
/// use doublon::source::html::visible;
///
/// let html = "<p>One &amp; <b>two</b><script>var three;</script>\n<p>four";
/// let page = visible(html);
/// assert_eq!(page.text, "One & two\n\nfour");
///
/// let two = page.map.origin(Span::new(6, 9));
/// assert_eq!(two.of(html), Some("two"));
/// ```
pub fn visible(html: &str) -> Visible {
    visible_and_depth(html).0
}

/// Returns also how deep the elements are nested.
pub(super) fn visible_and_depth(html: &str) -> (Visible, usize) {
    let mut page = PageEmitter::new(html);
    let rest = page.rest();
    // A string is read without errors, and nothing is handed out on the way.
    Tokenizer::new_with_emitter(rest, &mut page).for_each(drop);
    page.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use doublon_core::Span;

    fn text(html: &str) -> String {
        visible(html).text
    }

    /// The bytes of the page that a part of its text was made from.
    fn origin<'a>(html: &'a str, part: &str) -> &'a str {
        let page = visible(html);
        let start = page.text.find(part).unwrap_or_else(|| panic!("{part:?} is not in {:?}", page.text));
        page.map.origin(Span::new(start, start + part.len())).of(html).unwrap()
    }

    #[test]
    fn white_space_collapses_within_and_across_elements() {
        assert_eq!(text("  a \n\t b<b> c</b> <i> d</i>e<!-- -->f  "), "a b c def");
        assert_eq!(text("a&#32; &#10;b&nbsp; c"), "a b\u{a0} c");
        assert_eq!(text("a\r\nb\rc"), "a b c");
    }

    #[test]
    fn blocks_are_paragraphs_and_items_lines() {
        assert_eq!(text("<h1>a</h1><p>b<br>c<div><div>d</div></div>e"), "a\n\nb\nc\n\nd\n\ne");
        assert_eq!(text("<ul><li>a<li>b</ul>c<dl><dt>d<dd>e</dl>"), "a\nb\n\nc\n\nd\ne");
        assert_eq!(text("<table><tr><td>a<td>b</tr><tr><th>c<th>d</table>"), "a\tb\nc\td");
        assert_eq!(text("a<br><br><br>b<br></p>c<hr>d"), "a\n\nb\n\nc\n\nd");
        assert_eq!(text("<button>a</button><button>b</button>"), "a b");
    }

    #[test]
    fn white_space_counts_in_pre() {
        assert_eq!(text("<pre>\n  a  b\r\nc\n\n</pre>d"), "  a  b\nc\n\nd");
        assert_eq!(text("<xmp> <b> </xmp> c"), " <b> \n\nc");
        assert_eq!(text("a<plaintext><b>\n </plaintext>"), "a\n\n<b>\n </plaintext>");
    }

    #[test]
    fn what_no_reader_sees_is_no_text() {
        for unseen in [
            "<title>b</title>",
            "<script>b<!-- </p> --></script>",
            "<style>b</style>",
            "<template><p>b<template>b</template>b</template>",
            "<noscript><p>b</noscript>",
            "<textarea><p>b</textarea>",
            "<iframe>b</iframe>",
            "<video>b<p>b</video>",
            "<!-- b -->",
            "<!b>",
            "<?b>",
            "</b b>",
            "<dialog>b</dialog>",
            "<div hidden>b<div>b</div>b</div>",
            "<span HIDDEN=''>b</span>",
            "<div style='color:red; DISPLAY : none !important'>b</div>",
            "<i style=visibility:hidden>b</i>",
        ] {
            assert_eq!(text(&format!("a{unseen}c")), "ac", "{unseen}");
        }
        assert_eq!(text("a<dialog open>b</dialog>c"), "a\n\nb\n\nc");
        assert_eq!(text("<body style='display:none' hidden>a<div style='display:block'>b"), "a\n\nb");
    }

    #[test]
    fn what_is_hidden_ends_where_a_browser_ends_it() {
        assert_eq!(text("<div><span hidden>a</div>b"), "b");
        assert_eq!(text("<p hidden>a<p>b"), "b");
        assert_eq!(text("<div hidden><p>a<table><tr><td><p>b</table>c</p></div>d"), "d");
        assert_eq!(text("<ul><li hidden>a<ul><li>b</ul>c<li>d</ul>"), "d");
        assert_eq!(text("<table><tr hidden><td>a<td>b<tr><td>c</table>"), "c");
        assert_eq!(text("<b><div hidden>a</b>b</div>c"), "c");
        assert_eq!(text("<div hidden>a</i></p></div>b"), "b");
        assert_eq!(text("<div hidden><img><br><input>a</div>b"), "b");
    }

    #[test]
    fn drawings_follow_the_rules_of_xml() {
        assert_eq!(text("<svg><title>a</title><style/><path/><text>b</text><text>c</text></svg>d"), "b c d");
        assert_eq!(text("<svg><![CDATA[a<b]]></svg><![CDATA[c]]>d"), "a<bd");
        assert_eq!(text("<?xml version='1.0'?><p><![CDATA[a]] b]]></p>"), "a]] b");
    }

    #[test]
    fn every_byte_leads_back_to_the_page() {
        let html = "<p>caf&eacute; <b>noir</b>\n  &amp; &lt;lait&gt;</p><p>&ampx &notit; a<!-- -->b";
        assert_eq!(text(html), "café noir & <lait>\n\n&x ¬it; ab");
        assert_eq!(origin(html, "é"), "&eacute;");
        assert_eq!(origin(html, "caf"), "caf");
        assert_eq!(origin(html, "é n"), "&eacute; <b>n");
        assert_eq!(origin(html, "& "), "&amp; ");
        assert_eq!(origin(html, "<lait>"), "&lt;lait&gt;");
        assert_eq!(origin(html, "&x"), "&ampx");
        assert_eq!(origin(html, "ab"), "a<!-- -->b");
        assert_eq!(origin(html, "\n\n"), "</p><p>");
        assert_eq!(origin("&semi;a", ";"), "&semi;");
        assert_eq!(origin("a\r\n&gt;", ">"), "&gt;");
        assert_eq!(origin("\u{feff}<b>a</b>", "a"), "a");
        assert_eq!(text("&é < b &#x41é a & b &#; &"), "&é < b Aé a & b &#; &");
    }

    #[test]
    fn nul_is_dropped_and_characters_stay_whole() {
        assert_eq!(text("a\0b<p\0>c&#0;d"), "abc\u{fffd}d");
        assert_eq!(text("é&é<é"), "é&é<é");
    }

    /// The bytes of the blocks that a page can do without, outer ones first.
    fn removable(html: &str) -> Vec<&str> {
        let elements = visible(html).elements;
        elements.iter().filter(|element| element.is_removable).filter_map(|element| element.page.of(html)).collect()
    }

    #[test]
    fn blocks_know_where_they_stand() {
        let html = "<body><ul class=a>\n<li>one</li><li>two</ul><p>x <b>y</b><div>z</div>w";
        assert_eq!(
            removable(html),
            ["<ul class=a>\n<li>one</li><li>two</ul>", "<li>one</li>", "<li>two", "<p>x <b>y</b>", "<div>z</div>"]
        );
        let page = visible(html);
        let texts: Vec<&str> = page.elements.iter().filter_map(|element| element.text.of(&page.text)).collect();
        assert_eq!(texts, [page.text.as_str(), "one\ntwo", "one", "two", "x y", "z"], "the body holds all of it");
        assert_eq!(removable("<table><tr><td>a<td>b<tr><td>c</table>").len(), 3, "cells stay");
    }

    #[test]
    fn blocks_that_hold_more_than_text_are_not_removable() {
        for more in ["<img src=a>", "<script>a</script>", "<i hidden>a</i>", "<svg></svg>", "<input>", "</b>", "<b>"] {
            assert_eq!(removable(&format!("<div><p>x{more}</p><p>y</p></div>")), ["<p>y</p>"], "{more}");
        }
        assert_eq!(removable("<p>x<br>y<!-- z --><hr></p>"), ["<p>x<br>y<!-- z -->"]);
    }

    /// FAULTS 22. A quadratic step would take minutes here.
    #[test]
    fn f22_floods_cost_linear_time() {
        let n = 100_000;
        let floods = [
            ("<div>".repeat(n), ""),
            ("<div>".repeat(n) + &"</p></span></b>".repeat(n), ""),
            ("<span>".to_owned() + &"<b>".repeat(n) + &"</span>".repeat(n), ""),
            ("<p><button>".to_owned() + &"<div>".repeat(n) + &"</p>".repeat(n), ""),
            ("<b><p>".repeat(n) + &"</b>".repeat(n), ""),
            ("<table><tr><td><li>".repeat(n), ""),
            ("<template>".repeat(n) + &"</template>".repeat(n), ""),
            ("<plaintext>".to_owned() + &"<".repeat(n), ""),
            (format!("<p {}='{}'>", "a".repeat(n), "&amp;".repeat(n)), ""),
            (format!("<p {}>", "a=b ".repeat(n)), ""),
            (format!("<{}>", "a".repeat(n)), ""),
            ("<!--".repeat(n), ""),
            ("<script>".to_owned() + &"</scrip".repeat(n), ""),
        ];
        for (html, end) in floods {
            let page = visible(&html);
            assert!(page.text.ends_with(end) && page.map.len() == page.text.len(), "{}", &html[..60]);
        }
        assert_eq!(text(&"&amp;".repeat(n)), "&".repeat(n));
        assert_eq!(text(&"< ".repeat(n)), "< ".repeat(n).trim_end());
        let deep = "<div>".repeat(n) + "a" + &"</div>".repeat(n) + "b";
        assert_eq!(text(&deep), "a\n\nb");
    }

    const PIECES: &[&str] = &[
        "<",
        ">",
        "</",
        "/>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!doctype html>",
        "&",
        "&#",
        "&#x",
        ";",
        "&amp",
        "&eacute;",
        "&semi;",
        "&NotEqualTilde;",
        "p",
        "div",
        "li",
        "tr",
        "td",
        "table",
        "b",
        "svg",
        "pre",
        "script",
        "style",
        "title",
        "template",
        "plaintext",
        "noscript",
        "br",
        "select",
        "option",
        " hidden",
        " style='display:none'",
        "=",
        "\"",
        "'",
        " ",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "\0",
        "é",
        "中",
        "\u{feff}",
        "\u{a0}",
        "word",
        "1",
        "<p>",
        "</p>",
        "<pre>",
        "</pre>",
        "<svg>",
        "<script>",
        "</script>",
        "<textarea>",
        "</textarea>",
        "<?xml",
    ];

    /// Pages of pieces that mean something to the tokenizer or to the text.
    fn any_page() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
    }

    fn check_map(html: &str) -> std::result::Result<(), TestCaseError> {
        let page = visible(html);
        prop_assert_eq!(page.text.len(), page.map.len());
        let replaced = page.text.contains(char::REPLACEMENT_CHARACTER);
        prop_assert!(!replaced || html.contains(['\0', char::REPLACEMENT_CHARACTER, '#']));
        let (mut start, mut end) = (0, 0);
        for (length, origin) in page.map.pieces() {
            prop_assert!(end <= origin.start && origin.start < origin.end && origin.end <= html.len(), "{origin:?}");
            let made = &page.text.as_bytes()[start..start + length];
            let from = &html.as_bytes()[origin.start..origin.end];
            if length == origin.len() && length > 2 {
                let is_same = |(a, b): (&u8, &u8)| a == b || a.is_ascii_whitespace() && b.is_ascii_whitespace();
                prop_assert!(made.iter().zip(from).all(is_same), "{origin:?}");
            }
            (start, end) = (start + length, origin.end);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn the_map_rises_and_stays_in_the_page(html in any_page()) {
            check_map(&html)?;
        }

        #[test]
        fn any_text_is_a_page(html in any::<String>()) {
            check_map(&html)?;
        }
    }
}
