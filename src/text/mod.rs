//! Pure functions on text: normalisation, segments, tokens, shingles.

mod block;
mod cache;
mod chars;
pub mod normalize;
mod plain;
mod reader;
pub mod segment;
pub mod shingle;
pub mod token;
pub mod vocabulary;
mod window;

pub use reader::TokenReader;
pub use segment::{line_starts, paragraphs};
pub use shingle::{Shingle, Shingler, Unit};
pub use token::{TextOptions, Token, Tokenizer};
pub use vocabulary::{Lexicon, TokenId, Vocabulary};
