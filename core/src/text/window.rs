//! A stretch of text as the fast tokenizer sees it: where its tokens stand, and its bytes normalised in place.
//!
//! Blocks of 64 bytes are classified into masks; characters that the block does not know are looked up one by one; then
//! the edges of words are written out as lists of places. A run of letters with a character that cannot be normalised
//! in place is marked, and left to the plain tokenizer.

use super::block::{Around, BLOCK, Masks, Rules, classify};
use super::chars::{CharTable, Kind};
use super::plain::is_flag_letter;
use super::{TextOptions, breaks, signs};
use crate::span::Span;

/// Bytes in a window. With the lists it fits the first-level cache of a CPU.
pub const WINDOW: usize = 4096;

const BLOCKS: usize = WINDOW / BLOCK;

/// Room that is written to without a look at how many places there are.
const SLACK: usize = BLOCK + 8;

/// Set in the end of a token that is left to the plain tokenizer.
const MARK: u16 = 1 << 15;

/// Working memory, with what was found in the stretch that was read last.
#[derive(Clone, Debug)]
pub struct Window {
    rules: Rules,
    table: CharTable,
    /// The text, with 16 bytes of zeros or more on both sides.
    raw: Box<[u8; 16 + WINDOW + BLOCK]>,
    normal: Box<[u8; WINDOW + BLOCK]>,
    masks: Box<Places>,
    places: Box<[[u16; 2]; WINDOW / 2 + SLACK]>,
    starts: Box<[u16; WINDOW / 2 + SLACK]>,
    ends: Box<[u16; WINDOW / 2 + SLACK]>,
}

/// What was found in a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// How many tokens there are, a marked run counting as one.
    pub tokens: usize,
    /// How many bytes of text they come from. Zero if one run of letters fills the window and goes on.
    pub bytes: usize,
    /// Whether any of the tokens is marked.
    pub any_marked: bool,
}

/// Where a token stands in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The first byte.
    pub start: u16,
    /// The byte after the last, with [`MARK`] if the plain tokenizer has to see it.
    end: u16,
}

/// Masks of the whole window. A character at the end of a block reaches into the next, so there is one more.
#[derive(Clone, Debug)]
struct Places {
    /// The bytes of words.
    words: [u64; BLOCKS + 1],
    /// The first bytes of tokens of one character and its marks.
    firsts: [u64; BLOCKS + 1],
    /// The last bytes of tokens of one character and its marks.
    lasts: [u64; BLOCKS + 1],
    /// Those bytes of words for which the plain tokenizer is needed.
    marked: [u64; BLOCKS + 1],
    /// Whether a bit of `firsts` has been set.
    any_single: bool,
}

impl Window {
    /// Makes a window for texts under some options.
    pub fn new(options: &TextOptions, table: CharTable) -> Self {
        Self {
            rules: Rules::new(options),
            table,
            raw: Box::new([0; 16 + WINDOW + BLOCK]),
            normal: Box::new([0; WINDOW + BLOCK]),
            masks: Box::new(Places::NONE),
            places: Box::new([[0; 2]; WINDOW / 2 + SLACK]),
            starts: Box::new([0; WINDOW / 2 + SLACK]),
            ends: Box::new([0; WINDOW / 2 + SLACK]),
        }
    }

    /// Finds the tokens of `text` from byte `at`, as far as the window reaches. No token starts before `at` and ends
    /// after it.
    pub fn read(&mut self, text: &str, at: usize) -> Stretch {
        let len = text.floor_char_boundary(at + WINDOW) - at;
        let blocks = len.div_ceil(BLOCK);
        self.raw[16..16 + len].copy_from_slice(&text.as_bytes()[at..at + len]);
        self.raw[16 + len..][..blocks * BLOCK - len + 16].fill(0);
        *self.masks = Places::NONE;
        let rest = self.classify(blocks);
        let span = Span::new(at, at + len);
        let any_marked = self.look_up(text, span, rest) | self.add_signs(text, span);
        // A broken word may go on after the window.
        let any_marked = any_marked | (at + len < text.len() && self.add_gap(text, span, at + len));
        let tokens = self.list(blocks);
        if any_marked {
            self.mark(blocks, tokens);
        }
        let last = self.places(tokens).last();
        match last {
            // It may go on after the window.
            Some(last) if last.end() == len && at + len < text.len() => {
                Stretch { tokens: tokens - 1, bytes: usize::from(last.start), any_marked }
            }
            _ => Stretch { tokens, bytes: len, any_marked },
        }
    }

    /// Returns the places of the first `tokens` tokens.
    #[inline]
    pub fn places(&self, tokens: usize) -> impl DoubleEndedIterator<Item = Place> + ExactSizeIterator {
        self.places[..tokens].iter().map(|&[start, end]| Place { start, end })
    }

    /// Returns the normalised bytes of a token that is not marked.
    #[inline]
    pub fn normal(&self, place: Place) -> &[u8] {
        &self.normal[usize::from(place.start)..place.end()]
    }

    /// Returns 16 bytes from the start of a token, of which those after its end have no meaning.
    #[inline]
    pub fn head(&self, place: Place) -> u128 {
        u128::from_le_bytes(*as_array(&self.normal[usize::from(place.start) % WINDOW..][..16]))
    }

    /// Returns the 16 bytes after [`head`](Self::head), of which those after the token's end have no meaning.
    #[inline]
    pub fn tail(&self, place: Place) -> u128 {
        u128::from_le_bytes(*as_array(&self.normal[usize::from(place.start) % WINDOW + 16..][..16]))
    }

    /// Fills the masks and the normalised bytes with what the blocks know, and the start of `starts` with where other
    /// characters start; returns how many these are.
    fn classify(&mut self, blocks: usize) -> usize {
        let mut rest = 0;
        for block in 0..blocks {
            let at = block * BLOCK;
            let around: &Around = as_array(&self.raw[at..at + size_of::<Around>()]);
            let found = classify(around, self.rules, as_array_mut(&mut self.normal[at..at + BLOCK]));
            self.masks.words[block] |= found.ascii;
            if found.high != 0 {
                self.masks.add_known(block, found);
                if found.rest != 0 {
                    rest += write_out(found.rest, at as u16, as_array_mut(&mut self.starts[rest..rest + SLACK]));
                }
            }
        }
        rest
    }

    /// Looks up the first `count` characters whose places in the window are in `starts`; returns whether any is marked. The
    /// window is at `span` of the text.
    fn look_up(&mut self, text: &str, span: Span, count: usize) -> bool {
        let base = span.start;
        let mut any_marked = false;
        for i in 0..count {
            let at = usize::from(self.starts[i]);
            let (c, len) = decode(*as_array(&self.raw[16 + at..16 + at + 4]));
            let entry = self.table.entry(c);
            let mark = match entry.kind {
                Kind::Separator | Kind::Symbol | Kind::Ignored
                    if breaks::may_be_gap(c) && self.add_gap(text, span, base + at) =>
                {
                    any_marked = true;
                    continue;
                }
                Kind::Separator => continue,
                // Of a sequence, which the plain tokenizer knows how to tell apart.
                Kind::Symbol
                    if self.masks.marked.has_before(at)
                        || is_flag_letter(c)
                        || signs::is_of_number(text, Span::new(base + at, base + at + len)) =>
                {
                    true
                }
                // Most symbols stand apart, and are listed as a word is: words alone take half the time to list.
                Kind::Symbol if self.stands_apart(at, at + len) => {
                    self.masks.words.set(at, len);
                    self.normal[at..at + len].copy_from_slice(&self.raw[16 + at..][..len]);
                    self.change(at + len, entry.difference);
                    continue;
                }
                Kind::Single | Kind::Symbol => {
                    if entry.kind == Kind::Symbol {
                        // The block takes the sign of multiplication for a capital letter.
                        self.normal[at..at + len].copy_from_slice(&self.raw[16 + at..][..len]);
                    }
                    self.masks.any_single = true;
                    self.masks.firsts.set(at, 1);
                    self.masks.lasts.set(at + len - 1, 1);
                    self.change(at + len, entry.difference);
                    continue;
                }
                Kind::Mark if self.masks.lasts.has_before(at) => {
                    self.masks.lasts.clear(at - 1);
                    self.masks.lasts.set(at + len - 1, 1);
                    self.change(at + len, entry.difference);
                    continue;
                }
                Kind::Word | Kind::Mark => false,
                Kind::Complex => true,
                // It joins what stands on both sides; with nothing before it, it does nothing.
                Kind::Ignored if !self.masks.has_token_before(at) => continue,
                Kind::Ignored | Kind::Attached => {
                    self.masks.unmake_single_before(at);
                    true
                }
            };
            self.masks.words.set(at, len);
            if mark {
                self.masks.marked.set(at, len);
            } else {
                self.change(at + len, entry.difference);
            }
            any_marked |= mark;
        }
        any_marked
    }

    /// Returns whether ASCII that is of no word stands on both sides of some bytes of the window.
    fn stands_apart(&self, start: usize, end: usize) -> bool {
        let is_between = |byte: u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && !signs::is_of_word(byte);
        is_between(self.raw[16 + start - 1]) && is_between(self.raw[16 + end])
    }

    /// Adds the gap of a broken word that the character at byte `at` of the text belongs to, if there is one, and returns
    /// whether there is: the plain tokenizer makes the word. The window is at `span` of the text.
    fn add_gap(&mut self, text: &str, span: Span, at: usize) -> bool {
        let Some(gap) = breaks::gap_around(text, at) else {
            return false;
        };
        for at in gap.start.max(span.start)..gap.end.min(span.end) {
            self.masks.words.set(at - span.start, 1);
            self.masks.marked.set(at - span.start, 1);
        }
        true
    }

    /// Adds signs to the words and numbers that they belong to; returns whether any is marked. The window is at `span` of
    /// the text.
    fn add_signs(&mut self, text: &str, span: Span) -> bool {
        let bytes = &text.as_bytes()[span.start..span.end];
        let mut any_marked = false;
        // Looked for in the text: a comparison more for each block would cost twice as much.
        for at in memchr::memchr3_iter(b'+', b'#', b'-', bytes) {
            if self.masks.words.has_before(at) {
                any_marked |= if bytes[at] == b'-' {
                    breaks::may_follow_hyphen(bytes.get(at + 1)) && self.add_gap(text, span, span.start + at)
                } else {
                    self.add_word_signs(text, span, at)
                };
            } else if signs::is_of_number(text, Span::new(span.start + at, span.start + at + 1)) {
                self.masks.words.set(at, 1);
            }
        }
        any_marked
    }

    /// Adds the signs at byte `at` of the window to the word before them, if it ends in a letter and they belong to it;
    /// returns whether they are marked.
    fn add_word_signs(&mut self, text: &str, span: Span, at: usize) -> bool {
        let last = self.raw[16 + at - 1];
        if last.is_ascii() && !last.is_ascii_alphabetic() {
            return false;
        }
        let count = signs::of_word(&text[span.start + at..], |c| self.table.entry(c).kind);
        let count = count.min(span.len() - at);
        self.masks.words.set(at, count);
        // Whether the word ends in a letter is not to be seen from its last byte.
        if !last.is_ascii() {
            self.masks.marked.set(at, count);
        }
        !last.is_ascii() && count > 0
    }

    /// Changes the bytes of the character that ends at `end`.
    #[inline]
    fn change(&mut self, end: usize, difference: [u8; 3]) {
        // A character of two bytes at the start of the window has no byte before it to change.
        for (byte, change) in self.normal[..end].iter_mut().rev().zip(difference.iter().rev()) {
            *byte ^= change;
        }
    }

    /// Writes out where tokens start and end; returns how many there are.
    fn list(&mut self, blocks: usize) -> usize {
        if self.masks.any_single { self.list_all(blocks) } else { self.list_words(blocks) }
    }

    /// Lists words only. Each edge is a start or an end in turn, as something stands between two words.
    fn list_words(&mut self, blocks: usize) -> usize {
        let edges = self.places.as_flattened_mut();
        let (mut count, mut before) = (0, 0);
        for (block, &word) in self.masks.words[..blocks].iter().enumerate() {
            let edge = word ^ (word << 1 | before >> 63);
            before = word;
            count += write_out(edge, (block * BLOCK) as u16, as_array_mut(&mut edges[count..count + SLACK]));
        }
        // The last word may end where the last block does.
        edges[count] = (blocks * BLOCK) as u16;
        count.div_ceil(2)
    }

    fn list_all(&mut self, blocks: usize) -> usize {
        let masks = &self.masks;
        let (mut starts, mut ends) = (0, 0);
        let mut before = 0;
        for block in 0..blocks {
            let word = masks.words[block];
            let first = word & !(word << 1 | before >> 63) | masks.firsts[block];
            let last = word & !(word >> 1 | masks.words[block + 1] << 63) | masks.lasts[block];
            before = word;
            let base = (block * BLOCK) as u16;
            starts += write_out(first, base, as_array_mut(&mut self.starts[starts..starts + SLACK]));
            ends += write_out(last, base + 1, as_array_mut(&mut self.ends[ends..ends + SLACK]));
        }
        debug_assert_eq!(starts, ends, "each token has a start and an end");
        for ((place, &start), &end) in self.places.iter_mut().zip(&self.starts[..starts]).zip(&self.ends[..starts]) {
            *place = [start, end];
        }
        starts
    }

    /// Marks the tokens that hold marked bytes.
    fn mark(&mut self, blocks: usize, tokens: usize) {
        let mut token = 0;
        for block in 0..blocks {
            for bit in bits(self.masks.marked[block]) {
                let at = (block * BLOCK + bit) as u16;
                while token + 1 < tokens && self.places[token + 1][0] <= at {
                    token += 1;
                }
                self.places[token][1] |= MARK;
            }
        }
    }
}

impl Place {
    /// Returns the byte after the last.
    #[inline]
    pub fn end(self) -> usize {
        usize::from(self.end & !MARK)
    }

    /// Returns the length of a token that is not marked. A marked one is longer than any window.
    #[inline]
    pub fn len(self) -> usize {
        usize::from(self.end.wrapping_sub(self.start))
    }

    /// Returns whether the plain tokenizer has to make the token.
    pub fn is_marked(self) -> bool {
        self.end & MARK != 0
    }
}

impl Places {
    const NONE: Self = Self {
        words: [0; BLOCKS + 1],
        firsts: [0; BLOCKS + 1],
        lasts: [0; BLOCKS + 1],
        marked: [0; BLOCKS + 1],
        any_single: false,
    };

    /// Adds the characters that the block knows.
    #[inline]
    fn add_known(&mut self, block: usize, found: Masks) {
        let Masks { letters, syllables, singles, .. } = found;
        self.any_single |= singles != 0;
        let both = letters | syllables;
        self.words[block] |= both | both << 1 | syllables << 2;
        self.words[block + 1] |= both >> 63 | syllables >> 62;
        self.firsts[block] |= singles;
        self.lasts[block] |= singles << 2;
        self.lasts[block + 1] |= singles >> 62;
    }

    /// Returns whether a token ends before `at`.
    fn has_token_before(&self, at: usize) -> bool {
        self.words.has_before(at) || self.lasts.has_before(at)
    }

    /// Turns the token of one character and its marks that ends before `at`, if there is one, into a marked run of
    /// letters.
    fn unmake_single_before(&mut self, at: usize) {
        if !self.lasts.has_before(at) {
            return;
        }
        self.lasts.clear(at - 1);
        let mut start = at;
        while !self.firsts.has_before(start) {
            start -= 1;
            self.words.set(start, 1);
            self.marked.set(start, 1);
        }
        start -= 1;
        self.firsts.clear(start);
        self.words.set(start, 1);
        self.marked.set(start, 1);
    }
}

/// A mask over the window as an array of words.
trait Bits {
    fn set(&mut self, at: usize, len: usize);
    fn clear(&mut self, at: usize);
    fn has_before(&self, at: usize) -> bool;
}

impl Bits for [u64; BLOCKS + 1] {
    /// Sets `len` bits from `at`, at most 4.
    #[inline]
    fn set(&mut self, at: usize, len: usize) {
        let bits = (1u64 << len) - 1;
        self[at / BLOCK] |= bits << (at % BLOCK);
        if at % BLOCK + len > BLOCK {
            self[at / BLOCK + 1] |= bits >> (BLOCK - at % BLOCK);
        }
    }

    fn clear(&mut self, at: usize) {
        self[at / BLOCK] &= !(1 << (at % BLOCK));
    }

    #[inline]
    fn has_before(&self, at: usize) -> bool {
        at > 0 && self[(at - 1) / BLOCK] >> ((at - 1) % BLOCK) & 1 != 0
    }
}

/// Writes `base` plus the place of each bit to `out`, and then anything; returns how many bits there are.
#[inline]
fn write_out(mask: u64, base: u16, out: &mut [u16; SLACK]) -> usize {
    const ONES: u64 = 0x0001_0001_0001_0001;
    let mut base = ONES * u64::from(base);
    let mut count = 0;
    for byte in mask.to_le_bytes() {
        let (places, bits) = (&PLACES[usize::from(byte)], COUNTS[usize::from(byte)]);
        let places: [u16; 8] = bytemuck::cast(places.map(|four| four + base));
        out[count % BLOCK..][..8].copy_from_slice(&places);
        base += 8 * ONES;
        count += usize::from(bits);
    }
    count
}

/// The places of the bits of a byte, as 16 bits each. Eight are always written, whatever their number: a loop over the
/// bits of a mask would end at a different turn for each block, which the CPU cannot foresee.
static PLACES: [[u64; 2]; 256] = {
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 != 0 {
                table[byte][count / 4] |= if cfg!(target_endian = "little") {
                    bit << (16 * (count % 4))
                } else {
                    bit << (48 - 16 * (count % 4))
                };
                count += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    table
};

/// The number of bits of a byte.
static COUNTS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).count_ones() as u8;
        byte += 1;
    }
    table
};

/// Returns the places of the bits of a mask.
#[inline]
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = mask.trailing_zeros() as usize;
        mask &= mask.wrapping_sub(1);
        (bit < 64).then_some(bit)
    })
}

/// Returns the character that `bytes` starts with, of valid UTF-8 that is not ASCII, and its length.
#[inline]
fn decode(bytes: [u8; 4]) -> (char, usize) {
    let [a, b, c, d] = bytes.map(u32::from);
    let (code, len) = match a {
        ..=0xdf => ((a & 0x1f) << 6 | b & 0x3f, 2),
        0xe0..=0xef => ((a & 0x0f) << 12 | (b & 0x3f) << 6 | c & 0x3f, 3),
        _ => ((a & 0x07) << 18 | (b & 0x3f) << 12 | (c & 0x3f) << 6 | d & 0x3f, 4),
    };
    (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), len)
}

/// Returns whether a byte of UTF-8 is not the first of its character.
pub fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[inline]
fn as_array<T, const N: usize>(slice: &[T]) -> &[T; N] {
    match slice.try_into() {
        Ok(array) => array,
        Err(_) => unreachable!("the slice has as many elements"),
    }
}

#[inline]
fn as_array_mut<T, const N: usize>(slice: &mut [T]) -> &mut [T; N] {
    match slice.try_into() {
        Ok(array) => array,
        Err(_) => unreachable!("the slice has as many elements"),
    }
}
