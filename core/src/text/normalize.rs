//! Normalisation, character by character, with the place in the original text that each result comes from.
//!
//! The text is taken in NFKC (Unicode Standard Annex #15) and case is folded in full. What is left is a letter or digit of a word,
//! a mark, a token of its own (a character of a script written without spaces), or a separator.
//!
//! Marks are accents or vowels. Those of Latin, Greek, Cyrillic, Arabic, Hebrew and Syriac, which the same word is
//! written with and without, are dropped if no letter has taken them in, and so are invisible characters. In all other
//! scripts marks are vowels, tones and joints of consonants: without them Hindi धुन "tune" and धान "paddy" are one word.
//!
//! The text is normalised in pieces that no composition crosses: a piece starts before every character whose
//! compatibility decomposition starts with a character of combining class 0 that composes with nothing before it.
//! So normalising piece by piece gives what normalising the whole text gives, and each result knows its piece.

use unicode_normalization::char::{canonical_combining_class, decompose_canonical, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

use super::TextOptions;
use super::script::{fold_script, is_digit};
use crate::span::Span;

/// What a normalised character is to the tokenizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Part of a word.
    Word,
    /// A vowel or other mark that belongs to the word or token before it, and starts a word if there is none.
    Mark,
    /// A character of a script written without spaces: a token of its own, with the marks after it.
    Single,
    /// An emoji or another symbol: a token of its own, with the marks after it and what a joiner ties to it.
    Symbol,
    /// Ties symbols together, and is dropped elsewhere without splitting a word.
    Joiner,
    /// Between words.
    Separator,
    /// Dropped without splitting a word.
    Ignored,
}

/// Calls `emit` with each normalised character that is not dropped, its class, and the span of the original text
/// that it comes from. Spans do not fall back, and characters that come from one piece share its span.
pub fn normalize(text: &str, options: &TextOptions, mut emit: impl FnMut(char, Class, Span)) {
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        while rest.next_if(|&(_, c)| !starts_piece(c)).is_some() {}
        let end = rest.peek().map_or(text.len(), |&(at, _)| at);
        let span = Span::new(start, end);
        if first.is_ascii() && end - start == 1 {
            let c = fold(first, options);
            emit(c, class(c), span);
        } else {
            normalize_piece(&text[start..end], options, |c, class| emit(c, class, span));
        }
    }
}

/// Returns what a character is to the tokenizer, after normalisation.
pub fn class(c: char) -> Class {
    use GeneralCategory as G;
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() { Class::Word } else { Class::Separator };
    }
    match c.general_category() {
        G::Format if c == '\u{200d}' => Class::Joiner,
        G::Format => Class::Ignored,
        // The tatweel makes a word longer on the page only.
        _ if c == '\u{640}' => Class::Ignored,
        G::NonspacingMark | G::SpacingMark | G::EnclosingMark => {
            if is_accent(c) || is_invisible_mark(c) {
                Class::Ignored
            } else {
                Class::Mark
            }
        }
        G::UppercaseLetter
        | G::LowercaseLetter
        | G::TitlecaseLetter
        | G::ModifierLetter
        | G::OtherLetter
        | G::DecimalNumber
        | G::LetterNumber
        | G::OtherNumber => {
            if is_written_without_spaces(c) {
                Class::Single
            } else {
                Class::Word
            }
        }
        // Tones of skin stand behind an emoji and belong to it.
        G::ModifierSymbol if matches!(c, '\u{1f3fb}'..='\u{1f3ff}') => Class::Mark,
        G::OtherSymbol | G::MathSymbol | G::CurrencySymbol if !is_mere_form(c) => Class::Symbol,
        _ => Class::Separator,
    }
}

/// Returns whether a symbol says nothing: the stroke of `½`, lines of tables, whose lengths follow the width of a page,
/// the blank of Braille, and what stands for something that is not there.
fn is_mere_form(c: char) -> bool {
    matches!(c, '\u{2044}' | '\u{2500}'..='\u{259f}' | '\u{2800}' | '\u{fffc}' | '\u{fffd}')
}

/// Returns whether a mark belongs to a script whose words are written with and without marks, or to none.
///
/// The accents of Europe and the vowels of Arabic belong to no script in Unicode, which inherits them from the letter
/// before. So do the accents of the Vedas and the sound marks of kana, which are no accents here.
fn is_accent(c: char) -> bool {
    use Script::{Arabic, Common, Cyrillic, Greek, Hebrew, Inherited, Latin, Syriac};
    let is_vedic_or_kana = matches!(c, '\u{951}'..='\u{954}' | '\u{1cd0}'..='\u{1cff}' | '\u{3099}' | '\u{309a}');
    !is_vedic_or_kana && matches!(c.script(), Latin | Greek | Cyrillic | Arabic | Hebrew | Syriac | Inherited | Common)
}

/// Variation selectors of Mongolian, and vowels of Khmer that Unicode advises against: nobody sees them.
fn is_invisible_mark(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{17b4}' | '\u{17b5}')
}

fn is_written_without_spaces(c: char) -> bool {
    use Script::{Han, Hiragana, Katakana, Khmer, Lao, Myanmar, Thai};
    // U+30FC and U+FF70, the mark of a long vowel, belong to both kana scripts and so to `Common`.
    matches!(c, '\u{30fc}' | '\u{ff70}')
        || matches!(c.script(), Han | Hiragana | Katakana | Thai | Lao | Khmer | Myanmar)
}

/// Returns whether a character of a script written without spaces belongs to one whose words have about two of them.
pub(super) fn is_of_short_words(c: char) -> bool {
    use Script::{Khmer, Lao, Myanmar, Thai};
    !matches!(c.script(), Thai | Lao | Khmer | Myanmar)
}

/// Normalises one character as if nothing that composes with it stood beside it.
pub(super) fn normalize_alone(c: char, options: &TextOptions, emit: impl FnMut(char, Class)) {
    normalize_piece(c.encode_utf8(&mut [0; 4]), options, emit);
}

fn normalize_piece(piece: &str, options: &TextOptions, mut emit: impl FnMut(char, Class)) {
    let mut emit_small = |c: char| {
        if options.keep_case || c.is_ascii() {
            emit_folded(c, options, &mut emit);
        } else {
            fold_case(c).for_each(|c| emit_folded(c, options, &mut emit));
        }
    };
    for c in piece.nfkc() {
        if options.fold_accents {
            fold_accent(c, &mut emit_small);
        } else {
            emit_small(c);
        }
    }
}

/// Returns a character in lower case as Unicode folds case in full, so that words in capitals are the same words: `ß`
/// is `ss`, and the final sigma is a sigma.
///
/// The lower case of the capitals is what folds (The Unicode Standard, section 5.18), but for the dotless i. Letters
/// whose capitals are written with marks of their own, such as `ΐ`, stay as they are.
fn fold_case(c: char) -> impl Iterator<Item = char> {
    let capitals = c.to_lowercase().flat_map(char::to_uppercase);
    let stays = c == 'ı' || capitals.clone().any(|c| canonical_combining_class(c) != 0);
    let folded = capitals.flat_map(char::to_lowercase);
    c.to_lowercase().filter(move |_| stays).chain(folded.filter(move |_| !stays))
}

fn emit_folded(c: char, options: &TextOptions, emit: &mut impl FnMut(char, Class)) {
    let c = fold(c, options);
    match class(c) {
        Class::Ignored => {}
        class => emit(c, class),
    }
}

/// Folds case of ASCII, and habits of scripts and digits as asked.
fn fold(c: char, options: &TextOptions) -> char {
    let c = if options.keep_case { c } else { c.to_ascii_lowercase() };
    let c = if options.fold_script { fold_script(c) } else { c };
    if options.fold_digits && is_digit(c) { '0' } else { c }
}

/// Calls `emit` with a letter as it is written without accents: each letter with a stroke or of two letters as well.
fn fold_accent(c: char, mut emit: impl FnMut(char)) {
    let c = if has_alphabet(c) { base_letter(c) } else { c };
    match plain_letters(c) {
        Some(letters) => letters.chars().for_each(emit),
        None => emit(c),
    }
}

/// Returns how letters that Unicode does not decompose are written where they cannot be typed.
fn plain_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'Æ' => "AE",
        'æ' => "ae",
        'Œ' => "OE",
        'œ' => "oe",
        'ẞ' => "SS",
        'ß' => "ss",
        'Þ' => "TH",
        'þ' => "th",
        'Ø' => "O",
        'ø' => "o",
        'Ł' => "L",
        'ł' => "l",
        'Đ' | 'Ð' => "D",
        'đ' | 'ð' => "d",
        'Ħ' => "H",
        'ħ' => "h",
        'Ŧ' => "T",
        'ŧ' => "t",
        'ı' => "i",
        _ => return None,
    })
}

/// Accents are folded in the scripts whose accented letters are variants of plain ones.
fn has_alphabet(c: char) -> bool {
    !c.is_ascii() && matches!(c.script(), Script::Latin | Script::Greek | Script::Cyrillic)
}

fn base_letter(c: char) -> char {
    let mut base = None;
    decompose_canonical(c, |part| {
        base.get_or_insert(part);
    });
    base.unwrap_or(c)
}

/// Returns whether a piece that is normalised on its own may start with `c`.
pub(super) fn starts_piece(c: char) -> bool {
    if c.is_ascii() {
        return true;
    }
    let mut first = None;
    decompose_compatible(c, |part| {
        first.get_or_insert(part);
    });
    let first = first.unwrap_or(c);
    canonical_combining_class(first) == 0 && is_nfc_quick(std::iter::once(first)) == IsNormalized::Yes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normalized(text: &str) -> String {
        let mut out = String::new();
        normalize(text, &TextOptions::default(), |c, class, _| out.extend((class != Class::Joiner).then_some(c)));
        out
    }

    /// The definition, on the whole text at once.
    fn defined(text: &str) -> String {
        text.nfkc().flat_map(fold_case).filter(|&c| !matches!(class(c), Class::Ignored | Class::Joiner)).collect()
    }

    #[test]
    fn marks_and_invisible_characters_do_not_split_words() {
        assert_eq!(normalized("e\u{301}te\u{301}"), "été");
        assert_eq!(normalized("sou\u{ad}ve\u{200b}nir\u{200d}"), "souvenir");
        assert_eq!(normalized("ＡＢＣ ﬁn ½"), "abc fin 1⁄2");
        assert_eq!(normalized("ΟΔΌΣ"), normalized("οδός"));
        assert_eq!(normalized("İstanbul"), "istanbul");
    }

    #[test]
    fn case_is_folded_in_full() {
        for (one, other, folded) in [
            ("STRASSE", "Straße", "strasse"),
            ("GROẞ", "groß", "gross"),
            ("ΟΔΟΣ", "οδος", "οδοσ"),
            ("ΤΩΙ", "τῳ", "τωι"),
            ("ԵՒ", "և", "եւ"),
            ("ᎣᏏᏲ", "ꭳꮟᏺ", "ꭳꮟᏺ"),
        ] {
            assert_eq!((normalized(one).as_str(), normalized(other).as_str()), (folded, folded));
        }
        assert_ne!(normalized("ılık"), normalized("ilik"));
    }

    #[test]
    fn every_letter_equals_its_capitals_and_its_small_letters() {
        for c in ('\u{80}'..=char::MAX).filter(|&c| c != 'ı' && starts_piece(c)) {
            let folded = normalized(&c.to_string());
            let cases = [c.to_uppercase().collect::<String>(), c.to_lowercase().collect()];
            for other in cases.iter().filter(|other| other.chars().all(|c| canonical_combining_class(c) == 0)) {
                assert_eq!(normalized(other), folded, "{c} U+{:04X}", u32::from(c));
            }
        }
    }

    #[test]
    fn elongation_is_dropped() {
        assert_eq!(normalized("الســـلام علـيكم"), normalized("السلام عليكم"));
    }

    #[test]
    fn folding_is_an_option() {
        let folded = |text: &str, options: TextOptions| {
            let mut out = String::new();
            normalize(text, &options, |c, _, _| out.push(c));
            out
        };
        let accents = TextOptions { fold_accents: true, ..TextOptions::default() };
        assert_eq!(folded("Été à Ёлка, が 각", accents), "ete a елка, が 각");
        assert_eq!(
            folded("Łódź Đorđe Ǿre Ærø œuvre ẞß Þór ırmak", accents),
            "lodz dorde ore aero oeuvre ssss thor irmak"
        );
        let script = TextOptions { fold_script: true, ..TextOptions::default() };
        assert_eq!(folded("٣ ۴ ５ ﻷرﺽ ا\u{653} ه\u{654} 圖書 ｱ", script), "3 4 5 لارض ا ه 图书 ア");
        let digits = TextOptions { fold_digits: true, ..TextOptions::default() };
        assert_eq!(folded("le 12 mai ٣", digits), "le 00 mai 0");
        let case = TextOptions { keep_case: true, ..TextOptions::default() };
        assert_eq!(folded("Le CHÂTEAU", case), "Le CHÂTEAU");
    }

    #[test]
    fn marks_are_accents_or_vowels() {
        let accents = "\u{301}\u{345}\u{483}\u{5b8}\u{64e}\u{670}\u{730}\u{20dd}\u{fe0f}\u{e0100}\u{180b}\u{34f}";
        for c in accents.chars() {
            assert_eq!(class(c), Class::Ignored, "U+{:04X}", u32::from(c));
        }
        let vowels =
            "\u{93f}\u{9be}\u{bcd}\u{cc2}\u{d3f}\u{dd9}\u{f72}\u{7a6}\u{17b7}\u{103a}\u{e31}\u{eb8}\u{951}\u{3099}";
        for c in vowels.chars() {
            assert_eq!(class(c), Class::Mark, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn scripts_without_spaces_are_single_tokens() {
        for c in ['漢', 'ひ', 'カ', 'ー', 'ก', 'ລ', 'ក', 'မ'] {
            assert_eq!(class(c), Class::Single, "{c}");
        }
        for c in ['a', '9', 'é', 'я', 'ع', '한', 'अ', 'ि', 'ா'] {
            assert_ne!(class(c), Class::Single, "{c}");
        }
    }

    proptest! {
        #[test]
        fn pieces_normalise_like_the_whole(text in "\\PC*") {
            prop_assert_eq!(normalized(&text), defined(&text));
        }

        #[test]
        fn marks_in_any_order_normalise_like_the_whole(
            text in "[a-e\u{300}-\u{345}\u{1100}-\u{11ff}\u{ac00}-\u{ac40}\u{ff61}-\u{ff9f}\u{3040}-\u{30ff}\u{1e00}-\u{1eff}ﬁ½\u{200b}-\u{200f}\u{0f71}-\u{0f84}]{0,40}"
        ) {
            prop_assert_eq!(normalized(&text), defined(&text));
        }
    }
}
