//! An index that is open: its files, the state that they are in, and how that is replaced by the next one.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};

use doublon_core::hash::content_hash;
use doublon_core::{Config, Level};

use super::batch::{BatchSize, BlockReader, OF_ADD};
use super::content::SegmentContent;
use super::folder::{IndexFolder, MANIFEST};
use super::manifest::{Manifest, RemovedEntry, check_indexable};
use super::merge::MergedSegments;
use super::segment::Segment;
use super::snapshot::{Snapshot, removed_bytes};
use super::writer::write_segment;
use crate::error::{Error, Result};
use crate::finding::{HeldIndex, InputOptions};
use crate::source::{FoundSources, SourceOrder, walk};
use crate::store::{Budget, FileLock, private_seed};

/// The files of an index, and what they hold.
pub(super) struct OpenIndex {
    pub folder: IndexFolder,
    pub manifest: Manifest,
    pub snapshot: Snapshot,
    pub reader: BlockReader,
    /// How much of what is added is compared together.
    pub batch: BatchSize,
}

/// Segments that an add leaves before it merges the smallest.
const MOST_SEGMENTS: usize = 32;

/// How often an index is opened again that another run changes meanwhile.
const TRIES: usize = 5;

impl OpenIndex {
    /// Makes an index without a document.
    pub fn create(folder: &Path, config: &Config, passages: bool) -> Result<Self> {
        let folder = IndexFolder::at(folder);
        check_indexable(config, passages)?;
        let config = config.to_builder().level(Level::Documents).pairs(false).build()?;
        folder.make()?;
        let _lock = folder.lock()?;
        folder.make()?; // another run may have made one before this had the lock
        folder.sweep(|_| false)?;
        let id = u128::from(RandomState::new().hash_one(1u8)) << 64 | u128::from(RandomState::new().hash_one(2u8));
        let mut manifest = Manifest::new(config, passages, id, private_seed());
        manifest.publish(&folder)?;
        Self::of(folder, manifest)
    }

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

    fn of(folder: IndexFolder, manifest: Manifest) -> Result<Self> {
        let snapshot = Snapshot::open(&folder, &manifest)?;
        let reader = BlockReader::of(&manifest);
        Ok(Self { folder, manifest, snapshot, reader, batch: OF_ADD })
    }

    /// Returns what findings say of the index with which documents were compared.
    pub fn held(&self) -> HeldIndex {
        HeldIndex::new(self.folder.path(), self.manifest.next)
    }

    /// Begins to write: locks the index, takes up the state in which another run left it, and clears away what a killed
    /// run left.
    pub fn begin(&mut self) -> Result<FileLock> {
        let lock = self.folder.lock()?;
        let manifest = Manifest::read(&self.folder)?;
        if manifest.generation != self.manifest.generation || manifest.index != self.manifest.index {
            super::manifest::check_settings(self.folder.path(), &self.manifest.config, &manifest.config)?;
            self.snapshot = Snapshot::open(&self.folder, &manifest)?;
            self.reader = BlockReader::of(&manifest);
            self.manifest = manifest;
        }
        self.sweep()?;
        Ok(lock)
    }

    /// Makes `next` the state of the index.
    pub fn publish(&mut self, mut next: Manifest) -> Result<()> {
        next.publish(&self.folder)?;
        self.snapshot = Snapshot::open(&self.folder, &next)?;
        self.manifest = next;
        let _ = self.sweep(); // what is no longer named is only in the way; the next run that writes tries again
        Ok(())
    }

    /// Clears away the files that do not belong to the state of the index.
    pub fn sweep(&self) -> Result<usize> {
        // Where a manifest was renamed and the run failed behind that, the state on disk is a newer one.
        let on_disk = Manifest::read(&self.folder)?;
        self.folder.sweep(|name| on_disk.has_file(name) || self.manifest.has_file(name))
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        let Manifest { segments, removed, .. } = &self.manifest;
        let of_removed = removed.iter().map(|removed| 16 + removed.documents * 8).sum::<u64>();
        let manifest = fs::metadata(self.folder.file(MANIFEST)).map_or(0, |metadata| metadata.len());
        let of_passages = self.manifest.passage_bytes().unwrap_or(0);
        segments.iter().map(|segment| segment.bytes).sum::<u64>() + of_passages + of_removed + manifest
    }

    /// Merges the last segments if there are many: those of which none has more documents than all behind it.
    pub fn merge_small(&mut self, budget: &Budget) -> Result<()> {
        let documents: Vec<u64> = self.manifest.segments.iter().map(|entry| u64::from(entry.documents)).collect();
        if documents.len() <= MOST_SEGMENTS {
            return Ok(());
        }
        let (mut first, mut behind) = (documents.len() - 1, documents[documents.len() - 1]);
        while first > 0 && (documents[first - 1] <= behind || first > MOST_SEGMENTS / 2) {
            first -= 1;
            behind += documents[first];
        }
        self.merge_from(first, budget)
    }

    /// Makes one segment of those from `first` on. If that is all, what was removed is no longer noted.
    pub fn merge_from(&mut self, first: usize, budget: &Budget) -> Result<()> {
        let merged = MergedSegments::new(&self.snapshot.segments[first..], |number| self.snapshot.is_removed(number))?;
        let mut next = self.manifest.clone();
        next.segments.truncate(first);
        if merged.len() > 0 {
            let entry = write_segment(&self.folder, &mut next, &merged, budget)?;
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
        if numbers.is_empty() { Ok(None) } else { self.write_removed(&numbers, text_bytes, next).map(Some) }
    }

    /// Writes the list of removed documents, of which the texts have so many bytes, for the state `next`.
    pub fn write_removed(&self, numbers: &[u64], text_bytes: u64, next: &mut Manifest) -> Result<RemovedEntry> {
        let bytes = removed_bytes(numbers);
        let name = next.new_file("removed");
        let mut file = self.folder.create(&name)?;
        file.write_all(&bytes).map_err(file.failed())?;
        file.publish()?;
        Ok(RemovedEntry { file: name, documents: numbers.len() as u64, text_bytes, content: content_hash(&bytes) })
    }

    /// Finds the sources that paths lead to, in the order in which they are read.
    pub fn find_sources(&self, paths: &[PathBuf], input: &InputOptions) -> Result<FoundSources> {
        self.check_paths(paths)?;
        let mut found = walk(paths, input)?;
        SourceOrder::of(&self.manifest.config.keep)?.arrange(&mut found);
        Ok(found)
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

    /// Refuses to look for passages that the index cannot find.
    pub fn check_passages(&self, config: &Config) -> Result<()> {
        let Manifest { config: own, passages, .. } = &self.manifest;
        if !passages {
            return Err(self.refused(
                "it finds documents only: ask for these (--level documents), build one with --level all, or compare with the old \
                 files (scan NEW --against OLD)",
            ));
        }
        let of = |config: &Config| (config.windows.k, config.windows.words, config.windows.bands, config.windows.rows);
        let is_alike = of(config) == of(own) && config.seed == own.seed && config.text == own.text;
        if is_alike && config.unit.is_none() {
            return Ok(());
        }
        Err(self.refused("it finds passages by the windows that it was built with, and by those alone"))
    }

    pub fn refused(&self, detail: &str) -> Error {
        Error::Refused { path: self.folder.path().to_owned(), detail: detail.to_owned() }
    }
}

/// Returns the numbers of the first and the last document of a segment.
pub(super) fn ends(segment: &Segment) -> Result<Option<(u64, u64)>> {
    match segment.len().checked_sub(1) {
        Some(last) => Ok(Some((segment.row(0)?.number, segment.row(last)?.number))),
        None => Ok(None),
    }
}
