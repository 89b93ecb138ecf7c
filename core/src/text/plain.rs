//! The plain tokenizer, one character at a time: the definition that the fast one has to equal.

use super::TextOptions;
use super::normalize::{Class, normalize};
use crate::span::Span;

/// Calls `emit` with each normalised token of a text and its span, in order.
pub fn for_each(text: &str, options: &TextOptions, mut emit: impl FnMut(&str, Span)) {
    let mut word = String::new();
    let mut place = Span::new(0, 0);
    normalize(text, options, |c, class, span| {
        if class == Class::Word {
            if word.is_empty() {
                place.start = span.start;
            }
            place.end = span.end;
            word.push(c);
            return;
        }
        if !word.is_empty() {
            emit(&word, place);
            word.clear();
        }
        if class == Class::Single {
            emit(c.encode_utf8(&mut [0; 4]), span);
        }
    });
    if !word.is_empty() {
        emit(&word, place);
    }
}
