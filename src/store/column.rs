//! One value for each document, in memory or in a temporary file.
//!
//! Columns are written once, in order, and read from start to end or at a few places. So a table that is larger than
//! the memory budget can lie on disk at the cost of reading each column as often as it is used.

use std::ops::Range;
use std::path::Path;

use bytemuck::Pod;

use super::spill::SpillFile;
use crate::error::Result;

/// Bytes that are read at a time.
const CHUNK: usize = 1 << 20;

/// A growing sequence of plain values.
#[derive(Debug)]
pub(crate) struct SpillColumn<T> {
    held: Vec<T>,
    /// Where the first values are once they have left memory.
    spilled: Option<SpillFile>,
}

impl<T> Default for SpillColumn<T> {
    fn default() -> Self {
        Self { held: Vec::new(), spilled: None }
    }
}

impl<T: Pod> SpillColumn<T> {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.spilled_len() + self.held.len()
    }

    /// Returns the bytes of memory in use.
    pub fn held_bytes(&self) -> usize {
        self.held.capacity() * size_of::<T>()
    }

    pub fn extend(&mut self, values: &[T]) {
        self.held.extend_from_slice(values);
    }

    pub fn extend_by(&mut self, values: impl Iterator<Item = T>) {
        self.held.extend(values);
    }

    /// Moves what is held to a file in `folder`.
    pub fn spill(&mut self, folder: &Path) -> Result<()> {
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            none => none.insert(SpillFile::new(folder)?),
        };
        spilled.append(bytemuck::cast_slice(&self.held))?;
        self.held = Vec::new();
        Ok(())
    }

    /// Appends what `of` makes of all values of another column, and goes to disk if that is there.
    #[cfg(feature = "index")]
    pub fn append_by(&mut self, other: &Self, of: impl Fn(T) -> T, folder: &Path) -> Result<()> {
        let (is_spilled, mut failed) = (other.spilled.is_some(), None);
        other.for_each_chunk(|_, chunk| {
            self.held.extend(chunk.iter().map(|&value| of(value)));
            if is_spilled && failed.is_none() {
                failed = self.spill(folder).err();
            }
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// Calls `f` with all values in order, a stretch at a time, and the index of the first of each.
    pub fn for_each_chunk(&self, mut f: impl FnMut(usize, &[T])) -> Result<()> {
        let mut first = 0;
        if let Some(spilled) = &self.spilled {
            let count = self.spilled_len();
            let mut chunk: Vec<T> = vec![T::zeroed(); (CHUNK / size_of::<T>()).min(count)];
            while first < count {
                let len = chunk.len().min(count - first);
                read(spilled, first, &mut chunk[..len])?;
                f(first, &chunk[..len]);
                first += len;
            }
        }
        if !self.held.is_empty() {
            f(first, &self.held);
        }
        Ok(())
    }

    /// Calls `f` with all values in order, as [`for_each_chunk`](Self::for_each_chunk) does, to change them where they are.
    pub fn change_chunks(&mut self, mut f: impl FnMut(usize, &mut [T]) -> Result<()>) -> Result<()> {
        let (mut first, count) = (0, self.spilled_len());
        if let Some(spilled) = &self.spilled {
            let mut chunk: Vec<T> = vec![T::zeroed(); (CHUNK / size_of::<T>()).min(count)];
            while first < count {
                let len = chunk.len().min(count - first);
                read(spilled, first, &mut chunk[..len])?;
                f(first, &mut chunk[..len])?;
                spilled.replace((first * size_of::<T>()) as u64, bytemuck::cast_slice(&chunk[..len]))?;
                first += len;
            }
        }
        let mut held = self.held.chunks_mut(CHUNK / size_of::<T>());
        held.try_for_each(|chunk| {
            f(first, chunk)?;
            first += chunk.len();
            Ok(())
        })
    }

    /// Returns the values at ascending `places`.
    pub fn gather(&self, places: &[u32]) -> Result<Vec<T>> {
        let mut found = Vec::with_capacity(places.len());
        let mut rest = places;
        self.for_each_chunk(|first, chunk| {
            let here = rest.partition_point(|&place| (place as usize) < first + chunk.len());
            found.extend(rest[..here].iter().map(|&place| chunk[place as usize - first]));
            rest = &rest[here..];
        })?;
        Ok(found)
    }

    /// Returns all values to change them, unless some are in a file.
    pub fn held_mut(&mut self) -> Option<&mut [T]> {
        self.spilled.is_none().then_some(&mut self.held)
    }

    /// Returns whether some values are in a file.
    pub fn is_spilled(&self) -> bool {
        self.spilled.is_some()
    }

    /// Returns a stretch of values: borrowed if they are held, or read into `buffer`.
    pub fn stretch<'a>(&'a self, stretch: Range<usize>, buffer: &'a mut Vec<T>) -> Result<&'a [T]> {
        if !self.is_spilled() {
            return Ok(&self.held[stretch]);
        }
        self.copy(stretch, buffer)?;
        Ok(buffer)
    }

    /// Replaces `values` by a stretch.
    pub fn copy(&self, stretch: Range<usize>, values: &mut Vec<T>) -> Result<()> {
        values.clear();
        let Some(spilled) = &self.spilled else {
            values.extend_from_slice(&self.held[stretch]);
            return Ok(());
        };
        values.resize(stretch.len(), T::zeroed());
        let count = self.spilled_len();
        let in_file = stretch.start.min(count)..stretch.end.min(count);
        let (from_file, from_memory) = values.split_at_mut(in_file.len());
        if !from_file.is_empty() {
            read(spilled, in_file.start, from_file)?;
        }
        let held = stretch.start.max(count) - count;
        from_memory.copy_from_slice(&self.held[held..held + from_memory.len()]);
        Ok(())
    }

    /// Returns the value at one place.
    pub fn get(&self, place: u32) -> Result<T> {
        let (place, count) = (place as usize, self.spilled_len());
        match &self.spilled {
            Some(spilled) if place < count => {
                let mut value = [T::zeroed()];
                read(spilled, place, &mut value)?;
                Ok(value[0])
            }
            _ => Ok(self.held[place - count]),
        }
    }

    /// Returns all values, borrowed where they are held.
    pub fn load(&self) -> Result<std::borrow::Cow<'_, [T]>> {
        if self.spilled.is_none() {
            return Ok(self.held.as_slice().into());
        }
        let mut all = Vec::with_capacity(self.len());
        self.for_each_chunk(|_, chunk| all.extend_from_slice(chunk))?;
        Ok(all.into())
    }

    fn spilled_len(&self) -> usize {
        self.spilled.as_ref().map_or(0, |spilled| spilled.len() as usize / size_of::<T>())
    }
}

/// Reads values from the one numbered `first` on.
fn read<T: Pod>(file: &SpillFile, first: usize, values: &mut [T]) -> Result<()> {
    file.read((first * size_of::<T>()) as u64, bytemuck::cast_slice_mut(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_reads_the_same_wherever_it_lies() {
        let folder = tempfile::tempdir().expect("a folder");
        let values: Vec<u64> = (0..300_000).map(|n| n * n).collect();
        for spills in [vec![], vec![300_000], vec![1, 140_000], vec![0, 7, 200_000, 299_999]] {
            let mut column = SpillColumn::new();
            for (n, &value) in values.iter().enumerate() {
                if spills.contains(&n) {
                    column.spill(folder.path()).expect("spills");
                }
                column.extend(&[value]);
            }
            if spills.contains(&values.len()) {
                column.spill(folder.path()).expect("spills");
            }
            assert_eq!(column.len(), values.len());
            assert_eq!(*column.load().expect("loads"), *values, "{spills:?}");
            let mut buffer = Vec::new();
            for stretch in [0..300_000, 5..9, 139_990..140_010, 199_998..200_003, 299_999..300_000, 300_000..300_000] {
                let found = column.stretch(stretch.clone(), &mut buffer).expect("reads");
                assert_eq!(found, &values[stretch.clone()], "{spills:?}");
                let mut copy = vec![7; 3];
                column.copy(stretch.clone(), &mut copy).expect("reads");
                assert_eq!(copy, &values[stretch], "{spills:?}");
            }
            let places = [0, 1, 6, 7, 131_072, 199_999, 200_000, 299_999];
            let expected: Vec<u64> = places.iter().map(|&place| values[place as usize]).collect();
            assert_eq!(column.gather(&places).expect("gathers"), expected, "{spills:?}");
            let single: Vec<u64> = places.iter().map(|&place| column.get(place).expect("is there")).collect();
            assert_eq!(single, expected, "{spills:?}");
            let add = |first: usize, chunk: &mut [u64]| {
                chunk.iter_mut().zip(first as u64..).for_each(|(value, n)| *value += n);
                Ok(())
            };
            column.change_chunks(add).expect("changes");
            let changed: Vec<u64> = values.iter().zip(0..).map(|(value, n)| value + n).collect();
            assert_eq!(*column.load().expect("loads"), *changed, "{spills:?}");
        }
    }
}
