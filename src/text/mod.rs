//! Pure functions on text: normalisation, segments, tokens, shingles.

pub mod normalize;
pub mod segment;
pub mod shingle;
pub mod token;
pub mod vocabulary;

pub use segment::{line_starts, paragraphs};
pub use shingle::{Shingle, Shingler, Unit};
pub use token::{TextOptions, Token, Tokenizer};
pub use vocabulary::{Lexicon, TokenId, Vocabulary};
