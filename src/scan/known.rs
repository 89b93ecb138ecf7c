//! Known text, read from files.

use std::path::PathBuf;

use doublon_core::text::KnownText;

use super::intake;
use crate::error::{Error, Result};
use crate::finding::{InputOptions, Skipped};
use crate::source::{self, Item, SourceOptions};

/// Bytes that are read at a time.
const AHEAD: usize = 1 << 20;

/// Reads known text for [`Builder::known_text`](doublon_core::Builder::known_text): each document in the files at `paths`
/// and below is one. They are read as `input` says, but for its patterns.
///
/// # Errors
///
/// If a path does not exist, something in it cannot be read, or there is no text in it.
///
/// # Examples
///
/// ```
/// use doublon::scan::read_known_text;
/// use doublon::{Config, InputOptions};
///
/// let known = read_known_text(&["data/seed".into()], &InputOptions::default())?;
/// assert_eq!(known.texts().len(), 1);
/// let config = Config::builder().known_text(known).build()?;
/// # Ok::<(), doublon::Error>(())
/// ```
pub fn read_known_text(paths: &[PathBuf], input: &InputOptions) -> Result<KnownText> {
    let (glob, exclude) = (Vec::new(), Vec::new());
    let input = InputOptions { glob, exclude, hidden: true, no_ignore: true, ..input.clone() };
    let mut texts = Vec::new();
    for path in paths {
        let before = texts.len();
        let found = source::walk(std::slice::from_ref(path), &input)?;
        let options = SourceOptions::from(input.clone()).without_metadata();
        let take = |items: Vec<Item>| items.into_iter().try_for_each(|item| take_text(item, &mut texts));
        let read = intake::read(&found.sources, &options, true, AHEAD, &(), |_, items| items, take)?;
        let mut unread = found.skipped.into_iter().chain(read.skipped).filter(|skipped| skipped.other_kind().is_none());
        unread.try_for_each(refuse)?;
        if texts[before..].iter().all(|text| text.trim().is_empty()) {
            return Err(Error::Refused {
                path: path.clone(),
                detail: "it has no text that could be ignored".to_owned(),
            });
        }
    }
    Ok(KnownText::new(texts))
}

fn take_text(item: Item, texts: &mut Vec<String>) -> Result<()> {
    match item {
        Item::Document(record) => texts.push(record.text),
        Item::Skipped(skipped) => refuse(skipped)?,
    }
    Ok(())
}

/// Known text that is not read would count in silence.
fn refuse(skipped: Skipped) -> Result<()> {
    let Skipped { source, record, reason, detail, .. } = skipped;
    let record = record.map_or(String::new(), |record| format!("record {record}: "));
    let detail = detail.map_or(String::new(), |detail| format!(" ({detail})"));
    let why = reason.name().replace('_', " ");
    Err(Error::Refused { path: source.into(), detail: format!("{record}{why}{detail}; known text must be readable") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, content: &str) -> Result<KnownText> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("is written");
        read_known_text(&[path], &InputOptions::default())
    }

    #[test]
    fn each_record_is_a_known_text() {
        let texts = |name, content| read(name, content).expect("is read").texts().to_vec();
        assert_eq!(texts("a.txt", "one\n\ntwo"), ["one\n\ntwo".into()]);
        assert_eq!(texts("a.jsonl", "{\"text\":\"two\"}\n{\"text\":\"one\"}\n"), ["one".into(), "two".into()]);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let refusal = |name, content| read(name, content).expect_err("is refused").to_string();
        assert!(refusal("a.txt", " \n").contains("it has no text that could be ignored"));
        assert!(refusal("a.jsonl", "{\"body\":\"one\"}\n").contains("record 0: missing text"));
        assert!(read_known_text(&["no/such/file".into()], &InputOptions::default()).is_err());
    }
}
