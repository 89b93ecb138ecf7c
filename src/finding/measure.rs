//! How much of the text repeats, computed from the findings alone, one finding after another.
//!
//! A byte counts once, in however many passages it stands, so the places of a document have to be joined. They are kept
//! as two numbers each, and joined whenever there are twice as many as after the last time: memory grows with the
//! stretches of text that repeat (32 bytes each), not with what is known of them. Removed documents take a bit each,
//! and up to 40 bytes where they stand far apart in their sources.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use doublon_core::Span;

use super::collected::Findings;
use super::document::{DocumentCluster, DocumentRef};
use super::passage::{PassageFamily, PlacedSpan};
use super::summary::Summary;

/// How much of the compared text is repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repeated {
    /// Bytes of text in all documents compared, without those that others were only compared with.
    pub text: u64,
    /// Bytes of text in the removed documents.
    pub documents: u64,
    /// Bytes of text in the kept documents that only repeat a passage kept elsewhere, each byte once.
    pub passages: u64,
}

impl Repeated {
    /// Measures the findings of a run. Of a family, the places that are listed count.
    pub fn of(findings: &Findings) -> Self {
        let mut measure = RepeatMeasure::default();
        findings.clusters.iter().for_each(|cluster| measure.cluster(cluster));
        findings.families.iter().for_each(|family| measure.family(family));
        measure.finish(&findings.summary)
    }

    /// Returns the share of the text that could go without losing anything, `0.0..=1.0`; 0 if there is no text.
    pub fn share(self) -> f64 {
        if self.text == 0 { 0.0 } else { self.documents.saturating_add(self.passages) as f64 / self.text as f64 }
    }
}

/// Adds up what repeats while findings come: all clusters first, then families, as in the stream.
#[derive(Debug, Default)]
pub struct RepeatMeasure {
    sources: SourceNumbers,
    removed: DocumentSet,
    repeats: RepeatedStretches,
}

impl RepeatMeasure {
    /// Counts the documents that go.
    pub fn cluster(&mut self, cluster: &DocumentCluster) {
        for member in &cluster.members {
            self.removed.insert(self.sources.place(&member.doc));
        }
    }

    /// Counts the places of a family but the kept one.
    pub fn family(&mut self, family: &PassageFamily) {
        family.occurrences.iter().for_each(|place| self.place(place));
    }

    /// Counts a place, unless its document goes as a whole.
    pub fn place(&mut self, place: &PlacedSpan) {
        let document = self.sources.place(&place.doc);
        if !self.removed.contains(document) {
            self.repeats.add(document, bytes_of(place));
        }
    }

    /// Returns how many bytes are in any of the places counted.
    pub fn bytes_of_places(&mut self) -> u64 {
        self.repeats.by_document().map(|(_, bytes)| bytes).fold(0, u64::saturating_add)
    }

    /// Returns the measure of all that was counted.
    pub fn finish(mut self, summary: &Summary) -> Repeated {
        let passages = self.bytes_of_places();
        Repeated { text: summary.judged_bytes(), documents: summary.removed_bytes, passages }
    }
}

/// The number of a source, and of a record in it.
pub(super) type DocumentPlace = (u32, u64);

/// Sources by number, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct SourceNumbers {
    numbers: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
}

impl SourceNumbers {
    /// Returns the place of a document.
    pub fn place(&mut self, doc: &DocumentRef) -> DocumentPlace {
        (self.number(&doc.source), doc.record)
    }

    /// Returns the place of a document whose source was met.
    pub fn known_place(&self, doc: &DocumentRef) -> Option<DocumentPlace> {
        self.numbers.get(&doc.source).map(|&number| (number, doc.record))
    }

    /// Returns the number of a source.
    pub fn number(&mut self, source: &Arc<str>) -> u32 {
        if let Some(&number) = self.numbers.get(source) {
            return number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.numbers.insert(source.clone(), number);
        self.names.push(source.clone());
        number
    }

    /// Returns the names of all sources, by number.
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }
}

/// A set of documents, 64 neighbours in a number.
#[derive(Debug, Default)]
struct DocumentSet(BTreeMap<DocumentPlace, u64>);

impl DocumentSet {
    fn insert(&mut self, (source, record): DocumentPlace) {
        *self.0.entry((source, record / 64)).or_default() |= 1 << (record % 64);
    }

    fn contains(&self, (source, record): DocumentPlace) -> bool {
        self.0.get(&(source, record / 64)).is_some_and(|bits| bits & (1 << (record % 64)) != 0)
    }
}

/// Stretches of documents, of which those that overlap are joined now and then.
#[derive(Debug, Default)]
pub(super) struct RepeatedStretches {
    all: Vec<RepeatedStretch>,
    /// How many there were when they were joined last.
    joined: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RepeatedStretch {
    document: DocumentPlace,
    start: u64,
    end: u64,
}

/// Stretches below which they are not joined before the end.
const FEW: usize = 1 << 12;

impl RepeatedStretches {
    /// Adds a span of a document.
    pub fn add(&mut self, document: DocumentPlace, span: Span) {
        self.all.push(RepeatedStretch { document, start: span.start as u64, end: span.end as u64 });
        if self.all.len() >= FEW.max(2 * self.joined) {
            self.join();
        }
    }

    /// Returns the documents in order, each with how many of its bytes are in any of the stretches.
    pub fn by_document(&mut self) -> impl Iterator<Item = (DocumentPlace, u64)> {
        self.join();
        let documents = self.all.chunk_by(|x, y| x.document == y.document);
        documents.map(|of| (of[0].document, of.iter().map(|stretch| stretch.end - stretch.start).sum()))
    }

    fn join(&mut self) {
        self.all.sort_unstable();
        self.all.dedup_by(|next, last| {
            let is_met = last.document == next.document && next.start <= last.end;
            if is_met {
                last.end = last.end.max(next.end);
            }
            is_met
        });
        self.joined = self.all.len();
    }
}

/// Returns the bytes of a place. Findings from a file may say anything, so a place that ends before it starts is empty.
pub fn bytes_of(place: &PlacedSpan) -> Span {
    Span::new(place.start, place.end.max(place.start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::samples;

    #[test]
    fn each_repeated_byte_counts_once_however_many_places_there_are() {
        let mut stretches = RepeatedStretches::default();
        for (start, end) in [(10, 20), (0, 12), (15, 18), (30, 31)] {
            stretches.add((0, 0), Span::new(start, end));
        }
        for n in 0..3 * FEW {
            stretches.add((1, n as u64 % 7), Span::new(n % 50, n % 50 + 10));
        }
        let measured: Vec<_> = stretches.by_document().collect();
        assert_eq!(measured[0], ((0, 0), 21));
        assert_eq!(measured[1..].iter().map(|(_, bytes)| *bytes).collect::<Vec<_>>(), [59; 7]);
        assert!(stretches.all.len() < FEW, "they are joined on the way");
    }

    #[test]
    fn the_seed_article_repeats_the_teaser() {
        let repeated = Repeated::of(&samples::seed());
        assert_eq!(repeated, Repeated { text: 2948, documents: 0, passages: 390 });
        assert!((repeated.share() - 390.0 / 2948.0).abs() < 1e-12);
        assert!(Repeated::default().share().abs() < 1e-12);
    }

    #[test]
    fn passages_of_removed_documents_do_not_count_twice() {
        let mut findings = samples::documents();
        let doc = findings.clusters[0].members[0].doc.clone();
        let place = samples::span(doc, 0..10, (1, 1));
        findings.families.push(samples::family("f1", place.clone(), vec![place]));
        assert_eq!(Repeated::of(&findings).passages, 0);
    }
}
