//! What was found: matches, clusters, families, what was skipped, and the settings that determine it all; the stream
//! in which findings are handed on, and the steps in it that mark, measure and digest them. Beside it stands what is
//! worked out besides a scan: statistics, comparisons, explanations, trials of settings.
//!
//! The types of findings are the format of saved findings ([`SCHEMA`], one JSON object a line): their field names are a contract.
//! Adding a field is compatible; changing or removing one needs a new number. They do not know how anything was
//! computed.

mod baseline;
mod class;
mod collected;
pub mod comparison;
mod contamination;
mod difference;
pub mod digest;
mod document;
mod equality;
pub mod explanation;
mod fields;
mod fingerprint;
mod header;
mod held;
mod id;
mod input;
mod kind;
mod line;
mod measure;
mod metadata;
mod order;
mod parameters;
mod passage;
mod replay;
#[cfg(test)]
pub(crate) mod samples;
mod saved_path;
mod skip;
pub mod statistics;
mod stream;
mod summary;
pub mod trial;

pub use baseline::{Baseline, Marker};
pub use class::{
    ClassCounts, ClassTally, FamilyMeasures, LEAST_ALIKE_PLACES, LEAST_DIGITS, LEAST_DOCUMENTS, LEAST_IDENTITY_OF_COPY,
    MOST_JACCARD_OF_FORM, MOST_REPEATED, MatchMeasures, PassageClass,
};
pub use collected::Findings;
pub use contamination::{
    CONTAMINATION_RULES, Contamination, ContaminationRule, ContaminationSummary, ContaminationUnit, EvaluationSet,
    MOST_ITEMS,
};
pub use difference::{Difference, DifferenceKind, MAX_DIFFERENCES};
pub use document::{DocumentCluster, DocumentPair, DocumentRef, Member};
pub use equality::Equality;
pub use fingerprint::Fingerprint;
pub use header::{Header, READ_SCHEMAS, SCHEMA, SourceInfo};
pub use held::HeldIndex;
pub use id::RecordId;
pub use input::{BadInput, InputOptions, PageText, PathSet, RecordMode, TextFields};
pub use kind::GroupKind;
pub use line::Finding;
pub use measure::{RepeatMeasure, Repeated, bytes_of};
pub use metadata::{LONGEST_TITLE, LONGEST_URL, Metadata};
pub use order::{Sort, Standing, cost_of_cluster, cost_of_family};
pub use parameters::Parameters;
pub use passage::{
    Coverage, EXCERPT_CUT, IndexedWords, MAX_LISTED_MATCHES, MAX_QUOTED_PLACES, MatchScope, PassageFamily,
    PassageMatch, PlacedSpan, excerpt_cut,
};
pub use replay::Replay;
pub(crate) use saved_path::{path_base64, saved_path};
pub use skip::{Reason, Skipped};
pub use stream::Sink;
pub use summary::{AgainstDocuments, IgnoredText, NewRepeats, RecallEstimate, Summary};
