//! From documents to pairs of places that share a key.

use std::ops::Range;

use rayon::prelude::*;

use super::corpus::Corpus;
use crate::candidate::postings::{Candidate, Following, Links, Place, Posting};
use crate::finding::Parameters;
use crate::sketch::window::Windows;
use crate::text::TokenId;

/// Keys are handled in so many ranges, by their first eight bits, each by one thread.
const KEY_RANGES: usize = 256;
/// A large run makes its postings in so many rounds, each for a part of the keys: looking for the minima again costs
/// little, and to hold all postings takes 6.4 bytes a word by default.
const ROUNDS: usize = 3;
/// A run of fewer words makes its postings in one round.
const ONE_ROUND_WORDS: usize = 1 << 22;

/// Returns the candidates, each once, by pair of documents.
pub(super) fn candidates(corpus: &Corpus, parameters: &Parameters) -> Vec<Candidate> {
    let links = Links { scope: parameters.scope, exhaustive: parameters.windows.exhaustive };
    let k = parameters.windows.k;
    let following = |place: Place| -> Following {
        let tokens = corpus.tokens(place.doc);
        std::array::from_fn(|n| tokens.get(place.at as usize + k + n).copied().unwrap_or(TokenId::MAX))
    };
    let rounds = if corpus.words() < ONE_ROUND_WORDS { 1 } else { ROUNDS };
    let mut candidates: Vec<Candidate> = Vec::new();
    for round in 0..rounds {
        let ranges = KEY_RANGES * round / rounds..KEY_RANGES * (round + 1) / rounds;
        let postings = postings(corpus, parameters, &ranges);
        let of_range = |range: usize| {
            let mut of_range: Vec<Posting> = postings.iter().flat_map(|part| &part[range]).copied().collect();
            let mut found = Vec::new();
            links.candidates(&mut of_range, following, |candidate| found.push(candidate));
            found
        };
        let found: Vec<Vec<Candidate>> = (0..ranges.len()).into_par_iter().map(of_range).collect();
        candidates.extend(found.into_iter().flatten());
    }
    let by_pair = |candidate: &Candidate| (candidate.a.doc, candidate.b.doc, candidate.a.at, candidate.b.at);
    candidates.par_sort_unstable_by_key(by_pair);
    candidates.dedup();
    candidates
}

/// Returns the postings with a key in the given ranges, for each part of the documents, by range.
fn postings(corpus: &Corpus, parameters: &Parameters, ranges: &Range<usize>) -> Vec<Vec<Vec<Posting>>> {
    let windows = parameters.windows;
    let part_of = |doc: u32| corpus.documents[doc as usize].0;
    let docs: Vec<u32> = (0..corpus.documents.len() as u32).collect();
    let parts: Vec<&[u32]> = docs.chunk_by(|&x, &y| part_of(x) == part_of(y)).collect();
    parts
        .into_par_iter()
        .map(|docs| {
            let mut postings = vec![Vec::new(); ranges.len()];
            let mut windows = Windows::new(windows.k, windows.words, windows.bands, windows.rows, parameters.seed);
            let mut hashes = Vec::new();
            for &doc in docs {
                corpus.folded_hashes(doc, &mut hashes);
                windows.keys(&hashes, |key, at| {
                    if let Some(of_range) = ((key >> 56) as usize).checked_sub(ranges.start)
                        && let Some(postings) = postings.get_mut(of_range)
                    {
                        postings.push(Posting { key, place: Place { doc, at: at as u32 } });
                    }
                });
            }
            postings
        })
        .collect()
}
