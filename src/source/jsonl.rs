//! JSON Lines: one object a line, of which the text and the id are taken.
//!
//! A line is parsed once, by a visitor that stores nothing but the two fields; the rest is validated and passed over.
//! `serde_json` does that without recursion, so nesting costs no stack. Lines that this path does not accept are rare
//! unless a field lies inside another; they are read again, more slowly, to say exactly what is wrong with them.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::block::Block;
use super::line::RecordLine;
use super::options::SourceOptions;
use super::record::{Item, Record};
use super::skip::{SkipCause, line_too_large, skipped_line};
use crate::finding::Reason;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Appends an item for each line that is not blank.
pub(super) fn lines(block: &Block, name: &str, options: &SourceOptions, items: &mut Vec<Item>) {
    let fields = WantedFields::new(options);
    // One check of the whole block is much faster than one for each line.
    let text = simdutf8::basic::from_utf8(&block.bytes).ok();
    for mut line in block.lines() {
        if line.offset == 0 && block.bytes.starts_with(BYTE_ORDER_MARK) {
            line = line.cut_front(BYTE_ORDER_MARK.len());
        }
        let bytes = &block.bytes[line.range.clone()];
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        items.push(if bytes.len() as u64 > options.max_record {
            Item::Skipped(line_too_large(name, &line, options))
        } else {
            match parse_line(bytes, text.map(|text| &text[line.range.clone()]), &fields) {
                Ok(taken) => Item::Document(record(&line, taken)),
                Err((reason, detail)) => Item::Skipped(skipped_line(name, &line, reason, &detail)),
            }
        });
    }
}

fn record(line: &RecordLine, taken: Values) -> Record {
    let (record, offset, length) = (line.record, line.offset, line.range.len() as u64);
    let Values { text, id, value } = taken;
    Record { record, id, value, text, offset, length, ..Record::default() }
}

/// What is taken from a line.
struct Values {
    text: String,
    id: Option<String>,
    value: Option<String>,
}

/// The fields to take, as paths from the outermost object inwards.
struct WantedFields {
    text_field: String,
    text: Vec<String>,
    id: Vec<String>,
    value: Option<Vec<String>>,
}

impl WantedFields {
    fn new(options: &SourceOptions) -> Self {
        let path = |field: &str| field.split('.').map(str::to_owned).collect();
        Self {
            text_field: options.text_field.clone(),
            text: path(&options.text_field),
            id: path(&options.id_field),
            value: options.value_field.as_deref().map(path),
        }
    }
}

fn parse_line(bytes: &[u8], text: Option<&str>, fields: &WantedFields) -> Result<Values, SkipCause> {
    let line = match text {
        Some(text) => text,
        None => std::str::from_utf8(bytes).map_err(|error| invalid_utf8(bytes, error))?,
    };
    // Without the carriage return of CRLF, so that columns in messages end with the text.
    let line = line.trim_ascii_end();
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let taken = Take(fields).deserialize(&mut deserializer).and_then(|taken| deserializer.end().map(|()| taken));
    match taken {
        Ok(Taken { text: Some(text), id, value, repeated: false }) => Ok(Values { text, id, value }),
        _ => parse_carefully(line, fields),
    }
}

/// What the fast path took from a line.
#[derive(Default)]
struct Taken {
    text: Option<String>,
    id: Option<String>,
    value: Option<String>,
    repeated: bool,
}

/// Takes the fields from an object in one pass. It fails, without saying why, where a field lies inside another one.
struct Take<'a>(&'a WantedFields);

impl<'de> DeserializeSeed<'de> for Take<'_> {
    type Value = Taken;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Taken, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Take<'_> {
    type Value = Taken;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Taken, A::Error> {
        let mut taken = Taken::default();
        let mut id = None;
        while let Some(field) = map.next_key_seed(Key(self.0))? {
            match field {
                FieldKind::Text => taken.repeated |= taken.text.replace(map.next_value()?).is_some(),
                FieldKind::Id => taken.repeated |= id.replace(map.next_value::<&RawValue>()?).is_some(),
                FieldKind::Value => {
                    let value: &RawValue = map.next_value()?;
                    taken.repeated |= taken.value.replace(value.get().to_owned()).is_some();
                }
                FieldKind::Other => drop(map.next_value::<IgnoredAny>()?),
                FieldKind::Nested => return Err(A::Error::custom("a field inside another")),
            }
        }
        taken.id = id.and_then(id_of);
        Ok(taken)
    }
}

enum FieldKind {
    Text,
    Id,
    Value,
    /// Holds a wanted field further inside, or is two fields at once.
    Nested,
    Other,
}

/// Tells which field a key names, without storing the key.
struct Key<'a>(&'a WantedFields);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = FieldKind;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<FieldKind, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = FieldKind;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<FieldKind, E> {
        let WantedFields { text, id, value, .. } = self.0;
        let value = value.as_deref();
        Ok(match (text[0] == key, id[0] == key, value.is_some_and(|value| value[0] == key)) {
            (false, false, false) => FieldKind::Other,
            (true, false, false) if text.len() == 1 => FieldKind::Text,
            (false, true, false) if id.len() == 1 => FieldKind::Id,
            (false, false, true) if value.is_some_and(|value| value.len() == 1) => FieldKind::Value,
            _ => FieldKind::Nested,
        })
    }
}

/// Takes the fields wherever they are, or says why the line is no document. Costs several passes over the line.
fn parse_carefully(line: &str, fields: &WantedFields) -> Result<Values, SkipCause> {
    serde_json::from_str::<IgnoredAny>(line).map_err(|error| invalid_json(&error))?;
    if !is_object(line) {
        let detail = format!("is {}, but a record must be an object", kind_of(line.trim_ascii_start()));
        return Err((Reason::NotAnObject, detail));
    }
    let text = find(line, &fields.text)?.ok_or_else(|| missing_text(line, fields))?;
    let id = find(line, &fields.id)?.and_then(id_of);
    let value = match &fields.value {
        Some(path) => find(line, path)?.map(|value| value.get().to_owned()),
        None => None,
    };
    if !text.get().starts_with('"') {
        let detail = format!("field `{}` is {}, but it must be a string", fields.text_field, kind_of(text.get()));
        return Err((Reason::TextNotString, detail));
    }
    // A string that is valid by the grammar fails here if it holds half of a surrogate pair.
    let text = serde_json::from_str(text.get())
        .map_err(|error| (Reason::InvalidJson, format!("field `{}`: {}", fields.text_field, bare_message(&error))))?;
    Ok(Values { text, id, value })
}

/// Returns the value at the end of a path of fields.
fn find<'a>(object: &'a str, path: &[String]) -> Result<Option<&'a RawValue>, SkipCause> {
    let (key, inner) = path.split_first().map_or(("", path), |(key, inner)| (key.as_str(), inner));
    let mut values = Vec::new();
    members(object, |name, value| {
        if name == key {
            values.push(value);
        }
    })?;
    match *values {
        [value] if inner.is_empty() => Ok(Some(value)),
        [value] if is_object(value.get()) => find(value.get(), inner),
        [] | [_] => Ok(None),
        _ => Err((Reason::DuplicateKey, format!("field `{key}` stands {} times in the object", values.len()))),
    }
}

/// Calls `visit` with each member of an object.
fn members<'a>(object: &'a str, visit: impl FnMut(&str, &'a RawValue)) -> Result<(), SkipCause> {
    serde_json::Deserializer::from_str(object).deserialize_map(Members(visit)).map_err(|error| invalid_json(&error))
}

struct Members<F>(F);

impl<'de, F: FnMut(&str, &'de RawValue)> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, value)) = map.next_entry::<String, _>()? {
            self.0(&name, value);
        }
        Ok(())
    }
}

/// A string that is not empty, or a number as it is written: `9007199254740993` is no double.
fn id_of(value: &RawValue) -> Option<String> {
    let json = value.get();
    match json.as_bytes()[0] {
        b'"' => serde_json::from_str(json).ok().filter(|id: &String| !id.is_empty()),
        b'-' | b'0'..=b'9' => Some(json.to_owned()),
        _ => None,
    }
}

fn is_object(json: &str) -> bool {
    json.trim_ascii_start().starts_with('{')
}

fn kind_of(json: &str) -> &'static str {
    match json.bytes().next() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        _ => "a number",
    }
}

/// The most fields that a message lists when the text field is missing, and the longest name that it lists.
const MAX_OFFERS: usize = 5;
const MAX_OFFER_BYTES: usize = 40;

fn missing_text(line: &str, fields: &WantedFields) -> SkipCause {
    let mut offers = Vec::new();
    let listed = members(line, |name, value| {
        if value.get().starts_with('"') && name.len() <= MAX_OFFER_BYTES && offers.len() < MAX_OFFERS {
            offers.push(format!("`{name}`"));
        }
    });
    let offers = match listed {
        Ok(()) if !offers.is_empty() => format!(" (it has {})", offers.join(", ")),
        _ => String::new(),
    };
    let field = &fields.text_field;
    (Reason::MissingText, format!("record has no field `{field}`; name the field with --text-field{offers}"))
}

fn invalid_utf8(bytes: &[u8], error: std::str::Utf8Error) -> SkipCause {
    let at = error.valid_up_to();
    (Reason::InvalidUtf8, format!("byte {:#04x} in column {} is not UTF-8", bytes[at], at + 1))
}

fn invalid_json(error: &serde_json::Error) -> SkipCause {
    (Reason::InvalidJson, format!("column {}: {}", error.column(), bare_message(error)))
}

/// The message without its place, which is given within the line and not in the file.
fn bare_message(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(bare, _)| bare.to_owned())
}
