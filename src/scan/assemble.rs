//! From numbers of documents to findings that name them.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::corpus::Corpus;
use super::documents::{Documents, Pair, Removal};
use super::passages::Passages;
use crate::error::{Error, Result};
use crate::finding::Parameters;
use crate::finding::{
    DocumentCluster, DocumentPair, DocumentRef, Findings, Fingerprint, Header, Member, Reason, RecallEstimate, SCHEMA,
    Skipped, Summary,
};
use doublon_core::hash::seeded_hash;

/// What a run found, and what is needed to name it.
pub(super) struct Assembly<'a> {
    corpus: &'a Corpus,
    parameters: &'a Parameters,
    documents: Documents,
    skipped: Vec<Skipped>,
    /// Documents that were compared.
    compared: u64,
    /// The documents that are named, ascending.
    named: Vec<Named>,
}

struct Named {
    doc: u32,
    reference: DocumentRef,
    text_bytes: u64,
    /// None if it could not be read again.
    fingerprint: Option<Fingerprint>,
}

impl<'a> Assembly<'a> {
    pub fn new(
        corpus: &'a Corpus,
        parameters: &'a Parameters,
        documents: Documents,
        empty: Vec<u32>,
        mut skipped: Vec<Skipped>,
    ) -> Result<Self> {
        let lost = documents.lost.len();
        let compared = (corpus.texts.len() - empty.len() - lost) as u64;
        for doc in empty {
            let (source, record) = corpus.texts.position(doc)?;
            let source = corpus.texts.sources[source as usize].name();
            skipped.push(Skipped { source, record: Some(record), offset: None, reason: Reason::Empty, detail: None });
        }
        skipped.extend(documents.lost.iter().map(|(_, why)| why.clone()));
        skipped.sort();
        let (met, accounted) = (corpus.records + corpus.skipped_sources, compared + skipped.len() as u64);
        if met != accounted {
            return Err(Error::Miscounted { met, accounted });
        }
        let named = name(corpus, &documents)?;
        Ok(Self { corpus, parameters, documents, skipped, compared, named })
    }

    pub fn findings(self, passages: Passages) -> Findings {
        let header = Header {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            parameters: self.parameters.clone(),
            sources: self.corpus.sources.clone(),
        };
        let clusters = self.clusters();
        let pairs = self.documents.pairs.iter().map(|pair| self.pair(pair)).collect();
        let summary = self.summary(&passages);
        let Passages { matches, families, .. } = passages;
        Findings { header, clusters, pairs, matches, families, skipped: self.skipped, summary }
    }

    /// The removals by keeper, in order of the keepers.
    fn clusters(&self) -> Vec<DocumentCluster> {
        let mut members: BTreeMap<u32, Vec<Member>> = BTreeMap::new();
        for removal in &self.documents.removed {
            members.entry(removal.keeper).or_default().push(self.member(removal));
        }
        let cluster = |((keeper, members), number)| DocumentCluster {
            id: format!("d{number}"),
            keep: self.named(keeper).reference.clone(),
            fingerprint: self.named(keeper).fingerprint,
            new: 0,
            members,
        };
        members.into_iter().zip(1..).map(cluster).collect()
    }

    fn member(&self, removal: &Removal) -> Member {
        let named = self.named(removal.doc);
        Member {
            doc: named.reference.clone(),
            jaccard: removal.overlap.jaccard(),
            containment: removal.overlap.containment_b(),
            exact: removal.exact,
            bytes: named.text_bytes,
            fingerprint: named.fingerprint,
            new: false,
        }
    }

    fn pair(&self, pair: &Pair) -> DocumentPair {
        DocumentPair {
            a: self.named(pair.a).reference.clone(),
            b: self.named(pair.b).reference.clone(),
            jaccard: pair.overlap.jaccard(),
            containment_a: pair.overlap.containment_a(),
            containment_b: pair.overlap.containment_b(),
        }
    }

    fn summary(&self, passages: &Passages) -> Summary {
        let mut skipped = BTreeMap::new();
        for why in &self.skipped {
            *skipped.entry(why.reason.name().to_owned()).or_insert(0) += 1;
        }
        let removed = self.documents.removed.len() as u64;
        let recall = self.documents.recall;
        Summary {
            documents: self.compared + self.skipped.len() as u64,
            kept: self.compared - removed,
            removed,
            skipped,
            text_bytes: self.corpus.text_bytes,
            removed_bytes: self.documents.removed.iter().map(|removal| self.named(removal.doc).text_bytes).sum(),
            lossy: self.corpus.lossy,
            with_value: self.parameters.config.keep.field().map(|_| self.corpus.with_value),
            encodings: self.corpus.encodings.clone(),
            recall_estimate: recall.map(|recall| RecallEstimate {
                value: recall.value,
                low: recall.low,
                high: recall.high,
            }),
            passage_matches: passages.all_matches,
            passage_families: passages.families.len() as u64,
            short_repeats: passages.short_repeats,
            new: None,
        }
    }

    fn named(&self, doc: u32) -> &Named {
        let at = self.named.partition_point(|named| named.doc < doc);
        &self.named[at]
    }
}

/// Reads the ids of all documents that findings will name.
fn name(corpus: &Corpus, documents: &Documents) -> Result<Vec<Named>> {
    let removed = documents.removed.iter().flat_map(|removal| [removal.doc, removal.keeper]);
    let paired = documents.pairs.iter().flat_map(|pair| [pair.a, pair.b]);
    let mut docs: Vec<u32> = removed.chain(paired).collect();
    docs.sort_unstable();
    docs.dedup();
    docs.into_par_iter()
        .with_min_len(64)
        .map_init(
            || corpus.texts.reader(),
            |reader, doc| {
                let (source, record) = corpus.texts.position(doc)?;
                Ok(if let Ok(document) = reader.read(doc) {
                    let text_bytes = document.text.len() as u64;
                    let fingerprint = Some(Fingerprint(seeded_hash(document.text.as_bytes(), 0)));
                    Named { doc, reference: corpus.reference(doc, &document), text_bytes, fingerprint }
                } else {
                    // It can no longer be read, but is still named by its place.
                    let reference = DocumentRef { source: corpus.names[source as usize].clone(), record, id: None };
                    Named { doc, reference, text_bytes: 0, fingerprint: None }
                })
            },
        )
        .collect()
}
