//! What a report for people needs of a stream of findings: the groups that are shown, and the counts of all.
//!
//! [`Digester`] is the sink, [`Digest`] what it comes to. It holds, however many findings there are:
//!
//! - the groups that come first in the order asked for, at most `limit` of each type and shelf (twice that on the way), with all
//!   their members or places;
//! - one tally for each source, one count for each column of a chart, the samples of what was skipped;
//! - what [`RepeatMeasure`](super::measure::RepeatMeasure) holds to count each repeated byte once;
//! - with [`Sort::Similarity`](super::Sort), 16 bytes for each family that is not repeated word for word.
//!
//! Matches come before the families that decide which of them are shown, so they are kept for a `Replay`:
//! in memory while they are few, in a temporary file beyond that. So are families, if documents are to be drawn.

mod charts;
mod digester;
mod drawn;
mod largest;
#[cfg(test)]
pub(crate) mod oracle;
mod shortlist;
mod shown;
mod skips;
#[cfg(test)]
mod tests;

pub use charts::{ChartMeasures, GROUP_SIZES, SimilarityCounts};
pub use digester::Digester;
pub use drawn::{DrawnDocument, FamilyTag};
pub use largest::{FrequentFamily, LargeCluster};
pub use shortlist::{Ranked, ShelvedFamilies, Shelving, Shortlisted};
pub use shown::{Digest, DigestLimits};
pub use skips::{SkippedDigest, SkippedRun};
