//! Tokens: maximal runs of letters and digits with the signs that belong to them, single characters of scripts written
//! without spaces, and symbols.

use super::chars::CharTable;
use super::options::TextOptions;
use super::plain;
use crate::hash::TokenHasher;
use crate::span::Span;

/// The version of how texts are cut into tokens and these are hashed. What was made of the tokens of another version is not
/// to be compared with what is made of these.
pub const TOKENIZER_VERSION: u32 = 2;

/// Returns the versions of Unicode by which characters are told apart and normalised: of the standard library, of the
/// forms of normalisation, and of the properties of characters.
pub fn unicode_version() -> String {
    let (major, minor, update) = char::UNICODE_VERSION;
    let (of_forms, of_properties) = (unicode_normalization::UNICODE_VERSION, unicode_properties::UNICODE_VERSION);
    let forms = format!("{}.{}.{}", of_forms.0, of_forms.1, of_forms.2);
    let properties = format!("{}.{}.{}", of_properties.0, of_properties.1, of_properties.2);
    format!("{major}.{minor}.{update}, forms {forms}, properties {properties}")
}

/// A token: the hash of its normalised form, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The hash of the normalised token.
    pub hash: u64,
    /// Its place in the original text. Tokens that come from one character, such as the two of `½`, share its span.
    pub span: Span,
}

/// Turns texts into tokens.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    options: TextOptions,
    hasher: TokenHasher,
    table: CharTable,
}

impl Tokenizer {
    /// Makes a tokenizer; `seed` is that of all hash functions of the run.
    pub fn new(options: TextOptions, seed: u64) -> Self {
        Self { options, hasher: TokenHasher::new(seed), table: CharTable::new(options) }
    }

    /// Returns the options it was made with.
    pub fn options(&self) -> &TextOptions {
        &self.options
    }

    /// Calls `emit` with each normalised token and its span, in order. This is slow: one character at a time.
    pub fn for_each(&self, text: &str, emit: impl FnMut(&str, Span)) {
        plain::for_each(text, &self.options, emit);
    }

    /// Returns the normalised form of a token of a text. It is worked out from the text where the token stands.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::text::Tokenizer;
    ///
    /// let (tokenizer, text) = (Tokenizer::default(), "½ ÉTÉ");
    /// let words: Vec<_> = tokenizer.tokens(text).into_iter().map(|token| tokenizer.word(text, token)).collect();
    /// assert_eq!(words, ["1", "2", "été"]);
    /// ```
    pub fn word(&self, text: &str, token: Token) -> String {
        let Span { mut start, mut end } = token.span;
        if let Some(plain) = self.plain_word(&text[start..end], token.hash) {
            return plain;
        }
        let mut context = 1;
        loop {
            let found = self.word_in(&text[start..end], token.hash);
            if (start, end) == (0, text.len()) || !found.is_empty() {
                return found;
            }
            // What stands around decides what a mark at the start belongs to, where the token ends, and whether a hyphen at
            // a line end is inside of it.
            start = text.floor_char_boundary(start.saturating_sub(context));
            end = text.ceil_char_boundary(end.saturating_add(context).min(text.len()));
            context *= 16;
        }
    }

    /// Returns the token of which `text` is the whole, if it is written as it is normalised but for capitals, as most are:
    /// by its hash that is certain.
    fn plain_word(&self, text: &str, hash: u64) -> Option<String> {
        let is_whole = |form: &str| self.hash(form) == hash;
        if is_whole(text) { Some(text.to_owned()) } else { Some(text.to_lowercase()).filter(|form| is_whole(form)) }
    }

    /// Returns the last token of a text whose hash is `hash`; a character that is several tokens is the place of each.
    fn word_in(&self, text: &str, hash: u64) -> String {
        let mut found = String::new();
        self.for_each(text, |word, _| {
            if self.hash(word) == hash {
                word.clone_into(&mut found);
            }
        });
        found
    }

    /// Returns whether a text holds nothing but white space and what cannot be seen.
    pub fn is_blank(&self, text: &str) -> bool {
        let mut is_blank = true;
        // Normal text has something in its first characters, so a short look comes first.
        for part in [&text[..text.floor_char_boundary(64)], text] {
            if is_blank {
                plain::for_each_visible(part, &self.options, |_| is_blank = false);
            }
        }
        is_blank
    }

    /// Returns the hash of a normalised token.
    pub fn hash(&self, token: &str) -> u64 {
        self.hasher.hash(token.as_bytes())
    }

    /// Returns the hash function of tokens.
    pub(super) fn hasher(&self) -> TokenHasher {
        self.hasher
    }

    /// Returns what characters become under its options.
    pub(super) fn table(&self) -> &CharTable {
        &self.table
    }
}

impl Default for Tokenizer {
    fn default() -> Self {
        Self::new(TextOptions::default(), 0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::super::normalize;
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        Tokenizer::default().for_each(text, |word, _| words.push(word.to_owned()));
        words
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(words("Aujourd'hui, 3,5 km_2 !"), ["aujourd", "hui", "3", "5", "km", "2"]);
        assert_eq!(words(""), Vec::<String>::new());
        assert_eq!(words(" \u{feff}\n…"), Vec::<String>::new());
        assert_eq!(words("ABC東京deｆ"), ["abc", "東", "京", "def"]);
        assert_eq!(words("½"), ["1", "2"]);
    }

    #[test]
    fn signs_behind_letters_belong_to_words() {
        assert_eq!(words("C++, C# and A+."), ["c++", "c#", "and", "a+"]);
        assert_eq!(words("C++开发 É+ C++👍"), ["c++", "开", "发", "é+", "c++", "👍"]);
        assert_eq!(words("a+b a++b page#top é+b"), ["a", "b", "a", "b", "page", "top", "é", "b"]);
        assert_eq!(words("x+++ 4+ # + 漢+"), ["x", "4", "漢"]);
    }

    #[test]
    fn signs_before_numbers_belong_to_them() {
        assert_eq!(words("-12 +3,\n-4 \u{2212}5"), ["-12", "+3", "-4", "-5"]);
        assert_eq!(words("3-4 2024-05-17 (-5) - 6 --7 -x"), ["3", "4", "2024", "05", "17", "5", "6", "7", "x"]);
        assert_eq!(words("7\u{2212}5"), ["7", "\u{2212}", "5"]);
    }

    #[test]
    fn symbols_are_tokens() {
        assert_eq!(words("5€ ©2024 a→b x×y"), ["5", "€", "©", "2024", "a", "→", "b", "x", "×", "y"]);
        assert_eq!(words("20℃ ¯\\_(ツ)_/¯ ½"), ["20", "°", "c", "ツ", "1", "2"]);
        assert_eq!(words("┌──┬──┐ ▒ caf\u{fffd}"), ["caf"]);
        assert_eq!(words("=\u{338} ≠"), ["≠", "≠"]);
    }

    #[test]
    fn a_sequence_of_emoji_is_one_token() {
        assert_eq!(words("👍👎"), ["👍", "👎"]);
        assert_eq!(words("👍🏽👍 🏽"), ["👍🏽", "👍", "🏽"]);
        assert_eq!(words("👩\u{200d}👩\u{200d}👧👩 🏳\u{fe0f}\u{200d}🌈"), ["👩👩👧", "👩", "🏳🌈"]);
        assert_eq!(words("🏃🏽\u{200d}♂\u{fe0f}!"), ["🏃🏽♂"]);
        assert_eq!(words("🇫🇷🇩🇪🇫 🇷"), ["🇫🇷", "🇩🇪", "🇫", "🇷"]);
        assert_eq!(words("❤\u{fe0f} ❤"), ["❤", "❤"]);
        assert_eq!(words("a\u{200d}👍b"), ["a", "👍", "b"]);
    }

    /// Two words that differ in vowels only, in scripts whose vowels are marks.
    const MINIMAL_PAIRS: [(&str, &str, &str); 17] = [
        ("Hindi", "धुन", "धान"),
        ("Hindi", "है", "हूं"),
        ("Bengali", "দিন", "দান"),
        ("Punjabi", "ਦਿਨ", "ਦਾਨ"),
        ("Gujarati", "દિન", "દાન"),
        ("Odia", "ଦିନ", "ଦାନ"),
        ("Tamil", "கல்", "கால்"),
        ("Telugu", "పాట", "పీట"),
        ("Kannada", "ಕಾಲು", "ಕೀಲು"),
        ("Malayalam", "കാൽ", "കോൽ"),
        ("Sinhala", "දිනය", "දානය"),
        ("Thai", "หมาดี", "หมาดุ"),
        ("Lao", "ໝາດີ", "ໝາດຸ"),
        ("Khmer", "ទឹក", "ទូក"),
        ("Burmese", "မီး", "မိုး"),
        ("Tibetan", "མི", "མེ"),
        ("Dhivehi", "ބަސް", "ބިސް"),
    ];

    #[test]
    fn words_that_differ_in_vowel_marks_are_not_the_same() {
        for (language, one, other) in MINIMAL_PAIRS {
            assert_ne!(words(one), words(other), "{language}");
            assert_eq!(words(one).concat(), one.nfkc().collect::<String>(), "{language}: nothing is dropped");
            let (tokenizer, text) = (Tokenizer::default(), format!("{one}, {other}"));
            let [forms, hashes] =
                [words(&text), tokenizer.tokens(&text).iter().map(|&t| tokenizer.word(&text, t)).collect()];
            assert_eq!(forms, hashes, "{language}");
        }
    }

    #[test]
    fn marks_stay_with_their_letter() {
        assert_eq!(words("हिन्दी में"), ["हिन्दी", "में"]);
        assert_eq!(words("หมาดี"), ["ห", "ม", "า", "ดี"]);
        assert_eq!(words("น้ำ"), words("น้ํา"));
        assert_eq!(words("ខ្មែរ"), ["ខ្", "មែ", "រ"]);
        assert_eq!(words("မြန်မာ"), ["မြ", "န်", "မာ"]);
        assert_eq!(words("か\u{309a}か"), ["か\u{309a}", "か"]);
        // Joiners choose a form of writing, not another word.
        assert_eq!(words("क्\u{200d}षमा श्\u{200c}री"), ["क्षमा", "श्री"]);
        // Letters of two code points, written as one or as two.
        assert_eq!(words("\u{9cb}\u{995}\u{9c7}\u{9be}"), words("\u{9c7}\u{9be}\u{995}\u{9cb}"));
        assert_eq!(words("\u{95b} \u{91c}\u{93c}"), ["ज\u{93c}", "ज\u{93c}"]);
        // A mark belongs to what stands before it, be it a symbol, and a vowel of Hangul that composes with neither to itself.
        assert_eq!(words("¥\u{1732}\u{ffcd}"), ["¥\u{1732}", "\u{116a}"]);
        // A mark with nothing before it starts a word.
        assert_eq!(words(" \u{93f}क, ดี\u{200b}\u{e31}a"), ["\u{93f}क", "ดี\u{e31}", "a"]);
    }

    #[test]
    fn accents_of_alphabets_are_dropped() {
        assert_eq!(words("x\u{301} á"), ["x", "á"]);
        assert_eq!(words("عَلَيْكُم שָׁלוֹם ܫܠܳܡܳܐ"), ["عليكم", "שלום", "ܫܠܡܐ"]);
    }

    #[test]
    fn token_hashes_never_change() {
        let hash = |word| Tokenizer::default().hash(word);
        assert_eq!(hash("a"), GOLDEN[0]);
        assert_eq!(hash("diplomatie"), GOLDEN[1]);
        assert_eq!(hash("anticonstitutionnellement"), GOLDEN[2]);
        assert_ne!(Tokenizer::new(TextOptions::default(), 1).hash("a"), GOLDEN[0]);
    }

    const GOLDEN: [u64; 3] = [0x4ae8_d61f_9c99_c83b, 0x7d0e_b278_37a0_d8e5, 0x47d2_fd71_32b2_fdfc];

    fn is_mark(c: char) -> bool {
        normalize::class(c) == normalize::Class::Mark
    }

    proptest! {
        #[test]
        fn every_token_maps_back_to_its_bytes(text in "\\PC*|[a-zA-Zéß\u{300}-\u{304}\u{200b}\u{ad}½㍿ﬁ東한 .,\n-]*|([a-cA3東é_]{1,3}(-|‐|¬|\u{ad})?[ \r\n\u{ad}]{0,3})*") {
            let tokenizer = Tokenizer::default();
            let mut last = 0;
            tokenizer.for_each(&text, |word, span| {
                let place = span.of(&text).expect("a span falls on character boundaries");
                // A mark at the start belongs to what stands before it, here to the token before.
                let before = text[..span.start].chars().next_back().filter(|_| place.starts_with(is_mark));
                let place = &text[span.start - before.map_or(0, char::len_utf8)..span.end];
                let mut again = Vec::new();
                tokenizer.for_each(place, |word, _| again.push(word.to_owned()));
                assert!(again.iter().any(|w| w == word), "{word:?} is not in {place:?} of {text:?}: {again:?}");
                assert!(span.start >= last, "spans fall back in {text:?}");
                last = span.start;
            });
        }
    }
}
