//! Lines and paragraphs.

use super::wrap::wrapped_paragraphs;
use crate::span::Span;

/// Returns the byte at which each line starts; the first is 0. A line ends at `\n` only, so that line numbers agree
/// with those of editors and `grep` on files with `\n` or `\r\n`.
pub fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect()
}

/// Returns the paragraphs of a text in order, without the white space around them.
///
/// A paragraph is a run of lines up to a blank one. A text that has no blank line between its lines has one paragraph
/// a line: that is how extractors of web pages write them. If a program wrapped it at a column, a paragraph ends where the
/// next word would have had room on its line.
///
/// # Examples
///
/// ```
/// use doublon_core::text::paragraphs;
///
/// assert_eq!(paragraphs("a title\n\nfirst line\nsecond line\n").len(), 2);
/// assert_eq!(paragraphs("a title\nfirst line\nsecond line\n").len(), 3);
/// assert!(paragraphs(" \n\n ").is_empty());
/// ```
pub fn paragraphs(text: &str) -> Vec<Span> {
    let lines = lines(text);
    let mut blocks: Vec<Span> = Vec::new();
    let mut blank_before = true;
    for &line in &lines {
        match blocks.last_mut() {
            _ if line.is_empty() => {}
            Some(block) if !blank_before => block.end = line.end,
            _ => blocks.push(line),
        }
        blank_before = line.is_empty();
    }
    match blocks[..] {
        [block] => wrapped_paragraphs(text, block)
            .unwrap_or_else(|| lines.into_iter().filter(|line| !line.is_empty()).collect()),
        _ => blocks,
    }
}

/// Returns the lines of a text without the white space around them; a blank line is an empty span.
pub fn lines(text: &str) -> Vec<Span> {
    let starts = line_starts(text);
    let ends = starts[1..].iter().map(|start| start - 1).chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| {
            let line = &text[start..end];
            let indent = line.len() - line.trim_start().len();
            Span::new(start + indent, start + indent + line.trim().len())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_line_feeds_only() {
        assert_eq!(line_starts("a\r\nb\rc\u{2028}d\n"), [0, 3, 11]);
        assert_eq!(line_starts(""), [0]);
    }

    #[test]
    fn paragraphs_end_at_blank_lines() {
        let text = "\u{a0}one\n two \r\n\r\n \t\nthree";
        let found: Vec<_> = paragraphs(text).iter().filter_map(|p| p.of(text)).collect();
        assert_eq!(found, ["one\n two", "three"]);
    }
}
