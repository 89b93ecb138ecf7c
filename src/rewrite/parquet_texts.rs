//! The new texts of rows of Parquet that lie in lists and structs: a row is put together as a JSON object, changed as one, and
//! its strings go back to the columns that they came from.

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;

use parquet::data_type::ByteArray;
use parquet::file::metadata::RowGroupMetaData;
use serde_json::Value;

use crate::source::parquet::footer::ParquetFault;
use crate::source::parquet::nested::{Leaf, NestedRow, NestedRows};
use crate::source::{Block, Format, JoinedText, SourceOptions, joined_text};

/// The rows of a row group that get other texts, by their numbers in it.
#[derive(Debug, Default)]
pub(super) struct NewTexts(HashMap<usize, Value>);

impl NewTexts {
    /// Reads the columns of a row group, and asks `edit` for the objects of the rows that are `edited`, given by their
    /// numbers in the group, ascending.
    pub fn read(
        (file, group, leaves): (&Arc<File>, &RowGroupMetaData, &[Leaf]),
        edited: &[usize],
        options: &SourceOptions,
        mut edit: impl FnMut(usize, &str, &JoinedText) -> String,
    ) -> Result<Self, ParquetFault> {
        let Some(&last) = edited.last() else { return Ok(Self::default()) };
        let rows = usize::try_from(group.num_rows()).unwrap_or_default();
        let mut source = NestedRows::open(file, group, leaves, options.max_record)?;
        let (mut new, mut done) = (HashMap::new(), 0);
        while done <= last {
            let step = source.step().min(rows - done);
            for (row, NestedRow { object, .. }) in (done..).zip(source.read(step)?) {
                if edited.binary_search(&row).is_ok() {
                    let changed = changed(&object.to_string(), options, |object, joined| edit(row, object, joined));
                    let fault = |detail| ParquetFault::bad(format!("row {} of a row group: {detail}", row + 1));
                    new.insert(row, changed.map_err(fault)?);
                }
            }
            done += step;
        }
        Ok(Self(new))
    }

    /// Returns how many rows get other texts.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the strings of a column.
    pub fn strings<'a>(&'a self, leaf: &'a Leaf) -> NewStrings<'a> {
        NewStrings { texts: self, leaf, row: None, left: Vec::new().into_iter() }
    }
}

fn changed(
    object: &str,
    options: &SourceOptions,
    edit: impl FnOnce(&str, &JoinedText) -> String,
) -> Result<Value, String> {
    let one = Block::of(object.as_bytes().to_vec(), 0, 0);
    let joined = joined_text(&one, Format::Jsonl, options).ok_or("it has no text to change")?;
    serde_json::from_str(&edit(object, &joined)).map_err(|error| error.to_string())
}

/// The new strings of a column, in the order of its values.
pub(super) struct NewStrings<'a> {
    texts: &'a NewTexts,
    leaf: &'a Leaf,
    row: Option<usize>,
    left: std::vec::IntoIter<&'a str>,
}

impl NewStrings<'_> {
    /// Returns what stands for the next value of a row that is edited.
    pub fn next(&mut self, row: usize, value: &ByteArray) -> ByteArray {
        if self.row.replace(row) != Some(row) {
            self.left = self.texts.0.get(&row).map(|row| self.leaf.strings(row)).unwrap_or_default().into_iter();
        }
        self.left.next().map_or_else(|| value.clone(), ByteArray::from)
    }
}
