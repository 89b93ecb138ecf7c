//! Values in order, however many: sorted in runs, which wait in a temporary file, and merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytemuck::Pod;

use super::spill::SpillFile;
use crate::error::Result;

/// Bytes that are read of a run at a time.
const PIECE: usize = 1 << 15;

/// Sorts values by what `key` gives. Nothing depends on how many fit in memory, unless values that differ have one key.
pub(crate) struct Sorter<T, K> {
    key: fn(&T) -> K,
    held: Vec<T>,
    /// How many values are held at most.
    most: usize,
    folder: PathBuf,
    file: Option<SpillFile>,
    /// How many values each run in the file has.
    runs: Vec<usize>,
}

/// Values in order.
pub(crate) struct Sorted<T, K> {
    key: fn(&T) -> K,
    runs: Vec<SortedRun<T>>,
    /// The next value of each run by its key.
    next: BinaryHeap<Reverse<(K, usize)>>,
}

struct SortedRun<T> {
    file: Option<Arc<SpillFile>>,
    /// Where the values begin in the file that are not yet read, and how many there are.
    start: u64,
    left: usize,
    /// The values read, the next one last.
    read: Vec<T>,
}

impl<T: Pod, K: Ord> Sorter<T, K> {
    /// Makes one that holds so many bytes of values; a file for the others will be in `folder`.
    pub fn new(key: fn(&T) -> K, bytes: usize, folder: &Path) -> Self {
        let most = (bytes / size_of::<T>()).max(1);
        Self { key, held: Vec::new(), most, folder: folder.to_owned(), file: None, runs: Vec::new() }
    }

    /// Adds a value.
    pub fn push(&mut self, value: T) -> Result<()> {
        if self.held.len() >= self.most {
            self.spill()?;
        }
        self.held.push(value);
        Ok(())
    }

    fn spill(&mut self) -> Result<()> {
        self.held.sort_unstable_by_key(self.key);
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(SpillFile::new(&self.folder)?),
        };
        file.append(bytemuck::cast_slice(&self.held))?;
        self.runs.push(self.held.len());
        self.held.clear();
        Ok(())
    }

    /// Returns all values in order.
    pub fn sorted(mut self) -> Result<Sorted<T, K>> {
        self.held.sort_unstable_by_key(self.key);
        self.held.reverse();
        let file = self.file.map(Arc::new);
        let mut start = 0;
        let of_file = self.runs.iter().map(|&left| {
            let from = start;
            start += (left * size_of::<T>()) as u64;
            SortedRun { file: file.clone(), start: from, left, read: Vec::new() }
        });
        let mut runs: Vec<SortedRun<T>> = of_file.collect();
        runs.push(SortedRun { file: None, start: 0, left: 0, read: self.held });
        let mut sorted = Sorted { key: self.key, runs, next: BinaryHeap::new() };
        (0..sorted.runs.len()).try_for_each(|run| sorted.advance(run))?;
        Ok(sorted)
    }
}

impl<T: Pod, K: Ord> Sorted<T, K> {
    /// Files the next value of a run, if it has one.
    fn advance(&mut self, run: usize) -> Result<()> {
        if let Some(value) = self.runs[run].peek()? {
            self.next.push(Reverse(((self.key)(&value), run)));
        }
        Ok(())
    }

    fn take(&mut self) -> Result<Option<T>> {
        let Some(Reverse((_, run))) = self.next.pop() else { return Ok(None) };
        let value = self.runs[run].read.pop();
        self.advance(run)?;
        Ok(value)
    }
}

impl<T: Pod, K: Ord> Iterator for Sorted<T, K> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        self.take().transpose()
    }
}

impl<T: Pod> SortedRun<T> {
    fn peek(&mut self) -> Result<Option<T>> {
        if let (None, Some(file)) = (self.read.last(), &self.file) {
            let count = self.left.min((PIECE / size_of::<T>()).max(1));
            self.read.resize(count, T::zeroed());
            file.read(self.start, bytemuck::cast_slice_mut(&mut self.read))?;
            self.read.reverse();
            self.left -= count;
            self.start += (count * size_of::<T>()) as u64;
        }
        Ok(self.read.last().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_order_wherever_they_lay() {
        let folder = tempfile::tempdir().expect("a folder");
        let values: Vec<u64> = (0..30_000).map(|n| n * n % 7919).collect();
        for bytes in [8, 8 * 999, 8 * 15_000, 8 * 30_000, 8 * 40_000] {
            // With a byte for each value there would be a run for each.
            let some = if bytes == 8 { 50 } else { values.len() };
            let mut sorter = Sorter::new(|&value: &u64| Reverse(value), bytes, folder.path());
            values[..some].iter().for_each(|&value| sorter.push(value).expect("pushes"));
            let found: Vec<u64> = sorter.sorted().expect("sorts").map(|value| value.expect("reads")).collect();
            let mut expected = values[..some].to_vec();
            expected.sort_unstable_by_key(|&value| Reverse(value));
            assert_eq!(found, expected, "{bytes} bytes");
        }
    }

    #[test]
    fn no_value_is_no_value() {
        let sorter = Sorter::new(|&value: &u64| value, 8, Path::new("no such folder"));
        assert_eq!(sorter.sorted().expect("sorts").count(), 0);
    }
}
