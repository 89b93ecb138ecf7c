//! What the document path keeps of each document: about 150 bytes, whatever its length.

use rayon::prelude::*;

use super::texts::Texts;
use crate::candidate::Bands;
use crate::candidate::lsh::{self, Sketch};
use crate::hash::content_hash;
use crate::sketch::MinHasher;
use crate::text::{Shingler, Tokenizer};

/// The columns, indexed by document.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// For each band the key of each document.
    pub keys: Vec<Vec<u32>>,
    /// One byte of each of the first values of the signature.
    pub sketches: Vec<Sketch>,
    /// Hash of the sequence of tokens: equal for texts that are equal after normalisation.
    pub streams: Vec<u128>,
    /// Hash of the bytes that the text was decoded from.
    pub contents: Vec<u128>,
    /// Whether the text holds no token.
    pub empty: Vec<bool>,
}

struct Row {
    keys: Vec<u32>,
    sketch: Sketch,
    stream: u128,
    content: u128,
    empty: bool,
}

/// Turns texts into shingle sets and rows.
pub(super) struct Sketcher {
    tokenizer: Tokenizer,
    shingler: Shingler,
    hasher: MinHasher,
    shape: Bands,
}

impl Sketcher {
    pub fn new(tokenizer: Tokenizer, shape: Bands, seed: u64) -> Self {
        let shingler = Shingler::new(tokenizer.options().shingle.k);
        Self { tokenizer, shingler, hasher: MinHasher::new(shape.len(), seed), shape }
    }

    /// Describes all documents, in parallel; `done` hears of the bytes of each.
    pub fn table(&self, texts: &Texts, done: &(dyn Fn(u64) + Sync)) -> Table {
        let mut table = Table { keys: vec![Vec::with_capacity(texts.len()); self.shape.bands], ..Table::default() };
        let rows: Vec<Row> = (0..texts.len() as u32)
            .into_par_iter()
            .map(|doc| {
                let text = texts.text(doc);
                done(text.len() as u64);
                self.row(text, texts.content(doc))
            })
            .collect();
        for row in rows {
            for (column, key) in table.keys.iter_mut().zip(row.keys) {
                column.push(key);
            }
            table.sketches.push(row.sketch);
            table.streams.push(row.stream);
            table.contents.push(row.content);
            table.empty.push(row.empty);
        }
        table
    }

    /// Returns the sorted set of the shingles of a text.
    pub fn set(&self, text: &str) -> Vec<u64> {
        self.shingler.set(&self.tokens(text))
    }

    /// Returns the hashes of the tokens of a text, in order.
    pub fn tokens(&self, text: &str) -> Vec<u64> {
        let mut tokens = Vec::with_capacity(text.len() / 5);
        self.tokenizer.hashes(text, &mut tokens);
        tokens
    }

    fn row(&self, text: &str, content: u128) -> Row {
        let tokens = self.tokens(text);
        let mut shingles = Vec::with_capacity(tokens.len());
        self.shingler.shingles(&tokens, &mut shingles);
        let mut signature = vec![0; self.shape.len()];
        self.hasher.sign(&shingles, &mut signature);
        Row {
            keys: lsh::band_keys(&signature, self.shape).collect(),
            sketch: lsh::sketch(&signature, self.shape),
            stream: content_hash(bytemuck::cast_slice(&tokens)),
            content,
            empty: tokens.is_empty(),
        }
    }
}
