//! The index in the hand: made, opened, asked, added to.

use std::collections::HashSet;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};

use doublon_core::Config;
use doublon_core::hash::content_hash;

use super::batch::{Batch, BlockReader};
use super::check::check;
use super::folder::IndexFolder;
use super::layout::{NAMES, Row};
use super::manifest::{Manifest, RemovedEntry, check_indexable, check_settings};
use super::merge::MergedSegments;
use super::names::DocumentName;
use super::run::{Adding, BatchSize, OF_ADD, OF_QUERY, Request, run};
use super::segment::Segment;
use super::snapshot::{FindScratch, Snapshot, Wanted, equality, removed_bytes};
use super::told::{Compacted, IndexCheck, IndexInfo, IndexMatch, RemovedFromIndex, Selection};
use super::writer::write_segment;
use crate::error::{Error, Result};
use crate::finding::{InputOptions, Sink, Summary};
use crate::scan::{Progress, threads};
use crate::store::{Budget, FileLock, Resources, private_seed};
use crate::{Level, finding};

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
pub struct Index {
    folder: IndexFolder,
    manifest: Manifest,
    snapshot: Snapshot,
    reader: BlockReader,
    batch: BatchSize,
}

/// Segments that an add leaves before it merges the smallest.
const MOST_SEGMENTS: usize = 32;

/// How often an index is opened again that another run changes meanwhile.
const TRIES: usize = 5;

impl Index {
    /// Makes an index without a document in a folder, which is made if it is not there. `config` says which documents are
    /// duplicates; what it says of passages does not count.
    ///
    /// # Errors
    ///
    /// If the folder holds something already or cannot be written, or the settings are none of which an index can make
    /// anything: it has no containment, no exact copies alone, no known text, and keeps the document that came first.
    pub fn create(folder: &Path, config: &Config) -> Result<Self> {
        check_indexable(config)?;
        let config = config.to_builder().level(Level::Documents).pairs(false).build()?;
        let folder = IndexFolder::at(folder);
        folder.make()?;
        let _lock = folder.lock()?;
        folder.make()?; // another run may have made one before this had the lock
        folder.sweep(|_| false)?;
        let id = u128::from(RandomState::new().hash_one(1u8)) << 64 | u128::from(RandomState::new().hash_one(2u8));
        let mut manifest = Manifest::new(config, id, private_seed());
        manifest.publish(&folder)?;
        Self::of(folder, manifest)
    }

    /// Opens an index.
    ///
    /// # Errors
    ///
    /// If there is none at the place, it was made by another version, or a file of it is missing or damaged at its start.
    /// The rest is checked when it is read.
    pub fn open(folder: &Path) -> Result<Self> {
        let folder = IndexFolder::at(folder);
        let mut tried = 0;
        loop {
            let manifest = Manifest::read(&folder)?;
            let generation = manifest.generation;
            tried += 1;
            match Self::of(folder.clone(), manifest) {
                // Another run has replaced a file between the two.
                Err(_) if tried < TRIES && Manifest::read(&folder)?.generation != generation => {}
                other => return other,
            }
        }
    }

    /// Returns whether a folder is an index.
    pub fn is_at(folder: &Path) -> bool {
        Manifest::is_in(folder)
    }

    fn of(folder: IndexFolder, manifest: Manifest) -> Result<Self> {
        let snapshot = Snapshot::open(&folder, &manifest)?;
        let reader = BlockReader::new(&manifest.config, manifest.private_seed());
        Ok(Self { folder, manifest, snapshot, reader, batch: OF_ADD })
    }

    /// Returns the settings by which documents are duplicates.
    pub fn config(&self) -> &Config {
        &self.manifest.config
    }

    /// Refuses settings by which other documents would be duplicates, and names the first that differs.
    ///
    /// # Errors
    ///
    /// If there is such a setting.
    pub fn check_config(&self, config: &Config) -> Result<()> {
        check_settings(self.folder.path(), &self.manifest.config, config)
    }

    /// Returns the first document of the index that a text is a duplicate of, measured.
    ///
    /// # Errors
    ///
    /// If the index cannot be read, or is damaged where it is read.
    pub fn query(&self, text: &str) -> Result<Option<IndexMatch>> {
        let mut batch = Batch::new(&self.manifest.config);
        batch.append(self.reader.read_text(text))?;
        let hashes = batch.documents.first().map(|document| document.hashes);
        let Some(hashes) = hashes.filter(|hashes| hashes.words != 0) else { return Ok(None) };
        let (keys, sketch) = batch.signs(0)?;
        let mut words = Vec::new();
        batch.words(0, &mut words)?;
        let shingles = self.snapshot.shingles(&words);
        let wanted = Wanted { keys: &keys, sketch, shingles: &shingles };
        let Some(found) = self.snapshot.find(&wanted, &mut FindScratch::default())? else { return Ok(None) };
        let named = self.snapshot.segments[found.place.segment as usize].named(found.place.row)?;
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
        self.check_paths(paths)?;
        let batch = BatchSize { documents: OF_QUERY.documents.min(self.batch.documents), ..OF_QUERY };
        let request = Request { paths, input, budget: Budget::new(resources), progress, batch };
        threads(resources)?.install(|| run(&self.snapshot, &self.reader, &self.manifest, &request, None, sink))
    }

    /// Adds the documents in the files at `paths` and below that are duplicates neither of what the index holds nor of each
    /// other. Hands each finding to `sink`, as a scan does, and returns the counts, which are the last finding too. If
    /// anything fails, the index is what it was.
    ///
    /// # Errors
    ///
    /// As [`against`](Self::against); or if another run writes to the index, it cannot be written, or a file changes
    /// while it is read.
    pub fn add(
        &mut self,
        paths: &[PathBuf],
        input: &InputOptions,
        resources: &Resources,
        progress: &dyn Progress,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Summary> {
        self.check_paths(paths)?;
        let _lock = self.begin()?;
        let request = Request { paths, input, budget: Budget::new(resources), progress, batch: self.batch };
        let mut next = self.manifest.clone();
        let pool = threads(resources)?;
        let summary = pool.install(|| {
            let adding = Some(Adding { folder: &self.folder, manifest: &mut next });
            run(&self.snapshot, &self.reader, &self.manifest, &request, adding, sink)
        })?;
        let read = summary.kept + summary.removed - summary.compared_with();
        next.met.adds += 1;
        next.met.documents += read;
        next.met.duplicates += summary.removed;
        self.publish(next)?;
        pool.install(|| self.merge_small())?;
        Ok(summary)
    }

    /// Removes documents, so that what is like them is new again. What was not taken up for them does not come back.
    ///
    /// # Errors
    ///
    /// If no id and no source is given, another run writes to the index, or it cannot be read or written.
    pub fn remove(&mut self, which: &Selection) -> Result<RemovedFromIndex> {
        if which.ids.is_empty() && which.sources.is_empty() {
            return Err(self.refused("name the documents to be removed, by their ids or sources"));
        }
        let _lock = self.begin()?;
        let mut chosen = Chosen::new(which);
        let (mut numbers, mut text_bytes) = ((*self.snapshot.removed).clone(), 0);
        let before = numbers.len();
        for segment in &self.snapshot.segments {
            chosen.add(segment, |row| {
                let is_there = !self.snapshot.is_removed(row.number);
                if is_there {
                    numbers.push(row.number);
                    text_bytes += row.text_bytes;
                }
                is_there
            })?;
        }
        let removed = RemovedFromIndex { documents: (numbers.len() - before) as u64, unknown: chosen.unknown(which) };
        if removed.documents > 0 {
            numbers.sort_unstable();
            let mut next = self.manifest.clone();
            text_bytes += next.removed.as_ref().map_or(0, |removed| removed.text_bytes);
            let bytes = removed_bytes(&numbers);
            let name = next.new_file("removed");
            let mut file = self.folder.create(&name)?;
            file.write_all(&bytes).map_err(file.failed())?;
            file.publish()?;
            let documents = numbers.len() as u64;
            next.removed = Some(RemovedEntry { file: name, documents, text_bytes, content: content_hash(&bytes) });
            self.publish(next)?;
        }
        Ok(removed)
    }

    /// Returns what the index holds.
    ///
    /// # Errors
    ///
    /// If the size of a file cannot be told.
    pub fn info(&self) -> Result<IndexInfo> {
        let Manifest { segments, removed, met, unicode, .. } = &self.manifest;
        let (documents, text_bytes) = self.manifest.counts();
        Ok(IndexInfo {
            documents,
            text_bytes,
            bytes: self.bytes(),
            segments: segments.len(),
            removed: removed.as_ref().map_or(0, |removed| removed.documents),
            adds: met.adds,
            read: met.documents,
            duplicates: met.duplicates,
            unicode: unicode.clone(),
        })
    }

    fn bytes(&self) -> u64 {
        let Manifest { segments, removed, .. } = &self.manifest;
        let of_removed = removed.iter().map(|removed| 16 + removed.documents * 8).sum::<u64>();
        let path = self.folder.file(super::folder::MANIFEST);
        let manifest = fs::metadata(path).map_or(0, |metadata| metadata.len());
        segments.iter().map(|segment| segment.bytes).sum::<u64>() + of_removed + manifest
    }

    /// Reads all files of the index from start to end, and tells what is damaged.
    ///
    /// # Errors
    ///
    /// None; what cannot be read is a fault that is told.
    pub fn verify(&self) -> Result<IndexCheck> {
        let mut found = IndexCheck { files: 1, ..IndexCheck::default() };
        let mut last = None;
        for segment in &self.snapshot.segments {
            found.files += 1;
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
        found.files += u64::from(self.manifest.removed.is_some()); // which was read whole when the index was opened
        Ok(found)
    }

    /// Writes all segments as one, without what was removed. What the index answers stays the same.
    ///
    /// # Errors
    ///
    /// If another run writes to the index, or it cannot be read or written.
    pub fn compact(&mut self, resources: &Resources) -> Result<Compacted> {
        let _lock = self.begin()?;
        let (bytes_before, segments_before) = (self.bytes(), self.manifest.segments.len());
        if segments_before > 1 || self.manifest.removed.is_some() {
            threads(resources)?.install(|| self.merge_from(0))?;
        }
        let (bytes_after, segments_after) = (self.bytes(), self.manifest.segments.len());
        Ok(Compacted { bytes_before, bytes_after, segments_before, segments_after })
    }

    /// Merges the last segments if there are many: those of which none has more documents than all behind it.
    fn merge_small(&mut self) -> Result<()> {
        let documents: Vec<u64> = self.manifest.segments.iter().map(|entry| u64::from(entry.documents)).collect();
        if documents.len() <= MOST_SEGMENTS {
            return Ok(());
        }
        let (mut first, mut behind) = (documents.len() - 1, documents[documents.len() - 1]);
        while first > 0 && (documents[first - 1] <= behind || first > MOST_SEGMENTS / 2) {
            first -= 1;
            behind += documents[first];
        }
        self.merge_from(first)
    }

    /// Makes one segment of those from `first` on. If that is all, what was removed is no longer noted.
    fn merge_from(&mut self, first: usize) -> Result<()> {
        let merged = MergedSegments::new(&self.snapshot.segments[first..], |number| self.snapshot.is_removed(number))?;
        let mut next = self.manifest.clone();
        next.segments.truncate(first);
        if super::writer::SegmentContent::len(&merged) > 0 {
            let entry = write_segment(&self.folder, &mut next, private_seed(), &merged)?;
            next.segments.push(entry);
        }
        if first == 0 {
            next.removed = None;
        } else if let Some(entry) = self.manifest.removed.clone() {
            next.removed = self.removed_before(first, entry, &mut next)?;
        }
        self.publish(next)
    }

    /// Writes the list of removed documents without those of the segments from `first` on.
    fn removed_before(&self, first: usize, entry: RemovedEntry, next: &mut Manifest) -> Result<Option<RemovedEntry>> {
        let Some((start, _)) = ends(&self.snapshot.segments[first])? else { return Ok(Some(entry)) };
        let numbers: Vec<u64> = self.snapshot.removed.iter().copied().filter(|&number| number < start).collect();
        let mut text_bytes = 0;
        for segment in &self.snapshot.segments[..first] {
            for at in 0..segment.len() {
                let row = segment.row(at)?;
                text_bytes += if numbers.binary_search(&row.number).is_ok() { row.text_bytes } else { 0 };
            }
        }
        if numbers.is_empty() {
            return Ok(None);
        }
        let bytes = removed_bytes(&numbers);
        let name = next.new_file("removed");
        let mut file = self.folder.create(&name)?;
        file.write_all(&bytes).map_err(file.failed())?;
        file.publish()?;
        let documents = numbers.len() as u64;
        Ok(Some(RemovedEntry { file: name, documents, text_bytes, content: content_hash(&bytes) }))
    }

    /// Begins to write: locks the index, takes up the state in which another run left it, and clears away what a killed
    /// run left.
    fn begin(&mut self) -> Result<FileLock> {
        let lock = self.folder.lock()?;
        let manifest = Manifest::read(&self.folder)?;
        if manifest.generation != self.manifest.generation || manifest.index != self.manifest.index {
            self.check_config(&manifest.config)?;
            self.snapshot = Snapshot::open(&self.folder, &manifest)?;
            self.reader = BlockReader::new(&manifest.config, manifest.private_seed());
            self.manifest = manifest;
        }
        self.folder.sweep(|name| self.manifest.has_file(name))?;
        Ok(lock)
    }

    /// Makes `next` the state of the index.
    fn publish(&mut self, mut next: Manifest) -> Result<()> {
        next.publish(&self.folder)?;
        self.snapshot = Snapshot::open(&self.folder, &next)?;
        self.manifest = next;
        // What is no longer named is only in the way; the next run that writes tries again.
        let _ = self.folder.sweep(|name| self.manifest.has_file(name));
        Ok(())
    }

    /// Refuses to read the index itself as input.
    fn check_paths(&self, paths: &[PathBuf]) -> Result<()> {
        let Ok(own) = fs::canonicalize(self.folder.path()) else { return Ok(()) };
        let holds_own = |path: &&PathBuf| fs::canonicalize(path).is_ok_and(|path| own.starts_with(path));
        match paths.iter().find(holds_own) {
            Some(path) => Err(Error::Refused {
                path: path.clone(),
                detail: format!("the index {} is in it; name what is to be read", self.folder.path().display()),
            }),
            None => Ok(()),
        }
    }

    fn refused(&self, detail: &str) -> Error {
        Error::Refused { path: self.folder.path().to_owned(), detail: detail.to_owned() }
    }
}

#[cfg(test)]
impl Index {
    /// Compares no more than so many documents together.
    pub(super) fn set_batch(&mut self, documents: u32) {
        self.batch.documents = documents;
    }

    /// Stops the next run that writes after so many steps, as if it were killed.
    pub(super) fn stop_after(&mut self, steps: i64) {
        self.folder.steps = Some(std::sync::Arc::new(steps.into()));
    }
}

/// Returns the numbers of the first and the last document of a segment.
fn ends(segment: &Segment) -> Result<Option<(u64, u64)>> {
    match segment.len().checked_sub(1) {
        Some(last) => Ok(Some((segment.row(0)?.number, segment.row(last)?.number))),
        None => Ok(None),
    }
}

/// Finds documents by id and source, and notes which of these were found.
struct Chosen<'a> {
    ids: HashSet<&'a str>,
    sources: HashSet<&'a str>,
    found: HashSet<String>,
}

impl<'a> Chosen<'a> {
    fn new(which: &'a Selection) -> Self {
        let set = |names: &'a [String]| names.iter().map(String::as_str).collect();
        Self { ids: set(&which.ids), sources: set(&which.sources), found: HashSet::new() }
    }

    /// Calls up the rows of a segment that fit; `take` says whether it is a document still.
    fn add(&mut self, segment: &Segment, mut take: impl FnMut(Row) -> bool) -> Result<()> {
        let sources = segment.sources()?;
        let is_of_use = |source: &str| self.sources.is_empty() || self.sources.contains(source);
        if !sources.iter().any(|source| is_of_use(source)) {
            return Ok(());
        }
        for piece in 0..(segment.len() as usize).div_ceil(NAMES) {
            for (name, at) in segment.names(piece)?.iter().zip((piece * NAMES) as u32..) {
                let row = segment.row(at)?;
                let source = &*segment.name(row, name)?.reference.source.clone();
                let fits = (self.sources.is_empty() || self.sources.contains(source)) && self.fits(name);
                if fits && take(row) {
                    self.found.insert(source.to_owned());
                    self.found.extend(name.id.as_deref().map(str::to_owned));
                }
            }
        }
        Ok(())
    }

    fn fits(&self, name: &DocumentName) -> bool {
        self.ids.is_empty() || name.id.as_deref().is_some_and(|id| self.ids.contains(id))
    }

    fn unknown(&self, which: &Selection) -> Vec<String> {
        let asked = which.ids.iter().chain(&which.sources);
        asked.filter(|name| !self.found.contains(*name)).cloned().collect()
    }
}
