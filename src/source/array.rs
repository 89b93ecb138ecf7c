//! A file that is one JSON value and holds a list of records: `[{...}, {...}]`, or `{"data": [{...}, {...}]}`.
//!
//! The list is found in the first block, and its elements are cut apart by brackets and quotes alone, so that a file of any
//! size is read in blocks and one damaged element costs no other. An element stands in a block with what separates it from
//! the one before. What comes before the first element, and after the last, is passed over.

use std::ops::Range;

use memchr::memchr2;
use serde::de::IgnoredAny;

use super::fields::{FieldPath, has_named_text, has_text};
use super::line::RecordLine;
use super::skip::SkipCause;
use crate::finding::Reason;

/// Where the list of records starts in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ListStart {
    /// The byte after its bracket, and how many brackets are open there.
    At(usize, usize),
    /// It is no such file.
    Nowhere,
    /// Several lists could be meant.
    Several(Vec<String>),
}

/// Looks for the list of records in the first bytes of a file. `named` is the path of the list, if it was named; `paths`
/// are those to the text of a record.
pub(super) fn find(start: &[u8], named: Option<&str>, paths: &[FieldPath]) -> ListStart {
    let at = blank_end(start, mark_length(start));
    match (start.get(at), named) {
        (Some(b'['), None) => ListStart::At(at + 1, 1),
        (Some(b'{'), Some(path)) => {
            named_list(start, at, path, 2).map_or(ListStart::Nowhere, |(at, open)| ListStart::At(at, open))
        }
        (Some(b'{'), None) => likeliest(start, at, paths),
        _ => ListStart::Nowhere,
    }
}

/// Returns whether a whole file that is one JSON value is about something else, as the settings of a program and the headers
/// of a page are: an object with neither a list of records nor a text, or a list of what are no objects.
pub(super) fn is_metadata(file: &[u8], paths: &[FieldPath]) -> bool {
    let at = blank_end(file, mark_length(file));
    let Ok(value) = std::str::from_utf8(&file[at..]) else { return false };
    if serde_json::from_str::<IgnoredAny>(value).is_err() {
        return false; // it may be cut off
    }
    match file.get(at) {
        Some(b'{') => {
            find(file, None, paths) == ListStart::Nowhere && !has_text(value, paths) && !has_named_text(value)
        }
        Some(b'[') => !matches!(file.get(blank_end(file, at + 1)), Some(b'{')),
        _ => false,
    }
}

/// Says that it takes the name of a list to read a file.
pub(super) fn ambiguous(lists: &[String]) -> SkipCause {
    let lists: Vec<String> = lists.iter().take(8).map(|name| format!("`{name}`")).collect();
    let detail = format!(
        "the file is an object with several lists; name that of the records with --records ({})",
        lists.join(", ")
    );
    (Reason::WrongShape, detail)
}

fn mark_length(start: &[u8]) -> usize {
    if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }
}

fn blank_end(bytes: &[u8], from: usize) -> usize {
    from + bytes[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Follows keys to a list.
fn named_list(bytes: &[u8], object: usize, path: &str, open: usize) -> Option<(usize, usize)> {
    let mut found = None;
    members(bytes, object, |name, value| {
        let rest = path.strip_prefix(name).map(|rest| (rest, rest.strip_prefix('.')));
        found = found.or(match (rest, bytes.get(value)) {
            (Some(("" | "[]", _)), Some(b'[')) => Some((value + 1, open)),
            (Some((_, Some(inner))), Some(b'{')) => named_list(bytes, value, inner, open + 1),
            _ => None,
        });
        found.is_none()
    });
    found
}

/// Returns the only list of records in an object: a list of which the first element has a text, else of which it is an object, else
/// one that is empty.
fn likeliest(bytes: &[u8], object: usize, paths: &[FieldPath]) -> ListStart {
    let mut lists: Vec<(usize, String, usize)> = Vec::new();
    members(bytes, object, |name, value| {
        if bytes.get(value) == Some(&b'[')
            && let Some(rank) = rank(bytes, value, paths)
        {
            lists.push((rank, name.to_owned(), value + 1));
        }
        true
    });
    let Some(best) = lists.iter().map(|list| list.0).min() else { return ListStart::Nowhere };
    lists.retain(|list| list.0 == best);
    match &lists[..] {
        [(.., at)] => ListStart::At(*at, 2),
        _ => ListStart::Several(lists.into_iter().map(|list| list.1).collect()),
    }
}

fn rank(bytes: &[u8], list: usize, paths: &[FieldPath]) -> Option<usize> {
    let first = blank_end(bytes, list + 1);
    match bytes.get(first) {
        Some(b']') => Some(2),
        Some(b'{') => {
            let end = ElementScan::default().end(&bytes[first..]).map_or(bytes.len(), |length| first + length);
            let element = std::str::from_utf8(&bytes[first..end]).unwrap_or_default().trim_ascii_end();
            Some(usize::from(!has_text(element, paths)))
        }
        _ => None,
    }
}

/// Calls `visit` with the name of each member of the object that starts at `object`, and where its value starts, as long as
/// that returns true and bytes are there.
fn members(bytes: &[u8], object: usize, mut visit: impl FnMut(&str, usize) -> bool) {
    let mut at = object + 1;
    loop {
        at = blank_end(bytes, at);
        if bytes.get(at) == Some(&b',') {
            at = blank_end(bytes, at + 1);
        }
        let Some(b'"') = bytes.get(at) else { return };
        let Some(length) = string_length(&bytes[at..]) else { return };
        let name: String = serde_json::from_slice(&bytes[at..at + length]).unwrap_or_default();
        let colon = blank_end(bytes, at + length);
        let Some(b':') = bytes.get(colon) else { return };
        let value = blank_end(bytes, colon + 1);
        if value >= bytes.len() || !visit(&name, value) {
            return;
        }
        let Some(length) = ElementScan::default().end(&bytes[value..]) else { return };
        at = value + length;
    }
}

fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr2(b'"', b'\\', &bytes[at..])?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at = (at + 2).min(bytes.len());
    }
}

/// Looks for the end of an element, over as many stretches of bytes as it has.
#[derive(Clone, Debug, Default)]
pub(super) struct ElementScan {
    depth: usize,
    is_string: bool,
    is_escaped: bool,
}

impl ElementScan {
    /// Returns where the comma or bracket stands that ends the element, if it is in the bytes that come next.
    pub fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            if self.is_escaped {
                self.is_escaped = false;
                at += 1;
            } else if self.is_string {
                at += memchr2(b'"', b'\\', &bytes[at..])?;
                self.is_escaped = bytes[at] == b'\\';
                self.is_string = self.is_escaped;
                at += 1;
            } else {
                match bytes[at] {
                    b',' | b']' | b'}' if self.depth == 0 => return Some(at),
                    b'"' => self.is_string = true,
                    b'[' | b'{' => self.depth += 1,
                    b']' | b'}' => self.depth -= 1,
                    _ => {}
                }
                at += 1;
            }
        }
        None
    }
}

/// What stands at the start of bytes that follow an element, or the start of the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ListStep {
    /// An element, after what separates it from the one before.
    Element(Range<usize>),
    /// The end of the list.
    End,
    /// More bytes are needed to tell.
    More,
}

/// Finds the element that comes next in `bytes`.
pub(super) fn step(bytes: &[u8], is_first: bool) -> ListStep {
    let mut start = blank_end(bytes, 0);
    match bytes.get(start) {
        Some(b']' | b'}') => return ListStep::End,
        Some(b',') if !is_first => start = blank_end(bytes, start + 1),
        _ => {}
    }
    match bytes.get(start) {
        None => ListStep::More,
        Some(_) => match ElementScan::default().end(&bytes[start..]) {
            Some(length) => ListStep::Element(start..start + bytes[start..start + length].trim_ascii_end().len()),
            None => ListStep::More,
        },
    }
}

impl ElementScan {
    /// Starts inside of so many brackets.
    pub fn inside(depth: usize) -> Self {
        Self { depth, ..Self::default() }
    }

    /// Returns where the value ends that the scan started inside of, if it is in the bytes that come next.
    pub fn close(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, &byte) in bytes.iter().enumerate() {
            match byte {
                _ if self.depth == 0 => return Some(at),
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.is_string => self.is_escaped = true,
                b'"' => self.is_string = !self.is_string,
                b'[' | b'{' if !self.is_string => self.depth += 1,
                b']' | b'}' if !self.is_string => self.depth -= 1,
                _ => {}
            }
        }
        (self.depth == 0).then_some(bytes.len())
    }
}

/// How much of a list is at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ListCut {
    /// Where the last whole element ends, and how many there are.
    pub end: usize,
    pub records: u64,
    /// Whether the list ends there.
    pub is_over: bool,
}

/// Finds where the last whole element of `pending` ends. `is_first` says that none came before.
pub(super) fn cut(pending: &[u8], is_first: bool) -> ListCut {
    let (mut end, mut records) = (0, 0);
    let is_over = loop {
        match step(&pending[end..], is_first && records == 0) {
            ListStep::Element(range) => {
                end += range.end;
                records += 1;
            }
            ListStep::End => break true,
            ListStep::More => break false,
        }
    };
    ListCut { end, records, is_over }
}

/// Returns the elements in the bytes of a block, of which the first has this number, each with the place of what separates it
/// from the one before.
pub fn elements(bytes: &[u8], first_record: u64) -> Vec<ListElement> {
    let (mut at, mut elements): (usize, Vec<ListElement>) = (0, Vec::new());
    loop {
        let rest = &bytes[at..];
        let is_first = first_record == 0 && elements.is_empty();
        let range = match step(rest, is_first) {
            ListStep::Element(range) => range,
            // The last element of a block has nothing behind it that ends it.
            ListStep::More if !rest.trim_ascii().is_empty() => last(rest, is_first),
            _ => return elements,
        };
        elements.push(ListElement { before: at, element: at + range.start..at + range.end });
        at += range.end;
    }
}

fn last(rest: &[u8], is_first: bool) -> Range<usize> {
    let start = blank_end(rest, 0);
    let start = if rest.get(start) == Some(&b',') && !is_first { blank_end(rest, start + 1) } else { start };
    start..start.max(rest.trim_ascii_end().len())
}

/// An element of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListElement {
    /// Where what separates it from the one before starts.
    pub before: usize,
    /// Where it stands itself.
    pub element: Range<usize>,
}

/// Returns the elements in the bytes of a block, which stand at `offset`, as lines, which are numbered.
pub(super) fn lines(bytes: &[u8], first_record: u64, offset: u64) -> impl Iterator<Item = RecordLine> {
    let elements = elements(bytes, first_record).into_iter().zip(first_record..);
    elements.map(move |(ListElement { element, .. }, record)| RecordLine {
        record,
        offset: offset + element.start as u64,
        range: element,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(start: &str, named: Option<&str>) -> Result<Option<(String, usize)>, Vec<String>> {
        match find(start.as_bytes(), named, &[FieldPath::parse("text")]) {
            ListStart::At(at, open) => Ok(Some((start[at..].to_owned(), open))),
            ListStart::Nowhere => Ok(None),
            ListStart::Several(names) => Err(names),
        }
    }

    #[test]
    fn a_value_without_a_text_is_about_something_else() {
        for (file, is_metadata) in [
            ("{\"Content-Type\": \"text/html\"}", true),
            ("\u{feff}{\n  \"title\": \"A title of some six words\",\n  \"history\": {}\n}\n", true),
            ("[\"a.html\", \"b.html\"]", true),
            ("[]", true),
            ("{\"text\": \"one\"}", false),
            ("{\"page\": {\"content\": \"One two three four five.\"}}", false),
            ("{\"pages\": [{\"body\": 1}]}", false),
            ("[{\"body\": \"one\"}]", false),
            ("7", false),
        ] {
            assert_eq!(super::is_metadata(file.as_bytes(), &[FieldPath::parse("text")]), is_metadata, "{file}");
        }
    }

    #[test]
    fn the_list_of_records_is_found() {
        for (start, named, list) in [
            ("\u{feff} [ {\"text\":1}]", None, Some((" {\"text\":1}]", 1))),
            ("{\"v\": \"[{\\\"\", \"data\": [{}", None, Some(("{}", 2))),
            ("{\"a\":[{\"x\":1}],\"b\":[{\"text\":\"t\"}]}", None, Some(("{\"text\":\"t\"}]}", 2))),
            ("{\"a\":[1,2],\"b\":[{}]}", None, Some(("{}]}", 2))),
            ("{\"a\":[]}", None, Some(("]}", 2))),
            ("{\"a\":[{}],\"b\":[7]}", Some("b"), Some(("7]}", 2))),
            ("{\"a\":{\"b\":[7]}}", Some("a.b"), Some(("7]}}", 3))),
            ("{\"a.b\":[7]}", Some("a.b"), Some(("7]}", 2))),
            ("{\"a\":{\"b\":[7]}}", None, None),
            ("{\"a\":[1]}", None, None),
            ("{\"a\":[{}]}", Some("b"), None),
            ("7", None, None),
        ] {
            assert_eq!(found(start, named), Ok(list.map(|(rest, open)| (rest.to_owned(), open))), "{start} {named:?}");
        }
        assert_eq!(found("{\"a\":[{}],\"b\":[{}]}", None), Err(vec!["a".into(), "b".into()]));
    }

    #[test]
    fn elements_are_cut_by_brackets_and_quotes() {
        let list = b" {\"a\":\"]},[\\\"\"} ,\n 7,[1,[2]],,\"x\", {\"b\":{}}\n] , \"m\":1}";
        let ListCut { end, records, is_over: true } = cut(list, true) else { panic!("is whole") };
        let elements = elements(&list[..end], 0);
        let texts: Vec<&str> =
            elements.iter().map(|it| str::from_utf8(&list[it.element.clone()]).expect("text")).collect();
        assert_eq!(texts, ["{\"a\":\"]},[\\\"\"}", "7", "[1,[2]]", "", "\"x\"", "{\"b\":{}}"]);
        assert_eq!(records, 6);
        assert_eq!(ElementScan::inside(2).close(&list[end..]), Some(list.len() - end));
        for cut_off in 1..end {
            let cut = cut(&list[..cut_off], true);
            assert!(!cut.is_over && super::elements(&list[..cut.end], 0).len() as u64 == cut.records, "{cut_off}");
        }
    }
}
