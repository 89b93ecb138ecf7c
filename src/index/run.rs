//! One run over files: read, decide batch by batch, tell what was found.

use std::sync::Arc;

use doublon_core::Config;

use super::batch::{Batch, BatchSize, Piece};
use super::decide::{Decided, Keeper, decide};
use super::emit::{Emission, RunMember};
use super::folder::IndexFolder;
use super::kept::KeptDocuments;
use super::manifest::{Manifest, SegmentEntry};
use super::open::OpenIndex;
use super::segment::Segment;
use super::snapshot::{RowPlace, Snapshot};
use super::writer::write_segment;
use crate::error::{Error, Result};
use crate::finding::{InputOptions, Parameters, Sink, Skipped, Summary};
use crate::scan::{
    BlockSource, IntakeCounts, Progress, Revised, Revision, SkippedList, read_ahead, read_sources, sizes,
};
use crate::source::{self, FoundSources, Item, Record, SourceOptions, skipped_empty};
use crate::store::{Budget, Spool};

/// What a run reads and by which settings.
pub(super) struct Request<'a> {
    pub found: &'a FoundSources,
    /// What becomes of their records before they are compared.
    pub revision: &'a dyn Revision,
    pub input: &'a InputOptions,
    pub budget: Budget,
    pub progress: &'a dyn Progress,
    pub batch: BatchSize,
}

/// What is added to an index.
pub(super) struct Adding<'a> {
    pub folder: &'a IndexFolder,
    /// It names the new segments when the run is over.
    pub manifest: &'a mut Manifest,
}

/// The state of a run.
struct Run<'a> {
    snapshot: Snapshot,
    config: &'a Config,
    budget: &'a Budget,
    size: BatchSize,
    adding: Option<Adding<'a>>,
    batch: Batch,
    members: Vec<RunMember>,
    /// The names of the members.
    names: Spool,
    /// A hash of the id of each document, 0 without one.
    ids: Vec<u64>,
    counts: IntakeCounts,
    skipped: SkippedList,
    /// Documents that were decided, and those of them with a word.
    documents: u64,
    compared: u64,
}

/// Reads files, compares their documents with those of an index, and with each other if they are to be added. Hands each
/// finding to `sink`.
pub(super) fn run(
    index: &OpenIndex,
    request: &Request,
    adding: Option<Adding>,
    sink: &mut (dyn Sink + Send),
) -> Result<Summary> {
    let Request { found, revision, input, budget, progress, .. } = request;
    let OpenIndex { snapshot, reader, manifest, .. } = index;
    let config = &manifest.config;
    let is_adding = adding.is_some();
    let names: Vec<Arc<str>> = found.sources.iter().map(|source| source.name().into()).collect();
    progress.phase("reading", sizes(&found.sources).map(|sizes| sizes.iter().sum()));
    let mut run = Run::new(snapshot, config, budget, request.batch, adding);
    let options = SourceOptions::new(input, &config.keep).with_memory(budget.memory as u64);
    let work = |from: BlockSource, items| {
        let number = from.source as usize;
        reader.read(from, &names[number], revised(items, number, *revision))
    };
    let take = |block| run.take_up(block, &names);
    // Names are told of documents that are not read again, so their metadata is wanted now.
    let read = read_sources(&found.sources, &options, true, read_ahead(budget), *progress, work, take)?;
    progress.phase("comparing documents", None);
    run.close_batch(&names)?;
    run.skip(found.skipped.iter().chain(&read.skipped));
    let left_out = source::left_out_counts(&found.left_out_by_default);
    run.counts.add(IntakeCounts { left_out, ..IntakeCounts::default() });
    run.leave_out_changed(&read.changed, &names, is_adding)?;
    let (documents, text_bytes) = manifest.counts();
    let is_against = !is_adding || documents > 0;
    let of_run = config.to_builder().against(is_against).build()?;
    let parameters = Parameters { config: of_run, input: (*input).clone() };
    let Run { snapshot, members, names: member_names, ids, counts, skipped, documents: decided, compared, .. } = run;
    debug_assert_eq!(ids.len() as u64, decided, "each document has been decided");
    let against = is_against.then_some((documents, text_bytes));
    let emission = Emission {
        snapshot: &snapshot,
        parameters: &parameters,
        sources: read.sources,
        source_names: &names,
        members,
        names: member_names,
        ids,
        counts,
        skipped,
        compared,
        against,
        held: is_against.then(|| index.held()),
        old_segments: index.snapshot.segments.len() as u32,
    };
    emission.send(sink)
}

/// Carries a revision out on the records of a source. One that it leaves out is as if it were not there.
fn revised(items: Vec<Item>, source: usize, revision: &dyn Revision) -> Vec<Item> {
    let revise = |item| match item {
        Item::Document(mut record) => match revision.revise(source, &mut record) {
            Revised::Same => Some(Item::Document(record)),
            Revised::Changed => Some(Item::Document(Record { raw_hash: None, ..record })),
            Revised::Gone => None,
        },
        skipped @ Item::Skipped(_) => Some(skipped),
    };
    items.into_iter().filter_map(revise).collect()
}

impl<'a> Run<'a> {
    fn new(
        snapshot: &Snapshot,
        config: &'a Config,
        budget: &'a Budget,
        size: BatchSize,
        adding: Option<Adding<'a>>,
    ) -> Self {
        Self {
            snapshot: snapshot.clone(),
            config,
            budget,
            size,
            adding,
            batch: Batch::new(config),
            members: Vec::new(),
            names: Spool::default(),
            ids: Vec::new(),
            counts: IntakeCounts::default(),
            skipped: SkippedList::default(),
            documents: 0,
            compared: 0,
        }
    }

    fn take_up(&mut self, block: super::batch::BlockDocuments, names: &[Arc<str>]) -> Result<()> {
        let (skipped, counts) = self.batch.append(block)?;
        for skipped in &skipped {
            self.skipped.push(skipped);
        }
        self.counts.add(counts);
        self.budget.cancel.check()?;
        self.skipped.spill_over(self.budget)?;
        self.batch.spill_over(self.budget)?;
        let is_full = self.batch.len() >= self.size.documents || self.batch.text_bytes >= self.size.text_bytes;
        if is_full { self.close_batch(names) } else { Ok(()) }
    }

    /// Decides on the documents of the batch, and begins the next.
    fn close_batch(&mut self, names: &[Arc<str>]) -> Result<()> {
        let batch = std::mem::replace(&mut self.batch, Batch::new(self.config));
        let within = self.adding.is_some();
        let decided = decide(&self.snapshot, &batch, self.config, within, self.budget)?;
        self.ids.extend(batch.documents.iter().map(|document| document.id));
        self.compared += batch.documents.len() as u64 - decided.empty.len() as u64;
        for &doc in &decided.empty {
            let document = batch.documents[doc as usize];
            self.skipped.push(&skipped_empty(&names[document.source as usize], document.record));
        }
        let segment = self.snapshot.segments.len() as u32;
        self.write_kept(&batch, &decided.kept, names)?;
        self.note_members(&batch, &decided, segment)?;
        self.documents += batch.documents.len() as u64;
        Ok(())
    }

    fn write_kept(&mut self, batch: &Batch, kept: &[u32], names: &[Arc<str>]) -> Result<()> {
        let Some(Adding { folder, manifest }) = self.adding.as_mut().filter(|_| !kept.is_empty()) else {
            return Ok(());
        };
        let content = KeptDocuments::new(batch, kept, manifest.next, names);
        let entry: SegmentEntry = write_segment(folder, manifest, &content, self.budget)?;
        manifest.next += kept.len() as u64;
        let segment = Segment::open(&folder.file(&entry.file), Some(entry.header))?;
        self.snapshot.segments.push(Arc::new(segment));
        manifest.segments.push(entry);
        Ok(())
    }

    /// Notes what was removed; those kept of the batch are in the segment of this number.
    fn note_members(&mut self, batch: &Batch, decided: &Decided, segment: u32) -> Result<()> {
        let mut rows = vec![u32::MAX; batch.documents.len()];
        decided.kept.iter().zip(0..).for_each(|(&doc, row)| rows[doc as usize] = row);
        for removed in &decided.removed {
            let document = batch.documents[removed.doc as usize];
            let keeper = match removed.keeper {
                Keeper::Old(place) => place,
                Keeper::New(doc) => RowPlace { segment, row: rows[doc as usize] },
            };
            self.members.push(RunMember {
                keeper,
                number: self.documents + u64::from(removed.doc),
                source: document.source,
                record: document.record,
                text_bytes: document.text_bytes,
                fingerprint: document.fingerprint,
                overlap: removed.overlap,
                equality: removed.equality,
                is_copy: removed.is_copy,
                name: Piece::append(&mut self.names, &batch.name(removed.doc)?)?,
            });
        }
        if self.names.held_bytes() > self.budget.spool() { self.names.spill(&self.budget.folder) } else { Ok(()) }
    }

    fn skip<'s>(&mut self, all: impl Iterator<Item = &'s Skipped>) {
        for skipped in all {
            self.counts.skipped_sources += u64::from(skipped.other_kind().is_none());
            self.skipped.push(skipped);
        }
    }

    /// What was read of a file that changed meanwhile is of neither state for sure: nothing is added for it, and nothing
    /// is said of it.
    fn leave_out_changed(&mut self, changed: &[bool], names: &[Arc<str>], is_adding: bool) -> Result<()> {
        let changed = |source: u32| changed.get(source as usize) == Some(&true);
        let first = (0..names.len() as u32).find(|&source| changed(source));
        if let Some(source) = first.filter(|_| is_adding) {
            let path = names[source as usize].to_string().into();
            let detail = "it changed while it was read; nothing was done, try again".to_owned();
            return Err(Error::Refused { path, detail });
        }
        self.members.retain(|member| !changed(member.source));
        Ok(())
    }
}
