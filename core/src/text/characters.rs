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
    let text = if is_surely_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) };
    let text = text.trim();
    let mut characters = String::with_capacity(text.len());
    let (mut start, mut at) = (0, 0);
    while let Some(space) = next_odd_space(text, at) {
        let after = text[space..].trim_start();
        characters.push_str(text[start..space].trim_end_matches(' '));
        characters.push(' ');
        (start, at) = (text.len() - after.len(), text.len() - after.len());
    }
    characters.push_str(&text[start..]);
    characters
}

/// Bytes that are looked at together.
const CHUNK: usize = 32;

/// Whether a text is sure to be in Normalization Form C.
fn is_surely_nfc(text: &str) -> bool {
    let mut at = 0;
    while let Some(start) = next_unsure(text.as_bytes(), at) {
        let run = &text[start..];
        let run = &run[..run.find(|c: char| !is_unsure(c.encode_utf8(&mut [0; 4]).as_bytes()[0])).unwrap_or(run.len())];
        if is_nfc_quick(run.chars()) != IsNormalized::Yes {
            return false;
        }
        at = start + run.len();
    }
    true
}

/// Returns the first character from byte `at` on that has to be looked up.
fn next_unsure(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(chunk) = bytes[at..].first_chunk::<CHUNK>()
        && !chunk.iter().fold(false, |unsure, &byte| unsure | is_unsure(byte))
    {
        at += CHUNK;
    }
    bytes[at..].iter().position(|&byte| is_unsure(byte)).map(|n| at + n)
}

/// Whether a byte begins a character of which it must be looked up whether it is in form C and what it combines with. None
/// below U+0300 does (up to 0xCB), nor the Cyrillic letters up to U+047F (0xD0, 0xD1) or ideographs from U+4000 to
/// U+9FFF (0xE4 to 0xE9).
#[allow(clippy::needless_bitwise_bool)] // without branches, so that a compiler makes vectors of it
fn is_unsure(byte: u8) -> bool {
    (byte >= 0xcc) & (byte & 0xfe != 0xd0) & (byte.wrapping_sub(0xe4) > 5)
}

/// Returns the first white space from byte `at` on that is no single space, in a text that ends in none. Of several it
/// may be the second, behind a space.
fn next_odd_space(text: &str, mut at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    while at < bytes.len() {
        // Few stretches of a text have anything but words and single spaces, which a CPU sees for 16 bytes at a time.
        if let Some(chunk) = bytes[at..].first_chunk::<{ CHUNK + 1 }>()
            && !has_odd(chunk)
        {
            at += CHUNK;
            continue;
        }
        let end = bytes.len().min(at + CHUNK);
        while at < end {
            let rest = &bytes[at..];
            if is_odd(rest[0], rest.get(1).copied().unwrap_or_default()) && starts_with_odd_space(text, at) {
                return Some(at);
            }
            at += 1;
        }
    }
    None
}

fn has_odd(chunk: &[u8; CHUNK + 1]) -> bool {
    let mut odd = false;
    for (&byte, &next) in chunk[..CHUNK].iter().zip(&chunk[1..]) {
        odd |= is_odd(byte, next);
    }
    odd
}

/// Whether a byte may begin white space that is no single space, given the byte behind it.
#[allow(clippy::needless_bitwise_bool)] // as above
fn is_odd(byte: u8, next: u8) -> bool {
    // U+0085 and U+00A0 begin with 0xC2, all others beyond ASCII with 0xE1 to 0xE3.
    let is_double = (byte == b' ') & (next == b' ');
    (byte.wrapping_sub(b'\t') < 5) | (byte == 0xc2) | (byte.wrapping_sub(0xe1) < 3) | is_double
}

fn starts_with_odd_space(text: &str, at: usize) -> bool {
    // What is_odd lets through is the first byte of a character.
    text[at..].starts_with(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_stand_one_space_apart(
            parts in prop::collection::vec(prop_oneof![
                3 => "[a-z]{1,40}", 3 => Just(" ".to_owned()), 1 => "[é«’東ん½]{1,3}",
                1 => "[ \\t\\n\\x0b\\x0c\\r\u{1c}\u{85}\u{a0}\u{1680}\u{2000}-\u{200b}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}]{1,3}",
            ], 0..30),
        ) {
            let text: String = parts.concat().nfc().collect();
            let expected: Vec<&str> = text.split_whitespace().collect();
            prop_assert_eq!(characters(&text), expected.join(" "));
        }
    }

    #[test]
    fn what_needs_no_look_is_in_form_c_by_itself_and_behind_anything() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let (own, behind) = (c.to_string(), format!("e\u{323}{c}"));
            if !is_unsure(own.as_bytes()[0]) {
                assert!(is_nfc_quick(own.chars()) == IsNormalized::Yes, "{c:?}");
                assert_eq!(behind.nfc().last(), Some(c), "{c:?} combines with what stands before it");
            }
            assert_eq!(is_surely_nfc(&own), is_nfc_quick(own.chars()) == IsNormalized::Yes, "{c:?}");
        }
        assert!(!is_surely_nfc("no e\u{301}t\u{e9}") && is_surely_nfc("« L’été » — 東京, Москва"));
    }

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
