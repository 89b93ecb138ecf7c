//! The evidence of a copy, read back.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Component, Path, PathBuf};

use doublon_core::Span;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::finding::{
    ContaminationRule, DocumentRef, Equality, HeldIndex, IndexedWords, Parameters, SourceInfo, saved_path,
};
use crate::source::{SUMMARY, evidence_of};

/// A record of a source, by the number of the source.
pub(super) type Place = (usize, u64);

/// What is told of a copy.
pub(super) struct Evidence {
    pub settings: Settings,
    pub counts: Counts,
    pub sources: Vec<CopiedFile>,
    pub documents: BTreeMap<Place, GoneDocument>,
    /// The cuts of each document, in order.
    pub cuts: BTreeMap<Place, Vec<Cut>>,
    /// Documents that repeat others and stay.
    pub staying_documents: BTreeSet<Place>,
    /// Places that repeat and stay.
    pub staying: BTreeMap<Place, Vec<Span>>,
    /// Sources that stay whole because they are damaged.
    pub whole: BTreeSet<usize>,
}

#[derive(Deserialize)]
pub(super) struct Settings {
    #[serde(default)]
    documents: String,
    pub passages: String,
    pub min_left: usize,
    pub is_final: bool,
    /// Whether records got fields.
    #[serde(default)]
    adds_fields: bool,
    pub parameters: Parameters,
    /// When an evaluation item counted as found, if documents went for such.
    #[serde(default)]
    pub contamination: Option<ContaminationRule>,
    /// The saved index for documents of which others went.
    #[serde(default)]
    pub index: Option<HeldIndex>,
}

/// The counts of `summary.json` that are checked.
#[derive(Deserialize)]
pub(super) struct Counts {
    pub documents: u64,
    pub kept: u64,
    pub removed: u64,
    #[serde(default)]
    pub marked: u64,
    pub skipped: u64,
    pub passages: u64,
}

impl Settings {
    /// Returns whether records that stay may have more than they had.
    pub fn adds_fields(&self) -> bool {
        self.adds_fields || self.marks_documents()
    }

    /// Returns whether duplicates stay, and say so.
    pub fn marks_documents(&self) -> bool {
        self.documents == "mark"
    }
}

/// A source, and the name of its copy if it has one.
#[derive(Deserialize)]
pub(super) struct CopiedFile {
    copy: Option<String>,
    copy_base64: Option<String>,
    #[serde(flatten)]
    pub info: SourceInfo,
}

impl CopiedFile {
    /// Returns the name of its copy below the output, if it has one.
    ///
    /// # Errors
    ///
    /// If the name leads elsewhere.
    pub fn copy(&self) -> Result<Option<PathBuf>> {
        let Some(copy) = &self.copy else { return Ok(None) };
        let path = saved_path(copy, self.copy_base64.as_deref())?;
        let is_below = path.components().all(|part| matches!(part, Component::Normal(_)));
        if is_below {
            Ok(Some(path))
        } else {
            Err(refused(&path, "it is named as a copy, and is not below the output"))
        }
    }
}

/// A document that went.
pub(super) struct GoneDocument {
    pub name: String,
    /// None for one of which too little was left, or that went for a document of an index.
    pub kept: Option<Place>,
    pub indexed: Option<IndexedDocument>,
    pub jaccard: f64,
    pub containment: f64,
    pub equality: Equality,
    pub words_left: Option<usize>,
    /// The share of an evaluation item, for which it went.
    pub share: Option<f64>,
}

/// A document of a saved index.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct IndexedDocument {
    pub number: u64,
    pub doc: DocumentRef,
}

/// A place that was cut or marked.
pub(super) struct Cut {
    pub span: Span,
    pub kept: CutKeeper,
    /// In bytes, or in words of a document of an index.
    pub kept_span: Span,
    pub words: usize,
    pub covered: f64,
    pub differs: Vec<String>,
    pub joined: Option<Joined>,
}

/// The document that has the kept place of a cut.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum CutKeeper {
    Read(Place),
    Indexed(IndexedDocument),
}

impl CutKeeper {
    /// Returns the document if it is in one of the sources.
    pub fn read(&self) -> Option<Place> {
        match self {
            Self::Read(place) => Some(*place),
            Self::Indexed(_) => None,
        }
    }
}

/// The larger place that a cut is a part of.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct Joined {
    pub number: usize,
    pub parts: usize,
    pub words: usize,
    pub covered: f64,
}

#[derive(Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum SourcesLine {
    Settings(Box<Settings>),
    Source(CopiedFile),
}

#[derive(Deserialize)]
struct PlaceText {
    #[serde(flatten)]
    doc: DocumentRef,
    start: usize,
    end: usize,
    #[serde(default)]
    in_index: Option<IndexedWords>,
}

#[derive(Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum RemovedLine {
    Document {
        doc: DocumentRef,
        kept: Option<DocumentRef>,
        indexed: Option<u64>,
        #[serde(default)]
        jaccard: f64,
        #[serde(default)]
        containment: f64,
        #[serde(default)]
        equality: Equality,
        words_left: Option<usize>,
        share: Option<f64>,
    },
    Passage {
        span: PlaceText,
        kept: PlaceText,
        words: usize,
        covered: f64,
        differs: Vec<String>,
        joined: Option<Joined>,
    },
}

#[derive(Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum StayingLine {
    Document { doc: DocumentRef },
    Passage { span: PlaceText },
    File { source: String },
}

impl Evidence {
    /// Reads the evidence in a copy.
    ///
    /// # Errors
    ///
    /// If a file of it is missing, or is no evidence.
    pub fn read(out: &Path) -> Result<Self> {
        let folder = evidence_of(out);
        let (mut settings, mut sources) = (None, Vec::new());
        for line in lines(&folder.join("sources.jsonl"))? {
            match line {
                SourcesLine::Settings(line) => settings = Some(*line),
                SourcesLine::Source(line) => sources.push(line),
            }
        }
        let settings = settings.ok_or_else(|| refused(&folder, "sources.jsonl does not tell the settings"))?;
        let summary = folder.join(SUMMARY);
        let text = std::fs::read(&summary).map_err(|cause| Error::Io { path: summary.clone(), cause })?;
        let counts = serde_json::from_slice(&text).map_err(|error| refused(&summary, &error.to_string()))?;
        let names = sources.iter().enumerate().map(|(n, source)| (source.info.path.clone(), n)).collect();
        let mut reader = Self {
            settings,
            counts,
            sources,
            documents: BTreeMap::new(),
            cuts: BTreeMap::new(),
            staying_documents: BTreeSet::new(),
            staying: BTreeMap::new(),
            whole: BTreeSet::new(),
        };
        let removed = folder.join("removed.jsonl");
        lines(&removed)?.into_iter().try_for_each(|line| reader.add(line, &removed, &names))?;
        let staying = folder.join("staying.jsonl");
        for line in lines(&staying)? {
            match line {
                StayingLine::Document { doc } => _ = reader.staying_documents.insert(place(&doc, &staying, &names)?),
                StayingLine::Passage { span: PlaceText { doc, start, end, .. } } => {
                    let place = place(&doc, &staying, &names)?;
                    reader.staying.entry(place).or_default().push(Span::new(start, end.max(start)));
                }
                StayingLine::File { source } => reader.whole.extend(names.get(&source)),
            }
        }
        Ok(reader)
    }

    fn add(&mut self, line: RemovedLine, path: &Path, names: &HashMap<String, usize>) -> Result<()> {
        match line {
            RemovedLine::Document { doc, kept, indexed, jaccard, containment, equality, words_left, share } => {
                let (kept, indexed) = match (kept, indexed) {
                    (Some(doc), Some(number)) => (None, Some(IndexedDocument { number, doc })),
                    (kept, _) => (kept.map(|kept| place(&kept, path, names)).transpose()?, None),
                };
                let name = name(&doc);
                let gone = GoneDocument { name, kept, indexed, jaccard, containment, equality, words_left, share };
                self.documents.insert(place(&doc, path, names)?, gone);
            }
            RemovedLine::Passage { span, kept, words, covered, differs, joined } => {
                let doc = place(&span.doc, path, names)?;
                let span = Span::new(span.start, span.end.max(span.start));
                let ((start, end), kept) = match kept.in_index {
                    Some(IndexedWords { number, words }) => {
                        (words, CutKeeper::Indexed(IndexedDocument { number, doc: kept.doc }))
                    }
                    None => ((kept.start, kept.end), CutKeeper::Read(place(&kept.doc, path, names)?)),
                };
                let kept_span = Span::new(start, end.max(start));
                let cut = Cut { span, kept, kept_span, words, covered, differs, joined };
                self.cuts.entry(doc).or_default().push(cut);
            }
        }
        Ok(())
    }

    /// Returns the name of a record, for messages.
    pub fn name(&self, (source, record): Place) -> String {
        format!("{}, record {record}", self.sources[source].info.path)
    }

    /// Returns whether a document goes as a whole.
    pub fn is_gone(&self, place: Place) -> bool {
        self.documents.contains_key(&place)
    }

    /// Returns the cuts of a document, in order.
    pub fn cuts_of(&self, place: Place) -> &[Cut] {
        self.cuts.get(&place).map_or(&[], Vec::as_slice)
    }
}

/// Returns the name of a document, for messages.
pub(super) fn name(doc: &DocumentRef) -> String {
    format!("{}, record {}", doc.source, doc.record)
}

fn place(doc: &DocumentRef, path: &Path, names: &HashMap<String, usize>) -> Result<Place> {
    let number = names.get(doc.source.as_ref());
    number
        .map(|&number| (number, doc.record))
        .ok_or_else(|| refused(path, &format!("it names {}, which sources.jsonl does not list", doc.source)))
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let file = File::open(path).map_err(|cause| Error::Io { path: path.to_owned(), cause })?;
    let line = |(n, line): (usize, std::io::Result<String>)| {
        let line = line.map_err(|cause| Error::Io { path: path.to_owned(), cause })?;
        serde_json::from_str(&line).map_err(|error| refused(path, &format!("line {} is no evidence: {error}", n + 1)))
    };
    BufReader::new(file).lines().enumerate().map(line).collect()
}

fn refused(path: &Path, detail: &str) -> Error {
    Error::Refused { path: path.to_owned(), detail: detail.to_owned() }
}
