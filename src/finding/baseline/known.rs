//! What is held of the earlier findings: hashes of names and texts, and the excerpts of passages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use doublon_core::hash::content_hash;
use doublon_core::text::Tokenizer;

use crate::error::Result;
use crate::finding::{DocumentCluster, DocumentRef, Finding, Fingerprint, Parameters, PassageFamily, PlacedSpan, Sink};

/// The findings of an earlier run, as far as they decide what is new.
#[derive(Debug, Default)]
pub struct Baseline {
    parameters: Parameters,
    pub(super) duplicates: KnownDuplicates,
    pub(super) places: KnownPlaces,
}

impl Baseline {
    /// Returns what determined the earlier findings.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }
}

/// Takes the earlier findings.
impl Sink for Baseline {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => self.parameters = header.parameters,
            Finding::DocumentCluster(cluster) => self.duplicates.add(&cluster),
            Finding::PassageFamily(family) => places(&family).for_each(|place| self.places.add(place)),
            _ => {}
        }
        Ok(())
    }
}

/// A hash of what a document is called, wherever it moves in its source: by its own id, if it has one.
type DocumentName = u128;

fn document_name(doc: &DocumentRef) -> DocumentName {
    let DocumentRef { source, record, .. } = doc;
    let name = match doc.own_id() {
        Some(id) => format!("{source}\0id\0{id}"),
        None => format!("{source}\0{record}"),
    };
    content_hash(name.as_bytes())
}

/// A document of a cluster.
pub(super) struct Duplicate<'a> {
    doc: &'a DocumentRef,
    fingerprint: Option<Fingerprint>,
}

/// Returns the documents of a cluster, the kept one first.
pub(super) fn duplicates(cluster: &DocumentCluster) -> impl Iterator<Item = Duplicate<'_>> {
    let keep = Duplicate { doc: &cluster.keep, fingerprint: cluster.fingerprint };
    let members = cluster.members.iter().map(|m| Duplicate { doc: &m.doc, fingerprint: m.fingerprint });
    [keep].into_iter().chain(members)
}

/// Returns the places of a family, the kept one first.
pub(super) fn places(family: &PassageFamily) -> impl Iterator<Item = &PlacedSpan> {
    [&family.keep].into_iter().chain(&family.occurrences)
}

/// The documents in clusters of the baseline.
#[derive(Debug, Default)]
pub(super) struct KnownDuplicates {
    names: BTreeSet<DocumentName>,
    /// How often each text may still make a document known.
    texts: BTreeMap<Fingerprint, usize>,
}

impl KnownDuplicates {
    fn add(&mut self, cluster: &DocumentCluster) {
        for known in duplicates(cluster) {
            self.names.insert(document_name(known.doc));
            if let Some(fingerprint) = known.fingerprint {
                *self.texts.entry(fingerprint).or_default() += 1;
            }
        }
    }

    /// Returns whether the baseline names the document.
    pub fn has_name(&self, duplicate: &Duplicate<'_>) -> bool {
        self.names.contains(&document_name(duplicate.doc))
    }

    /// Takes a document with the same text, if one is left.
    pub fn take_text(&mut self, duplicate: &Duplicate<'_>) -> bool {
        let left = duplicate.fingerprint.and_then(|fingerprint| self.texts.get_mut(&fingerprint));
        left.filter(|left| **left > 0).map(|left| *left -= 1).is_some()
    }
}

/// The places of the baseline.
#[derive(Debug, Default)]
pub(super) struct KnownPlaces {
    all: Vec<KnownPlace>,
    /// Numbers of places, by their words and by their document.
    by_words: BTreeMap<Fingerprint, Vec<usize>>,
    by_document: BTreeMap<DocumentName, Vec<usize>>,
}

#[derive(Debug)]
struct KnownPlace {
    document: DocumentName,
    char_start: usize,
    char_end: usize,
    excerpt: Arc<str>,
    /// Whether it has made another place known.
    is_taken: bool,
}

/// The share of the words of two excerpts that both have, from which on one is the other, edited.
const ALIKE: f64 = 0.5;

impl KnownPlaces {
    fn add(&mut self, place: &PlacedSpan) {
        let (n, document) = (self.all.len(), document_name(&place.doc));
        self.by_document.entry(document).or_default().push(n);
        if let Some(fingerprint) = place.fingerprint {
            self.by_words.entry(fingerprint).or_default().push(n);
        }
        let PlacedSpan { char_start, char_end, .. } = *place;
        self.all.push(KnownPlace { document, char_start, char_end, excerpt: place.excerpt.clone(), is_taken: false });
    }

    /// Takes a place with the same words in the same document, if one is left.
    pub fn take_here(&mut self, place: &PlacedSpan) -> bool {
        let document = document_name(&place.doc);
        self.take_same(place, |known| known.document == document)
    }

    /// Takes a place with the same words in any document, if one is left.
    pub fn take_anywhere(&mut self, place: &PlacedSpan) -> bool {
        self.take_same(place, |_| true)
    }

    fn take_same(&mut self, place: &PlacedSpan, is_wanted: impl Fn(&KnownPlace) -> bool) -> bool {
        let same = place.fingerprint.and_then(|fingerprint| self.by_words.get(&fingerprint));
        let is_free = |n: &usize| !self.all[*n].is_taken && is_wanted(&self.all[*n]);
        let found = same.into_iter().flatten().copied().find(is_free);
        self.take(found)
    }

    /// Takes the place of the same document that is most alike, if one is.
    pub fn take_alike(&mut self, place: &PlacedSpan, tokenizer: &Tokenizer) -> bool {
        let here = self.by_document.get(&document_name(&place.doc)).into_iter().flatten();
        let free = here.copied().filter(|&n| !self.all[n].is_taken);
        let scored = free.map(|n| (n, self.all[n].alikeness(place, tokenizer))).filter(|(_, score)| *score >= ALIKE);
        let best = scored.max_by(|(m, x), (n, y)| x.total_cmp(y).then(n.cmp(m)));
        self.take(best.map(|(n, _)| n))
    }

    fn take(&mut self, found: Option<usize>) -> bool {
        found.map(|n| self.all[n].is_taken = true).is_some()
    }
}

impl KnownPlace {
    /// The share of the words of two excerpts that both have. Passages of very different length are not alike. Where
    /// places come without excerpts, as those of large families do, it is the share of the text that both cover.
    fn alikeness(&self, other: &PlacedSpan, tokenizer: &Tokenizer) -> f64 {
        let a = self.char_end.saturating_sub(self.char_start);
        let b = other.char_end.saturating_sub(other.char_start);
        if a.max(b) > 2 * a.min(b) {
            return 0.0;
        }
        if self.excerpt.is_empty() || other.excerpt.is_empty() {
            let end = self.char_end.min(other.char_end);
            let both = end.saturating_sub(self.char_start.max(other.char_start));
            return both as f64 / (a + b - both).max(1) as f64;
        }
        let words = |text: &str| -> BTreeSet<u64> { tokenizer.tokens(text).iter().map(|token| token.hash).collect() };
        let (a, b) = (words(&self.excerpt), words(&other.excerpt));
        let both = a.intersection(&b).count();
        both as f64 / (a.len() + b.len() - both).max(1) as f64
    }
}
