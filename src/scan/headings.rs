//! The headings of a document, by which a reader finds a place: of Markdown and of pages.

use std::sync::Arc;

use crate::source::Document;
use doublon_core::Span;
use doublon_core::text::markdown_headings;

/// The most characters of a heading.
const HEADING: usize = 100;

/// A heading: the byte of the text at which it begins, and what it says.
pub(super) type Heading = (usize, Arc<str>);

/// Returns the headings of a document in order.
pub(super) fn headings(document: &Document, is_markdown: bool) -> Vec<Heading> {
    let text = document.text.as_str();
    let of = |heading: &Span| heading.of(text).unwrap_or_default();
    let (found, said): (_, fn(&str) -> String) = match &document.origin {
        Some(page) => (page.headings.clone(), |heading| cut(heading.split_whitespace())),
        None if is_markdown => (markdown_headings(text), |heading| said(heading)),
        None => return Vec::new(),
    };
    let all = found.iter().map(|heading| (heading.start, Arc::<str>::from(said(of(heading)))));
    all.filter(|(_, heading)| !heading.is_empty()).collect()
}

/// Returns what a heading of Markdown says: of links their text, and no signs of emphasis and code, tags, and names in
/// braces.
fn said(heading: &str) -> String {
    let mut left = String::with_capacity(heading.len());
    let mut rest = heading;
    while let Some(at) = rest.find(['*', '`', '[', ']', '<', '{', '\\']) {
        left.push_str(&rest[..at]);
        let (sign, behind) = rest[at..].split_at(1);
        rest = match sign {
            "]" => behind.strip_prefix('(').and_then(|link| link.split_once(')')).map_or(behind, |(_, rest)| rest),
            "<" if behind.starts_with(|c: char| c.is_alphabetic() || c == '/') => {
                behind.split_once('>').map_or(behind, |(_, rest)| rest)
            }
            "{" if behind.starts_with('#') => behind.split_once('}').map_or(behind, |(_, rest)| rest),
            "\\" => {
                let next = behind.chars().next().map_or(0, char::len_utf8);
                left.push_str(&behind[..next]);
                &behind[next..]
            }
            "<" | "{" => {
                left.push_str(sign);
                behind
            }
            _ => behind,
        };
    }
    left.push_str(rest);
    cut(left.split_whitespace())
}

/// Joins words up to the most characters.
fn cut<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let text = words.collect::<Vec<_>>().join(" ");
    text.char_indices().nth(HEADING).map_or(text.clone(), |(end, _)| format!("{}…", text[..end].trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_of_markdown_is_what_it_says() {
        for (heading, expected) in [
            ("Exit `codes`\n  and **more**", "Exit codes and more"),
            ("[Install](https://a.example/b) it <a name=\"x\"></a>", "Install it"),
            ("`a < b` {#name}", "a < b"),
            ("\\*not\\* {x}", "*not* {x}"),
            ("![]()", "!"),
        ] {
            assert_eq!(said(heading), expected);
        }
        assert_eq!(said(&"é".repeat(HEADING + 1)), "é".repeat(HEADING) + "…");
    }
}
