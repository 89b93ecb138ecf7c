//! Signs that make another word or number of what they stand at: `C++` and `C#`, `-12` and `12`.

use super::chars::Kind;
use crate::span::Span;

/// The signs that a word may end in: more are a line or a mark of headings.
const MOST: usize = 2;

/// Returns whether a byte is a sign that a word may end in.
pub fn is_of_word(byte: u8) -> bool {
    matches!(byte, b'+' | b'#')
}

/// Returns how many signs that stand behind a letter, at the start of `rest`, belong to its word: none where a letter or
/// digit follows them, as in `a+b`. `kind` tells what a character beyond ASCII is.
pub fn of_word(rest: &str, kind: impl Fn(char) -> Kind) -> usize {
    let count = rest.bytes().take(MOST + 1).take_while(|&byte| is_of_word(byte)).count();
    let is_between = |c: char| matches!(kind(c), Kind::Separator | Kind::Single | Kind::Symbol);
    let is_end = |c: char| if c.is_ascii() { !c.is_ascii_alphanumeric() } else { is_between(c) };
    if count <= MOST && rest[count..].chars().next().is_none_or(is_end) { count } else { 0 }
}

/// Returns whether the character at `span` is the sign of a number: it stands directly before a digit and behind white
/// space or nothing, both in ASCII. In `3-4` and `2024-05-17` it is none.
pub fn is_of_number(text: &str, span: Span) -> bool {
    matches!(&text[span.start..span.end], "+" | "-" | "\u{2212}")
        && text.as_bytes()[..span.start].last().is_none_or(u8::is_ascii_whitespace)
        && text.as_bytes().get(span.end).is_some_and(u8::is_ascii_digit)
}
