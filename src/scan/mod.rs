//! The pipelines: documents, passages. The only place that knows threads and the memory budget.

mod buckets;
mod documents;
mod intake;
mod table;
mod texts;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::document::{DocId, Document};
use crate::error::{Error, Result};
use crate::finding::{
    DocumentCluster, DocumentPair, DocumentRef, Findings, Header, Member, Parameters, Reason, RecallEstimate, SCHEMA,
    Skipped, Summary,
};
use crate::source::{self, Item, Record, Source, SourceOptions};
use documents::{Documents, Removal};
use texts::Texts;

/// What a run may use. Nothing of it changes the findings.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// Number of threads; 0 for one a core.
    pub threads: usize,
}

/// Hears how far a run is.
pub trait Progress: Sync {
    /// A phase begins; `total` is the number of bytes or items that it will advance by, if that is known.
    fn phase(&self, name: &str, total: Option<u64>);
    /// The phase has come so many bytes or items further.
    fn advance(&self, amount: u64);
}

/// Hears nothing.
impl Progress for () {
    fn phase(&self, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
}

/// Finds duplicate documents and repeated passages in the files at `paths` and below.
///
/// The result depends on the contents and `parameters` only: not on the order of the paths or the number of threads.
///
/// # Errors
///
/// If a path does not exist, a parameter has no sense, or there are more than 2^32 documents. Input that cannot be
/// read is no error: it is listed in the findings.
///
/// # Examples
///
/// ```
/// use doublon::finding::Parameters;
/// use doublon::scan::{Resources, scan};
/// use doublon::source::SourceOptions;
///
/// let paths = ["data/seed".into()];
/// let found = scan(&paths, &Parameters::default(), &SourceOptions::default(), &Resources::default(), &())?;
/// assert_eq!(found.summary.documents, 1);
/// # Ok::<(), doublon::Error>(())
/// ```
pub fn scan(
    paths: &[PathBuf],
    parameters: &Parameters,
    options: &SourceOptions,
    resources: &Resources,
    progress: &dyn Progress,
) -> Result<Findings> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(resources.threads).build().map_err(|cause| {
        let detail = std::io::Error::other(cause);
        Error::Io { path: "threads".into(), cause: detail }
    })?;
    pool.install(|| {
        let corpus = Corpus::read(paths, options, progress)?;
        corpus.findings(parameters, progress)
    })
}

/// All documents of a run, held in memory.
struct Corpus {
    sources: Vec<crate::finding::SourceInfo>,
    names: Vec<String>,
    documents: Vec<Document>,
    skipped: Vec<Skipped>,
}

impl Corpus {
    fn read(paths: &[PathBuf], options: &SourceOptions, progress: &dyn Progress) -> Result<Self> {
        let found = source::walk(paths, options)?;
        progress.phase("read", None);
        let (mut documents, mut skipped) = (Vec::new(), found.skipped);
        let number = |source, item| (source, item);
        let read = intake::read(&found.sources, options, progress, number, |(source, item)| match item {
            Item::Document(record) => documents.push(document(source, record)),
            Item::Skipped(why) => skipped.push(why),
        })?;
        if u32::try_from(documents.len()).is_err() {
            return Err(Error::TooMany { what: "documents", limit: u64::from(u32::MAX) });
        }
        drop_repeated_ids(&mut documents);
        skipped.extend(read.skipped);
        let names = found.sources.iter().map(Source::name).collect();
        Ok(Self { sources: read.sources, names, documents, skipped })
    }

    fn findings(mut self, parameters: &Parameters, progress: &dyn Progress) -> Result<Findings> {
        let total: u64 = self.documents.iter().map(|document| document.text.len() as u64).sum();
        let found = if parameters.level.documents() {
            progress.phase("documents", Some(total));
            documents::find(&Texts::held(&self.documents), parameters, &|bytes| progress.advance(bytes))?
        } else {
            documents::without_comparing(&Texts::held(&self.documents), parameters)
        };
        self.skip_empty(&found.empty);
        let clusters = self.clusters(&found.removed);
        let pairs = found.pairs.iter().map(|pair| self.pair(pair)).collect();
        let summary = self.summary(&found);
        let parameters = parameters.clone();
        self.skipped.sort();
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let header = Header { schema: SCHEMA.to_owned(), version, parameters, sources: self.sources };
        let (matches, families) = (Vec::new(), Vec::new());
        Ok(Findings { header, clusters, pairs, matches, families, skipped: self.skipped, summary })
    }

    fn skip_empty(&mut self, empty: &[u32]) {
        for &doc in empty {
            let document = &self.documents[doc as usize];
            let source = self.names[document.source as usize].clone();
            let (record, detail) = (Some(document.record), Some("the text holds no word".to_owned()));
            self.skipped.push(Skipped { source, record, offset: None, reason: Reason::Empty, detail });
        }
    }

    fn reference(&self, doc: DocId) -> DocumentRef {
        let document = &self.documents[doc.index()];
        let source = self.names[document.source as usize].clone();
        DocumentRef { source, record: document.record, id: document.id.clone() }
    }

    /// The removals by keeper, in order of the keepers.
    fn clusters(&self, removed: &[Removal]) -> Vec<DocumentCluster> {
        let mut members: BTreeMap<u32, Vec<Member>> = BTreeMap::new();
        for removal in removed {
            members.entry(removal.keeper).or_default().push(Member {
                doc: self.reference(DocId(removal.doc)),
                jaccard: removal.overlap.jaccard(),
                containment: removal.overlap.containment_b(),
                exact: removal.exact,
            });
        }
        let numbered = members.into_iter().zip(1..);
        numbered
            .map(|((keeper, members), number)| DocumentCluster {
                id: format!("d{number}"),
                keep: self.reference(DocId(keeper)),
                members,
            })
            .collect()
    }

    fn pair(&self, pair: &documents::Pair) -> DocumentPair {
        DocumentPair {
            a: self.reference(DocId(pair.a)),
            b: self.reference(DocId(pair.b)),
            jaccard: pair.overlap.jaccard(),
            containment_a: pair.overlap.containment_a(),
            containment_b: pair.overlap.containment_b(),
        }
    }

    fn summary(&self, found: &Documents) -> Summary {
        let bytes = |doc: u32| self.documents[doc as usize].text.len() as u64;
        let mut skipped = BTreeMap::new();
        for why in &self.skipped {
            *skipped.entry(why.reason.name().to_owned()).or_insert(0) += 1;
        }
        let removed = found.removed.len() as u64;
        let compared = (self.documents.len() - found.empty.len()) as u64;
        Summary {
            documents: compared + self.skipped.len() as u64,
            kept: compared - removed,
            removed,
            skipped,
            text_bytes: (0..self.documents.len() as u32).map(bytes).sum(),
            removed_bytes: found.removed.iter().map(|removal| bytes(removal.doc)).sum(),
            lossy: self.documents.iter().filter(|document| document.lossy).count() as u64,
            recall_estimate: found.recall.map(|recall| RecallEstimate {
                value: recall.value,
                low: recall.low,
                high: recall.high,
            }),
            ..Summary::default()
        }
    }
}

fn document(source: u32, record: Record) -> Document {
    let Record { record, id, text, lossy, raw_hash, .. } = record;
    Document { source, record, id, text, lossy, raw_hash }
}

/// An id that stands more than once in its source names no document.
fn drop_repeated_ids(documents: &mut [Document]) {
    for group in documents.chunk_by_mut(|x, y| x.source == y.source) {
        let mut ids: Vec<Option<String>> = group.iter_mut().map(|document| document.id.take()).collect();
        source::drop_repeated_ids(&mut ids);
        for (document, id) in group.iter_mut().zip(ids) {
            document.id = id;
        }
    }
}
