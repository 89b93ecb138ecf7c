//! Fitting text into columns.

use unicode_width::UnicodeWidthStr;

use crate::report::visible::visible;

/// What a paragraph break looks like inside a line.
const PARAGRAPH_MARK: &str = " ¶ ";
const CUT: &str = " [...] ";

/// Returns `text` as one safe line: a run of spaces and line breaks becomes a space, one that holds a blank line a `¶`.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_blank) {
        out.push_str(&rest[..at]);
        let after = rest[at..].trim_start_matches(is_blank);
        let gap = &rest[at..rest.len() - after.len()];
        out.push_str(if gap.matches('\n').count() > 1 { PARAGRAPH_MARK } else { " " });
        rest = after;
    }
    out.push_str(rest);
    visible(&out).into_owned()
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Returns `text` as one safe line, of which at most so many characters are shown, with an ellipsis if there are more.
pub fn start_of(text: &str, characters: usize) -> String {
    let line = one_line(text.trim());
    match line.char_indices().nth(characters) {
        None => line,
        Some((end, _)) => format!("{} ...", line[..end].trim_end()),
    }
}

/// Returns `text` if it has at most `columns`, or else its start and its end with `[...]` between them.
pub fn shorten(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(CUT.len());
    let (start, end) = (head(text, room - room / 3), tail(text, room / 3));
    format!("{}{CUT}{}", without_broken_word(start, str::rfind), without_broken_word(end, str::find))
}

/// Takes away the word that was cut in two at one end of `text`, unless that is much of it.
fn without_broken_word(text: &str, nearest: impl Fn(&str, char) -> Option<usize>) -> &str {
    let Some(space) = nearest(text, ' ') else { return text };
    let (start, end) = text.split_at(space);
    let kept = if start.len() > end.len() { start } else { end };
    if kept.len() * 4 > text.len() * 3 { kept.trim() } else { text.trim() }
}

/// Returns the lines of `text`, each of at most `width` columns, broken at spaces where there are some.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2); // a wide character has to fit
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let needed = word.width() + usize::from(used > 0);
        if used > 0 && used + needed > width {
            lines.push(String::new());
            used = 0;
        }
        if used > 0 {
            append(&mut lines, " ");
            used += 1;
        }
        used = append_broken(&mut lines, word, used, width);
    }
    lines
}

/// Appends a word, broken where it does not fit; returns the columns used in the last line.
fn append_broken(lines: &mut Vec<String>, mut word: &str, used: usize, width: usize) -> usize {
    let mut used = used;
    while used + word.width() > width {
        let fits = head(word, width - used).chars().count();
        let at = word.char_indices().nth(fits.max(1)).map_or(word.len(), |(at, _)| at);
        append(lines, &word[..at]);
        word = &word[at..];
        if word.is_empty() {
            break;
        }
        lines.push(String::new());
        used = 0;
    }
    append(lines, word);
    used + word.width()
}

fn append(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

/// Returns the longest start of `text` that fits into `columns`. Characters can be wider together than one by one: a
/// variation selector, of no width itself, makes some signs twice as wide.
fn head(text: &str, columns: usize) -> &str {
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let fits = ends.take_while(|&end| text[..end].width() <= columns).last();
    &text[..fits.unwrap_or(0)]
}

/// Returns the longest end of `text` that fits into `columns`.
fn tail(text: &str, columns: usize) -> &str {
    let starts = text.char_indices().rev().map(|(at, _)| at);
    let fits = starts.take_while(|&start| text[start..].width() <= columns).last();
    &text[fits.unwrap_or(text.len())..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_break_at_spaces_and_wide_characters_count_two() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("東京都に住む", 4), ["東京", "都に", "住む"]);
        assert_eq!(wrap("a 東京", 4), ["a", "東京"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 3), [""]);
    }

    #[test]
    fn breaks_show_in_one_line() {
        assert_eq!(one_line("a\n\nb \t\r\n c\u{1b}"), "a ¶ b c<U+001B>");
        assert_eq!(one_line("a\r\n \r\nb"), "a ¶ b");
    }

    #[test]
    fn long_text_loses_its_middle() {
        assert_eq!(shorten("short", 5), "short");
        assert_eq!(shorten("abcdefghijklmnopqrstuvwxyz", 16), "abcdef [...] xyz");
        let words = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen";
        assert_eq!(shorten(words, 60), "one two three four five six seven [...] fourteen fifteen");
    }

    #[test]
    fn a_sign_that_a_selector_makes_wide_is_counted_so() {
        let text = "*\u{fe0f}".repeat(20);
        assert!(shorten(&text, 30).width() <= 30);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked_and_nothing_is_lost(text in "[a東 é]{0,60}", width in 2usize..20) {
            let lines = wrap(&text, width);
            for line in &lines {
                prop_assert!(line.width() <= width, "{line:?}");
            }
            prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }

        #[test]
        fn shortened_text_fits(text in "\\PC{0,80}", columns in 10usize..60) {
            prop_assert!(shorten(&text, columns).width() <= columns);
        }
    }
}
