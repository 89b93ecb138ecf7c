//! The passages of new documents that stand in documents of the index.
//!
//! The keys of the windows of what is read lead to documents of the index. Their words are put before those of what is read,
//! and all is compared by the code of a scan, as if the old texts had been read again. So what is found is what a scan
//! finds in the same documents; where a key stands in very many of a segment, the first of them stand for the others.

use std::sync::{Arc, Mutex, PoisonError};

use doublon_core::{Config, Level};
use rayon::prelude::*;

use super::layout::{NAMES, Part};
use super::names::DocumentName;
use super::open::OpenIndex;
use super::passage_file::PassageFile;
use super::segment::Segment;
use super::snapshot::{RowPlace, Snapshot};
use super::word_texts::NO_WORD;
use super::words::decode_numbers;
use crate::error::{Error, Result};
use crate::finding::{AgainstDocuments, DocumentRef, HeldIndex, InputOptions, Parameters, Sink, Summary};
use crate::scan::{ArchivedWords, CorpusBuilder, EachWord, HeldDocuments, Progress, Revision, compare};
use crate::source::FoundSources;
use crate::store::{BitSet, Budget, Partition};

/// So many documents of a segment, the first, stand for all that have a key: what stands in more is boilerplate, of which one
/// old place is as good as another. Where all are asked for, there is no limit.
const MOST_DOCUMENTS: usize = 64;

/// What a query reads and by which settings.
#[derive(Clone)]
pub(super) struct PassageRequest<'a> {
    pub found: &'a FoundSources,
    /// What becomes of their records before they are compared.
    pub revision: &'a dyn Revision,
    /// What it says of documents is that of the index.
    pub config: &'a Config,
    pub input: &'a InputOptions,
    pub budget: Budget,
    pub progress: &'a dyn Progress,
}

/// Compares the passages of files with those of an index, and hands each finding to `sink`.
pub(super) fn find_passages(
    index: &OpenIndex,
    request: &PassageRequest,
    sink: &mut (dyn Sink + Send),
) -> Result<Summary> {
    let PassageRequest { found: sources, revision, config, input, budget, progress } = request;
    let config = config.to_builder().level(Level::Passages).against(true).build()?;
    let mut builder = CorpusBuilder::seeking(&config, budget, index.manifest.private_seed());
    builder.read_found(sources, input, *revision, *progress)?;
    let most = if config.windows.exhaustive { usize::MAX } else { MOST_DOCUMENTS };
    let mut found = None;
    let corpus = builder.finish_against(|keys| {
        let held = Arc::new(FoundDocuments::find(index, keys, most)?);
        found = Some(Arc::clone(&held));
        Ok(held)
    })?;
    let parameters = Parameters { config, input: (*input).clone() };
    let summary = compare(corpus, &parameters, budget, *progress, sink)?.summary;
    // What cannot be read again of a file is skipped; an index that cannot be read is no answer at all.
    match found.and_then(|found| found.failure()) {
        Some(failure) => Err(failure),
        None => Ok(summary),
    }
}

/// Documents of an index that have a key in common with what was read.
struct FoundDocuments {
    snapshot: Snapshot,
    /// In keep order.
    places: Vec<RowPlace>,
    held: HeldIndex,
    counts: AgainstDocuments,
    /// The names of the piece that was read last, by segment and piece.
    names: Mutex<Option<NamePiece>>,
    /// Why something could not be read, the first time.
    failure: Mutex<Option<Error>>,
}

/// The names of a piece, by segment and piece.
type NamePiece = ((u32, usize), Vec<DocumentName>);

impl FoundDocuments {
    /// Finds those that have one of some keys, of each key the first `most` of a segment.
    fn find(index: &OpenIndex, keys: Vec<Partition<u64>>, most: usize) -> Result<Self> {
        let snapshot = index.snapshot.clone();
        let segments = snapshot.segments.iter().map(|segment| SegmentRows::new(&snapshot, segment));
        let segments: Vec<SegmentRows> = segments.collect::<Result<_>>()?;
        keys.into_par_iter().try_for_each(|share| {
            let mut keys = share.load()?;
            keys.sort_unstable();
            keys.dedup();
            segments.iter().try_for_each(|segment| segment.find(&keys, most))
        })?;
        let found = segments.into_iter().zip(0..);
        let places =
            found.flat_map(|(found, segment)| found.rows().map(move |row| RowPlace { segment, row })).collect();
        let (documents, text_bytes) = index.manifest.counts();
        let (counts, names, failure) = (AgainstDocuments { documents, text_bytes }, Mutex::default(), Mutex::default());
        Ok(Self { snapshot, places, held: index.held(), counts, names, failure })
    }

    /// Returns why something could not be read, if that was so.
    fn failure(&self) -> Option<Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Notes that something could not be read, whatever becomes of the error.
    fn noting<T>(&self, result: Result<T>) -> Result<T> {
        result.inspect_err(|error| {
            let told = || Error::Refused { path: self.held.path.clone().into(), detail: error.to_string() };
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(told);
        })
    }

    fn read_words(&self, doc: u32, each: &mut EachWord) -> Result<()> {
        let (segment, row) = self.at(doc);
        for_each_word(segment, row, &mut |word| {
            if !matches!(word, Some((_, NO_WORD))) {
                each(word);
            }
        })
    }

    fn read_name(&self, doc: u32) -> Result<DocumentRef> {
        let RowPlace { segment: number, row } = self.places[doc as usize];
        let segment = &self.snapshot.segments[number as usize];
        let piece = (number, row as usize / NAMES);
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let names = match &mut *names {
            Some((read, names)) if *read == piece => names,
            other => &mut other.insert((piece, segment.names(piece.1)?)).1,
        };
        Ok(segment.name(segment.row(row)?, &names[row as usize % NAMES])?.reference)
    }

    fn at(&self, doc: u32) -> (&Segment, u32) {
        let RowPlace { segment, row } = self.places[doc as usize];
        (&self.snapshot.segments[segment as usize], row)
    }
}

impl HeldDocuments for FoundDocuments {
    fn len(&self) -> u32 {
        self.places.len() as u32
    }

    fn words(&self, doc: u32, each: &mut EachWord) -> Result<()> {
        self.noting(self.read_words(doc, each))
    }

    fn name(&self, doc: u32) -> Result<DocumentRef> {
        self.noting(self.read_name(doc))
    }

    fn number(&self, doc: u32) -> Result<u64> {
        let (segment, row) = self.at(doc);
        self.noting(segment.row(row)).map(|row| row.number)
    }

    fn source(&self) -> (HeldIndex, AgainstDocuments) {
        (self.held.clone(), self.counts)
    }
}

/// The rows of a segment that were found.
struct SegmentRows<'s> {
    passages: &'s PassageFile,
    /// Those that were removed from the index, ascending.
    removed: Vec<u32>,
    found: Mutex<BitSet>,
}

impl<'s> SegmentRows<'s> {
    fn new(snapshot: &Snapshot, segment: &'s Segment) -> Result<Self> {
        let found = Mutex::new(BitSet::new(segment.len() as usize));
        Ok(Self { passages: passages(segment)?, removed: snapshot.removed_rows(segment)?, found })
    }

    /// Finds the documents that have one of some keys, which ascend.
    fn find(&self, keys: &[u64], most: usize) -> Result<()> {
        let mut rows = Vec::new();
        let is_there = |row: u32| self.removed.binary_search(&row).is_err();
        self.passages.for_each_row(keys, most, is_there, |row| rows.push(row))?;
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            found.insert(row);
        }
        Ok(())
    }

    /// Returns the rows found, ascending.
    fn rows(self) -> impl Iterator<Item = u32> {
        self.found.into_inner().unwrap_or_else(PoisonError::into_inner).into_numbers()
    }
}

/// Returns the words of a row of a segment.
pub(super) fn words_of(segment: &Segment, row: u32) -> Result<ArchivedWords> {
    let mut words = ArchivedWords::default();
    for_each_word(segment, row, &mut |word| match word {
        Some((operator, NO_WORD)) => words.operators.push((words.hashes.len(), operator)),
        Some((hash, _)) => words.hashes.push(hash),
        None => {}
    })?;
    Ok(words)
}

/// Calls `each` with the words and the operators of a row of a segment in order, as [`HeldDocuments::words`] does. The text of
/// an operator is [`NO_WORD`].
fn for_each_word(segment: &Segment, row: u32, each: &mut EachWord) -> Result<()> {
    let (passages, hashes) = (passages(segment)?, segment.vocabulary()?);
    let (texts, mut gaps) = (passages.texts()?, passages.gaps(row)?.iter().peekable());
    let mut words = Vec::new();
    let numbered = segment.numbered_words(&segment.row(row)?)?;
    decode_numbers(&numbered, segment.header().words, &mut words).ok_or_else(|| segment.damaged(Part::Words))?;
    let mut at = 0;
    for (hash, text) in words.iter().map(|&word| (hashes[word as usize], texts.get(word as usize))) {
        if text != NO_WORD {
            if gaps.next_if(|&&gap| gap <= at).is_some() {
                each(None);
            }
            at += 1;
        }
        each(Some((hash, text)));
    }
    Ok(())
}

/// Returns what leads to the passages of a segment; the manifest has it that each segment of an index has that or none.
fn passages(segment: &Segment) -> Result<&PassageFile> {
    segment.passages().ok_or_else(|| segment.damaged(Part::Words))
}
