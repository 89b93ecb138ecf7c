//! Where in its text a range of words starts and ends, with the punctuation that belongs to it.

use std::ops::Range;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::span::Span;

/// Returns the bytes of a text that a range of its words, at least one, takes; `words` says where each word stands.
///
/// Punctuation that hangs on the first or the last word belongs to it: what stands between that word and the nearest
/// white space, if no other word does. A character that is several words, such as `½`, belongs to the range that its
/// first word is in.
pub fn extent(text: &str, words: &[Span], range: &Range<usize>) -> Span {
    let (first, last) = (words[range.start], words[range.end - 1]);
    let before = range.start.checked_sub(1).map(|n| words[n].end);
    let after = words.get(range.end).map(|word| word.start);
    let rest = &text[last.end..after.unwrap_or(text.len()).max(last.end)];
    let end = last.end + hanging_after(rest, after.is_some()).max(marks(rest));
    let start = if before.is_some_and(|before| before > first.start) {
        // Part of the first character is taken; the place starts at the next one, if the range has more.
        words[range.clone()].iter().find(|word| word.start >= first.end).unwrap_or(&first).start
    } else {
        first.start - hanging_before(&text[before.unwrap_or(0)..first.start], before.is_some())
    };
    Span::new(start, end)
}

/// How many bytes at the end of what stands before a word hang on it.
fn hanging_before(gap: &str, after_word: bool) -> usize {
    match gap.char_indices().rev().find(|(_, c)| c.is_whitespace()) {
        Some((at, space)) => gap.len() - at - space.len_utf8(),
        None if after_word => 0,
        None => gap.len(),
    }
}

/// The bytes of the marks at the start of a text, which are part of the character before it.
fn marks(text: &str) -> usize {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    let is_mark = |c: &char| matches!(c.general_category(), EnclosingMark | NonspacingMark | SpacingMark);
    text.chars().take_while(is_mark).map(char::len_utf8).sum()
}

/// How many bytes at the start of what stands after a word hang on it. Where sentences are not followed by a space,
/// their full stop and the like do.
fn hanging_after(gap: &str, before_word: bool) -> usize {
    match gap.find(char::is_whitespace) {
        Some(space) => space,
        None if before_word => gap.find(|c| !is_closing_and_wide(c)).unwrap_or(gap.len()),
        None => gap.len(),
    }
}

fn is_closing_and_wide(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{303f}' | '\u{ff01}'..='\u{ff65}')
        && c.general_category() != GeneralCategory::OpenPunctuation
}
