//! Which of several duplicates stays, as one number for each document: the smallest stays.

use crate::finding::Keep;

/// What a policy may look at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Merits<'a> {
    /// Bytes of text.
    pub text_bytes: u64,
    /// When the source was modified, in nanoseconds since 1970, 0 if it is not known.
    pub modified: u64,
    /// The JSON of the field that the policy names.
    pub value: Option<&'a str>,
}

/// Returns the place of a document among its duplicates: the one with the smallest number stays.
///
/// Numbers, and strings that hold one, are ordered as numbers; other strings stand behind them, ordered by their first
/// 15 bytes, enough for a date with its time to the minute; whatever else, and no value, comes last.
///
/// # Examples
///
/// ```
/// use doublon::cluster::keep::{Merits, rank};
/// use doublon::finding::Keep;
///
/// let score = |json| rank(&Keep::Max("score".into()), Merits { value: Some(json), ..Merits::default() });
/// assert!(score("10.5") < score("9"));
/// assert!(score("\"2024-05-01\"") < score("\"2023-12-31\""));
/// assert!(score("-7") < score("null"));
/// ```
pub fn rank(keep: &Keep, merits: Merits) -> u128 {
    let ascending = |value: u64| u128::from(value);
    let descending = |value: u64| u128::from(u64::MAX - value);
    match keep {
        Keep::First | Keep::None => 0,
        Keep::Longest => descending(merits.text_bytes),
        Keep::Shortest => ascending(merits.text_bytes),
        Keep::Newest => descending(merits.modified),
        Keep::Oldest => ascending(merits.modified),
        Keep::Max(_) => value_key(merits.value).map_or(u128::MAX, |key| LARGEST_KEY - key),
        Keep::Min(_) => value_key(merits.value).unwrap_or(u128::MAX),
    }
}

/// Above every key, below the number of a document without a value.
const LARGEST_KEY: u128 = u128::MAX >> 1;

fn value_key(json: Option<&str>) -> Option<u128> {
    let value: serde_json::Value = serde_json::from_str(json?).ok()?;
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    match number.filter(|number: &f64| !number.is_nan()) {
        Some(number) => Some(u128::from(ordered_bits(number))),
        None => value.as_str().map(|text| 1 << 120 | leading_bytes(text)),
    }
}

/// Bits that are ordered like the numbers.
fn ordered_bits(number: f64) -> u64 {
    let bits = (number + 0.0).to_bits(); // -0.0 + 0.0 is 0.0: the two are equal
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

fn leading_bytes(text: &str) -> u128 {
    text.bytes().chain(std::iter::repeat(0)).take(15).fold(0, |key, byte| key << 8 | u128::from(byte))
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
    fn lengths_and_times_are_ordered_both_ways() {
        let merits = |n| Merits { text_bytes: n, modified: n, value: None };
        for (up, down) in [(Keep::Shortest, Keep::Longest), (Keep::Oldest, Keep::Newest)] {
            assert!(rank(&up, merits(3)) < rank(&up, merits(4)));
            assert!(rank(&down, merits(3)) > rank(&down, merits(4)));
        }
        assert_eq!(rank(&Keep::First, merits(3)), rank(&Keep::First, merits(4)));
    }
}
