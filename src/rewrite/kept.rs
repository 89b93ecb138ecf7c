//! The kept places of families, read again: their words and operators, and the parts of them that stand together in the
//! original.

use std::ops::Range;
use std::sync::Arc;

use doublon_core::Span;
use doublon_core::text::Tokenizer;
use doublon_core::verify::subsequence::common_subsequence;

use super::edit::KeptPassage;
use super::left::{Origins, divided};
use super::operators::Operators;
use crate::finding::DocumentRef;

/// The words of a kept place.
#[derive(Debug, Default)]
pub(super) struct KeptText {
    hashes: Vec<u64>,
    operators: Operators,
    /// The parts between which nothing was taken out, in order, each with its first word. There is one at least if there is
    /// a word.
    parts: Vec<(usize, Arc<KeptPassage>)>,
}

/// Words of a kept place that follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeptWords<'k> {
    pub hashes: &'k [u64],
    /// The number of the first of them among the words of the place.
    first: usize,
    operators: &'k Operators,
}

impl KeptWords<'_> {
    /// Returns the hashes of the operators between a word and the one before it.
    pub fn operators_before(&self, word: usize) -> impl Iterator<Item = u64> {
        self.operators.before(self.first + word)
    }
}

/// A part of a place and the part of the kept place that it repeats.
pub(super) struct PairedPart<'k> {
    pub words: Range<usize>,
    pub kept: KeptWords<'k>,
    pub keep: &'k Arc<KeptPassage>,
}

impl KeptText {
    /// Reads a kept place, `span` of the text that is left of a document, or nothing if the text does not have it.
    pub fn read(left: &str, span: Span, origins: &Origins, doc: &DocumentRef, tokenizer: &Tokenizer) -> Option<Self> {
        let tokens = tokenizer.tokens(span.of(left)?);
        let mut parts: Vec<(usize, Arc<KeptPassage>)> = Vec::new();
        for part in origins.together(span) {
            let first = tokens.partition_point(|token| span.start + token.span.start < part.start);
            let end = tokens.partition_point(|token| span.start + token.span.start < part.end);
            if first < end {
                // White space beside what was taken out is no part of the place: it may go with the next cut there.
                let text = left.get(part.start..part.end)?;
                let start = part.start + (text.len() - text.trim_start().len());
                let span = origins.original(Span::new(start, start + text.trim().len()));
                parts.push((first, Arc::new(KeptPassage { doc: doc.clone(), span, indexed: None })));
            }
        }
        let operators = Operators::of(left, span.start, &tokens, tokenizer);
        Some(Self { hashes: tokens.iter().map(|token| token.hash).collect(), operators, parts })
    }

    /// Returns what stays for a unit, if it has the same words and operators.
    pub fn as_unit(&self, words: &[u64], operators: &Operators) -> Option<&Arc<KeptPassage>> {
        let is_equal = self.hashes == words && self.operators.are_between_words_of(operators);
        self.parts.first().map(|part| &part.1).filter(|_| is_equal)
    }

    /// Adds a place, with the hashes of its words and its operators, if it has words.
    pub fn add(&mut self, words: &[u64], operators: &Operators, place: Arc<KeptPassage>) {
        if !words.is_empty() {
            self.operators.append(self.hashes.len(), operators);
            self.parts.push((self.hashes.len(), place));
            self.hashes.extend_from_slice(words);
        }
    }

    /// Returns all its words.
    pub fn words(&self) -> KeptWords<'_> {
        self.words_in(0..self.hashes.len())
    }

    fn words_in(&self, words: Range<usize>) -> KeptWords<'_> {
        KeptWords { first: words.start, hashes: &self.hashes[words], operators: &self.operators }
    }

    /// Divides a place, given the hashes of its words and those of them before which something was taken out, so that
    /// each part repeats one part of the kept place.
    pub fn paired(&self, hashes: &[u64], seams: &[usize], threshold: f64) -> Vec<PairedPart<'_>> {
        if seams.is_empty() && self.parts.len() <= 1 {
            return self.whole(hashes.len(), 0).into_iter().collect();
        }
        let kept_seams: Vec<usize> = self.parts.iter().skip(1).map(|part| part.0).collect();
        let common = common_subsequence(hashes, &self.hashes);
        let paired = divided((hashes.len(), self.hashes.len()), &common, (seams, &kept_seams));
        let parts = paired.into_iter().filter_map(|(words, kept)| self.part(words, kept.start)).collect();
        let pairing = Pairing { hashes, seams, threshold };
        pairing.merged(pairing.balanced(parts, &common))
    }

    /// Pairs all words of a place with one part.
    fn whole(&self, words: usize, part: usize) -> Option<PairedPart<'_>> {
        self.part(0..words, self.parts.get(part)?.0)
    }

    /// Pairs words with the part that has a word of the kept place.
    fn part(&self, words: Range<usize>, kept: usize) -> Option<PairedPart<'_>> {
        let n = self.parts.partition_point(|part| part.0 <= kept).max(1) - 1;
        let (first, keep) = self.parts.get(n)?;
        let end = self.parts.get(n + 1).map_or(self.hashes.len(), |next| next.0);
        Some(PairedPart { words, kept: self.words_in(*first..end), keep })
    }
}

/// Divides the words of a place among the parts of its kept place so that each part is like what it repeats.
struct Pairing<'w> {
    hashes: &'w [u64],
    seams: &'w [usize],
    threshold: f64,
}

impl Pairing<'_> {
    /// Lets each part have as many of the words that are not common, between it and the next, as it can bear.
    fn balanced<'k>(&self, mut parts: Vec<PairedPart<'k>>, common: &[(usize, usize)]) -> Vec<PairedPart<'k>> {
        for n in 1..parts.len() {
            let words = parts[n - 1].words.clone();
            if self.seams.contains(&words.end) {
                continue;
            }
            let first = common.partition_point(|pair| pair.0 < words.start);
            let count = common[first..].iter().take_while(|pair| pair.0 < words.end).count();
            let least = if count == 0 { words.start } else { common[first + count - 1].0 + 1 };
            let bearable = words.start + (count as f64 / self.threshold) as usize;
            let end = bearable.clamp(least, words.end);
            parts[n - 1].words.end = end;
            parts[n].words.start = end;
        }
        parts.retain(|part| !part.words.is_empty());
        parts
    }

    /// Lets a part that is not like what it repeats go with a part beside it, if both together are like what that repeats.
    fn merged<'k>(&self, mut parts: Vec<PairedPart<'k>>) -> Vec<PairedPart<'k>> {
        let mut n = 0;
        while n + 1 < parts.len() {
            let (first, second) = (&parts[n], &parts[n + 1]);
            let words = first.words.start..second.words.end;
            let are_like = [first, second].iter().all(|part| self.is_like(part.words.clone(), part.kept.hashes));
            let is_apart = self.seams.contains(&first.words.end);
            let like = [first, second].into_iter().find(|part| self.is_like(words.clone(), part.kept.hashes));
            if let Some((kept, keep)) = like.filter(|_| !are_like && !is_apart).map(|part| (part.kept, part.keep)) {
                parts.splice(n..n + 2, [PairedPart { words, kept, keep }]);
                n = n.saturating_sub(1);
            } else {
                n += 1;
            }
        }
        parts
    }

    fn is_like(&self, words: Range<usize>, kept: &[u64]) -> bool {
        let words = &self.hashes[words];
        !words.is_empty() && common_subsequence(words, kept).len() as f64 >= self.threshold * words.len() as f64
    }
}

#[cfg(test)]
impl KeptText {
    /// A whole text, of which the place is not asked for.
    pub fn of(text: &str, tokenizer: &Tokenizer) -> Self {
        let tokens = tokenizer.tokens(text);
        let operators = Operators::of(text, 0, &tokens, tokenizer);
        Self { hashes: tokens.iter().map(|token| token.hash).collect(), operators, parts: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_goes_for_one_of_the_same_words_and_operators() {
        let tokenizer = Tokenizer::default();
        let doc = DocumentRef { source: "a".into(), record: 0, id: None, metadata: None };
        let goes_for = |kept: &str, unit: &str| {
            let kept = KeptText::read(kept, Span::new(0, kept.len()), &Origins::new(&[]), &doc, &tokenizer);
            let tokens = tokenizer.tokens(unit);
            let hashes: Vec<u64> = tokens.iter().map(|token| token.hash).collect();
            kept.is_some_and(|kept| kept.as_unit(&hashes, &Operators::of(unit, 0, &tokens, &tokenizer)).is_some())
        };
        assert!(goes_for("area = width * height", "area = width*height"));
        assert!(!goes_for("area = width * height", "area = width / height"));
        assert!(!goes_for("area = width * height", "area = width * height * depth"));
    }
}
