//! What a record has instead of the field that was asked for.

use super::json::{elements, kind_of, members};
use crate::finding::Reason;
use crate::source::skip::SkipCause;

/// The most bytes of the list of fields, of a name in it, and how many keys of an object inside are named.
const MAX_LISTED: usize = 600;
const MAX_NAME: usize = 40;
const MAX_KEYS: usize = 5;

/// Says that a record has no such field, which it has, and by which flags it would be read.
pub fn missing(record: &str, name: &str, flags: Option<String>) -> SkipCause {
    let as_in = flags.map(|flags| format!(", as in {flags}")).unwrap_or_default();
    let detail = format!("record has no field `{name}`; name the field with --text-field{as_in}{}", offers(record));
    (Reason::MissingText, detail)
}

/// Lists the fields of a record with their kinds.
pub fn offers(record: &str) -> String {
    let (mut listed, mut length, mut others) = (Vec::new(), 0, 0);
    let read = members(record, |name, value| {
        let field = format!("`{}` {}", shortened(name), described(value));
        if others > 0 || length + field.len() > MAX_LISTED {
            others += 1;
        } else {
            length += field.len();
            listed.push(field);
        }
    });
    if others > 0 {
        listed.push(format!("and {others} more"));
    }
    if read.is_err() || listed.is_empty() { String::new() } else { format!(" (it has {})", listed.join(", ")) }
}

/// Returns what a value is, without an article: `list of objects {role, content}`.
pub fn described(value: &str) -> String {
    match kind_of(value) {
        "an object" => format!("object {}", keys(value)),
        "an array" => {
            let mut first = None;
            let read = elements(value, |element| first = first.or(Some(element)));
            match first.filter(|_| read.is_ok()) {
                None => "empty list".to_owned(),
                Some(object) if kind_of(object) == "an object" => format!("list of objects {}", keys(object)),
                Some(element) => format!("list of {}", plural(kind_of(element))),
            }
        }
        "null" => "null".to_owned(),
        kind => bare(kind).to_owned(),
    }
}

fn bare(kind: &'static str) -> &'static str {
    kind.split_once(' ').map_or(kind, |(_, kind)| kind)
}

fn plural(kind: &'static str) -> String {
    match kind {
        "an array" => "lists".to_owned(),
        "null" => "nulls".to_owned(),
        kind => format!("{}s", bare(kind)),
    }
}

fn keys(object: &str) -> String {
    let (mut keys, mut more) = (Vec::new(), false);
    let _ = members(object, |key, _| {
        more |= keys.len() == MAX_KEYS;
        if keys.len() < MAX_KEYS {
            keys.push(shortened(key));
        }
    });
    if more {
        keys.push("...".to_owned());
    }
    format!("{{{}}}", keys.join(", "))
}

fn shortened(name: &str) -> String {
    let name = name.replace('`', "'");
    let end = name.floor_char_boundary(MAX_NAME);
    if end < name.len() { format!("{}...", &name[..end]) } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_listed_with_their_kinds() {
        let record = r#"{"id":"a","n":1,"b":true,"z":null,"l":[],"s":["a"],"o":{"x":1},"m":[{"r":1,"c":2}],"k":[[1]]}"#;
        let expected = " (it has `id` string, `n` number, `b` boolean, `z` null, `l` empty list, `s` list of strings, \
                        `o` object {x}, `m` list of objects {r, c}, `k` list of lists)";
        assert_eq!(offers(record), expected);
        let many: Vec<String> = (0..100).map(|n| format!("\"field{n}\":1")).collect();
        let told = offers(&format!("{{{}}}", many.join(",")));
        assert!(told.len() < 900 && told.ends_with(" more)"), "{told}");
        let long = "k".repeat(100);
        assert!(offers(&format!("{{\"{long}\":1}}")).contains(&format!("`{}...` number", &long[..40])));
    }
}
