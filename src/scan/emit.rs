//! From numbers of documents to findings that name them, handed out one by one.
//!
//! `DocumentNames` are read again where they are wanted, some thousand documents at a time, so that millions of findings take no
//! more memory than a few.

use std::sync::Arc;

use doublon_core::hash::seeded_hash;
use doublon_core::kernel::TextMasker;
use doublon_core::text::Tokenizer;
use rayon::prelude::*;

use super::counts::IntakeCounts;
use super::describe::opening;
use super::differences::{self, CopyDifferences};
use super::documents::{Documents, MeasuredPair, Removal};
use super::passages::Passages;
use super::skipped::SkippedList;
use super::texts::Texts;
use crate::error::{Error, Result};
use crate::finding::{
    AgainstDocuments, DocumentCluster, DocumentPair, DocumentRef, Equality, Finding, Fingerprint, Header, IgnoredText,
    Member, Parameters, RecallEstimate, Sink, SourceInfo, Summary,
};
use crate::store::Budget;

/// What a run read, and what is needed to name what it found.
pub(super) struct Emission<'a> {
    pub texts: &'a Texts,
    pub parameters: &'a Parameters,
    pub sources: Vec<SourceInfo>,
    pub counts: IntakeCounts,
    pub skipped: SkippedList,
    /// Documents with a word.
    pub compared: u64,
    pub budget: &'a Budget,
}

/// Documents that are named at a time.
const NAMED: usize = 1 << 14;

/// The names of some documents, ascending.
struct DocumentNames(Vec<NamedDocument>);

struct NamedDocument {
    doc: u32,
    reference: DocumentRef,
    text_bytes: u64,
    /// The first words, of documents that others repeat.
    opening: Arc<str>,
    /// None if it could not be read again.
    fingerprint: Option<Fingerprint>,
}

impl Emission<'_> {
    /// Hands out everything, and returns the summary.
    pub fn send(mut self, documents: Documents, passages: Passages, sink: &mut dyn Sink) -> Result<Summary> {
        let sources = std::mem::take(&mut self.sources);
        let (parameters, index) = (self.parameters.clone(), self.texts.held().map(|held| held.source().0));
        sink.receive(Finding::Header(Header { parameters, index, sources, ..Header::default() }))?;
        let Documents { removed, pairs, recall, lost } = documents;
        let (removed_count, mut lost_count) = (removed.len() as u64, lost.len() as u64);
        let removed_bytes = self.send_clusters(removed, sink)?;
        self.send_pairs(&pairs, sink)?;
        drop(pairs);
        for (_, why) in &lost {
            self.skipped.push(why);
        }
        let counts = passages.counts();
        for (_, why) in passages.send(self.texts, self.budget, sink)? {
            // It was read before, so it counts as a document that stays; the sources have changed since.
            self.skipped.push(&why);
            lost_count += 1;
        }
        let compared = self.compared - lost_count;
        let summary = Summary {
            documents: compared + self.skipped.documents(),
            kept: compared - removed_count.min(compared),
            removed: removed_count,
            skipped: self.skipped.counts(),
            other_files: self.skipped.other_files(),
            left_out: std::mem::take(&mut self.counts.left_out),
            against: self.against(),
            text_bytes: self.counts.text_bytes - self.counts.known_bytes,
            removed_bytes,
            lossy: self.counts.lossy,
            with_id: self.parameters.input.names_id().then_some(self.counts.with_id),
            with_value: self.parameters.config.keep.field().map(|_| self.counts.with_value),
            ignored: self.ignored(),
            unclosed: std::mem::take(&mut self.counts.unclosed),
            encodings: std::mem::take(&mut self.counts.encodings),
            recall_estimate: recall.map(|recall| RecallEstimate {
                value: recall.value,
                low: recall.low,
                high: recall.high,
            }),
            passage_matches: counts.matches,
            passage_families: counts.families,
            passage_classes: counts.classes,
            short_repeats: counts.short_repeats,
            contamination: None,
            new: None,
        };
        self.check(compared)?;
        self.skipped.for_each(|skipped| sink.receive(Finding::Skipped(skipped)))?;
        sink.receive(Finding::Summary(summary.clone()))?;
        Ok(summary)
    }

    fn against(&self) -> Option<AgainstDocuments> {
        let IntakeCounts { against_documents: documents, against_bytes: text_bytes, .. } = self.counts;
        self.parameters.config.against.then_some(AgainstDocuments { documents, text_bytes })
    }

    fn ignored(&self) -> Option<IgnoredText> {
        let IntakeCounts { known_places, known_bytes, known_documents, ignored, .. } = &self.counts;
        let (places, bytes) = (known_places + ignored.places, known_bytes + ignored.bytes);
        let is_met = !self.parameters.config.known_text.is_none() || places > 0;
        is_met.then_some(IgnoredText { places, bytes, documents: *known_documents })
    }

    /// Checks that all that was met is accounted for.
    fn check(&self, compared: u64) -> Result<()> {
        let (met, accounted) = (self.counts.records + self.counts.skipped_sources, compared + self.skipped.documents());
        if met == accounted { Ok(()) } else { Err(Error::Miscounted { met, accounted }) }
    }

    /// Hands out the removals by keeper, in order of the keepers; returns the bytes of text in the removed documents.
    fn send_clusters(&self, mut removed: Vec<Removal>, sink: &mut dyn Sink) -> Result<u64> {
        removed.par_sort_unstable_by_key(|removal| (removal.keeper, removal.doc));
        let (mut number, mut bytes) = (0, 0);
        let tokenizer = Tokenizer::new(self.parameters.config.text, self.parameters.config.seed);
        let masker = TextMasker::new(&self.parameters.config);
        let largest = differences::largest(&removed);
        let mut rest = removed.as_slice();
        while !rest.is_empty() {
            let part = whole_clusters(rest, NAMED);
            rest = &rest[part.len()..];
            let docs = part.iter().flat_map(|removal| [removal.keeper, removal.doc]);
            let is_kept = |doc| part.binary_search_by_key(&doc, |removal| removal.keeper).is_ok();
            let names = DocumentNames::read(self.texts, Some(&masker), docs, is_kept)?;
            let mut differences = differences::of_copies(self.texts, &tokenizer, part, &largest);
            for of_keeper in part.chunk_by(|x, y| x.keeper == y.keeper) {
                number += 1;
                let keep = names.get(of_keeper[0].keeper);
                let members: Vec<Member> =
                    of_keeper.iter().map(|removal| names.member(removal, differences.remove(&removal.doc))).collect();
                bytes += members.iter().map(|member| member.bytes).sum::<u64>();
                sink.receive(Finding::DocumentCluster(DocumentCluster {
                    id: format!("d{number}"),
                    keep: keep.reference.clone(),
                    indexed: None,
                    opening: keep.opening.clone(),
                    bytes: keep.text_bytes,
                    fingerprint: keep.fingerprint,
                    new: 0,
                    members,
                }))?;
            }
        }
        Ok(bytes)
    }

    fn send_pairs(&self, pairs: &[MeasuredPair], sink: &mut dyn Sink) -> Result<()> {
        for part in pairs.chunks(NAMED / 2) {
            let names =
                DocumentNames::read(self.texts, None, part.iter().flat_map(|pair| [pair.a, pair.b]), |_| false)?;
            part.iter().try_for_each(|pair| sink.receive(Finding::DocumentPair(names.pair(pair))))?;
        }
        Ok(())
    }
}

/// Returns the first removals, which are ordered by keeper: about so many, and all of each keeper among them.
fn whole_clusters(removed: &[Removal], count: usize) -> &[Removal] {
    let at_least = &removed[..count.min(removed.len())];
    let last = at_least[at_least.len() - 1].keeper;
    let more = removed[at_least.len()..].iter().take_while(|removal| removal.keeper == last).count();
    &removed[..at_least.len() + more]
}

impl DocumentNames {
    /// Reads the names of documents, how long their texts are without known text, and how those open that are kept.
    fn read(
        texts: &Texts,
        masker: Option<&TextMasker>,
        docs: impl Iterator<Item = u32>,
        is_kept: impl Fn(u32) -> bool + Sync,
    ) -> Result<Self> {
        let mut docs: Vec<u32> = docs.collect();
        docs.sort_unstable();
        docs.dedup();
        let names = docs.into_par_iter().with_min_len(64).map_init(
            || (texts.reader(), masker.cloned()),
            |(reader, masker), doc| {
                let (source, record) = texts.position(doc)?;
                Ok(if let Ok(document) = reader.read(doc) {
                    let masked = masker.as_mut().map_or(0, |masker| masker.masks(&document.text).bytes());
                    let text_bytes = (document.text.len() - masked) as u64;
                    let fingerprint = Some(Fingerprint(seeded_hash(document.text.as_bytes(), 0)));
                    let opening = if is_kept(doc) { opening(&document.text).into() } else { Arc::default() };
                    let reference = texts.reference(doc, &document);
                    NamedDocument { doc, reference, text_bytes, opening, fingerprint }
                } else {
                    // It can no longer be read, but is still named by its place.
                    let source = texts.names[source as usize].clone();
                    let reference = DocumentRef { source, record, id: None, metadata: None };
                    NamedDocument { doc, reference, text_bytes: 0, opening: Arc::default(), fingerprint: None }
                })
            },
        );
        Ok(Self(names.collect::<Result<_>>()?))
    }

    fn get(&self, doc: u32) -> &NamedDocument {
        &self.0[self.0.partition_point(|named| named.doc < doc)]
    }

    fn member(&self, removal: &Removal, differences: Option<CopyDifferences>) -> Member {
        let (differences, more_differences) = differences.unwrap_or_default();
        let named = self.get(removal.doc);
        Member {
            doc: named.reference.clone(),
            jaccard: removal.overlap.jaccard(),
            containment: removal.overlap.containment_b(),
            exact: removal.equality == Equality::Bytes,
            equality: removal.equality,
            differences,
            more_differences,
            bytes: named.text_bytes,
            fingerprint: named.fingerprint,
            new: false,
        }
    }

    fn pair(&self, pair: &MeasuredPair) -> DocumentPair {
        DocumentPair {
            a: self.get(pair.a).reference.clone(),
            b: self.get(pair.b).reference.clone(),
            jaccard: pair.overlap.jaccard(),
            containment_a: pair.overlap.containment_a(),
            containment_b: pair.overlap.containment_b(),
        }
    }
}
