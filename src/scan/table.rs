//! What the document path keeps of each document, whatever its length: 4 bytes a band, 64 for the sketch, 8 for the
//! sequence of tokens and 32 for its place, 152 with the default 12 bands.

use std::path::Path;

use crate::error::Result;
use crate::store::{PartReader, PartWriter, SpillColumn};
use doublon_core::candidate::Bands;
use doublon_core::candidate::lsh::Sketch;
use doublon_core::kernel::SketchRows;

/// The columns, indexed by document.
pub(crate) struct Table {
    /// For each band the key of each document.
    pub keys: Vec<SpillColumn<u32>>,
    /// One byte of each of the first values of the signature.
    pub sketches: SpillColumn<Sketch>,
    /// Hash of the sequence of tokens: equal for texts that are equal after normalisation, [`NO_TOKEN`] if blank.
    ///
    /// [`NO_TOKEN`]: doublon_core::kernel::NO_TOKEN
    pub streams: SpillColumn<u64>,
}

impl Table {
    pub fn new(shape: Bands) -> Self {
        let keys = (0..shape.bands).map(|_| SpillColumn::new()).collect();
        Self { keys, sketches: SpillColumn::new(), streams: SpillColumn::new() }
    }

    pub fn len(&self) -> usize {
        self.streams.len()
    }

    pub fn append(&mut self, rows: &SketchRows) {
        for (column, keys) in self.keys.iter_mut().zip(rows.keys()) {
            column.extend(keys);
        }
        self.sketches.extend(rows.sketches());
        self.streams.extend(rows.streams());
    }

    /// Writes down all columns.
    pub fn save(&self, part: &mut PartWriter) -> Result<()> {
        self.keys.iter().try_for_each(|keys| part.column(keys))?;
        part.column(&self.sketches)?;
        part.column(&self.streams)
    }

    /// Reads what [`save`](Self::save) wrote for the same bands.
    pub fn load(part: &mut PartReader, shape: Bands) -> Result<Self> {
        let keys = (0..shape.bands).map(|_| part.column()).collect::<Result<_>>()?;
        Ok(Self { keys, sketches: part.column()?, streams: part.column()? })
    }

    pub fn held_bytes(&self) -> usize {
        self.keys.iter().map(SpillColumn::held_bytes).sum::<usize>()
            + self.sketches.held_bytes()
            + self.streams.held_bytes()
    }

    pub fn spill(&mut self, folder: &Path) -> Result<()> {
        self.keys.iter_mut().try_for_each(|column| column.spill(folder))?;
        self.sketches.spill(folder)?;
        self.streams.spill(folder)
    }
}
