//! Where passages stand in their texts: the documents that hold one are read once more, in order.

use doublon_core::cluster::families::{Families, Occurrence};
use doublon_core::kernel::PassageRepeat;
use doublon_core::text::{PassageUnit, TokenReader, Tokenizer};
use rayon::prelude::*;

use super::spooled::{MadePlace, PlaceFacts, PlaceStore, write};
use crate::error::Result;
use crate::finding::{DocumentRef, IndexedWords, MAX_LISTED_MATCHES, MAX_QUOTED_PLACES, PlacedSpan, Skipped};
use crate::scan::describe::Described;
use crate::scan::headings::headings;
use crate::scan::texts::Texts;
use crate::source::Document;
use crate::store::{Budget, SpillColumn, Step, Steps};

/// Documents that one thread reads one after another, so that those next to each other in a file are read at once.
const DOCUMENTS: usize = 64;

/// About the places that are described at a time.
const TOGETHER: usize = 1 << 13;

/// A document that cannot be read again, and why.
pub(crate) type Lost = (u32, Skipped);

/// Reads documents again to tell what was found in them.
pub(super) struct Reporter<'a> {
    pub texts: &'a Texts,
    pub tokenizer: Tokenizer,
    /// What places are numbered by, if not by words.
    pub unit: Option<PassageUnit>,
    pub steps: &'a Steps,
}

/// Which matches are listed: not all of a family that has very many.
#[derive(Default)]
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

/// Places that are described, in order.
#[derive(Default)]
pub(super) struct PlaceTable {
    wanted: Vec<WantedPlace>,
    facts: SpillColumn<PlaceFacts>,
    described: PlaceStore,
    /// The numbers of the two places of each match that is listed.
    sides: Vec<[u32; 2]>,
    /// The number of the first document whose text is there.
    first: u32,
}

/// A place to describe, and what is wanted of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct WantedPlace {
    place: Occurrence,
    is_quoted: bool,
    is_compared: bool,
}

struct DescribedPlace {
    facts: PlaceFacts,
    place: MadePlace,
}

impl Reporter<'_> {
    /// Describes the places of the matches chosen and of all families; or tells which documents cannot be read again,
    /// ascending.
    ///
    /// # Errors
    ///
    /// If places cannot be written down.
    pub fn describe(
        &self,
        repeats: &[PassageRepeat],
        grouped: &Families,
        choice: &Choice,
        budget: &Budget,
    ) -> Result<std::result::Result<PlaceTable, Vec<Lost>>> {
        let wanted = wanted(repeats, grouped, choice);
        let documents: Vec<&[WantedPlace]> = wanted.chunk_by(|x, y| x.place.doc == y.place.doc).collect();
        let mut table = PlaceTable::new(&wanted, (repeats, choice), self.texts.first(), budget);
        let is_spooled = table.described.is_spooled();
        self.steps.begin(Step::Describing, documents.len() as u64);
        let of_document = |reader: &mut TokenReader, document: &Document, wanted: &&[WantedPlace]| {
            let words = wanted.iter().map(|wanted| wanted.place.words());
            let holder = self.texts.holder(wanted[0].place.doc);
            let described = match self.unit {
                None if holder.is_some() => Described::of_words(&document.text, words, &self.tokenizer),
                None => Described::new(&document.text, words, reader),
                Some(unit) => Described::of_units(&document.text, words, unit, reader),
            };
            let headings = headings(document, self.texts.is_markdown(document.source));
            let described = described.in_page(document.origin.as_deref()).below(headings);
            let name = self.texts.reference(wanted[0].place.doc, document);
            self.steps.advance(1);
            let source = is_spooled.then_some(document.source);
            let number = holder.and_then(|held| held.number(wanted[0].place.doc).ok());
            let describe = |(n, wanted)| DescribedPlace::new(&described, (n, wanted), &name, (source, number));
            wanted.iter().enumerate().map(describe).collect()
        };
        let (mut all_lost, mut rest) = (Vec::new(), documents.as_slice());
        while !rest.is_empty() {
            let (next, after) = rest.split_at(together(rest));
            let (described, lost) = self.read(next, |wanted| wanted[0].place.doc, of_document);
            table.extend(described, budget)?;
            all_lost.extend(lost);
            rest = after;
        }
        drop(documents);
        table.wanted = wanted;
        Ok(if all_lost.is_empty() { Ok(table) } else { Err(all_lost) })
    }

    /// Reads documents and returns what `of_document` makes of each, in order, and those that cannot be read, ascending.
    pub fn read<W: Sync, T: Send>(
        &self,
        wanted: &[W],
        doc: impl Fn(&W) -> u32 + Sync,
        of_document: impl Fn(&mut TokenReader, &Document, &W) -> Vec<T> + Sync,
    ) -> (Vec<T>, Vec<Lost>) {
        let read = wanted.par_iter().with_min_len(DOCUMENTS).map_init(
            || (self.texts.reader(), self.tokenizer.reader()),
            |(texts, reader), wanted| match texts.read(doc(wanted)) {
                Ok(document) => Ok(of_document(reader, &document, wanted)),
                Err(why) => Err((doc(wanted), why)),
            },
        );
        let (mut all, mut lost) = (Vec::new(), Vec::new());
        for of_document in read.collect::<Vec<std::result::Result<Vec<T>, Lost>>>() {
            match of_document {
                Ok(found) => all.extend(found),
                Err(gone) => lost.push(gone),
            }
        }
        lost.sort_unstable();
        lost.dedup_by_key(|&mut (doc, _)| doc);
        (all, lost)
    }
}

/// Returns how many of some documents are described at a time: until they are put with the others, their places take memory twice.
fn together(documents: &[&[WantedPlace]]) -> usize {
    let mut places = 0;
    let is_enough = |wanted: &&[WantedPlace]| {
        places += wanted.len();
        places >= TOGETHER
    };
    documents.iter().position(is_enough).map_or(documents.len(), |last| last + 1)
}

impl DescribedPlace {
    /// Describes a place; for one that is written down the number of its source is told, and for one in an index the number
    /// of the document there.
    fn new(
        described: &Described<'_>,
        (n, wanted): (usize, &WantedPlace),
        name: &DocumentRef,
        (source, in_index): (Option<u32>, Option<u64>),
    ) -> Self {
        let mut span = described.place(n, name.clone());
        if wanted.is_quoted {
            described.quote(&mut span);
        }
        let facts = PlaceFacts::new(&span, wanted.is_compared.then(|| described.text(&span)));
        if let Some(number) = in_index {
            let words = (wanted.place.words().start, wanted.place.words().end);
            span = span.in_index(IndexedWords { number, words });
        }
        let place = match source {
            None => MadePlace::Held(span),
            Some(source) => MadePlace::Written(write(&span, source)),
        };
        Self { facts, place }
    }
}

impl PlaceTable {
    /// Makes one of places that are yet to be described.
    fn new(
        wanted: &[WantedPlace],
        (repeats, choice): (&[PassageRepeat], &Choice),
        first: u32,
        budget: &Budget,
    ) -> Self {
        let side = |place: &Occurrence| wanted.partition_point(|wanted| wanted.place < *place) as u32;
        let sides = |&n: &usize| [&repeats[n].a, &repeats[n].b].map(side);
        Self {
            wanted: Vec::new(),
            facts: SpillColumn::new(),
            described: PlaceStore::new(wanted.len(), budget),
            sides: choice.listed.iter().map(sides).collect(),
            first,
        }
    }

    /// Adds the next places.
    fn extend(&mut self, described: Vec<DescribedPlace>, budget: &Budget) -> Result<()> {
        self.facts.extend_by(described.iter().map(|place| place.facts));
        if self.described.is_spooled() && self.facts.held_bytes() > budget.spool() {
            self.facts.spill(&budget.folder)?;
        }
        self.described.extend(described.into_iter().map(|place| place.place), budget)
    }

    /// Returns the number of a place, which was wanted.
    fn number(&self, place: &Occurrence) -> usize {
        self.wanted.partition_point(|wanted| wanted.place < *place)
    }

    /// Returns the document of the place of this number.
    pub fn doc(&self, n: usize) -> u32 {
        self.wanted[n].place.doc
    }

    /// Returns the description of the place of this number.
    pub fn numbered(&self, n: usize, texts: &Texts) -> Result<PlacedSpan> {
        self.described.get(n, self.doc(n), texts)
    }

    /// Returns the description of a place.
    pub fn span(&self, place: &Occurrence, texts: &Texts) -> Result<PlacedSpan> {
        self.numbered(self.number(place), texts)
    }

    /// Returns what is held of the place of this number.
    pub fn facts(&self, n: usize) -> Result<PlaceFacts> {
        self.facts.get(n as u32)
    }

    /// Returns the numbers of the two places of the match that is listed as number `n`.
    pub fn sides(&self, n: usize) -> [usize; 2] {
        self.sides[n].map(|place| place as usize)
    }

    /// Returns the same numbers, if the texts of the two places are there and differ.
    pub fn differing_sides(&self, n: usize) -> Result<Option<[usize; 2]>> {
        let sides = self.sides(n);
        if sides.iter().any(|&side| self.doc(side) < self.first) {
            return Ok(None);
        }
        let [a, b] = [self.facts(sides[0])?.hash, self.facts(sides[1])?.hash];
        Ok((a != b).then_some(sides))
    }
}

/// Returns the places to describe, in order, each once.
fn wanted(repeats: &[PassageRepeat], grouped: &Families, choice: &Choice) -> Vec<WantedPlace> {
    let compared = |place: &Occurrence| WantedPlace { place: place.clone(), is_quoted: true, is_compared: true };
    let listed = choice.listed.iter().map(|&n| &repeats[n]);
    let of_matches = listed.flat_map(|repeat| [compared(&repeat.a), compared(&repeat.b)]);
    let of_families = grouped.families.iter().flat_map(|places| {
        let is_quoted = |n| n < MAX_QUOTED_PLACES;
        (0..).zip(places).map(move |(n, place)| WantedPlace {
            place: place.clone(),
            is_quoted: is_quoted(n),
            is_compared: false,
        })
    });
    let mut wanted: Vec<WantedPlace> = of_matches.chain(of_families).collect();
    wanted.sort_unstable_by(|x, y| y.cmp(x)); // that of which most is wanted first
    wanted.dedup_by(|x, y| x.place == y.place);
    wanted.reverse();
    wanted.shrink_to_fit();
    wanted
}
