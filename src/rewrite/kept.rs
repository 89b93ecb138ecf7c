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

    /// Returns what stays for a unit, if it has the same words.
    pub fn as_unit(&self, words: &[u64]) -> Option<&Arc<KeptPassage>> {
        self.parts.first().map(|part| &part.1).filter(|_| self.hashes == words)
    }

    /// Adds a place and the hashes of its words, if it has any.
    pub fn add(&mut self, words: &[u64], place: Arc<KeptPassage>) {
        if !words.is_empty() {
            self.parts.push((self.hashes.len(), place));
            self.hashes.extend_from_slice(words);
        }
    }

    /// Returns the hashes of all its words.
    pub fn words(&self) -> &[u64] {
        &self.hashes
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
        Some(PairedPart { words, kept: &self.hashes[*first..end], keep })
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
            let are_like = [first, second].iter().all(|part| self.is_like(part.words.clone(), part.kept));
            let is_apart = self.seams.contains(&first.words.end);
            let like = [first, second].into_iter().find(|part| self.is_like(words.clone(), part.kept));
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
