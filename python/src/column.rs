//! A column of texts in a table of others, with the columns that name and rank its rows. No text is copied.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, GenericBinaryArray, LargeBinaryArray, OffsetSizeTrait,
};
use arrow_schema::DataType;
use doublon::finding::{Reason, RecordId};
use doublon::scan::TextColumn;

use crate::cell;
use crate::errors::{Failure, Result};

/// Texts of a table, in as many parts as it has.
#[derive(Default)]
pub struct TableColumn {
    parts: Vec<TextPart>,
    names: Arc<RowNames>,
    values: Vec<Option<ArrayRef>>,
    /// The row after the last one of each part.
    ends: Vec<usize>,
}

/// What rows are called.
#[derive(Default)]
pub struct RowNames {
    parts: Vec<Option<ArrayRef>>,
    ends: Vec<usize>,
}

/// The texts of one part.
struct TextPart {
    bytes: TextBytes,
    /// Rows whose bytes are no UTF-8, ascending.
    invalid: Vec<usize>,
}

/// Texts, or other bytes.
pub enum TextBytes {
    Small(BinaryArray),
    Large(LargeBinaryArray),
    View(BinaryViewArray),
    /// Equal texts stand once; of each row which it is, if it has one.
    Dictionary(Vec<Option<u32>>, Box<TextBytes>),
}

/// Returns whether a column of a table holds texts, as the table tells its type.
pub fn is_text(told: &DataType) -> bool {
    match told {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

impl TableColumn {
    /// Adds texts, with the columns of the names and values of their rows.
    pub fn add(&mut self, texts: &ArrayRef, names: Option<ArrayRef>, values: Option<ArrayRef>) -> Result<()> {
        let bytes = TextBytes::of(texts)?;
        let end = self.ends.last().unwrap_or(&0) + texts.len();
        self.parts.push(TextPart { invalid: bytes.invalid(texts.len()), bytes });
        // Nobody else has the names yet.
        if let Some(all) = Arc::get_mut(&mut self.names) {
            all.add(names, texts.len());
        }
        self.values.push(values);
        self.ends.push(end);
        Ok(())
    }

    /// Returns what the rows are called.
    pub fn names(&self) -> Arc<RowNames> {
        self.names.clone()
    }
}

/// Returns the part of a row, and the row in it.
fn place(ends: &[usize], row: usize) -> (usize, usize) {
    let part = ends.partition_point(|&end| end <= row);
    (part, row - if part == 0 { 0 } else { ends[part - 1] })
}

impl TextColumn for TableColumn {
    fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    fn text(&self, row: usize) -> std::result::Result<&str, Reason> {
        let (part, row) = place(&self.ends, row);
        let TextPart { bytes, invalid } = &self.parts[part];
        let bytes = bytes.get(row).ok_or(Reason::MissingText)?;
        if invalid.binary_search(&row).is_ok() {
            return Err(Reason::InvalidUtf8);
        }
        // SAFETY: all rows were checked when they came, and the others are listed.
        Ok(unsafe { std::str::from_utf8_unchecked(bytes) })
    }

    fn id(&self, row: usize) -> Option<RecordId> {
        self.names.id(row)
    }

    fn value(&self, row: usize) -> Option<String> {
        let (part, row) = place(&self.ends, row);
        let values = self.values[part].as_ref()?;
        Some(cell::value(values, row)).filter(|value| !value.is_null()).map(|value| value.to_string())
    }
}

impl RowNames {
    /// Adds the column of the names of so many rows, if there is one.
    pub fn add(&mut self, names: Option<ArrayRef>, rows: usize) {
        self.parts.push(names);
        self.ends.push(self.ends.last().unwrap_or(&0) + rows);
    }

    /// Returns the name of a row, if it has one.
    pub fn id(&self, row: usize) -> Option<RecordId> {
        let (part, row) = place(&self.ends, row);
        let names = self.parts.get(part)?.as_ref()?;
        if let Some(names) = names.as_binary_opt::<i32>().filter(|names| names.is_valid(row)) {
            return std::str::from_utf8(names.value(row)).ok().filter(|name| !name.is_empty()).map(RecordId::from);
        }
        match cell::value(names, row) {
            serde_json::Value::Null => None,
            value => RecordId::of_json(&value.to_string()),
        }
    }
}

impl TextBytes {
    /// Takes an array of bytes, which is how text is imported.
    pub fn of(texts: &ArrayRef) -> Result<Self> {
        Ok(match texts.data_type() {
            DataType::Binary => Self::Small(texts.as_binary().clone()),
            DataType::LargeBinary => Self::Large(texts.as_binary().clone()),
            DataType::BinaryView => Self::View(texts.as_binary_view().clone()),
            DataType::Dictionary(..) => Self::of_dictionary(texts)?,
            other => return Err(Failure::Input(format!("a part of the table has texts of type {other}"))),
        })
    }

    fn of_dictionary(texts: &ArrayRef) -> Result<Self> {
        let dictionary = texts.as_any_dictionary();
        let values = Self::of(dictionary.values())?;
        let count = dictionary.values().len();
        let key = |row| cell::value(dictionary.keys(), row).as_u64().filter(|&key| key < count as u64);
        let keys = (0..texts.len()).map(|row| key(row).and_then(|key| u32::try_from(key).ok())).collect();
        Ok(Self::Dictionary(keys, values.into()))
    }

    /// Returns the bytes of a row, if it has some.
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        match self {
            Self::Small(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::Large(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::View(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::Dictionary(keys, values) => values.get(keys[row]? as usize),
        }
    }

    /// Returns the rows that are no UTF-8.
    fn invalid(&self, rows: usize) -> Vec<usize> {
        let is_valid = match self {
            Self::Small(texts) => is_valid_throughout(texts),
            Self::Large(texts) => is_valid_throughout(texts),
            _ => false,
        };
        let is_invalid = |&row: &usize| self.get(row).is_some_and(|text| simdutf8::basic::from_utf8(text).is_err());
        if is_valid { Vec::new() } else { (0..rows).filter(is_invalid).collect() }
    }
}

/// Returns whether all texts together are UTF-8, and none begins within a character: one look at all is much faster than
/// one at each.
fn is_valid_throughout<O: OffsetSizeTrait>(texts: &GenericBinaryArray<O>) -> bool {
    let offsets = texts.value_offsets();
    let (Some(first), Some(last)) = (offsets.first(), offsets.last()) else { return true };
    let (first, last) = (first.as_usize(), last.as_usize());
    let bytes = texts.value_data().get(first..last);
    let all = bytes.and_then(|bytes| simdutf8::basic::from_utf8(bytes).ok());
    all.is_some_and(|all| offsets.iter().all(|offset| all.is_char_boundary(offset.as_usize() - first)))
}
