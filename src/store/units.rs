//! Documents as sequences of units: a hash of 8 bytes for each line, paragraph or sentence, in memory or in a temporary
//! file.

use std::path::Path;

use doublon_core::Config;
use doublon_core::kernel::Masks;
use doublon_core::text::{NO_UNIT, PassageUnit, TokenReader, Tokenizer, unit_key};

use super::column::SpillColumn;
use super::part::{PartReader, PartWriter};
use crate::error::Result;

/// The units of all documents.
#[derive(Default)]
pub(crate) struct Units {
    keys: SpillColumn<u64>,
    /// For each document how many units it and those before it have.
    ends: Vec<u64>,
}

/// The units of some documents next to each other.
#[derive(Default)]
pub(crate) struct UnitRows {
    keys: Vec<u64>,
    ends: Vec<usize>,
}

/// A unit: its document, its number in that, and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UnitPlace {
    pub key: u64,
    pub doc: u32,
    pub unit: u32,
}

/// Turns texts into sequences of units. Each thread has its own.
pub(crate) struct UnitReader {
    kind: PassageUnit,
    /// The least words of a unit that is compared.
    least: usize,
    reader: TokenReader,
    words: Vec<u64>,
}

impl UnitReader {
    /// Makes a reader of the units of `config`, if it has any. All readers of a run need one `seed`.
    pub fn new(config: &Config, seed: u64) -> Option<Self> {
        let reader = Tokenizer::new(config.text, seed).reader();
        config.unit.map(|kind| Self { kind, least: config.min_words, reader, words: Vec::new() })
    }

    /// Appends a document, in which known text stands where `masks` are, to `rows`. A unit that has a part of known text
    /// is compared with none.
    pub fn add(&mut self, text: &str, masks: &Masks, rows: &mut UnitRows) {
        let Self { kind, least, reader, words } = self;
        let mut known = masks.spans().iter().peekable();
        // Units are numbered by 32 bits.
        for unit in kind.spans(text).into_iter().take(u32::MAX as usize) {
            while known.next_if(|mask| mask.end <= unit.start).is_some() {}
            let is_known = known.peek().is_some_and(|mask| mask.overlaps(unit));
            words.clear();
            let count = reader.unit_words(&text[unit.start..unit.end], words);
            // One without a word parts what stands around it: a rule, a fence, a brace.
            let is_compared = !is_known && count >= (*least).max(1);
            rows.keys.push(if is_compared { unit_key(words) } else { NO_UNIT });
        }
        rows.ends.push(rows.keys.len());
    }
}

impl UnitRows {
    /// Drops the documents after the first `documents`, and what there is of another.
    pub fn truncate(&mut self, documents: usize) {
        self.ends.truncate(documents);
        self.keys.truncate(self.ends.last().copied().unwrap_or(0));
    }
}

impl Units {
    pub fn append(&mut self, rows: &UnitRows) {
        let before = self.keys.len() as u64;
        self.keys.extend(&rows.keys);
        self.ends.extend(rows.ends.iter().map(|&end| before + end as u64));
    }

    pub fn held_bytes(&self) -> usize {
        self.keys.held_bytes()
    }

    pub fn spill(&mut self, folder: &Path) -> Result<()> {
        self.keys.spill(folder)
    }

    /// Writes down all of them.
    pub fn save(&self, part: &mut PartWriter) -> Result<()> {
        part.column(&self.keys)?;
        part.values(&self.ends)
    }

    /// Reads what [`save`](Self::save) wrote.
    pub fn load(part: &mut PartReader) -> Result<Self> {
        Ok(Self { keys: part.column()?, ends: part.values()? })
    }

    /// Returns the number of units.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns how many units a document has.
    pub fn count(&self, doc: u32) -> u64 {
        self.ends[doc as usize] - doc.checked_sub(1).map_or(0, |before| self.ends[before as usize])
    }

    /// Calls `emit` with each unit of the documents `included`, which are in order, that is compared.
    pub fn for_each(&self, included: &[u32], mut emit: impl FnMut(UnitPlace)) -> Result<()> {
        let mut docs = included.iter().copied().peekable();
        self.keys.for_each_chunk(|first, keys| {
            let (first, end) = (first as u64, (first + keys.len()) as u64);
            while let Some(&doc) = docs.peek() {
                let start = doc.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
                let (from, to) = (start.max(first), self.ends[doc as usize].min(end));
                for at in from..to {
                    let key = keys[(at - first) as usize];
                    if key != NO_UNIT {
                        emit(UnitPlace { key, doc, unit: (at - start) as u32 });
                    }
                }
                if self.ends[doc as usize] > end {
                    break;
                }
                docs.next();
            }
        })
    }
}
