//! Reading a source from start to end, in blocks that end where a record ends.
//!
//! A block is at least one record and otherwise about [`BLOCK`] bytes. Per byte the reader does one search for the
//! last line end, one count of line ends and one checksum, all far faster than parsing, so that one thread can feed
//! many. A line that exceeds `max_record` is passed over without being stored.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::{memchr, memchr_iter, memrchr};

use super::walk::{FileId, file_id, kind_of};
use super::{Format, Item, Record, Source, SourceOptions, line_too_large, parse, reason_of, shape, skipped_source};
use crate::finding::{Reason, Skipped, SourceInfo};
use crate::hash::ContentHasher;

/// Large enough that handing it to another thread costs nothing beside parsing it; small enough that a few hundred
/// of them fit in memory and that a file of some megabytes keeps all threads busy.
const BLOCK: usize = 1 << 20;

/// A stretch of a source that holds whole records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// The bytes, as they stand in the source.
    pub bytes: Vec<u8>,
    /// The number of the first record (line) in it.
    pub first_record: u64,
    /// The byte in the source at which the block starts.
    pub offset: u64,
}

/// The place of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The zero-based number in the source.
    pub record: u64,
    /// The byte in the source at which it starts.
    pub offset: u64,
    /// Where it stands in the block, without its line feed.
    pub range: Range<usize>,
}

impl Line {
    /// Returns the line without its first `bytes` bytes.
    pub fn cut_front(self, bytes: usize) -> Self {
        Self { offset: self.offset + bytes as u64, range: self.range.start + bytes..self.range.end, ..self }
    }
}

impl Block {
    /// Returns the lines of the block in order. A line feed at the very end does not begin another line.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line> {
        let last = (self.bytes.last() != Some(&b'\n')).then_some(self.bytes.len());
        let mut start = 0;
        memchr_iter(b'\n', &self.bytes).chain(last).zip(self.first_record..).map(move |(end, record)| {
            let range = start..end;
            start = end + 1;
            Line { record, offset: self.offset + range.start as u64, range }
        })
    }
}

/// Reads one source, block by block.
pub struct SourceReader {
    source: Source,
    options: SourceOptions,
    format: Format,
    input: Box<dyn Read + Send>,
    /// What the file was when it was opened, if it is one whose changes can be seen.
    opened: Option<(Arc<File>, Stamp)>,
    /// Bytes that were read and not handed out.
    pending: Vec<u8>,
    /// The number of the line and the byte in the source with which `pending` starts.
    record: u64,
    offset: u64,
    /// Why reading ended before the end of the file.
    failure: Option<Skipped>,
    ended: bool,
    handed_out: bool,
    hasher: ContentHasher,
    bytes: u64,
}

impl SourceReader {
    /// Opens a source and looks at its first bytes.
    ///
    /// # Errors
    ///
    /// What is reported of a source that gives no document: it is gone, may not be read, is no file, is binary, or is
    /// of another shape or encoding than its name says. Such a source has no line in the table of sources.
    pub fn open(source: &Source, options: &SourceOptions) -> Result<Self, Skipped> {
        let mut reader =
            Self::start(source, options).map_err(|(reason, detail)| skipped_source(&source.name(), reason, detail))?;
        reader.fill(reader.known_length().map_or(BLOCK, |length| BLOCK.min(length as usize + 1)));
        if let Some(failure) = reader.failure.take_if(|_| reader.pending.is_empty()) {
            return Err(failure);
        }
        reader.format =
            source.format(options).unwrap_or_else(|| shape::format_of(&reader.pending, reader.ended, options));
        match shape::refuse(&reader.pending, reader.ended, reader.format) {
            Some((reason, detail)) => Err(skipped_source(&source.name(), reason, detail)),
            None => Ok(reader),
        }
    }

    /// Returns the format by name, or that which the content of a stream shows.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Returns what a [`Rereader`] needs to see a change of the file, unless changes of it cannot be seen.
    pub fn stamp(&self) -> Option<Stamp> {
        // A file that the kernel makes up as it is read says that it is empty, and is never the same.
        self.opened.as_ref().map(|(_, stamp)| stamp.clone()).filter(|stamp| stamp.length > 0)
    }

    /// Returns the next block, or what had to be passed over before it. Reading goes on after an error; `None` is the
    /// end of the source.
    pub fn next_block(&mut self) -> Option<Result<Block, Skipped>> {
        let block = match self.format {
            Format::Plain => self.whole_file(),
            Format::Lines | Format::Jsonl => self.whole_lines(),
        };
        self.handed_out = true;
        block.or_else(|| self.failure.take().map(Err))
    }

    /// Closes the source. Returns its line for the table of sources, and a flag [`Reason::Changed`] if the file is not
    /// what it was when it was opened; its documents are then those of neither state for sure.
    pub fn finish(self) -> (SourceInfo, Vec<Skipped>) {
        let path = &self.source.path;
        let info = SourceInfo {
            path: self.source.name(),
            path_base64: path.to_str().is_none().then(|| STANDARD.encode(path.as_os_str().as_encoded_bytes())),
            bytes: self.bytes,
            xxh3_128: format!("{:032x}", self.hasher.finish()),
        };
        let change = self.opened.as_ref().and_then(|(file, opened)| change(path, file, opened, self.bytes));
        let skipped = change.map(|detail| skipped_source(&info.path, Reason::Changed, detail));
        (info, skipped.into_iter().collect())
    }

    fn start(source: &Source, options: &SourceOptions) -> Result<Self, (Reason, String)> {
        let (input, opened) = open(source)?;
        Ok(Self {
            source: source.clone(),
            options: options.clone(),
            format: Format::Plain,
            input,
            opened,
            pending: Vec::new(),
            record: 0,
            offset: 0,
            failure: None,
            ended: false,
            handed_out: false,
            hasher: ContentHasher::default(),
            bytes: 0,
        })
    }

    /// Returns the length that the system gives for the file. It is only a claim until the bytes are there.
    fn known_length(&self) -> Option<u64> {
        self.opened.as_ref().map(|(_, stamp)| stamp.length).filter(|&length| length > 0)
    }

    /// Reads until `pending` holds `target` bytes or the source ends.
    fn fill(&mut self, target: usize) {
        let (before, wanted) = (self.pending.len(), target.saturating_sub(self.pending.len()));
        if self.ended || wanted == 0 {
            return;
        }
        self.pending.reserve_exact(wanted);
        let result = (&mut self.input).take(wanted as u64).read_to_end(&mut self.pending);
        let read = &self.pending[before..];
        self.hasher.update(read);
        self.bytes += read.len() as u64;
        self.ended = read.len() < wanted;
        if let Err(error) = result {
            let detail = format!("after {} bytes: {error}", self.bytes);
            let skipped = skipped_source(&self.source.name(), Reason::ReadError, detail);
            self.failure = Some(Skipped { offset: Some(self.bytes), ..skipped });
        }
    }

    fn whole_file(&mut self) -> Option<Result<Block, Skipped>> {
        if self.handed_out {
            return None;
        }
        let limit = usize::try_from(self.options.max_record).unwrap_or(usize::MAX);
        let known_to_fit = self.known_length().is_none_or(|length| length <= self.options.max_record);
        while known_to_fit && !self.ended && self.pending.len() <= limit {
            self.fill(self.pending.len().saturating_mul(2).min(limit).saturating_add(1));
        }
        if !known_to_fit || self.pending.len() > limit {
            self.pending = Vec::new();
            let detail = format!("larger than {limit} bytes; raise --max-record");
            return Some(Err(skipped_source(&self.source.name(), Reason::TooLarge, detail)));
        }
        // Half a file is not the document.
        self.failure.is_none().then(|| Ok(Block { bytes: std::mem::take(&mut self.pending), ..Block::default() }))
    }

    fn whole_lines(&mut self) -> Option<Result<Block, Skipped>> {
        let mut searched = 0;
        self.fill(BLOCK);
        while !self.pending.is_empty() {
            if let Some(last) = memrchr(b'\n', &self.pending[searched..]) {
                return Some(Ok(self.cut(searched + last + 1)));
            }
            if self.pending.len() as u64 > self.options.max_record {
                return Some(Err(self.pass_over_line()));
            }
            if self.ended {
                // What a failure cut off is no line.
                let end = if self.failure.is_some() { 0 } else { self.pending.len() };
                return (end > 0).then(|| Ok(self.cut(end)));
            }
            searched = self.pending.len();
            self.fill(searched.saturating_mul(2).min((self.options.max_record as usize).saturating_add(1)));
        }
        None
    }

    /// Takes the first `length` bytes of `pending` as a block.
    fn cut(&mut self, length: usize) -> Block {
        let mut rest = Vec::with_capacity(if self.ended { 0 } else { BLOCK });
        rest.extend_from_slice(&self.pending[length..]);
        let mut bytes = std::mem::replace(&mut self.pending, rest);
        bytes.truncate(length);
        let block = Block { bytes, first_record: self.record, offset: self.offset };
        self.record += memchr_iter(b'\n', &block.bytes).count() as u64;
        self.offset += length as u64;
        block
    }

    /// Drops the line with which `pending` starts, up to and with its line feed.
    fn pass_over_line(&mut self) -> Skipped {
        let line = Line { record: self.record, offset: self.offset, range: 0..0 };
        let end = loop {
            match memchr(b'\n', &self.pending) {
                Some(end) => break end + 1,
                None if self.ended => break self.pending.len(),
                None => {
                    self.offset += self.pending.len() as u64;
                    self.pending.clear();
                    self.pending.shrink_to(BLOCK);
                    self.fill(BLOCK);
                }
            }
        };
        self.pending.drain(..end);
        self.offset += end as u64;
        self.record += 1;
        line_too_large(&self.source.name(), &line, &self.options)
    }
}

/// Fetches single records of a source that was read before.
pub struct Rereader {
    source: Source,
    format: Format,
    file: File,
    stamp: Option<Stamp>,
    is_changed: bool,
    /// Bytes of the file from `window_start` on, read ahead while records are asked for one after the other.
    window: Vec<u8>,
    window_start: u64,
    /// Where the last record ended.
    last_end: u64,
}

/// Bytes read at a time where the next records will be wanted too.
const AHEAD: u64 = 1 << 16;

impl Rereader {
    /// Opens a source again; `format` and `stamp` are those of its [`SourceReader`].
    ///
    /// # Errors
    ///
    /// The source is gone, may not be read, or is standard input or another stream, which gives its bytes only once.
    pub fn open(source: &Source, format: Format, stamp: Option<Stamp>) -> Result<Self, Skipped> {
        let refused = |reason, detail| skipped_source(&source.name(), reason, detail);
        let failed = |error: io::Error| refused(reason_of(&error), error.to_string());
        // Opening a pipe would wait for a writer for ever.
        if source.is_stdin() || !fs::metadata(&source.path).map_err(failed)?.is_file() {
            return Err(refused(Reason::ReadError, "it gives its bytes only once".to_owned()));
        }
        let file = File::open(&source.path).map_err(failed)?;
        let source = source.clone();
        Ok(Self {
            source,
            format,
            file,
            stamp,
            is_changed: false,
            window: Vec::new(),
            window_start: 0,
            last_end: u64::MAX,
        })
    }

    /// Reads the record of which [`Record::record`], `offset` and `length` are given.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is not what it was, or has no such record any more.
    pub fn read(&mut self, record: u64, offset: u64, length: u64, options: &SourceOptions) -> Result<Record, Skipped> {
        let name = self.source.name();
        let skipped = |reason, detail: String| Skipped {
            record: Some(record),
            offset: Some(offset),
            ..skipped_source(&name, reason, detail)
        };
        let bytes = self.bytes(offset, length).map_err(|error| skipped(Reason::ReadError, error.to_string()))?;
        if self.is_changed {
            return Err(skipped(Reason::Changed, "the file was written to or replaced after it was read".to_owned()));
        }
        let mut items = Vec::with_capacity(1);
        if bytes.len() as u64 == length {
            parse(&Block { bytes, first_record: record, offset }, self.format, &name, options, &mut items);
        }
        match (items.pop(), items.pop()) {
            (Some(Item::Document(document)), None) => Ok(document),
            _ => Err(skipped(Reason::Changed, "the record is not there any more".to_owned())),
        }
    }

    fn bytes(&mut self, offset: u64, length: u64) -> io::Result<Vec<u8>> {
        let window_end = self.window_start + self.window.len() as u64;
        // The window serves forward only: to ask again is to want what is there now.
        if offset < self.last_end || offset < self.window_start || offset + length > window_end {
            // A record soon after the last one: there will be more of them.
            let follows = offset >= self.last_end && offset - self.last_end < AHEAD / 4;
            self.window.clear();
            self.window_start = offset;
            self.file.seek(SeekFrom::Start(offset))?;
            let wanted = if follows { length.max(AHEAD) } else { length };
            (&mut self.file).take(wanted).read_to_end(&mut self.window)?;
            // What was just read is what the first reading saw, as far as the system tells.
            let now = || self.file.metadata().map(|metadata| Stamp::of(&metadata)).ok();
            self.is_changed |= self.stamp.is_some() && self.stamp != now();
        }
        self.last_end = offset + length;
        let start = ((offset - self.window_start) as usize).min(self.window.len());
        let end = (start + length as usize).min(self.window.len());
        Ok(self.window[start..end].to_vec())
    }
}

/// What tells one state of a file from another without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    id: Option<FileId>,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { length: metadata.len(), modified: metadata.modified().ok(), id: file_id(metadata) }
    }
}

type Opened = (Box<dyn Read + Send>, Option<(Arc<File>, Stamp)>);

fn open(source: &Source) -> Result<Opened, (Reason, String)> {
    if source.is_stdin() {
        return Ok((Box::new(io::stdin()), None));
    }
    let failed = |error: io::Error| (reason_of(&error), error.to_string());
    // Before opening, because opening a pipe that took the file's place would wait for a writer for ever.
    let metadata = fs::metadata(&source.path).map_err(failed)?;
    if !source.named && !metadata.is_file() {
        return Err((Reason::NotRegular, format!("{} took the place of the file", kind_of(metadata.file_type()))));
    }
    let file = Arc::new(File::open(&source.path).map_err(failed)?);
    let metadata = file.metadata().map_err(failed)?;
    Ok((Box::new(Arc::clone(&file)), metadata.is_file().then(|| (file, Stamp::of(&metadata)))))
}

/// Says how the file differs from what was opened, if it does.
fn change(path: &Path, file: &File, opened: &Stamp, bytes: u64) -> Option<String> {
    let closed = file.metadata().map(|metadata| Stamp::of(&metadata)).ok()?;
    // Files that the kernel makes up as they are read, as in /proc, say that they are empty and change as they like.
    if (opened.length, closed.length) == (0, 0) && bytes > 0 {
        return None;
    }
    match fs::metadata(path) {
        Err(_) => Some("the file was removed while it was read".to_owned()),
        Ok(metadata) if file_id(&metadata) != opened.id => {
            Some("the file was replaced by another while it was read".to_owned())
        }
        Ok(_) if closed.length != opened.length => {
            Some(format!("the file had {} bytes when it was opened and {} at the end", opened.length, closed.length))
        }
        Ok(_) => (closed != *opened).then(|| "the file was written to while it was read".to_owned()),
    }
}
