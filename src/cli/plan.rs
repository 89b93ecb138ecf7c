//! The plan of a clean copy for people: what would go, for what, how much that is, and what stays though it repeats.
//!
//! A plan holds no text. So the first words of what stays for others, and the sizes of documents, are noted while findings
//! pass by: some 100 bytes a group and 32 a document that goes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};
use std::sync::Arc;

use doublon::finding::{DocumentCluster, DocumentRef, Finding, IndexedWords, PassageFamily, Sink};
use doublon::report::text::{bytes, counted, number, percent, record_name};
use doublon::report::visible::visible;
use doublon::rewrite::{
    CleanSummary, DocumentTreatment, KeptPassage, PassageCut, PassageTreatment, Plan, RemovalCause,
};
use doublon_core::Span;

/// Groups of each kind that are listed, and members of each.
const GROUPS: usize = 20;
const MEMBERS: usize = 10;
/// Places told for each reason why they stay.
const EXAMPLES: usize = 3;
/// Characters of the first words.
const OPENING: usize = 68;

/// Notes what the plan does not hold, and passes findings on.
pub struct PlanNotes<S> {
    next: S,
    notes: Notes,
}

/// First words and sizes, by source and record.
#[derive(Default)]
pub struct Notes {
    is_wanted: bool,
    openings: HashMap<(Arc<str>, u64), Box<str>>,
    passages: HashMap<PlaceKey, Box<str>>,
    sizes: HashMap<(Arc<str>, u64), u64>,
}

impl<S: Sink> PlanNotes<S> {
    /// Passes findings on to `next`, and notes something only if that is wanted.
    pub fn new(next: S, is_wanted: bool) -> Self {
        Self { next, notes: Notes { is_wanted, ..Notes::default() } }
    }

    /// Returns what the findings went to, and the notes.
    pub fn finish(self) -> (S, Notes) {
        (self.next, self.notes)
    }
}

impl<S: Sink> Sink for PlanNotes<S> {
    fn receive(&mut self, finding: Finding) -> doublon::Result<()> {
        match &finding {
            Finding::DocumentCluster(cluster) if self.notes.is_wanted => self.notes.cluster(cluster),
            Finding::PassageFamily(family) if self.notes.is_wanted => self.notes.family(family),
            _ => {}
        }
        self.next.receive(finding)
    }
}

impl Notes {
    fn cluster(&mut self, cluster: &DocumentCluster) {
        let title = cluster.keep.metadata.as_deref().and_then(|metadata| metadata.title.as_deref());
        let opening = first_words(title.unwrap_or(&cluster.opening));
        for doc in cluster.members.iter().map(|member| &member.doc).chain([&cluster.keep]) {
            // A decision may let any of them stay.
            self.openings.insert(place_of(doc), opening.clone());
        }
        if cluster.indexed.is_none() {
            self.sizes.insert(place_of(&cluster.keep), cluster.bytes);
        }
        self.sizes.extend(cluster.members.iter().map(|member| (place_of(&member.doc), member.bytes)));
    }

    fn family(&mut self, family: &PassageFamily) {
        let words = first_words(&family.keep.excerpt);
        for place in family.occurrences.iter().take(1).chain([&family.keep]) {
            let (source, record) = place_of(&place.doc);
            let (indexed, start) = match place.in_index {
                Some(IndexedWords { number, words: (first, _) }) => (Some(number), first),
                None => (None, place.start),
            };
            self.passages.insert((source, record, indexed, start), words.clone());
        }
    }
}

/// A kept place: its source and record, the number of its document if that is in an index, and its first byte, or its first
/// word there.
type PlaceKey = (Arc<str>, u64, Option<u64>, usize);

fn place_of(doc: &DocumentRef) -> (Arc<str>, u64) {
    (Arc::clone(&doc.source), doc.record)
}

fn first_words(text: &str) -> Box<str> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = line.chars().take(OPENING).collect();
    if shown.len() < line.len() {
        let end = shown.rfind(' ').filter(|&end| end > shown.len() / 2).unwrap_or(shown.len());
        shown.truncate(end);
        shown += " ...";
    }
    visible(&shown).into()
}

/// What goes for one document or place.
struct PlannedGroup<'p> {
    kept: String,
    opening: Option<&'p str>,
    bytes: u64,
    /// The name of each, and what is told of it.
    members: Vec<(String, String)>,
}

/// Writes a plan. `copy` says where the copy would be written.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write_plan(
    plan: &Plan,
    notes: &Notes,
    summary: &CleanSummary,
    copy: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let names = PlanNames::new(plan);
    let is_marked = plan.documents == DocumentTreatment::Mark;
    let documents = documents(plan, notes, &names);
    let heading = if is_marked { "Documents that would be marked" } else { "Documents that would go" };
    groups(heading, if is_marked { "marked" } else { "goes" }, documents, out)?;
    short(plan, &names, out)?;
    let is_cut = plan.passages == PassageTreatment::Cut;
    let heading = if is_cut { "Passages that would be cut" } else { "Passages that would be marked" };
    groups(heading, if is_cut { "cut" } else { "marked" }, passages(plan, notes, &names), out)?;
    staying(plan, &names, out)?;
    closing(plan, notes, summary, copy, out)
}

fn documents<'p>(plan: &'p Plan, notes: &'p Notes, names: &PlanNames) -> Vec<PlannedGroup<'p>> {
    // A document of an index may have the name of one that is read.
    let mut groups: BTreeMap<(Arc<str>, u64, Option<u64>), PlannedGroup> = BTreeMap::new();
    for drop in plan.drops() {
        let RemovalCause::Duplicate { keep, indexed, jaccard, containment, exact, .. } = &drop.cause else { continue };
        let place = place_of(keep);
        let in_index = if indexed.is_some() { " in the index" } else { "" };
        let group = groups.entry((Arc::clone(&place.0), place.1, *indexed)).or_insert_with(|| PlannedGroup {
            kept: format!("{}{in_index}", names.document(keep)),
            opening: notes.openings.get(&place).map(|opening| &**opening),
            bytes: 0,
            members: Vec::new(),
        });
        let size = notes.sizes.get(&place_of(&drop.doc)).copied().unwrap_or_default();
        group.bytes += size;
        let alike = match jaccard {
            _ if *exact => "exact copy".to_owned(),
            1.0.. => "same words".to_owned(),
            _ => format!("{} alike, {} of it in the kept one", percent(*jaccard), percent(*containment)),
        };
        group.members.push((names.document(&drop.doc), alike));
    }
    groups.into_values().collect()
}

fn passages<'p>(plan: &'p Plan, notes: &'p Notes, names: &PlanNames) -> Vec<PlannedGroup<'p>> {
    let mut groups: BTreeMap<(PlaceKey, usize), PlannedGroup> = BTreeMap::new();
    for edit in plan.edits() {
        for PassageCut { span, keep, words, covered, .. } in &edit.cuts {
            let (source, record) = place_of(&keep.doc);
            let place = (source, record, keep.indexed, keep.span.start);
            let opening = notes.passages.get(&place).map(|words| &**words);
            let group = groups.entry((place, keep.span.end)).or_insert_with(|| PlannedGroup {
                kept: names.kept(keep),
                opening,
                bytes: 0,
                members: Vec::new(),
            });
            group.bytes += span.len() as u64;
            let place = names.place(&edit.doc, *span);
            let there = if *covered >= 1.0 { "all".to_owned() } else { percent(*covered) };
            group
                .members
                .push((place, format!("{}, {there} of them in the kept place", counted(*words as u64, "word"))));
        }
    }
    groups.into_values().collect()
}

/// Writes groups, those first of which most goes.
fn groups(heading: &str, role: &str, mut groups: Vec<PlannedGroup>, out: &mut dyn Write) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    groups.sort_by_key(|group| std::cmp::Reverse((group.bytes, group.members.len())));
    writeln!(out, "{heading}\n")?;
    for PlannedGroup { kept, opening, bytes: size, members } in groups.iter().take(GROUPS) {
        let size = if *size > 0 { format!(", {}", bytes(*size)) } else { String::new() };
        let places = counted(members.len() as u64, if role == "cut" { "place" } else { "document" });
        if let Some(opening) = opening.filter(|opening| !opening.is_empty()) {
            writeln!(out, "    | {opening}")?;
        }
        writeln!(out, "    {:<8}{kept}  ({places} for it{size})", "stays")?;
        for (name, told) in members.iter().take(MEMBERS) {
            writeln!(out, "    {role:<8}{name}  ({told})")?;
        }
        if members.len() > MEMBERS {
            writeln!(out, "    {:<8}and {} more", "", number((members.len() - MEMBERS) as u64))?;
        }
        writeln!(out)?;
    }
    if groups.len() > GROUPS {
        let more = counted((groups.len() - GROUPS) as u64, "more group");
        writeln!(out, "    and {more}; --format json tells all\n")?;
    }
    Ok(())
}

/// Writes the documents that go because little is left of them.
fn short(plan: &Plan, names: &PlanNames, out: &mut dyn Write) -> io::Result<()> {
    let all: Vec<_> = plan.drops().filter(|drop| drop.keeper().is_none()).collect();
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "Documents of which too little would be left\n")?;
    for drop in all.iter().take(MEMBERS) {
        if let RemovalCause::TooShort { left } = drop.cause {
            writeln!(out, "    {:<8}{}  ({} left)", "goes", names.document(&drop.doc), counted(left as u64, "word"))?;
        }
    }
    if all.len() > MEMBERS {
        writeln!(out, "    {:<8}and {} more", "", number((all.len() - MEMBERS) as u64))?;
    }
    writeln!(out)
}

/// Writes what stays though it repeats, by reason.
fn staying(plan: &Plan, names: &PlanNames, out: &mut dyn Write) -> io::Result<()> {
    let mut reasons: BTreeMap<&str, (u64, Vec<String>)> = BTreeMap::new();
    let documents = plan.choices.documents().map(|staying| (staying.reason, names.document(&staying.doc)));
    let places = plan.left.iter().map(|left| (left.reason, names.place(&left.doc, left.span)));
    let spared = plan.spared.iter().map(|file| ("damaged", file.path.to_string_lossy().into_owned()));
    let unread = plan.unread.iter().filter(|file| !file.is_copied());
    let unread = unread.map(|file| ("not_copied", file.path.to_string_lossy().into_owned()));
    for (reason, place) in documents.chain(places).chain(spared).chain(unread) {
        let (count, examples) = reasons.entry(reason).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(place);
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    writeln!(out, "What stays though it repeats, and why\n")?;
    for (reason, (count, examples)) in reasons {
        writeln!(out, "    {}: {}", number(count), in_words(reason))?;
        for example in &examples {
            writeln!(out, "        {}", visible(example))?;
        }
        if count > examples.len() as u64 {
            writeln!(out, "        and {} more", number(count - examples.len() as u64))?;
        }
    }
    writeln!(out)
}

/// Says why something stays, as `staying.jsonl` names it.
fn in_words(reason: &str) -> String {
    match reason {
        "unverified" => "too few of its words are in the kept place".to_owned(),
        "holds_a_kept_place" => "others go for it, or for a part of it".to_owned(),
        "no_whole_sentence" => "it fills no whole sentence (--cut-at word cuts it)".to_owned(),
        "no_whole_paragraph" => "it fills no whole paragraph (--cut-at sentence cuts more)".to_owned(),
        "no_whole_element" => "it fills no whole element of the page".to_owned(),
        "other_data" => "it has other numbers or operators than the kept place (--cut-other-data cuts it)".to_owned(),
        "no_whole_block" => "it is a part of a code block, a table or a front matter".to_owned(),
        "parts_a_word" => "a word goes on in the next line".to_owned(),
        "no_place_of_its_family" => "it repeats less than a passage has".to_owned(),
        "no_field_for_marks" => "its format has no field for marks".to_owned(),
        "format" => "its format is copied in whole documents".to_owned(),
        "decided" => "it was decided that it stays".to_owned(),
        "undecided" => "it was not decided that it goes".to_owned(),
        "unlike_the_original" => "it is no copy of the original that was chosen".to_owned(),
        "damaged" | "its file is damaged" => "its file is damaged, and copied whole".to_owned(),
        "not_copied" => "it cannot be read, and has no copy".to_owned(),
        other => other.replace('_', " "),
    }
}

fn closing(plan: &Plan, notes: &Notes, summary: &CleanSummary, copy: &str, out: &mut dyn Write) -> io::Result<()> {
    let cut: u64 = plan.edits().flat_map(|edit| &edit.cuts).map(|cut| cut.span.len() as u64).sum();
    let dropped = plan.drops().filter_map(|drop| notes.sizes.get(&place_of(&drop.doc))).sum::<u64>();
    let CleanSummary { documents, kept, removed, skipped, marked, .. } = summary;
    let [documents, kept, removed, skipped] = [documents, kept, removed, skipped].map(|&n| number(n));
    writeln!(out, "Summary\n")?;
    let also = if *marked > 0 { format!("; {} marked", number(*marked)) } else { String::new() };
    writeln!(out, "    documents  {documents} = {kept} kept + {removed} removed + {skipped} skipped{also}")?;
    if plan.passages != PassageTreatment::Keep {
        let verb = if plan.passages == PassageTreatment::Cut { "cut" } else { "marked" };
        let (cuts, left) = (number(summary.passages), number(summary.passages_left.values().sum()));
        let places = counted(summary.changed, "document");
        writeln!(out, "    passages   {cuts} {verb} in {places}, {left} left")?;
    }
    let removes = plan.documents == DocumentTreatment::Drop;
    let of_documents = if removes { dropped } else { 0 };
    let of_passages = if plan.passages == PassageTreatment::Cut { cut } else { 0 };
    let of_both = if of_documents > 0 && of_passages > 0 {
        format!(": {} of documents, {} of passages", bytes(of_documents), bytes(of_passages))
    } else {
        String::new()
    };
    writeln!(out, "    text       {} would go{of_both}", bytes(of_documents + of_passages))?;
    writeln!(out, "    files      {} of {} would be written", bytes(summary.bytes_written), bytes(summary.bytes_read))?;
    writeln!(out, "    copy       {copy}\n")
}

/// Names documents as reports do.
struct PlanNames(HashSet<Arc<str>>);

impl PlanNames {
    /// Notes which sources have several documents, as far as the plan tells.
    fn new(plan: &Plan) -> Self {
        let kept = plan.drops().filter_map(|drop| drop.keeper());
        let kept_places = plan.edits().flat_map(|edit| edit.cuts.iter().map(|cut| &cut.keep.doc));
        let gone = plan.drops().map(|drop| &drop.doc).chain(plan.edits().map(|edit| &edit.doc));
        let staying =
            plan.choices.documents().map(|staying| &staying.doc).chain(plan.left.iter().map(|left| &left.doc));
        let all = kept.chain(kept_places).chain(gone).chain(staying);
        Self(all.filter(|doc| doc.is_record()).map(|doc| Arc::clone(&doc.source)).collect())
    }

    /// `a.txt`, `a.jsonl:18 (id x)`.
    fn document(&self, doc: &DocumentRef) -> String {
        if self.0.contains(&doc.source) { record_name(doc) } else { visible(&doc.source).into() }
    }

    /// `a.txt, bytes 10 to 20`, or of a document of an index `a.txt in the index, words 1 to 20`.
    fn kept(&self, place: &KeptPassage) -> String {
        let &KeptPassage { ref doc, span, indexed } = place;
        match indexed {
            Some(_) => format!("{} in the index, words {} to {}", self.document(doc), span.start + 1, span.end),
            None => self.place(doc, span),
        }
    }

    /// `a.txt, bytes 10 to 20`.
    fn place(&self, doc: &DocumentRef, span: Span) -> String {
        format!("{}, bytes {} to {}", self.document(doc), span.start, span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words_are_one_safe_line() {
        assert_eq!(&*first_words("one\n\n two\u{1b}"), "one two<U+001B>");
        let long = first_words(&"word ".repeat(40));
        assert!(long.ends_with("word ...") && long.len() <= OPENING + 4, "{long}");
    }

    #[test]
    fn a_name_tells_records_apart() {
        let names = PlanNames(HashSet::from(["a.jsonl".into()]));
        let doc = |source: &str, record, id: Option<&str>| {
            names.document(&DocumentRef { source: source.into(), record, id: id.map(Into::into), metadata: None })
        };
        assert_eq!(doc("a.txt", 0, None), "a.txt");
        assert_eq!(doc("a.jsonl", 0, None), "a.jsonl:1");
        assert_eq!(doc("a.jsonl", 3, Some("x")), "a.jsonl:4 (id x)");
        assert_eq!(doc("a.jsonl", 3, Some("7")), "a.jsonl:4 (id \"7\")");
    }
}
