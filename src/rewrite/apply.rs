//! Copies the sources without what a plan removes.
//!
//! A source that the plan leaves alone is copied as it is stored. Another is read in blocks that hold whole records; of
//! each block, the ranges of records that go are left out, and those that change are replaced. All bytes that are read
//! are hashed, and the copy of a source that is not what was scanned ends the run.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::check::Checked;
use super::plan::{Drop, Edit, Plan, Planned};
use super::records::{Blocks, changed, edited, missing, ranges, visit};
use super::target::Sink;
use crate::error::{Error, Result};
use crate::finding::{DocumentRef, Parameters};
use crate::hash::ContentHasher;
use crate::source::{Format, SourceOptions};

/// Bytes that are copied at a time.
const CHUNK: usize = 1 << 20;

/// What became of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Records in it, blank lines included; 0 if it was copied without a look at them.
    pub records: u64,
    /// Bytes read.
    pub read: u64,
    /// Bytes written.
    pub written: u64,
    /// Whether it has a file in the output.
    pub has_file: bool,
    /// Whether all of several records went.
    pub is_emptied: bool,
}

/// Copies all sources to `sink`, each to the name below the output that `names` has for it: first for the sources of
/// the plan, then for its whole files. `advance` hears of the bytes read.
///
/// # Errors
///
/// If a source is not what was scanned, a record that the plan names is not there, or something cannot be read or
/// written.
pub fn apply(
    checked: Checked<'_>,
    parameters: &Parameters,
    names: &[PathBuf],
    sink: &mut dyn Sink,
    advance: &dyn Fn(u64),
) -> Result<Vec<Copied>> {
    let plan = checked.plan();
    let reading = super::plan::reading(parameters);
    let mut copier = Copier { plan, reading, sink, advance, out: Vec::new() };
    let mut copied = Vec::with_capacity(names.len());
    for (planned, name) in plan.sources.iter().zip(names) {
        copied.push(copier.source(planned, name)?);
    }
    for (whole, name) in plan.whole.iter().zip(&names[plan.sources.len()..]) {
        let done = if whole.is_copied() { copier.whole(&whole.path, name)? } else { Copied::default() };
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
    pub fn check_keepers(&self, parameters: &Parameters) -> Result<()> {
        let reading = super::plan::reading(parameters);
        let mut keepers: Vec<&DocumentRef> = self.drops().filter_map(Drop::keeper).collect();
        keepers.sort();
        keepers.dedup();
        for planned in &self.sources {
            let from = keepers.partition_point(|keeper| keeper.source.as_ref() < planned.info.path.as_str());
            let to = keepers.partition_point(|keeper| keeper.source.as_ref() <= planned.info.path.as_str());
            let mut records: Vec<u64> = keepers[from..to].iter().map(|keeper| keeper.record).collect();
            records.dedup();
            if !records.is_empty() {
                visit(planned, &records, &reading, &mut |_, _| Ok(()))?;
            }
        }
        Ok(())
    }
}

struct Copier<'a> {
    plan: &'a Plan,
    reading: SourceOptions,
    sink: &'a mut dyn Sink,
    advance: &'a dyn Fn(u64),
    /// What is written of a block.
    out: Vec<u8>,
}

/// What is done to a record.
enum Action<'a> {
    Drop,
    Edit(&'a Edit),
}

impl Copier<'_> {
    fn source(&mut self, planned: &Planned, name: &Path) -> Result<Copied> {
        let actions = actions(planned);
        if actions.is_empty() {
            return self.stored(planned, name);
        }
        let blocks = Blocks::open(planned, &self.reading)?;
        if blocks.format() == Format::Plain && matches!(actions[..], [(0, Action::Drop)]) {
            blocks.finish()?;
            (self.advance)(planned.info.bytes);
            return Ok(Copied { records: 1, read: planned.info.bytes, ..Copied::default() });
        }
        let copied = self.changed(planned, blocks, &actions, name)?;
        self.sink.close()?;
        Ok(copied)
    }

    /// Copies a source as it is stored.
    fn stored(&mut self, planned: &Planned, name: &Path) -> Result<Copied> {
        let path = &planned.source.path;
        let mut input = File::open(path).map_err(|error| changed(planned, error.to_string()))?;
        let mut out = self.sink.file(name)?;
        let (mut hasher, mut read) = (ContentHasher::default(), 0);
        let scanned = planned.info.bytes;
        copy(&mut input, path, &mut out, name, self.advance, &mut |bytes| {
            let known = (scanned - scanned.min(read)).min(bytes.len() as u64);
            hasher.update(&bytes[..known as usize]);
            read += bytes.len() as u64;
        })?;
        drop(out);
        // Of a file that is too large for one document, or ends in an error, only the start was hashed.
        let is_same = format!("{:032x}", hasher.finish()) == planned.info.xxh3_128;
        if !is_same || read < scanned || (planned.is_whole && read > scanned) {
            return Err(changed(planned, "its content is not what was scanned".to_owned()));
        }
        self.sink.close()?;
        Ok(Copied { read, written: read, has_file: true, ..Copied::default() })
    }

    /// Copies a file that was not scanned.
    fn whole(&mut self, path: &Path, name: &Path) -> Result<Copied> {
        let failed = |cause| Error::Io { path: path.to_owned(), cause };
        if !fs::metadata(path).map_err(failed)?.is_file() {
            return Err(failed(io::Error::other("it is no file any more")));
        }
        let mut input = File::open(path).map_err(failed)?;
        let mut out = self.sink.file(name)?;
        let mut read = 0;
        copy(&mut input, path, &mut out, name, self.advance, &mut |bytes| read += bytes.len() as u64)?;
        drop(out);
        self.sink.close()?;
        Ok(Copied { read, written: read, has_file: true, ..Copied::default() })
    }

    /// Copies a source of which records go or change.
    fn changed(
        &mut self,
        planned: &Planned,
        mut blocks: Blocks,
        actions: &[(u64, Action)],
        name: &Path,
    ) -> Result<Copied> {
        let format = blocks.format();
        let mut writer = Writer { out: self.sink.file(name)?, name, written: 0 };
        let (mut actions, mut position, mut kept_any) = (actions, 0, false);
        let mut copied = Copied { read: planned.info.bytes, has_file: true, ..Copied::default() };
        while let Some((block, end)) = blocks.next() {
            let gap = writer.gap(planned, position, block.offset)?;
            kept_any |= gap;
            let (here, rest) = actions.split_at(actions.partition_point(|(record, _)| *record < end));
            actions = rest;
            self.out.clear();
            let wanted: Vec<u64> = here.iter().map(|(record, _)| *record).collect();
            let places = ranges(&block, format, &wanted, &planned.source.name(), &self.reading);
            if places.len() < here.len() {
                return Err(missing(planned, here[places.len()].0));
            }
            let mut at = 0;
            for ((_, action), (record, range)) in here.iter().zip(places) {
                self.out.extend_from_slice(&block.bytes[at..range.start]);
                at = range.end;
                match action {
                    Action::Drop => at = after_line_end(&block.bytes, range.end, format),
                    Action::Edit(edit) => {
                        edited(&block.bytes[range], format, edit, self.plan.passages, &self.reading, &mut self.out)
                            .map_err(|detail| changed(planned, format!("record {record}: {detail}")))?;
                    }
                }
            }
            let unchanged = &block.bytes[at..];
            kept_any |= !self.out.trim_ascii().is_empty() || !unchanged.trim_ascii().is_empty();
            writer.write(&self.out)?;
            writer.write(unchanged)?;
            position = block.offset + block.bytes.len() as u64;
            copied.records =
                copied.records.max(block.first_record + memchr::memchr_iter(b'\n', &block.bytes).count() as u64);
            (self.advance)(block.bytes.len() as u64);
        }
        kept_any |= writer.gap(planned, position, planned.info.bytes)?;
        if let Some((record, _)) = actions.first() {
            return Err(missing(planned, *record));
        }
        blocks.finish()?;
        copied.written = writer.written;
        copied.is_emptied = !kept_any && planned.drops.len() > 1;
        Ok(copied)
    }
}

fn actions(planned: &Planned) -> Vec<(u64, Action<'_>)> {
    let is_dropped = |record| planned.drops.binary_search_by_key(&record, |drop| drop.doc.record).is_ok();
    let drops = planned.drops.iter().map(|drop| (drop.doc.record, Action::Drop));
    let edits = planned.edits.iter().filter(|edit| !is_dropped(edit.doc.record));
    let mut actions: Vec<_> = drops.chain(edits.map(|edit| (edit.doc.record, Action::Edit(edit)))).collect();
    actions.sort_by_key(|(record, _)| *record);
    actions
}

/// A record that goes takes along the line end after it.
fn after_line_end(bytes: &[u8], end: usize, format: Format) -> usize {
    match (format, &bytes[end..]) {
        (Format::Plain, _) => end,
        (_, [b'\r', b'\n', ..]) => end + 2,
        (_, [b'\n', ..]) => end + 1,
        _ => end,
    }
}

struct Writer<'a> {
    out: Box<dyn Write + 'a>,
    name: &'a Path,
    written: u64,
}

impl Writer<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.written += bytes.len() as u64;
        self.out.write_all(bytes).map_err(|cause| Error::Io { path: self.name.to_owned(), cause })
    }

    /// Copies what the reader passed over, such as a line that is too large; returns whether that was anything.
    fn gap(&mut self, planned: &Planned, from: u64, to: u64) -> Result<bool> {
        if from >= to {
            return Ok(false);
        }
        let path = &planned.source.path;
        let failed = |cause| Error::Io { path: path.clone(), cause };
        let mut input = File::open(path).map_err(failed)?;
        input.seek(SeekFrom::Start(from)).map_err(failed)?;
        copy(&mut input.take(to - from), path, &mut self.out, self.name, &|_| (), &mut |_| ())?;
        self.written += to - from;
        Ok(true)
    }
}

/// Copies all of `input`, which is called `from`, and shows each part to `see`.
fn copy(
    input: &mut dyn Read,
    from: &Path,
    out: &mut dyn Write,
    to: &Path,
    advance: &dyn Fn(u64),
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
        advance(read as u64);
    }
}
