//! What the document path keeps of each document, whatever its length: 4 bytes a band, 64 for the sketch, 8 for the
//! sequence of tokens and 32 for its place, 152 with the default 12 bands.

use std::path::Path;

use crate::error::Result;
use crate::store::Column;
use doublon_core::candidate::Bands;
use doublon_core::candidate::lsh::{self, Sketch};
use doublon_core::hash::content_hash;
use doublon_core::sketch::MinHasher;
use doublon_core::text::{Shingler, TextOptions, TokenReader, Tokenizer};

/// The columns, indexed by document.
pub(super) struct Table {
    /// For each band the key of each document.
    pub keys: Vec<Column<u32>>,
    /// One byte of each of the first values of the signature.
    pub sketches: Column<Sketch>,
    /// Hash of the sequence of tokens: equal for texts that are equal after normalisation, [`EMPTY`] without tokens.
    pub streams: Column<u64>,
}

/// The stream of a text without a token. No other text has it.
pub(super) const EMPTY: u64 = 0;

/// Rows that were made together: the same columns, for a few documents.
#[derive(Default)]
pub(super) struct Rows {
    keys: Vec<Vec<u32>>,
    sketches: Vec<Sketch>,
    streams: Vec<u64>,
}

impl Rows {
    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.streams.len()
    }

    /// Drops all rows but the first.
    pub fn truncate(&mut self, len: usize) {
        self.keys.iter_mut().for_each(|column| column.truncate(len));
        self.sketches.truncate(len);
        self.streams.truncate(len);
    }
}

/// Turns texts into shingle sets and rows.
#[derive(Clone)]
pub(super) struct Sketcher {
    tokenizer: Tokenizer,
    shingler: Shingler,
    hasher: MinHasher,
    shape: Bands,
}

/// What a sketcher works with; kept to be used again, one a thread.
pub(super) struct Scratch {
    reader: TokenReader,
    tokens: Vec<u64>,
    shingles: Vec<u64>,
    signature: Vec<u32>,
}

impl Table {
    pub fn new(shape: Bands) -> Self {
        let keys = (0..shape.bands).map(|_| Column::new()).collect();
        Self { keys, sketches: Column::new(), streams: Column::new() }
    }

    pub fn len(&self) -> usize {
        self.streams.len()
    }

    pub fn append(&mut self, rows: &Rows) {
        for (column, keys) in self.keys.iter_mut().zip(&rows.keys) {
            column.extend(keys);
        }
        self.sketches.extend(&rows.sketches);
        self.streams.extend(&rows.streams);
    }

    pub fn held_bytes(&self) -> usize {
        self.keys.iter().map(Column::held_bytes).sum::<usize>() + self.sketches.held_bytes() + self.streams.held_bytes()
    }

    pub fn spill(&mut self, folder: &Path) -> Result<()> {
        self.keys.iter_mut().try_for_each(|column| column.spill(folder))?;
        self.sketches.spill(folder)?;
        self.streams.spill(folder)
    }
}

impl Sketcher {
    pub fn new(options: TextOptions, shape: Bands, seed: u64) -> Self {
        let shingler = Shingler::new(options.shingle.k);
        Self { tokenizer: Tokenizer::new(options, seed), shingler, hasher: MinHasher::new(shape.len(), seed), shape }
    }

    pub fn scratch(&self) -> Scratch {
        let reader = self.tokenizer.reader();
        Scratch { reader, tokens: Vec::new(), shingles: Vec::new(), signature: vec![0; self.shape.len()] }
    }

    /// Appends the row of a text to `rows`.
    pub fn add(&self, text: &str, rows: &mut Rows, scratch: &mut Scratch) {
        scratch.read(text);
        let Scratch { tokens, shingles, signature, .. } = scratch;
        shingles.clear();
        self.shingler.shingles(tokens, shingles);
        self.hasher.sign(shingles, signature);
        rows.keys.resize_with(self.shape.bands, Vec::new);
        for (column, key) in rows.keys.iter_mut().zip(lsh::band_keys(signature, self.shape)) {
            column.push(key);
        }
        rows.sketches.push(lsh::sketch(signature, self.shape));
        rows.streams.push(stream(tokens));
    }

    /// Appends no more than whether the text holds a token.
    pub fn add_presence(&self, text: &str, rows: &mut Rows) {
        rows.streams.push(if self.tokenizer.has_token(text) { 1 } else { EMPTY });
    }

    /// Returns the shingles of a text, in order.
    pub fn shingles(&self, text: &str, scratch: &mut Scratch) -> Vec<u64> {
        scratch.read(text);
        let mut shingles = Vec::with_capacity(scratch.tokens.len());
        self.shingler.shingles(&scratch.tokens, &mut shingles);
        shingles
    }

    /// Returns the sorted set of the shingles of a text.
    pub fn set(&self, text: &str, scratch: &mut Scratch) -> Vec<u64> {
        scratch.read(text);
        self.shingler.set(&scratch.tokens)
    }
}

impl Scratch {
    /// Returns the hashes of what the shingles of a text are made of, in order.
    pub fn tokens(&mut self, text: &str) -> &[u64] {
        self.read(text);
        &self.tokens
    }

    fn read(&mut self, text: &str) {
        self.tokens.clear();
        self.reader.units(text, &mut self.tokens);
    }
}

fn stream(tokens: &[u64]) -> u64 {
    if tokens.is_empty() {
        return EMPTY;
    }
    // Copies are compared themselves, so half of the hash is enough.
    (content_hash(bytemuck::cast_slice(tokens)) as u64).max(1)
}
