//! Comments in a text that say what of it shall not count: `<!-- doublon-ignore -->` before a block,
//! `<!-- doublon-ignore-start -->` and `<!-- doublon-ignore-end -->` around several, as Prettier has them; a
//! `<!-- /doublon-ignore -->` ends what the first one begins. Other words may follow the name in a comment.

use memchr::memmem;

use super::markdown::markdown_blocks;
use crate::span::Span;

/// What a comment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IgnoreMark {
    /// From here on nothing counts.
    Start,
    /// Up to here nothing counts.
    End,
    /// The block that follows does not count.
    Next,
}

/// What of a text shall not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoredParts {
    /// Its places with the comments around them, in order and apart.
    pub spans: Vec<Span>,
    /// Whether the last one goes to the end of the text because nothing ends it.
    pub is_open: bool,
}

const NAME: &str = "doublon-ignore";

/// Returns the comments of a text that say so, in order, each with its place, of those that begin where `counts` says. It
/// costs a search for their name.
pub fn ignore_marks(text: &str, counts: impl Fn(usize) -> bool) -> Vec<(Span, IgnoreMark)> {
    let names = memmem::find_iter(text.as_bytes(), NAME.as_bytes()).filter_map(|at| comment(text, at));
    let found: Vec<(Span, &str)> = names.filter(|(comment, _)| counts(comment.start)).collect();
    let after = found.iter().skip(1).map(|mark| mark.1).chain([""]);
    found.iter().zip(after).map(|(&(span, name), next)| (span, mark(name, next))).collect()
}

/// Returns the comment that begins with the name at a byte, and that name with what belongs to it.
fn comment(text: &str, at: usize) -> Option<(Span, &str)> {
    let is_end = text[..at].ends_with('/');
    let start = at - usize::from(is_end);
    let open = text[..start].trim_end().strip_suffix("<!--")?.len();
    let content = &text[start..start + text[start..].find("-->")?];
    let name = content.split(|c: char| c.is_whitespace() || c == ':').next()?;
    let is_name = matches!(name, NAME | "doublon-ignore-start" | "doublon-ignore-end" | "/doublon-ignore");
    is_name.then_some((Span::new(open, start + content.len() + "-->".len()), name))
}

/// Returns what a comment of this name says, before one of another.
fn mark(name: &str, next: &str) -> IgnoreMark {
    match name {
        "doublon-ignore-start" => IgnoreMark::Start,
        NAME if next == "/doublon-ignore" => IgnoreMark::Start,
        NAME => IgnoreMark::Next,
        _ => IgnoreMark::End,
    }
}

/// Returns what of a Markdown text shall not count. Comments count where they begin a line, outside of fenced code.
///
/// # Examples
///
/// ```
/// use doublon_core::text::ignored_parts;
///
/// let text = "One.\n\n<!-- doublon-ignore -->\nTwo,\nthree.\n\nFour.\n";
/// let ignored = ignored_parts(text);
/// assert_eq!(&text[ignored.spans[0].start..ignored.spans[0].end], "<!-- doublon-ignore -->\nTwo,\nthree.");
/// ```
pub fn ignored_parts(text: &str) -> IgnoredParts {
    if memmem::find(text.as_bytes(), NAME.as_bytes()).is_none() {
        return IgnoredParts::default();
    }
    let blocks = markdown_blocks(text);
    let begins_line = |at: usize| text[..at].rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
    let is_code = |at: usize| blocks.iter().any(|block| block.start <= at && at < block.end);
    let (mut spans, mut open): (Vec<Span>, Option<usize>) = (Vec::new(), None);
    for (comment, mark) in ignore_marks(text, |at| begins_line(at) && !is_code(at)) {
        let is_inside = spans.last().is_some_and(|last| comment.start < last.end);
        match (mark, open) {
            (IgnoreMark::Start, None) if !is_inside => open = Some(comment.start),
            (IgnoreMark::Next, None) if !is_inside => {
                spans.push(Span::new(comment.start, block_end(text, comment.end, &blocks)));
            }
            (IgnoreMark::End, Some(start)) => {
                spans.push(Span::new(start, comment.end));
                open = None;
            }
            _ => {}
        }
    }
    spans.extend(open.map(|start| Span::new(start, text.len())));
    IgnoredParts { spans, is_open: open.is_some() }
}

/// Returns where the block ends that begins with the first character from `from` on which is no white space: a fence or a
/// table, or what goes on to a blank line.
fn block_end(text: &str, from: usize, blocks: &[Span]) -> usize {
    let start = text.len() - text[from..].trim_start().len();
    let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
    if let Some(block) = blocks.iter().find(|block| block.start >= line && block.start <= start) {
        return block.end;
    }
    let mut end = start;
    for line in text[start..].split_inclusive('\n') {
        if line.trim().is_empty() {
            break;
        }
        end += line.len();
    }
    start + text[start..end].trim_end().len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ignored(text: &str) -> Vec<&str> {
        ignored_parts(text).spans.iter().map(|span| &text[span.start..span.end]).collect()
    }

    #[test]
    fn what_stands_between_two_comments_does_not_count() {
        for (start, end) in
            [("doublon-ignore-start", "doublon-ignore-end"), ("doublon-ignore: generated", "/doublon-ignore")]
        {
            let part = format!("<!-- {start} -->\n\nb\n\nc\n  <!--{end}-->");
            assert_eq!(ignored(&format!("a\n{part} d\n\n<!-- {end} -->\n")), [part]);
        }
        let open = "<!-- doublon-ignore-start -->\nb\n\nc\n";
        assert_eq!(ignored(&format!("a\n\n{open}")), [open]);
        assert!(ignored_parts(open).is_open && !ignored_parts("<!-- doublon-ignore -->\nb").is_open);
    }

    #[test]
    fn a_lone_comment_takes_the_next_block() {
        let mark = "<!-- doublon-ignore why -->";
        assert_eq!(ignored(&format!("{mark}\n\n\nb\nc\r\n\r\nd")), [format!("{mark}\n\n\nb\nc")]);
        assert_eq!(ignored(&format!("{mark} b\n\nd")), [format!("{mark} b")]);
        let fence = format!("{mark}\n```\nb\n\nc\n```");
        assert_eq!(ignored(&format!("{fence}\nd\n\n{mark}\n")), [fence, format!("{mark}\n")]);
        assert_eq!(ignored(&format!("{mark}\n{mark}\nb\n")), [format!("{mark}\n{mark}\nb")]);
    }

    #[test]
    fn other_comments_say_nothing() {
        for none in [
            "doublon-ignore\na",
            "<!-- doublon-ignored -->\na",
            "<!-- doublon-ignore-next -->\na",
            "<!-- /doublon-ignore-start -->\na",
            "Use `<!-- doublon-ignore -->` here.\n",
            "```html\n<!-- doublon-ignore-start -->\n```\n\na",
            "<!-- doublon-ignore",
            "<!-- /doublon-ignore -->\na",
        ] {
            assert_eq!(ignored(none), [""; 0], "{none}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_its_parts_in_order_and_apart(
            parts in prop::collection::vec("<!-- doublon-ignore -->|<!-- doublon-ignore-(start|end) -->|<!-- /doublon-ignore -->|\n|\n\n|é|```\n|<!--|-->", 0..30),
        ) {
            let text = parts.concat();
            let found = ignored_parts(&text);
            prop_assert!(found.spans.iter().all(|span| text.get(span.start..span.end).is_some_and(|part| !part.is_empty())));
            prop_assert!(found.spans.windows(2).all(|two| two[0].end <= two[1].start), "{text:?} {found:?}");
        }
    }
}
