//! Where the pipelines get a document's text from: memory, or the source once more.

use std::borrow::Cow;

use super::Budget;
use super::column::Column;
use super::spool::{self, Spool};
use crate::error::Result;
use crate::finding::{Reason, Skipped};
use crate::source::Document;
use crate::source::{Format, Record, Rereader, Source, SourceOptions, Stamp};

/// The texts of all documents, by number.
pub(super) struct Texts {
    pub sources: Vec<Source>,
    pub options: SourceOptions,
    /// What tells whether a source has changed since it was read, by number.
    pub stamps: Vec<Option<Stamp>>,
    /// Whether a source changed while it was read, by number: its documents are then no proof of anything.
    pub changed: Vec<bool>,
    pub store: Store,
}

/// How texts are held.
pub(super) enum Store {
    /// In memory.
    Held(Vec<Document>),
    /// By place: read again when they are wanted, from their sources or from where they were written down.
    Placed(Column<Place>, Spool),
}

/// Where a document stands.
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub(super) struct Place {
    offset: u64,
    length: u64,
    record: u64,
    source: u32,
    format: u32,
}

/// The number in place of a format where the place is one in the spool.
const SPOOLED: u32 = u32::MAX;

impl Place {
    /// A place in the source.
    pub fn new(source: u32, format: Format, record: &Record) -> Self {
        Self { offset: record.offset, length: record.length, record: record.record, source, format: format as u32 }
    }

    /// A place in the spool.
    pub fn spooled(document: &Document, offset: u64, length: u64) -> Self {
        let Document { source, record, .. } = *document;
        Self { offset, length, record, source, format: SPOOLED }
    }

    /// Returns the place when the spool begins `start` bytes earlier.
    pub fn moved(self, start: u64) -> Self {
        let offset = if self.format == SPOOLED { self.offset + start } else { self.offset };
        Self { offset, ..self }
    }
}

/// Reads texts one after another. Each thread has its own.
pub(super) struct TextReader<'a> {
    texts: &'a Texts,
    open: Option<(u32, Rereader)>,
}

impl Texts {
    pub fn len(&self) -> usize {
        match &self.store {
            Store::Held(documents) => documents.len(),
            Store::Placed(places, _) => places.len(),
        }
    }

    pub fn reader(&self) -> TextReader<'_> {
        TextReader { texts: self, open: None }
    }

    /// Returns the number of a document's source and its position there.
    pub fn position(&self, doc: u32) -> Result<(u32, u64)> {
        match &self.store {
            Store::Held(documents) => Ok((documents[doc as usize].source, documents[doc as usize].record)),
            Store::Placed(places, _) => places.get(doc).map(|place| (place.source, place.record)),
        }
    }

    /// Returns the table of places, if texts are read again.
    pub fn places(&mut self) -> Option<&mut Column<Place>> {
        match &mut self.store {
            Store::Held(_) => None,
            Store::Placed(places, _) => Some(places),
        }
    }

    /// Moves documents that were written down to disk when they outgrow their part of the budget.
    pub fn spill_spool(&mut self, budget: &Budget) -> Result<()> {
        match &mut self.store {
            Store::Placed(_, spool) if spool.held_bytes() > budget.spool() => spool.spill(&budget.folder),
            _ => Ok(()),
        }
    }
}

impl<'a> TextReader<'a> {
    /// Returns a document, or why it can no longer be read.
    pub fn read(&mut self, doc: u32) -> std::result::Result<Cow<'a, Document>, Skipped> {
        let texts = self.texts;
        match &texts.store {
            Store::Held(documents) => {
                let document = &documents[doc as usize];
                texts.check(document.source, document.record)?;
                Ok(Cow::Borrowed(document))
            }
            Store::Placed(places, spool) => {
                let place = places.get(doc).map_err(|error| texts.lost(0, None, &error.to_string()))?;
                texts.check(place.source, place.record)?;
                let read =
                    if place.format == SPOOLED { texts.read_spool(spool, &place) } else { self.read_place(&place) };
                read.map(Cow::Owned)
            }
        }
    }

    fn read_place(&mut self, place: &Place) -> std::result::Result<Document, Skipped> {
        let texts = self.texts;
        let reader = match &mut self.open {
            Some((source, reader)) if *source == place.source => reader,
            other => {
                let format = Format::from_number(place.format);
                let source = &texts.sources[place.source as usize];
                let stamp = texts.stamps[place.source as usize].clone();
                let reader = Rereader::open(source, format, stamp, &texts.options)?;
                &mut other.insert((place.source, reader)).1
            }
        };
        let record = reader.read(place.record, place.offset, place.length, &texts.options)?;
        Ok(document(place.source, record))
    }
}

impl Texts {
    fn read_spool(&self, spool: &Spool, place: &Place) -> std::result::Result<Document, Skipped> {
        let (source, record) = (place.source, place.record);
        let lost = |why: &str| self.lost(source, Some(record), why);
        let bytes =
            spool.read(place.offset, place.length).map_err(|error| lost(&format!("temporary file: {error}")))?;
        spool::read(&bytes, source, record).ok_or_else(|| lost("the temporary file was changed"))
    }

    /// What was read of a file that changed meanwhile is of neither state for sure.
    fn check(&self, source: u32, record: u64) -> std::result::Result<(), Skipped> {
        if self.changed.get(source as usize) != Some(&true) {
            return Ok(());
        }
        let why = "the file changed while it was read";
        Err(Skipped { reason: Reason::Changed, ..self.lost(source, Some(record), why) })
    }

    fn lost(&self, source: u32, record: Option<u64>, why: &str) -> Skipped {
        let source = self.sources[source as usize].name();
        Skipped { source, record, offset: None, reason: Reason::ReadError, detail: Some(why.to_owned()) }
    }
}

pub(super) fn document(source: u32, record: Record) -> Document {
    let Record { record, id, text, lossy, raw_hash, encoding, origin, .. } = record;
    Document { source, record, id, text, lossy, raw_hash, encoding, origin }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f08_what_was_read_of_a_file_that_changed_is_not_given_again() {
        let documents = [0, 1].map(|source| Document { source, record: 5, ..Document::default() });
        let sources = ["a.txt", "b.txt"].map(|path| Source { path: path.into(), named: true });
        let texts = Texts {
            sources: sources.to_vec(),
            options: SourceOptions::default(),
            stamps: vec![None; 2],
            changed: vec![false, true],
            store: Store::Held(documents.to_vec()),
        };
        let mut reader = texts.reader();
        assert_eq!(reader.read(0).as_deref(), Ok(&documents[0]));
        let lost = reader.read(1).expect_err("it changed");
        assert_eq!((lost.source.as_str(), lost.record, lost.reason), ("b.txt", Some(5), Reason::Changed));
    }
}
