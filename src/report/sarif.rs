//! Findings as SARIF 2.1.0, for code hosts and editors: where a text repeats, and what it repeats.
//!
//! A result stands at the place that could go, and relates it to the one that stays. How a place is named depends on
//! all findings, and what was skipped stands before the results, so that results wait until all have come: as many as
//! are written, in memory while they are few, in a temporary file beyond that.
//!
//! Where a document is a file, places are given by line, by character and by byte. Where it is a record of a file, they
//! are not places in the file: then the line of the record is given if records are lines, and what else is known of the
//! place stands in its properties.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::sink::{Report, output, write_all};
use super::text::{covered, number, percent, reason_in_words, regrouped};
use super::visible::visible;
use crate::error::Result;
use crate::finding::{
    DocumentCluster, DocumentRef, Finding, Findings, Header, IndexedWords, Member, PassageClass, PassageFamily,
    PlacedSpan, RecordMode, Replay, Sink, Skipped, Summary,
};
use crate::source::Compression;
use doublon_core::hash::content_hash;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const DUPLICATE: &str = "doublon/duplicate-document";
const REPEATED: &str = "doublon/repeated-passage";
const SKIPPED: &str = "doublon/skipped-input";

/// Collects what is written, and writes it at the end.
#[derive(Debug)]
pub struct SarifReport<W> {
    out: W,
    limit: usize,
    header: Header,
    summary: Summary,
    /// The sources of several records.
    of_records: BTreeSet<Arc<str>>,
    /// Clusters and families with the members and places that are written.
    results: Replay,
    skipped: Replay,
    counts: RuleCounts,
}

/// How many results each rule has, written or not.
#[derive(Debug, Default)]
struct RuleCounts {
    duplicates: usize,
    passages: usize,
    skipped: usize,
}

impl<W: Write> SarifReport<W> {
    /// Writes to `out` at most `limit` results of each rule; how many more there are stands in the properties of the
    /// run. Temporary files go to the system's folder for them.
    pub fn new(out: W, limit: usize) -> Self {
        Self::in_folder(out, limit, std::env::temp_dir())
    }

    /// As [`SarifReport::new`], with temporary files in `folder`.
    pub fn in_folder(out: W, limit: usize, folder: PathBuf) -> Self {
        Self {
            out,
            limit,
            header: Header::default(),
            summary: Summary::default(),
            of_records: BTreeSet::new(),
            results: Replay::new(folder.clone()),
            skipped: Replay::new(folder),
            counts: RuleCounts::default(),
        }
    }

    fn cluster(&mut self, mut cluster: DocumentCluster) -> Result<()> {
        cluster.members.iter().map(|member| &member.doc).chain([&cluster.keep]).for_each(|doc| self.meet(doc));
        let left = self.limit.saturating_sub(self.counts.duplicates);
        self.counts.duplicates += cluster.members.len();
        cluster.members.truncate(left);
        if left > 0 { self.results.keep(Finding::DocumentCluster(cluster)) } else { Ok(()) }
    }

    fn family(&mut self, mut family: PassageFamily) -> Result<()> {
        family.occurrences.iter().chain([&family.keep]).for_each(|place| self.meet(&place.doc));
        if family.class == Some(PassageClass::Furniture) {
            // It is told once, at a place that is new if there is one: its other places say no more.
            family.occurrences.sort_by_key(|place| !place.new);
            family.occurrences.truncate(1);
        }
        let left = self.limit.saturating_sub(self.counts.passages);
        self.counts.passages += family.occurrences.len();
        family.occurrences.truncate(left);
        if left > 0 { self.results.keep(Finding::PassageFamily(family)) } else { Ok(()) }
    }

    /// Keeps what was skipped; not other files, about which there is nothing to do.
    fn skip(&mut self, skipped: Skipped) -> Result<()> {
        if skipped.other_kind().is_some() {
            return Ok(());
        }
        self.counts.skipped += 1;
        if self.counts.skipped <= self.limit { self.skipped.keep(Finding::Skipped(skipped)) } else { Ok(()) }
    }

    /// Notes that the source of a document has several, if it has.
    fn meet(&mut self, doc: &DocumentRef) {
        if doc.is_record() && !self.of_records.contains(&doc.source) {
            self.of_records.insert(doc.source.clone());
        }
    }
}

impl<W: Write> Sink for SarifReport<W> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => self.header = header,
            Finding::DocumentCluster(cluster) => return self.cluster(cluster),
            Finding::PassageFamily(family) => return self.family(family),
            Finding::Skipped(skipped) => return self.skip(skipped),
            Finding::Summary(summary) => self.summary = summary,
            Finding::DocumentPair(_) | Finding::PassageMatch(_) | Finding::Contamination(_) => {}
        }
        Ok(())
    }
}

impl<W: Write> Report for SarifReport<W> {
    fn finish(self: Box<Self>) -> Result<()> {
        let places = SarifPlaces::new(&self.header, &self.summary, self.of_records);
        let mut out = self.out;
        let start = r#","columnKind":"unicodeCodePoints","invocations":[{"executionSuccessful":true"#;
        output(write!(out, r#"{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{"tool":"#))?;
        output(json_to(&tool(&self.header), &mut out))?;
        output(write!(out, r#"{start},"toolExecutionNotifications":"#))?;
        list(self.skipped, &mut out, |finding, list| match finding {
            Finding::Skipped(skipped) => list.add(&places.notification(&skipped)),
            _ => Ok(()),
        })?;
        output(write!(out, r#"}}],"properties":"#))?;
        output(json_to(&properties(&self.summary, &self.counts, self.limit), &mut out))?;
        output(write!(out, r#","results":"#))?;
        list(self.results, &mut out, |finding, list| match finding {
            Finding::DocumentCluster(cluster) => places.duplicates(&cluster).try_for_each(|found| list.add(&found)),
            Finding::PassageFamily(family) => places.passages(&family).try_for_each(|found| list.add(&found)),
            _ => Ok(()),
        })?;
        output(writeln!(out, "}}]}}"))?;
        output(out.flush())
    }
}

/// Writes findings that are held, at most `limit` results of each rule; how many more there are stands in the properties
/// of the run.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(findings: &Findings, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    write_all(findings, Box::new(SarifReport::new(out, limit)))
}

fn json_to(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    Ok(serde_json::to_writer(out, value)?)
}

/// Writes what `write` makes of findings, one value a line.
fn list(
    findings: Replay,
    out: &mut dyn Write,
    write: impl Fn(Finding, &mut ValueList<'_>) -> io::Result<()>,
) -> Result<()> {
    output(out.write_all(b"["))?;
    let mut values = ValueList { out, is_empty: true };
    findings.drain(|finding| output(write(finding, &mut values)))?;
    output(values.out.write_all(b"]"))
}

/// An array that is being written.
struct ValueList<'a> {
    out: &'a mut dyn Write,
    is_empty: bool,
}

impl ValueList<'_> {
    fn add(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.out.write_all(if self.is_empty { b"\n" } else { b",\n" })?;
        self.is_empty = false;
        json_to(value, self.out)
    }
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
fn properties(summary: &Summary, counts: &RuleCounts, limit: usize) -> Value {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct RunProperties<'a> {
        summary: &'a Summary,
        left_out: BTreeMap<&'static str, usize>,
    }
    let counts = [(DUPLICATE, counts.duplicates), (REPEATED, counts.passages), (SKIPPED, counts.skipped)];
    let beyond = counts.into_iter().map(|(rule, count)| (rule, count.saturating_sub(limit)));
    let left_out = beyond.filter(|&(_, count)| count > 0).collect();
    serde_json::to_value(RunProperties { summary, left_out }).unwrap_or_default()
}

/// A result, as the standard names its parts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
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
enum SourceLayout {
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
struct SarifPlaces {
    /// Sources that hold more than one document, or documents with an id.
    of_records: BTreeSet<Arc<str>>,
    /// The names of sources that are not UTF-8.
    names: BTreeMap<String, Vec<u8>>,
    /// Whether a plain file that is one line is a document.
    lines: bool,
    /// Whether the bytes of all texts are those of their files.
    is_utf8: bool,
    /// Whether the findings were held against earlier ones.
    has_baseline: bool,
}

impl SarifPlaces {
    fn new(header: &Header, summary: &Summary, of_records: BTreeSet<Arc<str>>) -> Self {
        let named = header.sources.iter().filter_map(|source| {
            let bytes = STANDARD.decode(source.path_base64.as_ref()?).ok()?;
            Some((source.path.clone(), bytes))
        });
        Self {
            of_records,
            names: named.collect(),
            lines: header.parameters.input.record == RecordMode::Lines,
            has_baseline: summary.new.is_some(),
            is_utf8: summary.lossy == 0 && summary.encodings.is_empty(),
        }
    }

    fn duplicates(&self, cluster: &DocumentCluster) -> impl Iterator<Item = SarifResult> {
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
            SarifResult {
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

    fn passages(&self, family: &PassageFamily) -> impl Iterator<Item = SarifResult> {
        let PassageFamily { id, keep, occurrences, count, class, .. } = family;
        let words = keep.fingerprint.map_or_else(|| keep.excerpt.to_string(), String::from);
        let mut source = None;
        let mut in_source = 0;
        occurrences.iter().map(move |span| {
            in_source = if source == Some(&span.doc.source) { in_source + 1 } else { 0 };
            source = Some(&span.doc.source);
            let is_same = span.doc == keep.doc && keep.in_index.is_none();
            let of = if is_same { String::new() } else { format!(" of {}", self.name(&keep.doc)) };
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
            SarifResult {
                rule_id: REPEATED,
                rule_index: 1,
                level: "note",
                message: json!({ "text": what }),
                locations: [self.place(span)],
                related_locations: [with_id(self.place(keep), "The place that stays.")],
                partial_fingerprints: fingerprint(&[REPEATED, &key(&span.doc), &words], in_source),
                baseline_state: self.baseline_state(span.new),
                properties: json!({ "family": id, "places": count, "class": class }),
            }
        })
    }

    fn baseline_state(&self, is_new: bool) -> Option<&'static str> {
        self.has_baseline.then_some(if is_new { "new" } else { "unchanged" })
    }

    fn notification(&self, skipped: &Skipped) -> Value {
        let doc = DocumentRef {
            source: skipped.source.as_str().into(),
            record: skipped.record.unwrap_or(0),
            id: None,
            metadata: None,
        };
        let detail = skipped.detail.as_deref().map(|detail| format!(" ({})", literal(detail))).unwrap_or_default();
        let text = format!("{}: {}{detail}.", self.name(&doc), reason_in_words(skipped.reason.name()));
        let mut physical = json!({ "artifactLocation": self.artifact(&doc.source) });
        if let (Some(record), SourceLayout::Lines) = (skipped.record, self.layout(&doc.source)) {
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
            SourceLayout::Lines => physical["region"] = json!({ "startLine": doc.record + 1 }),
            SourceLayout::Text | SourceLayout::Page => physical["region"] = json!({ "startLine": 1 }),
            SourceLayout::Other => {}
        }
        self.location(doc, physical)
    }

    /// The location of a place in a document.
    fn place(&self, span: &PlacedSpan) -> Value {
        let mut physical = json!({ "artifactLocation": self.artifact(&span.doc.source) });
        if let Some(IndexedWords { number, words }) = span.in_index {
            let mut location = self.location(&span.doc, physical);
            location["properties"] = json!({ "indexed": number, "words": [words.0, words.1] });
            return location;
        }
        let layout = self.layout(&span.doc.source);
        if let Some(region) = self.region(span, layout) {
            physical["region"] = region;
        }
        let mut location = self.location(&span.doc, physical);
        if matches!(layout, SourceLayout::Lines | SourceLayout::Other) {
            let PlacedSpan { start, end, char_start, char_end, line, end_line, .. } = span;
            location["properties"] = json!({
                "start": start, "end": end, "charStart": char_start, "charEnd": char_end, "line": line,
                "endLine": end_line,
            });
        }
        location
    }

    fn region(&self, span: &PlacedSpan, layout: SourceLayout) -> Option<Value> {
        let mut region = Map::new();
        let mut set = |name: &str, value: usize| region.insert(name.into(), value.into());
        match layout {
            SourceLayout::Other => return None,
            SourceLayout::Lines => {
                set("startLine", usize::try_from(span.doc.record).ok()?.checked_add(1)?);
            }
            SourceLayout::Text | SourceLayout::Page => {
                set("startLine", span.line);
                set("endLine", span.end_line);
            }
        }
        if layout == SourceLayout::Text {
            set("charOffset", span.char_start);
            set("charLength", span.char_end - span.char_start);
        }
        let bytes = match layout {
            SourceLayout::Text if self.is_utf8 => Some((span.start, span.end)),
            SourceLayout::Page => span.source_start.zip(span.source_end),
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

    fn layout(&self, source: &str) -> SourceLayout {
        let path = Path::new(source);
        let ending = path.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            _ if Compression::by_ending(path).is_some() => SourceLayout::Other,
            "jsonl" | "ndjson" => SourceLayout::Lines,
            "txt" | "text" | "md" | "markdown" if self.lines => SourceLayout::Lines,
            "html" | "htm" | "xhtml" | "xht" => SourceLayout::Page,
            "csv" | "tsv" | "tab" | "warc" | "wet" | "wat" | "arc" | "parquet" | "pq" => SourceLayout::Other,
            _ if self.of_records.contains(source) => SourceLayout::Other,
            _ => SourceLayout::Text,
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
    match doc.own_id() {
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
    use crate::finding::samples;

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
