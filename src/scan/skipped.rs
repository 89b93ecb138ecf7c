//! What was not compared, and why: 32 bytes of memory each, the rest spooled.
//!
//! An archive can have more broken records than documents. What is told of each waits in a spool, and only what orders
//! them stays in memory.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::finding::{Reason, Skipped};
use crate::store::{Budget, PartReader, PartWriter, Spool};

/// All records and sources that were skipped.
#[derive(Debug, Default)]
pub(crate) struct SkippedList {
    names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
    entries: Vec<SkippedEntry>,
    spool: Spool,
    counts: BTreeMap<Reason, u64>,
    other_files: BTreeMap<String, u64>,
    /// The names of sources that others are only compared with.
    against: HashSet<u32>,
}

#[derive(Clone, Copy, Debug)]
struct SkippedEntry {
    /// The number of the source's name.
    name: u32,
    length: u32,
    /// The record plus one, 0 where there is none.
    record: u64,
    start: u64,
}

impl SkippedList {
    /// Says that others are only compared with what is in this source.
    pub fn add_against(&mut self, source: &str) {
        let name = self.number(source);
        self.against.insert(name);
    }

    /// Appends one.
    pub fn push(&mut self, skipped: &Skipped) {
        let name = self.number(&skipped.source);
        if skipped.against {
            self.against.insert(name);
        }
        let record = skipped.record.map_or(0, |record| record.saturating_add(1));
        let bytes = encode(skipped);
        let start = self.spool.append(&bytes);
        self.entries.push(SkippedEntry { name, length: bytes.len() as u32, record, start });
        match skipped.other_kind() {
            Some(kind) => *self.other_files.entry(kind.to_owned()).or_insert(0) += 1,
            None => *self.counts.entry(skipped.reason).or_insert(0) += 1,
        }
    }

    /// Moves the spool to disk when it outgrows its part of the budget.
    pub fn spill_over(&mut self, budget: &Budget) -> Result<()> {
        if self.spool.held_bytes() > budget.skipped() { self.spool.spill(&budget.folder) } else { Ok(()) }
    }

    /// Returns how many count as documents: other files do not.
    pub fn documents(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Returns how many other files there are of each kind.
    pub fn other_files(&self) -> BTreeMap<String, u64> {
        self.other_files.clone()
    }

    /// Returns how many documents there are of each reason, by its name.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.counts.iter().map(|(reason, &count)| (reason.name().to_owned(), count)).collect()
    }

    /// Calls `emit` with all of them in order.
    pub fn for_each(mut self, mut emit: impl FnMut(Skipped) -> Result<()>) -> Result<()> {
        let names = &self.names;
        self.entries.sort_by(|x, y| {
            let by_name =
                if x.name == y.name { Ordering::Equal } else { names[x.name as usize].cmp(&names[y.name as usize]) };
            by_name.then(x.record.cmp(&y.record))
        });
        // Those of one record differ only in what is spooled; they are few.
        for same in self.entries.chunk_by(|x, y| (x.name, x.record) == (y.name, y.record)) {
            let mut read = same.iter().map(|entry| self.read(*entry)).collect::<Result<Vec<_>>>()?;
            read.sort();
            read.into_iter().try_for_each(&mut emit)?;
        }
        Ok(())
    }

    /// Writes down all of them.
    pub fn save(&self, part: &mut PartWriter) -> Result<()> {
        let against = self.against.iter().map(|&name| &self.names[name as usize]);
        part.json(&against.map(|name| &**name).collect::<Vec<&str>>())?;
        part.number(self.entries.len() as u64)?;
        self.entries.iter().try_for_each(|entry| part.json(&self.read(*entry)?))
    }

    /// Reads what [`save`](Self::save) wrote.
    pub fn load(part: &mut PartReader, budget: &Budget) -> Result<Self> {
        let mut list = Self::default();
        part.json::<Vec<String>>()?.iter().for_each(|name| list.add_against(name));
        for _ in 0..part.number()? {
            list.push(&part.json()?);
            list.spill_over(budget)?;
        }
        Ok(list)
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let (name, number): (Arc<str>, u32) = (name.into(), self.names.len() as u32);
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        number
    }

    fn read(&self, entry: SkippedEntry) -> Result<Skipped> {
        let bytes = self.spool.read(entry.start, u64::from(entry.length))?;
        let source = self.names[entry.name as usize].to_string();
        let record = entry.record.checked_sub(1);
        let skipped = decode(&bytes, source, record);
        let skipped = skipped.map(|skipped| Skipped { against: self.against.contains(&entry.name), ..skipped });
        skipped
            .ok_or_else(|| Error::Io { path: "temporary data".into(), cause: std::io::ErrorKind::InvalidData.into() })
    }
}

/// The offset, the reason and the detail, as JSON.
fn encode(skipped: &Skipped) -> Vec<u8> {
    let rest = (skipped.offset, skipped.reason, &skipped.detail);
    serde_json::to_vec(&rest).unwrap_or_default() // of numbers and strings, which JSON can always hold
}

fn decode(bytes: &[u8], source: String, record: Option<u64>) -> Option<Skipped> {
    let (offset, reason, detail) = serde_json::from_slice(bytes).ok()?;
    Some(Skipped { source, record, offset, reason, detail, against: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Resources;

    #[test]
    fn they_come_back_in_order_from_memory_and_from_disk() {
        let skipped = |source: &str, record, detail: &str| Skipped {
            source: source.into(),
            record,
            offset: record.map(|record: u64| record.wrapping_mul(10)),
            reason: if record.is_none() { Reason::Missing } else { Reason::InvalidJson },
            detail: Some(detail.into()),
            against: false,
        };
        let other = |detail: &str| Skipped { reason: Reason::OtherFile, ..skipped("o", None, detail) };
        let all = [
            skipped("b", Some(2), "x"),
            skipped("a", Some(70), "y"),
            skipped("b", None, "z"),
            skipped("a", Some(9), "b"),
            skipped("a", Some(9), "a"),
            skipped("b", Some(u64::MAX - 1), "last"),
            other("picture (PNG)"),
            other("picture (GIF)"),
            other("font"),
        ];
        for memory in [None, Some(64)] {
            let budget = Budget::new(&Resources { memory, ..Resources::default() });
            let mut list = SkippedList::default();
            for one in &all {
                list.push(one);
                list.spill_over(&budget).expect("spills");
            }
            assert_eq!(list.documents(), 6);
            assert_eq!(list.counts(), BTreeMap::from([("invalid_json".into(), 5), ("missing".into(), 1)]));
            assert_eq!(list.other_files(), BTreeMap::from([("font".into(), 1), ("picture".into(), 2)]));
            let mut found = Vec::new();
            list.for_each(|one| {
                found.push(one);
                Ok(())
            })
            .expect("is there");
            let mut sorted = all.to_vec();
            sorted.sort();
            assert_eq!(found, sorted);
        }
    }
}
