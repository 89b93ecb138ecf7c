//! Which columns of a file hold what is asked for, and what is said if none does.

use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};

use super::cells::holds_strings;
use super::footer::ParquetFault;
use super::nested::{self, Leaf, leaves};
use crate::finding::Reason;
use crate::source::fields::{FieldPath, offers, suggestion, texts};
use crate::source::jsonl::text_paths;
use crate::source::options::SourceOptions;

/// Where the texts of a file stand.
#[derive(Clone, Debug)]
pub(crate) enum TextColumns {
    /// In this column, one a row.
    One(usize),
    /// At the ends of paths through these columns.
    Nested(Vec<Leaf>),
}

impl TextColumns {
    /// Finds the columns of the text fields.
    pub fn find(schema: &SchemaDescriptor, options: &SourceOptions) -> Result<Self, ParquetFault> {
        if let [field] = options.text_field.names()
            && let Some(column) = one_column(schema, field)?
        {
            return Ok(Self::One(column));
        }
        let paths = text_paths(options);
        check(schema, &paths)?;
        Ok(Self::Nested(leaves(schema, |name| paths.iter().any(|path| path.begins_with(name)))))
    }

    /// Returns whether a column holds texts, or parts of them.
    pub fn has(&self, column: usize) -> bool {
        match self {
            Self::One(text) => *text == column,
            Self::Nested(_) => self.leaf(column).is_some(),
        }
    }

    /// Returns the way to a column that holds parts of texts.
    pub fn leaf(&self, column: usize) -> Option<&Leaf> {
        let Self::Nested(leaves) = self else { return None };
        leaves.iter().find(|leaf| leaf.column == column)
    }
}

/// Returns the number of the column of strings of that name, none if there is no column of it.
fn one_column(schema: &SchemaDescriptor, field: &str) -> Result<Option<usize>, ParquetFault> {
    match columns(schema, field)[..] {
        [column] => match schema.column(column) {
            found if found.max_rep_level() > 0 => Ok(None),
            found if !holds_strings(&found) => {
                let detail = format!("column `{field}` holds {}, but it must hold strings", kind(&found));
                Err(ParquetFault::new(Reason::TextNotString, detail))
            }
            _ => Ok(Some(column)),
        },
        [] => Ok(None),
        _ => Err(ParquetFault::new(Reason::DuplicateColumn, format!("more than one column is called `{field}`"))),
    }
}

/// Takes the texts of a row as the schema says that rows are, so that what no row has is told once.
fn check(schema: &SchemaDescriptor, paths: &[FieldPath]) -> Result<(), ParquetFault> {
    let sample = nested::sample(schema).to_string();
    for path in paths {
        match texts(&sample, &[path.through_all_elements()], &|| suggestion(&sample)) {
            Err((Reason::MissingText, _)) => return Err(missing(&sample, &path.name)),
            Err((reason, detail)) => return Err(ParquetFault::new(reason, detail)),
            Ok(_) => {}
        }
    }
    Ok(())
}

fn missing(sample: &str, field: &str) -> ParquetFault {
    let as_in = suggestion(sample).map(|flags| format!(", as in {flags}")).unwrap_or_default();
    let detail =
        format!("the file has no column `{field}`; name the column with --text-field{as_in}{}", offers(sample));
    ParquetFault::new(Reason::MissingColumn, detail)
}

/// Returns the number of the column of that name, if it is the only one, and has one value a row.
pub(crate) fn plain_column(schema: &SchemaDescriptor, field: &str) -> Option<usize> {
    match columns(schema, field)[..] {
        [column] if schema.column(column).max_rep_level() == 0 => Some(column),
        _ => None,
    }
}

fn columns(schema: &SchemaDescriptor, field: &str) -> Vec<usize> {
    (0..schema.num_columns()).filter(|&i| schema.column(i).path().string() == field).collect()
}

/// Says for people what a column holds.
fn kind(column: &ColumnDescriptor) -> String {
    let name = match (column.logical_type_ref(), column.converted_type(), column.physical_type()) {
        (Some(LogicalType::Unknown), ..) => "nothing but nulls",
        (Some(LogicalType::Decimal(_)), ..) | (_, ConvertedType::DECIMAL, _) => "decimals",
        (Some(LogicalType::Date), ..) | (_, ConvertedType::DATE, _) => "dates",
        (Some(LogicalType::Timestamp(_)), ..) | (.., Physical::INT96) => "timestamps",
        (.., Physical::BOOLEAN) => "booleans",
        (.., Physical::INT32 | Physical::INT64) => "integers",
        (.., Physical::FLOAT | Physical::DOUBLE) => "numbers",
        (.., Physical::BYTE_ARRAY) => "binary values",
        (.., Physical::FIXED_LEN_BYTE_ARRAY) => "binary values of one length",
    };
    format!("{name} ({})", column.physical_type())
}
