//! What becomes of records on their way from their sources to the comparison.

use crate::source::Record;

/// Changes what is read before it is compared, so that a copy can be scanned before it is written.
pub(crate) trait Revision: Sync {
    /// Changes a record of the source of this number, or says that it is left out.
    fn revise(&self, source: usize, record: &mut Record) -> Revised;
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revised {
    /// It is as its source has it.
    Same,
    /// Its text is another, so that it cannot be read again from its source.
    Changed,
    /// It is left out, as if it were not there.
    Gone,
}

/// Leaves everything as it is.
impl Revision for () {
    fn revise(&self, _: usize, _: &mut Record) -> Revised {
        Revised::Same
    }
}
