//! Phrases and names that several parts of the page use.

use crate::report::text::{counted, one_line};

/// Returns how many of `all` are not among those shown, `and 1,200 more places`; nothing if all are.
pub fn more(all: usize, shown: usize, noun: &str) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        more => format!("and {}", counted(more as u64, &format!("more {noun}"))),
    }
}

/// Returns an id that can name an element, unless it is not one that doublon gives.
pub fn anchor(id: &str) -> Option<&str> {
    let digits = id.strip_prefix(['d', 'f', 'p'])?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

/// Returns the first words of a text on one line, in about so many characters.
pub fn first_words(text: &str, characters: usize) -> String {
    let line = one_line(text.trim());
    let Some((end, _)) = line.char_indices().nth(characters) else { return line };
    let start = &line[..end];
    let whole = start.rfind(' ').filter(|&space| space > end / 2).map_or(start, |space| &start[..space]);
    format!("{} …", whole.trim_end_matches([' ', '¶', ',', ';', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_word() {
        assert_eq!(first_words("  one\n\ntwo ", 20), "one ¶ two");
        assert_eq!(first_words("one two three, four", 15), "one two three …");
        assert_eq!(first_words(&"東".repeat(9), 4), "東東東東 …");
    }
}
