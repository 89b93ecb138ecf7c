//! Documents and passages together: which documents an index holds, and which passages of the others.
//!
//! Both are found as they are by themselves. The sources are read twice: for the documents, and without those that go for the
//! passages. What is told of both goes to one stream of findings.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use doublon_core::{Config, Level};

use super::adding::decide_only;
use super::open::OpenIndex;
use super::passages::{PassageRequest, find_passages};
use super::run::{Request, run};
use crate::error::{Error, Result};
use crate::finding::{Finding, Header, HeldIndex, Parameters, Sink, SourceInfo, Summary};
use crate::scan::{Revised, Revision, threads};
use crate::source::Record;
use crate::store::Resources;

/// Decides on the documents of a request, finds the passages of those that stay, and hands all findings to `sink`. If
/// `within`, documents are compared with each other too.
pub(super) fn find_all(
    index: &OpenIndex,
    request: &PassageRequest,
    within: bool,
    resources: &Resources,
    sink: &mut (dyn Sink + Send),
) -> Result<Summary> {
    let PassageRequest { found, revision, config, input, budget, progress } = request.clone();
    let config = config.to_builder().level(Level::All).against(true).build()?;
    let names = found.sources.iter().zip(0..).map(|(source, number)| (source.name().into(), number)).collect();
    let mut documents = DocumentFindings {
        config,
        held: index.held(),
        names,
        gone: HashSet::new(),
        sources: Vec::new(),
        summary: Summary::default(),
        sink: &mut *sink,
    };
    let of_documents = Request { found, revision, input, budget, progress, batch: index.batch };
    if within {
        decide_only(index, &of_documents, resources, &mut documents)?;
    } else {
        threads(resources)?.install(|| run(index, &of_documents, None, &mut documents))?;
    }
    let DocumentFindings { gone, sources, summary, .. } = documents;
    let revision = WithoutGone { before: revision, gone: &gone };
    let mut passages = PassageFindings { sources, documents: summary, summary: Summary::default(), sink };
    let of_passages = PassageRequest { revision: &revision, ..request.clone() };
    threads(resources)?.install(|| find_passages(index, &of_passages, &mut passages))?;
    Ok(passages.summary)
}

/// Hands on what is found of documents, and holds what counts for both until the rest is found.
struct DocumentFindings<'s> {
    /// The settings of both.
    config: Config,
    held: HeldIndex,
    /// The number of each source by its name.
    names: HashMap<Arc<str>, usize>,
    /// The documents that go, by source and record.
    gone: HashSet<(usize, u64)>,
    sources: Vec<SourceInfo>,
    summary: Summary,
    sink: &'s mut (dyn Sink + Send),
}

impl Sink for DocumentFindings<'_> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        let finding = match finding {
            Finding::Header(header) => {
                self.sources.clone_from(&header.sources);
                let parameters = Parameters { config: self.config.clone(), ..header.parameters };
                Finding::Header(Header { parameters, index: Some(self.held.clone()), ..header })
            }
            Finding::DocumentCluster(cluster) => {
                let place = |doc: &crate::finding::DocumentRef| Some((*self.names.get(&doc.source)?, doc.record));
                self.gone.extend(cluster.members.iter().filter_map(|member| place(&member.doc)));
                Finding::DocumentCluster(cluster)
            }
            Finding::Summary(summary) => {
                self.summary = summary;
                return Ok(());
            }
            Finding::Skipped(_) => return Ok(()), // it is met again
            other => other,
        };
        self.sink.receive(finding)
    }
}

/// Hands on what is found of passages, and what was counted of both.
struct PassageFindings<'s> {
    /// What was read for the documents.
    sources: Vec<SourceInfo>,
    documents: Summary,
    summary: Summary,
    sink: &'s mut (dyn Sink + Send),
}

impl PassageFindings<'_> {
    /// Checks that what is read is what was read for the documents.
    fn check(&self, sources: &[SourceInfo]) -> Result<()> {
        let now: HashMap<&str, &SourceInfo> = sources.iter().map(|info| (info.path.as_str(), info)).collect();
        let is_same = |then: &&SourceInfo| now.get(&*then.path).is_some_and(|now| now.xxh3_128 == then.xxh3_128);
        match self.sources.iter().find(|then| !is_same(then)) {
            Some(changed) => {
                Err(Error::Changed { path: changed.to_path()?, detail: "its content is not what was read".to_owned() })
            }
            None => Ok(()),
        }
    }

    /// Returns the counts of both; those of passages were made without the documents that go.
    fn joined(&self, passages: Summary) -> Summary {
        let Summary { removed, removed_bytes, text_bytes, lossy, with_id, recall_estimate, .. } = self.documents;
        Summary {
            documents: passages.documents + removed,
            removed,
            removed_bytes,
            text_bytes,
            lossy,
            with_id,
            recall_estimate,
            encodings: self.documents.encodings.clone(),
            ..passages
        }
    }
}

impl Sink for PassageFindings<'_> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => self.check(&header.sources),
            Finding::Summary(summary) => {
                self.summary = self.joined(summary);
                self.sink.receive(Finding::Summary(self.summary.clone()))
            }
            other => self.sink.receive(other),
        }
    }
}

/// Leaves out some documents, and does to the others what was done before.
struct WithoutGone<'a> {
    before: &'a dyn Revision,
    gone: &'a HashSet<(usize, u64)>,
}

impl Revision for WithoutGone<'_> {
    fn revise(&self, source: usize, record: &mut Record) -> Revised {
        if self.gone.contains(&(source, record.record)) { Revised::Gone } else { self.before.revise(source, record) }
    }
}
