//! What is known of the rows that were compared: how many there are, and what they are called.

use std::sync::Arc;

use doublon::finding::RecordId;

use crate::column::RowNames;

/// Rows that came together.
pub struct Rows {
    /// How many there are.
    pub count: u64,
    /// What they are called.
    pub ids: RowIds,
}

/// What rows are called.
pub enum RowIds {
    /// As the table says that they came from.
    Table(Arc<RowNames>),
    /// As they were given.
    Given(Vec<Option<RecordId>>),
}

/// All rows that were compared, in the order in which they came.
#[derive(Default)]
pub struct AllRows {
    parts: Vec<(u64, Rows)>,
    count: u64,
}

impl AllRows {
    /// Adds rows behind the others.
    pub fn add(&mut self, rows: Rows) {
        let first = self.count;
        self.count += rows.count;
        self.parts.push((first, rows));
    }

    /// Adds one row.
    pub fn add_one(&mut self, id: Option<RecordId>) {
        self.count += 1;
        if let Some((_, Rows { count, ids: RowIds::Given(ids) })) = self.parts.last_mut() {
            *count += 1;
            ids.push(id);
        } else {
            self.parts.push((self.count - 1, Rows { count: 1, ids: RowIds::Given(vec![id]) }));
        }
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Returns what a row is called, if it has a name of its own.
    pub fn id(&self, row: u64) -> Option<RecordId> {
        let part = self.parts.partition_point(|(first, _)| *first <= row).checked_sub(1)?;
        let (first, rows) = &self.parts[part];
        let row = usize::try_from(row - first).ok()?;
        match &rows.ids {
            RowIds::Table(names) => names.id(row),
            RowIds::Given(ids) => ids.get(row).cloned().flatten(),
        }
    }
}
