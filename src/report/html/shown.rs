//! Text from input as HTML: escaped, and with what acts or hides written out.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter, Write};

use askama::filters::HtmlSafe;

use crate::report::visible::visible;

/// A text on one line, such as a path. It may not stand in an attribute.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a>(pub &'a str);

/// A text with its line breaks; not for an attribute either. One or more blank lines show as a paragraph mark.
#[derive(Clone, Copy, Debug)]
pub struct ShownLines<'a>(pub &'a str);

impl ShownLines<'_> {
    /// Returns the text, unless there is none.
    pub fn any(&self) -> Option<Self> {
        (!self.0.is_empty()).then_some(*self)
    }
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        escape(self.0, f)
    }
}

impl Display for ShownLines<'_> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['\n', '\r', '\t']) {
            escape(&rest[..at], f)?;
            rest = line_break(&rest[at..], f)?;
        }
        escape(rest, f)
    }
}

impl HtmlSafe for Shown<'_> {}
impl HtmlSafe for ShownLines<'_> {}

/// Writes the white space that `text` begins with, from a line break or a tab on, and returns the rest.
fn line_break<'t>(text: &'t str, f: &mut Formatter) -> Result<&'t str, fmt::Error> {
    let rest = text.trim_start_matches(['\n', '\r', '\t', ' ']);
    let gap = &text[..text.len() - rest.len()];
    match gap.matches('\n').count() {
        0 if gap.contains('\r') => escape(gap, f)?,
        0 => f.write_str(gap)?,
        1 => f.write_char('\n')?,
        _ => f.write_str("<i>¶</i>\n")?,
    }
    Ok(rest)
}

fn escape(text: &str, f: &mut Formatter) -> fmt::Result {
    if matches!(visible(text), Cow::Borrowed(_)) {
        return escape_markup(text, f);
    }
    let mut utf8 = [0; 4];
    for c in text.chars() {
        match visible(c.encode_utf8(&mut utf8)) {
            Cow::Borrowed(plain) => escape_markup(plain, f)?,
            Cow::Owned(code) => {
                f.write_str("<span class=\"code\">")?;
                escape_markup(&code, f)?;
                f.write_str("</span>")?;
            }
        }
    }
    Ok(())
}

fn escape_markup(text: &str, f: &mut Formatter) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['<', '>', '&', '"', '\'']) {
        f.write_str(&rest[..at])?;
        f.write_str(match rest.as_bytes()[at] {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &rest[at + 1..];
    }
    f.write_str(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_and_what_acts_is_written_out() {
        assert_eq!(Shown("<a href='x'>&\"").to_string(), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
        assert_eq!(
            Shown("a\u{202e}<b\u{1b}").to_string(),
            "a<span class=\"code\">&lt;U+202E&gt;</span>&lt;b<span class=\"code\">&lt;U+001B&gt;</span>"
        );
        assert_eq!(Shown("a\nb").to_string(), "a<span class=\"code\">&lt;U+000A&gt;</span>b");
    }

    #[test]
    fn line_breaks_stay_and_paragraphs_are_marked() {
        assert_eq!(ShownLines("a\r\nb\n \n\n  c\td").to_string(), "a\nb<i>¶</i>\nc\td");
        assert_eq!(ShownLines("a\rb").to_string(), "a<span class=\"code\">&lt;U+000D&gt;</span>b");
        assert_eq!(ShownLines("</script>\n").to_string(), "&lt;/script&gt;\n");
    }
}
