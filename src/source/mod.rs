//! From bytes to documents: finding files, reading them in blocks, and parsing blocks into records.
//!
//! [`walk()`] turns paths into a sorted list of sources. A [`SourceReader`] reads one source from start to end: it hashes
//! the bytes as they are stored, takes off a compression (`codec`), tells the format by name or content (`sniff`), and
//! cuts at record boundaries into blocks of about 1 MiB. This is sequential and, but for the compression, cheap.
//! [`parse()`] turns a block into documents; it is pure, so blocks can be parsed on any thread and put back in order by
//! `first_record`. A [`Rereader`] fetches single records again, of sources where a place leads to one.
//!
//! Nothing here fails on input: what cannot be read becomes a [`Skipped`](crate::finding::Skipped) with its place and reason, and the records
//! around it are still read. Memory is bounded by `max_record` a source, whatever the input.
//!
//! To add a format: a variant of [`Format`], its endings in [`Source::format_by_ending`], its first bytes and what is
//! refused in `sniff`, its parser beside `jsonl`, called by [`parse()`], and, if its records do not end at line ends, its
//! way of cutting in `read`.

#[cfg(feature = "office")]
mod allowance;
mod array;
mod block;
pub mod charset;
mod codec;
mod compared;
mod compression;
mod csv;
mod document;
mod evidence;
mod fields;
mod file;
mod filter;
mod format;
mod guard;
#[cfg(feature = "html")]
pub mod html;
mod jsonl;
mod line;
mod markup;
mod mbox;
#[cfg(feature = "office")]
mod office;
mod options;
mod order;
mod page;
#[cfg(feature = "parquet")]
pub mod parquet;
mod parse;
mod part;
#[cfg(feature = "glob")]
mod pattern;
#[cfg(feature = "office")]
mod pdf;
mod plain;
mod raw;
mod read;
mod record;
mod reread;
mod signature;
mod skip;
mod sniff;
mod table;
mod walk;
pub mod warc;
mod work_tree;

pub use array::{ListElement, elements};
pub use block::Block;
pub use codec::StoredMember;
#[cfg(feature = "zstd")]
pub(crate) use codec::ZstdDictionary;
pub use compared::{ComparedText, TextBorders};
pub use compression::Compression;
pub use document::{Document, PageElement, PageOrigin};
pub use evidence::{EVIDENCE, SUMMARY, copies_of, evidence_beside, evidence_of};
pub use fields::{COMMON_TEXT_FIELDS, JoinedText, TextPiece};
pub use file::{NamedCopy, Source, named_copy};
pub use format::Format;
pub use guard::is_guarded;
#[cfg(feature = "mail")]
pub use markup::mail;
pub use markup::{IgnoredMarkup, TITLE_BYTES, Visible, message_ends, subtitles};
pub use options::SourceOptions;
pub use order::SourceOrder;
pub use page::visible_text;
pub use parse::{joined_text, parse};
#[cfg(feature = "glob")]
pub use pattern::expand;
pub use raw::Stamp;
pub use read::SourceReader;
pub use record::{Item, Record};
pub use reread::Rereader;
pub(crate) use skip::skipped_empty;
pub use table::MAY_LACK_HEADER;
pub(crate) use table::{TableDialect, column_names};
pub use walk::{FoundSources, walk};
pub use work_tree::{LeftOut, left_out_counts};
