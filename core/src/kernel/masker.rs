//! What of a text does not count: known text, and what its comments say.

use crate::config::Config;
use crate::kernel::known::{KnownTextFinder, Masks};
use crate::span::Span;
use crate::text::{TokenReader, Tokenizer, ignored_parts};

/// Finds what of a text does not count, with memory that is used again. Each thread has its own.
#[derive(Clone, Debug)]
pub struct TextMasker {
    known: Option<KnownTextFinder>,
    reader: TokenReader,
}

impl TextMasker {
    /// Makes one for the known text of `config`.
    pub fn new(config: &Config) -> Self {
        Self { known: KnownTextFinder::new(config), reader: Tokenizer::new(config.text, config.seed).reader() }
    }

    /// Returns where known text stands in a text, and what its comments say.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::Config;
    /// use doublon_core::kernel::TextMasker;
    ///
    /// let mut masker = TextMasker::new(&Config::default());
    /// let masks = masker.masks("One.\n\n<!-- doublon-ignore -->\nTwo.");
    /// assert_eq!((masks.spans().len(), masks.is_all()), (1, false));
    /// ```
    pub fn masks(&mut self, text: &str) -> Masks {
        let known = self.known.as_mut().map(|known| known.find(text)).unwrap_or_default();
        let ignored = ignored_parts(text);
        if ignored.spans.is_empty() {
            return known;
        }
        let mut spans = known.spans().to_vec();
        spans.extend(ignored.spans);
        spans.sort_unstable();
        let masks = Masks::new(united(&spans), ignored.is_open);
        let mut has_word = false;
        self.reader.for_each(&masks.blanked(text), |_| has_word = true);
        if has_word { masks } else { masks.of_all() }
    }
}

/// Joins those that overlap of spans in order.
fn united(spans: &[Span]) -> Vec<Span> {
    let mut united: Vec<Span> = Vec::with_capacity(spans.len());
    for &span in spans {
        match united.last_mut().filter(|last| span.start < last.end) {
            Some(last) => last.end = last.end.max(span.end),
            None => united.push(span),
        }
    }
    united
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::KnownText;

    #[test]
    fn known_text_and_comments_are_masked_together() {
        let known = KnownText::new(["one two three".to_owned()]);
        let config = Config::builder().known_text(known).build().expect("is sound");
        let mut masker = TextMasker::new(&config);
        let of = |masks: &Masks, text: &str| masks.blanked(text).trim().to_owned();
        let text = "one two three four\n<!-- doublon-ignore-start -->\nfive\none two three";
        let masks = masker.masks(text);
        assert_eq!((of(&masks, text).as_str(), masks.is_all(), masks.is_open()), ("four", false, true));
        let text = "one two three\n<!-- doublon-ignore -->\nfive one two three six";
        assert!(masker.masks(text).is_all() && !masker.masks(text).is_open());
        assert_eq!(masker.masks("one"), Masks::default());
    }
}
