//! The plain tokenizer, one character at a time: the definition that the fast one has to equal.

use super::normalize::{Class, normalize};
use super::{TextOptions, breaks, chars, signs};
use crate::span::Span;

/// Calls `emit` with each normalised token of a text and its span, in order.
pub fn for_each(text: &str, options: &TextOptions, mut emit: impl FnMut(&str, Span)) {
    let mut token = Open { form: String::new(), place: Span::new(0, 0), class: Class::Separator, is_joined: false };
    normalize(text, options, |c, class, span| {
        if token.class == Class::Word && is_sign(class) && breaks::gap_around(text, span.start).is_some() {
            return;
        }
        let (c, class) = if is_sign(class) && signs::is_of_number(text, span) {
            token.close(&mut emit);
            (if c == '+' { c } else { '-' }, Class::Word)
        } else {
            (c, class)
        };
        let goes_on = match class {
            Class::Ignored => return,
            Class::Joiner => return token.is_joined = token.class == Class::Symbol,
            Class::Mark => true,
            Class::Word => token.class == Class::Word,
            Class::Symbol => token.takes_symbol(c),
            Class::Separator => token.takes_sign(&text[span.start..], options),
            Class::Single => false,
        };
        if !goes_on {
            token.close(&mut emit);
        }
        if goes_on || class != Class::Separator {
            token.push(c, class, span);
        }
    });
    token.close(&mut emit);
}

/// Calls `emit` with each normalised character of a text but white space, in order.
pub fn for_each_visible(text: &str, options: &TextOptions, mut emit: impl FnMut(char)) {
    normalize(text, options, |c, class, _| {
        if class != Class::Joiner && !c.is_whitespace() {
            emit(c);
        }
    });
}

/// Returns whether a character of this class may be the sign of a number, or stand in a broken word.
fn is_sign(class: Class) -> bool {
    matches!(class, Class::Separator | Class::Symbol)
}

/// The token that may go on.
struct Open {
    /// Its characters so far; none if no token is open.
    form: String,
    place: Span,
    /// That of its first character; a separator if no token is open.
    class: Class,
    /// Whether the symbol goes on with the next one.
    is_joined: bool,
}

impl Open {
    /// Returns whether a symbol is part of the sequence that is open: behind a joiner, or the second letter of a flag.
    fn takes_symbol(&self, c: char) -> bool {
        let mut chars = self.form.chars();
        let is_half_flag = is_flag_letter(c) && chars.next().is_some_and(is_flag_letter) && chars.next().is_none();
        self.class == Class::Symbol && (self.is_joined || is_half_flag)
    }

    /// Returns whether the word that is open goes on with the sign at the start of `rest`.
    fn takes_sign(&self, rest: &str, options: &TextOptions) -> bool {
        let is_letter_or_sign = |c: char| c.is_alphabetic() || u8::try_from(c).is_ok_and(signs::is_of_word);
        self.class == Class::Word
            && rest.bytes().next().is_some_and(signs::is_of_word)
            && self.form.ends_with(is_letter_or_sign)
            && signs::of_word(rest, |c| chars::entry(c, options).kind) > 0
    }

    fn push(&mut self, c: char, class: Class, span: Span) {
        if self.form.is_empty() {
            self.place.start = span.start;
            self.class = if class == Class::Mark { Class::Word } else { class };
        }
        self.place.end = span.end;
        self.form.push(c);
        self.is_joined = false;
    }

    fn close(&mut self, emit: &mut impl FnMut(&str, Span)) {
        if !self.form.is_empty() {
            emit(&self.form, self.place);
        }
        self.form.clear();
        self.class = Class::Separator;
        self.is_joined = false;
    }
}

/// Returns whether a symbol is one of the letters of which two make a flag.
pub fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}
