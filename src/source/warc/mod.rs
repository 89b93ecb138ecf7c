//! Web archives: WARC and its predecessor ARC.
//!
//! An archive is a row of records, each a header that says how long its block is, the block, and blank lines. Of these
//! a document is the text of a `response` or `resource` whose body is HTML or plain text, whatever the status, and of a
//! `conversion` (WET). Every other record that could have held a text (`revisit`, pictures, `metadata`) is reported as
//! what it is; what archives say about themselves and their requests (`warcinfo`, `request`, `filedesc:`) is passed over.
//!
//! Archives are broken often, and one wrong length would lose all that follows. So [`cut`] believes a length only if
//! blank lines, another record or the end of the file come after it; then nothing within the block is looked at, and a
//! record inside a record is text. Otherwise the record is reported, and reading goes on at the next line that begins a
//! record, even within the stated length ([`next_start`]). [`records()`] reads what `cut` has found to be sound.
//!
//! Format: ISO 28500:2017 (WARC 1.1).

// A build without the feature tells archives from other files and says that it does not read them.
#![cfg_attr(not(feature = "warc"), allow(dead_code))]

mod arc;
mod archive;
mod fields;
#[cfg(feature = "warc")]
mod http;
#[cfg(feature = "warc")]
mod names;
#[cfg(feature = "warc")]
mod payload;
#[cfg(feature = "warc")]
mod records;

pub use archive::{ArchiveCut, ArchiveFault, NextStart, cut, ends, is_archive, next_start};
#[cfg(feature = "warc")]
pub use records::records;
