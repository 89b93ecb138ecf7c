//! Pure functions on text: normalisation, segments, tokens, shingles.

mod block;
mod breaks;
pub mod c4;
mod cache;
mod characters;
mod chars;
mod ignored;
mod known;
mod markdown;
pub mod normalize;
mod numbers;
mod operators;
mod options;
mod plain;
mod reader;
pub mod repetition;
mod script;
pub mod segment;
mod sentence;
pub mod shingle;
mod signs;
pub mod token;
mod unit;
pub mod vocabulary;
mod window;
mod wrap;

pub use c4::Cleaning;
pub use characters::characters;
pub use ignored::{IgnoreMark, IgnoredParts, ignore_marks, ignored_parts};
pub use known::KnownText;
pub use markdown::{markdown_blocks, markdown_headings};
pub use numbers::NumberTable;
pub use operators::for_each_operator;
pub use options::TextOptions;
pub use reader::TokenReader;
pub use repetition::{Repetition, RepetitionMeter};
pub use segment::{line_starts, lines, paragraphs};
pub use sentence::{is_stop, sentence_starts, sentences, starts_outside};
pub use shingle::{Shingle, Shingler, Unit};
pub use token::{TOKENIZER_VERSION, Token, Tokenizer, unicode_version};
pub use unit::{NO_UNIT, PassageUnit, unit_key};
pub use vocabulary::{
    GrowingVocabulary, Lexicon, TokenId, Vocabulary, WordRecord, folded_hash, tokens_a_word, tokens_a_word_in,
};
