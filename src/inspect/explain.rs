//! Why a finding is one, or a document is kept: the findings, and their sources taken up once more.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::compare::{aligned, compare};
use super::single::{Name, Single, Which, read_all, read_one};
use crate::error::{Error, Result};
use crate::finding::comparison::{Comparison, Rule, TextAlignment};
use crate::finding::explanation::{
    ExplainedCluster, ExplainedDocument, ExplainedFamily, ExplainedMatch, ExplainedPlace, Explanation, Fate,
    LostSource, Removed, Subject,
};
use crate::finding::{
    DocumentCluster, DocumentRef, Equality, Findings, Header, Member, PassageFamily, PassageMatch, PlacedSpan, Skipped,
    SourceInfo,
};
use crate::scan::describe::is_quoted_whole;
use crate::source::SourceOptions;
use doublon_core::Config;

/// What is to be explained.
#[derive(Clone, Debug)]
pub struct ExplainRequest<'a> {
    /// The id of a finding (`d3`, `d3:2`, `p7`, `f2`), or the name of a document.
    pub id: &'a str,
    /// Another document to measure the one against.
    pub with: Option<&'a str>,
    /// The most documents or places that are taken up.
    pub limit: usize,
    /// What errors call the findings.
    pub path: &'a Path,
}

/// Explains a finding or a document.
///
/// The sources are read once more. Where one is not what was scanned, or is gone, what stands in it is told from the
/// findings alone.
///
/// # Errors
///
/// If there is nothing of this name, or a document that was named cannot be read.
pub fn explain(findings: &Findings, request: &ExplainRequest) -> Result<Explanation> {
    let explainer = Explainer { findings, request, options: findings.header.parameters.input.clone().into() };
    let mut sources = Sources::new(&findings.header, &explainer.options);
    let subject = explainer.subject(&mut sources)?;
    Ok(Explanation { parameters: findings.header.parameters.clone(), subject, lost: sources.lost })
}

struct Explainer<'a> {
    findings: &'a Findings,
    request: &'a ExplainRequest<'a>,
    options: SourceOptions,
}

impl Explainer<'_> {
    fn subject(&self, sources: &mut Sources) -> Result<Subject> {
        let Findings { clusters, matches, families, .. } = self.findings;
        let (id, member) = match self.request.id.split_once(':') {
            Some((id, number)) if number.parse::<usize>().is_ok() => (id, number.parse().ok()),
            _ => (self.request.id, None),
        };
        if is_id(id) && self.request.with.is_some() {
            return Err(self.refused(format!("{} is a finding; --with goes with a document", self.request.id)));
        }
        if let Some(cluster) = clusters.iter().find(|cluster| cluster.id == id) {
            return self.cluster(cluster, member, sources).map(Subject::Cluster);
        }
        if let Some(found) = matches.iter().find(|found| found.id == self.request.id) {
            return Ok(Subject::Match(self.passage(found, sources)));
        }
        if let Some(family) = families.iter().find(|family| family.id == self.request.id) {
            return Ok(Subject::Family(self.family(family, sources)));
        }
        if self.findings.contaminations.iter().any(|found| found.id == id) {
            return Err(
                self.refused(format!("{id} is an evaluation item; `doublon report` tells all that is known of it"))
            );
        }
        if is_id(id) {
            return Err(self.refused(format!("there is no {}; the findings have {}", self.request.id, self.ids())));
        }
        self.document(sources).map(Subject::Document)
    }

    fn cluster(
        &self,
        cluster: &DocumentCluster,
        member: Option<usize>,
        sources: &mut Sources,
    ) -> Result<ExplainedCluster> {
        let DocumentCluster { id, keep, members, .. } = cluster;
        let count = members.len();
        if member.is_some_and(|number| number == 0 || number > count) {
            return Err(
                self.refused(format!("there is no {}; the findings have {id}:1 to {id}:{count}", self.request.id))
            );
        }
        let numbered = (1..).zip(members);
        let wanted = numbered.filter(|(number, _)| member.is_none_or(|wanted| wanted == *number));
        let wanted: Vec<(usize, &Member)> = wanted.take(self.request.limit).collect();
        sources.read([keep].into_iter().chain(wanted.iter().map(|(_, member)| &member.doc)));
        let members = wanted.into_iter().map(|(number, member)| self.removed(keep, number, member, sources));
        Ok(ExplainedCluster { id: id.clone(), keep: keep.clone(), members: members.collect::<Result<_>>()?, count })
    }

    fn removed(&self, keep: &DocumentRef, number: usize, member: &Member, sources: &Sources) -> Result<Removed> {
        let parameters = &self.findings.header.parameters;
        let comparison = match (sources.get(keep), sources.get(&member.doc)) {
            (Some(keep), Some(gone)) => Some(compare(keep, gone, parameters)?),
            _ => None,
        };
        let rule = rule(member, comparison.as_ref(), &parameters.config);
        Ok(Removed { number, member: member.clone(), rule, comparison })
    }

    fn passage(&self, found: &PassageMatch, sources: &mut Sources) -> ExplainedMatch {
        sources.read([&found.a.doc, &found.b.doc].into_iter());
        let family = self.findings.families.iter().find(|family| family.id == found.family);
        let alignment = self.alignment(&found.a, &found.b, sources);
        ExplainedMatch { found: found.clone(), places: family.map_or(2, |family| family.count), alignment }
    }

    fn family(&self, family: &PassageFamily, sources: &mut Sources) -> ExplainedFamily {
        let places: Vec<&PlacedSpan> = family.occurrences.iter().take(self.request.limit).collect();
        sources.read([&family.keep].into_iter().chain(places.iter().copied()).map(|place| &place.doc));
        let of_family = self.findings.matches.iter().filter(|found| found.family == family.id);
        let place = |span: &PlacedSpan| ExplainedPlace {
            alignment: self.alignment(&family.keep, span, sources),
            span: span.clone(),
        };
        ExplainedFamily {
            family: family.clone(),
            matches: of_family.map(|found| found.id.clone()).collect(),
            places: places.into_iter().map(place).collect(),
        }
    }

    /// Aligns the texts of two places, if both are to be had: from the source, or whole in the findings.
    fn alignment(&self, a: &PlacedSpan, b: &PlacedSpan, sources: &Sources) -> Option<TextAlignment> {
        let (a, b) = (sources.text(a)?, sources.text(b)?);
        Some(aligned(a, b, &self.findings.header.parameters.config))
    }

    fn document(&self, sources: &mut Sources) -> Result<ExplainedDocument> {
        let name = self.name(self.request.id);
        let skipped = self.findings.skipped.iter().find(|skipped| names(&name, skipped));
        if let Some(skipped) = skipped {
            let doc = DocumentRef {
                source: skipped.source.as_str().into(),
                record: skipped.record.unwrap_or(0),
                id: None,
                metadata: None,
            };
            return Ok(ExplainedDocument {
                doc,
                fate: Fate::Skipped(skipped.clone()),
                matches: Vec::new(),
                with: None,
            });
        }
        let single = self.known(&name, sources)?;
        let doc = single.doc.clone();
        let other = self.request.with.map(|other| self.known(&self.name(other), sources)).transpose()?;
        let parameters = &self.findings.header.parameters;
        let with = other.map(|other| compare(&single, &other, parameters)).transpose()?;
        let fate = self.fate(&doc, sources)?;
        let is_in = |found: &&PassageMatch| same(&found.a.doc, &doc) || same(&found.b.doc, &doc);
        let matches = self.findings.matches.iter().filter(is_in).map(|found| found.id.clone()).collect();
        Ok(ExplainedDocument { doc, fate, matches, with })
    }

    fn fate(&self, doc: &DocumentRef, sources: &mut Sources) -> Result<Fate> {
        for cluster in &self.findings.clusters {
            let DocumentCluster { id, keep, members, .. } = cluster;
            if same(keep, doc) {
                return Ok(Fate::Keeper { cluster: id.clone(), count: members.len() });
            }
            if let Some(at) = members.iter().position(|member| same(&member.doc, doc)) {
                sources.read([keep, doc].into_iter());
                let removed = self.removed(keep, at + 1, &members[at], sources)?;
                return Ok(Fate::Removed { cluster: id.clone(), keep: keep.clone(), removed });
            }
        }
        let pairs = self.findings.pairs.iter().filter(|pair| same(&pair.a, doc) || same(&pair.b, doc)).count();
        Ok(if pairs > 0 { Fate::Paired { count: pairs } } else { Fate::Kept })
    }

    fn name(&self, name: &str) -> Name {
        let sources = &self.findings.header.sources;
        let is_known = |path: &str| {
            sources.iter().any(|source| source.path == path)
                || self.findings.skipped.iter().any(|skipped| skipped.source == path)
        };
        Name::parse(name, is_known)
    }

    /// Reads a document of a source that the findings list. That the source has changed is told.
    fn known(&self, name: &Name, sources: &mut Sources) -> Result<Single> {
        let path = name.path.to_string_lossy();
        let Some(info) = self.findings.header.sources.iter().find(|source| *source.path == *path) else {
            return Err(self.refused(format!(
                "there is no finding and no source `{name}`; the findings have {}, and a document is named by its path and \
                 record, as in `corpus.jsonl#17`",
                self.ids()
            )));
        };
        let (single, now) = read_one(&Name { path: info.to_path()?, which: name.which.clone() }, &self.options)?;
        if let Err(detail) = check(info, &now) {
            sources.lose(&info.path, detail);
        }
        Ok(named(single, info))
    }

    /// The ids that there are.
    fn ids(&self) -> String {
        let Findings { clusters, matches, families, contaminations, .. } = self.findings;
        let range = |letter: &str, ids: Vec<&String>| match ids.as_slice() {
            [] => None,
            [one] => Some(format!("{letter} {one}")),
            [first, .., last] => Some(format!("{letter}s {first} to {last}")),
        };
        let ranges = [
            range("cluster", clusters.iter().map(|found| &found.id).collect()),
            range("match", matches.iter().map(|found| &found.id).collect())
                .map(|text| text.replace("matchs", "matches")),
            range("family", families.iter().map(|found| &found.id).collect())
                .map(|text| text.replace("familys", "families")),
            range("evaluation item", contaminations.iter().map(|found| &found.id).collect()),
        ];
        let ranges: Vec<String> = ranges.into_iter().flatten().collect();
        if ranges.is_empty() { "no finding".to_owned() } else { ranges.join(", ") }
    }

    fn refused(&self, detail: String) -> Error {
        Error::Refused { path: self.request.path.to_owned(), detail }
    }
}

/// Whether this looks like the id of a finding.
fn is_id(id: &str) -> bool {
    let digits = id.strip_prefix(['d', 'p', 'f', 'e']);
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether two names are those of one document.
fn same(a: &DocumentRef, b: &DocumentRef) -> bool {
    a.source == b.source && a.record == b.record
}

/// Whether a document was skipped, or its whole source was.
fn names(name: &Name, skipped: &Skipped) -> bool {
    let record = match name.which {
        Which::Record(record) => Some(record),
        Which::Line(line) => Some(line - 1),
        Which::Only | Which::Id(_) => None,
    };
    let is_record = record.is_some() && skipped.record == record || record.is_none() && skipped.record.is_none();
    *name.path.to_string_lossy() == *skipped.source && is_record
}

fn rule(member: &Member, comparison: Option<&Comparison>, config: &Config) -> Rule {
    match comparison.map(|found| found.equality) {
        _ if member.exact => Rule::ExactCopy,
        Some(Equality::Characters) => Rule::SameCharacters,
        Some(Equality::Words | Equality::Bytes) => Rule::SameWords,
        _ if member.jaccard >= config.threshold => Rule::Similarity,
        _ => Rule::Containment,
    }
}

/// The sources of findings, as far as they were taken up again.
struct Sources<'a> {
    header: &'a Header,
    options: &'a SourceOptions,
    documents: BTreeMap<(Arc<str>, u64), Single>,
    lost: Vec<LostSource>,
}

impl<'a> Sources<'a> {
    fn new(header: &'a Header, options: &'a SourceOptions) -> Self {
        Self { header, options, documents: BTreeMap::new(), lost: Vec::new() }
    }

    /// Reads documents, each source once.
    fn read<'d>(&mut self, docs: impl Iterator<Item = &'d DocumentRef>) {
        let mut wanted: BTreeMap<Arc<str>, Vec<u64>> = BTreeMap::new();
        docs.for_each(|doc| wanted.entry(doc.source.clone()).or_default().push(doc.record));
        for (source, mut records) in wanted {
            records.sort_unstable();
            records.dedup();
            match self.read_source(&source, &records) {
                Ok(documents) => {
                    let keyed = documents.into_iter().map(|single| ((source.clone(), single.doc.record), single));
                    self.documents.extend(keyed);
                }
                Err(detail) => self.lose(&source, detail),
            }
        }
    }

    fn lose(&mut self, source: &str, detail: String) {
        if self.lost.iter().all(|lost| lost.source != source) {
            self.lost.push(LostSource { source: source.to_owned(), detail });
        }
    }

    fn read_source(&self, source: &str, records: &[u64]) -> std::result::Result<Vec<Single>, String> {
        let info = self.header.sources.iter().find(|info| info.path == source);
        let info = info.ok_or("the findings do not list it")?;
        if info.path == "-" {
            return Err("standard input gives its bytes only once".to_owned());
        }
        let path = info.to_path().map_err(|error| error.to_string())?;
        let wanted: Vec<Which> = records.iter().map(|&record| Which::Record(record)).collect();
        let read = read_all(&path, &wanted, self.options).map_err(|error| plain(&error))?;
        check(info, &read.info)?;
        read.found
            .into_iter()
            .map(|single| single.map_err(|error| plain(&error)).map(|single| named(single, info)))
            .collect()
    }

    fn get(&self, doc: &DocumentRef) -> Option<&Single> {
        self.documents.get(&(doc.source.clone(), doc.record))
    }

    /// The text of a place.
    fn text<'s>(&'s self, span: &'s PlacedSpan) -> Option<&'s str> {
        match self.get(&span.doc) {
            Some(single) => single.record.text.get(span.start..span.end),
            None => Some(&*span.excerpt)
                .filter(|excerpt| is_quoted_whole(span.char_end - span.char_start) && !excerpt.is_empty()),
        }
    }
}

fn named(single: Single, info: &SourceInfo) -> Single {
    Single { doc: DocumentRef { source: info.path.as_str().into(), ..single.doc }, ..single }
}

fn check(scanned: &SourceInfo, now: &SourceInfo) -> std::result::Result<(), String> {
    if (scanned.bytes, &scanned.xxh3_128) == (now.bytes, &now.xxh3_128) {
        return Ok(());
    }
    Err("it has changed since the scan".to_owned())
}

/// An error without the path, which stands before it anyway.
fn plain(error: &Error) -> String {
    match error {
        Error::Refused { detail, .. } => detail.clone(),
        Error::Missing { .. } => "there is no such file".to_owned(),
        other => other.to_string(),
    }
}
