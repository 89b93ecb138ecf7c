//! The index in the hand: made, opened, asked, added to.

use std::path::{Path, PathBuf};

use doublon_core::Config;
use doublon_core::verify::Overlap;

use super::adding::{PreparedAdd, WriteLock, decide_only};
use super::batch::{Batch, BatchSize, OF_QUERY};
use super::check::check;
use super::cleaning::find_all;
use super::layout::TextHashes;
use super::manifest::{Manifest, check_given, check_settings};
use super::open::{OpenIndex, ends};
use super::passages::{PassageRequest, find_passages, words_of};
use super::removing;
use super::run::{Request, run};
use super::snapshot::{FindScratch, RowPlace, Wanted, equality};
use super::told::{Compacted, IndexCheck, IndexInfo, IndexMatch, MeasuredDocument, RemovedFromIndex, Selection};
use crate::disk;
use crate::error::Result;
use crate::finding::{self, DocumentRef, HeldIndex, InputOptions, Parameters, Sink, Summary};
use crate::scan::{Archive, ArchivedWords, Progress, Revision, threads};
use crate::source::{FoundSources, Source};
use crate::store::{Budget, Resources};

/// A saved index of documents, against which new ones are held.
///
/// What is asked of it (`&self`) may be asked by any number of threads, and is answered from the state in which the index
/// was opened, whatever others add meanwhile.
///
/// # Examples
///
/// ```
/// use doublon::index::Index;
/// use doublon::scan::Resources;
/// use doublon::{Config, InputOptions};
///
/// let place = tempfile::tempdir().map_err(|cause| doublon::Error::Output { cause })?;
/// let mut index = Index::create(&place.path().join("seen"), &Config::default())?;
/// let mut findings = doublon::finding::Findings::default();
/// let (input, resources) = (InputOptions::default(), Resources::default());
/// index.add(&["data/seed".into()], &input, &resources, &(), &mut findings)?;
/// assert_eq!(index.info()?.documents, 1);
///
/// // The same again, in this week's crawl, is nothing new.
/// let week = index.against(&["data/seed".into()], &input, &resources, &(), &mut Vec::new())?;
/// assert_eq!((week.removed, week.against.map(|old| old.documents)), (1, Some(1)));
/// assert!(index.query("A text that it has not seen.")?.is_none());
/// # Ok::<(), doublon::Error>(())
/// ```
pub struct Index(OpenIndex);

impl Index {
    /// Makes an index without a document in a folder, which is made if it is not there. `config` says which documents are
    /// duplicates; what it says of passages does not count.
    ///
    /// # Errors
    ///
    /// If the folder holds something already or cannot be written, or the settings are none of which an index can make
    /// anything: it has no containment, no exact copies alone, no known text, and keeps the document that came first.
    pub fn create(folder: &Path, config: &Config) -> Result<Self> {
        OpenIndex::create(folder, config, false).map(Self)
    }

    /// Makes an index without a document that finds passages as well, by the windows of `config`. It holds what the words of
    /// its documents are, and takes about half as much room again.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), or if shingles are made of characters or passages are whole units.
    pub fn create_with_passages(folder: &Path, config: &Config) -> Result<Self> {
        OpenIndex::create(folder, config, true).map(Self)
    }

    /// Removes an index that was made and to which nothing was added, so that a run that fails leaves nothing. Another one stays.
    pub fn undo_create(folder: &Path) {
        let is_empty = Self::open(folder).and_then(|index| index.info()).is_ok_and(|info| info.adds == 0);
        if is_empty {
            let _ = disk::remove_folder(folder); // the next run takes what is left for an index without a document
        }
    }

    /// Opens an index.
    ///
    /// # Errors
    ///
    /// If there is none at the place, it was made by another version, or a file of it is missing or damaged at its start.
    /// The rest is checked when it is read.
    pub fn open(folder: &Path) -> Result<Self> {
        OpenIndex::open(folder).map(Self)
    }

    /// Returns whether a folder is an index.
    pub fn is_at(folder: &Path) -> bool {
        Manifest::is_in(folder)
    }

    /// Returns the settings by which documents are duplicates.
    pub fn config(&self) -> &Config {
        &self.0.manifest.config
    }

    /// Returns whether it finds passages.
    pub fn has_passages(&self) -> bool {
        self.0.manifest.passages
    }

    /// Returns what findings say of the index when documents are held against it.
    pub fn held(&self) -> HeldIndex {
        self.0.held()
    }

    /// Does the same as [`check_config`](Self::check_config), but only for the settings that `is_given` names (as
    /// `threshold`, `bands`, `fold_accents`) or that are not the default: whoever gives none means those of the index.
    ///
    /// # Errors
    ///
    /// If there is such a setting.
    pub fn check_given(&self, config: &Config, is_given: &dyn Fn(&str) -> bool) -> Result<()> {
        check_given(self.0.folder.path(), self.config(), config, is_given)
    }

    /// Refuses settings by which other documents would be duplicates, and names the first that differs.
    ///
    /// # Errors
    ///
    /// If there is such a setting.
    pub fn check_config(&self, config: &Config) -> Result<()> {
        check_settings(self.0.folder.path(), self.config(), config)
    }

    /// Returns the first document of the index that a text is a duplicate of, measured.
    ///
    /// # Errors
    ///
    /// If the index cannot be read, or is damaged where it is read.
    pub fn query(&self, text: &str) -> Result<Option<IndexMatch>> {
        let mut batch = Batch::new(&self.0.manifest.config);
        batch.append(self.0.reader.read_text(text))?;
        let hashes = batch.documents.first().map(|document| document.hashes);
        let Some(hashes) = hashes.filter(|hashes| hashes.words != 0) else { return Ok(None) };
        let (keys, sketch) = batch.signs(0)?;
        let mut words = Vec::new();
        batch.words(0, &mut words)?;
        let wanted = Wanted::new(&keys, sketch, &words, hashes);
        let Some(found) = self.0.snapshot.find(&wanted, &mut FindScratch::default())? else { return Ok(None) };
        let named = self.0.snapshot.segments[found.place.segment as usize].named(found.place.row)?;
        let jaccard = found.overlap.jaccard();
        let equality = if jaccard < 1.0 { finding::Equality::None } else { equality(found.row.hashes, hashes) };
        Ok(Some(IndexMatch { doc: named.reference, opening: named.opening, jaccard, equality }))
    }

    /// Holds the documents in the files at `paths` and below against the index, and not against each other. Hands each finding
    /// to `sink`, as a scan does, and returns the counts, which are the last finding too.
    ///
    /// # Errors
    ///
    /// If a path does not exist, the index is damaged where it is read, a temporary file cannot be written, or the sink
    /// fails. Input that cannot be read is no error: it is listed in the findings.
    pub fn against(
        &self,
        paths: &[PathBuf],
        input: &InputOptions,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Summary> {
        let batch = BatchSize { documents: OF_QUERY.documents.min(self.0.batch.documents), ..OF_QUERY };
        let found = self.0.find_sources(paths, input)?;
        let request = Request { batch, ..self.request(&found, input, resources, progress) };
        threads(resources)?.install(|| run(&self.0, &request, None, sink))
    }

    /// Finds the passages of the documents in the files at `paths` and below that stand in documents of the index. Hands each
    /// finding to `sink`, as a scan of passages does, and returns the counts, which are the last finding too. A place in the
    /// index is told by its words ([`IndexedWords`](crate::finding::IndexedWords)).
    ///
    /// `config` says which passages count (`min_words`, `min_identity`, `threshold`); all else is as the index was made.
    ///
    /// # Errors
    ///
    /// As [`against`](Self::against), or if the index finds no passages, or none by the windows of `config`.
    pub fn passages(
        &self,
        paths: &[PathBuf],
        config: &Config,
        input: &InputOptions,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Summary> {
        self.0.check_passages(config)?;
        let (found, budget) = (self.0.find_sources(paths, input)?, Budget::new(resources));
        let request = PassageRequest { found: &found, revision: &(), config, input, budget, progress };
        threads(resources)?.install(|| find_passages(&self.0, &request, sink))
    }

    /// Finds what [`add`](Self::add) would find: holds documents against the index and against each other. Adds none of
    /// them.
    ///
    /// # Errors
    ///
    /// As [`against`](Self::against), or if a file changes while it is read.
    pub fn decide(
        &self,
        paths: &[PathBuf],
        input: &InputOptions,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Summary> {
        let found = self.0.find_sources(paths, input)?;
        decide_only(&self.0, &self.request(&found, input, resources, progress), resources, sink)
    }

    /// Finds what [`decide`](Self::decide) finds, and of the documents that stay the passages that stand in documents of the
    /// index, as [`passages`](Self::passages) does. The files are read twice.
    ///
    /// # Errors
    ///
    /// As those two.
    pub fn decide_with_passages(
        &self,
        paths: &[PathBuf],
        config: &Config,
        input: &InputOptions,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Summary> {
        self.find_all((paths, config, input), true, resources, progress, sink)
    }

    /// Finds what [`against`](Self::against) finds, and of the documents that stay what [`passages`](Self::passages) does. The
    /// files are read twice.
    ///
    /// # Errors
    ///
    /// As those two.
    pub fn against_with_passages(
        &self,
        paths: &[PathBuf],
        config: &Config,
        input: &InputOptions,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Summary> {
        self.find_all((paths, config, input), false, resources, progress, sink)
    }

    fn find_all(
        &self,
        (paths, config, input): (&[PathBuf], &Config, &InputOptions),
        within: bool,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Summary> {
        self.0.check_passages(config)?;
        let (found, budget) = (self.0.find_sources(paths, input)?, Budget::new(resources));
        let request = PassageRequest { found: &found, revision: &(), config, input, budget, progress };
        find_all(&self.0, &request, within, resources, sink)
    }

    /// Adds the documents in the files at `paths` and below that are duplicates neither of what the index holds nor of each
    /// other. Hands each finding to `sink`, as a scan does, and returns the counts, which are the last finding too. If
    /// anything fails, the index is what it was.
    ///
    /// # Errors
    ///
    /// As [`decide`](Self::decide); or if another run writes to the index, or it cannot be written.
    pub fn add(
        &mut self,
        paths: &[PathBuf],
        input: &InputOptions,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Summary> {
        let (prepared, summary) = self.prepare(paths, input, resources, progress, sink)?;
        prepared.commit()?;
        Ok(summary)
    }

    /// Does all that [`add`](Self::add) does but the last step, so that something else can be done between: no document is
    /// added before [`PreparedAdd::commit`]. Until then no other run writes to the index.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub fn prepare(
        &mut self,
        paths: &[PathBuf],
        input: &InputOptions,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<(PreparedAdd<'_>, Summary)> {
        let found = self.0.find_sources(paths, input)?;
        let (lock, request) = (self.0.begin()?, self.request(&found, input, resources, progress));
        PreparedAdd::new(&mut self.0, lock, &request, resources, sink)
    }

    /// Keeps other runs from writing to the index, and takes up the state in which the last one left it.
    ///
    /// # Errors
    ///
    /// If another run writes to it, or it was made with other settings meanwhile.
    pub fn lock(&mut self) -> Result<WriteLock> {
        self.0.begin().map(WriteLock)
    }

    /// Does what [`prepare`](Self::prepare) does with what a revision leaves of some sources.
    pub(crate) fn prepare_revised(
        &mut self,
        lock: WriteLock,
        (sources, input): (&[Source], &InputOptions),
        revision: &dyn Revision,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<(PreparedAdd<'_>, Summary)> {
        let found = given_sources(sources, &[]);
        let request = Request { revision, ..self.request(&found, input, resources, progress) };
        PreparedAdd::new(&mut self.0, lock.0, &request, resources, sink)
    }

    fn request<'a>(
        &self,
        found: &'a FoundSources,
        input: &'a InputOptions,
        resources: &Resources,
        progress: &'a dyn Progress,
    ) -> Request<'a> {
        Request { found, revision: &(), input, budget: Budget::new(resources), progress, batch: self.0.batch }
    }

    /// Measures a text against one document of the index, by the number that findings have of it; none if the index does
    /// not hold it.
    ///
    /// # Errors
    ///
    /// If the index is damaged where it is read.
    pub fn measure(&self, number: u64, text: &str) -> Result<Option<MeasuredDocument>> {
        let Some(place) = self.0.snapshot.place_of(number)? else { return Ok(None) };
        let segment = &self.0.snapshot.segments[place.segment as usize];
        let doc = segment.named(place.row)?.reference;
        let (row, mut words) = (segment.row(place.row)?, Vec::new());
        segment.words(&row, &mut words)?;
        let shingles = |words: &[u64]| self.0.snapshot.shingles(words);
        let (own_words, hashes) = self.0.reader.words_of(text);
        let hashes = TextHashes { raw: row.hashes.raw, ..hashes };
        let overlap = Overlap::of(&shingles(&words), &shingles(&own_words));
        Ok(Some(MeasuredDocument { doc, overlap, equality: equality(row.hashes, hashes) }))
    }

    /// Returns a document of the index by the number that findings have of it, and its words; none if the index does not hold
    /// it.
    pub(crate) fn named_words(&self, number: u64) -> Result<Option<(DocumentRef, ArchivedWords)>> {
        let Some(RowPlace { segment, row }) = self.0.snapshot.place_of(number)? else { return Ok(None) };
        let segment = &self.0.snapshot.segments[segment as usize];
        Ok(Some((segment.named(row)?.reference, words_of(segment, row)?)))
    }

    /// Removes documents, so that what is like them is new again. What was not taken up for them does not come back.
    ///
    /// # Errors
    ///
    /// If no id and no source is given, another run writes to the index, or it cannot be read or written.
    pub fn remove(&mut self, which: &Selection) -> Result<RemovedFromIndex> {
        removing::remove(&mut self.0, which)
    }

    /// Returns what the index holds.
    ///
    /// # Errors
    ///
    /// If the size of a file cannot be told.
    pub fn info(&self) -> Result<IndexInfo> {
        let Manifest { segments, removed, met, unicode, .. } = &self.0.manifest;
        let (documents, text_bytes) = self.0.manifest.counts();
        Ok(IndexInfo {
            documents,
            text_bytes,
            bytes: self.0.bytes(),
            passage_bytes: self.0.manifest.passage_bytes(),
            segments: segments.len(),
            removed: removed.as_ref().map_or(0, |removed| removed.documents),
            adds: met.adds,
            read: met.documents,
            duplicates: met.duplicates,
            unicode: unicode.clone(),
        })
    }

    /// Reads all files of the index from start to end, and tells what is damaged.
    ///
    /// # Errors
    ///
    /// None; what cannot be read is a fault that is told.
    pub fn verify(&self) -> Result<IndexCheck> {
        let mut found = IndexCheck { files: 1, ..IndexCheck::default() };
        let mut last = None;
        for segment in &self.0.snapshot.segments {
            found.files += 1 + u64::from(segment.passages().is_some());
            match check(segment).and_then(|documents| Ok((documents, ends(segment)?))) {
                Ok((documents, Some((first, end)))) if last < Some(first) => {
                    found.documents += documents;
                    last = Some(end);
                }
                Ok((_, None)) => {}
                Ok(_) => found.faults.push("its segments are not in order".to_owned()),
                Err(error) => found.faults.push(error.to_string()),
            }
        }
        found.files += u64::from(self.0.manifest.removed.is_some()); // which was read whole when the index was opened
        Ok(found)
    }

    /// Writes all segments as one, without what was removed. What the index answers stays the same.
    ///
    /// # Errors
    ///
    /// If another run writes to the index, or it cannot be read or written.
    pub fn compact(&mut self, resources: &Resources) -> Result<Compacted> {
        let _lock = self.0.begin()?;
        let (bytes_before, segments_before) = (self.0.bytes(), self.0.manifest.segments.len());
        if segments_before > 1 || self.0.manifest.removed.is_some() {
            threads(resources)?.install(|| self.0.merge_from(0, &Budget::new(resources)))?;
        }
        let (bytes_after, segments_after) = (self.0.bytes(), self.0.manifest.segments.len());
        Ok(Compacted { bytes_before, bytes_after, segments_before, segments_after })
    }
}

/// What a clean copy asks.
impl Archive for Index {
    fn word_seed(&self) -> u64 {
        self.0.manifest.private_seed()
    }

    fn words(&self, number: u64) -> Result<Option<ArchivedWords>> {
        Ok(self.named_words(number)?.map(|(_, words)| words))
    }

    fn find_revised(
        &self,
        (sources, roots): (&[Source], &[usize]),
        parameters: &Parameters,
        revision: &dyn Revision,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Summary> {
        let (Parameters { config, input }, budget) = (parameters, Budget::new(resources));
        let found = given_sources(sources, roots);
        let request = PassageRequest { found: &found, revision, config, input, budget, progress };
        find_all(&self.0, &request, true, resources, sink)
    }
}

/// Returns sources that were found before, in the order in which they are read.
fn given_sources(sources: &[Source], roots: &[usize]) -> FoundSources {
    FoundSources { sources: sources.to_vec(), roots: roots.to_vec(), ..FoundSources::default() }
}

#[cfg(test)]
impl Index {
    /// Compares no more than so many documents together.
    pub(super) fn set_batch(&mut self, documents: u32) {
        self.0.batch.documents = documents;
    }
}
