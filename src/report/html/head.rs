//! The page down to the list of groups: what the run comes to in one line, and what to do.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::cards::{Card, cards, shelf_of};
use super::context::PageContext;
use super::listing::{GroupListing, GroupShelf, GroupSource};
use super::tail::SCRIPT;
use super::tree::SourceTree;
use crate::finding::digest::Digest;
use crate::finding::{GroupKind, Sort};
use crate::report::headline::{compared, headline};
use crate::report::text::{bytes, counted, ignored_text, number};

const STYLE: &str = include_str!("../../../templates/report/report.css");

/// The page down to the list of groups.
#[derive(Template)]
#[template(path = "report/head.html")]
pub struct PageHead {
    style: &'static str,
    policy: String,
    place: String,
    headline: String,
    lead: String,
    skipped: String,
    cards: Vec<Card>,
    tree: SourceTree,
    groups: String,
    notice: String,
    known: String,
    sort: Sort,
    tabs: Vec<ShelfTab>,
    has_both: bool,
    is_several: bool,
}

/// A tab of the list.
pub struct ShelfTab {
    pub name: &'static str,
    pub title: &'static str,
    pub count: String,
}

/// The start of a shelf.
#[derive(Template)]
#[template(path = "report/shelf.html")]
pub struct ShelfHead {
    tab: ShelfTab,
    explanation: &'static str,
    /// Whether it is folded at first, where there is no script.
    is_folded: bool,
}

/// The end of a shelf.
#[derive(Template)]
#[template(path = "report/shelf_end.html")]
pub struct ShelfEnd {
    is_folded: bool,
}

impl PageHead {
    pub fn new(context: &PageContext<'_>, listing: &GroupListing<'_>) -> Self {
        let digest = context.digest;
        let is_passage = |source: &GroupSource<'_>| matches!(source, GroupSource::Family(..));
        let passages = listing.groups().filter(|group| is_passage(&group.source)).count();
        let (shown, wanted) = (listing.groups().count(), listing.wanted());
        Self {
            style: STYLE,
            policy: policy(),
            place: context.common.name(),
            headline: headline(digest),
            lead: lead(digest),
            skipped: match skipped(digest) {
                0 => String::new(),
                n => format!("{} skipped", counted(n, "record")),
            },
            cards: cards(context, listing),
            tree: SourceTree::new(context),
            groups: if wanted == 0 { String::new() } else { number(wanted as u64) },
            notice: listing.notice(),
            known: known(digest, wanted),
            sort: listing.sort,
            tabs: listing.shelves.iter().filter(|shelf| shelf.wanted > 0).map(ShelfTab::new).collect(),
            is_several: shown > 1,
            has_both: passages > 0 && passages < shown,
        }
    }
}

impl ShelfTab {
    fn new(shelf: &GroupShelf<'_>) -> Self {
        let title = match shelf.kind {
            GroupKind::Duplicate => "Duplicates",
            GroupKind::Boilerplate => "Boilerplate",
            GroupKind::Rewrite => "Rewrites",
            GroupKind::Noise => "Noise",
        };
        Self { name: shelf_of(shelf.kind), title, count: number(shelf.wanted as u64) }
    }
}

impl ShelfHead {
    pub fn new(shelf: &GroupShelf<'_>) -> Self {
        let explanation = match shelf.kind {
            GroupKind::Duplicate => "The same text again: one place stays, the others can go.",
            GroupKind::Boilerplate => "Text that stands in many documents: menus, footers, notices.",
            GroupKind::Rewrite => "Edited text, or the same form with other words. Somebody has to look.",
            GroupKind::Noise => "Few letters: tables of numbers, encoded files.",
        };
        Self { tab: ShelfTab::new(shelf), explanation, is_folded: is_folded(shelf.kind) }
    }
}

impl ShelfEnd {
    pub fn new(shelf: &GroupShelf<'_>) -> Self {
        Self { is_folded: is_folded(shelf.kind) }
    }
}

fn is_folded(kind: GroupKind) -> bool {
    matches!(kind, GroupKind::Rewrite | GroupKind::Noise)
}

/// Returns the content security policy: nothing is loaded or run but the page's own style and script.
fn policy() -> String {
    let [style, script] = [STYLE, SCRIPT].map(|text| STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
    )
}

/// Returns what was read, and what could go.
fn lead(digest: &Digest) -> String {
    let repeated = digest.repeated;
    let sources = counted(digest.header.sources.len() as u64, "file");
    let compared = compared(digest);
    let against = digest.summary.against.map_or_else(String::new, |against| {
        format!(" with {} of {}", bytes(against.text_bytes), counted(against.documents, "document"))
    });
    let documents = counted(compared, "document");
    let read = format!("{} of text in {documents} from {sources} compared{against}", bytes(repeated.text));
    let ignored =
        digest.summary.ignored.map_or(String::new(), |found| format!(" Not counted: {}.", ignored_text(found)));
    match repeated.documents.saturating_add(repeated.passages) {
        0 => format!("{read}.{ignored}"),
        repeated => format!("{read}; {} of it only repeat what is kept elsewhere.{ignored}", bytes(repeated)),
    }
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
