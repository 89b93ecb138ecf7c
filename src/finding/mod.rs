//! What was found: matches, clusters, families, what was skipped, and the settings that determine it all; and with them
//! what is worked out beside a scan: statistics, comparisons, explanations, trials of settings.
//!
//! These types are the format of saved findings ([`SCHEMA`], one JSON object a line): their field names are a contract.
//! Adding a field is compatible; changing or removing one needs a new number. They do not know how anything was
//! computed.

mod collected;
pub mod comparison;
mod document;
pub mod explanation;
mod fields;
mod fingerprint;
mod header;
mod input;
mod line;
mod parameters;
mod passage;
mod skip;
pub mod statistics;
mod stream;
mod summary;
pub mod trial;

pub use collected::Findings;
pub use document::{DocumentCluster, DocumentPair, DocumentRef, Member};
pub use fingerprint::Fingerprint;
pub use header::{Header, READ_SCHEMAS, SCHEMA, SourceInfo};
pub use input::{BadInput, InputOptions, PageText, RecordMode};
pub use line::Finding;
pub use parameters::Parameters;
pub use passage::{
    Coverage, Difference, DifferenceKind, EXCERPT_CUT, MAX_DIFFERENCES, MAX_LISTED_MATCHES, MAX_QUOTED_PLACES,
    MatchScope, PassageFamily, PassageMatch, PlacedSpan, excerpt_cut,
};
pub use skip::{Reason, Skipped};
pub use stream::Sink;
pub use summary::{NewRepeats, RecallEstimate, Summary};
