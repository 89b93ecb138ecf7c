//! From what was decided to findings, as a scan hands them out.

use std::collections::HashMap;
use std::sync::Arc;

use doublon_core::candidate::estimate::RecallEstimator;
use doublon_core::candidate::{Bands, Chance};
use doublon_core::verify::Overlap;

use super::batch::Piece;
use super::bytes::ByteReader;
use super::layout::NAMES;
use super::names::DocumentName;
use super::segment::NamedRow;
use super::snapshot::{RowPlace, Snapshot};
use crate::error::{Error, Result};
use crate::finding::{
    AgainstDocuments, DocumentCluster, DocumentRef, Equality, Finding, Fingerprint, Header, HeldIndex, Member,
    Parameters, RecallEstimate, Sink, SourceInfo, Summary,
};
use crate::scan::{IntakeCounts, RepeatedValues, SkippedList};
use crate::store::Spool;

/// A document of a run that is a duplicate.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunMember {
    pub keeper: RowPlace,
    /// Its number in the run.
    pub number: u64,
    pub source: u32,
    pub record: u64,
    pub text_bytes: u64,
    pub fingerprint: u64,
    /// Measured with the keeper as `a`.
    pub overlap: Overlap,
    pub equality: Equality,
    /// Whether it has the words of a document before it that was measured.
    pub is_copy: bool,
    pub name: Piece,
}

/// What a run found.
pub(super) struct Emission<'a> {
    pub snapshot: &'a Snapshot,
    pub parameters: &'a Parameters,
    pub sources: Vec<SourceInfo>,
    pub source_names: &'a [Arc<str>],
    pub members: Vec<RunMember>,
    pub names: Spool,
    /// A hash of the id of each document, 0 without one.
    pub ids: Vec<u64>,
    pub counts: IntakeCounts,
    pub skipped: SkippedList,
    /// Documents of the run with a word.
    pub compared: u64,
    /// Documents that were in the index, and bytes of their texts, if there were any to compare with.
    pub against: Option<(u64, u64)>,
    /// The index, if there were any.
    pub held: Option<HeldIndex>,
    /// Segments that were there before the run.
    pub old_segments: u32,
}

impl Emission<'_> {
    /// Hands out everything, and returns the summary.
    pub fn send(mut self, sink: &mut dyn Sink) -> Result<Summary> {
        let sources = std::mem::take(&mut self.sources);
        let (parameters, index) = (self.parameters.clone(), self.held.take());
        sink.receive(Finding::Header(Header { parameters, index, sources, ..Header::default() }))?;
        self.members.sort_unstable_by_key(|member| (member.keeper, member.number));
        self.send_clusters(sink)?;
        let summary = self.summary()?;
        self.skipped.for_each(|skipped| sink.receive(Finding::Skipped(skipped)))?;
        sink.receive(Finding::Summary(summary.clone()))?;
        Ok(summary)
    }

    fn send_clusters(&self, sink: &mut dyn Sink) -> Result<()> {
        let repeated = RepeatedValues::of(&self.ids).collect(|id| id != 0);
        let mut keepers = KeeperNames { snapshot: self.snapshot, read: None };
        for (members, number) in self.members.chunk_by(|x, y| x.keeper == y.keeper).zip(1..) {
            let NamedRow { row, reference, opening } = keepers.name(members[0].keeper)?;
            let is_old = members[0].keeper.segment < self.old_segments;
            let members = members.iter().map(|member| self.member(member, &repeated)).collect::<Result<_>>()?;
            sink.receive(Finding::DocumentCluster(DocumentCluster {
                id: format!("d{number}"),
                keep: reference,
                indexed: is_old.then_some(row.number),
                opening,
                bytes: row.text_bytes,
                fingerprint: Some(Fingerprint(row.fingerprint)),
                new: 0,
                members,
            }))?;
        }
        Ok(())
    }

    fn member(&self, member: &RunMember, repeated: &[u32]) -> Result<Member> {
        let RunMember { number, source, record, overlap, equality, .. } = *member;
        let bytes = member.name.read(&self.names)?;
        let name = DocumentName::read(&mut ByteReader(&bytes)).ok_or_else(|| Error::Io {
            path: "temporary data".into(),
            cause: std::io::ErrorKind::InvalidData.into(),
        })?;
        let is_repeated = u32::try_from(number).is_ok_and(|number| repeated.binary_search(&number).is_ok());
        let doc: DocumentRef = name.reference(self.source_names[source as usize].clone(), record, is_repeated);
        Ok(Member {
            doc,
            jaccard: overlap.jaccard(),
            containment: overlap.containment_b(),
            exact: equality == Equality::Bytes,
            equality,
            differences: Vec::new(),
            more_differences: 0,
            bytes: member.text_bytes,
            fingerprint: Some(Fingerprint(member.fingerprint)),
            new: false,
        })
    }

    fn summary(&self) -> Result<Summary> {
        let Self { counts, skipped, members, .. } = self;
        let (met, accounted) = (counts.records + counts.skipped_sources, self.compared + skipped.documents());
        if met != accounted {
            return Err(Error::Miscounted { met, accounted });
        }
        let removed = members.len() as u64;
        let (old, old_bytes) = self.against.unwrap_or_default();
        Ok(Summary {
            documents: old + self.compared + skipped.documents(),
            kept: old + self.compared - removed,
            removed,
            skipped: skipped.counts(),
            other_files: skipped.other_files(),
            left_out: counts.left_out.clone(),
            against: self.against.map(|(documents, text_bytes)| AgainstDocuments { documents, text_bytes }),
            text_bytes: old_bytes + counts.text_bytes - counts.known_bytes,
            removed_bytes: members.iter().map(|member| member.text_bytes).sum(),
            lossy: counts.lossy,
            with_id: self.parameters.input.names_id().then_some(counts.with_id),
            unclosed: counts.unclosed.clone(),
            encodings: counts.encodings.clone(),
            recall_estimate: self.recall()?,
            ..Summary::default()
        })
    }

    /// Estimates how many of the pairs that there are were found.
    fn recall(&self) -> Result<Option<RecallEstimate>> {
        let config = &self.parameters.config;
        let chance = Chance::new(Bands::new(config.bands, config.rows)?, config.threshold);
        let mut estimator = RecallEstimator::new(&chance, config.threshold);
        let mut groups: HashMap<RowPlace, u32> = HashMap::new();
        for member in self.members.iter().filter(|member| !member.is_copy) {
            let next = groups.len() as u32;
            let group = *groups.entry(member.keeper).or_insert(next);
            estimator.add(group, member.overlap.jaccard());
        }
        let estimate = estimator.recall();
        Ok(estimate.map(|recall| RecallEstimate { value: recall.value, low: recall.low, high: recall.high }))
    }
}

/// Names kept documents in order, of which many stand in one piece.
struct KeeperNames<'a> {
    snapshot: &'a Snapshot,
    /// The names of the piece that was read last, by segment and piece.
    read: Option<((u32, usize), Vec<DocumentName>)>,
}

impl KeeperNames<'_> {
    fn name(&mut self, RowPlace { segment, row }: RowPlace) -> Result<NamedRow> {
        let of = &self.snapshot.segments[segment as usize];
        let (piece, place) = (row as usize / NAMES, row as usize % NAMES);
        let names = match &mut self.read {
            Some((read, names)) if *read == (segment, piece) => names,
            other => &mut other.insert(((segment, piece), of.names(piece)?)).1,
        };
        of.name(of.row(row)?, &names[place])
    }
}
