//! The id of a record, as it stands there.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};

/// The id that a record has of its own: a string that is not empty, or another JSON value.
///
/// As a string it is what people call it: the content of a string, and the JSON of anything else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    shown: Arc<str>,
    is_string: bool,
    is_repeated: bool,
}

/// Lists and objects of more bytes are no ids.
const MAX_BYTES: usize = 1024;

impl RecordId {
    /// Takes an id from the JSON value that it is, which is valid. There is none if it is an empty string, or a large list
    /// or object. A number that would not be written again as it stands, such as `1e999`, is a string of its digits.
    pub fn of_json(json: &str) -> Option<Self> {
        match json.as_bytes().first()? {
            b'"' => string(json).filter(|id| !id.is_empty()).map(|id| Self::from(&*id)),
            b'-' | b'0'..=b'9' => Some(Self { is_string: !is_written_again(json), ..Self::from(json) }),
            _ if json.len() > MAX_BYTES => None,
            _ => serde_json::from_str::<Value>(json).ok().map(Self::from),
        }
    }

    /// Returns the id as JSON.
    pub fn json(&self) -> Cow<'_, str> {
        if self.is_string { serde_json::Value::from(&*self.shown).to_string().into() } else { (&*self.shown).into() }
    }

    /// Returns the id as it is shown, with quotes around a string that would look like another value without.
    pub fn typed(&self) -> Cow<'_, str> {
        let is_like_other = self.is_string && serde_json::from_str::<Value>(&self.shown).is_ok();
        if is_like_other { self.json() } else { (&*self.shown).into() }
    }

    /// Takes an id as [`typed`](Self::typed) shows it: what is JSON is that value, and anything else a text.
    pub fn of_typed(shown: &str) -> Self {
        let is_json = serde_json::from_str::<Value>(shown).is_ok();
        Self::of_json(shown).filter(|_| is_json).unwrap_or_else(|| Self::from(shown))
    }

    /// Returns the id as it is shown, whatever it is.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Returns whether the id is a string, and no other value that looks like it.
    pub fn is_string(&self) -> bool {
        self.is_string
    }

    /// Returns whether other records of the source have the same id, so that it names none of them.
    pub fn is_repeated(&self) -> bool {
        self.is_repeated
    }

    /// Says whether other records of the source have the same id.
    #[must_use]
    pub fn repeated(self, is_repeated: bool) -> Self {
        Self { is_repeated, ..self }
    }
}

/// Reads a string, mostly without a copy.
fn string(json: &str) -> Option<Cow<'_, str>> {
    let borrowed = serde_json::from_str::<&str>(json).map(Cow::Borrowed);
    borrowed.or_else(|_| serde_json::from_str::<String>(json).map(Cow::Owned)).ok()
}

fn is_written_again(number: &str) -> bool {
    let is_short = number.len() < 19 && !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
    is_short || serde_json::from_str::<Number>(number).is_ok_and(|read| read.to_string() == number)
}

impl Deref for RecordId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.shown
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl From<&str> for RecordId {
    fn from(id: &str) -> Self {
        Self { shown: id.into(), is_string: true, is_repeated: false }
    }
}

impl From<String> for RecordId {
    fn from(id: String) -> Self {
        Self::from(&*id)
    }
}

impl From<Value> for RecordId {
    fn from(id: Value) -> Self {
        match id {
            Value::String(id) => id.into(),
            other => Self { is_string: false, ..Self::from(other.to_string()) },
        }
    }
}

impl Serialize for RecordId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<Value>(&self.shown) {
            Ok(value) if !self.is_string => value.serialize(serializer),
            _ => serializer.serialize_str(&self.shown),
        }
    }
}

impl<'de> Deserialize<'de> for RecordId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_kind_and_come_back_from_json() {
        for (json, shown, typed) in [
            ("7", "7", "7"),
            ("\"7\"", "7", "\"7\""),
            ("9007199254740993", "9007199254740993", "9007199254740993"),
            ("1.5", "1.5", "1.5"),
            ("null", "null", "null"),
            ("\"null\"", "null", "\"null\""),
            ("true", "true", "true"),
            ("[\"a\", 1]", "[\"a\",1]", "[\"a\",1]"),
            ("{\"k\":1}", "{\"k\":1}", "{\"k\":1}"),
            ("\"a\\nb\"", "a\nb", "a\nb"),
            ("\"  spaced \"", "  spaced ", "  spaced "),
        ] {
            let id = RecordId::of_json(json).expect(json);
            assert_eq!((&*id, &*id.typed()), (shown, typed), "{json}");
            let saved = serde_json::to_string(&id).expect("is written");
            assert_eq!(saved, json.replace(", ", ","));
            assert_eq!(serde_json::from_str::<RecordId>(&saved).expect("is read"), id);
            assert_eq!(RecordId::of_json(&id.json()), Some(id.clone()));
            assert_eq!(RecordId::of_typed(&id.typed()), id);
        }
        for json in ["\"\"", &format!("[{}]", "1,".repeat(1000))] {
            assert_eq!(RecordId::of_json(json), None, "{json}");
        }
    }

    #[test]
    fn numbers_that_no_double_holds_keep_their_digits() {
        for number in ["1e999", "-0", "123456789012345678901234567890", "1.50"] {
            let id = RecordId::of_json(number).expect(number);
            assert_eq!(serde_json::to_string(&id).expect("is written"), format!("\"{number}\""));
        }
    }
}
