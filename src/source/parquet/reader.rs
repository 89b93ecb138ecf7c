//! The rows of a file, in batches.

use std::fs::File;
use std::sync::Arc;

use parquet::data_type::ByteArray;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::schema::types::SchemaDescriptor;

use super::cells::{Cells, ParquetCell};
use super::columns::{TextColumns, plain_column};
use super::footer::{self, ParquetFault};
use super::nested::{Leaf, NestedRow, NestedRows, leaves};
use super::pages;
use crate::finding::{Reason, RecordId, Skipped};
use crate::source::fields::FieldPath;
use crate::source::jsonl::{WantedFields, record_of};
use crate::source::options::SourceOptions;
use crate::source::record::{Item, Record};
use crate::source::skip::{SkipCause, skipped_source};
use doublon_core::hash::content_hash;

/// Reads the rows of a file in order.
pub struct ParquetReader {
    name: String,
    file: Arc<File>,
    metadata: ParquetMetaData,
    max_record: u64,
    columns: WantedColumns,
    /// The row group that is read next, and the row with which it starts.
    group: usize,
    group_start: u64,
    /// The row group that is being read.
    rows: Option<GroupRows>,
}

/// The columns that are read.
enum WantedColumns {
    /// Columns with one value a row, by their numbers.
    Plain { text: usize, id: Option<usize>, value: Option<usize> },
    /// Columns in lists and structs, and what is taken of the records that they make.
    Nested(Vec<Leaf>, Arc<WantedFields>),
}

impl WantedColumns {
    fn find(schema: &SchemaDescriptor, options: &SourceOptions) -> Result<Self, ParquetFault> {
        let value = options.value_field.as_deref();
        Ok(match TextColumns::find(schema, options)? {
            TextColumns::One(text) => Self::Plain {
                text,
                id: plain_column(schema, &options.id_field),
                value: value.and_then(|field| plain_column(schema, field)),
            },
            TextColumns::Nested(text) => {
                let others = [Some(&*options.id_field), value].map(|field| field.map(FieldPath::parse));
                let mut all = leaves(schema, |name| others.iter().flatten().any(|path| path.begins_with(name)));
                all.extend(text);
                all.sort_unstable_by_key(|leaf| leaf.column);
                all.dedup_by_key(|leaf| leaf.column);
                Self::Nested(all, Arc::new(WantedFields::new(options)))
            }
        })
    }
}

/// The most rows of a batch, and the bytes of text after which it ends.
const BATCH_ROWS: usize = 4096;
const BATCH_BYTES: usize = 1 << 20;

impl ParquetReader {
    /// Reads the footer of a file, which must be one that can be read from any place, and finds the columns. `name` is
    /// that of the source.
    ///
    /// # Errors
    ///
    /// What is reported of a file of which no row can be read: it is no Parquet file, is cut short, damaged or encrypted,
    /// or has no column of strings that is called as the text field.
    pub fn open(file: Arc<File>, name: &str, options: &SourceOptions) -> Result<Self, Skipped> {
        let opened = ParquetFault::guarded(|| {
            let metadata = footer::read(&file)?;
            let schema = metadata.file_metadata().schema_descr();
            let columns = WantedColumns::find(schema, options)?;
            Ok((metadata, columns))
        });
        let (metadata, columns) = opened.map_err(|fault| skipped_source(name, fault.reason, fault.detail))?;
        let (name, max_record) = (name.to_owned(), options.max_record);
        Ok(Self { name, file, metadata, max_record, columns, group: 0, group_start: 0, rows: None })
    }

    /// Returns an item for each of the next rows, or `None` at the end of the file. Records are numbered by row, and
    /// [`Record::offset`] is that number, too. Rows that cannot be read make one item for all of them.
    pub fn next_batch(&mut self) -> Option<Vec<Item>> {
        while self.group < self.metadata.num_row_groups() {
            let mut items = Vec::new();
            let read = ParquetFault::guarded(|| self.read_batch(&mut items));
            let done = match read {
                Ok(()) => self.rows.as_ref().is_none_or(|rows| rows.left == 0),
                Err(fault) => {
                    items.push(self.lost(&fault));
                    true
                }
            };
            if done {
                self.group_start += self.group_rows();
                self.group += 1;
                self.rows = None;
            }
            if !items.is_empty() {
                return Some(items);
            }
        }
        None
    }

    fn group_rows(&self) -> u64 {
        self.metadata.row_group(self.group).num_rows() as u64
    }

    fn read_batch(&mut self, items: &mut Vec<Item>) -> Result<(), ParquetFault> {
        if self.rows.is_none() {
            let group = self.metadata.row_group(self.group);
            self.rows = Some(GroupRows::open(&self.file, group, &self.columns, self.group_start, self.max_record)?);
        }
        let Some(rows) = &mut self.rows else { return Ok(()) };
        let mut bytes = 0;
        while rows.left > 0 && items.len() < BATCH_ROWS && bytes < BATCH_BYTES {
            bytes += rows.read(&self.name, self.max_record, BATCH_ROWS - items.len(), items)?;
        }
        Ok(())
    }

    /// The finding about the rows of the group that were not read.
    fn lost(&self, fault: &ParquetFault) -> Item {
        let end = self.group_start + self.group_rows();
        let row = self.rows.as_ref().map_or(self.group_start, |rows| end - rows.left);
        let lost = if end - row > 1 { format!("rows {} to {end}", row + 1) } else { format!("row {end}") };
        Item::Skipped(skipped_row(&self.name, row, fault.reason, format!("{lost}: {}", fault.detail)))
    }
}

/// The rows of one row group that are still to be read.
struct GroupRows {
    cells: GroupCells,
    /// The number in the file of the next row.
    next: u64,
    left: u64,
}

enum GroupCells {
    Plain(Box<PlainCells>),
    Nested(NestedRows, Arc<WantedFields>),
}

struct PlainCells {
    text: Cells,
    id: Option<Cells>,
    value: Option<Cells>,
}

/// A row as it was read: its document, or why it has none.
type Row = Result<Record, SkipCause>;

impl GroupRows {
    fn open(
        file: &Arc<File>,
        group: &RowGroupMetaData,
        columns: &WantedColumns,
        next: u64,
        max_record: u64,
    ) -> Result<Self, ParquetFault> {
        let open = |column: usize| {
            let chunk = group.column(column);
            if chunk.num_values() != group.num_rows() {
                let detail = format!("{} rows, but {} of them in a column", group.num_rows(), chunk.num_values());
                return Err(ParquetFault::bad(detail));
            }
            Ok(Cells::new(pages::open(file, group, column, max_record)?, chunk.column_descr()))
        };
        let cells = match columns {
            WantedColumns::Plain { text, id, value } => GroupCells::Plain(Box::new(PlainCells {
                text: open(*text)?,
                id: id.map(open).transpose()?,
                value: value.map(open).transpose()?,
            })),
            WantedColumns::Nested(leaves, fields) => {
                GroupCells::Nested(NestedRows::open(file, group, leaves, max_record)?, fields.clone())
            }
        };
        Ok(Self { cells, next, left: group.num_rows() as u64 })
    }

    /// Reads as many rows as the pages at hand have, up to `most`, and returns the bytes of their texts.
    fn read(&mut self, name: &str, max_record: u64, most: usize, items: &mut Vec<Item>) -> Result<usize, ParquetFault> {
        let most = usize::try_from(self.left).unwrap_or(most).min(most);
        let rows = match &mut self.cells {
            GroupCells::Plain(cells) => plain_rows(cells, most)?,
            GroupCells::Nested(rows, fields) => nested_rows(rows, most, fields)?,
        };
        let mut bytes = 0;
        for row in rows {
            items.push(match row {
                Ok(found) if found.text.len() as u64 <= max_record => {
                    bytes += found.text.len();
                    Item::Document(Record { record: self.next, offset: self.next, length: 1, ..found })
                }
                Ok(_) => {
                    let detail = format!("row {}: longer than {max_record} bytes; raise --max-record", self.next + 1);
                    Item::Skipped(skipped_row(name, self.next, Reason::TooLarge, detail))
                }
                Err((reason, detail)) => {
                    let detail = format!("row {}: {detail}", self.next + 1);
                    Item::Skipped(skipped_row(name, self.next, reason, detail))
                }
            });
            self.next += 1;
            self.left -= 1;
        }
        Ok(bytes)
    }
}

fn plain_rows(cells: &mut PlainCells, most: usize) -> Result<Vec<Row>, ParquetFault> {
    let PlainCells { text, id, value } = cells;
    let others = [&*id, &*value].into_iter().flatten().map(Cells::step);
    let step = others.fold(text.step().min(most), usize::min);
    let texts = text.read(step)?;
    let ids = values(id.as_mut(), step, Cells::id)?;
    let values = values(value.as_mut(), step, Cells::json)?;
    let row = |((text, id), value)| match text {
        Some(ParquetCell::Bytes(text)) => Ok(record(id, value, &text)),
        _ => Err((Reason::TextNotString, "the text is null".to_owned())),
    };
    Ok(texts.into_iter().zip(ids).zip(values).map(row).collect())
}

fn nested_rows(rows: &mut NestedRows, most: usize, fields: &WantedFields) -> Result<Vec<Row>, ParquetFault> {
    let read = rows.read(rows.step().min(most))?;
    let row = |NestedRow { object, lost }: NestedRow| {
        let (object, lossy) = (object.to_string(), !lost.is_empty());
        let raw_hash = lossy.then(|| content_hash(&[object.as_bytes(), &lost].concat()));
        record_of(&object, fields).map(|record| Record { lossy, raw_hash, ..record })
    };
    Ok(read.into_iter().map(row).collect())
}

/// Reads the next rows of a column that may be absent, each as `read` takes it.
fn values<T: Clone>(
    column: Option<&mut Cells>,
    rows: usize,
    read: fn(&Cells, &ParquetCell) -> Option<T>,
) -> Result<Vec<Option<T>>, ParquetFault> {
    let Some(column) = column else { return Ok(vec![None; rows]) };
    let cells = column.read(rows)?;
    Ok(cells.iter().map(|cell| cell.as_ref().and_then(|cell| read(column, cell))).collect())
}

fn record(id: Option<RecordId>, value: Option<String>, bytes: &ByteArray) -> Record {
    let bytes = bytes.data();
    let (text, lossy) = match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (String::from_utf8_lossy(bytes).into_owned(), true),
    };
    let raw_hash = lossy.then(|| content_hash(bytes));
    Record { id, value, text, lossy, raw_hash, ..Record::default() }
}

fn skipped_row(name: &str, row: u64, reason: Reason, detail: String) -> Skipped {
    Skipped { record: Some(row), offset: Some(row), ..skipped_source(name, reason, detail) }
}
