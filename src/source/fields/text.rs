//! The text of a record: what stands at the ends of its paths.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::joined::JoinedText;
use super::json::{elements, kind_of, member};
use super::offers::{described, missing};
use super::path::FieldPath;
use super::select::{FieldPlace, MAX_LISTS, PathTrace, values};
use crate::finding::Reason;
use crate::source::skip::SkipCause;

/// Returns the text of a record, which is a valid object: the texts at the ends of all `paths`, joined. `suggest` returns
/// the flags by which the record would be read, to tell them if it cannot.
///
/// # Errors
///
/// Why the record has no text, or not all of it: it lacks a field, or what stands there is no text.
pub fn texts(record: &str, paths: &[FieldPath], suggest: &dyn Fn() -> Option<String>) -> Result<JoinedText, SkipCause> {
    let mut taker = TextTaker::new(record, paths.len() > 1, suggest);
    for path in paths {
        let before = taker.joined.pieces.len();
        taker.met = MetInstead::default();
        let trace = values(path, record, &mut |value, place| taker.value(value, place, 0))?;
        taker.joined.end_field();
        if let Some(why) = trace.dead_end {
            return Err((Reason::TextNotString, format!("field `{}`: {why}", path.name)));
        }
        let is_absent = taker.joined.pieces.len() == before && !taker.met.empty;
        if is_absent && let Some(cause) = taker.absence(path, &trace) {
            return Err(cause);
        }
        taker.met_null |= taker.met.null && !path.is_optional;
    }
    if taker.met_null && !taker.has_empty && taker.joined.pieces.is_empty() {
        let name = paths.first().map_or("", |path| &path.name);
        return Err((Reason::TextNotString, format!("field `{name}` is null, but it must be a string")));
    }
    Ok(taker.joined)
}

/// Returns whether paths lead to a text that is not empty.
pub fn has_text(record: &str, paths: &[FieldPath]) -> bool {
    texts(record, paths, &|| None).is_ok_and(|joined| !joined.text.is_empty())
}

struct TextTaker<'v, 's> {
    record: &'v str,
    suggest: &'s dyn Fn() -> Option<String>,
    joined: JoinedText,
    /// What was met instead of texts, at the end of one path.
    met: MetInstead<'v>,
    /// Whether null was met where there should be a text.
    met_null: bool,
    /// Whether there was an empty string or list.
    has_empty: bool,
    /// Where the literals stand that were taken, if there are several paths.
    taken: Option<BTreeSet<usize>>,
}

#[derive(Default)]
struct MetInstead<'v> {
    null: bool,
    empty: bool,
    /// A list of objects that are no parts with a text.
    objects: Option<&'v str>,
}

impl<'v, 's> TextTaker<'v, 's> {
    fn new(record: &'v str, is_of_several: bool, suggest: &'s dyn Fn() -> Option<String>) -> Self {
        let (joined, met, taken) = (JoinedText::default(), MetInstead::default(), is_of_several.then(BTreeSet::new));
        Self { record, suggest, joined, met, met_null: false, has_empty: false, taken }
    }

    /// Takes the texts of a value at the end of a path.
    fn value(&mut self, value: &'v str, place: &mut FieldPlace, lists: usize) -> Result<(), SkipCause> {
        match kind_of(value) {
            "a string" => self.string(value, place.to_string()),
            "null" => {
                self.met.null = true;
                Ok(())
            }
            "an array" if lists < MAX_LISTS => self.list(value, place, lists),
            "an object" if place.ends_in_list() => self.part(value, place),
            kind => {
                let kind = if kind == "an object" { format!("an {}", described(value)) } else { kind.to_owned() };
                let hint = self.hint();
                Err((Reason::TextNotString, format!("field `{place}` is {kind}, but it must be a string{hint}")))
            }
        }
    }

    fn list(&mut self, list: &'v str, place: &mut FieldPlace, lists: usize) -> Result<(), SkipCause> {
        let (mut number, mut result) = (0, Ok(()));
        let objects = self.met.objects;
        let read = elements(list, |element| {
            if result.is_ok() {
                result = place.with_element(number, |place| self.value(element, place, lists + 1));
            }
            number += 1;
        });
        read.map_err(|error| (Reason::InvalidJson, error.to_string()))?;
        self.met.empty |= number == 0;
        self.has_empty |= number == 0;
        if objects.is_none() && self.met.objects.is_some() {
            self.met.objects = Some(list);
        }
        result
    }

    /// Takes the text of an element that is an object, as in `[{"type":"text","text":"..."},{"type":"image"}]`.
    fn part(&mut self, part: &'v str, place: &FieldPlace) -> Result<(), SkipCause> {
        match member(part, "text") {
            Some(text) if text.starts_with('"') => self.string(text, format!("{place}.text")),
            _ => {
                self.met.objects.get_or_insert(part);
                Ok(())
            }
        }
    }

    fn string(&mut self, literal: &'v str, place: String) -> Result<(), SkipCause> {
        // A string that is valid by the grammar fails here if it holds half of a surrogate pair.
        let text: Cow<str> = match serde_json::from_str::<&str>(literal) {
            Ok(text) => text.into(),
            Err(_) => serde_json::from_str::<String>(literal)
                .map_err(|error| (Reason::InvalidJson, format!("field `{place}`: {}", bare_message(&error))))?
                .into(),
        };
        self.met.empty |= text.is_empty();
        self.has_empty |= text.is_empty();
        // Values are slices of the record. Two paths may lead to one.
        let start = literal.as_ptr().addr() - self.record.as_ptr().addr();
        if self.taken.as_mut().is_some_and(|taken| !taken.insert(start)) {
            self.met.empty = true;
            return Ok(());
        }
        self.joined.push(&text, start..start + literal.len(), place);
        Ok(())
    }

    /// Tells why a path gave no text, unless that is no fault.
    fn absence(&mut self, path: &FieldPath, trace: &PathTrace) -> Option<SkipCause> {
        if let Some(objects) = self.met.objects {
            let (what, hint) = (described(objects), self.hint());
            let article = if what.starts_with('o') { "an" } else { "a" };
            let detail = format!("field `{}` is {article} {what}, but it must be text{hint}", path.name);
            return Some((Reason::TextNotString, detail));
        }
        if trace.left_out && trace.values == 0 {
            return Some((Reason::MissingText, format!("no element of a list is what `{}` asks for", path.name)));
        }
        // Of a list that is empty, nothing can be missing.
        self.has_empty |= trace.met_empty;
        let is_there = self.met.null || trace.met_empty || path.is_optional;
        (!is_there).then(|| missing(self.record, &path.name, (self.suggest)()))
    }

    fn hint(&self) -> String {
        (self.suggest)().map(|flags| format!("; try {flags}")).unwrap_or_default()
    }
}

/// The message without its place, which is given within the value and not in the file.
pub(super) fn bare_message(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(bare, _)| bare.to_owned())
}
