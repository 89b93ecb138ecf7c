//! Tables that come as Arrow, column by column, for kernels that want certain columns of certain types.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, Int64Array, StructArray};
use arrow_schema::DataType;
use pyo3::prelude::*;

use crate::column::TextBytes;
use crate::errors::{Failure, Result};
use crate::stream::ArrayStream;

/// A table in as many parts as it came in.
pub struct Batches {
    names: Vec<String>,
    parts: Vec<StructArray>,
}

impl Batches {
    /// Takes a table or a batch.
    pub fn of(data: &Bound<'_, PyAny>) -> PyResult<Self> {
        let raise = |error: Failure| error.raise(data.py());
        let mut stream =
            ArrayStream::of(data)?.ok_or_else(|| raise(Failure::Type("it is no table of Arrow".to_owned())))?;
        let DataType::Struct(fields) = &stream.told else {
            return Err(raise(Failure::Type("it is a column of Arrow, and no table".to_owned())));
        };
        let names = fields.iter().map(|field| field.name().clone()).collect();
        let mut parts = Vec::new();
        while let Some(array) = stream.next_array().map_err(raise)? {
            parts.push(array.as_struct().clone());
        }
        Ok(Self { names, parts })
    }

    /// Returns the parts, of each the columns of these names.
    pub fn columns<const N: usize>(&self, names: [&str; N]) -> Result<Vec<[ArrayRef; N]>> {
        let position = |name: &str| {
            let known = || self.names.join(", ");
            let missing = || Failure::Type(format!("the table has no column {name}; it has {}", known()));
            self.names.iter().position(|known| known == name).ok_or_else(missing)
        };
        let mut at = [0; N];
        for (at, name) in at.iter_mut().zip(names) {
            *at = position(name)?;
        }
        Ok(self.parts.iter().map(|part| at.map(|at| part.column(at).clone())).collect())
    }
}

/// Returns a column of numbers.
pub fn numbers(column: &ArrayRef) -> Result<&Int64Array> {
    let numbers = column.as_primitive_opt::<Int64Type>();
    let numbers =
        numbers.ok_or_else(|| Failure::Type(format!("a column must be int64, and not {}", column.data_type())))?;
    if numbers.null_count() > 0 {
        return Err(Failure::Type("a column of numbers has nulls".to_owned()));
    }
    Ok(numbers)
}

/// Returns a column of bytes.
pub fn bytes(column: &ArrayRef) -> Result<TextBytes> {
    TextBytes::of(column)
}

/// A column of texts. Null is no text.
pub struct Texts {
    parts: Vec<(TextBytes, usize)>,
}

impl Texts {
    /// Takes an array or a chunked array of texts.
    pub fn of(data: &Bound<'_, PyAny>) -> PyResult<Self> {
        let raise = |error: Failure| error.raise(data.py());
        let stream = ArrayStream::of(data)?;
        let mut stream = stream.ok_or_else(|| raise(Failure::Type("it is no column of Arrow".to_owned())))?;
        if !crate::column::is_text(&stream.told) {
            return Err(raise(Failure::Type(format!("the texts are {}, which is no text", stream.told))));
        }
        let mut parts = Vec::new();
        while let Some(array) = stream.next_array().map_err(raise)? {
            parts.push((TextBytes::of(&array).map_err(raise)?, array.len()));
        }
        Ok(Self { parts })
    }

    /// Returns of each row its text, or why it has none.
    pub fn iter(&self) -> impl Iterator<Item = std::result::Result<&str, &'static str>> {
        let rows = self.parts.iter().flat_map(|(bytes, len)| (0..*len).map(move |row| bytes.get(row)));
        rows.map(|bytes| simdutf8::basic::from_utf8(bytes.ok_or("missing_text")?).map_err(|_| "invalid_utf8"))
    }
}
