//! Which of several duplicates stays, as one rank for each document: the smallest stays.

use std::fmt;
use std::str::FromStr;

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;

/// Which document of several duplicates stays. Ties go to the first by source path, then position.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Keep {
    /// The first by source path, then position.
    #[default]
    First,
    /// The one with the most words; of those the one with the most bytes of text.
    Longest,
    /// The one with the fewest words; of those the one with the fewest bytes of text.
    Shortest,
    /// The one whose source was modified last.
    Newest,
    /// The one whose source was modified first.
    Oldest,
    /// The one with the largest value of a field of its record; one without a value comes last.
    Max(String),
    /// The one with the smallest value of a field of its record; one without a value comes last.
    Min(String),
    /// The one whose source matches the earliest of these patterns, one that matches none last. Who reads the documents
    /// orders the sources.
    Prefer(Vec<String>),
    /// The one whose source was given first. Who reads the documents orders the sources.
    GivenOrder,
    /// Every one: nothing is removed, and duplicates are reported as pairs.
    None,
}

impl Keep {
    /// Returns the field of the records that it looks at.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Max(field) | Self::Min(field) => Some(field),
            _ => None,
        }
    }

    /// Returns whether the number of a document alone decides, so that documents need no rank.
    pub fn goes_by_number(&self) -> bool {
        matches!(self, Self::First | Self::None | Self::Prefer(_) | Self::GivenOrder)
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::First => f.write_str("first"),
            Self::Longest => f.write_str("longest"),
            Self::Shortest => f.write_str("shortest"),
            Self::Newest => f.write_str("newest"),
            Self::Oldest => f.write_str("oldest"),
            Self::Max(field) => write!(f, "max:{field}"),
            Self::Min(field) => write!(f, "min:{field}"),
            Self::Prefer(patterns) => write!(f, "prefer:{}", patterns.join(",")),
            Self::GivenOrder => f.write_str("given-order"),
            Self::None => f.write_str("none"),
        }
    }
}

impl FromStr for Keep {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self, Error> {
        let plain =
            [Self::First, Self::Longest, Self::Shortest, Self::Newest, Self::Oldest, Self::GivenOrder, Self::None];
        let field = |prefix| s.strip_prefix(prefix).filter(|field| !field.is_empty()).map(str::to_owned);
        plain
            .into_iter()
            .find(|keep| keep.to_string() == s)
            .or_else(|| field("max:").map(Self::Max))
            .or_else(|| field("min:").map(Self::Min))
            .or_else(|| field("prefer:").and_then(|patterns| patterns_in(&patterns)).map(Self::Prefer))
            .ok_or_else(|| Error::Parameter {
                name: "keep",
                value: s.to_owned(),
                expected: "first, longest, shortest, newest, oldest, max:FIELD, min:FIELD, prefer:GLOB,..., given-order \
                           or none",
            })
    }
}

/// Splits at the commas that are in no braces; none if a pattern is empty.
fn patterns_in(list: &str) -> Option<Vec<String>> {
    let (mut patterns, mut open) = (vec![String::new()], 0_usize);
    for c in list.chars() {
        match c {
            ',' if open == 0 => patterns.push(String::new()),
            _ => patterns.last_mut()?.push(c),
        }
        match c {
            '{' => open += 1,
            '}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    patterns.iter().all(|pattern| !pattern.is_empty()).then_some(patterns)
}

impl From<Keep> for String {
    fn from(keep: Keep) -> Self {
        keep.to_string()
    }
}

impl TryFrom<String> for Keep {
    type Error = Error;

    fn try_from(s: String) -> Result<Self, Error> {
        s.parse()
    }
}

/// What a policy may look at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Merits<'a> {
    /// Words of the text, as shingles are made of them.
    pub words: u64,
    /// Bytes of text.
    pub text_bytes: u64,
    /// When the source was modified, in nanoseconds since 1970, 0 if it is not known.
    pub modified: u64,
    /// The JSON of the field that the policy names.
    pub value: Option<&'a str>,
}

/// The place of a document among its duplicates.
pub type Rank = [u64; 3];

/// Returns the place of a document among its duplicates: the one with the smallest rank stays.
///
/// Numbers, and strings that hold one, are ordered as numbers, whole ones of up to 64 bits exactly; other strings stand
/// behind them, ordered by their first 23 bytes, enough for a date with its time to the millisecond; whatever else, and
/// no value, comes last. A time with a zone (RFC 3339) is ordered as that of UTC.
///
/// # Examples
///
/// ```
/// use doublon_core::cluster::keep::{Merits, rank};
/// use doublon_core::Keep;
///
/// let score = |json| rank(&Keep::Max("score".into()), Merits { value: Some(json), ..Merits::default() });
/// assert!(score("10.5") < score("9"));
/// assert!(score("\"2024-05-01\"") < score("\"2023-12-31\""));
/// assert!(score("-7") < score("null"));
/// ```
pub fn rank(keep: &Keep, merits: Merits) -> Rank {
    let ascending = |value: u64| [value, 0, 0];
    let descending = |value: u64| [!value, 0, 0];
    match keep {
        Keep::First | Keep::None | Keep::Prefer(_) | Keep::GivenOrder => [0; 3],
        Keep::Longest => [!merits.words, !merits.text_bytes, 0],
        Keep::Shortest => [merits.words, merits.text_bytes, 0],
        Keep::Newest => descending(merits.modified),
        Keep::Oldest => ascending(merits.modified),
        Keep::Max(_) => value_key(merits.value).map_or(NO_VALUE, |key| key.map(|word| !word)),
        Keep::Min(_) => value_key(merits.value).unwrap_or(NO_VALUE),
    }
}

/// Behind every key, and behind its complement.
const NO_VALUE: Rank = [u64::MAX; 3];

/// What a key starts with, which is never 0: the complement of a key stands before [`NO_VALUE`] too.
const NUMBER: u8 = 1;
const STRING: u8 = 2;

fn value_key(json: Option<&str>) -> Option<Rank> {
    let value: Value = serde_json::from_str(json?).ok()?;
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    match number.filter(|number| !number.is_nan()) {
        Some(number) => Some([u64::from(NUMBER) << 56, ordered_bits(number), whole(&value, number)]),
        None => value.as_str().map(|text| utc(text).map_or_else(|| string_key(text), |utc| string_key(&utc))),
    }
}

/// Returns a time with a zone (RFC 3339) as the same in UTC without one: `2024-05-01T01:30:00+02:00` is `2024-04-30T23:30:00`.
fn utc(text: &str) -> Option<String> {
    let time = DateTime::parse_from_rfc3339(text.trim()).ok()?;
    Some(time.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string())
}

/// Orders whole numbers that are the same as a double.
fn whole(value: &Value, number: f64) -> u64 {
    let exact = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
    exact.unwrap_or(number as i64) as u64
}

/// Bits that are ordered like the numbers.
fn ordered_bits(number: f64) -> u64 {
    let bits = (number + 0.0).to_bits(); // -0.0 + 0.0 is 0.0: the two are equal
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

fn string_key(text: &str) -> Rank {
    let mut bytes = std::iter::once(STRING).chain(text.bytes()).chain(std::iter::repeat(0));
    [(); 3].map(|()| bytes.by_ref().take(8).fold(0, |word, byte| word << 8 | u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_field(keep: &Keep, values: &[Option<&str>]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by_key(|&i| rank(keep, Merits { value: values[i], ..Merits::default() }));
        order
    }

    #[test]
    fn values_are_ordered_and_missing_ones_come_last() {
        let values =
            [None, Some("\"b\""), Some("2"), Some("-1e9"), Some("\"10\""), Some("[1]"), Some("-0.0"), Some("\"a\"")];
        assert_eq!(by_field(&Keep::Min("n".into()), &values), [3, 6, 2, 4, 7, 1, 0, 5]);
        assert_eq!(by_field(&Keep::Max("n".into()), &values), [1, 7, 4, 2, 6, 3, 0, 5]);
    }

    #[test]
    fn times_of_one_minute_and_large_whole_numbers_are_told_apart() {
        let times = ["\"2024-05-01T10:21:07.250Z\"", "\"2024-05-01T10:21:07.249Z\"", "\"2024-05-01T10:21:08Z\""];
        assert_eq!(by_field(&Keep::Max("t".into()), &times.map(Some)), [2, 0, 1]);
        let zones = [
            "\"2024-05-01T10:00:00+05:00\"",
            "\"2024-05-01T09:00:00Z\"",
            "\"2024-03-01 00:30:00+01:00\"",
            "\"2024-02-29T23:45:00-00:00\"",
        ];
        assert_eq!(by_field(&Keep::Max("t".into()), &zones.map(Some)), [1, 0, 3, 2]);
        for (time, in_utc) in [
            ("1999-12-31T23:59:59.5-00:01", Some("2000-01-01T00:00:59.500")),
            ("2024-05-01 09:00:00z", Some("2024-05-01T09:00:00")),
            ("2024-13-01T00:00:00Z", None),
            ("2024-05-01", None),
            ("2024-05-01T09:00:00", None),
            ("Aix-en-Provence+01:00", None),
            ("Zürich Z", None),
        ] {
            assert_eq!(utc(time).as_deref(), in_utc, "{time}");
        }
        let numbers = ["9007199254740993", "\"9007199254740992\"", "-9007199254740993", "-9007199254740992"];
        assert_eq!(by_field(&Keep::Min("n".into()), &numbers.map(Some)), [2, 3, 1, 0]);
        assert_eq!(by_field(&Keep::Max("n".into()), &numbers.map(Some)), [0, 1, 3, 2]);
    }

    #[test]
    fn policies_are_read_as_they_are_written() {
        for policy in ["first", "max:a:b", "prefer:gold/**,*.{txt,md},x", "given-order", "none"] {
            let keep: Keep = policy.parse().expect("a policy");
            assert_eq!(keep.to_string(), policy);
        }
        let patterns = ["gold/**", "*.{txt,md}", "x"].map(str::to_owned).to_vec();
        assert_eq!("prefer:gold/**,*.{txt,md},x".parse(), Ok(Keep::Prefer(patterns)));
        for wrong in ["prefer:", "prefer:a,", "prefer:,a", "given", "best"] {
            assert!(wrong.parse::<Keep>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn equal_numbers_are_equal_however_they_are_written() {
        let key = |json| rank(&Keep::Max("n".into()), Merits { value: Some(json), ..Merits::default() });
        assert_eq!([key("5.0"), key("\"5\""), key("5e0")], [key("5"); 3]);
        assert_eq!(key("-0.0"), key("0"));
    }

    #[test]
    fn lengths_and_times_are_ordered_both_ways() {
        let merits = |n| Merits { words: n, text_bytes: 9 - n, modified: n, value: None };
        for (up, down) in [(Keep::Shortest, Keep::Longest), (Keep::Oldest, Keep::Newest)] {
            assert!(rank(&up, merits(3)) < rank(&up, merits(4)));
            assert!(rank(&down, merits(3)) > rank(&down, merits(4)));
        }
        assert_eq!(rank(&Keep::First, merits(3)), rank(&Keep::First, merits(4)));
        let equal = |text_bytes| Merits { words: 7, text_bytes, ..Merits::default() };
        assert!(rank(&Keep::Longest, equal(50)) < rank(&Keep::Longest, equal(40)));
    }
}
