//! The tokens of runs of letters that the plain tokenizer has made, by the bytes of the run.
//!
//! Runs repeat as words do, so few entries catch most of them. An entry is found by a hash and holds the bytes
//! themselves: a hash that hits by chance, or by someone's design, costs time and changes nothing.

use super::Token;
use crate::hash::seeded_hash;
use crate::span::Span;

/// Entries, each of 64 bytes.
const ENTRIES: usize = 4096;
const MAX_BYTES: usize = 32;
const MAX_TOKENS: usize = 2;

/// A table of fixed size in which a new run takes the place of an older one.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// Empty until the first run comes.
    entries: Vec<CachedRun>,
}

#[derive(Clone, Copy, Debug, Default)]
struct CachedRun {
    run: [u8; MAX_BYTES],
    hashes: [u64; MAX_TOKENS],
    places: [[u8; 2]; MAX_TOKENS],
    bytes: u8,
    tokens: u8,
}

impl Cache {
    /// Calls `emit` with the tokens of `run`; `make` makes them if they are not known. Places count from the run's
    /// first byte.
    pub fn tokens(&mut self, run: &str, make: impl FnOnce(&mut Vec<Token>), emit: impl FnMut(Token)) {
        if self.entries.is_empty() {
            self.entries.resize(ENTRIES, CachedRun::default());
        }
        let entry = &mut self.entries[seeded_hash(run.as_bytes(), 0) as usize % ENTRIES];
        if entry.run() != run.as_bytes() {
            let mut tokens = Vec::new();
            make(&mut tokens);
            if !entry.replace(run, &tokens) {
                tokens.into_iter().for_each(emit);
                return;
            }
        }
        entry.tokens().for_each(emit);
    }
}

impl CachedRun {
    fn run(&self) -> &[u8] {
        &self.run[..usize::from(self.bytes)]
    }

    fn tokens(&self) -> impl Iterator<Item = Token> {
        let tokens = self.hashes.iter().zip(self.places).take(usize::from(self.tokens));
        tokens.map(|(&hash, [start, end])| Token { hash, span: Span::new(usize::from(start), usize::from(end)) })
    }

    /// Takes another run, if there is room for it and its tokens.
    fn replace(&mut self, run: &str, tokens: &[Token]) -> bool {
        if run.len() > MAX_BYTES || tokens.len() > MAX_TOKENS {
            return false;
        }
        *self = Self { bytes: run.len() as u8, tokens: tokens.len() as u8, ..Self::default() };
        self.run[..run.len()].copy_from_slice(run.as_bytes());
        for (at, token) in tokens.iter().enumerate() {
            self.hashes[at] = token.hash;
            self.places[at] = [token.span.start as u8, token.span.end as u8];
        }
        true
    }
}
