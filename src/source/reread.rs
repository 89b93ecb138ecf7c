//! Fetching single records of a source that was read before.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use encoding_rs::Encoding;

use super::block::{BLOCK, Block};
use super::file::Source;
use super::format::Format;
use super::options::SourceOptions;
use super::parse::parse;
use super::part::record_encoding;
use super::raw::Stamp;
use super::record::{Item, Record};
use super::skip::{reason_of, skipped_source};
use super::table::TableLayout;
use crate::finding::{Reason, Skipped};

/// Fetches single records of a source that was read before.
pub struct Rereader {
    source: Source,
    format: Format,
    table: Option<Arc<TableLayout>>,
    /// The encoding of lines that are not in UTF-8.
    encoding: Option<&'static Encoding>,
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
    /// Opens a source again; `format` and `stamp` are those of its [`super::SourceReader`], for which
    /// [`super::SourceReader::can_reread`] holds.
    ///
    /// # Errors
    ///
    /// The source is gone, may not be read, or is standard input or another stream, which gives its bytes only once.
    pub fn open(
        source: &Source,
        format: Format,
        stamp: Option<Stamp>,
        options: &SourceOptions,
    ) -> Result<Self, Skipped> {
        let refused = |reason, detail| skipped_source(&source.name(), reason, detail);
        let failed = |error: io::Error| refused(reason_of(&error), error.to_string());
        // Opening a pipe would wait for a writer for ever.
        if source.is_stdin() || !fs::metadata(&source.path).map_err(failed)?.is_file() {
            return Err(refused(Reason::ReadError, "it gives its bytes only once".to_owned()));
        }
        let mut file = File::open(&source.path).map_err(failed)?;
        let start = match format {
            Format::Csv | Format::Tsv | Format::Lines => start_of(&mut file).map_err(failed)?,
            _ => Vec::new(),
        };
        let table = match format {
            Format::Csv | Format::Tsv => {
                let table = TableLayout::read(&start, start.len() < BLOCK, format, options);
                Some(Arc::new(table.map_err(|(reason, why)| refused(reason, why))?))
            }
            _ => None,
        };
        let encoding = (format == Format::Lines).then(|| record_encoding(&start, options)).flatten();
        let source = source.clone();
        Ok(Self {
            source,
            format,
            table,
            encoding,
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
            let table = self.table.clone();
            let encoding = self.encoding;
            let mut block = Block { bytes, first_record: record, offset, table, encoding, ..Block::default() };
            parse(&mut block, self.format, &name, options, &mut items);
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

/// Reads what tells how the records of a file are read.
fn start_of(file: &mut File) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    file.take(BLOCK as u64).read_to_end(&mut start)?;
    Ok(start)
}
