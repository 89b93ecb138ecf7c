//! The values that stand at the end of a path, in a record that is valid JSON.

use std::fmt;

use super::json::{elements, is_list, is_object, kind_of, member, members};
use super::path::{ElementFilter, FieldPath, PathStep};
use crate::finding::Reason;
use crate::source::skip::SkipCause;

/// Where a value stands in a record, such as `messages[1].content`.
#[derive(Clone, Debug, Default)]
pub struct FieldPlace<'p>(Vec<PlaceStep<'p>>);

#[derive(Clone, Copy, Debug)]
enum PlaceStep<'p> {
    Key(&'p str),
    Element(usize),
}

impl FieldPlace<'_> {
    /// Returns whether the place is in a list.
    pub fn is_in_list(&self) -> bool {
        self.0.iter().any(|step| matches!(step, PlaceStep::Element(_)))
    }

    /// Returns whether it is an element of a list.
    pub fn ends_in_list(&self) -> bool {
        matches!(self.0.last(), Some(PlaceStep::Element(_)))
    }

    /// Calls `visit` with the place of an element of the list at this place.
    pub fn with_element<T>(&mut self, number: usize, visit: impl FnOnce(&mut Self) -> T) -> T {
        self.0.push(PlaceStep::Element(number));
        let result = visit(self);
        self.0.pop();
        result
    }
}

impl fmt::Display for FieldPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (n, step) in self.0.iter().enumerate() {
            match step {
                PlaceStep::Key(key) if n == 0 => f.write_str(key)?,
                PlaceStep::Key(key) => write!(f, ".{key}")?,
                PlaceStep::Element(number) => write!(f, "[{number}]")?,
            }
        }
        Ok(())
    }
}

/// What was met on a path besides values.
#[derive(Clone, Debug, Default)]
pub struct PathTrace {
    /// How many values stand at its end.
    pub values: usize,
    /// Whether it led to a list without elements.
    pub met_empty: bool,
    /// Whether a filter left elements out.
    pub left_out: bool,
    /// Why it could not go on from an element of a list.
    pub dead_end: Option<String>,
}

/// Receives a value and its place.
type Found<'f, 'p, 'v> = &'f mut dyn FnMut(&'v str, &mut FieldPlace<'p>) -> Result<(), SkipCause>;

/// Calls `found` with each value at the end of a path in an object. A list there is one value, unless brackets take it
/// apart.
///
/// # Errors
///
/// If a key of the path stands several times in an object, and what `found` returns.
pub fn values<'p, 'v>(path: &'p FieldPath, object: &'v str, found: Found<'_, 'p, 'v>) -> Result<PathTrace, SkipCause> {
    let mut walk = Walk { steps: &path.steps, place: FieldPlace::default(), trace: PathTrace::default(), found };
    walk.object(object, 0)?;
    Ok(walk.trace)
}

/// Returns the first value at the end of a path.
///
/// # Errors
///
/// If a key of the path stands several times in an object.
pub fn first_value<'v>(path: &FieldPath, object: &'v str) -> Result<Option<&'v str>, SkipCause> {
    let mut first = None;
    values(path, object, &mut |value, _| {
        first.get_or_insert(value);
        Ok(())
    })?;
    Ok(first)
}

/// The most lists directly inside each other that a path passes through.
pub const MAX_LISTS: usize = 64;

struct Walk<'w, 'p, 'v> {
    steps: &'p [PathStep],
    place: FieldPlace<'p>,
    trace: PathTrace,
    found: Found<'w, 'p, 'v>,
}

impl<'p, 'v> Walk<'_, 'p, 'v> {
    /// Goes on from an object with a step.
    fn object(&mut self, object: &'v str, step: usize) -> Result<(), SkipCause> {
        let keys = &self.steps[step].keys;
        let mut seen: Vec<(usize, Option<&'v str>)> = vec![(0, None); keys.len()];
        let read = members(object, |name, value| {
            if let Some(n) = keys.iter().position(|key| key.key == name) {
                seen[n] = (seen[n].0 + 1, Some(value));
            }
        });
        // The record was found valid before.
        read.map_err(|error| (Reason::InvalidJson, error.to_string()))?;
        let first = keys.iter().zip(seen).find_map(|(key, (times, value))| Some((key, times, value?)));
        let Some((key, times, value)) = first else { return Ok(()) };
        if times > 1 {
            return Err((Reason::DuplicateKey, format!("field `{}` stands {times} times in the object", key.key)));
        }
        let filters = key.filters_of.map_or(&[][..], |step| &self.steps[step].filters);
        self.place.0.push(PlaceStep::Key(&key.key));
        self.filtered(value, filters, key.next)?;
        self.place.0.pop();
        Ok(())
    }

    /// Takes from a value what filters leave.
    fn filtered(&mut self, value: &'v str, filters: &'p [ElementFilter], next: usize) -> Result<(), SkipCause> {
        let Some((filter, others)) = filters.split_first() else { return self.value(value, next, 0) };
        let mut take = |walk: &mut Self, number: usize, element: &'v str| {
            if filter.admits(number, element) {
                return walk.filtered(element, others, next);
            }
            walk.trace.left_out = true;
            Ok(())
        };
        // Where some records have a list, others have its only element.
        if is_list(value) { self.list(value, &mut take) } else { take(self, 0, value) }
    }

    /// Goes on from a value, through `lists` lists so far.
    fn value(&mut self, value: &'v str, next: usize, lists: usize) -> Result<(), SkipCause> {
        if next == self.steps.len() {
            self.trace.values += 1;
            return (self.found)(value, &mut self.place);
        }
        match kind_of(value.trim_ascii_start()) {
            "an object" => self.object(value, next),
            "an array" if lists < MAX_LISTS => {
                self.list(value, &mut |walk, _, element| walk.value(element, next, lists + 1))
            }
            "null" => Ok(()),
            kind => {
                if self.place.is_in_list() {
                    let wanted = self.steps[next].keys.last().map_or("", |key| &key.key);
                    self.trace.dead_end = Some(format!("`{}` is {kind}, where `{wanted}` is looked for", self.place));
                }
                Ok(())
            }
        }
    }

    /// Goes through the elements of a list, up to the first error.
    fn list(
        &mut self,
        list: &'v str,
        visit: &mut dyn FnMut(&mut Self, usize, &'v str) -> Result<(), SkipCause>,
    ) -> Result<(), SkipCause> {
        let (mut number, mut result) = (0, Ok(()));
        let read = elements(list, |element| {
            if result.is_ok() {
                self.place.0.push(PlaceStep::Element(number));
                result = visit(self, number, element);
                self.place.0.pop();
            }
            number += 1;
        });
        self.trace.met_empty |= number == 0;
        read.map_err(|error| (Reason::InvalidJson, error.to_string()))?;
        result
    }
}

impl ElementFilter {
    fn admits(&self, number: usize, element: &str) -> bool {
        match self {
            Self::All => true,
            Self::At(at) => *at == number,
            Self::Where { key, values, is_one } => {
                let value = if is_object(element) { member(element, key) } else { None };
                let is_found = value.is_some_and(|value| values.iter().any(|wanted| says(value, wanted)));
                is_found == *is_one
            }
        }
    }
}

/// Whether a value is a string of this content, or is written so.
fn says(value: &str, wanted: &str) -> bool {
    if value.starts_with('"') {
        serde_json::from_str::<String>(value).is_ok_and(|value| value == wanted)
    } else {
        value == wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, object: &str) -> Vec<String> {
        let (path, mut found) = (FieldPath::parse(path), Vec::new());
        let trace = values(&path, object, &mut |value, place| {
            found.push(format!("{place}={value}"));
            Ok(())
        });
        match trace {
            Ok(_) => found,
            Err((_, why)) => vec![why],
        }
    }

    #[test]
    fn paths_pass_through_lists() {
        let chat = r#"{"m":[{"r":"u","c":"a"},{"r":"s","c":"b"},{"r":"u","c":["c","d"]},{"c":null},{}]}"#;
        let all = ["m[0].c=\"a\"", "m[1].c=\"b\"", "m[2].c=[\"c\",\"d\"]", "m[3].c=null"];
        assert_eq!(found("m[].c", chat), all);
        assert_eq!(found("m.c", chat), all);
        assert_eq!(found("m[r=u].c", chat), [all[0], all[2]]);
        assert_eq!(found("m[r!=u].c", chat), [all[1], all[3]]);
        assert_eq!(found("m[r=s|x].c", chat), [all[1]]);
        assert_eq!(found("m[1].c", chat), [all[1]]);
        assert_eq!(found("m[r=u].c[]", chat), ["m[0].c=\"a\"", "m[2].c[0]=\"c\"", "m[2].c[1]=\"d\""]);
        assert_eq!(found("m[].x", chat), [""; 0]);
        assert_eq!(
            found("a[n=7].x", r#"{"a":[{"n":7,"x":1},{"n":"7","x":2},{"n":70,"x":3}]}"#),
            ["a[0].x=1", "a[1].x=2"]
        );
    }

    #[test]
    fn a_key_that_holds_dots_goes_first() {
        let both = r#"{"a":{"b":1},"a.b":2}"#;
        assert_eq!(found("a.b", both), ["a.b=2"]);
        assert_eq!(found("a.b", r#"{"a":{"b":1}}"#), ["a.b=1"]);
        assert_eq!(found("a.b.c", r#"{"a.b":{"c":1}}"#), ["a.b.c=1"]);
        assert_eq!(found("x.a.b", r#"{"x":[{"a.b":1},{"a":{"b":2}}]}"#), ["x[0].a.b=1", "x[1].a.b=2"]);
        assert_eq!(found("a[].b", r#"{"a[].b":1,"a":[{"b":2}]}"#), ["a[].b=1"]);
        assert_eq!(found("a?", r#"{"a?":1,"a":2}"#), ["a?=1"]);
        assert_eq!(found("a.b", r#"{"a.b":2,"a.b":3}"#), ["field `a.b` stands 2 times in the object"]);
    }

    #[test]
    fn lists_in_lists_end_somewhere() {
        let deep = |lists: usize| format!("{{\"a\":{}{{\"b\":1}}{}}}", "[".repeat(lists), "]".repeat(lists));
        assert_eq!(found("a.b", &deep(MAX_LISTS)).len(), 1);
        assert_eq!(found("a.b", &deep(MAX_LISTS + 1)).len(), 0);
        assert_eq!(found("a.b", &deep(100_000)).len(), 0);
    }
}
