//! Parquet: a row is a record, of which the columns for text, id and value are read.
//!
//! Columns are read as they are stored, by pages, and not through Arrow: the types that Arrow tells apart, `utf8`,
//! `large_utf8`, `string_view`, `dictionary` and `binary`, are one and the same in the file, and a string that is no UTF-8
//! spoils one row only. Memory is that of one page a column, whatever the size of row groups, beside the texts of a
//! batch of about 1 MiB.
//!
//! A file is damaged more often than it is hostile, but both are met here. What the footer and the pages say of their
//! sizes is checked before memory is reserved for it (`footer`, `pages`); checksums of pages are compared where there
//! are any. An error costs the rest of its row group. A panic of the crate that decodes is caught and ends the file.

mod cells;
pub(crate) mod columns;
mod compact;
pub(crate) mod footer;
pub(crate) mod nested;
pub(crate) mod pages;
mod reader;

pub use reader::ParquetReader;
