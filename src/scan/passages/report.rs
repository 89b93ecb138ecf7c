//! From the passages that repeat to findings: where each place stands in its text, and what two places differ in.
//!
//! The documents that hold a place are read once more, in order. What is kept of them is the places, and a hash of the
//! text of each. Where two hashes differ, the texts are fetched to be compared letter by letter, some megabytes of them
//! at a time: passages overlap, and all their texts may be more than the documents.

use std::ops::Range;

use rayon::prelude::*;

use super::describe::{Described, differences, is_quoted_whole, side_inside, side_of};
use super::repeats::{Repeat, Shingles};
use super::{Failure, Lost};
use crate::finding::{
    Difference, DocumentRef, MAX_LISTED_MATCHES, MAX_QUOTED_PLACES, MatchScope, PassageFamily, PassageMatch, PlacedSpan,
};
use crate::scan::Budget;
use crate::scan::corpus::Corpus;
use crate::source::Document;
use doublon_core::cluster::families::{Families, Occurrence};
use doublon_core::hash::content_hash;
use doublon_core::text::{TokenReader, Tokenizer};
use doublon_core::verify::difference::SideText;

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
    described: Vec<Place>,
}

struct Place {
    span: PlacedSpan,
    /// Of its text, to tell which texts differ.
    hash: u128,
}

/// The texts of some places.
struct Texts {
    /// For each place, in order, its number among all and its text.
    texts: Vec<(usize, String)>,
}

impl Reporter<'_> {
    /// Returns the matches chosen, and all families.
    pub fn findings(
        &self,
        repeats: &[Repeat],
        grouped: &Families,
        choice: &Choice,
    ) -> Result<(Vec<PassageMatch>, Vec<PassageFamily>), Failure> {
        let places = self.describe(wanted(repeats, grouped, choice))?;
        let mut matches = Vec::with_capacity(choice.listed.len());
        for batch in batches(repeats, choice, &places, self.budget.passage_texts()) {
            let texts = self.texts(repeats, &choice.listed[batch.clone()], &places)?;
            let of_match = |reader: &mut TokenReader, n: usize| {
                let of_all = choice.listed[n];
                let differences = self.differences(&repeats[of_all], &places, &texts, reader)?;
                Ok(passage_match(n, &repeats[of_all], grouped.of_match[of_all], &places, differences))
            };
            let found = batch.into_par_iter().map_init(|| self.tokenizer.reader(), of_match);
            matches.extend(found.collect::<Result<Vec<_>, Failure>>()?);
        }
        let families = grouped.families.iter().zip(&choice.more).enumerate();
        let families = families.map(|(n, (of_family, &more))| family(n, of_family, more, &places)).collect();
        Ok((matches, families))
    }

    fn describe(&self, wanted: Vec<Wanted>) -> Result<Places, Failure> {
        let documents: Vec<&[Wanted]> = wanted.chunk_by(|x, y| x.place.doc == y.place.doc).collect();
        let of_document = |reader: &mut TokenReader, document: &Document, wanted: &&[Wanted]| {
            let described = Described::new(&document.text, reader).in_page(document.origin.as_deref());
            let name = self.corpus.reference(wanted[0].place.doc, document);
            wanted.iter().map(|wanted| Place::new(&described, wanted, &name)).collect()
        };
        let described = self.read(&documents, |wanted| wanted[0].place.doc, of_document)?;
        Ok(Places { wanted, described })
    }

    /// Returns the texts of those sides of matches that differ, unless they are quoted whole.
    fn texts(&self, repeats: &[Repeat], listed: &[usize], places: &Places) -> Result<Texts, Failure> {
        let differing = listed.iter().filter_map(|&n| places.sides(&repeats[n])).flatten();
        let mut numbers: Vec<usize> = differing.filter(|&n| !is_quoted_whole(&places.described[n].span)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let doc = |n: usize| places.wanted[n].place.doc;
        let documents: Vec<&[usize]> = numbers.chunk_by(|&x, &y| doc(x) == doc(y)).collect();
        let of_document = |_: &mut TokenReader, document: &Document, numbers: &&[usize]| {
            let text = |&n: &usize| (n, document.text[places.bytes(n)].to_owned());
            numbers.iter().map(text).collect()
        };
        Ok(Texts { texts: self.read(&documents, |numbers| doc(numbers[0]), of_document)? })
    }

    /// Reads documents and returns what `of_document` makes of each, in order.
    fn read<W: Sync, T: Send>(
        &self,
        wanted: &[W],
        doc: impl Fn(&W) -> u32 + Sync,
        of_document: impl Fn(&mut TokenReader, &Document, &W) -> Vec<T> + Sync,
    ) -> Result<Vec<T>, Failure> {
        let read = wanted.par_iter().with_min_len(DOCUMENTS).map_init(
            || (self.corpus.texts.reader(), self.tokenizer.reader()),
            |(texts, reader), wanted| match texts.read(doc(wanted)) {
                Ok(document) => Ok(of_document(reader, &document, wanted)),
                Err(why) => Err((doc(wanted), why)),
            },
        );
        let (mut all, mut lost) = (Vec::new(), Vec::new());
        for of_document in read.collect::<Vec<Result<Vec<T>, Lost>>>() {
            match of_document {
                Ok(found) => all.extend(found),
                Err(gone) => lost.push(gone),
            }
        }
        if lost.is_empty() { Ok(all) } else { Err(Failure::Lost(lost)) }
    }

    fn differences(
        &self,
        repeat: &Repeat,
        places: &Places,
        texts: &Texts,
        reader: &mut TokenReader,
    ) -> Result<(Vec<Difference>, usize), Failure> {
        let Some([a, b]) = places.sides(repeat) else { return Ok((Vec::new(), 0)) };
        let (text_a, text_b) = (places.text(a, texts), places.text(b, texts));
        let a = self.side(text_a, &repeat.a, places, reader)?;
        let b = self.side(text_b, &repeat.b, places, reader)?;
        Ok(differences(&a, &b, &repeat.runs()))
    }

    fn side<'t>(
        &self,
        text: &'t str,
        place: &Occurrence,
        places: &Places,
        reader: &mut TokenReader,
    ) -> Result<SideText<'t>, Failure> {
        if let Some(side) = side_of(text, place.words().len(), reader) {
            return Ok(side);
        }
        let whole = self.corpus.texts.reader().read(place.doc).map_err(|why| Failure::Lost(vec![(place.doc, why)]))?;
        Ok(side_inside(&whole.text, text, places.span(place), place.words(), reader))
    }
}

fn passage_match(
    n: usize,
    repeat: &Repeat,
    family: u32,
    places: &Places,
    (differences, more_differences): (Vec<Difference>, usize),
) -> PassageMatch {
    let Shingles { a, b, shared } = repeat.shingles().unwrap_or_default();
    let share = |of: u32| f64::from(shared) / f64::from(of.max(1));
    PassageMatch {
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
    }
}

impl Place {
    fn new(described: &Described<'_>, wanted: &Wanted, name: &DocumentRef) -> Self {
        let mut span = described.place(wanted.place.words(), name.clone());
        if wanted.is_quoted {
            described.quote(&mut span);
        }
        let hash = if wanted.is_compared { content_hash(described.text(&span).as_bytes()) } else { 0 };
        Self { span, hash }
    }
}

impl Places {
    fn span(&self, place: &Occurrence) -> &PlacedSpan {
        &self.described[self.number(place)].span
    }

    fn bytes(&self, n: usize) -> Range<usize> {
        let span = &self.described[n].span;
        span.start..span.end
    }

    /// Returns the numbers of the two places of a match, if their texts differ.
    fn sides(&self, repeat: &Repeat) -> Option<[usize; 2]> {
        let sides = [self.number(&repeat.a), self.number(&repeat.b)];
        let [a, b] = sides.map(|n| self.described[n].hash);
        (a != b).then_some(sides)
    }

    /// Returns the text of a place, which is among `texts` unless it is quoted whole.
    fn text<'t>(&'t self, n: usize, texts: &'t Texts) -> &'t str {
        let found = texts.texts.binary_search_by_key(&n, |&(n, _)| n);
        found.map_or(&self.described[n].span.excerpt, |found| &texts.texts[found].1)
    }

    fn number(&self, place: &Occurrence) -> usize {
        self.wanted.partition_point(|wanted| wanted.place < *place)
    }
}

/// Divides the matches that are listed, so that the texts to compare take about so many bytes at a time.
fn batches(repeats: &[Repeat], choice: &Choice, places: &Places, bytes: usize) -> Vec<Range<usize>> {
    let (mut batches, mut start, mut total, mut last) = (Vec::new(), 0, 0, None);
    for (n, &of_all) in choice.listed.iter().enumerate() {
        let Some([a, b]) = places.sides(&repeats[of_all]) else { continue };
        // Matches are in order of their first sides.
        total += places.bytes(b).len() + if last == Some(a) { 0 } else { places.bytes(a).len() };
        last = Some(a);
        if total >= bytes {
            batches.push(start..n + 1);
            (start, total) = (n + 1, 0);
        }
    }
    batches.push(start..choice.listed.len());
    batches
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
        keep: spans.next().unwrap_or_else(|| places.described[0].span.clone()),
        occurrences: spans.collect(),
        count: of_family.len(),
        more_matches,
        new: 0,
    }
}

fn family_id(n: usize) -> String {
    format!("f{}", n + 1)
}
