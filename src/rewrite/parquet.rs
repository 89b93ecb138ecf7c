//! The clean copy of a Parquet file: some rows left out, some texts changed, and all else as it was.
//!
//! Values are copied from column to column as they are stored, with their levels, and never become Arrow arrays. So what
//! Arrow has no word for survives: every physical and logical type, `INT96` as such, lists and maps of any layout, field
//! ids, `JSON` and `ENUM`. The schema is the very one of the input, and so are the key-value metadata, among them what
//! Arrow (`ARROW:schema`), pandas and Hugging Face keep there.
//!
//! Of each column the compression, whether it has a dictionary, otherwise its encoding, and whether it has statistics, an
//! index of its pages and a Bloom filter are those of the first row group. Row groups stay apart, and one without rows is
//! left out. Not kept are the level of the compression, the sizes of pages, which version of data pages there was
//! (the first is written), exact sizes of Bloom filters, checksums of pages, and `created_by`, which names the encoder.
//! That rows are sorted is kept, unless by the texts.
//!
//! Columns may be added behind those that there are. The descriptions of all columns that Arrow (`ARROW:schema`) and Hugging
//! Face keep in the metadata are then left out, as their readers would miss the new ones.
//!
//! Memory: a byte a row of the largest row group, one page of a column, and the compressed pages of a column that has a
//! dictionary.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Encoding, LogicalType, Repetition, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::column::writer::{ColumnWriter, ColumnWriterImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnDescriptor, Type, TypePtr};

use super::parquet_texts::NewTexts;
use crate::finding::Reason;
use crate::source::parquet::columns::TextColumns;
use crate::source::parquet::footer::{self, ParquetFault};
use crate::source::parquet::pages::{self, PageProgress};
use crate::source::{JoinedText, SourceOptions};

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowAction {
    /// It stays as it is.
    Keep,
    /// It is left out.
    Drop,
    /// It stays with another text.
    Edit,
}

/// Says what becomes of the rows of a file.
pub trait Edits {
    /// Called once for each row, in order.
    fn row(&mut self, row: u64) -> RowAction;

    /// Returns the text to write instead of `text`. Called once for each row of [`RowAction::Edit`] whose text is not null, in
    /// order, after [`Self::row`] was called for all rows of its row group. What is no UTF-8 in `text` is replaced by
    /// U+FFFD.
    fn text(&mut self, row: u64, text: &str) -> String;

    /// Returns the record to write instead of `object`, a JSON object, of which the text is `joined`. Strings may be others,
    /// and nothing else. Called instead of [`Self::text`] where texts lie in lists or structs, or are made of several.
    fn object(&mut self, _row: u64, object: &str, _joined: &JoinedText) -> String {
        object.to_owned()
    }

    /// Returns the value that a row that stays has in an added column, if it has one. Called for each of these rows in order,
    /// column by column, after the other columns of the row group were written.
    fn added(&mut self, _column: usize, _row: u64) -> Option<AddedValue> {
        None
    }
}

/// A column that is added. Its values may be null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedColumn {
    /// Its name, which no other column has.
    pub name: String,
    /// Whether it holds numbers; otherwise it holds texts.
    pub is_number: bool,
}

/// A value of an added column, of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddedValue {
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}

/// How many rows a file had, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// Rows of the input.
    pub rows: u64,
    /// Rows of the output.
    pub kept: u64,
    /// Rows whose text was changed.
    pub edited: u64,
}

/// Writes to `output` what `edits` leave of the file `input`. Of the options, the text field and the largest record
/// count. A file of which no row stays is written with its schema and no row group.
///
/// # Errors
///
/// `output` cannot be written, which is the error that it gave, or `input` cannot be read, which is
/// [`io::ErrorKind::InvalidData`]: nothing can be left out of a file that is not understood as a whole.
pub fn rewrite(
    input: &File,
    output: impl Write + Send,
    options: &SourceOptions,
    edits: &mut dyn Edits,
) -> io::Result<Rewritten> {
    rewrite_with(input, output, options, &[], edits)
}

/// As [`rewrite`], with more columns.
///
/// # Errors
///
/// As there; [`io::ErrorKind::AlreadyExists`] if there is a column of such a name already.
pub fn rewrite_with(
    input: &File,
    output: impl Write + Send,
    options: &SourceOptions,
    columns: &[AddedColumn],
    edits: &mut dyn Edits,
) -> io::Result<Rewritten> {
    let written = ParquetFault::guarded(|| {
        let file = Arc::new(input.try_clone()?);
        let metadata = footer::read(&file)?;
        let text = TextColumns::find(metadata.file_metadata().schema_descr(), options).ok();
        let (texts, counts) = (NewTexts::default(), Rewritten::default());
        let copy = ParquetCopy { file, text, texts, options, columns, edits, counts };
        // An error of the output comes back as it is, and not as a fault of the input.
        Ok(copy.write(&metadata, output))
    });
    written.unwrap_or_else(|fault| Err(fault.into())).map_err(io_error)
}

fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::new(io::ErrorKind::InvalidData, error.to_string()),
        },
        error => io::Error::new(io::ErrorKind::InvalidData, ParquetFault::from(error).detail),
    }
}

struct ParquetCopy<'a> {
    file: Arc<File>,
    text: Option<TextColumns>,
    /// The texts of the row group, if they lie in several columns.
    texts: NewTexts,
    options: &'a SourceOptions,
    columns: &'a [AddedColumn],
    edits: &'a mut dyn Edits,
    counts: Rewritten,
}

impl ParquetCopy<'_> {
    fn write(mut self, metadata: &ParquetMetaData, output: impl Write + Send) -> Result<Rewritten, ParquetError> {
        let schema = with_columns(metadata.file_metadata().schema_descr().root_schema_ptr(), self.columns)?;
        let properties = Arc::new(properties(metadata, self.text.as_ref(), !self.columns.is_empty()));
        let mut writer = SerializedFileWriter::new(output, schema, properties)?;
        for group in metadata.row_groups() {
            let start = self.counts.rows;
            let rows = self.decide(group)?;
            if rows.iter().any(|&row| row != RowAction::Drop) {
                if let Some(TextColumns::Nested(leaves)) = &self.text {
                    let edited = rows.iter().enumerate().filter(|(_, action)| **action == RowAction::Edit);
                    let edited: Vec<usize> = edited.map(|(row, _)| row).collect();
                    let edit = |row: usize, object: &str, joined: &JoinedText| {
                        self.edits.object(start + row as u64, object, joined)
                    };
                    self.texts = NewTexts::read((&self.file, group, leaves), &edited, self.options, edit)?;
                    self.counts.edited += self.texts.len() as u64;
                }
                let mut copy = writer.next_row_group()?;
                for column in 0..group.num_columns() {
                    self.column(group, column, start, &rows, &mut copy)?;
                }
                for column in 0..self.columns.len() {
                    self.added(column, start, &rows, &mut copy)?;
                }
                copy.close()?;
            }
        }
        writer.finish()?;
        writer.inner_mut().flush()?;
        Ok(self.counts)
    }

    /// Asks what becomes of the rows of a group.
    fn decide(&mut self, group: &RowGroupMetaData) -> Result<Vec<RowAction>, ParquetFault> {
        // The rows that a file says to have need not be there: no memory is reserved for them at once.
        let mut rows = Vec::new();
        for row in self.counts.rows..self.counts.rows + group.num_rows() as u64 {
            let row = self.edits.row(row);
            self.counts.kept += u64::from(row != RowAction::Drop);
            rows.push(row);
        }
        self.counts.rows += rows.len() as u64;
        if self.text.is_none() && rows.contains(&RowAction::Edit) {
            return Err(ParquetFault::new(Reason::MissingColumn, "there is no column of texts to change"));
        }
        Ok(rows)
    }

    fn column<W: Write + Send>(
        &mut self,
        group: &RowGroupMetaData,
        column: usize,
        start: u64,
        rows: &[RowAction],
        copy: &mut SerializedRowGroupWriter<W>,
    ) -> Result<(), ParquetError> {
        use {ColumnReader as In, ColumnWriter as Out};
        let (reader, progress) = pages::open(&self.file, group, column, self.options.max_record)?;
        let descriptor = group.column(column).column_descr();
        let chunk = Chunk { rows, progress, descriptor };
        let missing = || ParquetError::General("the schema has fewer columns than the row group".into());
        let mut writer = copy.next_column()?.ok_or_else(missing)?;
        match (reader, writer.untyped()) {
            (In::BoolColumnReader(from), Out::BoolColumnWriter(to)) => chunk.copy(from, to),
            (In::Int32ColumnReader(from), Out::Int32ColumnWriter(to)) => chunk.copy(from, to),
            (In::Int64ColumnReader(from), Out::Int64ColumnWriter(to)) => chunk.copy(from, to),
            (In::Int96ColumnReader(from), Out::Int96ColumnWriter(to)) => chunk.copy(from, to),
            (In::FloatColumnReader(from), Out::FloatColumnWriter(to)) => chunk.copy(from, to),
            (In::DoubleColumnReader(from), Out::DoubleColumnWriter(to)) => chunk.copy(from, to),
            (In::FixedLenByteArrayColumnReader(from), Out::FixedLenByteArrayColumnWriter(to)) => chunk.copy(from, to),
            (In::ByteArrayColumnReader(from), Out::ByteArrayColumnWriter(to)) if self.has_text(column) => {
                match self.text.as_ref().and_then(|text| text.leaf(column)) {
                    Some(leaf) => {
                        let mut strings = self.texts.strings(leaf);
                        chunk.copy_edited(from, to, |row, text| strings.next(row, text))
                    }
                    None => chunk.copy_edited(from, to, |row, text| self.edit(start + row as u64, text)),
                }
            }
            (In::ByteArrayColumnReader(from), Out::ByteArrayColumnWriter(to)) => chunk.copy(from, to),
            _ => Err(ParquetFault::bad("the type of a column is not that of the schema")),
        }?;
        writer.close()
    }

    fn has_text(&self, column: usize) -> bool {
        self.text.as_ref().is_some_and(|text| text.has(column))
    }

    /// Writes an added column of a row group.
    fn added<W: Write + Send>(
        &mut self,
        column: usize,
        start: u64,
        rows: &[RowAction],
        copy: &mut SerializedRowGroupWriter<W>,
    ) -> Result<(), ParquetError> {
        let stay = (start..).zip(rows).filter(|&(_, &row)| row != RowAction::Drop).map(|(row, _)| row);
        let values: Vec<Option<AddedValue>> = stay.map(|row| self.edits.added(column, row)).collect();
        let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
        let missing = || ParquetError::General("the new schema has too few columns".into());
        let mut writer = copy.next_column()?.ok_or_else(missing)?;
        let values = values.into_iter().flatten();
        match writer.untyped() {
            ColumnWriter::Int64ColumnWriter(to) => {
                let number = |value| if let AddedValue::Number(number) = value { Some(number) } else { None };
                to.write_batch(&values.filter_map(number).collect::<Vec<_>>(), Some(&levels), None)?;
            }
            ColumnWriter::ByteArrayColumnWriter(to) => {
                let text =
                    |value| if let AddedValue::Text(text) = value { Some(text.into_bytes().into()) } else { None };
                to.write_batch(&values.filter_map(text).collect::<Vec<ByteArray>>(), Some(&levels), None)?;
            }
            _ => return Err(missing()),
        }
        writer.close()
    }

    fn edit(&mut self, row: u64, text: &ByteArray) -> ByteArray {
        self.counts.edited += 1;
        self.edits.text(row, &String::from_utf8_lossy(text.data())).into_bytes().into()
    }
}

/// The most rows that are copied at once. Those of a nested column have several values each.
const BATCH: usize = 1024;

/// One column of a row group, and what becomes of its rows.
struct Chunk<'a> {
    rows: &'a [RowAction],
    progress: Arc<PageProgress>,
    descriptor: &'a ColumnDescriptor,
}

impl Chunk<'_> {
    fn copy<T: DataType>(&self, from: ColumnReaderImpl<T>, to: &mut ColumnWriterImpl<T>) -> Result<(), ParquetFault> {
        self.copy_edited(from, to, |_, value| value.clone())
    }

    /// Copies the rows that stay. `edit` makes the values of those that are edited.
    fn copy_edited<T: DataType>(
        &self,
        mut from: ColumnReaderImpl<T>,
        to: &mut ColumnWriterImpl<T>,
        mut edit: impl FnMut(usize, &T::T) -> T::T,
    ) -> Result<(), ParquetFault> {
        let mut done = 0;
        while done < self.rows.len() {
            let step = self.progress.step().min(BATCH).min(self.rows.len() - done);
            let mut batch = Batch::<T>::default();
            let (definitions, repetitions) = (&mut batch.definitions, &mut batch.repetitions);
            let (read, ..) = from.read_records(step, Some(definitions), Some(repetitions), &mut batch.values)?;
            if read != step {
                return Err(ParquetFault::bad(format!(
                    "column `{}` ends before its last row",
                    self.descriptor.path().string()
                )));
            }
            self.progress.advance(step);
            let rows = &self.rows[done..done + step];
            if rows.iter().any(|&row| row != RowAction::Keep) {
                batch = batch.edited(rows, self.descriptor, |row, value| edit(done + row, value))?;
            }
            let definitions = (self.descriptor.max_def_level() > 0).then_some(&batch.definitions[..]);
            let repetitions = (self.descriptor.max_rep_level() > 0).then_some(&batch.repetitions[..]);
            to.write_batch(&batch.values, definitions, repetitions)?;
            done += step;
        }
        Ok(())
    }
}

/// Whole rows of a column: the levels of all values and nulls, if it has levels, and the values.
struct Batch<T: DataType> {
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    values: Vec<T::T>,
}

impl<T: DataType> Default for Batch<T> {
    fn default() -> Self {
        Self { definitions: Vec::new(), repetitions: Vec::new(), values: Vec::new() }
    }
}

impl<T: DataType> Batch<T> {
    /// Returns what is left of the rows.
    fn edited(
        self,
        rows: &[RowAction],
        column: &ColumnDescriptor,
        mut edit: impl FnMut(usize, &T::T) -> T::T,
    ) -> Result<Self, ParquetFault> {
        let (nullable, repeated) = (column.max_def_level() > 0, column.max_rep_level() > 0);
        let entries = if nullable { self.definitions.len() } else { self.values.len() };
        let mut values = self.values.into_iter();
        let (mut left, mut next_row, mut row) = (Self::default(), 0, RowAction::Keep);
        for entry in 0..entries {
            if !repeated || self.repetitions[entry] == 0 {
                row = *rows.get(next_row).ok_or_else(|| ParquetFault::bad("a column has more rows than were read"))?;
                next_row += 1;
            }
            let is_value = !nullable || self.definitions[entry] == column.max_def_level();
            let value = if is_value { values.next() } else { None };
            if row == RowAction::Drop {
                continue;
            }
            left.definitions.extend(nullable.then(|| self.definitions[entry]));
            left.repetitions.extend(repeated.then(|| self.repetitions[entry]));
            left.values
                .extend(value.map(|value| if row == RowAction::Edit { edit(next_row - 1, &value) } else { value }));
        }
        Ok(left)
    }
}

/// Returns a schema with more columns.
fn with_columns(schema: TypePtr, columns: &[AddedColumn]) -> Result<TypePtr, ParquetError> {
    if columns.is_empty() {
        return Ok(schema);
    }
    let mut fields = schema.get_fields().to_vec();
    for AddedColumn { name, is_number } in columns {
        if fields.iter().any(|field| field.name() == name) {
            let detail = format!("it has a column `{name}` already; give the new one another name");
            return Err(ParquetError::External(io::Error::new(io::ErrorKind::AlreadyExists, detail).into()));
        }
        let (physical, logical) =
            if *is_number { (Physical::INT64, None) } else { (Physical::BYTE_ARRAY, Some(LogicalType::String)) };
        let field = Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()?;
        fields.push(Arc::new(field));
    }
    Ok(Arc::new(Type::group_type_builder(schema.name()).with_fields(fields).build()?))
}

/// Metadata with a description of all columns.
const DESCRIPTIONS: [&str; 2] = ["ARROW:schema", "huggingface"];

/// Returns the properties of a file that is written like the one of `metadata`, perhaps with more columns.
fn properties(metadata: &ParquetMetaData, text: Option<&TextColumns>, has_more: bool) -> WriterProperties {
    let groups = metadata.row_groups();
    let has_offsets =
        groups.iter().flat_map(RowGroupMetaData::columns).any(|chunk| chunk.offset_index_offset().is_some());
    let rows = groups.iter().map(RowGroupMetaData::num_rows).max().unwrap_or(0);
    let mut kept = metadata.file_metadata().key_value_metadata().cloned();
    if let Some(kept) = kept.as_mut().filter(|_| has_more) {
        kept.retain(|entry| !DESCRIPTIONS.contains(&entry.key.as_str()));
    }
    let mut builder = WriterProperties::builder().set_key_value_metadata(kept).set_offset_index_disabled(!has_offsets);
    if let Some(first) = groups.first() {
        for chunk in first.columns() {
            builder = column_properties(builder, chunk, rows as u64);
        }
        let sorting = first.sorting_columns();
        let lasts = groups.iter().all(|group| group.sorting_columns() == sorting);
        let is_text =
            |column: i32| usize::try_from(column).is_ok_and(|column| text.is_some_and(|text| text.has(column)));
        let by_text = sorting.is_some_and(|columns| columns.iter().any(|by| is_text(by.column_idx)));
        builder = builder.set_sorting_columns(sorting.filter(|_| lasts && !by_text).cloned());
    }
    builder.build()
}

fn column_properties(
    builder: WriterPropertiesBuilder,
    chunk: &ColumnChunkMetaData,
    rows: u64,
) -> WriterPropertiesBuilder {
    let path = || chunk.column_path().clone();
    let has_dictionary =
        chunk.encodings().any(|it| matches!(it, Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY));
    let statistics = match (chunk.statistics(), chunk.column_index_offset()) {
        (_, Some(_)) => EnabledStatistics::Page,
        (Some(_), None) => EnabledStatistics::Chunk,
        (None, None) => EnabledStatistics::None,
    };
    let mut builder = builder
        .set_column_compression(path(), chunk.compression())
        .set_column_dictionary_enabled(path(), has_dictionary)
        .set_column_statistics_enabled(path(), statistics);
    if let Some(encoding) = encoding(chunk) {
        builder = builder.set_column_encoding(path(), encoding);
    }
    if chunk.bloom_filter_offset().is_some() {
        builder = builder.set_column_bloom_filter_enabled(path(), true).set_column_bloom_filter_max_ndv(path(), rows);
    }
    builder
}

/// Returns the encoding of the values of a column, if it is not the plain one or a dictionary.
fn encoding(chunk: &ColumnChunkMetaData) -> Option<Encoding> {
    let kind = chunk.column_type();
    // Levels have this encoding too; booleans in any other encoding list that one besides.
    if kind == Physical::BOOLEAN && chunk.encodings().all(|encoding| encoding == Encoding::RLE) {
        return Some(Encoding::RLE);
    }
    chunk.encodings().find(|encoding| match encoding {
        Encoding::DELTA_BINARY_PACKED => matches!(kind, Physical::INT32 | Physical::INT64),
        Encoding::DELTA_LENGTH_BYTE_ARRAY => kind == Physical::BYTE_ARRAY,
        Encoding::DELTA_BYTE_ARRAY => matches!(kind, Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY),
        Encoding::BYTE_STREAM_SPLIT => !matches!(kind, Physical::BOOLEAN | Physical::INT96 | Physical::BYTE_ARRAY),
        _ => false,
    })
}
