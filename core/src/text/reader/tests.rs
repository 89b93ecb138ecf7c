//! The fast tokenizer against the plain one.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;

use super::super::window::WINDOW;
use super::super::{TextOptions, Token, Tokenizer};

/// A tokenizer for each combination of options. Their tables of characters are used again from test to test.
static TOKENIZERS: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
    let options = |bits: u8| TextOptions {
        keep_case: bits & 1 != 0,
        fold_accents: bits & 2 != 0,
        fold_digits: bits & 4 != 0,
        fold_script: bits & 8 != 0,
        ..TextOptions::default()
    };
    (0..16).map(|bits| Tokenizer::new(options(bits), 0)).collect()
});

fn plain(tokenizer: &Tokenizer, text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    tokenizer.for_each(text, |word, span| tokens.push(Token { hash: tokenizer.hash(word), span }));
    tokens
}

fn plain_words(tokenizer: &Tokenizer, text: &str) -> Vec<String> {
    let mut words = Vec::new();
    tokenizer.for_each(text, |word, _| words.push(word.to_owned()));
    words
}

fn plain_chars(tokenizer: &Tokenizer, text: &str) -> Vec<u64> {
    plain_words(tokenizer, text).join(" ").chars().map(|c| tokenizer.hash(c.encode_utf8(&mut [0; 4]))).collect()
}

/// Compares hashes and spans under all options.
fn check(text: &str) {
    TOKENIZERS.iter().for_each(|tokenizer| check_with(tokenizer, text));
}

fn check_with(tokenizer: &Tokenizer, text: &str) {
    let plain = plain(tokenizer, text);
    let mut reader = tokenizer.reader();
    for round in ["first", "second, from the cache"] {
        let fast = reader.tokens(text);
        if fast != plain {
            let at = fast.iter().zip(&plain).take_while(|(fast, plain)| fast == plain).count();
            let near = plain.get(at).map_or(text.len(), |token| token.span.start);
            let around = &text[text.floor_char_boundary(near.saturating_sub(40))..text.ceil_char_boundary(near + 40)];
            panic!(
                "{round}: token {at} is {:?}, not {:?}, near {around:?} at {near} of {} bytes, {:?}",
                fast.get(at),
                plain.get(at),
                text.len(),
                tokenizer.options()
            );
        }
    }
    for (&token, word) in plain.iter().zip(plain_words(tokenizer, text)) {
        let place = token.span.of(text);
        assert_eq!(tokenizer.word(text, token), word, "the word at {place:?}, {:?}", tokenizer.options());
    }
    let (mut hashes, mut chars) = (Vec::new(), Vec::new());
    reader.chars(text, &mut chars);
    assert_eq!(chars, plain_chars(tokenizer, text), "characters of {text:?}, {:?}", tokenizer.options());
    reader.hashes(text, &mut hashes);
    assert!(hashes.iter().eq(plain.iter().map(|token| &token.hash)), "hashes of {text:?}, {:?}", tokenizer.options());
}

/// Bits of text that have to do with each other: what composes, folds, joins and splits.
const BITS: &[&str] = &[
    "a",
    "Z",
    "7",
    "_",
    " ",
    "\n",
    "\0",
    "'",
    "<",
    "=",
    ".",
    "abcdefghijklmnop",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "é",
    "É",
    "ß",
    "×",
    "÷",
    "ÿ",
    "œ",
    "Œ",
    "ñ",
    "µ",
    "ª",
    "½",
    "²",
    "\u{a0}",
    "«",
    "»",
    "\u{ad}",
    "e\u{301}",
    "\u{301}",
    "\u{308}",
    "\u{338}",
    "\u{327}\u{301}",
    "\u{345}",
    "\u{34f}",
    "İ",
    "ı",
    "ſ",
    "ŀ",
    "ǅ",
    "ﬁ",
    "ﬀ",
    "ẞ",
    "ế",
    "Ạ",
    "Привет",
    "ЁЖИК",
    "й",
    "и\u{306}",
    "Ѐ",
    "ѝ",
    "џ",
    "Ѡ",
    "҂",
    "ΟΔΟΣ",
    "ς",
    "Ά",
    "ά",
    "ὰ",
    "α\u{301}",
    "Ω",
    "السلام",
    "عَلَيْكُم",
    "ـ",
    "٣",
    "۴",
    "ﷺ",
    "ﻻ",
    "שָׁלוֹם",
    "ﬠ",
    "हिन्दी",
    "क्\u{200d}ष",
    "क\u{93c}",
    "া",
    "\u{9be}",
    "ো",
    "தமிழ்",
    "ภาษาไทย",
    "กำ",
    "\u{e31}",
    "\u{e48}",
    "ລາວ",
    "ខ្មែរ",
    "မြန်မာ",
    "ดี",
    "ດຸ",
    "ຳ",
    "ក្ក",
    "ကြွေ",
    "\u{e35}",
    "\u{e38}",
    "\u{eb3}",
    "\u{17d2}",
    "\u{102d}",
    "\u{1037}",
    "\u{93f}",
    "\u{94d}",
    "\u{951}",
    "\u{cca}",
    "བོད",
    "\u{f77}",
    "ބިސް",
    "\u{7a6}",
    "ꦗꦮ",
    "\u{1e8d0}",
    "漢",
    "字",
    "一",
    "龥",
    "䷀",
    "㐀",
    "々",
    "〇",
    "豈",
    "丽",
    "𠀀",
    "。",
    "，",
    "、",
    "「",
    "Ａ",
    "ｚ",
    "５",
    "！",
    "\u{3000}",
    "が",
    "か\u{3099}",
    "カ",
    "ー",
    "ｶﾞ",
    "ﾊﾟ",
    "ｱ",
    "\u{3099}",
    "\u{309b}",
    "ヿ",
    "ゟ",
    "㍿",
    "㎏",
    "한국어",
    "가",
    "\u{1100}\u{1161}\u{11a8}",
    "가\u{11a8}",
    "\u{1161}",
    "\u{11a8}",
    "ㄱ",
    "힣",
    "ꯍ",
    "퟿",
    "😀",
    "👩\u{200d}👩\u{200d}👧",
    "👍🏽",
    "🇫🇷",
    "1\u{fe0f}\u{20e3}",
    "\u{200b}",
    "\u{200c}",
    "\u{200d}",
    "\u{2060}",
    "\u{feff}",
    "\u{fe0f}",
    "’",
    "—",
    "…",
    "+",
    "#",
    "-",
    "++",
    "C++",
    "\u{ad}\n",
    "\u{ad}\r\n",
    "\n\u{ad}\n",
    "\u{ad} ",
    "-\n",
    "-\r\n",
    "- \n\t",
    "-\n\u{ad}",
    "\u{2010}\n",
    "\u{ac}\n",
    "bc",
    "éà",
    "und",
    "\t",
    "圖",
    "㗲",
    "後",
    "ة",
    "أ",
    "کی",
    "۱",
    "๑",
    "\r",
    "\r\n",
    " -",
    " +5",
    " \u{2212}",
    "\u{2212}7",
    "€",
    "→",
    "─",
    "🏽",
    "🇫",
    "❤\u{fe0f}",
    "🏳\u{fe0f}\u{200d}🌈",
    "≠",
    "℃",
    "\u{2028}",
    "\u{202e}",
    "\u{202f}",
    "⁄",
    "①",
    "Ⅷ",
    "ℵ",
    "K",
    "Å",
    "\u{e000}",
    "\u{fdd0}",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{e0041}",
    "\u{e0100}",
    "𝐀",
    "𐐀",
    "𝟙",
    "\u{1d165}",
    "\u{1d15e}",
    "\u{110ba}",
    "\u{11099}\u{110ba}",
    "\u{378}",
    "\u{2cef}",
];

fn texts() -> impl Strategy<Value = String> {
    let bits = prop_oneof![4 => select(BITS).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(bits, 0..80).prop_map(|bits| bits.concat())
}

proptest! {
    #[test]
    fn fast_equals_plain_on_mixed_scripts(text in texts()) {
        check(&text);
    }

    #[test]
    fn fast_equals_plain_where_blocks_and_windows_meet(
        text in texts(),
        before in prop_oneof![0..70usize, WINDOW - 70..WINDOW + 70],
        filler in select(&["a", "ab-\n", "ab\u{ad}\n", "ab\n\u{ad}\n", "ab\u{2010} \r\n", " ", "ab ", "漢", "é", "\u{301}", "кот ", "ดี", "ि", "่", "+", " -5", "c+", "🇫", "€"]),
    ) {
        let filled: String = filler.chars().cycle().take(before).collect();
        check_with(&TOKENIZERS[0], &(filled + &text));
    }

    #[test]
    fn fast_equals_plain_on_words(text in "([a-zA-Z0-9é]{1,40}[ .,'\n]{0,3}){0,200}") {
        check(&text);
    }
}

#[test]
fn fast_equals_plain_at_every_length() {
    for bit in BITS.iter().filter(|bit| bit.len() <= 4) {
        for len in 0..=200 {
            check_with(&TOKENIZERS[0], &format!("{}{bit}", "x".repeat(len)));
        }
    }
    for bit in [
        "a",
        "é",
        "漢",
        "한",
        "𠀀",
        "a ",
        "漢a",
        "é\u{301}",
        "\u{301}",
        "ก",
        "กำ",
        "ดี",
        "ดู",
        "ि",
        "\u{200d}",
        "€",
        "🇫",
        "C+",
        "+",
        "a\u{ad}\n",
        "ab-\n",
        "ab\n\u{ad}\r\n",
        "ab\u{ac}\n  ",
        "-",
        "-\n",
        "\n",
        "\u{ad}\n",
        " -",
    ] {
        for len in [WINDOW - 5, WINDOW, WINDOW + 5, 3 * WINDOW].map(|len| len / bit.len()) {
            check(&bit.repeat(len));
        }
    }
}

/// Each character alone, between letters, doubled, after a character that is a token, after a known letter, and after
/// and before marks.
fn surrounded(chars: impl Iterator<Item = char>) -> String {
    chars.flat_map(|c| [format!("{c} a{c}b {c}{c} 漢{c}字 é{c}é ดี{c}ดี ि{c}่ -{c}5 C+{c} €{c}€\n")]).collect()
}

#[test]
fn fast_equals_plain_on_every_character() {
    let text = surrounded('\0'..='\u{3ffff}');
    check_with(&TOKENIZERS[0], &text);
}

#[test]
fn fast_equals_plain_on_every_character_with_habits_of_scripts_folded() {
    check_with(&TOKENIZERS[8], &surrounded(('\u{600}'..='\u{6ff}').chain('\u{3000}'..='\u{9fff}')));
    check_with(&TOKENIZERS[8], &surrounded(('\0'..='\u{3ffff}').filter(|c| c.is_numeric())));
}

#[test]
fn fast_equals_plain_on_every_character_at_a_line_end() {
    let broken = |c: char| format!("ab{c}-\n{c}cd {c}ab-\ncd{c} ab{c}\u{ad}\n{c}cd\n");
    check_with(&TOKENIZERS[0], &('\0'..='\u{ffff}').map(broken).collect::<String>());
}

#[test]
fn fast_equals_plain_on_every_character_under_options() {
    let text = surrounded('\0'..='\u{2fff}') + &surrounded('\u{f900}'..='\u{ffff}');
    check(&text);
}

#[test]
fn fast_equals_plain_beyond_the_table() {
    let text = surrounded(('\u{40000}'..='\u{10ffff}').step_by(17)) + &surrounded('\u{e0000}'..='\u{e01ff}');
    check_with(&TOKENIZERS[0], &text);
}

#[test]
fn a_text_without_a_token_is_its_characters() {
    let units = |text| {
        let mut units = Vec::new();
        TOKENIZERS[0].units(text, &mut units);
        units
    };
    assert_eq!(units("? ?!"), units("？?\n!"));
    assert_ne!(units("a*b"), units("*"));
    assert_eq!([units("-----").len(), units("┌─┐").len(), units(" \n\u{feff}\u{200d}").len()], [5, 3, 0]);
    assert_ne!(units("*"), units("/"));
    for (text, is_blank) in [("", true), (" \n\u{a0}\u{200b}\u{200d}", true), ("?", false), ("👍", false), ("a", false)]
    {
        assert_eq!(TOKENIZERS[0].is_blank(text), is_blank, "{text:?}");
        assert_eq!(TOKENIZERS[0].is_blank(&(" ".repeat(100) + text)), is_blank, "{text:?}");
    }
}

#[test]
fn no_text_has_no_token() {
    check("");
    assert!(TOKENIZERS[0].reader().tokens("").is_empty());
}

#[test]
fn two_seeds_give_what_each_gives_by_itself() {
    let long =
        format!("{} un soft\u{ad}hy\u{ad}phen, e\u{301}t\u{e9} {}", "a word ".repeat(2000), "x".repeat(3 * WINDOW));
    for shingle in ["word:5", "char:4"] {
        let options = TextOptions { shingle: shingle.parse().expect("valid"), ..TextOptions::default() };
        let [one, two] = [1, 2].map(|seed| Tokenizer::new(options, seed));
        let (mut reader, mut other) = (one.reader(), two.reader());
        for text in ["", "?!", "Un été à Paris 東京 👍🏽 C++", long.as_str(), "ﬁn ½ DŽ"] {
            let [mut own, mut others, mut by_one, mut by_two] = [const { Vec::new() }; 4];
            reader.units_of_both(&mut other, text, &mut own, &mut others);
            one.units(text, &mut by_one);
            two.units(text, &mut by_two);
            assert_eq!((own, others), (by_one, by_two), "{shingle} {text:.40}");
        }
    }
}
