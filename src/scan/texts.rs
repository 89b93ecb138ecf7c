//! Where the pipelines get a document's text from: memory, or the source once more.

use std::borrow::Cow;

use super::column::Column;
use crate::document::Document;
use crate::error::Result;
use crate::finding::{Reason, Skipped};
use crate::source::{Format, Record, Rereader, Source, SourceOptions, Stamp};

/// The texts of all documents, by number.
pub(super) struct Texts {
    pub sources: Vec<Source>,
    pub options: SourceOptions,
    /// What tells whether a source has changed since it was read, by number.
    pub stamps: Vec<Option<Stamp>>,
    pub store: Store,
}

/// How texts are held.
pub(super) enum Store {
    /// In memory.
    Held(Vec<Document>),
    /// By place: read again when they are wanted.
    Placed(Column<Place>),
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

impl Place {
    pub fn new(source: u32, format: Format, record: &Record) -> Self {
        Self { offset: record.offset, length: record.length, record: record.record, source, format: format as u32 }
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
            Store::Placed(places) => places.len(),
        }
    }

    pub fn reader(&self) -> TextReader<'_> {
        TextReader { texts: self, open: None }
    }

    /// Returns the number of a document's source and its position there.
    pub fn position(&self, doc: u32) -> Result<(u32, u64)> {
        match &self.store {
            Store::Held(documents) => Ok((documents[doc as usize].source, documents[doc as usize].record)),
            Store::Placed(places) => places.get(doc).map(|place| (place.source, place.record)),
        }
    }

    /// Returns all documents, if they are in memory.
    pub fn held(&self) -> Option<&[Document]> {
        match &self.store {
            Store::Held(documents) => Some(documents),
            Store::Placed(_) => None,
        }
    }

    /// Returns the table of places, if texts are read again.
    pub fn places(&mut self) -> Option<&mut Column<Place>> {
        match &mut self.store {
            Store::Held(_) => None,
            Store::Placed(places) => Some(places),
        }
    }
}

impl<'a> TextReader<'a> {
    /// Returns a document, or why it can no longer be read.
    pub fn read(&mut self, doc: u32) -> std::result::Result<Cow<'a, Document>, Skipped> {
        match &self.texts.store {
            Store::Held(documents) => Ok(Cow::Borrowed(&documents[doc as usize])),
            Store::Placed(places) => {
                let place = places.get(doc).map_err(|error| self.lost(0, &error.to_string()))?;
                self.read_place(&place).map(Cow::Owned)
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
                &mut other.insert((place.source, Rereader::open(source, format, stamp)?)).1
            }
        };
        let record = reader.read(place.record, place.offset, place.length, &texts.options)?;
        Ok(document(place.source, record))
    }

    fn lost(&self, source: u32, why: &str) -> Skipped {
        let source = self.texts.sources[source as usize].name();
        Skipped { source, record: None, offset: None, reason: Reason::ReadError, detail: Some(why.to_owned()) }
    }
}

pub(super) fn document(source: u32, record: Record) -> Document {
    let Record { record, id, text, lossy, raw_hash, encoding, origin, .. } = record;
    Document { source, record, id, text, lossy, raw_hash, encoding, origin }
}
