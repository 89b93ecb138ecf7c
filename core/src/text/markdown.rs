//! What of a Markdown text is one piece: fenced code, tables and front matter, of which a part has no sense. And its
//! headings.
//!
//! Fences are those of `CommonMark` 0.31 (section 4.5), closed ones only; tables are those of GitHub Flavored Markdown
//! (section 4.10); front matter is YAML between lines of `---` at the start. Headings are those of sections 4.2 and 4.3, but
//! for those inside of lists and quotes.

use crate::span::Span;

/// Returns the fences, tables and the front matter of a text, in order and apart, each from its first line to the end of
/// its last one. A text that is no Markdown seldom has any.
///
/// # Examples
///
/// ```
/// use doublon_core::text::markdown_blocks;
///
/// let text = "Run this:\n```sh\nls\n\ncd x\n```\nThen look.";
/// let blocks = markdown_blocks(text);
/// assert_eq!(&text[blocks[0].start..blocks[0].end], "```sh\nls\n\ncd x\n```");
/// ```
pub fn markdown_blocks(text: &str) -> Vec<Span> {
    let mut blocks = Vec::new();
    let may_have_blocks = memchr::memchr3(b'`', b'~', b'|', text.as_bytes()).is_some();
    if !may_have_blocks && !text.trim_start_matches('\u{feff}').starts_with("---") {
        return blocks;
    }
    let lines = lines(text);
    let mut at = 0;
    if let Some(end) = front_matter(&lines) {
        blocks.push(Span::new(lines[0].start, lines[end].end()));
        at = end + 1;
    }
    while at < lines.len() {
        match fence(&lines, at).or_else(|| table(&lines, at)) {
            Some(last) => {
                blocks.push(Span::new(lines[at].start, lines[last].end()));
                at = last + 1;
            }
            None => at += 1,
        }
    }
    blocks
}

/// Returns the headings of a Markdown text in order: of each what it says, without the signs around it.
///
/// # Examples
///
/// ```
/// use doublon_core::text::markdown_headings;
///
/// let text = "Guide\n=====\n\n## Exit codes ##\n\n```sh\n# no heading\n```\n";
/// let headings: Vec<_> = markdown_headings(text).iter().map(|heading| &text[heading.start..heading.end]).collect();
/// assert_eq!(headings, ["Guide", "Exit codes"]);
/// ```
pub fn markdown_headings(text: &str) -> Vec<Span> {
    let (blocks, lines) = (markdown_blocks(text), lines(text));
    let (mut blocks, mut headings, mut paragraph) = (blocks.iter().peekable(), Vec::new(), None);
    for line in &lines {
        while blocks.next_if(|block| block.end <= line.start).is_some() {}
        if blocks.peek().is_some_and(|block| block.start < line.end().max(line.start + 1)) {
            paragraph = None;
        } else if let Some(heading) = marked_heading(line) {
            headings.extend((!heading.is_empty()).then_some(heading));
            paragraph = None;
        } else if is_underline(line.text) {
            headings.extend(paragraph.take());
        } else {
            paragraph = paragraph_with(paragraph, line);
        }
    }
    headings
}

/// What a line that begins with `#` says, perhaps nothing, if it is a heading.
fn marked_heading(line: &Line) -> Option<Span> {
    let marks = line.text.trim_start_matches('\u{feff}').trim_start_matches(' ');
    let rest = marks.trim_start_matches('#');
    let (indent, depth) = (line.text.len() - marks.len(), marks.len() - rest.len());
    let is_indented = indent > 3 && !line.text.starts_with('\u{feff}');
    if is_indented || !(1..=6).contains(&depth) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let content = rest.trim_start();
    let start = line.end() - content.len();
    let open = content.trim_end_matches('#');
    // Signs at the end count only behind a space.
    let closed = if open.is_empty() || open.ends_with([' ', '\t']) { open.trim_end() } else { content };
    Some(Span::new(start, start + closed.len()))
}

/// Whether a line makes a heading of the paragraph above it.
fn is_underline(line: &str) -> bool {
    let marks = line.trim_start_matches(' ');
    let is_of = |mark: char| !marks.is_empty() && marks.chars().all(|c| c == mark);
    line.len() - marks.len() <= 3 && (is_of('=') || is_of('-'))
}

/// Lines of a paragraph that may be a heading; of longer ones only the first are.
const HEADING_BYTES: usize = 300;

/// Returns the paragraph that goes on with a line, or none if the line is no part of one that could be a heading.
fn paragraph_with(paragraph: Option<Span>, line: &Line) -> Option<Span> {
    let text = line.text.trim_start_matches('\u{feff}').trim_start();
    let start = line.end() - text.len();
    let begins_other = text.starts_with(['>', '|', '<']) || is_item(text);
    let is_code = paragraph.is_none() && line.text.starts_with("    ");
    if text.is_empty() || begins_other || is_code {
        return None;
    }
    let start = paragraph.map_or(start, |paragraph| paragraph.start);
    Some(Span::new(start, line.end())).filter(|paragraph| paragraph.len() <= HEADING_BYTES)
}

/// Whether a line begins an item of a list.
fn is_item(text: &str) -> bool {
    let rest = match text.trim_start_matches(|c: char| c.is_ascii_digit()) {
        rest if rest.len() < text.len() => rest.strip_prefix(['.', ')']),
        _ => text.strip_prefix(['-', '*', '+']),
    };
    rest.is_some_and(|rest| rest.starts_with([' ', '\t']))
}

/// A line without the white space at its end.
struct Line<'t> {
    start: usize,
    text: &'t str,
}

impl Line<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let line = |text: &str| {
        start += text.len();
        start - text.len()
    };
    let starts: Vec<usize> = text.split_inclusive('\n').map(line).collect();
    let texts = text.split_inclusive('\n').map(str::trim_end);
    starts.into_iter().zip(texts).map(|(start, text)| Line { start, text }).collect()
}

/// Returns the last line of the front matter, if the text begins with one.
fn front_matter(lines: &[Line]) -> Option<usize> {
    let first = lines.first()?.text.trim_start_matches('\u{feff}');
    let is_field = |line: &Line| {
        let (name, _) = line.text.split_once(':').unwrap_or_default();
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '"'))
    };
    if first != "---" || !lines.get(1).is_some_and(is_field) {
        return None;
    }
    lines.iter().skip(1).position(|line| matches!(line.text, "---" | "...")).map(|n| n + 1)
}

/// Returns the last line of the fence that begins at a line.
fn fence(lines: &[Line], at: usize) -> Option<usize> {
    let (mark, length, info) = fence_mark(lines[at].text)?;
    if mark == '`' && info.contains('`') {
        return None;
    }
    let closes = |line: &Line| {
        fence_mark(line.text).is_some_and(|(other, count, info)| other == mark && count >= length && info.is_empty())
    };
    lines[at + 1..].iter().position(closes).map(|n| at + 1 + n)
}

/// Returns the character of a fence, how often it stands, and what is behind it. Fences in lists and quotes count too.
fn fence_mark(line: &str) -> Option<(char, usize, &str)> {
    let line = line.trim_start_matches([' ', '\t', '>']);
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = line.trim_start_matches(mark);
    let length = line.len() - info.len();
    (length >= 3).then_some((mark, length, info.trim()))
}

/// Returns the last line of the table whose head is at a line.
fn table(lines: &[Line], at: usize) -> Option<usize> {
    let has_cells = |line: &Line| line.text.contains('|');
    let delimiter = lines.get(at + 1)?;
    if !has_cells(&lines[at]) || !is_delimiter(delimiter.text) {
        return None;
    }
    let rows = lines[at + 2..].iter().take_while(|line| has_cells(line)).count();
    Some(at + 1 + rows)
}

/// Whether a line stands below the head of a table: `| --- | :-: |`.
fn is_delimiter(line: &str) -> bool {
    let cells = line.trim().trim_start_matches('|').trim_end_matches('|');
    let is_rule = |cell: &str| {
        let cell = cell.trim();
        let dashes = cell.trim_start_matches(':').trim_end_matches(':');
        !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
    };
    line.contains('|') && cells.split('|').all(is_rule)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blocks(text: &str) -> Vec<&str> {
        markdown_blocks(text).iter().map(|block| &text[block.start..block.end]).collect()
    }

    #[test]
    fn fences_are_closed_by_their_like() {
        assert_eq!(blocks("a\n```\nb\n~~~\n\n```  \nc"), ["```\nb\n~~~\n\n```"]);
        assert_eq!(blocks("~~~~ py\n~~~\n~~~~~\n"), ["~~~~ py\n~~~\n~~~~~"]);
        assert_eq!(blocks("- item\n  ```sh\n  ls\n  ```\n"), ["  ```sh\n  ls\n  ```"]);
        for none in ["```\nnever closed", "``\nx\n``", "``` a`b\nx\n```", "use `---` here"] {
            assert_eq!(blocks(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn tables_have_a_head_a_rule_and_rows() {
        let table = "| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 | 4 |";
        assert_eq!(blocks(&format!("Text\n\n{table}\n\nText | text")), [table]);
        assert_eq!(blocks("a | b\n--- | ---\n1 | 2\ntext"), ["a | b\n--- | ---\n1 | 2"]);
        for none in ["a | b\nc | d", "a\n---\nb", "| a |\n| - b |", "Home | About\n\n|--|"] {
            assert_eq!(blocks(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn front_matter_stands_at_the_start() {
        assert_eq!(blocks("---\ntitle: A\ntags: [b]\n---\n\nText\n---\nc: d\n---"), ["---\ntitle: A\ntags: [b]\n---"]);
        for none in ["---\n\nText\n---", "Text\n---\na: b\n---", "---\na: b"] {
            assert_eq!(blocks(none), [""; 0], "{none}");
        }
    }

    fn headings(text: &str) -> Vec<&str> {
        markdown_headings(text).iter().map(|heading| &text[heading.start..heading.end]).collect()
    }

    #[test]
    fn headings_have_marks_before_or_lines_below() {
        assert_eq!(
            headings("# A\n   ###### B # c ##  \n#\tD#\r\nE\n==\nF\ng\n---\n"),
            ["A", "B # c", "D#", "E", "F\ng"]
        );
        assert_eq!(headings("\u{feff}# A\ntext\n\nB\n-\n"), ["A", "B"]);
        assert_eq!(headings("---\ntitle: A\n---\nB\n---\n"), ["B"]);
        for none in [
            "#a\n####### b\n    # c\n#\n##  ##\n",
            "text\n\n---\n- item\n---\n1. item\n===\n> quote\n---\n",
            "```sh\n# a\nb\n---\n```\n---\n",
            "a | b\n--- | ---\n1 | 2\n---\n",
        ] {
            assert_eq!(headings(none), [""; 0], "{none}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_headings_in_order_and_apart(parts in prop::collection::vec("```|---|===|#|# | é |a|\n|\r\n|> |    |\u{feff}", 0..30)) {
            let text = parts.concat();
            let found = markdown_headings(&text);
            prop_assert!(found.iter().all(|heading| text.get(heading.start..heading.end).is_some_and(|text| !text.is_empty() && text == text.trim())));
            prop_assert!(found.windows(2).all(|two| two[0].end < two[1].start));
        }

        #[test]
        fn any_text_has_blocks_in_order_and_apart(parts in prop::collection::vec("```|~~~|---|\\|--\\||\\| é |a: b|\n|\r\n|> | |x|\u{feff}", 0..30)) {
            let text = parts.concat();
            let blocks = markdown_blocks(&text);
            prop_assert!(blocks.iter().all(|block| text.get(block.start..block.end).is_some_and(|block| !block.is_empty())));
            prop_assert!(blocks.windows(2).all(|two| two[0].end < two[1].start));
        }
    }
}
