//! JSON Lines: one object a line, of which the text and the id are taken.
//!
//! A line is parsed once, by a visitor that stores nothing but the two fields; the rest is validated and passed over.
//! `serde_json` does that without recursion, so nesting costs no stack. Lines of which the text lies deeper, or is made of
//! several (`fields`), take a few passes, and so do lines with which something is wrong, to say exactly what.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::array;
use super::block::Block;
use super::compared::TextBorders;
use super::fields::{FieldPath, JoinedText, first_value, is_object, kind_of, member, suggestion, texts};
use super::line::RecordLine;
use super::options::SourceOptions;
use super::record::{Item, Record};
use super::skip::{SkipCause, line_too_large, skipped_element, skipped_line};
use crate::finding::{Metadata, Reason, RecordId};

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

/// Appends an item for each element of a list of records.
pub(super) fn elements(block: &Block, name: &str, options: &SourceOptions, items: &mut Vec<Item>) {
    let fields = WantedFields::new(options);
    for element in array::lines(&block.bytes, block.first_record, block.offset) {
        let bytes = &block.bytes[element.range.clone()];
        let skipped = |reason, detail: &str| skipped_element(name, element.record, element.offset, reason, detail);
        items.push(if bytes.len() as u64 > options.max_record {
            let detail = format!("longer than {} bytes; raise --max-record", options.max_record);
            Item::Skipped(skipped(Reason::TooLarge, &detail))
        } else {
            match parse_line(bytes, None, &fields) {
                Ok(taken) => Item::Document(record(&element, taken)),
                Err((reason, detail)) => Item::Skipped(skipped(reason, &detail)),
            }
        });
    }
}

/// Returns the paths to the text of a record.
pub(super) fn text_paths(options: &SourceOptions) -> Vec<FieldPath> {
    options.text_field.names().iter().map(|field| FieldPath::parse(field)).collect()
}

fn record(line: &RecordLine, taken: Values) -> Record {
    let (record, offset, length) = (line.record, line.offset, line.range.len() as u64);
    let Values { text, borders, id, value, metadata } = taken;
    Record { record, id, metadata, value, text, borders, offset, length, ..Record::default() }
}

/// Returns the record that an object is, which stands in no line.
#[cfg(feature = "parquet")]
pub(super) fn record_of(object: &str, fields: &WantedFields) -> Result<Record, SkipCause> {
    let Values { text, borders, id, value, metadata } = parse_line(object.as_bytes(), Some(object), fields)?;
    Ok(Record { id, metadata, value, text, borders, ..Record::default() })
}

/// What is taken from a line.
struct Values {
    borders: TextBorders,
    text: String,
    id: Option<RecordId>,
    value: Option<String>,
    metadata: Option<Arc<Metadata>>,
}

/// The fields to take.
pub(super) struct WantedFields {
    text: Vec<FieldPath>,
    id: FieldPath,
    value: Option<FieldPath>,
    /// Whether to take the metadata too.
    metadata: bool,
    plain: Option<PlainKeys>,
}

/// The keys of the fields, if each is one key of the record.
struct PlainKeys {
    text: String,
    id: String,
    value: Option<String>,
    metadata: bool,
}

/// The keys of metadata, which records of any kind may have: title, address and date.
const METADATA: [&str; 3] = ["title", "url", "date"];

impl WantedFields {
    pub fn new(options: &SourceOptions) -> Self {
        let text = text_paths(options);
        let (id, value) = (FieldPath::parse(&options.id_field), options.value_field.as_deref().map(FieldPath::parse));
        let metadata = !options.omits_metadata;
        let plain = PlainKeys::of(&text, &id, value.as_ref(), metadata);
        Self { text, id, value, metadata, plain }
    }
}

impl PlainKeys {
    fn of(text: &[FieldPath], id: &FieldPath, value: Option<&FieldPath>, metadata: bool) -> Option<Self> {
        let [text] = text else { return None };
        let value = match value {
            Some(path) => Some(path.plain_key()?.to_owned()),
            None => None,
        };
        Some(Self { text: text.plain_key()?.to_owned(), id: id.plain_key()?.to_owned(), value, metadata })
    }
}

/// Returns the text of a record that [`lines`] made a document of, with the places of its parts in the bytes of the record.
pub(super) fn joined_text(record: &[u8], options: &SourceOptions) -> Option<JoinedText> {
    let record = std::str::from_utf8(record).ok()?;
    texts(record, &text_paths(options), &|| None).ok()
}

fn parse_line(bytes: &[u8], text: Option<&str>, fields: &WantedFields) -> Result<Values, SkipCause> {
    let line = match text {
        Some(text) => text,
        None => std::str::from_utf8(bytes).map_err(|error| invalid_utf8(bytes, error))?,
    };
    // Without the carriage return of CRLF, so that columns in messages end with the text.
    let line = line.trim_ascii_end();
    let Some(keys) = &fields.plain else { return parse_carefully(line, fields) };
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let taken = Take(keys).deserialize(&mut deserializer).and_then(|taken| deserializer.end().map(|()| taken));
    match taken {
        Ok(Taken { text: Some(text), id, value, metadata, repeated: false }) => Ok(Values {
            text,
            borders: TextBorders::default(),
            id,
            value: value.filter(is_said),
            metadata: metadata_of(metadata),
        }),
        _ => parse_carefully(line, fields),
    }
}

/// What the fast path took from a line.
#[derive(Default)]
struct Taken<'de> {
    text: Option<String>,
    id: Option<RecordId>,
    value: Option<String>,
    metadata: [Option<&'de str>; 3],
    repeated: bool,
}

/// Takes the fields from an object in one pass. It fails, without saying why, where a text is no string.
struct Take<'a>(&'a PlainKeys);

impl<'de> DeserializeSeed<'de> for Take<'_> {
    type Value = Taken<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Taken<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Take<'_> {
    type Value = Taken<'de>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Taken<'de>, A::Error> {
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
                FieldKind::Metadata(n) => taken.metadata[n] = Some(map.next_value::<&RawValue>()?.get()),
                FieldKind::Other => drop(map.next_value::<IgnoredAny>()?),
                FieldKind::Several => return Err(A::Error::custom("two fields at once")),
            }
        }
        taken.id = id.and_then(|id| RecordId::of_json(id.get()));
        Ok(taken)
    }
}

enum FieldKind {
    Text,
    Id,
    Value,
    /// The metadata of this number.
    Metadata(usize),
    /// Is two fields at once.
    Several,
    Other,
}

/// Tells which field a key names, without storing the key.
struct Key<'a>(&'a PlainKeys);

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
        let PlainKeys { text, id, value, metadata } = self.0;
        let of_metadata = || METADATA.iter().position(|name| *metadata && *name == key).map(FieldKind::Metadata);
        Ok(match (text == key, id == key, value.as_deref() == Some(key)) {
            (false, false, false) => of_metadata().unwrap_or(FieldKind::Other),
            (true, false, false) => FieldKind::Text,
            (false, true, false) => FieldKind::Id,
            (false, false, true) => FieldKind::Value,
            _ => FieldKind::Several,
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
    let joined = texts(line, &fields.text, &|| suggestion(line))?;
    let borders = joined.borders();
    let id = first_value(&fields.id, line)?.and_then(RecordId::of_json);
    let value = match &fields.value {
        Some(path) => first_value(path, line)?.map(str::to_owned),
        None => None,
    };
    let metadata = if fields.metadata { METADATA.map(|name| member(line, name)) } else { [None; 3] };
    Ok(Values { text: joined.text, borders, id, value: value.filter(is_said), metadata: metadata_of(metadata) })
}

/// An empty string says as little as a field that is not there.
fn is_said(value: &String) -> bool {
    value != "\"\""
}

/// Returns what the JSON of a title, an address and a date says, of those that are strings.
fn metadata_of(json: [Option<&str>; 3]) -> Option<Arc<Metadata>> {
    let strings = json.map(|json| json.and_then(|json| serde_json::from_str::<String>(json).ok()));
    let [title, url, date] = &strings;
    Metadata::of(title.as_deref(), url.as_deref(), date.as_deref())
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
