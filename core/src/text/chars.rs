//! What each character becomes when it is normalised on its own, looked up by code point.
//!
//! A character whose neighbours do not compose with it is normalised alone, so the result can be kept. Results are
//! worked out when they are first asked for, 64 neighbouring code points at a time: a text of one language touches few
//! such pages.

use std::sync::{Arc, OnceLock};

use super::TextOptions;
use super::normalize::{Class, normalize_alone, starts_piece};

/// What a character is to the fast tokenizer, unless an [`Kind::Attached`] one follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Part of a word, as characters of as many bytes.
    Word,
    /// A mark of the word or token before it, as one character of as many bytes.
    Mark,
    /// A token of its own, as one character of as many bytes.
    Single,
    /// A token of its own likewise, unless it is part of a sequence of symbols.
    Symbol,
    /// Between words.
    Separator,
    /// Dropped without splitting a word.
    Ignored,
    /// It may compose with the character before it, and then stands for something else; or it becomes several
    /// characters, the first a mark of the word or token before it.
    Attached,
    /// Anything else, such as a character that becomes several.
    Complex,
}

/// A character's kind, and the difference between its UTF-8 bytes and the normalised ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CharEntry {
    /// What the character is.
    pub kind: Kind,
    /// The exclusive or of the last three bytes before and after, the last byte last.
    pub difference: [u8; 3],
}

/// The entries of all characters under some options.
#[derive(Clone, Debug)]
pub struct CharTable {
    options: TextOptions,
    pages: Arc<[OnceLock<Box<Page>>]>,
}

type Page = [CharEntry; 64];

/// Code points from here on are tags and variation selectors, private, or unassigned.
const END: usize = 0x40000;

impl CharTable {
    /// Makes the table of some options, still empty.
    pub fn new(options: TextOptions) -> Self {
        Self { options, pages: (0..END / 64).map(|_| OnceLock::new()).collect() }
    }

    /// Returns the entry of a character.
    #[inline]
    pub fn entry(&self, c: char) -> CharEntry {
        match self.pages.get(c as usize / 64) {
            Some(page) => page.get_or_init(|| self.page(c))[c as usize % 64],
            None => entry(c, &self.options),
        }
    }

    #[cold]
    fn page(&self, c: char) -> Box<Page> {
        let first = c as u32 / 64 * 64;
        Box::new(std::array::from_fn(|at| {
            char::from_u32(first + at as u32).map_or(CharEntry::of(Kind::Complex), |c| entry(c, &self.options))
        }))
    }
}

impl CharEntry {
    fn of(kind: Kind) -> Self {
        Self { kind, difference: [0; 3] }
    }
}

/// Works out the entry of a character.
pub fn entry(c: char, options: &TextOptions) -> CharEntry {
    if !starts_piece(c) {
        return CharEntry::of(Kind::Attached);
    }
    let mut normalized = Vec::new();
    normalize_alone(c, options, |c, class| normalized.push((c, class)));
    match normalized[..] {
        [] | [(_, Class::Joiner)] => CharEntry::of(Kind::Ignored),
        [(to, Class::Single)] => same_length(c, &[to], Kind::Single),
        [(to, Class::Symbol)] => same_length(c, &[to], Kind::Symbol),
        [(to, Class::Mark)] if to.len_utf8() == c.len_utf8() => same_length(c, &[to], Kind::Mark),
        [(_, Class::Mark), ..] => CharEntry::of(Kind::Attached),
        _ if normalized.iter().all(|&(_, class)| class == Class::Separator) => CharEntry::of(Kind::Separator),
        _ if normalized.iter().all(|&(_, class)| class == Class::Word) => {
            let to: Vec<char> = normalized.iter().map(|&(to, _)| to).collect();
            same_length(c, &to, Kind::Word)
        }
        _ => CharEntry::of(Kind::Complex),
    }
}

/// Returns the entry of `from` that becomes `to`, if the bytes of one can be written over those of the other.
fn same_length(from: char, to: &[char], kind: Kind) -> CharEntry {
    let [before, after] = [from.to_string(), to.iter().collect()].map(String::into_bytes);
    if before.len() != after.len() || (before.len() == 4 && before[0] != after[0]) {
        return CharEntry::of(Kind::Complex);
    }
    let mut difference = [0; 3];
    for ((to, before), after) in difference.iter_mut().rev().zip(before.iter().rev()).zip(after.iter().rev()) {
        *to = before ^ after;
    }
    CharEntry { kind, difference }
}
