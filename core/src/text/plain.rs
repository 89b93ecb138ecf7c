//! The plain tokenizer, one character at a time: the definition that the fast one has to equal.

use super::TextOptions;
use super::normalize::{Class, normalize};
use crate::span::Span;

/// Calls `emit` with each normalised token of a text and its span, in order.
pub fn for_each(text: &str, options: &TextOptions, mut emit: impl FnMut(&str, Span)) {
    let mut token = Open { form: String::new(), place: Span::new(0, 0), is_single: false };
    normalize(text, options, |c, class, span| {
        let goes_on = match class {
            Class::Ignored => return,
            Class::Mark => true,
            Class::Word => !token.is_single,
            Class::Single | Class::Separator => false,
        };
        if !goes_on {
            token.close(&mut emit);
        }
        if class != Class::Separator {
            token.is_single |= class == Class::Single;
            token.push(c, span);
        }
    });
    token.close(&mut emit);
}

/// The token that may go on.
struct Open {
    /// Its characters so far; none if no token is open.
    form: String,
    place: Span,
    /// Whether it is a character of a script written without spaces, which no letter continues.
    is_single: bool,
}

impl Open {
    fn push(&mut self, c: char, span: Span) {
        if self.form.is_empty() {
            self.place.start = span.start;
        }
        self.place.end = span.end;
        self.form.push(c);
    }

    fn close(&mut self, emit: &mut impl FnMut(&str, Span)) {
        if !self.form.is_empty() {
            emit(&self.form, self.place);
        }
        self.form.clear();
        self.is_single = false;
    }
}
