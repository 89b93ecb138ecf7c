//! How much a text repeats itself: the measures of the filter that cleaned the training data of Gopher.
//!
//! Lines and paragraphs that stood before, the n-gram of words that stands most often (2 to 4 words), and n-grams that
//! stood before (5 to 10 words), each as a share of the text, against its published limit.
//!
//! Source: Rae et al., "Scaling Language Models: Methods, Analysis & Insights from Training Gopher", 2021,
//! arXiv:2112.11446, table A1. The paper gives limits and a sentence for each measure. Counting follows `datatrove`
//! (`GopherRepetitionFilter`, the filter of `FineWeb`), so that numbers compare with those published since:
//!
//! - What stands for the first time is not repeated: a passage that stands twice counts once. Taken by the letter, the
//!   paper counts both places; so does RedPajama-V2, whose values are about twice as high.
//! - Repeated n-grams are taken from left to right and do not overlap: after one, the search goes on behind it.
//! - Shares are of all characters of the text, white space included, by code points. The n-grams of 2 to 4 words count
//!   with one space between words, those of 5 to 10 without.
//!
//! Where this departs from datatrove: a **word** is a run of letters and digits, or a single character that is neither
//! that nor white space, or a character of a script written without spaces, in any language; datatrove asks a splitter
//! of words for the language, which differs at elisions and contractions. Case and accents count, as there. n-grams are
//! equal if all their words are; datatrove joins the words first, so that `enfant sont` equals `enfants ont`. An n-gram
//! that stands once is not repeated, so that texts of a few words are not over the limit. Lines and paragraphs are
//! compared without the white space around them, and a line of nothing else is an empty one.
//!
//! n-grams are told apart by refinement: those of `n` words are equal if those of `n - 1` words are, and the words
//! after them. Where an n-gram stands once, all longer ones from there stand once, so after three or four words little
//! is left to compare. The time is that of sorting the words of a document, and of what repeats in it, by 64-bit
//! numbers; memory is about 40 bytes a word of the largest text.

use super::TextOptions;
use super::chars::{CharTable, Kind};
use super::normalize::{Class, class};
use crate::hash::{TokenHasher, seeded_hash};

/// One of the measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Its name in a file.
    pub name: &'static str,
    /// The share above which Gopher's filter drops a document.
    pub limit: f64,
}

/// All measures with their limits, in the order of [`Repetition::shares`].
pub const MEASURES: [Measure; 13] = [
    Measure { name: "duplicate_lines", limit: 0.30 },
    Measure { name: "duplicate_paragraphs", limit: 0.30 },
    Measure { name: "duplicate_line_characters", limit: 0.20 },
    Measure { name: "duplicate_paragraph_characters", limit: 0.20 },
    Measure { name: "top_2_gram_characters", limit: 0.20 },
    Measure { name: "top_3_gram_characters", limit: 0.18 },
    Measure { name: "top_4_gram_characters", limit: 0.16 },
    Measure { name: "duplicate_5_gram_characters", limit: 0.15 },
    Measure { name: "duplicate_6_gram_characters", limit: 0.14 },
    Measure { name: "duplicate_7_gram_characters", limit: 0.13 },
    Measure { name: "duplicate_8_gram_characters", limit: 0.12 },
    Measure { name: "duplicate_9_gram_characters", limit: 0.11 },
    Measure { name: "duplicate_10_gram_characters", limit: 0.10 },
];

/// What a text has, and what of it repeats; characters are code points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repetition {
    /// Characters of the text.
    pub characters: usize,
    /// Its words, those that are punctuation not counted.
    pub words: usize,
    /// Its lines that are not blank.
    pub lines: Repeats,
    /// Its paragraphs: runs of such lines.
    pub paragraphs: Repeats,
    /// Characters in all places of the most frequent n-gram, for `n` from 2 to 4; of several the first counts.
    pub top: [usize; 3],
    /// Characters in n-grams that stood before, for `n` from 5 to 10.
    pub again: [usize; 6],
}

/// Parts of a text, and those of them that stood before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// How many there are.
    pub count: usize,
    /// How many of them stood before.
    pub again: usize,
    /// The characters of those that stood before.
    pub characters: usize,
}

impl Repetition {
    /// Returns the shares that [`MEASURES`] names, each `0.0..=1.0`. An empty text repeats nothing.
    pub fn shares(&self) -> [f64; 13] {
        let Self { lines, paragraphs, top: [t2, t3, t4], again: [a5, a6, a7, a8, a9, a10], .. } = *self;
        let of_text = |n: usize| ratio(n, self.characters);
        [
            ratio(lines.again, lines.count),
            ratio(paragraphs.again, paragraphs.count),
            of_text(lines.characters),
            of_text(paragraphs.characters),
            of_text(t2),
            of_text(t3),
            of_text(t4),
            of_text(a5),
            of_text(a6),
            of_text(a7),
            of_text(a8),
            of_text(a9),
            of_text(a10),
        ]
    }
}

/// The places of one n-gram may overlap (`- - -`), and then have more characters than the text.
fn ratio(part: usize, whole: usize) -> f64 {
    part.min(whole) as f64 / whole.max(1) as f64
}

/// Measures texts, with working memory that is used again for the next one. Make one a thread.
///
/// # Examples
///
/// ```
/// use doublon_core::text::RepetitionMeter;
///
/// let found = RepetitionMeter::new().measure("Subscribe now!\nNews of today.\nSubscribe now!\n");
/// assert_eq!((found.lines.count, found.lines.again, found.lines.characters), (3, 1, 14));
/// assert_eq!(found.words, 7);
/// ```
#[derive(Clone, Debug)]
pub struct RepetitionMeter {
    words: RepetitionWords,
    ngrams: Ngrams,
    parts: Vec<(u64, usize)>,
}

impl RepetitionMeter {
    /// Makes a meter.
    pub fn new() -> Self {
        let table = CharTable::new(TextOptions::default());
        let words =
            RepetitionWords { table, hasher: TokenHasher::default(), hashes: Vec::new(), ends: Vec::new(), real: 0 };
        Self { words, ngrams: Ngrams::default(), parts: Vec::new() }
    }

    /// Measures a text. Of more than 2^32 words, the first 2^32 are compared.
    pub fn measure(&mut self, text: &str) -> Repetition {
        let mut found = Repetition { characters: text.chars().count(), ..Repetition::default() };
        self.parts.clear();
        self.parts.extend(lines(text).map(hash_and_characters));
        found.lines = repeats(&mut self.parts);
        self.parts.clear();
        self.parts.extend(paragraphs(text).map(hash_and_characters));
        found.paragraphs = repeats(&mut self.parts);
        self.words.split(text);
        found.words = self.words.real;
        self.ngrams.measure(&self.words, &mut found);
        found
    }
}

impl Default for RepetitionMeter {
    fn default() -> Self {
        Self::new()
    }
}

/// The lines that are not blank, without the white space around them.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(str::trim).filter(|line| !line.is_empty())
}

/// The runs of lines that are not blank, without the white space around them.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let end = paragraph_end(rest);
        let paragraph = rest[..end].trim_end();
        rest = &rest[end..];
        (!paragraph.is_empty()).then_some(paragraph)
    })
}

/// Where the first blank line starts, or the text ends.
fn paragraph_end(text: &str) -> usize {
    let mut breaks = memchr::memchr_iter(b'\n', text.as_bytes()).peekable();
    while let Some(at) = breaks.next() {
        let next = breaks.peek().map_or(text.len(), |&next| next);
        if text[at + 1..next].trim().is_empty() {
            return at;
        }
    }
    text.len()
}

fn hash_and_characters(part: &str) -> (u64, usize) {
    (seeded_hash(part.as_bytes(), 0), part.chars().count())
}

fn repeats(parts: &mut [(u64, usize)]) -> Repeats {
    parts.sort_unstable();
    let again = parts.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    let (again, characters) = again.fold((0, 0), |(n, characters), pair| (n + 1, characters + pair[1].1));
    Repeats { count: parts.len(), again, characters }
}

/// The words of a text.
#[derive(Clone, Debug)]
struct RepetitionWords {
    table: CharTable,
    hasher: TokenHasher,
    hashes: Vec<u64>,
    /// The characters of the words before each one, and of all.
    ends: Vec<usize>,
    /// How many are no punctuation.
    real: usize,
}

/// What a character is in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Letter,
    /// A word of its own in a script without spaces.
    Single,
    /// A word of its own otherwise.
    Mark,
    /// Part of the word that it stands in, if it stands in one.
    Inside,
    /// Part of the word of letters or the character before it, if there is one.
    Attached,
    /// Part of the word of letters or the character before it, else the start of a word.
    Vowel,
    White,
}

const ASCII: [Role; 128] = ascii_roles();

const fn ascii_roles() -> [Role; 128] {
    let mut roles = [Role::Mark; 128];
    let mut c = 0;
    while c < 128 {
        let byte = c as u8;
        if byte.is_ascii_alphanumeric() {
            roles[c] = Role::Letter;
        } else if matches!(byte, 9..=13 | 28..=32) {
            roles[c] = Role::White;
        }
        c += 1;
    }
    roles
}

impl RepetitionWords {
    fn split(&mut self, text: &str) {
        self.hashes.clear();
        self.ends.clear();
        self.ends.push(0);
        self.real = 0;
        let mut open: Option<(usize, Role)> = None;
        let mut characters = 0;
        for (at, c) in text.char_indices() {
            let role = self.role(c);
            let opened = open.map(|(_, role)| role);
            let goes_on = match role {
                Role::Letter => opened == Some(Role::Letter),
                Role::Inside => opened != Some(Role::Single),
                Role::Attached => true,
                Role::Vowel => opened.is_some(),
                Role::Single | Role::Mark | Role::White => false,
            };
            if goes_on {
                characters += 1;
                continue;
            }
            if let Some((start, _)) = open.take() {
                self.push(&text[start..at], characters, true);
            }
            match role {
                Role::Letter | Role::Vowel => (open, characters) = (Some((at, Role::Letter)), 1),
                Role::Single => (open, characters) = (Some((at, Role::Single)), 1),
                Role::Mark => self.push(&text[at..at + c.len_utf8()], 1, false),
                Role::Inside | Role::Attached | Role::White => {}
            }
        }
        if let Some((start, _)) = open {
            self.push(&text[start..], characters, true);
        }
    }

    fn role(&self, c: char) -> Role {
        if let Some(&role) = ASCII.get(c as usize) {
            return role;
        }
        match self.table.entry(c).kind {
            Kind::Complex if class(c) == Class::Symbol => Role::Mark,
            Kind::Word | Kind::Complex => Role::Letter,
            Kind::Single => Role::Single,
            Kind::Mark => Role::Vowel,
            Kind::Ignored => Role::Inside,
            Kind::Attached => Role::Attached,
            Kind::Separator if c.is_whitespace() => Role::White,
            Kind::Separator | Kind::Symbol => Role::Mark,
        }
    }

    fn push(&mut self, word: &str, characters: usize, real: bool) {
        self.hashes.push(self.hasher.hash(word.as_bytes()));
        self.ends.push(self.ends.last().map_or(0, |before| before + characters));
        self.real += usize::from(real);
    }

    /// Characters of the `n` words from `first` on.
    fn characters(&self, first: usize, n: usize) -> usize {
        self.ends[first + n] - self.ends[first]
    }
}

/// Tells equal n-grams, for `n` from 1 on.
#[derive(Clone, Debug, Default)]
struct Ngrams {
    /// For each place the first place of an equal n-gram, or [`ONCE`] if there is no other.
    class: Vec<u32>,
    /// The same for single words.
    word_class: Vec<u32>,
    keys: Vec<(u64, u32)>,
    seen: Vec<bool>,
}

/// The class of what stands once.
const ONCE: u32 = u32::MAX;

/// The most frequent n-gram: how often it stands, and where first.
#[derive(Clone, Copy, Default)]
struct Top {
    count: usize,
    first: u32,
}

impl Ngrams {
    fn measure(&mut self, words: &RepetitionWords, found: &mut Repetition) {
        self.keys.clear();
        self.keys.extend(words.hashes.iter().copied().zip(0..ONCE));
        self.class.clear();
        self.class.resize(self.keys.len(), ONCE);
        self.classify();
        self.word_class.clone_from(&self.class);
        for n in 2..=10 {
            let top = self.lengthen(n);
            match n {
                _ if self.keys.is_empty() => return,
                2..=4 => found.top[n - 2] = top.count * (words.characters(top.first as usize, n) + n - 1),
                _ => found.again[n - 5] = self.characters_again(words, n),
            }
        }
    }

    /// Goes on from `n - 1` to `n` words.
    fn lengthen(&mut self, n: usize) -> Top {
        let Self { class, word_class, keys, .. } = self;
        keys.clear();
        let last_words = word_class.get(n - 1..).unwrap_or_default();
        let both = class.iter().zip(last_words).zip(0..ONCE);
        let repeated = both.filter(|&((&start, &word), _)| start != ONCE && word != ONCE);
        keys.extend(repeated.map(|((&start, &word), at)| (u64::from(start) << 32 | u64::from(word), at)));
        class.fill(ONCE);
        self.classify()
    }

    /// Gives each key that stands several times its class.
    fn classify(&mut self) -> Top {
        self.keys.sort_unstable();
        let mut top = Top::default();
        for group in self.keys.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            let first = group[0].1;
            if group.len() > top.count || (group.len() == top.count && first < top.first) {
                top = Top { count: group.len(), first };
            }
            for &(_, at) in group {
                self.class[at as usize] = first;
            }
        }
        top
    }

    /// The characters of n-grams that stood before, from left to right without overlap. One that begins inside such an
    /// n-gram does not count as standing there.
    fn characters_again(&mut self, words: &RepetitionWords, n: usize) -> usize {
        self.seen.clear();
        self.seen.resize(self.class.len(), false);
        let (mut characters, mut at) = (0, 0);
        while let Some(&class) = self.class.get(at) {
            if class == ONCE {
                at += 1;
            } else if std::mem::replace(&mut self.seen[class as usize], true) {
                characters += words.characters(at, n);
                at += n;
            } else {
                at += 1;
            }
        }
        characters
    }
}

#[cfg(test)]
mod tests;
