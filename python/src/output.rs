//! Tables for others, by the `PyCapsule` interface of Arrow.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, LargeStringBuilder, UInt64Builder};
use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchOptions};
use arrow_schema::{Field, Schema};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::errors::Failure;

/// A table, which pyarrow, polars, pandas and `DuckDB` take as it is.
#[pyclass(frozen, module = "doublon")]
pub struct Table {
    batch: RecordBatch,
}

impl Table {
    /// Makes a table of columns of one length.
    pub fn of<'c>(columns: impl IntoIterator<Item = (&'c str, ArrayRef)>) -> Result<Self, Failure> {
        let batch = RecordBatch::try_from_iter(columns);
        Ok(Self { batch: batch.map_err(|error| Failure::Other(error.to_string()))? })
    }
}

#[pymethods]
impl Table {
    /// Returns the rows as a stream of Arrow; the types are those of the table, whatever is asked for.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema; // the interface allows to pass it over
        let batches = RecordBatchIterator::new([Ok(self.batch.clone())], self.batch.schema());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), c"arrow_array_stream")
    }

    /// Returns the types of the columns.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(&*self.batch.schema());
        let schema = schema.map_err(|error| Failure::Other(error.to_string()).raise(py))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    /// The names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.batch.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn __repr__(&self) -> String {
        format!("<doublon.Table: {} rows of {}>", self.batch.num_rows(), self.column_names().join(", "))
    }
}

/// What a column holds. All may be null.
#[derive(Clone, Copy, Debug)]
pub enum ColumnKind {
    Text,
    Number,
    Share,
    Flag,
}

/// A value of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    Null,
    Text(&'a str),
    Number(u64),
    Share(f64),
    Flag(bool),
}

impl<'a> Cell<'a> {
    /// A text, or null.
    pub fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }

    /// A number of something that is there, or null.
    pub fn count(count: usize) -> Self {
        Self::Number(count as u64)
    }
}

/// Makes a table row by row.
pub struct TableMaker {
    names: Vec<String>,
    columns: Vec<ColumnMaker>,
    rows: usize,
}

enum ColumnMaker {
    Text(LargeStringBuilder),
    Number(UInt64Builder),
    Share(Float64Builder),
    Flag(BooleanBuilder),
}

impl TableMaker {
    /// Starts a table without rows.
    pub fn new<N: Into<String>>(columns: impl IntoIterator<Item = (N, ColumnKind)>) -> Self {
        let columns = columns.into_iter().map(|(name, kind)| (name.into(), ColumnMaker::new(kind)));
        let (names, columns) = columns.unzip();
        Self { names, columns, rows: 0 }
    }

    /// Adds a row, with a cell for each column. A cell of another kind than its column is null.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = Cell<'c>>) {
        let cells = cells.into_iter().chain(std::iter::repeat(Cell::Null));
        self.columns.iter_mut().zip(cells).for_each(|(column, cell)| column.add(cell));
        self.rows += 1;
    }

    /// Returns the table.
    pub fn finish(self) -> Result<Table, Failure> {
        let columns: Vec<ArrayRef> = self.columns.into_iter().map(ColumnMaker::finish).collect();
        let field = |(name, column): (String, &ArrayRef)| Field::new(name, column.data_type().clone(), true);
        let fields: Vec<Field> = self.names.into_iter().zip(&columns).map(field).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options);
        Ok(Table { batch: batch.map_err(|error| Failure::Other(error.to_string()))? })
    }
}

impl ColumnMaker {
    fn new(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text => Self::Text(LargeStringBuilder::new()),
            ColumnKind::Number => Self::Number(UInt64Builder::new()),
            ColumnKind::Share => Self::Share(Float64Builder::new()),
            ColumnKind::Flag => Self::Flag(BooleanBuilder::new()),
        }
    }

    fn add(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Text(column), Cell::Text(text)) => column.append_value(text),
            (Self::Text(column), _) => column.append_null(),
            (Self::Number(column), Cell::Number(number)) => column.append_value(number),
            (Self::Number(column), _) => column.append_null(),
            (Self::Share(column), Cell::Share(share)) => column.append_value(share),
            (Self::Share(column), _) => column.append_null(),
            (Self::Flag(column), Cell::Flag(flag)) => column.append_value(flag),
            (Self::Flag(column), _) => column.append_null(),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut column) => Arc::new(column.finish()),
            Self::Number(mut column) => Arc::new(column.finish()),
            Self::Share(mut column) => Arc::new(column.finish()),
            Self::Flag(mut column) => Arc::new(column.finish()),
        }
    }
}
