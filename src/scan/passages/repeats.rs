//! From candidates to the passages that repeat.

use rayon::prelude::*;

use super::corpus::Corpus;
use crate::candidate::postings::Candidate;
use crate::cluster::families::Occurrence;
use crate::finding::Parameters;
use crate::verify::align::{Alignment, EQUAL, Run};
use crate::verify::pair::{Acceptance, PairAligner};

/// A passage that is listed reaches this score, or that of the least number of equal words: of 20 words, 17 are equal.
pub const LEAST_SCORE: i64 = 28;
/// The same for a passage in a script without spaces, where a word is a character and says less.
pub const LEAST_SCORE_OF_CHARACTERS: i64 = 32;

/// A passage at two places, the earlier one first.
pub(super) struct Repeat {
    pub a: Occurrence,
    pub b: Occurrence,
    pub runs: Vec<Run>,
    pub identity: f64,
}

/// Returns the passages to list in order, and the places of those that are too short.
pub(super) fn align(
    corpus: &Corpus,
    candidates: &[Candidate],
    parameters: &Parameters,
) -> (Vec<Repeat>, Vec<(Occurrence, Occurrence)>) {
    let least = parameters.min_words;
    let acceptance = acceptance(parameters);
    let pairs: Vec<&[Candidate]> = candidates.chunk_by(|x, y| (x.a.doc, x.b.doc) == (y.a.doc, y.b.doc)).collect();
    let found: Vec<(u32, u32, Alignment)> = pairs
        .par_iter()
        .map_init(
            || PairAligner::new(&corpus.vocabulary, parameters.windows.k, acceptance),
            |aligner, pair| align_pair(aligner, corpus, pair),
        )
        .flatten_iter()
        .collect();
    let (mut listed, mut short) = (Vec::new(), Vec::new());
    for (a, b, found) in found {
        let (long, identity) = (found.words() >= least, found.identity());
        let strong = found.score >= least_score(found.a.len(), characters(corpus, a, &found), least);
        let (a, b) = (Occurrence::new(a, found.a), Occurrence::new(b, found.b));
        if !long {
            short.push((a, b));
        } else if strong {
            listed.push(Repeat { a, b, runs: found.runs, identity });
        }
    }
    listed.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    (listed, short)
}

/// Returns what an alignment must reach to be a passage, listed or not.
pub(in crate::scan) fn acceptance(parameters: &Parameters) -> Acceptance {
    let least = parameters.min_words;
    Acceptance {
        score: score_of_equal(least.min(parameters.windows.words)),
        identity: parameters.min_identity,
        unit: least,
    }
}

/// Returns the score that a passage of `words` words must reach to be listed, of which so many are characters of a
/// script without spaces.
pub(in crate::scan) fn least_score(words: usize, characters: usize, least: usize) -> i64 {
    let more = (LEAST_SCORE_OF_CHARACTERS - LEAST_SCORE) * score_of_equal(characters) / score_of_equal(words);
    (LEAST_SCORE + more).min(score_of_equal(least))
}

fn characters(corpus: &Corpus, a: u32, found: &Alignment) -> usize {
    corpus.tokens(a)[found.a.clone()].iter().filter(|&&word| corpus.vocabulary.is_character(word)).count()
}

fn score_of_equal(words: usize) -> i64 {
    i64::from(EQUAL) * i64::try_from(words).unwrap_or(i64::MAX / 4)
}

fn align_pair(aligner: &mut PairAligner<'_>, corpus: &Corpus, pair: &[Candidate]) -> Vec<(u32, u32, Alignment)> {
    let (a, b) = (pair[0].a.doc, pair[0].b.doc);
    let places = pair.iter().map(|candidate| (candidate.a.at as usize, candidate.b.at as usize));
    let found = if a == b {
        aligner.within(corpus.tokens(a), places)
    } else {
        aligner.across(corpus.tokens(a), corpus.tokens(b), places)
    };
    found.into_iter().map(|alignment| (a, b, alignment)).collect()
}
