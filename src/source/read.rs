//! Reading a source from start to end, in blocks that end where a record ends.
//!
//! A block is at least one record and otherwise about [`BLOCK`] bytes. Per byte the reader does one checksum, takes off
//! the compression if there is one, and searches for the last end of a record, all but the second far faster than
//! parsing, so that one thread can feed many. A record that exceeds `max_record` is passed over without being stored.

use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;

use encoding_rs::Encoding;
use memchr::{memchr, memchr_iter, memrchr};
use tempfile::SpooledTempFile;

use super::array::{self, ElementScan, ListCut, ListStart};
use super::block::{BLOCK, Block, BlockCut};
use super::codec::{CodecFault, Decoder, StoredMember};
use super::compression::Compression;
use super::fields::has_text;
use super::file::Source;
use super::format::Format;
use super::line::RecordLine;
use super::options::SourceOptions;
#[cfg(feature = "parquet")]
use super::parquet::ParquetReader;
use super::part::record_encoding;
use super::raw::{OpenedFile, RawBytes, Stamp, open};
use super::skip::{SkipCause, line_too_large, skipped_element, skipped_line, skipped_source, unsupported};
use super::table::TableLayout;
use super::{csv, jsonl, mbox, sniff, warc};
use crate::finding::{Reason, Skipped, SourceInfo, path_base64};

/// Reads one source, block by block.
pub struct SourceReader {
    source: Source,
    options: SourceOptions,
    format: Format,
    input: SourceInput,
    /// The file and its stamp, unless the source is a stream.
    opened: Option<OpenedFile>,
    table: Option<Arc<TableLayout>>,
    /// The encoding of lines that are not in UTF-8.
    encoding: Option<&'static Encoding>,
    /// The list of records that a JSON value holds.
    list: Option<RecordList>,
    #[cfg(feature = "parquet")]
    rows: Option<ParquetReader>,
    /// Bytes that were read and not handed out.
    pending: Vec<u8>,
    /// The number of the record and the byte in the source with which `pending` starts.
    record: u64,
    offset: u64,
    /// Why reading ended before the end of the file, or stopped in the middle of it.
    failure: Option<Skipped>,
    ended: bool,
    handed_out: bool,
    /// Quotes that were found open to the end, each after reading to there.
    open_quotes: usize,
    /// The bytes that were passed over and not taken yet, if they are kept.
    passed: Option<Passed>,
}

/// A list of records that is read.
#[derive(Clone, Copy)]
struct RecordList {
    /// The byte of the source with which it starts, and how many brackets are open there: none if the file is one record.
    start: usize,
    open: usize,
    is_over: bool,
}

/// Bytes that are in no block; more than a few go to a temporary file.
struct Passed {
    bytes: SpooledTempFile,
    length: u64,
    result: io::Result<()>,
}

/// Bytes that are passed over and kept in memory.
const PASSED_HELD: usize = 1 << 20;

impl Passed {
    fn new() -> Self {
        Self { bytes: SpooledTempFile::new(PASSED_HELD), length: 0, result: Ok(()) }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        if self.result.is_ok() {
            self.result = self.bytes.write_all(bytes);
        }
    }
}

#[allow(clippy::large_enum_variant)] // there is one a source
enum SourceInput {
    Raw(RawBytes),
    Coded(Compression, Decoder),
}

impl SourceReader {
    /// Opens a source and looks at its first bytes.
    ///
    /// # Errors
    ///
    /// The finding about a source that gives no document: it is gone, may not be read, is no file, is binary, or is
    /// of another shape or encoding than its name says. Such a source has no line in the table of sources.
    pub fn open(source: &Source, options: &SourceOptions) -> Result<Self, Skipped> {
        Self::open_with(source, options, None)
    }

    /// Opens a source of which all is to be copied: see [`Self::take_passed`].
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn open_to_copy(source: &Source, options: &SourceOptions) -> Result<Self, Skipped> {
        Self::open_with(source, options, Some(Passed::new()))
    }

    fn open_with(source: &Source, options: &SourceOptions, passed: Option<Passed>) -> Result<Self, Skipped> {
        let refused = |(reason, detail): SkipCause| skipped_source(&source.name(), reason, detail);
        let mut reader = Self::start(source, options).map_err(refused)?;
        if let (Some(_), SourceInput::Coded(_, decoder)) = (&passed, &mut reader.input) {
            decoder.note_members();
        }
        reader.passed = passed;
        reader.fill(reader.known_length().map_or(BLOCK, |length| BLOCK.min(length as usize + 1)));
        if reader.pending.is_empty()
            && reader.compression().is_none()
            && let Some(failure) = reader.failure.take()
        {
            return Err(failure);
        }
        let (start, whole) = (reader.pending.as_slice(), reader.ended);
        reader.format =
            source.format_by_ending(options).unwrap_or_else(|| sniff::format_of(start, whole, source, options));
        if reader.format == Format::Plain && sniff::is_timed_text(start) {
            reader.format = Format::Subtitles;
        }
        reader.find_list().map_err(refused)?;
        let (start, whole) = (reader.pending.as_slice(), reader.ended);
        let missing = reader.format.missing_feature();
        missing.map_or(Ok(()), |(format, feature)| Err(refused(unsupported(format, feature))))?;
        sniff::refuse((start, whole), reader.format, source, options).map_or(Ok(()), Err).map_err(refused)?;
        #[cfg(feature = "parquet")]
        if reader.format == Format::Parquet {
            reader.open_rows()?;
        }
        reader.read_head().map_err(refused)?;
        Ok(reader)
    }

    /// Returns the format by name, or that which the content shows.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Returns whether the whole source is one record.
    pub fn is_one_record(&self) -> bool {
        self.format.is_document() || self.list.is_some_and(|list| list.open == 0)
    }

    /// Returns how the source is compressed.
    pub fn compression(&self) -> Option<Compression> {
        match self.input {
            SourceInput::Raw(_) => None,
            SourceInput::Coded(compression, _) => Some(compression),
        }
    }

    /// Returns the stamp by which a [`super::Rereader`] sees that the file changed, if the file has one.
    pub fn stamp(&self) -> Option<Stamp> {
        // A file that the kernel makes up as it is read says that it is empty, and is never the same.
        self.opened.as_ref().map(|opened| opened.stamp.clone()).filter(|stamp| stamp.length > 0)
    }

    /// Returns whether a [`super::Rereader`] gives single records of this source again, at the cost of reading them.
    pub fn can_reread(&self) -> bool {
        let by_place = matches!(
            self.format,
            Format::Plain
                | Format::Lines
                | Format::Jsonl
                | Format::Json
                | Format::Csv
                | Format::Tsv
                | Format::Warc
                | Format::Mbox
        );
        by_place && self.compression().is_none() && self.stamp().is_some()
    }

    /// Returns how many of the stored bytes were read.
    pub fn position(&mut self) -> u64 {
        self.input.stored().bytes()
    }

    /// Returns the next block, or the finding about what had to be passed over before it. Reading goes on after an error; `None` is the
    /// end of the source.
    pub fn next_block(&mut self) -> Option<Result<Block, Skipped>> {
        let block = match self.format {
            format if format.is_document() => self.whole_file(),
            Format::Parquet => self.next_rows(),
            Format::Warc => self.archive_records(),
            Format::Json => self.list_elements(),
            _ => self.whole_records(),
        };
        self.handed_out = true;
        block.or_else(|| self.failure.take().map(|failure| Err(self.go_on_after(failure))))
    }

    /// Takes what was passed over since this was asked last: the header of a table, records that are too large; not what
    /// a damaged file leaves of a record. It stands between the last block and the next.
    ///
    /// # Errors
    ///
    /// If it could not be kept.
    pub fn take_passed(&mut self) -> io::Result<Option<impl io::Read + use<>>> {
        let Some(passed) = self.passed.as_mut().filter(|passed| passed.length > 0) else { return Ok(None) };
        let Passed { mut bytes, result, .. } = std::mem::replace(passed, Passed::new());
        result.and_then(|()| bytes.seek(SeekFrom::Start(0)))?;
        Ok(Some(bytes))
    }

    /// Returns where the members of a compressed source stand that were read since they were taken last, if it was opened
    /// to be copied. Those of LZ4 are not known.
    pub fn take_members(&mut self) -> Vec<StoredMember> {
        match &mut self.input {
            SourceInput::Raw(_) => Vec::new(),
            SourceInput::Coded(_, decoder) => decoder.take_members(),
        }
    }

    /// Closes the source. Returns its line for the table of sources, and a flag [`Reason::Changed`] if the file is not
    /// what it was when it was opened; its documents are then those of neither state for sure.
    pub fn finish(mut self) -> (SourceInfo, Vec<Skipped>) {
        // A decoder may stop before the end of a file, whose hash is that of the whole.
        let drains = self.compression().is_some() && self.opened.is_some();
        let stored = self.input.stored();
        if drains {
            stored.drain();
        }
        let path = &self.source.path;
        let info = SourceInfo {
            path: self.source.name(),
            path_base64: path_base64(path),
            bytes: stored.bytes(),
            xxh3_128: format!("{:032x}", stored.hash()),
            root: None,
            against: self.source.against,
        };
        let change = self.opened.as_ref().and_then(|opened| opened.change(path, info.bytes));
        let skipped = change.map(|detail| skipped_source(&info.path, Reason::Changed, detail));
        (info, skipped.into_iter().collect())
    }

    #[cfg(feature = "parquet")]
    fn open_rows(&mut self) -> Result<(), Skipped> {
        let name = self.source.name();
        let (Some(opened), None) = (&self.opened, self.compression()) else {
            let detail = "Parquet is read from any place in its file: it cannot be a stream or compressed as a whole";
            return Err(skipped_source(&name, Reason::WrongShape, detail));
        };
        let file = Arc::clone(&opened.file);
        // Rows are read from anywhere in the file, which the hash is not.
        self.input.stored().drain();
        self.rows = Some(ParquetReader::open(file, &name, &self.options)?);
        Ok(())
    }

    #[cfg(feature = "parquet")]
    fn next_rows(&mut self) -> Option<Result<Block, Skipped>> {
        let items = self.rows.as_mut()?.next_batch()?;
        Some(Ok(Block { items, ..Block::default() }))
    }

    #[cfg(not(feature = "parquet"))]
    #[allow(clippy::unused_self)] // as the one that reads
    fn next_rows(&mut self) -> Option<Result<Block, Skipped>> {
        None
    }

    fn start(source: &Source, options: &SourceOptions) -> Result<Self, SkipCause> {
        let (stored, opened) = open(source)?;
        Ok(Self {
            source: source.clone(),
            options: options.clone(),
            format: Format::Plain,
            input: SourceInput::new(stored, source, options)?,
            opened,
            table: None,
            encoding: None,
            list: None,
            #[cfg(feature = "parquet")]
            rows: None,
            pending: Vec::new(),
            record: 0,
            offset: 0,
            failure: None,
            ended: false,
            handed_out: false,
            open_quotes: 0,
            passed: None,
        })
    }

    /// Returns the length that the system gives for a file that is read as it is. It is only a claim until the bytes
    /// are there.
    fn known_length(&self) -> Option<u64> {
        let length = self.opened.as_ref().map(|opened| opened.stamp.length).filter(|&length| length > 0);
        length.filter(|_| self.compression().is_none())
    }

    /// Looks for a list of records in a file that is not JSON Lines, though its name does not say otherwise.
    fn find_list(&mut self) -> Result<(), SkipCause> {
        let may_be =
            self.format == Format::Jsonl && (self.source.ending() == "json" || self.source.ending().is_empty());
        if !may_be || !sniff::is_one_json(&self.pending, self.ended) {
            return Ok(());
        }
        let (paths, named) = (jsonl::text_paths(&self.options), self.options.records.as_deref());
        let is_record = || std::str::from_utf8(&self.pending).is_ok_and(|text| has_text(text, &paths));
        let has_ending = !self.source.named && self.ended && self.source.ending() == "json";
        if has_ending && named.is_none() && array::is_metadata(&self.pending, &paths) {
            return Err((Reason::OtherFile, "metadata file (JSON)".to_owned()));
        }
        match array::find(&self.pending, named, &paths) {
            _ if named.is_none() && self.ended && is_record() => self.take_as_record(),
            ListStart::At(start, open) => {
                self.format = Format::Json;
                self.list = Some(RecordList { start, open, is_over: false });
            }
            ListStart::Several(lists) => return Err(array::ambiguous(&lists)),
            ListStart::Nowhere => {
                if let Some(name) = named {
                    let detail =
                        format!("the first {} bytes hold no list `{name}`, as --records asks for", self.pending.len());
                    return Err((Reason::WrongShape, detail));
                }
                self.take_as_record();
            }
        }
        Ok(())
    }

    /// Takes an object on several lines as the only record. One on a line of its own is JSON Lines.
    fn take_as_record(&mut self) {
        if let Some(start) = sniff::long_object(&self.pending, self.ended) {
            self.format = Format::Json;
            self.list = Some(RecordList { start, open: 0, is_over: false });
        }
    }

    /// Takes off what stands before the first record.
    fn read_head(&mut self) -> Result<(), SkipCause> {
        if let Some(list) = self.list {
            self.drop_front(list.start);
        }
        if self.format == Format::Lines {
            self.encoding = record_encoding(&self.pending, &self.options);
        }
        if !matches!(self.format, Format::Csv | Format::Tsv) || self.pending.is_empty() {
            return Ok(());
        }
        let table = TableLayout::read(&self.pending, self.ended, self.format, &self.options)?;
        self.drop_front(table.length);
        self.record = table.lines;
        self.table = Some(Arc::new(table));
        Ok(())
    }

    /// Reads until `pending` holds `target` bytes or the source ends.
    fn fill(&mut self, target: usize) {
        let wanted = target.saturating_sub(self.pending.len());
        if self.ended || wanted == 0 {
            return;
        }
        let result = match &mut self.input {
            SourceInput::Raw(stored) => stored.append(&mut self.pending, wanted).map_err(|error| {
                let bytes = stored.bytes();
                let detail = format!("after {bytes} bytes: {error}");
                let skipped = skipped_source(&self.source.name(), Reason::ReadError, detail);
                Skipped { offset: Some(bytes), ..skipped }
            }),
            SourceInput::Coded(compression, decoder) => {
                let done = decoder.append(&mut self.pending, wanted);
                done.and_then(|()| within_ratio(*compression, decoder, self.options.max_ratio)).map_err(|fault| {
                    let CodecFault { reason, detail } = fault;
                    skipped_source(&self.source.name(), reason, detail)
                })
            }
        };
        self.ended = result.is_err() || self.pending.len() < target;
        self.failure = result.err();
    }

    /// Drops the part of a record before a failure, and goes on behind the failure if the decoder can.
    fn go_on_after(&mut self, failure: Skipped) -> Skipped {
        let SourceInput::Coded(_, decoder) = &mut self.input else { return failure };
        let is_hopeless = failure.reason == Reason::Bomb || self.format.is_document();
        let goes_on = !is_hopeless && decoder.resume();
        let lost = self.pending.len();
        let detail = failure.detail.unwrap_or_default();
        let failure = Skipped {
            record: (lost > 0).then_some(self.record),
            offset: Some(self.offset),
            detail: Some(if lost > 0 { format!("{detail}; the record in which it ends is lost") } else { detail }),
            ..failure
        };
        self.forget_front(lost);
        self.record += u64::from(lost > 0);
        self.ended = !goes_on;
        failure
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

    fn whole_records(&mut self) -> Option<Result<Block, Skipped>> {
        self.fill(BLOCK);
        while !self.pending.is_empty() {
            if let BlockCut::Whole { end, records } = self.last_end() {
                return Some(Ok(self.cut(end, records)));
            }
            if self.pending.len() as u64 > self.options.max_record {
                let is_folder = self.format == Format::Mbox;
                return Some(Err(if is_folder { self.pass_over_message() } else { self.pass_over_line() }));
            }
            if self.ended {
                return self.last_record();
            }
            let limit = (self.options.max_record as usize).saturating_add(1);
            self.fill(self.pending.len().saturating_mul(2).min(limit));
        }
        None
    }

    fn list_elements(&mut self) -> Option<Result<Block, Skipped>> {
        let list = self.list?;
        if list.is_over {
            return self.pass_over_rest(list.open).map(Err);
        }
        self.fill(BLOCK);
        loop {
            let ListCut { end, records, is_over } = array::cut(&self.pending, self.record == 0);
            self.list = Some(RecordList { is_over, ..list });
            if records > 0 {
                return Some(Ok(self.cut(end, records)));
            }
            if is_over {
                return self.pass_over_rest(list.open).map(Err);
            }
            if self.pending.len() as u64 > self.options.max_record {
                return Some(Err(self.pass_over_element()));
            }
            if self.ended && list.open == 0 && self.failure.is_none() && !self.pending.trim_ascii().is_empty() {
                self.list = Some(RecordList { is_over: true, ..list });
                return Some(Ok(self.cut(self.pending.trim_ascii_end().len(), 1)));
            }
            if self.ended {
                return self.open_list().map(Err);
            }
            let limit = (self.options.max_record as usize).saturating_add(1);
            self.fill(self.pending.len().saturating_mul(2).min(limit));
        }
    }

    /// Passes over what follows the list, and says what is wrong with it. Called again, there is nothing left.
    fn pass_over_rest(&mut self, open: usize) -> Option<Skipped> {
        if self.pending.is_empty() && self.ended {
            return None;
        }
        let (mut scan, mut is_closed, mut has_more, offset) = (ElementScan::inside(open), false, false, self.offset);
        loop {
            let after = if is_closed { Some(0) } else { scan.close(&self.pending) };
            has_more |= after.is_some_and(|after| !self.pending[after..].trim_ascii().is_empty());
            is_closed |= after.is_some();
            self.drop_front(self.pending.len());
            if self.ended {
                break;
            }
            self.fill(BLOCK);
            self.stop_bomb(self.offset - offset);
        }
        let (reason, detail) = match (is_closed, has_more) {
            (true, false) => return None,
            (true, true) => {
                (Reason::TrailingGarbage, "other bytes follow the end of the JSON value; they are passed over")
            }
            (false, _) => (Reason::Truncated, "the file ends before its JSON value does"),
        };
        Some(Skipped { offset: Some(offset), ..skipped_source(&self.source.name(), reason, detail) })
    }

    /// Says that the file ends inside of its list, with what is left of the last element.
    fn open_list(&mut self) -> Option<Skipped> {
        // What a failure cut off is told with the failure.
        if self.failure.is_some() {
            return None;
        }
        self.list = self.list.map(|list| RecordList { is_over: true, ..list });
        let (name, record, offset) = (self.source.name(), self.record, self.offset);
        let has_part = self.pending.iter().any(|byte| !byte.is_ascii_whitespace());
        self.drop_front(self.pending.len());
        let detail = "the file ends before its list of records does";
        Some(if has_part {
            skipped_element(&name, record, offset, Reason::Truncated, detail)
        } else {
            skipped_source(&name, Reason::Truncated, detail)
        })
    }

    /// Drops the element with which `pending` starts.
    fn pass_over_element(&mut self) -> Skipped {
        let (record, offset, mut scan) = (self.record, self.offset, ElementScan::default());
        let mut from = self.pending.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
        loop {
            if let Some(length) = scan.end(&self.pending[from..]) {
                self.drop_front(from + length);
                break;
            }
            self.drop_front(self.pending.len());
            if self.ended {
                break;
            }
            from = 0;
            self.fill(BLOCK);
            self.stop_bomb(self.offset - offset);
        }
        self.record += 1;
        let detail = format!("longer than {} bytes; raise --max-record", self.options.max_record);
        skipped_element(&self.source.name(), record, offset, Reason::TooLarge, &detail)
    }

    fn archive_records(&mut self) -> Option<Result<Block, Skipped>> {
        self.fill(BLOCK);
        loop {
            // What a failure cut off is told with the failure.
            let is_end = self.ended && self.failure.is_none();
            match warc::cut(&self.pending, is_end, self.options.max_record) {
                warc::ArchiveCut::Records { length, records } => return Some(Ok(self.cut(length, records))),
                warc::ArchiveCut::More(_) if self.ended => return None,
                warc::ArchiveCut::More(length) => self.fill(length.max(self.pending.len() + BLOCK)),
                warc::ArchiveCut::Fault(fault) => return Some(Err(self.pass_over_record(&fault))),
                warc::ArchiveCut::End => return None,
            }
        }
    }

    /// Goes to where the next record of an archive starts.
    fn pass_over_record(&mut self, fault: &warc::ArchiveFault) -> Skipped {
        let (record, offset) = (self.record, self.offset + fault.start as u64);
        let mut from = fault.after;
        loop {
            match warc::next_start(&self.pending, from, self.ended) {
                warc::NextStart::At(at) => {
                    self.drop_front(at);
                    break;
                }
                warc::NextStart::NotBefore(_) if self.ended => {
                    self.drop_front(self.pending.len());
                    break;
                }
                warc::NextStart::NotBefore(at) => {
                    // The byte before tells whether a line starts there.
                    from = at.min(1);
                    self.drop_front(at - from);
                    self.fill(self.pending.len() + BLOCK);
                    self.stop_bomb(self.offset - offset);
                }
            }
        }
        self.record += 1;
        let detail = format!("{}; {} bytes are passed over", fault.detail, self.offset - offset);
        let skipped = skipped_source(&self.source.name(), fault.reason, detail);
        Skipped { record: Some(record), offset: Some(offset), ..skipped }
    }

    fn last_end(&self) -> BlockCut {
        let pending = self.pending.as_slice();
        match &self.table {
            Some(table) => csv::cut(pending, table, self.ended && self.failure.is_none()),
            None if self.format == Format::Mbox => mbox::cut(pending),
            None => memrchr(b'\n', pending).map_or(BlockCut::More, |last| {
                let records = memchr_iter(b'\n', &pending[..=last]).count() as u64;
                BlockCut::Whole { end: last + 1, records }
            }),
        }
    }

    /// Takes what is left at the end, which nothing ends.
    fn last_record(&mut self) -> Option<Result<Block, Skipped>> {
        // What a failure cut off is no record.
        if self.failure.is_some() {
            return None;
        }
        if self.table.is_some() {
            return Some(Err(self.pass_over_open_quote()));
        }
        Some(Ok(self.cut(self.pending.len(), 1)))
    }

    /// Takes the first `length` bytes of `pending` as a block.
    fn cut(&mut self, length: usize, records: u64) -> Block {
        let mut rest = Vec::with_capacity(if self.ended { 0 } else { BLOCK });
        rest.extend_from_slice(&self.pending[length..]);
        let mut bytes = std::mem::replace(&mut self.pending, rest);
        bytes.truncate(length);
        let block = Block {
            bytes,
            first_record: self.record,
            offset: self.offset,
            table: self.table.clone(),
            encoding: self.encoding,
            items: Vec::new(),
        };
        self.record += records;
        self.offset += length as u64;
        block
    }

    /// Drops the line with which `pending` starts, up to and with its line feed.
    fn pass_over_line(&mut self) -> Skipped {
        let line = RecordLine { record: self.record, offset: self.offset, range: 0..0 };
        let end = loop {
            match memchr(b'\n', &self.pending) {
                Some(end) => break end + 1,
                None if self.ended => break self.pending.len(),
                None => {
                    self.keep_passed(self.pending.len());
                    self.offset += self.pending.len() as u64;
                    self.pending.clear();
                    self.pending.shrink_to(BLOCK);
                    self.fill(BLOCK);
                    self.stop_bomb(self.offset - line.offset);
                }
            }
        };
        self.drop_front(end);
        self.record += 1;
        line_too_large(&self.source.name(), &line, &self.options)
    }

    /// Drops the message with which `pending` starts.
    fn pass_over_message(&mut self) -> Skipped {
        let (record, offset) = (self.record, self.offset);
        loop {
            match mbox::next_message(&self.pending) {
                Ok(next) => {
                    self.drop_front(next);
                    break;
                }
                Err(_) if self.ended => {
                    self.drop_front(self.pending.len());
                    break;
                }
                Err(rest) => {
                    self.drop_front(rest);
                    self.fill(self.pending.len() + BLOCK);
                    self.stop_bomb(self.offset - offset);
                }
            }
        }
        self.record += 1;
        mbox::message_too_large(&self.source.name(), record, offset, &self.options)
    }

    /// Drops the line with which `pending` starts, in which a quote opens that nothing closes.
    fn pass_over_open_quote(&mut self) -> Skipped {
        self.open_quotes += 1;
        let line = RecordLine { record: self.record, offset: self.offset, range: 0..0 };
        let detail = "a quote is not closed before the end of the file";
        let skipped = skipped_line(&self.source.name(), &line, Reason::OpenQuote, detail);
        // Each open quote costs one reading to the end.
        let gives_up = self.open_quotes > MAX_OPEN_QUOTES;
        let end = memchr(b'\n', &self.pending).filter(|_| !gives_up).map_or(self.pending.len(), |end| end + 1);
        self.drop_front(end);
        self.record += 1;
        skipped
    }

    fn drop_front(&mut self, length: usize) {
        self.keep_passed(length);
        self.forget_front(length);
    }

    fn keep_passed(&mut self, length: usize) {
        if let Some(passed) = &mut self.passed {
            passed.push(&self.pending[..length]);
        }
    }

    /// Drops the first bytes of `pending`.
    fn forget_front(&mut self, length: usize) {
        self.pending.drain(..length);
        self.offset += length as u64;
    }

    /// Ends the source if a record of which `passed` bytes were passed over is there only to waste time.
    fn stop_bomb(&mut self, passed: u64) {
        let SourceInput::Coded(compression, decoder) = &mut self.input else { return };
        let ratio = decoder.ratio();
        let most = self.options.max_record.saturating_mul(BOMB_RECORDS).max(BOMB_BYTES);
        if passed > most && ratio > BOMB_RATIO && self.failure.is_none() {
            let detail = format!(
                "{} data that unpacks to {ratio} times its size, with a record of over {} MiB; not read further",
                compression.name(),
                passed >> 20
            );
            self.failure = Some(skipped_source(&self.source.name(), Reason::Bomb, detail));
            self.pending.clear();
            self.ended = true;
        }
    }
}

/// Refuses a source that unpacks to more than `most` times its size, as soon as enough was unpacked to tell.
fn within_ratio(compression: Compression, decoder: &mut Decoder, most: u64) -> Result<(), CodecFault> {
    let ratio = decoder.ratio();
    if most == 0 || ratio <= most || decoder.decoded() < RATIO_COUNTS_AFTER {
        return Ok(());
    }
    let detail = format!(
        "{} data that unpacks to {ratio} times its size; not read further, unless --max-ratio allows it",
        compression.name()
    );
    Err(CodecFault::new(Reason::Bomb, detail))
}

/// Equal records compress without end, and a few thousand of them are no attack.
const RATIO_COUNTS_AFTER: u64 = 64 << 20;

/// A compressed source is given up when it unpacks to `BOMB_RATIO` times its size while the record that is passed over is
/// `BOMB_RECORDS` times too large. Text compresses to a tenth, rarely to a hundredth. Text that repeats itself compresses
/// better, but its records end.
const BOMB_RATIO: u64 = 100;
const BOMB_RECORDS: u64 = 4;
/// A record is never too large for this before so many bytes of it have passed.
const BOMB_BYTES: u64 = 64 << 20;

const MAX_OPEN_QUOTES: usize = 16;

impl SourceInput {
    /// Finds out whether the bytes are compressed.
    fn new(mut stored: RawBytes, source: &Source, options: &SourceOptions) -> Result<Self, SkipCause> {
        // A failure comes again when more is read.
        let start = stored.peek(MAGIC).unwrap_or_default();
        let encoded = || Compression::of_records(start, source.format_by_ending(options), options.encoding);
        let compression = Compression::of(start, &source.path).or_else(encoded);
        match (compression, Compression::by_ending(&source.path)) {
            (Some(compression), _) => match Decoder::new(compression, stored, options.most_window) {
                Ok(decoder) => Ok(Self::Coded(compression, decoder)),
                Err(CodecFault { reason, detail }) => Err((reason, detail)),
            },
            (None, Some(named)) if start.is_empty() => {
                Err((Reason::Truncated, format!("the file is empty, not {} data", named.name())))
            }
            _ => Ok(Self::Raw(stored)),
        }
    }

    fn stored(&mut self) -> &mut RawBytes {
        match self {
            Self::Raw(stored) => stored,
            Self::Coded(_, decoder) => decoder.stored(),
        }
    }
}

/// Bytes that tell the compression.
const MAGIC: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_does_not_read_is_refused_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let page = b"<html><p>one two".as_slice();
        for (name, bytes, what, feature, is_built) in [
            ("a.html", page, "HTML", "html", cfg!(feature = "html")),
            ("a", page, "HTML", "html", cfg!(feature = "html")),
            ("a.docx", b"PK\x03\x04", ".docx", "office", cfg!(feature = "office")),
            ("a.pdf", b"%PDF-1.7", ".pdf", "office", cfg!(feature = "office")),
            ("a.parquet", b"PAR1", "Parquet", "parquet", cfg!(feature = "parquet")),
            ("a.warc", b"WARC/1.0\r\nWARC-Type: response\r\n", "web archives", "warc", cfg!(feature = "warc")),
            ("a.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\xff", "gzip", "gzip", cfg!(feature = "gzip")),
            ("a.zst", b"\x28\xb5\x2f\xfd\0\0", "Zstandard", "zstd", cfg!(feature = "zstd")),
            ("a.bz2", b"BZh91AY&SY", "bzip2", "bzip2", cfg!(feature = "bzip2")),
            ("a.lz4", b"\x04\x22\x4d\x18\0\0", "LZ4", "lz4", cfg!(feature = "lz4")),
            ("a.xz", b"\xfd7zXZ\0\0\0", "xz", "xz", cfg!(feature = "xz")),
        ] {
            let source = Source::given(folder.path().join(name));
            std::fs::write(&source.path, bytes).expect("is written");
            let refused = SourceReader::open(&source, &SourceOptions::default()).err();
            let unsupported = refused.filter(|skipped| skipped.reason == Reason::Unsupported);
            let expected = format!("this build reads no {what}; it was made without the feature `{feature}`");
            let expected = (!is_built).then_some(expected);
            assert_eq!(unsupported.and_then(|skipped| skipped.detail), expected, "{name}");
        }
    }
}
