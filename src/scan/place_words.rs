//! What places need of the words of their text, gathered in one pass over them: a text of millions of words takes no memory
//! for each.

use std::ops::Range;

use doublon_core::Span;
use doublon_core::hash::{ContentHasher, seeded_hash};
use doublon_core::kernel::extent;

/// Words that are looked at together.
const WINDOW: usize = 1 << 12;

/// What a place needs of the words of its text.
#[derive(Clone, Debug)]
pub(super) struct PlaceWords {
    /// The word before it.
    pub before: Option<Span>,
    pub first: Span,
    /// Its first word that begins behind the first one: a character may be several words.
    inner: Option<Span>,
    pub last: Span,
    /// The word after it.
    pub after: Option<Span>,
    /// A hash of the hashes of its words.
    pub fingerprint: u64,
}

/// Gathers what places need.
pub(super) struct PlaceGatherer {
    places: Vec<Gathered>,
    /// The numbers of the places in order of their first words, the next one last.
    coming: Vec<usize>,
    /// Those that have some of the words so far.
    open: Vec<usize>,
    /// How many words were before those held.
    before: usize,
    spans: Vec<Span>,
    hashes: Vec<u64>,
}

struct Gathered {
    range: Range<usize>,
    words: PlaceWords,
    /// Of the words so far, if they did not come together.
    hasher: Option<Box<ContentHasher>>,
}

impl PlaceWords {
    fn new() -> Self {
        let none = Span::new(0, 0);
        Self { before: None, first: none, inner: None, last: none, after: None, fingerprint: 0 }
    }

    /// Returns the bytes of the text that the place takes, with the punctuation that belongs to it.
    pub fn extent(&self, text: &str) -> Span {
        let Self { before, first, inner, last, after, .. } = *self;
        let (mut words, mut len) = ([first; 5], 0);
        for word in [before, Some(first), inner, Some(last), after].into_iter().flatten() {
            words[len] = word;
            len += 1;
        }
        let own = usize::from(before.is_some())..len - usize::from(after.is_some());
        extent(text, &words[..len], &own)
    }
}

impl PlaceGatherer {
    /// Makes one for ranges of words, at least one word each.
    pub fn new(ranges: impl Iterator<Item = Range<usize>>) -> Self {
        let gathered = |range| Gathered { range, words: PlaceWords::new(), hasher: None };
        let places: Vec<Gathered> = ranges.map(gathered).collect();
        let mut coming: Vec<usize> = (0..places.len()).collect();
        coming.sort_by_key(|&n| std::cmp::Reverse(places[n].range.start));
        Self { places, coming, open: Vec::new(), before: 0, spans: Vec::new(), hashes: Vec::new() }
    }

    /// Takes the next word.
    pub fn add(&mut self, span: Span, hash: u64) {
        self.spans.push(span);
        self.hashes.push(hash.to_le());
        if self.spans.len() == WINDOW {
            self.hand_out();
        }
    }

    /// Returns what each place needs, in the order in which they were given.
    pub fn finish(mut self) -> Vec<PlaceWords> {
        self.hand_out();
        let finished = |place: Gathered| match place.hasher {
            None => place.words,
            Some(hasher) => PlaceWords { fingerprint: hasher.finish_short(), ..place.words },
        };
        self.places.into_iter().map(finished).collect()
    }

    fn hand_out(&mut self) {
        let Self { places, coming, open, before, spans, hashes } = self;
        let end = *before + spans.len();
        while let Some(&next) = coming.last().filter(|&&next| places[next].range.start <= end) {
            open.push(next);
            coming.pop();
        }
        for &n in &*open {
            places[n].take(*before, spans, hashes);
        }
        open.retain(|&n| places[n].range.end >= end);
        *before = end;
        spans.clear();
        hashes.clear();
    }
}

impl Gathered {
    /// Takes what it needs of some words, `before` which there were others.
    fn take(&mut self, before: usize, spans: &[Span], hashes: &[u64]) {
        let (start, end) = (self.range.start, self.range.end);
        let words = &mut self.words;
        let get = |at: usize| at.checked_sub(before).and_then(|at| spans.get(at)).copied();
        words.before = words.before.or(start.checked_sub(1).and_then(get));
        words.first = get(start).unwrap_or(words.first);
        words.last = get(end - 1).unwrap_or(words.last);
        words.after = words.after.or(get(end));
        let here = start.max(before)..end.min(before + spans.len());
        if here.is_empty() {
            return;
        }
        let here = here.start - before..here.end - before;
        let is_inner = |word: &&Span| word.start >= words.first.end;
        words.inner = words.inner.or_else(|| spans[here.clone()].iter().find(is_inner).copied());
        let bytes = bytemuck::cast_slice(&hashes[here.clone()]);
        if here.len() == self.range.len() {
            words.fingerprint = seeded_hash(bytes, 0);
        } else {
            self.hasher.get_or_insert_default().update(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_long_texts_are_those_of_the_whole() {
        let text = "ab ".repeat(3 * WINDOW);
        let spans: Vec<Span> = (0..3 * WINDOW).map(|n| Span::new(3 * n, 3 * n + 2)).collect();
        let hashes: Vec<u64> = (0..3 * WINDOW as u64).map(|n| n * n).collect();
        let edges = [0, 1, 5, WINDOW - 1, WINDOW, WINDOW + 1, 2 * WINDOW, 3 * WINDOW - 1, 3 * WINDOW];
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for start in edges {
            ranges.extend(edges.iter().map(|&end| start..end).filter(|range| !range.is_empty()));
        }
        ranges.reverse();
        let mut gatherer = PlaceGatherer::new(ranges.iter().cloned());
        spans.iter().zip(&hashes).for_each(|(&span, &hash)| gatherer.add(span, hash));
        for (words, range) in gatherer.finish().into_iter().zip(ranges) {
            let bytes: Vec<u8> = hashes[range.clone()].iter().flat_map(|hash| hash.to_le_bytes()).collect();
            assert_eq!(words.fingerprint, seeded_hash(&bytes, 0), "{range:?}");
            assert_eq!((words.first, words.last), (spans[range.start], spans[range.end - 1]), "{range:?}");
            assert_eq!(words.before, range.start.checked_sub(1).map(|before| spans[before]), "{range:?}");
            assert_eq!(words.after, spans.get(range.end).copied(), "{range:?}");
            assert_eq!(words.extent(&text), extent(&text, &spans, &range), "{range:?}");
        }
    }
}
