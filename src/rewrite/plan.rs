//! What goes, and why: findings turned into removals, source by source.

use doublon_core::Settings;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::passages;
use crate::error::{Error, Result};
use crate::finding::{DocumentCluster, DocumentRef, Findings, Header, Reason, SourceInfo};
use crate::source::Source;
use doublon_core::Span;

/// What a clean copy leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What becomes of passages that repeat.
    pub passages: Passages,
    /// Where a cut may begin and end.
    pub cut_at: Edge,
    /// A document of which cuts leave fewer words goes as a whole.
    pub min_left: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { passages: Passages::Keep, cut_at: Edge::Word, min_left: 1 }
    }
}

/// What becomes of passages that repeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passages {
    /// They stay.
    #[default]
    Keep,
    /// All but the kept place of each go.
    Cut,
    /// They stay, and records say where they are.
    Mark,
}

/// Where a cut may begin and end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edge {
    /// Between any two words.
    #[default]
    Word,
    /// Between two sentences.
    Sentence,
    /// Between two paragraphs.
    Paragraph,
}

/// All that a clean copy leaves out, changes, and leaves though it repeats.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What every removal must meet.
    pub rules: Rules,
    /// What becomes of the passages in it.
    pub passages: Passages,
    /// The sources in the order of the findings.
    pub sources: Vec<Planned>,
    /// Repeated places that stay, in the order of their families.
    pub left: Vec<Left>,
    /// Files that were not read as sources, in order.
    pub whole: Vec<Whole>,
    /// Sources that stay whole because nothing can be left out of them, in the order in which that was found.
    pub spared: Vec<Spared>,
}

/// What every removal must meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Least Jaccard similarity of a removed document, and least share of the words of a cut that the kept place has.
    pub threshold: f64,
    /// If given, this share of its shingles in the kept document is enough to remove a document.
    pub containment: Option<f64>,
    /// A document with fewer words left goes.
    pub min_left: usize,
}

/// One source with what is done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// Where it is.
    pub source: Source,
    /// What was read of it when it was scanned.
    pub info: SourceInfo,
    /// Whether it was read to its end.
    pub is_whole: bool,
    /// Its documents that go, by record.
    pub drops: Vec<Drop>,
    /// Its documents that change, by record. One that goes because little is left stands in both.
    pub edits: Vec<Edit>,
}

/// A document that goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Drop {
    /// The document.
    pub doc: DocumentRef,
    /// Why.
    pub why: Why,
}

/// Why a document goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// It was measured against one that stays.
    Duplicate {
        /// The one that stays.
        keep: Arc<DocumentRef>,
        /// Their Jaccard similarity.
        jaccard: f64,
        /// The share of its shingles that the kept one has.
        containment: f64,
        /// Whether both are the same bytes.
        exact: bool,
    },
    /// Its other words were cut, each verified against a place that stays.
    TooShort {
        /// How many words are left.
        left: usize,
    },
}

/// A document that changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The document.
    pub doc: DocumentRef,
    /// The places that are cut or marked, in order.
    pub cuts: Vec<Cut>,
    /// What is taken out of the text, in order and apart: the cuts, joined, with the white space that they leave over.
    /// `true` puts one space there instead.
    pub pieces: Vec<(Span, bool)>,
}

/// A place that repeats another, which stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// The place, in bytes of the text.
    pub span: Span,
    /// The place in characters, if it is to be marked.
    pub characters: Option<Span>,
    /// The family that both places belong to.
    pub family: Arc<str>,
    /// The place that stays.
    pub keep: Arc<Kept>,
    /// How many words it has.
    pub words: usize,
    /// The share of them that stand in the kept place, in runs of four words or more that are the same.
    pub covered: f64,
}

/// A place that stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Its document.
    pub doc: DocumentRef,
    /// Where it is in the text.
    pub span: Span,
}

/// A place that repeats another and stays nevertheless.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// Its document.
    pub doc: DocumentRef,
    /// Where it is in the text.
    pub span: Span,
    /// The family that it belongs to.
    pub family: Arc<str>,
    /// Why it stays.
    pub reason: &'static str,
}

/// A source that is copied as it is, though it holds something that repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spared {
    /// Where it is.
    pub path: PathBuf,
    /// What is wrong with it.
    pub detail: String,
    /// How many of its documents stay though they are duplicates.
    pub duplicates: u64,
}

/// A file that was met and not read, such as a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Where it is.
    pub path: PathBuf,
    /// Why it was not read.
    pub reason: Reason,
}

impl Whole {
    /// Returns whether it is copied: it is a file, and no other name of one.
    pub fn is_copied(&self) -> bool {
        use Reason::{LinkLoop, Missing, NotRegular, Permission, ReadError, SameFile, Vanished};
        !matches!(self.reason, LinkLoop | Missing | NotRegular | Permission | ReadError | SameFile | Vanished)
    }
}

impl Drop {
    /// Returns the document that it goes for, if it goes as a duplicate.
    pub fn keeper(&self) -> Option<&DocumentRef> {
        match &self.why {
            Why::Duplicate { keep, .. } => Some(keep),
            Why::TooShort { .. } => None,
        }
    }
}

impl Plan {
    /// Returns the documents that go.
    pub fn drops(&self) -> impl Iterator<Item = &Drop> {
        self.sources.iter().flat_map(|source| &source.drops)
    }

    /// Returns the documents that change, those included that go because little is left of them.
    pub fn edits(&self) -> impl Iterator<Item = &Edit> {
        self.sources.iter().flat_map(|source| &source.edits)
    }
}

impl Plan {
    /// Takes back all that was to be done to the source at `path`. Returns whether there was anything.
    pub fn spare(&mut self, path: &Path, detail: &str) -> bool {
        let is_changed = |source: &&mut Planned| !source.drops.is_empty() || !source.edits.is_empty();
        let Some(source) = self.sources.iter_mut().filter(is_changed).find(|source| source.source.path == path) else {
            return false;
        };
        let duplicates = std::mem::take(&mut source.drops).iter().filter(|drop| drop.keeper().is_some()).count() as u64;
        let edits = std::mem::take(&mut source.edits);
        let left = edits.into_iter().flat_map(|Edit { doc, cuts, .. }| {
            let left = |cut: Cut| Left { doc: doc.clone(), span: cut.span, family: cut.family, reason: DAMAGED };
            cuts.into_iter().map(left).collect::<Vec<_>>()
        });
        self.left.extend(left);
        self.spared.push(Spared { path: path.to_owned(), detail: detail.to_owned(), duplicates });
        true
    }
}

/// Why places stay in a source that is spared.
const DAMAGED: &str = "its file is damaged";

/// Plans what goes, by findings. Where passages are cut or marked, the documents that hold them are read again.
///
/// # Errors
///
/// If a source is not what was scanned, gave its bytes only once, or has a name that two of them have.
pub fn plan(findings: &Findings, options: &Options) -> Result<Plan> {
    let Settings { threshold, containment, .. } = *findings.header.parameters.config;
    let mut plan = Plan {
        rules: Rules { threshold, containment, min_left: options.min_left },
        passages: options.passages,
        sources: sources(findings)?,
        left: Vec::new(),
        whole: whole(findings),
        spared: Vec::new(),
    };
    let index = Index::new(&findings.header);
    for cluster in &findings.clusters {
        add_cluster(cluster, &index, &mut plan)?;
    }
    plan.sources.iter_mut().for_each(|source| source.drops.sort_by_key(|drop| drop.doc.record));
    if options.passages != Passages::Keep {
        passages::add(findings, options, &index, &mut plan)?;
    }
    Ok(plan)
}

/// Finds the number of a document's source.
pub(super) struct Index<'a> {
    numbers: HashMap<&'a str, Option<usize>>,
}

impl<'a> Index<'a> {
    fn new(header: &'a Header) -> Self {
        let mut numbers = HashMap::new();
        for (number, source) in header.sources.iter().enumerate() {
            let is_new = numbers.insert(source.path.as_str(), Some(number)).is_none();
            if !is_new {
                numbers.insert(&source.path, None);
            }
        }
        Self { numbers }
    }

    /// Returns the number of the source that holds a document.
    pub fn source(&self, doc: &DocumentRef) -> Result<usize> {
        let refused = |detail: &str| Error::Refused { path: doc.source.as_ref().into(), detail: detail.to_owned() };
        match self.numbers.get(doc.source.as_ref()) {
            Some(Some(number)) => Ok(*number),
            Some(None) => Err(refused("two sources have this name but for bytes that are not UTF-8; rename one")),
            None => Err(refused("the findings name this source, but their header does not list it")),
        }
    }
}

fn sources(findings: &Findings) -> Result<Vec<Planned>> {
    let of_sources = findings.skipped.iter().filter(|skipped| skipped.record.is_none());
    let cut_off: HashSet<&str> =
        of_sources.filter(|skipped| skipped.reason != Reason::Changed).map(|skipped| skipped.source.as_str()).collect();
    let mut planned = Vec::with_capacity(findings.header.sources.len());
    for info in &findings.header.sources {
        let source = Source { path: path(info)?, named: true };
        if source.is_stream() {
            let detail = "it gives its bytes only once; write it to a file and clean that".to_owned();
            return Err(Error::Refused { path: source.path, detail });
        }
        let is_whole = !cut_off.contains(info.path.as_str());
        planned.push(Planned { source, info: info.clone(), is_whole, drops: Vec::new(), edits: Vec::new() });
    }
    Ok(planned)
}

/// Returns where a source of findings is.
///
/// # Errors
///
/// If its name in the findings is damaged.
pub fn path(info: &SourceInfo) -> Result<PathBuf> {
    let Some(encoded) = &info.path_base64 else { return Ok(info.path.as_str().into()) };
    let decoded = STANDARD.decode(encoded).ok().and_then(path_of_bytes);
    decoded.ok_or_else(|| Error::Refused {
        path: info.path.as_str().into(),
        detail: "its name in the findings is damaged".to_owned(),
    })
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps)] // other systems have names that bytes cannot give
fn path_of_bytes(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Some(std::ffi::OsString::from_vec(bytes).into())
}

#[cfg(not(unix))]
fn path_of_bytes(_: Vec<u8>) -> Option<PathBuf> {
    None
}

/// The files that have no line in the table of sources.
fn whole(findings: &Findings) -> Vec<Whole> {
    let listed: HashSet<&str> = findings.header.sources.iter().map(|source| source.path.as_str()).collect();
    let of_source = findings.skipped.iter().filter(|skipped| skipped.record.is_none());
    of_source
        .filter(|skipped| !listed.contains(skipped.source.as_str()))
        .map(|skipped| Whole { path: skipped.source.as_str().into(), reason: skipped.reason })
        .collect()
}

fn add_cluster(cluster: &DocumentCluster, index: &Index, plan: &mut Plan) -> Result<()> {
    let keep = Arc::new(cluster.keep.clone());
    index.source(&keep)?;
    for member in &cluster.members {
        let (jaccard, containment, exact) = (member.jaccard, member.containment, member.exact);
        let why = Why::Duplicate { keep: Arc::clone(&keep), jaccard, containment, exact };
        plan.sources[index.source(&member.doc)?].drops.push(Drop { doc: member.doc.clone(), why });
    }
    Ok(())
}
