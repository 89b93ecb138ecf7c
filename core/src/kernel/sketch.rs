//! From texts to what documents are compared by: whatever the length of a text, 4 bytes a band, 64 for the sketch and 8
//! for the sequence of its tokens, 120 with the default 12 bands.
//!
//! The cost is that of cutting the text into tokens, and one multiplication for each shingle and hash function. Nothing
//! is allocated once the buffers are as large as the largest text needs.

use crate::candidate::Bands;
use crate::candidate::lsh::{self, Sketch};
use crate::candidate::params::SKETCH_BYTES;
use crate::config::Config;
use crate::hash::content_hash;
use crate::kernel::batch::TextBatch;
use crate::kernel::known::Masks;
use crate::kernel::masker::TextMasker;
use crate::sketch::MinHasher;
use crate::text::{Shingler, TokenReader, Tokenizer, Unit, characters};

/// The hash of the sequence of tokens of a text that has nothing but white space. No other text has it.
pub const NO_TOKEN: u64 = 0;

/// In place of the hash of the sequence of tokens of a text that has nothing but known text. It is compared with none.
pub const KNOWN_ONLY: u64 = u64::MAX;

/// Returns whether a text with this hash of its tokens is compared with others: it has something besides white space and
/// known text.
pub fn is_compared(stream: u64) -> bool {
    stream != NO_TOKEN && stream != KNOWN_ONLY
}

/// Turns texts into shingles, signatures and rows of a table.
///
/// # Examples
///
/// ```
/// use doublon_core::kernel::{NO_TOKEN, SketchRows, TextBatch};
/// use doublon_core::{Config, Sketcher};
///
/// let sketcher = Sketcher::new(&Config::default());
/// let (mut rows, mut scratch) = (SketchRows::default(), sketcher.scratch());
/// sketcher.sketch(&TextBatch::from(["Un été.", "UN ÉTÉ", " \n"].as_slice()), &mut rows, &mut scratch);
/// assert_eq!(rows.streams()[0], rows.streams()[1]); // equal after normalisation
/// assert_eq!(rows.streams()[2], NO_TOKEN);
/// assert_eq!((rows.len(), rows.keys().len()), (3, 12)); // 12 bands by default
/// ```
#[derive(Clone, Debug)]
pub struct Sketcher {
    tokenizer: Tokenizer,
    shingler: Shingler,
    hasher: MinHasher,
    shape: Bands,
    settings: u64,
    /// The seed of the hashes of words.
    seed: u64,
    /// Whether documents are compared by their characters only.
    exact: bool,
    masker: TextMasker,
}

/// What a sketcher works with; kept to be used again, one a thread.
#[derive(Clone, Debug)]
pub struct SketchScratch {
    reader: TokenReader,
    /// The words of the text that was read last, with its operators if it was read to be measured.
    tokens: Vec<u64>,
    shingles: Vec<u64>,
    signature: Vec<u32>,
    masker: TextMasker,
    /// Whether the text that was read last is known text and nothing else.
    is_known: bool,
}

/// One row for each of some texts, as columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SketchRows {
    keys: Vec<Vec<u32>>,
    sketches: Vec<Sketch>,
    streams: Vec<u64>,
}

impl SketchRows {
    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.streams.len()
    }

    /// Returns whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// Returns for each band the key of each text.
    pub fn keys(&self) -> &[Vec<u32>] {
        &self.keys
    }

    /// Returns the sketch of each text.
    pub fn sketches(&self) -> &[Sketch] {
        &self.sketches
    }

    /// Returns for each text the hash of its sequence of tokens, or of characters where it has no token or only exact copies
    /// are looked for: equal for texts that are equal after normalisation, [`NO_TOKEN`] where there is nothing but white space,
    /// [`KNOWN_ONLY`] where there is nothing but known text.
    pub fn streams(&self) -> &[u64] {
        &self.streams
    }

    /// Drops all rows but the first `len`.
    pub fn truncate(&mut self, len: usize) {
        self.keys.iter_mut().for_each(|column| column.truncate(len));
        self.sketches.truncate(len);
        self.streams.truncate(len);
    }

    /// Drops all rows and keeps their memory.
    pub fn clear(&mut self) {
        self.truncate(0);
    }
}

impl Sketcher {
    /// Makes a sketcher for the tokens, shingles, bands, rows and seed of `config`.
    pub fn new(config: &Config) -> Self {
        let shape = config.shape();
        // The values are plain data, of which serde refuses none.
        let mut settings = serde_json::to_vec(&(&config.text, config.seed, shape.len())).unwrap_or_default();
        if !config.known_text.is_none() {
            settings.extend(serde_json::to_vec(&(&config.known_text, config.min_words)).unwrap_or_default());
        }
        Self {
            tokenizer: Tokenizer::new(config.text, config.seed),
            shingler: Shingler::new(config.text.shingle.k),
            hasher: MinHasher::new(shape.len(), config.seed),
            shape,
            settings: content_hash(&settings) as u64,
            seed: config.seed,
            exact: config.exact,
            masker: TextMasker::new(config),
        }
    }

    /// Returns a sketcher that hashes the words of texts by another seed. Its shingles are compared with each other alone:
    /// two sets have as many in common as by any seed, but for chance. By a seed that nobody knows, no text can be made in
    /// which other words have the hashes of these.
    #[must_use]
    pub fn reseeded(&self, seed: u64) -> Self {
        Self { tokenizer: Tokenizer::new(*self.tokenizer.options(), seed), seed, ..self.clone() }
    }

    /// Returns working memory, which belongs to this sketcher.
    pub fn scratch(&self) -> SketchScratch {
        SketchScratch {
            reader: self.tokenizer.reader(),
            tokens: Vec::new(),
            shingles: Vec::new(),
            signature: vec![0; self.shape.len()],
            masker: self.masker.clone(),
            is_known: false,
        }
    }

    /// Returns a hash of all that the values of a signature depend on besides the text.
    pub fn settings(&self) -> u64 {
        self.settings
    }

    /// Appends the rows of all texts of a batch to `rows`.
    pub fn sketch(&self, texts: &TextBatch<'_>, rows: &mut SketchRows, scratch: &mut SketchScratch) {
        texts.iter().for_each(|text| self.add(text, rows, scratch));
    }

    /// Appends the row of one text to `rows`. If only exact copies are looked for, it has no keys and no sketch: all are 0.
    pub fn add(&self, text: &str, rows: &mut SketchRows, scratch: &mut SketchScratch) {
        let masks = scratch.masks(text);
        self.add_masked(text, &masks, rows, scratch);
    }

    /// Appends the row of one text to `rows`, given where known text stands in it.
    pub fn add_masked(&self, text: &str, masks: &Masks, rows: &mut SketchRows, scratch: &mut SketchScratch) {
        if self.exact {
            return self.add_characters(text, rows);
        }
        scratch.read_words(text, masks);
        self.sign(scratch);
        rows.keys.resize_with(self.shape.bands, Vec::new);
        for (column, key) in rows.keys.iter_mut().zip(lsh::band_keys(&scratch.signature, self.shape)) {
            column.push(key);
        }
        rows.sketches.push(lsh::sketch(&scratch.signature, self.shape));
        rows.streams.push(if scratch.is_known { KNOWN_ONLY } else { stream(&scratch.tokens) });
    }

    /// Like [`add_masked`](Self::add_masked), and appends the band keys of the text to `keys`, with all of their 64 bits as
    /// [`wide_keys`](Self::wide_keys) has them. Texts are compared by their shingles, whatever the settings say. Returns what
    /// [`tokens_masked`](SketchScratch::tokens_masked) of `reseeded` would, which is of this sketcher but for its
    /// [seed](Self::reseeded): the text is cut only once for both.
    pub fn add_wide<'s>(
        &self,
        text: &str,
        masks: &Masks,
        (rows, keys): (&mut SketchRows, &mut Vec<u64>),
        scratch: &mut SketchScratch,
        reseeded: &'s mut SketchScratch,
    ) -> &'s [u64] {
        scratch.read_with(reseeded, text, masks);
        self.push_wide(rows, keys, scratch);
        &reseeded.tokens
    }

    /// Appends the row and the keys of the text that was read last.
    fn push_wide(&self, rows: &mut SketchRows, keys: &mut Vec<u64>, scratch: &mut SketchScratch) {
        self.sign(scratch);
        let first = keys.len();
        keys.extend(lsh::wide_band_keys(&scratch.signature, self.shape));
        rows.keys.resize_with(self.shape.bands, Vec::new);
        for (column, key) in rows.keys.iter_mut().zip(&keys[first..]) {
            column.push((key >> 32) as u32);
        }
        rows.sketches.push(lsh::sketch(&scratch.signature, self.shape));
        rows.streams.push(if scratch.is_known { KNOWN_ONLY } else { stream(&scratch.tokens) });
    }

    fn add_characters(&self, text: &str, rows: &mut SketchRows) {
        rows.keys.resize_with(self.shape.bands, Vec::new);
        rows.keys.iter_mut().for_each(|column| column.push(0));
        rows.sketches.push([0; SKETCH_BYTES]);
        let characters = characters(text);
        let hash = (content_hash(characters.as_bytes()) as u64).max(1);
        rows.streams.push(if characters.is_empty() { NO_TOKEN } else { hash });
    }

    /// Appends no more than whether the text holds anything but white space.
    pub fn add_presence(&self, text: &str, rows: &mut SketchRows) {
        rows.streams.push(if self.tokenizer.is_blank(text) { NO_TOKEN } else { 1 });
    }

    /// Appends the band keys of all texts of a batch to `keys`, text by text, with all of their 64 bits. Keys that leave
    /// the process need them: among a billion texts of an index, keys of 32 bits meet by accident.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::kernel::TextBatch;
    /// use doublon_core::{Config, Sketcher};
    ///
    /// let sketcher = Sketcher::new(&Config::default());
    /// let mut keys = Vec::new();
    /// sketcher.wide_keys(&TextBatch::from(["One text", "one TEXT!"].as_slice()), &mut keys, &mut sketcher.scratch());
    /// assert_eq!(keys[..12], keys[12..]);
    /// ```
    pub fn wide_keys(&self, texts: &TextBatch<'_>, keys: &mut Vec<u64>, scratch: &mut SketchScratch) {
        for text in texts.iter() {
            let masks = scratch.masks(text);
            scratch.read_words(text, &masks);
            self.sign(scratch);
            keys.extend(lsh::wide_band_keys(&scratch.signature, self.shape));
        }
    }

    /// Returns 128 bits of what two texts are compared by to be called copies: the hashes of the words, or the characters where
    /// only exact copies are looked for; 0 where there is nothing but white space or known text. By a
    /// [seed that nobody knows](Self::reseeded), equal fingerprints are equal texts but for chance.
    pub fn fingerprint(&self, text: &str, masks: &Masks, scratch: &mut SketchScratch) -> u128 {
        if self.exact {
            let characters = characters(text);
            let keyed = [self.seed.to_le_bytes().as_slice(), characters.as_bytes()].concat();
            return if characters.is_empty() { 0 } else { content_hash(&keyed).max(1) };
        }
        scratch.read_masked(text, masks);
        let tokens = &scratch.tokens;
        if tokens.is_empty() { 0 } else { content_hash(bytemuck::cast_slice(tokens)).max(1) }
    }

    /// Returns the `MinHash` values of a text.
    pub fn values<'s>(&self, text: &str, scratch: &'s mut SketchScratch) -> &'s [u32] {
        let masks = scratch.masks(text);
        scratch.read_words(text, &masks);
        self.sign(scratch);
        &scratch.signature
    }

    /// Appends the shingles of a text, in order.
    pub fn append_shingles(&self, text: &str, scratch: &mut SketchScratch, out: &mut Vec<u64>) {
        scratch.read(text);
        self.shingler.shingles(&scratch.tokens, out);
    }

    /// Returns the shingles of a text, in order.
    pub fn shingles(&self, text: &str, scratch: &mut SketchScratch) -> Vec<u64> {
        scratch.read(text);
        let mut shingles = Vec::with_capacity(scratch.tokens.len());
        self.shingler.shingles(&scratch.tokens, &mut shingles);
        shingles
    }

    /// Returns the sorted set of the shingles of a text.
    pub fn set(&self, text: &str, scratch: &mut SketchScratch) -> Vec<u64> {
        scratch.read(text);
        self.shingler.set(&scratch.tokens)
    }

    /// Makes the signature of the text that was read last.
    fn sign(&self, scratch: &mut SketchScratch) {
        let SketchScratch { tokens, shingles, signature, .. } = scratch;
        shingles.clear();
        self.shingler.shingles(tokens, shingles);
        self.hasher.sign(shingles, signature);
    }
}

impl SketchScratch {
    /// Returns how many words a text has.
    pub fn count(&mut self, text: &str) -> usize {
        let masks = self.masks(text);
        self.read_words(text, &masks);
        self.tokens.len()
    }

    /// Returns the hashes of what the shingles of a text are made of, in order: its words or characters, and its operators.
    pub fn tokens(&mut self, text: &str) -> &[u64] {
        self.read(text);
        &self.tokens
    }

    /// Returns the same, given where known text stands in the text.
    pub fn tokens_masked(&mut self, text: &str, masks: &Masks) -> &[u64] {
        self.read_masked(text, masks);
        &self.tokens
    }

    /// Returns what of a text does not count: known text, and what comments say.
    pub fn masks(&mut self, text: &str) -> Masks {
        self.masker.masks(text)
    }

    fn read(&mut self, text: &str) {
        let masks = self.masks(text);
        self.read_masked(text, &masks);
    }

    /// Reads the words of a text here, and what it is measured by in another scratch, of which the seed alone is another.
    fn read_with(&mut self, other: &mut Self, text: &str, masks: &Masks) {
        self.tokens.clear();
        other.tokens.clear();
        (self.is_known, other.is_known) = (masks.is_all(), masks.is_all());
        if !self.is_known {
            let text = masks.blanked(text);
            if other.read_around_operators(&text) {
                self.reader.units(&text, &mut self.tokens);
            } else {
                self.reader.units_of_both(&mut other.reader, &text, &mut self.tokens, &mut other.tokens);
            }
        }
    }

    /// Reads what a text is measured by.
    fn read_masked(&mut self, text: &str, masks: &Masks) {
        self.tokens.clear();
        self.is_known = masks.is_all();
        if !self.is_known {
            let text = masks.blanked(text);
            if !self.read_around_operators(&text) {
                self.reader.units(&text, &mut self.tokens);
            }
        }
    }

    /// Reads what a signature is made of, in which operators do not count: few texts are measured, and all are signed.
    fn read_words(&mut self, text: &str, masks: &Masks) {
        self.tokens.clear();
        self.is_known = masks.is_all();
        if !self.is_known {
            self.reader.units(&masks.blanked(text), &mut self.tokens);
        }
    }

    /// Reads a text that has operators, each of which counts as a word between those beside it; returns whether it has one and a
    /// word. Where characters are compared, operators do not count.
    fn read_around_operators(&mut self, text: &str) -> bool {
        let Self { reader, tokens, .. } = self;
        if reader.tokenizer().options().shingle.unit == Unit::Char {
            return false;
        }
        let operators = reader.hashes_with_operators(text, tokens);
        let has_words = tokens.len() > operators;
        if !has_words {
            tokens.clear();
        }
        has_words
    }
}

fn stream(tokens: &[u64]) -> u64 {
    if tokens.is_empty() {
        return NO_TOKEN;
    }
    // Copies are compared themselves, so half of the hash is enough.
    (content_hash(bytemuck::cast_slice(tokens)) as u64).max(1)
}
