//! One text or two by themselves, measured and aligned as a scan of just these would.

use std::ops::Range;

use crate::candidate::postings::Scope;
use crate::config::Config;
use crate::error::Result;
use crate::kernel::{
    Measurer, PassageRepeat, PassageRepeats, PostingLinker, PostingMaker, RepeatAligner, TextBatch, WordBatch, extent,
};
use crate::span::Span;
use crate::text::Tokenizer;
use crate::verify::Overlap;
use crate::verify::align::Run;

/// What two texts have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct TextComparison {
    /// The shingles of both texts, and how many they share.
    pub overlap: Overlap,
    /// The passages that stand in both, by their places in the first text.
    pub passages: Vec<SharedPassage>,
}

/// A passage that stands at two places.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedPassage {
    /// The bytes of the first place.
    pub a: Span,
    /// The bytes of the second place.
    pub b: Span,
    /// Words of the shorter place.
    pub words: usize,
    /// The share of the columns that hold two equal words, `0.0..=1.0`.
    pub identity: f64,
    /// Which word stands for which, from the first word of both places to the last.
    pub runs: Vec<Run>,
}

impl TextComparison {
    /// Returns the exact Jaccard similarity: shared shingles / all shingles of both.
    pub fn jaccard(&self) -> f64 {
        self.overlap.jaccard()
    }

    /// Returns the share of the first text's shingles that the second has.
    pub fn containment_a(&self) -> f64 {
        self.overlap.containment_a()
    }

    /// Returns the share of the second text's shingles that the first has.
    pub fn containment_b(&self) -> f64 {
        self.overlap.containment_b()
    }
}

/// Compares two texts: how similar they are as documents, and which passages they share. Scope and level of `config` do
/// not matter.
///
/// # Errors
///
/// None for settings that have been checked.
///
/// # Examples
///
/// ```
/// use doublon_core::{Config, compare};
///
/// let lead = "The council has met on Monday and agreed on the new plan for the old harbour";
/// let (text, other) = (format!("{lead}."), format!("News of today. {lead}, as we hear."));
/// let found = compare(&text, &other, &Config::builder().min_words(10).build()?)?;
/// assert_eq!(found.containment_a(), 1.0);
/// assert!(found.jaccard() < found.containment_a());
/// assert_eq!(found.passages[0].b.of(&other), Some(format!("{lead},").as_str()));
/// assert_eq!((found.passages[0].words, found.passages[0].identity), (16, 1.0));
/// # Ok::<(), doublon_core::Error>(())
/// ```
pub fn compare(text: &str, other: &str, config: &Config) -> Result<TextComparison> {
    let texts = [text, other];
    let mut overlaps = Vec::new();
    Measurer::new(config).measure(&TextBatch::from(texts.as_slice()), &[(0, 1)], &mut overlaps);
    let overlap = overlaps.pop().unwrap_or(Overlap { a: 0, b: 0, shared: 0 });
    Ok(TextComparison { overlap, passages: passages(&texts, Scope::Across, config)? })
}

/// Returns the passages that repeat inside one text, by their first places; each place with the next one that it
/// matches. Scope and level of `config` do not matter.
///
/// # Errors
///
/// None for settings that have been checked.
///
/// # Examples
///
/// ```
/// use doublon_core::{Config, repeats};
///
/// let lead = "The council has met on Monday and agreed on the new plan for the old harbour.";
/// let text = format!("{lead}\n\nNobody was against it.\n\n{lead}\n");
/// let found = repeats(&text, &Config::builder().min_words(10).build()?)?;
/// assert_eq!((found.len(), found[0].words), (1, 16));
/// assert_eq!([found[0].a.of(&text), found[0].b.of(&text)], [Some(lead); 2]);
/// # Ok::<(), doublon_core::Error>(())
/// ```
pub fn repeats(text: &str, config: &Config) -> Result<Vec<SharedPassage>> {
    passages(&[text], Scope::Within, config)
}

/// Finds the passages of one text or two.
fn passages(texts: &[&str], scope: Scope, config: &Config) -> Result<Vec<SharedPassage>> {
    let config = &config.to_builder().scope(scope).build()?;
    let words = WordBatch::new([TextBatch::from(texts)], config);
    let (mut postings, mut candidates, mut found) = (Vec::new(), Vec::new(), PassageRepeats::default());
    PostingMaker::new(config).postings(&words, 0..texts.len() as u32, &mut postings);
    PostingLinker::new(config).link(&words, &mut postings, &mut candidates);
    RepeatAligner::new(words.vocabulary(), config).align(&words, &candidates, &mut found);
    if found.listed.is_empty() {
        return Ok(Vec::new());
    }
    let placed: Vec<PlacedWords> = texts.iter().map(|text| PlacedWords::new(text, config)).collect();
    let place = |repeat: &PassageRepeat| SharedPassage {
        a: placed[repeat.a.doc as usize].span(&repeat.a.words()),
        b: placed[repeat.b.doc as usize].span(&repeat.b.words()),
        words: repeat.words(),
        identity: found.identity(repeat),
        runs: found.runs(repeat).collect(),
    };
    Ok(found.listed.iter().map(place).collect())
}

/// A text, and where its words stand in it.
struct PlacedWords<'t> {
    text: &'t str,
    words: Vec<Span>,
}

impl<'t> PlacedWords<'t> {
    fn new(text: &'t str, config: &Config) -> Self {
        let mut words = Vec::with_capacity(text.len() / 6);
        Tokenizer::new(config.text, config.seed).reader().for_each(text, |token| words.push(token.span));
        Self { text, words }
    }

    fn span(&self, range: &Range<usize>) -> Span {
        extent(self.text, &self.words, range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::WindowParameters;

    /// Where several rows make a key, a text that repeats over and over gives one place the same key twice.
    #[test]
    fn a_loop_ends_whatever_the_rows_of_a_window() {
        let windows = WindowParameters { k: 2, words: 12, bands: 1, rows: 8, exhaustive: true };
        let config = Config::builder().windows(windows).build().expect("valid");
        let text = "one two three ".repeat(60);
        assert_eq!(repeats(&text, &config).expect("valid").len(), 1);
    }
}
