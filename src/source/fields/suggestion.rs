//! The path at which a record is likely to have its text.

use serde_json::Value;

use super::path::FieldPath;
use super::text::has_text;

/// Texts that belong together in common data sets.
const TOGETHER: [&[&str]; 9] = [
    &["instruction", "input?", "output"],
    &["instruction", "input?", "response"],
    &["prompt", "completion"],
    &["prompt", "response"],
    &["prompt", "chosen", "rejected"],
    &["context", "question", "answers.text?"],
    &["paragraphs[].context", "paragraphs[].qas[].question"],
    &["question", "answer"],
    &["query", "answer"],
];

/// Names that fields with a text often have, likeliest first.
pub const COMMON_TEXT_FIELDS: [&str; 14] = [
    "text",
    "content",
    "value",
    "body",
    "raw_content",
    "contents",
    "article",
    "markdown",
    "document",
    "passage",
    "page_content",
    "html",
    "message",
    "context",
];

/// The largest record of which a path is suggested, and how deep it is looked for.
const MAX_RECORD: usize = 1 << 20;
const MAX_DEPTH: usize = 5;

/// A string of fewer bytes than this is no text, though its name may say so.
const LEAST_BYTES: usize = 20;

/// A string of fewer words than this is no text, if its name does not say so.
const LEAST_WORDS: usize = 5;

/// Returns the flags by which the likely text of a record would be read.
pub fn suggestion(record: &str) -> Option<String> {
    if record.len() > MAX_RECORD {
        return None;
    }
    let value: Value = serde_json::from_str(record).ok()?;
    let fields = together(record, &value).or_else(|| likeliest(&value).map(|path| vec![path]))?;
    let paths: Vec<FieldPath> = fields.iter().map(|field| FieldPath::parse(field)).collect();
    let flags = fields.iter().map(|field| format!("--text-field {}", quoted(field)));
    has_text(record, &paths).then(|| flags.collect::<Vec<_>>().join(" "))
}

/// Returns whether some member of an object, however deep, is a text by its name and has some words.
pub fn has_named_text(record: &str) -> bool {
    let Ok(value) = serde_json::from_str::<Value>(record) else { return false };
    let mut offers = Vec::new();
    gather(&value, "", "", 0, &mut offers);
    offers.iter().any(|offer| offer.rank < COMMON_TEXT_FIELDS.len() && offer.bytes >= LEAST_BYTES)
}

fn together(json: &str, record: &Value) -> Option<Vec<String>> {
    let has = |field: &&str| {
        let name = field.trim_end_matches('?');
        let is_path = name.contains(['.', '[']);
        record.get(name).is_some_and(Value::is_string) || is_path && has_text(json, &[FieldPath::parse(name)])
    };
    let all = |fields: &&&[&str]| fields.iter().all(|field| field.ends_with('?') || has(field));
    let fields = TOGETHER.iter().find(all)?;
    Some(fields.iter().filter(|field| has(field)).map(|field| field.trim_end_matches('?').to_owned()).collect())
}

/// A path at which strings stand.
struct Offer {
    path: String,
    /// The place of its last key among the common ones.
    rank: usize,
    bytes: usize,
}

fn likeliest(record: &Value) -> Option<String> {
    let mut offers = Vec::new();
    gather(record, "", "", 0, &mut offers);
    let best = offers.into_iter().reduce(|best, offer| {
        let is_better = (offer.rank, std::cmp::Reverse(offer.bytes)) < (best.rank, std::cmp::Reverse(best.bytes));
        if is_better { offer } else { best }
    });
    best.map(|offer| offer.path)
}

fn gather(value: &Value, path: &str, key: &str, depth: usize, offers: &mut Vec<Offer>) {
    match value {
        Value::String(text) if may_be_text(key, text) => add(offers, path, key, text.len()),
        Value::Object(members) if depth < MAX_DEPTH => {
            for (key, value) in members {
                let dot = if path.is_empty() { "" } else { "." };
                gather(value, &format!("{path}{dot}{key}"), key, depth + 1, offers);
            }
        }
        Value::Array(elements) if depth < MAX_DEPTH => {
            for element in elements {
                // A part with a text is found by the list that it is in.
                match element.get("text") {
                    Some(Value::String(text)) if COMMON_TEXT_FIELDS.contains(&key) => {
                        add(offers, path, key, text.len());
                    }
                    _ => gather(element, &format!("{path}[]"), key, depth + 1, offers),
                }
            }
        }
        _ => {}
    }
}

/// Whether a string is worth an offer: it has a name that texts have, or some words, which a type or a date has not.
fn may_be_text(key: &str, text: &str) -> bool {
    !text.is_empty() && (COMMON_TEXT_FIELDS.contains(&key) || text.split_whitespace().nth(LEAST_WORDS - 1).is_some())
}

fn add(offers: &mut Vec<Offer>, path: &str, key: &str, bytes: usize) {
    // A list that ends a path needs no brackets.
    let path = path.trim_end_matches("[]");
    if let Some(offer) = offers.iter_mut().find(|offer| offer.path == path) {
        offer.bytes += bytes;
        return;
    }
    let rank = COMMON_TEXT_FIELDS.iter().position(|common| *common == key).unwrap_or(COMMON_TEXT_FIELDS.len());
    offers.push(Offer { path: path.to_owned(), rank, bytes });
}

fn quoted(field: &str) -> String {
    let is_bare = field.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if is_bare { field.to_owned() } else { format!("'{}'", field.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_to_the_text_of_common_shapes_is_named() {
        for (record, flags) in [
            (r#"{"id":"long enough","messages":[{"role":"user","content":"a"}]}"#, "--text-field 'messages[].content'"),
            (r#"{"conversations":[{"from":"human","value":"a"}]}"#, "--text-field 'conversations[].value'"),
            (
                r#"{"m":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image"}]},{"content":"b"}]}"#,
                "--text-field 'm[].content'",
            ),
            (
                r#"{"instruction":"a","input":"","output":"b"}"#,
                "--text-field instruction --text-field input --text-field output",
            ),
            (
                r#"{"prompt":"a","chosen":"b","rejected":"c"}"#,
                "--text-field prompt --text-field chosen --text-field rejected",
            ),
            (r#"{"a":{"text":"b"},"t":"some more"}"#, "--text-field a.text"),
            (
                r#"{"context":"a","question":"b","answers":{"text":["c"],"answer_start":[1]}}"#,
                "--text-field context --text-field question --text-field answers.text",
            ),
            (
                r#"{"title":"a","paragraphs":[{"context":"b","qas":[{"question":"c","answers":[{"text":"d"}]}]}]}"#,
                "--text-field 'paragraphs[].context' --text-field 'paragraphs[].qas[].question'",
            ),
            (r#"{"id":"a1","lines":["a first line of it all","and a second one too"]}"#, "--text-field lines"),
            (r#"{"id":"a1","entry":"some more words of an entry"}"#, "--text-field entry"),
            (r#"{"page.body":"some more words of a page"}"#, "--text-field page.body"),
        ] {
            assert_eq!(suggestion(record).as_deref(), Some(flags), "{record}");
        }
        for record in ["{}", r#"{"id":7,"a":null}"#, r#"{"a":""}"#] {
            assert_eq!(suggestion(record), None, "{record}");
        }
    }

    #[test]
    fn what_is_no_text_by_name_or_length_is_not_offered() {
        assert_eq!(suggestion(r#"{"Content-Type":"text/html","Date":"Sun, 29 Nov 2026"}"#), None);
        let long = r#"{"Content-Type":"text/html","plot":"Two boats meet at sea."}"#;
        assert_eq!(suggestion(long).as_deref(), Some("--text-field plot"));
    }
}
