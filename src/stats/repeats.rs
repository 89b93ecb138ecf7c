//! What findings say of each document, and of the corpus: how much of it repeats.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::finding::statistics::{DocumentRepeats, FrequentPassage, RepeatSummary};
use crate::finding::{DocumentRef, Findings, PassageFamily, PlacedSpan, Repeated};

/// What findings say of each document.
pub(super) struct CorpusRepeats {
    of_documents: BTreeMap<Position, DocumentRepeats>,
    families: u64,
    measured: Repeated,
}

/// The source of a document, and the record in it.
type Position = (Arc<str>, u64);

impl CorpusRepeats {
    pub fn of(findings: &Findings) -> Self {
        let mut places: BTreeMap<Position, DocumentPlaces> = BTreeMap::new();
        for family in &findings.families {
            let mut met = BTreeSet::from([position(&family.keep.doc)]);
            for place in &family.occurrences {
                let position = position(&place.doc);
                let stood_before = !met.insert(position.clone());
                places.entry(position).or_default().add(stood_before, place);
            }
        }
        let mut of_documents: BTreeMap<_, _> =
            places.into_iter().map(|(position, places)| (position, places.measured())).collect();
        for member in findings.clusters.iter().flat_map(|cluster| &cluster.members) {
            of_documents.entry(position(&member.doc)).or_default().duplicate = true;
        }
        Self { of_documents, families: findings.families.len() as u64, measured: Repeated::of(findings) }
    }

    pub fn document(&self, doc: &DocumentRef) -> DocumentRepeats {
        self.of_documents.get(&position(doc)).copied().unwrap_or_default()
    }

    /// Sums up. `characters` are those of all documents that are no duplicates.
    pub fn summary(&self, characters: u64) -> RepeatSummary {
        let kept = || self.of_documents.values().filter(|document| !document.duplicate);
        RepeatSummary {
            duplicates: self.of_documents.values().filter(|document| document.duplicate).count() as u64,
            characters,
            within: kept().map(|document| document.repeated_within).sum(),
            across: kept().map(|document| document.repeated_across).sum(),
            families: self.families,
            text_bytes: self.measured.text,
            repeated_bytes: self.measured.documents + self.measured.passages,
        }
    }
}

/// Returns the families, those with the most repeated text first.
pub(super) fn frequent_passages(families: &[PassageFamily]) -> Vec<FrequentPassage> {
    let mut passages: Vec<_> = families.iter().map(frequent).collect();
    passages.sort_by_key(|passage| std::cmp::Reverse((passage.count - 1) * passage.characters));
    passages
}

fn frequent(family: &PassageFamily) -> FrequentPassage {
    let documents: BTreeSet<Position> =
        family.occurrences.iter().chain([&family.keep]).map(|place| position(&place.doc)).collect();
    FrequentPassage {
        family: family.id.clone(),
        count: family.count.max(1) as u64,
        documents: documents.len() as u64,
        characters: (family.keep.char_end - family.keep.char_start) as u64,
        keep: family.keep.clone(),
    }
}

fn position(doc: &DocumentRef) -> Position {
    (doc.source.clone(), doc.record)
}

/// The places in one document that repeat something, in characters.
#[derive(Default)]
struct DocumentPlaces {
    within: Vec<(usize, usize)>,
    across: Vec<(usize, usize)>,
}

impl DocumentPlaces {
    fn add(&mut self, stood_before: bool, place: &PlacedSpan) {
        let places = if stood_before { &mut self.within } else { &mut self.across };
        places.push((place.char_start, place.char_end));
    }

    /// Each character counts once: within, if it repeats both.
    fn measured(mut self) -> DocumentRepeats {
        let within = union_len(&mut self.within);
        self.across.extend(&self.within);
        let repeated_across = union_len(&mut self.across) - within;
        DocumentRepeats { duplicate: false, repeated_within: within, repeated_across }
    }
}

fn union_len(places: &mut [(usize, usize)]) -> u64 {
    places.sort_unstable();
    let (mut len, mut covered_to) = (0, 0);
    for &mut (start, end) in places {
        len += end.saturating_sub(start.max(covered_to));
        covered_to = covered_to.max(end);
    }
    len as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::samples;

    fn place(source: &str, characters: std::ops::Range<usize>) -> PlacedSpan {
        samples::span(samples::doc(source, 0), characters, (1, 1))
    }

    fn family(keep: PlacedSpan, occurrences: Vec<PlacedSpan>) -> PassageFamily {
        samples::family("f1", keep, occurrences)
    }

    #[test]
    fn what_stands_earlier_in_the_document_is_within_and_counts_once() {
        let mut findings = samples::nothing();
        findings.families = vec![
            family(place("a", 0..10), vec![place("a", 20..30), place("b", 0..10), place("b", 50..60)]),
            family(place("c", 0..9), vec![place("b", 5..14), place("a", 25..34)]),
        ];
        let repeats = CorpusRepeats::of(&findings);
        let measured = |source: &str| {
            let found = repeats.document(&samples::doc(source, 0));
            (found.repeated_within, found.repeated_across)
        };
        assert_eq!((measured("a"), measured("b"), measured("c")), ((10, 4), (10, 14), (0, 0)));
        let summary = repeats.summary(500);
        assert_eq!((summary.within, summary.across, summary.families), (20, 18, 2));
    }

    #[test]
    fn duplicates_are_known_and_their_passages_not_summed_up() {
        let mut findings = samples::documents();
        let doc = findings.clusters[0].members[1].doc.clone();
        findings.families = vec![family(place("a", 0..10), vec![PlacedSpan { doc: doc.clone(), ..place("b", 0..10) }])];
        let repeats = CorpusRepeats::of(&findings);
        assert!(repeats.document(&doc).duplicate && !repeats.document(&findings.clusters[0].keep).duplicate);
        let summary = repeats.summary(100);
        assert_eq!((summary.duplicates, summary.across, summary.repeated_bytes), (2, 0, 6000));
    }

    #[test]
    fn passages_with_the_most_repeated_text_come_first() {
        let mut findings = samples::nothing();
        let long = family(place("a", 0..100), vec![place("b", 0..100)]);
        let often = family(place("a", 200..230), (0..5).map(|n| place("b", n * 50..n * 50 + 30)).collect());
        findings.families = vec![long, often];
        let found: Vec<_> =
            frequent_passages(&findings.families).iter().map(|p| (p.count, p.documents, p.characters)).collect();
        assert_eq!(found, [(6, 2, 30), (2, 2, 100)]);
    }
}
