//! The report for people.
//!
//! Groups are shown by what they cost, or as asked for; all of what was skipped is counted, and the counts at the end
//! add up. Everything that comes from input is made visible first ([`super::visible`]), into a pipe too: nobody knows
//! who reads the other end.

mod aligned;
pub(super) mod closing;
mod contamination;
mod groups;
pub(super) mod page;
mod paint;
pub(super) mod phrase;
mod report;
mod skips;
mod style;
#[cfg(test)]
mod tests;
pub(super) mod wrap;

pub use self::closing::summary_line;
pub(super) use self::closing::{ignored_text, other_files};
pub use self::contamination::items_found;
pub use self::page::record_name;
pub(super) use self::phrase::{below, covered, reason_in_words, regrouped};
pub use self::phrase::{bytes, counted, number, percent};
pub use self::report::{TextReport, limits, write, write_digest};
pub use self::skips::skipped_in_words;
pub use self::style::Style;
pub use self::wrap::wrap;
pub(super) use self::wrap::{one_line, start_of};
pub use crate::finding::Sort;
#[cfg(test)]
pub(crate) use crate::finding::samples;
