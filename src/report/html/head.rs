//! The page down to the list of groups: what the run comes to, in words, numbers and charts.

use std::collections::BTreeSet;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use doublon_core::Level;
use sha2::{Digest as _, Sha256};

use super::charts::{Chart, TextPart, charts, parts};
use super::context::PageContext;
use super::listing::{GroupListing, GroupSource, ListedGroup, in_words};
use super::map::{Drawn, drawn};
use super::tail::SCRIPT;
use crate::finding::digest::Digest;
use crate::finding::{PassageClass, Sort};
use crate::report::text::closing::classes;
use crate::report::text::phrase::class_in_words;
use crate::report::text::{bytes, counted, ignored_text, number, percent};

const STYLE: &str = include_str!("../../../templates/report/report.css");

/// The page down to the list of groups.
#[derive(Template)]
#[template(path = "report/head.html")]
pub struct PageHead {
    style: &'static str,
    policy: String,
    headline: String,
    lead: String,
    tiles: Vec<PageTile>,
    parts: Vec<TextPart>,
    parts_label: String,
    charts: Vec<Chart>,
    documents: Vec<Drawn>,
    more_documents: String,
    groups: String,
    notice: String,
    known: String,
    sort: Sort,
    order: &'static str,
    has_both: bool,
    /// The classes of the passages listed, by name and in words, if they are several.
    classes: Vec<(&'static str, &'static str)>,
    is_several: bool,
}

struct PageTile {
    value: String,
    label: &'static str,
    note: String,
}

impl PageHead {
    pub fn new(context: &PageContext<'_>, listing: &GroupListing<'_>) -> Self {
        let digest = context.digest;
        let is_passage = |group: &ListedGroup<'_>| matches!(group.source, GroupSource::Family(..));
        let (documents, more_documents) = drawn(context, listing);
        let (shown, parts) = (&listing.groups, parts(digest));
        let of_passages: BTreeSet<PassageClass> =
            listing.groups.iter().filter(|group| is_passage(group)).map(|group| group.source.class()).collect();
        let label = |part: &TextPart| format!("{} {} ({})", part.value, part.label, part.share);
        Self {
            style: STYLE,
            policy: policy(),
            headline: headline(digest),
            lead: lead(digest),
            tiles: tiles(digest),
            parts_label: parts.iter().map(label).collect::<Vec<_>>().join(", "),
            parts,
            charts: charts(digest),
            documents,
            more_documents,
            groups: if listing.wanted == 0 { String::new() } else { number(listing.wanted as u64) },
            notice: listing.notice(),
            known: known(digest, listing.wanted),
            sort: listing.sort,
            order: in_words(listing.sort),
            classes: of_passages.into_iter().map(|class| (class.name(), class_in_words(class))).collect(),
            is_several: shown.len() > 1,
            has_both: shown.iter().any(is_passage) && !shown.iter().all(is_passage),
        }
    }
}

/// Returns the content security policy: nothing is loaded or run but the page's own style and script.
fn policy() -> String {
    let [style, script] = [STYLE, SCRIPT].map(|text| STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
    )
}

/// Returns the finding of the run in one sentence.
fn headline(digest: &Digest) -> String {
    let Digest { header, summary, families, clusters, pairs, .. } = digest;
    let share = percent(digest.repeated.share());
    let compared = compared(digest);
    match (clusters.all == 0, families.all() as u64) {
        _ if compared == 0 => "No document was compared.".into(),
        (true, 0) if pairs.all > 0 => {
            format!("{} of documents are alike; all stay.", counted(pairs.all as u64, "pair"))
        }
        (true, 0) => match header.parameters.config.level {
            Level::Documents => "No duplicate document was found.".into(),
            Level::Passages => {
                format!("No passage of {} words or more is repeated.", header.parameters.config.min_words)
            }
            Level::All => "No document and no passage is repeated.".into(),
        },
        (true, 1) => format!("One passage stands more than once; {share} of the text is repeated."),
        (true, n) => format!("{} passages stand more than once; {share} of the text is repeated.", number(n)),
        (false, _) => {
            let (removed, verb) =
                (number(summary.removed), if summary.removed == 1 { "is a duplicate" } else { "are duplicates" });
            format!("{removed} of {} {verb}; {share} of the text is repeated.", counted(compared, "document"))
        }
    }
}

fn compared(digest: &Digest) -> u64 {
    digest.summary.kept.saturating_add(digest.summary.removed)
}

/// Returns what was read, and what could go.
fn lead(digest: &Digest) -> String {
    let repeated = digest.repeated;
    let sources = counted(digest.header.sources.len() as u64, "file");
    let compared = compared(digest);
    let read = format!("{} of text in {} from {sources} compared", bytes(repeated.text), counted(compared, "document"));
    let ignored =
        digest.summary.ignored.map_or(String::new(), |found| format!(" Not counted: {}.", ignored_text(found)));
    match repeated.documents.saturating_add(repeated.passages) {
        0 => format!("{read}.{ignored}"),
        repeated => format!("{read}; {} of it only repeat what is kept elsewhere.{ignored}", bytes(repeated)),
    }
}

fn tiles(digest: &Digest) -> Vec<PageTile> {
    let Digest { header, summary, families, .. } = digest;
    let level = header.parameters.config.level;
    let tile = |value: String, label, note: String| PageTile { value, label, note };
    let mut tiles = vec![tile(
        number(summary.documents),
        if summary.documents == 1 { "document" } else { "documents" },
        format!(
            "{} kept, {} removed, {} skipped",
            number(summary.kept),
            number(summary.removed),
            number(skipped(digest))
        ),
    )];
    if level.documents() {
        let note = match digest.clusters.all as u64 {
            0 => "none alike enough".into(),
            groups => format!("in {}", counted(groups, "group")),
        };
        let label = if summary.removed == 1 { "duplicate document" } else { "duplicate documents" };
        tiles.push(tile(number(summary.removed), label, note));
    }
    if level.passages() {
        let note = match (classes(summary), summary.short_repeats) {
            (Some(classes), _) => classes,
            (None, 0) => format!("{} of places", counted(summary.passage_matches, "pair")),
            (None, n) => format!("and {} of fewer than {} words", number(n), header.parameters.config.min_words),
        };
        let label = if families.all() == 1 { "repeated passage" } else { "repeated passages" };
        tiles.push(tile(number(families.all() as u64), label, note));
    }
    if let Some(recall) = summary.recall_estimate {
        let note = format!("of duplicate pairs; 95% interval {} to {}", percent(recall.low), percent(recall.high));
        tiles.push(tile(percent(recall.value), "found (estimate)", note));
    }
    tiles
}

fn skipped(digest: &Digest) -> u64 {
    digest.summary.skipped.values().copied().fold(0, u64::saturating_add)
}

/// Says what a baseline has, if the findings were held against one.
fn known(digest: &Digest, wanted: usize) -> String {
    let Some(new) = digest.summary.new else { return String::new() };
    let all = digest.clusters.all + digest.families.all();
    let documents = counted(new.documents, "duplicate document");
    let passages = counted(new.passages, "place");
    format!(
        "Held against a baseline, {documents} and {passages} of repeated passages are new, {} of text. What the \
         baseline has is counted, and not listed: {}.",
        bytes(new.bytes),
        counted(all.saturating_sub(wanted) as u64, "group")
    )
}
