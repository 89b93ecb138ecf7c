//! A saved index: new documents against those that were seen before, without reading these again.
//!
//! An index holds the documents that stay: of each the band keys by which it is found, and its words as numbers, by which
//! it is measured. So an answer rests on the same measure as a scan, and needs no file that was read before. A new document
//! that is a duplicate of one in the index, or of one before it in the same run, is not taken up.
//!
//! An index may find passages too: it then has the keys of the windows of each document, and what its words are.
//!
//! It is a folder of segments, which are written once and never changed, and a manifest that says which of them count
//! and is replaced as a whole. So readers have the state that they opened, and a run that is killed loses what it was
//! about to add and nothing else. `docs/index-format.md` tells of each byte, `docs/index.md` how to use it.

mod adding;
mod api;
mod batch;
mod bytes;
mod check;
mod cleaning;
mod content;
mod decide;
mod emit;
mod folder;
mod kept;
mod layout;
mod manifest;
mod merge;
mod names;
mod open;
mod passage_file;
mod passage_layout;
mod passage_writer;
mod passages;
mod pieces;
mod removing;
mod run;
mod segment;
mod snapshot;
mod told;
mod word_texts;
mod words;
mod writer;

#[cfg(test)]
mod tests;

pub use adding::{PreparedAdd, WriteLock};
pub use api::Index;
pub use check::check_segment;
pub use told::{Compacted, IndexCheck, IndexInfo, IndexMatch, MeasuredDocument, RemovedFromIndex, Selection};
