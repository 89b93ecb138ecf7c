//! The values of one column, row by row, whatever their physical type.

use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::schema::types::ColumnDescriptor;
use serde_json::Value;

use super::footer::ParquetFault;
use super::pages::PageProgress;
use crate::finding::RecordId;

/// One value.
#[derive(Debug)]
pub(super) enum ParquetCell {
    Bytes(ByteArray),
    /// A whole number, or a decimal without its point.
    Number(i128),
    Real(f64),
    Truth(bool),
}

/// A column of a row group that is being read. It has at most one value a row.
pub(super) struct Cells {
    reader: ColumnReader,
    progress: Arc<PageProgress>,
    max_level: i16,
    style: ValueStyle,
}

impl Cells {
    pub fn new((reader, progress): (ColumnReader, Arc<PageProgress>), column: &ColumnDescriptor) -> Self {
        Self { reader, progress, max_level: column.max_def_level(), style: ValueStyle::of(column) }
    }

    /// Returns how many rows may be asked for at once.
    pub fn step(&self) -> usize {
        self.progress.step()
    }

    /// Reads the values of the next rows of a column that lies in no list, `None` for null.
    pub fn read(&mut self, rows: usize) -> Result<Vec<Option<ParquetCell>>, ParquetFault> {
        let level = self.max_level;
        let Entries { definitions, values, .. } = self.entries(rows)?;
        let mut values = values.into_iter();
        if level == 0 {
            return Ok(values.map(Some).collect());
        }
        Ok(definitions.iter().map(|&found| if found == level { values.next() } else { None }).collect())
    }

    /// Reads what the next rows have, with its levels.
    pub fn entries(&mut self, rows: usize) -> Result<Entries, ParquetFault> {
        let unsigned = self.style == ValueStyle::Unsigned;
        let decimal = matches!(self.style, ValueStyle::Decimal(_));
        let bytes = |value: &ByteArray| match whole(value.data()) {
            Some(number) if decimal => ParquetCell::Number(number),
            _ => ParquetCell::Bytes(value.clone()),
        };
        let entries = match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => read(reader, rows, |&value| ParquetCell::Truth(value)),
            ColumnReader::Int32ColumnReader(reader) if unsigned => {
                read(reader, rows, |&value| ParquetCell::Number(value.cast_unsigned().into()))
            }
            ColumnReader::Int32ColumnReader(reader) => read(reader, rows, |&value| ParquetCell::Number(value.into())),
            ColumnReader::Int64ColumnReader(reader) if unsigned => {
                read(reader, rows, |&value| ParquetCell::Number(value.cast_unsigned().into()))
            }
            ColumnReader::Int64ColumnReader(reader) => read(reader, rows, |&value| ParquetCell::Number(value.into())),
            ColumnReader::Int96ColumnReader(reader) => {
                read(reader, rows, |value| ParquetCell::Number(value.to_nanos().into()))
            }
            ColumnReader::FloatColumnReader(reader) => read(reader, rows, |&value| ParquetCell::Real(value.into())),
            ColumnReader::DoubleColumnReader(reader) => read(reader, rows, |&value| ParquetCell::Real(value)),
            ColumnReader::ByteArrayColumnReader(reader) => read(reader, rows, bytes),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => read(reader, rows, |value| bytes(value)),
        }?;
        self.progress.advance(rows);
        Ok(entries)
    }

    /// Returns a value as an id, if it is no empty string.
    pub fn id(&self, cell: &ParquetCell) -> Option<RecordId> {
        match cell {
            ParquetCell::Bytes(bytes) => self.string(bytes.data()).filter(|id| !id.is_empty()).map(RecordId::from),
            _ => RecordId::of_json(&self.json(cell)?),
        }
    }

    /// Returns a value as JSON.
    pub fn json(&self, cell: &ParquetCell) -> Option<String> {
        match cell {
            ParquetCell::Bytes(bytes) => serde_json::to_string(&self.string(bytes.data())?).ok(),
            ParquetCell::Number(number) => Some(match self.style {
                ValueStyle::Decimal(scale) => with_point(*number, scale),
                _ => number.to_string(),
            }),
            ParquetCell::Real(number) if number.is_finite() => Some(number.to_string()),
            ParquetCell::Real(_) => None,
            ParquetCell::Truth(truth) => Some(truth.to_string()),
        }
    }

    /// Returns a value of a record. The bytes of a string that is no UTF-8 are appended to `lost`.
    pub fn value(&self, cell: &ParquetCell, lost: &mut Vec<u8>) -> Value {
        match cell {
            ParquetCell::Bytes(bytes) => Value::String(self.string(bytes.data()).unwrap_or_else(|| {
                lost.extend_from_slice(bytes.data());
                String::from_utf8_lossy(bytes.data()).into_owned()
            })),
            _ => self.json(cell).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default(),
        }
    }

    fn string(&self, bytes: &[u8]) -> Option<String> {
        match (self.style, bytes.try_into()) {
            (ValueStyle::Uuid, Ok(uuid)) => Some(hyphenated(uuid)),
            _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
        }
    }
}

/// What some rows of a column have: values and nulls with their levels, or values alone where no level tells anything.
#[derive(Default)]
pub(super) struct Entries {
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    /// The values, without nulls.
    pub values: Vec<ParquetCell>,
}

impl Entries {
    /// Returns how many values and nulls there are.
    pub fn len(&self) -> usize {
        self.definitions.len().max(self.repetitions.len()).max(self.values.len())
    }

    /// Returns how deep the path of an entry is there.
    pub fn definition(&self, entry: usize) -> i16 {
        self.definitions.get(entry).copied().unwrap_or_default()
    }

    /// Returns at which list an entry goes on, counted from 1; it begins a row if that is 0.
    pub fn repetition(&self, entry: usize) -> i16 {
        self.repetitions.get(entry).copied().unwrap_or_default()
    }
}

fn read<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    cell: impl Fn(&T::T) -> ParquetCell,
) -> Result<Entries, ParquetFault> {
    let (mut definitions, mut repetitions, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let (read, ..) = reader.read_records(rows, Some(&mut definitions), Some(&mut repetitions), &mut values)?;
    if read != rows {
        return Err(ParquetFault::bad("a column ends before its last row"));
    }
    Ok(Entries { definitions, repetitions, values: values.iter().map(cell).collect() })
}

/// Returns whether a column holds strings, marked as such or not.
pub(super) fn holds_strings(column: &ColumnDescriptor) -> bool {
    let plain = matches!(
        column.converted_type(),
        ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON
    );
    let known =
        matches!(column.logical_type_ref(), None | Some(LogicalType::String | LogicalType::Enum | LogicalType::Json));
    column.physical_type() == Physical::BYTE_ARRAY && plain && known
}

/// What the values of a column mean, where their physical type does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ValueStyle {
    Plain,
    Unsigned,
    /// Digits behind the point.
    Decimal(u32),
    Uuid,
}

impl ValueStyle {
    fn of(column: &ColumnDescriptor) -> Self {
        let scale = u32::try_from(column.self_type().get_scale()).unwrap_or(0);
        match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Decimal(_)), _) | (_, ConvertedType::DECIMAL) => Self::Decimal(scale),
            (Some(LogicalType::Uuid), _) => Self::Uuid,
            (_, ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64) => {
                Self::Unsigned
            }
            _ => Self::Plain,
        }
    }
}

/// Reads a number in two's complement, the highest byte first.
fn whole(bytes: &[u8]) -> Option<i128> {
    let (&first, _) = bytes.split_first().filter(|_| bytes.len() <= 16)?;
    let mut wide = [if first >= 128 { 255 } else { 0 }; 16];
    wide[16 - bytes.len()..].copy_from_slice(bytes);
    Some(i128::from_be_bytes(wide))
}

/// The most digits that a decimal of 16 bytes has.
const MAX_DIGITS: u32 = 38;

fn with_point(number: i128, scale: u32) -> String {
    let scale = scale.min(MAX_DIGITS) as usize;
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let (sign, point) = (if number < 0 { "-" } else { "" }, if scale > 0 { "." } else { "" });
    format!("{sign}{whole}{point}{fraction}")
}

fn hyphenated(uuid: [u8; 16]) -> String {
    let hex = format!("{:032x}", u128::from_be_bytes(uuid));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_with_their_point() {
        let written = |bytes: &[u8], scale| with_point(whole(bytes).unwrap(), scale);
        assert_eq!(written(&[0x30, 0x39], 2), "123.45");
        assert_eq!(written(&[0xff], 3), "-0.001");
        assert_eq!(written(&[0x80, 0x00], 0), "-32768");
        assert_eq!(whole(&[]), None);
        assert_eq!(whole(&[0; 17]), None);
    }
}
