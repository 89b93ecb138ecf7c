//! Findings as SARIF 2.1.0, for code hosts and editors: where a text repeats, and what it repeats.
//!
//! A result stands at the place that could go, and relates it to the one that stays. Results are written one after
//! another, so that a report of any length takes no memory.
//!
//! Where a document is a file, places are given by line, by character and by byte. Where it is a record of a file, they
//! are not places in the file: then the line of the record is given if records are lines, and what else is known of the
//! place stands in its properties.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use crate::finding::RecordMode;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::text::{covered, number, percent, reason_in_words, regrouped};
use super::visible::visible;
use crate::finding::{
    DocumentCluster, DocumentRef, Findings, Header, Member, PassageFamily, PlacedSpan, Skipped, Summary,
};
use crate::source::Compression;
use doublon_core::hash::content_hash;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const DUPLICATE: &str = "doublon/duplicate-document";
const REPEATED: &str = "doublon/repeated-passage";
const SKIPPED: &str = "doublon/skipped-input";

/// Writes findings, at most `limit` results of each rule; how many more there are stands in the properties of the run.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(findings: &Findings, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(findings);
    write!(out, r#"{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{"tool":"#)?;
    serde_json::to_writer(&mut *out, &tool(&findings.header))?;
    write!(out, r#","columnKind":"unicodeCodePoints","invocations":[{{"executionSuccessful":true"#)?;
    write!(out, r#","toolExecutionNotifications":"#)?;
    list(findings.skipped.iter().take(limit).map(|skipped| places.notification(skipped)), out)?;
    write!(out, r#"}}],"properties":"#)?;
    serde_json::to_writer(&mut *out, &properties(findings, limit))?;
    write!(out, r#","results":"#)?;
    let duplicates = findings.clusters.iter().flat_map(|cluster| places.duplicates(cluster)).take(limit);
    let passages = findings.families.iter().flat_map(|family| places.passages(family)).take(limit);
    list(duplicates.chain(passages), out)?;
    writeln!(out, "}}]}}")
}

/// Writes values one a line.
fn list(values: impl Iterator<Item = impl Serialize>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"[")?;
    for (n, value) in values.enumerate() {
        out.write_all(if n == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &value)?;
    }
    out.write_all(b"]")
}

fn tool(header: &Header) -> Value {
    let rule = |id: &str, name: &str, level: &str, short: &str, full: &str| {
        json!({
            "id": id,
            "name": name,
            "shortDescription": { "text": short },
            "fullDescription": { "text": full },
            "help": { "text": full },
            "defaultConfiguration": { "level": level },
        })
    };
    let duplicate = "This document has nearly all of its text in common with another one, as measured by the Jaccard \
                     similarity of their shingles. One of the two could go.";
    let repeated = "This passage stands elsewhere too, word by word or nearly so. One of the places could go, or refer \
                    to the other.";
    let skipped = "This input was not compared, so nothing is known of what it repeats.";
    json!({ "driver": {
        "name": "doublon",
        "version": header.version,
        "rules": [
            rule(DUPLICATE, "DuplicateDocument", "warning", "The document is a duplicate of another one.", duplicate),
            rule(REPEATED, "RepeatedPassage", "note", "The passage repeats another one.", repeated),
        ],
        "notifications": [
            rule(SKIPPED, "SkippedInput", "warning", "The input was not compared.", skipped),
        ],
    }})
}

/// The counts of the run.
fn properties(findings: &Findings, limit: usize) -> Value {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Properties<'a> {
        summary: &'a Summary,
        left_out: BTreeMap<&'static str, usize>,
    }
    let counts = [
        (DUPLICATE, findings.clusters.iter().map(|cluster| cluster.members.len()).sum()),
        (REPEATED, findings.families.iter().map(|family| family.occurrences.len()).sum()),
        (SKIPPED, findings.skipped.len()),
    ];
    let beyond = counts.into_iter().map(|(rule, count): (_, usize)| (rule, count.saturating_sub(limit)));
    let left_out = beyond.filter(|&(_, count)| count > 0).collect();
    serde_json::to_value(Properties { summary: &findings.summary, left_out }).unwrap_or_default()
}

/// A result, as the standard names its parts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Value,
    locations: [Value; 1],
    related_locations: [Value; 1],
    partial_fingerprints: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    properties: Value,
}

/// How the documents of a source stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// The source is one document.
    Text,
    /// The document is what a page shows.
    Page,
    /// A record is a line.
    Lines,
    /// Records, or bytes, are not places in the file.
    Other,
}

/// Turns places into those of SARIF.
struct Places<'a> {
    /// Sources that hold more than one document, or documents with an id.
    of_records: BTreeSet<&'a str>,
    /// The names of sources that are not UTF-8.
    names: BTreeMap<&'a str, Vec<u8>>,
    /// Whether a plain file that is one line is a document.
    lines: bool,
    /// Whether the bytes of all texts are those of their files.
    is_utf8: bool,
    /// Whether the findings were held against earlier ones.
    has_baseline: bool,
}

impl<'a> Places<'a> {
    fn new(findings: &'a Findings) -> Self {
        let members = findings.clusters.iter().flat_map(|c| c.members.iter().map(|m| &m.doc).chain([&c.keep]));
        let places = findings.families.iter().flat_map(|f| f.occurrences.iter().chain([&f.keep]).map(|span| &span.doc));
        let of_records = members.chain(places).filter(|doc| doc.record > 0 || doc.id.is_some());
        let named = findings.header.sources.iter().filter_map(|source| {
            let bytes = STANDARD.decode(source.path_base64.as_ref()?).ok()?;
            Some((source.path.as_str(), bytes))
        });
        Self {
            of_records: of_records.map(|doc| &*doc.source).collect(),
            names: named.collect(),
            lines: findings.header.parameters.input.record == RecordMode::Lines,
            has_baseline: findings.summary.new.is_some(),
            is_utf8: findings.summary.lossy == 0 && findings.summary.encodings.is_empty(),
        }
    }

    fn duplicates(&self, cluster: &'a DocumentCluster) -> impl Iterator<Item = Found> {
        cluster.members.iter().map(|member| {
            let Member { doc, jaccard, containment, exact, new, .. } = member;
            let kept = self.name(&cluster.keep);
            let what = match (exact, *jaccard >= 1.0) {
                (true, _) => format!("This document is an exact copy of {kept}."),
                (false, true) => format!("This document has the same words as {kept}."),
                (false, false) => format!(
                    "This document is a near copy of {kept}: similarity {}, and {} of it is in that one.",
                    percent(*jaccard),
                    percent(*containment)
                ),
            };
            Found {
                rule_id: DUPLICATE,
                rule_index: 0,
                level: "warning",
                message: json!({ "text": what }),
                locations: [self.document(doc)],
                related_locations: [with_id(self.document(&cluster.keep), "The document that stays.")],
                partial_fingerprints: fingerprint(&[DUPLICATE, &key(doc), &key(&cluster.keep)], 0),
                baseline_state: self.baseline_state(*new),
                properties: json!({
                    "cluster": cluster.id, "jaccard": jaccard, "containment": containment, "exact": exact,
                }),
            }
        })
    }

    fn passages(&self, family: &'a PassageFamily) -> impl Iterator<Item = Found> {
        let PassageFamily { id, keep, occurrences, count, .. } = family;
        let words = keep.fingerprint.map_or_else(|| keep.excerpt.to_string(), String::from);
        let mut source = None;
        let mut in_source = 0;
        occurrences.iter().map(move |span| {
            in_source = if source == Some(&span.doc.source) { in_source + 1 } else { 0 };
            source = Some(&span.doc.source);
            let of = if span.doc == keep.doc { String::new() } else { format!(" of {}", self.name(&keep.doc)) };
            let what = if *count > 2 {
                // Places of a large family are joined through others, and need not all hold the same.
                let places = number(*count as u64);
                let (here, kept) = (covered(span), covered(keep));
                format!(
                    "This text, {here}, stands whole or in part in {places} places; the one that stays is {kept}{of}."
                )
            } else {
                format!("This text, {}, repeats {}{of}{}.", covered(span), covered(keep), regrouped(keep, span))
            };
            Found {
                rule_id: REPEATED,
                rule_index: 1,
                level: "note",
                message: json!({ "text": what }),
                locations: [self.place(span)],
                related_locations: [with_id(self.place(keep), "The place that stays.")],
                partial_fingerprints: fingerprint(&[REPEATED, &key(&span.doc), &words], in_source),
                baseline_state: self.baseline_state(span.new),
                properties: json!({ "family": id, "places": count }),
            }
        })
    }

    fn baseline_state(&self, is_new: bool) -> Option<&'static str> {
        self.has_baseline.then_some(if is_new { "new" } else { "unchanged" })
    }

    fn notification(&self, skipped: &Skipped) -> Value {
        let doc = DocumentRef { source: skipped.source.as_str().into(), record: skipped.record.unwrap_or(0), id: None };
        let detail = skipped.detail.as_deref().map(|detail| format!(" ({})", literal(detail))).unwrap_or_default();
        let text = format!("{}: {}{detail}.", self.name(&doc), reason_in_words(skipped.reason.name()));
        let mut physical = json!({ "artifactLocation": self.artifact(&doc.source) });
        if let (Some(record), Layout::Lines) = (skipped.record, self.layout(&doc.source)) {
            physical["region"] = json!({ "startLine": record + 1 });
        }
        json!({
            "descriptor": { "id": SKIPPED, "index": 0 },
            "level": if skipped.reason.is_fault() { "warning" } else { "note" },
            "message": { "text": text },
            "locations": [{ "physicalLocation": physical }],
            "properties": { "reason": skipped.reason, "offset": skipped.offset },
        })
    }

    /// The location of a whole document.
    fn document(&self, doc: &DocumentRef) -> Value {
        let mut physical = json!({ "artifactLocation": self.artifact(&doc.source) });
        match self.layout(&doc.source) {
            Layout::Lines => physical["region"] = json!({ "startLine": doc.record + 1 }),
            Layout::Text | Layout::Page => physical["region"] = json!({ "startLine": 1 }),
            Layout::Other => {}
        }
        self.location(doc, physical)
    }

    /// The location of a place in a document.
    fn place(&self, span: &PlacedSpan) -> Value {
        let mut physical = json!({ "artifactLocation": self.artifact(&span.doc.source) });
        let layout = self.layout(&span.doc.source);
        if let Some(region) = self.region(span, layout) {
            physical["region"] = region;
        }
        let mut location = self.location(&span.doc, physical);
        if matches!(layout, Layout::Lines | Layout::Other) {
            let PlacedSpan { start, end, char_start, char_end, line, end_line, .. } = span;
            location["properties"] = json!({
                "start": start, "end": end, "charStart": char_start, "charEnd": char_end, "line": line,
                "endLine": end_line,
            });
        }
        location
    }

    fn region(&self, span: &PlacedSpan, layout: Layout) -> Option<Value> {
        let mut region = Map::new();
        let mut set = |name: &str, value: usize| region.insert(name.into(), value.into());
        match layout {
            Layout::Other => return None,
            Layout::Lines => {
                set("startLine", usize::try_from(span.doc.record).ok()?.checked_add(1)?);
            }
            Layout::Text | Layout::Page => {
                set("startLine", span.line);
                set("endLine", span.end_line);
            }
        }
        if layout == Layout::Text {
            set("charOffset", span.char_start);
            set("charLength", span.char_end - span.char_start);
        }
        let bytes = match layout {
            Layout::Text if self.is_utf8 => Some((span.start, span.end)),
            Layout::Page => span.source_start.zip(span.source_end),
            _ => None,
        };
        if let Some((start, end)) = bytes {
            set("byteOffset", start);
            set("byteLength", end - start);
        }
        Some(region.into())
    }

    /// A location, which names the record if its source has several.
    fn location(&self, doc: &DocumentRef, physical: Value) -> Value {
        let mut location = Map::new();
        location.insert("physicalLocation".into(), physical);
        if self.of_records.contains(&*doc.source) {
            let name = doc.id.as_deref().map_or_else(|| format!("record {}", doc.record), str::to_owned);
            let full = format!("{}#{}", doc.source, doc.record);
            let record = json!([{ "name": name, "fullyQualifiedName": full, "kind": "record" }]);
            location.insert("logicalLocations".into(), record);
        }
        location.into()
    }

    fn layout(&self, source: &str) -> Layout {
        let path = Path::new(source);
        let ending = path.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            _ if Compression::by_ending(path).is_some() => Layout::Other,
            "jsonl" | "ndjson" => Layout::Lines,
            "txt" | "text" | "md" | "markdown" if self.lines => Layout::Lines,
            "html" | "htm" | "xhtml" | "xht" => Layout::Page,
            "csv" | "tsv" | "tab" | "warc" | "wet" | "wat" | "arc" | "parquet" | "pq" => Layout::Other,
            _ if self.of_records.contains(source) => Layout::Other,
            _ => Layout::Text,
        }
    }

    fn artifact(&self, source: &str) -> Value {
        let bytes = self.names.get(source).map_or(source.as_bytes(), Vec::as_slice);
        let uri = uri(bytes);
        if uri.starts_with("file:") { json!({ "uri": uri }) } else { json!({ "uri": uri, "uriBaseId": "%SRCROOT%" }) }
    }

    /// A document, in a message.
    fn name(&self, doc: &DocumentRef) -> String {
        let path = literal(&doc.source);
        if self.of_records.contains(&*doc.source) { format!("{path}:{}", doc.record.saturating_add(1)) } else { path }
    }
}

/// What tells a document from all others, whatever else is found.
fn key(doc: &DocumentRef) -> String {
    match &doc.id {
        Some(id) => format!("{}#id:{id}", doc.source),
        None => format!("{}#{}", doc.source, doc.record),
    }
}

fn with_id(mut location: Value, message: &str) -> Value {
    location["id"] = json!(1);
    location["message"] = json!({ "text": message });
    location
}

/// Returns what stands for a text in a message, where braces are placeholders and brackets make links (3.11.5 and 3.11.6
/// of the standard).
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '{' | '}' => out.extend([c, c]),
            '[' | ']' | '\\' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// A hash of what stays the same when other text is added or removed; `n` tells apart equal ones of a source.
fn fingerprint(parts: &[&str], n: usize) -> Value {
    json!({ "doublon/v1": format!("{:032x}:{n}", content_hash(parts.join("\u{0}").as_bytes())) })
}

/// Returns a path as a URI reference: relative if the path is.
fn uri(path: &[u8]) -> String {
    let path = path.strip_prefix(b"./").unwrap_or(path);
    let mut uri = String::with_capacity(path.len() + 8);
    if path.starts_with(b"/") {
        uri.push_str("file://");
    }
    for &byte in path {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            b'\\' if cfg!(windows) => uri.push('/'),
            _ => {
                let _ = write!(uri, "%{byte:02X}"); // writing to a string cannot fail
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::samples;

    fn written(findings: &Findings, limit: usize) -> Value {
        let mut out = Vec::new();
        write(findings, limit, &mut out).expect("memory takes all");
        serde_json::from_slice(&out).expect("one JSON value")
    }

    #[test]
    fn f43_no_more_results_than_asked_for_and_the_rest_is_counted() {
        let findings = samples::everything();
        let all = written(&findings, usize::MAX);
        let count = |log: &Value| log["runs"][0]["results"].as_array().map_or(0, Vec::len);
        assert!(count(&all) > 2, "{all:#}");
        assert_eq!(all["runs"][0]["properties"]["leftOut"], json!({}));
        let one = written(&findings, 1);
        assert_eq!(count(&one), 2);
        let left_out = one["runs"][0]["properties"]["leftOut"].as_object().expect("counts").values();
        assert_eq!(left_out.filter_map(Value::as_u64).sum::<u64>() as usize, count(&all) - 2);
    }

    #[test]
    fn a_path_is_a_uri_whatever_it_holds() {
        assert_eq!(uri("./docs/a b#1%.md".as_bytes()), "docs/a%20b%231%25.md");
        assert_eq!(uri("a:b.txt".as_bytes()), "a%3Ab.txt");
        assert_eq!(uri("/tmp/été.txt".as_bytes()), "file:///tmp/%C3%A9t%C3%A9.txt");
        assert_eq!(uri(b"\xff\\\n"), if cfg!(windows) { "%FF/%0A" } else { "%FF%5C%0A" });
    }

    #[test]
    fn a_name_makes_no_link_in_a_message() {
        assert_eq!(literal("[x](http://y) {0}\u{1b}"), "\\[x\\](http://y) {{0}}<U+001B>");
        let mut findings = samples::everything();
        findings.clusters[0].keep.source = "[x](http://y)".into();
        let message = written(&findings, 1)["runs"][0]["results"][0]["message"]["text"].to_string();
        assert!(message.contains("\\\\[x\\\\](http://y)"), "{message}");
    }

    #[test]
    fn places_in_records_are_no_places_in_the_file() {
        let mut findings = samples::everything();
        let text = written(&findings, usize::MAX);
        let of_text =
            &text["runs"][0]["results"].as_array().and_then(|results| results.last()).expect("one")["locations"][0];
        assert!(of_text["physicalLocation"]["region"]["charOffset"].is_u64(), "{of_text}");
        for family in &mut findings.families {
            for span in family.occurrences.iter_mut().chain([&mut family.keep]) {
                span.doc = samples::doc("corpus.jsonl", 17);
            }
        }
        let records = written(&findings, usize::MAX);
        let of_record =
            &records["runs"][0]["results"].as_array().and_then(|results| results.last()).expect("one")["locations"][0];
        assert_eq!(of_record["physicalLocation"]["region"], json!({ "startLine": 18 }));
        assert_eq!(of_record["logicalLocations"][0]["fullyQualifiedName"], "corpus.jsonl#17");
        assert!(of_record["properties"]["charStart"].is_u64());
    }

    #[test]
    fn fingerprints_stay_when_a_text_moves_and_differ_otherwise() {
        let prints = |findings: &Findings| -> Vec<String> {
            let log = written(findings, usize::MAX);
            let results = log["runs"][0]["results"].as_array().cloned().unwrap_or_default();
            results.iter().map(|result| result["partialFingerprints"]["doublon/v1"].to_string()).collect()
        };
        let mut findings = samples::everything();
        let before = prints(&findings);
        assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), before.len(), "{before:?}");
        for span in findings.families.iter_mut().flat_map(|family| &mut family.occurrences) {
            (span.start, span.end, span.line) = (span.start + 100, span.end + 100, span.line + 3);
        }
        assert_eq!(prints(&findings), before);
    }
}
