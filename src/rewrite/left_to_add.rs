//! Adding to an index what a plan leaves: the texts as they stand in the copy.

use super::options::PassageTreatment;
use super::plan::Plan;
use super::rounds::check_sources;
use crate::error::Result;
use crate::finding::{Finding, Sink, Summary};
use crate::index::{Index, PreparedAdd, WriteLock};
use crate::scan::{Progress, Resources, Revised, Revision};
use crate::source::{Record, Source};

/// Prepares to add to an index the documents that a plan leaves, with what its cuts leave of their texts. Returns also what was
/// counted of them. Nothing is added before [`PreparedAdd::commit`].
///
/// # Errors
///
/// If a source is not what was scanned, or the index cannot be read or written.
pub fn prepare_left<'i>(
    plan: &Plan,
    index: &'i mut Index,
    lock: WriteLock,
    resources: &Resources,
    progress: &dyn Progress,
) -> Result<(PreparedAdd<'i>, Summary)> {
    let sources: Vec<Source> = plan.sources.iter().map(|planned| planned.source.clone()).collect();
    let read = (&sources[..], &plan.parameters.input);
    index.prepare_revised(lock, read, &Left(plan), resources, progress, &mut Unchanged(plan))
}

/// What a plan leaves in the copy: where passages are marked, texts are what they were.
struct Left<'p>(&'p Plan);

impl Revision for Left<'_> {
    fn revise(&self, source: usize, record: &mut Record) -> Revised {
        let goes = self.0.sources.get(source).is_some_and(|planned| planned.drops_record(record.record));
        match self.0.passages {
            PassageTreatment::Cut => self.0.revise(source, record),
            _ if goes => Revised::Gone,
            _ => Revised::Same,
        }
    }
}

/// Takes findings of the sources of a plan, and refuses other sources.
struct Unchanged<'p>(&'p Plan);

impl Sink for Unchanged<'_> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => check_sources(self.0, &header),
            _ => Ok(()),
        }
    }
}
