//! The page from the end of the list on: skipped input, how to read the page, settings, files.

use std::collections::BTreeSet;

use askama::Template;
use doublon_core::Config;

use super::charts::{Chart, TextPart, charts, parts};
use super::context::PageContext;
use super::listing::GroupListing;
use super::map::{Drawn, drawn};
use super::shown::Shown;
use super::words::more;
use crate::finding::digest::Digest;
use crate::finding::{Skipped, SourceInfo};
use crate::report::text::{bytes, number, other_files, percent, reason_in_words};
use crate::report::visible::visible;

/// Skipped records and sources that are listed.
pub const SKIPPED: usize = 200;
const SOURCES: usize = 200;

pub const SCRIPT: &str = include_str!("../../../templates/report/report.js");

/// The page from the end of the list on.
#[derive(Template)]
#[template(path = "report/tail.html")]
pub struct PageTail<'a> {
    script: &'static str,
    version: Shown<'a>,
    parts: Vec<TextPart>,
    parts_label: String,
    charts: Vec<Chart>,
    documents: Vec<Drawn>,
    more_documents: String,
    recall: String,
    reasons: Vec<(String, String)>,
    skipped: Vec<(String, String)>,
    more_skipped: String,
    other_files: String,
    settings: Vec<(&'static str, String)>,
    sources: Vec<(Shown<'a>, String, Shown<'a>)>,
    more_sources: String,
    has_passages: bool,
    review: Option<ReviewBar>,
}

/// What the script needs to save decisions.
struct ReviewBar {
    /// The paths of sources by their numbers, as JSON.
    paths: String,
    /// The command that carries them out but for their file, or nothing.
    command: String,
    version: &'static str,
}

impl<'a> PageTail<'a> {
    /// `named` are the numbers of the sources on which a reader can decide.
    pub fn new(context: &PageContext<'a>, listing: &GroupListing<'a>, named: &BTreeSet<usize>) -> Self {
        let Digest { header, skipped, summary, families, .. } = context.digest;
        let (most, most_sources) = (context.at_most(SKIPPED), context.at_most(SOURCES));
        let listed = skipped.runs.iter().flat_map(|run| &run.first).take(most);
        let size = |source: &SourceInfo| {
            let against = if source.against { ", only compared with" } else { "" };
            format!("{}{against}", bytes(source.bytes))
        };
        let source = |source: &'a SourceInfo| (Shown(&source.path), size(source), Shown(&source.xxh3_128));
        let (documents, more_documents) = drawn(context, listing);
        let parts = parts(context.digest);
        let label = |part: &TextPart| format!("{} {} ({})", part.value, part.label, part.share);
        Self {
            script: SCRIPT,
            parts_label: parts.iter().map(label).collect::<Vec<_>>().join(", "),
            parts,
            charts: charts(context.digest),
            documents,
            more_documents,
            recall: summary.recall_estimate.map_or(String::new(), |recall| {
                format!("{} ({} to {})", percent(recall.value), percent(recall.low), percent(recall.high))
            }),
            version: Shown(&header.version),
            reasons: summary.skipped.iter().map(|(reason, n)| (reason_in_words(reason), number(*n))).collect(),
            skipped: listed.map(|skipped| skipped_row(skipped, context)).collect(),
            more_skipped: more(skipped.all, most, "record"),
            other_files: match summary.other_files.len() {
                0 => String::new(),
                _ => other_files(&summary.other_files),
            },
            settings: settings(&header.parameters.config),
            sources: header.sources.iter().take(most_sources).map(source).collect(),
            more_sources: more(header.sources.len(), most_sources, "file"),
            has_passages: families.all() > 0,
            review: (!named.is_empty()).then(|| ReviewBar {
                paths: json_of_paths(&context.paths(named)),
                command: context.clean("").unwrap_or_default(),
                version: env!("CARGO_PKG_VERSION"),
            }),
        }
    }
}

/// Returns paths by their numbers as JSON in ASCII, so that nothing in them acts or hides wherever it stands.
fn json_of_paths(paths: &[(usize, &str)]) -> String {
    let unit = |unit: u16| match u8::try_from(unit) {
        Ok(byte) if byte == b' ' || byte.is_ascii_graphic() && !b"\"\\<>&'".contains(&byte) => {
            char::from(byte).to_string()
        }
        _ => format!("\\u{unit:04x}"),
    };
    let member = |&(number, path): &(usize, &str)| {
        let path: String = path.encode_utf16().map(unit).collect();
        format!("\"{number}\":\"{path}\"")
    };
    format!("{{{}}}", paths.iter().map(member).collect::<Vec<_>>().join(","))
}

fn skipped_row(skipped: &Skipped, context: &PageContext<'_>) -> (String, String) {
    let detail = skipped.detail.as_deref().map(|detail| format!(": {}", visible(detail)));
    (context.names.skipped(skipped), reason_in_words(skipped.reason.name()) + &detail.unwrap_or_default())
}

/// Returns the parameters that a reader may want to know.
fn settings(p: &Config) -> Vec<(&'static str, String)> {
    let mut settings = Vec::new();
    if p.level.documents() {
        settings.push(("Documents alike from", format!("similarity {}", p.threshold)));
        settings.extend(p.containment.map(|least| ("or contained from", least.to_string())));
        settings.push(("Recall asked for", format!("{} at that similarity", p.recall)));
        settings.push(("Signatures", format!("{} bands of {} rows over {} shingles", p.bands, p.rows, p.text.shingle)));
        settings.push(("Document that stays", visible(&p.keep.to_string()).into_owned()));
    }
    if p.level.passages() {
        settings.push(("Passages from", format!("{} words, {} alike", p.min_words, percent(p.min_identity))));
        settings.push(("Windows", format!("{} words, shingles of {}", p.windows.words, p.windows.k)));
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_json_in_which_nothing_acts() {
        let paths = [(3, "a b/é\u{202e}\"\\<\u{1f600}"), (12, "c'&>\n")];
        let json = json_of_paths(&paths);
        assert!(
            json.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !json.contains(['<', '>', '&', '\'']),
            "{json}"
        );
        let read: std::collections::BTreeMap<usize, String> = serde_json::from_str(&json).expect("JSON");
        assert_eq!(read.into_iter().collect::<Vec<_>>(), paths.map(|(n, path)| (n, path.to_owned())));
        assert_eq!(json_of_paths(&[]), "{}");
    }
}
