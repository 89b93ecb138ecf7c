//! Turns a stream of findings into a plan.
//!
//! Of the findings the planner holds what a plan is made of and no more: one entry for each document that goes, and for
//! each place of a repeated passage its source, record, id and span, without any text; nothing of passages if they stay.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use doublon_core::Settings;

use super::index::SourceIndex;
use super::options::{CleanOptions, PassageTreatment};
use super::passages::PassagePlanner;
use super::places::{FoundFamily, FoundPlace};
use super::plan::{Plan, PlannedSource, UnreadFile};
use super::removal::{DocumentRemoval, LargeRemoval, RemovalCause, RemovalRules};
use crate::error::{Error, Result};
use crate::finding::{
    DocumentCluster, DocumentRef, Finding, Findings, Header, Parameters, PassageFamily, Reason, Sink, Skipped,
    SourceInfo, Summary,
};
use crate::source::Source;

/// A warning names a kept document for which so many or more go, if they are more than 1% of all documents.
const LARGE_CLUSTER: usize = 100;

/// Plans what goes, by findings. Where passages are cut or marked, the documents that hold them are read again.
///
/// # Errors
///
/// If a source is not what was scanned, gave its bytes only once, or has a name that two of them have.
pub fn plan(findings: &Findings, options: &CleanOptions) -> Result<Plan> {
    let mut planner = Planner::new(*options);
    planner.add_header(&findings.header)?;
    findings.clusters.iter().try_for_each(|cluster| planner.add_cluster(cluster))?;
    findings.families.iter().try_for_each(|family| planner.add_family(family))?;
    findings.skipped.iter().for_each(|skipped| planner.add_skipped(skipped));
    planner.add_summary(&findings.summary);
    planner.finish()
}

/// Receives findings one by one, and makes a plan of them.
///
/// # Examples
///
/// ```
/// use doublon::finding::Findings;
/// use doublon::rewrite::{CleanOptions, Planner};
///
/// let mut planner = Planner::new(CleanOptions::default());
/// Findings::default().send(&mut planner)?;
/// assert_eq!(planner.finish()?.drops().count(), 0);
/// # Ok::<(), doublon::Error>(())
/// ```
#[derive(Debug)]
pub struct Planner {
    options: CleanOptions,
    parameters: Parameters,
    index: SourceIndex,
    sources: Vec<PlannedSource>,
    unread: Vec<UnreadFile>,
    large: Vec<LargeRemoval>,
    scanned: Summary,
    /// The names of sources that were not read to their end.
    cut_off: HashSet<String>,
    /// The documents for which others go, by source and record, if passages are planned too.
    keepers: BTreeSet<(usize, u64)>,
    families: Vec<FoundFamily>,
}

impl Planner {
    /// Makes a planner that has received nothing yet.
    pub fn new(options: CleanOptions) -> Self {
        Self {
            options,
            parameters: Parameters::default(),
            index: SourceIndex::default(),
            sources: Vec::new(),
            unread: Vec::new(),
            large: Vec::new(),
            scanned: Summary::default(),
            cut_off: HashSet::new(),
            keepers: BTreeSet::new(),
            families: Vec::new(),
        }
    }

    /// Returns the plan, when all findings were received. Where passages are cut or marked, the documents that hold them
    /// are read again.
    ///
    /// # Errors
    ///
    /// If a source is not what was scanned.
    pub fn finish(mut self) -> Result<Plan> {
        for source in &mut self.sources {
            source.is_whole = !self.cut_off.contains(&source.info.path);
            source.drops.sort_by_key(|drop| drop.doc.record);
        }
        let Settings { threshold, containment, .. } = *self.parameters.config;
        let documents = self.scanned.documents;
        self.large.retain(|large| large.members as u64 * 100 > documents);
        let mut plan = Plan {
            rules: RemovalRules { threshold, containment, min_left: self.options.min_left },
            parameters: self.parameters,
            passages: self.options.passages,
            sources: self.sources,
            left: Vec::new(),
            unread: self.unread,
            spared: Vec::new(),
            large: self.large,
            scanned: self.scanned,
        };
        if self.options.passages != PassageTreatment::Keep {
            PassagePlanner::new(self.options, self.index, self.keepers, self.families, &plan).add_to(&mut plan)?;
        }
        Ok(plan)
    }

    fn add_header(&mut self, header: &Header) -> Result<()> {
        self.sources = header.sources.iter().map(planned).collect::<Result<_>>()?;
        self.index = SourceIndex::new(&header.sources);
        self.parameters = header.parameters.clone();
        Ok(())
    }

    fn add_cluster(&mut self, cluster: &DocumentCluster) -> Result<()> {
        let (number, keep) = self.located(&cluster.keep)?;
        let keep = Arc::new(keep);
        for member in &cluster.members {
            let (jaccard, containment, exact) = (member.jaccard, member.containment, member.exact);
            let cause = RemovalCause::Duplicate { keep: Arc::clone(&keep), jaccard, containment, exact };
            let (number, doc) = self.located(&member.doc)?;
            self.sources[number].drops.push(DocumentRemoval { doc, cause });
        }
        if self.options.passages != PassageTreatment::Keep {
            self.keepers.insert((number, keep.record));
        }
        if cluster.members.len() >= LARGE_CLUSTER {
            self.large.push(LargeRemoval { keep: keep.as_ref().clone(), members: cluster.members.len() });
        }
        Ok(())
    }

    fn add_family(&mut self, family: &PassageFamily) -> Result<()> {
        if self.options.passages == PassageTreatment::Keep {
            return Ok(());
        }
        let places = std::iter::once(&family.keep).chain(&family.occurrences);
        let places = places.map(|place| FoundPlace::new(place, &self.index)).collect::<Result<_>>()?;
        self.families.push(FoundFamily { id: family.id.as_str().into(), places });
        Ok(())
    }

    fn add_skipped(&mut self, skipped: &Skipped) {
        let Skipped { source, record: None, reason, .. } = skipped else { return };
        if !self.index.has(source) {
            self.unread.push(UnreadFile { path: source.into(), reason: *reason });
        } else if *reason != Reason::Changed {
            self.cut_off.insert(source.clone());
        }
    }

    fn add_summary(&mut self, summary: &Summary) {
        self.scanned = summary.clone();
    }

    /// Returns the number of a document's source, and the document with the name of the source that all share.
    fn located(&self, doc: &DocumentRef) -> Result<(usize, DocumentRef)> {
        let number = self.index.number(doc)?;
        Ok((number, self.index.document(number, doc.record, doc.id.as_ref())))
    }
}

impl Sink for Planner {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => self.add_header(&header)?,
            Finding::DocumentCluster(cluster) => self.add_cluster(&cluster)?,
            Finding::PassageFamily(family) => self.add_family(&family)?,
            Finding::Skipped(skipped) => self.add_skipped(&skipped),
            Finding::Summary(summary) => self.add_summary(&summary),
            Finding::DocumentPair(_) | Finding::PassageMatch(_) => {}
        }
        Ok(())
    }
}

/// Returns a source to which nothing is done yet.
fn planned(info: &SourceInfo) -> Result<PlannedSource> {
    let source = Source { path: info.to_path()?, named: true };
    if source.is_stream() {
        return Err(stream(source.path));
    }
    Ok(PlannedSource { source, info: info.clone(), is_whole: true, drops: Vec::new(), edits: Vec::new() })
}

fn stream(path: PathBuf) -> Error {
    Error::Refused { path, detail: "it gives its bytes only once; write it to a file and clean that".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Coverage, Member, PlacedSpan};

    fn doc(record: u64) -> DocumentRef {
        DocumentRef { source: "a.jsonl".into(), record, id: None }
    }

    fn member(record: u64) -> Member {
        let (doc, jaccard, containment) = (doc(record), 0.9, 1.0);
        Member { doc, jaccard, containment, exact: false, bytes: 0, fingerprint: None, new: false }
    }

    fn findings() -> Findings {
        let mut findings = Findings::default();
        let info = SourceInfo { path: "a.jsonl".into(), path_base64: None, bytes: 0, xxh3_128: String::new() };
        findings.header.sources.push(info);
        let members = vec![member(3), member(2)];
        findings.clusters.push(DocumentCluster { id: "d1".into(), keep: doc(1), fingerprint: None, new: 0, members });
        let skipped = |source: &str, reason| Skipped {
            source: source.to_owned(),
            record: None,
            offset: None,
            reason,
            detail: None,
        };
        findings.skipped = vec![skipped("a.jsonl", Reason::Truncated), skipped("a.png", Reason::Binary)];
        findings.summary.documents = 4;
        findings
    }

    fn place(record: u64, excerpt: &str) -> PlacedSpan {
        PlacedSpan {
            doc: doc(record),
            start: 0,
            end: 9,
            char_start: 0,
            char_end: 9,
            source_start: None,
            source_end: None,
            line: 1,
            column: 1,
            end_line: 1,
            paragraphs: (1, 1),
            paragraph_count: 1,
            document_bytes: 9,
            covers: Coverage::Whole,
            before: "".into(),
            after: "".into(),
            excerpt: excerpt.into(),
            fingerprint: None,
            new: false,
        }
    }

    #[test]
    fn a_stream_of_findings_gives_the_plan_of_all_together() {
        let findings = findings();
        let options = CleanOptions::default();
        let whole = plan(&findings, &options).expect("a plan");
        let mut planner = Planner::new(options);
        findings.send(&mut planner).expect("is received");
        let streamed = planner.finish().expect("a plan");
        assert_eq!(streamed, whole);
        let records: Vec<u64> = streamed.drops().map(|drop| drop.doc.record).collect();
        assert_eq!((records, streamed.sources[0].is_whole), (vec![2, 3], false));
        assert_eq!(streamed.unread, [UnreadFile { path: "a.png".into(), reason: Reason::Binary }]);
    }

    #[test]
    fn no_text_of_a_passage_is_held() {
        let mut planner = Planner::new(CleanOptions { passages: PassageTreatment::Cut, ..CleanOptions::default() });
        planner.add_header(&findings().header).expect("a header");
        let (keep, occurrences) = (place(1, "some words"), vec![place(2, "some words")]);
        let excerpt = Arc::clone(&keep.excerpt);
        let family = PassageFamily { id: "f1".into(), keep, occurrences, count: 2, more_matches: 0, new: 0 };
        planner.receive(Finding::PassageFamily(family)).expect("is received");
        assert_eq!((planner.families[0].places.len(), Arc::strong_count(&excerpt)), (2, 1));
    }

    #[test]
    fn a_source_that_the_header_does_not_list_is_refused() {
        let mut planner = Planner::new(CleanOptions::default());
        let cluster = findings().clusters.remove(0);
        let error = planner.receive(Finding::DocumentCluster(cluster)).expect_err("no header").to_string();
        assert!(error.contains("their header does not list it"), "{error}");
    }
}
