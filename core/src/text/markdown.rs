//! What of a Markdown text is one piece: fenced code, tables and front matter, of which a part has no sense.
//!
//! Fences are those of `CommonMark` 0.31 (section 4.5), closed ones only; tables are those of GitHub Flavored Markdown
//! (section 4.10); front matter is YAML between lines of `---` at the start.

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

    proptest! {
        #[test]
        fn any_text_has_blocks_in_order_and_apart(parts in prop::collection::vec("```|~~~|---|\\|--\\||\\| é |a: b|\n|\r\n|> | |x|\u{feff}", 0..30)) {
            let text = parts.concat();
            let blocks = markdown_blocks(&text);
            prop_assert!(blocks.iter().all(|block| text.get(block.start..block.end).is_some_and(|block| !block.is_empty())));
            prop_assert!(blocks.windows(2).all(|two| two[0].end < two[1].start));
        }
    }
}
