//! The documents of a file, one after another.

use std::collections::VecDeque;
use std::path::Path;

use crate::error::{Error, Result};
use crate::finding::{Skipped, SourceInfo};
use crate::scan::guarded;
use crate::source::{self, Item, Record, Source, SourceOptions, SourceReader};

/// Reads a file.
pub(super) struct Records<'o> {
    reader: SourceReader,
    options: &'o SourceOptions,
    name: String,
    path: std::path::PathBuf,
    items: VecDeque<Item>,
    /// Records that were no documents.
    pub skipped: u64,
}

impl<'o> Records<'o> {
    pub fn open(path: &Path, options: &'o SourceOptions) -> Result<Self> {
        let source = Source::given(path);
        let reader = SourceReader::open(&source, options).map_err(|skipped| not_read(path, &skipped))?;
        let (items, path) = (VecDeque::new(), path.to_owned());
        Ok(Self { reader, options, name: source.name(), path, items, skipped: 0 })
    }

    /// Returns the next document, or none at the end.
    pub fn next(&mut self) -> Result<Option<Record>> {
        loop {
            match self.items.pop_front() {
                Some(Item::Document(record)) => return Ok(Some(record)),
                Some(Item::Skipped(_)) => self.skipped += 1,
                None => match self.reader.next_block() {
                    None => return Ok(None),
                    Some(Err(_)) => self.skipped += 1,
                    Some(Ok(mut block)) => {
                        let (format, mut items) = (self.reader.format(), Vec::new());
                        guarded(|| source::parse(&mut block, format, &self.name, self.options, &mut items))
                            .map_err(|panic| refused(&self.path, format!("doublon failed on it: {panic}")))?;
                        self.items.extend(items);
                    }
                },
            }
        }
    }

    /// Reads to the end, and returns what was read.
    pub fn finish(mut self) -> Result<SourceInfo> {
        while self.next()?.is_some() {}
        Ok(self.reader.finish().0)
    }
}

fn not_read(path: &Path, skipped: &Skipped) -> Error {
    refused(path, skipped.detail.clone().unwrap_or_else(|| skipped.reason.name().to_owned()))
}

fn refused(path: &Path, detail: String) -> Error {
    Error::Refused { path: path.to_owned(), detail }
}
