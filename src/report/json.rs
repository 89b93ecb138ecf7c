//! Findings as one JSON object a line, each with its `type`: the format that is saved, exchanged and read back.
//!
//! Lines stand in the order header, clusters, pairs, matches, families, skipped, summary. A file without a summary is
//! cut short. A reader passes over types and fields that it does not know, so that new ones stay compatible.

use std::io::{self, BufRead, Write};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::sink::{Report, output, write_all};
use crate::error::{Error, Result};
use crate::finding::{Finding, Findings, Header, READ_SCHEMAS, SCHEMA, Sink};

/// Writes each finding as a line when it comes.
#[derive(Debug)]
pub struct JsonReport<W> {
    out: W,
    /// The line in hand. It is written as a whole: what lies behind `out` may take long for each piece.
    line: Vec<u8>,
}

impl<W: Write> JsonReport<W> {
    /// Writes to `out`, line by line: it should be buffered.
    pub fn new(out: W) -> Self {
        Self { out, line: Vec::new() }
    }

    fn line(&mut self, finding: &Finding) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, finding)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }
}

impl<W: Write> Sink for JsonReport<W> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        output(self.line(&finding))
    }
}

impl<W: Write> Report for JsonReport<W> {
    fn finish(mut self: Box<Self>) -> Result<()> {
        output(self.out.flush())
    }
}

/// Writes findings that are held, one line each.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(findings: &Findings, out: impl Write) -> io::Result<()> {
    write_all(findings, Box::new(JsonReport::new(out)))
}

/// Reads saved findings and hands each to `sink` when it is read. `path` is what errors call the input.
///
/// A fault in a later line is met when the earlier findings are gone to the sink already.
///
/// # Errors
///
/// When the input cannot be read, is of another format, has a line that is no finding or stands out of order, or ends
/// before its summary; or when the sink fails.
pub fn read(mut input: impl BufRead, path: &Path, sink: &mut dyn Sink) -> Result<()> {
    let mut reader = FindingsReader::default();
    let mut line = Vec::new();
    while next_line(&mut input, &mut line).map_err(|cause| Error::Io { path: path.to_owned(), cause })? {
        if let Some(finding) = reader.line(&line).map_err(|detail| reader.error(path, detail))? {
            sink.receive(finding)?;
        }
    }
    reader.finish().map_err(|detail| reader.error(path, detail))
}

/// Reads saved findings and returns them all.
///
/// # Errors
///
/// As of [`read`].
pub fn read_all(input: impl BufRead, path: &Path) -> Result<Findings> {
    let mut findings = Findings::default();
    read(input, path, &mut findings)?;
    Ok(findings)
}

const ORDER: [&str; 8] = [
    "header",
    "document_cluster",
    "document_pair",
    "passage_match",
    "passage_family",
    "contamination",
    "skipped",
    "summary",
];

/// What every line has, whatever its type; what a header of any version has.
#[derive(Deserialize)]
struct LineTag {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    schema: String,
}

/// Checks lines, one after another.
#[derive(Default)]
struct FindingsReader {
    lines: u64,
    /// The place in [`ORDER`] of the last line that was known.
    reached: usize,
    has_header: bool,
}

impl FindingsReader {
    /// Returns the finding in a line, or nothing if it is of a type that this version does not know.
    fn line(&mut self, line: &[u8]) -> std::result::Result<Option<Finding>, String> {
        self.lines += 1;
        if !self.has_header {
            let header = header(line)?;
            self.has_header = true;
            return Ok(Some(Finding::Header(header)));
        }
        let tag: LineTag = parse(line)?;
        let Some(rank) = ORDER.iter().position(|kind| *kind == tag.kind) else { return Ok(None) };
        self.check_order(rank)?;
        Ok(Some(match rank {
            1 => Finding::DocumentCluster(parse(line)?),
            2 => Finding::DocumentPair(parse(line)?),
            3 => Finding::PassageMatch(parse(line)?),
            4 => Finding::PassageFamily(parse(line)?),
            5 => Finding::Contamination(parse(line)?),
            6 => Finding::Skipped(parse(line)?),
            _ => Finding::Summary(parse(line)?),
        }))
    }

    fn check_order(&mut self, rank: usize) -> std::result::Result<(), String> {
        if rank == 0 || rank < self.reached || self.has_summary() {
            return Err(format!("`{}` stands after `{}`", ORDER[rank], ORDER[self.reached]));
        }
        self.reached = rank;
        Ok(())
    }

    fn has_summary(&self) -> bool {
        self.reached == ORDER.len() - 1
    }

    fn error(&self, path: &Path, detail: String) -> Error {
        Error::Findings { path: path.to_owned(), line: self.lines.max(1), detail }
    }

    fn finish(&self) -> std::result::Result<(), String> {
        match self {
            Self { has_header: false, .. } => Err("the file is empty".into()),
            _ if !self.has_summary() => Err("the file is cut short: it ends before its summary".into()),
            _ => Ok(()),
        }
    }
}

fn header(line: &[u8]) -> std::result::Result<Header, String> {
    let tag = serde_json::from_slice(line).ok().filter(|tag: &LineTag| tag.kind == "header");
    match tag {
        None if line.starts_with(b"{\"schema\":\"doublon.decisions/") => {
            Err("these are decisions; give them with --decisions, beside the paths that were scanned".into())
        }
        None => Err("these are no findings of doublon: the first line is no header".into()),
        Some(tag) if !READ_SCHEMAS.contains(&&*tag.schema) => {
            Err(format!("the findings are of format `{}`, but this build reads {}; scan again", tag.schema, readable()))
        }
        // What is read from an earlier format is written in this one.
        Some(_) => Ok(Header { schema: SCHEMA.to_owned(), ..parse(line)? }),
    }
}

fn readable() -> String {
    READ_SCHEMAS.map(|schema| format!("`{schema}`")).join(" and ")
}

fn parse<T: DeserializeOwned>(line: &[u8]) -> std::result::Result<T, String> {
    serde_json::from_slice(line).map_err(|error| {
        // serde_json counts lines too, but it has seen only one.
        let (message, column) = (error.to_string(), error.column());
        let what = message.split(" at line ").next().unwrap_or_default();
        format!("not a finding: {what} (column {column})")
    })
}

fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    Ok(input.read_until(b'\n', line)? > 0)
}

#[cfg(test)]
mod tests {
    use doublon_core::Config;
    use proptest::prelude::*;

    use super::*;
    use crate::finding::{
        AgainstDocuments, ClassCounts, ContaminationRule, Coverage, Difference, DifferenceKind, DocumentCluster,
        DocumentPair, DocumentRef, Equality, Fingerprint, HeldIndex, IndexedWords, MatchScope, Member, NewRepeats,
        Parameters, PassageClass, PassageFamily, PassageMatch, PlacedSpan, Reason, RecallEstimate, Skipped, SourceInfo,
        Summary, samples,
    };

    fn written(findings: &Findings) -> String {
        let mut out = Vec::new();
        write(findings, &mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("JSON is UTF-8")
    }

    fn read_text(text: &str) -> Result<Findings> {
        read_all(text.as_bytes(), Path::new("found.jsonl"))
    }

    fn refusal(text: &str) -> String {
        read_text(text).expect_err("must be refused").to_string()
    }

    fn score() -> impl Strategy<Value = f64> {
        prop_oneof![Just(0.0), Just(1.0), 0.0..1.0f64]
    }

    fn doc() -> impl Strategy<Value = DocumentRef> {
        (any::<String>(), any::<u64>(), any::<Option<String>>()).prop_map(|(source, record, id)| DocumentRef {
            metadata: None,
            source: source.into(),
            record,
            id: id.map(Into::into),
        })
    }

    fn span() -> impl Strategy<Value = PlacedSpan> {
        let coverage = prop::sample::select(vec![Coverage::Whole, Coverage::Start, Coverage::End, Coverage::Inside]);
        (doc(), any::<([usize; 8], Option<[usize; 2]>)>(), any::<(usize, usize)>(), coverage, texts()).prop_map(
            |(
                doc,
                ([start, end, char_start, char_end, line, column, end_line, document_bytes], in_source),
                paragraphs,
                covers,
                ([before, after, excerpt], fingerprint, new),
            )| {
                let paragraph_count = paragraphs.1;
                let heading = (line % 2 == 0).then(|| std::sync::Arc::from(after.as_str()));
                PlacedSpan {
                    doc,
                    start,
                    end,
                    char_start,
                    char_end,
                    source_start: in_source.map(|[start, _]| start),
                    source_end: in_source.map(|[_, end]| end),
                    line,
                    column,
                    end_line,
                    paragraphs,
                    paragraph_count,
                    heading,
                    document_bytes,
                    covers,
                    before: before.into(),
                    after: after.into(),
                    excerpt: excerpt.into(),
                    fingerprint,
                    new,
                    in_index: in_source.map(|[first, last]| IndexedWords { number: 7, words: (first, last) }),
                }
            },
        )
    }

    fn texts() -> impl Strategy<Value = ([String; 3], Option<Fingerprint>, bool)> {
        (any::<[String; 3]>(), fingerprint(), any::<bool>())
    }

    fn fingerprint() -> impl Strategy<Value = Option<Fingerprint>> {
        prop::option::of(any::<u64>().prop_map(Fingerprint))
    }

    fn cluster() -> impl Strategy<Value = DocumentCluster> {
        let member = (doc(), score(), score(), any::<(bool, u64, bool)>(), fingerprint());
        let member = member.prop_map(|(doc, jaccard, containment, (exact, bytes, new), fingerprint)| Member {
            doc,
            jaccard,
            containment,
            exact,
            equality: if exact { Equality::Bytes } else { Equality::Characters },
            differences: vec![Difference { kind: DifferenceKind::Words, a: String::new(), b: "b".into() }],
            more_differences: usize::from(exact),
            bytes,
            fingerprint,
            new,
        });
        (any::<(String, String, u64, usize)>(), doc(), fingerprint(), prop::collection::vec(member, 0..3)).prop_map(
            |((id, opening, bytes, new), keep, fingerprint, members)| DocumentCluster {
                id,
                keep,
                indexed: (bytes % 2 == 0).then_some(bytes),
                opening: opening.into(),
                bytes,
                fingerprint,
                new,
                members,
            },
        )
    }

    fn pair() -> impl Strategy<Value = DocumentPair> {
        (doc(), doc(), score(), score(), score()).prop_map(|(a, b, jaccard, containment_a, containment_b)| {
            DocumentPair { a, b, jaccard, containment_a, containment_b }
        })
    }

    fn passage() -> impl Strategy<Value = PassageMatch> {
        let kind = prop::sample::select(vec![DifferenceKind::Words, DifferenceKind::Form, DifferenceKind::Separator]);
        let difference = (kind, any::<String>(), any::<String>()).prop_map(|(kind, a, b)| Difference { kind, a, b });
        let scope = prop::sample::select(vec![MatchScope::Within, MatchScope::Across]);
        let text = (any::<String>(), any::<String>(), prop::collection::vec(difference, 0..3));
        (text, scope, span(), span(), any::<(usize, usize)>(), (score(), score(), score(), score())).prop_map(
            |((id, family, differences), scope, a, b, (words, more_differences), scores)| PassageMatch {
                id,
                family,
                scope,
                a,
                b,
                words,
                changed_words: words / 2,
                changed_with_digit: words / 3,
                class: (words % 2 == 0).then_some(PassageClass::SameForm),
                differences,
                more_differences,
                identity: scores.0,
                jaccard: scores.1,
                containment_a: scores.2,
                containment_b: scores.3,
            },
        )
    }

    fn family() -> impl Strategy<Value = PassageFamily> {
        (any::<String>(), span(), prop::collection::vec(span(), 0..3), any::<[usize; 3]>()).prop_map(
            |(id, keep, occurrences, [count, more_matches, new])| PassageFamily {
                id,
                keep,
                occurrences,
                count,
                documents: count / 2,
                alike_places: if count % 2 == 0 { 0.9 } else { 0.0 },
                documents_repeated: if count % 3 == 0 { 0.5 } else { 0.0 },
                class: (count % 2 == 0).then_some(PassageClass::Furniture),
                more_matches,
                new,
            },
        )
    }

    fn skipped() -> impl Strategy<Value = Skipped> {
        let reason = prop::sample::select(vec![Reason::Empty, Reason::InvalidJson, Reason::ReadError]);
        (any::<String>(), any::<Option<u64>>(), any::<Option<u64>>(), reason, any::<Option<String>>(), any::<bool>())
            .prop_map(|(source, record, offset, reason, detail, against)| Skipped {
                source,
                record,
                offset,
                reason,
                detail,
                against,
            })
    }

    fn summary() -> impl Strategy<Value = Summary> {
        let counts = any::<[u64; 9]>();
        let by_name = || prop::collection::btree_map(any::<String>(), any::<u64>(), 0..3);
        let estimate = prop::option::of((score(), score(), score()));
        (counts, by_name(), by_name(), by_name(), by_name(), estimate).prop_map(
            |(n, skipped, other_files, left_out, encodings, estimate)| Summary {
                documents: n[0],
                kept: n[1],
                removed: n[2],
                skipped,
                other_files,
                left_out,
                against: (n[3] % 2 == 0).then_some(AgainstDocuments { documents: n[4], text_bytes: n[5] }),
                text_bytes: n[3],
                ignored: None,
                unclosed: encodings.keys().cloned().collect(),
                removed_bytes: n[4],
                lossy: n[5],
                with_id: (n[4] % 2 == 0).then_some(n[4]),
                with_value: (n[5] % 2 == 0).then_some(n[5]),
                encodings,
                passage_matches: n[6],
                passage_families: n[7],
                passage_classes: [("copy".to_owned(), ClassCounts { matches: n[6], families: n[7] })].into(),
                short_repeats: n[8],
                recall_estimate: estimate.map(|(value, low, high)| RecallEstimate { value, low, high }),
                contamination: (n[6] % 2 == 0).then(|| samples::contamination().summary.contamination).flatten(),
                new: estimate.map(|_| NewRepeats { documents: n[0], passages: n[1], bytes: n[2] }),
            },
        )
    }

    fn config(threshold: f64, seed: u64) -> Config {
        let builder = Config::builder().threshold(threshold.max(f64::MIN_POSITIVE)).seed(seed).bands(12, 5);
        builder.build().expect("valid")
    }

    fn header_line() -> impl Strategy<Value = Header> {
        let source = (any::<String>(), any::<Option<String>>(), any::<u64>(), "[0-9a-f]{32}");
        let source = source.prop_map(|(path, path_base64, bytes, xxh3_128)| SourceInfo {
            path,
            path_base64,
            bytes,
            xxh3_128,
            root: (bytes % 2 == 0).then_some(1),
            against: bytes % 3 == 0,
        });
        (any::<String>(), score(), any::<u64>(), prop::collection::vec(source, 0..3)).prop_map(
            |(version, threshold, seed, sources)| Header {
                schema: SCHEMA.into(),
                version,
                parameters: Parameters { config: config(threshold, seed), ..Parameters::default() },
                contamination: (seed % 2 == 0).then(ContaminationRule::default),
                index: (seed % 3 == 0).then(|| HeldIndex::new(std::path::Path::new("seen"), seed)),
                sources,
            },
        )
    }

    fn findings() -> impl Strategy<Value = Findings> {
        let few = 0..3usize;
        let lists = (
            prop::collection::vec(cluster(), few.clone()),
            prop::collection::vec(pair(), few.clone()),
            prop::collection::vec(passage(), few.clone()),
            prop::collection::vec(family(), few.clone()),
            prop::collection::vec(skipped(), few),
        );
        (header_line(), lists, summary()).prop_map(
            |(header, (clusters, pairs, matches, families, skipped), summary)| Findings {
                header,
                clusters,
                pairs,
                matches,
                families,
                contaminations: if skipped.is_empty() { Vec::new() } else { samples::contamination().contaminations },
                skipped,
                summary,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_written_is_read_back(findings in findings()) {
            let text = written(&findings);
            prop_assert_eq!(read_text(&text).expect("own output is readable"), findings);
        }
    }

    #[test]
    fn each_line_is_one_finding_with_its_type_first() {
        let text = written(&samples::everything());
        let kinds: Vec<_> = text.lines().filter_map(|line| line.split('"').nth(3)).collect();
        assert_eq!(
            kinds,
            ["header", "document_cluster", "document_pair", "passage_match", "passage_family", "skipped", "summary"]
        );
        for line in text.lines() {
            assert!(line.starts_with(r#"{"type":""#), "{line}");
            serde_json::from_str::<Finding>(line).expect("a line is a finding");
        }
    }

    #[test]
    fn evaluation_items_are_read_back() {
        let findings = samples::contamination();
        let text = written(&findings);
        assert!(text.lines().any(|line| line.starts_with(r#"{"type":"contamination""#)), "{text}");
        assert_eq!(read_text(&text).expect("own output is readable"), findings);
    }

    #[test]
    fn unknown_types_and_fields_are_passed_over() {
        let findings = samples::everything();
        let text = written(&findings)
            .replace("{\"type\":\"summary\"", "{\"type\":\"later\",\"x\":[1]}\n{\"type\":\"summary\",\"later\":{}");
        assert_eq!(read_text(&text).expect("compatible"), findings);
    }

    #[test]
    fn another_schema_is_refused_by_name() {
        let text = r#"{"type":"header","schema":"doublon.findings/3","shape":"unknown"}"#;
        assert_eq!(
            refusal(text),
            "found.jsonl:1: the findings are of format `doublon.findings/3`, but this build reads \
             `doublon.findings/1` and `doublon.findings/2`; scan again"
        );
        assert!(refusal("{\"text\":\"a document\"}\n").contains("no findings of doublon"));
        assert!(refusal("\u{1}").contains("no findings of doublon"));
        assert!(refusal("").contains("empty"));
    }

    #[test]
    fn lines_out_of_order_are_refused() {
        let text = written(&samples::everything());
        let mut lines: Vec<_> = text.lines().collect();
        lines.swap(1, 2);
        assert!(refusal(&lines.join("\n")).ends_with(":3: `document_cluster` stands after `document_pair`"));
        let twice = format!("{text}{}", text.lines().last().unwrap_or_default());
        assert!(refusal(&twice).contains("`summary` stands after `summary`"));
        assert!(refusal(&format!("{text}{text}")).contains("`header` stands after `summary`"));
    }

    #[test]
    fn a_file_that_is_cut_short_is_refused() {
        let text = written(&samples::everything());
        let whole_lines: String = text.split_inclusive('\n').take(3).collect();
        assert!(refusal(&whole_lines).contains("found.jsonl:3: the file is cut short"));
        let message = refusal(&text[..text.len() - 20]);
        assert!(message.starts_with("found.jsonl:7: not a finding: EOF while parsing"), "{message}");
    }
}
