//! The plan of a clean copy: for each source, the documents that go and those that change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::choices::Choices;
use super::edit::{DocumentEdit, PassageCut, StayingPassage};
use super::left::Pieces;
use super::options::{AddedFields, DocumentTreatment, PassageTreatment};
use super::removal::{DocumentRemoval, LargeRemoval, RemovalRules};
use crate::finding::{ContaminationRule, HeldIndex, InputOptions, Parameters, Reason, SourceInfo, Summary};
use crate::source::Source;

/// All that a clean copy leaves out, changes, and leaves though it repeats.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What determined the findings.
    pub parameters: Parameters,
    /// When an evaluation item counts as found, if documents go for such.
    pub contamination: Option<ContaminationRule>,
    /// The saved index that documents were held against, if there was one.
    pub index: Option<HeldIndex>,
    /// What every removal must meet.
    pub rules: RemovalRules,
    /// What becomes of the documents in it: if they are marked, those that would go stay.
    pub documents: DocumentTreatment,
    /// The fields that records get besides.
    pub added: AddedFields,
    /// What becomes of the passages in it.
    pub passages: PassageTreatment,
    /// What may not go because a person decided so.
    pub choices: Choices,
    /// The decisions that had no effect, in words.
    pub unmet: Vec<String>,
    /// The sources in the order of the findings.
    pub sources: Vec<PlannedSource>,
    /// Repeated places that stay, in the order of their families.
    pub left: Vec<StayingPassage>,
    /// Files that were not read as sources, in order.
    pub unread: Vec<UnreadFile>,
    /// Sources that stay whole because nothing can be left out of them, in the order in which that was found.
    pub spared: Vec<SparedSource>,
    /// The largest removals for one document, in the order of the findings.
    pub large: Vec<LargeRemoval>,
    /// The counts of the findings.
    pub scanned: Summary,
    /// How often what it leaves was scanned again.
    pub rounds: usize,
    /// Whether nothing more would go if what it leaves were cleaned again, as far as that was looked for.
    pub is_final: bool,
}

/// One source with what is done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedSource {
    /// Where it is.
    pub source: Source,
    /// What was read of it when it was scanned.
    pub info: SourceInfo,
    /// Whether it was read to its end.
    pub is_whole: bool,
    /// Its documents that go, by record.
    pub drops: Vec<DocumentRemoval>,
    /// Its documents that change, by record. A document that goes because little is left of it stands in both lists.
    pub edits: Vec<DocumentEdit>,
}

/// A source that is copied as it is, though it holds something that repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SparedSource {
    /// Where it is.
    pub path: PathBuf,
    /// What is wrong with it.
    pub detail: String,
    /// How many of its documents stay though they are duplicates.
    pub duplicates: u64,
}

/// A file that was met and not read, such as a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadFile {
    /// Where it is.
    pub path: PathBuf,
    /// Why it was not read.
    pub reason: Reason,
}

impl UnreadFile {
    /// Returns whether it is copied: it is a file, and not a second name of a file that is copied already.
    pub fn is_copied(&self) -> bool {
        use Reason::{LinkLoop, Missing, NotRegular, Permission, ReadError, SameFile, Vanished};
        !matches!(self.reason, LinkLoop | Missing | NotRegular | Permission | ReadError | SameFile | Vanished)
    }
}

impl PlannedSource {
    /// Returns whether its copy is not what it is.
    pub fn is_changed(&self) -> bool {
        !self.drops.is_empty() || !self.edits.is_empty()
    }

    /// Returns what is done to a record so far.
    pub fn edit(&self, record: u64) -> Option<&DocumentEdit> {
        let found = self.edits.binary_search_by_key(&record, |edit| edit.doc.record);
        found.ok().map(|n| &self.edits[n])
    }

    /// Returns what is taken out of the text of a record so far.
    pub(super) fn pieces(&self, record: u64) -> &Pieces {
        self.edit(record).map_or(&[], |edit| &edit.pieces)
    }

    /// Takes up edits, each in place of the one that there is of its record.
    pub(super) fn change(&mut self, mut edits: Vec<DocumentEdit>) {
        let records: BTreeSet<u64> = edits.iter().map(|edit| edit.doc.record).collect();
        self.edits.retain(|edit| !records.contains(&edit.doc.record));
        self.edits.append(&mut edits);
        self.edits.sort_by_key(|edit| edit.doc.record);
    }

    /// Returns whether a record is among those that go, which must be in order.
    pub fn drops_record(&self, record: u64) -> bool {
        self.drops.binary_search_by_key(&record, |drop| drop.doc.record).is_ok()
    }
}

/// Why places stay in a source that is spared.
const DAMAGED: &str = "its file is damaged";

impl Plan {
    /// Returns the sources that have a copy: not those that others were only compared with.
    pub fn cleaned(&self) -> impl Iterator<Item = &PlannedSource> {
        self.sources.iter().filter(|planned| !planned.info.against)
    }

    /// Returns how a source of it is read.
    pub fn input_of(&self, planned: &PlannedSource) -> InputOptions {
        let input = &self.parameters.input;
        let rule = self.contamination.as_ref().filter(|_| planned.info.against);
        rule.map_or_else(|| input.clone(), |rule| rule.item_input(input))
    }

    /// Returns the documents that go.
    pub fn drops(&self) -> impl Iterator<Item = &DocumentRemoval> {
        self.sources.iter().flat_map(|source| &source.drops)
    }

    /// Returns the documents that change, those included that go because little is left of them.
    pub fn edits(&self) -> impl Iterator<Item = &DocumentEdit> {
        self.sources.iter().flat_map(|source| &source.edits)
    }

    /// Takes back all that was to be done to the source at `path`. Returns whether there was anything.
    pub fn spare(&mut self, path: &Path, detail: &str) -> bool {
        let mut changed = self.sources.iter_mut().filter(|source| source.is_changed());
        let Some(source) = changed.find(|source| source.source.path == path) else {
            return false;
        };
        let duplicates = std::mem::take(&mut source.drops).iter().filter(|drop| drop.keeper().is_some()).count() as u64;
        let edits = std::mem::take(&mut source.edits);
        self.left.extend(edits.into_iter().flat_map(staying));
        self.spared.push(SparedSource { path: path.to_owned(), detail: detail.to_owned(), duplicates });
        true
    }
}

/// Returns the places of an edit that is taken back.
fn staying(edit: DocumentEdit) -> impl Iterator<Item = StayingPassage> {
    let DocumentEdit { doc, cuts, .. } = edit;
    cuts.into_iter().map(move |PassageCut { span, family, .. }| {
        let doc = doc.clone();
        StayingPassage { doc, span, family, reason: DAMAGED }
    })
}
