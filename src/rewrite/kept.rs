//! The kept places of families, read again: their words, and the parts of them that stand together in the original.

use std::ops::Range;
use std::sync::Arc;

use doublon_core::Span;
use doublon_core::text::Tokenizer;
use doublon_core::verify::subsequence::common_subsequence;

use super::edit::KeptPassage;
use super::left::{Origins, divided};
use crate::finding::DocumentRef;

/// The words of a kept place.
#[derive(Debug, Default)]
pub(super) struct KeptText {
    hashes: Vec<u64>,
    /// The parts between which nothing was taken out, in order, each with its first word. There is one at least if there is
    /// a word.
    parts: Vec<(usize, Arc<KeptPassage>)>,
}

/// A part of a place and the part of the kept place that it repeats.
pub(super) struct PairedPart<'k> {
    pub words: Range<usize>,
    pub kept: &'k [u64],
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
                parts.push((first, Arc::new(KeptPassage { doc: doc.clone(), span })));
            }
        }
        Some(Self { hashes: tokens.iter().map(|token| token.hash).collect(), parts })
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
        let parts: Vec<PairedPart> =
            paired.into_iter().filter_map(|(words, kept)| self.part(words, kept.start)).collect();
        let share = |part: &PairedPart| {
            common_subsequence(&hashes[part.words.clone()], part.kept).len() as f64 / part.words.len() as f64
        };
        if seams.is_empty() && parts.iter().any(|part| share(part) < threshold) {
            // A few words that have no kept part of their own may go with the rest for the rest of it.
            let mut whole = (0..self.parts.len()).filter_map(|n| self.whole(hashes.len(), n));
            if let Some(whole) = whole.find(|part| share(part) >= threshold) {
                return vec![whole];
            }
        }
        parts
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
        Some(PairedPart { words, kept: &self.hashes[*first..end], keep })
    }
}
