//! Text without meaning and without licence: words made of syllables, drawn about as often as Zipf's law says.
//!
//! A word is a script and a rank, and different ranks are different words, so what two texts share can be counted
//! on numbers, without reading the letters.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::random::Random;

/// Tokens of a shingle.
const K: usize = 5;

/// Octaves of ranks: each holds twice as many words as the one before and is drawn as often, which makes the share of
/// a word about proportional to 1 / rank. Only integers, so that every machine draws the same words.
const OCTAVES: usize = 14;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Script {
    Latin,
    Cyrillic,
    Arabic,
    /// Written without spaces: each word is one character.
    Han,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    script: Script,
    rank: usize,
}

/// What stands behind a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Comma,
    Stop,
    Paragraph,
}

#[derive(Clone, Copy)]
struct Piece {
    word: Word,
    /// Kept with the word, so that a quoted passage has the same bytes wherever it stands.
    capital: bool,
    gap: Gap,
}

/// A text as words.
#[derive(Clone, Default)]
pub struct Prose(Vec<Piece>);

/// A text as letters.
pub struct Rendered {
    /// The letters.
    pub text: String,
    /// The bytes of each word.
    pub words: Vec<Range<usize>>,
}

impl Prose {
    /// Writes so many words, most texts in one script and some in several.
    pub fn write(words: usize, random: &mut Random) -> Self {
        let mixed = random.one_in(10);
        let mut script = Script::any(random);
        let mut prose = Self::default();
        let mut last = Gap::Stop;
        for _ in 0..words {
            let ended = matches!(last, Gap::Stop | Gap::Paragraph);
            if ended && mixed {
                script = Script::any(random);
            }
            let gap = Gap::any(random);
            prose.0.push(Piece { word: Word::any(script, random), capital: ended, gap });
            last = gap;
        }
        prose
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the words of `range`.
    pub fn part(&self, range: Range<usize>) -> Self {
        Self(self.0[range].to_vec())
    }

    /// Puts `other` before word `at`, as sentences of its own, and returns where its words now are.
    pub fn insert(&mut self, at: usize, other: &Self) -> Range<usize> {
        if let Some(before) = at.checked_sub(1) {
            self.0[before].gap = Gap::Stop;
        }
        self.0.splice(at..at, other.0.iter().copied());
        let end = at + other.len();
        if let Some(last) = end.checked_sub(1) {
            self.0[last].gap = Gap::Stop;
        }
        at..end
    }

    /// Substitutes (a half), deletes (a quarter) or inserts (a quarter) a word at `edits` places.
    pub fn edited(&self, edits: usize, random: &mut Random) -> Self {
        let edits = edits.min(self.len() / 2);
        let mut places = BTreeSet::new();
        while places.len() < edits {
            places.insert(random.below(self.len()));
        }
        let mut pieces = Vec::with_capacity(self.len() + edits);
        for (at, &piece) in self.0.iter().enumerate() {
            let other = Piece { word: piece.word.other(random), ..piece };
            match places.contains(&at).then(|| random.below(4)) {
                None => pieces.push(piece),
                Some(0) => {}
                Some(1) => pieces.extend([piece, Piece { capital: false, ..other }]),
                Some(_) => pieces.push(other),
            }
        }
        Self(pieces)
    }

    /// Edits the text until it has about the given similarity, in thousandths, to what it was.
    ///
    /// An edit costs `K` shingles and adds as many, so after `e` of them `J = (S - K e) / (S + K e)`. Edits that lie
    /// close together cost less, and short texts have few similarities to choose from; [`jaccard`](Self::jaccard)
    /// tells what was reached.
    pub fn edited_to(&self, thousandths: usize, random: &mut Random) -> Self {
        let shingles = self.len().saturating_sub(K - 1);
        let edits = shingles * (1000 - thousandths) / (K * (1000 + thousandths));
        self.edited(edits.max(1), random)
    }

    /// Returns the Jaccard similarity of the sets of five-word shingles.
    pub fn jaccard(&self, other: &Self) -> f64 {
        let (one, other) = (self.shingles(), other.shingles());
        let shared = one.intersection(&other).count();
        let all = one.len() + other.len() - shared;
        if all == 0 { 0.0 } else { shared as f64 / all as f64 }
    }

    fn shingles(&self) -> BTreeSet<Vec<Word>> {
        let words: Vec<Word> = self.0.iter().map(|piece| piece.word).collect();
        if words.len() < K && !words.is_empty() {
            return BTreeSet::from([words]);
        }
        words.windows(K).map(<[Word]>::to_vec).collect()
    }

    pub fn render(&self) -> Rendered {
        let (mut text, mut words) = (String::new(), Vec::with_capacity(self.len()));
        for piece in &self.0 {
            let start = text.len();
            piece.word.spell(piece.capital, &mut text);
            words.push(start..text.len());
            text.push_str(piece.gap.letters(piece.word.script));
        }
        text.truncate(text.trim_end().len());
        Rendered { text, words }
    }
}

/// Writes the same tokens in other bytes: case, composition, invisible characters, marks, spaces and punctuation.
pub fn disguise(text: &str, random: &mut Random) -> String {
    let ways = 1 + random.below(31);
    let mut text = text.to_owned();
    if ways & 1 != 0 {
        text = text.to_uppercase();
    }
    if ways & 2 != 0 {
        text = text.nfd().collect();
    }
    if ways & 4 != 0 {
        text = hyphenated(&text, random);
    }
    if ways & 8 != 0 {
        text = text.replace(' ', "\u{a0}\n\t");
    }
    if ways & 16 != 0 {
        text = text.replace('ب', "ب\u{64e}"); // a vowel sign, which no letter composes with
    }
    text + " \u{2026}\u{200b}"
}

/// Adds soft hyphens inside words, never between a letter and its mark.
fn hyphenated(text: &str, random: &mut Random) -> String {
    let mut hyphenated = String::with_capacity(text.len() * 2);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        hyphenated.push(letter);
        let inside = letter.is_alphabetic() && letters.peek().is_some_and(|next| next.is_alphabetic());
        if inside && random.one_in(6) {
            hyphenated.push('\u{ad}');
        }
    }
    hyphenated
}

impl Script {
    fn any(random: &mut Random) -> Self {
        match random.below(8) {
            0..4 => Self::Latin,
            4..6 => Self::Cyrillic,
            6 => Self::Arabic,
            _ => Self::Han,
        }
    }

    /// Syllables of two letters, so that different rows of them are different words. All letters are composed, have
    /// one capital letter that has them as its small letter, and are their own compatibility form.
    fn syllables(self) -> &'static [&'static str] {
        match self {
            Self::Latin => &[
                "la", "de", "re", "ti", "no", "sé", "ma", "pi", "co", "tu", "né", "va", "ço", "lù", "gê", "ño", "bö",
                "zi", "ka", "hè",
            ],
            Self::Cyrillic => {
                &["на", "по", "не", "то", "ра", "ко", "ли", "вы", "ём", "за", "дю", "же", "ги", "йо", "ше", "бу"]
            }
            Self::Arabic => &["ال", "من", "في", "كت", "بي", "سر", "دو", "نا", "قل", "ها", "عم", "رح"],
            Self::Han => &[],
        }
    }
}

impl Word {
    fn any(script: Script, random: &mut Random) -> Self {
        let first = 1 << random.below(OCTAVES);
        Self { script, rank: first + random.below(first) }
    }

    /// Returns another word of the script.
    fn other(self, random: &mut Random) -> Self {
        loop {
            let other = Self::any(self.script, random);
            if other != self {
                return other;
            }
        }
    }

    fn spell(self, capital: bool, text: &mut String) {
        let syllables = self.script.syllables();
        if syllables.is_empty() {
            // The ideographs from U+4E00 on are their own compatibility form.
            text.extend(char::from_u32(0x4e00 + self.rank as u32));
            return;
        }
        let mut word = String::new();
        let mut rest = self.rank;
        // Counting without a zero: every row of syllables is the name of one rank.
        while rest > 0 {
            word.push_str(syllables[(rest - 1) % syllables.len()]);
            rest = (rest - 1) / syllables.len();
        }
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if capital => text.extend(first.to_uppercase()),
            first => text.extend(first),
        }
        text.push_str(letters.as_str());
    }
}

impl Gap {
    fn any(random: &mut Random) -> Self {
        match random.below(60) {
            0 => Self::Paragraph,
            1..5 => Self::Stop,
            5..10 => Self::Comma,
            _ => Self::None,
        }
    }

    fn letters(self, script: Script) -> &'static str {
        match (self, script) {
            (Self::None, Script::Han) => "",
            (Self::Comma, Script::Han) => "，",
            (Self::Stop, Script::Han) => "。",
            (Self::Paragraph, Script::Han) => "。\n\n",
            (Self::None, _) => " ",
            (Self::Comma, Script::Arabic) => "، ",
            (Self::Comma, _) => ", ",
            (Self::Stop, _) => ". ",
            (Self::Paragraph, _) => ".\n\n",
        }
    }
}
