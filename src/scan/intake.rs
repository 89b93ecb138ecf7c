//! Reading all sources: one thread reads blocks while the others work on those read before.

use rayon::prelude::*;

use super::Progress;
use crate::error::{Error, Result};
use crate::finding::{Skipped, SourceInfo};
use crate::source::{self, Block, Format, Item, Source, SourceOptions, SourceReader, Stamp};

/// What is known after all sources are read.
#[derive(Debug, Default)]
pub(super) struct Intake {
    pub sources: Vec<SourceInfo>,
    pub skipped: Vec<Skipped>,
    /// What tells whether a source has changed since, by number.
    pub stamps: Vec<Option<Stamp>>,
}

/// A block with the number of its source.
struct Work {
    source: u32,
    format: Format,
    block: Block,
}

/// Reads all sources in order and turns the items of each block into a `T` by `work`, in parallel; `sink` gets those
/// in order. `ahead` is the number of bytes that are read while the others work.
///
/// # Errors
///
/// If there are more sources than can be numbered, or the sink fails.
pub(super) fn read<T: Send>(
    sources: &[Source],
    options: &SourceOptions,
    ahead: usize,
    progress: &dyn Progress,
    work: impl Fn(u32, Format, Vec<Item>) -> T + Sync,
    mut sink: impl FnMut(T) -> Result<()>,
) -> Result<Intake> {
    if u32::try_from(sources.len()).is_err() {
        return Err(Error::TooMany { what: "sources", limit: u64::from(u32::MAX) });
    }
    let parsed = |piece: Work| {
        let mut items = Vec::new();
        let name = sources[piece.source as usize].name();
        source::parse(piece.block, piece.format, &name, options, &mut items);
        work(piece.source, piece.format, items)
    };
    let read = Intake { stamps: vec![None; sources.len()], ..Intake::default() };
    let mut reader = Reader { sources: sources.iter().zip(0..), current: None, options, progress, read };
    let mut batch = reader.batch(ahead);
    while !batch.is_empty() {
        let (next, done) = rayon::join(|| reader.batch(ahead), || batch.into_par_iter().map(parsed).collect::<Vec<_>>());
        done.into_iter().try_for_each(&mut sink)?;
        batch = next;
    }
    Ok(reader.read)
}

struct Reader<'a, I> {
    sources: I,
    current: Option<(u32, SourceReader)>,
    options: &'a SourceOptions,
    progress: &'a dyn Progress,
    read: Intake,
}

impl<'a, I: Iterator<Item = (&'a Source, u32)>> Reader<'a, I> {
    /// Reads blocks until there are so many bytes of them or nothing is left.
    fn batch(&mut self, bytes: usize) -> Vec<Work> {
        let mut batch = Vec::new();
        let mut total = 0;
        while total < bytes && batch.len() < 4096 {
            let Some(piece) = self.next() else { break };
            self.progress.advance(piece.block.bytes.len() as u64);
            total += piece.block.bytes.len();
            batch.push(piece);
        }
        batch
    }

    fn next(&mut self) -> Option<Work> {
        loop {
            let Some((source, reader)) = &mut self.current else {
                self.open()?;
                continue;
            };
            match reader.next_block() {
                Some(Ok(block)) => return Some(Work { source: *source, format: reader.format(), block }),
                Some(Err(skipped)) => self.read.skipped.push(skipped),
                None => self.close(),
            }
        }
    }

    /// Opens the next source that can be opened, or returns `None` if none is left.
    fn open(&mut self) -> Option<()> {
        let (source, number) = self.sources.next()?;
        match SourceReader::open(source, self.options) {
            Ok(reader) => self.current = Some((number, reader)),
            Err(skipped) => {
                self.read.skipped.push(skipped);
            }
        }
        Some(())
    }

    fn close(&mut self) {
        if let Some((number, reader)) = self.current.take() {
            self.read.stamps[number as usize] = reader.stamp();
            let (info, skipped) = reader.finish();
            self.read.sources.push(info);
            self.read.skipped.extend(skipped);
        }
    }
}
