//! From the passages that repeat to findings: where each place stands in its text, and what two places differ in.

use rayon::prelude::*;

use super::corpus::Corpus;
use super::describe::{Described, Side, differences};
use super::repeats::Repeat;
use super::{Archive, Passages};
use crate::cluster::families::{Families, Occurrence};
use crate::finding::{Difference, MatchScope, Parameters, PassageFamily, PassageMatch, PlacedSpan};
use crate::text::Shingler;

/// Every place that is reported, described once.
pub(super) struct Places {
    places: Vec<(Occurrence, PlacedSpan)>,
}

impl Places {
    pub fn new(archive: &Archive<'_>, listed: &[Repeat], grouped: &Families) -> Self {
        let sides = listed.iter().flat_map(|repeat| [&repeat.a, &repeat.b]);
        let mut places: Vec<&Occurrence> = sides.chain(grouped.families.iter().flatten()).collect();
        places.sort_unstable();
        places.dedup();
        let documents: Vec<&[&Occurrence]> = places.chunk_by(|x, y| x.doc == y.doc).collect();
        let describe = |places: &&[&Occurrence]| {
            let doc = places[0].doc;
            let described = Described::new(archive.text(doc), &archive.tokenizer);
            let name = archive.name(doc);
            let place = |&place: &&Occurrence| (place.clone(), described.place(place.start..place.end, name.clone()));
            places.iter().map(place).collect::<Vec<_>>()
        };
        Self { places: documents.par_iter().map(describe).flatten_iter().collect() }
    }

    fn get(&self, place: &Occurrence) -> &PlacedSpan {
        &self.places[self.places.partition_point(|(other, _)| other < place)].1
    }
}

/// Turns what was found into findings.
pub(super) struct Report<'a> {
    pub archive: &'a Archive<'a>,
    pub corpus: &'a Corpus,
    pub places: Places,
}

impl Report<'_> {
    pub fn passages(
        &self,
        listed: &[Repeat],
        grouped: &Families,
        short_repeats: u64,
        parameters: &Parameters,
    ) -> Passages {
        let shingler = Shingler::new(parameters.text.shingle.k);
        let matches = listed.par_iter().zip(&grouped.of_match).enumerate();
        let matches = matches.map(|(n, (repeat, &family))| self.passage_match(n, repeat, family, shingler)).collect();
        let families = grouped.families.iter().enumerate().map(|(n, places)| self.family(n, places)).collect();
        Passages { matches, families, short_repeats }
    }

    fn passage_match(&self, n: usize, repeat: &Repeat, family: usize, shingler: Shingler) -> PassageMatch {
        let (a, b) = (self.places.get(&repeat.a), self.places.get(&repeat.b));
        let (set_a, set_b) = (self.shingles(&repeat.a, shingler), self.shingles(&repeat.b, shingler));
        let shared = count_shared(&set_a, &set_b);
        let share = |of: usize| shared as f64 / of as f64;
        let (differences, more_differences) = self.differences(repeat, a, b);
        PassageMatch {
            id: format!("p{}", n + 1),
            family: family_id(family),
            scope: if repeat.a.doc == repeat.b.doc { MatchScope::Within } else { MatchScope::Across },
            a: a.clone(),
            b: b.clone(),
            words: (repeat.a.end - repeat.a.start).min(repeat.b.end - repeat.b.start),
            identity: repeat.identity,
            jaccard: share(set_a.len() + set_b.len() - shared),
            containment_a: share(set_a.len()),
            containment_b: share(set_b.len()),
            differences,
            more_differences,
        }
    }

    fn differences(&self, repeat: &Repeat, a: &PlacedSpan, b: &PlacedSpan) -> (Vec<Difference>, usize) {
        let (text_a, text_b) = (self.archive.text(repeat.a.doc), self.archive.text(repeat.b.doc));
        if text_a[a.start..a.end] == text_b[b.start..b.end] {
            return (Vec::new(), 0);
        }
        let tokenizer = &self.archive.tokenizer;
        let side_a = Side::new(text_a, a, repeat.a.start..repeat.a.end, tokenizer);
        let side_b = Side::new(text_b, b, repeat.b.start..repeat.b.end, tokenizer);
        differences(&side_a, &side_b, &repeat.runs)
    }

    fn shingles(&self, place: &Occurrence, shingler: Shingler) -> Vec<u64> {
        let tokens = &self.corpus.tokens(place.doc)[place.start..place.end];
        let hashes: Vec<u64> = tokens.iter().map(|&token| self.corpus.vocabulary.hash(token)).collect();
        shingler.set(&hashes)
    }

    fn family(&self, n: usize, places: &[Occurrence]) -> PassageFamily {
        PassageFamily {
            id: family_id(n),
            keep: self.places.get(&places[0]).clone(),
            occurrences: places[1..].iter().map(|place| self.places.get(place).clone()).collect(),
            count: places.len(),
        }
    }
}

fn family_id(n: usize) -> String {
    format!("f{}", n + 1)
}

/// Counts what two sorted sets share.
fn count_shared(a: &[u64], b: &[u64]) -> usize {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut shared = 0;
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                shared += 1;
                a.next();
                b.next();
            }
        }
    }
    shared
}
