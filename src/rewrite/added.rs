//! Fields that a copy adds to its records: that one is a duplicate, how many there were of it, and values of those that go.
//!
//! JSON records get members, rows of tables and of Parquet files get columns. Other formats have no place for a field: what is told of their
//! documents stands in the evidence alone.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::index::SourceIndex;
use super::options::{AddedFields, DocumentTreatment, MergedField, PassageTreatment};
#[cfg(feature = "parquet")]
use super::parquet::{AddedColumn, AddedValue};
use super::plan::{Plan, PlannedSource};
use super::records::{MARKS, has_member, visit};
use super::removal::{DocumentRemoval, RemovalCause};
use crate::error::Result;
use crate::finding::{DocumentRef, SourceInfo};
use crate::source::{Format, SourceOptions, TableDialect};
use doublon_core::Keep;

/// The field that tells of the cluster of a record, where documents are marked.
const CLUSTER: &str = "doublon";

/// The fields that the records of all sources get, by source and record.
pub(super) struct Additions {
    /// The names of all fields, in order.
    pub names: Vec<String>,
    /// What is not the default, by source, record and number of the field.
    told: Vec<BTreeMap<u64, BTreeMap<usize, Value>>>,
    /// The value of the first field where nothing is told, if it has one.
    default: Option<Value>,
    /// The fields to be merged that none of the records that go has, by source.
    without_values: Vec<Vec<String>>,
}

impl Additions {
    /// Works out the fields that a plan adds; none if it adds none. Records that go are read again for values.
    ///
    /// # Errors
    ///
    /// If a source is not what was scanned.
    pub fn of(plan: &Plan) -> Result<Option<Self>> {
        let is_marked = plan.documents == DocumentTreatment::Mark;
        let AddedFields { count, merge } = &plan.added;
        let names = count.iter().cloned().chain(is_marked.then(|| CLUSTER.to_owned()));
        let names = names.chain(merge.iter().map(|merged| merged.name.clone()));
        let names: Vec<String> = names.chain(has_marked_columns(plan).then(|| MARKS.to_owned())).collect();
        if names.is_empty() {
            return Ok(None);
        }
        let default = count.as_ref().map(|_| json!(1));
        let (told, without_values) = (vec![BTreeMap::new(); plan.sources.len()], vec![Vec::new(); plan.sources.len()]);
        let mut added = Self { names, told, default, without_values };
        let infos: Vec<SourceInfo> = plan.sources.iter().map(|planned| planned.info.clone()).collect();
        let clusters = Clusters::of(plan, SourceIndex::new(&infos))?;
        if count.is_some() {
            clusters.sizes.iter().for_each(|(&place, size)| added.tell(place, 0, json!(size + 1)));
        }
        if is_marked {
            added.tell_clusters(plan, &clusters, usize::from(count.is_some()))?;
        }
        let first = usize::from(count.is_some()) + usize::from(is_marked);
        for (n, merged) in merge.iter().enumerate() {
            added.tell_merged(plan, &clusters, merged, first + n)?;
        }
        Ok(Some(added))
    }

    /// Returns the values of a record, one for each name.
    pub fn values(&self, source: usize, record: u64) -> Vec<Option<&Value>> {
        let told = self.told[source].get(&record);
        let value = |n: usize| told.and_then(|told| told.get(&n)).or(self.default.as_ref().filter(|_| n == 0));
        (0..self.names.len()).map(value).collect()
    }

    /// Returns which field tells the repeated passages of rows, if one does. Those of JSON records get theirs with their edits.
    pub fn marks(&self) -> Option<usize> {
        self.names.iter().position(|name| name == MARKS)
    }

    /// Returns whether a source of a format gets a field in one of its records. All tables have the same columns.
    pub fn change(&self, source: usize, format: Format) -> bool {
        takes_fields(format) && (has_columns(format) || self.default.is_some() || !self.told[source].is_empty())
    }

    /// Returns the columns of a Parquet file that gets these fields.
    #[cfg(feature = "parquet")]
    pub fn columns(&self) -> Vec<AddedColumn> {
        let column = |(n, name): (usize, &String)| AddedColumn { name: name.clone(), is_number: self.is_number(n) };
        self.names.iter().enumerate().map(column).collect()
    }

    /// Returns what a row has in one of the columns.
    #[cfg(feature = "parquet")]
    pub fn cell(&self, source: usize, row: u64, column: usize) -> Option<AddedValue> {
        let value = self.values(source, row)[column]?;
        Some(match value.as_i64().filter(|_| self.is_number(column)) {
            Some(number) => AddedValue::Number(number),
            None => AddedValue::Text(value.to_string()),
        })
    }

    /// Whether a field holds counts.
    #[cfg(feature = "parquet")]
    fn is_number(&self, field: usize) -> bool {
        field == 0 && self.default.is_some()
    }

    /// Returns how many records that get a value are in a source.
    pub fn count(&self, source: usize) -> u64 {
        self.told[source].len() as u64
    }

    /// Returns the fields of which values are merged and that none of the records of a source that go has.
    pub fn without_values(&self, source: usize) -> &[String] {
        &self.without_values[source]
    }

    fn tell(&mut self, (source, record): Place, field: usize, value: Value) {
        self.told[source].entry(record).or_default().insert(field, value);
    }

    fn tell_clusters(&mut self, plan: &Plan, clusters: &Clusters, field: usize) -> Result<()> {
        for (place, number) in clusters.sizes.keys().zip(1..) {
            self.tell(*place, field, json!({"cluster": format!("d{number}"), "is_duplicate": false}));
        }
        for (source, planned) in plan.sources.iter().enumerate() {
            for drop in &planned.drops {
                let RemovalCause::Duplicate { keep, jaccard, equality, .. } = &drop.cause else { continue };
                let kept = clusters.place(keep)?;
                let cluster = format!("d{}", clusters.sizes.range(..=kept).count());
                let mut mark = json!({
                    "cluster": cluster,
                    "is_duplicate": true,
                    "duplicate_of": keep.as_ref(),
                    "jaccard": jaccard,
                });
                if !equality.is_none() {
                    mark["equality"] = json!(equality);
                }
                self.tell((source, drop.doc.record), field, mark);
            }
        }
        Ok(())
    }

    /// Reads a field of the records that go, and gives the values to those that stay, in order of their places.
    fn tell_merged(&mut self, plan: &Plan, clusters: &Clusters, merged: &MergedField, field: usize) -> Result<()> {
        let reading = SourceOptions::new(&plan.parameters.input, &Keep::Max(merged.field.clone()));
        let mut lists: BTreeMap<Place, Vec<Value>> = clusters.sizes.keys().map(|&place| (place, Vec::new())).collect();
        for (source, planned) in plan.sources.iter().enumerate() {
            let mut has_value = false;
            let goes = |drop: &&DocumentRemoval| drop.keeper_in_sources().is_some();
            let drops: BTreeMap<u64, &DocumentRemoval> =
                planned.drops.iter().filter(goes).map(|drop| (drop.doc.record, drop)).collect();
            if drops.is_empty() {
                continue;
            }
            let wanted: Vec<u64> = drops.keys().copied().collect();
            visit(planned, &wanted, &reading, &mut |record, _| {
                let value = record.value.as_deref().and_then(|value| serde_json::from_str(value).ok());
                has_value |= value.is_some();
                if let (Some(value), Some(keeper)) = (value, drops[&record.record].keeper_in_sources()) {
                    lists.entry(clusters.place(keeper)?).or_default().push(value);
                }
                Ok(())
            })?;
            if !has_value {
                self.without_values[source].push(merged.field.clone());
            }
        }
        for (place, list) in lists {
            self.tell(place, field, Value::Array(list));
        }
        Ok(())
    }
}

/// Returns whether records of a format take fields.
pub(super) fn takes_fields(format: Format) -> bool {
    matches!(format, Format::Jsonl | Format::Json) || has_columns(format)
}

/// Returns whether repeated passages are marked in files that have columns, as far as their names tell.
fn has_marked_columns(plan: &Plan) -> bool {
    let reading = SourceOptions::from(plan.parameters.input.clone());
    let format = |planned: &PlannedSource| planned.source.format_by_ending(&reading);
    let is_one = |planned: &PlannedSource| !planned.edits.is_empty() && format(planned).is_none_or(has_columns);
    plan.passages == PassageTreatment::Mark && plan.sources.iter().any(is_one)
}

/// Returns whether a format has columns, which all of its records have.
fn has_columns(format: Format) -> bool {
    format.is_table() || format == Format::Parquet
}

/// A record of a source, by the number of the source.
type Place = (usize, u64);

/// The documents for which others go.
struct Clusters {
    index: SourceIndex,
    /// How many go for each, in order.
    sizes: BTreeMap<Place, u64>,
}

impl Clusters {
    fn of(plan: &Plan, index: SourceIndex) -> Result<Self> {
        let mut clusters = Self { index, sizes: BTreeMap::new() };
        for keeper in plan.drops().filter_map(DocumentRemoval::keeper_in_sources) {
            *clusters.sizes.entry(clusters.place(keeper)?).or_default() += 1;
        }
        Ok(clusters)
    }

    fn place(&self, doc: &DocumentRef) -> Result<Place> {
        Ok((self.index.number(doc)?, doc.record))
    }
}

/// Appends a JSON object to `out` with more members, those that have a value.
///
/// # Errors
///
/// If it has a member of such a name already, or is no object.
pub(super) fn with_members(
    object: &[u8],
    names: &[String],
    values: &[Option<&Value>],
    out: &mut Vec<u8>,
) -> std::result::Result<(), String> {
    let text = std::str::from_utf8(object).map_err(|error| error.to_string())?;
    let end = text.rfind('}').ok_or("it is no object")?;
    out.extend_from_slice(&object[..end]);
    for (name, value) in names.iter().zip(values) {
        let Some(value) = value else { continue };
        if has_member(text, name) {
            return Err(format!("it has a field `{name}` already; give the new one another name"));
        }
        let name = serde_json::to_string(name).map_err(|error| error.to_string())?;
        out.extend_from_slice(format!(",{name}:{value}").as_bytes());
    }
    out.extend_from_slice(&object[end..]);
    Ok(())
}

/// Appends a row to `out` with more columns; one without a value is empty.
pub(super) fn with_columns(row: &[u8], dialect: TableDialect, values: &[Option<&Value>], out: &mut Vec<u8>) {
    let ended = row.len() - row.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    out.extend_from_slice(&row[..ended]);
    for value in values {
        out.push(dialect.delimiter);
        let cell = match value {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        out.extend_from_slice(&dialect.encoded(&quoted(&cell, dialect.delimiter)));
    }
    out.extend_from_slice(&row[ended..]);
}

fn quoted(cell: &str, delimiter: u8) -> String {
    let is_plain = cell.bytes().all(|byte| byte != delimiter && !matches!(byte, b'"' | b'\r' | b'\n'));
    if is_plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}
