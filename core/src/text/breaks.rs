//! Words that a line end breaks: one word, where a hyphen and a line break stand between two parts of it.
//!
//! Whoever sets text in columns divides words at line ends, and programs that read PDF hand on the hyphen and the line
//! break. The rule looks at what stands there, and at nothing else: the same words are told in a document, a passage or an
//! excerpt of it. A dictionary, or the other words of the text, would tell more of them apart, but a short text has no
//! second copy of most of its words.
//!
//! A soft hyphen says that a word may be broken there, so that white space beside one is inside a word. Any other hyphen at
//! a line end is taken for a break too if a small letter follows it, but for what is written with a hyphen on one line as
//! well: several parts (`state-of-the-art`), parts of one letter (`e-mail`), capitals (`GPL-licensed`), names with digits,
//! signs or dots in them, and the first of two words that share their end (`Ein- und Ausfuhr`). `well-known` is one word
//! where a line ends inside it.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::normalize::{Class, class};
use crate::span::Span;

/// The soft hyphen, which is seen only where a line ends in it.
const SOFT_HYPHEN: char = '\u{ad}';

/// More bytes than this between two parts of a word are a layout of its own. It bounds the time that runs of white space
/// take.
const MOST_BYTES: usize = 32;

/// More letters than this on one side are no word.
const MOST_LETTERS: usize = 64;

/// Fewer letters than this are never left on one side of a hyphen at a line end.
const LEAST_LETTERS: usize = 2;

/// Words between two of which the first lacks its end: `pre-` and `post-war`. They are the end of no word either.
const BETWEEN: [&str; 10] = ["and", "or", "und", "oder", "sowie", "bzw", "of", "och", "eller", "og"];

/// Returns whether a character beyond ASCII may stand in a gap.
pub fn may_be_gap(c: char) -> bool {
    matches!(c, SOFT_HYPHEN | '\u{2010}' | '\u{ac}')
}

/// Returns whether a byte may follow the hyphen of a gap; there is none at the end of a part of the text.
#[inline]
pub fn may_follow_hyphen(byte: Option<&u8>) -> bool {
    byte.is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0xc2))
}

/// Returns the gap between two parts of a broken word that the character at byte `at` of a text belongs to, if it belongs
/// to one: a hyphen and a line break, or a soft hyphen and white space.
///
/// The gap stands between two letters in the text. In less of the text around both parts it is a gap too.
pub fn gap_around(text: &str, at: usize) -> Option<Span> {
    let before = text[..at].chars().rev().take(MOST_BYTES).take_while(|&c| is_of_gap(c));
    let start = at - before.map(char::len_utf8).sum::<usize>();
    let gap = text[at..].chars().take(MOST_BYTES).take_while(|&c| is_of_gap(c));
    let end = at + gap.map(char::len_utf8).sum::<usize>();
    let breaks = |hyphen: Hyphen| may_end(&text[..start], hyphen) && may_go_on(&text[end..], hyphen);
    let is_gap = end > at && end - start <= MOST_BYTES && hyphen_of(&text[start..end]).is_some_and(breaks);
    is_gap.then(|| Span::new(start, end))
}

/// What tells that a gap is inside a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hyphen {
    Soft,
    Hard,
}

/// Returns whether a character is a hyphen that may stand in a broken word. Some programs write U+00AC for a soft hyphen.
fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{ac}')
}

fn is_of_gap(c: char) -> bool {
    is_blank(c) || is_hyphen(c) || c == SOFT_HYPHEN
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Returns the hyphen of a gap. A hard one stands first, and one line break behind it; with a soft one, or several, there is
/// any white space but a blank line.
fn hyphen_of(gap: &str) -> Option<Hyphen> {
    let rest = gap.strip_prefix(is_hyphen).unwrap_or(gap);
    let lines = |part: &str| part.matches('\n').count();
    let ends_lines = |part: &str| part.split('\r').skip(1).all(|rest| rest.starts_with('\n'));
    if !rest.split(SOFT_HYPHEN).all(|part| part.chars().all(is_blank) && lines(part) <= 1 && ends_lines(part)) {
        return None;
    }
    if rest.len() < gap.len() {
        return (lines(rest) == 1).then_some(Hyphen::Hard);
    }
    (rest.contains(SOFT_HYPHEN) && rest.contains(is_blank)).then_some(Hyphen::Soft)
}

/// Returns whether a text ends in the first part of a word.
fn may_end(text: &str, hyphen: Hyphen) -> bool {
    let last = text.chars().rev().find(|&c| !is_mark(c));
    if hyphen == Hyphen::Soft {
        return last.is_some_and(is_letter);
    }
    let Some((letters, before)) = letters(text.chars().rev()) else { return false };
    letters >= LEAST_LETTERS && !last.is_some_and(char::is_uppercase) && before.is_none_or(|c| !is_of_name(c))
}

/// Returns whether a text begins with the second part of a word.
fn may_go_on(text: &str, hyphen: Hyphen) -> bool {
    let first = text.chars().next().unwrap_or(' ');
    let is_small = first.general_category() == GeneralCategory::LowercaseLetter;
    if hyphen == Hyphen::Soft {
        // Scripts without capitals have no small letters.
        return is_small || (is_letter(first) && first.general_category() == GeneralCategory::OtherLetter);
    }
    let Some((letters, _)) = letters(text.chars()).filter(|_| is_small) else { return false };
    let end = text.find(|c| !is_letter(c) && !is_mark(c)).unwrap_or(text.len());
    letters >= LEAST_LETTERS && !BETWEEN.contains(&&text[..end]) && !is_compound(&text[end..])
}

/// Returns how many letters `chars` begin with, and what follows them; none if they are too many for a word.
fn letters(chars: impl Iterator<Item = char>) -> Option<(usize, Option<char>)> {
    let mut letters = 0;
    for c in chars.take(MOST_LETTERS) {
        if is_letter(c) {
            letters += 1;
        } else if !is_mark(c) {
            return Some((letters, Some(c)));
        }
    }
    (letters < MOST_LETTERS).then_some((letters, None))
}

/// Returns whether a hyphen and more of a word follow.
fn is_compound(rest: &str) -> bool {
    rest.strip_prefix(is_hyphen).is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
}

/// Returns whether a character ties what follows to a name or a compound: `x86`, `foo.bar`, `--dry-run`.
fn is_of_name(c: char) -> bool {
    c.is_numeric()
        || is_hyphen(c)
        || matches!(c, '\u{2011}' | '_' | '/' | '\\' | '.' | ':' | '@' | '#' | '&' | '=' | '+' | '~' | '$')
}

/// Returns whether a character is a letter of a script that puts spaces between words.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || (c.general_category_group() == GeneralCategoryGroup::Letter && class(c) == Class::Word)
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Mark
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::{TextOptions, Token, Tokenizer};
    use super::*;

    /// The words of a text, by the plain tokenizer and by the fast one.
    fn words(text: &str) -> Vec<String> {
        let tokenizer = Tokenizer::default();
        let mut words = Vec::new();
        tokenizer.for_each(text, |word, _| words.push(word.to_owned()));
        assert!(hashes(text).iter().eq(&words.iter().map(|word| tokenizer.hash(word)).collect::<Vec<_>>()), "{text:?}");
        words
    }

    fn hashes(text: &str) -> Vec<u64> {
        Tokenizer::default().tokens(text).iter().map(|token| token.hash).collect()
    }

    /// Ways in which the end of a line breaks a word.
    const GAPS: [&str; 20] = [
        "-\n",
        "-\r\n",
        "- \n",
        "-\n    ",
        "-\t\r\n\t",
        "-\n\u{ad}",
        "-\u{ad}\n",
        "\u{2010}\n",
        "\u{2010} \r\n ",
        "\u{ac}\n",
        "\u{ac}\r\n",
        "\u{ad}\n",
        "\u{ad}\r\n",
        "\u{ad} \n ",
        "\u{ad} ",
        "\n\u{ad}",
        "\n\u{ad}\n",
        "\r\n\u{ad}\r\n",
        " \u{ad} ",
        "\u{ad}\n\u{ad}",
    ];

    /// What parts words, though there is something of a gap in it.
    const NO_GAPS: [&str; 15] = [
        "-",
        "- ",
        "\n",
        " -\n",
        "--\n",
        "-\n\n",
        "-\n \n",
        "-\r",
        "-\n-",
        "\n-\n",
        "\u{2014}\n",
        "\u{ad}\n\n",
        "\u{ad}\n\n\u{ad}",
        "\u{2011}\n",
        ".\n",
    ];

    /// Words of languages whose lines are broken inside them.
    const WORDS: [&str; 12] = [
        "municipal",
        "Verwaltungsgemeinschaft",
        "fluﬃer",
        "événement",
        "e\u{301}ve\u{301}nement",
        "straße",
        "λεξικογραφία",
        "достопримечательность",
        "járművek",
        "հայաստանի",
        "żółwie",
        "საქართველო",
    ];

    #[test]
    fn a_word_that_a_line_end_breaks_is_one() {
        for gap in GAPS {
            assert_eq!(words(&format!("the munici{gap}pal pools")), ["the", "municipal", "pools"], "{gap:?}");
            assert_eq!(words(&format!("Vor\u{200b}sit{gap}zen\u{ad}den")), ["vorsitzenden"], "{gap:?}");
            assert_eq!(
                words(&format!("Ver{gap}waltungs{gap}gemein{gap}schaft")),
                ["verwaltungsgemeinschaft"],
                "{gap:?}"
            );
        }
        for gap in NO_GAPS {
            assert_eq!(words(&format!("the munici{gap}pal pools")), ["the", "munici", "pal", "pools"], "{gap:?}");
        }
    }

    #[test]
    fn spans_hold_the_whole_of_a_broken_word() {
        for gap in GAPS {
            let text = format!("un sou{gap}venir d’été");
            let tokenizer = Tokenizer::default();
            let tokens = tokenizer.tokens(&text);
            let places: Vec<_> = tokens.iter().filter_map(|token| token.span.of(&text)).collect();
            assert_eq!(places, ["un", &format!("sou{gap}venir"), "d", "été"]);
            assert_eq!(tokenizer.word(&text, tokens[1]), "souvenir");
        }
    }

    #[test]
    fn compounds_names_and_pairs_of_words_are_not_joined() {
        for (text, expected) in [
            ("state-of-the-\nart", &["state", "of", "the", "art"][..]),
            ("Windenergie-\nauf-See", &["windenergie", "auf", "see"]),
            ("e-\nmail x-\nray vitamin-\nc", &["e", "mail", "x", "ray", "vitamin", "c"]),
            ("Jean-\nPierre UV-\nlicht", &["jean", "pierre", "uv", "licht"]),
            ("x86-\nlike 2nd-\nhand", &["x86", "like", "2nd", "hand"]),
            ("www.ab-\ncd.ef --dry-\nrun a_bc-\nde", &["www", "ab", "cd", "ef", "dry", "run", "a", "bc", "de"]),
            ("pages 12-\n14", &["pages", "12", "14"]),
            ("Ein-\nund Ausfuhr", &["ein", "und", "ausfuhr"]),
            ("pre-\nor post-war", &["pre", "or", "post", "war"]),
            ("漢字-\nab 漢\u{ad}\nab", &["漢", "字", "ab", "漢", "ab"]),
            ("sou\u{ad}\nÉté 1\u{ad}\n2 \u{ad}\nab", &["sou", "été", "1", "2", "ab"]),
            ("ab\u{200b}-\ncd C+-\nab", &["ab", "cd", "c+", "ab"]),
            ("-\nab ab-\n", &["ab", "ab"]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
        assert_eq!(words("thou-\nsands Freun-\ndes un-\nderstood"), ["thousands", "freundes", "understood"]);
        // Scripts without small letters need the soft hyphen.
        assert_eq!(words("മലയാ\u{ad}\nളം മലയാ-\nളം"), ["മലയാളം", "മലയാ", "ളം"]);
    }

    #[test]
    fn layouts_and_runs_of_hyphens_part_words_in_linear_time() {
        for times in [MOST_BYTES - 1, MOST_BYTES, 1_000_000] {
            assert_eq!(words(&format!("munici-{}\npal", " ".repeat(times))), ["munici", "pal"]);
            assert_eq!(words(&format!("munici\u{ad}{}pal", " \u{ad}".repeat(times))), ["munici", "pal"]);
        }
        assert_eq!(words(&format!("munici-{}\npal", " ".repeat(MOST_BYTES - 2))), ["municipal"]);
        for (letters, expected) in [(MOST_LETTERS - 1, 1), (MOST_LETTERS, 2), (1_000_000, 2)] {
            assert_eq!(words(&format!("{}-\nab", "x".repeat(letters))).len(), expected);
            assert_eq!(words(&format!("ab-\n{}", "x".repeat(letters))).len(), expected);
        }
        assert_eq!(words(&"-\n".repeat(300_000)), [""; 0]);
        assert_eq!(words(&"ab-\n".repeat(300_000)), ["ab".repeat(300_000)]);
        assert_eq!(words(&"ab\u{ad}\n".repeat(300_000)), ["ab".repeat(300_000)]);
        assert_eq!(words(&"a-\r\n".repeat(300_000)).len(), 300_000);
    }

    proptest! {
        /// The definition: a text with gaps in its words is the text without them.
        #[test]
        fn broken_words_are_the_words(
            places in prop::collection::vec((select(&WORDS[..]), select(&GAPS[..]), 2..20usize, any::<bool>()), 1..60),
            between in select(&[" ", ", ", ".\n\n", " -- ", "\n", "漢", "’", " - "][..]),
            before in 0..4200usize,
        ) {
            let broken = |&(word, gap, at, is_broken): &(&str, &str, usize, bool)| {
                let at = word.char_indices().map(|(at, _)| at).nth(at).filter(|&at| is_broken && is_between(word, at));
                at.map_or(word.to_owned(), |at| format!("{}{gap}{}", &word[..at], &word[at..]))
            };
            let text = |words: Vec<String>| "x ".repeat(before / 2) + &words.join(between);
            let (whole, parted) = (
                text(places.iter().map(|place| place.0.to_owned()).collect()),
                text(places.iter().map(broken).collect()),
            );
            prop_assert_eq!(words(&parted), words(&whole));
        }

        /// What a part of a text holds is told as in the whole.
        #[test]
        fn parts_of_a_text_have_its_words(
            text in "([a-cA3東é_.]{1,4}(-|‐|¬|\u{ad}|-und|-\nund)?[ \r\n\u{ad}]{0,3}){0,12}",
            bits in 0..8u8,
        ) {
            let options = TextOptions { fold_accents: bits & 1 != 0, fold_script: bits & 2 != 0, keep_case: bits & 4 != 0, ..TextOptions::default() };
            let tokenizer = Tokenizer::new(options, 0);
            let tokens = tokenizer.tokens(&text);
            for (first, from) in tokens.iter().enumerate() {
                let until = tokens[first..].iter().position(|token| token.span.end > from.span.start + 12);
                let last = tokens[until.map_or(tokens.len() - 1, |until| first + until)];
                let part = tokenizer.tokens(&text[from.span.start..last.span.end]);
                let moved = |token: &Token| Token { span: Span::new(token.span.start + from.span.start, token.span.end + from.span.start), ..*token };
                let of_part: Vec<Token> = part.iter().map(moved).collect();
                prop_assert!(tokens[first..].starts_with(&of_part) || joins_more(&of_part, &tokens[first..]), "{:?} {:?}", text, from);
            }
        }
    }

    /// Whether a break inside a word leaves at least two letters on either side, none of them without its marks.
    fn is_between(word: &str, at: usize) -> bool {
        let letters = |part: &str| part.chars().filter(|&c| is_letter(c)).count();
        letters(&word[..at]) >= 2 && letters(&word[at..]) >= 2 && word[at..].starts_with(is_letter)
    }

    /// Whether a part has the words of the whole but where what stands around a gap parts it in the whole.
    fn joins_more(part: &[Token], whole: &[Token]) -> bool {
        part.iter().all(|token| {
            whole.iter().any(|other| other.span.start == token.span.start && other.span.end <= token.span.end)
        })
    }
}
