//! Rows of columns that lie in lists and structs, put together as JSON objects, so that paths of fields mean in them what
//! they mean in JSON Lines.
//!
//! A column has for each value how deep its path is there (the definition level), and at which list it goes on (the
//! repetition level). Source: S. Melnik et al., "Dremel: Interactive Analysis of Web-Scale Datasets", VLDB 2010, section 4.
//! How lists and maps are written: the Parquet format, "Logical Types", with its rules for older files.

use std::fs::File;
use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::file::metadata::RowGroupMetaData;
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor, Type};
use serde_json::{Map, Value};

use super::cells::{Cells, Entries, holds_strings};
use super::footer::ParquetFault;
use super::pages;

/// The columns that are put together, all of one row group.
pub(crate) struct NestedRows {
    leaves: Vec<(Leaf, Cells)>,
}

/// A row that was put together.
#[derive(Clone, Debug)]
pub(crate) struct NestedRow {
    /// An object.
    pub object: Value,
    /// The bytes of its strings that are no UTF-8, which the object has not as they are.
    pub lost: Vec<u8>,
}

impl Default for NestedRow {
    fn default() -> Self {
        Self { object: Value::Object(Map::new()), lost: Vec::new() }
    }
}

/// A column, and how to go from a row to its values.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    /// Its number among all columns.
    pub column: usize,
    steps: Vec<Step>,
    lists: usize,
}

/// One step towards a value, and the definition level from which on there is something at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    kind: StepKind,
    definition: i16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum StepKind {
    /// Into the member of an object.
    Key(String),
    /// Into an element of the list, of which this is the zero-based number among those around it.
    Items(usize),
    /// To the same value, which may be null.
    Element,
}

impl NestedRows {
    /// Opens columns of a row group.
    pub fn open(
        file: &Arc<File>,
        group: &RowGroupMetaData,
        leaves: &[Leaf],
        max_record: u64,
    ) -> Result<Self, ParquetFault> {
        let open = |leaf: &Leaf| {
            let column = group.column(leaf.column).column_descr();
            Ok((leaf.clone(), Cells::new(pages::open(file, group, leaf.column, max_record)?, column)))
        };
        Ok(Self { leaves: leaves.iter().map(open).collect::<Result<_, ParquetFault>>()? })
    }

    /// Returns how many rows may be asked for at once.
    pub fn step(&self) -> usize {
        self.leaves.iter().map(|(_, cells)| cells.step()).min().unwrap_or(1)
    }

    /// Reads the next rows.
    pub fn read(&mut self, rows: usize) -> Result<Vec<NestedRow>, ParquetFault> {
        let mut read = vec![NestedRow::default(); rows];
        for (leaf, cells) in &mut self.leaves {
            let entries = cells.entries(rows)?;
            leaf.put(&entries, cells, &mut read)?;
        }
        Ok(read)
    }
}

impl Leaf {
    /// Puts the values of whole rows where they belong.
    fn put(&self, entries: &Entries, cells: &Cells, rows: &mut [NestedRow]) -> Result<(), ParquetFault> {
        let (mut row, mut values, mut places) = (None, entries.values.iter(), vec![0; self.lists]);
        for n in 0..entries.len() {
            let repetition = usize::try_from(entries.repetition(n)).unwrap_or_default();
            if repetition == 0 {
                row = Some(row.map_or(0, |row| row + 1));
            } else if let Some(place) = places.get_mut(repetition - 1) {
                *place += 1;
            }
            places.iter_mut().skip(repetition).for_each(|place| *place = 0);
            let definition = entries.definition(n);
            let has_value = self.steps.last().is_some_and(|last| definition >= last.definition);
            let cell = if has_value { values.next() } else { None };
            let Some(NestedRow { object, lost }) = row.and_then(|row| rows.get_mut(row)) else {
                return Err(ParquetFault::bad("a column has more rows than were asked for"));
            };
            let value = cell.map(|cell| cells.value(cell, lost)).unwrap_or_default();
            put(object, &self.steps, &places, definition, value);
        }
        Ok(())
    }

    /// Returns the strings of this column in a row, in their order.
    pub fn strings<'v>(&self, row: &'v Value) -> Vec<&'v str> {
        let mut found = Vec::new();
        gather(row, &self.steps, &mut found);
        found
    }
}

/// Puts a value at the end of its path, as far as that goes.
fn put(mut at: &mut Value, steps: &[Step], places: &[usize], definition: i16, value: Value) {
    for step in steps {
        at = match &step.kind {
            StepKind::Key(name) => {
                if at.is_null() {
                    *at = Value::Object(Map::new());
                }
                let Some(object) = at.as_object_mut() else { return };
                object.entry(name.as_str()).or_insert(Value::Null)
            }
            StepKind::Items(list) => {
                if at.is_null() {
                    *at = Value::Array(Vec::new());
                }
                let (Some(elements), Some(&place)) = (at.as_array_mut(), places.get(*list)) else { return };
                if definition < step.definition {
                    return;
                }
                if elements.len() <= place {
                    elements.resize(place + 1, Value::Null);
                }
                &mut elements[place]
            }
            StepKind::Element => at,
        };
        if definition < step.definition {
            return;
        }
    }
    *at = value;
}

fn gather<'v>(at: &'v Value, steps: &[Step], found: &mut Vec<&'v str>) {
    match steps.split_first() {
        None => found.extend(at.as_str()),
        Some((Step { kind: StepKind::Key(name), .. }, steps)) => {
            at.get(name).into_iter().for_each(|value| gather(value, steps, found));
        }
        Some((Step { kind: StepKind::Items(_), .. }, steps)) => {
            at.as_array().into_iter().flatten().for_each(|element| gather(element, steps, found));
        }
        Some((Step { kind: StepKind::Element, .. }, steps)) => gather(at, steps, found),
    }
}

/// Returns the columns below the top-level fields that `wants` names, of those that become strings, whole numbers or truth
/// values.
pub(crate) fn leaves(schema: &SchemaDescriptor, wants: impl Fn(&str) -> bool) -> Vec<Leaf> {
    let is_taken = |column: &ColumnDescriptor| {
        holds_strings(column) || matches!(column.physical_type(), Physical::BOOLEAN | Physical::INT32 | Physical::INT64)
    };
    let leaf = |(column, found): (usize, &Arc<ColumnDescriptor>)| {
        let path = found.path().parts();
        let is_wanted = path.first().is_some_and(|name| wants(name)) && is_taken(found);
        is_wanted.then(|| steps(schema.root_schema(), path)).flatten().map(|(steps, lists)| Leaf {
            column,
            steps,
            lists,
        })
    };
    schema.columns().iter().enumerate().filter_map(leaf).collect()
}

/// Returns how to go to a column, and through how many lists.
fn steps(root: &Type, path: &[String]) -> Option<(Vec<Step>, usize)> {
    let (mut steps, mut definition, mut lists, mut node) = (Vec::new(), 0, 0, root);
    let mut role = Role::Field;
    for name in path {
        let inner = node.get_fields().iter().find(|inner| inner.name() == name)?;
        let info = inner.get_basic_info();
        let repetition = if info.has_repetition() { info.repetition() } else { Repetition::REQUIRED };
        let (is_repeated, around) = (repetition == Repetition::REPEATED, definition);
        definition += i16::from(repetition != Repetition::REQUIRED);
        match role {
            Role::Field => {
                // The member is there, empty or not, where what is around it is.
                let definition = if is_repeated { around } else { definition };
                steps.push(Step { kind: StepKind::Key(name.clone()), definition });
            }
            Role::Items => {}
            Role::Element => steps.push(Step { kind: StepKind::Element, definition }),
        }
        if is_repeated {
            steps.push(Step { kind: StepKind::Items(lists), definition });
            lists += 1;
        }
        role = role.inside(node, inner);
        node = inner;
    }
    Some((steps, lists))
}

/// What a node of a schema is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A member of what is around it.
    Field,
    /// The elements of the list around it.
    Items,
    /// What is in the group that stands for an element.
    Element,
}

impl Role {
    /// Returns what a node in `node`, which itself lies in `outer` and has this role, is for.
    fn inside(self, outer: &Type, node: &Type) -> Self {
        if !node.is_group() {
            return Self::Field;
        }
        let fields = node.get_fields();
        let is_first_repeated = fields.len() == 1
            && fields[0].get_basic_info().has_repetition()
            && fields[0].get_basic_info().repetition() == Repetition::REPEATED;
        if is_first_repeated && is_list(node) {
            return Self::Items;
        }
        // A group with several fields, or of one of two names, is the element itself in older files.
        let is_wrapper =
            fields.len() == 1 && node.name() != "array" && node.name() != format!("{}_tuple", outer.name());
        if self == Self::Items && is_wrapper && !is_map(outer) { Self::Element } else { Self::Field }
    }
}

fn is_list(node: &Type) -> bool {
    let info = node.get_basic_info();
    matches!(info.logical_type_ref(), Some(LogicalType::List))
        || info.converted_type() == ConvertedType::LIST
        || is_map(node)
}

fn is_map(node: &Type) -> bool {
    let info = node.get_basic_info();
    matches!(info.logical_type_ref(), Some(LogicalType::Map))
        || matches!(info.converted_type(), ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE)
}

/// Returns a row of a file as its schema has it, with one element in each list: what fields there are, and of what kinds.
pub(super) fn sample(schema: &SchemaDescriptor) -> Value {
    let mut row = Value::Object(Map::new());
    for found in schema.columns() {
        let Some((steps, lists)) = steps(schema.root_schema(), found.path().parts()) else { continue };
        let value = match found.physical_type() {
            _ if holds_strings(found) => Value::from("a text"),
            Physical::BOOLEAN => Value::Bool(false),
            Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY => Value::Null,
            _ => Value::from(0),
        };
        put(&mut row, &steps, &vec![0; lists], i16::MAX, value);
    }
    row
}
