//! From the passages that repeat to findings: where each place stands in its text, and what two places differ in.
//!
//! The documents that hold a place are read once more, in order. What is kept of them is the places, and the text of
//! those that are compared with another one letter by letter.

use rayon::prelude::*;

use super::describe::{Described, Side, differences, is_quoted_whole};
use super::repeats::{Repeat, Shingles};
use super::{Failure, Lost};
use crate::cluster::families::{Families, Occurrence};
use crate::document::Document;
use crate::error::Error;
use crate::finding::{
    Difference, MAX_LISTED_MATCHES, MAX_QUOTED_PLACES, MatchScope, PassageFamily, PassageMatch, PlacedSpan,
};
use crate::scan::Budget;
use crate::scan::column::Column;
use crate::scan::corpus::Corpus;
use crate::text::Tokenizer;

/// Documents that one thread reads one after another, so that those next to each other in a file are read at once.
const DOCUMENTS: usize = 64;

/// Turns what was found into findings.
pub(super) struct Reporter<'a> {
    pub corpus: &'a Corpus,
    pub budget: &'a Budget,
    pub tokenizer: Tokenizer,
}

/// Which matches are listed: not all of a family that has very many.
pub(super) struct Choice {
    /// For each match listed its index among all, in order.
    pub listed: Vec<usize>,
    /// For each family how many of its matches are not listed.
    pub more: Vec<usize>,
}

impl Choice {
    /// Chooses the first matches of each family, of those that may be chosen.
    pub fn new(grouped: &Families, may_be_listed: impl Fn(usize) -> bool) -> Self {
        let (mut listed, mut more) = (Vec::new(), vec![0; grouped.families.len()]);
        let mut listed_of = more.clone();
        for (n, &family) in grouped.of_match.iter().enumerate() {
            let family = family as usize;
            if listed_of[family] < MAX_LISTED_MATCHES && may_be_listed(n) {
                listed_of[family] += 1;
                listed.push(n);
            } else {
                more[family] += 1;
            }
        }
        Self { listed, more }
    }
}

/// A place to describe, and what is wanted of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    place: Occurrence,
    is_quoted: bool,
    is_compared: bool,
}

/// Places that are described, in order.
struct Places {
    wanted: Vec<Wanted>,
    spans: Vec<PlacedSpan>,
    /// The texts of the places that are compared, where the excerpt is not all of it.
    texts: Column<u8>,
    /// For each place where its text ends among them.
    text_ends: Vec<u64>,
}

/// The places of one document.
type OfDocument = Vec<(PlacedSpan, String)>;

impl Reporter<'_> {
    /// Returns the matches chosen, and all families.
    pub fn findings(
        &self,
        repeats: &[Repeat],
        grouped: &Families,
        choice: &Choice,
    ) -> Result<(Vec<PassageMatch>, Vec<PassageFamily>), Failure> {
        let places = self.describe(wanted(repeats, grouped, choice))?;
        let matches = choice.listed.par_iter().enumerate();
        let matches =
            matches.map(|(n, &of_all)| self.passage_match(n, &repeats[of_all], grouped.of_match[of_all], &places));
        let matches = matches.collect::<Result<_, Failure>>()?;
        let families = grouped.families.iter().zip(&choice.more).enumerate();
        let families = families.map(|(n, (of_family, &more))| family(n, of_family, more, &places)).collect();
        Ok((matches, families))
    }

    fn describe(&self, wanted: Vec<Wanted>) -> Result<Places, Failure> {
        let documents: Vec<&[Wanted]> = wanted.chunk_by(|x, y| x.place.doc == y.place.doc).collect();
        let (mut spans, mut texts, mut text_ends) = (Vec::with_capacity(wanted.len()), Column::new(), Vec::new());
        let mut lost = Vec::new();
        for some in documents.chunks(DOCUMENTS * 4 * rayon::current_num_threads()) {
            let described = some.par_iter().with_min_len(DOCUMENTS).map_init(
                || self.corpus.texts.reader(),
                |reader, wanted| {
                    let doc = wanted[0].place.doc;
                    reader.read(doc).map(|document| self.of_document(&document, wanted)).map_err(|why| (doc, why))
                },
            );
            let described: Vec<Result<OfDocument, Lost>> = described.collect();
            for of_document in described {
                match of_document {
                    Ok(places) => {
                        for (span, text) in places {
                            spans.push(span);
                            texts.extend(text.as_bytes());
                            text_ends.push(texts.len() as u64);
                        }
                    }
                    Err(gone) => lost.push(gone),
                }
            }
            if texts.held_bytes() > self.budget.passage_texts() {
                texts.spill(&self.budget.folder)?;
            }
        }
        if lost.is_empty() { Ok(Places { wanted, spans, texts, text_ends }) } else { Err(Failure::Lost(lost)) }
    }

    fn of_document(&self, document: &Document, wanted: &[Wanted]) -> OfDocument {
        let described = Described::new(&document.text, &self.tokenizer);
        let name = self.corpus.reference(wanted[0].place.doc, document);
        let describe = |wanted: &Wanted| {
            let mut span = described.place(wanted.place.words(), name.clone());
            if wanted.is_quoted {
                described.quote(&mut span);
            }
            let is_needed = wanted.is_compared && !is_quoted_whole(&span);
            let text = if is_needed { &document.text[span.start..span.end] } else { "" };
            (span, text.to_owned())
        };
        wanted.iter().map(describe).collect()
    }

    fn passage_match(&self, n: usize, repeat: &Repeat, family: u32, places: &Places) -> Result<PassageMatch, Failure> {
        let Shingles { a, b, shared } = repeat.shingles().unwrap_or_default();
        let share = |of: u32| f64::from(shared) / f64::from(of.max(1));
        let (differences, more_differences) = self.differences(repeat, places)?;
        Ok(PassageMatch {
            id: format!("p{}", n + 1),
            family: family_id(family as usize),
            scope: if repeat.a.doc == repeat.b.doc { MatchScope::Within } else { MatchScope::Across },
            a: places.span(&repeat.a).clone(),
            b: places.span(&repeat.b).clone(),
            words: repeat.a.words().len().min(repeat.b.words().len()),
            identity: repeat.identity(),
            jaccard: share(a + b - shared),
            containment_a: share(a),
            containment_b: share(b),
            differences,
            more_differences,
        })
    }

    fn differences(&self, repeat: &Repeat, places: &Places) -> Result<(Vec<Difference>, usize), Failure> {
        let (text_a, text_b) = (places.text(&repeat.a)?, places.text(&repeat.b)?);
        if text_a == text_b {
            return Ok((Vec::new(), 0));
        }
        let (a, b) = (self.side(&text_a, &repeat.a, places)?, self.side(&text_b, &repeat.b, places)?);
        Ok(differences(&a, &b, &repeat.runs()))
    }

    fn side<'t>(&self, text: &'t str, place: &Occurrence, places: &Places) -> Result<Side<'t>, Failure> {
        if let Some(side) = Side::new(text, place.words().len(), &self.tokenizer) {
            return Ok(side);
        }
        let whole = self.corpus.texts.reader().read(place.doc).map_err(|why| Failure::Lost(vec![(place.doc, why)]))?;
        Ok(Side::inside(&whole.text, text, places.span(place), place.words(), &self.tokenizer))
    }
}

impl Places {
    fn span(&self, place: &Occurrence) -> &PlacedSpan {
        &self.spans[self.number(place)]
    }

    /// Returns the text of a place that is compared.
    fn text(&self, place: &Occurrence) -> Result<String, Error> {
        let n = self.number(place);
        if is_quoted_whole(&self.spans[n]) {
            return Ok(self.spans[n].excerpt.to_string());
        }
        let start = n.checked_sub(1).map_or(0, |before| self.text_ends[before]);
        let mut buffer = Vec::new();
        let text = self.texts.stretch(start as usize..self.text_ends[n] as usize, &mut buffer)?;
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    fn number(&self, place: &Occurrence) -> usize {
        self.wanted.partition_point(|wanted| wanted.place < *place)
    }
}

/// Returns the places to describe, in order, each once.
fn wanted(repeats: &[Repeat], grouped: &Families, choice: &Choice) -> Vec<Wanted> {
    let compared = |place: &Occurrence| Wanted { place: place.clone(), is_quoted: true, is_compared: true };
    let listed = choice.listed.iter().map(|&n| &repeats[n]);
    let of_matches = listed.flat_map(|repeat| [compared(&repeat.a), compared(&repeat.b)]);
    let of_families = grouped.families.iter().flat_map(|places| {
        let is_quoted = |n| n < MAX_QUOTED_PLACES;
        (0..).zip(places).map(move |(n, place)| Wanted {
            place: place.clone(),
            is_quoted: is_quoted(n),
            is_compared: false,
        })
    });
    let mut wanted: Vec<Wanted> = of_matches.chain(of_families).collect();
    wanted.sort_unstable_by(|x, y| y.cmp(x)); // that of which most is wanted first
    wanted.dedup_by(|x, y| x.place == y.place);
    wanted.reverse();
    wanted
}

fn family(n: usize, of_family: &[Occurrence], more_matches: usize, places: &Places) -> PassageFamily {
    let mut spans = of_family.iter().enumerate().map(|(n, place)| {
        let span = places.span(place);
        if n < MAX_QUOTED_PLACES { span.clone() } else { span.without_quotes() }
    });
    PassageFamily {
        id: family_id(n),
        keep: spans.next().unwrap_or_else(|| places.spans[0].clone()),
        occurrences: spans.collect(),
        count: of_family.len(),
        more_matches,
    }
}

fn family_id(n: usize) -> String {
    format!("f{}", n + 1)
}
