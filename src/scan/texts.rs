//! Where the pipelines get a document's text and name from: memory, or the source once more.

use std::borrow::Cow;
use std::sync::Arc;

use super::given::TextColumn;
use super::held::{HeldDocuments, joined_words};
use super::written;
use crate::error::{Error, Result};
use crate::finding::{DocumentRef, Reason, Skipped};
use crate::source::Document;
use crate::source::{Format, Record, Rereader, Source, SourceOptions, Stamp};
use crate::store::{Budget, PartReader, PartWriter, SpillColumn, Spool};

/// The texts of all documents, by number.
#[derive(Default)]
pub(crate) struct Texts {
    pub sources: Vec<Source>,
    /// The names of all sources, those that could not be read included.
    pub names: Vec<Arc<str>>,
    /// How each source is read.
    options: Vec<Arc<SourceOptions>>,
    /// Documents whose id stands more than once in their source, ascending.
    pub repeated_ids: Vec<u32>,
    /// What tells whether a source has changed since it was read, by number.
    stamps: Vec<Option<Stamp>>,
    /// Whether a source changed while it was read, by number: its documents are then no proof of anything.
    changed: Vec<bool>,
    /// What others hold in memory.
    columns: Vec<Arc<dyn TextColumn>>,
    /// Documents of which only the words are held. They come before all others.
    held: Option<Arc<dyn HeldDocuments>>,
    pub store: TextStore,
}

/// How texts are held.
pub(crate) enum TextStore {
    /// In memory.
    Held(Vec<Document>),
    /// By place: read again when they are wanted, from their sources or from where they were written down.
    Placed(SpillColumn<TextPlace>, Spool),
}

/// Where a document stands.
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub(crate) struct TextPlace {
    offset: u64,
    length: u64,
    record: u64,
    source: u32,
    format: u32,
}

/// The number in place of a format where the place is one in the spool.
const SPOOLED: u32 = u32::MAX;

/// The number in place of a format where the place is a row of a column in memory.
const GIVEN: u32 = u32::MAX - 1;

impl TextPlace {
    /// A place in the source.
    pub fn new(source: u32, format: Format, record: &Record) -> Self {
        Self { offset: record.offset, length: record.length, record: record.record, source, format: format as u32 }
    }

    /// A place in the spool.
    pub fn spooled(document: &Document, offset: u64, length: u64) -> Self {
        let Document { source, record, .. } = *document;
        Self { offset, length, record, source, format: SPOOLED }
    }

    /// A row of a column in memory.
    pub fn given(source: u32, record: u64, (column, row): (u32, usize)) -> Self {
        Self { offset: row as u64, length: u64::from(column), record, source, format: GIVEN }
    }

    /// Returns the place when the spool begins `start` bytes earlier.
    pub fn moved(self, start: u64) -> Self {
        let offset = if self.format == SPOOLED { self.offset + start } else { self.offset };
        Self { offset, ..self }
    }
}

/// Reads texts one after another. Each thread has its own.
pub(crate) struct TextReader<'a> {
    texts: &'a Texts,
    open: Option<(u32, Rereader)>,
}

impl Default for TextStore {
    fn default() -> Self {
        Self::Placed(SpillColumn::new(), Spool::default())
    }
}

impl Texts {
    /// Adds sources, which are read next, and returns the number of the first.
    pub fn add_sources(&mut self, sources: &[Source], options: &Arc<SourceOptions>) -> Result<u32> {
        let (first, count) = (self.sources.len(), self.sources.len() + sources.len());
        if u32::try_from(count).is_err() {
            return Err(Error::TooMany { what: "sources", limit: u64::from(u32::MAX) });
        }
        self.sources.extend_from_slice(sources);
        self.names.extend(sources.iter().map(|source| Arc::<str>::from(source.name())));
        self.options.resize(count, options.clone());
        self.stamps.resize(count, None);
        self.changed.resize(count, false);
        Ok(first as u32)
    }

    /// Takes up what is known after the sources from `first` on were read: what tells whether they change later, and
    /// whether they changed meanwhile.
    pub fn close_sources(&mut self, first: u32, stamps: Vec<Option<Stamp>>, changed: &[bool]) {
        self.stamps.splice(first as usize.., stamps);
        self.changed[first as usize..].copy_from_slice(changed);
    }

    /// Writes down where the texts are read again, but for their sources. Texts in memory are not written.
    pub fn save(&self, part: &mut PartWriter) -> Result<()> {
        if let TextStore::Placed(places, spool) = &self.store {
            part.column(places)?;
            part.spool(spool)?;
        }
        part.values(&self.repeated_ids)?;
        let flags = self.stamps.iter().zip(&self.changed);
        part.values(&flags.map(|(stamp, &changed)| [u8::from(stamp.is_some()), u8::from(changed)]).collect::<Vec<_>>())
    }

    /// Reads what [`save`](Self::save) wrote of texts that are not in memory; their `sources` are what they were then.
    pub fn load(part: &mut PartReader, sources: &[Source], options: &Arc<SourceOptions>) -> Result<Self> {
        let store = TextStore::Placed(part.column()?, part.spool()?);
        let mut texts = Self { store, repeated_ids: part.values()?, ..Self::default() };
        texts.add_sources(sources, options)?;
        let flags = part.values::<[u8; 2]>()?;
        for (number, [is_stamped, is_changed]) in flags.into_iter().enumerate().take(sources.len()) {
            texts.stamps[number] = if is_stamped == 1 { Stamp::now(&sources[number].path) } else { None };
            texts.changed[number] = is_changed == 1;
        }
        Ok(texts)
    }

    /// Adds a column in memory, and returns its number.
    pub fn add_column(&mut self, column: Arc<dyn TextColumn>) -> u32 {
        self.columns.push(column);
        self.columns.len() as u32 - 1
    }

    /// Puts documents of which only the words are held before all others.
    #[cfg(feature = "index")]
    pub fn hold(&mut self, held: Arc<dyn HeldDocuments>) {
        self.held = Some(held);
    }

    /// Returns the documents of which only the words are held.
    pub fn held(&self) -> Option<&dyn HeldDocuments> {
        self.held.as_deref()
    }

    /// Returns the number of the first document that was read: so many are held before.
    pub fn first(&self) -> u32 {
        self.held.as_ref().map_or(0, |held| held.len())
    }

    /// Returns those in which a document is held, if only its words are.
    pub fn holder(&self, doc: u32) -> Option<&dyn HeldDocuments> {
        self.held().filter(|held| doc < held.len())
    }

    /// Returns how many documents were read.
    pub fn len(&self) -> usize {
        match &self.store {
            TextStore::Held(documents) => documents.len(),
            TextStore::Placed(places, _) => places.len(),
        }
    }

    pub fn reader(&self) -> TextReader<'_> {
        TextReader { texts: self, open: None }
    }

    /// Names a document, and says whether another of its source has its id too.
    pub fn reference(&self, doc: u32, document: &Document) -> DocumentRef {
        if let Some(held) = self.holder(doc)
            && let Ok(name) = held.name(doc)
        {
            return name;
        }
        let is_repeated = doc >= self.first() && self.repeated_ids.binary_search(&(doc - self.first())).is_ok();
        let id = document.id.clone().map(|id| id.repeated(is_repeated));
        let source = self.names.get(document.source as usize).cloned().unwrap_or_default();
        DocumentRef { source, record: document.record, id, metadata: document.metadata.clone() }
    }

    /// Returns whether a source is Markdown by its name.
    pub fn is_markdown(&self, source: u32) -> bool {
        self.sources.get(source as usize).is_some_and(Source::is_markdown)
    }

    /// Returns the number of a document's source and its position there. It was read.
    pub fn position(&self, doc: u32) -> Result<(u32, u64)> {
        let doc = doc - self.first();
        match &self.store {
            TextStore::Held(documents) => Ok((documents[doc as usize].source, documents[doc as usize].record)),
            TextStore::Placed(places, _) => places.get(doc).map(|place| (place.source, place.record)),
        }
    }

    /// Returns the table of places, if texts are read again.
    pub fn places(&mut self) -> Option<&mut SpillColumn<TextPlace>> {
        match &mut self.store {
            TextStore::Held(_) => None,
            TextStore::Placed(places, _) => Some(places),
        }
    }

    /// Moves documents that were written down to disk when they outgrow their part of the budget.
    pub fn spill_spool(&mut self, budget: &Budget) -> Result<()> {
        match &mut self.store {
            TextStore::Placed(_, spool) if spool.held_bytes() > budget.spool() => spool.spill(&budget.folder),
            _ => Ok(()),
        }
    }
}

impl<'a> TextReader<'a> {
    /// Returns a document, or why it can no longer be read.
    pub fn read(&mut self, doc: u32) -> std::result::Result<Cow<'a, Document>, Skipped> {
        let texts = self.texts;
        if let Some(held) = texts.holder(doc) {
            return texts.read_held(held, doc).map(Cow::Owned);
        }
        let doc = doc - texts.first();
        match &texts.store {
            TextStore::Held(documents) => {
                let document = &documents[doc as usize];
                texts.check(document.source, document.record)?;
                Ok(Cow::Borrowed(document))
            }
            TextStore::Placed(places, spool) => {
                let place = places.get(doc).map_err(|error| texts.lost(0, None, &error.to_string()))?;
                texts.check(place.source, place.record)?;
                let read = match place.format {
                    SPOOLED => texts.read_spool(spool, &place),
                    GIVEN => texts.read_given(&place),
                    _ => self.read_place(&place),
                };
                read.map(Cow::Owned)
            }
        }
    }

    fn read_place(&mut self, place: &TextPlace) -> std::result::Result<Document, Skipped> {
        let texts = self.texts;
        let reader = match &mut self.open {
            Some((source, reader)) if *source == place.source => reader,
            other => {
                let format = Format::from_number(place.format);
                let source = &texts.sources[place.source as usize];
                let options = &texts.options[place.source as usize];
                let stamp = texts.stamps[place.source as usize].clone();
                let reader = Rereader::open(source, format, stamp, options)?;
                &mut other.insert((place.source, reader)).1
            }
        };
        let record = reader.read(place.record, place.offset, place.length, &texts.options[place.source as usize])?;
        Ok(document(place.source, record))
    }
}

impl Texts {
    /// Returns a document of which only the words are held: these are its text.
    fn read_held(&self, held: &dyn HeldDocuments, doc: u32) -> std::result::Result<Document, Skipped> {
        let read = || {
            held.name(doc)?; // it is asked for again, and then it is known that it can be read
            joined_words(held, doc)
        };
        let text = read().map_err(|error| self.lost(u32::MAX, None, &error.to_string()))?;
        Ok(Document { source: u32::MAX, text, ..Document::default() })
    }

    fn read_spool(&self, spool: &Spool, place: &TextPlace) -> std::result::Result<Document, Skipped> {
        let (source, record) = (place.source, place.record);
        let lost = |why: &str| self.lost(source, Some(record), why);
        let bytes = spool.read(place.offset, place.length).map_err(|error| lost(&error.to_string()))?;
        written::read(&bytes, source, record).ok_or_else(|| lost("the temporary file was changed"))
    }

    fn read_given(&self, place: &TextPlace) -> std::result::Result<Document, Skipped> {
        let (column, row) = (&self.columns[place.length as usize], place.offset as usize);
        let (source, record) = (place.source, place.record);
        let lost = || self.lost(source, Some(record), "its text is no longer there");
        let text = column.text(row).map_err(|_| lost())?.to_owned();
        Ok(Document { source, record, id: column.id(row), text, ..Document::default() })
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
        let source = self.sources.get(source as usize).map(Source::name).unwrap_or_default();
        Skipped {
            source,
            record,
            offset: None,
            reason: Reason::ReadError,
            detail: Some(why.to_owned()),
            against: false,
        }
    }
}

pub(crate) fn document(source: u32, record: Record) -> Document {
    let Record { record, id, metadata, text, lossy, raw_hash, borders, encoding, origin, .. } = record;
    Document { source, record, id, metadata, text, lossy, raw_hash, borders, encoding, origin }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f08_what_was_read_of_a_file_that_changed_is_not_given_again() {
        let documents = [0, 1].map(|source| Document { source, record: 5, ..Document::default() });
        let sources = ["a.txt", "b.txt"].map(Source::given);
        let mut texts = Texts { store: TextStore::Held(documents.to_vec()), ..Texts::default() };
        texts.add_sources(&sources, &Arc::default()).expect("they are few");
        texts.close_sources(0, vec![None; 2], &[false, true]);
        let mut reader = texts.reader();
        assert_eq!(reader.read(0).as_deref(), Ok(&documents[0]));
        let lost = reader.read(1).expect_err("it changed");
        assert_eq!((lost.source.as_str(), lost.record, lost.reason), ("b.txt", Some(5), Reason::Changed));
    }
}
