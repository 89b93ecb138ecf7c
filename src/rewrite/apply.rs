//! Copies the sources without what a plan removes.
//!
//! A source that the plan leaves alone is copied as it is stored. Another is read in blocks that hold whole records; of
//! each block, the ranges of records that go are left out, and those that change are replaced. All bytes that are read
//! are hashed, and the copy of a source that is not what was scanned ends the run.

#[cfg(feature = "parquet")]
use std::borrow::Cow;
#[cfg(feature = "parquet")]
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use memchr::memchr_iter;

use super::added::{Additions, takes_fields};
use super::check::CheckedPlan;
use super::copied::CopiedSource;
use super::editor::{Editor, ListCopy, PlannedAction, RecordAction};
use super::encode::{Encoder, Packing};
#[cfg(feature = "parquet")]
use super::left::text_left;
use super::members::MemberWriter;
use super::options::DocumentTreatment;
#[cfg(feature = "parquet")]
use super::options::PassageTreatment;
#[cfg(feature = "parquet")]
use super::parquet::{AddedValue, RowAction};
use super::plan::{Plan, PlannedSource};
use super::records::{SourceBlocks, SourcePart, changed, missing, visit};
#[cfg(feature = "parquet")]
use super::records::{marks_in, object_left};
use super::removal::DocumentRemoval;
use super::target::CopySink;
use crate::error::{Error, Result};
use crate::finding::DocumentRef;
#[cfg(feature = "parquet")]
use crate::source::JoinedText;
use crate::source::{Block, Compression, Format, SourceOptions, StoredMember, elements, message_ends, warc};
use doublon_core::hash::ContentHasher;
#[cfg(feature = "parquet")]
use serde_json::Value;

/// Bytes that are copied at a time.
const CHUNK: usize = 1 << 20;

/// Copies the sources of a plan to `sink`. `names` has the name of each copy below the output: first those for the sources
/// that are cleaned, then for the files that were not read. `advance` hears of the bytes read, and may end the copy by an
/// error. Returns what became of each source, then of each file; those that others were only compared with have no copy.
///
/// # Errors
///
/// If a source is not what was scanned, a record that the plan names is not there, or something cannot be read or
/// written. [`Error::Damaged`] names a source from which nothing can be left out: see [`Plan::spare`].
pub fn apply(
    checked: CheckedPlan<'_>,
    names: &[PathBuf],
    sink: &mut dyn CopySink,
    advance: &dyn Fn(u64) -> Result<()>,
) -> Result<Vec<CopiedSource>> {
    let plan = checked.plan();
    let reading = SourceOptions::from(plan.parameters.input.clone()).without_metadata();
    let additions = Additions::of(plan)?;
    let mut copier = Copier { editor: Editor { plan, reading, additions }, sink, advance };
    let mut copied = Vec::with_capacity(names.len());
    let mut rest = names.iter();
    for (number, planned) in plan.sources.iter().enumerate() {
        copier.sink.read(&planned.source.path).map_err(|error| changed(planned, error.to_string()))?;
        let name = if planned.info.against { None } else { rest.next() };
        let path = &planned.source.path;
        let copy = |copier: &mut Copier| {
            name.map(|name| {
                copier.finished_or(copied.len(), (name, path), |copier| copier.source((number, planned), name))
            })
        };
        let done = copy(&mut copier).unwrap_or_else(|| Ok(CopiedSource::default()))?;
        let without_values = copier.editor.additions.as_ref().map(|added| added.without_values(number).to_vec());
        copied.push(CopiedSource { without_values: without_values.unwrap_or_default(), ..done });
    }
    for (file, name) in plan.unread.iter().zip(rest) {
        let copy = |copier: &mut Copier| copier.whole(&file.path, name);
        let done = if file.is_copied() {
            copier.finished_or(copied.len(), (name, &file.path), copy)?
        } else {
            CopiedSource::default()
        };
        copied.push(done);
    }
    Ok(copied)
}

impl Plan {
    /// Checks that the documents for which others go are in their sources, as findings from elsewhere may not know.
    ///
    /// # Errors
    ///
    /// If a source is not what was scanned, or has no such document.
    pub fn check_keepers(&self) -> Result<()> {
        let mut keepers: Vec<&DocumentRef> = self.drops().filter_map(DocumentRemoval::keeper_in_sources).collect();
        keepers.sort();
        keepers.dedup();
        for planned in &self.sources {
            let from = keepers.partition_point(|keeper| keeper.source.as_ref() < planned.info.path.as_str());
            let to = keepers.partition_point(|keeper| keeper.source.as_ref() <= planned.info.path.as_str());
            let mut records: Vec<u64> = keepers[from..to].iter().map(|keeper| keeper.record).collect();
            records.dedup();
            if !records.is_empty() {
                let reading = SourceOptions::from(self.input_of(planned)).without_metadata();
                visit(planned, &records, &reading, &mut |_, _| Ok(()))?;
            }
        }
        Ok(())
    }
}

struct Copier<'a> {
    editor: Editor<'a>,
    sink: &'a mut dyn CopySink,
    advance: &'a dyn Fn(u64) -> Result<()>,
}

impl Copier<'_> {
    /// Takes the copy of this number from an earlier run, or makes it.
    fn finished_or(
        &mut self,
        number: usize,
        (name, path): (&Path, &Path),
        make: impl FnOnce(&mut Self) -> Result<CopiedSource>,
    ) -> Result<CopiedSource> {
        if let Some(done) = self.sink.take_finished(number, name, path)? {
            (self.advance)(done.read)?;
            return Ok(done);
        }
        let done = make(self)?;
        self.sink.note_finished(number, name, &done)?;
        Ok(done)
    }

    fn source(&mut self, (number, planned): (usize, &PlannedSource), name: &Path) -> Result<CopiedSource> {
        let actions = actions(planned, self.editor.plan.documents);
        if actions.is_empty() && self.editor.additions.is_none() {
            return self.stored(planned, name);
        }
        let blocks = SourceBlocks::open(planned, &self.editor.reading)?;
        let untold = self.untold(number, blocks.format());
        if actions.is_empty() && !self.editor.adds_to(number, blocks.format()) {
            blocks.finish()?;
            return Ok(CopiedSource { untold, ..self.stored(planned, name)? });
        }
        if blocks.is_one_record() && matches!(actions[..], [(0, RecordAction::Drop)]) {
            blocks.finish()?;
            (self.advance)(planned.info.bytes)?;
            return Ok(CopiedSource { records: 1, read: planned.info.bytes, ..CopiedSource::default() });
        }
        let copied = if blocks.format() == Format::Parquet {
            self.rows((number, planned), blocks, &actions, name)?
        } else if blocks.format() == Format::Warc && blocks.compression().is_some() {
            self.members(planned, blocks, &actions, name)?
        } else {
            self.changed((number, planned), blocks, &actions, name)?
        };
        self.sink.close()?;
        Ok(CopiedSource { untold, ..copied })
    }

    /// Returns how many documents of a source get no field though something is told of them.
    fn untold(&self, number: usize, format: Format) -> u64 {
        let additions = self.editor.additions.as_ref();
        additions.filter(|_| !takes_fields(format)).map_or(0, |additions| additions.count(number))
    }

    /// Copies a source as it is stored.
    fn stored(&mut self, planned: &PlannedSource, name: &Path) -> Result<CopiedSource> {
        let path = &planned.source.path;
        let mut input = File::open(path).map_err(|error| changed(planned, error.to_string()))?;
        let shown = self.sink.place(name);
        let mut out = self.sink.file(name, Some(path))?;
        let (mut hasher, mut read) = (ContentHasher::default(), 0);
        let scanned = planned.info.bytes;
        copy(&mut input, path, &mut out, &shown, self.advance, &mut |bytes| {
            let known = (scanned - scanned.min(read)).min(bytes.len() as u64);
            hasher.update(&bytes[..known as usize]);
            read += bytes.len() as u64;
        })?;
        drop(out);
        // The scan hashed only the start of a file that is too large for one document or that ends in an error.
        let is_same = format!("{:032x}", hasher.finish()) == planned.info.xxh3_128;
        if !is_same || read < scanned || (planned.is_whole && read > scanned) {
            return Err(changed(planned, "its content is not what was scanned".to_owned()));
        }
        self.sink.close()?;
        Ok(CopiedSource { read, written: read, has_file: true, ..CopiedSource::default() })
    }

    /// Copies a file that was not scanned.
    fn whole(&mut self, path: &Path, name: &Path) -> Result<CopiedSource> {
        let failed = |cause| Error::Io { path: path.to_owned(), cause };
        if !fs::metadata(path).map_err(failed)?.is_file() {
            return Err(failed(io::Error::other("it is no file any more")));
        }
        let mut input = File::open(path).map_err(failed)?;
        let shown = self.sink.place(name);
        let mut out = self.sink.file(name, Some(path))?;
        let mut read = 0;
        copy(&mut input, path, &mut out, &shown, self.advance, &mut |bytes| read += bytes.len() as u64)?;
        drop(out);
        self.sink.close()?;
        Ok(CopiedSource { read, written: read, has_file: true, ..CopiedSource::default() })
    }

    #[cfg(feature = "parquet")]
    fn rows(
        &mut self,
        (number, planned): (usize, &PlannedSource),
        blocks: SourceBlocks,
        actions: &[PlannedAction],
        name: &Path,
    ) -> Result<CopiedSource> {
        let path = &planned.source.path;
        let failed = |cause| Error::Io { path: path.clone(), cause };
        blocks.finish()?;
        let input = File::open(path).map_err(failed)?;
        let additions = self.editor.additions.as_ref().map(|additions| (additions, number));
        let (mut written, mut rows) = (
            Written::default(),
            PlannedRows {
                actions,
                additions,
                passages: self.editor.plan.passages,
                marks: BTreeMap::new(),
                is_damaged: false,
            },
        );
        let columns = additions.map(|(additions, _)| additions.columns()).unwrap_or_default();
        let shown = self.sink.place(name);
        let out = CountedWriter { out: self.sink.file(name, Some(&planned.source.path))?, written: &mut written };
        let done = super::parquet::rewrite_with(&input, out, &self.editor.reading, &columns, &mut rows);
        let done = done.map_err(|error| match error.kind() {
            _ if written.has_failed => Error::Io { path: shown, cause: error },
            io::ErrorKind::AlreadyExists => Error::Refused { path: path.clone(), detail: error.to_string() },
            io::ErrorKind::InvalidData => Error::Damaged { path: path.clone(), detail: error.to_string() },
            _ => failed(error),
        })?;
        let dropped = actions.iter().filter(|(_, action)| matches!(action, RecordAction::Drop)).count() as u64;
        if rows.is_damaged || (done.rows - done.kept, done.edited) != (dropped, actions.len() as u64 - dropped) {
            return Err(changed(planned, "it does not have the rows that were scanned".to_owned()));
        }
        (self.advance)(planned.info.bytes)?;
        let is_emptied = done.kept == 0 && dropped > 1;
        let counts = CopiedSource { records: done.rows, written: written.bytes, is_emptied, ..CopiedSource::default() };
        Ok(CopiedSource { read: planned.info.bytes, has_file: true, ..counts })
    }

    #[cfg(not(feature = "parquet"))]
    #[allow(clippy::unused_self)] // as the one that copies
    fn rows(
        &mut self,
        (_, planned): (usize, &PlannedSource),
        _: SourceBlocks,
        _: &[PlannedAction],
        _: &Path,
    ) -> Result<CopiedSource> {
        Err(changed(planned, "this build of doublon does not write Parquet".to_owned()))
    }

    /// Copies a compressed archive of which records go, each record as a member of its own.
    fn members(
        &mut self,
        planned: &PlannedSource,
        blocks: SourceBlocks,
        actions: &[PlannedAction],
        name: &Path,
    ) -> Result<CopiedSource> {
        let shown = self.sink.place(name);
        let failed = |cause| Error::Io { path: shown.clone(), cause };
        let packing = packing(&planned.source.path, blocks.compression())?;
        let mut written = Written::default();
        let counted = CountedWriter { out: self.sink.file(name, Some(&planned.source.path))?, written: &mut written };
        let mut out = MemberWriter::new(counted, packing, &planned.source.path).map_err(failed)?;
        let (mut kept_any, mut members) = (false, Vec::new());
        let mut copied = CopiedSource { read: planned.info.bytes, has_file: true, ..CopiedSource::default() };
        each_part(planned, blocks, actions, &mut |SourcePart { passed, block, end, members: met }, here| {
            if let Some(mut passed) = passed {
                kept_any = true;
                copy(&mut passed, &planned.source.path, &mut out, &shown, &|_| Ok(()), &mut |_| ())?;
            }
            let Some(block) = block else { return Ok(()) };
            members.retain(|member: &StoredMember| member.decoded.end > block.offset);
            members.extend(met);
            let dropped = self.editor.dropped(planned, &block, here)?;
            for record in records_left(&block, &dropped) {
                kept_any = true;
                out.record(&block, record, &members).map_err(failed)?;
            }
            copied.records = end.min(block.first_record + warc::ends(&block.bytes).len() as u64);
            (self.advance)(block.bytes.len() as u64)?;
            Ok(())
        })?;
        out.finish().map_err(failed)?;
        copied.written = written.bytes;
        copied.is_emptied = !kept_any && planned.drops.len() > 1;
        Ok(copied)
    }

    /// Copies a source of which records go or change.
    fn changed(
        &mut self,
        (number, planned): (usize, &PlannedSource),
        blocks: SourceBlocks,
        actions: &[PlannedAction],
        name: &Path,
    ) -> Result<CopiedSource> {
        let (format, compression) = (blocks.format(), blocks.compression());
        let shown = self.sink.place(name);
        let failed = |cause| Error::Io { path: shown.clone(), cause };
        let packing = packing(&planned.source.path, compression)?;
        let mut written = Written::default();
        let counted = CountedWriter { out: self.sink.file(name, Some(&planned.source.path))?, written: &mut written };
        let mut out = Encoder::new(counted, &packing).map_err(failed)?;
        let (mut kept_any, mut buffer) = (false, Vec::new());
        let mut list = ListCopy::default();
        let mut copied = CopiedSource { read: planned.info.bytes, has_file: true, ..CopiedSource::default() };
        each_part(planned, blocks, actions, &mut |SourcePart { passed, block, end, .. }, here| {
            if let Some(passed) = passed {
                let passed: Box<dyn Read> =
                    if format == Format::Json { list.passed(passed).map_err(failed)? } else { passed };
                let is_header =
                    format == Format::Json || matches!(format, Format::Csv | Format::Tsv) && copied.records == 0;
                kept_any |= !is_header;
                let dialect = block.as_ref().and_then(Block::dialect).filter(|_| is_header);
                let mut passed = self.editor.named(number, format, dialect, passed).map_err(failed)?;
                copy(&mut passed, &planned.source.path, &mut out, &shown, &|_| Ok(()), &mut |_| ())?;
            }
            let Some(block) = block else { return Ok(()) };
            let noted = self.editor.with_additions(number, planned, &block, format, here);
            let here = noted.as_deref().unwrap_or(here);
            let unchanged = if format == Format::Json {
                self.editor.put_list(planned, &block, here, &mut list, &mut buffer)?;
                &[][..]
            } else {
                self.editor.put_together(planned, &block, format, here, &mut buffer)?
            };
            kept_any |= !buffer.trim_ascii().is_empty() || !unchanged.trim_ascii().is_empty();
            out.write_all(&buffer).and_then(|()| out.write_all(unchanged)).map_err(failed)?;
            copied.records = if end == u64::MAX { block.first_record + count(&block, format) } else { end };
            (self.advance)(block.bytes.len() as u64)?;
            Ok(())
        })?;
        out.finish().map_err(failed)?;
        copied.written = written.bytes;
        copied.is_emptied = !kept_any && planned.drops.len() > 1;
        Ok(copied)
    }
}

/// Counts the records of a block.
fn count(block: &Block, format: Format) -> u64 {
    if format == Format::Json {
        return elements(&block.bytes, block.first_record).len() as u64;
    }
    if format == Format::Mbox {
        return message_ends(&block.bytes).len() as u64;
    }
    (memchr_iter(b'\n', &block.bytes).count() as u64).max(1)
}

/// What is done to the rows of a Parquet file.
#[cfg(feature = "parquet")]
struct PlannedRows<'a> {
    actions: &'a [PlannedAction<'a>],
    /// The fields that rows get, and the number of the source.
    additions: Option<(&'a Additions, usize)>,
    passages: PassageTreatment,
    /// The marks of rows that were written and have not got them yet.
    marks: BTreeMap<u64, Value>,
    /// Whether a cut lay outside of a text.
    is_damaged: bool,
}

#[cfg(feature = "parquet")]
impl PlannedRows<'_> {
    fn action(&self, row: u64) -> Option<&RecordAction<'_>> {
        let found = self.actions.binary_search_by_key(&row, |(record, _)| *record);
        found.ok().map(|at| &self.actions[at].1)
    }

    /// Notes the marks of a row that stays as it is, if passages are marked. Returns whether they are.
    fn note_marks(&mut self, row: u64, joined: Option<&JoinedText>) -> bool {
        if self.passages != PassageTreatment::Mark {
            return false;
        }
        let marks = match self.action(row) {
            Some(RecordAction::Edit(edit)) => marks_in(edit, joined),
            _ => None,
        };
        self.is_damaged |= marks.is_none();
        self.marks.extend(marks.map(|marks| (row, marks)));
        true
    }
}

#[cfg(feature = "parquet")]
impl super::parquet::Edits for PlannedRows<'_> {
    fn row(&mut self, row: u64) -> RowAction {
        match self.action(row) {
            None => RowAction::Keep,
            Some(RecordAction::Drop) => RowAction::Drop,
            Some(RecordAction::Edit(_) | RecordAction::Add(..)) => RowAction::Edit,
        }
    }

    fn text(&mut self, row: u64, text: &str) -> String {
        if self.note_marks(row, None) {
            return text.to_owned();
        }
        let left = match self.action(row) {
            Some(RecordAction::Edit(edit)) => text_left(text, &edit.pieces).map(Cow::into_owned),
            _ => None,
        };
        self.is_damaged |= left.is_none();
        left.unwrap_or_else(|| text.to_owned())
    }

    fn object(&mut self, row: u64, object: &str, joined: &JoinedText) -> String {
        if self.note_marks(row, Some(joined)) {
            return object.to_owned();
        }
        let left = match self.action(row) {
            Some(RecordAction::Edit(edit)) => object_left(object, joined, edit),
            _ => None,
        };
        self.is_damaged |= left.is_none();
        left.unwrap_or_else(|| object.to_owned())
    }

    fn added(&mut self, column: usize, row: u64) -> Option<AddedValue> {
        let (additions, source) = self.additions?;
        if additions.marks() == Some(column) {
            return self.marks.remove(&row).map(|marks| AddedValue::Text(marks.to_string()));
        }
        additions.cell(source, row, column)
    }
}

/// Calls `found` with each part of a source, and with what is done to the records in its block.
fn each_part<'a>(
    planned: &PlannedSource,
    mut blocks: SourceBlocks,
    actions: &[PlannedAction<'a>],
    found: &mut dyn FnMut(SourcePart, &[PlannedAction<'a>]) -> Result<()>,
) -> Result<()> {
    let mut rest = actions;
    loop {
        let part = blocks.next()?;
        let is_last = part.block.is_none();
        let (here, later) = rest.split_at(rest.partition_point(|(record, _)| !is_last && *record < part.end));
        rest = later;
        found(part, here)?;
        if is_last {
            break;
        }
    }
    if let Some((record, _)) = rest.first() {
        return Err(missing(planned, *record));
    }
    blocks.finish()
}

/// Returns where the records of a block of an archive stand but for those `dropped`, in order.
fn records_left<'b>(block: &'b Block, dropped: &'b [Range<usize>]) -> impl Iterator<Item = Range<usize>> + 'b {
    let (mut at, mut dropped) = (0, dropped.iter().peekable());
    warc::ends(&block.bytes).into_iter().filter_map(move |end| {
        let record = std::mem::replace(&mut at, end)..end;
        dropped.next_if_eq(&&record).is_none().then_some(record)
    })
}

/// Returns how a file is compressed.
fn packing(path: &Path, compression: Option<Compression>) -> Result<Packing> {
    let read = File::open(path).and_then(|file| Packing::of(compression, file));
    read.map_err(|cause| Error::Io { path: path.to_owned(), cause })
}

fn actions(planned: &PlannedSource, documents: DocumentTreatment) -> Vec<PlannedAction<'_>> {
    let drops = planned.drops.iter().filter(|_| documents == DocumentTreatment::Drop);
    let drops = drops.map(|drop| (drop.doc.record, RecordAction::Drop));
    let edits = planned.edits.iter().filter(|edit| !planned.drops_record(edit.doc.record));
    let mut actions: Vec<_> = drops.chain(edits.map(|edit| (edit.doc.record, RecordAction::Edit(edit)))).collect();
    actions.sort_by_key(|(record, _)| *record);
    actions
}

/// What was written to a file.
#[derive(Default)]
struct Written {
    bytes: u64,
    /// Whether something could not be written.
    has_failed: bool,
}

struct CountedWriter<'a> {
    out: Box<dyn Write + Send + 'a>,
    written: &'a mut Written,
}

impl Write for CountedWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.out.write(bytes).inspect_err(|_| self.written.has_failed = true)?;
        self.written.bytes += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().inspect_err(|_| self.written.has_failed = true)
    }
}

/// Copies all of `input`, which is called `from`, and shows each part to `see`.
fn copy(
    input: &mut dyn Read,
    from: &Path,
    out: &mut dyn Write,
    to: &Path,
    advance: &dyn Fn(u64) -> Result<()>,
    see: &mut dyn FnMut(&[u8]),
) -> Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = match input.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(cause) => return Err(Error::Io { path: from.to_owned(), cause }),
        };
        see(&buffer[..read]);
        out.write_all(&buffer[..read]).map_err(|cause| Error::Io { path: to.to_owned(), cause })?;
        advance(read as u64)?;
    }
}
