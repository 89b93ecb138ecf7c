//! Values divided by what they will be used for together, in memory or in a temporary file.
//!
//! What is made in one order and used in another is sorted in two steps: first into shares, as it is made, then each
//! share by itself. So no more than a few shares need to be in memory at a time, and those that do not fit wait in a
//! file. Each batch of values that leaves memory is one stretch of the file a share, so a share is read in as many
//! stretches as batches have left.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytemuck::Pod;

use crate::error::{Error, Result};

/// All shares, while they grow.
pub(super) struct Shares<T> {
    /// For each share what is held of it.
    held: Vec<Vec<Vec<T>>>,
    held_values: usize,
    /// How many values are held at most.
    most: usize,
    folder: PathBuf,
    file: Option<File>,
    /// For each share what lies in the file.
    stretches: Vec<Vec<Stretch>>,
}

/// One share, which no longer grows.
pub(super) struct Share<T> {
    held: Vec<Vec<T>>,
    file: Option<Arc<Mutex<File>>>,
    stretches: Vec<Stretch>,
}

struct Stretch {
    start: u64,
    values: usize,
}

impl<T: Pod> Shares<T> {
    /// Makes `count` empty shares, of which `bytes` are held at most; a file for the others will be in `folder`.
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

    /// Appends values to all shares, in order of the shares: what [`divide`] gives.
    pub fn extend(&mut self, divided: Vec<Vec<T>>) -> Result<()> {
        for (share, values) in self.held.iter_mut().zip(divided).filter(|(_, values)| !values.is_empty()) {
            self.held_values += values.len();
            share.push(values);
        }
        if self.held_values > self.most { self.spill() } else { Ok(()) }
    }

    /// Returns the shares in order.
    pub fn finish(self) -> Vec<Share<T>> {
        let file = self.file.map(|file| Arc::new(Mutex::new(file)));
        let shares = self.held.into_iter().zip(self.stretches);
        shares.map(|(held, stretches)| Share { held, file: file.clone(), stretches }).collect()
    }

    fn spill(&mut self) -> Result<()> {
        let failed = |cause| Error::Io { path: self.folder.clone(), cause };
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder).map_err(failed)?),
        };
        let mut start = file.seek(SeekFrom::End(0)).map_err(failed)?;
        for (share, stretches) in self.held.iter_mut().zip(&mut self.stretches) {
            let values = std::mem::take(share).concat();
            if !values.is_empty() {
                file.write_all(bytemuck::cast_slice(&values)).map_err(failed)?;
                stretches.push(Stretch { start, values: values.len() });
                start += size_of_val(values.as_slice()) as u64;
            }
        }
        self.held_values = 0;
        Ok(())
    }
}

impl<T: Pod> Share<T> {
    /// Returns the values: those that lay in a file first, then the others, both in the order in which they came.
    pub fn load(self) -> Result<Vec<T>> {
        let spilled: usize = self.stretches.iter().map(|stretch| stretch.values).sum();
        let held: usize = self.held.iter().map(Vec::len).sum();
        let mut all = Vec::with_capacity(spilled + held);
        if let Some(file) = &self.file {
            all.resize(spilled, T::zeroed());
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            let mut rest = all.as_mut_slice();
            for stretch in &self.stretches {
                let (values, after) = rest.split_at_mut(stretch.values);
                read(&mut file, stretch.start, bytemuck::cast_slice_mut(values))?;
                rest = after;
            }
        }
        self.held.into_iter().for_each(|values| all.extend(values));
        Ok(all)
    }
}

fn read(file: &mut File, start: u64, bytes: &mut [u8]) -> Result<()> {
    let read = file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(bytes));
    read.map_err(|cause| Error::Io { path: "temporary file".into(), cause })
}

/// Divides values among `count` shares, and takes no more memory for a share than its values need.
pub(super) fn divide<T: Copy>(values: &[T], count: usize, share: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let mut lengths = vec![0; count];
    for value in values {
        lengths[share(value)] += 1;
    }
    let mut divided: Vec<Vec<T>> = lengths.into_iter().map(Vec::with_capacity).collect();
    for value in values {
        divided[share(value)].push(*value);
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
            let mut shares = Shares::new(5, bytes, folder.path());
            for batch in values.chunks(700) {
                shares.extend(divide(batch, 5, |value| (value % 5) as usize)).expect("extends");
            }
            for (n, share) in shares.finish().into_iter().enumerate() {
                let expected: Vec<u64> = values.iter().copied().filter(|value| value % 5 == n as u64).collect();
                assert_eq!(share.load().expect("loads"), expected, "share {n} with {bytes} bytes");
            }
        }
    }

    #[test]
    fn a_file_is_made_only_when_values_do_not_fit() {
        let missing = Path::new("no such folder");
        let mut shares = Shares::new(2, 16, missing);
        shares.extend(vec![vec![1u64], vec![2]]).expect("fits");
        assert!(shares.extend(vec![vec![3], vec![]]).is_err());
    }
}
