//! One group of the list: a kept document with its duplicates, or a passage with its places.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use super::aligned::{MarkedText, side_by_side};
use super::shown::Lines;
use super::strip::Strip;
use super::{Context, anchor, capitalised, more, total};
use crate::finding::{
    DocumentCluster, DocumentPair, DocumentRef, Findings, MatchScope, Member, PassageFamily, PassageMatch, PlacedSpan,
};
use crate::report::measure::bytes_of;
use crate::report::text::last_or_covered;
use crate::report::text::phrase::{covered, differences, regrouped};
use crate::report::text::wrap::{one_line, shorten};
use crate::report::text::{bytes, counted, number, percent};
use crate::report::visible::visible;

/// The most places listed of a group, unless all groups are listed.
const PLACES: usize = 10;
/// The most differences told of a match.
const DIFFERENCES: usize = 8;
/// Characters of the line that shows what a passage is about.
const PREVIEW: usize = 160;

/// What a group is made from.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    Cluster(&'a DocumentCluster),
    /// A pair of documents that both stay.
    Pair(&'a DocumentPair),
    Family(&'a PassageFamily),
}

impl Source<'_> {
    /// Returns how many bytes of text only repeat others.
    pub fn cost(&self) -> u64 {
        match self {
            Self::Cluster(cluster) => total(cluster.members.iter().map(|member| member.bytes)),
            Self::Pair(_) => 0,
            Self::Family(family) => family_cost(family),
        }
    }

    /// Returns how many documents or places it has.
    pub fn count(&self) -> usize {
        match self {
            Self::Cluster(cluster) => cluster.members.len() + 1,
            Self::Pair(_) => 2,
            Self::Family(family) => family.count,
        }
    }

    /// Returns how alike the two of it are that are least alike.
    pub fn alike(&self, matches: &BTreeMap<&str, Vec<&PassageMatch>>) -> f64 {
        match self {
            Self::Cluster(cluster) => cluster.members.iter().map(|member| member.jaccard).fold(1.0, f64::min),
            Self::Pair(pair) => pair.jaccard,
            Self::Family(family) => {
                let matches = matches.get(family.id.as_str()).into_iter().flatten();
                matches.map(|m| m.identity).fold(1.0, f64::min)
            }
        }
    }

    /// Returns how many of its documents or places a baseline lacks.
    pub fn new_places(&self) -> usize {
        match self {
            Self::Cluster(cluster) => cluster.new,
            Self::Pair(_) => 0,
            Self::Family(family) => family.new,
        }
    }
}

/// Returns how many bytes the places of a passage take but for the kept one. Those not listed count as that one.
fn family_cost(family: &PassageFamily) -> u64 {
    let len = |place: &PlacedSpan| bytes_of(place).len() as u64;
    let unlisted = family.count.saturating_sub(family.occurrences.len() + 1) as u64;
    total(family.occurrences.iter().map(len)).saturating_add(unlisted.saturating_mul(len(&family.keep)))
}

/// Returns in how many documents the listed places of a passage stand.
pub fn documents_of(family: &PassageFamily) -> usize {
    let docs: BTreeSet<&DocumentRef> =
        family.occurrences.iter().chain([&family.keep]).map(|place| &place.doc).collect();
    docs.len()
}

/// A group as the template shows it.
#[derive(Template)]
#[template(path = "report/group.html")]
pub struct Group<'a> {
    id: String,
    anchor: Option<String>,
    /// `documents` or `passages`.
    kind: &'static str,
    /// `within`, `across` or nothing.
    scope: &'static str,
    hue: usize,
    is_open: bool,
    /// Its place in the order of the findings.
    position: usize,
    cost: u64,
    cost_shown: String,
    count: usize,
    /// The least similarity in it.
    alike: f64,
    new: String,
    verdict: String,
    facts: Vec<String>,
    preview: String,
    preview_is_text: bool,
    strip: Option<Strip>,
    pair: Option<SideBySide<'a>>,
    quote: Option<Lines<'a>>,
    documents: Vec<DocumentRow>,
    places: Vec<PlaceRow>,
    more_places: String,
}

/// Two places with what they differ in.
struct SideBySide<'a> {
    title: &'static str,
    sides: [SideView<'a>; 2],
    measures: Vec<(&'static str, String)>,
    differences: Vec<String>,
}

struct SideView<'a> {
    label: &'static str,
    name: String,
    covers: String,
    span: String,
    before: Lines<'a>,
    pieces: Vec<MarkedText>,
    after: Lines<'a>,
}

/// A document of a group of duplicates.
struct DocumentRow {
    role: &'static str,
    is_new: bool,
    name: String,
    size: String,
    /// Units of 100.
    similarity: f64,
    similarity_shown: String,
    containment: String,
}

/// A place of a passage.
struct PlaceRow {
    role: &'static str,
    is_new: bool,
    name: String,
    covers: String,
    size: String,
}

impl<'a> Group<'a> {
    pub fn new(source: Source<'a>, position: usize, context: &Context<'a>) -> Self {
        let group = match source {
            Source::Cluster(cluster) => Self::of_cluster(cluster, context),
            Source::Pair(pair) => Self::of_pair(pair, context),
            Source::Family(family) => Self::of_family(family, context),
        };
        let (cost, new) = (source.cost(), source.new_places());
        Self {
            position,
            cost,
            cost_shown: if cost > 0 { bytes(cost) } else { String::new() },
            count: source.count(),
            alike: source.alike(&context.matches),
            new: if new > 0 { format!("{} new", number(new as u64)) } else { String::new() },
            ..group
        }
    }

    fn empty(id: &str) -> Self {
        Self {
            id: visible(id).into_owned(),
            anchor: anchor(id).map(str::to_owned),
            kind: "documents",
            scope: "",
            hue: 0,
            is_open: false,
            position: 0,
            cost: 0,
            cost_shown: String::new(),
            count: 0,
            alike: 1.0,
            new: String::new(),
            verdict: String::new(),
            facts: Vec::new(),
            preview: String::new(),
            preview_is_text: false,
            strip: None,
            pair: None,
            quote: None,
            documents: Vec::new(),
            places: Vec::new(),
            more_places: String::new(),
        }
    }

    /// Shows it unfolded.
    pub fn open(self) -> Self {
        Self { is_open: true, ..self }
    }

    fn of_cluster(cluster: &'a DocumentCluster, context: &Context<'a>) -> Self {
        let members = &cluster.members;
        let shown = context.at_most(PLACES);
        let new_members = members.iter().filter(|member| member.new).count();
        let kept = DocumentRow {
            is_new: cluster.new > new_members,
            ..DocumentRow::kept(context.names.document(&cluster.keep))
        };
        let (new, known): (Vec<_>, Vec<_>) = members.iter().partition(|member| member.new);
        let rows = new.into_iter().chain(known).take(shown).map(|member| DocumentRow::new(member, context));
        Self {
            verdict: of_duplicates(members),
            preview: format!("kept: {}", context.names.document(&cluster.keep)),
            documents: [kept].into_iter().chain(rows).collect(),
            more_places: more(members.len(), shown, "document"),
            ..Self::empty(&cluster.id)
        }
    }

    fn of_pair(pair: &'a DocumentPair, context: &Context<'a>) -> Self {
        let row = |role, doc: &DocumentRef, containment| DocumentRow {
            role,
            similarity: pair.jaccard * 100.0,
            similarity_shown: percent(pair.jaccard),
            containment: percent(containment),
            ..DocumentRow::kept(context.names.document(doc))
        };
        Self {
            verdict: format!("Two documents are alike, similarity {}", percent(pair.jaccard)),
            preview: context.names.document(&pair.a),
            documents: vec![row("first", &pair.a, pair.containment_a), row("second", &pair.b, pair.containment_b)],
            ..Self::empty("")
        }
    }

    fn of_family(family: &'a PassageFamily, context: &Context<'a>) -> Self {
        let matches = context.matches.get(family.id.as_str()).map_or(&[][..], Vec::as_slice);
        let documents = documents_of(family);
        let is_pair = family.count <= 2 && matches.len() == 1;
        let told = if is_pair { matches.first() } else { least_alike(matches) };
        let is_uniform = matches.iter().all(|m| m.identity >= 1.0) && family.more_matches == 0;
        let verdict = match told {
            Some(m) if is_pair => repeats(m),
            _ => of_many(family, matches, documents),
        };
        let preview = shorten(&one_line(&family.keep.excerpt), PREVIEW);
        let places = if is_pair { Vec::new() } else { place_rows(family, context) };
        Self {
            kind: "passages",
            scope: if documents > 1 { "across" } else { "within" },
            hue: context.hues.of(&family.id),
            verdict,
            facts: facts(matches, is_uniform, is_pair),
            preview,
            preview_is_text: true,
            strip: Some(Strip::of_family(family, context)),
            quote: (!is_pair).then(|| Lines(&family.keep.excerpt)),
            pair: told.filter(|_| is_pair || !is_uniform).map(|m| SideBySide::new(m, is_pair, context)),
            more_places: if is_pair { String::new() } else { more(family.count, places.len(), "place") },
            places,
            ..Self::empty(context.label(family))
        }
    }
}

impl<'a> SideBySide<'a> {
    fn new(m: &'a PassageMatch, is_all: bool, context: &Context<'a>) -> Self {
        let [a, b] = side_by_side(&m.a, &m.b, &context.tokenizer);
        let labels = if is_all { ["First place", "Second place"] } else { ["One place", "Another place"] };
        Self {
            title: if is_all { "Side by side" } else { "The two places listed that differ most" },
            sides: [SideView::new(labels[0], &m.a, a, context), SideView::new(labels[1], &m.b, b, context)],
            measures: vec![
                ("words", number(m.words as u64)),
                ("equal words, aligned", percent(m.identity)),
                ("of the first in the second", percent(m.containment_a)),
                ("of the second in the first", percent(m.containment_b)),
                ("similarity", percent(m.jaccard)),
            ],
            differences: told_differences(m),
        }
    }
}

impl<'a> SideView<'a> {
    fn new(label: &'static str, place: &'a PlacedSpan, pieces: Vec<MarkedText>, context: &Context) -> Self {
        Self {
            label,
            name: context.names.place(place),
            covers: covered(place),
            span: format!("bytes {}–{}", number(place.start as u64), number(place.end as u64)),
            before: Lines(&place.before),
            pieces,
            after: Lines(&place.after),
        }
    }
}

impl DocumentRow {
    fn kept(name: String) -> Self {
        let [size, similarity_shown, containment] = std::array::from_fn(|_| String::new());
        Self { role: "kept", is_new: false, name, size, similarity: 0.0, similarity_shown, containment }
    }

    fn new(member: &Member, context: &Context) -> Self {
        Self {
            role: kind_of_copy(member),
            is_new: member.new,
            name: context.names.document(&member.doc),
            size: if member.bytes > 0 { bytes(member.bytes) } else { String::new() },
            similarity: member.jaccard.clamp(0.0, 1.0) * 100.0,
            similarity_shown: percent(member.jaccard),
            containment: percent(member.containment),
        }
    }
}

/// Returns the matches of the findings by family.
pub fn by_family(findings: &Findings) -> BTreeMap<&str, Vec<&PassageMatch>> {
    let mut matches: BTreeMap<&str, Vec<&PassageMatch>> = BTreeMap::new();
    for m in &findings.matches {
        matches.entry(&m.family).or_default().push(m);
    }
    matches
}

fn kind_of_copy(member: &Member) -> &'static str {
    match member {
        Member { exact: true, .. } => "exact copy",
        Member { jaccard: 1.0.., .. } => "same words",
        _ => "near copy",
    }
}

/// `3 documents repeat another: 2 exact, 1 nearly the same`.
fn of_duplicates(members: &[Member]) -> String {
    let of_kind = |kind| members.iter().filter(|member| kind_of_copy(member) == kind).count() as u64;
    let [exact, same, near] = ["exact copy", "same words", "near copy"].map(of_kind);
    let all = members.len() as u64;
    match members {
        [one] if near == 1 => {
            format!("A document is nearly the same as another, similarity {}", percent(one.jaccard))
        }
        [_] if exact == 1 => "A document is an exact copy of another".into(),
        [_] => "A document has the same words as another".into(),
        _ if exact == all => format!("{} are exact copies of another", counted(all, "document")),
        _ if same == all => format!("{} have the same words as another", counted(all, "document")),
        _ if near == all => format!("{} are nearly the same as another", counted(all, "document")),
        _ => {
            let kinds = [(exact, "exact"), (same, "with the same words"), (near, "nearly the same")];
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
fn of_many(family: &PassageFamily, matches: &[&PassageMatch], documents: usize) -> String {
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

fn facts(matches: &[&PassageMatch], is_uniform: bool, is_pair: bool) -> Vec<String> {
    let Some(least) = least_alike(matches) else { return Vec::new() };
    let alike = match (is_uniform, is_pair) {
        (true, _) => "word for word".into(),
        (false, true) => format!("{} alike", percent(least.identity)),
        (false, false) => format!("{} alike or more", percent(least.identity)),
    };
    if is_pair { vec![counted(least.words as u64, "word"), alike] } else { vec![alike] }
}

/// Returns the match whose sides differ most; of equals, the first.
fn least_alike<'a, 'm>(matches: &'m [&'a PassageMatch]) -> Option<&'m &'a PassageMatch> {
    matches.iter().min_by(|x, y| x.identity.total_cmp(&y.identity))
}

fn place_rows(family: &PassageFamily, context: &Context) -> Vec<PlaceRow> {
    let row = |role, place: &PlacedSpan| PlaceRow {
        role,
        is_new: place.new,
        name: context.names.place(place),
        covers: covered(place),
        size: bytes(bytes_of(place).len() as u64),
    };
    let (new, known): (Vec<_>, Vec<_>) = family.occurrences.iter().partition(|place| place.new);
    let again = new.into_iter().chain(known).map(|place| row("again", place));
    [row("kept", &family.keep)].into_iter().chain(again).take(context.at_most(PLACES)).collect()
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
