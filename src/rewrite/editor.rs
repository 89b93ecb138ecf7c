//! What is written of the records of a block by a plan: without those that go, with those that change or get fields.

use std::io::{self, Read};
use std::ops::Range;

use serde_json::Value;

use super::added::{Additions, with_columns, with_members};
use super::edit::DocumentEdit;
use super::options::PassageTreatment;
use super::plan::{Plan, PlannedSource};
use super::records::{changed, check_found, edited, marks_of_row, missing, ranges};
use crate::error::{Error, Result};
use crate::source::{Block, Format, Item, ListElement, SourceOptions, TableDialect, column_names, elements, parse};

/// Bytes that are looked at of what was passed over in a list.
const START: u64 = 1 << 20;

/// Carries out what is done to records.
pub(super) struct Editor<'a> {
    pub plan: &'a Plan,
    pub reading: SourceOptions,
    /// The fields that records get.
    pub additions: Option<Additions>,
}

/// What is done to the record with a number.
pub(super) type PlannedAction<'a> = (u64, RecordAction<'a>);

/// What is done to a record.
pub(super) enum RecordAction<'a> {
    Drop,
    Edit(&'a DocumentEdit),
    /// It gets fields, and is edited before.
    Add(Option<&'a DocumentEdit>, Vec<Option<&'a Value>>),
}

impl Editor<'_> {
    /// Returns whether records of a source get fields.
    pub fn adds_to(&self, number: usize, format: Format) -> bool {
        self.additions.as_ref().is_some_and(|additions| additions.change(number, format))
    }

    /// Returns what is done to the records of a block if they get fields; otherwise it is what the plan says, `actions`.
    pub fn with_additions<'e>(
        &'e self,
        number: usize,
        planned: &PlannedSource,
        block: &Block,
        format: Format,
        actions: &[PlannedAction<'e>],
    ) -> Option<Vec<PlannedAction<'e>>> {
        let additions = self.additions.as_ref().filter(|additions| additions.change(number, format))?;
        let mut items = Vec::new();
        parse(&mut block.clone(), format, &planned.source.name(), &self.reading, &mut items);
        let documents = items.into_iter().filter_map(|item| match item {
            Item::Document(record) => Some(record.record),
            Item::Skipped(_) => None,
        });
        let action = |record: u64| {
            let planned = actions.binary_search_by_key(&record, |action| action.0).ok().map(|n| &actions[n].1);
            let values = additions.values(number, record);
            match planned {
                Some(RecordAction::Drop) => Some((record, RecordAction::Drop)),
                Some(RecordAction::Edit(edit)) => Some((record, RecordAction::Add(Some(*edit), values))),
                _ if format.is_table() || values.iter().any(Option::is_some) => {
                    Some((record, RecordAction::Add(None, values)))
                }
                _ => None,
            }
        };
        Some(documents.filter_map(action).collect())
    }

    /// Returns the header of a table with the names of the fields that its rows get.
    pub fn named<'p>(
        &self,
        number: usize,
        format: Format,
        dialect: Option<TableDialect>,
        mut passed: Box<dyn Read + 'p>,
    ) -> io::Result<Box<dyn Read + 'p>> {
        let additions = self.additions.as_ref().filter(|additions| additions.change(number, format));
        let Some((additions, dialect)) = additions.zip(dialect) else {
            return Ok(passed);
        };
        if self.reading.no_header {
            return Ok(passed);
        }
        let (mut header, mut named) = (Vec::new(), Vec::new());
        passed.read_to_end(&mut header)?;
        if let Some(name) = column_names(&header, dialect).find(|name| additions.names.contains(name)) {
            let detail = format!("it has a column `{name}` already; give the new one another name");
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, detail));
        }
        let names: Vec<Value> = additions.names.iter().cloned().map(Value::String).collect();
        with_columns(&header, dialect, &names.iter().map(Some).collect::<Vec<_>>(), &mut named);
        Ok(Box::new(io::Cursor::new(named)))
    }

    /// Appends a record that stays, which is a block of its own, to `out`.
    fn put(
        &self,
        planned: &PlannedSource,
        one: &Block,
        format: Format,
        action: &RecordAction,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let record = one.first_record;
        let edit = match action {
            RecordAction::Drop => return Ok(()),
            RecordAction::Edit(edit) | RecordAction::Add(Some(edit), _) => Some(*edit),
            RecordAction::Add(None, _) => None,
        };
        let mut text = Vec::new();
        let is_marked = self.plan.passages == PassageTreatment::Mark;
        match edit.filter(|_| !(is_marked && format.is_table())) {
            Some(edit) => edited(one, format, edit, self.plan.passages, &self.reading, &mut text)
                .map_err(|detail| changed(planned, format!("record {record}: {detail}")))?,
            None => text.extend_from_slice(&one.bytes),
        }
        let (RecordAction::Add(_, values), Some(additions)) = (action, &self.additions) else {
            out.append(&mut text);
            return Ok(());
        };
        if let Some(dialect) = one.dialect() {
            let marks = edit.filter(|_| is_marked).map(|edit| {
                let marks = marks_of_row(one, format, edit, &self.reading);
                marks.ok_or_else(|| changed(planned, format!("record {record}: its text is shorter than the marks")))
            });
            let marks = marks.transpose()?;
            let mut values = values.clone();
            if let Some(column) = additions.marks().filter(|_| marks.is_some()) {
                values[column] = marks.as_ref();
            }
            with_columns(&text, dialect, &values, out);
            return Ok(());
        }
        with_members(&text, &additions.names, values, out).map_err(|detail| Error::Refused {
            path: planned.source.path.clone(),
            detail: format!("record {record}: {detail}"),
        })
    }

    /// Puts into `out` what is written of a block of elements of a list. What separates an element from the one before goes
    /// and stays with it, but for the comma before the first that stays.
    pub fn put_list(
        &self,
        planned: &PlannedSource,
        block: &Block,
        actions: &[PlannedAction],
        list: &mut ListCopy,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        out.clear();
        let mut actions = actions.iter().peekable();
        for (ListElement { before, element }, record) in
            elements(&block.bytes, block.first_record).into_iter().zip(block.first_record..)
        {
            let action = actions.next_if(|(wanted, _)| *wanted == record).map(|(_, action)| action);
            if matches!(action, Some(RecordAction::Drop)) {
                continue;
            }
            out.extend_from_slice(list.separator(&block.bytes[before..element.start]));
            match action {
                Some(action) => {
                    self.put(planned, &block.one(record, element), Format::Json, action, out)?;
                }
                None => out.extend_from_slice(&block.bytes[element]),
            }
        }
        actions.next().map_or(Ok(()), |(record, _)| Err(missing(planned, *record)))
    }

    /// Returns where the records of a block of an archive stand that go, in order.
    pub fn dropped(
        &self,
        planned: &PlannedSource,
        block: &Block,
        actions: &[PlannedAction],
    ) -> Result<Vec<Range<usize>>> {
        let wanted: Vec<u64> = actions.iter().map(|(record, _)| *record).collect();
        let places = ranges(block, Format::Warc, &wanted, &planned.source.name(), &self.reading);
        check_found(planned, &wanted, &places)?;
        Ok(places.into_iter().map(|(_, range)| range).collect())
    }

    /// Puts into `out` what is written of a block, but for its end from which on nothing changes, which is returned.
    pub fn put_together<'b>(
        &self,
        planned: &PlannedSource,
        block: &'b Block,
        format: Format,
        actions: &[PlannedAction],
        out: &mut Vec<u8>,
    ) -> Result<&'b [u8]> {
        out.clear();
        let wanted: Vec<u64> = actions.iter().map(|(record, _)| *record).collect();
        let places = ranges(block, format, &wanted, &planned.source.name(), &self.reading);
        check_found(planned, &wanted, &places)?;
        let mut at = 0;
        for ((_, action), (record, range)) in actions.iter().zip(places) {
            out.extend_from_slice(&block.bytes[at..range.start]);
            at = range.end;
            match action {
                RecordAction::Drop => at = after_line_end(&block.bytes, range.end, format),
                action => self.put(planned, &block.one(record, range), format, action, out)?,
            }
        }
        Ok(&block.bytes[at..])
    }
}

/// A list of which a copy is written.
#[derive(Default)]
pub(super) struct ListCopy {
    /// Whether an element was written.
    has_element: bool,
}

impl ListCopy {
    /// Returns what is written of the bytes before an element.
    fn separator<'b>(&mut self, before: &'b [u8]) -> &'b [u8] {
        if std::mem::replace(&mut self.has_element, true) { before } else { without_comma(before) }
    }

    /// Returns what is written of bytes that were passed over: what is around the list, or elements that are too large.
    pub fn passed(&mut self, mut passed: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
        let mut start = Vec::new();
        (&mut passed).take(START).read_to_end(&mut start)?;
        let start = if start.trim_ascii_start().starts_with(b",") { self.separator(&start).to_vec() } else { start };
        Ok(Box::new(io::Cursor::new(start).chain(passed)))
    }
}

fn without_comma(before: &[u8]) -> &[u8] {
    let blank = before.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    before[blank..].strip_prefix(b",").unwrap_or(before)
}

/// Returns where the line end after a record ends: it goes with the record.
fn after_line_end(bytes: &[u8], end: usize, format: Format) -> usize {
    match (format, &bytes[end..]) {
        (format, _) if format.is_document() || format == Format::Mbox => end,
        (_, [b'\r', b'\n', ..]) => end + 2,
        (_, [b'\n' | b'\r', ..]) => end + 1,
        _ => end,
    }
}
