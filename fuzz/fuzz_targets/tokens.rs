//! Compares the fast tokenizer with the plain one.
//!
//! ```text
//! cargo +nightly fuzz run tokens
//! ```

#![no_main]

use std::sync::LazyLock;

use doublon_core::text::{TextOptions, Token, Tokenizer};
use libfuzzer_sys::fuzz_target;

/// One for each combination of options, which the first byte of the input chooses.
static TOKENIZERS: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
    let options = |bits: u8| TextOptions {
        keep_case: bits & 1 != 0,
        fold_accents: bits & 2 != 0,
        fold_digits: bits & 4 != 0,
        fold_script: bits & 8 != 0,
        ..TextOptions::default()
    };
    (0..16).map(|bits| Tokenizer::new(options(bits), 0)).collect()
});

fuzz_target!(|input: (u8, &str)| {
    let (bits, text) = input;
    let tokenizer = &TOKENIZERS[usize::from(bits % 16)];
    let mut plain = Vec::new();
    tokenizer.for_each(text, |word, span| plain.push(Token { hash: tokenizer.hash(word), span }));

    let mut reader = tokenizer.reader();
    assert_eq!(reader.tokens(text), plain);
    // Now with a cache that knows the words.
    assert_eq!(reader.tokens(text), plain);
    let mut hashes = Vec::new();
    reader.hashes(text, &mut hashes);
    assert!(hashes.iter().eq(plain.iter().map(|token| &token.hash)));
});
