//! One group of the list: a kept document with its duplicates, or a passage with its places. Its title is its text.
//!
//! What is folded stands inside of `noscript`: without the script it is there, and with it the browser keeps it as one
//! text until the script unfolds it, so that a page of hundreds of groups is light.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use askama::Template;

use super::aligned::{InlineChange, InlinePiece, inline};
use super::context::PageContext;
use super::listing::{GroupSource, ListedGroup};
use super::shown::ShownLines;
use super::title::{about_document, title_of_cluster, title_of_document, title_of_family};
use super::words::{anchor, first_words, more};
use crate::finding::digest::FamilyTag;
use crate::finding::{
    Difference, DifferenceKind, DocumentCluster, DocumentPair, DocumentRef, Equality, MatchScope, Member, PassageClass,
    PassageFamily, PassageMatch, PlacedSpan, Standing, bytes_of,
};
use crate::report::text::phrase::{
    capitalised, changed_words, class_in_words, covered, differences, last_or_covered, regrouped,
};
use crate::report::text::{below, bytes, counted, number, percent};
use crate::report::visible::visible;

/// The most places listed of a group, unless all groups are listed.
const PLACES: usize = 5;
/// The most differences told of a match, and of a document.
const DIFFERENCES: usize = 3;
/// Characters of the first words of a document.
const OPENING: usize = 160;

/// A group as the template shows it.
#[derive(Template)]
#[template(path = "report/group.html")]
pub struct Group<'a> {
    id: String,
    anchor: Option<String>,
    /// `documents`, `within` or `across`.
    kind: &'static str,
    is_open: bool,
    /// Its place in the order of the findings.
    position: usize,
    cost: u64,
    cost_shown: String,
    count: usize,
    /// The least similarity in it.
    alike: String,
    /// The numbers of its sources, apart by spaces.
    sources: String,
    new: String,
    /// The class in words, unless it is a copy.
    class: &'static str,
    title: String,
    verdict: String,
    facts: Vec<String>,
    body: GroupBody<'a>,
}

/// What is folded.
#[derive(Default)]
struct GroupBody<'a> {
    /// The first words of a document.
    opening: String,
    text: Vec<InlinePiece>,
    quote: Option<ShownLines<'a>>,
    /// What stands before the text, and after it.
    around: Option<[ShownLines<'a>; 2]>,
    note: String,
    differences: Vec<String>,
    measures: String,
    places: Vec<PlaceRow>,
    more: String,
}

/// A place of a passage, or a document of a group of duplicates.
struct PlaceRow {
    /// By which decisions name it; none if there is nothing to decide.
    at: Option<RowPlace>,
    role: &'static str,
    is_kept: bool,
    is_new: bool,
    /// The title of the document, if it has one.
    title: String,
    name: String,
    notes: Vec<String>,
    /// Where the place begins in its document and how long it is, in units of 100.
    bar: Option<(usize, usize)>,
    changes: Vec<InlineChange>,
    more_changes: String,
}

/// A document or a place as decisions name it.
struct RowPlace {
    /// The number of the source.
    source: usize,
    record: u64,
    span: Option<(usize, usize)>,
}

impl Display for RowPlace {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{} {}", self.source, self.record)?;
        self.span.map_or(Ok(()), |(start, end)| write!(f, " {start} {end}"))
    }
}

impl<'a> Group<'a> {
    pub fn new(listed: &ListedGroup<'a>, context: &PageContext<'a>) -> Self {
        let Standing { cost, count, similarity, position } = listed.standing;
        let group = match listed.source {
            GroupSource::Cluster(cluster) => Self::of_cluster(cluster, context),
            GroupSource::Pair(pair) => Self::of_pair(pair, context),
            GroupSource::Family(family, number) => Self::of_family(family, number, context),
        };
        let new = listed.source.new_places();
        Self {
            position,
            cost,
            cost_shown: if cost > 0 { bytes(cost) } else { String::new() },
            count,
            alike: format!("{similarity:.4}"),
            new: if new > 0 { format!("{} new", number(new as u64)) } else { String::new() },
            ..group
        }
    }

    fn empty(id: &str, title: String) -> Self {
        Self {
            id: visible(id).into_owned(),
            anchor: anchor(id).map(str::to_owned),
            kind: "documents",
            is_open: false,
            position: 0,
            cost: 0,
            cost_shown: String::new(),
            count: 0,
            alike: String::new(),
            sources: String::new(),
            new: String::new(),
            class: "",
            title,
            verdict: String::new(),
            facts: Vec::new(),
            body: GroupBody::default(),
        }
    }

    /// Shows it unfolded.
    pub fn open(self) -> Self {
        Self { is_open: true, ..self }
    }

    /// Returns the numbers of the sources by which decisions name its places.
    pub fn named_sources(&self) -> impl Iterator<Item = usize> {
        self.body.places.iter().filter_map(|row| Some(row.at.as_ref()?.source))
    }

    fn of_cluster(cluster: &'a DocumentCluster, context: &PageContext<'a>) -> Self {
        let members = &cluster.members;
        let shown = context.at_most(PLACES);
        let new_members = members.iter().filter(|member| member.new).count();
        let notes = if cluster.bytes > 0 { vec![bytes(cluster.bytes)] } else { Vec::new() };
        let kept = PlaceRow::of_document("kept", &cluster.keep, notes, context);
        let at = row_place(context, &cluster.keep, None);
        let kept = PlaceRow { at, is_kept: true, is_new: cluster.new > new_members, ..kept };
        let (new, known): (Vec<_>, Vec<_>) = members.iter().partition(|member| member.new);
        let rows = new.into_iter().chain(known).take(shown).map(|member| PlaceRow::of_member(member, context));
        let docs = members.iter().map(|member| &member.doc).chain([&cluster.keep]);
        Self {
            sources: sources(docs, context),
            verdict: if cluster.is_template() { of_template(members) } else { of_duplicates(members) },
            body: GroupBody {
                opening: match title_of_document(&cluster.keep) {
                    Some(_) => first_words(&cluster.opening, OPENING),
                    None => String::new(), // it is the title
                },
                places: [kept].into_iter().chain(rows).collect(),
                more: more(members.len(), shown, "document"),
                ..GroupBody::default()
            },
            ..Self::empty(&cluster.id, title_of_cluster(cluster, context))
        }
    }

    fn of_pair(pair: &'a DocumentPair, context: &PageContext<'a>) -> Self {
        let row = |role, doc, containment| {
            PlaceRow::of_document(role, doc, vec![format!("{} of it in the other", percent(containment))], context)
        };
        let title = title_of_document(&pair.a).unwrap_or_else(|| context.document(&pair.a));
        let rows = vec![row("first", &pair.a, pair.containment_a), row("second", &pair.b, pair.containment_b)];
        Self {
            sources: sources([&pair.a, &pair.b].into_iter(), context),
            verdict: format!("Two documents are alike, similarity {}", percent(pair.jaccard)),
            body: GroupBody { places: rows, ..GroupBody::default() },
            ..Self::empty("", title)
        }
    }

    fn of_family(family: &'a PassageFamily, number: usize, context: &PageContext<'a>) -> Self {
        let matches = context.digest.matches_of(family);
        let tag = FamilyTag::new(family, number, matches);
        let documents = documents_of(family);
        let is_pair = family.count <= 2 && matches.len() == 1;
        let told = if is_pair { matches.first() } else { least_alike(matches) };
        let is_uniform = matches.iter().all(|m| m.identity >= 1.0) && family.more_matches == 0;
        let verdict = match told {
            Some(m) if is_pair => repeats(m),
            _ => of_many(family, matches, documents),
        };
        let class = family.class.filter(|class| *class != PassageClass::Copy).map_or("", class_in_words);
        let docs = family.occurrences.iter().chain([&family.keep]).map(|place| &place.doc);
        let shown = told.filter(|m| is_pair || m.identity < 1.0);
        Self {
            kind: if documents > 1 { "across" } else { "within" },
            sources: sources(docs, context),
            class,
            verdict,
            facts: facts(matches, is_uniform, is_pair),
            body: GroupBody::of_family(family, shown, is_pair, context),
            ..Self::empty(&tag.label, title_of_family(family))
        }
    }
}

impl<'a> GroupBody<'a> {
    /// `shown` is the match whose two sides are told, if they differ.
    fn of_family(
        family: &'a PassageFamily,
        shown: Option<&'a PassageMatch>,
        is_pair: bool,
        context: &PageContext<'a>,
    ) -> Self {
        let places = place_rows(family, context);
        let rest = Self { more: more(family.count, places.len(), "place"), places, ..Self::default() };
        match shown {
            None => Self { quote: Some(ShownLines(&family.keep.excerpt)), ..rest },
            Some(m) => Self {
                text: inline(&m.a, &m.b, &context.tokenizer),
                around: Some([ShownLines(&m.a.before), ShownLines(&m.a.after)]),
                note: if is_pair { String::new() } else { of_two(m, context) },
                differences: told_differences(m),
                measures: measured(m),
                ..rest
            },
        }
    }
}

impl PlaceRow {
    fn of_document(role: &'static str, doc: &DocumentRef, notes: Vec<String>, context: &PageContext) -> Self {
        let name = context.document(doc);
        Self {
            at: None,
            role,
            is_kept: false,
            is_new: false,
            title: title_of_document(doc).unwrap_or_default(),
            notes: about_document(doc, &name).into_iter().chain(notes).collect(),
            name,
            bar: None,
            changes: Vec::new(),
            more_changes: String::new(),
        }
    }

    fn of_member(member: &Member, context: &PageContext) -> Self {
        let measured =
            format!("{} alike, {} of it in the kept one", percent(member.jaccard), percent(member.containment));
        let is_near = kind_of_copy(member) == "near copy";
        let size = (member.bytes > 0).then(|| bytes(member.bytes));
        let notes = is_near.then_some(measured).into_iter().chain(size).collect();
        let changed = changed_words(member);
        let all = changed.len().saturating_add(member.more_differences);
        Self {
            at: row_place(context, &member.doc, None),
            is_new: member.new,
            more_changes: if changed.is_empty() { String::new() } else { more(all, DIFFERENCES, "difference") },
            changes: changed.into_iter().take(DIFFERENCES).map(inline_change).collect(),
            ..Self::of_document(kind_of_copy(member), &member.doc, notes, context)
        }
    }

    fn of_place(role: &'static str, place: &PlacedSpan, context: &PageContext) -> Self {
        let row = Self::of_document(role, &place.doc, Vec::new(), context);
        let name = match place.in_index {
            Some(_) => format!("{}, {}", context.place(place), covered(place)),
            None => context.place(place),
        };
        let notes = about_document(&place.doc, &name);
        let span = Some((place.start, place.end));
        let at = row_place(context, &place.doc, span).filter(|_| place.in_index.is_none());
        Self { at, is_kept: role == "kept", is_new: place.new, name, notes, bar: bar(place), ..row }
    }
}

impl PlaceRow {
    /// Names only the place, after another one in its document.
    fn in_the_same_document(self, place: &PlacedSpan) -> Self {
        let column = if place.column == 0 { String::new() } else { format!(":{}", place.column) };
        let line = || format!("line {}{column}{}", place.line, below(place));
        Self {
            name: if place.in_index.is_some() { covered(place) } else { line() },
            title: String::new(),
            notes: Vec::new(),
            ..self
        }
    }
}

/// Returns how decisions name a document or a place in it, if a program could find it by that.
fn row_place(context: &PageContext, doc: &DocumentRef, span: Option<(usize, usize)>) -> Option<RowPlace> {
    Some(RowPlace { source: context.number(doc)?, record: doc.record, span })
}

/// Returns where a place stands in its document, in hundredths of that.
fn bar(place: &PlacedSpan) -> Option<(usize, usize)> {
    let (span, len) = (bytes_of(place), place.document_bytes);
    let hundredth = |at: usize| (at.min(len) as f64 / len as f64 * 100.0) as usize;
    (len > 0).then(|| (hundredth(span.start).min(97), (hundredth(span.end) - hundredth(span.start)).max(3)))
}

/// Returns the numbers of the sources of documents, each once.
fn sources<'d>(docs: impl Iterator<Item = &'d DocumentRef>, context: &PageContext) -> String {
    let mut numbers: Vec<usize> = docs.filter_map(|doc| context.source(doc)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

fn inline_change(difference: &Difference) -> InlineChange {
    let class = match difference.kind {
        DifferenceKind::Words => "words",
        DifferenceKind::Form => "form",
        DifferenceKind::Separator => "gap",
    };
    InlineChange::new(class, &difference.a, &difference.b)
}

/// Says which two places of many are told.
fn of_two(m: &PassageMatch, context: &PageContext) -> String {
    let (a, b) = (context.place(&m.a), context.place(&m.b));
    format!("The two places that differ most: {a} and {b}.")
}

fn measured(m: &PassageMatch) -> String {
    if m.identity >= 1.0 {
        return String::new(); // the title of the group says so
    }
    format!(
        "{} of the words equal in order; {} of the first in the second, {} of the second in the first",
        percent(m.identity),
        percent(m.containment_a),
        percent(m.containment_b)
    )
}

fn facts(matches: &[PassageMatch], is_uniform: bool, is_pair: bool) -> Vec<String> {
    let Some(least) = least_alike(matches) else { return Vec::new() };
    let alike = match (is_uniform, is_pair) {
        (true, _) => "word for word".into(),
        (false, true) => format!("{} alike", percent(least.identity)),
        (false, false) => format!("{} alike or more", percent(least.identity)),
    };
    if is_pair { vec![counted(least.words as u64, "word"), alike] } else { vec![alike] }
}

fn place_rows(family: &PassageFamily, context: &PageContext) -> Vec<PlaceRow> {
    let (new, known): (Vec<_>, Vec<_>) = family.occurrences.iter().partition(|place| place.new);
    let places: Vec<&PlacedSpan> =
        [&family.keep].into_iter().chain(new).chain(known).take(context.at_most(PLACES)).collect();
    let row = |n: usize| {
        let row = PlaceRow::of_place(if n == 0 { "kept" } else { "again" }, places[n], context);
        let is_same =
            |other: &PlacedSpan| places[n].doc == other.doc && places[n].in_index.is_some() == other.in_index.is_some();
        if n > 0 && is_same(places[n - 1]) { row.in_the_same_document(places[n]) } else { row }
    };
    (0..places.len()).map(row).collect()
}

fn kind_of_copy(member: &Member) -> &'static str {
    match member {
        Member { exact: true, .. } => "exact copy",
        Member { equality: Equality::Characters, .. } => "same text",
        Member { jaccard: 1.0.., .. } => "same words",
        _ => "near copy",
    }
}

/// `10 documents share a template and differ in a few places each; look before they go`.
fn of_template(members: &[Member]) -> String {
    let documents = counted(members.len() as u64 + 1, "document");
    format!("{documents} share a template and differ in a few places; look at these before they go")
}

/// `3 documents repeat another: 2 exact, 1 nearly the same`.
fn of_duplicates(members: &[Member]) -> String {
    let of_kind = |kind| members.iter().filter(|member| kind_of_copy(member) == kind).count() as u64;
    let kinds = ["exact copy", "same text", "same words", "near copy"];
    let [exact, text, same, near] = kinds.map(of_kind);
    let all = members.len() as u64;
    match members {
        [one] if near == 1 => {
            format!("A document is nearly the same as another, similarity {}", percent(one.jaccard))
        }
        [_] if exact == 1 => "A document is an exact copy of another".into(),
        [_] if text == 1 => "A document has the same text as another".into(),
        [_] => "A document has the same words as another".into(),
        _ if exact == all => format!("{} are exact copies of another", counted(all, "document")),
        _ if text == all => format!("{} have the same text as another", counted(all, "document")),
        _ if same == all => format!("{} have the same words as another", counted(all, "document")),
        _ if near == all => format!("{} are nearly the same as another", counted(all, "document")),
        _ => {
            let same_text = (text, "with the same text");
            let kinds = [(exact, "exact"), same_text, (same, "with the same words"), (near, "nearly the same")];
            let told: Vec<_> =
                kinds.iter().filter(|(n, _)| *n > 0).map(|(n, kind)| format!("{} {kind}", number(*n))).collect();
            format!("{} repeat another: {}", counted(all, "document"), told.join(", "))
        }
    }
}

/// `Paragraph 15, the last, repeats paragraphs 5 and 6, joined`.
fn repeats(m: &PassageMatch) -> String {
    let (a, b) = (covered(&m.a), last_or_covered(&m.b));
    let verb = if b.starts_with("paragraphs") { "repeat" } else { "repeats" };
    let elsewhere = match m.scope {
        MatchScope::Within => "",
        MatchScope::Across => " of another document",
    };
    capitalised(&format!("{b} {verb} {a}{elsewhere}{}", regrouped(&m.a, &m.b)))
}

/// `63 words stand in 1,200 places of 37 documents`.
fn of_many(family: &PassageFamily, matches: &[PassageMatch], documents: usize) -> String {
    let words = || matches.iter().map(|m| m.words as u64);
    let what = match (words().min(), words().max()) {
        (Some(least), Some(most)) if least < most => format!("{} to {} stand", number(least), counted(most, "word")),
        (_, Some(n)) => format!("{} stand", counted(n, "word")),
        _ => "A passage stands".into(),
    };
    let places = counted(family.count as u64, "place");
    let is_listed = family.occurrences.len() + 1 >= family.count;
    match documents {
        1 if is_listed => format!("{what} in {places} of one document"),
        n if is_listed && n < family.count => format!("{what} in {places} of {}", counted(n as u64, "document")),
        n if is_listed => format!("{what} in {}", counted(n as u64, "document")),
        _ => format!("{what} in {places}"),
    }
}

/// Returns the match whose sides differ most; of equals, the first.
fn least_alike(matches: &[PassageMatch]) -> Option<&PassageMatch> {
    matches.iter().min_by(|x, y| x.identity.total_cmp(&y.identity))
}

fn told_differences(m: &PassageMatch) -> Vec<String> {
    let told = differences(m);
    let hidden: usize =
        told.iter().skip(DIFFERENCES).map(|(_, times)| times).sum::<usize>().saturating_add(m.more_differences);
    let mut lines: Vec<String> = told
        .into_iter()
        .take(DIFFERENCES)
        .map(|(phrase, times)| if times > 1 { format!("{phrase}, {} times", number(times as u64)) } else { phrase })
        .collect();
    if hidden > 0 {
        lines.push(more(hidden, 0, "difference"));
    }
    lines
}

/// Returns in how many documents the listed places of a passage stand.
fn documents_of(family: &PassageFamily) -> usize {
    let docs: BTreeSet<&DocumentRef> =
        family.occurrences.iter().chain([&family.keep]).map(|place| &place.doc).collect();
    docs.len()
}
