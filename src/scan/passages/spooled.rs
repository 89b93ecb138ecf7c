//! Described places, in memory, or written down where they are too many.

use std::ops::Range;

use bytemuck::{Pod, Zeroable};
use doublon_core::hash::content_hash;

use crate::error::{Error, Result};
use crate::finding::{Coverage, DocumentRef, Fingerprint, IndexedWords, PlacedSpan};
use crate::scan::bytes::{put, put_bytes, take, take_text};
use crate::scan::texts::Texts;
use crate::scan::written;
use crate::source::Document;
use crate::store::{Budget, SpillColumn, Spool};

/// About the bytes of memory that a described place takes: a half for its numbers, a half for its excerpt and what is around.
pub(super) const BYTES_A_PLACE: usize = 600;

/// Places in order.
pub(super) enum PlaceStore {
    Held(Vec<PlacedSpan>),
    /// With where each place ends in the spool.
    Spooled(Spool, SpillColumn<u64>),
}

/// What is held of each place.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct PlaceFacts {
    /// Of its text, to tell which texts differ, if that is asked for.
    pub hash: [u64; 2],
    start: u64,
    end: u64,
    characters: u64,
}

/// A place as it is made, on any thread.
#[allow(clippy::large_enum_variant)] // all of a run are of one variant
pub(super) enum MadePlace {
    Held(PlacedSpan),
    Written(Vec<u8>),
}

impl Default for PlaceStore {
    fn default() -> Self {
        Self::Held(Vec::new())
    }
}

impl PlaceFacts {
    /// Takes those of a place; `text` is what is to be compared.
    pub fn new(span: &PlacedSpan, text: Option<&str>) -> Self {
        let hash = text.map_or(0, |text| content_hash(text.as_bytes()));
        let characters = (span.char_end - span.char_start) as u64;
        let (start, end) = (span.start as u64, span.end as u64);
        Self { hash: [hash as u64, (hash >> 64) as u64], start, end, characters }
    }

    /// Returns its bytes in its text.
    pub fn bytes(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns how many characters it has.
    pub fn characters(&self) -> usize {
        self.characters as usize
    }
}

impl PlaceStore {
    /// Makes one for so many places.
    pub fn new(places: usize, budget: &Budget) -> Self {
        let is_held = places <= budget.places() / BYTES_A_PLACE;
        if is_held {
            Self::Held(Vec::with_capacity(places))
        } else {
            Self::Spooled(Spool::default(), SpillColumn::new())
        }
    }

    /// Returns whether places are to be written down.
    pub fn is_spooled(&self) -> bool {
        matches!(self, Self::Spooled(..))
    }

    /// Adds the next places.
    pub fn extend(&mut self, places: impl Iterator<Item = MadePlace>, budget: &Budget) -> Result<()> {
        for place in places {
            match (&mut *self, place) {
                (Self::Held(held), MadePlace::Held(place)) => held.push(place),
                (Self::Spooled(spool, ends), MadePlace::Written(bytes)) => {
                    spool.append(&bytes);
                    ends.extend(&[spool.len()]);
                    if spool.held_bytes() + ends.held_bytes() > budget.spool() {
                        spool.spill(&budget.folder)?;
                        ends.spill(&budget.folder)?;
                    }
                }
                _ => return Err(unreadable()),
            }
        }
        Ok(())
    }

    /// Returns a place.
    pub fn get(&self, n: usize, doc: u32, texts: &Texts) -> Result<PlacedSpan> {
        match self {
            Self::Held(held) => Ok(held[n].clone()),
            Self::Spooled(spool, ends) => {
                let start = n.checked_sub(1).map_or(Ok(0), |before| ends.get(before as u32))?;
                read(&spool.read(start, ends.get(n as u32)? - start)?, doc, texts).ok_or_else(unreadable)
            }
        }
    }
}

fn unreadable() -> Error {
    Error::Io { path: "temporary data".into(), cause: std::io::ErrorKind::InvalidData.into() }
}

const COVERAGES: [Coverage; 4] = [Coverage::Whole, Coverage::Start, Coverage::End, Coverage::Inside];

const HEADING: u64 = 1;
const IN_PAGE: u64 = 2;
const FINGERPRINT: u64 = 4;
const IN_INDEX: u64 = 8;

/// Writes down a place in a document.
pub(super) fn write(place: &PlacedSpan, source: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(BYTES_A_PLACE);
    let DocumentRef { record, id, metadata, .. } = &place.doc;
    let (id, metadata) = (id.clone(), metadata.clone());
    put(u64::from(source), &mut out);
    put(*record, &mut out);
    let named = Document { source, record: *record, id, metadata, ..Document::default() };
    let mut name = Vec::new();
    written::write(&named, &mut name);
    put_bytes(&name, &mut out);
    let flag = |flag: u64, is_set: bool| if is_set { flag } else { 0 };
    let flags = flag(HEADING, place.heading.is_some())
        | flag(IN_PAGE, place.source_start.is_some())
        | flag(FINGERPRINT, place.fingerprint.is_some())
        | flag(IN_INDEX, place.in_index.is_some());
    let covers = COVERAGES.iter().position(|&covers| covers == place.covers).unwrap_or(0);
    let in_page = [place.source_start, place.source_end].map(Option::unwrap_or_default);
    let fingerprint = place.fingerprint.map_or(0, |fingerprint| fingerprint.0);
    let IndexedWords { number, words } = place.in_index.unwrap_or(IndexedWords { number: 0, words: (0, 0) });
    let numbers = [
        place.start,
        place.end,
        place.char_start,
        place.char_end,
        in_page[0],
        in_page[1],
        place.line,
        place.column,
        place.end_line,
        place.paragraphs.0,
        place.paragraphs.1,
        place.paragraph_count,
        place.document_bytes,
        covers,
    ];
    [flags, fingerprint, number, words.0 as u64, words.1 as u64]
        .into_iter()
        .chain(numbers.map(|number| number as u64))
        .for_each(|n| put(n, &mut out));
    for text in [place.heading.as_deref().unwrap_or_default(), &place.before, &place.after, &place.excerpt] {
        put_bytes(text.as_bytes(), &mut out);
    }
    out
}

/// Reads what [`write()`] wrote, if it is that.
fn read(mut bytes: &[u8], doc: u32, texts: &Texts) -> Option<PlacedSpan> {
    let bytes = &mut bytes;
    let (source, record) = (take(bytes)? as u32, take(bytes)?);
    let named = written::read(crate::scan::bytes::take_bytes(bytes)?, source, record)?;
    let (flags, fingerprint) = (take(bytes)?, take(bytes)?);
    let in_index = IndexedWords { number: take(bytes)?, words: (take(bytes)? as usize, take(bytes)? as usize) };
    let has = |flag: u64| flags & flag != 0;
    let mut number = || take(bytes).map(|number| number as usize);
    let (start, end, char_start, char_end) = (number()?, number()?, number()?, number()?);
    let in_page = (number()?, number()?);
    let (line, column, end_line) = (number()?, number()?, number()?);
    let (paragraphs, paragraph_count) = ((number()?, number()?), number()?);
    let (document_bytes, covers) = (number()?, number()?);
    let [heading, before, after, excerpt] =
        [take_text(bytes)?, take_text(bytes)?, take_text(bytes)?, take_text(bytes)?];
    Some(PlacedSpan {
        doc: texts.reference(doc, &named),
        start,
        end,
        char_start,
        char_end,
        source_start: has(IN_PAGE).then_some(in_page.0),
        source_end: has(IN_PAGE).then_some(in_page.1),
        line,
        column,
        end_line,
        paragraphs,
        paragraph_count,
        heading: has(HEADING).then(|| heading.into()),
        document_bytes,
        covers: *COVERAGES.get(covers)?,
        fingerprint: has(FINGERPRINT).then_some(Fingerprint(fingerprint)),
        new: false,
        in_index: has(IN_INDEX).then_some(in_index),
        before: before.into(),
        after: after.into(),
        excerpt: excerpt.into(),
    })
}
