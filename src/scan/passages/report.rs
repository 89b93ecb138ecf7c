//! From the passages that repeat to findings, handed out one by one.
//!
//! What is kept of the documents is the places, and a hash of the text of each. Where two hashes differ, the texts are
//! fetched to be compared letter by letter, some megabytes of them at a time: passages overlap, and all their texts may
//! be more than the documents.

use std::borrow::Cow;
use std::ops::Range;

use doublon_core::cluster::families::{Families, Occurrence};
use doublon_core::text::TokenReader;
use doublon_core::verify::align::Run;
use doublon_core::verify::difference::SideText;
use rayon::prelude::*;

use super::classes::{Classes, family_measures, measures};
use super::places::{Choice, Lost, PlaceTable, Reporter};
use crate::error::Result;
use crate::finding::{
    Difference, FamilyMeasures, Finding, MAX_QUOTED_PLACES, MatchMeasures, MatchScope, PassageFamily, PassageMatch,
    Sink,
};
use crate::scan::describe::{differences, is_quoted_whole, side_inside, side_of};
use crate::scan::texts::Texts;
use crate::source::Document;
use crate::store::{Budget, Step};
use doublon_core::kernel::{PassageRepeat, PassageRepeats, ShingleCounts};

/// What was found, ready to be handed out.
pub(super) struct FoundPassages<'a> {
    pub repeats: &'a PassageRepeats,
    pub grouped: &'a Families,
    pub choice: &'a Choice,
    pub places: &'a PlaceTable,
    pub classes: &'a Classes,
}

impl FoundPassages<'_> {
    /// Hands out the matches chosen. Returns the documents that could no longer be read, whose matches are left out.
    pub fn send_matches(&self, reporter: &Reporter<'_>, budget: &Budget, sink: &mut dyn Sink) -> Result<Vec<Lost>> {
        let Self { repeats, choice, places, .. } = *self;
        let mut lost = Vec::new();
        budget.steps.begin(Step::Telling, choice.listed.len() as u64);
        for batch in batches(choice.listed.len(), places, (budget.passage_texts(), budget.matches()))? {
            budget.cancel.check()?;
            let texts = DifferingTexts::read(reporter, batch.clone(), places)?;
            let of_match = |reader: &mut TokenReader, n: usize| {
                let repeat = &repeats.listed[choice.listed[n]];
                let runs = || repeats.runs(repeat).collect();
                let differences = match places.differing_sides(n)? {
                    Some(sides) => match texts.differences(reporter, repeat, (sides, runs), places, reader)? {
                        Ok(differences) => differences,
                        Err(lost) => return Ok(Err(lost)),
                    },
                    None => (Vec::new(), 0),
                };
                self.passage_match(n, differences, reporter.texts).map(Ok)
            };
            let count = batch.len() as u64;
            let found = batch.into_par_iter().map_init(|| reporter.tokenizer.reader(), of_match);
            for found in found.collect::<Vec<Result<std::result::Result<PassageMatch, Lost>>>>() {
                match found? {
                    Ok(found) => sink.receive(Finding::PassageMatch(found))?,
                    Err(gone) => lost.push(gone),
                }
            }
            budget.steps.advance(count);
        }
        lost.sort_unstable();
        lost.dedup_by_key(|&mut (doc, _)| doc);
        Ok(lost)
    }

    /// Hands out all families.
    pub fn send_families(&self, texts: &Texts, sink: &mut dyn Sink) -> Result<()> {
        for n in 0..self.grouped.families.len() {
            if let Some(family) = self.family(n, texts)? {
                sink.receive(Finding::PassageFamily(family))?;
            }
        }
        Ok(())
    }

    /// Returns the match that is listed as number `n`.
    fn passage_match(
        &self,
        n: usize,
        (differences, more_differences): (Vec<Difference>, usize),
        texts: &Texts,
    ) -> Result<PassageMatch> {
        let Self { repeats, grouped, choice, places, classes } = *self;
        let of_all = choice.listed[n];
        let repeat = &repeats.listed[of_all];
        let ShingleCounts { a, b, shared } = repeat.shingles().unwrap_or_default();
        let share = |of: u32| f64::from(shared) / f64::from(of.max(1));
        let [a_place, b_place] = places.sides(n);
        let MatchMeasures { identity, jaccard, changed_words, changed_with_digit } = measures(repeats, repeat);
        Ok(PassageMatch {
            id: format!("p{}", n + 1),
            family: family_id(grouped.of_match[of_all] as usize),
            scope: if repeat.a.doc == repeat.b.doc { MatchScope::Within } else { MatchScope::Across },
            a: places.numbered(a_place, texts)?,
            b: places.numbered(b_place, texts)?,
            words: repeat.words(),
            identity,
            jaccard,
            containment_a: share(a),
            containment_b: share(b),
            changed_words,
            changed_with_digit,
            class: classes.of_match.get(n).copied(),
            differences,
            more_differences,
        })
    }

    /// Returns a family, unless it has no place.
    fn family(&self, n: usize, texts: &Texts) -> Result<Option<PassageFamily>> {
        let Self { grouped, choice, places, classes, .. } = *self;
        let mut spans = grouped.families[n].iter().enumerate().map(|(n, place)| {
            let span = places.span(place, texts)?;
            Ok(if n < MAX_QUOTED_PLACES { span } else { span.without_quotes() })
        });
        let FamilyMeasures { documents, alike_places, repeated } = family_measures(&classes.spreads[n]);
        let Some(keep) = spans.next().transpose()? else { return Ok(None) };
        Ok(Some(PassageFamily {
            id: family_id(n),
            keep,
            occurrences: spans.collect::<Result<_>>()?,
            count: grouped.families[n].len(),
            documents,
            alike_places,
            documents_repeated: repeated,
            class: classes.of_family.get(n).copied(),
            more_matches: choice.more[n],
            new: 0,
        }))
    }
}

/// The texts of those sides of some matches that differ, unless they are quoted whole.
struct DifferingTexts {
    /// For each place, in order, its number among all and its text.
    texts: Vec<(usize, String)>,
    lost: Vec<Lost>,
}

impl DifferingTexts {
    /// Reads them for some of the matches that are listed.
    fn read(reporter: &Reporter<'_>, listed: Range<usize>, places: &PlaceTable) -> Result<Self> {
        let mut numbers: Vec<(usize, Range<usize>)> = Vec::new();
        for n in listed {
            for side in places.differing_sides(n)?.into_iter().flatten() {
                let facts = places.facts(side)?;
                if !is_quoted_whole(facts.characters()) {
                    numbers.push((side, facts.bytes()));
                }
            }
        }
        numbers.sort_unstable_by_key(|&(n, _)| n);
        numbers.dedup_by_key(|&mut (n, _)| n);
        let documents: Vec<&[(usize, Range<usize>)]> =
            numbers.chunk_by(|(x, _), (y, _)| places.doc(*x) == places.doc(*y)).collect();
        let of_document = |_: &mut TokenReader, document: &Document, numbers: &&[(usize, Range<usize>)]| {
            numbers.iter().map(|(n, bytes)| (*n, document.text[bytes.clone()].to_owned())).collect()
        };
        let (texts, lost) = reporter.read(&documents, |numbers| places.doc(numbers[0].0), of_document);
        Ok(Self { texts, lost })
    }

    /// Returns in what the sides of a repeat differ, or which document of them can no longer be read.
    fn differences(
        &self,
        reporter: &Reporter<'_>,
        repeat: &PassageRepeat,
        ([a, b], runs): ([usize; 2], impl FnOnce() -> Vec<Run>),
        places: &PlaceTable,
        reader: &mut TokenReader,
    ) -> Result<std::result::Result<(Vec<Difference>, usize), Lost>> {
        let (text_a, text_b) = match [self.text(a, places, reporter.texts)?, self.text(b, places, reporter.texts)?] {
            [Ok(a), Ok(b)] => (a, b),
            [Err(lost), _] | [_, Err(lost)] => return Ok(Err(lost)),
        };
        let a = side(reporter, &text_a, &repeat.a, places, reader)?;
        let b = side(reporter, &text_b, &repeat.b, places, reader)?;
        Ok(match (a, b) {
            (Ok(a), Ok(b)) => Ok(differences(&a, &b, &runs())),
            (Err(lost), _) | (_, Err(lost)) => Err(lost),
        })
    }

    /// Returns the text of a place, which was read unless it is quoted whole.
    fn text<'t>(
        &'t self,
        n: usize,
        places: &PlaceTable,
        texts: &Texts,
    ) -> Result<std::result::Result<Cow<'t, str>, Lost>> {
        let doc = places.doc(n);
        if let Ok(lost) = self.lost.binary_search_by_key(&doc, |&(doc, _)| doc) {
            return Ok(Err(self.lost[lost].clone()));
        }
        Ok(Ok(match self.texts.binary_search_by_key(&n, |&(n, _)| n) {
            Ok(found) => self.texts[found].1.as_str().into(),
            Err(_) => places.numbered(n, texts)?.excerpt.to_string().into(),
        }))
    }
}

fn side<'t>(
    reporter: &Reporter<'_>,
    text: &'t str,
    place: &Occurrence,
    places: &PlaceTable,
    reader: &mut TokenReader,
) -> Result<std::result::Result<SideText<'t>, Lost>> {
    if let Some(side) = side_of(text, place.words().len(), reader) {
        return Ok(Ok(side));
    }
    let whole = match reporter.texts.reader().read(place.doc) {
        Ok(whole) => whole,
        Err(why) => return Ok(Err((place.doc, why))),
    };
    let placed = places.span(place, reporter.texts)?;
    Ok(Ok(side_inside(&whole.text, text, &placed, place.words(), reader)))
}

/// Divides the `listed` matches so that the texts to compare take about so many bytes at a time, and matches are so many at most.
fn batches(listed: usize, places: &PlaceTable, (bytes, matches): (usize, usize)) -> Result<Vec<Range<usize>>> {
    let (mut batches, mut start, mut total, mut last) = (Vec::new(), 0, 0, None);
    for n in 0..listed {
        if let Some([a, b]) = places.differing_sides(n)? {
            // Matches are in order of their first sides.
            total += places.facts(b)?.bytes().len();
            total += if last == Some(a) { 0 } else { places.facts(a)?.bytes().len() };
            last = Some(a);
        }
        if total >= bytes || n - start >= matches {
            batches.push(start..n + 1);
            (start, total) = (n + 1, 0);
        }
    }
    batches.push(start..listed);
    Ok(batches)
}

fn family_id(n: usize) -> String {
    format!("f{}", n + 1)
}
