//! From words to postings, and from postings to pairs of places that are worth aligning.

use std::convert::Infallible;
use std::ops::Range;

use crate::candidate::postings::{Candidate, Following, Links, OrderedPlace, Posting, WordPlace};
use crate::config::Config;
use crate::groups::DocumentGroups;
use crate::kernel::parts::compared_parts;
use crate::kernel::words::WordBatch;
use crate::sketch::{WindowParameters, Windows};
use crate::text::{TokenId, Vocabulary};

/// Makes the postings of texts, with memory that is used again.
///
/// # Examples
///
/// ```
/// use doublon_core::Config;
/// use doublon_core::kernel::{PostingLinker, PostingMaker, TextBatch, WordBatch};
///
/// let (config, lead) = (Config::default(), "the council has met and agreed on the plan");
/// let texts = [lead, &format!("as we hear, {lead} for the harbour")];
/// let words = WordBatch::new([TextBatch::from(texts.as_slice())], &config);
/// let (mut postings, mut candidates) = (Vec::new(), Vec::new());
/// PostingMaker::new(&config).postings(&words, 0..2, &mut postings);
/// PostingLinker::new(&config).link(&words, &mut postings, &mut candidates);
/// assert!(candidates.iter().all(|found| found.b.at == found.a.at + 3)); // three words stand before
/// assert!(!candidates.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct PostingMaker {
    windows: Windows,
    hashes: Vec<u64>,
    /// None where several minima are looked for: then which of them changes at the start of a piece is not known.
    piece: Option<PieceSize>,
}

impl PostingMaker {
    /// Makes one for the windows of `config`.
    pub fn new(config: &Config) -> Self {
        let WindowParameters { k, words, bands, rows, .. } = config.windows;
        let piece = ((bands, rows) == (1, 1)).then(|| (PIECE.max(words.saturating_mul(2)), words));
        Self { windows: Windows::new(k, words, bands, rows, config.seed), hashes: Vec::new(), piece }
    }

    /// Appends the postings of the texts numbered `docs` to `postings`.
    pub fn postings(&mut self, words: &WordBatch, docs: std::ops::Range<u32>, postings: &mut Vec<Posting>) {
        for doc in docs {
            self.add(doc, words.tokens(doc), words.vocabulary(), |_| true, postings);
        }
    }

    /// Appends the postings of one text, of those keys that are `wanted`.
    pub fn add(
        &mut self,
        doc: u32,
        words: &[TokenId],
        vocabulary: &Vocabulary,
        wanted: impl Fn(u64) -> bool,
        postings: &mut Vec<Posting>,
    ) {
        let folded = |n: usize| vocabulary.folded_hash(words[n]);
        self.for_each((doc, words, vocabulary.masked()), folded, |posting| {
            if wanted(posting.key) {
                postings.push(posting);
            }
        });
    }

    /// Calls `emit` with the postings of one text, where `folded` tells the hash of each of its words without accents, and
    /// `masked` the number of the words of known text, if there are any.
    pub fn for_each(
        &mut self,
        (doc, words, masked): (u32, &[TokenId], Option<TokenId>),
        folded: impl Fn(usize) -> u64,
        mut emit: impl FnMut(Posting),
    ) {
        for part in compared_parts(words, masked) {
            self.of_part(part, &folded, |key, at| emit(Posting { key, place: WordPlace { doc, at: at as u32 } }));
        }
    }

    /// Calls `emit` with the keys of the postings of one text: `folded` are the hashes of its words without accents, and
    /// no passage goes on from before one of the `gaps`, which are numbers of words in order, to behind it.
    pub fn keys(&mut self, folded: &[u64], gaps: &[u32], mut emit: impl FnMut(u64)) {
        let ends = gaps.iter().map(|&gap| gap as usize).chain([folded.len()]);
        let mut start = 0;
        for end in ends {
            if start < end {
                self.of_part(start..end, |n| folded[n], |key, _| emit(key));
            }
            start = end;
        }
    }

    /// Calls `emit` with the keys of a part of a text, and where the shingle of each begins in the text.
    fn of_part(&mut self, part: Range<usize>, folded: impl Fn(usize) -> u64, mut emit: impl FnMut(u64, usize)) {
        let mut last = None;
        for piece in pieces(part, self.piece) {
            self.hashes.clear();
            // Without accents, which are the first thing that a copy loses.
            self.hashes.extend(piece.clone().map(&folded));
            self.windows.keys(&self.hashes, |key, at| {
                let at = piece.start + at;
                // The first window of a piece is the last one of the piece before.
                if last.replace(at) != Some(at) || self.piece.is_none() {
                    emit(key, at);
                }
            });
        }
    }
}

/// The words of pieces of a text that are looked at one by one, and of a window.
type PieceSize = (usize, usize);

/// Words of a long text that are hashed at a time.
const PIECE: usize = 1 << 16;

/// Divides a part of a text into pieces that have all its windows, the last one of each piece twice.
fn pieces(part: Range<usize>, size: Option<PieceSize>) -> impl Iterator<Item = Range<usize>> {
    let (piece, window) = size.unwrap_or((usize::MAX, 0));
    let mut next = Some(part.start);
    std::iter::from_fn(move || {
        let start = next?;
        let end = start.saturating_add(piece).min(part.end);
        next = (end < part.end).then(|| end - window);
        Some(start..end)
    })
}

/// Links the places that share a key, with memory that is used again.
#[derive(Clone, Debug)]
pub struct PostingLinker {
    links: Links,
    k: usize,
    ordered: Vec<OrderedPlace>,
}

impl PostingLinker {
    /// Makes one for the scope and the windows of `config`.
    pub fn new(config: &Config) -> Self {
        Self { links: links(config), k: config.windows.k, ordered: Vec::new() }
    }

    /// Appends the candidates among all postings, which are sorted on the way, to `candidates`; then orders all of these
    /// by pair of texts, as [`RepeatAligner`](super::RepeatAligner) wants them.
    pub fn link(&mut self, words: &WordBatch, postings: &mut [Posting], candidates: &mut Vec<Candidate>) {
        let Self { links, k, ordered } = self;
        let following = |place: WordPlace| {
            let after = words.tokens(place.doc).get(place.at as usize + *k..);
            Ok::<_, Infallible>(following(after.unwrap_or_default()))
        };
        match links.candidates(postings, &DocumentGroups::default(), ordered, following, |candidate| {
            candidates.push(candidate);
        }) {
            Ok(()) => {
                candidates.sort_unstable_by_key(Candidate::by_pair);
                candidates.dedup();
            }
            Err(never) => match never {},
        }
    }
}

/// Returns which places `config` links.
pub fn links(config: &Config) -> Links {
    Links { scope: config.scope, exhaustive: config.windows.exhaustive }
}

/// How many words after a shingle order the places of a large bucket.
pub const FOLLOWING: usize = size_of::<Following>() / size_of::<TokenId>();

/// Returns the first words after a shingle, of those that stand there.
pub fn following(words: &[TokenId]) -> Following {
    let mut following = [TokenId::MAX; 3];
    following.iter_mut().zip(words).for_each(|(following, &word)| *following = word);
    following
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_postings_and_no_gap_is_crossed() {
        let words: Vec<TokenId> = (0..90).map(|n| n * n % 31).collect();
        let folded: Vec<u64> = words.iter().map(|&word| u64::from(word).wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        let mut maker = PostingMaker::new(&Config::default());
        for gaps in [vec![], vec![40], vec![0, 3, 40, 90]] {
            let mut with_known = words.clone();
            gaps.iter().rev().for_each(|&gap: &u32| with_known.insert(gap as usize, 99));
            let hash = |n: usize| u64::from(with_known[n]).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let (mut expected, mut found) = (Vec::new(), Vec::new());
            maker.for_each((0, &with_known, Some(99)), hash, |posting| expected.push(posting.key));
            maker.keys(&folded, &gaps, |key| found.push(key));
            assert_eq!(found, expected, "{gaps:?}");
        }
    }

    #[test]
    fn long_texts_have_the_same_postings_piece_by_piece() {
        for distinct in [1, 2, 7, 1000] {
            let words: Vec<TokenId> =
                (0..5000_u32).map(|n| n.wrapping_mul(n).wrapping_mul(2_654_435_761) % distinct).collect();
            let folded = |n: usize| u64::from(words[n]).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let postings = |piece: Option<usize>| {
                let mut maker = PostingMaker::new(&Config::default());
                maker.piece = piece.map(|piece| (piece, Config::default().windows.words));
                let mut found = Vec::new();
                maker.for_each((3, &words, None), folded, |posting| found.push(posting));
                found
            };
            let whole = postings(None);
            for piece in [20, 63, 64, 1000, 4999, 5000, 5001] {
                assert_eq!(postings(Some(piece)), whole, "{distinct} words, pieces of {piece}");
            }
        }
    }
}
