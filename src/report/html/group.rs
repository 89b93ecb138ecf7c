//! One group of the list: a kept document with its duplicates, or a passage with its places.

use askama::Template;

use super::aligned::{MarkedText, side_by_side};
use super::context::{PageContext, hue};
use super::listing::{GroupSource, ListedGroup};
use super::shown::ShownLines;
use super::strip::{Strip, documents_of};
use super::words::{anchor, more};
use crate::finding::digest::FamilyTag;
use crate::finding::{
    DocumentCluster, DocumentPair, DocumentRef, Equality, MatchScope, Member, PassageClass, PassageFamily,
    PassageMatch, PlacedSpan, Standing, bytes_of,
};
use crate::report::text::phrase::{capitalised, class_in_words, covered, differences, last_or_covered, regrouped};
use crate::report::text::wrap::{one_line, shorten};
use crate::report::text::{bytes, counted, number, percent};
use crate::report::visible::visible;

/// The most places listed of a group, unless all groups are listed.
const PLACES: usize = 10;
/// The most differences told of a match.
const DIFFERENCES: usize = 8;
/// Characters of the line that shows what a passage is about.
const PREVIEW: usize = 160;

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
    /// The class under which it is listed, in findings and, unless it is a copy, in words.
    class: PassageClass,
    class_shown: &'static str,
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
    quote: Option<ShownLines<'a>>,
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
    before: ShownLines<'a>,
    pieces: Vec<MarkedText>,
    after: ShownLines<'a>,
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
    pub fn new(listed: &ListedGroup<'a>, context: &PageContext<'a>) -> Self {
        let Standing { cost, count, similarity, position } = listed.standing;
        let group = match listed.source {
            GroupSource::Cluster(cluster) => Self::of_cluster(cluster, context),
            GroupSource::Pair(pair) => Self::of_pair(pair, context),
            GroupSource::Family(family, number) => Self::of_family(family, number, context),
        };
        let (new, class) = (listed.source.new_places(), listed.source.class());
        Self {
            class,
            class_shown: if class == PassageClass::Copy { "" } else { class_in_words(class) },
            position,
            cost,
            cost_shown: if cost > 0 { bytes(cost) } else { String::new() },
            count,
            alike: similarity,
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
            class: PassageClass::Copy,
            class_shown: "",
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

    fn of_cluster(cluster: &'a DocumentCluster, context: &PageContext<'a>) -> Self {
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

    fn of_pair(pair: &'a DocumentPair, context: &PageContext<'a>) -> Self {
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
        let preview = shorten(&one_line(&family.keep.excerpt), PREVIEW);
        let places = if is_pair { Vec::new() } else { place_rows(family, context) };
        Self {
            kind: "passages",
            scope: if documents > 1 { "across" } else { "within" },
            hue: hue(&tag),
            verdict,
            facts: facts(matches, is_uniform, is_pair),
            preview,
            preview_is_text: true,
            strip: Some(Strip::of_family(family, &tag, context)),
            quote: (!is_pair).then(|| ShownLines(&family.keep.excerpt)),
            pair: told.filter(|_| is_pair || !is_uniform).map(|m| SideBySide::new(m, is_pair, context)),
            more_places: if is_pair { String::new() } else { more(family.count, places.len(), "place") },
            places,
            ..Self::empty(&tag.label)
        }
    }
}

impl<'a> SideBySide<'a> {
    fn new(m: &'a PassageMatch, is_all: bool, context: &PageContext<'a>) -> Self {
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
    fn new(label: &'static str, place: &'a PlacedSpan, pieces: Vec<MarkedText>, context: &PageContext) -> Self {
        Self {
            label,
            name: context.names.place(place),
            covers: covered(place),
            span: format!("bytes {}–{}", number(place.start as u64), number(place.end as u64)),
            before: ShownLines(&place.before),
            pieces,
            after: ShownLines(&place.after),
        }
    }
}

impl DocumentRow {
    fn kept(name: String) -> Self {
        let [size, similarity_shown, containment] = std::array::from_fn(|_| String::new());
        Self { role: "kept", is_new: false, name, size, similarity: 0.0, similarity_shown, containment }
    }

    fn new(member: &Member, context: &PageContext) -> Self {
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

fn kind_of_copy(member: &Member) -> &'static str {
    match member {
        Member { exact: true, .. } => "exact copy",
        Member { equality: Equality::Characters, .. } => "same text",
        Member { jaccard: 1.0.., .. } => "same words",
        _ => "near copy",
    }
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

fn facts(matches: &[PassageMatch], is_uniform: bool, is_pair: bool) -> Vec<String> {
    let Some(least) = least_alike(matches) else { return Vec::new() };
    let alike = match (is_uniform, is_pair) {
        (true, _) => "word for word".into(),
        (false, true) => format!("{} alike", percent(least.identity)),
        (false, false) => format!("{} alike or more", percent(least.identity)),
    };
    if is_pair { vec![counted(least.words as u64, "word"), alike] } else { vec![alike] }
}

/// Returns the match whose sides differ most; of equals, the first.
fn least_alike(matches: &[PassageMatch]) -> Option<&PassageMatch> {
    matches.iter().min_by(|x, y| x.identity.total_cmp(&y.identity))
}

fn place_rows(family: &PassageFamily, context: &PageContext) -> Vec<PlaceRow> {
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
