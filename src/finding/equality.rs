//! How far two texts are equal: in their bytes, their characters or their words.

use doublon_core::text::characters;
#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far two texts are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Equality {
    /// Neither of these.
    #[default]
    None,
    /// The same words in the same order.
    Words,
    /// The same characters, up to white space and Unicode normalisation (NFC).
    Characters,
    /// The same bytes.
    Bytes,
}

impl Equality {
    /// Returns how far two texts are equal, given whether bytes that were no text are the same, and how to find out
    /// whether the words are.
    pub fn of(a: &str, b: &str, same_raw: bool, same_words: impl FnOnce() -> bool) -> Self {
        match a == b {
            true if same_raw => Self::Bytes,
            // The same text of different bytes: some of them were no text, and are told by a common sign.
            true => Self::Words,
            false if characters(a) == characters(b) => Self::Characters,
            false if same_words() => Self::Words,
            false => Self::None,
        }
    }

    /// Returns whether the characters are the same, up to white space and Unicode normalisation.
    pub fn is_exact(self) -> bool {
        self >= Self::Characters
    }

    /// Returns the name that findings give it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Words => "words",
            Self::Characters => "characters",
            Self::Bytes => "bytes",
        }
    }

    /// Returns whether there is none.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

#[cfg(test)]
mod tests {
    use doublon_core::text::Tokenizer;

    use super::*;

    #[test]
    fn each_pair_is_equal_as_far_as_it_is() {
        let words = |text: &str| Tokenizer::default().tokens(text).iter().map(|token| token.hash).collect::<Vec<_>>();
        let equality = |a: &str, b: &str| Equality::of(a, b, true, || words(a) == words(b));
        assert_eq!(equality("a * b", "a * b"), Equality::Bytes);
        assert_eq!(equality("a * b", "a\t* b\n"), Equality::Characters);
        assert_eq!(equality("a * b", "a / b"), Equality::Words);
        assert_eq!(equality("a * b", "A * b"), Equality::Words);
        assert_eq!(equality("a * b", "a * c"), Equality::None);
        assert_eq!(Equality::of("\u{fffd}", "\u{fffd}", false, || true), Equality::Words);
    }
}
