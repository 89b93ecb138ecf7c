//! Makes text from anywhere safe to show: characters that would act on a terminal, or that nobody would see, are written
//! out as their code points.

use std::borrow::Cow;
use std::fmt::Write;

/// Returns `text` with each control, bidirectional or invisible character written as its code point, `<U+001B>`.
///
/// The joiners U+200C and U+200D stay: Persian, Indic scripts and emoji need them, and they reorder nothing.
///
/// # Examples
///
/// ```
/// use doublon::report::visible::visible;
///
/// assert_eq!(visible("an\u{1b}[31m escape"), "an<U+001B>[31m escape");
/// assert_eq!(visible("nothing special"), "nothing special");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    write_out(text, is_hidden)
}

/// Returns `text` as [`visible`] does, but with joiners and variation selectors written out too: for places where such a
/// character may be all that differs.
pub fn visible_with_joiners(text: &str) -> Cow<'_, str> {
    write_out(text, |c| is_hidden(c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}'))
}

fn write_out(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            let _ = write!(out, "<U+{:04X}>", u32::from(c)); // writing to a string cannot fail
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Returns whether a character acts or hides: the controls of C0 and C1, and what Unicode calls format characters, except
/// the joiners and the marks of Arabic numbers, which have a glyph. The tags of plane 14 and the line and paragraph separators are among them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_or_hides_is_written_out() {
        assert_eq!(visible("\u{1b}]52;c;AA\u{7}"), "<U+001B>]52;c;AA<U+0007>");
        assert_eq!(visible("\u{9b}2J\u{7f}\r\n\t\0"), "<U+009B>2J<U+007F><U+000D><U+000A><U+0009><U+0000>");
        assert_eq!(visible("a\u{202e}txt.exe\u{2066}"), "a<U+202E>txt.exe<U+2066>");
        assert_eq!(visible("\u{feff}\u{200b}\u{2028}\u{e0041}"), "<U+FEFF><U+200B><U+2028><U+E0041>");
    }

    #[test]
    fn letters_marks_and_joiners_stay() {
        for text in ["été", "e\u{301}", "می\u{200c}خواهم", "👩\u{200d}👩", "東京", "a\u{a0}b"] {
            assert_eq!(visible(text), text);
        }
        assert_eq!(visible_with_joiners("می\u{200c}خواهم"), "می<U+200C>خواهم");
    }
}
