//! Reading all sources: one thread reads blocks while the others work on those read before.

use rayon::prelude::*;

use super::guard::{guarded, internal_error};
use super::progress::Progress;
use crate::error::Result;
use crate::finding::{Skipped, SourceInfo};
use crate::source::{self, Block, Format, Item, Source, SourceOptions, SourceReader, Stamp};

/// What is known after all sources are read.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    pub sources: Vec<SourceInfo>,
    pub skipped: Vec<Skipped>,
    /// What tells whether a source has changed since, by number.
    pub stamps: Vec<Option<Stamp>>,
    /// Whether a source changed while it was read, by number.
    pub changed: Vec<bool>,
}

/// A block with what is known of its source.
struct Work {
    from: BlockSource,
    block: Block,
}

/// What a block was read from; sources are numbered from 0 in the order in which they are read.
#[derive(Clone, Copy)]
pub(crate) struct BlockSource {
    pub source: u32,
    pub format: Format,
    /// Whether single records can be read again.
    pub can_reread: bool,
}

/// Reads all sources in order and turns the items of each block into a `T` by `work`, in parallel; `sink` gets those
/// in order. `ahead` is the number of bytes that are read while the others work.
///
/// # Errors
///
/// If the sink fails.
pub(crate) fn read<T: Send>(
    sources: &[Source],
    options: &SourceOptions,
    hold: bool,
    ahead: usize,
    progress: &dyn Progress,
    work: impl Fn(BlockSource, Vec<Item>) -> T + Sync,
    mut sink: impl FnMut(T) -> Result<()>,
) -> Result<Intake> {
    let first = options.without_metadata();
    let parsed = |Work { from, mut block }: Work| {
        let options = if from.can_reread && !hold { &first } else { options };
        let name = sources[from.source as usize].name();
        let parse = |block: &mut Block, items: &mut _| source::parse(block, from.format, &name, options, items);
        let items = parse_guarded(&mut block, from.format, &name, parse);
        progress.documents(items.iter().filter(|item| matches!(item, Item::Document(_))).count() as u64);
        work(from, items)
    };
    let count = sources.len();
    let read = Intake { stamps: vec![None; count], changed: vec![false; count], ..Intake::default() };
    let mut reader = Reader { sources: sources.iter().zip(0..), current: None, told: 0, options, progress, read };
    let mut batch = reader.batch(ahead);
    while !batch.is_empty() {
        let (next, done) =
            rayon::join(|| reader.batch(ahead), || batch.into_par_iter().map(parsed).collect::<Vec<_>>());
        done.into_iter().try_for_each(&mut sink)?;
        batch = next;
    }
    Ok(reader.read)
}

/// Parses a block, record by record if that fails, so that one on which doublon fails costs no others.
fn parse_guarded(
    block: &mut Block,
    format: Format,
    name: &str,
    parse: impl Fn(&mut Block, &mut Vec<Item>),
) -> Vec<Item> {
    let parse = |block: &mut Block| {
        let mut items = Vec::new();
        guarded(|| parse(block, &mut items)).map(|()| items)
    };
    parse(block).unwrap_or_else(|_| {
        let failed = |piece: &Block, panic: String| {
            let place = Some((piece.first_record, piece.offset));
            vec![Item::Skipped(internal_error(name, place, None, &panic))]
        };
        let pieces = block.pieces(format).into_iter();
        pieces.flat_map(|mut piece| parse(&mut piece).unwrap_or_else(|panic| failed(&piece, panic))).collect()
    })
}

struct Reader<'a, I> {
    sources: I,
    current: Option<(u32, SourceReader)>,
    /// Bytes of the current source that the progress knows of.
    told: u64,
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
            total += piece.block.size();
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
            let next = reader.next_block();
            let position = reader.position();
            self.progress.advance(position - self.told);
            self.told = position;
            match next {
                Some(Ok(block)) => {
                    let (format, can_reread) = (reader.format(), reader.can_reread());
                    return Some(Work { from: BlockSource { source: *source, format, can_reread }, block });
                }
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
            self.told = 0;
            self.read.changed[number as usize] = !skipped.is_empty();
            self.read.sources.push(info);
            self.read.skipped.extend(skipped);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Reason;

    #[test]
    fn f47_one_record_on_which_parsing_fails_costs_no_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, "{\"text\":\"a\"}\n{\"text\":\"b\"}\n\n{\"text\":\"c\"}\n").expect("is written");
        let options = SourceOptions::default();
        let mut reader = SourceReader::open(&Source::given(path), &options).expect("opens");
        let mut block = reader.next_block().expect("a block").expect("is good");
        let items = parse_guarded(&mut block, Format::Jsonl, "a.jsonl", |block, items| {
            source::parse(block, Format::Jsonl, "a.jsonl", &options, items);
            assert!(!block.bytes.contains(&b'b'), "a bug");
        });
        let [Item::Document(first), Item::Skipped(second), Item::Document(third)] = items.as_slice() else {
            panic!("{items:?}");
        };
        assert_eq!((first.record, third.record, third.text.as_str()), (0, 3, "c"));
        assert_eq!((second.reason, second.record, second.offset), (Reason::InternalError, Some(1), Some(13)));
    }
}
