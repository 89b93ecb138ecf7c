//! Tables that come as Arrow: which column holds the texts, and how its rows reach the deduper.

use std::sync::Arc;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_schema::{DataType, Fields};
use doublon::Deduper;
use doublon::finding::Parameters;
use serde_json::{Map, Value};

use crate::cell;
use crate::column::{RowNames, TableColumn, is_text};
use crate::errors::{Failure, Result};
use crate::rows::{RowIds, Rows};
use crate::stream::ArrayStream;

/// Bytes of records that are handed over together, where texts are made of several values.
const LINES: usize = 1 << 20;

/// Hands all rows of a table, or of a column, to a deduper, and returns what they are called.
pub fn push(mut stream: ArrayStream, parameters: &Parameters, dedup: &mut Deduper) -> Result<Rows> {
    let plan = ReadingPlan::of(&stream.told, parameters)?;
    match plan {
        ReadingPlan::Column { text, id, value } => {
            let mut column = TableColumn::default();
            while let Some(array) = stream.next_array()? {
                match text {
                    None => column.add(&array, None, None)?,
                    Some(text) => {
                        let of = |at: usize| array.as_struct().column(at).clone();
                        column.add(&of(text), id.map(of), value.map(of))?;
                    }
                }
            }
            let names = column.names();
            let before = dedup.pushed();
            dedup.push_column(Arc::new(column))?;
            Ok(Rows { count: dedup.pushed() - before, ids: RowIds::Table(names) })
        }
        ReadingPlan::Records { columns, id } => push_records(&mut stream, &columns, id, dedup),
    }
}

/// Hands rows over as records of the columns that are needed: their texts are made of several values.
fn push_records(stream: &mut ArrayStream, columns: &[usize], id: Option<usize>, dedup: &mut Deduper) -> Result<Rows> {
    let (mut lines, mut names, mut count) = (Vec::new(), RowNames::default(), 0);
    while let Some(array) = stream.next_array()? {
        let table = array.as_struct();
        for row in 0..table.len() {
            let named =
                columns.iter().map(|&at| (table.column_names()[at].to_owned(), cell::value(table.column(at), row)));
            let record = Value::Object(named.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>());
            lines.extend_from_slice(record.to_string().as_bytes());
            lines.push(b'\n');
            if lines.len() >= LINES {
                dedup.push_json_lines(std::mem::take(&mut lines))?;
            }
        }
        count += table.len() as u64;
        names.add(id.map(|id| table.column(id).clone()), table.len());
    }
    dedup.push_json_lines(lines)?;
    Ok(Rows { count, ids: RowIds::Table(Arc::new(names)) })
}

/// Where the texts of a table are.
enum ReadingPlan {
    /// In a column of their own, if the table has several.
    Column { text: Option<usize>, id: Option<usize>, value: Option<usize> },
    /// Inside of the values of these columns.
    Records { columns: Vec<usize>, id: Option<usize> },
}

impl ReadingPlan {
    fn of(told: &DataType, parameters: &Parameters) -> Result<Self> {
        let DataType::Struct(fields) = told else {
            return if is_text(told) {
                Ok(Self::Column { text: None, id: None, value: None })
            } else {
                Err(Failure::Type(format!("the column holds {told}, which is no text")))
            };
        };
        let named = |name: &str| fields.iter().position(|field| field.name() == name);
        let input = &parameters.input;
        let id = named(&input.id_field);
        if id.is_none() && input.names_id() {
            return Err(missing("id_field", &input.id_field, fields));
        }
        let value = parameters.config.keep.field();
        if let Some(field) = value.filter(|field| !fields.iter().any(|known| is_below(known.name(), field))) {
            return Err(missing("keep", field, fields));
        }
        let texts = input.text_field.names();
        let is_known = |field: &str| fields.iter().any(|known| is_below(known.name(), field));
        if let Some(field) = texts.iter().find(|field| !field.ends_with('?') && !is_known(field)) {
            return Err(missing("text_field", field, fields));
        }
        let plain = |field: &str| named(field).filter(|&at| is_text(fields[at].data_type()));
        let is_plain_value = value.is_none_or(|field| named(field).is_some());
        if let [text] = texts
            && let Some(text) = plain(text).filter(|_| is_plain_value)
        {
            return Ok(Self::Column { text: Some(text), id, value: value.and_then(named) });
        }
        let wanted: Vec<&str> =
            texts.iter().map(String::as_str).chain(value).chain([input.id_field.as_str()]).collect();
        let is_wanted = |name: &str| wanted.iter().any(|field| is_below(name, field));
        let columns = (0..fields.len()).filter(|&at| is_wanted(fields[at].name())).collect();
        Ok(Self::Records { columns, id })
    }
}

/// Returns whether a path to a value begins with a column.
fn is_below(column: &str, field: &str) -> bool {
    field.strip_prefix(column).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '?']))
}

fn missing(setting: &str, field: &str, fields: &Fields) -> Failure {
    let kind = |told: &DataType| if is_text(told) { "string".to_owned() } else { told.to_string() };
    let columns: Vec<String> =
        fields.iter().map(|field| format!("{} ({})", field.name(), kind(field.data_type()))).collect();
    Failure::Setting(format!("{setting} names {field}, which is none of the columns: {}", columns.join(", ")))
}
