//! The pipeline of passages: from documents to every passage that repeats within or across them.
//!
//! While documents are read they become sequences of word numbers, four bytes a word (`words`). Windowed minima of
//! their shingles become postings, and postings that share a key become candidates (`candidates`); candidates are
//! aligned pair of documents by pair of documents (`repeats`), and the passages found become families. Only then are
//! the documents that hold one read again, to say where in their text it stands (`report`).
//!
//! Each step is divided among the threads so that its result does not depend on how: by document, by range of keys, by
//! pair of documents.
//!
//! The memory is that of the words, four bytes each, and of what is found; besides, 3.2 bytes a word of postings at a
//! time, and 16 a candidate. With a budget, words, postings and candidates go to temporary files beyond their parts of
//! it.

mod candidates;
mod repeats;
mod report;
mod words;

use rayon::prelude::*;

use super::corpus::Corpus;
use super::{Budget, describe};
use crate::error::{Error, Result};
use crate::finding::{PassageFamily, PassageMatch, Skipped};
use candidates::candidates;
use doublon_core::Config;
use doublon_core::cluster::families::{Families, Occurrence, families};
use doublon_core::kernel::{PassageRepeat as Repeat, PassageRepeats as Repeats};
use doublon_core::text::{Shingler, Tokenizer};
use repeats::align;
use report::{Choice, Reporter};
use words::Held;

pub use doublon_core::kernel::{LEAST_SCORE, LEAST_SCORE_OF_CHARACTERS};
pub(super) use doublon_core::kernel::{acceptance, least_score};
pub(super) use words::{WordReader, WordRows, Words};

/// The repeated passages of some documents.
#[derive(Debug, Default)]
pub(super) struct Passages {
    /// Repeats of two places, by the first place, then the second; of large families not all.
    pub matches: Vec<PassageMatch>,
    /// All places of each passage, by the first place.
    pub families: Vec<PassageFamily>,
    /// How many matches there are, those included that are not listed.
    pub all_matches: u64,
    /// Repeats that are too short to be listed: passages of fewer than the least number of words, and lines too short
    /// to be a passage that stand twice in a document outside of the passages listed.
    pub short_repeats: u64,
    /// Documents that could not be read again; they have no place in any match.
    pub lost: Vec<Lost>,
}

/// A document that cannot be read again, and why.
type Lost = (u32, Skipped);

/// Why there are no passages yet.
enum Failure {
    Run(Error),
    /// Documents that have a place in a match cannot be read again.
    Lost(Vec<Lost>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Run(error)
    }
}

/// Returns the passages that repeat within or across the documents `included`, which are in order. `words` is that of
/// all documents.
///
/// The first 2^32 words of a document are compared.
pub(super) fn find(
    corpus: &Corpus,
    words: Words,
    included: &[u32],
    config: &Config,
    budget: &Budget,
) -> Result<Passages> {
    let candidates = candidates(&words, included, config, budget)?;
    let Repeats { listed: mut repeats, short } = align(&words, candidates, config)?;
    let short_passages = families(short.iter().map(|(a, b)| (a, b))).families.len() as u64;
    drop(short);
    let short_repeats = short_passages + words.short_lines_outside(included, &repeats);
    let mut grouped = group(&repeats);
    count_shingles(&mut repeats, &Choice::new(&grouped, |_| true), &words, config)?;
    drop(words); // what is found may take as much memory as they did
    let reporter = Reporter { corpus, budget, tokenizer: Tokenizer::new(config.text, config.seed) };
    let mut all_lost = Vec::new();
    loop {
        let choice = Choice::new(&grouped, |n| repeats[n].shingles().is_some());
        match reporter.findings(&repeats, &grouped, &choice) {
            Ok((matches, families)) => {
                let all_matches = repeats.len() as u64;
                return Ok(Passages { matches, families, all_matches, short_repeats, lost: all_lost });
            }
            Err(Failure::Run(error)) => return Err(error),
            // Their text has changed since it was read, so nothing can be said of them.
            Err(Failure::Lost(mut lost)) => {
                lost.sort_unstable();
                lost.dedup_by_key(|&mut (doc, _)| doc);
                let is_lost = |place: &Occurrence| lost.binary_search_by_key(&place.doc, |&(doc, _)| doc).is_ok();
                repeats.retain(|repeat| !is_lost(&repeat.a) && !is_lost(&repeat.b));
                grouped = group(&repeats);
                all_lost.extend(lost);
            }
        }
    }
}

fn group(repeats: &[Repeat]) -> Families {
    families(repeats.iter().map(|repeat| (&repeat.a, &repeat.b)))
}

/// Counts the shingles of the repeats that are listed.
fn count_shingles(repeats: &mut [Repeat], choice: &Choice, words: &Words, config: &Config) -> Result<()> {
    let shingler = Shingler::new(config.text.shingle.k);
    let is_listed = |n: usize| choice.listed.binary_search(&n).is_ok();
    let listed = repeats.par_iter_mut().enumerate().filter(|&(n, _)| is_listed(n));
    listed.map_init(Held::default, |held, (_, repeat)| repeats::count_shingles(repeat, words, shingler, held)).collect()
}
