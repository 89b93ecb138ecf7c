//! What is told of a clean copy: a line for each removal, a line for each place that stays though it repeats, and the
//! counts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::choices::StayingDocument;
use super::copied::CopiedSource;
use super::edit::{DocumentEdit, JoinedPlace, KeptPassage, PassageCut, StayingPassage};
use super::options::{AddedFields, DocumentTreatment, PassageTreatment};
use super::plan::{Plan, PlannedSource, SparedSource};
use super::removal::{DocumentRemoval, LargeRemoval, RemovalCause};
use crate::error::{Error, Result};
use crate::finding::{
    ContaminationRule, DocumentRef, Equality, HeldIndex, IndexedWords, Parameters, SourceInfo, path_base64,
};
use doublon_core::Span;

/// The name and version of the format.
const SCHEMA: &str = "doublon.clean/1";

/// A warning names a source that loses so many records or more, if they are more than half.
const LARGE_LOSS: u64 = 20;

/// Writes one JSON object a line for each document and each place that goes, by source and record.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn removals(plan: &Plan, mut out: impl Write) -> io::Result<()> {
    for source in &plan.sources {
        let mut edits = source.edits.iter().peekable();
        for drop in &source.drops {
            while let Some(edit) = edits.next_if(|edit| edit.doc.record <= drop.doc.record) {
                places(edit, plan, &mut out)?;
            }
            line(&RemovalLine::document(drop, plan), &mut out)?;
        }
        edits.try_for_each(|edit| places(edit, plan, &mut out))?;
    }
    Ok(())
}

/// Writes one JSON object a line for each document and each place that stays though it repeats another, and for each file
/// that was met and has no copy.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn staying(plan: &Plan, mut out: impl Write) -> io::Result<()> {
    for StayingDocument { doc, reason } in plan.choices.documents() {
        line(&StayingLine::Document { doc, reason }, &mut out)?;
    }
    for left in &plan.left {
        let StayingPassage { doc, span, family, reason } = left;
        line(&StayingLine::Passage { span: EvidencePlace::new(doc, *span), family, reason }, &mut out)?;
    }
    for spared in &plan.spared {
        line(&StayingLine::File { source: &spared.path.to_string_lossy(), reason: "damaged" }, &mut out)?;
    }
    for file in plan.unread.iter().filter(|file| !file.is_copied()) {
        line(&StayingLine::File { source: &file.path.to_string_lossy(), reason: file.reason.name() }, &mut out)?;
    }
    Ok(())
}

/// Writes what a copy can be proved by: a line of the settings, and one for each source, with the name of its copy if it
/// has one. `names` and `copied` are those of [`apply`](super::apply()).
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn sources(plan: &Plan, names: &[PathBuf], copied: &[CopiedSource], mut out: impl Write) -> io::Result<()> {
    let settings = SourcesLine::Settings {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        documents: plan.documents.name(),
        passages: plan.passages.name(),
        min_left: plan.rules.min_left,
        is_final: plan.is_final,
        adds_fields: plan.added != AddedFields::default(),
        parameters: &plan.parameters,
        contamination: plan.contamination.as_ref(),
        index: plan.index.as_ref(),
    };
    line(&settings, &mut out)?;
    let mut names = names.iter();
    for (planned, copied) in plan.sources.iter().zip(copied) {
        let name = if planned.info.against { None } else { names.next() };
        let name = name.filter(|_| copied.has_file);
        let (copy, copy_base64) = name.map(|name| (name.to_string_lossy(), path_base64(name))).unzip();
        let copy_base64 = copy_base64.flatten();
        line(&SourcesLine::Source { copy, copy_base64, info: &planned.info }, &mut out)?;
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum SourcesLine<'a> {
    Settings {
        schema: &'static str,
        version: &'static str,
        documents: &'static str,
        passages: &'static str,
        min_left: usize,
        is_final: bool,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        adds_fields: bool,
        parameters: &'a Parameters,
        #[serde(skip_serializing_if = "Option::is_none")]
        contamination: Option<&'a ContaminationRule>,
        #[serde(skip_serializing_if = "Option::is_none")]
        index: Option<&'a HeldIndex>,
    },
    Source {
        copy: Option<Cow<'a, str>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        copy_base64: Option<String>,
        #[serde(flatten)]
        info: &'a SourceInfo,
    },
}

fn line(value: &impl Serialize, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut out, value)?;
    out.write_all(b"\n")
}

fn places(edit: &DocumentEdit, plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    edit.cuts.iter().try_for_each(|cut| line(&RemovalLine::passage(edit, cut, plan), &mut *out))
}

#[derive(Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum RemovalLine<'a> {
    Document {
        reason: &'static str,
        doc: &'a DocumentRef,
        #[serde(skip_serializing_if = "Option::is_none")]
        kept: Option<&'a DocumentRef>,
        /// The number of the kept one in the index.
        #[serde(skip_serializing_if = "Option::is_none")]
        indexed: Option<u64>,
        #[serde(flatten)]
        measured: RemovalMeasures,
        rule: String,
    },
    Passage {
        reason: &'static str,
        span: EvidencePlace<'a>,
        kept: EvidencePlace<'a>,
        family: &'a str,
        words: usize,
        covered: f64,
        differs: &'a [Box<str>],
        #[serde(skip_serializing_if = "Option::is_none")]
        joined: Option<JoinedEvidence>,
        rule: String,
    },
}

/// The place that a line is a part of: the lines of the document with the same number were measured together.
#[derive(Serialize)]
struct JoinedEvidence {
    number: usize,
    parts: usize,
    words: usize,
    covered: f64,
}

#[derive(Serialize)]
#[serde(untagged)]
enum RemovalMeasures {
    Similar {
        jaccard: f64,
        containment: f64,
        exact: bool,
        #[serde(skip_serializing_if = "Equality::is_none")]
        equality: Equality,
    },
    Short {
        words_left: usize,
    },
    Contaminated {
        share: f64,
    },
}

#[derive(Serialize)]
struct EvidencePlace<'a> {
    #[serde(flatten)]
    doc: &'a DocumentRef,
    start: usize,
    end: usize,
    /// Where it is in an index, if it is there: bytes are 0 then.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_index: Option<IndexedWords>,
}

impl<'a> EvidencePlace<'a> {
    fn new(doc: &'a DocumentRef, span: Span) -> Self {
        Self { doc, start: span.start, end: span.end, in_index: None }
    }

    fn kept(place: &'a KeptPassage) -> Self {
        let &KeptPassage { ref doc, span, indexed } = place;
        let Some(number) = indexed else { return Self::new(doc, span) };
        Self { doc, start: 0, end: 0, in_index: Some(IndexedWords { number, words: (span.start, span.end) }) }
    }
}

impl<'a> RemovalLine<'a> {
    fn document(drop: &'a DocumentRemoval, plan: &Plan) -> Self {
        let (doc, kept, rules) = (&drop.doc, drop.keeper(), &plan.rules);
        let line = |reason, measured, rule, indexed| Self::Document { reason, doc, kept, indexed, measured, rule };
        match &drop.cause {
            &RemovalCause::Duplicate { indexed, jaccard, containment, exact, equality, .. } => {
                let measured = RemovalMeasures::Similar { jaccard, containment, exact, equality };
                let rule = match rules.containment {
                    _ if rules.exact => "same characters".to_owned(),
                    Some(least) if jaccard < rules.threshold => format!("containment >= {least}"),
                    _ => format!("jaccard >= {}", rules.threshold),
                };
                let is_marked = plan.documents == DocumentTreatment::Mark;
                let reason = if is_marked { "marked" } else { "duplicate" };
                line(reason, measured, rule, indexed)
            }
            &RemovalCause::Contaminated { share, .. } => {
                let measured = RemovalMeasures::Contaminated { share };
                let rule = plan.contamination.as_ref().map_or_else(String::new, |rule| rule.name.clone());
                line("evaluation_item", measured, rule, None)
            }
            RemovalCause::TooShort { left } => {
                let measured = RemovalMeasures::Short { words_left: *left };
                line("too_short", measured, format!("words < {}", rules.min_left), None)
            }
        }
    }

    fn passage(edit: &'a DocumentEdit, cut: &'a PassageCut, plan: &Plan) -> Self {
        let PassageCut { span, family, keep, words, covered, differs, joined, .. } = cut;
        let joined = joined.as_ref().map(|&JoinedPlace { number, parts, words, covered }| JoinedEvidence {
            number,
            parts,
            words,
            covered,
        });
        Self::Passage {
            reason: if plan.passages == PassageTreatment::Mark { "marked" } else { "repeated" },
            span: EvidencePlace::new(&edit.doc, *span),
            kept: EvidencePlace::kept(keep),
            family,
            words: *words,
            covered: *covered,
            differs,
            joined,
            rule: format!("covered >= {}", plan.rules.threshold),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum StayingLine<'a> {
    Document { doc: &'a DocumentRef, reason: &'static str },
    Passage { span: EvidencePlace<'a>, family: &'a str, reason: &'static str },
    File { source: &'a str, reason: &'static str },
}

/// The counts of a copy. `documents = kept + removed + skipped`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CleanSummary {
    schema: &'static str,
    version: &'static str,
    /// Everything that was met as a document, or as a source that gave none.
    pub documents: u64,
    /// Documents that stay.
    pub kept: u64,
    /// Documents that go.
    pub removed: u64,
    /// Documents that these were only compared with, if there may be such. They have no copy, and are not among the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<u64>,
    /// Documents that would go, and were marked instead.
    #[serde(skip_serializing_if = "is_zero")]
    pub marked: u64,
    /// Documents and sources that were not compared. They are copied as they are where that is possible.
    pub skipped: u64,
    /// Documents that go because another is like them.
    pub duplicates: u64,
    /// Documents that go because they hold an evaluation item.
    #[serde(skip_serializing_if = "is_zero")]
    pub contaminated: u64,
    /// Documents that go because little is left of them.
    pub too_short: u64,
    /// Places that are cut or marked.
    pub passages: u64,
    /// Documents that are kept and changed.
    pub changed: u64,
    /// How often the copy was scanned again before it was written, until nothing more went.
    pub rounds: usize,
    /// Whether cleaning the copy again would remove nothing.
    pub is_final: bool,
    /// Documents that stay though they repeat others, by reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub documents_left: BTreeMap<&'static str, u64>,
    /// Places that stay though they repeat others, by reason.
    pub passages_left: BTreeMap<&'static str, u64>,
    /// Files that were met and have no copy, by reason.
    pub not_copied: BTreeMap<&'static str, u64>,
    /// Files and folders that were neither read nor copied because they are `.git`, or because in a work tree of Git it
    /// ignores them or they are hidden, by reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, u64>,
    /// Bytes of the files read.
    pub bytes_read: u64,
    /// Bytes of their copies.
    pub bytes_written: u64,
    /// Files written.
    pub files: u64,
    /// What a person should look at.
    pub warnings: Vec<String>,
}

impl CleanSummary {
    /// Counts what a plan came to.
    ///
    /// # Errors
    ///
    /// If the counts do not add up, or a source of several documents lost all of them and `allow_wipeout` is false.
    pub fn new(plan: &Plan, copied: &[CopiedSource], allow_wipeout: bool) -> Result<Self> {
        if !allow_wipeout {
            refuse_emptied(plan, copied)?;
        }
        let scanned = &plan.scanned;
        let too_short = plan.drops().filter(|drop| drop.keeper().is_none()).count() as u64;
        let is_contaminated = |drop: &&DocumentRemoval| matches!(drop.cause, RemovalCause::Contaminated { .. });
        let contaminated = plan.drops().filter(is_contaminated).count() as u64;
        let gone = plan.drops().count() as u64;
        let is_marked = plan.documents == DocumentTreatment::Mark;
        let (removed, marked) = if is_marked { (0, gone) } else { (gone, 0) };
        let skipped = scanned.skipped.values().sum();
        let compared_with = scanned.compared_with();
        let changed = plan
            .sources
            .iter()
            .flat_map(|source| source.edits.iter().filter(move |edit| !source.drops_record(edit.doc.record)));
        let summary = Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            documents: scanned.documents.saturating_sub(compared_with),
            kept: (scanned.kept + scanned.removed).saturating_sub(removed + compared_with),
            removed,
            against: scanned.against.map(|against| against.documents),
            marked,
            skipped,
            duplicates: gone - too_short - contaminated,
            contaminated,
            too_short,
            passages: plan.edits().map(|edit| edit.cuts.len() as u64).sum(),
            changed: changed.count() as u64,
            rounds: plan.rounds,
            is_final: plan.is_final,
            documents_left: counts(plan.choices.documents().map(|staying| staying.reason)),
            passages_left: counts(plan.left.iter().map(|left| left.reason)),
            not_copied: counts(plan.unread.iter().filter(|file| !file.is_copied()).map(|file| file.reason.name())),
            left_out: scanned.left_out.clone(),
            bytes_read: copied.iter().map(|copied| copied.read).sum(),
            bytes_written: copied.iter().map(|copied| copied.written).sum(),
            files: copied.iter().filter(|copied| copied.has_file).count() as u64,
            warnings: warnings(plan, copied),
        };
        let accounted = summary.kept + summary.removed + summary.skipped;
        if accounted == summary.documents {
            Ok(summary)
        } else {
            Err(Error::Miscounted { met: summary.documents, accounted })
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes a reference
fn is_zero(n: &u64) -> bool {
    *n == 0
}

fn counts(reasons: impl Iterator<Item = &'static str>) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    reasons.for_each(|reason| *counts.entry(reason).or_insert(0) += 1);
    counts
}

fn refuse_emptied(plan: &Plan, copied: &[CopiedSource]) -> Result<()> {
    let emptied = plan.sources.iter().zip(copied).find(|(_, copied)| copied.is_emptied);
    emptied.map_or(Ok(()), |(source, _)| {
        let detail = format!(
            "nothing would be left of its {} documents; if that is right, say --allow-wipeout",
            source.drops.len()
        );
        Err(Error::Refused { path: source.source.path.clone(), detail })
    })
}

/// Tells the fields of which values were to be merged and that no record that goes has.
fn unmerged(plan: &Plan, copied: &[CopiedSource]) -> Vec<String> {
    let goes = |source: &&(&PlannedSource, &CopiedSource)| {
        source.0.drops.iter().any(|drop| drop.keeper_in_sources().is_some())
    };
    let asked: Vec<_> = plan.sources.iter().zip(copied).filter(|source| goes(&source)).collect();
    let lacks =
        |field: &str| asked.iter().all(|(_, copied)| copied.without_values.iter().any(|lacking| lacking == field));
    let missing = plan.added.merge.iter().map(|merged| &merged.field).filter(|field| !asked.is_empty() && lacks(field));
    missing.map(|field| format!("none of the duplicates has the field `{field}` of --merge-field")).collect()
}

fn warnings(plan: &Plan, copied: &[CopiedSource]) -> Vec<String> {
    let untold: u64 = copied.iter().map(|copied| copied.untold).sum();
    let untold = (untold > 0).then(|| {
        format!("of {untold} documents, in files that take no fields, only removed.jsonl tells what was to be added")
    });
    let unmet = plan.unmet.iter().cloned().chain(unmerged(plan, copied));
    if plan.documents == DocumentTreatment::Mark {
        return unmet.chain(untold).collect();
    }
    let documents = plan.scanned.documents.saturating_sub(plan.scanned.compared_with());
    let large = plan.large.iter().map(|LargeRemoval { keep, members }| {
        format!("{members} of {documents} documents go for one, {} record {}", keep.source, keep.record)
    });
    let losses = plan.sources.iter().zip(copied).filter_map(|(source, copied)| {
        let lost = source.drops.len() as u64;
        let is_large = lost >= LARGE_LOSS && lost * 2 > copied.records;
        is_large.then(|| format!("{} loses {lost} of its {} records", source.info.path, copied.records))
    });
    let emptied = plan.sources.iter().zip(copied).filter(|(_, copied)| copied.is_emptied).map(|(source, _)| {
        format!("nothing is left of {}, which has {} documents", source.info.path, source.drops.len())
    });
    // A source that does not change is copied as it is stored, damaged or not.
    let damaged = plan.sources.iter().filter(|source| !source.is_whole && source.is_changed());
    let cut_off =
        damaged.map(|source| format!("what could not be read of {} is not in its copy either", source.info.path));
    let spared = plan.spared.iter().map(|SparedSource { path, detail, duplicates }| {
        format!("{} is damaged ({detail}); its copy is whole, with {duplicates} duplicates", path.display())
    });
    let unsettled = (!plan.is_final && plan.contamination.is_none())
        .then(|| format!("something still goes after {} rounds; clean the copy again", plan.rounds));
    unmet
        .chain(untold)
        .chain(unsettled)
        .chain(large)
        .chain(losses)
        .chain(emptied)
        .chain(cut_off)
        .chain(spared)
        .collect()
}
