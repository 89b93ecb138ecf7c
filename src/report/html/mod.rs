//! The report as a page.
//!
//! It is one file that loads nothing, says so to the browser (a content security policy names the only style and the
//! only script by their hashes), shows everything without the script, and can be searched, filtered and sorted with it.
//! Charts and drawings are SVG with plain attributes, since the policy forbids inline styles too. Numbers and charts
//! count all findings; the groups are listed up to a limit, those with the most repeated text first, so that the page
//! opens whatever was found. It is written group by group.

mod aligned;
mod charts;
mod group;
mod shown;
mod strip;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use self::charts::{Chart, Part, charts, parts};
use self::group::{Group, Source, by_family};
use self::shown::Shown;
use self::strip::{Places, Strip};
use super::measure::{Repeated, bytes_of, union_len};
use super::text::page::Names;
use super::text::{Sort, bytes, counted, number, percent, reason_in_words};
use super::visible::visible;
use crate::finding::{DocumentRef, Findings, PassageFamily, PassageMatch, PlacedSpan, Skipped};
use doublon_core::text::Tokenizer;
use doublon_core::{Keep, Level};

/// The groups that a page lists unless it is told otherwise.
pub const LIMIT: usize = 1000;

/// Documents that are drawn, skipped records and sources that are listed.
const DRAWN: usize = 10;
const SKIPPED: usize = 200;
const SOURCES: usize = 200;
/// Colours of passages; the style sheet has them.
const HUES: usize = 8;

const STYLE: &str = include_str!("../../../templates/report/report.css");
const SCRIPT: &str = include_str!("../../../templates/report/report.js");

/// Writes the page, with at most `limit` groups, the first ones in the order of `sort`.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(findings: &Findings, sort: Sort, limit: usize, mut out: &mut dyn Write) -> io::Result<()> {
    let context = Context::new(findings, limit);
    let groups = sorted(&context, sort);
    let shown = &groups[..groups.len().min(limit)];
    Head::new(&context, &groups, shown, sort).write_into(&mut out)?;
    for (n, &(position, source)) in shown.iter().enumerate() {
        let group = Group::new(source, position, &context);
        let group = if n == 0 { group.open() } else { group };
        group.write_into(&mut out)?;
    }
    Tail::new(&context).write_into(&mut out)?;
    writeln!(out) // a template loses its last line break
}

/// What all parts of the page look up.
struct Context<'a> {
    findings: &'a Findings,
    names: Names<'a>,
    hues: Hues<'a>,
    matches: BTreeMap<&'a str, Vec<&'a PassageMatch>>,
    /// The ids that families go by: one of two places goes by that of its only match, as in the report on a terminal.
    labels: BTreeMap<&'a str, String>,
    tokenizer: Tokenizer,
    is_unlimited: bool,
}

impl<'a> Context<'a> {
    fn new(findings: &'a Findings, limit: usize) -> Self {
        let parameters = &findings.header.parameters;
        let matches = by_family(findings);
        Self {
            findings,
            names: Names::new(findings),
            hues: Hues::new(findings),
            labels: labels(findings, &matches),
            matches,
            tokenizer: Tokenizer::new(parameters.config.text, parameters.config.seed),
            is_unlimited: limit == usize::MAX,
        }
    }

    fn label(&self, family: &PassageFamily) -> &str {
        self.labels.get(family.id.as_str()).map_or("", String::as_str)
    }

    /// Returns `n`, or no limit if all is to be shown.
    fn at_most(&self, n: usize) -> usize {
        if self.is_unlimited { usize::MAX } else { n }
    }
}

fn labels<'a>(findings: &'a Findings, matches: &BTreeMap<&str, Vec<&PassageMatch>>) -> BTreeMap<&'a str, String> {
    let label = |family: &PassageFamily| match matches.get(family.id.as_str()).map(Vec::as_slice) {
        Some([m]) if family.count <= 2 => visible(&m.id).into_owned(),
        _ => visible(&family.id).into_owned(),
    };
    findings.families.iter().map(|family| (family.id.as_str(), label(family))).collect()
}

/// The colours of families: the same one wherever the page shows a family, and others for its neighbours.
struct Hues<'a>(BTreeMap<&'a str, usize>);

impl<'a> Hues<'a> {
    fn new(findings: &'a Findings) -> Self {
        Self(findings.families.iter().zip(0..).map(|(family, n)| (family.id.as_str(), n % HUES)).collect())
    }

    fn of(&self, family: &str) -> usize {
        self.0.get(family).copied().unwrap_or_default()
    }
}

/// Returns all groups in order, with their positions in the findings. Held against a baseline, only what is new counts.
fn sorted<'a>(context: &Context<'a>, sort: Sort) -> Vec<(usize, Source<'a>)> {
    let findings = context.findings;
    let all_stay = findings.header.parameters.config.keep == Keep::None;
    let clusters = findings.clusters.iter().map(Source::Cluster);
    let pairs = findings.pairs.iter().filter(|_| all_stay).map(Source::Pair);
    let families = findings.families.iter().map(Source::Family);
    let is_wanted = |(_, source): &(usize, Source)| source.new_places() > 0 || findings.summary.new.is_none();
    let mut groups: Vec<_> = clusters.chain(pairs).chain(families).enumerate().filter(is_wanted).collect();
    let alike = |source: &Source| source.alike(&context.matches);
    match sort {
        Sort::Cost => groups.sort_by_cached_key(|(position, source)| (Reverse(source.cost()), *position)),
        Sort::Count => groups.sort_by_key(|(position, source)| (Reverse(source.count()), *position)),
        Sort::Similarity => groups.sort_by(|(_, x), (_, y)| alike(y).total_cmp(&alike(x))),
        Sort::Position => {}
    }
    groups
}

/// Says of the first groups what puts them first.
fn in_words(sort: Sort) -> &'static str {
    match sort {
        Sort::Cost => "with the most repeated text",
        Sort::Count => "with the most places",
        Sort::Similarity => "most alike",
        Sort::Position => "that are first in the input",
    }
}

/// The page down to the list of groups.
#[derive(Template)]
#[template(path = "report/head.html")]
struct Head {
    style: &'static str,
    policy: String,
    headline: String,
    lead: String,
    tiles: Vec<Tile>,
    parts: Vec<Part>,
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
    is_several: bool,
}

struct Tile {
    value: String,
    label: &'static str,
    note: String,
}

/// A document with all its repeats.
struct Drawn {
    name: String,
    repeated: String,
    strip: Strip,
    label: String,
    families: Vec<Legend>,
    more: String,
}

/// A passage in a drawing.
struct Legend {
    id: String,
    anchor: Option<String>,
    hue: usize,
    lines: String,
}

impl Head {
    fn new(context: &Context, groups: &[(usize, Source)], shown: &[(usize, Source)], sort: Sort) -> Self {
        let findings = context.findings;
        let is_passage = |(_, source): &(usize, Source)| matches!(source, Source::Family(_));
        let (documents, more_documents) = drawn(context, shown);
        let parts = parts(findings);
        let label = |part: &Part| format!("{} {} ({})", part.value, part.label, part.share);
        Self {
            style: STYLE,
            policy: policy(),
            headline: headline(findings),
            lead: lead(findings),
            tiles: tiles(findings),
            parts_label: parts.iter().map(label).collect::<Vec<_>>().join(", "),
            parts,
            charts: charts(findings),
            documents,
            more_documents,
            groups: if groups.is_empty() { String::new() } else { number(groups.len() as u64) },
            notice: notice(groups, shown, sort),
            known: known(findings, groups.len()),
            sort,
            order: in_words(sort),
            is_several: shown.len() > 1,
            has_both: shown.iter().any(is_passage) && !shown.iter().all(is_passage),
        }
    }
}

/// The page from the end of the list on.
#[derive(Template)]
#[template(path = "report/tail.html")]
struct Tail<'a> {
    script: &'static str,
    version: Shown<'a>,
    reasons: Vec<(String, String)>,
    skipped: Vec<(String, String)>,
    more_skipped: String,
    settings: Vec<(&'static str, String)>,
    sources: Vec<(Shown<'a>, String, Shown<'a>)>,
    more_sources: String,
    has_passages: bool,
}

impl<'a> Tail<'a> {
    fn new(context: &Context<'a>) -> Self {
        let Findings { header, skipped, summary, families, .. } = context.findings;
        let mut listed: Vec<&Skipped> = skipped.iter().collect();
        listed.sort_by_key(|skipped| !skipped.reason.is_fault());
        let (most, most_sources) = (context.at_most(SKIPPED), context.at_most(SOURCES));
        let source = |source: &'a crate::finding::SourceInfo| {
            (Shown(&source.path), bytes(source.bytes), Shown(&source.xxh3_128))
        };
        Self {
            script: SCRIPT,
            version: Shown(&header.version),
            reasons: summary.skipped.iter().map(|(reason, n)| (reason_in_words(reason), number(*n))).collect(),
            skipped: listed.into_iter().take(most).map(|skipped| skipped_row(skipped, context)).collect(),
            more_skipped: more(skipped.len(), most, "record"),
            settings: settings(context.findings),
            sources: header.sources.iter().take(most_sources).map(source).collect(),
            more_sources: more(header.sources.len(), most_sources, "file"),
            has_passages: !families.is_empty(),
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
fn headline(findings: &Findings) -> String {
    let Findings { header, summary, families, clusters, pairs, .. } = findings;
    let share = percent(Repeated::of(findings).share());
    let compared = compared(findings);
    match (clusters.is_empty(), families.len() as u64) {
        _ if compared == 0 => "No document was compared.".into(),
        (true, 0) if !pairs.is_empty() => {
            format!("{} of documents are alike; all stay.", counted(pairs.len() as u64, "pair"))
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

fn compared(findings: &Findings) -> u64 {
    findings.summary.kept.saturating_add(findings.summary.removed)
}

/// Returns what was read, and what could go.
fn lead(findings: &Findings) -> String {
    let repeated = Repeated::of(findings);
    let sources = counted(findings.header.sources.len() as u64, "file");
    let compared = compared(findings);
    let read = format!("{} of text in {} from {sources} compared", bytes(repeated.text), counted(compared, "document"));
    match repeated.documents.saturating_add(repeated.passages) {
        0 => format!("{read}."),
        repeated => format!("{read}; {} of it only repeat what is kept elsewhere.", bytes(repeated)),
    }
}

fn tiles(findings: &Findings) -> Vec<Tile> {
    let Findings { header, summary, families, .. } = findings;
    let level = header.parameters.config.level;
    let tile = |value: String, label, note: String| Tile { value, label, note };
    let mut tiles = vec![tile(
        number(summary.documents),
        if summary.documents == 1 { "document" } else { "documents" },
        format!(
            "{} kept, {} removed, {} skipped",
            number(summary.kept),
            number(summary.removed),
            number(skipped(findings))
        ),
    )];
    if level.documents() {
        let note = match findings.clusters.len() as u64 {
            0 => "none alike enough".into(),
            groups => format!("in {}", counted(groups, "group")),
        };
        let label = if summary.removed == 1 { "duplicate document" } else { "duplicate documents" };
        tiles.push(tile(number(summary.removed), label, note));
    }
    if level.passages() {
        let note = match summary.short_repeats {
            0 => format!("{} of places", counted(summary.passage_matches, "pair")),
            n => format!("and {} of fewer than {} words", number(n), header.parameters.config.min_words),
        };
        let label = if families.len() == 1 { "repeated passage" } else { "repeated passages" };
        tiles.push(tile(number(families.len() as u64), label, note));
    }
    if let Some(recall) = summary.recall_estimate {
        let note = format!("of duplicate pairs; 95% interval {} to {}", percent(recall.low), percent(recall.high));
        tiles.push(tile(percent(recall.value), "found (estimate)", note));
    }
    tiles
}

fn skipped(findings: &Findings) -> u64 {
    total(findings.summary.skipped.values().copied())
}

/// Says what the list leaves out.
fn notice(groups: &[(usize, Source)], shown: &[(usize, Source)], sort: Sort) -> String {
    if shown.len() == groups.len() {
        return String::new();
    }
    let cost = |groups: &[(usize, Source)]| total(groups.iter().map(|(_, source)| source.cost())) as f64;
    let share = percent(cost(shown) / cost(groups).max(1.0));
    format!(
        "The list has the {} groups {}, with {share} of the repeated text. The numbers above count all {}. \
         With --limit 0 the report lists every one.",
        number(shown.len() as u64),
        in_words(sort),
        number(groups.len() as u64)
    )
}

/// Says what a baseline has, if the findings were held against one.
fn known(findings: &Findings, wanted: usize) -> String {
    let Some(new) = findings.summary.new else { return String::new() };
    let all = findings.clusters.len() + findings.families.len();
    let documents = counted(new.documents, "duplicate document");
    let passages = counted(new.passages, "place");
    format!(
        "Held against a baseline, {documents} and {passages} of repeated passages are new, {} of text. What the \
         baseline has is counted, and not listed: {}.",
        bytes(new.bytes),
        counted(all.saturating_sub(wanted) as u64, "group")
    )
}

/// Draws the documents with the most repeated text.
fn drawn(context: &Context, shown: &[(usize, Source)]) -> (Vec<Drawn>, String) {
    let mut places: BTreeMap<&DocumentRef, Places> = BTreeMap::new();
    for family in &context.findings.families {
        for place in family.occurrences.iter().chain([&family.keep]) {
            places.entry(&place.doc).or_default().push((family, place));
        }
    }
    if context.findings.families.len() < 2 {
        return (Vec::new(), String::new()); // the list draws it
    }
    let listed: BTreeSet<&str> = shown
        .iter()
        .filter_map(|(_, source)| if let Source::Family(family) = source { Some(family.id.as_str()) } else { None })
        .collect();
    let mut documents: Vec<_> = places.into_iter().map(|(doc, places)| (repeated_in(&places), doc, places)).collect();
    documents.sort_by_key(|&(repeated, doc, _)| (Reverse(repeated), doc));
    let more = more(documents.len(), DRAWN, "document");
    documents.truncate(DRAWN);
    let drawn = documents.into_iter().map(|(repeated, doc, mut places)| {
        // In an order of their own, wherever a family keeps its place.
        places.sort_by_key(|(family, place)| (place.start, place.end, family.id.as_str()));
        Drawn::new(context, doc, &places, repeated, &listed)
    });
    (drawn.collect(), more)
}

/// Returns how many bytes of a document stand in passages that repeat.
fn repeated_in(places: &[(&PassageFamily, &PlacedSpan)]) -> u64 {
    union_len(places.iter().map(|(_, place)| bytes_of(place)))
}

/// The most passages that the legend of a document names.
const LEGEND: usize = 8;

impl Drawn {
    fn new<'a>(
        context: &Context<'a>,
        doc: &DocumentRef,
        places: &Places<'a>,
        repeated: u64,
        listed: &BTreeSet<&str>,
    ) -> Self {
        let len = places.first().map_or(0, |(_, place)| place.document_bytes as u64);
        let share = if len == 0 { String::new() } else { format!(" ({})", percent(repeated as f64 / len as f64)) };
        let name = context.names.document(doc);
        let families = by_size(places);
        let label = format!("{} repeated in {}", bytes(repeated), counted(places.len() as u64, "place"));
        Self {
            repeated: format!("{}{share} in repeated passages", bytes(repeated)),
            strip: Strip::of_document(doc, places, context),
            label: format!("{name}: {label}"),
            name,
            more: more(families.len(), LEGEND, "passage"),
            families: families
                .iter()
                .take(LEGEND)
                .map(|(_, family, lines)| legend(context, family, lines, listed))
                .collect(),
        }
    }
}

/// Returns the passages in a document with the lines where they start, those with the most text first.
fn by_size<'a>(places: &Places<'a>) -> Vec<(usize, &'a PassageFamily, Vec<usize>)> {
    let mut families: BTreeMap<&str, (usize, &PassageFamily, Vec<usize>)> = BTreeMap::new();
    for (family, place) in places {
        let (bytes, _, lines) = families.entry(&family.id).or_insert_with(|| (0, family, Vec::new()));
        *bytes = bytes.saturating_add(bytes_of(place).len());
        lines.push(place.line);
    }
    let mut families: Vec<_> = families.into_values().collect();
    families.sort_by_key(|(bytes, _, lines)| (Reverse(*bytes), lines[0]));
    families
}

fn legend<'a>(context: &Context<'a>, family: &'a PassageFamily, lines: &[usize], listed: &BTreeSet<&str>) -> Legend {
    let lines: Vec<String> = lines.iter().take(4).map(|line| number(*line as u64)).collect();
    Legend {
        id: context.label(family).to_owned(),
        anchor: anchor(context.label(family)).filter(|_| listed.contains(family.id.as_str())).map(str::to_owned),
        hue: context.hues.of(&family.id),
        lines: format!("line{} {}", if lines.len() > 1 { "s" } else { "" }, lines.join(", ")),
    }
}

fn skipped_row(skipped: &Skipped, context: &Context) -> (String, String) {
    let detail = skipped.detail.as_deref().map(|detail| format!(": {}", visible(detail)));
    (context.names.skipped(skipped), reason_in_words(skipped.reason.name()) + &detail.unwrap_or_default())
}

/// Returns the parameters that a reader may want to know.
fn settings(findings: &Findings) -> Vec<(&'static str, String)> {
    let p = &findings.header.parameters.config;
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

/// Returns how many of `all` are not among those shown, `and 1,200 more places`; nothing if all are.
fn more(all: usize, shown: usize, noun: &str) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        more => format!("and {}", counted(more as u64, &format!("more {noun}"))),
    }
}

/// Returns an id that can name an element, unless it is not one that doublon gives.
fn anchor(id: &str) -> Option<&str> {
    let digits = id.strip_prefix(['d', 'f', 'p'])?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

/// Returns a sum, or the largest number: findings from a file may say anything.
fn total(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests;
