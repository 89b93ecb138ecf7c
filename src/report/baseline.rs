//! What of the findings earlier findings lack: a collection that has duplicates should hear of new ones only.
//!
//! A place is known if the baseline has one like it. What is like it is told by content, so that lines may move and
//! files be renamed: first a place with the same words in the same document, then one with the same words anywhere,
//! then, for a passage that was edited, one in the same document of which the excerpt has most words in common. Each
//! place of the baseline makes one place known, so that a paragraph pasted a third time is new, and the new place is
//! the one in the document that had none.
//!
//! A group that has no known place is new as a whole, and then one of its places is no repetition.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{
    DocumentCluster, DocumentRef, Findings, Fingerprint, NewRepeats, PassageFamily, PassageMatch, PlacedSpan,
};
use crate::report::measure::union_len;
use doublon_core::Span;
use doublon_core::text::Tokenizer;

/// Marks what is new in `findings`, and counts it in their summary.
pub fn mark(findings: &mut Findings, baseline: &Findings) {
    let new_documents = mark_clusters(&mut findings.clusters, &baseline.clusters);
    let tokenizer = Tokenizer::new(findings.header.parameters.config.text, 0);
    mark_families(&mut findings.families, &baseline.families, &tokenizer);
    mark_matches(&mut findings.matches, &findings.families);
    let (new_places, bytes_of_places) = new_places(findings);
    findings.summary.new = Some(NewRepeats {
        documents: new_documents,
        passages: new_places,
        bytes: bytes_of_documents(&findings.clusters) + bytes_of_places,
    });
}

/// What a document is called, wherever it moves in its source: by its own id, if it has one.
type Name<'a> = (&'a str, Option<&'a str>, u64);

fn name(doc: &DocumentRef) -> Name<'_> {
    (&doc.source, doc.id.as_deref(), if doc.id.is_some() { 0 } else { doc.record })
}

/// A document of a cluster.
struct Duplicate<'a> {
    doc: &'a DocumentRef,
    fingerprint: Option<Fingerprint>,
}

fn duplicates(cluster: &DocumentCluster) -> impl Iterator<Item = Duplicate<'_>> {
    let keep = Duplicate { doc: &cluster.keep, fingerprint: cluster.fingerprint };
    let members = cluster.members.iter().map(|m| Duplicate { doc: &m.doc, fingerprint: m.fingerprint });
    [keep].into_iter().chain(members)
}

/// Returns how many documents are duplicates that the baseline lacks.
fn mark_clusters(clusters: &mut [DocumentCluster], baseline: &[DocumentCluster]) -> u64 {
    let known = |of: &dyn Fn(&Duplicate<'_>) -> bool| -> Vec<bool> {
        clusters.iter().flat_map(duplicates).map(|duplicate| of(&duplicate)).collect()
    };
    let named: BTreeSet<Name<'_>> = baseline.iter().flat_map(duplicates).map(|known| name(known.doc)).collect();
    let by_name = known(&|duplicate| named.contains(&name(duplicate.doc)));
    let mut left = Stock::default();
    for known in baseline.iter().flat_map(duplicates) {
        left.add(known.fingerprint);
    }
    // What is known by its name uses up its text, if that is still the same.
    for (duplicate, _) in clusters.iter().flat_map(duplicates).zip(&by_name).filter(|(_, by_name)| **by_name) {
        left.take(duplicate.fingerprint);
    }
    let by_text: Vec<bool> = clusters
        .iter()
        .flat_map(duplicates)
        .zip(&by_name)
        .map(|(duplicate, &by_name)| by_name || left.take(duplicate.fingerprint))
        .collect();
    let mut known = by_text.into_iter();
    clusters.iter_mut().map(|cluster| mark_cluster(cluster, &mut known)).sum()
}

fn mark_cluster(cluster: &mut DocumentCluster, known: &mut impl Iterator<Item = bool>) -> u64 {
    let is_new_keep = !known.next().unwrap_or(true);
    for member in &mut cluster.members {
        member.new = !known.next().unwrap_or(true);
    }
    let new_members = cluster.members.iter().filter(|member| member.new).count();
    cluster.new = new_members + usize::from(is_new_keep);
    let is_whole = cluster.new == cluster.members.len() + 1;
    (cluster.new - usize::from(is_whole)) as u64
}

/// Bytes of the new duplicates. Where only the kept document is new, any of the others stands for it.
fn bytes_of_documents(clusters: &[DocumentCluster]) -> u64 {
    let of_cluster = |cluster: &DocumentCluster| -> u64 {
        let new: Vec<u64> = cluster.members.iter().filter(|member| member.new).map(|member| member.bytes).collect();
        let is_new_keep = cluster.new > new.len() && new.len() < cluster.members.len();
        let of_keep = cluster.members.iter().find(|member| !member.new).filter(|_| is_new_keep);
        new.iter().sum::<u64>() + of_keep.map_or(0, |member| member.bytes)
    };
    clusters.iter().map(of_cluster).sum()
}

fn places(family: &PassageFamily) -> impl Iterator<Item = &PlacedSpan> {
    [&family.keep].into_iter().chain(&family.occurrences)
}

fn mark_families(families: &mut [PassageFamily], baseline: &[PassageFamily], tokenizer: &Tokenizer) {
    let all: Vec<&PlacedSpan> = families.iter().flat_map(places).collect();
    let mut known = vec![false; all.len()];
    let mut left = Places::new(baseline);
    for step in [Places::take_here, Places::take_anywhere] {
        for (place, known) in all.iter().zip(&mut known).filter(|(_, known)| !**known) {
            *known = step(&mut left, place);
        }
    }
    for (place, known) in all.iter().zip(&mut known).filter(|(_, known)| !**known) {
        *known = left.take_alike(place, tokenizer);
    }
    let mut known = known.into_iter();
    for family in families {
        family.keep.new = !known.next().unwrap_or(true);
        for place in &mut family.occurrences {
            place.new = !known.next().unwrap_or(true);
        }
        family.new = places(family).filter(|place| place.new).count();
    }
}

/// The places of a match are places of its family.
fn mark_matches(matches: &mut [PassageMatch], families: &[PassageFamily]) {
    let new: BTreeSet<(&DocumentRef, usize, usize)> = families
        .iter()
        .flat_map(places)
        .filter(|place| place.new)
        .map(|place| (&place.doc, place.start, place.end))
        .collect();
    let overlaps = |place: &PlacedSpan| {
        let of_document = new.range((&place.doc, 0, 0)..=(&place.doc, place.end, usize::MAX));
        of_document.into_iter().any(|&(_, start, end)| start < place.end && place.start < end)
    };
    for m in matches {
        (m.a.new, m.b.new) = (overlaps(&m.a), overlaps(&m.b));
    }
}

/// How many places repeat something that the baseline lacks, and their bytes.
fn new_places(findings: &Findings) -> (u64, u64) {
    let removed: BTreeSet<&DocumentRef> =
        findings.clusters.iter().flat_map(|cluster| &cluster.members).map(|member| &member.doc).collect();
    let mut spans: BTreeMap<&DocumentRef, Vec<Span>> = BTreeMap::new();
    let mut count = 0;
    for family in &findings.families {
        // One that no other place stood beside is what the others repeat.
        let is_whole = family.new == family.occurrences.len() + 1;
        for place in places(family).skip(usize::from(is_whole)).filter(|place| place.new) {
            count += 1;
            if !removed.contains(&place.doc) {
                spans.entry(&place.doc).or_default().push(Span::new(place.start, place.end));
            }
        }
    }
    (count, spans.into_values().map(|spans| union_len(spans.into_iter())).sum())
}

/// How often each text may still be taken.
#[derive(Default)]
struct Stock(BTreeMap<Fingerprint, usize>);

impl Stock {
    fn add(&mut self, fingerprint: Option<Fingerprint>) {
        if let Some(fingerprint) = fingerprint {
            *self.0.entry(fingerprint).or_default() += 1;
        }
    }

    fn take(&mut self, fingerprint: Option<Fingerprint>) -> bool {
        let left = fingerprint.and_then(|fingerprint| self.0.get_mut(&fingerprint)).filter(|left| **left > 0);
        left.map(|left| *left -= 1).is_some()
    }
}

/// The places of the baseline that have not been taken.
struct Places<'a> {
    all: Vec<&'a PlacedSpan>,
    taken: Vec<bool>,
    /// Numbers of places, by their words and by their document.
    by_words: BTreeMap<Fingerprint, Vec<usize>>,
    by_document: BTreeMap<Name<'a>, Vec<usize>>,
}

/// The share of the words of two excerpts that both have, from which on one is the other, edited.
const ALIKE: f64 = 0.5;

impl<'a> Places<'a> {
    fn new(baseline: &'a [PassageFamily]) -> Self {
        let all: Vec<&PlacedSpan> = baseline.iter().flat_map(places).collect();
        let (mut by_words, mut by_document) = (BTreeMap::<_, Vec<usize>>::new(), BTreeMap::<_, Vec<usize>>::new());
        for (n, place) in all.iter().enumerate() {
            by_document.entry(name(&place.doc)).or_default().push(n);
            if let Some(fingerprint) = place.fingerprint {
                by_words.entry(fingerprint).or_default().push(n);
            }
        }
        Self { taken: vec![false; all.len()], all, by_words, by_document }
    }

    fn take_here(&mut self, place: &PlacedSpan) -> bool {
        self.take(place, |known| name(&known.doc) == name(&place.doc))
    }

    fn take_anywhere(&mut self, place: &PlacedSpan) -> bool {
        self.take(place, |_| true)
    }

    /// Takes a place with the same words.
    fn take(&mut self, place: &PlacedSpan, is_wanted: impl Fn(&PlacedSpan) -> bool) -> bool {
        let same = place.fingerprint.and_then(|fingerprint| self.by_words.get(&fingerprint));
        let found = same.into_iter().flatten().copied().find(|&n| !self.taken[n] && is_wanted(self.all[n]));
        self.mark(found)
    }

    /// Takes the place of the same document that is most alike, if one is.
    fn take_alike(&mut self, place: &PlacedSpan, tokenizer: &Tokenizer) -> bool {
        let here = self.by_document.get(&name(&place.doc)).into_iter().flatten();
        let free = here.copied().filter(|&n| !self.taken[n]);
        let scored = free.map(|n| (n, alikeness(self.all[n], place, tokenizer))).filter(|(_, score)| *score >= ALIKE);
        let best = scored.max_by(|(m, x), (n, y)| x.total_cmp(y).then(n.cmp(m)));
        self.mark(best.map(|(n, _)| n))
    }

    fn mark(&mut self, found: Option<usize>) -> bool {
        found.map(|n| self.taken[n] = true).is_some()
    }
}

/// The share of the words of two excerpts that both have. Passages of very different length are not alike. Where places
/// come without excerpts, as those of large families do, it is the share of the text that both cover.
fn alikeness(a: &PlacedSpan, b: &PlacedSpan, tokenizer: &Tokenizer) -> f64 {
    let length = |place: &PlacedSpan| place.char_end.saturating_sub(place.char_start);
    if length(a).max(length(b)) > 2 * length(a).min(length(b)) {
        return 0.0;
    }
    if a.excerpt.is_empty() || b.excerpt.is_empty() {
        let both = a.char_end.min(b.char_end).saturating_sub(a.char_start.max(b.char_start));
        return both as f64 / (length(a) + length(b) - both).max(1) as f64;
    }
    let words = |place: &PlacedSpan| -> BTreeSet<u64> {
        tokenizer.tokens(&place.excerpt).iter().map(|token| token.hash).collect()
    };
    let (a, b) = (words(a), words(b));
    let both = a.intersection(&b).count();
    both as f64 / (a.len() + b.len() - both).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Member;
    use crate::report::text::samples;

    fn place(source: &str, at: usize, words: &str) -> PlacedSpan {
        let hash = doublon_core::hash::seeded_hash(words.as_bytes(), 0);
        let span = samples::span(samples::doc(source, 0), at..at + words.len(), (1, 1));
        PlacedSpan { excerpt: words.into(), fingerprint: Some(Fingerprint(hash)), ..span }
    }

    fn passages(families: &[&[PlacedSpan]]) -> Findings {
        let family = |places: &&[PlacedSpan]| PassageFamily {
            id: "f1".into(),
            keep: places[0].clone(),
            occurrences: places[1..].to_vec(),
            count: places.len(),
            more_matches: 0,
            new: 0,
        };
        Findings { families: families.iter().map(family).collect(), ..samples::nothing() }
    }

    /// The new places, and what is counted.
    fn new(found: &Findings, baseline: &Findings) -> (Vec<String>, NewRepeats) {
        let mut found = found.clone();
        mark(&mut found, baseline);
        let new = found.families.iter().flat_map(places).filter(|place| place.new);
        (
            new.map(|place| format!("{}:{}", place.doc.source, place.start)).collect(),
            found.summary.new.unwrap_or_default(),
        )
    }

    #[test]
    fn what_only_moved_is_known() {
        let baseline = passages(&[&[place("a", 0, "one two three four"), place("b", 50, "one two three four")]]);
        let moved = passages(&[&[place("a", 900, "one two three four"), place("c", 7, "one two three four")]]);
        assert_eq!(new(&moved, &baseline), (Vec::new(), NewRepeats::default()));
        assert_eq!(new(&baseline, &baseline).0, [""; 0]);
    }

    #[test]
    fn a_record_that_moved_is_known_by_its_id() {
        let of = |record, words: [&str; 2]| {
            let doc = crate::finding::DocumentRef { id: Some("x".into()), ..samples::doc("a.jsonl", record) };
            passages(&[&[
                PlacedSpan { doc: doc.clone(), ..place("", 0, words[0]) },
                PlacedSpan { doc, ..place("", 99, words[1]) },
            ]])
        };
        let baseline = of(7, ["one two three four", "one two three 4"]);
        assert_eq!(new(&of(3, ["one two 3 four", "one two 3 4"]), &baseline).0, [""; 0]);
    }

    #[test]
    fn a_third_place_is_new_and_named() {
        let baseline = passages(&[&[place("b", 0, "one two three four"), place("c", 50, "one two three four")]]);
        let words = "one two three four";
        let found = passages(&[&[place("a", 0, words), place("b", 9, words), place("c", 50, words)]]);
        let (places, counted) = new(&found, &baseline);
        assert_eq!((places, counted.passages, counted.bytes), (vec!["a:0".to_owned()], 1, 18));
    }

    #[test]
    fn of_a_new_family_one_place_is_no_repetition() {
        let found = passages(&[&[place("a", 0, "one two three four"), place("b", 0, "one two three four")]]);
        let (places, counted) = new(&found, &samples::nothing());
        assert_eq!((places.len(), counted.passages, counted.bytes), (2, 1, 18));
    }

    #[test]
    fn a_known_passage_may_be_edited_but_not_become_another() {
        let baseline = passages(&[&[place("a", 0, "one two three four"), place("b", 0, "one two three four")]]);
        let edited = passages(&[&[place("a", 0, "one two three 4"), place("b", 0, "one two three 4")]]);
        assert_eq!(new(&edited, &baseline).0, [""; 0]);
        let long = "one two three four five six seven eight nine ten";
        let grown = passages(&[&[place("a", 0, long), place("b", 0, long)]]);
        assert_eq!(new(&grown, &baseline).1.passages, 1);
    }

    #[test]
    fn a_place_without_an_excerpt_is_known_by_where_it_stands() {
        let bare = |at, words: &str| PlacedSpan { excerpt: "".into(), ..place("a", at, words) };
        let baseline = passages(&[&[place("b", 0, "one two three four"), bare(100, "one two three four")]]);
        let known = |at| {
            let found = passages(&[&[place("b", 0, "one two three four"), bare(at, "one two three")]]);
            new(&found, &baseline).0.is_empty()
        };
        assert_eq!((known(104), known(110)), (true, false));
    }

    fn documents(names: &[(&str, u64)]) -> Findings {
        let (keep, members) = names.split_first().expect("one is kept");
        let member = |&(name, text): &(&str, u64)| Member {
            doc: samples::doc(name, 0),
            jaccard: 1.0,
            containment: 1.0,
            exact: true,
            bytes: 100,
            fingerprint: Some(Fingerprint(text)),
            new: false,
        };
        let cluster = DocumentCluster {
            id: "d1".into(),
            keep: samples::doc(keep.0, 0),
            fingerprint: Some(Fingerprint(keep.1)),
            new: 0,
            members: members.iter().map(member).collect(),
        };
        Findings { clusters: vec![cluster], ..samples::nothing() }
    }

    #[test]
    fn a_document_is_known_by_its_name_or_its_text() {
        let baseline = documents(&[("b", 1), ("c", 1)]);
        let counted = |names| {
            let new = new(&documents(names), &baseline).1;
            (new.documents, new.bytes)
        };
        assert_eq!(counted(&[("b", 1), ("c", 1)]), (0, 0));
        assert_eq!(counted(&[("b", 2), ("c", 3)]), (0, 0), "edited");
        assert_eq!(counted(&[("x", 1), ("y", 1)]), (0, 0), "renamed");
        assert_eq!(counted(&[("b", 1), ("c", 1), ("d", 1)]), (1, 100), "one more");
        assert_eq!(counted(&[("a", 1), ("b", 1), ("c", 1)]), (1, 100), "one more that is kept");
        assert_eq!(counted(&[("x", 7), ("y", 7)]), (1, 100), "others");
    }
}
