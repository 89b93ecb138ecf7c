//! Folding of spelling habits of a script: letters of Arabic and Persian, digits, and Chinese characters.
//!
//! Letters follow the normalisers for Arabic and Persian of Apache Lucene, and their likes with hamza and for Urdu that
//! Lucene leaves out. Chinese characters become simplified ones one by one, as the first choice of `OpenCC` has it. Where
//! several traditional characters share a simplified one they become equal (後 and 后); where the words around decide, as
//! for 乾 and 藉, the first choice stands.

use std::sync::LazyLock;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Traditional characters and what they become, in order of the first.
static SIMPLIFIED: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let lines = include_str!("simplified.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).filter_map(pair).collect()
});

/// The first character that the table may hold.
const FIRST_HAN: char = '\u{3400}';

/// Returns a character, normalised, as it is written where habits of its script do not count: forms of alef, yeh, kaf and
/// heh are one letter each, teh marbuta is a heh, decimal digits are those of ASCII, and Chinese characters are simplified.
pub fn fold_script(c: char) -> char {
    match c {
        'آ' | 'أ' | 'إ' | '\u{671}'..='\u{673}' => 'ا',
        'ى' | 'ی' | 'ے' | 'ۓ' => 'ي',
        'ة' | '\u{6c0}'..='\u{6c3}' => 'ه',
        'ک' => 'ك',
        _ if is_digit(c) => ascii_digit(c),
        _ => simplified(c),
    }
}

/// Returns whether a character is a decimal digit of any script.
pub fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.general_category() == GeneralCategory::DecimalNumber)
}

/// Returns the digit of ASCII of the same value: each script has its ten in a row, from zero up, and rows that touch are
/// whole.
fn ascii_digit(digit: char) -> char {
    let before =
        (1..=digit as u32).take_while(|&back| char::from_u32(digit as u32 - back).is_some_and(is_digit)).count();
    char::from(b'0' + (before % 10) as u8)
}

fn simplified(c: char) -> char {
    if c < FIRST_HAN {
        return c;
    }
    SIMPLIFIED.binary_search_by_key(&c, |&(from, _)| from).map_or(c, |at| SIMPLIFIED[at].1)
}

fn pair(written: &str) -> Option<(char, char)> {
    let mut chars = written.chars();
    Some((chars.next()?, chars.next()?))
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::super::normalize::{Class, class};
    use super::*;

    fn folded(text: &str) -> String {
        text.chars().map(fold_script).collect()
    }

    #[test]
    fn letters_of_arabic_and_persian_are_folded_as_lucene_does() {
        // ArabicNormalizer and PersianNormalizer of Lucene, by code point.
        let lucene = "\u{622}\u{627} \u{623}\u{627} \u{625}\u{627} \u{649}\u{64a} \u{629}\u{647} \
                      \u{6cc}\u{64a} \u{6d2}\u{64a} \u{6a9}\u{643} \u{6c0}\u{647} \u{6c1}\u{647}";
        for (from, to) in lucene.split_whitespace().filter_map(pair) {
            assert_eq!(fold_script(from), to, "{from}");
        }
        assert_eq!(folded("إلى المكتبة الأحد"), "الي المكتبه الاحد");
        assert_eq!(folded("یکی از کتاب‌های"), folded("يكي از كتاب‌هاي"));
        assert_eq!(folded("ئ ؤ ء پ چ گ"), "ئ ؤ ء پ چ گ", "these are other letters");
    }

    /// The zeros of all scripts, as Python's `unicodedata` (Unicode 14.0) knows them, but those that are compatibility forms.
    const ZEROS: &str = "٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠၀႐០᠐᥆᧐᪀᪐᭐᮰᱀᱐꘠꣐꤀꧐꧰꩐꯰𐒠𐴰𑁦𑃰𑄶𑇐𑋰𑑐𑓐𑙐𑛀𑜰𑣠𑥐𑱐𑵐𑶠𖩠𖫀𖭐𞅀𞋰𞥐";

    #[test]
    fn digits_of_every_script_are_those_of_ascii() {
        for zero in ZEROS.chars() {
            for value in 0..10 {
                let digit = char::from_u32(zero as u32 + value);
                assert_eq!(digit.map(fold_script), char::from_digit(value, 10), "{value} of {zero}");
            }
        }
        let is_folded = |c: char| fold_script(c).is_ascii_digit();
        assert!(('\0'..=char::MAX).filter(|&c| is_digit(c)).all(is_folded), "no digit is left out");
        assert_eq!(folded("½ ² ① 三 Ⅷ"), "½ ² ① 三 Ⅷ", "numbers are no digits");
    }

    #[test]
    fn chinese_characters_are_simplified() {
        assert_eq!(folded("圖書館開門後，請發還"), "图书馆开门后，请发还");
        assert_eq!(folded("頭髮 發展 乾淨 乾隆 著作"), "头发 发展 干净 干隆 著作");
        assert_eq!(folded("日本語の図書館 한국어 漢字"), "日本语の図书馆 한국어 汉字");
    }

    #[test]
    fn the_table_of_characters_is_sorted_and_folds_in_one_step() {
        assert!(SIMPLIFIED.len() > 3000 && SIMPLIFIED.is_sorted_by(|a, b| a.0 < b.0));
        for &(from, to) in SIMPLIFIED.iter() {
            assert!(from >= FIRST_HAN && fold_script(to) == to, "{from}{to}");
            assert!(to.nfkc().eq([to]) && class(to) == Class::Single && class(from) == Class::Single, "{from}{to}");
        }
        let lines = include_str!("simplified.txt").lines().filter(|line| !line.starts_with('#'));
        let mut pairs = lines.flat_map(str::split_whitespace);
        assert!(pairs.all(|pair| pair.chars().count() == 2), "each holds two characters");
    }

    #[test]
    fn all_but_digits_stay_of_their_kind() {
        for c in ('\u{80}'..=char::MAX).filter(|&c| !is_digit(c)) {
            assert_eq!(class(fold_script(c)), class(c), "U+{:04X}", u32::from(c));
        }
    }
}
