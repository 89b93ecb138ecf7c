//! The pipelines for documents and passages, from what is read to findings. With `store` the only room that knows
//! threads.

mod archive;
mod block;
mod buckets;
mod bytes;
mod contamination;
mod copies;
mod corpus;
mod counts;
mod deduper;
pub mod describe;
mod differences;
mod documents;
mod emit;
#[cfg(test)]
mod faults;
pub mod forecast;
mod given;

mod guard;
mod headings;
mod held;
mod intake;
mod known;
mod parallel;
mod passages;
mod place_words;
mod pool;
mod progress;
mod repeated;
mod resume;
mod revision;
mod run;
mod select;
mod skipped;
mod table;
mod texts;
mod written;

pub(crate) use archive::{Archive, ArchivedWords};
pub(crate) use block::id_hash;
#[cfg(feature = "index")]
pub(crate) use buckets::join as join_bands;
pub use contamination::decontaminate;
pub(crate) use corpus::{CorpusBuilder, modified, sizes};
#[cfg(feature = "index")]
pub(crate) use counts::IntakeCounts;
pub use deduper::Deduper;
pub use given::TextColumn;
pub(crate) use guard::{guarded, internal_error};
#[cfg(feature = "index")]
pub(crate) use held::{EachWord, HeldDocuments};
pub(crate) use intake::{BlockSource, read as read_sources};
pub use known::read_known_text;
pub(crate) use parallel::{fold_numbers, map_all, read_ahead};
pub(crate) use pool::Pool;
pub use progress::Progress;
pub(crate) use repeated::RepeatedValues;
pub(crate) use revision::{Revised, Revision};
pub(crate) use run::{compare, scan_revised, threads};
pub use run::{scan, scan_into};
#[cfg(feature = "index")]
pub(crate) use select::Selector;
#[cfg(feature = "index")]
pub(crate) use skipped::SkippedList;
#[cfg(feature = "index")]
pub(crate) use table::Table;
pub(crate) use texts::{TextReader, Texts};

pub use crate::store::{Cancel, Resources, Resumed, RunState, Step, Steps};
