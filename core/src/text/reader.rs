//! The fast tokenizer: the same tokens as the plain one, a block of text at a time.

use super::cache::Cache;
use super::normalize::starts_piece;
use super::operators::for_each_operator;
use super::window::{Stretch, Window, is_continuation};
use super::{Token, Tokenizer, Unit, breaks, plain, signs};
use crate::hash::TokenHasher;
use crate::span::Span;

/// Turns texts into tokens, with working memory that is used again for the next text.
///
/// It holds some 30 KB, and 260 KB once a text has had words that need the plain tokenizer. Make one a thread and pass
/// it all the texts.
///
/// # Examples
///
/// ```
/// use doublon_core::text::Tokenizer;
///
/// let mut reader = Tokenizer::default().reader();
/// let mut hashes = Vec::new();
/// for text in ["Un été à Paris", "un ÉTÉ, à Paris !"] {
///     reader.hashes(text, &mut hashes);
/// }
/// assert_eq!(hashes[..4], hashes[4..]);
/// ```
#[derive(Clone, Debug)]
pub struct TokenReader {
    tokenizer: Tokenizer,
    window: Window,
    cache: Cache,
}

/// What is worked out a block of text at a time.
impl Tokenizer {
    /// Returns a reader, which gives the tokens of many texts faster than this does.
    pub fn reader(&self) -> TokenReader {
        TokenReader::new(self.clone())
    }

    /// Returns the tokens of a text in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::text::Tokenizer;
    ///
    /// let text = "L'ÉTÉ, 東京";
    /// let tokens = Tokenizer::default().tokens(text);
    /// let places: Vec<_> = tokens.iter().filter_map(|token| token.span.of(text)).collect();
    /// assert_eq!(places, ["L", "ÉTÉ", "東", "京"]);
    /// ```
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        self.reader().tokens(text)
    }

    /// Appends the hashes of the tokens of a text to `hashes`, in order.
    pub fn hashes(&self, text: &str, hashes: &mut Vec<u64>) {
        self.reader().hashes(text, hashes);
    }

    /// Appends the hashes of what the shingles of a text are made of, tokens or characters, in order.
    pub fn units(&self, text: &str, hashes: &mut Vec<u64>) {
        self.reader().units(text, hashes);
    }
}

impl TokenReader {
    /// Makes a reader that gives the tokens of `tokenizer`.
    pub(super) fn new(tokenizer: Tokenizer) -> Self {
        let window = Window::new(tokenizer.options(), tokenizer.table().clone());
        Self { tokenizer, window, cache: Cache::default() }
    }

    /// Returns the tokenizer that it was made from.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// Appends the hashes of the tokens of a text to `hashes`, in order.
    pub fn hashes(&mut self, text: &str, hashes: &mut Vec<u64>) {
        let mut at = 0;
        while at < text.len() {
            let stretch = self.window.read(text, at);
            at = self.hash_stretch(text, at, stretch, hashes);
        }
    }

    /// Appends the hashes of the tokens and of the operators of a text to `hashes`, in order, if it has operators; returns how
    /// many it has.
    pub fn hashes_with_operators(&mut self, text: &str, hashes: &mut Vec<u64>) -> usize {
        let (mut at, mut operators) = (0, 0);
        for_each_operator(text, |operator, place| {
            self.hashes(&text[at..place.start], hashes);
            hashes.push(self.tokenizer.hash(operator));
            (at, operators) = (place.end, operators + 1);
        });
        if operators > 0 {
            self.hashes(&text[at..], hashes);
        }
        operators
    }

    /// Appends what [`units`](Self::units) of this reader and of another one would append, of which the tokenizers differ in
    /// their seeds alone: `own` and `others`. The text is cut only once.
    pub fn units_of_both(&mut self, other: &mut Self, text: &str, own: &mut Vec<u64>, others: &mut Vec<u64>) {
        let before = own.len();
        if self.tokenizer.options().shingle.unit == Unit::Word {
            let mut at = 0;
            while at < text.len() {
                let stretch = self.window.read(text, at);
                std::mem::swap(&mut self.window, &mut other.window);
                other.hash_stretch(text, at, stretch, others);
                std::mem::swap(&mut self.window, &mut other.window);
                at = self.hash_stretch(text, at, stretch, own);
            }
        }
        if own.len() == before {
            self.units(text, own);
            other.units(text, others);
        }
    }

    /// Appends the hashes of the tokens in the window, which starts at byte `at` of the text. Returns where the next one starts.
    fn hash_stretch(&mut self, text: &str, at: usize, stretch: Stretch, hashes: &mut Vec<u64>) -> usize {
        if stretch.any_marked {
            self.emit(text, at, stretch, |token| hashes.push(token.hash));
        } else {
            self.hash_words(stretch, hashes);
        }
        self.pass(text, at, stretch, |token| hashes.push(token.hash))
    }

    /// Returns the tokens of a text in order.
    pub fn tokens(&mut self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::with_capacity(text.len() / 6);
        self.for_each(text, |token| tokens.push(token));
        tokens
    }

    /// Calls `emit` with each token of a text in order.
    pub fn for_each(&mut self, text: &str, mut emit: impl FnMut(Token)) {
        let mut at = 0;
        while at < text.len() {
            let stretch = self.window.read(text, at);
            self.emit(text, at, stretch, &mut emit);
            at = self.pass(text, at, stretch, &mut emit);
        }
    }

    /// Appends the hashes of what the shingles of a text are made of, tokens or characters, in order. A text without a
    /// token, such as `???`, is made of its characters but white space.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::text::{TextOptions, Tokenizer};
    ///
    /// # fn main() -> doublon_core::Result<()> {
    /// let options = TextOptions { shingle: "char:3".parse()?, ..TextOptions::default() };
    /// let mut reader = Tokenizer::new(options, 0).reader();
    /// let mut units = Vec::new();
    /// reader.units("L'été", &mut units);
    /// assert_eq!(units.len(), 5); // l, space, é, t, é
    /// # Ok(())
    /// # }
    /// ```
    pub fn units(&mut self, text: &str, hashes: &mut Vec<u64>) {
        let before = hashes.len();
        match self.tokenizer.options().shingle.unit {
            Unit::Word => self.hashes(text, hashes),
            Unit::Char => self.chars(text, hashes),
        }
        if hashes.len() == before {
            self.visible(text, hashes);
        }
    }

    fn visible(&self, text: &str, hashes: &mut Vec<u64>) {
        let hasher = self.tokenizer.hasher();
        plain::for_each_visible(text, self.tokenizer.options(), |c| {
            hashes.push(hash_char(hasher, c.encode_utf8(&mut [0; 4]).as_bytes()));
        });
    }

    fn chars(&mut self, text: &str, hashes: &mut Vec<u64>) {
        let hasher = self.tokenizer.hasher();
        let first = hashes.len();
        let mut push = |token: &[u8]| {
            if hashes.len() > first {
                hashes.push(hasher.hash(b" "));
            }
            hashes.extend(token.chunk_by(|_, &next| is_continuation(next)).map(|c| hash_char(hasher, c)));
        };
        let mut at = 0;
        while at < text.len() {
            let stretch = self.window.read(text, at);
            for place in self.window.places(stretch.tokens) {
                if place.is_marked() {
                    let run = Span::new(at + usize::from(place.start), at + place.end());
                    RawRun::new(text, run).for_each(&self.tokenizer, |token, _| push(token.as_bytes()));
                } else {
                    push(self.window.normal(place));
                }
            }
            at = match stretch.over_long_run(text, at) {
                Some(run) => {
                    RawRun::new(text, run).for_each(&self.tokenizer, |token, _| push(token.as_bytes()));
                    run.end
                }
                None => at + stretch.bytes,
            };
        }
    }

    /// Appends the hashes of the tokens in the window, of which none is marked.
    fn hash_words(&self, stretch: Stretch, hashes: &mut Vec<u64>) {
        let (window, hasher) = (&self.window, self.tokenizer.hasher());
        let first = hashes.len();
        let mut longest = 0;
        // All are hashed as if they were short, so that the loop takes the same turns for every text.
        hashes.extend(window.places(stretch.tokens).map(|place| {
            longest = longest.max(place.len());
            hasher.step(0, keep(window.head(place), place.len().min(SHORT)))
        }));
        if longest <= SHORT {
            return;
        }
        for (place, hash) in window.places(stretch.tokens).zip(&mut hashes[first..]) {
            // Where words are long, in bytes, no branch for the second step: it would go both ways.
            let len = place.len();
            let second = hasher.step(*hash, keep(window.tail(place), len.saturating_sub(SHORT).min(SHORT)));
            *hash = if len > SHORT { second } else { *hash };
            if len > 2 * SHORT {
                *hash = hasher.hash(window.normal(place));
            }
        }
    }

    /// Calls `emit` with each token in the window, which starts at byte `at` of the text.
    #[inline]
    fn emit(&mut self, text: &str, at: usize, stretch: Stretch, mut emit: impl FnMut(Token)) {
        let hasher = self.tokenizer.hasher();
        for place in self.window.places(stretch.tokens) {
            let span = Span::new(at + usize::from(place.start), at + place.end());
            if place.len() <= SHORT {
                emit(Token { hash: hasher.step(0, keep(self.window.head(place), place.len())), span });
            } else if place.is_marked() {
                plain_tokens(&self.tokenizer, &mut self.cache, text, span, &mut emit);
            } else {
                emit(Token { hash: hasher.hash(self.window.normal(place)), span });
            }
        }
    }

    /// Returns where the stretch that starts at `at` ends, after the run that is too long for a window, if one is there.
    fn pass(&mut self, text: &str, at: usize, stretch: Stretch, mut emit: impl FnMut(Token)) -> usize {
        let Some(run) = stretch.over_long_run(text, at) else {
            return at + stretch.bytes;
        };
        plain_tokens(&self.tokenizer, &mut self.cache, text, run, &mut emit);
        run.end
    }
}

impl Stretch {
    /// Returns the run of letters from `at` that is too long for a window, up to where it is sure to end: at an ASCII
    /// character that is no letter or digit, no sign that a word may end in, and not inside a broken word.
    fn over_long_run(self, text: &str, at: usize) -> Option<Span> {
        let goes_on = |byte: u8| !byte.is_ascii() || byte.is_ascii_alphanumeric() || signs::is_of_word(byte);
        let ends = |end: usize| !goes_on(text.as_bytes()[end]) && breaks::gap_around(text, end).is_none();
        let end = || (at..text.len()).find(|&end| ends(end)).unwrap_or(text.len());
        (self.bytes == 0).then(|| Span::new(at, end()))
    }
}

/// The length of a token that one step hashes.
const SHORT: usize = 16;

/// Returns the first `len` bytes of 16, the others zero.
#[inline]
fn keep(bytes: u128, len: usize) -> u128 {
    bytes & MASKS[len]
}

/// For each length the bytes that are kept.
static MASKS: [u128; SHORT + 1] = {
    let mut masks = [u128::MAX; SHORT + 1];
    let mut len = 0;
    while len < SHORT {
        masks[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    masks
};

/// Returns the hash of a character as a token, from its bytes.
#[inline]
fn hash_char(hasher: TokenHasher, bytes: &[u8]) -> u64 {
    hasher.step(0, bytes.iter().rev().fold(0, |chunk, &byte| chunk << 8 | u128::from(byte)))
}

/// A run of letters for the plain tokenizer.
struct RawRun<'a> {
    text: &'a str,
    /// Where the text starts.
    start: usize,
    /// Whether the run is normalised without the character before it, which is then not part of the text.
    alone: bool,
}

impl<'a> RawRun<'a> {
    fn new(text: &'a str, span: Span) -> Self {
        let alone = text[span.start..].starts_with(starts_piece);
        // Else the character before the run is part of the first piece and so of its span.
        let start = if alone { span.start } else { text.floor_char_boundary(span.start.saturating_sub(1)) };
        Self { text: &text[start..span.end], start, alone }
    }

    fn for_each(&self, tokenizer: &Tokenizer, emit: impl FnMut(&str, Span)) {
        plain::for_each(self.text, tokenizer.options(), emit);
    }
}

/// Calls `emit` with the tokens of a run that the window leaves to the plain tokenizer.
#[cold]
fn plain_tokens(tokenizer: &Tokenizer, cache: &mut Cache, text: &str, span: Span, emit: &mut impl FnMut(Token)) {
    let run = RawRun::new(text, span);
    let make = |tokens: &mut Vec<Token>| {
        run.for_each(tokenizer, |word, span| tokens.push(Token { hash: tokenizer.hash(word), span }));
    };
    let emit = |Token { hash, span }| {
        emit(Token { hash, span: Span::new(run.start + span.start, run.start + span.end) });
    };
    if run.alone {
        cache.tokens(run.text, make, emit);
    } else {
        let mut tokens = Vec::new();
        make(&mut tokens);
        tokens.into_iter().for_each(emit);
    }
}

#[cfg(test)]
mod tests;
