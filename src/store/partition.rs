//! Values divided by what they will be used for together, in memory or in a temporary file.
//!
//! What is made in one order and used in another is sorted in two steps: first into partitions, as it is made, then
//! each partition by itself. So only a few partitions need to be in memory at a time, and those that do not fit wait in
//! a file. Each batch of values that leaves memory is one stretch of the file for each partition, so a partition is
//! read in as many stretches as batches have left.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytemuck::Pod;

use super::spill::SpillFile;
use crate::error::Result;

/// Values that are read at a time where they are not all held.
const PIECE: usize = 1 << 14;

/// All partitions, while they grow.
pub(crate) struct Partitions<T> {
    /// For each partition what is held of it.
    held: Vec<Vec<Vec<T>>>,
    held_values: usize,
    /// How many values are held at most.
    most: usize,
    folder: PathBuf,
    file: Option<SpillFile>,
    /// For each partition what lies in the file.
    stretches: Vec<Vec<SpilledStretch>>,
}

/// One partition, which no longer grows.
pub(crate) struct Partition<T> {
    held: Vec<Vec<T>>,
    file: Option<Arc<SpillFile>>,
    stretches: Vec<SpilledStretch>,
}

struct SpilledStretch {
    start: u64,
    values: usize,
}

impl<T: Pod> Partitions<T> {
    /// Makes `count` empty partitions, of which `bytes` are held at most; a file for the others will be in `folder`.
    pub fn new(count: usize, bytes: usize, folder: &Path) -> Self {
        Self {
            held: (0..count).map(|_| Vec::new()).collect(),
            held_values: 0,
            most: bytes / size_of::<T>(),
            folder: folder.to_owned(),
            file: None,
            stretches: (0..count).map(|_| Vec::new()).collect(),
        }
    }

    /// Appends values to all partitions, in order of the partitions: what [`divide`] gives.
    pub fn extend(&mut self, divided: Vec<Vec<T>>) -> Result<()> {
        for (partition, values) in self.held.iter_mut().zip(divided).filter(|(_, values)| !values.is_empty()) {
            self.held_values += values.len();
            partition.push(values);
        }
        if self.held_values > self.most { self.spill() } else { Ok(()) }
    }

    /// Returns the partitions in order.
    pub fn finish(self) -> Vec<Partition<T>> {
        let file = self.file.map(Arc::new);
        let partitions = self.held.into_iter().zip(self.stretches);
        partitions.map(|(held, stretches)| Partition { held, file: file.clone(), stretches }).collect()
    }

    fn spill(&mut self) -> Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(SpillFile::new(&self.folder)?),
        };
        for (partition, stretches) in self.held.iter_mut().zip(&mut self.stretches) {
            let values = std::mem::take(partition).concat();
            if !values.is_empty() {
                let start = file.append(bytemuck::cast_slice(&values))?;
                stretches.push(SpilledStretch { start, values: values.len() });
            }
        }
        self.held_values = 0;
        Ok(())
    }
}

impl<T: Pod> Partition<T> {
    /// Returns the number of values.
    pub fn len(&self) -> usize {
        let spilled = self.stretches.iter().map(|stretch| stretch.values);
        spilled.chain(self.held.iter().map(Vec::len)).sum()
    }

    /// Returns the values: those that lay in a file first, then the others, both in the order in which they came.
    pub fn load(self) -> Result<Vec<T>> {
        let mut all = self.spilled()?;
        self.held.into_iter().for_each(|values| all.extend(values));
        Ok(all)
    }

    /// Calls `f` with all values, which it does not hold at once.
    pub fn for_each(self, mut f: impl FnMut(T) -> Result<()>) -> Result<()> {
        let mut piece: Vec<T> = Vec::new();
        if let Some(file) = &self.file {
            for &SpilledStretch { start, values } in &self.stretches {
                for from in (0..values).step_by(PIECE) {
                    piece.resize(PIECE.min(values - from), T::zeroed());
                    file.read(start + (from * size_of::<T>()) as u64, bytemuck::cast_slice_mut(&mut piece))?;
                    piece.iter().try_for_each(|&value| f(value))?;
                }
            }
        }
        self.held.into_iter().try_for_each(|values| values.into_iter().try_for_each(&mut f))
    }

    /// Returns what [`load`](Self::load) does, and keeps it.
    pub fn read(&self) -> Result<Vec<T>> {
        let mut all = self.spilled()?;
        self.held.iter().for_each(|values| all.extend_from_slice(values));
        Ok(all)
    }

    /// Returns the values that lay in a file, with room for the others.
    fn spilled(&self) -> Result<Vec<T>> {
        let spilled: usize = self.stretches.iter().map(|stretch| stretch.values).sum();
        let mut all = Vec::with_capacity(self.len());
        if let Some(file) = &self.file {
            all.resize(spilled, T::zeroed());
            let mut rest = all.as_mut_slice();
            for stretch in &self.stretches {
                let (values, after) = rest.split_at_mut(stretch.values);
                file.read(stretch.start, bytemuck::cast_slice_mut(values))?;
                rest = after;
            }
        }
        Ok(all)
    }
}

/// Divides values among `count` partitions, and takes no more memory for a partition than its values need.
pub(crate) fn divide<T: Copy>(values: &[T], count: usize, partition: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let mut lengths = vec![0; count];
    for value in values {
        lengths[partition(value)] += 1;
    }
    let mut divided: Vec<Vec<T>> = lengths.into_iter().map(Vec::with_capacity).collect();
    for value in values {
        divided[partition(value)].push(*value);
    }
    divided
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_hold_the_same_wherever_they_lie() {
        let folder = tempfile::tempdir().expect("a folder");
        let values: Vec<u64> = (0..10_000).map(|n| n * n % 7919).collect();
        for bytes in [0, 8 * 999, 8 * 4000, usize::MAX] {
            let mut partitions = Partitions::new(5, bytes, folder.path());
            for batch in values.chunks(700) {
                partitions.extend(divide(batch, 5, |value| (value % 5) as usize)).expect("extends");
            }
            for (n, partition) in partitions.finish().into_iter().enumerate() {
                let expected: Vec<u64> = values.iter().copied().filter(|value| value % 5 == n as u64).collect();
                assert_eq!(partition.read().expect("reads"), expected, "partition {n} with {bytes} bytes");
                if n == 3 {
                    let mut found = Vec::new();
                    let add = |value| {
                        found.push(value);
                        Ok(())
                    };
                    partition.for_each(add).expect("reads");
                    assert_eq!(found, expected, "with {bytes} bytes");
                    continue;
                }
                assert_eq!(partition.load().expect("loads"), expected, "partition {n} with {bytes} bytes");
            }
        }
    }

    #[test]
    fn a_file_is_made_only_when_values_do_not_fit() {
        let missing = Path::new("no such folder");
        let mut partitions = Partitions::new(2, 16, missing);
        partitions.extend(vec![vec![1u64], vec![2]]).expect("fits");
        assert!(partitions.extend(vec![vec![3], vec![]]).is_err());
    }
}
