//! Texts by their characters: what is left to compare when white space and the way in which characters are written down
//! do not matter, and all else does, such as case, punctuation, symbols and signs.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Returns a text in Normalization Form C (Unicode Standard Annex #15), with one space in place of each run of white
/// space, and none at its ends.
///
/// # Examples
///
/// ```
/// use doublon_core::text::characters;
///
/// assert_eq!(characters(" Une\t e\u{301}cole \n"), "Une école");
/// assert_ne!(characters("a * b"), characters("a / b"));
/// ```
pub fn characters(text: &str) -> String {
    let text = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfc().collect()),
    };
    let mut characters = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !characters.is_empty() {
            characters.push(' ');
        }
        characters.push_str(word);
    }
    characters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_white_space_and_the_form_of_characters_are_equal() {
        assert_eq!(characters("a\u{a0}b\u{2003}\n c"), "a b c");
        assert_eq!(characters("\u{212b}"), "\u{c5}", "the sign for ångström is the letter");
        assert_eq!(characters("\u{1100}\u{1161}"), "\u{ac00}");
        assert_eq!(characters(" \n"), "");
        for (a, b) in [("a b", "ab"), ("A", "a"), ("-1", "1"), ("½", "1⁄2"), ("a\u{200b}b", "ab"), ("C++", "C#")] {
            assert_ne!(characters(a), characters(b));
        }
    }
}
